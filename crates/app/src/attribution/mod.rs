//! Attribution: which touch gets an order.
//!
//! The last tracked touch within the window of its surface gets the whole order; nothing else is shared or modelled.
//! Every candidate is kept, so that another rule can be tried later on the same history. Touches and orders may become
//! known in any order: whichever comes second assigns again, and the outcome is the same. Refunds are negative entries
//! on the day of the refund. Attributed is not caused: what a post caused is a question for a comparison group.

pub mod api;
mod model;
mod rows;
mod store;
#[cfg(test)]
mod tests;

pub use model::{AttributionRefusal, Touch, Windows, assign};
pub use store::{Credited, NewTouch, PostCredit, assign_order, note_refund, note_touch, of_post};

pub const WORDS: crate::kernel::i18n::Words = crate::words!();
