//! `/api/v1/accounts`: connections, their mirrors and inboxes here. The set-up doctor: `doctor.rs`; what platforms
//! call: `hook.rs`.

mod doctor;
pub mod hook;

use axum::Json;
use axum::extract::{Path, Query, State};
use base::{Page, Secret};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::jobs::callback_url;
use super::model::{AccountRefusal, Connection, SyncKind};
use super::rows::{AccountRow, InboxRow, SyncRow};
use super::{about, opened, store};
use crate::ctx::Ctx;
use crate::kernel::http::{Allowed, AppError, AppResult, ErrorBody, ListQuery, permission};
use crate::kernel::{audit, db};
use crate::reactions;

/// A connection without its secrets.
#[derive(Serialize, ToSchema)]
struct Account {
    id: String,
    platform: String,
    name: String,
    company: String,
    application: String,
    has_secret: bool,
    api_base: Option<String>,
    /// When the platform last proved that it can reach us; milliseconds.
    url_checked_at: Option<i64>,
    /// When the last callback came; milliseconds.
    last_callback_at: Option<i64>,
    created_at: i64,
}

fn view(ctx: &Ctx, row: AccountRow) -> AppResult<Account> {
    let has_secret = !opened(ctx.sealer(), &row)?.secret.reveal().is_empty();
    Ok(Account {
        id: row.id,
        platform: row.platform,
        name: row.name,
        company: row.company,
        application: row.application,
        has_secret,
        api_base: row.api_base,
        url_checked_at: row.url_checked_at,
        last_callback_at: row.last_callback_at,
        created_at: row.created_at,
    })
}

#[derive(Serialize, ToSchema)]
struct AccountPage {
    items: Vec<Account>,
    next: Option<String>,
}

/// The tenant's connections.
#[utoipa::path(get, path = "/api/v1/accounts", responses((status = 200, body = AccountPage)))]
async fn list_accounts(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::AccountsRead>,
) -> AppResult<Json<AccountPage>> {
    let mut tx = ctx.read().await?;
    let rows = store::list(&mut tx, &caller.scope).await?;
    let items = rows.into_iter().map(|row| view(&ctx, row)).collect::<AppResult<_>>()?;
    Ok(Json(AccountPage { items, next: None }))
}

/// Callback token and key are made when they are absent.
#[derive(Deserialize, ToSchema)]
struct AccountDraft {
    /// `wecom` when absent.
    platform: Option<String>,
    name: String,
    /// The platform's id of the company.
    company: String,
    /// The platform's id of the application.
    application: String,
    secret: Option<String>,
    callback_token: Option<String>,
    callback_key: Option<String>,
    /// Another address of the platform's API: a proxy or a simulator.
    api_base: Option<String>,
}

/// Connects an application.
#[utoipa::path(post, path = "/api/v1/accounts", request_body = AccountDraft,
    responses((status = 200, body = Account), (status = 409, body = ErrorBody), (status = 422, body = ErrorBody)))]
async fn create_account(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::AccountsWrite>,
    Json(draft): Json<AccountDraft>,
) -> AppResult<Json<Account>> {
    let platform = draft.platform.as_deref().unwrap_or("wecom");
    if ctx.platform(platform).is_none() {
        return Err(AccountRefusal::UnknownPlatform.into());
    }
    let id = ctx.new_id("acc");
    let token = given(draft.callback_token).unwrap_or_else(|| random_text(&ctx, &format!("{id}/token"), 32));
    let key = given(draft.callback_key).unwrap_or_else(|| random_text(&ctx, &format!("{id}/key"), 43));
    let new = NewAccount {
        id: &id,
        platform,
        connection: Connection {
            name: draft.name.trim(),
            company: draft.company.trim(),
            application: draft.application.trim(),
            secret: draft.secret.as_deref().unwrap_or_default().trim(),
            token: &token,
            key: &key,
            api_base: draft
                .api_base
                .as_deref()
                .map(|u| u.trim().trim_end_matches('/'))
                .filter(|u| !u.is_empty()),
        },
    };
    let mut tx = ctx.begin().await?;
    let row = insert(&mut tx, &ctx, caller.scope.tenant(), &new).await?;
    audit::record(&mut tx, &caller, "accounts.create", &id).await?;
    tx.commit().await?;
    ctx.inbox().forget(&id);
    Ok(Json(view(&ctx, row)?))
}

