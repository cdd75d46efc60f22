//! Every query of the playbooks: posts here, plans in `plans.rs`, the calendar at work in `week.rs`.

mod found;
mod plans;
pub mod week;

use base::{Day, Timestamp};

use super::model::{PostState, outcome};
use super::rows::{ChangeRow, DeliveryRow, PostRow};
use crate::args;
use crate::kernel::db::{Args, Tx};
use crate::kernel::http::{AppError, AppResult, Scope};
use crate::kernel::search;

pub use found::find;
pub use plans::{approve_plan, end_plan, insert_plan, overrides, plan, plans, set_extended, set_override};

/// A query of posts; the rest says which.
macro_rules! select_post {
    ($rest:literal) => {
        concat!(
            "SELECT p.id, p.community_id, p.plan_id, p.item, p.day, p.minute, p.due_at, p.expires_at, p.title, p.body,
                 p.link_target, p.kind, p.way, p.role, p.series, p.state, p.reason, p.groups_total, p.groups_sent,
                 p.groups_missed, p.prompted_at, p.first_sent_at
             FROM playbooks_post p ",
            $rest
        )
    };
}

/// One post, when its community has a group within reach.
pub async fn post(tx: &mut Tx<'_>, scope: &Scope, id: &str) -> AppResult<PostRow> {
    tx.opt(
        select_post!(
            "WHERE p.tenant_id = $1 AND p.id = $3 AND ($2 = '' OR p.community_id IN (
                 SELECT g.community_id FROM groups_group g JOIN groups_duty d
                   ON d.tenant_id = g.tenant_id AND d.group_id = g.id AND d.staff_id = $2 WHERE g.tenant_id = $1))"
        ),
        args![scope.tenant(), scope.reach_key(), id],
    )
    .await?
    .ok_or_else(AppError::not_found)
}

/// Posts within reach that are due in a span, in order of time.
pub async fn due_between(
    tx: &mut Tx<'_>,
    scope: &Scope,
    from: Timestamp,
    to: Timestamp,
) -> AppResult<Vec<PostRow>> {
    Ok(tx
        .all(
            select_post!(
                "WHERE p.tenant_id = $1 AND p.due_at >= $3 AND p.due_at < $4 AND ($2 = '' OR p.community_id IN (
                     SELECT g.community_id FROM groups_group g JOIN groups_duty d
                       ON d.tenant_id = g.tenant_id AND d.group_id = g.id AND d.staff_id = $2 WHERE g.tenant_id = $1))
                 ORDER BY p.due_at, p.id LIMIT 500"
            ),
            args![scope.tenant(), scope.reach_key(), from, to],
        )
        .await?)
}

/// A community's posts between two days, both inclusive, in order of time. Reach is the caller's matter.
pub async fn of_community(
    tx: &mut Tx<'_>,
    scope: &Scope,
    community: &str,
    from: Day,
    to: Day,
) -> AppResult<Vec<PostRow>> {
    Ok(tx
        .all(
            select_post!(
                "WHERE p.tenant_id = $1 AND p.community_id = $2 AND p.day >= $3 AND p.day <= $4
                 ORDER BY p.day, p.minute, p.id"
            ),
            args![scope.tenant(), community, from, to],
        )
        .await?)
}

/// Future open posts of one recurring item, in order of time.
pub async fn open_of_item(
    tx: &mut Tx<'_>,
    scope: &Scope,
    plan: &str,
    item: &str,
    after: Timestamp,
) -> AppResult<Vec<PostRow>> {
    Ok(tx
        .all(
            select_post!(
                "WHERE p.tenant_id = $1 AND p.plan_id = $2 AND p.item = $3 AND p.due_at > $4
                   AND p.state IN ('planned', 'approved') ORDER BY p.day, p.id"
            ),
            args![scope.tenant(), plan, item, after],
        )
        .await?)
}

