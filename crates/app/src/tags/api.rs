//! `/api/v1/tags` and `/api/v1/people/{id}/tags`; what becomes of a tag in `manage.rs`, rules in `rules.rs`, bulk jobs in
//! `bulk.rs`, tags on groups in `labels.rs`.

mod bulk;
mod labels;
mod manage;
mod rules;

use axum::Json;
use axum::extract::{Path, Query, State};
use base::Timestamp;
use http::StatusCode;
use messenger::tags::TagSnapshot;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::jobs::{Create, Rename};
use super::model::{self, Cause, TagRefusal};
use super::rows::{CountedTag, DeletedTag, PersonTag, TagGroupRow, TagRow};
use super::store;
use crate::ctx::Ctx;
use crate::kernel::audit;
use crate::kernel::db::{DbError, Tx};
use crate::kernel::http::{Allowed, AppError, AppResult, ErrorBody, Scope, permission};
use crate::kernel::search;
use crate::{accounts, people};

#[derive(Serialize, ToSchema)]
struct TagPage {
    items: Vec<CountedTag>,
    next: Option<String>,
    /// Tag groups in their order; the empty ones too.
    groups: Vec<TagGroupRow>,
    /// Tags that can be brought back.
    deleted: Vec<DeletedTag>,
}

async fn page(tx: &mut Tx<'_>, scope: &Scope, group: Option<&str>, pattern: &str) -> AppResult<TagPage> {
    let mut items = store::list(tx, scope, pattern).await?;
    items.retain(|t| group.is_none_or(|g| t.group_id == g));
    let since = Timestamp(tx.now().0 - model::RESTORABLE);
    Ok(TagPage {
        items,
        next: None,
        groups: store::manage::groups(tx, scope).await?,
        deleted: store::manage::deleted(tx, scope, since).await?,
    })
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
    Ok(Json(page(&mut tx, &caller.scope, None, &pattern).await?))
}

/// New tags of one group; the group is made when there is none of that name.
#[derive(Deserialize, ToSchema)]
struct TagDraft {
    account_id: String,
    group: String,
    names: Vec<String>,
    /// A name of the palette for the new tags; absent means: as the group.
    colour: Option<String>,
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
    let colour = model::colour(draft.colour.as_deref().unwrap_or_default())?;
    let mut tx = ctx.begin().await?;
    if !accounts::list_ids(&mut tx, &caller.scope).await?.contains(&draft.account_id) {
        return Err(AppError::not_found());
    }
    let account = &draft.account_id;
    let group = store::ensure_group(&mut tx, &caller.scope, account, ("", &group_name, 0)).await?;
    for name in names {
        let tag = TagSnapshot { id: String::new(), name, order: 0 };
        let made = store::upsert(&mut tx, &caller.scope, (account, &group), &tag).await?;
        if let Some(made) = made {
            store::manage::set_colour(&mut tx, &caller.scope, &made, &colour).await?;
        }
    }
    tx.enqueue(caller.scope.tenant(), &Create { group: group.clone() }).await?;
    audit::record(&mut tx, &caller, "tags.create", &group).await?;
    let (all, in_group) = store::manage::counts(&mut tx, &caller.scope, (account, &group)).await?;
    model::fits(all, in_group)?;
    let page = page(&mut tx, &caller.scope, Some(&group), "%").await?;
    tx.commit().await?;
    Ok(Json(page))
}

#[derive(Deserialize, ToSchema)]
struct TagPatch {
    name: Option<String>,
    /// A name of the palette; empty means: as the group.
    colour: Option<String>,
}

/// Renames a tag here and on the platform, or gives it another colour here.
#[utoipa::path(patch, path = "/api/v1/tags/{id}", request_body = TagPatch,
    responses((status = 200, body = TagRow), (status = 404, body = ErrorBody), (status = 409, body = ErrorBody)))]
async fn rename_tag(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::TagsWrite>,
    Path(id): Path<String>,
    Json(patch): Json<TagPatch>,
) -> AppResult<Json<TagRow>> {
    let mut tx = ctx.begin().await?;
    store::get(&mut tx, &caller.scope, &id).await?;
    if let Some(name) = patch.name {
        let name = model::name(&name)?;
        store::set_name(&mut tx, &caller.scope, &id, &name).await.map_err(taken)?;
        tx.enqueue(caller.scope.tenant(), &Rename { tag: id.clone() }).await?;
        audit::record(&mut tx, &caller, "tags.rename", &id).await?;
    }
    if let Some(colour) = patch.colour {
        store::manage::set_colour(&mut tx, &caller.scope, &id, &model::colour(&colour)?).await?;
        audit::record(&mut tx, &caller, "tags.colour", &id).await?;
    }
    let tag = store::get(&mut tx, &caller.scope, &id).await?;
    tx.commit().await?;
    Ok(Json(tag))
}

/// A name that the group has already.
fn taken(e: DbError) -> AppError {
    if e.is_unique() { TagRefusal::NameTaken.into() } else { AppError::from(e) }
}

#[derive(Serialize, ToSchema)]
struct PersonTagPage {
    items: Vec<PersonTag>,
    next: Option<String>,
    /// Employees whose contact she is. With none the platform can't carry her tags: they are only here.
    bonds: usize,
}

async fn page_of(tx: &mut Tx<'_>, scope: &Scope, person: &str) -> AppResult<PersonTagPage> {
    let items = store::of_person(tx, scope, person).await?;
    let bonds = people::active_follows(tx, scope, person).await?.len();
    Ok(PersonTagPage { items, next: None, bonds })
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
    let id = people::present(&mut tx, &caller.scope, &id).await?.id;
    Ok(Json(page_of(&mut tx, &caller.scope, &id).await?))
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
    let id = people::present(&mut tx, &caller.scope, &id).await?.id;
    for tag in &given.tags {
        store::get(&mut tx, &caller.scope, tag).await?;
    }
    let cause = Cause { id: &caller.operator_id, ..Cause::of("operator") };
    super::apply_by(&mut tx, &caller.scope, &id, &given.tags, cause).await?;
    audit::record(&mut tx, &caller, "tags.apply", &id).await?;
    let page = page_of(&mut tx, &caller.scope, &id).await?;
    tx.commit().await?;
    Ok(Json(page))
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
    let id = people::present(&mut tx, &caller.scope, &id).await?.id;
    let cause = Cause { id: &caller.operator_id, ..Cause::of("operator") };
    if super::remove_by(&mut tx, &caller.scope, &id, &[tag], cause).await?.is_empty() {
        return Err(AppError::not_found());
    }
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
        .merge(manage::router())
        .merge(rules::router())
        .merge(bulk::router())
        .merge(labels::router())
}
