//! Running counts: one short update per fact, in the transaction that established it.

use base::Timestamp;

use super::super::jobs::{Reach, SETTLED_AFTER};
use super::super::model::WINDOW;
use crate::args;
use crate::kernel::db::Tx;
use crate::kernel::http::{AppResult, Scope};

/// Begins the running figures of a post, if they have not begun.
async fn ensure(tx: &mut Tx<'_>, scope: &Scope, post: &str) -> AppResult<()> {
    tx.exec(
        "INSERT INTO metrics_release (tenant_id, post_id, community_id, kind, hour, day, starts_at)
         SELECT tenant_id, id, community_id, kind, minute / 60, day,
             CASE WHEN prompted_at > 0 THEN prompted_at ELSE due_at END
         FROM playbooks_post WHERE tenant_id = $1 AND id = $2
         ON CONFLICT (tenant_id, post_id) DO NOTHING",
        args![scope.tenant(), post],
    )
    .await?;
    Ok(())
}

/// A group got the post.
pub async fn count_delivery(
    tx: &mut Tx<'_>,
    scope: &Scope,
    post: &str,
    group: &str,
    at: Timestamp,
) -> AppResult<()> {
    ensure(tx, scope, post).await?;
    if !note_delivery(tx, scope, post, group, true, at).await? {
        return Ok(());
    }
    tx.exec(
        "UPDATE metrics_release SET groups_sent = groups_sent + 1 WHERE tenant_id = $1 AND post_id = $2",
        args![scope.tenant(), post],
    )
    .await?;
    // Whoever left between the delivery and the moment we learnt of it.
    let left = tx
        .exec(
            "INSERT INTO metrics_person (tenant_id, post_id, act, person_id)
             SELECT DISTINCT tenant_id, $3, 'leave', person_id FROM metrics_leave
             WHERE tenant_id = $1 AND group_id = $2 AND at >= $4 AND at < $5
             ON CONFLICT (tenant_id, post_id, act, person_id) DO NOTHING",
            args![scope.tenant(), group, post, at, at.plus(WINDOW)],
        )
        .await?;
    if left > 0 {
        tx.exec(
            "UPDATE metrics_release SET leaves = leaves + $3 WHERE tenant_id = $1 AND post_id = $2",
            args![scope.tenant(), post, i64::try_from(left).unwrap_or(0)],
        )
        .await?;
    }
    tx.enqueue_at(scope.tenant(), &Reach { post: post.to_owned() }, at.plus(SETTLED_AFTER)).await
}

/// A group did not get the post.
pub async fn count_miss(
    tx: &mut Tx<'_>,
    scope: &Scope,
    post: &str,
    group: &str,
    at: Timestamp,
) -> AppResult<()> {
    ensure(tx, scope, post).await?;
    if note_delivery(tx, scope, post, group, false, at).await? {
        tx.exec(
            "UPDATE metrics_release SET groups_missed = groups_missed + 1 WHERE tenant_id = $1 AND post_id = $2",
            args![scope.tenant(), post],
        )
        .await?;
    }
    Ok(())
}

async fn note_delivery(
    tx: &mut Tx<'_>,
    scope: &Scope,
    post: &str,
    group: &str,
    sent: bool,
    at: Timestamp,
) -> AppResult<bool> {
    let fresh = tx
        .exec(
            "INSERT INTO metrics_delivery (tenant_id, post_id, group_id, sent, at) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (tenant_id, post_id, group_id) DO NOTHING",
            args![scope.tenant(), post, group, sent, at],
        )
        .await?;
    Ok(fresh == 1)
}

/// A person opened the post's link; counts once per release and only within its window.
pub async fn count_click(
    tx: &mut Tx<'_>,
    scope: &Scope,
    post: &str,
    person: &str,
    at: Timestamp,
) -> AppResult<()> {
    ensure(tx, scope, post).await?;
    let fresh = tx
        .exec(
            "INSERT INTO metrics_person (tenant_id, post_id, act, person_id)
             SELECT tenant_id, post_id, 'open', $3 FROM metrics_release
             WHERE tenant_id = $1 AND post_id = $2 AND starts_at > $4
             ON CONFLICT (tenant_id, post_id, act, person_id) DO NOTHING",
            args![scope.tenant(), post, person, at.minus(WINDOW)],
        )
        .await?;
    if fresh == 1 {
        tx.exec(
            "UPDATE metrics_release SET opens = opens + 1 WHERE tenant_id = $1 AND post_id = $2",
            args![scope.tenant(), post],
        )
        .await?;
    }
    Ok(())
}

