//! Data requests: what a person asks for about her own data (a copy, a correction, an erasure, a restriction), with a
//! deadline, a proof of who asked, and every step kept.
//!
//! - `received` → `verified` → `in_work` → `done` or `refused`. What comes from the member page is verified by the
//!   platform's sign-in; what an employee enters must be verified by her.
//! - A *copy* is everything the register of columns finds about her, as JSON and as a page to read, in one sealed file
//!   that goes after its days.
//! - An *erasure* deletes, empties or renames every row of hers as the register says, leaves the ledger's amounts and
//!   every figure as they are, puts tombstones against her return, and gives a certificate.
//!
//! This slice stands at the end because it reaches every slice's tables; it knows them by the register only.

pub mod api;
pub mod jobs;
pub mod member;
mod model;
mod rows;
mod store;
#[cfg(test)]
mod tests;

pub use model::{Kind, RequestRefusal, State};
pub use rows::RequestRow;
pub use store::overdue;

pub const WORDS: crate::kernel::i18n::Words = crate::words!();
