//! What a community is, when it may begin, and how much of which content it bears.

use base::Day;
use http::StatusCode;
use serde::Serialize;
use serde_json::{Value, json};

use super::rows::Community;
use crate::kernel::http::Refusal;
use crate::kernel::stored_words::stored_words;

stored_words! {
    /// What a community is built for.
    CommunityKind {
        /// Wide entry, mostly offers; finds valuable customers.
        Traffic = "traffic",
        /// Built for one campaign, then dissolved.
        Flash = "flash",
        /// Refined service and talk.
        Content = "content",
        /// Members report a daily act for a fixed term.
        PunchCard = "punch_card",
    }
}

stored_words! {
    /// Gathering and converting, or serving the best first.
    Tier { General = "general", Core = "core", }
}

stored_words! {
    /// The second axis of typing.
    Segment { Interest = "interest", Seeding = "seeding", IronFan = "iron_fan", Vip = "vip", }
}

stored_words! {
    /// The one purpose; it switches defaults.
    Purpose { Sell = "sell", Attract = "attract", Connect = "connect", }
}

stored_words! {
    /// Where a community stands in its life.
    Status { Draft = "draft", Active = "active", Closed = "closed", }
}

impl Status {
    /// Whether plans of the community may post: a community without a complete card may not.
    #[must_use]
    pub const fn publishes(self) -> bool {
        matches!(self, Self::Active)
    }
}

impl CommunityKind {
    /// Belongs to something that ends.
    #[must_use]
    pub const fn ends(self) -> bool {
        matches!(self, Self::Flash | Self::PunchCard)
    }

    /// How much of which content a plan may have.
    #[must_use]
    pub const fn mix(self) -> MixRule {
        match self {
            Self::Traffic => MixRule { activity_min: 50, activity_max: 80 },
            Self::Flash | Self::Content => MixRule { activity_min: 50, activity_max: 100 },
            Self::PunchCard => MixRule { activity_min: 15, activity_max: 100 },
        }
    }
}

/// Bounds of the share of activity posts among those that count in the mix, in percent, both inclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MixRule {
    pub activity_min: i64,
    pub activity_max: i64,
}

impl MixRule {
    /// Whether `activity` of `all` posts lies within the bounds. Nothing planned breaks nothing.
    #[must_use]
    pub const fn holds(self, activity: i64, all: i64) -> bool {
        all == 0 || (activity * 100 >= self.activity_min * all && activity * 100 <= self.activity_max * all)
    }
}

/// One item of the positioning checklist; the word is the catalogue key's end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct ChecklistItem {
    /// `for_whom`, `which_need`, `which_solution`, `purpose`, `audience`, `value_to_user`, `entry_fee`,
    /// `traffic_channel`, `ends_on`, `disposal`.
    pub item: &'static str,
    pub done: bool,
}

/// The value formula (POS-1), the five elements (POS-2), and for what ends its end and what comes after.
#[must_use]
pub fn checklist(c: &Community) -> Vec<ChecklistItem> {
    let said = |text: &str| !text.trim().is_empty();
    let audience = [&c.audience_age, &c.audience_sex, &c.audience_region, &c.audience_occupation];
    let mut items = vec![
        ("for_whom", said(&c.for_whom)),
        ("which_need", said(&c.which_need)),
        ("which_solution", said(&c.which_solution)),
        ("purpose", Purpose::named(&c.purpose).is_some()),
        ("audience", audience.into_iter().all(|a| said(a))),
        ("value_to_user", said(&c.value_to_user)),
        ("entry_fee", c.entry_fee.is_some()),
        ("traffic_channel", said(&c.traffic_channel)),
    ];
    if c.kind.ends() {
        items.push(("ends_on", c.ends_on.is_some()));
        items.push(("disposal", said(&c.disposal)));
    }
    items.into_iter().map(|(item, done)| ChecklistItem { item, done }).collect()
}

/// Whether a draft may begin.
///
/// # Errors
/// What is missing, or that it isn't a draft, or that its end lies behind.
pub fn check_activation(c: &Community, today: Day) -> Result<(), CommunityRefusal> {
    if c.status != Status::Draft {
        return Err(CommunityRefusal::NotDraft);
    }
    let missing: Vec<&'static str> = checklist(c).into_iter().filter(|i| !i.done).map(|i| i.item).collect();
    if !missing.is_empty() {
        return Err(CommunityRefusal::Incomplete { missing });
    }
    match c.ends_on {
        Some(day) if day < i64::from(today.0) => Err(CommunityRefusal::EndsInThePast),
        _ => Ok(()),
    }
}

