//! `/api/member/v1/sidebar`: the employee's page inside the platform's app. Who she is, the platform says.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use http::{HeaderValue, StatusCode, header};
use messenger::Lane;
use messenger::identity::Visitor as Seen;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::model::{REASON_CHARS, TaskRefusal, TaskState};
use super::rows::TaskRow;
use super::store;
use crate::ctx::{Ctx, LiveCall};
use crate::kernel::audit;
use crate::kernel::db::Tx;
use crate::kernel::http::{AppError, AppResult, ErrorBody, Scope, SystemReason};
use crate::privacy::{Visitor, VisitorKind, VisitorToken, visitor_cookie};
use crate::{groups, people, staff, tags, tenants};

/// A task as the employee sees it.
#[derive(Serialize, ToSchema)]
pub struct SidebarTask {
    pub id: String,
    pub title: String,
    /// The message to put into the chat, the link included.
    pub body: String,
    pub link_url: String,
    pub group_id: String,
    pub group_name: String,
    /// The platform's id of the chat.
    pub chat: String,
    pub state: TaskState,
    pub due_at: i64,
    pub expires_at: i64,
    pub settled_at: i64,
    /// `post`, or `invitation` to one contact.
    pub kind: String,
    /// The platform's id of the contact to be invited; empty for posts.
    pub contact: String,
}

impl SidebarTask {
    pub(super) fn of(task: TaskRow) -> Self {
        Self {
            state: TaskState::named(&task.state).unwrap_or(TaskState::Waiting),
            id: task.id,
            title: task.title,
            body: task.body,
            link_url: task.link_url,
            group_id: task.group_id,
            group_name: task.group_name,
            chat: task.group_platform_id,
            due_at: task.due_at,
            expires_at: task.expires_at,
            settled_at: task.settled_at,
            kind: task.kind,
            contact: task.contact,
        }
    }
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct StartQuery {
    account: String,
    /// Query string to come back with, for example `task=tsk_…`.
    back: Option<String>,
}

/// Sends the browser to the platform, which sends it back to the sidebar page with a one-use code.
#[utoipa::path(get, path = "/api/member/v1/sidebar/start", params(StartQuery),
    responses((status = 303, description = "to the platform"), (status = 404, body = ErrorBody)))]
async fn start_sidebar(State(ctx): State<Ctx>, Query(query): Query<StartQuery>) -> AppResult<Response> {
    let messenger = ctx.live_messenger(&query.account, LiveCall::IdentifyVisitor).await?;
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-=&.".contains(c);
    let back: String = query.back.unwrap_or_default().chars().filter(|c| plain(*c)).take(200).collect();
    let and = if back.is_empty() { "" } else { "&" };
    let redirect = format!("{}/m/sidebar?account={}{and}{back}", ctx.config().public_url, query.account);
    Ok(Redirect::to(&messenger.identity().authorize_url(&redirect, "sidebar")).into_response())
}

#[derive(Deserialize, ToSchema)]
struct SessionBody {
    account: String,
    /// The one-use code that the platform put into the page's address.
    code: String,
}

/// Exchanges the platform's one-use code for a signed cookie. Only employees of the company get one here.
#[utoipa::path(post, path = "/api/member/v1/sidebar/session", request_body = SessionBody,
    responses((status = 204), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody)))]
async fn create_sidebar_session(
    State(ctx): State<Ctx>,
    Json(body): Json<SessionBody>,
) -> AppResult<Response> {
    let messenger = ctx.live_messenger(&body.account, LiveCall::IdentifyVisitor).await?;
    let seen = match messenger.identity().exchange(&body.code, Lane::Urgent).await {
        Ok(Seen::Staff(id)) => id,
        Ok(Seen::Contact(_) | Seen::Stranger(_)) => return Err(TaskRefusal::NotStaff.into()),
        Err(e) => {
            tracing::warn!(error = %e, "a sign-in code was not accepted");
            return Err(TaskRefusal::CodeRefused.into());
        }
    };
    let mut tx = ctx.read().await?;
    let tenant = store::tenant_of_account(&mut tx, &body.account).await?;
    let scope = Scope::across_tenants(&tenant, SystemReason("sidebar sign-in"));
    staff::by_platform_id(&mut tx, &scope, &body.account, &seen).await?.ok_or(TaskRefusal::NotStaff)?;
    let token = VisitorToken {
        tenant,
        account: body.account,
        kind: VisitorKind::Staff,
        platform_id: seen,
        person: None,
        until: 0,
    };
    let cookie = visitor_cookie(ctx.config(), token, ctx.now());
    let mut response = StatusCode::NO_CONTENT.into_response();
    let cookie = HeaderValue::from_str(&cookie).map_err(AppError::fault)?;
    response.headers_mut().insert(header::SET_COOKIE, cookie);
    Ok(response)
}

