//! What may be exported and what can be refused. Pure.

mod cell;

use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

pub use cell::{Cell, inert};

use crate::kernel::http::Refusal;

/// How long a file is kept.
pub const KEPT_FOR: i64 = 7 * base::time::DAY;
/// Rows of one page, read and written at once.
pub const PAGE_ROWS: usize = 1_000;
/// Characters of a reason.
pub const REASON_CHARS: std::ops::RangeInclusive<usize> = 4..=200;

/// The lists there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ExportWhat)]
pub enum What {
    People,
    /// The members of one group.
    Members,
    /// Who is in a segment as of now.
    Segment,
    /// Who was in a segment when it was frozen.
    FrozenList,
    Orders,
    /// Tracked links with what was counted on them.
    Links,
    Releases,
    Tasks,
    Tags,
    Audit,
}

impl What {
    pub const ALL: [Self; 10] = [
        Self::People,
        Self::Members,
        Self::Segment,
        Self::FrozenList,
        Self::Orders,
        Self::Links,
        Self::Releases,
        Self::Tasks,
        Self::Tags,
        Self::Audit,
    ];

    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::People => "people",
            Self::Members => "members",
            Self::Segment => "segment",
            Self::FrozenList => "frozen_list",
            Self::Orders => "orders",
            Self::Links => "links",
            Self::Releases => "releases",
            Self::Tasks => "tasks",
            Self::Tags => "tags",
            Self::Audit => "audit",
        }
    }
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|w| w.word() == word)
    }
    /// The right to see the list, without which it can't be exported.
    #[must_use]
    pub const fn permission(self) -> &'static str {
        match self {
            Self::People => "people:read",
            Self::Members => "groups:read",
            Self::Segment | Self::FrozenList => "segments:read",
            Self::Orders => "orders:read",
            Self::Links => "links:read",
            Self::Releases => "metrics:read",
            Self::Tasks => "tasks:read",
            Self::Tags => "tags:read",
            Self::Audit => "access:read",
        }
    }
    /// Whether the company's own fields of people are columns behind the others.
    #[must_use]
    pub const fn has_own_fields(self) -> bool {
        matches!(self, Self::People | Self::Segment | Self::FrozenList)
    }
    /// The columns; those of contact data only for whoever may see it.
    #[must_use]
    pub fn columns(self, contacts: Contacts) -> Vec<&'static str> {
        let all: &[&'static str] = match self {
            Self::People | Self::Segment => {
                &["id", "name", "kind", "provenance", "first_seen_at", "tags", "union_id", "external_id"]
            }
            Self::FrozenList => &[
                "id",
                "name",
                "kind",
                "provenance",
                "first_seen_at",
                "tags",
                "refused_since",
                "union_id",
                "external_id",
            ],
            Self::Members => {
                &["id", "name", "nickname", "kind", "counts", "scene", "joined_at", "left_at", "external_id"]
            }
            Self::Orders => &[
                "order_no",
                "source",
                "person_id",
                "amount",
                "paid",
                "refunded",
                "paid_at",
                "day",
                "status",
                "items",
                "union_id",
                "external_id",
                "mobile",
            ],
            Self::Links => &[
                "title",
                "url",
                "surface",
                "post_id",
                "group_id",
                "created_at",
                "clicks",
                "persons",
                "unidentified",
                "staff",
                "bots",
            ],
            Self::Releases => &[
                "title",
                "day",
                "starts_at",
                "way",
                "kind",
                "groups_total",
                "groups_sent",
                "groups_missed",
                "reach",
                "opens",
                "orders",
                "buyers",
                "paid",
                "refunded",
                "leaves",
            ],
            Self::Tasks => &["title", "group", "state", "reason", "due_at", "settled_at", "reminders"],
            Self::Tags => &["group", "name", "people"],
            Self::Audit => &["at", "operator", "action", "subject"],
        };
        let shown = |column: &&&str| contacts == Contacts::Shown || !CONTACT_COLUMNS.contains(*column);
        all.iter().filter(shown).copied().collect()
    }
}