fn given(text: Option<String>) -> Option<String> {
    text.map(|t| t.trim().to_owned()).filter(|t| !t.is_empty())
}

/// Letters and digits, as platforms want them for tokens and keys.
fn random_text(ctx: &Ctx, purpose: &str, length: usize) -> String {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let mut rng = ctx.rng(purpose);
    (0..length).map(|_| char::from(*rng.pick(ALPHABET).unwrap_or(&b'0'))).collect()
}

struct NewAccount<'a> {
    id: &'a str,
    platform: &'a str,
    connection: Connection<'a>,
}

async fn insert(tx: &mut db::Tx<'_>, ctx: &Ctx, tenant: &str, new: &NewAccount<'_>) -> AppResult<AccountRow> {
    let c = &new.connection;
    c.check()?;
    let seal = |field, text: &str| {
        ctx.sealer().seal(ctx.ids(), &about(new.id, field), &Secret::new(text.to_owned()))
    };
    let row = AccountRow {
        tenant_id: tenant.to_owned(),
        id: new.id.to_owned(),
        platform: new.platform.to_owned(),
        name: c.name.to_owned(),
        company: c.company.to_owned(),
        application: c.application.to_owned(),
        secret_sealed: seal("secret", c.secret),
        token_sealed: seal("token", c.token),
        key_sealed: seal("key", c.key),
        api_base: c.api_base.map(str::to_owned),
        version: 1,
        url_checked_at: None,
        last_callback_at: None,
        created_at: tx.now().0,
    };
    store::insert(tx, &row).await.map_err(already)?;
    Ok(row)
}

fn already(e: db::DbError) -> AppError {
    if e.is_unique() { AccountRefusal::AlreadyConnected.into() } else { e.into() }
}

/// One connection.
#[utoipa::path(get, path = "/api/v1/accounts/{id}", responses((status = 200, body = Account), (status = 404, body = ErrorBody)))]
async fn get_account(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::AccountsRead>,
    Path(id): Path<String>,
) -> AppResult<Json<Account>> {
    let mut tx = ctx.read().await?;
    let row = store::get(&mut tx, &caller.scope, &id).await?;
    Ok(Json(view(&ctx, row)?))
}

/// Absent fields stay as they are; secrets can be written but never read.
#[derive(Deserialize, ToSchema)]
struct AccountPatch {
    name: Option<String>,
    company: Option<String>,
    application: Option<String>,
    secret: Option<String>,
    callback_token: Option<String>,
    callback_key: Option<String>,
    /// An empty text goes back to the platform's own address.
    api_base: Option<String>,
}

/// Changes a connection. What is on its way with the old secrets ends with them.
#[utoipa::path(patch, path = "/api/v1/accounts/{id}", request_body = AccountPatch,
    responses((status = 200, body = Account), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)))]
async fn patch_account(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::AccountsWrite>,
    Path(id): Path<String>,
    Json(patch): Json<AccountPatch>,
) -> AppResult<Json<Account>> {
    let mut tx = ctx.begin().await?;
    let mut row = store::get(&mut tx, &caller.scope, &id).await?;
    let known = opened(ctx.sealer(), &row)?;
    let secret = patch.secret.unwrap_or_else(|| known.secret.reveal().clone());
    let token = given(patch.callback_token).unwrap_or_else(|| known.callback_token.reveal().clone());
    let key = given(patch.callback_key).unwrap_or_else(|| known.callback_key.reveal().clone());
    row.name = given(patch.name).unwrap_or(row.name);
    row.company = given(patch.company).unwrap_or(row.company);
    row.application = given(patch.application).unwrap_or(row.application);
    if let Some(url) = patch.api_base {
        row.api_base = given(Some(url.trim().trim_end_matches('/').to_owned()));
    }
    Connection {
        name: &row.name,
        company: &row.company,
        application: &row.application,
        secret: secret.trim(),
        token: &token,
        key: &key,
        api_base: row.api_base.as_deref(),
    }
    .check()?;
    let seal =
        |field, text: &str| ctx.sealer().seal(ctx.ids(), &about(&id, field), &Secret::new(text.to_owned()));
    row.secret_sealed = seal("secret", secret.trim());
    row.token_sealed = seal("token", &token);
    row.key_sealed = seal("key", &key);
    store::update(&mut tx, &row).await.map_err(already)?;
    audit::record(&mut tx, &caller, "accounts.update", &id).await?;
    tx.commit().await?;
    ctx.inbox().forget(&id);
    Ok(Json(view(&ctx, row)?))
}