/// The employee behind a visitor's cookie; she must still work here.
async fn employee(tx: &mut Tx<'_>, visitor: &Visitor) -> AppResult<(Scope, staff::StaffRow)> {
    if visitor.token.kind != VisitorKind::Staff {
        return Err(TaskRefusal::NotStaff.into());
    }
    let scope = visitor.scope.clone();
    let found = staff::by_platform_id(tx, &scope, &visitor.token.account, &visitor.token.platform_id).await?;
    let row = found.filter(|s| s.active).ok_or(TaskRefusal::NotStaff)?;
    Ok((scope, row))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct SidebarQuery {
    /// The platform's id of the group chat the page is open beside.
    chat: Option<String>,
    /// The platform's id of the contact the page is open beside.
    contact: Option<String>,
}

#[derive(Serialize, ToSchema)]
struct SidebarView {
    staff_id: String,
    staff_name: String,
    now: i64,
    /// Today's, oldest first; those of the open chat first.
    tasks: Vec<SidebarTask>,
    group: Option<SidebarGroup>,
    contact: Option<SidebarContact>,
}

/// Three facts about the chat beside the page.
#[derive(Serialize, ToSchema)]
struct SidebarGroup {
    id: String,
    name: String,
    /// People who count.
    members: i64,
}

/// Who the contact beside the page is.
#[derive(Serialize, ToSchema)]
struct SidebarContact {
    person_id: String,
    name: String,
    first_seen_at: i64,
    groups: i64,
    tags: Vec<String>,
}

/// Everything the page shows: who she is, what is due, and who sits beside it.
#[utoipa::path(get, path = "/api/member/v1/sidebar", params(SidebarQuery),
    responses((status = 200, body = SidebarView), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody)))]
async fn get_sidebar(
    State(ctx): State<Ctx>,
    visitor: Visitor,
    Query(query): Query<SidebarQuery>,
) -> AppResult<Json<SidebarView>> {
    let mut tx = ctx.read().await?;
    let (scope, me) = employee(&mut tx, &visitor).await?;
    let zone = tenants::get(&mut tx, &scope).await?.tenant_zone();
    let day = zone.day_of(tx.now());
    let (from, to) = (zone.start_of(day), zone.start_of(day.plus_days(1)));
    let mut tasks = store::of_staff(&mut tx, &scope, &me.id, from, to).await?;
    if let Some(chat) = &query.chat {
        tasks.sort_by_key(|t| t.group_platform_id != *chat);
    }
    let account = &visitor.token.account;
    let group = match &query.chat {
        Some(chat) => groups::by_platform_id(&mut tx, &scope, account, chat).await?,
        None => None,
    };
    let group = match group {
        Some(g) => {
            let members = groups::eligible_count(&mut tx, &scope, &g.id).await?;
            Some(SidebarGroup { id: g.id, name: g.name, members })
        }
        None => None,
    };
    let contact = match &query.contact {
        Some(id) => contact(&mut tx, &scope, account, id).await?,
        None => None,
    };
    Ok(Json(SidebarView {
        staff_id: me.id,
        staff_name: me.name,
        now: tx.now().0,
        tasks: tasks.into_iter().map(SidebarTask::of).collect(),
        group,
        contact,
    }))
}

async fn contact(
    tx: &mut Tx<'_>,
    scope: &Scope,
    account: &str,
    id: &str,
) -> AppResult<Option<SidebarContact>> {
    let Some(person) = people::by_external_id(tx, scope, account, id).await? else { return Ok(None) };
    let tags = tags::names_of(tx, scope, &person.id).await?;
    let groups = store::groups_of_person(tx, scope, &person.id).await?;
    Ok(Some(SidebarContact {
        person_id: person.id,
        name: person.name,
        first_seen_at: person.first_seen_at,
        groups,
        tags,
    }))
}

/// A task of the employee herself; somebody else's answers as if it didn't exist.
async fn own_task(tx: &mut Tx<'_>, visitor: &Visitor, id: &str) -> AppResult<(Scope, TaskRow)> {
    let (scope, me) = employee(tx, visitor).await?;
    let task = store::task(tx, &scope, id).await?;
    if task.staff_id != me.id {
        return Err(AppError::not_found());
    }
    Ok((scope, task))
}