/// Keeps a post; false when the plan has one for that item and day already.
pub async fn insert(tx: &mut Tx<'_>, scope: &Scope, p: &PostRow) -> AppResult<bool> {
    let now = tx.now();
    let fresh = tx
        .exec(
            "INSERT INTO playbooks_post (tenant_id, id, community_id, plan_id, item, origin_day, day, minute, due_at,
                 expires_at, title, body, link_target, kind, way, role, series, state, reason, created_at, search)
             VALUES ($1, $2, $3, $4, $5, $6, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)
             ON CONFLICT (tenant_id, plan_id, item, origin_day) DO NOTHING",
            args![
                scope.tenant(),
                &p.id,
                &p.community_id,
                p.plan_id.clone(),
                &p.item,
                p.day,
                p.minute,
                p.due_at,
                p.expires_at,
                &p.title,
                &p.body,
                &p.link_target,
                &p.kind,
                &p.way,
                &p.role,
                &p.series,
                &p.state,
                &p.reason,
                now,
                search::key(&p.title)
            ],
        )
        .await?;
    Ok(fresh == 1)
}

/// Writes everything that an operator may change, if the post is still in the state `was`.
pub async fn update(tx: &mut Tx<'_>, scope: &Scope, p: &PostRow, was: &str) -> AppResult<bool> {
    let touched = tx
        .exec(
            "UPDATE playbooks_post SET day = $4, minute = $5, due_at = $6, expires_at = $7, title = $8, body = $9,
                 link_target = $10, kind = $11, way = $12, role = $13, series = $14, state = $15, reason = $16,
                 search = $17
             WHERE tenant_id = $1 AND id = $2 AND state = $3",
            args![
                scope.tenant(),
                &p.id,
                was,
                p.day,
                p.minute,
                p.due_at,
                p.expires_at,
                &p.title,
                &p.body,
                &p.link_target,
                &p.kind,
                &p.way,
                &p.role,
                &p.series,
                &p.state,
                &p.reason,
                search::key(&p.title)
            ],
        )
        .await?;
    Ok(touched == 1)
}

/// Moves a post on after its time has come; false when it was no longer in the state `was`.
pub async fn set_state(
    tx: &mut Tx<'_>,
    scope: &Scope,
    id: &str,
    (was, is): (PostState, PostState),
    reason: &str,
) -> AppResult<bool> {
    let touched = tx
        .exec(
            "UPDATE playbooks_post SET state = $4, reason = $5 WHERE tenant_id = $1 AND id = $2 AND state = $3",
            args![scope.tenant(), id, was.word(), is.word(), reason],
        )
        .await?;
    Ok(touched == 1)
}

/// Marks a post as handed out to so many groups.
pub async fn set_prompted(tx: &mut Tx<'_>, scope: &Scope, id: &str, groups: usize) -> AppResult<()> {
    let now = tx.now();
    tx.exec(
        "UPDATE playbooks_post SET state = 'prompted', prompted_at = $3, groups_total = $4
         WHERE tenant_id = $1 AND id = $2",
        args![scope.tenant(), id, now, groups],
    )
    .await?;
    Ok(())
}

pub async fn insert_deliveries(tx: &mut Tx<'_>, rows: Vec<Args>) -> AppResult<()> {
    tx.insert_many(
        "INSERT INTO playbooks_delivery (tenant_id, post_id, group_id, group_name, staff_id, staff_name, state)",
        rows,
        "",
    )
    .await?;
    Ok(())
}

/// What became of a post in each group, by the group's name.
pub async fn deliveries(tx: &mut Tx<'_>, scope: &Scope, post: &str) -> AppResult<Vec<DeliveryRow>> {
    Ok(tx
        .all(
            "SELECT d.group_id, d.group_name, d.staff_id, d.staff_name, d.state, d.reason, d.at
             FROM playbooks_delivery d
             WHERE d.tenant_id = $1 AND d.post_id = $3 AND ($2 = '' OR d.group_id IN (
                 SELECT group_id FROM groups_duty WHERE tenant_id = $1 AND staff_id = $2))
             ORDER BY d.group_name, d.group_id",
            args![scope.tenant(), scope.reach_key(), post],
        )
        .await?)
}

/// The post stands in the group. Repeating it changes nothing; a miss that turned out to be late is corrected.
pub async fn mark_delivered(
    tx: &mut Tx<'_>,
    scope: &Scope,
    post: &str,
    group: &str,
    at: Timestamp,
) -> AppResult<()> {
    settle(tx, scope, (post, group), ("sent", ""), at).await
}

/// The post did not reach the group. After a delivery this changes nothing.
pub async fn mark_missed(
    tx: &mut Tx<'_>,
    scope: &Scope,
    post: &str,
    group: &str,
    reason: &str,
    at: Timestamp,
) -> AppResult<()> {
    settle(tx, scope, (post, group), ("missed", reason), at).await
}