/// What is pasted into the platform's own screens.
#[derive(Serialize, ToSchema)]
struct CallbackSettings {
    url: String,
    token: String,
    key: String,
}

/// Address, token and key for the platform's callback form. Looking is recorded.
#[utoipa::path(get, path = "/api/v1/accounts/{id}/callback",
    responses((status = 200, body = CallbackSettings), (status = 404, body = ErrorBody)))]
async fn get_callback_settings(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::AccountsWrite>,
    Path(id): Path<String>,
) -> AppResult<Json<CallbackSettings>> {
    let mut tx = ctx.begin().await?;
    let row = store::get(&mut tx, &caller.scope, &id).await?;
    let known = opened(ctx.sealer(), &row)?;
    audit::record(&mut tx, &caller, "accounts.show_callback", &id).await?;
    tx.commit().await?;
    Ok(Json(CallbackSettings {
        url: callback_url(&ctx.config().public_url, &row.platform, &id),
        token: known.callback_token.reveal().clone(),
        key: known.callback_key.reveal().clone(),
    }))
}

#[derive(Serialize, ToSchema)]
struct SyncProgress {
    /// One per kind that was ever begun, in the order staff, tags, contacts, groups.
    items: Vec<SyncRow>,
}

/// How far the mirrors are.
#[utoipa::path(get, path = "/api/v1/accounts/{id}/sync",
    responses((status = 200, body = SyncProgress), (status = 404, body = ErrorBody)))]
async fn get_sync(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::AccountsRead>,
    Path(id): Path<String>,
) -> AppResult<Json<SyncProgress>> {
    let mut tx = ctx.read().await?;
    store::get(&mut tx, &caller.scope, &id).await?;
    let mut items = store::sync_rows(&mut tx, &caller.scope, &id).await?;
    items.sort_by_key(|row| SyncKind::ALL.iter().position(|k| k.word() == row.kind));
    Ok(Json(SyncProgress { items }))
}

/// Begins mirroring everything, or goes on where it stopped.
#[utoipa::path(post, path = "/api/v1/accounts/{id}/sync",
    responses((status = 202), (status = 404, body = ErrorBody)))]
async fn start_sync(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::AccountsWrite>,
    Path(id): Path<String>,
) -> AppResult<StatusCode> {
    let mut tx = ctx.begin().await?;
    store::get(&mut tx, &caller.scope, &id).await?;
    reactions::start_sync(&mut tx, &caller.scope, &id).await?;
    audit::record(&mut tx, &caller, "accounts.sync", &id).await?;
    tx.commit().await?;
    Ok(StatusCode::ACCEPTED)
}

#[derive(Serialize, ToSchema)]
struct InboxPage {
    items: Vec<InboxRow>,
    next: Option<String>,
}

/// The latest callbacks, newest first.
#[utoipa::path(get, path = "/api/v1/accounts/{id}/inbox", params(ListQuery),
    responses((status = 200, body = InboxPage), (status = 404, body = ErrorBody)))]
async fn list_inbox(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::AccountsRead>,
    Path(id): Path<String>,
    Query(query): Query<ListQuery>,
) -> AppResult<Json<InboxPage>> {
    let page = query.paging();
    let mut tx = ctx.read().await?;
    store::get(&mut tx, &caller.scope, &id).await?;
    let rows = store::inbox_latest(&mut tx, &caller.scope, &id, &page).await?;
    let Page { items, next } = Page::cut(rows, page.limit, |r| r.seq.to_string());
    Ok(Json(InboxPage { items, next }))
}

pub fn router() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new()
        .routes(routes!(list_accounts, create_account))
        .routes(routes!(get_account, patch_account))
        .routes(routes!(get_callback_settings))
        .merge(doctor::router())
        .routes(routes!(get_sync, start_sync))
        .routes(routes!(list_inbox))
}
