//! Links: addresses of our own in front of every target, so that an opening can be counted and, with consent, tied to
//! a person.
//!
//! `/r/{code}` answers fast and writes one row. Only targets that were checked when the link was minted are reached:
//! nothing in the request chooses where a visitor goes. Bots, prefetches and staff are kept apart and never count as
//! people. A person who refuses reaches the target all the same. Openings become facts in batches (`links.settle`):
//! one [`crate::reactions::Fact::LinkClicked`] per person, link and business day.

pub mod api;
pub mod jobs;
pub mod member;
mod model;
mod rows;
mod store;
#[cfg(test)]
mod tests;

pub use model::{LinkRefusal, Surface};
pub use rows::{CountedRow, LinkRow};
pub use store::{
    Figures, Minted, NewLink, PostFigures, by_id, figures_of_post, forget_ties, has_post, list, mint,
};

pub const WORDS: crate::kernel::i18n::Words = crate::words!();
