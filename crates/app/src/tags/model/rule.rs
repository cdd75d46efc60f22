//! Rules that tag: when something happens to a person and the conditions hold, tags are given and taken. Pure.

use std::collections::BTreeSet;

use base::Timestamp;
use base::time::DAY;
use serde::{Deserialize, Serialize};

use super::TagRefusal;

/// A rule that was woken by another rule's tag may wake a third; further it doesn't go.
pub const DEEPEST: u8 = 3;
const CONDITIONS: usize = 10;
const TAGS: usize = 20;

/// What wakes a rule. An empty list means: any. Kept as JSON for ever: add variants and fields, never rename.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "on", rename_all = "snake_case")]
#[schema(as = TagTrigger)]
pub enum Trigger {
    /// Came by one of these live codes, into a group or to an employee.
    Code {
        #[serde(default)]
        codes: Vec<String>,
    },
    /// Joined a group: one of these, or of these communities, or of communities of these kinds.
    Join {
        #[serde(default)]
        groups: Vec<String>,
        #[serde(default)]
        communities: Vec<String>,
        #[serde(default)]
        kinds: Vec<String>,
    },
    /// Left a group.
    Leave {
        #[serde(default)]
        groups: Vec<String>,
        #[serde(default)]
        communities: Vec<String>,
    },
    /// Added an employee.
    Add {
        #[serde(default)]
        staff: Vec<String>,
    },
    /// The bond with an employee ended.
    Lost {
        #[serde(default)]
        staff: Vec<String>,
    },
    /// Opened a link: one of these, of these posts, or of posts of these value kinds.
    Click {
        #[serde(default)]
        links: Vec<String>,
        #[serde(default)]
        posts: Vec<String>,
        #[serde(default)]
        values: Vec<String>,
    },
    /// Bought something.
    Purchase {},
    /// Got one of these tags.
    Tagged { tags: Vec<String> },
    /// Lost one of these tags.
    Untagged { tags: Vec<String> },
    /// Answered a question; no source yet.
    Answer {
        #[serde(default)]
        questions: Vec<String>,
        #[serde(default)]
        answers: Vec<String>,
    },
    /// A field got one of these values; no source yet.
    Field {
        field: String,
        #[serde(default)]
        values: Vec<String>,
    },
    /// An event of the customer's own systems; no source yet.
    Event { name: String },
}

/// What must hold besides. Kept as JSON for ever.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "is", rename_all = "snake_case")]
#[schema(as = TagCondition)]
pub enum Condition {
    /// Carries one of these tags.
    HasTag { tags: Vec<String> },
    /// Carries none of these tags.
    LacksTag { tags: Vec<String> },
    /// The order that woke the rule was paid with at least this many fen.
    AmountAtLeast { fen: i64 },
    /// An item of the order has this in its name.
    ProductContains { text: String },
    /// Orders up to now, this one included; `days` 0 means ever, `at_most` 0 means no bound.
    Purchases { at_least: i64, at_most: i64, days: i64 },
    /// Openings up to now, one per link and day, this one included.
    Clicks { at_least: i64, at_most: i64, days: i64 },
    /// Is in a group of one of these communities.
    InCommunity { communities: Vec<String> },
}

/// A rule's own words, without its switch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = TagRuleBody)]
pub struct Body {
    pub trigger: Trigger,
    /// All must hold.
    #[serde(default)]
    pub conditions: Vec<Condition>,
    /// Tags to give.
    #[serde(default)]
    pub add: Vec<String>,
    /// Tags to take.
    #[serde(default)]
    pub remove: Vec<String>,
}

/// A group with its community and the community's kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    pub group: String,
    pub community: Option<String>,
    pub kind: Option<String>,
}

/// Something that happened to a person, as rules read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Happening {
    Added {
        staff: String,
        code: Option<String>,
    },
    Lost {
        staff: String,
    },
    Joined {
        place: Place,
        code: Option<String>,
    },
    Left {
        place: Place,
    },
    Clicked {
        link: String,
        post: Option<String>,
        value: Option<String>,
    },
    /// `items` is the order's JSON.
    Bought {
        paid: i64,
        items: String,
    },
    Tagged {
        tag: String,
    },
    Untagged {
        tag: String,
    },
}

