//! Every query of endpoints and what decides about them.

mod deliveries;

pub(super) use deliveries::*;

use base::{Secret, Timestamp};

use super::model::{KEPT, MOST_ENDPOINTS, ROTATION, WebhookRefusal, secret_of};
use super::rows::{Counts, EndpointRow};
use crate::args;
use crate::ctx::Ctx;
use crate::kernel::db::{DbResult, Tx};
use crate::kernel::http::{AppError, AppResult, Scope};
use crate::kernel::seal::Sealer;
use crate::people;

/// What a secret is sealed for, so that it can't be moved to another endpoint.
fn about(scope: &Scope, endpoint: &str) -> String {
    format!("webhook:{}:{endpoint}", scope.tenant())
}

fn new_secret(ctx: &Ctx, tx: &Tx<'_>, scope: &Scope, endpoint: &str) -> (Secret<String>, String) {
    // 48 bytes that carry 192 bits: the specification asks for 24 to 64 bytes.
    let plain = Secret::new(secret_of(tx.token(24).as_bytes()));
    let sealed = ctx.sealer().seal(ctx.ids(), &about(scope, endpoint), &plain);
    (plain, sealed)
}

/// The secrets that sign now, newest first.
pub(super) fn secrets(
    sealer: &Sealer,
    scope: &Scope,
    e: &EndpointRow,
    now: Timestamp,
) -> Vec<Secret<String>> {
    let mut all: Vec<_> = sealer.open(&about(scope, &e.id), &e.sealed_secret).into_iter().collect();
    if e.old_until > now.0 {
        all.extend(sealer.open(&about(scope, &e.id), &e.sealed_old_secret));
    }
    all
}

/// Makes an endpoint; answers its id and the secret, which is shown once.
pub(super) async fn create(
    (ctx, tx): (&Ctx, &mut Tx<'_>),
    scope: &Scope,
    (url, description): (&str, &str),
    types: &[String],
) -> AppResult<(String, Secret<String>)> {
    let (id, now) = (tx.new_id("whk"), tx.now());
    let (secret, sealed) = new_secret(ctx, tx, scope, &id);
    tx.exec(
        "INSERT INTO webhooks_endpoint (tenant_id, id, url, description, types, sealed_secret, sealed_old_secret,
             old_until, enabled, off_reason, off_at, failing_since, last_ok_at, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, '', 0, TRUE, '', 0, 0, 0, $7)",
        args![scope.tenant(), &id, url, description, types.join(","), sealed, now],
    )
    .await?;
    if list(tx, scope).await?.len() > MOST_ENDPOINTS {
        return Err(WebhookRefusal::TooManyEndpoints.into());
    }
    Ok((id, secret))
}

