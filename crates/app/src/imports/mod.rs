//! Imports: people, their tags, orders and named lists from files of a million rows.
//!
//! - A file is read once, while it is uploaded, into *parts* of about a thousand rows that the store keeps sealed for a
//!   week. Everything after that goes part by part, on whichever node.
//! - A *dry run* comes before every run: what is new, what is known by which key, what is bad and why.
//! - A part is one transaction that also moves the mark, so a crash costs at most one part. The same rows again change
//!   nothing, and say so.
//! - People are recognised by union id, by the platform's id of a contact or by the digest of a phone number; never by
//!   name. Two keys of two persons are a bad row: joining histories is for people to decide.
//! - Whoever asked to be erased doesn't come back with an old table ([`crate::people::may_import`]).

pub mod api;
pub mod jobs;
mod model;
mod rows;
mod store;
#[cfg(test)]
mod tests;

pub use model::{Counts, ImportRefusal, State};
pub use rows::ListRow;
pub use store::saved::{lists, people_of_list};

pub const WORDS: crate::kernel::i18n::Words = crate::words!();

/// What a part is sealed with, so that it opens as no other.
fn about_part(import: &str, part: i64) -> String {
    format!("import {import} part {part}")
}
