//! `/api/v1/webhooks`: endpoints, their secrets, tests and replays. For people at a screen only: with these a key
//! could send data elsewhere.

mod deliveries;

use axum::Json;
use axum::extract::{Path, State};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::jobs::Deliver;
use super::model::{self, TEST_TYPE, TYPES, WebhookRefusal, Which};
use super::rows::{Counts, EndpointRow};
use super::store;
use crate::ctx::Ctx;
use crate::kernel::audit;
use crate::kernel::db::Tx;
use crate::kernel::http::{Allowed, AppError, AppResult, Caller, ErrorBody, permission};
use crate::kernel::i18n;
use crate::kernel::outgoing;

/// An endpoint, without its secret.
#[derive(Serialize, ToSchema)]
struct WebhookView {
    id: String,
    url: String,
    description: String,
    types: Vec<String>,
    enabled: bool,
    /// Why it was switched off by itself: a code; absent when a person did or it is on.
    off_code: Option<String>,
    /// The same in the reader's language.
    off_reason: Option<String>,
    off_at: Option<i64>,
    /// Since when every attempt fails; absent when the last one did not.
    failing_since: Option<i64>,
    last_ok_at: Option<i64>,
    /// Until when the secret before the last rotation signs along.
    old_secret_until: Option<i64>,
    created_at: i64,
    counts: Counts,
}

async fn view(tx: &mut Tx<'_>, caller: &Caller, e: EndpointRow) -> AppResult<WebhookView> {
    let some = |at: i64| Some(at).filter(|at| *at > 0);
    let counts = store::counts_of(tx, &caller.scope, &e.id).await?;
    let off_code = Some(e.off_reason).filter(|code| !code.is_empty());
    Ok(WebhookView {
        off_reason: off_code.as_deref().map(|code| i18n::text(caller.locale, code, &serde_json::json!({}))),
        off_code,
        off_at: some(e.off_at),
        failing_since: some(e.failing_since),
        last_ok_at: some(e.last_ok_at),
        old_secret_until: some(e.old_until).filter(|at| *at > tx.now().0),
        created_at: e.created_at,
        types: e.types.split(',').filter(|t| !t.is_empty()).map(str::to_owned).collect(),
        id: e.id,
        url: e.url,
        description: e.description,
        enabled: e.enabled,
        counts,
    })
}

#[derive(Serialize, ToSchema)]
struct WebhookPage {
    items: Vec<WebhookView>,
    next: Option<String>,
}

/// The endpoints of the company.
#[utoipa::path(get, path = "/api/v1/webhooks", responses((status = 200, body = WebhookPage)))]
async fn list_webhooks(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::WebhooksRead>,
) -> AppResult<Json<WebhookPage>> {
    let mut tx = ctx.read().await?;
    let mut items = Vec::new();
    for endpoint in store::list(&mut tx, &caller.scope).await? {
        items.push(view(&mut tx, &caller, endpoint).await?);
    }
    Ok(Json(WebhookPage { items, next: None }))
}

/// The event types that an endpoint can ask for.
#[utoipa::path(get, path = "/api/v1/webhook-types", responses((status = 200, body = Vec<String>)))]
async fn list_webhook_types(_: Allowed<permission::WebhooksRead>) -> Json<Vec<&'static str>> {
    Json(TYPES.to_vec())
}

#[derive(Deserialize, ToSchema)]
struct WebhookDraft {
    /// `https://…` in the public Internet.
    url: String,
    /// At most 120 characters.
    #[serde(default)]
    description: String,
    /// See `/api/v1/webhook-types`.
    types: Vec<String>,
}

/// An endpoint with its secret, which is shown only here.
#[derive(Serialize, ToSchema)]
struct WebhookSecret {
    webhook: WebhookView,
    /// `whsec_…`
    secret: String,
}

fn check_types(types: &[String]) -> AppResult<()> {
    if types.is_empty() {
        return Err(AppError::invalid("types", "≥ 1"));
    }
    match types.iter().find(|t| !TYPES.contains(&t.as_str())) {
        Some(kind) => Err(WebhookRefusal::UnknownType { kind: kind.clone() }.into()),
        None => Ok(()),
    }
}

