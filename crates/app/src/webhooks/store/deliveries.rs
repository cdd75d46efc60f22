//! Queries of deliveries and their attempts.

use base::Timestamp;

use super::super::model::{BATCH, Which};
use super::super::rows::{AttemptRow, DeliveryRow, EndpointRow};
use crate::args;
use crate::kernel::db::{DbResult, Tx};
use crate::kernel::http::{AppError, AppResult, Paging, Scope};

/// Writes a message for an endpoint: id, type, payload.
pub async fn put_in_line(
    tx: &mut Tx<'_>,
    scope: &Scope,
    endpoint: &EndpointRow,
    (message, kind, payload): (&str, &str, &str),
) -> DbResult<()> {
    let (id, now) = (tx.new_id("dlv"), tx.now());
    let state = if endpoint.enabled { "waiting" } else { "held" };
    tx.exec(
        "INSERT INTO webhooks_delivery (tenant_id, id, endpoint_id, message_id, event_type, payload, created_at, state,
             tries, attempts, next_at, last_status, last_error, settled_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, 0, $7, 0, '', 0)",
        args![scope.tenant(), id, &endpoint.id, message, kind, payload, now, state],
    )
    .await?;
    Ok(())
}

/// What waits for an endpoint and is due, earliest first.
pub async fn due(tx: &mut Tx<'_>, scope: &Scope, endpoint: &str) -> DbResult<Vec<DeliveryRow>> {
    tx.all(
        "SELECT id, message_id, event_type, payload, created_at, state, tries, attempts, next_at,
                last_status, last_error, settled_at
         FROM webhooks_delivery
         WHERE tenant_id = $1 AND endpoint_id = $2 AND state = 'waiting' AND next_at <= $3
         ORDER BY next_at, id LIMIT $4",
        args![scope.tenant(), endpoint, tx.now(), BATCH],
    )
    .await
}

/// When something is due next for an endpoint.
pub async fn next_due(tx: &mut Tx<'_>, scope: &Scope, endpoint: &str) -> DbResult<Option<Timestamp>> {
    let row: Option<(i64,)> = tx
        .opt(
            "SELECT next_at FROM webhooks_delivery
             WHERE tenant_id = $1 AND endpoint_id = $2 AND state = 'waiting' ORDER BY next_at LIMIT 1",
            args![scope.tenant(), endpoint],
        )
        .await?;
    Ok(row.map(|(at,)| Timestamp(at)))
}

/// Before the call: the attempt exists, without an end.
pub async fn begin_attempt(tx: &mut Tx<'_>, scope: &Scope, delivery: &mut DeliveryRow) -> DbResult<()> {
    let now = tx.now();
    delivery.tries += 1;
    delivery.attempts += 1;
    tx.exec(
        "INSERT INTO webhooks_attempt (tenant_id, delivery_id, number, at, ended_at, status, error, body)
         VALUES ($1, $2, $3, $4, 0, 0, '', '')",
        args![scope.tenant(), &delivery.id, delivery.attempts, now],
    )
    .await?;
    tx.exec(
        "UPDATE webhooks_delivery SET tries = $3, attempts = $4 WHERE tenant_id = $1 AND id = $2",
        args![scope.tenant(), &delivery.id, delivery.tries, delivery.attempts],
    )
    .await?;
    Ok(())
}

/// After the call: what came back, and where the delivery stands now.
pub async fn end_attempt(
    tx: &mut Tx<'_>,
    scope: &Scope,
    delivery: &DeliveryRow,
    (status, error, body): (i64, &str, &str),
) -> DbResult<()> {
    let now = tx.now();
    tx.exec(
        "UPDATE webhooks_attempt SET ended_at = $4, status = $5, error = $6, body = $7
         WHERE tenant_id = $1 AND delivery_id = $2 AND number = $3",
        args![scope.tenant(), &delivery.id, delivery.attempts, now, status, error, body],
    )
    .await?;
    let settled = if delivery.state == "waiting" { 0 } else { now.0 };
    tx.exec(
        "UPDATE webhooks_delivery SET state = $3, next_at = $4, last_status = $5, last_error = $6, settled_at = $7
         WHERE tenant_id = $1 AND id = $2",
        args![scope.tenant(), &delivery.id, &delivery.state, delivery.next_at, status, error, settled],
    )
    .await?;
    Ok(())
}

