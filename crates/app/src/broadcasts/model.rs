//! The life of a shard as a pure state machine, the matching of the platform's tasks with ours, and when to ask again.
//!
//! ```text
//! planned ─claim→ intent ─call→ accepted(id) → confirmed | expired | cancelled
//!    ▲              ├─ definite refusal ─────→ refused
//!    │              └─ anything else, or the run ended ─→ unknown(since, written once)
//!    └── absent ×2 ── reconcile after settle ──┘└── found → accepted(id)
//! ```

use base::Timestamp;
use base::time::{HOUR, MINUTE};
use messenger::broadcasts::{ListedBroadcast, MessageBody, SenderState, TargetReport};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::kernel::http::Refusal;

/// How long a request may take effect after nobody answered, as far as we wait. No waiting time is a proof, which is
/// why the sweep exists.
pub const SETTLE: i64 = 10 * MINUTE;
/// A shard that was unknown is watched for a second task this long.
pub const SWEEP_FOR: i64 = 48 * HOUR;
/// Pause between sweeps while there is something to watch.
pub const SWEEP_EVERY: i64 = MINUTE;
/// The list is read from this long before the first intent: clocks differ.
pub const LIST_SLACK: i64 = 10 * MINUTE;
/// The platform takes three reminders for one task in 24 hours.
pub const REMINDERS_A_DAY: i64 = 3;
/// The window in which the platform counts reminders.
pub const REMINDER_WINDOW: i64 = 24 * HOUR;
/// Unconfirmed for this long, the employee is reminded once without being asked to.
pub const REMIND_AFTER: i64 = 30 * MINUTE;

/// The words of a state in the database and on the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ShardState {
    Planned,
    Intent,
    Accepted,
    Refused,
    Unknown,
    Confirmed,
    Expired,
    Cancelled,
}

impl ShardState {
    pub const ALL: [Self; 8] = [
        Self::Planned,
        Self::Intent,
        Self::Accepted,
        Self::Refused,
        Self::Unknown,
        Self::Confirmed,
        Self::Expired,
        Self::Cancelled,
    ];
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Intent => "intent",
            Self::Accepted => "accepted",
            Self::Refused => "refused",
            Self::Unknown => "unknown",
            Self::Confirmed => "confirmed",
            Self::Expired => "expired",
            Self::Cancelled => "cancelled",
        }
    }
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.word() == word)
    }
    /// Nothing more will happen by itself.
    #[must_use]
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Refused | Self::Confirmed | Self::Expired | Self::Cancelled)
    }
}

/// The part of a shard that the state machine decides about. Zero instants mean "never".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Life {
    pub state: ShardState,
    /// Raised by every claim. What a run learns is written only while the epoch is still its own.
    pub epoch: i64,
    pub first_intent_at: Timestamp,
    pub intent_at: Timestamp,
    /// Since when nobody knows; written once per doubt, never reset while it lasts.
    pub unknown_since: Timestamp,
    /// The last time the shard fell into doubt; stays, so that the sweep knows whom to watch.
    pub last_unknown_at: Timestamp,
    /// When a complete list, read late enough, did not hold the task for the first time.
    pub absent_at: Timestamp,
    pub platform_id: Option<String>,
    pub accepted_at: Timestamp,
}

/// Something that happens to a shard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A run of the submit job takes the shard; bytes leave only after this is durable.
    Claim,
    /// The call of the run with this epoch was answered with a task.
    Accepted { epoch: i64, platform_id: String },
    /// The call of the run with this epoch was definitely refused.
    Refused { epoch: i64 },
    /// The call of the run with this epoch definitely never left.
    NotSent { epoch: i64 },
    /// The call of the run with this epoch ended in any other way.
    Lost { epoch: i64 },
    /// A newer run found the intent of an older one.
    EpochEnded,
    /// The platform's list holds the task.
    Found { platform_id: String },
    /// A complete list does not hold the task.
    Absent,
    /// Every target is settled.
    AllSettled,
    /// The time in which the post makes sense is over.
    Expire,
    /// Stopped by an operator.
    Cancel,
    /// An operator looked and saw that it went out.
    DeclareSent,
    /// An operator decided to send once more.
    Resend,
    /// An operator decided to leave it.
    GiveUp,
}

/// The event does not fit the state: somebody else was faster, or a run of an older epoch speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotNow;

