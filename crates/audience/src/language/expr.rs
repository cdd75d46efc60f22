//! The segment language as a tree: what is stored, sent as JSON, drawn by the builder and printed as text.

use serde::{Deserialize, Serialize};

use super::Day;

/// Who is meant. Groups nest; an empty `All` or `None` is everybody, an empty `Any` nobody.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Expr {
    /// Every line holds.
    All(Vec<Expr>),
    /// At least one line holds.
    Any(Vec<Expr>),
    /// No line holds.
    None(Vec<Expr>),
    Is(Condition),
}

/// An id that never changes, and the name a person reads beside it. Only the id decides anything.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ref {
    pub id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

impl Ref {
    pub fn new(id: impl Into<String>) -> Self {
        Self { id: id.into(), name: None }
    }

    pub fn named(id: impl Into<String>, name: impl Into<String>) -> Self {
        Self { id: id.into(), name: Some(name.into()) }
    }
}

/// One line of a segment.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Condition {
    /// Belongs to any or all of these.
    In {
        facet: Facet,
        #[serde(default)]
        how: How,
        of: Vec<Ref>,
    },
    /// Got any or all of these tags within the window, and still has them.
    Tagged {
        #[serde(default)]
        how: How,
        of: Vec<Ref>,
        window: Window,
    },
    /// Did it so many times within the window; with several subjects, all together.
    Did {
        act: Act,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        of: Vec<Ref>,
        #[serde(default = "at_least_once")]
        times: Range,
        #[serde(default)]
        window: Window,
    },
    /// Did it, and the last time was so many days ago; today is 0.
    LastDid {
        act: Act,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        of: Vec<Ref>,
        days_ago: Range,
    },
    /// The sum of what was paid within the window, in fen, less refunds on the day of the order.
    Spent {
        amount: Range,
        #[serde(default)]
        window: Window,
    },
    /// A text field. `Contains` looks at the values that occur, so it costs as much as the field has values.
    Text {
        field: Ref,
        test: TextTest,
    },
    /// A number field, whole, in the field's own unit.
    Number {
        field: Ref,
        range: Range,
    },
    Date {
        field: Ref,
        when: When,
    },
    /// Completed months, years or days since a date field.
    Age {
        field: Ref,
        range: Range,
        unit: AgeUnit,
    },
    /// The anniversary of a date field falls into the next days; 1 is today only.
    Birthday {
        field: Ref,
        next_days: u32,
    },
    YesNo {
        field: Ref,
        answer: bool,
    },
    /// The field has any value.
    Known {
        field: Ref,
    },
    /// Scores from 1 to 5; a score that isn't named may be any.
    Rfm {
        #[serde(default, skip_serializing_if = "Range::is_open")]
        recency: Range,
        #[serde(default, skip_serializing_if = "Range::is_open")]
        frequency: Range,
        #[serde(default, skip_serializing_if = "Range::is_open")]
        money: Range,
    },
    Consent {
        purpose: Ref,
        answer: Answer,
    },
}

const fn at_least_once() -> Range {
    Range { min: Some(1), max: None }
}

/// What somebody may belong to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Facet {
    Tag,
    Group,
    Community,
    /// In a community of a kind: `core`, `general`, `content`…
    CommunityKind,
    /// What she is: `customer`, `koc`…
    MemberKind,
    /// Came by a live code.
    Code,
    /// Came by a channel.
    Channel,
    Store,
    /// An uploaded list.
    List,
    /// Another segment.
    Segment,
    /// A connected messenger account knows her.
    Account,
    /// An employee has her as contact.
    Staff,
    FanLevel,
    ValueLadder,
    Stage,
    RfmClass,
}

impl Facet {
    pub const ALL: [Self; 16] = [
        Self::Tag,
        Self::Group,
        Self::Community,
        Self::CommunityKind,
        Self::MemberKind,
        Self::Code,
        Self::Channel,
        Self::Store,
        Self::List,
        Self::Segment,
        Self::Account,
        Self::Staff,
        Self::FanLevel,
        Self::ValueLadder,
        Self::Stage,
        Self::RfmClass,
    ];

