//! Metrics: what came of each release, and what was decided about it.
//!
//! A *release* is a post that was handed out. Its figures run along with the facts (one short update per fact) and can
//! be recomputed from the append-only log; both ways must agree. Persons are counted, not rows: whoever is in three
//! groups, opens twice or leaves two groups is one. Every figure has a definition with formula, window and source
//! level; levels are never mixed in one figure.

pub mod api;
pub mod jobs;
mod model;
mod rows;
mod store;
#[cfg(test)]
mod tests;

pub use rows::ReleaseRow;
pub use store::recompute::recompute;
pub use store::{
    count_click, count_delivery, count_leave, count_miss, count_order, count_orders_after, count_person_anew,
    of_posts, releases, undecided,
};

pub const WORDS: crate::kernel::i18n::Words = crate::words!();