impl Life {
    #[must_use]
    pub const fn planned() -> Self {
        let never = Timestamp(0);
        Self {
            state: ShardState::Planned,
            epoch: 0,
            first_intent_at: never,
            intent_at: never,
            unknown_since: never,
            last_unknown_at: never,
            absent_at: never,
            platform_id: None,
            accepted_at: never,
        }
    }

    /// What the event makes of this shard.
    ///
    /// # Errors
    /// [`NotNow`] when the event does not fit; nothing may be written then.
    pub fn step(&self, event: &Event, now: Timestamp) -> Result<Self, NotNow> {
        use ShardState as S;
        let mut next = self.clone();
        match (self.state, event) {
            (S::Planned, Event::Claim) => {
                next.state = S::Intent;
                next.epoch += 1;
                next.intent_at = now;
                if self.first_intent_at == Timestamp(0) {
                    next.first_intent_at = now;
                }
            }
            (S::Intent, Event::Accepted { epoch, platform_id }) if *epoch == self.epoch => {
                next.bind(platform_id, now);
            }
            (S::Intent, Event::Refused { epoch }) if *epoch == self.epoch => next.state = S::Refused,
            (S::Intent, Event::NotSent { epoch }) if *epoch == self.epoch => next.state = S::Planned,
            (S::Intent, Event::Lost { epoch }) if *epoch == self.epoch => next.doubt(now),
            (S::Intent, Event::EpochEnded) => next.doubt(now),
            // A late effect may also show after the shard was planned again: binding it spares the second call.
            (S::Unknown, Event::Found { platform_id }) => next.bind(platform_id, now),
            (S::Planned, Event::Found { platform_id }) if self.was_unknown() => next.bind(platform_id, now),
            (S::Unknown, Event::Absent) => self.absent(&mut next, now)?,
            (S::Unknown, Event::DeclareSent) => next.state = S::Confirmed,
            (S::Unknown, Event::Resend) => next.plan_again(),
            (S::Unknown, Event::GiveUp) => next.state = S::Cancelled,
            (S::Accepted, Event::AllSettled) => next.state = S::Confirmed,
            (S::Accepted | S::Planned, Event::Expire) => next.state = S::Expired,
            (S::Accepted | S::Planned, Event::Cancel) => next.state = S::Cancelled,
            _ => return Err(NotNow),
        }
        Ok(next)
    }

    #[must_use]
    pub fn was_unknown(&self) -> bool {
        self.last_unknown_at > Timestamp(0)
    }

    fn bind(&mut self, platform_id: &str, now: Timestamp) {
        self.state = ShardState::Accepted;
        self.platform_id = Some(platform_id.to_owned());
        self.accepted_at = now;
        self.unknown_since = Timestamp(0);
        self.absent_at = Timestamp(0);
    }
    fn doubt(&mut self, now: Timestamp) {
        self.state = ShardState::Unknown;
        self.unknown_since = now;
        self.last_unknown_at = now;
    }
    fn plan_again(&mut self) {
        self.state = ShardState::Planned;
        self.unknown_since = Timestamp(0);
        self.absent_at = Timestamp(0);
    }
    /// One complete list without the task proves nothing; the second one, a settle later, is taken as an answer.
    fn absent(&self, next: &mut Self, now: Timestamp) -> Result<(), NotNow> {
        if now < self.unknown_since.plus(SETTLE) {
            return Err(NotNow);
        }
        match self.absent_at {
            Timestamp(0) => next.absent_at = now,
            first if now < first.plus(SETTLE) => return Err(NotNow),
            _ => next.plan_again(),
        }
        Ok(())
    }

    /// When the platform's list may be asked next about this unknown shard.
    #[must_use]
    pub fn ask_at(&self) -> Timestamp {
        match self.absent_at {
            Timestamp(0) => self.unknown_since.plus(SETTLE),
            first => first.plus(SETTLE),
        }
    }
}

/// A group that a broadcast goes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TargetRef {
    pub group_id: String,
    pub platform_id: String,
}

/// One sender's part of a new send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewShard {
    pub account_id: String,
    pub staff_id: String,
    pub staff_platform_id: String,
    pub body: MessageBody,
    /// Disjoint from those of the other shards of the send.
    pub targets: Vec<TargetRef>,
}

