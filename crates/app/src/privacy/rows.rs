//! Rows of the privacy tables.

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
}

/// A company's wording of a purpose.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct TextRow {
    pub purpose: String,
    pub version: i64,
    pub body: String,
}

/// How many persons gave which answer to a purpose.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct CountRow {
    pub purpose: String,
    pub granted: i64,
    pub withdrawn: i64,
}
