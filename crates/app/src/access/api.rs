//! `/api/v1/session` (the door) and `/api/v1/access/*` (operators, roles, audit log).

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse as _, Response};
use base::Page;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::layer::{COOKIE, token_of};
use super::model::{AccessRefusal, Role, SESSION_IDLE};
use super::store::{self, NewOperator, Operator};
use crate::ctx::Ctx;
use crate::kernel::audit::{self, AuditEntry};
use crate::kernel::http::{
    Allowed, AppError, AppResult, Caller, ErrorBody, ListQuery, Scope, SystemReason, permission,
};
use crate::kernel::i18n::Locale;
use crate::tenants::{self, Tenant};

/// Either a one-time `code`, or `login` and `password`.
#[derive(Deserialize, ToSchema)]
struct SignIn {
    code: Option<String>,
    login: Option<String>,
    password: Option<String>,
}

/// The signed-in operator and her company.
#[derive(Serialize, ToSchema)]
pub struct Me {
    pub operator: MeOperator,
    pub tenant: Tenant,
    pub permissions: Vec<String>,
    /// The installation shows the demo company.
    pub demo: bool,
    /// Address of the simulator's people page, in a demo.
    pub simulator_url: Option<String>,
    /// The product's clock, which a demo runs faster than real time.
    pub now: i64,
}

#[derive(Serialize, ToSchema)]
pub struct MeOperator {
    pub id: String,
    pub name: String,
    pub role: String,
    pub locale: String,
    /// Whether she has set a password yet.
    pub staff_id: Option<String>,
}

/// Signs in and sets the session cookie.
#[utoipa::path(post, path = "/api/v1/session", request_body = SignIn,
    responses((status = 204), (status = 401, body = ErrorBody), (status = 429, body = ErrorBody)))]
async fn create_session(State(ctx): State<Ctx>, Json(sign_in): Json<SignIn>) -> AppResult<Response> {
    let (tenant, operator) = match (sign_in.code, sign_in.login, sign_in.password) {
        (Some(code), ..) => {
            let mut tx = ctx.begin().await?;
            let spent = store::spend_code(&mut tx, code.trim()).await?;
            tx.commit().await?;
            spent
        }
        (None, Some(login), Some(password)) => by_password(&ctx, login.trim(), password).await?,
        _ => return Err(AppError::invalid("code", "code | login + password")),
    };
    let mut tx = ctx.begin().await?;
    let token = store::open_session(&mut tx, &tenant, &operator).await?;
    let scope = Scope::across_tenants(&tenant, SystemReason("sign-in"));
    audit::record_system(&mut tx, &scope, "sign-in", "access.sign_in", &operator).await?;
    tx.commit().await?;
    Ok(with_cookie(&ctx, &token, SESSION_IDLE / 1_000))
}

async fn by_password(ctx: &Ctx, login: &str, password: String) -> AppResult<(String, String)> {
    let mut tx = ctx.read().await?;
    store::check_tries(&mut tx, login).await?;
    let found = store::by_login(&mut tx, login).await?;
    drop(tx);
    let (tenant, operator, hash) = found.unwrap_or_default();
    // An unknown login costs the same time as a wrong password.
    let hash = if hash.is_empty() { ctx.decoy_password_hash().to_owned() } else { hash };
    let fits = tokio::task::spawn_blocking(move || store::password_fits(&password, &hash))
        .await
        .map_err(AppError::fault)?;
    if fits && !operator.is_empty() {
        return Ok((tenant, operator));
    }
    let mut tx = ctx.begin().await?;
    store::note_wrong_try(&mut tx, login).await?;
    tx.commit().await?;
    Err(AccessRefusal::WrongLogin.into())
}

fn with_cookie(ctx: &Ctx, token: &str, seconds: i64) -> Response {
    let secure = if ctx.config().public_url.starts_with("https:") { "; Secure" } else { "" };
    let cookie = format!("{COOKIE}={token}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}");
    let mut response = StatusCode::NO_CONTENT.into_response();
    if let Ok(value) = HeaderValue::from_str(&cookie) {
        response.headers_mut().insert(header::SET_COOKIE, value);
    }
    response
}

/// Who is signed in.
#[utoipa::path(get, path = "/api/v1/session", responses((status = 200, body = Me), (status = 401, body = ErrorBody)))]
async fn get_session(State(ctx): State<Ctx>, caller: Caller) -> AppResult<Json<Me>> {
    let mut tx = ctx.read().await?;
    let tenant = tenants::get(&mut tx, &caller.scope).await?;
    Ok(Json(Me {
        operator: MeOperator {
            id: caller.operator_id.clone(),
            name: caller.operator_name.clone(),
            role: caller.role.clone(),
            locale: caller.locale.tag().to_owned(),
            staff_id: caller.staff_id.clone(),
        },
        tenant,
        permissions: caller.permissions.iter().map(|p| (*p).to_owned()).collect(),
        demo: ctx.config().demo,
        simulator_url: ctx.config().simulator_url.clone(),
        now: ctx.now().0,
    }))
}

