//! Shapes of answers: JSON, files with ranges, and connections that break.

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use http_body_util::{Full, Limited};
use serde_json::Value;

use crate::BROKEN;
use crate::world::media::Media;

/// An answer of a kind.
pub(crate) fn plain(status: StatusCode, kind: &str, body: impl Into<Body>) -> Response {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    if let Ok(value) = HeaderValue::from_str(kind) {
        response.headers_mut().insert(header::CONTENT_TYPE, value);
    }
    response
}

pub(crate) fn json_response(value: &Value) -> Response {
    plain(StatusCode::OK, "application/json; charset=UTF-8", value.to_string())
}

/// A file, or the part of it that was asked for.
pub(crate) fn file_response(media: &Media, range: Option<&str>) -> Response {
    let total = media.bytes.len();
    let wanted = range.and_then(|r| parse_range(r, total));
    let (status, slice) = match wanted {
        Some((from, to)) => (StatusCode::PARTIAL_CONTENT, media.bytes.slice(from..to)),
        None => (StatusCode::OK, media.bytes.clone()),
    };
    let mut response = plain(status, media.mime(), slice);
    let headers: &mut HeaderMap = response.headers_mut();
    let name: String = media.filename.chars().filter(|c| !c.is_control() && *c != '"').collect();
    if let Ok(value) = HeaderValue::from_bytes(format!("attachment; filename=\"{name}\"").as_bytes()) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    if let Some((from, to)) = wanted {
        let text = format!("bytes {from}-{}/{total}", to.saturating_sub(1));
        if let Ok(value) = HeaderValue::from_str(&text) {
            headers.insert(header::CONTENT_RANGE, value);
        }
    }
    response
}

fn parse_range(text: &str, total: usize) -> Option<(usize, usize)> {
    let (from, to) = text.strip_prefix("bytes=")?.split_once('-')?;
    let from: usize = from.parse().ok()?;
    let to = if to.is_empty() { total } else { to.parse::<usize>().ok()?.checked_add(1)?.min(total) };
    (from < to).then_some((from, to))
}

/// An answer whose connection breaks: over a socket the body ends in an error, in process a header says so.
pub(crate) fn broken(how: &'static str) -> Response {
    // A body that runs over its own limit is the plainest way to an error in the middle of an answer.
    let whole = Full::new(Bytes::from_static(b"{\"errcode\":0"));
    let mut response = Response::new(Body::new(Limited::new(whole, 1)));
    response.headers_mut().insert(BROKEN, HeaderValue::from_static(how));
    response
}
