//! Tagging many people as one job: whom, in which state, and what became of each.

use serde::{Deserialize, Serialize};

use super::TagRefusal;

/// People named one by one in a request.
pub const NAMED: usize = 5_000;

/// Whom a bulk job is for; frozen into a list when it is made. Kept as JSON for ever: add variants, never rename.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[schema(as = BulkSource)]
pub enum BulkSource {
    /// These people.
    People { ids: Vec<String> },
    /// Everybody whom the list of people shows with this filter; empty fields don't narrow.
    Filter {
        #[serde(default)]
        search: String,
        #[serde(default)]
        tag: String,
        #[serde(default)]
        group: String,
        #[serde(default)]
        community: String,
    },
    /// Everybody who is in a group now.
    Group { group: String },
}

impl BulkSource {
    /// Refuses an empty or overlong list.
    ///
    /// # Errors
    /// [`TagRefusal::BulkNobody`], [`TagRefusal::BulkTooMany`].
    pub fn check(&self) -> Result<(), TagRefusal> {
        match self {
            Self::People { ids } if ids.is_empty() => Err(TagRefusal::BulkNobody),
            Self::People { ids } if ids.len() > NAMED => Err(TagRefusal::BulkTooMany { limit: NAMED }),
            _ => Ok(()),
        }
    }
}

/// Where a bulk job stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = BulkState)]
pub enum State {
    Running,
    Paused,
    Done,
    Cancelled,
    Undoing,
    Undone,
}

impl State {
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Done => "done",
            Self::Cancelled => "cancelled",
            Self::Undoing => "undoing",
            Self::Undone => "undone",
        }
    }
    /// Whether a person may bring a job from here to there.
    #[must_use]
    pub const fn may_become(self, next: Self) -> bool {
        matches!(
            (self, next),
            (Self::Running, Self::Paused | Self::Cancelled)
                | (Self::Paused, Self::Running | Self::Cancelled)
                | (Self::Done | Self::Cancelled, Self::Undoing)
        )
    }
}

impl TryFrom<String> for State {
    type Error = String;
    fn try_from(word: String) -> Result<Self, String> {
        [Self::Running, Self::Paused, Self::Done, Self::Cancelled, Self::Undoing, Self::Undone]
            .into_iter()
            .find(|s| s.word() == word)
            .ok_or(word)
    }
}

/// What became of one person of a bulk job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Changed,
    /// She carried, or lacked, it all already.
    Same,
    /// House accounts, employees and whoever else isn't a customer.
    NotCustomer,
    Gone,
    Undone,
    /// Somebody changed it since: an undo leaves it.
    Kept,
}

impl Outcome {
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Changed => "changed",
            Self::Same => "same",
            Self::NotCustomer => "not_customer",
            Self::Gone => "gone",
            Self::Undone => "undone",
            Self::Kept => "kept",
        }
    }
}

/// A tag that was taken, as its row was: an undo puts it back so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taken {
    pub tag: String,
    pub source: String,
    pub cause: String,
    pub applied_at: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_over_can_only_be_undone() {
        assert!(State::Done.may_become(State::Undoing) && State::Cancelled.may_become(State::Undoing));
        assert!(!State::Done.may_become(State::Running) && !State::Undone.may_become(State::Undoing));
        assert!(!State::Running.may_become(State::Undoing), "first stop, then undo");
        for state in
            [State::Running, State::Paused, State::Done, State::Cancelled, State::Undoing, State::Undone]
        {
            assert_eq!(State::try_from(state.word().to_owned()), Ok(state));
        }
    }
}
