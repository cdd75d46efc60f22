//! `/api/v1/jobs` and `/api/v1/abilities`.

use axum::Json;
use axum::extract::{Path, Query, State};
use base::Page;
use http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::ctx::Ctx;
use crate::kernel::audit;
use crate::kernel::http::{Allowed, AppError, AppResult, Caller, ErrorBody, ListQuery, permission};
use crate::kernel::i18n;
use crate::kernel::jobs::{self, DeadJob};

/// A dead job and why, in the reader's language.
#[derive(Serialize, ToSchema)]
struct DeadJobView {
    #[serde(flatten)]
    job: DeadJob,
    reason: String,
}

#[derive(Serialize, ToSchema)]
struct DeadJobPage {
    items: Vec<DeadJobView>,
    next: Option<String>,
    /// Jobs that wait or run now.
    pending: i64,
    /// All dead ones.
    dead: i64,
}

/// Jobs that gave up, newest first.
#[utoipa::path(get, path = "/api/v1/jobs", params(ListQuery), responses((status = 200, body = DeadJobPage)))]
async fn list_jobs(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::OperationsRead>,
    Query(query): Query<ListQuery>,
) -> AppResult<Json<DeadJobPage>> {
    let page = query.paging();
    let mut tx = ctx.read().await?;
    let rows = jobs::dead(&mut tx, &caller.scope, &page).await?;
    let (pending, dead) = jobs::pending(&mut tx, &caller.scope).await?;
    let view = |job: DeadJob| {
        let reason = i18n::text(caller.locale, &job.error_code, &serde_json::json!({}));
        DeadJobView { job, reason }
    };
    let Page { items, next } = Page::cut(rows, page.limit, |j| j.id.clone()).map(view);
    Ok(Json(DeadJobPage { items, next, pending, dead }))
}

/// Gives a dead job a fresh set of attempts.
#[utoipa::path(post, path = "/api/v1/jobs/{id}/retry", responses((status = 204), (status = 404, body = ErrorBody)))]
async fn retry_job(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::OperationsWrite>,
    Path(id): Path<String>,
) -> AppResult<StatusCode> {
    let mut tx = ctx.begin().await?;
    if !jobs::retry(&mut tx, &caller.scope, &id).await? {
        return Err(AppError::not_found());
    }
    audit::record(&mut tx, &caller, "operations.retry_job", &id).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Forgets a dead job.
#[utoipa::path(post, path = "/api/v1/jobs/{id}/discard", responses((status = 204), (status = 404, body = ErrorBody)))]
async fn discard_job(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::OperationsWrite>,
    Path(id): Path<String>,
) -> AppResult<StatusCode> {
    let mut tx = ctx.begin().await?;
    if !jobs::discard(&mut tx, &caller.scope, &id).await? {
        return Err(AppError::not_found());
    }
    audit::record(&mut tx, &caller, "operations.discard_job", &id).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// How one action is done on a platform.
#[derive(Serialize, ToSchema)]
struct AbilityView {
    action: &'static str,
    /// `auto`, `needs_tap`, `client_only`, `console_only` or `impossible`.
    #[schema(value_type = String)]
    ability: messenger::Ability,
}

/// What is automatic, what needs a tap, and what is impossible.
#[utoipa::path(get, path = "/api/v1/abilities", responses((status = 200, body = Vec<AbilityView>)))]
async fn list_abilities(State(ctx): State<Ctx>, _: Caller) -> AppResult<Json<Vec<AbilityView>>> {
    let platform = ctx.platform("wecom").ok_or_else(AppError::not_found)?;
    let view = |action: &messenger::Action| AbilityView {
        action: action.word(),
        ability: platform.ability(*action),
    };
    Ok(Json(messenger::Action::ALL.iter().map(view).collect()))
}

pub fn router() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new()
        .routes(routes!(list_jobs))
        .routes(routes!(retry_job))
        .routes(routes!(discard_job))
        .routes(routes!(list_abilities))
}
