//! What may be asked, what it means for the product's own rows, and why a wording is refused.

mod cause;
mod fields;
mod place;
mod refusal;
mod touched;

use audience::language::{Act, Answer, Condition, Facet, Leaf, Named, Ref};
use audience::{Day, Expr, MemberKind, Purpose as Bars, parse};
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::communities::{CommunityKind, Tier};
use crate::kernel::stored_words::stored_words;
use crate::privacy;

pub use cause::{Because, Causes, MoveCause};
pub use fields::{
    FIELDS, FIRST_SEEN, FRIEND, Field, GROUPS, PROVENANCE, SegmentFieldKind, WORK_ACCOUNT, asks, labelled,
    of_the_product,
};
pub use place::PlaceView;
pub use refusal::SegmentRefusal;
pub use touched::{Touched, touched};

/// The name of the act "got a greeting".
pub const GREETED: &str = "greeted";
/// Segments compared with each other at once.
pub const MOST_OVERLAPPING: usize = 20;
/// Conditions, and values, of a question that is asked of the database too. SQLite nests no deeper than 1,000.
pub const MOST_COMPARED: (usize, usize) = (200, 400);
/// Conditions up to which every line is counted by itself.
pub const MOST_COUNTED_LINES: usize = 200;
/// Containers of 65,536 people that one question may read: about a second.
pub const MOST_COST: u64 = 2_000_000;
pub const NAME_CHARS: usize = 60;
pub const REASON_CHARS: usize = 200;

stored_words! {
    /// What an answer is for. Whoever is barred from it is left out, and counted.
    #[derive(Default)]
    AskedFor {
        /// Choosing people: whoever said no to promotion or personalisation, or must be spared it, is left out. What
        /// is meant when nothing is said.
        #[default]
        Audience = "audience",
        /// Figures, and answering people in chats they opened: nobody is barred.
        Service = "service",
        /// Advertising chosen by what is known of people: needs her consent besides.
        Promotion = "promotion",
        /// Recommendations and other decisions made automatically: needs her consent besides.
        Profiling = "profiling",
    }
}

impl AskedFor {
    #[must_use]
    pub const fn bars(self) -> Bars {
        match self {
            Self::Service => Bars::Figures,
            Self::Audience | Self::Promotion => Bars::PersonalPromotion,
            Self::Profiling => Bars::Personalisation,
        }
    }

    /// What a person must have agreed to besides, where no objection is not enough.
    #[must_use]
    pub fn consent(self) -> Option<Expr> {
        let purpose = match self {
            Self::Service | Self::Audience => return None,
            Self::Promotion => privacy::Purpose::Promotion,
            Self::Profiling => privacy::Purpose::Profiling,
        };
        let purpose = Ref::new(purpose.word());
        Some(Expr::Is(Condition::Consent { purpose, answer: Answer::Granted }))
    }

    /// The question with the consent that its purpose demands.
    #[must_use]
    pub fn demands(self, expr: &Expr) -> Expr {
        match self.consent() {
            Some(consent) => Expr::All(vec![expr.clone(), consent]),
            None => expr.clone(),
        }
    }
}

/// A segment's wording: as text, or as the tree a builder makes. Exactly one of both.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[schema(as = SegmentWording)]
pub struct WordingInput {
    pub text: Option<String>,
    /// The tree as JSON; see the page about segments.
    #[schema(value_type = Option<Object>)]
    pub expr: Option<Value>,
}

/// A wording that was read and is within bounds.
#[derive(Clone, Debug)]
pub struct Wording {
    /// As it was typed; the tree in words when it came as a tree.
    pub text: String,
    pub expr: Expr,
    /// Places are told in the form in which it came.
    from_text: bool,
}

