//! `/api/v1/live-codes`: codes, their publishing, funnel and poster.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse as _, Response};
use base::Page;
use http::header;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::jobs::Retire;
use super::model::poster::{self, Poster, Qr};
use super::model::{Channel, Draft, LiveCodeRefusal, Status, Target, TargetKind};
use super::rows::{CodeRow, FunnelRow};
use super::store;
use crate::ctx::Ctx;
use crate::kernel::db::Tx;
use crate::kernel::http::{Allowed, AppError, AppResult, ErrorBody, ListQuery, Scope, permission};
use crate::kernel::{audit, i18n, i18n::Locale};
use crate::tenants;

/// Persons per stage. Scans are not told by the platform.
#[derive(Clone, Copy, Debug, Default, Serialize, ToSchema)]
pub struct Funnel {
    /// Added an employee by this code.
    pub adds: i64,
    /// Joined a group by this code.
    pub joins: i64,
    /// Joined a week ago or longer.
    pub joined_week_ago: i64,
    /// Of those, still in the group after seven days.
    pub stayed_week: i64,
    /// Ordered after they came.
    pub buyers: i64,
}

#[derive(Serialize, ToSchema)]
pub struct LiveCodeView {
    pub id: String,
    /// Comes back from the platform with every add and join.
    pub state: String,
    pub target: TargetKind,
    /// Staff ids, or group ids in the order in which they fill.
    pub target_ids: Vec<String>,
    pub account_id: String,
    pub title: String,
    pub hook: String,
    pub organiser: String,
    pub channel: Channel,
    pub store: String,
    pub community_id: Option<String>,
    pub welcome_id: Option<String>,
    pub tag_ids: Vec<String>,
    pub skip_verify: bool,
    pub overflow_name: String,
    #[schema(value_type = String)]
    pub status: Status,
    /// Why it failed, as a catalogue key, as a sentence, and as the platform said it.
    pub reason: String,
    pub reason_text: String,
    pub reason_detail: String,
    /// Changed since it was last published.
    pub outdated: bool,
    /// The platform's QR picture; empty until it is live.
    pub qr_url: String,
    /// Our page that shows the code to whoever holds the link.
    pub landing_url: String,
    pub created_at: i64,
    pub updated_at: i64,
    pub funnel: Funnel,
}

#[derive(Serialize, ToSchema)]
pub struct LiveCodePage {
    pub items: Vec<LiveCodeView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

async fn view(
    tx: &mut Tx<'_>,
    scope: &Scope,
    row: CodeRow,
    (public, locale): (&str, Locale),
) -> AppResult<LiveCodeView> {
    let funnel =
        store::funnels(tx, scope, &row.id).await?.pop().map_or_else(Funnel::default, |f: FunnelRow| Funnel {
            adds: f.adds,
            joins: f.joins,
            joined_week_ago: f.ripe,
            stayed_week: f.stayed,
            buyers: f.buyers,
        });
    let reason_text = match row.reason.as_str() {
        "" => String::new(),
        code => i18n::text(locale, code, &serde_json::from_str(&row.reason_detail).unwrap_or_default()),
    };
    Ok(LiveCodeView {
        target: TargetKind::named(&row.target).unwrap_or(TargetKind::Staff),
        target_ids: store::targets_of(tx, scope, &row.id).await?,
        tag_ids: store::tags_of(tx, scope, &row.id).await?,
        channel: Channel::named(&row.channel).unwrap_or(Channel::Import),
        status: Status::named(&row.status).unwrap_or(Status::Failed),
        outdated: row.published_revision > 0 && row.published_revision != row.revision,
        landing_url: format!("{public}/m/j/{}", row.state),
        id: row.id,
        state: row.state,
        account_id: row.account_id,
        title: row.title,
        hook: row.hook,
        organiser: row.organiser,
        store: row.store,
        community_id: row.community_id,
        welcome_id: row.welcome_id,
        skip_verify: row.skip_verify,
        overflow_name: row.overflow_name,
        reason: row.reason,
        reason_text,
        reason_detail: row.reason_detail,
        qr_url: row.qr_url,
        created_at: row.created_at,
        updated_at: row.updated_at,
        funnel,
    })
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct CodeFilter {
    /// Only codes of this community.
    community_id: Option<String>,
}

/// Live codes, newest first.
#[utoipa::path(get, path = "/api/v1/live-codes", params(ListQuery, CodeFilter),
    responses((status = 200, body = LiveCodePage)))]
