//! How long things are kept, and what the nightly run removed.

use base::Timestamp;
use base::time::DAY;

use super::super::model::Object;
use super::super::rows::RetentionRow;
use crate::args;
use crate::kernel::db::{DbResult, Tx};
use crate::kernel::http::Scope;

/// What this company decided; objects without a row keep their default.
pub(in crate::privacy) async fn retention(tx: &mut Tx<'_>, scope: &Scope) -> DbResult<Vec<RetentionRow>> {
    tx.all(
        "SELECT object, days, last_run_at, last_deleted, total_deleted FROM privacy_retention WHERE tenant_id = $1",
        args![scope.tenant()],
    )
    .await
}

/// Days that an object is kept.
pub async fn days_of(tx: &mut Tx<'_>, scope: &Scope, object: Object) -> DbResult<i64> {
    let row: Option<(i64,)> = tx
        .opt(
            "SELECT days FROM privacy_retention WHERE tenant_id = $1 AND object = $2",
            args![scope.tenant(), object.word()],
        )
        .await?;
    Ok(row.map_or(object.days().1, |(days,)| days))
}

pub(in crate::privacy) async fn set_days(
    tx: &mut Tx<'_>,
    scope: &Scope,
    object: Object,
    days: i64,
) -> DbResult<()> {
    tx.exec(
        "INSERT INTO privacy_retention (tenant_id, object, days) VALUES ($1, $2, $3)
         ON CONFLICT (tenant_id, object) DO UPDATE SET days = excluded.days",
        args![scope.tenant(), object.word(), days],
    )
    .await?;
    Ok(())
}

/// Deletes one batch of an object; answers the rows, 0 when nothing is left.
pub(in crate::privacy) async fn delete_batch(
    tx: &mut Tx<'_>,
    scope: &Scope,
    object: Object,
    now: Timestamp,
) -> DbResult<u64> {
    let before = now.minus(days_of(tx, scope, object).await? * DAY);
    let mut deleted = 0;
    for sql in object.deletes() {
        deleted += tx.exec(sql, args![scope.tenant(), before]).await?;
    }
    Ok(deleted)
}

/// Notes what a run removed.
pub(in crate::privacy) async fn note_run(
    tx: &mut Tx<'_>,
    scope: &Scope,
    object: Object,
    deleted: i64,
) -> DbResult<()> {
    let now = tx.now();
    tx.exec(
        "INSERT INTO privacy_retention (tenant_id, object, days, last_run_at, last_deleted, total_deleted)
         VALUES ($1, $2, $3, $4, $5, $5)
         ON CONFLICT (tenant_id, object) DO UPDATE SET last_run_at = excluded.last_run_at,
             last_deleted = excluded.last_deleted,
             total_deleted = privacy_retention.total_deleted + excluded.last_deleted",
        args![scope.tenant(), object.word(), object.days().1, now, deleted],
    )
    .await?;
    Ok(())
}
