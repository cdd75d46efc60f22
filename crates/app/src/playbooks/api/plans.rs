//! Templates, and putting them to work.

use axum::Json;
use axum::extract::{Path, Query, State};
use base::Day;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::super::model::PlaybookRefusal;
use super::super::model::templates::{self, Template};
use super::super::rows::PlanRow;
use super::super::store::{self, week};
use super::check_target;
use crate::ctx::Ctx;
use crate::kernel::audit;
use crate::kernel::http::{Allowed, AppResult, ErrorBody, permission};
use crate::{communities, tenants};

/// The templates that come with the product. Items whose way this version can't do are listed and marked.
#[utoipa::path(get, path = "/api/v1/playbooks/templates", responses((status = 200, body = Vec<Template>)))]
async fn list_templates(_: Allowed<permission::PlaybooksRead>) -> Json<Vec<Template>> {
    Json(templates::all().to_vec())
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct PlanFilter {
    community: Option<String>,
}

/// Plans, oldest first.
#[utoipa::path(get, path = "/api/v1/playbooks/plans", params(PlanFilter),
    responses((status = 200, body = Vec<PlanRow>)))]
async fn list_plans(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::PlaybooksRead>,
    Query(filter): Query<PlanFilter>,
) -> AppResult<Json<Vec<PlanRow>>> {
    let mut tx = ctx.read().await?;
    Ok(Json(store::plans(&mut tx, &caller.scope, filter.community.as_deref().unwrap_or_default()).await?))
}

#[derive(Deserialize, ToSchema)]
struct PlanDraft {
    community_id: String,
    /// `PB-01`.
    template: String,
    /// `yyyymmdd`; today when absent.
    from_day: Option<i32>,
    /// Where the posts' links lead, for example the shop's order page.
    link_target: Option<String>,
    /// Posts need no further approval. True when absent.
    approve: Option<bool>,
}

#[derive(Serialize, ToSchema)]
struct PlanMade {
    #[serde(flatten)]
    plan: PlanRow,
    /// Posts in the coming two weeks.
    posts: usize,
    /// Items of the template that this version can't do.
    left_out: Vec<String>,
}

/// Puts a template to work in a community.
#[utoipa::path(post, path = "/api/v1/playbooks/plans", request_body = PlanDraft,
    responses((status = 201, body = PlanMade), (status = 404, body = ErrorBody), (status = 409, body = ErrorBody),
        (status = 422, body = ErrorBody)))]
async fn create_plan(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::PlaybooksWrite>,
    Json(draft): Json<PlanDraft>,
) -> AppResult<(http::StatusCode, Json<PlanMade>)> {
    let mut tx = ctx.begin().await?;
    let scope = &caller.scope;
    communities::get(&mut tx, scope, &draft.community_id).await?;
    let template = templates::named(&draft.template)
        .ok_or(PlaybookRefusal::UnknownTemplate { template: draft.template.clone() })?;
    if store::plans(&mut tx, scope, &draft.community_id).await?.iter().any(|p| p.status == "active") {
        return Err(PlaybookRefusal::PlanRuns.into());
    }
    let link_target = check_target(draft.link_target)?;
    let zone = tenants::get(&mut tx, scope).await?.tenant_zone();
    let from = draft.from_day.map_or_else(|| zone.day_of(tx.now()), Day);
    let mut plan = PlanRow {
        id: tx.new_id("pln"),
        community_id: draft.community_id,
        template: template.key.clone(),
        name: template.name.clone(),
        link_target,
        from_day: i64::from(from.0),
        extended_to: i64::from(from.plus_days(-1).0),
        status: "active".to_owned(),
        approve: draft.approve.unwrap_or(true),
    };
    store::insert_plan(&mut tx, scope, &plan).await?;
    let posts = week::extend(&mut tx, scope, &plan).await?;
    audit::record(&mut tx, &caller, "playbooks.create_plan", &plan.id).await?;
    plan = store::plan(&mut tx, scope, &plan.id).await.unwrap_or(plan);
    tx.commit().await?;
    let left_out =
        template.items.iter().filter(|i| i.available_way().is_none()).map(|i| i.title.clone()).collect();
    Ok((http::StatusCode::CREATED, Json(PlanMade { plan, posts, left_out })))
}

/// Ends a plan: its open posts are taken out, those that left stay.
#[utoipa::path(post, path = "/api/v1/playbooks/plans/{id}/end", params(("id" = String, Path)),
    responses((status = 200, body = PlanRow), (status = 404, body = ErrorBody)))]
async fn end_plan(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::PlaybooksWrite>,
    Path(id): Path<String>,
) -> AppResult<Json<PlanRow>> {
    let mut tx = ctx.begin().await?;
    store::plan(&mut tx, &caller.scope, &id).await?;
    store::end_plan(&mut tx, &caller.scope, &id).await?;
    audit::record(&mut tx, &caller, "playbooks.end_plan", &id).await?;
    let plan = store::plan(&mut tx, &caller.scope, &id).await?;
    tx.commit().await?;
    Ok(Json(plan))
}

#[derive(Serialize, ToSchema)]
struct Approved {
    posts: u64,
}

/// Approves every open post of a plan that nothing speaks against.
#[utoipa::path(post, path = "/api/v1/playbooks/plans/{id}/approve", params(("id" = String, Path)),
    responses((status = 200, body = Approved), (status = 404, body = ErrorBody)))]
async fn approve_plan(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::PlaybooksWrite>,
    Path(id): Path<String>,
) -> AppResult<Json<Approved>> {
    let mut tx = ctx.begin().await?;
    store::plan(&mut tx, &caller.scope, &id).await?;
    let posts = store::approve_plan(&mut tx, &caller.scope, &id).await?;
    audit::record(&mut tx, &caller, "playbooks.approve_plan", &id).await?;
    tx.commit().await?;
    Ok(Json(Approved { posts }))
}

pub(super) fn router() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new()
        .routes(routes!(list_templates))
        .routes(routes!(list_plans, create_plan))
        .routes(routes!(end_plan))
        .routes(routes!(approve_plan))
}
