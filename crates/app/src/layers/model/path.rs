//! Ways from one community to a closer one: who may be suggested, and the facts that speak for it.

use base::time::DAY;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::LayerRefusal;
use super::cuts::RfmSegment;
use super::stand::{FanLevel, LifeStage, Measures, Standing, ValueLevel};
use crate::communities::{CommunityKind, Tier};
use crate::kernel::stored_words::stored_words;

/// Days that `active_days` looks back.
pub const LATELY: i64 = 28;
/// How long nobody suggests again what was declined, skipped or ran out.
pub const QUIET: i64 = 90 * DAY;

stored_words! {
    /// Where a suggestion stands.
    SuggestionState {
        /// Waits for a person.
        Open = "open",
        /// Confirmed; an employee has the invitation before her.
        Invited = "invited",
        /// The employee sent it.
        Sent = "sent",
        /// She came. Nobody was ever pulled.
        Joined = "joined",
        Declined = "declined",
        /// The employee decided against it.
        Skipped = "skipped",
        Expired = "expired",
        /// What spoke for it holds no longer.
        Lapsed = "lapsed",
    }
}

impl SuggestionState {
    /// Whether an operator's step can be taken back: what an employee sent can't.
    #[must_use]
    pub const fn can_be_undone(self) -> bool {
        matches!(self, Self::Invited | Self::Declined | Self::Skipped | Self::Expired)
    }
}

/// How near a community is to the company: general gathers, content cultivates, core is served first.
#[must_use]
pub const fn rank(kind: CommunityKind, tier: Tier) -> u8 {
    match (tier, kind) {
        (Tier::Core, _) => 2,
        (Tier::General, CommunityKind::Content) => 1,
        (Tier::General, _) => 0,
    }
}

/// What a person must be to be suggested; an empty list or absent bound asks nothing. All that is asked must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = PathConditions)]
pub struct PathBody {
    /// Communities she comes from; empty for every one that ranks lower.
    #[serde(default)]
    pub from: Vec<String>,
    /// At least this fan level.
    pub fan: Option<FanLevel>,
    /// At least this value level.
    pub value: Option<ValueLevel>,
    /// One of these.
    #[serde(default)]
    pub segments: Vec<RfmSegment>,
    /// One of these.
    #[serde(default)]
    pub stages: Vec<LifeStage>,
    /// Carries one of these tags.
    #[serde(default)]
    pub tags: Vec<String>,
    /// Days with acts or orders within the last four weeks.
    #[serde(default)]
    pub active_days: i64,
    /// Days since she came into the community she comes from.
    #[serde(default)]
    pub days_in: i64,
}

/// One fact that spoke for a suggestion, as words and numbers that the console puts into a sentence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = SuggestionReason)]
pub struct Spoke {
    /// `fan`, `value`, `segment`, `stage`, `tag`, `active_days`, `days_in`, `orders`.
    pub fact: String,
    /// A level's word, a tag's id, or a number.
    pub value: String,
}

/// What is known of somebody who might go a way.
pub struct Candidate<'a> {
    pub measures: &'a Measures,
    pub standing: &'a Standing,
    pub tags: &'a [String],
    /// Days since she came into the community she comes from.
    pub days_in: i64,
    pub today: i64,
}

impl PathBody {
    /// # Errors
    /// [`LayerRefusal::PathEmpty`] when nothing is asked, [`LayerRefusal::PathBounds`] beyond what can be met.
    pub fn check(&self) -> Result<(), LayerRefusal> {
        let asks = self.fan.is_some()
            || self.value.is_some()
            || !self.segments.is_empty()
            || !self.stages.is_empty()
            || !self.tags.is_empty()
            || self.active_days > 0;
        if !asks {
            return Err(LayerRefusal::PathEmpty);
        }
        if !(0..=LATELY).contains(&self.active_days) {
            return Err(LayerRefusal::PathBounds { field: "active_days", most: LATELY });
        }
        if !(0..=365).contains(&self.days_in) {
            return Err(LayerRefusal::PathBounds { field: "days_in", most: 365 });
        }
        match [("from", self.from.len()), ("tags", self.tags.len())].into_iter().find(|(_, n)| *n > 20) {
            Some((field, _)) => Err(LayerRefusal::PathBounds { field, most: 20 }),
            None => Ok(()),
        }
    }

