//! Rows of tags.

use serde::Serialize;

/// One tag with the name of its group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct TagRow {
    pub id: String,
    pub account_id: String,
    pub group_id: String,
    pub group_name: String,
    /// The platform's id; empty until the platform knows the tag.
    pub platform_id: String,
    pub name: String,
}

/// One tag in the list, with how many people carry it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct CountedTag {
    pub id: String,
    pub account_id: String,
    pub group_id: String,
    pub group_name: String,
    /// The platform's id; empty until the platform knows the tag.
    pub platform_id: String,
    pub name: String,
    pub people: i64,
}

/// A tag that a person carries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct PersonTag {
    pub tag_id: String,
    pub group_name: String,
    pub name: String,
    /// `platform` (an employee marked it), `live_code`, `operator`, …
    pub source: String,
    pub applied_at: i64,
}

#[derive(Clone, Debug, sqlx::FromRow)]
pub struct GroupRow {
    pub account_id: String,
    pub name: String,
}
