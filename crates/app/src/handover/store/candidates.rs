//! Who could hand over, and what: employees, their customers and groups, and whom those who left left behind.

use messenger::handovers::LeftBehind;

use super::super::model::MOVES_WITHIN;
use super::super::rows::{CandidateRow, GiverRow};
use crate::args;
use crate::kernel::db::{DbResult, Tx};
use crate::kernel::http::{Paging, Scope};

/// Employees with customers or groups, or who could take them: those who left first.
pub(in crate::handover) async fn givers(
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
pub(in crate::handover) async fn contacts_of(
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
pub(in crate::handover) async fn groups_of(
    tx: &mut Tx<'_>,
    scope: &Scope,
    staff: &str,
) -> DbResult<Vec<CandidateRow>> {
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
pub(in crate::handover) async fn note_left(
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
pub(in crate::handover) async fn forget_left(
    tx: &mut Tx<'_>,
    scope: &Scope,
    (account, run): (&str, i64),
) -> DbResult<()> {
    tx.exec(
        "DELETE FROM handover_left WHERE tenant_id = $1 AND account_id = $2 AND run < $3",
        args![scope.tenant(), account, run],
    )
    .await?;
    Ok(())
}
