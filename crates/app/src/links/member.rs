//! What visitors open: the short address, the way back from identification, and the page that asks first.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse as _, Response};
use base::time::MINUTE;
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::jobs::{GATHER, Settle};
use super::model::{self, Next, Source};
use super::rows::LinkRow;
use super::store::{self, Opening};
use crate::ctx::{Ctx, LiveCall};
use crate::kernel::http::{AppError, AppResult, ErrorBody, Scope, SystemReason};
use crate::kernel::seal::keyed_digest;
use crate::privacy::{
    self, Channel, MaybeVisitor, Purpose, Visitor, VisitorKind, VisitorToken, visitor_cookie,
};
use crate::{people, tenants};

/// Ties the way back from identification to the browser that set out.
const TRIP_COOKIE: &str = "huoqun_trip";
const TRIP_LIFE: i64 = 10 * MINUTE;

fn scope_of(link: &LinkRow) -> Scope {
    Scope::across_tenants(&link.tenant_id, SystemReason("tracked link"))
}

fn redirect(to: &str, cookie: Option<String>) -> Response {
    let Ok(location) = HeaderValue::from_str(to) else {
        return AppError::fault(format!("not a location: {to}")).into_response();
    };
    let headers =
        [(header::LOCATION, location), (header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];
    let mut response = (StatusCode::FOUND, headers).into_response();
    if let Some(cookie) = cookie.and_then(|c| HeaderValue::from_str(&c).ok()) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

async fn load(ctx: &Ctx, code: &str) -> AppResult<LinkRow> {
    store::by_code(&mut ctx.read().await?, code).await?.ok_or_else(AppError::not_found)
}

async fn record(ctx: &Ctx, link: &LinkRow, source: Source, visitor: Option<&VisitorToken>) -> AppResult<()> {
    let tied = visitor.filter(|_| source == Source::Person);
    let opening = Opening {
        link,
        source,
        visitor: tied.map_or("", |v| v.platform_id.as_str()),
        person: tied.and_then(|v| v.person.as_deref()),
    };
    let mut tx = ctx.begin().await?;
    store::record(&mut tx, &opening).await?;
    let at = tx.now().plus(GATHER);
    tx.enqueue_at(&link.tenant_id, &Settle {}, at).await?;
    tx.commit().await?;
    metrics::counter!("links_opened_total", "source" => source.word()).increment(1);
    Ok(())
}

/// Opens a tracked link. Always ends at the link's own target; on the way the messenger may say who looks.
#[utoipa::path(get, path = "/r/{code}", responses((status = 302), (status = 404, body = ErrorBody)))]
async fn follow_link(
    State(ctx): State<Ctx>,
    Path(code): Path<String>,
    MaybeVisitor(visitor): MaybeVisitor,
    method: Method,
    headers: HeaderMap,
) -> AppResult<Response> {
    let link = load(&ctx, &code).await?;
    if model::is_bot(&method, &headers) {
        record(&ctx, &link, Source::Bot, None).await?;
        return Ok(redirect(&link.target_url, None));
    }
    let visitor = visitor.filter(|v| v.token.tenant == link.tenant_id && v.token.account == link.account_id);
    if let Some(visitor) = visitor {
        return go_on(&ctx, &link, visitor.token, None).await;
    }
    // A simulator's people browse with whatever they like; the platform's own page works only in its app.
    if !model::is_in_app(&headers) && !ctx.config().demo {
        record(&ctx, &link, Source::Unidentified, None).await?;
        return Ok(redirect(&link.target_url, None));
    }
    match set_out(&ctx, &link.account_id, &format!("/m/o/{code}"), &code).await {
        Ok(response) => Ok(response),
        Err(error) => {
            tracing::warn!(%error, account = link.account_id, "visitors can't be identified");
            record(&ctx, &link, Source::Unidentified, None).await?;
            Ok(redirect(&link.target_url, None))
        }
    }
}

/// Sends the browser to the platform's identification page; it comes back to `path`.
async fn set_out(ctx: &Ctx, account: &str, path: &str, about: &str) -> AppResult<Response> {
    let messenger = ctx.live_messenger(account, LiveCall::IdentifyVisitor).await?;
    let nonce = ctx.ids().token(8);
    let state = model::sign_state(&state_key(ctx), about, &nonce, ctx.now());
    let to = messenger.identity().authorize_url(&format!("{}{path}", ctx.config().public_url), &state);
    let secure = if ctx.config().public_url.starts_with("https:") { "; Secure" } else { "" };
    let age = TRIP_LIFE / 1_000;
    let cookie = format!("{TRIP_COOKIE}={nonce}; Path=/m; Max-Age={age}; HttpOnly; SameSite=Lax{secure}");
    Ok(redirect(&to, Some(cookie)))
}

fn state_key(ctx: &Ctx) -> [u8; 32] {
    keyed_digest(ctx.config().master_key.reveal(), b"identification trip, version 1")
}

fn trip_nonce(headers: &HeaderMap) -> String {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|v| v.to_str().ok());
    cookies
        .flat_map(|v| v.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| *name == TRIP_COOKIE)
        .map_or_else(String::new, |(_, value)| value.to_owned())
}

/// What the platform adds when it sends a browser back.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct WayBack {
    #[serde(default)]
    code: String,
    #[serde(default)]
    state: String,
}