/// What waits for an endpoint that was switched off is held.
pub async fn hold(tx: &mut Tx<'_>, scope: &Scope, endpoint: &str) -> DbResult<()> {
    tx.exec(
        "UPDATE webhooks_delivery SET state = 'held' WHERE tenant_id = $1 AND endpoint_id = $2 AND state = 'waiting'",
        args![scope.tenant(), endpoint],
    )
    .await?;
    Ok(())
}

/// Deliveries of an endpoint, newest first; empty filters ask for all.
pub async fn list_deliveries(
    tx: &mut Tx<'_>,
    scope: &Scope,
    endpoint: &str,
    (state, kind): (&str, &str),
    page: &Paging,
) -> DbResult<Vec<DeliveryRow>> {
    tx.all(
        "SELECT id, message_id, event_type, payload, created_at, state, tries, attempts, next_at,
                last_status, last_error, settled_at
         FROM webhooks_delivery
         WHERE tenant_id = $1 AND endpoint_id = $2 AND ($3 = '' OR id < $3) AND ($4 = '' OR state = $4)
           AND ($5 = '' OR event_type = $5)
         ORDER BY id DESC LIMIT $6",
        args![scope.tenant(), endpoint, &page.after, state, kind, page.probe()],
    )
    .await
}

/// One delivery of an endpoint.
pub async fn get_delivery(
    tx: &mut Tx<'_>,
    scope: &Scope,
    (endpoint, id): (&str, &str),
) -> AppResult<DeliveryRow> {
    tx.opt(
        "SELECT id, message_id, event_type, payload, created_at, state, tries, attempts, next_at,
                last_status, last_error, settled_at
         FROM webhooks_delivery WHERE tenant_id = $1 AND endpoint_id = $2 AND id = $3",
        args![scope.tenant(), endpoint, id],
    )
    .await?
    .ok_or_else(AppError::not_found)
}

/// The calls of a delivery, newest first.
pub async fn attempts(tx: &mut Tx<'_>, scope: &Scope, delivery: &str) -> DbResult<Vec<AttemptRow>> {
    tx.all(
        "SELECT number, at, ended_at, status, error, body FROM webhooks_attempt
         WHERE tenant_id = $1 AND delivery_id = $2 ORDER BY number DESC LIMIT 100",
        args![scope.tenant(), delivery],
    )
    .await
}

/// Puts one delivery in line again with a fresh set of tries.
pub async fn replay_one(tx: &mut Tx<'_>, scope: &Scope, delivery: &str) -> DbResult<()> {
    let now = tx.now();
    tx.exec(
        "UPDATE webhooks_delivery SET state = 'waiting', tries = 0, next_at = $3, settled_at = 0
         WHERE tenant_id = $1 AND id = $2",
        args![scope.tenant(), delivery, now],
    )
    .await?;
    Ok(())
}

/// Puts what settled since then in line again; answers how many.
pub async fn replay(
    tx: &mut Tx<'_>,
    scope: &Scope,
    endpoint: &str,
    (since, which): (i64, Which),
) -> DbResult<u64> {
    let now = tx.now();
    tx.exec(
        "UPDATE webhooks_delivery SET state = 'waiting', tries = 0, next_at = $3, settled_at = 0
         WHERE tenant_id = $1 AND endpoint_id = $2 AND created_at >= $4
           AND (state IN ('failed', 'held') OR ($5 = TRUE AND state = 'delivered'))",
        args![scope.tenant(), endpoint, now, since, which == Which::All],
    )
    .await
}
