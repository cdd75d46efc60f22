//! Privacy: what each person allowed, for which purpose, under which wording, with what proof; and the signed token
//! by which a member's browser is recognised.
//!
//! Purposes are separate: allowing one never allows another. A purpose that the law ties to consent is forbidden until
//! granted; withdrawing takes one tap, works at once and changes nothing else for the person. The log of answers is
//! append only.
//!
//! - A *mark* stands against a person's use whatever she once allowed. Whoever chooses an audience asks [`may`] of one
//!   person or takes the [`barred`] out of a set; both say the same.
//! - The *register* (`classes.txt`) says of every column what it holds and what an erasure does to it.
//! - A *tombstone* is a keyed digest of what an erased person was known by; mirrors and imports ask [`erased_at`].
//! - *Retention*: what was kept long enough goes every night.

pub mod api;
pub mod jobs;
pub mod member;
mod model;
mod rows;
mod store;
#[cfg(test)]
mod tests;

pub use member::{MaybeVisitor, VISITOR_COOKIE, Visitor, visitor_cookie, visitor_key};
pub use model::classes;
pub use model::{Channel, Mark, Object, PrivacyRefusal, Purpose, Rule, VisitorKind, VisitorToken};
pub use rows::MarkRow;
pub use store::{
    ALIAS, Answer, KnownBy, Marking, alias_of, allows, answer, anybody_erased, barred, barred_from_prizes,
    bury, contact_erased_at, days_of, erased_at, lift, lift_by_act, marks_of, may, person_in_reach, refusers,
    set_mark, settle_person, state_of, survivor_of, tombstones,
};

pub(crate) use store::{in_reach, is_counted, reached};

pub const WORDS: crate::kernel::i18n::Words = crate::words!();
