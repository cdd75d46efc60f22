//! Where orders come from: the signed deliveries of a shop, and files that were taken.

use base::Secret;

use super::super::rows::{ImportRow, SourceRow};
use crate::args;
use crate::ctx::Ctx;
use crate::kernel::db::{DbResult, Tx};
use crate::kernel::http::{AppResult, Scope};

/// Where deliveries with this key belong.
pub(in crate::orders) async fn source_by_key(tx: &mut Tx<'_>, key: &str) -> DbResult<Option<SourceRow>> {
    tx.opt(
        "SELECT tenant_id, hook_key, sealed_secret, last_received_at FROM orders_source WHERE hook_key = $1",
        args![key],
    )
    .await
}

pub(in crate::orders) async fn source(tx: &mut Tx<'_>, scope: &Scope) -> DbResult<Option<SourceRow>> {
    tx.opt(
        "SELECT tenant_id, hook_key, sealed_secret, last_received_at FROM orders_source WHERE tenant_id = $1",
        args![scope.tenant()],
    )
    .await
}

/// A company's key and secret for signed deliveries, made when there are none or when `renew` is set.
pub async fn hook_secret(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    scope: &Scope,
    renew: Renew,
) -> AppResult<(String, Secret<String>)> {
    let held = source(tx, scope).await?;
    if let (Some(held), Renew::KeepIfThere) = (&held, renew)
        && let Some(secret) = ctx.sealer().open(&about(scope), &held.sealed_secret)
    {
        return Ok((held.hook_key.clone(), secret));
    }
    let key = held.map_or_else(|| tx.token(10), |held| held.hook_key);
    let secret = Secret::new(tx.token(24));
    let sealed = ctx.sealer().seal(ctx.ids(), &about(scope), &secret);
    let now = tx.now();
    tx.exec(
        "INSERT INTO orders_source (tenant_id, hook_key, sealed_secret, made_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (tenant_id) DO UPDATE SET sealed_secret = excluded.sealed_secret, made_at = excluded.made_at",
        args![scope.tenant(), &key, sealed, now],
    )
    .await?;
    Ok((key, secret))
}

/// Whether a secret that is there is replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Renew {
    KeepIfThere,
    Replace,
}

/// What the secret is sealed with, so that it opens for no other company.
pub(in crate::orders) fn about(scope: &Scope) -> String {
    format!("orders hook {}", scope.tenant())
}

pub(in crate::orders) async fn note_received(tx: &mut Tx<'_>, scope: &Scope) -> DbResult<()> {
    let now = tx.now();
    tx.exec(
        "UPDATE orders_source SET last_received_at = $2 WHERE tenant_id = $1",
        args![scope.tenant(), now],
    )
    .await?;
    Ok(())
}

/// The earlier taking of the same file.
pub(in crate::orders) async fn import_of(
    tx: &mut Tx<'_>,
    scope: &Scope,
    digest: &str,
) -> DbResult<Option<ImportRow>> {
    tx.opt(
        "SELECT id, file_name, total, created, changed, unchanged, at FROM orders_import
         WHERE tenant_id = $1 AND digest = $2",
        args![scope.tenant(), digest],
    )
    .await
}

pub(in crate::orders) async fn note_import(
    tx: &mut Tx<'_>,
    scope: &Scope,
    digest: &str,
    import: &ImportRow,
) -> DbResult<()> {
    tx.exec(
        "INSERT INTO orders_import (tenant_id, id, digest, file_name, total, created, changed, unchanged, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        args![
            scope.tenant(),
            &import.id,
            digest,
            &import.file_name,
            import.total,
            import.created,
            import.changed,
            import.unchanged,
            import.at
        ],
    )
    .await?;
    Ok(())
}
