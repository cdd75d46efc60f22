//! Whose rows a fact makes worth reading again, and what it is as the cause of a move. The one place where facts of the
//! product meet the index of people: a new fact gets an arm here and in `cause.rs`.

use super::{Because, MoveCause};
use crate::kernel::facts::FactRow;
use crate::reactions::Fact;

/// Whom a fact concerns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Touched {
    Nobody,
    /// By id.
    People(Vec<String>),
    /// Everybody who ever was in the group, or in a group of the community; empty means any.
    Place {
        group: String,
        community: String,
    },
    /// By dense number; `person` is what stands in place of her id.
    Number {
        person: String,
        no: i64,
    },
    /// The person behind a contact of ours.
    Contact(String),
}

/// Whom a kept fact concerns, and why she may move. One that this program can't read was written by a newer one beside
/// it: whoever it names is read again, which is never wrong.
#[must_use]
pub fn touched(row: &FactRow) -> (Touched, Because) {
    match serde_json::from_str::<Fact>(&row.payload) {
        Ok(fact) => {
            let because = Because::told_by(&fact);
            (of(fact), because)
        }
        Err(_) => (named(&row.payload), Because::of(MoveCause::Other)),
    }
}

fn named(payload: &str) -> Touched {
    let fact: serde_json::Value = serde_json::from_str(payload).unwrap_or_default();
    let ids = ["person", "into", "other"].into_iter().filter_map(|name| fact[name].as_str());
    match ids.map(str::to_owned).collect::<Vec<_>>() {
        none if none.is_empty() => Touched::Nobody,
        people => Touched::People(people),
    }
}

fn of(fact: Fact) -> Touched {
    let one = |person: String| Touched::People(vec![person]);
    match fact {
        Fact::ContactAdded { person, .. }
        | Fact::ContactLost { person, .. }
        | Fact::MemberJoined { person, .. }
        | Fact::MemberLeft { person, .. }
        | Fact::LinkClicked { person, .. }
        | Fact::ConsentChanged { person, .. }
        | Fact::OrderTied { person, .. }
        | Fact::MarkChanged { person, .. }
        | Fact::TagApplied { person, .. }
        | Fact::TagRemoved { person, .. }
        | Fact::CustomEvent { person, .. }
        | Fact::KindChanged { person, .. }
        | Fact::FieldSet { person, .. }
        | Fact::BondMoved { person, .. }
        | Fact::LayersChanged { person, .. } => one(person),
        Fact::OrderPlaced { person, .. } | Fact::OrderRefunded { person, .. } => {
            person.map_or(Touched::Nobody, one)
        }
        Fact::PersonMerged { person, other, .. } | Fact::PersonSplit { person, other, .. } => {
            Touched::People(vec![person, other])
        }
        Fact::PeopleImported { people, .. }
        | Fact::PeopleListed { people, .. }
        | Fact::PeopleTagged { people, .. } => Touched::People(people),
        // Her id is an alias by now; the number is still hers.
        Fact::PersonErased { person, person_no, .. } => Touched::Number { person, no: person_no },
        Fact::Greeted { contact, .. } => Touched::Contact(contact),
        Fact::GroupPlaced { group, .. } => Touched::Place { group, community: String::new() },
        Fact::CommunityTyped { community, .. } => Touched::Place { group: String::new(), community },
        Fact::GreetingMissed { .. }
        | Fact::GroupMoved { .. }
        | Fact::PostDelivered { .. }
        | Fact::PostMissed { .. }
        | Fact::SegmentEntered { .. }
        | Fact::SegmentLeft { .. } => Touched::Nobody,
    }
}
