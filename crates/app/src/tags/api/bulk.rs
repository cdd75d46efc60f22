//! `/api/v1/tags/bulk`: tagging many people as one job.

use axum::Json;
use axum::extract::{Path, Query, State};
use base::Page;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::super::jobs::RunBulk;
use super::super::model::{BulkSource, State as BulkState, TagRefusal};
use super::super::rows::BulkRow;
use super::super::store::{self, bulk};
use crate::ctx::Ctx;
use crate::kernel::audit;
use crate::kernel::db::Tx;
use crate::kernel::http::{Allowed, AppError, AppResult, Caller, ErrorBody, ListQuery, Scope, permission};
use crate::people;

/// A bulk job and how far it is.
#[derive(Serialize, ToSchema)]
struct TagBulk {
    id: String,
    name: String,
    source: BulkSource,
    add: Vec<String>,
    remove: Vec<String>,
    state: BulkState,
    total: i64,
    done: i64,
    changed: i64,
    undone: i64,
    operator_name: String,
    created_at: i64,
    finished_at: Option<i64>,
}

fn view(row: BulkRow) -> AppResult<TagBulk> {
    let mut source = serde_json::from_str(&row.source)?;
    if let BulkSource::People { ids } = &mut source {
        // The list can be long; its length is the total.
        ids.clear();
    }
    Ok(TagBulk {
        id: row.id,
        name: row.name,
        source,
        add: serde_json::from_str(&row.add_tags)?,
        remove: serde_json::from_str(&row.remove_tags)?,
        state: row.state,
        total: row.total,
        done: row.done,
        changed: row.changed,
        undone: row.undone,
        operator_name: row.operator_name,
        created_at: row.created_at,
        finished_at: row.finished_at,
    })
}

#[derive(Serialize, ToSchema)]
struct TagBulkPage {
    items: Vec<TagBulk>,
    next: Option<String>,
}

/// Bulk jobs, newest first.
#[utoipa::path(get, path = "/api/v1/tags/bulk", params(ListQuery), responses((status = 200, body = TagBulkPage)))]
async fn list_bulks(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::TagsRead>,
    Query(query): Query<ListQuery>,
) -> AppResult<Json<TagBulkPage>> {
    let page = query.paging();
    let mut tx = ctx.read().await?;
    let rows = bulk::list(&mut tx, &caller.scope, &page).await?;
    let Page { items, next } = Page::cut(rows, page.limit, |r| r.id.clone());
    let items = items.into_iter().map(view).collect::<AppResult<Vec<_>>>()?;
    Ok(Json(TagBulkPage { items, next }))
}

/// How many people came out how: `waiting`, `changed`, `same`, `not_customer`, `gone`, `undone`, `kept`.
#[derive(Serialize, ToSchema)]
struct BulkOutcome {
    outcome: String,
    people: i64,
}

/// A bulk job with its outcomes.
#[derive(Serialize, ToSchema)]
struct TagBulkDetail {
    #[serde(flatten)]
    bulk: TagBulk,
    outcomes: Vec<BulkOutcome>,
}

async fn detail(tx: &mut Tx<'_>, scope: &Scope, id: &str) -> AppResult<TagBulkDetail> {
    let bulk = view(bulk::get(tx, scope, id).await?)?;
    let outcomes = bulk::outcomes(tx, scope, id).await?;
    let outcomes = outcomes.into_iter().map(|(outcome, people)| BulkOutcome { outcome, people }).collect();
    Ok(TagBulkDetail { bulk, outcomes })
}

/// One bulk job.
#[utoipa::path(get, path = "/api/v1/tags/bulk/{id}",
    responses((status = 200, body = TagBulkDetail), (status = 404, body = ErrorBody)))]
async fn get_bulk(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::TagsRead>,
    Path(id): Path<String>,
) -> AppResult<Json<TagBulkDetail>> {
    let mut tx = ctx.read().await?;
    Ok(Json(detail(&mut tx, &caller.scope, &id).await?))
}

#[derive(Deserialize, ToSchema)]
struct TagBulkDraft {
    /// At most 60 characters.
    #[serde(default)]
    name: String,
    source: BulkSource,
    #[serde(default)]
    add: Vec<String>,
    #[serde(default)]
    remove: Vec<String>,
}

/// Whom a source means, by id; within the caller's reach only.
async fn people_of(tx: &mut Tx<'_>, scope: &Scope, source: &BulkSource) -> AppResult<Vec<String>> {
    let filter = |search: &str, tag: &str, group: &str, community: &str| people::Filter {
        pattern: ListQuery { search: Some(search.to_owned()), ..ListQuery::default() }.pattern(),
        tag: tag.to_owned(),
        group: group.to_owned(),
        community: community.to_owned(),
    };
    match source {
        BulkSource::People { ids } => {
            for id in ids {
                people::get(tx, scope, id).await?;
            }
            let mut ids = ids.clone();
            ids.sort();
            ids.dedup();
            Ok(ids)
        }
        BulkSource::Filter { search, tag, group, community } => {
            people::matching(tx, scope, &filter(search, tag, group, community)).await
        }
        BulkSource::Group { group } => people::matching(tx, scope, &filter("", "", group, "")).await,
    }
}