/// Counts again what was credited to every post that this order could have come from: the attribution may have moved
/// it from one to another.
pub async fn count_order(tx: &mut Tx<'_>, scope: &Scope, order: &str) -> AppResult<()> {
    tx.exec(
        "UPDATE metrics_release SET
             orders = (SELECT COUNT(*) FROM attribution_credit c
                 WHERE c.tenant_id = $1 AND c.post_id = metrics_release.post_id AND c.entry = 0),
             buyers = (SELECT COUNT(DISTINCT c.person_id) FROM attribution_credit c
                 WHERE c.tenant_id = $1 AND c.post_id = metrics_release.post_id AND c.entry = 0),
             paid = (SELECT CAST(COALESCE(SUM(c.amount_fen), 0) AS BIGINT) FROM attribution_credit c
                 WHERE c.tenant_id = $1 AND c.post_id = metrics_release.post_id AND c.entry = 0),
             refunded = (SELECT CAST(COALESCE(SUM(-c.amount_fen), 0) AS BIGINT) FROM attribution_credit c
                 WHERE c.tenant_id = $1 AND c.post_id = metrics_release.post_id AND c.entry > 0)
         WHERE tenant_id = $1 AND post_id IN (
             SELECT t.post_id FROM attribution_candidate t WHERE t.tenant_id = $1 AND t.order_id = $2)",
        args![scope.tenant(), order],
    )
    .await?;
    Ok(())
}

/// A touch became known late: orders that its person paid since then may have moved to it.
pub async fn count_orders_after(
    tx: &mut Tx<'_>,
    scope: &Scope,
    person: &str,
    at: Timestamp,
) -> AppResult<()> {
    let orders: Vec<(String,)> = tx
        .all(
            "SELECT id FROM orders_order WHERE tenant_id = $1 AND person_id = $2 AND paid_at >= $3 AND paid_at <= $4",
            args![scope.tenant(), person, at, at.plus(7 * WINDOW)],
        )
        .await?;
    for (order,) in orders {
        count_order(tx, scope, &order).await?;
    }
    Ok(())
}

/// An eligible member left a group: one leave for every release that reached the group in the day before.
pub async fn count_leave(
    tx: &mut Tx<'_>,
    scope: &Scope,
    group: &str,
    person: &str,
    at: Timestamp,
) -> AppResult<()> {
    let tenant = scope.tenant();
    tx.exec(
        "INSERT INTO metrics_leave (tenant_id, group_id, person_id, at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (tenant_id, group_id, at, person_id) DO NOTHING",
        args![tenant, group, person, at],
    )
    .await?;
    let counted = tx
        .exec(
            "INSERT INTO metrics_person (tenant_id, post_id, act, person_id)
             SELECT tenant_id, post_id, 'leave', $3 FROM metrics_delivery
             WHERE tenant_id = $1 AND group_id = $2 AND sent = TRUE AND at <= $4 AND at > $5
             ON CONFLICT (tenant_id, post_id, act, person_id) DO NOTHING",
            args![tenant, group, person, at, at.minus(WINDOW)],
        )
        .await?;
    if counted > 0 {
        tx.exec(
            "UPDATE metrics_release SET leaves = (
                 SELECT COUNT(*) FROM metrics_person p
                 WHERE p.tenant_id = $1 AND p.post_id = metrics_release.post_id AND p.act = 'leave')
             WHERE tenant_id = $1 AND post_id IN (
                 SELECT post_id FROM metrics_delivery
                 WHERE tenant_id = $1 AND group_id = $2 AND sent = TRUE AND at <= $3 AND at > $4)",
            args![tenant, group, at, at.minus(WINDOW)],
        )
        .await?;
    }
    Ok(())
}