/// Comes back from identification and goes on to the target, or to the page that asks first.
#[utoipa::path(get, path = "/m/o/{code}", params(WayBack),
    responses((status = 302), (status = 404, body = ErrorBody)))]
async fn return_to_link(
    State(ctx): State<Ctx>,
    Path(code): Path<String>,
    Query(back): Query<WayBack>,
    headers: HeaderMap,
) -> AppResult<Response> {
    let link = load(&ctx, &code).await?;
    let genuine = model::check_state(&state_key(&ctx), &code, &trip_nonce(&headers), &back.state, ctx.now());
    let token =
        if genuine { identify(&ctx, &scope_of(&link), &link.account_id, &back.code).await? } else { None };
    let Some(token) = token else {
        record(&ctx, &link, Source::Unidentified, None).await?;
        return Ok(redirect(&link.target_url, None));
    };
    let cookie = visitor_cookie(ctx.config(), token.clone(), ctx.now());
    go_on(&ctx, &link, token, Some(cookie)).await
}

/// Exchanges the one-use code. `None` when the platform won't say: a visitor is never stranded for that.
async fn identify(ctx: &Ctx, scope: &Scope, account: &str, code: &str) -> AppResult<Option<VisitorToken>> {
    if code.is_empty() || code.len() > 512 {
        return Ok(None);
    }
    let messenger = ctx.live_messenger(account, LiveCall::IdentifyVisitor).await?;
    let visitor = match messenger.identity().exchange(code, messenger::Lane::Urgent).await {
        Ok(visitor) => visitor,
        Err(error) => {
            tracing::info!(%error, account, "a visitor was not identified");
            return Ok(None);
        }
    };
    use messenger::identity::Visitor as Who;
    let (kind, platform_id) = match visitor {
        Who::Staff(id) => (VisitorKind::Staff, id),
        Who::Contact(id) => (VisitorKind::Contact, id),
        Who::Stranger(id) => (VisitorKind::Stranger, id),
    };
    let person = match kind {
        VisitorKind::Contact => match person_of(ctx, scope, account, &platform_id).await? {
            Some(person) => Some(person),
            None => recognise(ctx, scope, account, &platform_id).await?,
        },
        VisitorKind::Staff | VisitorKind::Stranger => None,
    };
    let (tenant, account) = (scope.tenant().to_owned(), account.to_owned());
    Ok(Some(VisitorToken { tenant, account, kind, platform_id, person, until: 0 }))
}

