//! Keys of the open API: programs of the company call the operators' endpoints with a key instead of a session.
//!
//! - A *key* is a token `hq_…`, shown once; only its SHA-256 is kept. It ends by being revoked or by its date.
//! - A *scope* is one of the rights that roles are made of (`people:read`). A key opens exactly the operations whose
//!   right it holds, and never those that are for a person at a screen: sign-in, operators, keys, webhooks, exports.
//! - A key *reaches* the whole company or one community, by the same rule that narrows operators.
//! - A key may be bound to networks and has a limit per minute.

pub mod api;
mod model;
mod rows;
mod store;
#[cfg(test)]
mod tests;

pub use api::door::{Gate, Visit, admit};
pub use model::{ApiKeyRefusal, is_for_browsers};

pub const WORDS: crate::kernel::i18n::Words = crate::words!();