/// She sent it. Repeating it changes nothing.
#[utoipa::path(post, path = "/api/member/v1/sidebar/tasks/{id}/sent", params(("id" = String, Path)),
    responses((status = 200, body = SidebarTask), (status = 404, body = ErrorBody), (status = 409, body = ErrorBody)))]
async fn confirm_task(
    State(ctx): State<Ctx>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> AppResult<Json<SidebarTask>> {
    let mut tx = ctx.begin().await?;
    let (scope, task) = own_task(&mut tx, &visitor, &id).await?;
    store::settle(&mut tx, &scope, &task, TaskState::Sent, "").await?;
    let task = store::task(&mut tx, &scope, &id).await?;
    tx.commit().await?;
    Ok(Json(SidebarTask::of(task)))
}

#[derive(Deserialize, ToSchema)]
struct SkipBody {
    /// Why it is not sent; the operator reads it.
    reason: String,
}

/// She decided not to send it.
#[utoipa::path(post, path = "/api/member/v1/sidebar/tasks/{id}/skip", params(("id" = String, Path)),
    request_body = SkipBody,
    responses((status = 200, body = SidebarTask), (status = 404, body = ErrorBody), (status = 409, body = ErrorBody),
        (status = 422, body = ErrorBody)))]
async fn skip_task(
    State(ctx): State<Ctx>,
    visitor: Visitor,
    Path(id): Path<String>,
    Json(body): Json<SkipBody>,
) -> AppResult<Json<SidebarTask>> {
    let reason = body.reason.trim();
    if reason.is_empty() || reason.chars().count() > REASON_CHARS {
        return Err(TaskRefusal::NoReason.into());
    }
    let mut tx = ctx.begin().await?;
    let (scope, task) = own_task(&mut tx, &visitor, &id).await?;
    store::settle(&mut tx, &scope, &task, TaskState::Skipped, reason).await?;
    audit::record_system(&mut tx, &scope, &visitor.token.platform_id, "tasks.skip", &id).await?;
    let task = store::task(&mut tx, &scope, &id).await?;
    tx.commit().await?;
    Ok(Json(SidebarTask::of(task)))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct SignQuery {
    /// The page's address; the fragment is ignored.
    url: String,
    /// For the application's own functions rather than the company's.
    application: Option<bool>,
}

/// What unlocks the platform's in-app functions on a page.
#[derive(Serialize, ToSchema)]
struct SignatureView {
    company: String,
    application: String,
    timestamp: i64,
    nonce: String,
    signature: String,
    /// The script to load instead of the platform's own, in a demo.
    script_url: Option<String>,
}

/// Signs the page's address for the platform's script. Only our own pages are signed.
#[utoipa::path(get, path = "/api/member/v1/sidebar/signature", params(SignQuery),
    responses((status = 200, body = SignatureView), (status = 401, body = ErrorBody), (status = 422, body = ErrorBody)))]
async fn sign_sidebar(
    State(ctx): State<Ctx>,
    visitor: Visitor,
    Query(query): Query<SignQuery>,
) -> AppResult<Json<SignatureView>> {
    let url = query.url.split('#').next().unwrap_or_default();
    if !url.starts_with(&format!("{}/", ctx.config().public_url)) {
        return Err(AppError::invalid("url", &ctx.config().public_url));
    }
    let nonce = ctx.ids().token(8);
    let messenger = ctx.live_messenger(&visitor.token.account, LiveCall::SignPage).await?;
    let application = query.application.unwrap_or(false);
    let signed = messenger
        .identity()
        .sign_page(url, application, &nonce, Lane::Urgent)
        .await
        .map_err(AppError::fault)?;
    Ok(Json(SignatureView {
        company: signed.company,
        application: signed.application,
        timestamp: signed.timestamp,
        nonce: signed.nonce,
        signature: signed.signature,
        script_url: ctx.config().simulator_url.as_ref().map(|desk| format!("{desk}/sim/jsbridge.js")),
    }))
}

/// Employees' endpoints.
pub fn router() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new()
        .routes(routes!(start_sidebar))
        .routes(routes!(create_sidebar_session))
        .routes(routes!(get_sidebar))
        .routes(routes!(confirm_task))
        .routes(routes!(skip_task))
        .routes(routes!(sign_sidebar))
}
