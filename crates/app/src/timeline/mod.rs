//! Timeline: everything that happened between one person and the company, from every capability, in one list.
//!
//! It keeps nothing of its own: each kind of entry is read where its capability keeps it, so what is corrected there is
//! right here. An operator with a narrow reach sees only bonds of her own and what happened in her groups.

pub mod api;
mod model;
mod rows;
mod store;
#[cfg(test)]
mod tests;

pub const WORDS: crate::kernel::i18n::Words = crate::words!();
