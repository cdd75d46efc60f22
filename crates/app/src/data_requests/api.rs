//! `/api/v1/data-requests`.

mod after;

use axum::Json;
use axum::extract::{Path, Query, State};
use base::Page;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::jobs::{Copy, Erase};
use super::model::{Act, Kind, RequestRefusal, State as RequestState};
use super::rows::{FileRow, RequestRow, StepRow};
use super::store::{self, Filter, NewRequest};
use crate::ctx::Ctx;
use crate::kernel::audit;
use crate::kernel::db::Tx;
use crate::kernel::http::{Allowed, AppError, AppResult, Caller, ErrorBody, ListQuery, Scope, permission};
use crate::privacy::{self, Channel, Mark, Marking};

/// A request as a list shows it.
#[derive(Serialize, ToSchema)]
#[schema(as = DataRequest)]
pub struct RequestView {
    pub id: String,
    pub person_id: String,
    /// Empty after an erasure.
    pub person_name: String,
    pub kind: Kind,
    pub state: RequestState,
    /// `member_page` or `staff`.
    pub channel: String,
    pub wish: String,
    pub received_at: i64,
    /// The end of the last working day.
    pub due_at: i64,
    pub overdue: bool,
    pub verified_how: String,
    /// 0 until then.
    pub verified_at: i64,
    pub started_at: i64,
    pub ended_at: i64,
    /// What was done, or why not.
    pub outcome: String,
    pub legal_ground: String,
}

impl RequestView {
    pub(super) fn of(row: RequestRow, now: i64) -> Self {
        Self {
            kind: row.kind(),
            state: row.state(),
            overdue: row.state().is_open() && row.due_at <= now,
            id: row.id,
            person_id: row.person_id,
            person_name: row.person_name,
            channel: row.channel,
            wish: row.wish,
            received_at: row.received_at,
            due_at: row.due_at,
            verified_how: row.verified_how,
            verified_at: row.verified_at,
            started_at: row.started_at,
            ended_at: row.ended_at,
            outcome: row.outcome,
            legal_ground: row.legal_ground,
        }
    }
}

#[derive(Serialize, ToSchema)]
#[schema(as = DataRequestPage)]
struct RequestPage {
    items: Vec<RequestView>,
    next: Option<String>,
    /// All that are open, and those of them past their deadline.
    open: i64,
    overdue: i64,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct RequestFilter {
    /// `open` or a state; all when absent.
    state: Option<String>,
    kind: Option<String>,
    /// One person's.
    person: Option<String>,
}

/// Requests about personal data, newest first.
#[utoipa::path(get, path = "/api/v1/data-requests", params(ListQuery, RequestFilter),
    responses((status = 200, body = RequestPage), (status = 422, body = ErrorBody)))]
async fn list_requests(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::DataRequestsRead>,
    Query(query): Query<ListQuery>,
    Query(filter): Query<RequestFilter>,
) -> AppResult<Json<RequestPage>> {
    let page = query.paging();
    let filter = Filter {
        state: filter.state.unwrap_or_default(),
        kind: filter.kind.unwrap_or_default(),
        person: filter.person.unwrap_or_default(),
        pattern: query.pattern(),
    };
    if !store::is_state_filter(&filter.state) {
        return Err(AppError::invalid("state", "open, received, verified, in_work, done, refused"));
    }
    let mut tx = ctx.read().await?;
    let (open, overdue) = store::open_counts(&mut tx, &caller.scope, ctx.now()).await?;
    let rows = store::list(&mut tx, &caller.scope, &page, &filter).await?;
    let Page { items, next } = Page::cut(rows, page.limit, |r| r.id.clone());
    let now = ctx.now().0;
    let items = items.into_iter().map(|row| RequestView::of(row, now)).collect();
    Ok(Json(RequestPage { items, next, open, overdue }))
}

/// The copy that was made.
#[derive(Serialize, ToSchema)]
#[schema(as = DataRequestFile)]
pub struct FileView {
    /// SHA-256.
    pub digest: String,
    pub bytes: i64,
    pub made_at: i64,
    pub expires_at: i64,
    /// How often it was fetched.
    pub fetched: i64,
    /// The address to hand over; whoever knows it can fetch the copy until it expires.
    pub url: String,
}

#[derive(Serialize, ToSchema)]
#[schema(as = DataRequestDetail)]
struct RequestDetail {
    #[serde(flatten)]
    request: RequestView,
    steps: Vec<StepRow>,
    file: Option<FileView>,
    /// SHA-256 of the certificate of an erasure.
    certificate: Option<String>,
    /// Tombstones that stand against her return, and those that were lifted.
    tombstones: i64,
    lifted: i64,
}

