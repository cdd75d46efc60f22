//! Which facts wake the rules that tag, and how rules read them.

use super::{Fact, code_of};
use crate::kernel::db::Tx;
use crate::kernel::http::{AppResult, Scope};
use crate::{orders, tags};

/// Lets these rules that tag look at a fact, person by person. Nothing is read when there are none.
pub(super) async fn wake(
    tx: &mut Tx<'_>,
    scope: &Scope,
    rules: &[tags::RuleRow],
    (fact, depth): (&Fact, u8),
) -> AppResult<()> {
    if rules.is_empty() {
        return Ok(());
    }
    for one in fact.singly().iter() {
        if let Some(happened) = happening(tx, scope, one).await? {
            tags::run_rules(tx, scope, rules, &happened, depth).await?;
        }
    }
    Ok(())
}

/// Triggers of rules that a fact may wake.
#[must_use]
pub const fn trigger_words(fact: &Fact) -> &'static [&'static str] {
    match fact {
        Fact::ContactAdded { .. } => &["add", "code"],
        Fact::ContactLost { .. } => &["lost"],
        Fact::MemberJoined { .. } => &["join", "code"],
        Fact::MemberLeft { .. } => &["leave"],
        Fact::LinkClicked { .. } => &["click"],
        Fact::OrderPlaced { .. } | Fact::OrderTied { .. } => &["purchase"],
        Fact::TagApplied { .. } | Fact::PeopleTagged { .. } => &["tagged"],
        Fact::TagRemoved { .. } => &["untagged"],
        Fact::Greeted { .. }
        | Fact::GreetingMissed { .. }
        | Fact::PostDelivered { .. }
        | Fact::PostMissed { .. }
        | Fact::ConsentChanged { .. }
        | Fact::MarkChanged { .. }
        | Fact::PersonErased { .. }
        | Fact::PeopleImported { .. }
        | Fact::CustomEvent { .. }
        | Fact::PeopleListed { .. }
        | Fact::KindChanged { .. }
        | Fact::GroupPlaced { .. }
        | Fact::CommunityTyped { .. }
        | Fact::SegmentEntered { .. }
        | Fact::SegmentLeft { .. }
        | Fact::LayersChanged { .. }
        | Fact::BondMoved { .. }
        | Fact::GroupMoved { .. }
        | Fact::FieldSet { .. }
        | Fact::PersonMerged { .. }
        | Fact::PersonSplit { .. }
        | Fact::OrderRefunded { .. } => &[],
    }
}

/// A fact about a person as rules that tag read it; none when it concerns no person who counts.
pub async fn happening(tx: &mut Tx<'_>, scope: &Scope, fact: &Fact) -> AppResult<Option<tags::Happened>> {
    use tags::Happening;
    let (person, what) = match fact {
        Fact::ContactAdded { person, staff, code, .. } => {
            let code = code_of(tx, scope, code.as_deref()).await?.map(|c| c.id);
            (person, Happening::Added { staff: staff.clone(), code })
        }
        Fact::ContactLost { person, staff, .. } => (person, Happening::Lost { staff: staff.clone() }),
        Fact::MemberJoined { person, group, code, eligible: true, .. } => {
            let code = code_of(tx, scope, code.as_deref()).await?.map(|c| c.id);
            (person, Happening::Joined { place: tags::place_of(tx, scope, group).await?, code })
        }
        Fact::MemberLeft { person, group, eligible: true, .. } => {
            (person, Happening::Left { place: tags::place_of(tx, scope, group).await? })
        }
        Fact::LinkClicked { person, link, post, .. } => {
            let value = match post {
                Some(post) => tags::value_of_post(tx, scope, post).await?,
                None => None,
            };
            (person, Happening::Clicked { link: link.clone(), post: post.clone(), value })
        }
        Fact::OrderPlaced { order, person: Some(person), .. } | Fact::OrderTied { order, person, .. } => {
            let Some(order) = orders::by_id(tx, scope, order).await? else { return Ok(None) };
            (person, Happening::Bought { paid: order.paid_fen, items: order.items })
        }
        Fact::TagApplied { person, tag, .. } => (person, Happening::Tagged { tag: tag.clone() }),
        Fact::TagRemoved { person, tag, .. } => (person, Happening::Untagged { tag: tag.clone() }),
        Fact::MemberJoined { .. }
        | Fact::MemberLeft { .. }
        | Fact::OrderPlaced { .. }
        | Fact::OrderRefunded { .. }
        | Fact::Greeted { .. }
        | Fact::GreetingMissed { .. }
        | Fact::PostDelivered { .. }
        | Fact::PostMissed { .. }
        | Fact::MarkChanged { .. }
        | Fact::PersonErased { .. }
        | Fact::PeopleTagged { .. }
        | Fact::PeopleImported { .. }
        | Fact::CustomEvent { .. }
        | Fact::PeopleListed { .. }
        | Fact::KindChanged { .. }
        | Fact::GroupPlaced { .. }
        | Fact::CommunityTyped { .. }
        | Fact::SegmentEntered { .. }
        | Fact::SegmentLeft { .. }
        | Fact::LayersChanged { .. }
        | Fact::BondMoved { .. }
        | Fact::GroupMoved { .. }
        | Fact::FieldSet { .. }
        | Fact::PersonMerged { .. }
        | Fact::PersonSplit { .. }
        | Fact::ConsentChanged { .. } => return Ok(None),
    };
    Ok(Some(tags::Happened { person: person.clone(), what, at: fact.at() }))
}
