//! Rows of requests, their steps and files; and a row of any table, read as text.

use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{Column as _, FromRow, Row as _};

use super::model::{Kind, State};

/// A request about somebody's data.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct RequestRow {
    pub id: String,
    /// Hers, or what stands in its place after an erasure.
    pub person_id: String,
    /// Empty after an erasure.
    pub person_name: String,
    pub kind: String,
    pub state: String,
    pub channel: String,
    /// What she wrote, or what the employee heard.
    pub wish: String,
    pub locale: String,
    pub received_at: i64,
    pub due_at: i64,
    pub verified_how: String,
    pub verified_at: i64,
    pub started_at: i64,
    pub ended_at: i64,
    /// What was done, or why not.
    pub outcome: String,
    pub legal_ground: String,
    pub alias: String,
}

impl RequestRow {
    /// The kind; an unknown word reads as the most careful one.
    #[must_use]
    pub fn kind(&self) -> Kind {
        Kind::parse(&self.kind).unwrap_or(Kind::Correct)
    }
    #[must_use]
    pub fn state(&self) -> State {
        State::parse(&self.state).unwrap_or(State::Received)
    }
}

/// One step of a request.
#[derive(Clone, Debug, serde::Serialize, sqlx::FromRow, utoipa::ToSchema)]
#[schema(as = DataRequestStep)]
pub struct StepRow {
    pub id: String,
    pub at: i64,
    /// The operator's name; empty when the member or the machine did it.
    pub actor: String,
    /// `received`, `verified`, `started`, `file_made`, `erased`, `done`, `refused`, `fetched`, `lifted`.
    pub step: String,
    pub note: String,
}

/// A sealed copy.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct FileRow {
    pub tenant_id: String,
    pub request_id: String,
    pub sealed: String,
    pub digest: String,
    pub bytes: i64,
    pub made_at: i64,
    pub expires_at: i64,
    pub fetched: i64,
}

/// A row of any table whose columns were cast to text.
#[derive(Clone, Debug)]
pub struct TextRow(pub Vec<Option<String>>);

impl<'r> FromRow<'r, SqliteRow> for TextRow {
    fn from_row(row: &'r SqliteRow) -> sqlx::Result<Self> {
        row.columns().iter().map(|c| row.try_get(c.ordinal())).collect::<sqlx::Result<_>>().map(Self)
    }
}

impl<'r> FromRow<'r, PgRow> for TextRow {
    fn from_row(row: &'r PgRow) -> sqlx::Result<Self> {
        row.columns().iter().map(|c| row.try_get(c.ordinal())).collect::<sqlx::Result<_>>().map(Self)
    }
}
