//! Every query of the exports' own tables; what the lists hold is in [`lists`].

pub mod lists;

use super::model::{KEPT_FOR, State};
use super::rows::ExportRow;
use crate::args;
use crate::kernel::db::{DbResult, Tx};
use crate::kernel::http::{AppError, AppResult, Paging, Scope};

/// An export that was asked for.
pub struct NewExport<'a> {
    pub what: &'a str,
    pub filter: &'a str,
    pub format: &'a str,
    pub reason: &'a str,
    pub locale: &'a str,
    pub with_contacts: bool,
    /// JSON list of own fields that are columns.
    pub own_fields: &'a str,
    pub operator: (&'a str, &'a str),
}

/// Writes it down under the company's next number; answers its id.
pub async fn create(tx: &mut Tx<'_>, scope: &Scope, new: &NewExport<'_>) -> DbResult<String> {
    let number = tx
        .number(
            "INSERT INTO exports_counter (tenant_id, last_no) VALUES ($1, 1)
             ON CONFLICT (tenant_id) DO UPDATE SET last_no = exports_counter.last_no + 1
             RETURNING last_no",
            args![scope.tenant()],
        )
        .await?;
    let (id, now) = (tx.new_id("exp"), tx.now());
    tx.exec(
        "INSERT INTO exports_export (tenant_id, id, export_no, what, filter, format, reason, locale, with_contacts,
             reach, operator_id, operator_name, state, next_cursor, parts, rows_total, downloads, created_at, ended_at,
             expires_at, own_fields)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'running', '', 0, 0, 0, $13, 0, 0, $14)",
        args![
            scope.tenant(),
            &id,
            number,
            new.what,
            new.filter,
            new.format,
            new.reason,
            new.locale,
            new.with_contacts,
            scope.reach_key(),
            new.operator.0,
            new.operator.1,
            now,
            new.own_fields
        ],
    )
    .await?;
    Ok(id)
}

/// One export; whoever sees only her groups sees only her own.
pub async fn get(tx: &mut Tx<'_>, scope: &Scope, id: &str) -> AppResult<ExportRow> {
    tx.opt(
        "SELECT id, export_no, what, filter, format, reason, locale, with_contacts, own_fields, reach, operator_id,
            operator_name, state, next_cursor, parts, rows_total, downloads, created_at, ended_at, expires_at
         FROM exports_export WHERE tenant_id = $1 AND ($2 = '' OR reach = $2) AND id = $3",
        args![scope.tenant(), scope.reach_key(), id],
    )
    .await?
    .ok_or_else(AppError::not_found)
}

/// Exports, newest first. `pattern` looks in the reason and the name of who asked.
pub async fn list(tx: &mut Tx<'_>, scope: &Scope, page: &Paging, pattern: &str) -> DbResult<Vec<ExportRow>> {
    tx.all(
        "SELECT id, export_no, what, filter, format, reason, locale, with_contacts, own_fields, reach, operator_id,
            operator_name, state, next_cursor, parts, rows_total, downloads, created_at, ended_at, expires_at
         FROM exports_export WHERE tenant_id = $1 AND ($2 = '' OR reach = $2) AND ($3 = '' OR id < $3)
           AND (LOWER(reason) LIKE $4 ESCAPE '!' OR LOWER(operator_name) LIKE $4 ESCAPE '!')
         ORDER BY id DESC LIMIT $5",
        args![scope.tenant(), scope.reach_key(), &page.after, pattern, page.probe()],
    )
    .await
}

/// Writes a page and moves the mark behind it; `next` is the cursor of the page after, if there is one. False when
/// somebody else wrote it already, or the export was cancelled.
pub async fn add_part(
    tx: &mut Tx<'_>,
    scope: &Scope,
    export: &ExportRow,
    (rows, body): (usize, &str),
    next: Option<&str>,
) -> DbResult<bool> {
    let now = tx.now();
    let (state, ended, expires) = match next {
        Some(_) => (State::Running, 0, 0),
        None => (State::Done, now.0, now.plus(KEPT_FOR).0),
    };
    let touched = tx
        .exec(
            "UPDATE exports_export SET parts = parts + 1, rows_total = rows_total + $4, next_cursor = $5, state = $6,
                 ended_at = $7, expires_at = $8
             WHERE tenant_id = $1 AND id = $2 AND state = 'running' AND parts = $3",
            args![
                scope.tenant(),
                &export.id,
                export.parts,
                rows,
                next.unwrap_or_default(),
                state.word(),
                ended,
                expires
            ],
        )
        .await?;
    if touched == 0 {
        return Ok(false);
    }
    tx.exec(
        "INSERT INTO exports_part (tenant_id, export_id, part, body) VALUES ($1, $2, $3, $4)",
        args![scope.tenant(), &export.id, export.parts, body],
    )
    .await?;
    Ok(true)
}

/// A sealed page.
pub async fn part(tx: &mut Tx<'_>, scope: &Scope, id: &str, part: i64) -> DbResult<Option<String>> {
    let row: Option<(String,)> = tx
        .opt(
            "SELECT body FROM exports_part WHERE tenant_id = $1 AND export_id = $2 AND part = $3",
            args![scope.tenant(), id, part],
        )
        .await?;
    Ok(row.map(|(body,)| body))
}

pub async fn cancel(tx: &mut Tx<'_>, scope: &Scope, id: &str) -> DbResult<bool> {
    let now = tx.now();
    let touched = tx
        .exec(
            "UPDATE exports_export SET state = 'cancelled', ended_at = $3
             WHERE tenant_id = $1 AND id = $2 AND state = 'running'",
            args![scope.tenant(), id, now],
        )
        .await?;
    forget_parts(tx, scope, id).await?;
    Ok(touched == 1)
}

async fn forget_parts(tx: &mut Tx<'_>, scope: &Scope, id: &str) -> DbResult<()> {
    tx.exec("DELETE FROM exports_part WHERE tenant_id = $1 AND export_id = $2", args![scope.tenant(), id])
        .await?;
    Ok(())
}

pub async fn note_download(tx: &mut Tx<'_>, scope: &Scope, id: &str) -> DbResult<()> {
    tx.exec(
        "UPDATE exports_export SET downloads = downloads + 1 WHERE tenant_id = $1 AND id = $2",
        args![scope.tenant(), id],
    )
    .await?;
    Ok(())
}

/// Forgets files whose week is over.
pub async fn expire(tx: &mut Tx<'_>, scope: &Scope) -> DbResult<()> {
    let now = tx.now();
    let due: Vec<(String,)> = tx
        .all(
            "SELECT id FROM exports_export WHERE tenant_id = $1 AND state = 'done' AND expires_at <= $2
             ORDER BY id LIMIT 200",
            args![scope.tenant(), now],
        )
        .await?;
    for (id,) in due {
        forget_parts(tx, scope, &id).await?;
        tx.exec(
            "UPDATE exports_export SET state = 'expired' WHERE tenant_id = $1 AND id = $2",
            args![scope.tenant(), &id],
        )
        .await?;
    }
    Ok(())
}
