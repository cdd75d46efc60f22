//! The session layer: turns the cookie, or a program's key, into a [`Caller`], and refuses writes that another site caused.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use base::time::HOUR;
use http::{HeaderMap, StatusCode, header};
use serde_json::json;

use super::model::Role;
use super::store;
use crate::api_keys;
use crate::ctx::Ctx;
use crate::kernel::http::{AppResult, Caller, CallerKind, Reach, Scope, refused};
use crate::kernel::i18n::Locale;
use crate::kernel::once;

pub(super) const COOKIE: &str = "huoqun_session";
/// Browsers send no such header across sites without asking first; its presence proves our own page.
const OWN_PAGE: &str = "x-huoqun";

/// Layer of all operator endpoints. A request without a valid session goes on without a caller; the extractors refuse.
pub async fn authenticate(State(ctx): State<Ctx>, mut request: Request, next: Next) -> Response {
    if let Some(visit) = api_keys::Visit::of(&request, &ctx.config().network.proxies) {
        // No browser adds this header by itself, so no other site can have caused the request.
        let caller = match api_keys::admit(&ctx, visit).await {
            Ok(caller) => caller,
            Err(answer) => return answer,
        };
        let (tenant, key) = (caller.scope.tenant().to_owned(), caller.operator_id.clone());
        request.extensions_mut().insert(caller);
        return once::run(&ctx, (&tenant, &key), request, next).await;
    }
    let safe = request.method().is_safe();
    if !safe && !request.headers().contains_key(OWN_PAGE) {
        return refused("http.cross_site", StatusCode::FORBIDDEN, json!({})).into_response();
    }
    if let Some(token) = token_of(request.headers()) {
        match load(&ctx, &token).await {
            Ok(Some(caller)) => {
                request.extensions_mut().insert(caller);
            }
            Ok(None) => {}
            Err(e) => return e.into_response(),
        }
    }
    next.run(request).await
}

pub(super) fn token_of(headers: &HeaderMap) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|v| v.to_str().ok())
        .flat_map(|v| v.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| *name == COOKIE)
        .map(|(_, value)| value.to_owned())
}

async fn load(ctx: &Ctx, token: &str) -> AppResult<Option<Caller>> {
    let mut tx = ctx.read().await?;
    // A session whose operator is gone is no session.
    let Some(session) = store::session(&mut tx, token).await? else { return Ok(None) };
    drop(tx);
    if session.operator.disabled {
        return Ok(None);
    }
    if ctx.now().0 - session.seen_at > HOUR {
        let mut tx = ctx.begin().await?;
        store::touch_session(&mut tx, token).await?;
        tx.commit().await?;
    }
    Ok(Some(caller_of(session.tenant_id, session.operator)))
}

fn caller_of(tenant: String, operator: store::Operator) -> Caller {
    let permissions = Role::parse(&operator.role).map(Role::permissions).unwrap_or_default();
    let reach = match (operator.reach.as_str(), operator.staff_id.clone()) {
        ("all", _) => Reach::All,
        (_, Some(staff)) => Reach::OwnGroups(staff),
        // Own groups without a staff member: an id that nobody has, so nothing is seen.
        (_, None) => Reach::OwnGroups("nobody".to_owned()),
    };
    Caller {
        kind: CallerKind::Operator,
        operator_id: operator.id,
        operator_name: operator.name,
        role: operator.role,
        staff_id: operator.staff_id,
        permissions: permissions.into(),
        scope: Scope::of_session(tenant, reach),
        locale: Locale::negotiate(&operator.locale),
    }
}
