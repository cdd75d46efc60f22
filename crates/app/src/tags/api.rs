//! `/api/v1/tags` and `/api/v1/people/{id}/tags`.

use axum::Json;
use axum::extract::{Path, Query, State};
use http::StatusCode;
use messenger::tags::TagSnapshot;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::jobs::{Create, Rename, Unmark};
use super::model::{self, TagRefusal};
use super::rows::{CountedTag, PersonTag, TagRow};
use super::store;
use crate::ctx::Ctx;
use crate::kernel::audit;
use crate::kernel::http::{Allowed, AppError, AppResult, ErrorBody, permission};
use crate::kernel::search;
use crate::{accounts, people};

#[derive(Serialize, ToSchema)]
struct TagPage {
    items: Vec<CountedTag>,
    next: Option<String>,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct TagQuery {
    /// Part of a name, as written, in pinyin, or its pinyin initials.
    search: Option<String>,
}

/// All tags, or those that a search finds, with how many people carry them.
#[utoipa::path(get, path = "/api/v1/tags", params(TagQuery), responses((status = 200, body = TagPage)))]
async fn list_tags(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::TagsRead>,
    Query(query): Query<TagQuery>,
) -> AppResult<Json<TagPage>> {
    let pattern = search::pattern(query.search.as_deref().unwrap_or_default());
    let mut tx = ctx.read().await?;
    Ok(Json(TagPage { items: store::list(&mut tx, &caller.scope, &pattern).await?, next: None }))
}

/// New tags of one group; the group is made when there is none of that name.
#[derive(Deserialize, ToSchema)]
struct TagDraft {
    account_id: String,
    group: String,
    names: Vec<String>,
}

/// Makes tags here and on the platform. Names that exist stay as they are.
#[utoipa::path(post, path = "/api/v1/tags", request_body = TagDraft,
    responses((status = 200, body = TagPage), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)))]
async fn create_tags(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::TagsWrite>,
    Json(draft): Json<TagDraft>,
) -> AppResult<Json<TagPage>> {
    let group_name = model::name(&draft.group)?;
    let names = draft.names.iter().map(|n| model::name(n)).collect::<Result<Vec<_>, _>>()?;
    if names.is_empty() {
        return Err(TagRefusal::NoNames.into());
    }
    let mut tx = ctx.begin().await?;
    if !accounts::list_ids(&mut tx, &caller.scope).await?.contains(&draft.account_id) {
        return Err(AppError::not_found());
    }
    let account = &draft.account_id;
    let group = store::ensure_group(&mut tx, &caller.scope, account, ("", &group_name, 0)).await?;
    for name in names {
        let tag = TagSnapshot { id: String::new(), name, order: 0 };
        store::upsert(&mut tx, &caller.scope, (account, &group), &tag).await?;
    }
    tx.enqueue(caller.scope.tenant(), &Create { group: group.clone() }).await?;
    audit::record(&mut tx, &caller, "tags.create", &group).await?;
    let mut items = store::list(&mut tx, &caller.scope, "%").await?;
    tx.commit().await?;
    items.retain(|t| t.group_id == group);
    Ok(Json(TagPage { items, next: None }))
}

#[derive(Deserialize, ToSchema)]
struct TagPatch {
    name: String,
}

/// Renames a tag here and on the platform.
#[utoipa::path(patch, path = "/api/v1/tags/{id}", request_body = TagPatch,
    responses((status = 200, body = TagRow), (status = 404, body = ErrorBody), (status = 409, body = ErrorBody)))]
async fn rename_tag(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::TagsWrite>,
    Path(id): Path<String>,
    Json(patch): Json<TagPatch>,
) -> AppResult<Json<TagRow>> {
    let name = model::name(&patch.name)?;
    let mut tx = ctx.begin().await?;
    store::get(&mut tx, &caller.scope, &id).await?;
    store::set_name(&mut tx, &caller.scope, &id, &name).await.map_err(|e| match e.is_unique() {
        true => TagRefusal::NameTaken.into(),
        false => AppError::from(e),
    })?;
    tx.enqueue(caller.scope.tenant(), &Rename { tag: id.clone() }).await?;
    audit::record(&mut tx, &caller, "tags.rename", &id).await?;
    let tag = store::get(&mut tx, &caller.scope, &id).await?;
    tx.commit().await?;
    Ok(Json(tag))
}

#[derive(Serialize, ToSchema)]
struct PersonTagPage {
    items: Vec<PersonTag>,
    next: Option<String>,
}

/// A person's tags, with source and time.
#[utoipa::path(get, path = "/api/v1/people/{id}/tags",
    responses((status = 200, body = PersonTagPage), (status = 404, body = ErrorBody)))]
async fn list_person_tags(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::PeopleRead>,
    Path(id): Path<String>,
) -> AppResult<Json<PersonTagPage>> {
    let mut tx = ctx.read().await?;
    people::get(&mut tx, &caller.scope, &id).await?;
    Ok(Json(PersonTagPage { items: store::of_person(&mut tx, &caller.scope, &id).await?, next: None }))
}

#[derive(Deserialize, ToSchema)]
struct GivenTags {
    tags: Vec<String>,
}

/// Gives a person tags.
#[utoipa::path(post, path = "/api/v1/people/{id}/tags", request_body = GivenTags,
    responses((status = 200, body = PersonTagPage), (status = 404, body = ErrorBody)))]
async fn tag_person(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::TagsWrite>,
    Path(id): Path<String>,
    Json(given): Json<GivenTags>,
) -> AppResult<Json<PersonTagPage>> {
    let mut tx = ctx.begin().await?;
    people::get(&mut tx, &caller.scope, &id).await?;
    for tag in &given.tags {
        store::get(&mut tx, &caller.scope, tag).await?;
    }
    super::apply(&mut tx, &caller.scope, &id, &given.tags, "operator").await?;
    audit::record(&mut tx, &caller, "tags.apply", &id).await?;
    let items = store::of_person(&mut tx, &caller.scope, &id).await?;
    tx.commit().await?;
    Ok(Json(PersonTagPage { items, next: None }))
}

/// Takes a tag from a person.
#[utoipa::path(delete, path = "/api/v1/people/{id}/tags/{tag}",
    responses((status = 204), (status = 404, body = ErrorBody)))]
async fn untag_person(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::TagsWrite>,
    Path((id, tag)): Path<(String, String)>,
) -> AppResult<StatusCode> {
    let mut tx = ctx.begin().await?;
    people::get(&mut tx, &caller.scope, &id).await?;
    if !store::take(&mut tx, &caller.scope, &id, &tag).await? {
        return Err(AppError::not_found());
    }
    tx.enqueue(caller.scope.tenant(), &Unmark { person: id.clone(), tag }).await?;
    audit::record(&mut tx, &caller, "tags.take", &id).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

pub fn router() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new()
        .routes(routes!(list_tags, create_tags))
        .routes(routes!(rename_tag))
        .routes(routes!(list_person_tags, tag_person))
        .routes(routes!(untag_person))
}
