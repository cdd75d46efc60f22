//! Every query of the staff mirror.

use super::model::StaffChange;
use super::rows::StaffRow;
use crate::args;
use crate::kernel::db::{DbResult, Tx};
use crate::kernel::http::{AppError, AppResult, Paging, Scope};
use crate::kernel::search;

/// One employee.
pub async fn get(tx: &mut Tx<'_>, scope: &Scope, id: &str) -> AppResult<StaffRow> {
    tx.opt(
        "SELECT id, account_id, platform_id, name, title, active, serving, kind,
                    (SELECT MIN(o.id) FROM access_operator o WHERE o.tenant_id = $1 AND o.staff_id = staff_member.id)
                        AS operator_id
             FROM staff_member
         WHERE tenant_id = $1 AND id = $2",
        args![scope.tenant(), id],
    )
    .await?
    .ok_or_else(AppError::not_found)
}

/// The employee behind a platform's id.
pub async fn by_platform_id(
    tx: &mut Tx<'_>,
    scope: &Scope,
    account: &str,
    platform_id: &str,
) -> AppResult<Option<StaffRow>> {
    let row = tx
        .opt(
            "SELECT id, account_id, platform_id, name, title, active, serving, kind,
                    (SELECT MIN(o.id) FROM access_operator o WHERE o.tenant_id = $1 AND o.staff_id = staff_member.id)
                        AS operator_id
             FROM staff_member
             WHERE tenant_id = $1 AND account_id = $2 AND platform_id = $3",
            args![scope.tenant(), account, platform_id],
        )
        .await?;
    Ok(row)
}

/// The employee behind a platform's id; one who isn't mirrored yet is written under her id and named by the next sync.
pub async fn ensure(tx: &mut Tx<'_>, scope: &Scope, account: &str, platform_id: &str) -> AppResult<StaffRow> {
    if let Some(row) = by_platform_id(tx, scope, account, platform_id).await? {
        return Ok(row);
    }
    let change = StaffChange {
        platform_id: platform_id.to_owned(),
        name: platform_id.to_owned(),
        title: None,
        active: true,
        serving: true,
    };
    upsert(tx, scope, account, &change).await?;
    by_platform_id(tx, scope, account, platform_id).await?.ok_or_else(AppError::not_found)
}

/// Active employees of an account who may serve customers, by platform id.
pub async fn serving(tx: &mut Tx<'_>, scope: &Scope, account: &str) -> AppResult<Vec<StaffRow>> {
    let rows = tx
        .all(
            "SELECT id, account_id, platform_id, name, title, active, serving, kind,
                    (SELECT MIN(o.id) FROM access_operator o WHERE o.tenant_id = $1 AND o.staff_id = staff_member.id)
                        AS operator_id
             FROM staff_member
             WHERE tenant_id = $1 AND account_id = $2 AND active = TRUE AND serving = TRUE ORDER BY platform_id",
            args![scope.tenant(), account],
        )
        .await?;
    Ok(rows)
}

pub(super) async fn of_account(tx: &mut Tx<'_>, scope: &Scope, account: &str) -> DbResult<Vec<StaffRow>> {
    tx.all(
        "SELECT id, account_id, platform_id, name, title, active, serving, kind,
                    (SELECT MIN(o.id) FROM access_operator o WHERE o.tenant_id = $1 AND o.staff_id = staff_member.id)
                        AS operator_id
             FROM staff_member
         WHERE tenant_id = $1 AND account_id = $2 ORDER BY platform_id",
        args![scope.tenant(), account],
    )
    .await
}

/// Employees by id, oldest first.
pub(super) async fn list(
    tx: &mut Tx<'_>,
    scope: &Scope,
    page: &Paging,
    (pattern, active_only): (&str, bool),
) -> DbResult<Vec<StaffRow>> {
    tx.all(
        "SELECT id, account_id, platform_id, name, title, active, serving, kind,
                    (SELECT MIN(o.id) FROM access_operator o WHERE o.tenant_id = $1 AND o.staff_id = staff_member.id)
                        AS operator_id
             FROM staff_member
         WHERE tenant_id = $1 AND id > $2 AND name_search LIKE $3 ESCAPE '!' AND ($4 = FALSE OR active = TRUE)
         ORDER BY id LIMIT $5",
        args![scope.tenant(), &page.after, pattern, active_only, page.probe()],
    )
    .await
}

pub(super) async fn upsert(tx: &mut Tx<'_>, scope: &Scope, account: &str, c: &StaffChange) -> DbResult<()> {
    let (id, now) = (tx.new_id("stf"), tx.now());
    let search = search::key(&format!("{}\n{}", c.name, c.platform_id));
    tx.exec(
        "INSERT INTO staff_member (tenant_id, id, account_id, platform_id, name, name_search, title, active, serving,
             kind, synced_at, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'staff', $10, $10)
         ON CONFLICT (tenant_id, account_id, platform_id) DO UPDATE
         SET name = excluded.name, name_search = excluded.name_search, title = excluded.title,
             active = excluded.active, serving = excluded.serving, synced_at = excluded.synced_at",
        args![
            scope.tenant(),
            id,
            account,
            &c.platform_id,
            &c.name,
            search,
            c.title.clone(),
            c.active,
            c.serving,
            now
        ],
    )
    .await?;
    Ok(())
}

pub(super) async fn set_kind(tx: &mut Tx<'_>, scope: &Scope, id: &str, kind: &str) -> DbResult<()> {
    tx.exec(
        "UPDATE staff_member SET kind = $3 WHERE tenant_id = $1 AND id = $2",
        args![scope.tenant(), id, kind],
    )
    .await?;
    Ok(())
}