    /// As it is written in the text: one or two words.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Tag => "tag",
            Self::Group => "group",
            Self::Community => "community",
            Self::CommunityKind => "community kind",
            Self::MemberKind => "member kind",
            Self::Code => "code",
            Self::Channel => "channel",
            Self::Store => "store",
            Self::List => "list",
            Self::Segment => "segment",
            Self::Account => "account",
            Self::Staff => "staff",
            Self::FanLevel => "fan level",
            Self::ValueLadder => "value ladder",
            Self::Stage => "stage",
            Self::RfmClass => "rfm class",
        }
    }

    /// Its members are words of the product rather than things somebody made.
    #[must_use]
    pub const fn is_worded(self) -> bool {
        matches!(
            self,
            Self::CommunityKind
                | Self::MemberKind
                | Self::FanLevel
                | Self::ValueLadder
                | Self::Stage
                | Self::RfmClass
        )
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    #[default]
    Any,
    All,
}

/// What people do on a day, possibly several times. The subject of an act is what it was done to or in: the product
/// bought, the link clicked, the group spoken in, joined or left.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    Bought,
    Opened,
    Clicked,
    Spoke,
    Joined,
    Left,
    Redeemed,
    CheckedIn,
    Invited,
    /// One of the product owner's own.
    Event(String),
}

impl Act {
    pub const NAMED: [Self; 9] = [
        Self::Bought,
        Self::Opened,
        Self::Clicked,
        Self::Spoke,
        Self::Joined,
        Self::Left,
        Self::Redeemed,
        Self::CheckedIn,
        Self::Invited,
    ];

    /// As it is written; `event` is followed by its name.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Bought => "bought",
            Self::Opened => "opened",
            Self::Clicked => "clicked",
            Self::Spoke => "spoke",
            Self::Joined => "joined",
            Self::Left => "left",
            Self::Redeemed => "redeemed",
            Self::CheckedIn => "checked_in",
            Self::Invited => "invited",
            Self::Event(_) => "event",
        }
    }
}

/// Inclusive at both ends; an absent end is open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Range {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<i64>,
}

impl Range {
    #[must_use]
    pub const fn at_least(min: i64) -> Self {
        Self { min: Some(min), max: None }
    }

    #[must_use]
    pub const fn at_most(max: i64) -> Self {
        Self { min: None, max: Some(max) }
    }

    #[must_use]
    pub const fn between(min: i64, max: i64) -> Self {
        Self { min: Some(min), max: Some(max) }
    }

    #[must_use]
    pub const fn exactly(value: i64) -> Self {
        Self::between(value, value)
    }

    /// True when nothing is asked.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        self.min.is_none() && self.max.is_none()
    }

    /// True when nothing can be inside.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        matches!((self.min, self.max), (Some(min), Some(max)) if min > max)
    }

    #[must_use]
    pub fn contains(&self, value: i64) -> bool {
        self.min.is_none_or(|min| min <= value) && self.max.is_none_or(|max| value <= max)
    }
}

/// When it must have happened. Days are whole local days.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Window {
    #[default]
    Ever,
    /// The last days including today; 1 is today only.
    LastDays(u32),
    /// From the older of two distances to the nearer, both inclusive; today is 0.
    DaysAgo { nearest: u32, farthest: u32 },
    /// Fixed days, inclusive; an absent end is open.
    Between {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from: Option<Day>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        to: Option<Day>,
    },
}

/// Where a date must lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum When {
    /// Inclusive; an absent end is open.
    Between {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from: Option<Day>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        to: Option<Day>,
    },
    /// Including today.
    LastDays(u32),
    /// Including today.
    NextDays(u32),
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TextTest {
    OneOf(Vec<String>),
    /// Any of these is part of the value; letters are compared as they are.
    Contains(Vec<String>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AgeUnit {
    Days,
    Months,
    Years,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    Granted,
    Withdrawn,
    /// She was never asked, or never answered.
    Unasked,
}
