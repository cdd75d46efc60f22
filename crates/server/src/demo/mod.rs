//! The demo: a simulated WeCom, a living community, and sixty days of history that are lived through the product.
//!
//! - [`door`]: the product's own HTTP surface, called in process, as an operator or anybody.
//! - [`phone`]: the browsers of members and employees.
//! - [`operator`]: who decides on the release cards every morning.
//! - [`orders`]: the shop, which reports orders by signed webhook.
//! - [`proof`]: the mirror held against the platform's truth.
//! - [`leaver`]: the last evening, on which an employee leaves and her customers pass on.
//! - [`setup`]: what an operator does on the first day, done through the API.
//! - [`life`]: the loop that moves the clock from one due thing to the next.

pub mod door;
pub mod leaver;
pub mod life;
pub mod operator;
pub mod orders;
pub mod phone;
pub mod proof;
pub mod setup;
