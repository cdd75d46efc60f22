//! `/api/v1/webhooks/{id}/deliveries`: what was sent, what came back, and sending one again.

use axum::Json;
use axum::extract::{Path, Query, State};
use base::Page;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::super::jobs::Deliver;
use super::super::rows::{AttemptRow, DeliveryRow};
use super::super::store;
use super::living;
use crate::ctx::Ctx;
use crate::kernel::audit;
use crate::kernel::http::{Allowed, AppResult, ErrorBody, ListQuery, permission};

/// A delivery in the list.
#[derive(Serialize, ToSchema)]
struct WebhookDelivery {
    id: String,
    /// Sent as `webhook-id`.
    message_id: String,
    event_type: String,
    created_at: i64,
    /// `waiting`, `delivered`, `failed` (gave up) or `held` (came while the endpoint was off).
    state: String,
    attempts: i64,
    /// When it is tried next, while it waits.
    next_at: Option<i64>,
    /// HTTP status of the last answer; 0 without one.
    last_status: i64,
    last_error: String,
    settled_at: Option<i64>,
}

impl From<DeliveryRow> for WebhookDelivery {
    fn from(row: DeliveryRow) -> Self {
        Self {
            next_at: Some(row.next_at).filter(|_| row.state == "waiting"),
            settled_at: Some(row.settled_at).filter(|at| *at > 0),
            id: row.id,
            message_id: row.message_id,
            event_type: row.event_type,
            created_at: row.created_at,
            state: row.state,
            attempts: row.attempts,
            last_status: row.last_status,
            last_error: row.last_error,
        }
    }
}

#[derive(Serialize, ToSchema)]
struct WebhookDeliveryPage {
    items: Vec<WebhookDelivery>,
    next: Option<String>,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct DeliveryFilter {
    /// `waiting`, `delivered`, `failed` or `held`.
    state: Option<String>,
    /// An event type.
    r#type: Option<String>,
}

/// What went or goes to an endpoint, newest first.
#[utoipa::path(get, path = "/api/v1/webhooks/{id}/deliveries", params(ListQuery, DeliveryFilter),
    responses((status = 200, body = WebhookDeliveryPage), (status = 404, body = ErrorBody)))]
async fn list_webhook_deliveries(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::WebhooksRead>,
    Path(id): Path<String>,
    Query(query): Query<ListQuery>,
    Query(filter): Query<DeliveryFilter>,
) -> AppResult<Json<WebhookDeliveryPage>> {
    let page = query.paging();
    let filter = (filter.state.unwrap_or_default(), filter.r#type.unwrap_or_default());
    let mut tx = ctx.read().await?;
    store::get(&mut tx, &caller.scope, &id).await?;
    let rows = store::list_deliveries(&mut tx, &caller.scope, &id, (&filter.0, &filter.1), &page).await?;
    let Page { items, next } = Page::cut(rows, page.limit, |d| d.id.clone());
    Ok(Json(WebhookDeliveryPage { items: items.into_iter().map(Into::into).collect(), next }))
}

/// One delivery with what was sent and everything that came back.
#[derive(Serialize, ToSchema)]
struct WebhookDeliveryView {
    #[serde(flatten)]
    delivery: WebhookDelivery,
    url: String,
    /// The body as it was signed and sent.
    payload: String,
    /// Newest first. Each carries its own time and signature under the same `webhook-id`.
    calls: Vec<AttemptRow>,
}

/// One delivery.
#[utoipa::path(get, path = "/api/v1/webhooks/{id}/deliveries/{delivery}",
    responses((status = 200, body = WebhookDeliveryView), (status = 404, body = ErrorBody)))]
async fn get_webhook_delivery(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::WebhooksRead>,
    Path((id, delivery)): Path<(String, String)>,
) -> AppResult<Json<WebhookDeliveryView>> {
    let mut tx = ctx.read().await?;
    let endpoint = store::get(&mut tx, &caller.scope, &id).await?;
    let mut row = store::get_delivery(&mut tx, &caller.scope, (&id, &delivery)).await?;
    let calls = store::attempts(&mut tx, &caller.scope, &delivery).await?;
    let payload = std::mem::take(&mut row.payload);
    Ok(Json(WebhookDeliveryView { delivery: row.into(), url: endpoint.url, payload, calls }))
}

/// Sends one delivery again, with a fresh set of tries and the same `webhook-id`.
#[utoipa::path(post, path = "/api/v1/webhooks/{id}/deliveries/{delivery}/replay",
    responses((status = 202, body = WebhookDelivery), (status = 404, body = ErrorBody), (status = 409, body = ErrorBody)))]
async fn replay_webhook_delivery(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::WebhooksWrite>,
    Path((id, delivery)): Path<(String, String)>,
) -> AppResult<(StatusCode, Json<WebhookDelivery>)> {
    let mut tx = ctx.begin().await?;
    living(&mut tx, &caller, &id).await?;
    store::get_delivery(&mut tx, &caller.scope, (&id, &delivery)).await?;
    store::replay_one(&mut tx, &caller.scope, &delivery).await?;
    tx.enqueue(caller.scope.tenant(), &Deliver { endpoint: id.clone() }).await?;
    audit::record(&mut tx, &caller, "webhooks.replay", &delivery).await?;
    let row = store::get_delivery(&mut tx, &caller.scope, (&id, &delivery)).await?;
    tx.commit().await?;
    Ok((StatusCode::ACCEPTED, Json(row.into())))
}

pub(super) fn router() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new()
        .routes(routes!(list_webhook_deliveries))
        .routes(routes!(get_webhook_delivery))
        .routes(routes!(replay_webhook_delivery))
}
