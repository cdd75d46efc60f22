//! Playbooks: what is published when, by whom, in which groups.
//!
//! - A *template* is data (`templates.json`): a week of items with day, time, kind, way and role.
//! - A *plan* is a template at work in a community from a day on; it keeps the next fourteen days filled.
//! - A *post* is one dated item of a community. It is checked against the guard rails (`model/check.rs`) before it is
//!   kept, approved, dispatched at its time as a broadcast or as owner tasks, and followed group by group.
//!
//! Invariants: a community without an active status and a plan publishes nothing; a post is dispatched at most once;
//! every change tells who, when and why, and the last one can be undone until the post leaves.

pub mod api;
pub mod jobs;
mod model;
mod rows;
mod store;
#[cfg(test)]
mod tests;

pub use model::{Kind, PostState, Way};
pub use rows::{DeliveryRow, PostRow};
pub use store::week::{change_series, stop_series};
pub use store::{deliveries, due_between, mark_delivered, mark_missed, post};

pub const WORDS: crate::kernel::i18n::Words = crate::words!();

/// An active community with a plan, for the tests of slices below.
#[cfg(test)]
pub(crate) mod test_ground {
    pub(crate) use super::tests::{community, plan, tap_all};
}
