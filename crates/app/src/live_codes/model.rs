//! What a live code is, and what a publisher does next. Pure.

pub mod poster;

use base::Timestamp;
use base::time::MINUTE;
use http::StatusCode;
use serde_json::{Value, json};

use crate::kernel::http::Refusal;
use crate::kernel::stored_words::stored_words;

stored_words! {
    /// Where people meet the code (CH-1).
    Channel {
        MomentsAd = "moments_ad",
        OfficialAccount = "official_account",
        MiniProgram = "mini_program",
        StorePoster = "store_poster",
        PaymentResult = "payment_result",
        ParcelCard = "parcel_card",
        ServiceEntry = "service_entry",
        LiveRoom = "live_room",
        Referral = "referral",
        Import = "import",
    }
}

stored_words! {
    /// What a scan leads to.
    TargetKind {
        /// One of the employees is added.
        Staff = "staff",
        /// The first of the groups that is not full is joined.
        Groups = "groups",
    }
}

stored_words! {
    /// Where a code stands.
    Status {
        Draft = "draft",
        /// Wanted at the platform, not confirmed there yet.
        Publishing = "publishing",
        Live = "live",
        Failed = "failed",
        /// Removed from the platform; its figures stay.
        Retired = "retired",
    }
}

/// Whom a code leads to: our staff ids, or our group ids in the order in which they fill.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    pub kind: TargetKind,
    pub ids: Vec<String>,
}

/// A code to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    pub account_id: String,
    pub title: String,
    /// Why one should scan (CH-2).
    pub hook: String,
    /// Shown on the poster.
    pub organiser: String,
    pub channel: Channel,
    pub store: String,
    pub target: Target,
    pub community_id: Option<String>,
    pub welcome_id: Option<String>,
    pub tag_ids: Vec<String>,
    /// A friend request is accepted without the employee's tap.
    pub skip_verify: bool,
    /// Name of the groups that the platform opens when all are full; empty: it opens none.
    pub overflow_name: String,
}

impl Draft {
    /// # Errors
    /// The first field that is wrong.
    pub fn check(&self) -> Result<(), LiveCodeRefusal> {
        let length = |text: &str, most: usize| (1..=most).contains(&text.trim().chars().count());
        if !length(&self.title, 30) {
            return Err(LiveCodeRefusal::Field { field: "title", cure: "1–30" });
        }
        if !length(&self.hook, 40) {
            return Err(LiveCodeRefusal::HookMissing);
        }
        if self.organiser.chars().count() > 40 {
            return Err(LiveCodeRefusal::Field { field: "organiser", cure: "0–40" });
        }
        if self.store.chars().count() > 60 {
            return Err(LiveCodeRefusal::Field { field: "store", cure: "0–60" });
        }
        if self.overflow_name.chars().count() > 40 {
            return Err(LiveCodeRefusal::Field { field: "overflow_name", cure: "0–40" });
        }
        let most = match self.target.kind {
            TargetKind::Staff => 100,
            TargetKind::Groups => 5,
        };
        if !(1..=most).contains(&self.target.ids.len()) {
            return Err(LiveCodeRefusal::TargetCount { most });
        }
        let mut ids = self.target.ids.clone();
        ids.sort();
        ids.dedup();
        if ids.len() != self.target.ids.len() {
            return Err(LiveCodeRefusal::TargetTwice);
        }
        if self.tag_ids.len() > 20 {
            return Err(LiveCodeRefusal::Field { field: "tag_ids", cure: "0–20" });
        }
        Ok(())
    }
}

/// How long a creation with unknown outcome is looked for before it is declared absent.
pub const SETTLE: i64 = MINUTE;

/// What is known of a code's object at the platform.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    pub has_reference: bool,
    /// 0 when no creation is open.
    pub intent_at: i64,
    /// 0 until an open creation was found to have an unknown outcome.
    pub unknown_since: i64,
}

/// What the publisher does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Store the intent, then create.
    Create,
    /// Overwrite: repeating it is harmless.
    Update,
    /// A creation is open: ask the platform whether it happened.
    Ask,
    /// The platform can't be asked about this kind; a person decides whether to create again.
    LeaveToPerson,
}

/// Decides the next step. Group codes can't be listed at the platform, so an unknown creation of one can't be found.
#[must_use]
pub const fn step(standing: Standing, kind: TargetKind) -> Step {
    match (standing.has_reference, standing.intent_at, kind) {
        (true, _, _) => Step::Update,
        (false, 0, _) => Step::Create,
        (false, _, TargetKind::Staff) => Step::Ask,
        (false, _, TargetKind::Groups) => Step::LeaveToPerson,
    }
}