/// A broadcast to be made for a post.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSend {
    pub post_id: String,
    pub expires_at: Timestamp,
    pub shards: Vec<NewShard>,
}

/// A text as it is compared: platforms trim, unify line ends and fold runs of blanks.
#[must_use]
pub fn normalised(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The fingerprint of a normalised text.
#[must_use]
pub fn text_digest(text: &str) -> String {
    hex::encode(Sha256::digest(normalised(text).as_bytes()))
}

/// The fingerprint of a set of targets, independent of order.
#[must_use]
pub fn targets_digest<'a>(ids: impl IntoIterator<Item = &'a str>) -> String {
    let mut ids: Vec<&str> = ids.into_iter().collect();
    ids.sort_unstable();
    ids.dedup();
    hex::encode(Sha256::digest(ids.join("\n").as_bytes()))
}

/// How well the targets that the platform reports for a task fit a shard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fit {
    /// The same set.
    Exact,
    /// The platform shows groups only after the tap: nothing contradicts, nothing proves.
    Open,
    /// Another set.
    Other,
}

/// Compares a task with a shard: same single sender, and targets that equal ours or are shown only in part.
#[must_use]
pub fn fit(staff: &str, ours: &[&str], senders: &[SenderState], reports: &[TargetReport]) -> Fit {
    let [sender] = senders else { return Fit::Other };
    if sender.staff != staff {
        return Fit::Other;
    }
    let theirs = targets_digest(reports.iter().map(|r| r.target.as_str()));
    if theirs == targets_digest(ours.iter().copied()) {
        return Fit::Exact;
    }
    let within = reports.iter().all(|r| ours.contains(&r.target.as_str()));
    if within && sender.sent_at.is_none() { Fit::Open } else { Fit::Other }
}

/// Whether a listed task may be one of ours at all.
#[must_use]
pub fn is_candidate(listed: &ListedBroadcast, digest: &str, first_intent_at: Timestamp) -> bool {
    listed.made_by_api
        && text_digest(&listed.text) == digest
        && listed.created_at >= first_intent_at.minus(LIST_SLACK)
}

/// What the sweep does with a task that is this shard's but not the one bound to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The shard was about to be sent again: the late task spares the second call.
    Bind,
    /// A second task, or one that nobody wants any more.
    Cancel,
    /// Reconcile is still at work on it, or a call is under way.
    Leave,
}

impl Life {
    /// See [`Verdict`].
    #[must_use]
    pub const fn of_stray_task(&self) -> Verdict {
        match (&self.platform_id, self.state) {
            (Some(_), _) => Verdict::Cancel,
            (None, ShardState::Planned) => Verdict::Bind,
            (None, state) if state.is_final() => Verdict::Cancel,
            (None, _) => Verdict::Leave,
        }
    }
}

/// When to ask for results after the `polls`-th time: 1, 5, 15, 30 and 60 minutes after acceptance, then hourly.
#[must_use]
pub fn next_poll(accepted_at: Timestamp, polls: i64, expires_at: Timestamp, now: Timestamp) -> Timestamp {
    let offset = match polls {
        ..=0 => MINUTE,
        1 => 5 * MINUTE,
        2 => 15 * MINUTE,
        3 => REMIND_AFTER,
        n => (n - 3) * HOUR,
    };
    let at = accepted_at.plus(offset).max(now.plus(MINUTE));
    if now < expires_at { at.min(expires_at) } else { at }
}

/// Why an operator's wish about a broadcast can't be followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BroadcastRefusal {
    /// The platform takes no fourth reminder within 24 hours.
    RemindedEnough,
    /// Nothing waits for a tap.
    NothingToRemind,
    /// The shard is not in a state in which this can be done.
    NotNow { state: ShardState },
}

impl Refusal for BroadcastRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::RemindedEnough => "broadcasts.reminded_enough",
            Self::NothingToRemind => "broadcasts.nothing_to_remind",
            Self::NotNow { .. } => "broadcasts.not_now",
        }
    }
    fn status(&self) -> http::StatusCode {
        http::StatusCode::CONFLICT
    }
    fn args(&self) -> Value {
        match self {
            Self::RemindedEnough => json!({ "limit": REMINDERS_A_DAY }),
            Self::NothingToRemind => json!({}),
            Self::NotNow { state } => json!({ "state": state.word() }),
        }
    }
}

#[cfg(test)]
mod tests;