/// Checks what may be written at any time.
///
/// # Errors
/// The first wrong field with its cure.
pub fn check(c: &Community) -> Result<(), CommunityRefusal> {
    let wrong = |field, cure| Err(CommunityRefusal::Field { field, cure });
    if !(1..=60).contains(&c.name.trim().chars().count()) {
        return wrong("name", "1–60");
    }
    if c.entry_fee.is_some_and(|fee| fee < 0) {
        return wrong("entry_fee", "≥ 0");
    }
    if c.ends_on.is_some_and(|d| i32::try_from(d).is_ok_and(|d| Day(d).plus_days(0) != Day(d))) {
        return wrong("ends_on", "20261231");
    }
    let texts = [
        ("for_whom", &c.for_whom),
        ("which_need", &c.which_need),
        ("which_solution", &c.which_solution),
        ("audience_age", &c.audience_age),
        ("audience_sex", &c.audience_sex),
        ("audience_region", &c.audience_region),
        ("audience_occupation", &c.audience_occupation),
        ("value_to_user", &c.value_to_user),
        ("traffic_channel", &c.traffic_channel),
        ("disposal", &c.disposal),
    ];
    match texts.into_iter().find(|(_, text)| text.chars().count() > 500) {
        Some((field, _)) => wrong(field, "≤ 500"),
        None => Ok(()),
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CommunityRefusal {
    Field {
        field: &'static str,
        cure: &'static str,
    },
    /// The positioning card lacks these items.
    Incomplete {
        missing: Vec<&'static str>,
    },
    NotDraft,
    NotActive,
    Closed,
    EndsInThePast,
}

impl Refusal for CommunityRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Field { .. } => "communities.field",
            Self::Incomplete { .. } => "communities.incomplete",
            Self::NotDraft => "communities.not_draft",
            Self::NotActive => "communities.not_active",
            Self::Closed => "communities.closed",
            Self::EndsInThePast => "communities.ends_in_the_past",
        }
    }
    fn status(&self) -> StatusCode {
        match self {
            Self::Field { .. } | Self::Incomplete { .. } | Self::EndsInThePast => {
                StatusCode::UNPROCESSABLE_ENTITY
            }
            Self::NotDraft | Self::NotActive | Self::Closed => StatusCode::CONFLICT,
        }
    }
    fn args(&self) -> Value {
        match self {
            Self::Field { field, cure } => json!({ "field": field, "cure": cure }),
            Self::Incomplete { missing } => json!({ "missing": missing, "count": missing.len() }),
            _ => json!({}),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complete(kind: CommunityKind) -> Community {
        Community {
            id: "com".into(),
            name: "早餐群".into(),
            kind,
            tier: Tier::General,
            segment: None,
            status: Status::Draft,
            for_whom: "附近上班族".into(),
            which_need: "早上没时间排队".into(),
            which_solution: "提前下单到店即取".into(),
            purpose: "attract".into(),
            audience_age: "22–40".into(),
            audience_sex: "不限".into(),
            audience_region: "三公里内".into(),
            audience_occupation: "上班族".into(),
            value_to_user: "省时和优惠".into(),
            entry_fee: Some(0),
            traffic_channel: "台卡".into(),
            ends_on: None,
            disposal: String::new(),
            created_at: 0,
            activated_at: None,
            closed_at: None,
        }
    }
    const TODAY: Day = Day(20_260_817);

    #[test]
    fn a_complete_card_may_begin_and_each_gap_is_named() {
        assert_eq!(check_activation(&complete(CommunityKind::Traffic), TODAY), Ok(()));
        let gaps = Community {
            for_whom: " ".into(),
            audience_sex: String::new(),
            entry_fee: None,
            ..complete(CommunityKind::Traffic)
        };
        let missing = vec!["for_whom", "audience", "entry_fee"];
        assert_eq!(check_activation(&gaps, TODAY), Err(CommunityRefusal::Incomplete { missing }));
    }

    #[test]
    fn what_ends_needs_an_end_ahead_and_a_plan_for_after() {
        let mut flash = complete(CommunityKind::Flash);
        let missing = vec!["ends_on", "disposal"];
        assert_eq!(check_activation(&flash, TODAY), Err(CommunityRefusal::Incomplete { missing }));
        (flash.ends_on, flash.disposal) = (Some(20_260_816), "解散".into());
        assert_eq!(check_activation(&flash, TODAY), Err(CommunityRefusal::EndsInThePast));
        flash.ends_on = Some(20_260_817);
        assert_eq!(check_activation(&flash, TODAY), Ok(()));
        flash.status = Status::Active;
        assert_eq!(check_activation(&flash, TODAY), Err(CommunityRefusal::NotDraft));
    }

    #[test]
    fn the_mix_depends_on_the_kind() {
        let traffic = CommunityKind::Traffic.mix();
        assert!(traffic.holds(5, 10) && traffic.holds(8, 10) && traffic.holds(0, 0));
        assert!(!traffic.holds(4, 10) && !traffic.holds(9, 10));
        assert!(CommunityKind::PunchCard.mix().holds(2, 10) && !CommunityKind::PunchCard.mix().holds(1, 10));
        assert!(CommunityKind::Content.mix().holds(10, 10));
    }

    #[test]
    fn fields_are_bounded() {
        assert_eq!(check(&complete(CommunityKind::Traffic)), Ok(()));
        let field = |c: Community| match check(&c) {
            Err(CommunityRefusal::Field { field, .. }) => field,
            other => panic!("{other:?}"),
        };
        assert_eq!(field(Community { name: "  ".into(), ..complete(CommunityKind::Traffic) }), "name");
        assert_eq!(field(Community { entry_fee: Some(-1), ..complete(CommunityKind::Traffic) }), "entry_fee");
        assert_eq!(
            field(Community { ends_on: Some(20_261_340), ..complete(CommunityKind::Traffic) }),
            "ends_on"
        );
        assert_eq!(
            field(Community { for_whom: "长".repeat(501), ..complete(CommunityKind::Traffic) }),
            "for_whom"
        );
    }
}
