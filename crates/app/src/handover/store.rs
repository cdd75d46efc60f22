//! Every query of plans and items.

mod candidates;

use base::Timestamp;

pub(super) use candidates::{contacts_of, forget_left, givers, groups_of, note_left};

use super::model::{BATCH, ItemState};
use super::rows::{CandidateRow, ItemRow, PlanRow, RouteRow};
use crate::args;
use crate::kernel::db::{DbResult, Tx};
use crate::kernel::http::{AppError, AppResult, Paging, Scope};

const PLANS: &str = "SELECT p.id, p.account_id, p.giver, p.from_staff, f.name AS from_name, p.to_staff, t.name AS to_name,
            p.note, p.made_by, p.made_at, p.looked_at,
            CAST(COUNT(i.id) AS BIGINT) AS items,
            CAST(COALESCE(SUM(CASE WHEN i.state = 'waiting' THEN 1 ELSE 0 END), 0) AS BIGINT) AS waiting,
            CAST(COALESCE(SUM(CASE WHEN i.state = 'done' THEN 1 ELSE 0 END), 0) AS BIGINT) AS done,
            CAST(COALESCE(SUM(CASE WHEN i.state = 'refused' THEN 1 ELSE 0 END), 0) AS BIGINT) AS refused,
            CAST(COALESCE(SUM(CASE WHEN i.state IN ('failed', 'full') THEN 1 ELSE 0 END), 0) AS BIGINT) AS failed,
            CAST(COALESCE(SUM(CASE WHEN i.state IN ('planned', 'intent', 'unknown') THEN 1 ELSE 0 END), 0) AS BIGINT)
                AS open
     FROM handover_plan p
     JOIN staff_member f ON f.tenant_id = p.tenant_id AND f.id = p.from_staff
     JOIN staff_member t ON t.tenant_id = p.tenant_id AND t.id = p.to_staff
     LEFT JOIN handover_item i ON i.tenant_id = p.tenant_id AND i.plan_id = p.id
     WHERE p.tenant_id = $1 AND ($2 = '' OR p.from_staff = $2 OR p.to_staff = $2)";

const GROUPED: &str =
    " GROUP BY p.id, p.account_id, p.giver, p.from_staff, f.name, p.to_staff, t.name, p.note, p.made_by,
         p.made_at, p.looked_at";

static LIST: std::sync::LazyLock<&'static str> = std::sync::LazyLock::new(|| {
    format!("{PLANS} AND ($3 = '' OR p.id < $3) {GROUPED} ORDER BY p.id DESC LIMIT $4").leak()
});
static ONE: std::sync::LazyLock<&'static str> =
    std::sync::LazyLock::new(|| format!("{PLANS} AND p.id = $3 {GROUPED}").leak());

/// Plans, newest first.
pub(super) async fn plans(tx: &mut Tx<'_>, scope: &Scope, page: &Paging) -> DbResult<Vec<PlanRow>> {
    tx.all(&LIST, args![scope.tenant(), scope.reach_key(), &page.after, page.probe()]).await
}

/// One plan within the caller's reach.
pub(super) async fn plan(tx: &mut Tx<'_>, scope: &Scope, id: &str) -> AppResult<PlanRow> {
    tx.opt(&ONE, args![scope.tenant(), scope.reach_key(), id]).await?.ok_or_else(AppError::not_found)
}

pub(super) async fn route(tx: &mut Tx<'_>, scope: &Scope, plan: &str) -> DbResult<Option<RouteRow>> {
    tx.opt(
        "SELECT p.account_id, p.giver, p.from_staff, f.platform_id AS from_platform, p.to_staff,
                t.platform_id AS to_platform, p.note
         FROM handover_plan p
         JOIN staff_member f ON f.tenant_id = p.tenant_id AND f.id = p.from_staff
         JOIN staff_member t ON t.tenant_id = p.tenant_id AND t.id = p.to_staff
         WHERE p.tenant_id = $1 AND p.id = $2",
        args![scope.tenant(), plan],
    )
    .await
}

/// What a list of items is narrowed to.
#[derive(Clone, Debug, Default)]
pub(super) struct ItemFilter {
    /// Empty for all.
    pub state: String,
    pub kind: String,
}

/// Items of a plan by id.
pub(super) async fn items(
    tx: &mut Tx<'_>,
    scope: &Scope,
    plan: &str,
    page: &Paging,
    filter: &ItemFilter,
) -> DbResult<Vec<ItemRow>> {
    tx.all(
        "SELECT id, plan_id, kind, target_id, platform_id, person_id, name, state, reason, code, batch, epoch, asked_at,
                ended_at
         FROM handover_item WHERE tenant_id = $1 AND plan_id = $2 AND id > $3 AND ($4 = '' OR state = $4)
           AND ($5 = '' OR kind = $5) ORDER BY id LIMIT $6",
        args![scope.tenant(), plan, &page.after, &filter.state, &filter.kind, page.probe()],
    )
    .await
}

