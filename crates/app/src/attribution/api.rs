//! `/api/v1/attribution`: what a post was credited with, why an order went where it went, and the windows.

use axum::Json;
use axum::extract::{Path, State};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::model::Windows;
use super::rows::CandidateRow;
use super::store::{self, PostCredit};
use crate::ctx::Ctx;
use crate::kernel::audit;
use crate::kernel::http::{Allowed, AppError, AppResult, ErrorBody, permission};
use crate::links::{self, Surface};
use crate::orders;

/// What a post was credited with: last touch, within the windows. A post without links of ours is not found.
#[utoipa::path(get, path = "/api/v1/attribution/posts/{post}",
    responses((status = 200, body = PostCredit), (status = 404, body = ErrorBody)))]
async fn get_post_credit(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::AttributionRead>,
    Path(post): Path<String>,
) -> AppResult<Json<PostCredit>> {
    let mut tx = ctx.read().await?;
    if !links::has_post(&mut tx, &caller.scope, &post).await? {
        return Err(AppError::not_found());
    }
    Ok(Json(store::of_post(&mut tx, &caller.scope, &post).await?))
}

/// A touch that could have led to an order.
#[derive(Serialize, ToSchema)]
struct Candidate {
    at: i64,
    link_id: String,
    surface: Surface,
    post_id: Option<String>,
    group_id: Option<String>,
    /// The one that got the order.
    chosen: bool,
}

impl From<CandidateRow> for Candidate {
    fn from(row: CandidateRow) -> Self {
        Self {
            at: row.touch_at,
            link_id: row.link_id,
            surface: Surface::parse(&row.surface).unwrap_or_default(),
            post_id: row.post_id,
            group_id: row.group_id,
            chosen: row.chosen,
        }
    }
}

/// The touches that could have led to an order, latest first.
#[utoipa::path(get, path = "/api/v1/attribution/orders/{order}",
    responses((status = 200, body = [Candidate]), (status = 404, body = ErrorBody)))]
async fn get_order_candidates(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::AttributionRead>,
    Path(order): Path<String>,
) -> AppResult<Json<Vec<Candidate>>> {
    let mut tx = ctx.read().await?;
    orders::by_id(&mut tx, &caller.scope, &order).await?.ok_or_else(AppError::not_found)?;
    let rows = store::candidates(&mut tx, &caller.scope, &order).await?;
    Ok(Json(rows.into_iter().map(Candidate::from).collect()))
}

/// The windows in force.
#[utoipa::path(get, path = "/api/v1/attribution/windows", responses((status = 200, body = Windows)))]
async fn get_windows(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::AttributionRead>,
) -> AppResult<Json<Windows>> {
    let mut tx = ctx.read().await?;
    Ok(Json(store::windows(&mut tx, &caller.scope).await?))
}

/// Sets the windows for orders to come.
#[utoipa::path(put, path = "/api/v1/attribution/windows", request_body = Windows,
    responses((status = 200, body = Windows), (status = 422, body = ErrorBody)))]
async fn put_windows(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::AttributionWrite>,
    Json(windows): Json<Windows>,
) -> AppResult<Json<Windows>> {
    windows.check()?;
    let mut tx = ctx.begin().await?;
    store::set_windows(&mut tx, &caller.scope, &windows).await?;
    audit::record(&mut tx, &caller, "attribution.set_windows", caller.scope.tenant()).await?;
    tx.commit().await?;
    Ok(Json(windows))
}

pub fn router() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new()
        .routes(routes!(get_post_credit))
        .routes(routes!(get_order_candidates))
        .routes(routes!(get_windows, put_windows))
}
