//! What a post is, its states, and why an operator's wish can't be followed. The guard rails: `check.rs`.

mod check;
pub mod templates;

use base::Day;
use base::time::HOUR;
use base::{TenantZone, Timestamp};
use serde_json::{Value, json};

use crate::kernel::http::Refusal;
use crate::kernel::stored_words::stored_words;

pub use check::{
    Bounds, Candidate, Check, Context, Finding, Mix, Occupied, QUIET_FROM, QUIET_UNTIL, Slot, check_post,
    mix_of,
};

stored_words! {
    /// What a post is worth to a member.
    Kind {
        Activity = "activity",
        Content = "content",
        Popularity = "popularity",
        /// Notices; outside the mix.
        Service = "service",
    }
}

stored_words! {
    /// How a post reaches the groups.
    Way {
        /// A company broadcast that the owner confirms: at most one a day and group, inside the quota.
        Broadcast = "broadcast",
        /// Prepared content that an employee sends by hand.
        OwnerTask = "owner_task",
    }
}

stored_words! {
    /// Who taps.
    Role {
        GroupOwner = "group_owner",
        GroupAdmin = "group_admin",
        /// A customer whose word counts; an employee sends until one is named.
        Koc = "koc",
    }
}

stored_words! {
    /// Where a post stands.
    PostState {
        Planned = "planned",
        Approved = "approved",
        /// Its time has come; it is being handed out.
        Due = "due",
        /// Handed out; employees have it before them.
        Prompted = "prompted",
        Sent = "sent",
        PartlySent = "partly_sent",
        Skipped = "skipped",
        Expired = "expired",
        Failed = "failed",
    }
}

impl PostState {
    /// May still be changed, moved or taken out.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Planned | Self::Approved)
    }
    /// Counts against the day's cap: everything that was or will be sent.
    #[must_use]
    pub const fn occupies(self) -> bool {
        !matches!(self, Self::Skipped | Self::Expired | Self::Failed)
    }
}

/// What the groups' deliveries make of a post.
#[must_use]
pub const fn outcome(total: i64, sent: i64, missed: i64, all_skipped: bool) -> PostState {
    if sent + missed < total {
        return PostState::Prompted;
    }
    match (sent, missed) {
        (_, 0) => PostState::Sent,
        (0, _) if all_skipped => PostState::Skipped,
        (0, _) => PostState::Expired,
        _ => PostState::PartlySent,
    }
}

/// Until when a post makes sense: six hours, but not into the night, and never less than one hour.
#[must_use]
pub fn expires_at(zone: &TenantZone, day: Day, due_at: Timestamp) -> Timestamp {
    due_at.plus(6 * HOUR).min(zone.at(day, QUIET_FROM)).max(due_at.plus(HOUR))
}

/// The longest title and text. A broadcast's text may have 4,000 bytes, the link included.
pub const TITLE_CHARS: usize = 60;
pub const BODY_BYTES: usize = 3_600;
/// How far ahead a plan is kept filled.
pub const AHEAD_DAYS: i32 = 14;

/// Why an operator's wish about posts and plans can't be followed.
#[derive(Clone, Debug, PartialEq)]
pub enum PlaybookRefusal {
    UnknownTemplate {
        template: String,
    },
    /// A community publishes only with a plan.
    NoPlan,
    /// The guard rails refuse the slot.
    Check {
        finding: Finding,
        nearest: Option<Slot>,
    },
    /// The post has left or is over.
    NotOpen {
        state: PostState,
    },
    NothingToUndo,
    NothingToCopy,
    NoReason,
    PlanRuns,
}

impl Refusal for PlaybookRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::UnknownTemplate { .. } => "playbooks.unknown_template",
            Self::NoPlan => "playbooks.no_plan",
            Self::Check { finding, .. } => finding.code,
            Self::NotOpen { .. } => "playbooks.not_open",
            Self::NothingToUndo => "playbooks.nothing_to_undo",
            Self::NothingToCopy => "playbooks.nothing_to_copy",
            Self::NoReason => "playbooks.no_reason",
            Self::PlanRuns => "playbooks.plan_runs",
        }
    }
    fn status(&self) -> http::StatusCode {
        match self {
            Self::NotOpen { .. } | Self::NothingToUndo | Self::PlanRuns => http::StatusCode::CONFLICT,
            _ => http::StatusCode::UNPROCESSABLE_ENTITY,
        }
    }
    fn args(&self) -> Value {
        match self {
            Self::UnknownTemplate { template } => json!({ "template": template }),
            Self::NotOpen { state } => json!({ "state": state.word() }),
            Self::Check { finding, nearest } => {
                let mut args = finding.args.clone();
                if let (Some(args), Some(slot)) = (args.as_object_mut(), nearest) {
                    args.insert("nearest_day".to_owned(), json!(slot.day.0));
                    args.insert("nearest_minute".to_owned(), json!(slot.minute));
                }
                args
            }
            _ => json!({}),
        }
    }
}