/// A fresh secret; the one before signs along for a day.
pub(super) async fn rotate(
    (ctx, tx): (&Ctx, &mut Tx<'_>),
    scope: &Scope,
    endpoint: &str,
) -> AppResult<Secret<String>> {
    let until = tx.now().plus(ROTATION);
    let (secret, sealed) = new_secret(ctx, tx, scope, endpoint);
    tx.exec(
        "UPDATE webhooks_endpoint SET sealed_old_secret = sealed_secret, old_until = $4, sealed_secret = $3
         WHERE tenant_id = $1 AND id = $2",
        args![scope.tenant(), endpoint, sealed, until],
    )
    .await?;
    Ok(secret)
}

/// All endpoints, oldest first.
pub(super) async fn list(tx: &mut Tx<'_>, scope: &Scope) -> DbResult<Vec<EndpointRow>> {
    tx.all(
        "SELECT id, url, description, types, sealed_secret, sealed_old_secret, old_until, enabled, off_reason, off_at,
                failing_since, last_ok_at, created_at
         FROM webhooks_endpoint WHERE tenant_id = $1 ORDER BY id",
        args![scope.tenant()],
    )
    .await
}

pub(super) async fn get(tx: &mut Tx<'_>, scope: &Scope, id: &str) -> AppResult<EndpointRow> {
    find(tx, scope, id).await?.ok_or_else(AppError::not_found)
}

pub(super) async fn find(tx: &mut Tx<'_>, scope: &Scope, id: &str) -> DbResult<Option<EndpointRow>> {
    tx.opt(
        "SELECT id, url, description, types, sealed_secret, sealed_old_secret, old_until, enabled, off_reason, off_at,
                failing_since, last_ok_at, created_at
         FROM webhooks_endpoint WHERE tenant_id = $1 AND id = $2",
        args![scope.tenant(), id],
    )
    .await
}

/// Endpoints that messages are written for: those that are on, and those that we switched off ourselves.
pub(super) async fn awake(tx: &mut Tx<'_>, scope: &Scope) -> DbResult<Vec<EndpointRow>> {
    let mut all = list(tx, scope).await?;
    all.retain(|e| e.enabled || !e.off_reason.is_empty());
    Ok(all)
}

/// Writes address, description, types and state.
pub(super) async fn save(tx: &mut Tx<'_>, scope: &Scope, e: &EndpointRow) -> DbResult<()> {
    tx.exec(
        "UPDATE webhooks_endpoint SET url = $3, description = $4, types = $5, enabled = $6, off_reason = $7,
             off_at = $8, failing_since = $9
         WHERE tenant_id = $1 AND id = $2",
        args![
            scope.tenant(),
            &e.id,
            &e.url,
            &e.description,
            &e.types,
            e.enabled,
            &e.off_reason,
            e.off_at,
            e.failing_since
        ],
    )
    .await?;
    Ok(())
}

/// Notes how the last attempts went: a success clears the time since which it fails.
pub(super) async fn note_health(
    tx: &mut Tx<'_>,
    scope: &Scope,
    endpoint: &str,
    succeeded: bool,
) -> DbResult<()> {
    let now = tx.now();
    let ok_at = if succeeded { now.0 } else { 0 };
    tx.exec(
        "UPDATE webhooks_endpoint SET
             last_ok_at = CASE WHEN $3 > 0 THEN $3 ELSE last_ok_at END,
             failing_since = CASE WHEN $3 > 0 THEN 0 WHEN failing_since = 0 THEN $4 ELSE failing_since END
         WHERE tenant_id = $1 AND id = $2",
        args![scope.tenant(), endpoint, ok_at, now],
    )
    .await?;
    Ok(())
}

/// Switches an endpoint off by ourselves; what waits for it is held. `reason` is a catalogue key.
pub(super) async fn switch_off(tx: &mut Tx<'_>, scope: &Scope, endpoint: &str, reason: &str) -> DbResult<()> {
    let now = tx.now();
    tx.exec(
        "UPDATE webhooks_endpoint SET enabled = FALSE, off_reason = $3, off_at = $4
         WHERE tenant_id = $1 AND id = $2 AND enabled = TRUE",
        args![scope.tenant(), endpoint, reason, now],
    )
    .await?;
    hold(tx, scope, endpoint).await
}

/// Endpoints that we switched off and nobody looked after yet.
pub async fn switched_off(tx: &mut Tx<'_>, scope: &Scope) -> DbResult<Vec<EndpointRow>> {
    let mut all = list(tx, scope).await?;
    all.retain(|e| !e.enabled && !e.off_reason.is_empty());
    Ok(all)
}

/// Removes an endpoint with everything that was on its way.
pub(super) async fn remove(tx: &mut Tx<'_>, scope: &Scope, id: &str) -> DbResult<()> {
    tx.exec(
        "DELETE FROM webhooks_attempt WHERE tenant_id = $1 AND delivery_id IN (
             SELECT id FROM webhooks_delivery WHERE tenant_id = $1 AND endpoint_id = $2)",
        args![scope.tenant(), id],
    )
    .await?;
    tx.exec(
        "DELETE FROM webhooks_delivery WHERE tenant_id = $1 AND endpoint_id = $2",
        args![scope.tenant(), id],
    )
    .await?;
    tx.exec("DELETE FROM webhooks_endpoint WHERE tenant_id = $1 AND id = $2", args![scope.tenant(), id])
        .await?;
    Ok(())
}

/// How many deliveries of an endpoint stand where.
pub(super) async fn counts_of(tx: &mut Tx<'_>, scope: &Scope, endpoint: &str) -> DbResult<Counts> {
    tx.one(
        "SELECT CAST(COALESCE(SUM(CASE WHEN state = 'waiting' THEN 1 ELSE 0 END), 0) AS BIGINT) AS waiting,
                CAST(COALESCE(SUM(CASE WHEN state = 'delivered' THEN 1 ELSE 0 END), 0) AS BIGINT) AS delivered,
                CAST(COALESCE(SUM(CASE WHEN state = 'failed' THEN 1 ELSE 0 END), 0) AS BIGINT) AS failed,
                CAST(COALESCE(SUM(CASE WHEN state = 'held' THEN 1 ELSE 0 END), 0) AS BIGINT) AS held
         FROM webhooks_delivery WHERE tenant_id = $1 AND endpoint_id = $2",
        args![scope.tenant(), endpoint],
    )
    .await
}

/// Whether a person is a customer: of nobody else anything is told.
pub(super) async fn counts(tx: &mut Tx<'_>, scope: &Scope, person: &str) -> DbResult<bool> {
    let row: Option<(String,)> = tx
        .opt("SELECT kind FROM people_person WHERE tenant_id = $1 AND id = $2", args![scope.tenant(), person])
        .await?;
    Ok(row.is_some_and(|(kind,)| people::counts(&kind)))
}

/// Forgets what settled long ago.
pub(super) async fn prune(tx: &mut Tx<'_>, scope: &Scope) -> DbResult<()> {
    let before = tx.now().minus(KEPT);
    tx.exec(
        "DELETE FROM webhooks_attempt WHERE tenant_id = $1 AND delivery_id IN (
             SELECT id FROM webhooks_delivery WHERE tenant_id = $1 AND created_at < $2 AND state <> 'waiting')",
        args![scope.tenant(), before],
    )
    .await?;
    tx.exec(
        "DELETE FROM webhooks_delivery WHERE tenant_id = $1 AND created_at < $2 AND state <> 'waiting'",
        args![scope.tenant(), before],
    )
    .await?;
    Ok(())
}
