//! Rows of layers, cut points, promises, ways and suggestions.

use serde::Serialize;
use utoipa::ToSchema;

/// Where a person stands, as it is kept. Instants are Unix milliseconds.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct PersonRow {
    pub person_id: String,
    pub version: i64,
    /// 1 to 5; 0 without a paid order in the window.
    pub r: i64,
    pub f: i64,
    pub m: i64,
    /// Days since 1970, -1 for none.
    pub last_day: i64,
    pub order_days: i64,
    pub net_fen: i64,
    pub rfm: String,
    pub rfm_since: i64,
    pub rfm_reason: String,
    pub value_level: String,
    pub value_since: i64,
    pub value_reason: String,
    pub fan_level: String,
    pub fan_since: i64,
    pub fan_reason: String,
    pub stage: String,
    pub stage_since: i64,
    pub stage_reason: String,
}

/// A person on a level, for lists.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, sqlx::FromRow, ToSchema)]
#[schema(as = LayerPerson)]
pub struct ListedRow {
    pub id: String,
    pub name: String,
    pub avatar: Option<String>,
    /// 1 to 5; 0 without a paid order in the window.
    pub r: i64,
    pub f: i64,
    pub m: i64,
    pub order_days: i64,
    pub net_fen: i64,
    pub rfm: String,
    pub value_level: String,
    pub fan_level: String,
    pub stage: String,
}

/// One step of a person from level to level.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, sqlx::FromRow, ToSchema)]
#[schema(as = LayerMove)]
pub struct MoveRow {
    /// `rfm`, `value`, `fan`, `stage`.
    pub ladder: String,
    /// Empty for the first level ever.
    pub from_level: String,
    /// Empty when she is no longer counted.
    pub to_level: String,
    /// A word for why.
    pub reason: String,
    pub at: i64,
}

/// A version of the cut points as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct CutsRow {
    pub id: String,
    pub version: i64,
    pub source: String,
    pub cuts: String,
    pub buyers: i64,
    pub state: String,
    pub made_by: String,
    pub made_at: i64,
    pub in_force_at: i64,
    pub ended_at: i64,
    pub replaced: i64,
}

/// A promise as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct BenefitRow {
    pub id: String,
    pub name: String,
    pub promise: String,
    pub ladder: String,
    pub level: String,
    pub period: String,
    pub value_fen: i64,
    pub ceiling_fen: i64,
    pub enabled: bool,
    pub changed_at: i64,
    pub changed_by: String,
}

/// A way between communities as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct PathRow {
    pub id: String,
    pub name: String,
    pub to_community: String,
    pub body: String,
    pub enabled: bool,
    pub changed_at: i64,
    pub changed_by: String,
}

/// A suggestion as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct SuggestionRow {
    pub id: String,
    pub path_id: String,
    pub person_id: String,
    pub person_name: String,
    pub from_community: String,
    pub to_community: String,
    pub state: String,
    pub why: String,
    pub suggested_at: i64,
    pub decided_at: i64,
    pub decided_by: String,
    pub reason: String,
    pub invitation: String,
    pub group_id: String,
    pub staff_id: String,
    pub ended_at: i64,
}