impl Wording {
    /// # Errors
    /// Where and why it can't be read, or is out of bounds.
    pub fn read(input: &WordingInput) -> Result<Self, SegmentRefusal> {
        match (&input.text, &input.expr) {
            (Some(text), None) => {
                let expr = parse(text)?;
                Ok(Self { text: text.trim().to_owned(), expr, from_text: true })
            }
            (None, Some(tree)) => {
                let expr: Expr = serde_json::from_value(tree.clone())
                    .map_err(|why| SegmentRefusal::UnreadableTree { why: why.to_string() })?;
                expr.check()?;
                Ok(Self { text: expr.to_string(), expr, from_text: false })
            }
            _ => Err(SegmentRefusal::OneForm),
        }
    }

    /// Where a line stands: in the text when it came as text, and `id` occurs there.
    #[must_use]
    pub fn place(&self, path: &[usize], id: &str) -> PlaceView {
        match self.from_text {
            true => place::in_text(&self.text, &self.expr, (path, id)),
            false => PlaceView::of_path(path),
        }
    }
}

/// What a wording names that the product can answer by, and what kind of thing it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Thing {
    Tag,
    Group,
    Community,
    Code,
    Segment,
    Account,
    Staff,
    List,
    /// A kind of event that another system reported at least once.
    Event,
    /// A group, or a community for all of its groups.
    Place,
    Post,
    /// A link, a post or a group: whatever a click can be told apart by.
    Clicked,
    /// One of the company's own fields, as what it is asked.
    TextField,
    NumberField,
    DateField,
    /// A date with a day, which comes round each year.
    DayField,
    YesNoField,
    /// Of whichever kind.
    Field,
}

impl Thing {
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Tag => "tag",
            Self::Group => "group",
            Self::Community => "community",
            Self::Code => "code",
            Self::Segment => "segment",
            Self::Account => "account",
            Self::Staff => "staff",
            Self::List => "list",
            Self::Event => "event",
            Self::Place => "group or community",
            Self::Post => "post",
            Self::Clicked => "link, post or group",
            Self::TextField => "text field",
            Self::NumberField => "number field",
            Self::DateField | Self::DayField => "date field",
            Self::YesNoField => "yes-or-no field",
            Self::Field => "field",
        }
    }

    /// It is one of the company's own fields.
    #[must_use]
    pub const fn is_field(self) -> bool {
        matches!(
            self,
            Self::TextField
                | Self::NumberField
                | Self::DateField
                | Self::DayField
                | Self::YesNoField
                | Self::Field
        )
    }
}

/// Something named at a place, to be looked up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mention {
    pub thing: Thing,
    pub id: String,
    pub path: Vec<usize>,
}

/// Everything a wording names that must exist.
///
/// # Errors
/// The first line that asks for what the product doesn't know at all: a word that is none, or a kind of fact that
/// nobody records.
pub fn mentions(wording: &Wording) -> Result<Vec<Mention>, SegmentRefusal> {
    let mut mentions = Vec::new();
    for leaf in wording.expr.leaves() {
        if let Some(what) = unrecorded(leaf.condition) {
            let place = Box::new(wording.place(&leaf.path, what.split(' ').next().unwrap_or_default()));
            return Err(SegmentRefusal::NotRecorded { what: what.to_owned(), place });
        }
        match fields::own(leaf.condition) {
            Ok(None) => {}
            Ok(Some((thing, id))) => {
                mentions.push(Mention { thing, id: id.to_owned(), path: leaf.path.clone() });
            }
            Err(asked) => return Err(unknown(wording, &leaf, asked)),
        }
        for named in leaf.condition.named() {
            match thing(&named) {
                Ok(Some((thing, id))) => {
                    mentions.push(Mention { thing, id: id.to_owned(), path: leaf.path.clone() });
                }
                Ok(None) => {}
                Err((thing, id)) => return Err(unknown(wording, &leaf, (thing, id))),
            }
        }
    }
    Ok(mentions)
}

fn unknown(wording: &Wording, leaf: &Leaf<'_>, (thing, id): (&'static str, &str)) -> SegmentRefusal {
    SegmentRefusal::Unknown { thing, id: id.to_owned(), place: Box::new(wording.place(&leaf.path, id)) }
}

