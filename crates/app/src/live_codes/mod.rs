//! Live codes: a fixed QR behind which employees or groups change.
//!
//! Each code has a `state` of its own (at most 30 characters) that the platform hands back with every add and join,
//! so that each person is credited to channel and code. Channel and hook are mandatory. The platform object is made by
//! `live_codes.publish`: what we mean to do is stored before the call, the reference after it, and a call whose outcome
//! nobody knows is never repeated before the platform was asked. Figures count persons, each once per stage.

pub mod api;
pub mod jobs;
pub mod member;
mod model;
mod rows;
mod store;
#[cfg(test)]
mod tests;

pub use model::{Channel, Draft, LiveCodeRefusal, Target, TargetKind};
pub use rows::CodeRow;
pub use store::{
    Joined, by_id, by_state, create, credit_add, credit_join, credit_order, note_left, publish, tags_of,
};

pub const WORDS: crate::kernel::i18n::Words = crate::words!();
