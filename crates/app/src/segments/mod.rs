//! Segments: questions about people, answered as of now, and kept up to date.
//!
//! - A *wording* is an expression of `audience::language`, as text or as a tree. It is asked at once ([`api`]) or kept
//!   under a name: then every wording is a version, and who enters or leaves is a fact.
//! - The *room* (`desk.rs`) is a tenant's index of people in memory. It has a file of its own because it lives outside
//!   requests and jobs: the log of facts keeps it beside the database, and what it says can be checked against SQL
//!   (`store/compare.rs`) at any time.
//! - *Settling* (`jobs.rs`) writes moves and their facts in one transaction, each exactly once. The first people of a
//!   wording are written without facts, unless the segment was made to tell them.
//! - Staff, house accounts, host crew and whoever else speaks for the brand are in no answer, whatever a wording says.
//!   Whoever must not be used for a purpose is left out of answers for it, and counted as barred.

pub mod api;
mod desk;
pub mod jobs;
mod model;
mod rows;
mod store;
#[cfg(test)]
mod tests;

pub use desk::{Desk, Listed, Room, frozen_after, frozen_list, living, people_after};
pub use model::{AskedFor, MoveCause, SegmentRefusal};
#[cfg(test)]
pub(crate) use store::layer_words;

use crate::kernel::db::Tx;
use crate::kernel::http::{AppResult, Scope};

pub const WORDS: crate::kernel::i18n::Words = crate::words!();

/// Deletes the written index of people; the next start reads all tables.
pub async fn forget_written(tx: &mut Tx<'_>, scope: &Scope) -> AppResult<()> {
    Ok(store::forget_index(tx, scope).await?)
}

/// Something happened to somebody: if segments are kept up to date at all, they are settled soon.
pub async fn stir(tx: &mut Tx<'_>, scope: &Scope) -> AppResult<()> {
    match store::any_live(tx, scope).await? {
        true => tx.enqueue(scope.tenant(), &jobs::Settle {}).await,
        false => Ok(()),
    }
}