/// An own field as a column, as it was when the file was asked for. Whoever takes the file must still see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnColumn {
    pub id: String,
    pub name: String,
    pub sensitive: bool,
    /// Roles that see it; empty for all.
    pub roles: Vec<String>,
}

/// By which somebody can be found outside this product.
const CONTACT_COLUMNS: [&str; 3] = ["union_id", "external_id", "mobile"];

/// Whether phone numbers and platform ids are in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Contacts {
    Shown,
    Left,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ExportFormat)]
pub enum Format {
    /// UTF-8 with a mark, separated by commas.
    Csv,
    Xlsx,
}

impl Format {
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
        }
    }
    #[must_use]
    pub fn parse(word: &str) -> Self {
        if word == "xlsx" { Self::Xlsx } else { Self::Csv }
    }
}

/// What a list is narrowed to, as its page has it. Absent means: all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = ExportFilter)]
#[serde(default, deny_unknown_fields)]
pub struct Filter {
    /// People, members, orders: part of a name. A segment and a frozen list are never narrowed.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub search: String,
    /// People: who carries this tag.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub tag_id: String,
    /// The segment, which is needed for its people.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub segment_id: String,
    /// The frozen list, which is needed for its people.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub snapshot_id: String,
    /// Members: the group, which is needed. People: who is in it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub group_id: String,
    /// Members: their kind.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub kind: String,
    /// Members: also those who left.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub left: bool,
    /// Releases: one community. People: who is in a group of it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub community_id: String,
    /// Orders: `paid` or `refunded`. Tasks: their state.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub status: String,
    /// Orders: one person.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub person_id: String,
    /// Links: one post.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub post_id: String,
    /// Orders: business days, `yyyymmdd`, both inclusive; 0 for all.
    #[serde(skip_serializing_if = "is_zero")]
    pub from_day: i64,
    #[serde(skip_serializing_if = "is_zero")]
    pub to_day: i64,
}

const fn is_zero(n: &i64) -> bool {
    *n == 0
}

/// Where an export stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ExportState)]
pub enum State {
    Running,
    Done,
    /// The file is forgotten.
    Expired,
    Cancelled,
}

impl State {
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Done => "done",
            Self::Expired => "expired",
            Self::Cancelled => "cancelled",
        }
    }
    #[must_use]
    pub fn parse(word: &str) -> Self {
        [Self::Running, Self::Done, Self::Cancelled]
            .into_iter()
            .find(|s| s.word() == word)
            .unwrap_or(Self::Expired)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExportRefusal {
    Reason,
    GroupMissing,
    SegmentMissing,
    FrozenListMissing,
    /// Somebody else's file, or one with contact data or own fields that the caller may not see any more.
    NotYours,
    NotReady,
    Gone,
}

impl Refusal for ExportRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Reason => "exports.reason",
            Self::GroupMissing => "exports.group_missing",
            Self::SegmentMissing => "exports.segment_missing",
            Self::FrozenListMissing => "exports.frozen_list_missing",
            Self::NotYours => "exports.not_yours",
            Self::NotReady => "exports.not_ready",
            Self::Gone => "exports.gone",
        }
    }
    fn status(&self) -> StatusCode {
        match self {
            Self::Reason | Self::GroupMissing | Self::SegmentMissing | Self::FrozenListMissing => {
                StatusCode::UNPROCESSABLE_ENTITY
            }
            Self::NotYours => StatusCode::FORBIDDEN,
            Self::NotReady => StatusCode::CONFLICT,
            Self::Gone => StatusCode::GONE,
        }
    }
    fn args(&self) -> Value {
        json!({})
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contact_columns_are_only_for_whoever_may_see_them() {
        for what in What::ALL {
            assert!(what.columns(Contacts::Left).iter().all(|c| !CONTACT_COLUMNS.contains(c)), "{what:?}");
            assert_eq!(What::parse(what.word()), Some(what));
        }
        assert!(What::People.columns(Contacts::Shown).contains(&"external_id"));
    }
}
