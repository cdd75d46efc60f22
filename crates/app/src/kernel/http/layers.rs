//! The layers around every handler: request id, language, the written error body, security headers, log and metrics.

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use http::{HeaderName, HeaderValue, header};
use serde_json::json;

use super::error::Refused;
use crate::ctx::Ctx;
use crate::kernel::i18n::{self, Locale};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Puts the layers around a finished router.
pub fn wrap(router: Router, ctx: Ctx) -> Router {
    router.layer(from_fn_with_state(ctx, around))
}

async fn around(State(ctx): State<Ctx>, request: Request, next: Next) -> Response {
    let locale = request
        .headers()
        .get(header::ACCEPT_LANGUAGE)
        .and_then(|v| v.to_str().ok())
        .map_or_else(Locale::default, Locale::negotiate);
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let id = ctx.new_id("req");
    let mut response = next.run(request).await;
    let status = response.status();
    metrics::counter!("http_requests_total", "status" => status.as_str().to_owned()).increment(1);
    tracing::debug!(%method, path, status = status.as_u16(), request_id = id, "request");
    if let Some(refused) = response.extensions_mut().remove::<Refused>() {
        response = write_body(response, &refused, locale, &id);
    } else if status.is_client_error() && is_plain_rejection(&response) {
        // axum's own rejections (bad JSON, wrong method) speak plain text; they get the same shape as ours.
        response = shape_rejection(response, locale, &id).await;
    }
    let headers = response.headers_mut();
    headers.insert(REQUEST_ID, HeaderValue::from_str(&id).unwrap_or(HeaderValue::from_static("-")));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    response
}

fn is_plain_rejection(response: &Response) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok());
    kind.is_none_or(|k| k.starts_with("text/plain"))
}

async fn shape_rejection(response: Response, locale: Locale, id: &str) -> Response {
    let (parts, body) = response.into_parts();
    let words = axum::body::to_bytes(body, 2_000).await.unwrap_or_default();
    let args = json!({ "detail": String::from_utf8_lossy(&words) });
    let code = match parts.status.as_u16() {
        404 => "http.not_found",
        405 => "http.wrong_method",
        413 => "http.too_large",
        _ => "http.bad_request",
    };
    write_body(
        Response::from_parts(parts, Body::empty()),
        &Refused { code, status: http::StatusCode::OK, args },
        locale,
        id,
    )
}

fn write_body(response: Response, refused: &Refused, locale: Locale, id: &str) -> Response {
    let (mut parts, _) = response.into_parts();
    let body = json!({ "error": {
        "code": refused.code,
        "message": i18n::text(locale, refused.code, &refused.args),
        "args": refused.args,
        "request_id": id,
    }});
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Response::from_parts(parts, Body::from(body.to_string()))
}