    /// What speaks for the person, or none when something asked doesn't hold.
    #[must_use]
    pub fn speaks_for(&self, who: &Candidate<'_>) -> Option<Vec<Spoke>> {
        let standing = who.standing;
        let (fan, value) = (standing.fan.0, standing.value.0);
        let (segment, stage) = (standing.rfm.0, standing.stage.0);
        let tag = who.tags.iter().find(|tag| self.tags.contains(tag));
        let active = active_lately(who.measures, who.today);
        let holds = self.fan.is_none_or(|least| fan >= least)
            && self.value.is_none_or(|least| value >= least)
            && (self.segments.is_empty() || self.segments.contains(&segment))
            && (self.stages.is_empty() || self.stages.contains(&stage))
            && (self.tags.is_empty() || tag.is_some())
            && active >= self.active_days
            && who.days_in >= self.days_in;
        if !holds {
            return None;
        }
        let orders = who.measures.buyer(who.today).map_or(0, |b| b.order_days);
        let mut spoke = vec![
            ("fan", fan.word().to_owned()),
            ("value", value.word().to_owned()),
            ("segment", segment.word().to_owned()),
            ("stage", stage.word().to_owned()),
        ];
        spoke.extend(tag.map(|tag| ("tag", tag.clone())));
        spoke.push(("orders", orders.to_string()));
        spoke.push(("active_days", active.to_string()));
        spoke.push(("days_in", who.days_in.to_string()));
        Some(spoke.into_iter().map(|(fact, value)| Spoke { fact: fact.to_owned(), value }).collect())
    }
}

/// Different days with an act or an order within the last four weeks.
fn active_lately(m: &Measures, today: i64) -> i64 {
    let mut days: Vec<i64> = m.acts.iter().copied().chain(m.orders.iter().map(|(day, _)| *day)).collect();
    days.retain(|day| today - day < LATELY);
    days.sort_unstable();
    days.dedup();
    i64::try_from(days.len()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ways_lead_from_general_over_content_to_core() {
        let order = [
            (CommunityKind::Flash, Tier::General, 0),
            (CommunityKind::Traffic, Tier::General, 0),
            (CommunityKind::PunchCard, Tier::General, 0),
            (CommunityKind::Content, Tier::General, 1),
            (CommunityKind::Traffic, Tier::Core, 2),
        ];
        for (kind, tier, want) in order {
            assert_eq!(rank(kind, tier), want);
        }
    }

    #[test]
    fn a_way_must_ask_something() {
        assert_eq!(PathBody::default().check(), Err(LayerRefusal::PathEmpty));
        assert_eq!(PathBody { days_in: 3, ..PathBody::default() }.check(), Err(LayerRefusal::PathEmpty));
        assert_eq!(PathBody { active_days: 3, ..PathBody::default() }.check(), Ok(()));
        let much = PathBody { active_days: 29, ..PathBody::default() };
        assert_eq!(much.check(), Err(LayerRefusal::PathBounds { field: "active_days", most: LATELY }));
    }

    #[test]
    fn everything_asked_must_hold_and_is_told() {
        let measures = Measures {
            first_seen: 0,
            ties: 1,
            ever_tied: true,
            koc: false,
            orders: vec![(90, 500), (95, 500)],
            acts: vec![40, 94, 95, 99],
        };
        let standing = measures.stand(None, 100);
        let tags = ["tag_b".to_owned()];
        let who =
            Candidate { measures: &measures, standing: &standing, tags: &tags, days_in: 20, today: 100 };
        let body = PathBody { fan: Some(FanLevel::Favourable), active_days: 4, ..PathBody::default() };
        let spoke = body.speaks_for(&who).expect("she fits");
        let told = |fact: &str| spoke.iter().find(|s| s.fact == fact).map(|s| s.value.clone());
        assert_eq!(told("active_days").as_deref(), Some("4"), "an order and a click of one day are one day");
        assert_eq!((told("orders").as_deref(), told("tag")), (Some("2"), None));
        for not in [
            PathBody { fan: Some(FanLevel::Advocate), ..body.clone() },
            PathBody { active_days: 5, ..body.clone() },
            PathBody { days_in: 21, ..body.clone() },
            PathBody { tags: vec!["tag_a".to_owned()], ..body.clone() },
            PathBody { stages: vec![LifeStage::New], ..body.clone() },
        ] {
            assert_eq!(not.speaks_for(&who), None);
        }
        let tagged = PathBody { tags: vec!["tag_a".to_owned(), "tag_b".to_owned()], ..body };
        assert!(tagged.speaks_for(&who).is_some_and(|s| s.iter().any(|s| s.fact == "tag")));
    }
}
