//! `Idempotency-Key`: a write that its sender repeats is done once, and answered as the first time.
//!
//! The first request leaves a row *begun*. The transaction in which its handler commits turns the row to *done* in the
//! same commit, so the row tells for certain whether anything happened: begun and old means that nothing did and that
//! it may be done now; done means that it must never be done again. The answer is stored afterwards (*kept*). A request
//! that was taken over by a later one can't commit any more.

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use base::Timestamp;
use base::time::{DAY, MINUTE};
use http::{HeaderValue, StatusCode, header};
use serde_json::json;
use sha2::{Digest as _, Sha256};

use crate::args;
use crate::ctx::Ctx;
use crate::kernel::db::{DbError, DbResult, Tx};
use crate::kernel::http::{AppError, AppResult, refused};

/// The request's header: 1 to 128 visible ASCII characters.
pub const HEADER: &str = "idempotency-key";
/// Set on an answer that is the kept one of an earlier request.
pub const REPLAYED: &str = "idempotency-replayed";
/// How long a key is remembered.
const REMEMBERED: i64 = DAY;
/// A request that runs longer than this is taken for dead.
const LONGEST_RUN: i64 = MINUTE;
/// Bytes of a request that may be repeated.
const MOST_REQUEST: usize = 10_000_000;
/// Longer answers are not kept.
const MOST_ANSWER: usize = 256 * 1024;

/// The running request's claim on its key.
#[derive(Clone, Debug)]
pub(crate) struct Claim {
    tenant: String,
    owner: String,
    key: String,
    attempt: i64,
}

tokio::task_local! {
    static CLAIM: Claim;
}

/// The claim of the request that this task answers.
pub(crate) fn current() -> Option<Claim> {
    CLAIM.try_with(Clone::clone).ok()
}

#[derive(sqlx::FromRow)]
struct Row {
    request_digest: String,
    attempt: i64,
    state: String,
    begun_at: i64,
    status: i64,
    content_type: String,
    body: String,
}

enum Begun {
    Ours(Claim),
    Kept(Row),
    Refused(AppError),
}

/// In the transaction that changes something: from now on the request counts as done.
pub(crate) async fn mark_done(tx: &mut Tx<'_>, claim: &Claim) -> DbResult<()> {
    let held = tx
        .exec(
            "UPDATE once_write SET state = CASE WHEN state = 'begun' THEN 'done' ELSE state END
             WHERE tenant_id = $1 AND owner_id = $2 AND idempotency_key = $3 AND attempt = $4",
            args![&claim.tenant, &claim.owner, &claim.key, claim.attempt],
        )
        .await?;
    if held == 1 { Ok(()) } else { Err(DbError::Unfit("a repeated request was faster".to_owned())) }
}

/// Runs the handlers behind a request at most once per key of this owner. Requests without the header pass.
pub async fn run(ctx: &Ctx, (tenant, owner): (&str, &str), request: Request, next: Next) -> Response {
    if request.method().is_safe() || !request.headers().contains_key(HEADER) {
        return next.run(request).await;
    }
    match claimed(ctx, (tenant, owner), request).await {
        Ok((Begun::Ours(claim), request)) => {
            let answer = CLAIM.scope(claim.clone(), next.run(request)).await;
            settle(ctx, &claim, answer).await
        }
        Ok((Begun::Kept(row), _)) => replay(row),
        Ok((Begun::Refused(e), _)) | Err(e) => e.into_response(),
    }
}

async fn claimed(ctx: &Ctx, owner: (&str, &str), request: Request) -> AppResult<(Begun, Request)> {
    let key = request.headers().get(HEADER).and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
    if key.is_empty() || key.len() > 128 || !key.bytes().all(|b| b.is_ascii_graphic()) {
        return Err(AppError::invalid("Idempotency-Key", "1–128 ASCII, no spaces"));
    }
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, MOST_REQUEST)
        .await
        .map_err(|_| refused("http.too_large", StatusCode::PAYLOAD_TOO_LARGE, json!({})))?;
    let digest = digest(parts.method.as_str(), &parts.uri.to_string(), &body);
    let now = ctx.lease_now();
    let mut tx = ctx.begin().await?;
    let begun = begin(&mut tx, owner, (&key, &digest), now).await?;
    tx.commit().await?;
    Ok((begun, Request::from_parts(parts, Body::from(body))))
}

fn digest(method: &str, target: &str, body: &[u8]) -> String {
    let mut hash = Sha256::new();
    hash.update(method);
    hash.update([0]);
    hash.update(target);
    hash.update([0]);
    hash.update(body);
    hex::encode(hash.finalize())
}