/// A customer whose adding never reached us: the platform is asked who she is, while she waits. `None` when it won't
/// say; then she goes on unidentified.
async fn recognise(ctx: &Ctx, scope: &Scope, account: &str, external_id: &str) -> AppResult<Option<String>> {
    let messenger = ctx.live_messenger(account, LiveCall::IdentifyVisitor).await?;
    let Ok(contact) = messenger.contacts().fetch(external_id, messenger::Lane::Urgent).await else {
        return Ok(None);
    };
    let mut tx = ctx.begin().await?;
    // Opening a link is not a wish to be known again.
    if privacy::contact_erased_at(&mut tx, scope, external_id, contact.union_id.as_deref()).await?.is_some() {
        return Ok(None);
    }
    let seen = people::Seen {
        account,
        external_id,
        is_staff: false,
        union_id: contact.union_id.as_deref(),
        name: &contact.name,
        avatar: contact.avatar.as_deref(),
        business: contact.business,
        at: contact.follows.iter().map(|f| f.since).min().unwrap_or_else(|| ctx.now()),
    };
    let known = people::recognise(&mut tx, scope, &seen).await?;
    people::request_sync(&mut tx, scope, account, external_id).await?;
    tx.commit().await?;
    Ok(Some(known.person))
}

async fn person_of(ctx: &Ctx, scope: &Scope, account: &str, external_id: &str) -> AppResult<Option<String>> {
    let mut tx = ctx.read().await?;
    Ok(people::by_external_id(&mut tx, scope, account, external_id).await?.map(|p| p.id))
}

/// Counts an identified visitor's opening and sends her on, or asks her first.
async fn go_on(
    ctx: &Ctx,
    link: &LinkRow,
    mut token: VisitorToken,
    cookie: Option<String>,
) -> AppResult<Response> {
    let scope = scope_of(link);
    let mut cookie = cookie;
    if token.kind == VisitorKind::Contact && token.person.is_none() {
        // She opened a link before her first sync; by now she may be known, and the cookie learns it.
        token.person = person_of(ctx, &scope, &link.account_id, &token.platform_id).await?;
        if token.person.is_some() {
            cookie = Some(visitor_cookie(ctx.config(), token.clone(), ctx.now()));
        }
    }
    let consent = match &token.person {
        Some(person) => {
            privacy::state_of(&mut ctx.read().await?, &scope, person, Purpose::IdentifyClicks).await?
        }
        None => None,
    };
    match model::next(token.kind, token.person.is_some(), consent) {
        Next::Landing => Ok(redirect(&format!("/m/l/{}", link.code), cookie)),
        Next::Target(source) => {
            record(ctx, link, source, Some(&token)).await?;
            Ok(redirect(&link.target_url, cookie))
        }
    }
}

/// Where to go after identification.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Destination {
    /// One of our own pages, `/m/…`.
    to: String,
}

/// Identifies the visitor through an account's platform and goes on to one of our own pages.
#[utoipa::path(get, path = "/m/in/{account}", params(Destination),
    responses((status = 302), (status = 422, body = ErrorBody)))]
async fn identify_visitor(
    State(ctx): State<Ctx>,
    Path(account): Path<String>,
    Query(Destination { to }): Query<Destination>,
) -> AppResult<Response> {
    if !model::is_own_page(&to) {
        return Err(AppError::invalid("to", "/m/…"));
    }
    let about = format!("{account} {to}");
    let encoded = to.replace('%', "%25").replace('?', "%3F").replace('&', "%26").replace('=', "%3D");
    set_out(&ctx, &account, &format!("/m/back/{account}?to={encoded}"), &about).await
}

/// Comes back from identification and goes on to the page asked for.
#[utoipa::path(get, path = "/m/back/{account}", params(Destination, WayBack), responses((status = 302)))]
async fn return_to_page(
    State(ctx): State<Ctx>,
    Path(account): Path<String>,
    Query(Destination { to }): Query<Destination>,
    Query(back): Query<WayBack>,
    headers: HeaderMap,
) -> AppResult<Response> {
    if !model::is_own_page(&to) {
        return Err(AppError::invalid("to", "/m/…"));
    }
    let about = format!("{account} {to}");
    let genuine = model::check_state(&state_key(&ctx), &about, &trip_nonce(&headers), &back.state, ctx.now());
    if !genuine {
        return Ok(redirect(&to, None));
    }
    let tenant =
        store::tenant_of_account(&mut ctx.read().await?, &account).await?.ok_or_else(AppError::not_found)?;
    let scope = Scope::across_tenants(&tenant, SystemReason("identification of a visitor"));
    let token = identify(&ctx, &scope, &account, &back.code).await?;
    Ok(redirect(&to, token.map(|token| visitor_cookie(ctx.config(), token, ctx.now()))))
}

