//! A call on its way to bytes: method, path, query, body.

use bytes::Bytes;
use http::Method;
use serde::Serialize;

use super::{CallError, CallResult};
use crate::wire::{Call, Effect, Verb};

/// A call without its token.
pub(super) struct Outline {
    pub method: Method,
    pub path: &'static str,
    pub query: String,
    pub content_type: Option<String>,
    pub body: Bytes,
    pub effect: Effect,
}

impl Outline {
    pub fn of<C: Call>(call: &C) -> CallResult<Self> {
        let ours = |e: serde_json::Error| CallError::Unavailable(format!("{}: {e}", C::PATH));
        let (method, query, content_type, body) = match C::VERB {
            Verb::Get => (Method::GET, query_of(call).map_err(ours)?, None, Bytes::new()),
            Verb::Post => {
                let body = serde_json::to_vec(call).map_err(ours)?;
                (Method::POST, String::new(), Some("application/json".to_owned()), body.into())
            }
        };
        Ok(Self { method, path: C::PATH, query, content_type, body, effect: C::EFFECT })
    }
}

/// The fields of a flat request as a query.
fn query_of<C: Serialize>(call: &C) -> Result<String, serde_json::Error> {
    let serde_json::Value::Object(fields) = serde_json::to_value(call)? else { return Ok(String::new()) };
    let pairs = fields.iter().filter_map(|(name, value)| match value {
        serde_json::Value::Null => None,
        serde_json::Value::String(text) => Some(format!("{name}={}", escape(text))),
        other => Some(format!("{name}={}", escape(&other.to_string()))),
    });
    Ok(pairs.collect::<Vec<_>>().join("&"))
}

/// Percent-encodes everything but unreserved characters.
#[must_use]
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => out.push(char::from(byte)),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}
