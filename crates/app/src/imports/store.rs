//! Every query of the imports.

pub mod saved;

use super::model::{Bad, Counts, ImportRefusal, KEPT_BAD, Mapping, Order, Policy, State};
use super::rows::{BadRow, ImportRow};
use crate::args;
use crate::kernel::db::{DbResult, Tx};
use crate::kernel::http::{AppError, AppResult, Paging, Scope};

/// What is known of a file before its rows are read.
pub struct NewImport<'a> {
    pub id: &'a str,
    pub kind: &'a str,
    pub file_name: &'a str,
    pub operator: (&'a str, &'a str),
}

pub async fn create(tx: &mut Tx<'_>, scope: &Scope, new: &NewImport<'_>) -> DbResult<()> {
    let now = tx.now();
    tx.exec(
        "INSERT INTO imports_import (tenant_id, id, kind, file_name, format, encoding, bytes, digest, headers, mapping,
             policy, state, error_code, rows_total, parts, next_part, checked, taken, operator_id, operator_name,
             created_at, started_at, started_part, moved_at, ended_at, purged_at)
         VALUES ($1, $2, $3, $4, '', '', 0, '', '[]', '{}', '', 'reading', '', 0, 0, 0, '{}', '{}', $5, $6, $7, $7, 0,
             $7, 0, 0)",
        args![scope.tenant(), new.id, new.kind, new.file_name, new.operator.0, new.operator.1, now],
    )
    .await?;
    Ok(())
}

/// What was read.
pub struct Uploaded<'a> {
    pub format: &'a str,
    pub encoding: &'a str,
    pub bytes: i64,
    pub digest: &'a str,
    pub headers: &'a [String],
    pub mapping: &'a Mapping,
    pub rows: i64,
    pub parts: i64,
}

pub async fn note_uploaded(tx: &mut Tx<'_>, scope: &Scope, id: &str, read: &Uploaded<'_>) -> AppResult<()> {
    let now = tx.now();
    tx.exec(
        "UPDATE imports_import SET format = $3, encoding = $4, bytes = $5, digest = $6, headers = $7, mapping = $8,
             rows_total = $9, parts = $10, state = 'uploaded', moved_at = $11
         WHERE tenant_id = $1 AND id = $2 AND state = 'reading'",
        args![
            scope.tenant(),
            id,
            read.format,
            read.encoding,
            read.bytes,
            read.digest,
            serde_json::to_string(read.headers)?,
            serde_json::to_string(read.mapping)?,
            read.rows,
            read.parts,
            now
        ],
    )
    .await?;
    Ok(())
}

/// Reading failed: what was kept goes, the reason stays.
pub async fn note_failed(tx: &mut Tx<'_>, scope: &Scope, id: &str, code: &str) -> DbResult<()> {
    let now = tx.now();
    tx.exec(
        "UPDATE imports_import SET state = 'failed', error_code = $3, ended_at = $4, purged_at = $4
         WHERE tenant_id = $1 AND id = $2 AND state = 'reading'",
        args![scope.tenant(), id, code, now],
    )
    .await?;
    tx.exec("DELETE FROM imports_part WHERE tenant_id = $1 AND import_id = $2", args![scope.tenant(), id])
        .await?;
    Ok(())
}

pub async fn add_part(
    tx: &mut Tx<'_>,
    scope: &Scope,
    id: &str,
    (part, rows, body): (i64, usize, &str),
) -> DbResult<()> {
    tx.exec(
        "INSERT INTO imports_part (tenant_id, import_id, part, row_count, body) VALUES ($1, $2, $3, $4, $5)",
        args![scope.tenant(), id, part, rows, body],
    )
    .await?;
    Ok(())
}

/// A sealed part.
pub async fn part(tx: &mut Tx<'_>, scope: &Scope, id: &str, part: i64) -> AppResult<String> {
    let row: Option<(String,)> = tx
        .opt(
            "SELECT body FROM imports_part WHERE tenant_id = $1 AND import_id = $2 AND part = $3",
            args![scope.tenant(), id, part],
        )
        .await?;
    row.map(|(body,)| body).ok_or_else(|| ImportRefusal::Gone.into())
}

const IMPORT: &str = "SELECT id, kind, file_name, format, encoding, bytes, digest, headers, mapping, policy, state, error_code,
        repeats, list_id, rows_total, parts, next_part, checked, taken, operator_name, created_at,
        started_at, started_part, moved_at, ended_at, purged_at
     FROM imports_import WHERE tenant_id = $1 AND id = $2";