async fn list_live_codes(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::LiveCodesRead>,
    Query(query): Query<ListQuery>,
    Query(filter): Query<CodeFilter>,
) -> AppResult<Json<LiveCodePage>> {
    let (paging, pattern) = (query.paging(), query.pattern());
    let community = filter.community_id.as_deref().unwrap_or("");
    let mut tx = ctx.read().await?;
    let rows = store::list(&mut tx, &caller.scope, &paging, (&pattern, community)).await?;
    let page = Page::cut(rows, paging.limit, |r| r.id.clone());
    let mut items = Vec::with_capacity(page.items.len());
    for row in page.items {
        items.push(view(&mut tx, &caller.scope, row, (&ctx.config().public_url, caller.locale)).await?);
    }
    Ok(Json(LiveCodePage { items, next: page.next }))
}

async fn found(tx: &mut Tx<'_>, scope: &Scope, id: &str) -> AppResult<CodeRow> {
    store::by_id(tx, scope, id).await?.ok_or_else(AppError::not_found)
}

/// One live code.
#[utoipa::path(get, path = "/api/v1/live-codes/{id}",
    responses((status = 200, body = LiveCodeView), (status = 404, body = ErrorBody)))]
async fn get_live_code(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::LiveCodesRead>,
    Path(id): Path<String>,
) -> AppResult<Json<LiveCodeView>> {
    let mut tx = ctx.read().await?;
    let row = found(&mut tx, &caller.scope, &id).await?;
    Ok(Json(view(&mut tx, &caller.scope, row, (&ctx.config().public_url, caller.locale)).await?))
}

/// A code as an operator writes it. Channel and hook are mandatory.
#[derive(Deserialize, ToSchema)]
struct LiveCodeDraft {
    account_id: String,
    /// 1–30 characters.
    title: String,
    /// Why one should scan, 1–40 characters.
    hook: String,
    #[serde(default)]
    organiser: String,
    channel: Channel,
    #[serde(default)]
    store: String,
    target: TargetKind,
    /// 1–100 staff ids, or 1–5 group ids.
    target_ids: Vec<String>,
    community_id: Option<String>,
    welcome_id: Option<String>,
    #[serde(default)]
    tag_ids: Vec<String>,
    /// Accept friend requests without a tap.
    #[serde(default = "yes")]
    skip_verify: bool,
    /// Name for groups that the platform opens when all are full; empty: none.
    #[serde(default)]
    overflow_name: String,
}

const fn yes() -> bool {
    true
}

impl From<LiveCodeDraft> for Draft {
    fn from(d: LiveCodeDraft) -> Self {
        Self {
            account_id: d.account_id,
            title: d.title,
            hook: d.hook,
            organiser: d.organiser,
            channel: d.channel,
            store: d.store,
            target: Target { kind: d.target, ids: d.target_ids },
            community_id: d.community_id.filter(|id| !id.is_empty()),
            welcome_id: d.welcome_id.filter(|id| !id.is_empty()),
            tag_ids: d.tag_ids,
            skip_verify: d.skip_verify,
            overflow_name: d.overflow_name,
        }
    }
}

/// Makes a code as a draft.
#[utoipa::path(post, path = "/api/v1/live-codes", request_body = LiveCodeDraft,
    responses((status = 200, body = LiveCodeView), (status = 422, body = ErrorBody)))]
async fn create_live_code(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::LiveCodesWrite>,
    Json(draft): Json<LiveCodeDraft>,
) -> AppResult<Json<LiveCodeView>> {
    let mut tx = ctx.begin().await?;
    let id = store::create(&mut tx, &caller.scope, &draft.into()).await?;
    audit::record(&mut tx, &caller, "live_codes.create", &id).await?;
    answer(&ctx, tx, &caller, &id).await
}

async fn answer(
    ctx: &Ctx,
    mut tx: Tx<'_>,
    caller: &crate::kernel::http::Caller,
    id: &str,
) -> AppResult<Json<LiveCodeView>> {
    // Whoever changed it sees the answer, even when her change moved it out of her reach.
    let all = Scope::of_session(caller.scope.tenant().to_owned(), crate::kernel::http::Reach::All);
    let row = found(&mut tx, &all, id).await?;
    let shown = view(&mut tx, &all, row, (&ctx.config().public_url, caller.locale)).await?;
    tx.commit().await?;
    Ok(Json(shown))
}

/// Overwrites a code. What is printed stays valid; a published code is published again.
#[utoipa::path(put, path = "/api/v1/live-codes/{id}", request_body = LiveCodeDraft,
    responses((status = 200, body = LiveCodeView), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)))]
