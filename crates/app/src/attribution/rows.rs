//! Rows of the attribution tables.

/// A touch.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct TouchRow {
    pub at: i64,
    pub link_id: String,
    pub surface: String,
    pub post_id: Option<String>,
    pub group_id: Option<String>,
}

/// A touch that could have led to an order.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct CandidateRow {
    pub touch_at: i64,
    pub link_id: String,
    pub surface: String,
    pub post_id: Option<String>,
    pub group_id: Option<String>,
    pub chosen: bool,
}

/// Money credited to one group of a post.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct CreditRow {
    pub group_id: String,
    pub orders: i64,
    pub buyers: i64,
    pub paid_fen: i64,
    pub refunded_fen: i64,
}