/// Conditions of the language that nothing in the product answers yet.
fn unrecorded(condition: &Condition) -> Option<&'static str> {
    match condition {
        Condition::In { facet, .. } => match facet {
            Facet::Tag
            | Facet::Group
            | Facet::Community
            | Facet::CommunityKind
            | Facet::MemberKind
            | Facet::Code
            | Facet::Channel
            | Facet::Store
            | Facet::Segment
            | Facet::Account
            | Facet::Staff
            | Facet::List
            | Facet::FanLevel
            | Facet::ValueLadder
            | Facet::Stage
            | Facet::RfmClass => None,
        },
        Condition::Did { act, of, .. } | Condition::LastDid { act, of, .. } => match act {
            Act::Opened | Act::Clicked | Act::Joined | Act::Left | Act::Spoke => None,
            _ if of.is_empty() => None,
            Act::Bought => Some("bought …"),
            Act::Event(_) => Some("event …"),
            Act::Redeemed => Some("redeemed …"),
            Act::CheckedIn => Some("checked_in …"),
            Act::Invited => Some("invited …"),
        },
        // The product's own dates are instants, which the database can't ask for their anniversary.
        Condition::Birthday { field, .. } => of_the_product(&field.id).map(|_| "birthday"),
        Condition::Tagged { .. }
        | Condition::Spent { .. }
        | Condition::Consent { .. }
        | Condition::Text { .. }
        | Condition::Number { .. }
        | Condition::Date { .. }
        | Condition::Age { .. }
        | Condition::YesNo { .. }
        | Condition::Known { .. }
        | Condition::Rfm { .. } => None,
    }
}

type Looked<'e> = Result<Option<(Thing, &'e str)>, (&'static str, &'e str)>;

fn thing<'e>(named: &Named<'e>) -> Looked<'e> {
    let word =
        |known: bool, thing: &'static str, id: &'e str| if known { Ok(None) } else { Err((thing, id)) };
    match *named {
        Named::In(facet, of) => match facet {
            Facet::Tag => Ok(Some((Thing::Tag, of.id.as_str()))),
            Facet::Group => Ok(Some((Thing::Group, of.id.as_str()))),
            Facet::Community => Ok(Some((Thing::Community, of.id.as_str()))),
            Facet::Code => Ok(Some((Thing::Code, of.id.as_str()))),
            Facet::Segment => Ok(Some((Thing::Segment, of.id.as_str()))),
            Facet::Account => Ok(Some((Thing::Account, of.id.as_str()))),
            Facet::Staff => Ok(Some((Thing::Staff, of.id.as_str()))),
            Facet::MemberKind => word(MemberKind::named(&of.id).is_some(), "member kind", &of.id),
            Facet::List => Ok(Some((Thing::List, of.id.as_str()))),
            Facet::CommunityKind => word(is_community_word(&of.id), "community kind", &of.id),
            Facet::Channel
            | Facet::Store
            | Facet::FanLevel
            | Facet::ValueLadder
            | Facet::Stage
            | Facet::RfmClass => Ok(None),
        },
        Named::Purpose(of) => word(privacy::Purpose::parse(&of.id).is_some(), "purpose", &of.id),
        Named::Event(name) if name == GREETED => Ok(None),
        Named::Event(name) => Ok(Some((Thing::Event, name))),
        Named::Subject(act, of) => match act {
            "joined" | "left" | "spoke" if is_community_word(&of.id) => Ok(None),
            "joined" | "left" | "spoke" => Ok(Some((Thing::Place, of.id.as_str()))),
            "opened" => Ok(Some((Thing::Post, of.id.as_str()))),
            _ => Ok(Some((Thing::Clicked, of.id.as_str()))),
        },
        Named::Field(_) => Ok(None),
    }
}

/// A kind or a tier of communities.
fn is_community_word(word: &str) -> bool {
    CommunityKind::named(word).is_some() || Tier::named(word).is_some()
}

