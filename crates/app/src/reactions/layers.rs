//! Whose layers a fact may change.

use super::Fact;
use crate::kernel::db::Tx;
use crate::kernel::http::{AppResult, Scope};
use crate::layers;

/// Whoever a fact is about is looked at soon: what she is to the company may be different.
pub(super) async fn look_at(tx: &mut Tx<'_>, scope: &Scope, fact: &Fact) -> AppResult<()> {
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
        | Fact::CustomEvent { person, eligible: true, .. } => layers::note(tx, scope, person).await,
        Fact::PersonMerged { person, other, .. } | Fact::PersonSplit { person, other, .. } => {
            layers::note_many(tx, scope, &[person.clone(), other.clone()]).await
        }
        Fact::PeopleImported { people, .. } => layers::note_many(tx, scope, people).await,
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
        | Fact::LayersChanged { .. } => Ok(()),
    }
}
