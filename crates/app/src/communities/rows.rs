//! Rows of communities.

use serde::Serialize;

use super::model::{CommunityKind, Status, Tier};

/// One community with its positioning card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct Community {
    pub id: String,
    pub name: String,
    #[sqlx(try_from = "String")]
    pub kind: CommunityKind,
    #[sqlx(try_from = "String")]
    pub tier: Tier,
    /// `interest`, `seeding`, `iron_fan`, `vip`.
    pub segment: Option<String>,
    #[sqlx(try_from = "String")]
    pub status: Status,
    /// Value formula: for which people …
    pub for_whom: String,
    /// … with which problem or need …
    pub which_need: String,
    /// … by which solution.
    pub which_solution: String,
    /// `sell`, `attract`, `connect`; empty until it is chosen.
    pub purpose: String,
    pub audience_age: String,
    pub audience_sex: String,
    pub audience_region: String,
    pub audience_occupation: String,
    pub value_to_user: String,
    /// Fen; 0 is free, absent is undecided.
    pub entry_fee: Option<i64>,
    pub traffic_channel: String,
    /// Last day, `20261231`.
    pub ends_on: Option<i64>,
    /// What becomes of the groups afterwards.
    pub disposal: String,
    pub created_at: i64,
    pub activated_at: Option<i64>,
    pub closed_at: Option<i64>,
}
