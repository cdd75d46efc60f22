//! `POST /hooks/orders/{key}`: signed deliveries of a shop system.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::response::{IntoResponse as _, Response};
use base::{Fen, Timestamp};
use http::{HeaderMap, header};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::super::model::{DEFAULT_SOURCE, Incoming, Item, OrderRefusal, Status, is_genuine};
use super::super::store::{self, Taken};
use crate::ctx::Ctx;
use crate::kernel::http::{AppError, AppResult, ErrorBody, Refusal as _, Scope, SystemReason};
use crate::kernel::i18n::{self, Locale};

const TIMESTAMP: &str = "x-huoqun-timestamp";
const SIGNATURE: &str = "x-huoqun-signature";
/// Bytes of one delivery.
const MOST_BYTES: usize = 512 * 1024;
const MOST_ORDERS: usize = 500;
/// One order of a delivery. Money in fen, times in Unix milliseconds.
#[derive(Debug, Deserialize, ToSchema)]
pub struct OrderMessage {
    /// Unique within the source.
    order_no: String,
    /// Name of the shop system; `shop` when absent.
    source: Option<String>,
    union_id: Option<String>,
    external_id: Option<String>,
    mobile: Option<String>,
    /// Before discounts; the paid amount when absent.
    amount_fen: Option<i64>,
    paid_fen: i64,
    paid_at: i64,
    #[serde(default)]
    status: Status,
    /// All that went back so far; everything paid when the status is `refunded` and this is absent.
    refunded_fen: Option<i64>,
    refunded_at: Option<i64>,
    #[serde(default)]
    items: Vec<Item>,
}

/// A delivery: one order, or up to 500.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum Delivery {
    Many { orders: Vec<OrderMessage> },
    One(Box<OrderMessage>),
}

#[derive(Serialize, ToSchema)]
pub struct DeliveryReceipt {
    pub created: usize,
    pub changed: usize,
    pub unchanged: usize,
}

impl From<OrderMessage> for Incoming {
    fn from(m: OrderMessage) -> Self {
        let all_back = if m.status == Status::Refunded { m.paid_fen } else { 0 };
        Self {
            source: m.source.unwrap_or_else(|| DEFAULT_SOURCE.to_owned()),
            order_no: m.order_no,
            union_id: m.union_id.unwrap_or_default(),
            external_id: m.external_id.unwrap_or_default(),
            mobile: m.mobile.unwrap_or_default(),
            amount: Fen(m.amount_fen.unwrap_or(m.paid_fen)),
            paid: Fen(m.paid_fen),
            paid_at: Timestamp(m.paid_at),
            refunded: Fen(m.refunded_fen.unwrap_or(all_back)),
            refunded_at: Timestamp(m.refunded_at.unwrap_or(0)),
            items: m.items,
        }
    }
}

/// Takes a delivery whole or not at all. `X-Huoqun-Timestamp`: Unix seconds, at most five minutes off.
/// `X-Huoqun-Signature`: hex HMAC-SHA-256 of `timestamp.body` under the secret of the settings page. Repeating a
/// delivery changes nothing.
#[utoipa::path(post, path = "/hooks/orders/{key}", request_body = Delivery,
    responses((status = 200, body = DeliveryReceipt), (status = 401, body = ErrorBody),
        (status = 422, body = ErrorBody)))]
async fn receive_orders(
    State(ctx): State<Ctx>,
    Path(key): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let accept = headers.get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok());
    let locale = accept.map_or(Locale::En, Locale::negotiate);
    match take_all(&ctx, &key, &headers, &body).await {
        Ok(receipt) => Json(receipt).into_response(),
        Err(error) => {
            metrics::counter!("orders_deliveries_refused_total").increment(1);
            error_response(error, locale)
        }
    }
}

/// The body that the layers would write around other endpoints; signed webhooks stand outside them.
fn error_response(error: AppError, locale: Locale) -> Response {
    let AppError::Refused(refused) = error else { return error.into_response() };
    let message = i18n::text(locale, refused.code, &refused.args);
    let body = json!({ "error": { "code": refused.code, "message": message, "args": refused.args, "request_id": "" } });
    (refused.status, Json(body)).into_response()
}

async fn take_all(ctx: &Ctx, key: &str, headers: &HeaderMap, body: &[u8]) -> AppResult<DeliveryReceipt> {
    let scope = verify(ctx, key, headers, body).await?;
    let delivery: Delivery =
        serde_json::from_slice(body).map_err(|e| OrderRefusal::Malformed { detail: e.to_string() })?;
    let messages = match delivery {
        Delivery::Many { orders } => orders,
        Delivery::One(order) => vec![*order],
    };
    if messages.is_empty() || messages.len() > MOST_ORDERS {
        return Err(OrderRefusal::Malformed { detail: format!("1–{MOST_ORDERS} orders") }.into());
    }
    let mut receipt = DeliveryReceipt { created: 0, changed: 0, unchanged: 0 };
    let mut tx = ctx.begin().await?;
    for (index, message) in messages.into_iter().enumerate() {
        let order = Incoming::from(message);
        order.check(ctx.now()).map_err(|problem| at_place(index, &order, OrderRefusal::Row { problem }))?;
        let taken = store::take(&mut tx, &scope, &order).await;
        match taken.map_err(|e| placed(index, &order, e))? {
            Taken::Created => receipt.created += 1,
            Taken::Changed => receipt.changed += 1,
            Taken::Unchanged => receipt.unchanged += 1,
        }
    }
    store::note_received(&mut tx, &scope).await?;
    tx.commit().await?;
    Ok(receipt)
}

/// Says which order of a delivery is wrong.
fn at_place(index: usize, order: &Incoming, refusal: OrderRefusal) -> AppError {
    let args = json!({ "index": index, "order_no": order.order_no });
    AppError::Refused(crate::kernel::http::Refused { code: refusal.code(), status: refusal.status(), args })
}

fn placed(index: usize, order: &Incoming, error: AppError) -> AppError {
    match error {
        AppError::Refused(mut refused) => {
            refused.args = json!({ "index": index, "order_no": order.order_no });
            AppError::Refused(refused)
        }
        fault @ AppError::Fault(_) => fault,
    }
}

/// The company of a genuine delivery. A wrong key, a wrong signature and a stale one are answered alike.
async fn verify(ctx: &Ctx, key: &str, headers: &HeaderMap, body: &[u8]) -> AppResult<Scope> {
    let text = |name: &str| headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let source = store::source_by_key(&mut ctx.read().await?, key).await?.ok_or(OrderRefusal::NotGenuine)?;
    let scope = Scope::across_tenants(&source.tenant_id, SystemReason("signed order webhook"));
    let secret = ctx
        .sealer()
        .open(&store::about(&scope), &source.sealed_secret)
        .ok_or_else(|| AppError::fault("the secret of the order webhook can't be opened"))?;
    if !is_genuine(secret.reveal(), (text(TIMESTAMP), text(SIGNATURE)), body, ctx.now()) {
        return Err(OrderRefusal::NotGenuine.into());
    }
    Ok(scope)
}

pub fn router() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new().routes(routes!(receive_orders)).layer(DefaultBodyLimit::max(MOST_BYTES))
}
