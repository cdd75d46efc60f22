//! What stands against a person's use, and what it bars.

use serde::{Deserialize, Serialize};

use super::Purpose;

/// A mark that holds until it is taken away, whatever the person once allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = PrivacyMark)]
pub enum Mark {
    /// She wants no advertising.
    NoPromotion,
    /// She wants nothing chosen for her from what is known of her.
    NoPersonalisation,
    /// She objected to every use but being served.
    Restricted,
    /// She may be a minor: no advertising, no profiling, no prizes.
    MinorSuspected,
}

impl Mark {
    pub const ALL: [Self; 4] =
        [Self::NoPromotion, Self::NoPersonalisation, Self::Restricted, Self::MinorSuspected];

    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::NoPromotion => "no_promotion",
            Self::NoPersonalisation => "no_personalisation",
            Self::Restricted => "restricted",
            Self::MinorSuspected => "minor_suspected",
        }
    }
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|m| m.word() == word)
    }
    /// Whether a member may set and take it away on her own page.
    #[must_use]
    pub const fn is_hers(self) -> bool {
        matches!(self, Self::NoPromotion | Self::NoPersonalisation)
    }
    /// The purpose that setting the mark withdraws, and whose granting takes the mark away.
    #[must_use]
    pub const fn purpose(self) -> Option<Purpose> {
        match self {
            Self::NoPromotion => Some(Purpose::Promotion),
            Self::NoPersonalisation => Some(Purpose::Profiling),
            Self::Restricted | Self::MinorSuspected => None,
        }
    }
    /// Whether the mark forbids a purpose.
    #[must_use]
    pub const fn bars(self, purpose: Purpose) -> bool {
        match self {
            Self::NoPromotion => matches!(purpose, Purpose::Promotion),
            Self::NoPersonalisation => matches!(purpose, Purpose::Profiling),
            Self::Restricted => !matches!(purpose, Purpose::Service),
            Self::MinorSuspected => matches!(
                purpose,
                Purpose::Promotion | Purpose::Profiling | Purpose::PictureReuse | Purpose::EventPhoto
            ),
        }
    }
    /// Whether the mark keeps a person out of draws and prizes.
    #[must_use]
    pub const fn bars_prizes(self) -> bool {
        matches!(self, Self::Restricted | Self::MinorSuspected)
    }
}

/// Whether a purpose is open, given the person's answer and the marks that hold.
#[must_use]
pub fn may(purpose: Purpose, answer: Option<bool>, marks: &[Mark]) -> bool {
    purpose.allowed(answer) && !marks.iter().any(|m| m.bars(purpose))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_mark_outweighs_a_consent_and_leaves_the_rest_alone() {
        let yes = Some(true);
        assert!(may(Purpose::Promotion, yes, &[]));
        assert!(!may(Purpose::Promotion, yes, &[Mark::NoPromotion]));
        assert!(may(Purpose::Profiling, yes, &[Mark::NoPromotion]));
        assert!(!may(Purpose::Profiling, yes, &[Mark::MinorSuspected]));
        assert!(may(Purpose::Service, None, &[Mark::Restricted, Mark::MinorSuspected]));
        assert!(Mark::MinorSuspected.bars_prizes() && !Mark::NoPromotion.bars_prizes());
    }

    proptest! {
        #[test]
        fn another_mark_never_opens_anything(p in 0..7usize, answer in any::<Option<bool>>(), set in prop::collection::vec(0..4usize, 0..4), more in 0..4usize) {
            let purpose = Purpose::ALL[p];
            let mut marks: Vec<Mark> = set.into_iter().map(|i| Mark::ALL[i]).collect();
            let before = may(purpose, answer, &marks);
            marks.push(Mark::ALL[more]);
            prop_assert!(before || !may(purpose, answer, &marks));
        }
    }
}
