//! `/api/v1/tenant`: the caller's own company.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Tenant, store};
use crate::ctx::Ctx;
use crate::kernel::audit;
use crate::kernel::http::{Allowed, AppResult, Caller, ErrorBody, permission};

/// The company of the signed-in operator.
#[utoipa::path(get, path = "/api/v1/tenant", responses((status = 200, body = Tenant), (status = 401, body = ErrorBody)))]
async fn get_tenant(State(ctx): State<Ctx>, caller: Caller) -> AppResult<Json<Tenant>> {
    let mut tx = ctx.read().await?;
    Ok(Json(store::get(&mut tx, &caller.scope).await?))
}

/// Absent fields stay as they are.
#[derive(Deserialize, ToSchema)]
struct TenantPatch {
    name: Option<String>,
    zone: Option<String>,
    day_cut_minutes: Option<i64>,
    daily_cap: Option<i64>,
    daily_warn: Option<i64>,
    broadcast_rule: Option<String>,
}

/// Changes operating defaults.
#[utoipa::path(patch, path = "/api/v1/tenant", request_body = TenantPatch,
    responses((status = 200, body = Tenant), (status = 422, body = ErrorBody)))]
async fn patch_tenant(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::TenantsWrite>,
    Json(patch): Json<TenantPatch>,
) -> AppResult<Json<Tenant>> {
    let mut tx = ctx.begin().await?;
    let mut tenant = store::get(&mut tx, &caller.scope).await?;
    tenant.name = patch.name.unwrap_or(tenant.name);
    tenant.zone = patch.zone.unwrap_or(tenant.zone);
    tenant.day_cut_minutes = patch.day_cut_minutes.unwrap_or(tenant.day_cut_minutes);
    tenant.daily_cap = patch.daily_cap.unwrap_or(tenant.daily_cap);
    tenant.daily_warn = patch.daily_warn.unwrap_or(tenant.daily_warn);
    tenant.broadcast_rule = patch.broadcast_rule.unwrap_or(tenant.broadcast_rule);
    tenant.check()?;
    store::update(&mut tx, &tenant).await?;
    audit::record(&mut tx, &caller, "tenants.update", &tenant.id).await?;
    tx.commit().await?;
    Ok(Json(tenant))
}

pub fn router() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new().routes(routes!(get_tenant, patch_tenant))
}
