//! Rows of the connected accounts.

use serde::Serialize;

/// A connection as it is kept: secrets sealed.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct AccountRow {
    pub tenant_id: String,
    pub id: String,
    pub platform: String,
    pub name: String,
    pub company: String,
    pub application: String,
    pub secret_sealed: String,
    pub token_sealed: String,
    pub key_sealed: String,
    pub api_base: Option<String>,
    pub version: i64,
    pub url_checked_at: Option<i64>,
    pub last_callback_at: Option<i64>,
    pub created_at: i64,
}

/// One kept callback.
#[derive(Clone, Debug, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct InboxRow {
    pub seq: i64,
    pub account_id: String,
    pub received_at: i64,
    /// The decrypted message as it came.
    pub body: String,
}

/// Callbacks of one account that came together, as they are kept.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct SheetRow {
    /// The number of the first.
    pub seq: i64,
    pub many: i64,
    pub account_id: String,
    /// When the last came.
    pub received_at: i64,
    /// Of one: as it came. Of several: what [`super::model::Sheet`] made of them.
    pub body: String,
}

#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ExaminationRow {
    pub run: i64,
    pub started_at: i64,
    pub finished_at: Option<i64>,
    pub probes: i64,
}

#[derive(Clone, Debug, sqlx::FromRow)]
pub struct FindingRow {
    pub place: i64,
    pub probe: String,
    pub asked: String,
    pub verdict: String,
    pub code: i64,
    pub words: String,
    pub figure: Option<i64>,
    pub found_at: i64,
}

/// How far the mirroring of one kind of thing is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct SyncRow {
    /// `staff`, `tags`, `contacts`, `groups`.
    pub kind: String,
    /// Rises with every fresh start.
    pub run: i64,
    /// `running`, `done`, `failed`.
    pub state: String,
    pub done: i64,
    /// What is known so far; final once `listed`.
    pub total: i64,
    pub listed: bool,
    #[serde(skip)]
    pub next_cursor: String,
    pub started_at: i64,
    pub finished_at: Option<i64>,
    /// The platform's words, empty when nothing went wrong.
    pub last_error: String,
}
