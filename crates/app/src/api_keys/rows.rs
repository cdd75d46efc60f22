//! Rows of keys.

/// One key, without its token.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct KeyRow {
    pub tenant_id: String,
    pub id: String,
    pub name: String,
    pub hint: String,
    /// Comma separated.
    pub scopes: String,
    /// Empty: the whole company.
    pub community_id: String,
    /// Comma separated; empty: from anywhere.
    pub networks: String,
    pub per_minute: i64,
    /// 0: never.
    pub expires_at: i64,
    /// The name of the operator who made it.
    pub created_by: String,
    pub created_at: i64,
    pub last_used_at: i64,
    pub last_address: String,
    pub revoked_at: i64,
}

/// What a new key is to be.
#[derive(Clone, Debug)]
pub struct NewKey<'a> {
    pub name: &'a str,
    pub scopes: &'a [String],
    pub community: &'a str,
    pub networks: &'a [String],
    pub per_minute: i64,
    pub expires_at: i64,
    pub created_by: &'a str,
}
