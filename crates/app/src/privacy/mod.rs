//! Privacy: what each person allowed, for which purpose, under which wording, with what proof; and the signed token
//! by which a member's browser is recognised.
//!
//! Purposes are separate: allowing one never allows another. A purpose that the law ties to consent is forbidden until
//! granted; withdrawing takes one tap, works at once and changes nothing else for the person. The log of answers is
//! append only.

pub mod api;
pub mod member;
mod model;
mod rows;
mod store;
#[cfg(test)]
mod tests;

pub use member::{MaybeVisitor, VISITOR_COOKIE, Visitor, visitor_cookie, visitor_key};
pub use model::{Channel, PrivacyRefusal, Purpose, Rule, VisitorKind, VisitorToken};
pub use store::{Answer, allows, answer, settle_person, state_of};

pub const WORDS: crate::kernel::i18n::Words = crate::words!();
