//! Every query of the metrics: reading and deciding here, running counts in `count.rs`, counting again from the log
//! in `recompute.rs`.

mod count;
mod persons;
pub mod recompute;

use base::{Day, Timestamp};

use super::model::{BASELINE_DAYS, Verdict};
use super::rows::{Counted, DecisionRow, ReleaseRow};
use crate::args;
use crate::kernel::db::Tx;
use crate::kernel::http::{AppError, AppResult, Paging, Scope};

pub use count::{count_click, count_delivery, count_leave, count_miss, count_order, count_orders_after};
pub use persons::count_person_anew;

/// A query of releases with their posts; the rest says which.
macro_rules! select_release {
    ($rest:literal) => {
        concat!(
            "SELECT r.post_id, r.community_id, p.title, p.series, p.item, p.plan_id, r.kind, p.way, r.hour, r.day,
                 p.due_at, r.starts_at, p.first_sent_at, p.groups_total, r.groups_sent, r.groups_missed, r.reach,
                 r.opens, r.orders, r.buyers, r.paid, r.refunded, r.leaves, r.counted_at, r.decided
             FROM metrics_release r JOIN playbooks_post p ON p.tenant_id = r.tenant_id AND p.id = r.post_id ",
            $rest
        )
    };
}

/// Distinct eligible persons of the groups that got the post, who were members then and an hour after.
pub async fn reach(tx: &mut Tx<'_>, scope: &Scope, post: &str) -> AppResult<i64> {
    Ok(tx
        .number(
            "SELECT COUNT(DISTINCT m.person_no) FROM metrics_delivery d
             JOIN groups_membership m ON m.tenant_id = d.tenant_id AND m.group_id = d.group_id
             WHERE d.tenant_id = $1 AND d.post_id = $2 AND d.sent = TRUE AND m.eligible = TRUE
               AND m.joined_at <= d.at AND (m.left_at IS NULL OR m.left_at >= d.at + 3600000)",
            args![scope.tenant(), post],
        )
        .await?)
}

/// Keeps a counted reach.
pub async fn set_reach(tx: &mut Tx<'_>, scope: &Scope, post: &str, reach: i64) -> AppResult<()> {
    let now = tx.now();
    tx.exec(
        "UPDATE metrics_release SET reach = $3, counted_at = $4 WHERE tenant_id = $1 AND post_id = $2",
        args![scope.tenant(), post, reach, now],
    )
    .await?;
    Ok(())
}

/// When a group got the post last.
pub async fn last_delivery(tx: &mut Tx<'_>, scope: &Scope, post: &str) -> AppResult<Timestamp> {
    Ok(Timestamp(
        tx.number(
            "SELECT MAX(at) FROM metrics_delivery WHERE tenant_id = $1 AND post_id = $2 AND sent = TRUE",
            args![scope.tenant(), post],
        )
        .await?,
    ))
}

/// Releases within reach, newest first. The cursor is `starts_at:post_id`; an empty `community` means all.
pub async fn releases(
    tx: &mut Tx<'_>,
    scope: &Scope,
    community: &str,
    page: &Paging,
) -> AppResult<Vec<ReleaseRow>> {
    let (at, post) = page.after.split_once(':').unwrap_or(("9223372036854775807", ""));
    let at: i64 = at.parse().unwrap_or(i64::MAX);
    Ok(tx
        .all(
            select_release!(
                "WHERE r.tenant_id = $1 AND ($3 = '' OR r.community_id = $3) AND (r.starts_at, r.post_id) < ($4, $5)
                   AND ($2 = '' OR r.community_id IN (
                     SELECT g.community_id FROM groups_group g JOIN groups_duty d
                       ON d.tenant_id = g.tenant_id AND d.group_id = g.id AND d.staff_id = $2 WHERE g.tenant_id = $1))
                 ORDER BY r.starts_at DESC, r.post_id DESC LIMIT $6"
            ),
            args![scope.tenant(), scope.reach_key(), community, at, post, page.probe()],
        )
        .await?)
}

/// One release within reach.
pub async fn release(tx: &mut Tx<'_>, scope: &Scope, post: &str) -> AppResult<ReleaseRow> {
    tx.opt(
        select_release!(
            "WHERE r.tenant_id = $1 AND r.post_id = $3 AND ($2 = '' OR r.community_id IN (
                 SELECT g.community_id FROM groups_group g JOIN groups_duty d
                   ON d.tenant_id = g.tenant_id AND d.group_id = g.id AND d.staff_id = $2 WHERE g.tenant_id = $1))"
        ),
        args![scope.tenant(), scope.reach_key(), post],
    )
    .await?
    .ok_or_else(AppError::not_found)
}

/// Releases that began in a span, for the figures beside today's posts.
pub async fn of_posts(
    tx: &mut Tx<'_>,
    scope: &Scope,
    from: Timestamp,
    to: Timestamp,
) -> AppResult<Vec<ReleaseRow>> {
    Ok(tx
        .all(
            select_release!(
                "WHERE r.tenant_id = $1 AND r.starts_at >= $3 AND r.starts_at < $4 AND ($2 = '' OR r.community_id IN (
                     SELECT g.community_id FROM groups_group g JOIN groups_duty d
                       ON d.tenant_id = g.tenant_id AND d.group_id = g.id AND d.staff_id = $2 WHERE g.tenant_id = $1))
                 ORDER BY r.starts_at LIMIT 500"
            ),
            args![scope.tenant(), scope.reach_key(), from, to],
        )
        .await?)
}

