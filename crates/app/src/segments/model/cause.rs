//! Why somebody entered or left: what each fact is called as a cause, and which causes a wording looks at.

use audience::Expr;
use audience::language::{Act, Condition, Facet};

use super::GREETED;
use crate::kernel::stored_words::stored_words;
use crate::reactions::Fact;

stored_words! {
    /// Why somebody entered or left a segment.
    MoveCause {
        OrderPaid = "order_paid",
        OrderRefunded = "order_refunded",
        /// The buyer of an earlier order became known.
        OrderTied = "order_tied",
        TagApplied = "tag_applied",
        TagRemoved = "tag_removed",
        GroupJoined = "group_joined",
        GroupLeft = "group_left",
        ContactAdded = "contact_added",
        ContactLost = "contact_lost",
        /// Another employee has her as a contact.
        ContactMoved = "contact_moved",
        Greeted = "greeted",
        Clicked = "clicked",
        ConsentGiven = "consent_given",
        ConsentWithdrawn = "consent_withdrawn",
        MarkSet = "mark_set",
        MarkLifted = "mark_lifted",
        EventReported = "event_reported",
        Imported = "imported",
        /// A file put her on an uploaded list.
        Listed = "listed",
        FieldSet = "field_set",
        LayersChanged = "layers_changed",
        /// She is something else among members, for example a KOC or a house account.
        KindChanged = "kind_changed",
        /// Her group belongs to another community.
        GroupPlaced = "group_placed",
        CommunityTyped = "community_typed",
        PeopleJoined = "people_joined",
        PeopleParted = "people_parted",
        Erased = "erased",
        /// The segment, or one it refers to, asks something else now.
        WordingChanged = "wording_changed",
        /// A day began: a window ended, or time enough went by.
        TimePassed = "time_passed",
        /// Something that this program has no word for.
        Other = "other",
    }
}

/// A cause and what it was about: an id of ours, the word of a purpose or a mark, the name of an event; empty when it
/// is about nothing that has a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Because {
    pub cause: MoveCause,
    pub subject: String,
}

impl Because {
    #[must_use]
    pub const fn of(cause: MoveCause) -> Self {
        Self { cause, subject: String::new() }
    }

    /// What a fact is as a cause.
    #[must_use]
    pub fn told_by(fact: &Fact) -> Self {
        let (cause, subject) = match fact {
            Fact::OrderPlaced { order, .. } => (MoveCause::OrderPaid, order.as_str()),
            Fact::OrderRefunded { order, .. } => (MoveCause::OrderRefunded, order.as_str()),
            Fact::OrderTied { order, .. } => (MoveCause::OrderTied, order.as_str()),
            Fact::TagApplied { tag, .. } | Fact::PeopleTagged { tag, .. } => {
                (MoveCause::TagApplied, tag.as_str())
            }
            Fact::TagRemoved { tag, .. } => (MoveCause::TagRemoved, tag.as_str()),
            Fact::MemberJoined { group, .. } => (MoveCause::GroupJoined, group.as_str()),
            Fact::MemberLeft { group, .. } => (MoveCause::GroupLeft, group.as_str()),
            Fact::ContactAdded { staff, .. } => (MoveCause::ContactAdded, staff.as_str()),
            Fact::ContactLost { staff, .. } => (MoveCause::ContactLost, staff.as_str()),
            Fact::BondMoved { .. } => (MoveCause::ContactMoved, ""),
            Fact::Greeted { .. } => (MoveCause::Greeted, ""),
            Fact::LinkClicked { link, .. } => (MoveCause::Clicked, link.as_str()),
            Fact::ConsentChanged { purpose, granted: true, .. } => {
                (MoveCause::ConsentGiven, purpose.as_str())
            }
            Fact::ConsentChanged { purpose, .. } => (MoveCause::ConsentWithdrawn, purpose.as_str()),
            Fact::MarkChanged { mark, on: true, .. } => (MoveCause::MarkSet, mark.as_str()),
            Fact::MarkChanged { mark, .. } => (MoveCause::MarkLifted, mark.as_str()),
            Fact::CustomEvent { name, .. } => (MoveCause::EventReported, name.as_str()),
            Fact::PeopleImported { .. } => (MoveCause::Imported, ""),
            Fact::PeopleListed { list, .. } => (MoveCause::Listed, list.as_str()),
            Fact::FieldSet { field, .. } => (MoveCause::FieldSet, field.as_str()),
            Fact::LayersChanged { .. } => (MoveCause::LayersChanged, ""),
            Fact::KindChanged { .. } => (MoveCause::KindChanged, ""),
            Fact::GroupPlaced { group, .. } => (MoveCause::GroupPlaced, group.as_str()),
            Fact::CommunityTyped { community, .. } => (MoveCause::CommunityTyped, community.as_str()),
            Fact::PersonMerged { .. } => (MoveCause::PeopleJoined, ""),
            Fact::PersonSplit { .. } => (MoveCause::PeopleParted, ""),
            Fact::PersonErased { .. } => (MoveCause::Erased, ""),
            // These touch nobody.
            Fact::GreetingMissed { .. }
            | Fact::GroupMoved { .. }
            | Fact::PostDelivered { .. }
            | Fact::PostMissed { .. }
            | Fact::SegmentEntered { .. }
            | Fact::SegmentLeft { .. } => (MoveCause::Other, ""),
        };
        Self { cause, subject: subject.to_owned() }
    }
}

