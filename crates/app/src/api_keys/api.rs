//! `/api/v1/api-keys`: making, showing and ending keys. For people at a screen only.

pub mod door;

use axum::Json;
use axum::extract::{Path, Query, State};
use base::{Page, Timestamp};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::model::{ApiKeyRefusal, KeyState, MOST_NETWORKS, MOST_PER_MINUTE, PER_MINUTE, scopes};
use super::rows::{KeyRow, NewKey};
use super::store;
use crate::ctx::Ctx;
use crate::kernel::audit;
use crate::kernel::db::Tx;
use crate::kernel::http::{Allowed, AppError, AppResult, Caller, ErrorBody, ListQuery, Scope, permission};
use crate::kernel::network::Network;

/// A key, without its token.
#[derive(Serialize, ToSchema)]
struct ApiKeyView {
    id: String,
    name: String,
    /// The last four characters of the token.
    hint: String,
    scopes: Vec<String>,
    /// Absent: the whole company.
    community_id: Option<String>,
    community_name: Option<String>,
    /// Empty: from anywhere.
    networks: Vec<String>,
    per_minute: i64,
    /// Absent: never.
    expires_at: Option<i64>,
    /// The operator who made it.
    created_by: String,
    created_at: i64,
    /// To the minute; absent: never.
    last_used_at: Option<i64>,
    last_address: String,
    revoked_at: Option<i64>,
    /// `active`, `expired` or `revoked`.
    state: &'static str,
}

fn list_of(text: &str) -> Vec<String> {
    text.split(',').filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

async fn view(tx: &mut Tx<'_>, scope: &Scope, key: KeyRow) -> AppResult<ApiKeyView> {
    let some = |at: i64| Some(at).filter(|at| *at > 0);
    let community_name = match key.community_id.as_str() {
        "" => None,
        id => store::community(tx, scope, id).await?,
    };
    Ok(ApiKeyView {
        state: KeyState::of(key.expires_at, key.revoked_at, tx.now()).word(),
        scopes: list_of(&key.scopes),
        networks: list_of(&key.networks),
        community_id: Some(key.community_id).filter(|id| !id.is_empty()),
        community_name,
        per_minute: key.per_minute,
        expires_at: some(key.expires_at),
        created_by: key.created_by,
        created_at: key.created_at,
        last_used_at: some(key.last_used_at),
        last_address: key.last_address,
        revoked_at: some(key.revoked_at),
        id: key.id,
        name: key.name,
        hint: key.hint,
    })
}

#[derive(Serialize, ToSchema)]
struct ApiKeyPage {
    items: Vec<ApiKeyView>,
    next: Option<String>,
}

/// The keys of the company, newest first, ended ones included.
#[utoipa::path(get, path = "/api/v1/api-keys", params(ListQuery), responses((status = 200, body = ApiKeyPage)))]
async fn list_api_keys(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::ApiKeysRead>,
    Query(query): Query<ListQuery>,
) -> AppResult<Json<ApiKeyPage>> {
    let page = query.paging();
    let mut tx = ctx.read().await?;
    let rows = store::list(&mut tx, &caller.scope, &query.pattern(), &page).await?;
    let Page { items: rows, next } = Page::cut(rows, page.limit, |k| k.id.clone());
    let mut items = Vec::with_capacity(rows.len());
    for row in rows {
        items.push(view(&mut tx, &caller.scope, row).await?);
    }
    Ok(Json(ApiKeyPage { items, next }))
}

/// The rights that a key can hold, and which of them the caller can give.
#[derive(Serialize, ToSchema)]
struct ScopeChoice {
    scope: &'static str,
    yours: bool,
}

/// The scopes there are.
#[utoipa::path(get, path = "/api/v1/api-key-scopes", responses((status = 200, body = Vec<ScopeChoice>)))]
async fn list_api_key_scopes(caller: Allowed<permission::ApiKeysRead>) -> Json<Vec<ScopeChoice>> {
    Json(scopes().map(|scope| ScopeChoice { scope, yours: caller.may(scope) }).collect())
}

#[derive(Deserialize, ToSchema)]
struct ApiKeyDraft {
    name: String,
    /// See `/api/v1/api-key-scopes`.
    scopes: Vec<String>,
    /// Reaches only this community's groups and people; absent: the whole company.
    community_id: Option<String>,
    /// Addresses or networks such as `203.0.113.0/24`; empty: from anywhere.
    #[serde(default)]
    networks: Vec<String>,
    /// 1 to 6,000; 300 when absent.
    per_minute: Option<i64>,
    /// Ends by itself then; absent: never.
    expires_at: Option<i64>,
}

/// A new key with its token, which is shown only here.
#[derive(Serialize, ToSchema)]
struct NewApiKey {
    key: ApiKeyView,
    token: String,
}

/// Makes a key. The token is in the answer and nowhere else.
#[utoipa::path(post, path = "/api/v1/api-keys", request_body = ApiKeyDraft,
    responses((status = 201, body = NewApiKey), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody),
        (status = 422, body = ErrorBody)))]