fn check_url(ctx: &Ctx, url: &str) -> AppResult<String> {
    let url = outgoing::check_url(url.trim(), &ctx.config().network).map_err(WebhookRefusal::from)?;
    Ok(url.to_string())
}

fn check_description(text: &str) -> AppResult<&str> {
    if text.trim().chars().count() > 120 {
        return Err(AppError::invalid("description", "≤ 120"));
    }
    Ok(text.trim())
}

/// Adds an endpoint. Its secret is in the answer and nowhere else.
#[utoipa::path(post, path = "/api/v1/webhooks", request_body = WebhookDraft,
    responses((status = 201, body = WebhookSecret), (status = 409, body = ErrorBody), (status = 422, body = ErrorBody)))]
async fn create_webhook(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::WebhooksWrite>,
    Json(draft): Json<WebhookDraft>,
) -> AppResult<(StatusCode, Json<WebhookSecret>)> {
    check_types(&draft.types)?;
    let url = check_url(&ctx, &draft.url)?;
    let about = check_description(&draft.description)?;
    let mut tx = ctx.begin().await?;
    let (id, secret) = store::create((&ctx, &mut tx), &caller.scope, (&url, about), &draft.types).await?;
    audit::record(&mut tx, &caller, "webhooks.create", &id).await?;
    let endpoint = store::get(&mut tx, &caller.scope, &id).await?;
    let webhook = view(&mut tx, &caller, endpoint).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(WebhookSecret { webhook, secret: secret.reveal().clone() })))
}

/// One endpoint.
#[utoipa::path(get, path = "/api/v1/webhooks/{id}",
    responses((status = 200, body = WebhookView), (status = 404, body = ErrorBody)))]
async fn get_webhook(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::WebhooksRead>,
    Path(id): Path<String>,
) -> AppResult<Json<WebhookView>> {
    let mut tx = ctx.read().await?;
    let endpoint = store::get(&mut tx, &caller.scope, &id).await?;
    Ok(Json(view(&mut tx, &caller, endpoint).await?))
}

#[derive(Deserialize, ToSchema)]
struct WebhookPatch {
    url: Option<String>,
    description: Option<String>,
    types: Option<Vec<String>>,
    enabled: Option<bool>,
}

/// Changes an endpoint, or switches it on or off. What waits when it is switched off is held for a replay.
#[utoipa::path(patch, path = "/api/v1/webhooks/{id}", request_body = WebhookPatch,
    responses((status = 200, body = WebhookView), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)))]
async fn patch_webhook(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::WebhooksWrite>,
    Path(id): Path<String>,
    Json(patch): Json<WebhookPatch>,
) -> AppResult<Json<WebhookView>> {
    let mut tx = ctx.begin().await?;
    let mut e = store::get(&mut tx, &caller.scope, &id).await?;
    if let Some(url) = &patch.url {
        e.url = check_url(&ctx, url)?;
    }
    if let Some(text) = &patch.description {
        check_description(text)?.clone_into(&mut e.description);
    }
    if let Some(types) = &patch.types {
        check_types(types)?;
        e.types = types.join(",");
    }
    if let Some(enabled) = patch.enabled {
        e.enabled = enabled;
        // A person has looked at it: the notice goes, and its five days begin anew.
        e.off_reason.clear();
        e.failing_since = 0;
        e.off_at = if enabled { 0 } else { tx.now().0 };
    }
    store::save(&mut tx, &caller.scope, &e).await?;
    if patch.enabled == Some(false) {
        store::hold(&mut tx, &caller.scope, &id).await?;
    }
    audit::record(&mut tx, &caller, "webhooks.update", &id).await?;
    let webhook = view(&mut tx, &caller, e).await?;
    tx.commit().await?;
    Ok(Json(webhook))
}

/// Removes an endpoint with everything that was on its way to it.
#[utoipa::path(delete, path = "/api/v1/webhooks/{id}",
    responses((status = 204), (status = 404, body = ErrorBody)))]
async fn delete_webhook(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::WebhooksWrite>,
    Path(id): Path<String>,
) -> AppResult<StatusCode> {
    let mut tx = ctx.begin().await?;
    store::get(&mut tx, &caller.scope, &id).await?;
    store::remove(&mut tx, &caller.scope, &id).await?;
    audit::record(&mut tx, &caller, "webhooks.delete", &id).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Makes a fresh secret. For a day messages carry two signatures, by the new and by the old one.
#[utoipa::path(post, path = "/api/v1/webhooks/{id}/rotate",
    responses((status = 200, body = WebhookSecret), (status = 404, body = ErrorBody)))]
