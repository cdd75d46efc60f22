//! Rows of the links tables.

/// A tracked link.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct LinkRow {
    pub tenant_id: String,
    pub id: String,
    pub code: String,
    pub account_id: String,
    pub surface: String,
    pub target_url: String,
    pub title: String,
    pub post_id: Option<String>,
    pub group_id: Option<String>,
    pub person_id: Option<String>,
    pub created_at: i64,
}

/// A link with what was counted. `clicks` counts every opening, bots and staff included.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct CountedRow {
    pub id: String,
    pub code: String,
    pub surface: String,
    pub target_url: String,
    pub title: String,
    pub post_id: Option<String>,
    pub group_id: Option<String>,
    pub created_at: i64,
    pub clicks: i64,
    pub persons: i64,
    pub unidentified: i64,
    pub staff: i64,
    pub bots: i64,
}

/// An opening that waits to be settled.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ClickRow {
    pub id: String,
    pub link_id: String,
    pub at: i64,
    pub source: String,
    pub account_id: String,
    pub visitor: String,
}
