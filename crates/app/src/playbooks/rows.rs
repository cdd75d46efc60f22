//! Rows of the playbooks.

use base::{Day, Timestamp};
use serde::{Deserialize, Serialize};

use super::model::{Kind, Occupied, PostState, Slot, Way};

/// A template at work in a community.
#[derive(Clone, Debug, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct PlanRow {
    pub id: String,
    pub community_id: String,
    /// The template's key.
    pub template: String,
    pub name: String,
    /// Where the posts' links lead.
    pub link_target: String,
    /// `yyyymmdd`
    pub from_day: i64,
    /// Posts exist up to this day.
    pub extended_to: i64,
    /// `active` or `ended`.
    pub status: String,
    /// Whether its posts need no further approval.
    pub approve: bool,
}

/// One dated item. Instants are Unix milliseconds, 0 for never.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::FromRow)]
pub struct PostRow {
    pub id: String,
    pub community_id: String,
    pub plan_id: Option<String>,
    /// The template's item, empty for a single post.
    pub item: String,
    pub day: i64,
    pub minute: i64,
    pub due_at: i64,
    pub expires_at: i64,
    pub title: String,
    pub body: String,
    pub link_target: String,
    pub kind: String,
    pub way: String,
    pub role: String,
    pub series: String,
    pub state: String,
    pub reason: String,
    pub groups_total: i64,
    pub groups_sent: i64,
    pub groups_missed: i64,
    pub prompted_at: i64,
    pub first_sent_at: i64,
}

impl PostRow {
    #[must_use]
    pub fn slot(&self) -> Slot {
        Slot { day: day_of(self.day), minute: u16::try_from(self.minute).unwrap_or(0) }
    }
    /// A word that no version wrote counts as failed: nothing more is done with it.
    #[must_use]
    pub fn post_state(&self) -> PostState {
        PostState::named(&self.state).unwrap_or(PostState::Failed)
    }
    #[must_use]
    pub fn value_kind(&self) -> Kind {
        Kind::named(&self.kind).unwrap_or(Kind::Service)
    }
    #[must_use]
    pub fn delivery_way(&self) -> Way {
        Way::named(&self.way).unwrap_or(Way::OwnerTask)
    }
    pub(super) fn occupied(&self) -> Occupied {
        Occupied { id: self.id.clone(), slot: self.slot(), kind: self.value_kind(), way: self.delivery_way() }
    }
    /// When its release began: when it was handed out, or is to be.
    #[must_use]
    pub const fn starts_at(&self) -> Timestamp {
        Timestamp(if self.prompted_at > 0 { self.prompted_at } else { self.due_at })
    }
}

/// A stored day.
#[must_use]
pub(super) fn day_of(stored: i64) -> Day {
    Day(i32::try_from(stored).unwrap_or(0))
}

/// What became of a post in one group.
#[derive(Clone, Debug, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct DeliveryRow {
    pub group_id: String,
    pub group_name: String,
    pub staff_id: String,
    pub staff_name: String,
    /// `waiting`, `sent` or `missed`.
    pub state: String,
    /// Catalogue key, when missed.
    pub reason: String,
    pub at: i64,
}

/// One change of a post.
#[derive(Clone, Debug, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct ChangeRow {
    pub id: String,
    pub at: i64,
    /// An operator's name, or the job that acted.
    pub actor: String,
    /// `create`, `approve`, `edit`, `move`, `skip`, `undo`, `dispatch`, `expire`, `fail`.
    pub what: String,
    pub reason: String,
    /// JSON of the post before; empty when it can't be undone.
    #[serde(skip)]
    pub before: String,
}

/// What was decided about a recurring item.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct OverrideRow {
    pub item: String,
    pub stopped: bool,
    pub minute: Option<i64>,
}

/// A post that a search found.
#[derive(Clone, Debug, serde::Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct FoundPost {
    pub id: String,
    pub title: String,
    pub community_id: String,
    pub community_name: String,
    /// `yyyymmdd`
    pub day: i64,
    /// Of the local day.
    pub minute: i64,
    pub state: String,
    /// When it was handed out; 0 before, and then it has no release card.
    pub prompted_at: i64,
}
