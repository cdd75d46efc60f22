//! Two kinds of error: a *refusal* tells the caller what to do; a *fault* is ours to mend and shows only a number.

use std::panic::Location;

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde::Serialize;
use serde_json::{Value, json};

use crate::kernel::db::DbError;

/// Something the caller can act on. Each slice has one `enum …Refusal` in `model.rs` that implements this; the text
/// lies in the slice's catalogues under `code`.
pub trait Refusal {
    /// Stable word, `slice.reason`.
    fn code(&self) -> &'static str;
    /// See `docs/http-status.md`.
    fn status(&self) -> StatusCode {
        StatusCode::UNPROCESSABLE_ENTITY
    }
    /// Fills the holes of the text: an object.
    fn args(&self) -> Value {
        json!({})
    }
}

/// A refusal on its way out.
#[derive(Clone, Debug)]
pub struct Refused {
    pub code: &'static str,
    pub status: StatusCode,
    pub args: Value,
}

/// Something we must mend. The text goes to the log, never to a client.
#[derive(Debug)]
pub struct Fault {
    pub what: String,
    pub at: &'static Location<'static>,
}

#[derive(Debug)]
pub enum AppError {
    Refused(Refused),
    Fault(Fault),
}

pub type AppResult<T> = Result<T, AppError>;

/// Makes a refusal of the kernel's own, for example `refused("http.not_found", StatusCode::NOT_FOUND, json!({}))`.
#[must_use]
pub const fn refused(code: &'static str, status: StatusCode, args: Value) -> AppError {
    AppError::Refused(Refused { code, status, args })
}

impl AppError {
    /// Nothing of that name within the caller's reach. Foreign tenants' things answer the same.
    #[must_use]
    pub fn not_found() -> Self {
        refused("http.not_found", StatusCode::NOT_FOUND, json!({}))
    }
    /// A field of the request is wrong: names the field and the cure.
    #[must_use]
    pub fn invalid(field: &str, cure: &str) -> Self {
        refused(
            "http.invalid_field",
            StatusCode::UNPROCESSABLE_ENTITY,
            json!({ "field": field, "cure": cure }),
        )
    }
    #[track_caller]
    #[must_use]
    pub fn fault(what: impl std::fmt::Display) -> Self {
        Self::Fault(Fault { what: what.to_string(), at: Location::caller() })
    }
    /// The refusal's code, if it is one.
    #[must_use]
    pub const fn code(&self) -> Option<&'static str> {
        match self {
            Self::Refused(r) => Some(r.code),
            Self::Fault(_) => None,
        }
    }
}

impl std::fmt::Display for AppError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Refused(r) => write!(f, "refused: {} {}", r.code, r.args),
            Self::Fault(fault) => write!(f, "{} ({})", fault.what, fault.at),
        }
    }
}

impl<R: Refusal> From<R> for AppError {
    fn from(r: R) -> Self {
        Self::Refused(Refused { code: r.code(), status: r.status(), args: r.args() })
    }
}

impl From<DbError> for AppError {
    #[track_caller]
    fn from(e: DbError) -> Self {
        Self::fault(e)
    }
}

impl From<serde_json::Error> for AppError {
    #[track_caller]
    fn from(e: serde_json::Error) -> Self {
        Self::fault(e)
    }
}

/// `{"error":{"code","message","args","request_id"}}`: the body of every answer that is not a success.
#[derive(Serialize, utoipa::ToSchema)]
pub struct ErrorBody {
    pub error: ErrorDetail,
}

#[derive(Serialize, utoipa::ToSchema)]
pub struct ErrorDetail {
    /// Stable word, for programs.
    pub code: String,
    /// One sentence in the caller's language, for people.
    pub message: String,
    #[schema(value_type = Object)]
    pub args: Value,
    /// To be quoted when asking for help.
    pub request_id: String,
}

impl IntoResponse for AppError {
    fn into_response(self) -> Response {
        let refused = match self {
            Self::Refused(refused) => refused,
            Self::Fault(fault) => {
                tracing::error!(what = %fault.what, at = %fault.at, "fault");
                metrics::counter!("http_faults_total").increment(1);
                Refused { code: "http.fault", status: StatusCode::INTERNAL_SERVER_ERROR, args: json!({}) }
            }
        };
        // The layer around all handlers knows language and request id and writes the body.
        let mut response = (refused.status, Json(json!({}))).into_response();
        response.extensions_mut().insert(refused);
        response
    }
}