async fn begin(
    tx: &mut Tx<'_>,
    (tenant, owner): (&str, &str),
    (key, digest): (&str, &str),
    now: Timestamp,
) -> AppResult<Begun> {
    let forgotten = now.minus(REMEMBERED);
    tx.exec(
        "DELETE FROM once_write WHERE tenant_id = $1 AND owner_id = $2 AND begun_at < $3",
        args![tenant, owner, forgotten],
    )
    .await?;
    let claim = |attempt| Claim { tenant: tenant.into(), owner: owner.into(), key: key.into(), attempt };
    let fresh = tx
        .exec(
            "INSERT INTO once_write (tenant_id, owner_id, idempotency_key, request_digest, attempt, state, begun_at,
                 status, content_type, body)
             VALUES ($1, $2, $3, $4, 1, 'begun', $5, 0, '', '') ON CONFLICT DO NOTHING",
            args![tenant, owner, key, digest, now],
        )
        .await?;
    if fresh == 1 {
        return Ok(Begun::Ours(claim(1)));
    }
    let row: Row = tx
        .one(
            "SELECT request_digest, attempt, state, begun_at, status, content_type, body FROM once_write
             WHERE tenant_id = $1 AND owner_id = $2 AND idempotency_key = $3",
            args![tenant, owner, key],
        )
        .await?;
    if row.request_digest != digest {
        return Ok(refuse("http.once_other", StatusCode::UNPROCESSABLE_ENTITY));
    }
    let running = now.0 - row.begun_at < LONGEST_RUN;
    match (row.state.as_str(), running) {
        ("kept", _) => return Ok(Begun::Kept(row)),
        (_, true) => return Ok(refuse("http.once_running", StatusCode::CONFLICT)),
        ("begun", false) => {}
        _ => return Ok(refuse("http.once_lost", StatusCode::CONFLICT)),
    }
    let taken = tx
        .exec(
            "UPDATE once_write SET attempt = attempt + 1, begun_at = $5
             WHERE tenant_id = $1 AND owner_id = $2 AND idempotency_key = $3 AND attempt = $4 AND state = 'begun'",
            args![tenant, owner, key, row.attempt, now],
        )
        .await?;
    match taken {
        1 => Ok(Begun::Ours(claim(row.attempt + 1))),
        _ => Ok(refuse("http.once_running", StatusCode::CONFLICT)),
    }
}

const fn refuse(code: &'static str, status: StatusCode) -> Begun {
    Begun::Refused(refused(code, status, serde_json::Value::Null))
}

/// Keeps the answer of a request that changed something; forgets one that changed nothing, so that it may be tried
/// again once its cause is mended.
async fn settle(ctx: &Ctx, claim: &Claim, answer: Response) -> Response {
    let (parts, body) = answer.into_parts();
    let Ok(bytes) = axum::body::to_bytes(body, usize::MAX).await else {
        return AppError::fault("the answer could not be read").into_response();
    };
    let kind = parts.headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let text = std::str::from_utf8(&bytes).ok().filter(|t| t.len() <= MOST_ANSWER);
    let kept = match (parts.status.is_success(), text) {
        (true, Some(text)) => keep(ctx, claim, (parts.status, kind, text)).await,
        _ => forget(ctx, claim).await,
    };
    if let Err(e) = kept {
        // The change itself is safe; a repetition is told that its answer is lost.
        tracing::error!(error = %e, "an answer could not be kept");
    }
    Response::from_parts(parts, Body::from(bytes))
}

async fn keep(ctx: &Ctx, claim: &Claim, (status, kind, text): (StatusCode, &str, &str)) -> DbResult<()> {
    let mut tx = ctx.begin().await?;
    tx.exec(
        "UPDATE once_write SET state = 'kept', status = $5, content_type = $6, body = $7
         WHERE tenant_id = $1 AND owner_id = $2 AND idempotency_key = $3 AND attempt = $4",
        args![&claim.tenant, &claim.owner, &claim.key, claim.attempt, i64::from(status.as_u16()), kind, text],
    )
    .await?;
    tx.commit().await
}

async fn forget(ctx: &Ctx, claim: &Claim) -> DbResult<()> {
    let mut tx = ctx.begin().await?;
    tx.exec(
        "DELETE FROM once_write
         WHERE tenant_id = $1 AND owner_id = $2 AND idempotency_key = $3 AND attempt = $4 AND state = 'begun'",
        args![&claim.tenant, &claim.owner, &claim.key, claim.attempt],
    )
    .await?;
    tx.commit().await
}

fn replay(row: Row) -> Response {
    let status = u16::try_from(row.status).ok().and_then(|s| StatusCode::from_u16(s).ok());
    let mut answer = (status.unwrap_or(StatusCode::OK), Bytes::from(row.body)).into_response();
    let headers = answer.headers_mut();
    headers.remove(header::CONTENT_TYPE);
    if let Ok(kind) = HeaderValue::from_str(&row.content_type)
        && !row.content_type.is_empty()
    {
        headers.insert(header::CONTENT_TYPE, kind);
    }
    headers.insert(REPLAYED, HeaderValue::from_static("true"));
    answer
}
