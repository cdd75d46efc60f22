//! The append-only log of facts: everything that `reactions::on` handles, numbered per tenant, so that any figure can
//! be recomputed. Rows are never deleted, and changed only when a person is erased: her ids in them become others.

use base::Timestamp;

use crate::args;
use crate::kernel::db::{DbResult, Tx};

/// One kept fact. `payload` is the JSON of the fact; `kind` its stable word.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct FactRow {
    pub seq: i64,
    pub kind: String,
    pub at: i64,
    pub payload: String,
}

/// Appends facts, `(kind, at, payload)` each, and answers the number of the first. Numbers ascend without gaps in commit
/// order; those of a list are reserved in one statement, so that a long one doesn't take the counter a thousand times. Nothing is appended, and 0
/// answered, for an empty list.
pub async fn append(
    tx: &mut Tx<'_>,
    tenant: &str,
    facts: Vec<(&'static str, Timestamp, String)>,
) -> DbResult<i64> {
    if facts.is_empty() {
        return Ok(0);
    }
    let last = tx
        .number(
            "INSERT INTO facts_counter (tenant_id, last_seq) VALUES ($1, $2)
             ON CONFLICT (tenant_id) DO UPDATE SET last_seq = facts_counter.last_seq + excluded.last_seq
             RETURNING last_seq",
            args![tenant, facts.len()],
        )
        .await?;
    let first = last - i64::try_from(facts.len()).unwrap_or(0) + 1;
    let rows = (first..=last)
        .zip(facts)
        .map(|(seq, (kind, at, payload))| args![tenant, seq, kind, at, payload])
        .collect();
    tx.insert_many("INSERT INTO facts (tenant_id, seq, kind, at, payload)", rows, "").await?;
    Ok(first)
}

/// Facts after `seq`, oldest first.
pub async fn after(tx: &mut Tx<'_>, tenant: &str, seq: i64, limit: i64) -> DbResult<Vec<FactRow>> {
    tx.all(
        "SELECT seq, kind, at, payload FROM facts WHERE tenant_id = $1 AND seq > $2 ORDER BY seq LIMIT $3",
        args![tenant, seq, limit],
    )
    .await
}

/// Facts before `seq` that happened at `since` or later, newest first.
pub async fn before(
    tx: &mut Tx<'_>,
    tenant: &str,
    (seq, since): (i64, Timestamp),
    limit: i64,
) -> DbResult<Vec<FactRow>> {
    tx.all(
        "SELECT seq, kind, at, payload FROM facts WHERE tenant_id = $1 AND seq < $2 AND at >= $3
         ORDER BY seq DESC LIMIT $4",
        args![tenant, seq, since, limit],
    )
    .await
}

/// The number of the newest fact; 0 before the first.
pub async fn last_seq(tx: &mut Tx<'_>, tenant: &str) -> DbResult<i64> {
    tx.number(
        "SELECT CAST(COALESCE(MAX(last_seq), 0) AS BIGINT) FROM facts_counter WHERE tenant_id = $1",
        args![tenant],
    )
    .await
}
