//! Where an item stands, what may be tried again, and what the platform will refuse before it is asked.

use base::Timestamp;
use base::time::{DAY, HOUR, MINUTE};
use http::StatusCode;
use messenger::handovers::{MoveRefusal, MoveState};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::kernel::http::Refusal;

/// Items asked for in one call: the platform's limit.
pub const BATCH: usize = 100;
/// Moves of one customer or group within [`MOVES_WITHIN`]: the platform's limit.
pub const MOVES: i64 = 2;
pub const MOVES_WITHIN: i64 = 90 * DAY;
/// An employee's customers can be handed over this long after she left.
pub const LEFT_WITHIN: i64 = 365 * DAY;
/// Groups of one owner who left that pass in one day.
pub const GROUPS_A_DAY: usize = 300;
/// Longest message to the customers, in characters.
pub const NOTE: usize = 200;
/// After a call without an answer the platform's list is believed complete this much later.
pub const SETTLE: i64 = 10 * MINUTE;
/// A move without a result after this long has failed.
pub const GIVE_UP: i64 = 14 * DAY;

/// Where an item stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = HandoverState)]
pub enum ItemState {
    Planned,
    /// The call was begun and nobody knows yet.
    Intent,
    /// The call ended without an answer: the platform is asked what happened.
    Unknown,
    /// Accepted; the customer may still refuse.
    Waiting,
    Done,
    /// The customer refused.
    Refused,
    /// The taker can take no more.
    Full,
    Failed,
    Cancelled,
}

impl ItemState {
    pub const ALL: [Self; 9] = [
        Self::Planned,
        Self::Intent,
        Self::Unknown,
        Self::Waiting,
        Self::Done,
        Self::Refused,
        Self::Full,
        Self::Failed,
        Self::Cancelled,
    ];
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Intent => "intent",
            Self::Unknown => "unknown",
            Self::Waiting => "waiting",
            Self::Done => "done",
            Self::Refused => "refused",
            Self::Full => "full",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == word)
    }
    /// Whether an operator may ask for it once more: never while it may still happen.
    #[must_use]
    pub const fn may_retry(self) -> bool {
        matches!(self, Self::Refused | Self::Full | Self::Failed | Self::Cancelled)
    }
}

/// What the platform's list says about an item that waits or that nobody knows about.
///
/// `asked` is when the present asking began. A result from before it belongs to an earlier attempt and says nothing.
#[must_use]
pub fn seen(state: ItemState, asked: Timestamp, listed: Option<(MoveState, Timestamp)>) -> ItemState {
    let Some((result, at)) = listed else { return state };
    // The platform's clock and ours may differ by a little.
    let ours = at.0 == 0 || at.plus(MINUTE) >= asked;
    match result {
        MoveState::Waiting => ItemState::Waiting,
        MoveState::Done if ours => ItemState::Done,
        MoveState::RefusedByContact if ours => ItemState::Refused,
        MoveState::TakerFull if ours => ItemState::Full,
        _ => state,
    }
}

/// What becomes of an item that the list doesn't settle.
#[must_use]
pub fn overdue(state: ItemState, asked: Timestamp, now: Timestamp) -> Option<&'static str> {
    match state {
        ItemState::Unknown if now.since(asked) >= SETTLE => Some("handover.never_arrived"),
        ItemState::Waiting if now.since(asked) >= GIVE_UP => Some("handover.no_result"),
        _ => None,
    }
}

/// When to look at a plan again: soon while somebody's fate is unknown, after the customer's day, then ever more rarely.
#[must_use]
pub fn next_look(unknown: bool, asked: Timestamp, now: Timestamp) -> Timestamp {
    if unknown {
        return now.plus(2 * MINUTE);
    }
    let age = now.since(asked);
    let due = asked.plus(DAY + 2 * MINUTE);
    if now < due {
        return due;
    }
    let pause = match age - DAY {
        ..HOUR => 15 * MINUTE,
        HOUR..DAY => HOUR,
        _ => 6 * HOUR,
    };
    now.plus(pause)
}

/// The product's word for the platform's refusal.
#[must_use]
pub const fn reason_of(refusal: MoveRefusal) -> &'static str {
    match refusal {
        MoveRefusal::NotTheirs => "handover.not_theirs",
        MoveRefusal::InTransfer => "handover.in_transfer",
        MoveRefusal::TooOften => "handover.too_often",
        MoveRefusal::TakerFull => "handover.taker_full",
        MoveRefusal::TakerUnable => "handover.taker_unable",
        MoveRefusal::SamePerson => "handover.same_person",
        MoveRefusal::NotResigned => "handover.not_resigned",
        MoveRefusal::IsResigned => "handover.is_resigned",
        MoveRefusal::Inactive => "handover.inactive",
        MoveRefusal::Gone => "handover.gone",
        MoveRefusal::NotCustomerGroup => "handover.not_customer_group",
        MoveRefusal::GroupFull => "handover.group_full",
        MoveRefusal::DailyLimit => "handover.daily_limit",
        MoveRefusal::Other => "handover.refused_otherwise",
    }
}

