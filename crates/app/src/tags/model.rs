//! What may be a tag, and what is still to be marked. Rules are in `rule.rs` and `ring.rs`, colours in `colour.rs`, bulk jobs in
//! `bulk.rs`.

mod bulk;
mod colour;
mod ring;
mod rule;

pub use bulk::{BulkSource, Outcome, State, Taken};
pub use colour::colour;
pub use ring::ring;
pub use rule::{Body, DEEPEST, Happened, Happening, Known, Place, Verdict};

use base::time::DAY;
use http::StatusCode;
use serde_json::{Value, json};

use crate::kernel::http::Refusal;

/// Names longer than this the platform refuses.
pub const NAME_CHARS: usize = 30;
/// Tags that the platform keeps for one company.
pub const TAGS_PER_ACCOUNT: i64 = 10_000;
/// Tags in one group; a list of more can't be read on a phone either.
pub const TAGS_PER_GROUP: i64 = 3_000;
/// How long a deleted tag can be brought back.
pub const RESTORABLE: i64 = 30 * DAY;

/// Why a tag came or went. Sources: `live_code`, `rule`, `operator`, `platform` (an employee marked it there),
/// `questionnaire`, `order`, `import`, `api`, `bulk`, `merge`, `deleted`, `restored`,
/// `member` (she took it off herself).
#[derive(Clone, Copy, Debug)]
pub struct Cause<'a> {
    pub source: &'a str,
    /// The id of the rule, bulk job, code or operator; may be empty.
    pub id: &'a str,
    /// Rules behind it, one waking the other.
    pub depth: u8,
}

impl<'a> Cause<'a> {
    #[must_use]
    pub const fn of(source: &'a str) -> Self {
        Self { source, id: "", depth: 0 }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TagRefusal {
    Name,
    NameTaken,
    NoNames,
    Colour,
    TooMany {
        limit: i64,
    },
    TooManyInGroup {
        limit: i64,
    },
    /// An order must list every one once.
    Order,
    /// Merging a tag into itself, or across accounts.
    Merge,
    /// Deleted too long ago, or not deleted.
    NotRestorable,
    RuleName,
    RuleNameTaken,
    RuleTags,
    RuleCondition {
        place: usize,
    },
    RuleRing {
        path: String,
    },
    TriggerNeedsTags,
    TriggerWithoutSource,
    BulkNobody,
    BulkTooMany {
        limit: usize,
    },
    BulkState {
        state: String,
    },
    LabelTaken,
}

impl Refusal for TagRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Name => "tags.name",
            Self::NameTaken => "tags.name_taken",
            Self::NoNames => "tags.no_names",
            Self::Colour => "tags.colour",
            Self::TooMany { .. } => "tags.too_many",
            Self::TooManyInGroup { .. } => "tags.too_many_in_group",
            Self::Order => "tags.order",
            Self::Merge => "tags.merge",
            Self::NotRestorable => "tags.not_restorable",
            Self::RuleName => "tags.rule_name",
            Self::RuleNameTaken => "tags.rule_name_taken",
            Self::RuleTags => "tags.rule_tags",
            Self::RuleCondition { .. } => "tags.rule_condition",
            Self::RuleRing { .. } => "tags.rule_ring",
            Self::TriggerNeedsTags => "tags.trigger_needs_tags",
            Self::TriggerWithoutSource => "tags.trigger_without_source",
            Self::BulkNobody => "tags.bulk_nobody",
            Self::BulkTooMany { .. } => "tags.bulk_too_many",
            Self::BulkState { .. } => "tags.bulk_state",
            Self::LabelTaken => "tags.label_taken",
        }
    }
    fn status(&self) -> StatusCode {
        match self {
            Self::NameTaken
            | Self::RuleNameTaken
            | Self::LabelTaken
            | Self::NotRestorable
            | Self::RuleRing { .. }
            | Self::BulkState { .. } => StatusCode::CONFLICT,
            _ => StatusCode::UNPROCESSABLE_ENTITY,
        }
    }
    fn args(&self) -> Value {
        match self {
            Self::TooMany { limit } | Self::TooManyInGroup { limit } => json!({ "limit": limit }),
            Self::BulkTooMany { limit } => json!({ "limit": limit }),
            Self::RuleCondition { place } => json!({ "place": place }),
            Self::RuleRing { path } => json!({ "path": path }),
            Self::BulkState { state } => json!({ "state": state }),
            _ => json!({ "limit": NAME_CHARS }),
        }
    }
}

/// Refuses more tags than the platform keeps: `all` in the account, `in_group` in the group, the new ones included.
///
/// # Errors
/// [`TagRefusal::TooMany`], [`TagRefusal::TooManyInGroup`].
pub const fn fits(all: i64, in_group: i64) -> Result<(), TagRefusal> {
    if all > TAGS_PER_ACCOUNT {
        return Err(TagRefusal::TooMany { limit: TAGS_PER_ACCOUNT });
    }
    if in_group > TAGS_PER_GROUP {
        return Err(TagRefusal::TooManyInGroup { limit: TAGS_PER_GROUP });
    }
    Ok(())
}

/// The places of `n` things in a list whose first has the largest: what the platform calls order.
#[must_use]
pub fn place(n: usize, count: usize) -> i64 {
    i64::try_from(count - n).unwrap_or(i64::MAX)
}

/// A tag's or tag group's name, trimmed.
///
/// # Errors
/// When it is empty or longer than the platform allows, or holds our separator.
pub fn name(text: &str) -> Result<String, TagRefusal> {
    let name = text.trim();
    match (1..=NAME_CHARS).contains(&name.chars().count()) && !name.contains(char::is_control) {
        true => Ok(name.to_owned()),
        false => Err(TagRefusal::Name),
    }
}

/// The tags to mark on a bond: wanted and not shown. Sorted.
#[must_use]
pub fn to_mark(wanted: &[String], shown: &str) -> Vec<String> {
    let shown: Vec<&str> = shown.split(',').collect();
    let mut missing: Vec<String> = wanted.iter().filter(|w| !shown.contains(&w.as_str())).cloned().collect();
    missing.sort();
    missing.dedup();
    missing
}

/// What a bond shows after marking and removing: comma separated, sorted.
#[must_use]
pub fn shown_after(shown: &str, added: &[String], removed: &[String]) -> String {
    let mut tags: Vec<String> = shown.split(',').filter(|t| !t.is_empty()).map(str::to_owned).collect();
    tags.extend(added.iter().cloned());
    tags.retain(|t| !removed.contains(t));
    tags.sort();
    tags.dedup();
    tags.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_trimmed_and_bounded() {
        assert_eq!(name("  新客 "), Ok("新客".to_owned()));
        assert_eq!(name("  "), Err(TagRefusal::Name));
        assert_eq!(name(&"长".repeat(31)), Err(TagRefusal::Name));
        assert!(name(&"长".repeat(30)).is_ok());
    }

    #[test]
    fn marking_twice_marks_nothing() {
        let wanted = ["b".to_owned(), "a".to_owned()];
        assert_eq!(to_mark(&wanted, ""), ["a", "b"]);
        let shown = shown_after("c", &wanted, &["c".to_owned()]);
        assert_eq!(shown, "a,b");
        assert!(to_mark(&wanted, &shown).is_empty());
    }
}
