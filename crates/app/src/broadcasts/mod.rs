//! Broadcasts: company messages into groups, which an employee confirms with one tap.
//!
//! One *send* belongs to one post. It is cut into *shards*: one sender with a frozen set of groups and one text, which
//! is exactly one task on the platform. The platform has no key by which a repeated request could be recognised, so a
//! shard follows a state machine with three outcomes (`model.rs`): done, refused, and **unknown**, which is never
//! repeated blindly. Finding out comes first ([`jobs::Reconcile`]); a second task that appears later all the same is
//! cancelled before anybody taps it ([`jobs::Sweep`]).
//!
//! Invariants: at most one live task of the platform per shard once the sweep has passed, and never two confirmed
//! ones; every shard is in exactly one named state at every instant; the targets never change after the first call.

pub mod api;
pub mod jobs;
mod model;
mod rows;
mod store;
#[cfg(test)]
mod tests;

pub use model::{NewSend, NewShard, ShardState, TargetRef};
pub use rows::{ShardRow, TwinRow};
pub use store::{create, in_trouble, reminded, twins_since, unconfirmed};

pub const WORDS: crate::kernel::i18n::Words = crate::words!();
