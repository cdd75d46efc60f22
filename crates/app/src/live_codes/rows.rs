//! Rows of the live code tables.

/// A live code.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct CodeRow {
    pub tenant_id: String,
    pub id: String,
    pub state: String,
    /// `staff` or `groups`.
    pub target: String,
    pub account_id: String,
    pub title: String,
    pub hook: String,
    pub organiser: String,
    pub channel: String,
    pub store: String,
    pub community_id: Option<String>,
    pub welcome_id: Option<String>,
    pub skip_verify: bool,
    pub overflow_name: String,
    pub status: String,
    pub reason: String,
    pub reason_detail: String,
    pub platform_id: String,
    pub qr_url: String,
    pub intent_at: i64,
    pub unknown_since: i64,
    pub revision: i64,
    pub published_revision: i64,
    pub created_at: i64,
    pub updated_at: i64,
}

/// Persons per code and stage.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct FunnelRow {
    pub adds: i64,
    pub joins: i64,
    pub ripe: i64,
    pub stayed: i64,
    pub buyers: i64,
}
