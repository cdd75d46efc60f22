//! Orders: what was bought and what was given back, from a signed webhook or a table.
//!
//! An order is known by its source and number; the same order in any number of deliveries and files is one order, and a
//! refund only ever grows. A table is taken whole or not at all, and taking it twice changes nothing. The person behind
//! an order is found by the platform's universal id, else by her contact id; an order without a person still counts in
//! the list, never in attribution.

pub mod api;
pub mod jobs;
mod model;
mod rows;
mod store;
#[cfg(test)]
mod tests;

pub use model::{Incoming, OrderRefusal};
pub use rows::OrderRow;
pub use store::{Renew, Taken, adopt, by_id, hook_secret, of_person, take};

pub const WORDS: crate::kernel::i18n::Words = crate::words!();
