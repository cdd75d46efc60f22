//! Who lost whom: one row per bond that a customer or an employee ended, until somebody took care of it.

use base::Timestamp;

use super::super::model::counts;
use super::super::rows::LossRow;
use crate::args;
use crate::kernel::db::{DbResult, Tx};
use crate::kernel::http::{AppError, AppResult, Paging, Scope};

/// A bond that ended.
#[derive(Clone, Copy, Debug)]
pub struct NewLoss<'a> {
    pub person: &'a str,
    pub contact: &'a str,
    pub staff: &'a str,
    pub by_customer: bool,
    pub at: Timestamp,
}

/// Keeps an alert. An employee who left loses nobody: her customers wait for a hand-over. A bond of somebody who isn't
/// a customer is nobody's loss.
pub async fn note_loss(tx: &mut Tx<'_>, scope: &Scope, loss: &NewLoss<'_>) -> AppResult<()> {
    let kind: Option<(String,)> = tx
        .opt(
            "SELECT kind FROM people_person WHERE tenant_id = $1 AND id = $2",
            args![scope.tenant(), loss.person],
        )
        .await?;
    if !kind.is_some_and(|(kind,)| counts(&kind)) {
        return Ok(());
    }
    let id = tx.new_id("los");
    tx.exec(
        "INSERT INTO people_loss (tenant_id, id, person_id, contact_id, staff_id, by_customer, at)
         SELECT s.tenant_id, $2, $3, $4, s.id, $6, $7 FROM staff_member s
         WHERE s.tenant_id = $1 AND s.id = $5 AND s.active = TRUE
         ON CONFLICT (tenant_id, contact_id, staff_id, at) DO NOTHING",
        args![scope.tenant(), id, loss.person, loss.contact, loss.staff, loss.by_customer, loss.at],
    )
    .await?;
    Ok(())
}

/// What the list of losses is narrowed to.
#[derive(Clone, Debug, Default)]
pub(in super::super) struct LossFilter {
    pub pattern: String,
    /// Also those that were handled.
    pub handled: bool,
    /// `customer`, `staff`, or empty for both.
    pub by: String,
}

/// Losses, newest first, with where she still is and what she is worth.
pub(in super::super) async fn losses(
    tx: &mut Tx<'_>,
    scope: &Scope,
    page: &Paging,
    filter: &LossFilter,
) -> DbResult<Vec<LossRow>> {
    tx.all(
        "SELECT l.id, l.person_id, p.name AS person_name, l.staff_id, s.name AS staff_name, l.by_customer, l.at,
                l.seen_at, l.handled_at, l.handled_by,
                (SELECT CAST(COUNT(DISTINCT m.group_id) AS BIGINT) FROM groups_membership m
                 WHERE m.tenant_id = $1 AND m.person_id = l.person_id AND m.left_at IS NULL) AS groups,
                (SELECT CAST(COUNT(*) AS BIGINT) FROM tags_person_tag t
                 WHERE t.tenant_id = $1 AND t.person_id = l.person_id) AS tags,
                (SELECT CAST(COUNT(*) AS BIGINT) FROM orders_order o
                 WHERE o.tenant_id = $1 AND o.person_id = l.person_id) AS orders,
                (SELECT CAST(COALESCE(SUM(o.paid_fen - o.refunded_fen), 0) AS BIGINT) FROM orders_order o
                 WHERE o.tenant_id = $1 AND o.person_id = l.person_id) AS paid_fen,
                (SELECT CAST(COUNT(*) AS BIGINT) FROM people_contact c JOIN people_follow f
                     ON f.tenant_id = c.tenant_id AND f.contact_id = c.id
                 WHERE c.tenant_id = $1 AND c.person_id = l.person_id AND f.deleted_at IS NULL) AS bonds
         FROM people_loss l
         JOIN people_person p ON p.tenant_id = l.tenant_id AND p.id = l.person_id
         JOIN staff_member s ON s.tenant_id = l.tenant_id AND s.id = l.staff_id
         WHERE l.tenant_id = $1 AND ($2 = '' OR l.staff_id = $2)
           AND ($3 = '' OR l.id < $3) AND (p.name_search LIKE $4 ESCAPE '!' OR s.name_search LIKE $4 ESCAPE '!')
           AND ($5 = TRUE OR l.handled_at = 0)
           AND ($6 = '' OR ($6 = 'customer' AND l.by_customer = TRUE) OR ($6 = 'staff' AND l.by_customer = FALSE))
         ORDER BY l.id DESC LIMIT $7",
        args![
            scope.tenant(),
            scope.reach_key(),
            &page.after,
            &filter.pattern,
            filter.handled,
            &filter.by,
            page.probe()
        ],
    )
    .await
}

