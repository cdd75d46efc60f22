//! Rows of groups and memberships.

use serde::Serialize;

/// One group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct GroupRow {
    pub id: String,
    pub account_id: String,
    /// The platform's id.
    pub platform_id: String,
    pub name: String,
    pub notice: String,
    pub owner_staff_id: Option<String>,
    pub owner_name: Option<String>,
    pub community_id: Option<String>,
    /// Everybody who is in it now.
    pub members: i64,
    /// Those who count.
    pub eligible: i64,
    pub founded_at: i64,
    pub dismissed_at: Option<i64>,
    pub synced_at: i64,
}

/// What a sync must know of a group before it asks the platform.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct SyncState {
    pub id: String,
    pub member_version: Option<String>,
    pub hinted_version: Option<String>,
    pub hinted_at: i64,
    pub synced_at: i64,
    pub dismissed_at: Option<i64>,
}

/// One stay of one member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct MemberRow {
    pub id: String,
    pub group_id: String,
    /// The platform's id of the contact or employee.
    pub member_id: String,
    pub is_staff: bool,
    pub person_id: String,
    pub person_no: i64,
    /// `owner`, `admin`, `service`, `expert`, `koc`, `host_crew`, `house_account`, `staff_other`, `customer`, `bot`,
    /// `banned`, `test`.
    pub kind: String,
    /// Set by hand.
    pub kind_fixed: bool,
    /// Counts in figures.
    pub eligible: bool,
    pub name: String,
    pub nickname: String,
    /// `invited`, `invite_link`, `code`.
    pub scene: String,
    /// The entry code's state by which she joined.
    pub state: Option<String>,
    /// The platform's id of the employee who invited her.
    pub inviter: Option<String>,
    pub joined_at: i64,
    pub left_at: Option<i64>,
}

/// One stay as a person's page shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct StayRow {
    pub id: String,
    pub group_id: String,
    pub group_name: String,
    pub community_id: Option<String>,
    pub kind: String,
    pub scene: String,
    pub state: Option<String>,
    pub joined_at: i64,
    pub left_at: Option<i64>,
}

/// The platform's counters of one owner's groups on one day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct CounterRow {
    pub staff_id: String,
    /// `20260821`.
    pub day: i64,
    pub new_groups: i64,
    pub groups: i64,
    pub groups_with_messages: i64,
    pub new_members: i64,
    pub members: i64,
    pub speakers: i64,
    pub messages: i64,
}

/// An employee's part in a group.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct DutyRow {
    pub staff_id: String,
    /// `owner`, `admin`.
    pub role: String,
}