/// Who, what and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Happened {
    pub person: String,
    pub what: Happening,
    pub at: Timestamp,
}

/// What is known of a person when a rule looks at her.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    pub tags: BTreeSet<String>,
    /// Instants of her orders and openings up to then.
    pub purchases: Vec<i64>,
    pub clicks: Vec<i64>,
    pub communities: BTreeSet<String>,
}

/// What a rule says about something that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It waits for something else.
    Asleep,
    Hit,
    /// The trigger came, these conditions failed (by place in the list).
    Missed(Vec<usize>),
}

fn any(list: &[String], value: Option<&String>) -> bool {
    list.is_empty() || value.is_some_and(|v| list.contains(v))
}

fn at_place(place: &Place, groups: &[String], communities: &[String], kinds: &[String]) -> bool {
    let narrowed = !groups.is_empty() || !communities.is_empty() || !kinds.is_empty();
    let named = |list: &[String], value: Option<&String>| value.is_some_and(|v| list.contains(v));
    !narrowed
        || groups.contains(&place.group)
        || named(communities, place.community.as_ref())
        || named(kinds, place.kind.as_ref())
}

impl Trigger {
    /// The word under which rules of this trigger are found.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Code { .. } => "code",
            Self::Join { .. } => "join",
            Self::Leave { .. } => "leave",
            Self::Add { .. } => "add",
            Self::Lost { .. } => "lost",
            Self::Click { .. } => "click",
            Self::Purchase {} => "purchase",
            Self::Tagged { .. } => "tagged",
            Self::Untagged { .. } => "untagged",
            Self::Answer { .. } => "answer",
            Self::Field { .. } => "field",
            Self::Event { .. } => "event",
        }
    }

    /// Whether something that happened is what this waits for.
    #[must_use]
    pub fn wakes(&self, what: &Happening) -> bool {
        match (self, what) {
            (Self::Code { codes }, Happening::Added { code, .. } | Happening::Joined { code, .. }) => {
                code.is_some() && any(codes, code.as_ref())
            }
            (Self::Join { groups, communities, kinds }, Happening::Joined { place, .. }) => {
                at_place(place, groups, communities, kinds)
            }
            (Self::Leave { groups, communities }, Happening::Left { place }) => {
                at_place(place, groups, communities, &[])
            }
            (Self::Add { staff: list }, Happening::Added { staff, .. })
            | (Self::Lost { staff: list }, Happening::Lost { staff }) => any(list, Some(staff)),
            (Self::Click { links, posts, values }, Happening::Clicked { link, post, value }) => {
                let open = links.is_empty() && posts.is_empty() && values.is_empty();
                open || links.contains(link)
                    || post.as_ref().is_some_and(|p| posts.contains(p))
                    || value.as_ref().is_some_and(|v| values.contains(v))
            }
            (Self::Purchase {}, Happening::Bought { .. }) => true,
            (Self::Tagged { tags }, Happening::Tagged { tag })
            | (Self::Untagged { tags }, Happening::Untagged { tag }) => tags.contains(tag),
            _ => false,
        }
    }
}

fn within(times: &[i64], at: Timestamp, days: i64) -> i64 {
    let since = if days == 0 { i64::MIN } else { at.0 - days * DAY };
    i64::try_from(times.iter().filter(|t| **t > since && **t <= at.0).count()).unwrap_or(i64::MAX)
}

const fn bounded(n: i64, at_least: i64, at_most: i64) -> bool {
    n >= at_least && (at_most == 0 || n <= at_most)
}

impl Condition {
    /// Whether it holds for a person at an instant, after something happened (or, without that, as she is).
    #[must_use]
    pub fn holds(&self, known: &Known, what: Option<&Happening>, at: Timestamp) -> bool {
        match self {
            Self::HasTag { tags } => tags.iter().any(|t| known.tags.contains(t)),
            Self::LacksTag { tags } => !tags.iter().any(|t| known.tags.contains(t)),
            Self::AmountAtLeast { fen } => {
                matches!(what, Some(Happening::Bought { paid, .. }) if paid >= fen)
            }
            Self::ProductContains { text } => match what {
                Some(Happening::Bought { items, .. }) => {
                    item_names(items).iter().any(|n| n.contains(&text.to_lowercase()))
                }
                _ => false,
            },
            Self::Purchases { at_least, at_most, days } => {
                bounded(within(&known.purchases, at, *days), *at_least, *at_most)
            }
            Self::Clicks { at_least, at_most, days } => {
                bounded(within(&known.clicks, at, *days), *at_least, *at_most)
            }
            Self::InCommunity { communities } => communities.iter().any(|c| known.communities.contains(c)),
        }
    }
}

