//! Rows of the privacy tables.

use serde::Serialize;

/// A person's present answer to one purpose.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ConsentRow {
    pub purpose: String,
    pub granted: bool,
    pub text_version: i64,
    pub channel: String,
    pub evidence: String,
    pub given_at: i64,
    pub withdrawn_at: i64,
}

/// One answer of the log.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct AnswerRow {
    pub id: String,
    pub purpose: String,
    pub granted: bool,
    pub text_version: i64,
    pub channel: String,
    pub evidence: String,
    pub at: i64,
    pub page: String,
    pub recorded_by: String,
    pub proof: String,
}

/// A company's wording of a purpose.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct TextRow {
    pub purpose: String,
    pub version: i64,
    pub body: String,
    pub made_at: i64,
    pub made_by: String,
}

/// A wording in one more language.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct LanguageRow {
    pub purpose: String,
    pub version: i64,
    pub locale: String,
    pub body: String,
}

/// A mark that holds.
#[derive(Clone, Debug, Serialize, sqlx::FromRow, utoipa::ToSchema)]
#[schema(as = PrivacyMarkRow)]
pub struct MarkRow {
    /// `no_promotion`, `no_personalisation`, `restricted`, `minor_suspected`.
    pub mark: String,
    pub channel: String,
    /// Empty when she did it herself.
    pub recorded_by: String,
    pub reason: String,
    pub at: i64,
}

/// How long an object is kept, and the last run.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct RetentionRow {
    pub object: String,
    pub days: i64,
    pub last_run_at: i64,
    pub last_deleted: i64,
    pub total_deleted: i64,
}

/// How many persons gave which answer to a purpose.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct CountRow {
    pub purpose: String,
    pub granted: i64,
    pub withdrawn: i64,
}