/// The acts of the language that other systems report as events of the same name.
#[must_use]
pub const fn reported(act: &Act) -> Option<&'static str> {
    match act {
        Act::Spoke | Act::Redeemed | Act::CheckedIn | Act::Invited => Some(act.word()),
        Act::Bought | Act::Opened | Act::Clicked | Act::Joined | Act::Left | Act::Event(_) => None,
    }
}

/// What somebody counts as: the words of groups and people in the engine's. A kind nobody knows doesn't count.
#[must_use]
pub fn counted_as(kind: &str) -> &'static str {
    MemberKind::named(kind).map_or(MemberKind::Staff.name(), MemberKind::name)
}

/// Whether an order is still an order: one that was paid back wholly isn't.
#[must_use]
pub const fn stands(paid: i64, refunded: i64) -> bool {
    refunded < paid || paid == 0
}

/// `20260817` as the engine counts days.
#[must_use]
pub fn day(day: base::Day) -> Day {
    Day(day.days_since(base::Day(19_700_101)))
}

/// The engine's day as `20260817`.
#[must_use]
pub fn base_day(day: Day) -> base::Day {
    let (year, month, day) = day.parts();
    base::Day(year * 10_000 + i32::try_from(month * 100 + day).unwrap_or_default())
}

/// A name, trimmed.
///
/// # Errors
/// When it is empty or too long.
pub fn name(text: &str) -> Result<String, SegmentRefusal> {
    let name = text.trim();
    match (1..=NAME_CHARS).contains(&name.chars().count()) && !name.contains(char::is_control) {
        true => Ok(name.to_owned()),
        false => Err(SegmentRefusal::Name),
    }
}

/// Why a list is frozen, trimmed.
///
/// # Errors
/// When it is empty or too long.
pub fn reason(text: &str) -> Result<String, SegmentRefusal> {
    let reason = text.trim();
    match (1..=REASON_CHARS).contains(&reason.chars().count()) {
        true => Ok(reason.to_owned()),
        false => Err(SegmentRefusal::Reason),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Wording {
        Wording::read(&WordingInput { text: Some(text.to_owned()), expr: None }).unwrap()
    }

    #[test]
    fn days_go_there_and_back() {
        for text in ["1970-01-01", "2024-02-29", "2026-08-17", "1969-12-31"] {
            let there = Day::read(text).unwrap();
            assert_eq!(day(base_day(there)), there);
        }
        assert_eq!(base_day(Day::read("2026-08-17").unwrap()), base::Day(20_260_817));
    }

    #[test]
    fn what_nobody_records_is_refused_where_it_stands() {
        for (text, what) in [
            ("birthday \"first_seen\" in next 7 days", "birthday"),
            ("tag \"a\"\nredeemed \"b\"", "redeemed …"),
        ] {
            match mentions(&read(text)) {
                Err(SegmentRefusal::NotRecorded { what: found, .. }) => assert_eq!(found, what),
                other => panic!("{text}: {other:?}"),
            }
        }
        let refusal = mentions(&read("all { }\nnumber \"first_seen\" > 3")).unwrap_err();
        assert!(matches!(refusal, SegmentRefusal::Unknown { thing: "number field", .. }), "{refusal:?}");
        assert!(
            mentions(&read("number \"groups\" > 3; field \"friend\" no; date \"first_seen\" in 7 days"))
                .is_ok()
        );
        let refusal = mentions(&read("tag \"a\"\nconsent \"sale\"")).unwrap_err();
        let SegmentRefusal::Unknown { thing, id, place } = refusal else { panic!("{refusal:?}") };
        assert_eq!((thing, id.as_str(), place.line, place.offset), ("purpose", "sale", Some(2), Some(17)));
    }

    #[test]
    fn whoever_is_of_an_unknown_kind_counts_nowhere() {
        assert_eq!((counted_as("koc"), counted_as("owner"), counted_as("alien")), ("koc", "staff", "staff"));
    }
}