#[derive(Deserialize)]
struct ItemName {
    name: String,
}

fn item_names(items: &str) -> Vec<String> {
    let items: Vec<ItemName> = serde_json::from_str(items).unwrap_or_default();
    items.into_iter().map(|i| i.name.to_lowercase()).collect()
}

impl Body {
    /// What the rule says about something that happened.
    #[must_use]
    pub fn judge(&self, known: &Known, happened: &Happened) -> Verdict {
        if !self.trigger.wakes(&happened.what) {
            return Verdict::Asleep;
        }
        let failed: Vec<usize> = self
            .conditions
            .iter()
            .enumerate()
            .filter(|(_, c)| !c.holds(known, Some(&happened.what), happened.at))
            .map(|(n, _)| n)
            .collect();
        if failed.is_empty() { Verdict::Hit } else { Verdict::Missed(failed) }
    }

    /// Refuses what can never do anything or has no source yet.
    ///
    /// # Errors
    /// [`TagRefusal`] naming what is wrong.
    pub fn check(&self) -> Result<(), TagRefusal> {
        if matches!(self.trigger, Trigger::Answer { .. } | Trigger::Field { .. } | Trigger::Event { .. }) {
            return Err(TagRefusal::TriggerWithoutSource);
        }
        if let Trigger::Tagged { tags } | Trigger::Untagged { tags } = &self.trigger
            && tags.is_empty()
        {
            return Err(TagRefusal::TriggerNeedsTags);
        }
        let many = self.add.len() + self.remove.len();
        if many == 0 || many > TAGS || self.add.iter().any(|t| self.remove.contains(t)) {
            return Err(TagRefusal::RuleTags);
        }
        let purchase = matches!(self.trigger, Trigger::Purchase {});
        let fits = |c: &Condition| match c {
            Condition::HasTag { tags } | Condition::LacksTag { tags } => !tags.is_empty(),
            Condition::AmountAtLeast { fen } => purchase && *fen > 0,
            Condition::ProductContains { text } => {
                purchase && (1..=40).contains(&text.trim().chars().count())
            }
            Condition::Purchases { at_least, at_most, days }
            | Condition::Clicks { at_least, at_most, days } => {
                (0..=1_000).contains(at_least)
                    && (*at_most == 0 || (*at_most >= *at_least && *at_most <= 1_000))
                    && at_least + at_most > 0
                    && (0..=730).contains(days)
            }
            Condition::InCommunity { communities } => !communities.is_empty(),
        };
        match self.conditions.iter().position(|c| !fits(c)) {
            _ if self.conditions.len() > CONDITIONS => {
                Err(TagRefusal::RuleCondition { place: CONDITIONS + 1 })
            }
            Some(n) => Err(TagRefusal::RuleCondition { place: n + 1 }),
            None => Ok(()),
        }
    }

    /// Every tag the rule names.
    #[must_use]
    pub fn tags(&self) -> BTreeSet<&String> {
        let mut tags: BTreeSet<&String> = self.add.iter().chain(&self.remove).collect();
        if let Trigger::Tagged { tags: t } | Trigger::Untagged { tags: t } = &self.trigger {
            tags.extend(t);
        }
        for condition in &self.conditions {
            if let Condition::HasTag { tags: t } | Condition::LacksTag { tags: t } = condition {
                tags.extend(t);
            }
        }
        tags
    }

