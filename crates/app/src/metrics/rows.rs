//! Rows of the metrics.

/// Running figures of one release with the head of its post. Money in fen, instants in Unix milliseconds.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct ReleaseRow {
    pub post_id: String,
    pub community_id: String,
    pub title: String,
    pub series: String,
    pub item: String,
    pub plan_id: Option<String>,
    pub kind: String,
    pub way: String,
    pub hour: i64,
    /// `yyyymmdd`
    pub day: i64,
    pub due_at: i64,
    pub starts_at: i64,
    pub first_sent_at: i64,
    pub groups_total: i64,
    pub groups_sent: i64,
    pub groups_missed: i64,
    pub reach: i64,
    pub opens: i64,
    pub orders: i64,
    pub buyers: i64,
    pub paid: i64,
    pub refunded: i64,
    pub leaves: i64,
    /// When reach was last counted; 0 while it is still an estimate.
    pub counted_at: i64,
    pub decided: bool,
}

/// A decision that was taken.
#[derive(Clone, Debug, serde::Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct DecisionRow {
    pub id: String,
    pub post_id: String,
    /// `keep`, `move`, `change` or `stop`.
    pub verdict: String,
    pub minute: Option<i64>,
    pub note: String,
    pub decided_by: String,
    pub at: i64,
}

/// The figures that facts alone determine.
#[derive(Clone, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Counted {
    pub groups_sent: i64,
    pub groups_missed: i64,
    pub opens: i64,
    pub orders: i64,
    pub buyers: i64,
    pub paid: i64,
    pub refunded: i64,
    pub leaves: i64,
}
