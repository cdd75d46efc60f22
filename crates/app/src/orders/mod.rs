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

pub use model::sheet::{cell_text, normal as normal_header, order_of};
#[cfg(test)]
pub(crate) use model::sign;
pub use model::{Incoming, OrderRefusal, RowProblem};
pub use rows::OrderRow;
pub use store::{
    Filter, Renew, Taken, adopt, by_id, hook_secret, list, of_person, owners_among, take, would_take,
};

pub const WORDS: crate::kernel::i18n::Words = crate::words!();