/// Signs out.
#[utoipa::path(delete, path = "/api/v1/session", responses((status = 204)))]
async fn delete_session(State(ctx): State<Ctx>, headers: HeaderMap) -> AppResult<Response> {
    if let Some(token) = token_of(&headers) {
        let mut tx = ctx.begin().await?;
        store::close_session(&mut tx, &token).await?;
        tx.commit().await?;
    }
    Ok(with_cookie(&ctx, "", 0))
}

#[derive(Deserialize, ToSchema)]
struct OwnPatch {
    /// `zh-CN`, `en` or `es`.
    locale: Option<String>,
    /// At least 10 characters. Ends all other sessions.
    password: Option<String>,
}

/// Changes one's own language or password.
#[utoipa::path(patch, path = "/api/v1/session", request_body = OwnPatch,
    responses((status = 204), (status = 422, body = ErrorBody)))]
async fn patch_session(
    State(ctx): State<Ctx>,
    caller: Caller,
    Json(patch): Json<OwnPatch>,
) -> AppResult<Response> {
    if let Some(locale) = &patch.locale {
        let mut tx = ctx.begin().await?;
        let mut me = store::operator(&mut tx, caller.scope.tenant(), &caller.operator_id).await?;
        Locale::negotiate(locale).tag().clone_into(&mut me.locale);
        store::update_operator(&mut tx, &caller.scope, &me).await?;
        tx.commit().await?;
    }
    let Some(password) = patch.password else { return Ok(StatusCode::NO_CONTENT.into_response()) };
    if password.chars().count() < 10 {
        return Err(AccessRefusal::PasswordTooShort.into());
    }
    let hash = tokio::task::spawn_blocking(move || store::hash_password(&password))
        .await
        .map_err(AppError::fault)??;
    let mut tx = ctx.begin().await?;
    store::set_password(&mut tx, caller.scope.tenant(), &caller.operator_id, &hash).await?;
    audit::record(&mut tx, &caller, "access.set_password", &caller.operator_id).await?;
    let token = store::open_session(&mut tx, caller.scope.tenant(), &caller.operator_id).await?;
    tx.commit().await?;
    Ok(with_cookie(&ctx, &token, SESSION_IDLE / 1_000))
}

/// A role and its rights.
#[derive(Serialize, ToSchema)]
struct RoleView {
    role: Role,
    permissions: Vec<String>,
}

/// The roles there are.
#[utoipa::path(get, path = "/api/v1/access/roles", responses((status = 200, body = Vec<RoleView>)))]
async fn list_roles(_: Allowed<permission::AccessRead>) -> Json<Vec<RoleView>> {
    let view =
        |role: Role| RoleView { role, permissions: role.permissions().into_iter().map(Into::into).collect() };
    Json(Role::ALL.into_iter().map(view).collect())
}

/// One page of operators.
#[derive(Serialize, ToSchema)]
struct OperatorPage {
    items: Vec<Operator>,
    next: Option<String>,
}

/// The operators of the company.
#[utoipa::path(get, path = "/api/v1/access/operators", params(ListQuery), responses((status = 200, body = OperatorPage)))]
async fn list_operators(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::AccessRead>,
    Query(query): Query<ListQuery>,
) -> AppResult<Json<OperatorPage>> {
    let page = query.paging();
    let mut tx = ctx.read().await?;
    let rows = store::operators(&mut tx, &caller.scope, &query.literal(), &page).await?;
    let Page { items, next } = Page::cut(rows, page.limit, |o| o.id.clone());
    Ok(Json(OperatorPage { items, next }))
}

#[derive(Deserialize, ToSchema)]
struct OperatorDraft {
    login: String,
    name: String,
    role: Role,
    staff_id: Option<String>,
    /// Sees only the groups in which her staff member has a duty; needs `staff_id`.
    #[serde(default)]
    own_groups_only: bool,
    locale: Option<String>,
}

/// An operator and the one-time link by which she signs in for the first time; shown once.
#[derive(Serialize, ToSchema)]
struct Invited {
    operator: Operator,
    sign_in_url: String,
}

/// Adds an operator.
#[utoipa::path(post, path = "/api/v1/access/operators", request_body = OperatorDraft,
    responses((status = 201, body = Invited), (status = 409, body = ErrorBody), (status = 422, body = ErrorBody)))]
