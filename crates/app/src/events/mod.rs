//! Custom events: what other systems of the company report about people, for example that somebody visited a store.
//!
//! - An *event* has a person whom we know, a name, a time, a key and flat properties. A key counts once.
//! - A *definition* is a name that came, with what the company writes about it: what it means, and why it may be kept.
//! - Events of employees and house accounts are kept and shown with the person, but are in no figure.

pub mod api;
mod model;
mod rows;
mod store;
#[cfg(test)]
mod tests;

pub const WORDS: crate::kernel::i18n::Words = crate::words!();