pub(super) fn file_view(tx: &Tx<'_>, scope: &Scope, public_url: &str, file: FileRow) -> FileView {
    let token = store::file_token(tx, scope, &file.request_id, file.made_at);
    FileView {
        url: format!("{public_url}/m/data/{token}"),
        digest: file.digest,
        bytes: file.bytes,
        made_at: file.made_at,
        expires_at: file.expires_at,
        fetched: file.fetched,
    }
}

async fn detail(tx: &mut Tx<'_>, ctx: &Ctx, scope: &Scope, id: &str) -> AppResult<Json<RequestDetail>> {
    let row = store::get(tx, scope, id).await?;
    let steps = store::steps(tx, scope, id).await?;
    let file = store::file(tx, scope, id).await?;
    let file = file.map(|file| file_view(tx, scope, &ctx.config().public_url, file));
    let certificate = store::certificate(tx, scope, id).await?.map(|(_, digest)| digest);
    let (tombstones, lifted) = privacy::tombstones(tx, scope, id).await?;
    let request = RequestView::of(row, ctx.now().0);
    Ok(Json(RequestDetail { request, steps, file, certificate, tombstones, lifted }))
}

/// One request with its steps.
#[utoipa::path(get, path = "/api/v1/data-requests/{id}",
    responses((status = 200, body = RequestDetail), (status = 404, body = ErrorBody)))]
async fn get_request(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::DataRequestsRead>,
    Path(id): Path<String>,
) -> AppResult<Json<RequestDetail>> {
    let mut tx = ctx.read().await?;
    detail(&mut tx, &ctx, &caller.scope, &id).await
}

#[derive(Deserialize, ToSchema)]
#[schema(as = DataRequestDraft)]
struct RequestDraft {
    person_id: String,
    kind: Kind,
    /// What she said or wrote, up to 1,000 characters.
    #[serde(default)]
    wish: String,
}

/// Enters a request that reached an employee. Who asked must be verified before work begins.
#[utoipa::path(post, path = "/api/v1/data-requests", request_body = RequestDraft,
    responses((status = 200, body = RequestDetail), (status = 404, body = ErrorBody),
        (status = 409, body = ErrorBody), (status = 422, body = ErrorBody)))]
async fn create_request(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::DataRequestsWrite>,
    Json(draft): Json<RequestDraft>,
) -> AppResult<Json<RequestDetail>> {
    let wish = checked_wish(&draft.wish)?;
    let mut tx = ctx.begin().await?;
    let new = NewRequest {
        person: &draft.person_id,
        kind: draft.kind,
        channel: "staff",
        wish,
        locale: caller.locale.tag(),
        actor: &caller.operator_name,
    };
    let id = store::enter(&mut tx, &caller.scope, &new).await?;
    audit::record(&mut tx, &caller, "data_requests.enter", &id).await?;
    let view = detail(&mut tx, &ctx, &caller.scope, &id).await?;
    tx.commit().await?;
    Ok(view)
}

pub(super) fn checked_wish(wish: &str) -> Result<&str, RequestRefusal> {
    let wish = wish.trim();
    if wish.chars().count() > 1_000 { Err(RequestRefusal::WishTooLong) } else { Ok(wish) }
}

/// What proves or explains an act, 4 to 500 characters.
#[derive(Deserialize, ToSchema)]
#[schema(as = DataRequestNote)]
struct Note {
    #[serde(default)]
    note: String,
    /// For a refusal: the rule it rests on, 4 to 200 characters.
    #[serde(default)]
    legal_ground: String,
}

fn sentence(text: &str, most: usize) -> Option<&str> {
    let text = text.trim();
    (4..=most).contains(&text.chars().count()).then_some(text)
}

/// Says how it was proved that she asks herself.
#[utoipa::path(post, path = "/api/v1/data-requests/{id}/verify", request_body = Note,
    responses((status = 200, body = RequestDetail), (status = 404, body = ErrorBody),
        (status = 409, body = ErrorBody), (status = 422, body = ErrorBody)))]
async fn verify_request(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::DataRequestsWrite>,
    Path(id): Path<String>,
    Json(note): Json<Note>,
) -> AppResult<Json<RequestDetail>> {
    let how = sentence(&note.note, 500).ok_or(RequestRefusal::NoteMissing)?;
    step(&ctx, &caller, &id, (Act::Verify, how, "data_requests.verify")).await
}

