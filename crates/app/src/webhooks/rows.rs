//! Rows of endpoints, deliveries and attempts.

use serde::Serialize;

/// One address that wants to hear.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct EndpointRow {
    pub id: String,
    pub url: String,
    pub description: String,
    /// Comma separated.
    pub types: String,
    pub sealed_secret: String,
    /// Empty when there was no rotation.
    pub sealed_old_secret: String,
    pub old_until: i64,
    pub enabled: bool,
    /// Why we switched it off: a catalogue key, or empty.
    pub off_reason: String,
    pub off_at: i64,
    /// 0 when the last attempt did not fail.
    pub failing_since: i64,
    pub last_ok_at: i64,
    pub created_at: i64,
}

impl EndpointRow {
    pub(super) fn hears(&self, kind: &str) -> bool {
        self.types.split(',').any(|t| t == kind)
    }
}

/// A message on its way to an endpoint.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct DeliveryRow {
    pub id: String,
    pub message_id: String,
    pub event_type: String,
    pub payload: String,
    pub created_at: i64,
    /// `waiting`, `delivered`, `failed` or `held`.
    pub state: String,
    pub tries: i64,
    pub attempts: i64,
    pub next_at: i64,
    pub last_status: i64,
    pub last_error: String,
    pub settled_at: i64,
}

/// One call.
#[derive(Clone, Debug, Serialize, sqlx::FromRow, utoipa::ToSchema)]
#[schema(as = WebhookAttempt)]
pub struct AttemptRow {
    pub number: i64,
    pub at: i64,
    /// 0: its end was never written, so nobody knows whether it arrived. It was repeated.
    pub ended_at: i64,
    /// HTTP status of the answer; 0 without one.
    pub status: i64,
    /// Why there was no answer.
    pub error: String,
    /// The first kilobyte of the answer.
    pub body: String,
}

/// How many deliveries of an endpoint stand where.
#[derive(Clone, Debug, Default, Serialize, sqlx::FromRow, utoipa::ToSchema)]
#[schema(as = WebhookCounts)]
pub struct Counts {
    pub waiting: i64,
    pub delivered: i64,
    pub failed: i64,
    pub held: i64,
}
