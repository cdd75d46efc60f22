//! `/hooks/{platform}/{account}` and `/api/v1/accounts`.

use axum::Json;
use axum::body::Body;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use base::{Page, Secret};
use http::StatusCode;
use messenger::inbound::Envelope;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::jobs::{Doctor, callback_url};
use super::model::{AccountRefusal, Connection, SyncKind};
use super::rows::{AccountRow, InboxRow, SyncRow};
use super::{about, opened, store};
use crate::ctx::Ctx;
use crate::kernel::http::{Allowed, AppError, AppResult, ErrorBody, ListQuery, permission};
use crate::kernel::i18n::{self, Locale};
use crate::kernel::{audit, db};
use crate::reactions;

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

/// One question of the doctor and its answer.
#[derive(Serialize, ToSchema)]
struct FindingView {
    probe: String,
    /// What was examined, in the reader's language.
    title: String,
    /// The call that was made, as the platform names it.
    asked: String,
    /// `fine`, `warning`, `broken`, `skipped`.
    verdict: String,
    /// The platform's code, 0 when it answered well.
    code: i64,
    /// The platform's words as they came.
    words: String,
    count: Option<i64>,
    found_at: i64,
    /// Catalogue key of the cure; absent when nothing needs curing.
    cure: Option<String>,
    /// What to do in which of the platform's own screens, in the reader's language.
    cure_text: Option<String>,
}

#[derive(Serialize, ToSchema)]
struct Examination {
    /// `never`, `running`, `done`.
    state: &'static str,
    started_at: Option<i64>,
    finished_at: Option<i64>,
    /// Questions in all; 0 until it is known.
    probes: i64,
    findings: Vec<FindingView>,
}

/// The last examination; findings appear one by one.
#[utoipa::path(get, path = "/api/v1/accounts/{id}/doctor",
    responses((status = 200, body = Examination), (status = 404, body = ErrorBody)))]
async fn get_examination(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::AccountsRead>,
    Path(id): Path<String>,
) -> AppResult<Json<Examination>> {
    let mut tx = ctx.read().await?;
    store::get(&mut tx, &caller.scope, &id).await?;
    let examination = store::examination(&mut tx, &caller.scope, &id).await?;
    let findings = store::findings(&mut tx, &caller.scope, &id).await?;
    let state = match &examination {
        None => "never",
        Some(e) if e.finished_at.is_none() => "running",
        Some(_) => "done",
    };
    Ok(Json(Examination {
        state,
        started_at: examination.as_ref().map(|e| e.started_at),
        finished_at: examination.as_ref().and_then(|e| e.finished_at),
        probes: examination.map_or(0, |e| e.probes),
        findings: findings.into_iter().map(|f| finding_view(caller.locale, f)).collect(),
    }))
}

fn finding_view(locale: Locale, f: super::rows::FindingRow) -> FindingView {
    let title = i18n::text(locale, &format!("accounts.probe.{}", f.probe), &json!({}));
    let cure = (f.verdict != "fine").then(|| format!("accounts.cure.{}", f.probe));
    // A probe that this version knows no cure for still shows the platform's words.
    let cure = cure.filter(|key| i18n::knows(locale, key));
    let cure_text = cure.as_ref().map(|key| i18n::text(locale, key, &json!({})));
    FindingView {
        title,
        probe: f.probe,
        asked: f.asked,
        verdict: f.verdict,
        code: f.code,
        words: f.words,
        count: f.figure,
        found_at: f.found_at,
        cure,
        cure_text,
    }
}

/// Begins an examination.
#[utoipa::path(post, path = "/api/v1/accounts/{id}/doctor",
    responses((status = 202), (status = 404, body = ErrorBody)))]
async fn start_examination(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::AccountsWrite>,
    Path(id): Path<String>,
) -> AppResult<StatusCode> {
    let mut tx = ctx.begin().await?;
    store::get(&mut tx, &caller.scope, &id).await?;
    let running = store::examination(&mut tx, &caller.scope, &id).await?.filter(|e| e.finished_at.is_none());
    let run = match running {
        Some(examination) => examination.run,
        None => store::begin_examination(&mut tx, &caller.scope, &id).await?,
    };
    tx.enqueue(caller.scope.tenant(), &Doctor { account: id.clone(), run }).await?;
    audit::record(&mut tx, &caller, "accounts.examine", &id).await?;
    tx.commit().await?;
    Ok(StatusCode::ACCEPTED)
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
        .routes(routes!(get_examination, start_examination))
        .routes(routes!(get_sync, start_sync))
        .routes(routes!(list_inbox))
}

/// Mounted outside every layer: verified by the account's own secrets.
pub fn hooks() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new().routes(routes!(check_callback_url, receive_callback))
}
