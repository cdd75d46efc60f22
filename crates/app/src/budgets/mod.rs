//! Budgets: how many broadcasts a group may still receive.
//!
//! A platform lets each group receive only so many company broadcasts per window; beyond that it skips the group in
//! silence. The window is a setting of the tenant: as many a month as the month has days, seven a week, or one a day.
//! A broadcast takes its place here in the transaction that notes the intent to send, and gives it back when the
//! platform refused it or it turned out that nothing was made. What employees send by themselves is not visible to
//! us, so the last word stays with the platform's own report per group.

mod model;
mod store;
#[cfg(test)]
mod tests;

pub use model::{Quota, Rule, Window};
pub use store::{check, release, reserve, usage};
