//! Today: what is due, what waits for a tap, what went wrong, what needs a decision. Owns nothing; reads all.

pub mod api;
mod model;
mod rows;
mod store;
#[cfg(test)]
mod tests;

pub const WORDS: crate::kernel::i18n::Words = crate::words!();
