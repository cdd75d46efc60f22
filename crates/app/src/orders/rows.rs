//! Rows of the orders tables.

/// An order.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct OrderRow {
    pub id: String,
    pub source: String,
    pub order_no: String,
    pub person_id: Option<String>,
    pub union_id: String,
    pub external_id: String,
    pub mobile: String,
    pub amount_fen: i64,
    pub paid_fen: i64,
    pub refunded_fen: i64,
    pub paid_at: i64,
    pub refunded_at: i64,
    pub day: i64,
    /// JSON of the items.
    pub items: String,
    pub status: String,
    pub received_at: i64,
}

/// Where a company's shop system sends orders.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct SourceRow {
    pub tenant_id: String,
    pub hook_key: String,
    pub sealed_secret: String,
    pub last_received_at: i64,
}

/// A file that was taken.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ImportRow {
    pub id: String,
    pub file_name: String,
    pub total: i64,
    pub created: i64,
    pub changed: i64,
    pub unchanged: i64,
    pub at: i64,
}
