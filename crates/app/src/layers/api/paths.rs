//! `/api/v1/layers/paths`: ways from one community to a closer one, and what a person must be to be suggested.

use axum::Json;
use axum::extract::{Path, State};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::super::jobs;
use super::super::model::{LayerRefusal, NAME_CHARS, PathBody, rank};
use super::super::rows::PathRow;
use super::super::store::paths::{self, NewPath};
use crate::ctx::Ctx;
use crate::kernel::audit;
use crate::kernel::db::Tx;
use crate::kernel::http::{Allowed, AppResult, Caller, ErrorBody, Scope, permission};
use crate::{communities, tags};

/// A way between communities.
#[derive(Serialize, ToSchema)]
struct LayerPath {
    id: String,
    name: String,
    to_community: String,
    to_name: String,
    #[serde(flatten)]
    body: PathBody,
    enabled: bool,
    changed_at: i64,
    changed_by: String,
}

/// A community that ways lead from or to.
#[derive(Serialize, ToSchema)]
struct PathPlace {
    id: String,
    name: String,
    /// 0 general, 1 content, 2 core: ways lead upwards only.
    rank: u8,
    active: bool,
}

#[derive(Serialize, ToSchema)]
struct LayerPathList {
    items: Vec<LayerPath>,
    /// Every community with its rank.
    places: Vec<PathPlace>,
}

async fn views(tx: &mut Tx<'_>, scope: &Scope, rows: Vec<PathRow>) -> AppResult<LayerPathList> {
    let places = paths::places(tx, scope).await?;
    let name = |id: &str| places.iter().find(|p| p.id == id).map(|p| p.name.clone()).unwrap_or_default();
    let view = |row: PathRow| -> AppResult<LayerPath> {
        Ok(LayerPath {
            body: row.conditions()?,
            to_name: name(&row.to_community),
            id: row.id,
            name: row.name,
            to_community: row.to_community,
            enabled: row.enabled,
            changed_at: row.changed_at,
            changed_by: row.changed_by,
        })
    };
    let items = rows.into_iter().map(view).collect::<AppResult<Vec<_>>>()?;
    let place = |p: paths::Place| PathPlace { id: p.id, name: p.name, rank: p.rank, active: p.active };
    Ok(LayerPathList { items, places: places.into_iter().map(place).collect() })
}

/// All ways, with the communities they can lead between.
#[utoipa::path(get, path = "/api/v1/layers/paths", responses((status = 200, body = LayerPathList)))]
async fn list_paths(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::LayersRead>,
) -> AppResult<Json<LayerPathList>> {
    let mut tx = ctx.read().await?;
    let rows = paths::paths(&mut tx, &caller.scope).await?;
    Ok(Json(views(&mut tx, &caller.scope, rows).await?))
}

/// A way as it is to be.
#[derive(Deserialize, ToSchema)]
struct LayerPathDraft {
    /// 1 to 40 characters.
    name: String,
    to_community: String,
    #[serde(flatten)]
    body: PathBody,
    enabled: bool,
}

/// Refuses a way that doesn't lead upwards, or names what isn't there.
async fn check(tx: &mut Tx<'_>, scope: &Scope, draft: &LayerPathDraft) -> AppResult<()> {
    if !(1..=NAME_CHARS).contains(&draft.name.trim().chars().count()) {
        return Err(LayerRefusal::Field { field: "name", cure: "1–40" }.into());
    }
    draft.body.check()?;
    let to = communities::get(tx, scope, &draft.to_community).await?;
    if rank(to.kind, to.tier) == 0 {
        return Err(LayerRefusal::PathDirection.into());
    }
    for from in &draft.body.from {
        let from = communities::get(tx, scope, from).await?;
        if rank(from.kind, from.tier) >= rank(to.kind, to.tier) {
            return Err(LayerRefusal::PathDirection.into());
        }
    }
    for tag in &draft.body.tags {
        tags::get(tx, scope, tag).await?;
    }
    Ok(())
}

async fn save(
    mut tx: Tx<'_>,
    caller: &Caller,
    (id, act): (&str, &str),
    draft: &LayerPathDraft,
) -> AppResult<Json<LayerPath>> {
    let scope = &caller.scope;
    check(&mut tx, scope, draft).await?;
    let new = NewPath {
        id,
        name: draft.name.trim(),
        to: &draft.to_community,
        body: &draft.body,
        enabled: draft.enabled,
        by: &caller.operator_name,
    };
    paths::save_path(&mut tx, scope, &new).await?;
    if !draft.enabled {
        paths::lapse_of_path(&mut tx, scope, id).await?;
    }
    paths::look_at_members(&mut tx, scope).await?;
    tx.enqueue(scope.tenant(), &jobs::Refresh {}).await?;
    audit::record(&mut tx, caller, act, id).await?;
    let row = paths::path(&mut tx, scope, id).await?;
    let view = views(&mut tx, scope, vec![row]).await?.items.pop();
    tx.commit().await?;
    view.map(Json).ok_or_else(crate::kernel::http::AppError::not_found)
}

/// Opens a way. What it suggests appears within minutes; nobody is invited by it.
#[utoipa::path(post, path = "/api/v1/layers/paths", request_body = LayerPathDraft,
    responses((status = 200, body = LayerPath), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)))]
async fn create_path(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::LayersWrite>,
    Json(draft): Json<LayerPathDraft>,
) -> AppResult<Json<LayerPath>> {
    let tx = ctx.begin().await?;
    let id = tx.new_id("pth");
    save(tx, &caller, (&id, "layers.create_path"), &draft).await
}

/// Changes a way.
#[utoipa::path(put, path = "/api/v1/layers/paths/{id}", request_body = LayerPathDraft,
    responses((status = 200, body = LayerPath), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)))]
async fn change_path(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::LayersWrite>,
    Path(id): Path<String>,
    Json(draft): Json<LayerPathDraft>,
) -> AppResult<Json<LayerPath>> {
    let mut tx = ctx.begin().await?;
    paths::path(&mut tx, &caller.scope, &id).await?;
    save(tx, &caller, (&id, "layers.change_path"), &draft).await
}

/// Closes a way; what it suggested and nobody decided lapses.
#[utoipa::path(delete, path = "/api/v1/layers/paths/{id}",
    responses((status = 204), (status = 404, body = ErrorBody)))]
async fn delete_path(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::LayersWrite>,
    Path(id): Path<String>,
) -> AppResult<StatusCode> {
    let mut tx = ctx.begin().await?;
    paths::path(&mut tx, &caller.scope, &id).await?;
    paths::delete_path(&mut tx, &caller.scope, &id, &caller.operator_name).await?;
    audit::record(&mut tx, &caller, "layers.delete_path", &id).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

pub fn router() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new().routes(routes!(list_paths, create_path)).routes(routes!(change_path, delete_path))
}
