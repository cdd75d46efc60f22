//! Tasks: what one employee is asked to send by hand into one group.
//!
//! A post that is not a broadcast becomes one task per group for the employee responsible for it. She gets a card in
//! the platform's app, opens the sidebar page, and sends with one tap. What is not sent is reminded in working hours,
//! and missed when its time is over. A task is settled once: a repeated tap changes nothing.

pub mod api;
pub mod jobs;
pub mod member;
mod model;
mod rows;
mod store;
#[cfg(test)]
mod tests;

pub use model::{NewTask, TaskState};
pub use rows::TaskRow;
pub use store::{create, list, waiting};

pub const WORDS: crate::kernel::i18n::Words = crate::words!();
