//! Every query of the tenants.

use super::rows::Tenant;
use crate::args;
use crate::kernel::db::{DbResult, Tx};
use crate::kernel::http::{AppError, AppResult, Scope, SystemReason};

/// Ids of all tenants, for work that goes round.
pub async fn all_ids(tx: &mut Tx<'_>) -> DbResult<Vec<String>> {
    let rows: Vec<(String,)> = tx.all("SELECT id FROM tenants_tenant ORDER BY id", args![]).await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// The tenant of this scope.
pub async fn get(tx: &mut Tx<'_>, scope: &Scope) -> AppResult<Tenant> {
    tx.opt(
        "SELECT id, name, zone, day_cut_minutes, daily_cap, daily_warn, broadcast_rule
         FROM tenants_tenant WHERE id = $1",
        args![scope.tenant()],
    )
    .await?
    .ok_or_else(AppError::not_found)
}

/// Founds a tenant with the field's defaults; answers its id.
pub async fn create(tx: &mut Tx<'_>, name: &str, zone: &str) -> AppResult<String> {
    let id = tx.new_id("tnt");
    tx.exec(
        "INSERT INTO tenants_tenant (id, name, zone, day_cut_minutes, daily_cap, daily_warn, broadcast_rule, created_at)
         VALUES ($1, $2, $3, 0, 5, 3, 'month', $4)",
        args![&id, name, zone, tx.now()],
    )
    .await?;
    Ok(id)
}

pub(super) async fn update(tx: &mut Tx<'_>, tenant: &Tenant) -> AppResult<()> {
    tx.exec(
        "UPDATE tenants_tenant SET name = $2, zone = $3, day_cut_minutes = $4, daily_cap = $5, daily_warn = $6,
             broadcast_rule = $7 WHERE id = $1",
        args![
            &tenant.id,
            &tenant.name,
            &tenant.zone,
            tenant.day_cut_minutes,
            tenant.daily_cap,
            tenant.daily_warn,
            &tenant.broadcast_rule
        ],
    )
    .await?;
    Ok(())
}

/// The scope in which a freshly founded tenant gets its first operator.
#[must_use]
pub fn founding_scope(tenant: &str) -> Scope {
    Scope::across_tenants(tenant, SystemReason("founding"))
}
