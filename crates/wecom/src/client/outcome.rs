//! What came of a call: done, refused, or nobody knows.

use bytes::Bytes;
use serde::de::DeserializeOwned;

use super::outline::Outline;
use crate::transport::{Response, TransportError};
use crate::wire::{Effect, Status, codes, media};

/// Longer words of the platform are cut.
const MAX_WORDS: usize = 300;

/// What came of a call that did not succeed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// Definitely not done.
    #[error("refused ({code}): {words}")]
    Refused { code: i64, words: String },
    /// Definitely not done: wait this many milliseconds.
    #[error("rate limited for {after_ms} ms")]
    RateLimited { after_ms: i64 },
    /// Definitely not done, or a read: try again later.
    #[error("unavailable: {0}")]
    Unavailable(String),
    /// Perhaps done.
    #[error("outcome unknown: {0}")]
    Unknown(String),
}

impl CallError {
    /// WeCom's code when it refused.
    #[must_use]
    pub const fn code(&self) -> Option<i64> {
        match self {
            Self::Refused { code, .. } => Some(*code),
            _ => None,
        }
    }
}

pub type CallResult<T> = Result<T, CallError>;

/// Three outcomes, never two: the body of a success, a certain refusal, or nobody knows.
pub(super) fn settle(outline: &Outline, answer: Result<Response, TransportError>) -> CallResult<Bytes> {
    let path = outline.path;
    let answer = match answer {
        Ok(answer) => answer,
        Err(TransportError::NotSent(why)) => return Err(CallError::Unavailable(format!("{path}: {why}"))),
        Err(TransportError::Unknown(why)) => return Err(lost(outline.effect, format!("{path}: {why}"))),
    };
    if !(200..300).contains(&answer.status) {
        return Err(lost(outline.effect, format!("{path}: HTTP {}", answer.status)));
    }
    let status = match status_of(&answer.body) {
        Some(status) => status,
        // A downloaded file is not a JSON object, and that is how its success is told.
        None if path == media::GET => return Ok(answer.body),
        None => return Err(lost(outline.effect, format!("{path}: torn answer"))),
    };
    match status.errcode {
        codes::OK => Ok(answer.body),
        code if codes::means_not_done(code) => Err(CallError::Refused { code, words: cut(&status.errmsg) }),
        code => Err(lost(outline.effect, format!("{path}: code {code}: {}", cut(&status.errmsg)))),
    }
}

/// Code and words of an answer; `None` when it is no JSON object.
fn status_of(body: &[u8]) -> Option<Status> {
    // A struct could also be read from a list.
    if !body.trim_ascii_start().starts_with(b"{") {
        return None;
    }
    serde_json::from_slice(body).ok()
}

pub(super) fn lost(effect: Effect, why: String) -> CallError {
    match effect {
        Effect::Read => CallError::Unavailable(why),
        Effect::Write => CallError::Unknown(why),
    }
}

/// Reads a reply. WeCom now and then writes `null` where a list or text belongs; those are taken out and read again.
pub(super) fn parse<R: DeserializeOwned>(bytes: &[u8]) -> Result<R, serde_json::Error> {
    match serde_json::from_slice(bytes) {
        Ok(reply) => Ok(reply),
        Err(first) => {
            let mut value: serde_json::Value = serde_json::from_slice(bytes)?;
            drop_nulls(&mut value);
            serde_json::from_value(value).map_err(|_| first)
        }
    }
}

fn drop_nulls(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::Object(fields) => {
            fields.retain(|_, v| !v.is_null());
            fields.values_mut().for_each(drop_nulls);
        }
        serde_json::Value::Array(items) => {
            items.retain(|v| !v.is_null());
            items.iter_mut().for_each(drop_nulls);
        }
        _ => {}
    }
}

fn cut(words: &str) -> String {
    words.chars().take(MAX_WORDS).collect()
}

/// WeCom's words may repeat what was sent; a secret must not travel on in an error.
pub(super) fn hide(error: CallError, secret: &str) -> CallError {
    let clean = |text: String| if secret.is_empty() { text } else { text.replace(secret, "***") };
    match error {
        CallError::Refused { code, words } => CallError::Refused { code, words: clean(words) },
        CallError::Unavailable(text) => CallError::Unavailable(clean(text)),
        CallError::Unknown(text) => CallError::Unknown(clean(text)),
        limited @ CallError::RateLimited { .. } => limited,
    }
}