pub async fn get(tx: &mut Tx<'_>, scope: &Scope, id: &str) -> AppResult<ImportRow> {
    tx.opt(IMPORT, args![scope.tenant(), id]).await?.ok_or_else(AppError::not_found)
}

/// Imports, newest first.
pub async fn list(tx: &mut Tx<'_>, scope: &Scope, page: &Paging, pattern: &str) -> DbResult<Vec<ImportRow>> {
    tx.all(
        "SELECT id, kind, file_name, format, encoding, bytes, digest, headers, mapping, policy, state, error_code,
            repeats, list_id, rows_total, parts, next_part, checked, taken, operator_name, created_at,
            started_at, started_part, moved_at, ended_at, purged_at
         FROM imports_import WHERE tenant_id = $1 AND ($2 = '' OR id < $2) AND LOWER(file_name) LIKE $3 ESCAPE '!'
         ORDER BY id DESC LIMIT $4",
        args![scope.tenant(), &page.after, pattern, page.probe()],
    )
    .await
}

pub async fn set_mapping(tx: &mut Tx<'_>, scope: &Scope, id: &str, mapping: &Mapping) -> AppResult<()> {
    tx.exec(
        "UPDATE imports_import SET mapping = $3, state = 'uploaded', checked = '{}'
         WHERE tenant_id = $1 AND id = $2 AND state IN ('uploaded', 'checked')",
        args![scope.tenant(), id, serde_json::to_string(mapping)?],
    )
    .await?;
    clear_bad(tx, scope, id, "check").await?;
    Ok(())
}

/// Brings an import into the state that an order leads to; two operators at once can't both succeed.
pub async fn order(
    tx: &mut Tx<'_>,
    scope: &Scope,
    (import, order): (&ImportRow, Order),
    policy: Option<Policy>,
) -> AppResult<()> {
    let now = tx.now();
    let from = State::parse(&import.state);
    let to = from.after(order)?;
    let begins = matches!(order, Order::Check | Order::Run);
    let part = if begins { 0 } else { import.next_part };
    let ended = if to.is_over() { now.0 } else { 0 };
    let touched = tx
        .exec(
            "UPDATE imports_import SET state = $4, next_part = $5, started_part = $5, started_at = $6, moved_at = $6,
                 ended_at = $7, policy = CASE WHEN $8 = '' THEN policy ELSE $8 END
             WHERE tenant_id = $1 AND id = $2 AND state = $3",
            args![
                scope.tenant(),
                &import.id,
                from.word(),
                to.word(),
                part,
                now,
                ended,
                policy.map_or("", Policy::word)
            ],
        )
        .await?;
    if touched == 0 {
        return Err(ImportRefusal::NotNow { state: from }.into());
    }
    if begins {
        let pass = if order == Order::Check { "check" } else { "run" };
        clear_bad(tx, scope, &import.id, pass).await?;
    }
    Ok(())
}

async fn clear_bad(tx: &mut Tx<'_>, scope: &Scope, id: &str, pass: &str) -> DbResult<()> {
    tx.exec(
        "DELETE FROM imports_bad WHERE tenant_id = $1 AND import_id = $2 AND pass = $3",
        args![scope.tenant(), id, pass],
    )
    .await?;
    Ok(())
}

/// Takes the next part for this transaction: whoever comes second waits for the first and then finds another part due.
/// False when the part is not due any more, or the import was paused or cancelled meanwhile.
pub async fn claim_part(
    tx: &mut Tx<'_>,
    scope: &Scope,
    id: &str,
    (state, part): (State, i64),
) -> DbResult<bool> {
    let now = tx.now();
    let touched = tx
        .exec(
            "UPDATE imports_import SET next_part = $4 + 1, moved_at = $5
             WHERE tenant_id = $1 AND id = $2 AND state = $3 AND next_part = $4",
            args![scope.tenant(), id, state.word(), part, now],
        )
        .await?;
    Ok(touched == 1)
}

pub async fn set_checked(tx: &mut Tx<'_>, scope: &Scope, id: &str, counts: &Counts) -> AppResult<()> {
    tx.exec(
        "UPDATE imports_import SET checked = $3 WHERE tenant_id = $1 AND id = $2",
        args![scope.tenant(), id, serde_json::to_string(counts)?],
    )
    .await?;
    Ok(())
}

pub async fn set_taken(tx: &mut Tx<'_>, scope: &Scope, id: &str, counts: &Counts) -> AppResult<()> {
    tx.exec(
        "UPDATE imports_import SET taken = $3 WHERE tenant_id = $1 AND id = $2",
        args![scope.tenant(), id, serde_json::to_string(counts)?],
    )
    .await?;
    Ok(())
}

