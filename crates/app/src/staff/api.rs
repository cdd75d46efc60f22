//! `/api/v1/staff`.

use axum::Json;
use axum::extract::{Path, Query, State};
use base::Page;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::model::{StaffKind, StaffRefusal};
use super::rows::StaffRow;
use super::store;
use crate::ctx::Ctx;
use crate::kernel::audit;
use crate::kernel::http::{Allowed, AppResult, ErrorBody, ListQuery, permission};
use crate::reactions;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct StaffFilter {
    /// Only those who still work here.
    active: Option<bool>,
}

#[derive(Serialize, ToSchema)]
struct StaffPage {
    items: Vec<StaffRow>,
    next: Option<String>,
}

/// Employees.
#[utoipa::path(get, path = "/api/v1/staff", params(ListQuery, StaffFilter), responses((status = 200, body = StaffPage)))]
async fn list_staff(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::StaffRead>,
    Query(query): Query<ListQuery>,
    Query(filter): Query<StaffFilter>,
) -> AppResult<Json<StaffPage>> {
    let page = query.paging();
    let mut tx = ctx.read().await?;
    let filter = (query.pattern(), filter.active.unwrap_or(false));
    let rows = store::list(&mut tx, &caller.scope, &page, (&filter.0, filter.1)).await?;
    let Page { items, next } = Page::cut(rows, page.limit, |r| r.id.clone());
    Ok(Json(StaffPage { items, next }))
}

/// One employee.
#[utoipa::path(get, path = "/api/v1/staff/{id}", responses((status = 200, body = StaffRow), (status = 404, body = ErrorBody)))]
async fn get_staff(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::StaffRead>,
    Path(id): Path<String>,
) -> AppResult<Json<StaffRow>> {
    let mut tx = ctx.read().await?;
    Ok(Json(store::get(&mut tx, &caller.scope, &id).await?))
}

#[derive(Deserialize, ToSchema)]
struct StaffPatch {
    kind: StaffKind,
}

/// Says what an employee is among customers.
#[utoipa::path(patch, path = "/api/v1/staff/{id}", request_body = StaffPatch,
    responses((status = 200, body = StaffRow), (status = 404, body = ErrorBody), (status = 409, body = ErrorBody)))]
async fn patch_staff(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::StaffWrite>,
    Path(id): Path<String>,
    Json(patch): Json<StaffPatch>,
) -> AppResult<Json<StaffRow>> {
    let mut tx = ctx.begin().await?;
    let mut row = store::get(&mut tx, &caller.scope, &id).await?;
    let is_house = row.kind == StaffKind::HouseAccount.word();
    if is_house && !StaffKind::HouseAccount.may_become(patch.kind) {
        return Err(StaffRefusal::HouseAccountStays.into());
    }
    patch.kind.word().clone_into(&mut row.kind);
    store::set_kind(&mut tx, &caller.scope, &id, &row.kind).await?;
    reactions::staff_kind_changed(&mut tx, &caller.scope, &row).await?;
    audit::record(&mut tx, &caller, "staff.update", &id).await?;
    tx.commit().await?;
    Ok(Json(row))
}

pub fn router() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new().routes(routes!(list_staff)).routes(routes!(get_staff, patch_staff))
}
