//! `/api/v1/group-tags`: tags on groups, ours alone.

use axum::Json;
use axum::extract::{Path, State};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::super::model;
use super::super::rows::LabelRow;
use super::super::store::labels;
use crate::ctx::Ctx;
use crate::kernel::audit;
use crate::kernel::http::{Allowed, AppResult, ErrorBody, permission};

#[derive(Serialize, ToSchema)]
struct GroupTagPage {
    items: Vec<LabelRow>,
    next: Option<String>,
}

/// All group tags with how many groups carry them.
#[utoipa::path(get, path = "/api/v1/group-tags", responses((status = 200, body = GroupTagPage)))]
async fn list_group_tags(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::GroupsRead>,
) -> AppResult<Json<GroupTagPage>> {
    let mut tx = ctx.read().await?;
    Ok(Json(GroupTagPage { items: labels::list(&mut tx, &caller.scope).await?, next: None }))
}

#[derive(Deserialize, ToSchema)]
struct GroupTagDraft {
    name: String,
    /// A name of the palette, or empty.
    #[serde(default)]
    colour: String,
}

/// Makes a group tag.
#[utoipa::path(post, path = "/api/v1/group-tags", request_body = GroupTagDraft,
    responses((status = 200, body = LabelRow), (status = 409, body = ErrorBody), (status = 422, body = ErrorBody)))]
async fn create_group_tag(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::TagsWrite>,
    Json(draft): Json<GroupTagDraft>,
) -> AppResult<Json<LabelRow>> {
    let (name, colour) = (model::name(&draft.name)?, model::colour(&draft.colour)?);
    let mut tx = ctx.begin().await?;
    let id = labels::insert(&mut tx, &caller.scope, &name, &colour).await?;
    audit::record(&mut tx, &caller, "tags.create_group_tag", &id).await?;
    let made = labels::get(&mut tx, &caller.scope, &id).await?;
    tx.commit().await?;
    Ok(Json(made))
}

/// Gives a group tag another name or colour.
#[utoipa::path(patch, path = "/api/v1/group-tags/{id}", request_body = GroupTagDraft,
    responses((status = 200, body = LabelRow), (status = 404, body = ErrorBody), (status = 409, body = ErrorBody)))]
async fn patch_group_tag(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::TagsWrite>,
    Path(id): Path<String>,
    Json(draft): Json<GroupTagDraft>,
) -> AppResult<Json<LabelRow>> {
    let (name, colour) = (model::name(&draft.name)?, model::colour(&draft.colour)?);
    let mut tx = ctx.begin().await?;
    labels::update(&mut tx, &caller.scope, &id, (&name, &colour)).await?;
    audit::record(&mut tx, &caller, "tags.change_group_tag", &id).await?;
    let changed = labels::get(&mut tx, &caller.scope, &id).await?;
    tx.commit().await?;
    Ok(Json(changed))
}

/// Deletes a group tag; groups lose it.
#[utoipa::path(delete, path = "/api/v1/group-tags/{id}",
    responses((status = 204), (status = 404, body = ErrorBody)))]
async fn delete_group_tag(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::TagsWrite>,
    Path(id): Path<String>,
) -> AppResult<StatusCode> {
    let mut tx = ctx.begin().await?;
    labels::delete(&mut tx, &caller.scope, &id).await?;
    audit::record(&mut tx, &caller, "tags.delete_group_tag", &id).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

pub fn router() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new()
        .routes(routes!(list_group_tags, create_group_tag))
        .routes(routes!(patch_group_tag, delete_group_tag))
}
