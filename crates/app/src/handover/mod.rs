//! Hand-over: an employee's customers and groups pass to another, because she leaves or because work moves.
//!
//! - A *plan* names giver and taker; an *item* is one customer or group on the way. Nobody is on two ways at a time.
//! - Items are asked for in hundreds, one job each: the intent is stored before the call and the answer after it. After
//!   silence the platform's own list of moves says what happened; nothing is asked twice by itself.
//! - A customer may refuse within a day, so results are looked at with growing pauses. Groups pass at once.
//! - A bond that passed is a fact of its own, never a loss.

pub mod api;
pub mod jobs;
mod model;
mod rows;
mod store;
#[cfg(test)]
mod tests;

pub use model::HandoverRefusal;
pub use store::mark_moved;

use crate::kernel::db::Tx;
use crate::kernel::http::{AppResult, Scope};
use crate::staff;

pub const WORDS: crate::kernel::i18n::Words = crate::words!();

/// Who is taking this contact (by the platform's id or ours) over from an employee (by the platform's id); our id of
/// the taker.
pub async fn taker_of(
    tx: &mut Tx<'_>,
    scope: &Scope,
    account: &str,
    (giver, contact): (&str, &str),
) -> AppResult<Option<String>> {
    let Some(giver) = staff::by_platform_id(tx, scope, account, giver).await? else { return Ok(None) };
    Ok(store::taker_of(tx, scope, (account, &giver.id), contact).await?)
}

/// A callback spoke of a move that failed: looks at the plan now instead of later.
pub async fn look_now(
    tx: &mut Tx<'_>,
    scope: &Scope,
    account: &str,
    (_taker, contact): (&str, &str),
) -> AppResult<()> {
    for plan in store::plans_with(tx, scope, account, contact).await? {
        tx.enqueue(scope.tenant(), &jobs::Look { plan }).await?;
    }
    Ok(())
}

/// Reads whom employees left behind, soon.
pub async fn request_left_behind(tx: &mut Tx<'_>, scope: &Scope, account: &str) -> AppResult<()> {
    tx.enqueue(scope.tenant(), &jobs::LeftBehind { account: account.to_owned() }).await
}