/// Losses that nobody has looked at, within the caller's reach.
pub async fn losses_unseen(tx: &mut Tx<'_>, scope: &Scope) -> DbResult<i64> {
    tx.number(
        "SELECT CAST(COUNT(*) AS BIGINT) FROM people_loss
         WHERE tenant_id = $1 AND ($2 = '' OR staff_id = $2) AND seen_at = 0 AND handled_at = 0",
        args![scope.tenant(), scope.reach_key()],
    )
    .await
}

/// Notes that somebody looked at, or took care of, a loss.
pub(in super::super) async fn settle_loss(
    tx: &mut Tx<'_>,
    scope: &Scope,
    id: &str,
    (handled, by): (bool, &str),
) -> AppResult<()> {
    let now = tx.now();
    let touched = tx
        .exec(
            "UPDATE people_loss SET seen_at = CASE WHEN seen_at = 0 THEN $4 ELSE seen_at END,
                 handled_at = CASE WHEN $5 = FALSE THEN 0 WHEN handled_at = 0 THEN $4 ELSE handled_at END,
                 handled_by = CASE WHEN $5 = FALSE THEN '' WHEN handled_at = 0 THEN $6 ELSE handled_by END
             WHERE tenant_id = $1 AND id = $3 AND ($2 = '' OR staff_id = $2)",
            args![scope.tenant(), scope.reach_key(), id, now, handled, by],
        )
        .await?;
    if touched == 1 { Ok(()) } else { Err(AppError::not_found()) }
}

/// Employees who lost somebody after `since` and whom nobody told: how many, by employee.
pub(in super::super) async fn untold(
    tx: &mut Tx<'_>,
    scope: &Scope,
) -> DbResult<Vec<(String, String, String, i64)>> {
    tx.all(
        "SELECT s.id, s.account_id, s.platform_id, CAST(COUNT(*) AS BIGINT) FROM people_loss l
         JOIN staff_member s ON s.tenant_id = l.tenant_id AND s.id = l.staff_id
         WHERE l.tenant_id = $1 AND l.told_at = 0 AND l.by_customer = TRUE AND s.active = TRUE
         GROUP BY s.id, s.account_id, s.platform_id ORDER BY s.id",
        args![scope.tenant()],
    )
    .await
}

pub(in super::super) async fn mark_told(
    tx: &mut Tx<'_>,
    scope: &Scope,
    staff: &str,
    until: Timestamp,
) -> DbResult<()> {
    let now = tx.now();
    tx.exec(
        "UPDATE people_loss SET told_at = $4 WHERE tenant_id = $1 AND staff_id = $2 AND told_at = 0 AND at <= $3",
        args![scope.tenant(), staff, until, now],
    )
    .await?;
    Ok(())
}

/// Whether employees hear of their losses once a day: yes unless somebody said no.
pub(in super::super) async fn tells_losses(tx: &mut Tx<'_>, scope: &Scope) -> DbResult<bool> {
    let row: Option<(bool,)> =
        tx.opt("SELECT tell_losses FROM people_setting WHERE tenant_id = $1", args![scope.tenant()]).await?;
    Ok(row.is_none_or(|(tell,)| tell))
}

pub(in super::super) async fn set_tells_losses(tx: &mut Tx<'_>, scope: &Scope, tell: bool) -> DbResult<()> {
    tx.exec(
        "INSERT INTO people_setting (tenant_id, tell_losses) VALUES ($1, $2)
         ON CONFLICT (tenant_id) DO UPDATE SET tell_losses = excluded.tell_losses",
        args![scope.tenant(), tell],
    )
    .await?;
    Ok(())
}