/// The page between link and target.
#[derive(Serialize, ToSchema)]
struct Landing {
    /// What the link leads to, in the operator's words.
    title: String,
    /// Who runs the group.
    organiser: String,
    /// Host of the target, so that she sees where she goes.
    host: String,
    /// What she is asked.
    text: String,
    text_version: i64,
    /// Her present answer, absent when never asked.
    granted: Option<bool>,
    /// False when this browser is not known as a customer: then there is nothing to ask.
    known: bool,
}

/// What the page between link and target shows.
#[utoipa::path(get, path = "/api/member/v1/links/{code}",
    responses((status = 200, body = Landing), (status = 404, body = ErrorBody)))]
async fn get_landing(
    State(ctx): State<Ctx>,
    Path(code): Path<String>,
    MaybeVisitor(visitor): MaybeVisitor,
) -> AppResult<Json<Landing>> {
    let mut tx = ctx.read().await?;
    let link = store::by_code(&mut tx, &code).await?.ok_or_else(AppError::not_found)?;
    let scope = scope_of(&link);
    let organiser = tenants::get(&mut tx, &scope).await?.name;
    let visitor = visitor.filter(|v| v.token.tenant == link.tenant_id && v.person().is_ok());
    let (mut text, mut text_version, mut granted) = (String::new(), 0, None);
    if let Some(visitor) = &visitor {
        (text, text_version) =
            privacy::member::wording_for(&mut tx, visitor, Purpose::IdentifyClicks).await?;
        granted = privacy::state_of(&mut tx, &scope, visitor.person()?, Purpose::IdentifyClicks).await?;
    }
    let host = host_of(&link.target_url).to_owned();
    Ok(Json(Landing {
        title: link.title,
        organiser,
        host,
        text,
        text_version,
        granted,
        known: visitor.is_some(),
    }))
}

fn host_of(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    &rest[..rest.find(['/', '?', '#']).unwrap_or(rest.len())]
}

#[derive(Deserialize, ToSchema)]
struct LandingAnswer {
    granted: bool,
    /// The wording on the page; needed to allow, not to refuse.
    text_version: Option<i64>,
}

#[derive(Serialize, ToSchema)]
struct Target {
    target_url: String,
}

/// Keeps the visitor's answer, counts the opening, and says where the link leads: there with either answer.
#[utoipa::path(post, path = "/api/member/v1/links/{code}/answer", request_body = LandingAnswer,
    responses((status = 200, body = Target), (status = 404, body = ErrorBody), (status = 409, body = ErrorBody)))]
async fn answer_landing(
    State(ctx): State<Ctx>,
    Path(code): Path<String>,
    MaybeVisitor(visitor): MaybeVisitor,
    Json(answer): Json<LandingAnswer>,
) -> AppResult<Json<Target>> {
    let link = load(&ctx, &code).await?;
    let visitor = visitor.filter(|v| v.token.tenant == link.tenant_id && v.person().is_ok());
    let source = match &visitor {
        Some(visitor) => {
            keep_answer(&ctx, visitor, &answer).await?;
            if answer.granted { Source::Person } else { Source::Unidentified }
        }
        None => Source::Unidentified,
    };
    record(&ctx, &link, source, visitor.as_ref().map(|v| &v.token)).await?;
    Ok(Json(Target { target_url: link.target_url }))
}

async fn keep_answer(ctx: &Ctx, visitor: &Visitor, answer: &LandingAnswer) -> AppResult<()> {
    let mut tx = ctx.begin().await?;
    let given = (Purpose::IdentifyClicks, answer.granted, answer.text_version);
    privacy::member::answer_as_visitor(&mut tx, visitor, given, Channel::LinkLanding).await?;
    tx.commit().await?;
    Ok(())
}

pub fn router() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new()
        .routes(routes!(follow_link))
        .routes(routes!(return_to_link))
        .routes(routes!(identify_visitor))
        .routes(routes!(return_to_page))
        .routes(routes!(get_landing))
        .routes(routes!(answer_landing))
}