/// One hundred of a plan's items.
pub(super) async fn batch(
    tx: &mut Tx<'_>,
    scope: &Scope,
    (plan, kind, batch): (&str, &str, i64),
) -> DbResult<Vec<ItemRow>> {
    tx.all(
        "SELECT id, plan_id, kind, target_id, platform_id, person_id, name, state, reason, code, batch, epoch, asked_at,
                ended_at
         FROM handover_item WHERE tenant_id = $1 AND plan_id = $2 AND kind = $3 AND batch = $4 ORDER BY id",
        args![scope.tenant(), plan, kind, batch],
    )
    .await
}

/// Plan, kind and batch of all items that a job still has to ask for.
pub(super) async fn to_be_asked(tx: &mut Tx<'_>, scope: &Scope) -> DbResult<Vec<(String, String, i64)>> {
    tx.all(
        "SELECT DISTINCT plan_id, kind, batch FROM handover_item
         WHERE tenant_id = $1 AND state IN ('planned', 'intent') ORDER BY plan_id, kind, batch",
        args![scope.tenant()],
    )
    .await
}

/// Items of a plan whose fate is still open at the platform.
pub(super) async fn pending(tx: &mut Tx<'_>, scope: &Scope, plan: &str) -> DbResult<Vec<ItemRow>> {
    tx.all(
        "SELECT id, plan_id, kind, target_id, platform_id, person_id, name, state, reason, code, batch, epoch, asked_at,
                ended_at
         FROM handover_item WHERE tenant_id = $1 AND plan_id = $2 AND state IN ('unknown', 'waiting') ORDER BY id",
        args![scope.tenant(), plan],
    )
    .await
}

/// Moves an item on, if it still stands where the caller saw it; false when somebody else was quicker.
pub(super) async fn step(
    tx: &mut Tx<'_>,
    scope: &Scope,
    item: &ItemRow,
    (state, reason, code): (ItemState, &str, i64),
) -> DbResult<bool> {
    let now = tx.now();
    let ended =
        !matches!(state, ItemState::Planned | ItemState::Intent | ItemState::Unknown | ItemState::Waiting);
    let touched = tx
        .exec(
            "UPDATE handover_item SET state = $4, reason = $5, code = $6, epoch = epoch + 1,
                 asked_at = CASE WHEN $4 = 'intent' THEN $7 ELSE asked_at END,
                 ended_at = CASE WHEN $8 = TRUE THEN $7 ELSE 0 END
             WHERE tenant_id = $1 AND id = $2 AND epoch = $3",
            args![scope.tenant(), &item.id, item.epoch, state.word(), reason, code, now, ended],
        )
        .await?;
    Ok(touched == 1)
}

/// Notes that a bond passed, whoever tells it first.
pub async fn mark_moved(
    tx: &mut Tx<'_>,
    scope: &Scope,
    (contact, giver): (&str, &str),
    at: Timestamp,
) -> AppResult<()> {
    tx.exec(
        "UPDATE handover_item SET state = 'done', reason = '', code = 0, epoch = epoch + 1, ended_at = $4
         WHERE tenant_id = $1 AND kind = 'contact' AND target_id = $2 AND state IN ('intent', 'unknown', 'waiting')
           AND plan_id IN (SELECT p.id FROM handover_plan p WHERE p.tenant_id = $1 AND p.from_staff = $3)",
        args![scope.tenant(), contact, giver, at],
    )
    .await?;
    Ok(())
}

/// The taker of the newest plan that has this contact of a giver on the way. What was done before the present bond
/// began says nothing of it: she may have come back.
pub(super) async fn taker_of(
    tx: &mut Tx<'_>,
    scope: &Scope,
    (account, giver): (&str, &str),
    contact: &str,
) -> DbResult<Option<String>> {
    let row: Option<(String,)> = tx
        .opt(
            "SELECT p.to_staff FROM handover_plan p JOIN handover_item i ON i.tenant_id = p.tenant_id AND i.plan_id = p.id
             WHERE p.tenant_id = $1 AND p.account_id = $2 AND p.from_staff = $3 AND i.kind = 'contact'
               AND (i.platform_id = $4 OR i.target_id = $4)
               AND (i.state IN ('intent', 'unknown', 'waiting') OR (i.state = 'done' AND NOT EXISTS (
                   SELECT 1 FROM people_follow f JOIN staff_member s ON s.tenant_id = f.tenant_id AND s.id = f.staff_id
                   WHERE f.tenant_id = $1 AND f.contact_id = i.target_id AND s.id = $3 AND f.since > i.ended_at)))
             ORDER BY p.id DESC LIMIT 1",
            args![scope.tenant(), account, giver, contact],
        )
        .await?;
    Ok(row.map(|(id,)| id))
}

