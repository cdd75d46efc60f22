//! Who lost whom.

use axum::Json;
use axum::extract::{Path, Query, State};
use base::Page;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::super::rows::LossRow;
use super::super::store::{self, LossFilter};
use crate::ctx::Ctx;
use crate::kernel::audit;
use crate::kernel::http::{Allowed, AppResult, ErrorBody, ListQuery, permission};

/// Who ended a bond.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum LostBy {
    Customer,
    Staff,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct LossQuery {
    /// Also those that were handled.
    handled: Option<bool>,
    /// Only bonds that this side ended.
    #[param(inline)]
    by: Option<LostBy>,
}

#[derive(Serialize, ToSchema)]
struct LossPage {
    items: Vec<LossRow>,
    next: Option<String>,
    /// Losses that nobody has looked at.
    unseen: i64,
}

/// Customers who deleted an employee, and whom an employee deleted; newest first.
#[utoipa::path(get, path = "/api/v1/people/losses", params(ListQuery, LossQuery),
    responses((status = 200, body = LossPage)))]
async fn list_losses(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::PeopleRead>,
    Query(query): Query<ListQuery>,
    Query(only): Query<LossQuery>,
) -> AppResult<Json<LossPage>> {
    let page = query.paging();
    let by = match only.by {
        Some(LostBy::Customer) => "customer",
        Some(LostBy::Staff) => "staff",
        None => "",
    };
    let filter =
        LossFilter { pattern: query.pattern(), handled: only.handled.unwrap_or(false), by: by.to_owned() };
    let mut tx = ctx.read().await?;
    let rows = store::losses(&mut tx, &caller.scope, &page, &filter).await?;
    let unseen = store::losses_unseen(&mut tx, &caller.scope).await?;
    let Page { mut items, next } = Page::cut(rows, page.limit, |r| r.id.clone());
    if !caller.may("orders:read") {
        for loss in &mut items {
            (loss.orders, loss.paid_fen) = (0, 0);
        }
    }
    Ok(Json(LossPage { items, next, unseen }))
}

#[derive(Deserialize, ToSchema)]
struct LossPatch {
    /// True when somebody took care of it, false to open it again.
    handled: bool,
}

/// Notes that somebody took care of a loss.
#[utoipa::path(patch, path = "/api/v1/people/losses/{loss}", request_body = LossPatch,
    responses((status = 204), (status = 404, body = ErrorBody)))]
async fn patch_loss(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::PeopleWrite>,
    Path(id): Path<String>,
    Json(patch): Json<LossPatch>,
) -> AppResult<StatusCode> {
    let mut tx = ctx.begin().await?;
    store::settle_loss(&mut tx, &caller.scope, &id, (patch.handled, &caller.operator_name)).await?;
    audit::record(&mut tx, &caller, "people.handle_loss", &id).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Whether employees hear of their losses.
#[derive(Serialize, Deserialize, ToSchema)]
struct LossSetting {
    /// One message a day to each employee who lost somebody.
    tell_losses: bool,
}

/// Whether employees hear of their losses.
#[utoipa::path(get, path = "/api/v1/people/loss-setting", responses((status = 200, body = LossSetting)))]
async fn get_loss_setting(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::PeopleRead>,
) -> AppResult<Json<LossSetting>> {
    let mut tx = ctx.read().await?;
    Ok(Json(LossSetting { tell_losses: store::tells_losses(&mut tx, &caller.scope).await? }))
}

/// Says whether employees hear of their losses, once a day.
#[utoipa::path(put, path = "/api/v1/people/loss-setting", request_body = LossSetting,
    responses((status = 204)))]
async fn put_loss_setting(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::TenantsWrite>,
    Json(setting): Json<LossSetting>,
) -> AppResult<StatusCode> {
    let mut tx = ctx.begin().await?;
    store::set_tells_losses(&mut tx, &caller.scope, setting.tell_losses).await?;
    audit::record(&mut tx, &caller, "people.set_loss_setting", "").await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

pub fn router() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new()
        .routes(routes!(list_losses))
        .routes(routes!(patch_loss))
        .routes(routes!(get_loss_setting, put_loss_setting))
}
