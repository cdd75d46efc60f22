//! Queries of what levels are promised.

use super::super::model::{BenefitWords, Period};
use super::super::rows::BenefitRow;
use crate::args;
use crate::kernel::db::{DbResult, Tx};
use crate::kernel::http::{AppError, AppResult, Scope};

macro_rules! select_benefit {
    ($rest:literal) => {
        concat!(
            "SELECT id, name, promise, ladder, level, period, value_fen, ceiling_fen, enabled, changed_at, changed_by
             FROM layers_benefit ",
            $rest
        )
    };
}

/// All promises, by ladder, level and name.
pub async fn list(tx: &mut Tx<'_>, scope: &Scope) -> DbResult<Vec<BenefitRow>> {
    tx.all(
        select_benefit!(
            "WHERE tenant_id = $1 AND deleted_at IS NULL ORDER BY ladder, level, name, id LIMIT 500"
        ),
        args![scope.tenant()],
    )
    .await
}

/// One promise.
pub async fn get(tx: &mut Tx<'_>, scope: &Scope, id: &str) -> AppResult<BenefitRow> {
    tx.opt(
        select_benefit!("WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NULL"),
        args![scope.tenant(), id],
    )
    .await?
    .ok_or_else(AppError::not_found)
}

/// Writes a promise, new or changed.
pub async fn save(
    tx: &mut Tx<'_>,
    scope: &Scope,
    (id, by): (&str, &str),
    words: &BenefitWords<'_>,
    (period, enabled): (Period, bool),
) -> DbResult<()> {
    let now = tx.now();
    tx.exec(
        "INSERT INTO layers_benefit (tenant_id, id, name, promise, ladder, level, period, value_fen, ceiling_fen,
             enabled, created_at, changed_at, changed_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11, $12)
         ON CONFLICT (tenant_id, id) DO UPDATE SET name = excluded.name, promise = excluded.promise,
             ladder = excluded.ladder, level = excluded.level, period = excluded.period,
             value_fen = excluded.value_fen, ceiling_fen = excluded.ceiling_fen, enabled = excluded.enabled,
             changed_at = excluded.changed_at, changed_by = excluded.changed_by",
        args![
            scope.tenant(),
            id,
            words.name.trim(),
            words.promise.trim(),
            words.ladder.word(),
            words.level,
            period.word(),
            words.value_fen,
            words.ceiling_fen,
            enabled,
            now,
            by
        ],
    )
    .await?;
    Ok(())
}

pub async fn delete(tx: &mut Tx<'_>, scope: &Scope, id: &str, by: &str) -> DbResult<()> {
    let now = tx.now();
    tx.exec(
        "UPDATE layers_benefit SET deleted_at = $3, changed_at = $3, changed_by = $4
         WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NULL",
        args![scope.tenant(), id, now, by],
    )
    .await?;
    Ok(())
}
