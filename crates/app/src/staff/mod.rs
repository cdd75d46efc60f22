//! Staff: the company's employees as the platform knows them, who of them serves customers, and what they are beside
//! customers. The mirror is renewed by `staff.sync`; an employee who vanished stays, inactive, because groups, follows
//! and tasks point at her.

pub mod api;
pub mod jobs;
mod model;
mod rows;
mod store;
#[cfg(test)]
mod tests;

pub use model::{StaffKind, StaffRefusal};
pub use rows::StaffRow;
pub use store::{by_platform_id, ensure, get, serving};

use crate::accounts::{self, SyncKind};
use crate::kernel::db::Tx;
use crate::kernel::http::{AppResult, Scope};

pub const WORDS: crate::kernel::i18n::Words = crate::words!();

/// Mirrors the employees of an account soon.
pub async fn request_sync(tx: &mut Tx<'_>, scope: &Scope, account: &str) -> AppResult<()> {
    accounts::begin_sync(tx, scope, account, SyncKind::Staff).await?;
    tx.enqueue(scope.tenant(), &jobs::Sync { account: account.to_owned() }).await
}