/// Begins the work: a copy or an erasure is done by the product at once, a restriction holds at once.
#[utoipa::path(post, path = "/api/v1/data-requests/{id}/start",
    responses((status = 200, body = RequestDetail), (status = 404, body = ErrorBody),
        (status = 409, body = ErrorBody)))]
async fn start_request(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::DataRequestsWrite>,
    Path(id): Path<String>,
) -> AppResult<Json<RequestDetail>> {
    step(&ctx, &caller, &id, (Act::Start, "", "data_requests.start")).await
}

/// Ends a correction or restriction with what was done.
#[utoipa::path(post, path = "/api/v1/data-requests/{id}/finish", request_body = Note,
    responses((status = 200, body = RequestDetail), (status = 404, body = ErrorBody),
        (status = 409, body = ErrorBody), (status = 422, body = ErrorBody)))]
async fn finish_request(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::DataRequestsWrite>,
    Path(id): Path<String>,
    Json(note): Json<Note>,
) -> AppResult<Json<RequestDetail>> {
    let done = sentence(&note.note, 500).ok_or(RequestRefusal::NoteMissing)?;
    step(&ctx, &caller, &id, (Act::Finish, done, "data_requests.finish")).await
}

/// Refuses a request with reason and legal ground.
#[utoipa::path(post, path = "/api/v1/data-requests/{id}/refuse", request_body = Note,
    responses((status = 200, body = RequestDetail), (status = 404, body = ErrorBody),
        (status = 409, body = ErrorBody), (status = 422, body = ErrorBody)))]
async fn refuse_request(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::DataRequestsWrite>,
    Path(id): Path<String>,
    Json(note): Json<Note>,
) -> AppResult<Json<RequestDetail>> {
    let why = sentence(&note.note, 500).ok_or(RequestRefusal::NoteMissing)?;
    let ground = sentence(&note.legal_ground, 200).ok_or(RequestRefusal::LegalGroundMissing)?;
    let mut tx = ctx.begin().await?;
    store::get(&mut tx, &caller.scope, &id).await?;
    store::set_legal_ground(&mut tx, &caller.scope, &id, ground).await?;
    step_in(&mut tx, &caller, &id, (Act::Refuse, why, "data_requests.refuse")).await?;
    let view = detail(&mut tx, &ctx, &caller.scope, &id).await?;
    tx.commit().await?;
    Ok(view)
}

async fn step(
    ctx: &Ctx,
    caller: &Caller,
    id: &str,
    act: (Act, &str, &str),
) -> AppResult<Json<RequestDetail>> {
    let mut tx = ctx.begin().await?;
    step_in(&mut tx, caller, id, act).await?;
    let view = detail(&mut tx, ctx, &caller.scope, id).await?;
    tx.commit().await?;
    Ok(view)
}

async fn step_in(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: &str,
    (act, note, word): (Act, &str, &str),
) -> AppResult<()> {
    let scope = &caller.scope;
    let request = store::get(tx, scope, id).await?;
    if act == Act::Finish && request.kind().is_automatic() {
        return Err(RequestRefusal::WrongState { state: request.state().word() }.into());
    }
    store::act(tx, scope, &request, (act, &caller.operator_name, note)).await?;
    audit::record(tx, caller, word, id).await?;
    if act != Act::Start {
        return Ok(());
    }
    let id = id.to_owned();
    match request.kind() {
        Kind::Access => tx.enqueue(scope.tenant(), &Copy { request: id }).await,
        Kind::Erase => tx.enqueue(scope.tenant(), &Erase { request: id }).await,
        Kind::Restrict => restrict(tx, caller, &request).await,
        Kind::Correct => Ok(()),
    }
}

async fn restrict(tx: &mut Tx<'_>, caller: &Caller, request: &RequestRow) -> AppResult<()> {
    for mark in [Mark::Restricted, Mark::NoPromotion, Mark::NoPersonalisation] {
        let marking = Marking {
            person: &request.person_id,
            mark,
            on: true,
            channel: Channel::Staff,
            recorded_by: &caller.operator_name,
            reason: &request.id,
        };
        privacy::set_mark(tx, &caller.scope, &marking).await?;
    }
    Ok(())
}

pub(super) use after::hand_out;

pub fn router() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new()
        .routes(routes!(list_requests, create_request))
        .routes(routes!(after::get_settings, after::set_settings))
        .routes(routes!(get_request))
        .routes(routes!(verify_request))
        .routes(routes!(start_request))
        .routes(routes!(finish_request))
        .routes(routes!(refuse_request))
        .routes(routes!(after::fetch_copy))
        .routes(routes!(after::fetch_certificate))
        .routes(routes!(after::lift_erasure))
}