async fn update_live_code(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::LiveCodesWrite>,
    Path(id): Path<String>,
    Json(draft): Json<LiveCodeDraft>,
) -> AppResult<Json<LiveCodeView>> {
    let mut tx = ctx.begin().await?;
    let row = found(&mut tx, &caller.scope, &id).await?;
    if row.status == Status::Retired.word() {
        return Err(LiveCodeRefusal::Retired.into());
    }
    if row.target != draft.target.word() || row.account_id != draft.account_id {
        return Err(LiveCodeRefusal::KindFixed.into());
    }
    store::update(&mut tx, &caller.scope, &id, &draft.into()).await?;
    if row.status != Status::Draft.word() {
        store::publish(&mut tx, &caller.scope, &id).await?;
    }
    audit::record(&mut tx, &caller, "live_codes.update", &id).await?;
    answer(&ctx, tx, &caller, &id).await
}

/// Publishes a draft, or tries a failed code again. After an unknown outcome this is the operator's decision that the
/// code was not made.
#[utoipa::path(post, path = "/api/v1/live-codes/{id}/publish",
    responses((status = 200, body = LiveCodeView), (status = 404, body = ErrorBody), (status = 409, body = ErrorBody)))]
async fn publish_live_code(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::LiveCodesWrite>,
    Path(id): Path<String>,
) -> AppResult<Json<LiveCodeView>> {
    let mut tx = ctx.begin().await?;
    let row = found(&mut tx, &caller.scope, &id).await?;
    match Status::named(&row.status) {
        Some(Status::Draft | Status::Failed) => {}
        Some(Status::Retired) => return Err(LiveCodeRefusal::Retired.into()),
        _ => return Err(LiveCodeRefusal::NotFailed.into()),
    }
    if row.target == TargetKind::Groups.word() {
        store::set_intent(&mut tx, &caller.scope, &id, 0).await?;
    }
    store::publish(&mut tx, &caller.scope, &id).await?;
    audit::record(&mut tx, &caller, "live_codes.publish", &id).await?;
    answer(&ctx, tx, &caller, &id).await
}

/// Takes a code out of service. Its QR leads nowhere afterwards; its figures stay.
#[utoipa::path(post, path = "/api/v1/live-codes/{id}/retire",
    responses((status = 200, body = LiveCodeView), (status = 404, body = ErrorBody), (status = 409, body = ErrorBody)))]
async fn retire_live_code(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::LiveCodesWrite>,
    Path(id): Path<String>,
) -> AppResult<Json<LiveCodeView>> {
    let mut tx = ctx.begin().await?;
    let row = found(&mut tx, &caller.scope, &id).await?;
    if row.status == Status::Retired.word() {
        return Err(LiveCodeRefusal::Retired.into());
    }
    store::set_status(&mut tx, &caller.scope, &id, Status::Retired, ("", "")).await?;
    tx.enqueue(caller.scope.tenant(), &Retire { code: id.clone() }).await?;
    audit::record(&mut tx, &caller, "live_codes.retire", &id).await?;
    answer(&ctx, tx, &caller, &id).await
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct PosterOptions {
    /// `landing`: our page, for any code. `platform`: the platform's own picture, one step shorter for staff codes.
    qr: Option<String>,
}

/// The poster as a picture, A4 upright.
#[utoipa::path(get, path = "/api/v1/live-codes/{id}/poster.svg", params(PosterOptions),
    responses((status = 200, body = String, content_type = "image/svg+xml"), (status = 404, body = ErrorBody)))]
async fn get_live_code_poster(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::LiveCodesRead>,
    Path(id): Path<String>,
    Query(options): Query<PosterOptions>,
) -> AppResult<Response> {
    let mut tx = ctx.read().await?;
    let row = found(&mut tx, &caller.scope, &id).await?;
    let organiser = match row.organiser.as_str() {
        "" => tenants::get(&mut tx, &caller.scope).await?.name,
        own => own.to_owned(),
    };
    drop(tx);
    let landing = format!("{}/m/j/{}", ctx.config().public_url, row.state);
    let qr = match options.qr.as_deref() {
        Some("platform") if !row.qr_url.is_empty() => Qr::Picture(&row.qr_url),
        _ => Qr::Address(&landing),
    };
    let svg = poster::draw(&Poster { title: &row.title, hook: &row.hook, organiser: &organiser, qr })
        .ok_or_else(|| AppError::fault("the public address is too long for a QR code"))?;
    Ok(([(header::CONTENT_TYPE, "image/svg+xml; charset=utf-8")], svg).into_response())
}

pub fn router() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new()
        .routes(routes!(list_live_codes, create_live_code))
        .routes(routes!(get_live_code, update_live_code))
        .routes(routes!(publish_live_code))
        .routes(routes!(retire_live_code))
        .routes(routes!(get_live_code_poster))
}