async fn create_operator(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::AccessWrite>,
    Json(draft): Json<OperatorDraft>,
) -> AppResult<(StatusCode, Json<Invited>)> {
    let (login, name) = (draft.login.trim(), draft.name.trim());
    if login.is_empty() || login.len() > 60 || login.contains(char::is_whitespace) {
        return Err(AppError::invalid("login", "1–60, no spaces"));
    }
    if name.is_empty() || name.chars().count() > 40 {
        return Err(AppError::invalid("name", "1–40"));
    }
    if draft.own_groups_only && draft.staff_id.is_none() {
        return Err(AccessRefusal::ReachNeedsStaff.into());
    }
    let new = NewOperator {
        login,
        name,
        role: draft.role,
        staff_id: draft.staff_id.as_deref(),
        own_groups_only: draft.own_groups_only,
        locale: Locale::negotiate(draft.locale.as_deref().unwrap_or("zh-CN")).tag(),
    };
    let mut tx = ctx.begin().await?;
    let id = store::create_operator(&mut tx, &caller.scope, &new).await?;
    let code = store::issue_sign_in_code(&mut tx, &caller.scope, &id).await?;
    audit::record(&mut tx, &caller, "access.create_operator", &id).await?;
    let operator = store::operator(&mut tx, caller.scope.tenant(), &id).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(Invited { operator, sign_in_url: sign_in_url(&ctx, &code) })))
}

#[derive(Deserialize, ToSchema)]
struct OperatorPatch {
    name: Option<String>,
    role: Option<Role>,
    staff_id: Option<String>,
    own_groups_only: Option<bool>,
    disabled: Option<bool>,
}

/// Changes role, reach or state of an operator. Disabling ends her sessions at once.
#[utoipa::path(patch, path = "/api/v1/access/operators/{id}", request_body = OperatorPatch,
    responses((status = 200, body = Operator), (status = 404, body = ErrorBody), (status = 409, body = ErrorBody)))]
async fn patch_operator(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::AccessWrite>,
    Path(id): Path<String>,
    Json(patch): Json<OperatorPatch>,
) -> AppResult<Json<Operator>> {
    let mut tx = ctx.begin().await?;
    let mut operator = store::operator(&mut tx, caller.scope.tenant(), &id).await?;
    operator.name = patch.name.unwrap_or(operator.name);
    if let Some(role) = patch.role {
        role.word().clone_into(&mut operator.role);
    }
    operator.staff_id = patch.staff_id.filter(|s| !s.is_empty()).or(operator.staff_id);
    if let Some(own) = patch.own_groups_only {
        if own && operator.staff_id.is_none() {
            return Err(AccessRefusal::ReachNeedsStaff.into());
        }
        operator.reach = if own { "own_groups" } else { "all" }.to_owned();
    }
    operator.disabled = patch.disabled.unwrap_or(operator.disabled);
    store::update_operator(&mut tx, &caller.scope, &operator).await?;
    audit::record(&mut tx, &caller, "access.update_operator", &id).await?;
    tx.commit().await?;
    Ok(Json(operator))
}

/// Makes a fresh one-time sign-in link for an operator who lost hers.
#[utoipa::path(post, path = "/api/v1/access/operators/{id}/sign-in-link",
    responses((status = 201, body = Invited), (status = 404, body = ErrorBody)))]
async fn create_sign_in_link(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::AccessWrite>,
    Path(id): Path<String>,
) -> AppResult<(StatusCode, Json<Invited>)> {
    let mut tx = ctx.begin().await?;
    let operator = store::operator(&mut tx, caller.scope.tenant(), &id).await?;
    let code = store::issue_sign_in_code(&mut tx, &caller.scope, &id).await?;
    audit::record(&mut tx, &caller, "access.sign_in_link", &id).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(Invited { operator, sign_in_url: sign_in_url(&ctx, &code) })))
}

fn sign_in_url(ctx: &Ctx, code: &str) -> String {
    format!("{}/console/sign-in?code={code}", ctx.config().public_url)
}

/// One page of the audit log.
#[derive(Serialize, ToSchema)]
struct AuditPage {
    items: Vec<AuditEntry>,
    next: Option<String>,
}

/// Who did what, newest first.
#[utoipa::path(get, path = "/api/v1/access/audit", params(ListQuery), responses((status = 200, body = AuditPage)))]
async fn list_audit(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::AccessRead>,
    Query(query): Query<ListQuery>,
) -> AppResult<Json<AuditPage>> {
    let page = query.paging();
    let mut tx = ctx.read().await?;
    let rows = audit::list(&mut tx, &caller.scope, &page).await?;
    let Page { items, next } = Page::cut(rows, page.limit, |e| e.id.clone());
    Ok(Json(AuditPage { items, next }))
}

pub fn router() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new()
        .routes(routes!(create_session, get_session, patch_session, delete_session))
        .routes(routes!(list_roles))
        .routes(routes!(list_operators, create_operator))
        .routes(routes!(patch_operator))
        .routes(routes!(create_sign_in_link))
        .routes(routes!(list_audit))
}
