//! Customer groups.

use async_trait::async_trait;
use base::{Day, Timestamp};
use serde::{Deserialize, Serialize};

use crate::contacts::Batch;
use crate::{Lane, Result};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JoinScene {
    Invited,
    InviteLink,
    Code,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberSnapshot {
    /// Platform id of the employee or contact.
    pub id: String,
    pub is_staff: bool,
    pub union_id: Option<String>,
    pub joined_at: Timestamp,
    pub scene: JoinScene,
    /// The inviting employee, when the platform tells.
    pub inviter: Option<String>,
    /// Display name inside the group, empty when not set.
    pub group_nickname: String,
    pub name: String,
    /// The entry code's state by which she joined.
    pub state: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupSnapshot {
    pub id: String,
    pub name: String,
    pub notice: String,
    pub owner: String,
    pub admins: Vec<String>,
    pub created_at: Timestamp,
    pub member_version: Option<String>,
    pub members: Vec<MemberSnapshot>,
}

/// The platform's own counters of one owner's groups on one day (source level L1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayCounters {
    pub day: Day,
    pub new_groups: i64,
    pub groups: i64,
    pub groups_with_messages: i64,
    pub new_members: i64,
    pub members: i64,
    pub speakers: i64,
    pub messages: i64,
}

#[async_trait]
pub trait Groups: Send + Sync {
    /// Ids of groups owned by these employees (at most 100).
    async fn list_of(&self, owners: &[String], cursor: Option<&str>, lane: Lane) -> Result<Batch<String>>;
    async fn fetch(&self, group: &str, lane: Lane) -> Result<GroupSnapshot>;
    /// Counters per day, both ends inclusive, up to yesterday, at most 30 days apart.
    async fn counters(&self, owner: &str, from: Day, to: Day, lane: Lane) -> Result<Vec<DayCounters>>;
}
