//! The append-only log of facts: everything that `reactions::on` handles, numbered per tenant, so that any figure can
//! be recomputed. Rows are never changed or deleted.

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

/// Appends a fact and answers its number. Numbers ascend without gaps in commit order.
pub async fn append(
    tx: &mut Tx<'_>,
    tenant: &str,
    kind: &str,
    at: Timestamp,
    payload: String,
) -> DbResult<i64> {
    let seq = tx
        .number(
            "INSERT INTO facts_counter (tenant_id, last_seq) VALUES ($1, 1)
             ON CONFLICT (tenant_id) DO UPDATE SET last_seq = facts_counter.last_seq + 1
             RETURNING last_seq",
            args![tenant],
        )
        .await?;
    tx.exec(
        "INSERT INTO facts (tenant_id, seq, kind, at, payload) VALUES ($1, $2, $3, $4, $5)",
        args![tenant, seq, kind, at, payload],
    )
    .await?;
    Ok(seq)
}

/// Appends many facts that happened at once, in order: kind and payload each. One statement reserves their numbers.
pub async fn append_many(
    tx: &mut Tx<'_>,
    tenant: &str,
    at: Timestamp,
    facts: Vec<(&'static str, String)>,
) -> DbResult<()> {
    if facts.is_empty() {
        return Ok(());
    }
    let last = tx
        .number(
            "INSERT INTO facts_counter (tenant_id, last_seq) VALUES ($1, $2)
             ON CONFLICT (tenant_id) DO UPDATE SET last_seq = facts_counter.last_seq + $2
             RETURNING last_seq",
            args![tenant, facts.len()],
        )
        .await?;
    let first = last - i64::try_from(facts.len()).unwrap_or(i64::MAX) + 1;
    let rows =
        facts.into_iter().zip(first..).map(|((kind, payload), seq)| args![tenant, seq, kind, at, payload]);
    tx.insert_many("INSERT INTO facts (tenant_id, seq, kind, at, payload)", rows.collect(), "").await?;
    Ok(())
}

/// Facts after `seq`, oldest first.
pub async fn after(tx: &mut Tx<'_>, tenant: &str, seq: i64, limit: i64) -> DbResult<Vec<FactRow>> {
    tx.all(
        "SELECT seq, kind, at, payload FROM facts WHERE tenant_id = $1 AND seq > $2 ORDER BY seq LIMIT $3",
        args![tenant, seq, limit],
    )
    .await
}