async fn settle(
    tx: &mut Tx<'_>,
    scope: &Scope,
    (post, group): (&str, &str),
    (state, reason): (&str, &str),
    at: Timestamp,
) -> AppResult<()> {
    let touched = tx
        .exec(
            "UPDATE playbooks_delivery SET state = $4, reason = $5, at = $6
             WHERE tenant_id = $1 AND post_id = $2 AND group_id = $3
               AND (state = 'waiting' OR (state = 'missed' AND $4 = 'sent'))",
            args![scope.tenant(), post, group, state, reason, at],
        )
        .await?;
    if touched == 0 {
        return Ok(());
    }
    let counts: (i64, i64, i64, i64, i64) = tx
        .one(
            "SELECT COUNT(*),
                 CAST(SUM(CASE WHEN state = 'sent' THEN 1 ELSE 0 END) AS BIGINT),
                 CAST(SUM(CASE WHEN state = 'missed' THEN 1 ELSE 0 END) AS BIGINT),
                 CAST(SUM(CASE WHEN reason = 'tasks.skipped' THEN 1 ELSE 0 END) AS BIGINT),
                 CAST(COALESCE(MIN(CASE WHEN state = 'sent' THEN at END), 0) AS BIGINT)
             FROM playbooks_delivery WHERE tenant_id = $1 AND post_id = $2",
            args![scope.tenant(), post],
        )
        .await?;
    let (total, sent, missed, skipped, first) = counts;
    let state = outcome(total, sent, missed, skipped == missed);
    tx.exec(
        "UPDATE playbooks_post SET state = $3, groups_sent = $4, groups_missed = $5, first_sent_at = $6
         WHERE tenant_id = $1 AND id = $2",
        args![scope.tenant(), post, state.word(), sent, missed, first],
    )
    .await?;
    Ok(())
}

/// Keeps who changed a post and how it was.
pub async fn note_change(
    tx: &mut Tx<'_>,
    scope: &Scope,
    post: &str,
    (actor, what, reason): (&str, &str, &str),
    before: Option<&PostRow>,
) -> AppResult<()> {
    let (id, now) = (tx.new_id("chg"), tx.now());
    let before = before.map(serde_json::to_string).transpose()?.unwrap_or_default();
    tx.exec(
        "INSERT INTO playbooks_change (tenant_id, id, post_id, at, actor, what, reason, before)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        args![scope.tenant(), id, post, now, actor, what, reason, before],
    )
    .await?;
    Ok(())
}

/// A post's changes, newest first.
pub async fn changes(tx: &mut Tx<'_>, scope: &Scope, post: &str) -> AppResult<Vec<ChangeRow>> {
    Ok(tx
        .all(
            "SELECT id, at, actor, what, reason, before FROM playbooks_change
             WHERE tenant_id = $1 AND post_id = $2 ORDER BY id DESC LIMIT 100",
            args![scope.tenant(), post],
        )
        .await?)
}

/// The newest change that can be undone.
pub async fn undoable(tx: &mut Tx<'_>, scope: &Scope, post: &str) -> AppResult<Option<ChangeRow>> {
    Ok(tx
        .opt(
            "SELECT id, at, actor, what, reason, before FROM playbooks_change
             WHERE tenant_id = $1 AND post_id = $2 AND undone = FALSE AND before <> '' ORDER BY id DESC LIMIT 1",
            args![scope.tenant(), post],
        )
        .await?)
}

pub async fn mark_undone(tx: &mut Tx<'_>, scope: &Scope, change: &str) -> AppResult<()> {
    tx.exec(
        "UPDATE playbooks_change SET undone = TRUE WHERE tenant_id = $1 AND id = $2",
        args![scope.tenant(), change],
    )
    .await?;
    Ok(())
}

/// The employee with this duty in a group, if one is named; the first by id.
pub async fn on_duty(tx: &mut Tx<'_>, scope: &Scope, group: &str, role: &str) -> AppResult<Option<String>> {
    let row: Option<(String,)> = tx
        .opt(
            "SELECT staff_id FROM groups_duty WHERE tenant_id = $1 AND group_id = $2 AND role = $3
             ORDER BY staff_id LIMIT 1",
            args![scope.tenant(), group, role],
        )
        .await?;
    Ok(row.map(|(id,)| id))
}
