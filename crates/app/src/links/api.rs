//! `/api/v1/links`: links and what was counted of them.

use axum::Json;
use axum::extract::{Path, Query, State};
use base::Page;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::model::Surface;
use super::rows::CountedRow;
use super::store::{self, Figures, NewLink, PostFigures};
use crate::ctx::Ctx;
use crate::kernel::audit;
use crate::kernel::http::{Allowed, AppError, AppResult, ErrorBody, ListQuery, permission};

#[derive(Serialize, ToSchema)]
pub struct LinkView {
    pub id: String,
    /// What people open.
    pub url: String,
    pub target_url: String,
    pub title: String,
    pub surface: Surface,
    pub post_id: Option<String>,
    pub group_id: Option<String>,
    pub created_at: i64,
    pub figures: Figures,
}

#[derive(Serialize, ToSchema)]
pub struct LinkPage {
    pub items: Vec<LinkView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

fn view(row: CountedRow, public_url: &str) -> LinkView {
    LinkView {
        url: format!("{public_url}/r/{}", row.code),
        id: row.id,
        target_url: row.target_url,
        title: row.title,
        surface: Surface::parse(&row.surface).unwrap_or_default(),
        post_id: row.post_id,
        group_id: row.group_id,
        created_at: row.created_at,
        figures: Figures {
            clicks: row.clicks,
            persons: row.persons,
            unidentified: row.unidentified,
            staff: row.staff,
            bots: row.bots,
        },
    }
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct LinkFilter {
    /// Only links of this post.
    post_id: Option<String>,
}

/// Links, newest first.
#[utoipa::path(get, path = "/api/v1/links", params(ListQuery, LinkFilter),
    responses((status = 200, body = LinkPage)))]
async fn list_links(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::LinksRead>,
    Query(query): Query<ListQuery>,
    Query(filter): Query<LinkFilter>,
) -> AppResult<Json<LinkPage>> {
    let paging = query.paging();
    let mut tx = ctx.read().await?;
    let rows = store::list(&mut tx, &caller.scope, &paging, filter.post_id.as_deref().unwrap_or("")).await?;
    let page = Page::cut(rows, paging.limit, |r| r.id.clone());
    let public = &ctx.config().public_url;
    Ok(Json(LinkPage { items: page.items.into_iter().map(|r| view(r, public)).collect(), next: page.next }))
}

/// One link.
#[utoipa::path(get, path = "/api/v1/links/{id}",
    responses((status = 200, body = LinkView), (status = 404, body = ErrorBody)))]
async fn get_link(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::LinksRead>,
    Path(id): Path<String>,
) -> AppResult<Json<LinkView>> {
    let mut tx = ctx.read().await?;
    let row = store::counted(&mut tx, &caller.scope, &id).await?.ok_or_else(AppError::not_found)?;
    Ok(Json(view(row, &ctx.config().public_url)))
}

#[derive(Deserialize, ToSchema)]
struct LinkDraft {
    /// `https://…` or `http://…`, at most 2,048 bytes.
    target_url: String,
    title: String,
    #[serde(default)]
    surface: Surface,
    group_id: Option<String>,
    person_id: Option<String>,
}

/// Makes a tracked link by hand.
#[utoipa::path(post, path = "/api/v1/links", request_body = LinkDraft,
    responses((status = 200, body = LinkView), (status = 422, body = ErrorBody)))]
async fn create_link(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::LinksWrite>,
    Json(draft): Json<LinkDraft>,
) -> AppResult<Json<LinkView>> {
    let mut tx = ctx.begin().await?;
    let new = NewLink {
        target_url: draft.target_url,
        title: draft.title,
        surface: draft.surface,
        group_id: draft.group_id,
        person_id: draft.person_id,
        ..NewLink::default()
    };
    let minted = store::mint(&mut tx, &caller.scope, &new).await?;
    audit::record(&mut tx, &caller, "links.create", &minted.id).await?;
    let row = store::counted(&mut tx, &caller.scope, &minted.id).await?.ok_or_else(AppError::not_found)?;
    tx.commit().await?;
    Ok(Json(view(row, &ctx.config().public_url)))
}

/// What was counted of a post's links, per group. A post without links of ours is not found.
#[utoipa::path(get, path = "/api/v1/links/posts/{post}",
    responses((status = 200, body = PostFigures), (status = 404, body = ErrorBody)))]
async fn get_post_links(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::LinksRead>,
    Path(post): Path<String>,
) -> AppResult<Json<PostFigures>> {
    let mut tx = ctx.read().await?;
    if !store::has_post(&mut tx, &caller.scope, &post).await? {
        return Err(AppError::not_found());
    }
    Ok(Json(store::figures_of_post(&mut tx, &caller.scope, &post).await?))
}

pub fn router() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new()
        .routes(routes!(list_links, create_link))
        .routes(routes!(get_link))
        .routes(routes!(get_post_links))
}