/// Every reason an item can carry; each has words for what and for the cure.
#[cfg(test)]
pub const REASONS: &[&str] = &[
    "handover.not_theirs",
    "handover.in_transfer",
    "handover.too_often",
    "handover.taker_full",
    "handover.taker_unable",
    "handover.same_person",
    "handover.not_resigned",
    "handover.is_resigned",
    "handover.inactive",
    "handover.gone",
    "handover.not_customer_group",
    "handover.group_full",
    "handover.daily_limit",
    "handover.refused_otherwise",
    "handover.never_arrived",
    "handover.never_asked",
    "handover.no_result",
    "handover.left_too_long",
    "handover.call_refused",
];

/// What is known of a candidate before anybody is asked.
#[derive(Clone, Copy, Debug, Default)]
pub struct Known {
    /// On the way in another plan.
    pub live: bool,
    /// Moves within the platform's window.
    pub moves: i64,
    /// When the giver left; 0 when she hasn't or nobody knows.
    pub left: i64,
}

/// Why the platform will refuse a candidate, as far as we can know.
#[must_use]
pub const fn foreseen(known: &Known, now: Timestamp) -> Option<&'static str> {
    if known.live {
        Some("handover.in_transfer")
    } else if known.moves >= MOVES {
        Some("handover.too_often")
    } else if known.left > 0 && now.0 - known.left > LEFT_WITHIN {
        Some("handover.left_too_long")
    } else {
        None
    }
}

/// Why a plan can't be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HandoverRefusal {
    SameEmployee,
    OtherAccount,
    TakerNotServing,
    Nothing,
    /// The platform that is connected can't do it.
    Impossible,
    NothingToRetry,
}

impl Refusal for HandoverRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::SameEmployee => "handover.same_employee",
            Self::OtherAccount => "handover.other_account",
            Self::TakerNotServing => "handover.taker_not_serving",
            Self::Nothing => "handover.nothing",
            Self::Impossible => "handover.impossible",
            Self::NothingToRetry => "handover.nothing_to_retry",
        }
    }
    fn status(&self) -> StatusCode {
        match self {
            Self::Impossible | Self::NothingToRetry => StatusCode::CONFLICT,
            _ => StatusCode::UNPROCESSABLE_ENTITY,
        }
    }
    fn args(&self) -> Value {
        json!({})
    }
}

#[cfg(test)]
mod model_tests {
    use super::*;
    use crate::kernel::i18n::{Locale, knows};
    use proptest::prelude::*;

    const ASKED: Timestamp = Timestamp(1_000_000_000);

    #[test]
    fn every_reason_has_words_and_a_cure() {
        for locale in Locale::ALL {
            for reason in REASONS {
                assert!(knows(locale, reason), "{reason}");
                assert!(knows(locale, &reason.replace("handover.", "handover.cure.")), "{reason}");
            }
        }
    }

    #[test]
    fn what_is_foreseen() {
        let now = Timestamp(500 * DAY);
        assert_eq!(foreseen(&Known::default(), now), None);
        assert_eq!(foreseen(&Known { moves: 2, ..Known::default() }, now), Some("handover.too_often"));
        assert_eq!(
            foreseen(&Known { left: 100 * DAY, ..Known::default() }, now),
            Some("handover.left_too_long")
        );
        assert_eq!(foreseen(&Known { left: 200 * DAY, ..Known::default() }, now), None);
        assert_eq!(foreseen(&Known { live: true, moves: 2, left: 1 }, now), Some("handover.in_transfer"));
    }

    #[test]
    fn an_earlier_result_says_nothing_about_a_later_asking() {
        let old = ASKED.minus(DAY);
        for result in [MoveState::Done, MoveState::RefusedByContact, MoveState::TakerFull] {
            assert_eq!(seen(ItemState::Unknown, ASKED, Some((result, old))), ItemState::Unknown);
            assert_ne!(seen(ItemState::Unknown, ASKED, Some((result, ASKED))), ItemState::Unknown);
        }
        assert_eq!(seen(ItemState::Unknown, ASKED, Some((MoveState::Waiting, old))), ItemState::Waiting);
        assert_eq!(seen(ItemState::Waiting, ASKED, None), ItemState::Waiting);
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn looks_go_on_and_never_stand_still(age in 0i64..30 * DAY, unknown in any::<bool>()) {
            let now = ASKED.plus(age);
            let next = next_look(unknown, ASKED, now);
            prop_assert!(next > now);
            prop_assert!(next.since(now) <= DAY + 2 * MINUTE);
        }
        #[test]
        fn nothing_that_may_still_happen_may_be_tried_again(at in 0usize..9) {
            let state = ItemState::ALL[at];
            let live = matches!(state, ItemState::Planned | ItemState::Intent | ItemState::Unknown | ItemState::Waiting);
            prop_assert!(!(live && state.may_retry()));
            prop_assert_eq!(ItemState::named(state.word()), Some(state));
        }
    }
}