/// Releases that reached somebody and wait for a decision, oldest first.
pub async fn undecided(
    tx: &mut Tx<'_>,
    scope: &Scope,
    from: Timestamp,
    to: Timestamp,
) -> AppResult<Vec<ReleaseRow>> {
    let rows = of_posts(tx, scope, from, to).await?;
    Ok(rows.into_iter().filter(|r| !r.decided && r.groups_sent > 0).collect())
}

/// Earlier releases of the same community, kind and hour that reached somebody.
pub async fn baseline(tx: &mut Tx<'_>, scope: &Scope, of: &ReleaseRow) -> AppResult<Vec<ReleaseRow>> {
    let day = Day(i32::try_from(of.day).unwrap_or(0));
    Ok(tx
        .all(
            select_release!(
                "WHERE r.tenant_id = $1 AND r.community_id = $2 AND r.kind = $3 AND r.hour = $4 AND r.day >= $5
                   AND r.day < $6 AND r.groups_sent > 0 AND r.counted_at > 0 ORDER BY r.day"
            ),
            args![scope.tenant(), &of.community_id, &of.kind, of.hour, day.plus_days(-BASELINE_DAYS), day],
        )
        .await?)
}

/// Keeps a decision and takes the release off the list of those that wait for one.
pub async fn decide(
    tx: &mut Tx<'_>,
    scope: &Scope,
    release: &ReleaseRow,
    (verdict, minute, note): (Verdict, Option<u16>, &str),
    by: &str,
) -> AppResult<()> {
    let (id, now) = (tx.new_id("dcs"), tx.now());
    let item = release.plan_id.as_ref().map(|p| format!("{p}/{}", release.item)).unwrap_or_default();
    tx.exec(
        "INSERT INTO metrics_decision (tenant_id, id, post_id, community_id, plan_item, verdict, minute, note,
             decided_by, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        args![
            scope.tenant(),
            id,
            &release.post_id,
            &release.community_id,
            item,
            verdict.word(),
            minute,
            note,
            by,
            now
        ],
    )
    .await?;
    tx.exec(
        "UPDATE metrics_release SET decided = TRUE WHERE tenant_id = $1 AND post_id = $2",
        args![scope.tenant(), &release.post_id],
    )
    .await?;
    Ok(())
}

/// The last decision about this release.
pub async fn decision(tx: &mut Tx<'_>, scope: &Scope, post: &str) -> AppResult<Option<DecisionRow>> {
    Ok(tx
        .opt(
            "SELECT id, post_id, verdict, minute, note, decided_by, at FROM metrics_decision
             WHERE tenant_id = $1 AND post_id = $2 ORDER BY id DESC LIMIT 1",
            args![scope.tenant(), post],
        )
        .await?)
}

/// The last decision about an earlier release of the same recurring item.
pub async fn decision_before(
    tx: &mut Tx<'_>,
    scope: &Scope,
    release: &ReleaseRow,
) -> AppResult<Option<DecisionRow>> {
    let Some(plan) = &release.plan_id else { return Ok(None) };
    Ok(tx
        .opt(
            "SELECT id, post_id, verdict, minute, note, decided_by, at FROM metrics_decision
             WHERE tenant_id = $1 AND plan_item = $2 AND at <= $3 AND post_id <> $4 ORDER BY id DESC LIMIT 1",
            args![scope.tenant(), format!("{plan}/{}", release.item), release.starts_at, &release.post_id],
        )
        .await?)
}

/// The running figures that facts alone determine.
pub async fn counted(tx: &mut Tx<'_>, scope: &Scope, post: &str) -> AppResult<Option<Counted>> {
    Ok(tx
        .opt(
            "SELECT groups_sent, groups_missed, opens, orders, buyers, paid, refunded, leaves FROM metrics_release
             WHERE tenant_id = $1 AND post_id = $2",
            args![scope.tenant(), post],
        )
        .await?)
}

/// When each release began, for recomputing.
pub async fn all_starts(tx: &mut Tx<'_>, scope: &Scope) -> AppResult<Vec<(String, i64)>> {
    Ok(tx
        .all(
            "SELECT post_id, starts_at FROM metrics_release WHERE tenant_id = $1 ORDER BY post_id",
            args![scope.tenant()],
        )
        .await?)
}

/// What the attribution credited: post, order, person and amount, in the order it happened.
pub async fn credits(tx: &mut Tx<'_>, scope: &Scope) -> AppResult<Vec<(String, String, String, i64)>> {
    Ok(tx
        .all(
            "SELECT post_id, order_id, person_id, amount_fen FROM attribution_credit
             WHERE tenant_id = $1 AND post_id IS NOT NULL ORDER BY order_id, entry",
            args![scope.tenant()],
        )
        .await?)
}

/// Writes recomputed figures over the running ones.
pub async fn overwrite(tx: &mut Tx<'_>, scope: &Scope, post: &str, c: &Counted) -> AppResult<()> {
    tx.exec(
        "UPDATE metrics_release SET groups_sent = $3, groups_missed = $4, opens = $5, orders = $6, buyers = $7,
             paid = $8, refunded = $9, leaves = $10
         WHERE tenant_id = $1 AND post_id = $2",
        args![
            scope.tenant(),
            post,
            c.groups_sent,
            c.groups_missed,
            c.opens,
            c.orders,
            c.buyers,
            c.paid,
            c.refunded,
            c.leaves
        ],
    )
    .await?;
    Ok(())
}