async fn create_api_key(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::ApiKeysWrite>,
    Json(draft): Json<ApiKeyDraft>,
) -> AppResult<(StatusCode, Json<NewApiKey>)> {
    check(&draft, &caller, ctx.now())?;
    let networks = networks_of(&draft)?;
    let mut tx = ctx.begin().await?;
    let community = draft.community_id.as_deref().unwrap_or_default();
    if !community.is_empty() && store::community(&mut tx, &caller.scope, community).await?.is_none() {
        return Err(AppError::not_found());
    }
    let new = NewKey {
        name: draft.name.trim(),
        scopes: &draft.scopes,
        community,
        networks: &networks,
        per_minute: draft.per_minute.unwrap_or(PER_MINUTE),
        expires_at: draft.expires_at.unwrap_or(0),
        created_by: &caller.operator_name,
    };
    let (id, token) = store::create(&mut tx, &caller.scope, &new).await?;
    audit::record(&mut tx, &caller, "api_keys.create", &id).await?;
    let row = store::get(&mut tx, &caller.scope, &id).await?;
    let key = view(&mut tx, &caller.scope, row).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(NewApiKey { key, token })))
}

fn check(draft: &ApiKeyDraft, caller: &Caller, now: Timestamp) -> AppResult<()> {
    let name = draft.name.trim();
    if name.is_empty() || name.chars().count() > 60 {
        return Err(AppError::invalid("name", "1–60"));
    }
    if draft.scopes.is_empty() {
        return Err(AppError::invalid("scopes", "≥ 1"));
    }
    for scope in &draft.scopes {
        if !scopes().any(|word| word == scope) {
            return Err(ApiKeyRefusal::UnknownScope { scope: scope.clone() }.into());
        }
        if !caller.may(scope) {
            return Err(ApiKeyRefusal::ScopeNotYours { scope: scope.clone() }.into());
        }
    }
    if draft.per_minute.is_some_and(|n| !(1..=MOST_PER_MINUTE).contains(&n)) {
        return Err(AppError::invalid("per_minute", "1–6000"));
    }
    if draft.expires_at.is_some_and(|at| at <= now.0) {
        return Err(AppError::invalid("expires_at", "> now"));
    }
    Ok(())
}

fn networks_of(draft: &ApiKeyDraft) -> AppResult<Vec<String>> {
    if draft.networks.len() > MOST_NETWORKS {
        return Err(AppError::invalid("networks", "≤ 20"));
    }
    let read = |text: &String| {
        let network = Network::parse(text);
        network.map(|n| n.to_string()).ok_or(ApiKeyRefusal::UnknownNetwork { network: text.clone() })
    };
    Ok(draft.networks.iter().map(read).collect::<Result<_, _>>()?)
}

/// One key.
#[utoipa::path(get, path = "/api/v1/api-keys/{id}",
    responses((status = 200, body = ApiKeyView), (status = 404, body = ErrorBody)))]
async fn get_api_key(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::ApiKeysRead>,
    Path(id): Path<String>,
) -> AppResult<Json<ApiKeyView>> {
    let mut tx = ctx.read().await?;
    let row = store::get(&mut tx, &caller.scope, &id).await?;
    Ok(Json(view(&mut tx, &caller.scope, row).await?))
}

/// Ends a key at once and for ever. Ending it again changes nothing.
#[utoipa::path(post, path = "/api/v1/api-keys/{id}/revoke",
    responses((status = 200, body = ApiKeyView), (status = 404, body = ErrorBody)))]
async fn revoke_api_key(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::ApiKeysWrite>,
    Path(id): Path<String>,
) -> AppResult<Json<ApiKeyView>> {
    let mut tx = ctx.begin().await?;
    store::get(&mut tx, &caller.scope, &id).await?;
    if store::revoke(&mut tx, &caller.scope, &id).await? {
        audit::record(&mut tx, &caller, "api_keys.revoke", &id).await?;
    }
    let row = store::get(&mut tx, &caller.scope, &id).await?;
    let key = view(&mut tx, &caller.scope, row).await?;
    tx.commit().await?;
    Ok(Json(key))
}

pub fn router() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new()
        .routes(routes!(list_api_keys, create_api_key))
        .routes(routes!(list_api_key_scopes))
        .routes(routes!(get_api_key))
        .routes(routes!(revoke_api_key))
}
