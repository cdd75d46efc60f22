//! `/hooks/{platform}/{account}`: what a platform calls.

use axum::body::Body;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use messenger::inbound::Envelope;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::super::store;
use crate::ctx::Ctx;
use crate::kernel::db;

/// A callback larger than this is no callback.
const BODY_CAP: usize = 64 * 1024;

/// What the signature covers, under the names platforms give it.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Signed {
    #[serde(alias = "msg_signature")]
    signature: String,
    timestamp: String,
    nonce: String,
    #[serde(alias = "echostr")]
    echo: Option<String>,
}

impl From<Signed> for Envelope {
    fn from(s: Signed) -> Self {
        Self { signature: s.signature, timestamp: s.timestamp, nonce: s.nonce, echo: s.echo }
    }
}

type SignedQuery = Result<Query<Signed>, QueryRejection>;

/// One answer to everything that isn't genuine, whatever is wrong with it.
fn refuse() -> Response {
    metrics::counter!("callbacks_total", "outcome" => "refused").increment(1);
    (StatusCode::FORBIDDEN, "refused").into_response()
}

/// Answer to what is genuine but can't be kept now: the platform sends it again.
fn busy() -> Response {
    (StatusCode::SERVICE_UNAVAILABLE, "busy").into_response()
}

/// Proves to the platform that this address is ours.
#[utoipa::path(get, path = "/hooks/{platform}/{account}", params(("platform" = String, Path), ("account" = String, Path), Signed),
    responses((status = 200, body = String), (status = 403, body = String)))]
async fn check_callback_url(
    State(ctx): State<Ctx>,
    Path((platform, account)): Path<(String, String)>,
    query: SignedQuery,
) -> Response {
    let Ok(Query(signed)) = query else { return refuse() };
    let Ok(door) = ctx.inbox().door(&ctx, &platform, &account).await else { return busy() };
    let Some(echo) = door.receiver.as_ref().and_then(|r| r.check_url(&signed.into())) else {
        return refuse();
    };
    if let Err(e) = note_url_check(&ctx, &door.tenant, &account).await {
        tracing::warn!(error = %e, "the URL check could not be noted");
    }
    echo.into_response()
}

async fn note_url_check(ctx: &Ctx, tenant: &str, account: &str) -> db::DbResult<()> {
    let mut tx = ctx.begin().await?;
    store::note_url_check(&mut tx, tenant, account).await?;
    tx.commit().await
}

/// Keeps a callback and answers when it is on disk.
#[utoipa::path(post, path = "/hooks/{platform}/{account}", params(("platform" = String, Path), ("account" = String, Path), Signed),
    responses((status = 200, body = String), (status = 403, body = String), (status = 503, body = String)))]
async fn receive_callback(
    State(ctx): State<Ctx>,
    Path((platform, account)): Path<(String, String)>,
    query: SignedQuery,
    body: Body,
) -> Response {
    let Ok(Query(signed)) = query else { return refuse() };
    let Ok(body) = axum::body::to_bytes(body, BODY_CAP).await else { return refuse() };
    let Ok(door) = ctx.inbox().door(&ctx, &platform, &account).await else { return busy() };
    let Some(inbound) = door.receiver.as_ref().and_then(|r| r.open(&signed.into(), &body)) else {
        return refuse();
    };
    match ctx.inbox().accept(&ctx, &door, inbound.body).await {
        true => "success".into_response(),
        false => busy(),
    }
}

/// Mounted outside every layer: verified by the account's own secrets.
pub fn router() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new().routes(routes!(check_callback_url, receive_callback))
}