/// Ends a pass: `checking` becomes `checked`, `running` becomes `done`.
pub async fn end_pass(
    tx: &mut Tx<'_>,
    scope: &Scope,
    id: &str,
    (from, to): (State, State),
) -> DbResult<bool> {
    let now = tx.now();
    let ended = if to.is_over() { now.0 } else { 0 };
    let touched = tx
        .exec(
            "UPDATE imports_import SET state = $4, ended_at = $5, moved_at = $6
             WHERE tenant_id = $1 AND id = $2 AND state = $3",
            args![scope.tenant(), id, from.word(), to.word(), ended, now],
        )
        .await?;
    Ok(touched == 1)
}

/// The earlier import that took the same rows with the same meaning of the columns.
pub async fn taken_before(tx: &mut Tx<'_>, scope: &Scope, import: &ImportRow) -> DbResult<Option<String>> {
    let row: Option<(String,)> = tx
        .opt(
            "SELECT id FROM imports_import WHERE tenant_id = $1 AND digest = $2 AND state = 'done' AND kind = $3
               AND mapping = $4 AND id <> $5 AND repeats IS NULL ORDER BY id LIMIT 1",
            args![scope.tenant(), &import.digest, &import.kind, &import.mapping, &import.id],
        )
        .await?;
    Ok(row.map(|(id,)| id))
}

pub async fn note_repeats(tx: &mut Tx<'_>, scope: &Scope, id: &str, earlier: &str) -> DbResult<()> {
    tx.exec(
        "UPDATE imports_import SET repeats = $3 WHERE tenant_id = $1 AND id = $2",
        args![scope.tenant(), id, earlier],
    )
    .await?;
    Ok(())
}

/// Keeps bad rows for the report, as many as it shows.
pub async fn add_bad(
    tx: &mut Tx<'_>,
    scope: &Scope,
    (id, pass): (&str, &str),
    (before, bad): (i64, &[(u32, Bad)]),
) -> DbResult<()> {
    let room = usize::try_from((KEPT_BAD - before).max(0)).unwrap_or(0);
    let rows = bad.iter().take(room);
    let rows = rows.map(|(row, b)| args![scope.tenant(), id, pass, *row, b.field.as_ref(), b.code]).collect();
    tx.insert_many(
        "INSERT INTO imports_bad (tenant_id, import_id, pass, row_no, field, code)",
        rows,
        "ON CONFLICT (tenant_id, import_id, pass, row_no) DO NOTHING",
    )
    .await?;
    Ok(())
}

/// Bad rows of a pass after a row, in the order of the file.
pub async fn bad(
    tx: &mut Tx<'_>,
    scope: &Scope,
    (id, pass): (&str, &str),
    (after, limit): (i64, usize),
) -> DbResult<Vec<BadRow>> {
    tx.all(
        "SELECT row_no, field, code FROM imports_bad
         WHERE tenant_id = $1 AND import_id = $2 AND pass = $3 AND row_no > $4 ORDER BY row_no LIMIT $5",
        args![scope.tenant(), id, pass, after, limit],
    )
    .await
}

/// Ended imports whose rows are still kept although they ended before `before`, and readings that never ended.
pub async fn stale(tx: &mut Tx<'_>, scope: &Scope, before: i64) -> DbResult<Vec<(String, String)>> {
    tx.all(
        "SELECT id, state FROM imports_import WHERE tenant_id = $1 AND purged_at = 0
           AND moved_at < $2 AND state NOT IN ('running', 'checking', 'paused') ORDER BY id LIMIT 200",
        args![scope.tenant(), before],
    )
    .await
}

/// Forgets the rows of a file. What became of them stays.
pub async fn purge(tx: &mut Tx<'_>, scope: &Scope, id: &str) -> DbResult<()> {
    let now = tx.now();
    tx.exec("DELETE FROM imports_part WHERE tenant_id = $1 AND import_id = $2", args![scope.tenant(), id])
        .await?;
    tx.exec("DELETE FROM imports_bad WHERE tenant_id = $1 AND import_id = $2", args![scope.tenant(), id])
        .await?;
    tx.exec(
        "UPDATE imports_import SET purged_at = $3, ended_at = CASE WHEN ended_at = 0 THEN $3 ELSE ended_at END,
             state = CASE WHEN state IN ('done', 'failed') THEN state ELSE 'cancelled' END
         WHERE tenant_id = $1 AND id = $2",
        args![scope.tenant(), id, now],
    )
    .await?;
    Ok(())
}
