//! Every query of plans and items.

use base::Timestamp;
use messenger::handovers::LeftBehind;

use super::model::{BATCH, ItemState, MOVES_WITHIN};
use super::rows::{CandidateRow, GiverRow, ItemRow, PlanRow, RouteRow};
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

/// Employees with customers or groups, or who could take them: those who left first.
pub(super) async fn givers(
    tx: &mut Tx<'_>,
    scope: &Scope,
    page: &Paging,
    pattern: &str,
) -> DbResult<Vec<GiverRow>> {
    tx.all(
        "SELECT s.id, s.account_id, s.name, s.title, s.active, s.serving,
                CASE WHEN s.active = TRUE THEN
                    (SELECT CAST(COUNT(*) AS BIGINT) FROM people_follow f
                     WHERE f.tenant_id = $1 AND f.staff_id = s.id AND f.deleted_at IS NULL)
                ELSE (SELECT CAST(COUNT(*) AS BIGINT) FROM handover_left l WHERE l.tenant_id = $1
                     AND l.account_id = s.account_id AND l.staff_platform_id = s.platform_id) END AS contacts,
                (SELECT CAST(COUNT(*) AS BIGINT) FROM groups_group g
                 WHERE g.tenant_id = $1 AND g.owner_staff_id = s.id AND g.dismissed_at IS NULL AND g.synced_at > 0)
                    AS groups
         FROM staff_member s
         WHERE s.tenant_id = $1 AND ($2 = '' OR s.id = $2) AND s.id > $3 AND s.name_search LIKE $4 ESCAPE '!'
         ORDER BY s.id LIMIT $5",
        args![scope.tenant(), scope.reach_key(), &page.after, pattern, page.probe()],
    )
    .await
}

/// Customers of a giver who could move, by name; `resigned` reads whom she left behind.
pub(super) async fn contacts_of(
    tx: &mut Tx<'_>,
    scope: &Scope,
    (account, staff, platform): (&str, &str, &str),
    resigned: bool,
) -> DbResult<Vec<CandidateRow>> {
    let since = tx.now().minus(MOVES_WITHIN);
    tx.all(
        "SELECT c.id AS target_id, c.external_id AS platform_id, c.person_id, c.name,
                (SELECT CAST(COUNT(*) AS BIGINT) FROM handover_item i WHERE i.tenant_id = $1 AND i.kind = 'contact'
                 AND i.target_id = c.id AND i.state IN ('planned', 'intent', 'unknown', 'waiting')) AS live,
                (SELECT CAST(COUNT(*) AS BIGINT) FROM handover_item i WHERE i.tenant_id = $1 AND i.kind = 'contact'
                 AND i.target_id = c.id AND i.state = 'done' AND i.ended_at >= $6) AS moves,
                COALESCE(l.since, 0) AS left_at
         FROM people_contact c
         LEFT JOIN people_follow f ON f.tenant_id = c.tenant_id AND f.contact_id = c.id AND f.staff_id = $3
             AND f.deleted_at IS NULL
         LEFT JOIN handover_left l ON l.tenant_id = c.tenant_id AND l.account_id = c.account_id
             AND l.staff_platform_id = $4 AND l.contact_platform_id = c.external_id
         WHERE c.tenant_id = $1 AND c.account_id = $2 AND c.is_staff = FALSE
           AND (($5 = TRUE AND l.since IS NOT NULL) OR ($5 = FALSE AND f.staff_id IS NOT NULL))
         ORDER BY c.name, c.id",
        args![scope.tenant(), account, staff, platform, resigned, since],
    )
    .await
}

/// Living groups of an owner, by name.
pub(super) async fn groups_of(tx: &mut Tx<'_>, scope: &Scope, staff: &str) -> DbResult<Vec<CandidateRow>> {
    let since = tx.now().minus(MOVES_WITHIN);
    tx.all(
        "SELECT g.id AS target_id, g.platform_id, CAST(NULL AS TEXT) AS person_id, g.name,
                (SELECT CAST(COUNT(*) AS BIGINT) FROM handover_item i WHERE i.tenant_id = $1 AND i.kind = 'group'
                 AND i.target_id = g.id AND i.state IN ('planned', 'intent', 'unknown', 'waiting')) AS live,
                (SELECT CAST(COUNT(*) AS BIGINT) FROM handover_item i JOIN handover_plan p
                     ON p.tenant_id = i.tenant_id AND p.id = i.plan_id
                 WHERE i.tenant_id = $1 AND i.kind = 'group' AND i.target_id = g.id AND i.state = 'done'
                   AND p.giver = 'on_job' AND i.ended_at >= $3) AS moves,
                CAST(0 AS BIGINT) AS left_at
         FROM groups_group g
         WHERE g.tenant_id = $1 AND g.owner_staff_id = $2 AND g.dismissed_at IS NULL AND g.synced_at > 0
         ORDER BY g.name, g.id",
        args![scope.tenant(), staff, since],
    )
    .await
}

/// Writes a page of the platform's list of whom employees left behind, under the traversal that met it.
pub(super) async fn note_left(
    tx: &mut Tx<'_>,
    scope: &Scope,
    (account, run): (&str, i64),
    page: &[LeftBehind],
) -> DbResult<()> {
    let row = |l: &LeftBehind| args![scope.tenant(), account, &l.staff, &l.contact, l.since, run];
    tx.insert_many(
        "INSERT INTO handover_left (tenant_id, account_id, staff_platform_id, contact_platform_id, since, run)",
        page.iter().map(row).collect(),
        "ON CONFLICT (tenant_id, account_id, staff_platform_id, contact_platform_id) DO UPDATE
         SET since = excluded.since, run = excluded.run",
    )
    .await?;
    Ok(())
}

/// Forgets whoever a complete traversal did not meet.
pub(super) async fn forget_left(tx: &mut Tx<'_>, scope: &Scope, (account, run): (&str, i64)) -> DbResult<()> {
    tx.exec(
        "DELETE FROM handover_left WHERE tenant_id = $1 AND account_id = $2 AND run < $3",
        args![scope.tenant(), account, run],
    )
    .await?;
    Ok(())
}