/// Plans that have this contact on the way.
pub(super) async fn plans_with(
    tx: &mut Tx<'_>,
    scope: &Scope,
    account: &str,
    contact: &str,
) -> DbResult<Vec<String>> {
    let rows: Vec<(String,)> = tx
        .all(
            "SELECT DISTINCT p.id FROM handover_plan p
             JOIN handover_item i ON i.tenant_id = p.tenant_id AND i.plan_id = p.id
             WHERE p.tenant_id = $1 AND p.account_id = $2 AND i.kind = 'contact' AND i.platform_id = $3
               AND i.state IN ('unknown', 'waiting') ORDER BY p.id",
            args![scope.tenant(), account, contact],
        )
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

pub(super) async fn note_look(tx: &mut Tx<'_>, scope: &Scope, plan: &str) -> DbResult<()> {
    let now = tx.now();
    tx.exec(
        "UPDATE handover_plan SET looked_at = $3 WHERE tenant_id = $1 AND id = $2",
        args![scope.tenant(), plan, now],
    )
    .await?;
    Ok(())
}

/// A plan to write.
pub(super) struct NewPlan<'a> {
    pub account: &'a str,
    pub giver: &'a str,
    pub from: &'a str,
    pub to: &'a str,
    pub note: &'a str,
    pub by: &'a str,
}

pub(super) async fn make_plan(tx: &mut Tx<'_>, scope: &Scope, new: &NewPlan<'_>) -> DbResult<String> {
    let (id, now) = (tx.new_id("hov"), tx.now());
    tx.exec(
        "INSERT INTO handover_plan (tenant_id, id, account_id, giver, from_staff, to_staff, note, made_by, made_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        args![scope.tenant(), &id, new.account, new.giver, new.from, new.to, new.note, new.by, now],
    )
    .await?;
    Ok(id)
}

/// Puts candidates on the way, in hundreds; whoever is on another way already is left out. Answers how many there are.
pub(super) async fn add_items(
    tx: &mut Tx<'_>,
    scope: &Scope,
    (plan, kind): (&str, &str),
    candidates: &[CandidateRow],
) -> DbResult<u64> {
    let mut rows = Vec::with_capacity(candidates.len());
    for (at, c) in candidates.iter().enumerate() {
        let id = tx.new_id("hoi");
        rows.push(args![
            scope.tenant(),
            id,
            plan,
            kind,
            &c.target_id,
            &c.platform_id,
            c.person_id.clone(),
            &c.name,
            "planned",
            at / BATCH
        ]);
    }
    tx.insert_many(
        "INSERT INTO handover_item (tenant_id, id, plan_id, kind, target_id, platform_id, person_id, name, state, batch)",
        rows,
        "ON CONFLICT DO NOTHING",
    )
    .await
}

/// Plans ended items once more, as new hundreds after the last; answers the batches to ask for, with their kinds.
pub(super) async fn replan(
    tx: &mut Tx<'_>,
    scope: &Scope,
    plan: &str,
    only: &[String],
) -> DbResult<Vec<(String, i64)>> {
    let ended: Vec<ItemRow> = tx
        .all(
            "SELECT id, plan_id, kind, target_id, platform_id, person_id, name, state, reason, code, batch, epoch,
                    asked_at, ended_at
             FROM handover_item i WHERE tenant_id = $1 AND plan_id = $2
               AND state IN ('refused', 'full', 'failed', 'cancelled')
               AND NOT EXISTS (SELECT 1 FROM handover_item o WHERE o.tenant_id = i.tenant_id AND o.kind = i.kind
                   AND o.target_id = i.target_id AND o.state IN ('planned', 'intent', 'unknown', 'waiting'))
             ORDER BY kind, id",
            args![scope.tenant(), plan],
        )
        .await?;
    let last = tx
        .number(
            "SELECT CAST(COALESCE(MAX(batch), 0) AS BIGINT) FROM handover_item WHERE tenant_id = $1 AND plan_id = $2",
            args![scope.tenant(), plan],
        )
        .await?;
    let mut batches = Vec::new();
    let wanted: Vec<&ItemRow> = ended.iter().filter(|i| only.is_empty() || only.contains(&i.id)).collect();
    for kind in ["contact", "group"] {
        let of_kind: Vec<&&ItemRow> = wanted.iter().filter(|i| i.kind == kind).collect();
        for (at, items) in of_kind.chunks(BATCH).enumerate() {
            let batch = last + 1 + i64::try_from(at).unwrap_or(0);
            for item in items {
                tx.exec(
                    "UPDATE handover_item SET state = 'planned', reason = '', code = 0, batch = $4, epoch = epoch + 1,
                         ended_at = 0
                     WHERE tenant_id = $1 AND id = $2 AND epoch = $3",
                    args![scope.tenant(), &item.id, item.epoch, batch],
                )
                .await?;
            }
            batches.push((kind.to_owned(), batch));
        }
    }
    Ok(batches)
}
