//! The demo: a simulated WeCom, a living community, and sixty days of history that are lived through the product.
//!
//! - [`babies`]: a field of the company's own and what becomes known for it.
//! - [`door`]: the product's own HTTP surface, called in process, as an operator or anybody.
//! - [`phone`]: the browsers of members and employees.
//! - [`operator`]: who decides on the release cards every morning.
//! - [`layers`]: promises, ways into closer communities, and the first suggestions.
//! - [`one_core`]: why the process keeps to one core meanwhile.
//! - [`open_api`]: other systems of the company: a key, a webhook, visits reported by tills.
//! - [`orders`]: the shop, which reports orders by signed webhook.
//! - [`privacy`]: what some customers decide about their data.
//! - [`proof`]: the mirror held against the platform's truth.
//! - [`segments`]: questions about people, kept, and held against the database.
//! - [`leaver`]: the last evening, on which an employee leaves and her customers pass on.
//! - [`setup`]: what an operator does on the first day, done through the API.
//! - [`tags`]: tags, rules and a bulk job of the first day.
//! - [`life`]: the loop that moves the clock from one due thing to the next.

pub mod babies;
pub mod door;
pub mod layers;
pub mod leaver;
pub mod life;
pub mod one_core;
pub mod open_api;
pub mod operator;
pub mod orders;
pub mod phone;
pub mod privacy;
pub mod proof;
pub mod segments;
pub mod setup;
pub mod tags;
