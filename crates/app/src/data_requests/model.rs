//! Kinds and states of requests, the deadline, refusals. Pure.

pub mod plan;
pub mod readable;

use base::{Day, TenantZone, Timestamp};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::kernel::http::Refusal;

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = DataRequestKind)]
pub enum Kind {
    /// A copy of everything.
    Access,
    Correct,
    Erase,
    /// No use but service from now on.
    Restrict,
}

impl Kind {
    pub const ALL: [Self; 4] = [Self::Access, Self::Correct, Self::Erase, Self::Restrict];

    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Access => "access",
            Self::Correct => "correct",
            Self::Erase => "erase",
            Self::Restrict => "restrict",
        }
    }
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.word() == word)
    }
    /// Whether the product does the work by itself once it is started.
    #[must_use]
    pub const fn is_automatic(self) -> bool {
        matches!(self, Self::Access | Self::Erase)
    }
}

/// How far a request is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = DataRequestState)]
pub enum State {
    Received,
    /// It is proved that she asks herself.
    Verified,
    InWork,
    Done,
    Refused,
}

/// What an operator, or the machine, does with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    Verify,
    Start,
    Finish,
    Refuse,
}

impl State {
    pub const ALL: [Self; 5] = [Self::Received, Self::Verified, Self::InWork, Self::Done, Self::Refused];

    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Verified => "verified",
            Self::InWork => "in_work",
            Self::Done => "done",
            Self::Refused => "refused",
        }
    }
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.word() == word)
    }
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Received | Self::Verified | Self::InWork)
    }
    /// The state after an act; `None` when it can't be done now. An erasure or copy under way is not stopped: half an
    /// erasure is worse than none.
    #[must_use]
    pub const fn after(self, act: Act, kind: Kind) -> Option<Self> {
        match (self, act) {
            (Self::Received, Act::Verify) => Some(Self::Verified),
            (Self::Verified, Act::Start) => Some(Self::InWork),
            (Self::InWork, Act::Finish) => Some(Self::Done),
            (Self::Received | Self::Verified, Act::Refuse) => Some(Self::Refused),
            (Self::InWork, Act::Refuse) if !kind.is_automatic() => Some(Self::Refused),
            _ => None,
        }
    }
}

/// Working days until the deadline, unless the company decided otherwise, and the bounds of that decision.
pub const WORKING_DAYS: i64 = 15;
pub const FEWEST_DAYS: i64 = 1;
pub const MOST_DAYS: i64 = 30;

/// The end of the last working day: Mondays to Fridays after the day of receipt. Public holidays are not known here, so
/// the deadline is early rather than late.
#[must_use]
pub fn due(zone: &TenantZone, received: Timestamp, working_days: i64) -> Timestamp {
    let mut day: Day = zone.day_of(received);
    let mut left = working_days;
    while left > 0 {
        day = day.plus_days(1);
        if day.days_since(day.monday()) < 5 {
            left -= 1;
        }
    }
    zone.start_of(day.plus_days(1))
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RequestRefusal {
    /// There is an open request of this kind by this person.
    AlreadyOpen,
    /// The request is not in a state in which that can be done.
    WrongState {
        state: &'static str,
    },
    /// An employee's data goes with her employment, not by this way.
    NotAMember,
    /// Verifying, finishing and refusing need a sentence.
    NoteMissing,
    LegalGroundMissing,
    /// The file is not there yet, or its days are over.
    FileGone,
    DeadlineBounds,
    WishTooLong,
    NothingToLift,
}

impl Refusal for RequestRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::AlreadyOpen => "data_requests.already_open",
            Self::WrongState { .. } => "data_requests.wrong_state",
            Self::NotAMember => "data_requests.not_a_member",
            Self::NoteMissing => "data_requests.note_missing",
            Self::LegalGroundMissing => "data_requests.legal_ground_missing",
            Self::FileGone => "data_requests.file_gone",
            Self::DeadlineBounds => "data_requests.deadline_bounds",
            Self::WishTooLong => "data_requests.wish_too_long",
            Self::NothingToLift => "data_requests.nothing_to_lift",
        }
    }
    fn status(&self) -> StatusCode {
        match self {
            Self::AlreadyOpen | Self::WrongState { .. } | Self::NothingToLift => StatusCode::CONFLICT,
            Self::FileGone => StatusCode::GONE,
            _ => StatusCode::UNPROCESSABLE_ENTITY,
        }
    }
    fn args(&self) -> Value {
        match self {
            Self::WrongState { state } => json!({ "state": state }),
            Self::DeadlineBounds => json!({ "least": FEWEST_DAYS, "most": MOST_DAYS }),
            _ => json!({}),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::time::DAY;
    use proptest::prelude::*;

    #[test]
    fn a_request_goes_one_way_and_ends_once() {
        for kind in Kind::ALL {
            assert_eq!(State::Received.after(Act::Verify, kind), Some(State::Verified));
            assert_eq!(State::Received.after(Act::Start, kind), None, "nobody is served unverified");
            assert_eq!(State::Verified.after(Act::Start, kind), Some(State::InWork));
            assert_eq!(State::InWork.after(Act::Finish, kind), Some(State::Done));
            for act in [Act::Verify, Act::Start, Act::Finish, Act::Refuse] {
                assert_eq!(State::Done.after(act, kind), None);
                assert_eq!(State::Refused.after(act, kind), None);
            }
        }
        assert_eq!(
            State::InWork.after(Act::Refuse, Kind::Erase),
            None,
            "an erasure under way is not stopped"
        );
        assert_eq!(State::InWork.after(Act::Refuse, Kind::Correct), Some(State::Refused));
    }

    #[test]
    fn fifteen_working_days_from_a_monday_are_three_weeks() {
        let zone = TenantZone::shanghai();
        // 2026-08-17, a Monday, 08:00.
        let due = due(&zone, Timestamp(1_786_924_800_000), WORKING_DAYS);
        assert_eq!(zone.day_of(due.minus(1)), Day(2026_09_07));
        assert_eq!(zone.start_of(zone.day_of(due)), due);
    }

    proptest! {
        #[test]
        fn a_deadline_ends_a_working_day_and_more_days_are_never_earlier(at in 1_700_000_000_000..1_900_000_000_000i64, days in 1..30i64) {
            let zone = TenantZone::shanghai();
            let end = due(&zone, Timestamp(at), days);
            let last = zone.day_of(end.minus(1));
            prop_assert!(last.days_since(last.monday()) < 5);
            prop_assert!(end.0 - at >= days * DAY - DAY && due(&zone, Timestamp(at), days + 1) > end);
        }
    }
}
