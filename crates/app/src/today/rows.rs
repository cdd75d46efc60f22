//! Rows that *today* reads from several capabilities at once.

/// A greeting that was not sent in time.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct MissedGreeting {
    pub id: String,
    pub staff_platform_id: String,
    pub reason: String,
    pub reason_detail: String,
    pub ended_at: i64,
}

/// A live code that could not be published.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct FailedCode {
    pub id: String,
    pub title: String,
    pub reason: String,
    pub reason_detail: String,
    pub updated_at: i64,
}

/// An id with the name to show for it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Named {
    pub id: String,
    pub name: String,
}