async fn rotate_webhook_secret(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::WebhooksWrite>,
    Path(id): Path<String>,
) -> AppResult<Json<WebhookSecret>> {
    let mut tx = ctx.begin().await?;
    store::get(&mut tx, &caller.scope, &id).await?;
    let secret = store::rotate((&ctx, &mut tx), &caller.scope, &id).await?;
    audit::record(&mut tx, &caller, "webhooks.rotate", &id).await?;
    let endpoint = store::get(&mut tx, &caller.scope, &id).await?;
    let webhook = view(&mut tx, &caller, endpoint).await?;
    tx.commit().await?;
    Ok(Json(WebhookSecret { webhook, secret: secret.reveal().clone() }))
}

/// Sends a message of type `webhook.test`, whatever types the endpoint asked for.
#[utoipa::path(post, path = "/api/v1/webhooks/{id}/test",
    responses((status = 202, body = WebhookView), (status = 404, body = ErrorBody), (status = 409, body = ErrorBody)))]
async fn test_webhook(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::WebhooksWrite>,
    Path(id): Path<String>,
) -> AppResult<(StatusCode, Json<WebhookView>)> {
    let mut tx = ctx.begin().await?;
    let e = living(&mut tx, &caller, &id).await?;
    let message = tx.new_id("msg");
    let payload = model::payload(TEST_TYPE, tx.now(), &serde_json::json!({ "webhook": e.id }));
    store::put_in_line(&mut tx, &caller.scope, &e, (&message, TEST_TYPE, &payload)).await?;
    tx.enqueue(caller.scope.tenant(), &Deliver { endpoint: id.clone() }).await?;
    audit::record(&mut tx, &caller, "webhooks.test", &id).await?;
    let webhook = view(&mut tx, &caller, e).await?;
    tx.commit().await?;
    Ok((StatusCode::ACCEPTED, Json(webhook)))
}

async fn living(tx: &mut Tx<'_>, caller: &Caller, id: &str) -> AppResult<EndpointRow> {
    let endpoint = store::get(tx, &caller.scope, id).await?;
    if endpoint.enabled { Ok(endpoint) } else { Err(WebhookRefusal::Off.into()) }
}

#[derive(Deserialize, ToSchema)]
struct WebhookReplay {
    which: Which,
    /// Only what happened since then, in Unix milliseconds; absent: all that is kept (30 days).
    since: Option<i64>,
}

#[derive(Serialize, ToSchema)]
struct WebhookReplayed {
    /// How many deliveries were put in line again.
    deliveries: u64,
}

/// Sends again what was missed, or everything, since a time. Message ids stay, so receivers drop what they have.
#[utoipa::path(post, path = "/api/v1/webhooks/{id}/replay", request_body = WebhookReplay,
    responses((status = 202, body = WebhookReplayed), (status = 404, body = ErrorBody), (status = 409, body = ErrorBody)))]
async fn replay_webhook(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::WebhooksWrite>,
    Path(id): Path<String>,
    Json(replay): Json<WebhookReplay>,
) -> AppResult<(StatusCode, Json<WebhookReplayed>)> {
    let mut tx = ctx.begin().await?;
    living(&mut tx, &caller, &id).await?;
    let what = (replay.since.unwrap_or(0), replay.which);
    let deliveries = store::replay(&mut tx, &caller.scope, &id, what).await?;
    tx.enqueue(caller.scope.tenant(), &Deliver { endpoint: id.clone() }).await?;
    audit::record(&mut tx, &caller, "webhooks.replay", &id).await?;
    tx.commit().await?;
    Ok((StatusCode::ACCEPTED, Json(WebhookReplayed { deliveries })))
}

pub fn router() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new()
        .routes(routes!(list_webhooks, create_webhook))
        .routes(routes!(list_webhook_types))
        .routes(routes!(get_webhook, patch_webhook, delete_webhook))
        .routes(routes!(rotate_webhook_secret))
        .routes(routes!(test_webhook))
        .routes(routes!(replay_webhook))
        .merge(deliveries::router())
}