/// A set of causes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Causes(u32);

const _: () = assert!(MoveCause::ALL.len() <= 32, "a bit for each cause");

impl Causes {
    /// By which somebody comes to count, stops counting, or becomes somebody else.
    pub const OF_HERSELF: Self = Self::of(&[
        MoveCause::ContactAdded,
        MoveCause::GroupJoined,
        MoveCause::Imported,
        MoveCause::KindChanged,
        MoveCause::PeopleJoined,
        MoveCause::PeopleParted,
        MoveCause::Erased,
    ]);
    const ORDERS: Self = Self::of(&[MoveCause::OrderPaid, MoveCause::OrderRefunded, MoveCause::OrderTied]);
    const PLACES: Self = Self::of(&[
        MoveCause::GroupJoined,
        MoveCause::GroupLeft,
        MoveCause::GroupPlaced,
        MoveCause::CommunityTyped,
    ]);
    const BONDS: Self = Self::of(&[MoveCause::ContactAdded, MoveCause::ContactLost, MoveCause::ContactMoved]);
    const TAGS: Self = Self::of(&[MoveCause::TagApplied, MoveCause::TagRemoved]);

    const fn of(causes: &[MoveCause]) -> Self {
        let (mut set, mut n) = (0, 0);
        while n < causes.len() {
            set |= 1 << causes[n] as u32;
            n += 1;
        }
        Self(set)
    }

    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    #[must_use]
    pub const fn has(self, cause: MoveCause) -> bool {
        self.0 & (1 << cause as u32) != 0
    }

    /// What a wording looks at itself; what segments it refers to look at is theirs to say.
    #[must_use]
    pub fn looked_at(expr: &Expr) -> Self {
        expr.leaves().iter().map(|leaf| by(leaf.condition)).fold(Self::default(), Self::with)
    }
}

fn by(condition: &Condition) -> Causes {
    match condition {
        Condition::In { facet, .. } => match facet {
            Facet::Tag => Causes::TAGS,
            Facet::Group | Facet::Community | Facet::CommunityKind => Causes::PLACES,
            Facet::MemberKind => {
                Causes::of(&[MoveCause::KindChanged, MoveCause::GroupJoined, MoveCause::GroupLeft])
            }
            Facet::Code | Facet::Channel | Facet::Store => {
                Causes::of(&[MoveCause::ContactAdded, MoveCause::GroupJoined])
            }
            Facet::List => Causes::of(&[MoveCause::Listed]),
            Facet::Account | Facet::Staff => Causes::BONDS,
            Facet::FanLevel | Facet::ValueLadder | Facet::Stage | Facet::RfmClass => {
                Causes::of(&[MoveCause::LayersChanged])
            }
            Facet::Segment => Causes::default(),
        },
        Condition::Tagged { .. } => Causes::TAGS,
        Condition::Did { act, .. } | Condition::LastDid { act, .. } => match act {
            Act::Bought => Causes::ORDERS,
            Act::Opened | Act::Clicked => Causes::of(&[MoveCause::Clicked]),
            Act::Joined | Act::Left => Causes::PLACES,
            Act::Spoke => {
                Causes::of(&[MoveCause::EventReported, MoveCause::GroupPlaced, MoveCause::CommunityTyped])
            }
            Act::Event(name) if name == GREETED => Causes::of(&[MoveCause::Greeted]),
            Act::Redeemed | Act::CheckedIn | Act::Invited | Act::Event(_) => {
                Causes::of(&[MoveCause::EventReported])
            }
        },
        Condition::Spent { .. } => Causes::ORDERS,
        Condition::Rfm { .. } => Causes::of(&[MoveCause::LayersChanged]),
        Condition::Consent { .. } => Causes::of(&[MoveCause::ConsentGiven, MoveCause::ConsentWithdrawn]),
        Condition::Text { .. }
        | Condition::Number { .. }
        | Condition::Date { .. }
        | Condition::Age { .. }
        | Condition::Birthday { .. }
        | Condition::YesNo { .. }
        | Condition::Known { .. } => {
            Causes::PLACES.with(Causes::BONDS).with(Causes::of(&[MoveCause::FieldSet, MoveCause::Imported]))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn looked_at(text: &str) -> Vec<&'static str> {
        let seen = Causes::looked_at(&audience::parse(text).unwrap());
        MoveCause::ALL.iter().filter(|cause| seen.has(**cause)).map(|cause| cause.word()).collect()
    }

    #[test]
    fn a_wording_looks_at_what_its_conditions_are_about() {
        assert_eq!(
            looked_at("tag \"a\"\nnot bought in 7 days"),
            ["order_paid", "order_refunded", "order_tied", "tag_applied", "tag_removed"]
        );
        assert_eq!(looked_at("event \"greeted\" ever"), ["greeted"]);
        assert_eq!(looked_at("any { stage \"asleep\" ; rfm r >= 4 }"), ["layers_changed"]);
        assert_eq!(looked_at("consent promotion"), ["consent_given", "consent_withdrawn"]);
        assert_eq!(looked_at("segment \"seg_1\""), [""; 0]);
        assert_eq!(looked_at("all { }"), [""; 0]);
    }

    #[test]
    fn words_are_the_same_wherever_they_stand() {
        for cause in MoveCause::ALL {
            assert_eq!(serde_json::to_value(cause).unwrap(), cause.word());
        }
    }
}