    /// Whether what this rule does may wake the other.
    #[must_use]
    pub fn wakes_rule(&self, other: &Self) -> bool {
        match &other.trigger {
            Trigger::Tagged { tags } => self.add.iter().any(|t| tags.contains(t)),
            Trigger::Untagged { tags } => self.remove.iter().any(|t| tags.contains(t)),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(trigger: Trigger, add: &[&str], remove: &[&str]) -> Body {
        let list = |l: &[&str]| l.iter().map(|t| (*t).to_owned()).collect();
        Body { trigger, conditions: Vec::new(), add: list(add), remove: list(remove) }
    }
    fn tagged(tag: &str) -> Trigger {
        Trigger::Tagged { tags: vec![tag.to_owned()] }
    }
    fn happened(what: Happening) -> Happened {
        Happened { person: "p".into(), what, at: Timestamp(40 * DAY) }
    }

    #[test]
    fn a_click_counts_within_its_days_only() {
        let mut rule = body(
            Trigger::Click { links: vec![], posts: vec![], values: vec!["activity".into()] },
            &["t"],
            &[],
        );
        rule.conditions = vec![Condition::Clicks { at_least: 3, at_most: 0, days: 30 }];
        let what =
            Happening::Clicked { link: "l".into(), post: Some("p".into()), value: Some("activity".into()) };
        let known =
            |clicks: &[i64]| Known { clicks: clicks.iter().map(|d| d * DAY).collect(), ..Known::default() };
        assert_eq!(rule.judge(&known(&[12, 39, 40]), &happened(what.clone())), Verdict::Hit);
        assert_eq!(rule.judge(&known(&[10, 39, 40]), &happened(what)), Verdict::Missed(vec![0]));
        let other = Happening::Clicked { link: "l".into(), post: None, value: Some("content".into()) };
        assert_eq!(rule.judge(&known(&[12, 39, 40]), &happened(other)), Verdict::Asleep);
    }

    #[test]
    fn an_order_is_judged_by_amount_and_product() {
        let mut rule = body(Trigger::Purchase {}, &["t"], &[]);
        rule.conditions = vec![
            Condition::AmountAtLeast { fen: 9_900 },
            Condition::ProductContains { text: "Latte".into() },
            Condition::Purchases { at_least: 1, at_most: 1, days: 0 },
        ];
        let order = |paid| {
            happened(Happening::Bought { paid, items: r#"[{"name":"Iced latte","quantity":1}]"#.into() })
        };
        let first = Known { purchases: vec![40 * DAY], ..Known::default() };
        let second = Known { purchases: vec![2 * DAY, 40 * DAY], ..Known::default() };
        assert_eq!(rule.judge(&first, &order(9_900)), Verdict::Hit);
        assert_eq!(rule.judge(&second, &order(9_899)), Verdict::Missed(vec![0, 2]));
    }

    #[test]
    fn joining_by_kind_or_community_is_enough() {
        let trigger =
            Trigger::Join { groups: vec![], communities: vec!["c1".into()], kinds: vec!["flash".into()] };
        let at = |community: &str, kind: &str| Happening::Joined {
            place: Place { group: "g".into(), community: Some(community.into()), kind: Some(kind.into()) },
            code: None,
        };
        assert!(trigger.wakes(&at("c1", "product")));
        assert!(trigger.wakes(&at("c2", "flash")));
        assert!(!trigger.wakes(&at("c2", "product")));
        assert!(!trigger.wakes(&Happening::Left { place: Place::default() }));
    }

    #[test]
    fn what_can_do_nothing_is_refused() {
        assert_eq!(body(Trigger::Purchase {}, &[], &[]).check(), Err(TagRefusal::RuleTags));
        assert_eq!(body(Trigger::Purchase {}, &["a"], &["a"]).check(), Err(TagRefusal::RuleTags));
        assert_eq!(
            body(Trigger::Tagged { tags: vec![] }, &["a"], &[]).check(),
            Err(TagRefusal::TriggerNeedsTags)
        );
        assert_eq!(
            body(Trigger::Event { name: "x".into() }, &["a"], &[]).check(),
            Err(TagRefusal::TriggerWithoutSource)
        );
        let mut rule = body(tagged("x"), &["a"], &[]);
        rule.conditions = vec![Condition::AmountAtLeast { fen: 1 }];
        assert_eq!(rule.check(), Err(TagRefusal::RuleCondition { place: 1 }));
    }
}
