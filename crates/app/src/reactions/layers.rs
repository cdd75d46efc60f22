//! Whose layers a fact may change.

use std::collections::BTreeSet;

use super::Fact;
use crate::kernel::db::Tx;
use crate::kernel::http::{AppResult, Scope};
use crate::layers;

/// Whoever these facts are about is looked at soon: what she is to the company may be different.
pub(super) async fn look_at(tx: &mut Tx<'_>, scope: &Scope, facts: &[Fact]) -> AppResult<()> {
    let persons: BTreeSet<&str> = facts.iter().flat_map(concerned).map(String::as_str).collect();
    layers::note(tx, scope, &persons).await
}

fn concerned(fact: &Fact) -> Vec<&String> {
    match fact {
        Fact::ContactAdded { person, .. }
        | Fact::ContactLost { person, .. }
        | Fact::MemberJoined { person, eligible: true, .. }
        | Fact::MemberLeft { person, eligible: true, .. }
        | Fact::LinkClicked { person, .. }
        | Fact::ConsentChanged { person, .. }
        | Fact::MarkChanged { person, .. }
        | Fact::OrderPlaced { person: Some(person), .. }
        | Fact::OrderRefunded { person: Some(person), .. }
        | Fact::OrderTied { person, .. }
        | Fact::TagApplied { person, .. }
        | Fact::TagRemoved { person, .. }
        | Fact::KindChanged { person, .. }
        | Fact::CustomEvent { person, eligible: true, .. } => vec![person],
        Fact::PersonMerged { person, other, .. } | Fact::PersonSplit { person, other, .. } => {
            vec![person, other]
        }
        Fact::PeopleImported { people, .. } | Fact::PeopleTagged { people, .. } => people.iter().collect(),
        Fact::MemberJoined { .. }
        | Fact::MemberLeft { .. }
        | Fact::OrderPlaced { .. }
        | Fact::OrderRefunded { .. }
        | Fact::CustomEvent { .. }
        | Fact::Greeted { .. }
        | Fact::GreetingMissed { .. }
        | Fact::PostDelivered { .. }
        | Fact::PostMissed { .. }
        | Fact::PersonErased { .. }
        | Fact::PeopleListed { .. }
        | Fact::GroupPlaced { .. }
        | Fact::CommunityTyped { .. }
        | Fact::SegmentEntered { .. }
        | Fact::SegmentLeft { .. }
        | Fact::BondMoved { .. }
        | Fact::GroupMoved { .. }
        | Fact::FieldSet { .. }
        | Fact::LayersChanged { .. } => Vec::new(),
    }
}
