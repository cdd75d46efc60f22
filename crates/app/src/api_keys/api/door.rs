//! The door for programs: turns `Authorization: Bearer hq_…` into a [`Caller`], within limit, network and date.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use axum::extract::Request;
use axum::response::{IntoResponse as _, Response};
use base::Timestamp;
use base::time::MINUTE;
use http::{HeaderValue, header};

use super::super::model::{ApiKeyRefusal, Bucket, KeyState, TOKEN_PREFIX, is_for_browsers, scopes};
use super::super::rows::KeyRow;
use super::super::store;
use crate::ctx::Ctx;
use crate::kernel::http::{AppError, AppResult, Caller, CallerKind, Reach, Scope};
use crate::kernel::i18n::Locale;
use crate::kernel::network::{self, Network};

/// The buckets of all keys that called this process. Several processes each give the full limit.
#[derive(Default)]
pub struct Gate(Mutex<HashMap<String, Bucket>>);

impl Gate {
    fn take(&self, key: &str, now: Timestamp, per_minute: i64) -> Result<(), ApiKeyRefusal> {
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let bucket = buckets.entry(key.to_owned()).or_default();
        bucket.take(now, per_minute).map_err(|seconds| ApiKeyRefusal::TooMany { seconds })
    }
}

/// A request that comes with a token instead of a cookie, as far as the door looks at it.
pub struct Visit {
    token: String,
    from: Option<IpAddr>,
    path: String,
    locale: Locale,
}

impl Visit {
    /// `None` when the request brings no token.
    #[must_use]
    pub fn of(request: &Request, proxies: &[Network]) -> Option<Self> {
        let text = |name| request.headers().get(name).and_then(|v: &HeaderValue| v.to_str().ok());
        let (scheme, token) = text(header::AUTHORIZATION)?.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| Self {
            token: token.trim().to_owned(),
            from: network::came_from(request, proxies),
            path: request.uri().path().to_owned(),
            locale: Locale::negotiate(text(header::ACCEPT_LANGUAGE).unwrap_or_default()),
        })
    }
}

/// Lets a key in, or answers why not.
///
/// # Errors
/// The refusal as a complete answer: 401 unknown or expired, 403 wrong network or a page for people, 429 too many.
pub async fn admit(ctx: &Ctx, visit: Visit) -> Result<Caller, Response> {
    let key = known(ctx, &visit.token).await.map_err(AppError::into_response)?;
    if let Err(refusal) = ctx.gate().take(&key.id, ctx.now(), key.per_minute) {
        return Err(too_many(refusal));
    }
    if let Err(e) = judge(&key, ctx.now(), visit.from, &visit.path) {
        return Err(AppError::from(e).into_response());
    }
    note_use(ctx, &key, visit.from).await.map_err(AppError::into_response)?;
    Ok(caller_of(key, visit.locale))
}

async fn known(ctx: &Ctx, token: &str) -> AppResult<KeyRow> {
    if !token.starts_with(TOKEN_PREFIX) {
        return Err(ApiKeyRefusal::Unknown.into());
    }
    let mut tx = ctx.read().await?;
    store::by_token(&mut tx, token).await?.ok_or_else(|| ApiKeyRefusal::Unknown.into())
}

fn too_many(refusal: ApiKeyRefusal) -> Response {
    let seconds = if let ApiKeyRefusal::TooMany { seconds } = refusal { seconds } else { 1 };
    let mut answer = AppError::from(refusal).into_response();
    answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    answer
}

fn judge(key: &KeyRow, now: Timestamp, from: Option<IpAddr>, path: &str) -> Result<(), ApiKeyRefusal> {
    if KeyState::of(key.expires_at, key.revoked_at, now) != KeyState::Active {
        return Err(ApiKeyRefusal::Expired);
    }
    let mut networks = key.networks.split(',').filter_map(Network::parse).peekable();
    // Nobody knows where it came from: then it came from nowhere that is allowed.
    let allowed =
        networks.peek().is_none() || from.is_some_and(|address| networks.any(|n| n.contains(address)));
    if !allowed {
        return Err(ApiKeyRefusal::WrongNetwork);
    }
    if is_for_browsers(path) { Err(ApiKeyRefusal::ForBrowsers) } else { Ok(()) }
}

/// Last use is kept to the minute: a busy key must not write with each call.
async fn note_use(ctx: &Ctx, key: &KeyRow, from: Option<IpAddr>) -> AppResult<()> {
    let address = from.map(|a| a.to_string()).unwrap_or_default();
    if ctx.now().0 - key.last_used_at < MINUTE && address == key.last_address {
        return Ok(());
    }
    let mut tx = ctx.begin().await?;
    store::touch(&mut tx, key, &address).await?;
    tx.commit().await?;
    Ok(())
}

fn caller_of(key: KeyRow, locale: Locale) -> Caller {
    let held: Vec<&'static str> =
        scopes().filter(|word| key.scopes.split(',').any(|scope| scope == *word)).collect();
    let reach = match key.community_id {
        none if none.is_empty() => Reach::All,
        community => Reach::Community(community),
    };
    Caller {
        kind: CallerKind::Key,
        operator_id: key.id,
        operator_name: key.name,
        role: "api_key".to_owned(),
        staff_id: None,
        permissions: held.into(),
        scope: Scope::of_session(key.tenant_id, reach),
        locale,
    }
}
