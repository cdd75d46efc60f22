//! What a text contains: normalise, match, explain. Pure, and usable without the product.
//!
//! A writer who wants to slip a word past a check widens it, changes its case, or puts spaces, dots, emoji or
//! invisible characters between its letters. [`Folded`] undoes all of that and remembers where each letter came
//! from, [`Matcher`] finds words in what is left, and [`Screen`] says which rule a word touches and what cures it.
//!
//! There is no notion of meaning here: a hit is a reason to look, with the exact place to look at.

mod fold;
mod lists;
mod matcher;

pub use fold::Folded;
pub use lists::{BadList, Category, Finding, Rule, Screen, Severity, built_in};
pub use matcher::{Hit, Matcher, TooManyWords};