/// Begins a bulk job: the list of people is frozen now.
#[utoipa::path(post, path = "/api/v1/tags/bulk", request_body = TagBulkDraft,
    responses((status = 200, body = TagBulkDetail), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)))]
async fn create_bulk(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::TagsWrite>,
    Json(draft): Json<TagBulkDraft>,
) -> AppResult<Json<TagBulkDetail>> {
    draft.source.check()?;
    if draft.add.len() + draft.remove.len() == 0 || draft.add.iter().any(|t| draft.remove.contains(t)) {
        return Err(TagRefusal::RuleTags.into());
    }
    if draft.name.chars().count() > 60 {
        return Err(AppError::invalid("name", "≤ 60"));
    }
    let mut tx = ctx.begin().await?;
    for tag in draft.add.iter().chain(&draft.remove) {
        store::get(&mut tx, &caller.scope, tag).await?;
    }
    let people = people_of(&mut tx, &caller.scope, &draft.source).await?;
    if people.is_empty() {
        return Err(TagRefusal::BulkNobody.into());
    }
    let new = bulk::NewBulk {
        name: draft.name.trim(),
        source: &serde_json::to_string(&draft.source)?,
        add: &serde_json::to_string(&draft.add)?,
        remove: &serde_json::to_string(&draft.remove)?,
        operator: &caller.operator_name,
    };
    let id = bulk::insert(&mut tx, &caller.scope, &new, &people).await?;
    tx.enqueue(caller.scope.tenant(), &RunBulk { bulk: id.clone() }).await?;
    audit::record(&mut tx, &caller, "tags.bulk", &id).await?;
    let made = detail(&mut tx, &caller.scope, &id).await?;
    tx.commit().await?;
    Ok(Json(made))
}

/// Brings a job into another state; refused from where that makes no sense.
async fn become_state(ctx: &Ctx, caller: &Caller, id: &str, to: BulkState) -> AppResult<Json<TagBulkDetail>> {
    let mut tx = ctx.begin().await?;
    let now = bulk::get(&mut tx, &caller.scope, id).await?.state;
    let state = now.word().to_owned();
    if !now.may_become(to) || !bulk::turn(&mut tx, &caller.scope, id, (now, to)).await? {
        return Err(TagRefusal::BulkState { state }.into());
    }
    if matches!(to, BulkState::Running | BulkState::Undoing) {
        tx.enqueue(caller.scope.tenant(), &RunBulk { bulk: id.to_owned() }).await?;
    }
    audit::record(&mut tx, caller, &format!("tags.bulk_{}", to.word()), id).await?;
    let changed = detail(&mut tx, &caller.scope, id).await?;
    tx.commit().await?;
    Ok(Json(changed))
}

/// Stops after the portion at hand; resuming goes on there.
#[utoipa::path(post, path = "/api/v1/tags/bulk/{id}/pause",
    responses((status = 200, body = TagBulkDetail), (status = 404, body = ErrorBody), (status = 409, body = ErrorBody)))]
async fn pause_bulk(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::TagsWrite>,
    Path(id): Path<String>,
) -> AppResult<Json<TagBulkDetail>> {
    become_state(&ctx, &caller, &id, BulkState::Paused).await
}

/// Goes on with a paused job.
#[utoipa::path(post, path = "/api/v1/tags/bulk/{id}/resume",
    responses((status = 200, body = TagBulkDetail), (status = 404, body = ErrorBody), (status = 409, body = ErrorBody)))]
async fn resume_bulk(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::TagsWrite>,
    Path(id): Path<String>,
) -> AppResult<Json<TagBulkDetail>> {
    become_state(&ctx, &caller, &id, BulkState::Running).await
}

/// Ends a job; what it has done stays until it is undone.
#[utoipa::path(post, path = "/api/v1/tags/bulk/{id}/cancel",
    responses((status = 200, body = TagBulkDetail), (status = 404, body = ErrorBody), (status = 409, body = ErrorBody)))]
async fn cancel_bulk(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::TagsWrite>,
    Path(id): Path<String>,
) -> AppResult<Json<TagBulkDetail>> {
    become_state(&ctx, &caller, &id, BulkState::Cancelled).await
}

/// Puts back what a finished job changed, except what somebody changed since.
#[utoipa::path(post, path = "/api/v1/tags/bulk/{id}/undo",
    responses((status = 200, body = TagBulkDetail), (status = 404, body = ErrorBody), (status = 409, body = ErrorBody)))]
async fn undo_bulk(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::TagsWrite>,
    Path(id): Path<String>,
) -> AppResult<Json<TagBulkDetail>> {
    become_state(&ctx, &caller, &id, BulkState::Undoing).await
}

pub fn router() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new()
        .routes(routes!(list_bulks, create_bulk))
        .routes(routes!(get_bulk))
        .routes(routes!(pause_bulk))
        .routes(routes!(resume_bulk))
        .routes(routes!(cancel_bulk))
        .routes(routes!(undo_bulk))
}
