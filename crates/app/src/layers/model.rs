//! What layers there are, how a person comes onto them, what is promised to whom, and what can be refused. Pure.

mod cuts;
mod path;
mod stand;

pub use cuts::{Buyer, CutSource, CutState, Cuts, RfmSegment, WINDOW_DAYS, middle, middle_gap};
pub use path::{Candidate, PathBody, QUIET, Spoke, SuggestionState, rank};
pub use stand::{ACT_DAYS, FanLevel, Ladder, LifeStage, Measures, Standing, ValueLevel};

use base::{Day, TenantZone, Timestamp};
use http::StatusCode;
use serde_json::{Value, json};

use crate::kernel::http::Refusal;
use crate::kernel::stored_words::stored_words;

/// Characters of a name.
pub const NAME_CHARS: usize = 40;
/// Characters of a promise or of a reason.
pub const TEXT_CHARS: usize = 200;
/// From a fact to the look at its person: facts come in bursts, and one look serves them all.
pub const SOON: i64 = 15 * base::time::MINUTE;

stored_words! {
    /// How often a promise holds again.
    Period { Once = "once", Week = "week", Month = "month", Quarter = "quarter", Year = "year", }
}

/// The business day of an instant as days since 1970.
#[must_use]
pub fn day_number(zone: &TenantZone, at: Timestamp, cut_minutes: i64) -> i64 {
    number_of(zone.business_day(at, cut_minutes))
}

/// A calendar day as days since 1970.
#[must_use]
pub fn number_of(day: Day) -> i64 {
    i64::from(day.days_since(Day(1970_01_01)))
}

/// The instant at which a business day begins, given as days since 1970.
#[must_use]
pub fn begin_of(zone: &TenantZone, day: i64, cut_minutes: i64) -> Timestamp {
    let day = Day(1970_01_01).plus_days(i32::try_from(day).unwrap_or(i32::MAX / 1_000));
    zone.at(day, u16::try_from(cut_minutes).unwrap_or(0))
}

/// A promise as an operator writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BenefitWords<'a> {
    pub name: &'a str,
    pub promise: &'a str,
    pub ladder: Ladder,
    pub level: &'a str,
    pub value_fen: i64,
    pub ceiling_fen: i64,
}

impl BenefitWords<'_> {
    /// # Errors
    /// The first wrong field with its cure.
    pub fn check(&self) -> Result<(), LayerRefusal> {
        let wrong = |field, cure| Err(LayerRefusal::Field { field, cure });
        if !(1..=NAME_CHARS).contains(&self.name.trim().chars().count()) {
            return wrong("name", "1–40");
        }
        if !(1..=TEXT_CHARS).contains(&self.promise.trim().chars().count()) {
            return wrong("promise", "1–200");
        }
        if !self.ladder.levels().contains(&self.level) {
            return Err(LayerRefusal::Level { ladder: self.ladder.word() });
        }
        if !(1..=10_000_000).contains(&self.value_fen) {
            return wrong("value_fen", "1–10000000");
        }
        if self.ceiling_fen < self.value_fen || self.ceiling_fen > 100_000_000_000 {
            return wrong("ceiling_fen", "≥ value_fen");
        }
        Ok(())
    }
}

/// What a promise costs in one period when everybody on its level takes it.
#[must_use]
pub const fn exposure(persons: i64, value_fen: i64) -> i64 {
    persons.saturating_mul(value_fen)
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LayerRefusal {
    Field {
        field: &'static str,
        cure: &'static str,
    },
    /// Bounds of a measure don't ascend or lie outside.
    Cuts {
        field: &'static str,
        least: i64,
        most: i64,
    },
    /// Only a draft can be put into force.
    NotDraft,
    /// There is no version to go back to.
    NothingBefore,
    /// The ladder has no such level.
    Level {
        ladder: &'static str,
    },
    PathEmpty,
    PathBounds {
        field: &'static str,
        most: i64,
    },
    /// A way leads from a wider community to a closer one.
    PathDirection,
    /// The suggestion was decided in another way.
    State {
        state: String,
    },
    /// Declining needs a reason.
    NoReason,
    /// She did not allow advertising, or refused it.
    NoConsent,
    /// No employee has her as a contact, so nobody can write to her.
    NoBond,
    /// The community has no group to invite her to.
    NoGroup,
    /// What spoke for it holds no longer.
    Gone,
}

impl Refusal for LayerRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Field { .. } => "layers.field",
            Self::Cuts { .. } => "layers.cuts",
            Self::NotDraft => "layers.not_draft",
            Self::NothingBefore => "layers.nothing_before",
            Self::Level { .. } => "layers.level",
            Self::PathEmpty => "layers.path_empty",
            Self::PathBounds { .. } => "layers.path_bounds",
            Self::PathDirection => "layers.path_direction",
            Self::State { .. } => "layers.state",
            Self::NoReason => "layers.no_reason",
            Self::NoConsent => "layers.no_consent",
            Self::NoBond => "layers.no_bond",
            Self::NoGroup => "layers.no_group",
            Self::Gone => "layers.gone",
        }
    }
    fn status(&self) -> StatusCode {
        match self {
            Self::NotDraft
            | Self::NothingBefore
            | Self::State { .. }
            | Self::NoConsent
            | Self::NoBond
            | Self::NoGroup
            | Self::Gone => StatusCode::CONFLICT,
            _ => StatusCode::UNPROCESSABLE_ENTITY,
        }
    }
    fn args(&self) -> Value {
        match self {
            Self::Field { field, cure } => json!({ "field": field, "cure": cure }),
            Self::Cuts { field, least, most } => json!({ "field": field, "least": least, "most": most }),
            Self::Level { ladder } => json!({ "ladder": ladder }),
            Self::PathBounds { field, most } => json!({ "field": field, "most": most }),
            Self::State { state } => json!({ "state": state }),
            Self::NoReason => json!({ "limit": TEXT_CHARS }),
            _ => json!({}),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_go_there_and_back() {
        let zone = TenantZone::shanghai();
        let at = zone.at(Day(2026_08_17), 90);
        let day = day_number(&zone, at, 120);
        assert_eq!(day, number_of(Day(2026_08_16)), "before the cut it is still yesterday");
        assert_eq!(begin_of(&zone, day + 1, 120), zone.at(Day(2026_08_17), 120));
    }

    #[test]
    fn a_promise_names_a_level_of_its_ladder_and_fits_its_ceiling() {
        let good = BenefitWords {
            name: "回购礼",
            promise: "每月一张满减券",
            ladder: Ladder::Stage,
            level: "repeat",
            value_fen: 500,
            ceiling_fen: 50_000,
        };
        assert_eq!(good.check(), Ok(()));
        let other = BenefitWords { level: "champions", ..good.clone() };
        assert_eq!(other.check(), Err(LayerRefusal::Level { ladder: "stage" }));
        let small = BenefitWords { ceiling_fen: 499, ..good.clone() };
        assert!(matches!(small.check(), Err(LayerRefusal::Field { field: "ceiling_fen", .. })));
        assert!(BenefitWords { name: " ", ..good }.check().is_err());
        assert_eq!(exposure(200, 500), 100_000);
    }
}
