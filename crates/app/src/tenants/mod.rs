//! Tenants: the companies that share one installation. Holds their zone, the cut of their business day, and their
//! operating defaults. Everything else belongs to exactly one tenant.

pub mod api;
mod model;
mod rows;
mod store;

pub use model::TenantRefusal;
pub use rows::Tenant;
pub use store::{all_ids, create, founding_scope, get};

pub const WORDS: crate::kernel::i18n::Words = crate::words!();
