//! Communities: the operated whole of purpose, people, rules and rhythm, over one or more groups.
//!
//! - A community is a *draft* until its positioning card is complete: the value formula (for whom, which need, which
//!   solution) and the five elements. The refusal lists what is missing.
//! - Flash and punch-card communities belong to something that ends, so they need an end date and a plan for after.
//! - Kind decides the bounds of the content mix that planners check ([`MixRule`]).

pub mod api;
mod model;
mod rows;
mod store;
#[cfg(test)]
mod tests;

pub use model::{CommunityKind, CommunityRefusal, MixRule, Status, Tier};
pub use rows::Community;
pub use store::get;

pub const WORDS: crate::kernel::i18n::Words = crate::words!();
