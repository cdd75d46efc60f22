//! Welcome: what a newcomer hears first.
//!
//! A contact is greeted once, with the one-use code of her event, within the platform's twenty seconds. One row per
//! code: `pending` → `greeted` or `missed`, with a reason; nothing else. The urgent job gives up 18 s after the *stored*
//! arrival of the event, so that a late worker records the miss instead of failing for ever. Calling twice with one
//! code is safe: the platform delivers at most once per code and says when it already did, so this is the one mutation
//! that is repeated after an unknown outcome.
//!
//! A greeting for group joiners can't be sent by anybody: it is a template that each group's owner selects once.

pub mod api;
pub mod jobs;
mod model;
mod rows;
mod store;
#[cfg(test)]
mod tests;

pub use model::{Audience, Draft, WelcomeRefusal};
pub use store::{NewContact, create, greet};

pub const WORDS: crate::kernel::i18n::Words = crate::words!();