/// After a complete listing without our code: whether it may be created again. Two listings a settle time apart must
/// agree, because a request may take effect after its caller gave up.
#[must_use]
pub const fn is_absent(standing: Standing, now: Timestamp) -> bool {
    standing.unknown_since > 0 && now.0 - standing.unknown_since >= SETTLE
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LiveCodeRefusal {
    HookMissing,
    Field {
        field: &'static str,
        cure: &'static str,
    },
    TargetCount {
        most: usize,
    },
    TargetTwice,
    /// An employee or group that isn't there, or belongs to another account.
    TargetUnknown(String),
    /// A retired code stays retired.
    Retired,
    /// Nothing to try again.
    NotFailed,
    /// Employees can't become groups: printed codes would change their meaning.
    KindFixed,
}

impl Refusal for LiveCodeRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::HookMissing => "live_codes.hook_missing",
            Self::Field { .. } => "live_codes.field",
            Self::TargetCount { .. } => "live_codes.target_count",
            Self::TargetTwice => "live_codes.target_twice",
            Self::TargetUnknown(_) => "live_codes.target_unknown",
            Self::Retired => "live_codes.retired",
            Self::NotFailed => "live_codes.not_failed",
            Self::KindFixed => "live_codes.kind_fixed",
        }
    }
    fn status(&self) -> StatusCode {
        match self {
            Self::Retired | Self::NotFailed => StatusCode::CONFLICT,
            _ => StatusCode::UNPROCESSABLE_ENTITY,
        }
    }
    fn args(&self) -> Value {
        match self {
            Self::Field { field, cure } => json!({ "field": field, "cure": cure }),
            Self::TargetCount { most } => json!({ "most": most }),
            Self::TargetUnknown(id) => json!({ "id": id }),
            _ => json!({}),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(kind: TargetKind, targets: usize) -> Draft {
        Draft {
            account_id: "acc_1".into(),
            title: "counter".into(),
            hook: "a free drink".into(),
            organiser: String::new(),
            channel: Channel::StorePoster,
            store: String::new(),
            target: Target { kind, ids: (0..targets).map(|i| format!("id{i}")).collect() },
            community_id: None,
            welcome_id: None,
            tag_ids: vec![],
            skip_verify: true,
            overflow_name: String::new(),
        }
    }

    #[test]
    fn hook_and_bounds_are_checked() {
        assert_eq!(draft(TargetKind::Staff, 100).check(), Ok(()));
        assert_eq!(draft(TargetKind::Groups, 5).check(), Ok(()));
        assert_eq!(draft(TargetKind::Staff, 101).check(), Err(LiveCodeRefusal::TargetCount { most: 100 }));
        assert_eq!(draft(TargetKind::Groups, 6).check(), Err(LiveCodeRefusal::TargetCount { most: 5 }));
        assert_eq!(draft(TargetKind::Groups, 0).check(), Err(LiveCodeRefusal::TargetCount { most: 5 }));
        let no_hook = Draft { hook: "  ".into(), ..draft(TargetKind::Staff, 1) };
        assert_eq!(no_hook.check(), Err(LiveCodeRefusal::HookMissing));
        let mut twice = draft(TargetKind::Staff, 2);
        twice.target.ids[1] = twice.target.ids[0].clone();
        assert_eq!(twice.check(), Err(LiveCodeRefusal::TargetTwice));
    }

    #[test]
    fn a_creation_is_never_repeated_before_the_platform_was_asked() {
        let none = Standing { has_reference: false, intent_at: 0, unknown_since: 0 };
        let open = Standing { intent_at: 5, ..none };
        let done = Standing { has_reference: true, ..open };
        assert_eq!(step(none, TargetKind::Staff), Step::Create);
        assert_eq!(step(open, TargetKind::Staff), Step::Ask);
        assert_eq!(step(open, TargetKind::Groups), Step::LeaveToPerson);
        assert_eq!(step(done, TargetKind::Groups), Step::Update);
    }

    #[test]
    fn absence_needs_a_settle_time_counted_from_when_it_became_unknown() {
        let open = Standing { has_reference: false, intent_at: 1, unknown_since: 0 };
        assert!(!is_absent(open, Timestamp(10 * SETTLE)), "first listing");
        let unknown = Standing { unknown_since: 1_000, ..open };
        assert!(!is_absent(unknown, Timestamp(999 + SETTLE)));
        assert!(is_absent(unknown, Timestamp(1_000 + SETTLE)));
    }
}
