//! Rows of plans and items.

use serde::Serialize;

/// A plan with its figures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, sqlx::FromRow, utoipa::ToSchema)]
#[schema(as = HandoverPlan)]
pub struct PlanRow {
    pub id: String,
    pub account_id: String,
    /// `on_job`, `resigned`.
    pub giver: String,
    pub from_staff: String,
    pub from_name: String,
    pub to_staff: String,
    pub to_name: String,
    /// What customers read; empty for the platform's own words.
    pub note: String,
    pub made_by: String,
    pub made_at: i64,
    /// When the platform was last asked; 0 for never.
    pub looked_at: i64,
    pub items: i64,
    pub waiting: i64,
    pub done: i64,
    pub refused: i64,
    pub failed: i64,
    /// Planned, begun or unknown.
    pub open: i64,
}

/// One customer or group on the way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, sqlx::FromRow, utoipa::ToSchema)]
#[schema(as = HandoverItemRow)]
pub struct ItemRow {
    pub id: String,
    pub plan_id: String,
    /// `contact`, `group`.
    pub kind: String,
    pub target_id: String,
    #[serde(skip)]
    pub platform_id: String,
    pub person_id: Option<String>,
    pub name: String,
    /// `planned`, `intent`, `unknown`, `waiting`, `done`, `refused`, `full`, `failed`, `cancelled`.
    pub state: String,
    /// A word of the product, or empty.
    pub reason: String,
    /// The platform's own code, for the engineer.
    pub code: i64,
    #[serde(skip)]
    pub batch: i64,
    #[serde(skip)]
    pub epoch: i64,
    pub asked_at: i64,
    pub ended_at: i64,
}

/// What the jobs need of a plan.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct RouteRow {
    pub account_id: String,
    pub giver: String,
    pub from_staff: String,
    pub from_platform: String,
    pub to_staff: String,
    pub to_platform: String,
    pub note: String,
}

/// An employee who may give: how much she has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct GiverRow {
    pub id: String,
    pub account_id: String,
    pub name: String,
    pub title: Option<String>,
    /// Still with the company.
    pub active: bool,
    pub serving: bool,
    /// Customers: living bonds, or those left behind.
    pub contacts: i64,
    /// Living groups she owns.
    pub groups: i64,
}

/// A customer or group that could move, and what is known about it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct CandidateRow {
    pub target_id: String,
    pub platform_id: String,
    pub person_id: Option<String>,
    pub name: String,
    pub live: i64,
    pub moves: i64,
    pub left_at: i64,
}
