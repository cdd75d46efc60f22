//! What happens when: every fact of the product and what it causes, in the order in which it happens, inside the
//! transaction that established the fact.
//!
//! Adding a fact without deciding its consequences doesn't compile; adding a consequence is one visible line. Every
//! fact is also kept in the append-only log ([`crate::kernel::facts`]), so that any figure can be recomputed.

use std::collections::{BTreeMap, BTreeSet};

use base::{Fen, Timestamp};
use serde::{Deserialize, Serialize};

use crate::kernel::db::Tx;
use crate::kernel::facts;
use crate::kernel::http::{AppResult, Scope};
use crate::privacy::Purpose;
use crate::{
    accounts, attribution, groups, handover, layers, links, live_codes, metrics, orders, people, playbooks,
    privacy, segments, staff, tags, tasks, webhooks, welcome,
};

/// Something that happened. Ids are ours unless a field says otherwise. The serialised form is kept for ever: add
/// fields as `Option`, never rename.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fact", rename_all = "snake_case")]
pub enum Fact {
    /// A customer added an employee; `code` is the entry code's state as the platform hands it back.
    ContactAdded {
        person: String,
        contact: String,
        staff: String,
        code: Option<String>,
        at: Timestamp,
    },
    /// The bond between employee and customer ended.
    ContactLost {
        person: String,
        contact: String,
        staff: String,
        by_customer: bool,
        at: Timestamp,
    },
    /// The bond with a contact passed from one employee to another.
    BondMoved {
        person: String,
        contact: String,
        from: String,
        /// Absent when somebody moved it outside of Huoqun.
        to: Option<String>,
        at: Timestamp,
    },
    /// Another employee owns a group.
    GroupMoved {
        group: String,
        from: Option<String>,
        to: String,
        at: Timestamp,
    },
    /// A field of a person was set or emptied. The value of a sensitive field isn't told.
    FieldSet {
        person: String,
        field: String,
        value: Option<String>,
        at: Timestamp,
    },
    /// Somebody appeared in a group.
    MemberJoined {
        group: String,
        membership: String,
        person: String,
        /// Only eligible members count in figures; staff and house accounts never.
        eligible: bool,
        code: Option<String>,
        at: Timestamp,
    },
    /// Somebody left a group or was removed.
    MemberLeft {
        group: String,
        membership: String,
        person: String,
        eligible: bool,
        at: Timestamp,
    },
    /// A greeting reached a new contact.
    Greeted {
        contact: String,
        staff: String,
        greeting: String,
        at: Timestamp,
    },
    /// A greeting could not be sent in time; `reason` is a catalogue key.
    GreetingMissed {
        contact: String,
        staff: String,
        greeting: String,
        reason: String,
        at: Timestamp,
    },
    /// A planned post stands in a group.
    PostDelivered {
        post: String,
        group: String,
        staff: String,
        at: Timestamp,
    },
    /// A planned post did not reach a group before it expired; `reason` is a catalogue key.
    PostMissed {
        post: String,
        group: String,
        staff: String,
        reason: String,
        at: Timestamp,
    },
    /// A person opened one of our links (bots and staff are not facts).
    LinkClicked {
        link: String,
        post: Option<String>,
        group: Option<String>,
        person: String,
        at: Timestamp,
    },
    /// A customer allowed or withdrew a purpose.
    ConsentChanged {
        person: String,
        purpose: String,
        granted: bool,
        at: Timestamp,
    },
    /// A mark was set on a person or taken away; see `privacy::Mark`.
    MarkChanged {
        person: String,
        mark: String,
        on: bool,
        at: Timestamp,
    },
    /// A person was erased; `person` is what stands in place of her id.
    PersonErased {
        person: String,
        person_no: i64,
        at: Timestamp,
    },
    OrderPlaced {
        order: String,
        person: Option<String>,
        paid: Fen,
        at: Timestamp,
    },
    OrderRefunded {
        order: String,
        person: Option<String>,
        refunded: Fen,
        at: Timestamp,
    },
    /// The buyer of an earlier order became known.
    OrderTied {
        order: String,
        person: String,
        at: Timestamp,
    },
    /// A person is something else among members now: what counts her follows.
    KindChanged {
        person: String,
        kind: String,
        at: Timestamp,
    },
    /// A group belongs to another community, or to none.
    GroupPlaced {
        group: String,
        community: Option<String>,
        at: Timestamp,
    },
    /// A community is of another kind or tier.
    CommunityTyped {
        community: String,
        kind: String,
        tier: String,
        at: Timestamp,
    },
    /// A person matches a segment since now.
    SegmentEntered {
        segment: String,
        person: String,
        at: Timestamp,
    },
    /// A person matches a segment no longer.
    SegmentLeft {
        segment: String,
        person: String,
        at: Timestamp,
    },
    /// Two persons turned out to be one: `person` stays. Facts about `other` are facts about her.
    PersonMerged {
        person: String,
        other: String,
        /// `union_id`, `phone`, `manual`.
        how: String,
        /// The operator; empty when a rule did it.
        by: String,
        at: Timestamp,
    },
    /// One person is two. With `undone` a joining was taken back and facts about `other` are hers again; without it
    /// `other` is new and what was counted stays counted.
    PersonSplit {
        person: String,
        other: String,
        /// The joining that was taken back.
        undone: Option<String>,
        /// The number of the last fact before that joining.
        after_fact: i64,
        by: String,
        at: Timestamp,
    },
    /// A person carries a tag that she did not carry before. `source` as in [`tags::Cause`].
    TagApplied {
        person: String,
        tag: String,
        source: String,
        at: Timestamp,
    },
    /// A person carries a tag no longer.
    TagRemoved {
        person: String,
        tag: String,
        source: String,
        at: Timestamp,
    },
    /// A file brought people who were not known, a few hundred to a fact.
    PeopleImported {
        import: String,
        people: Vec<String>,
        at: Timestamp,
    },
    /// A file put people on an uploaded list, a few hundred to a fact.
    PeopleListed {
        list: String,
        people: Vec<String>,
        at: Timestamp,
    },
    /// Another system of the company reported something about a person; once per `key`.
    CustomEvent {
        person: String,
        name: String,
        key: String,
        /// Only customers count in figures; staff and house accounts never.
        eligible: bool,
        at: Timestamp,
    },
    /// What a person is to the company is different now: all of it, so that nobody has to ask. The texts are empty
    /// when she stands on no layer any more.
    LayersChanged {
        person: String,
        /// Scores of recency, frequency and money, `543`; none without a paid order in the window.
        cell: Option<String>,
        /// `layers::RfmSegment`, `ValueLevel`, `FanLevel`, `LifeStage` as words.
        rfm: String,
        value: String,
        fan: String,
        stage: String,
        /// Version of the cut points; 0 before the first.
        cuts: i64,
        at: Timestamp,
    },
}

impl Fact {
    const fn at(&self) -> Timestamp {
        match self {
            Self::ContactAdded { at, .. }
            | Self::ContactLost { at, .. }
            | Self::MemberJoined { at, .. }
            | Self::MemberLeft { at, .. }
            | Self::Greeted { at, .. }
            | Self::GreetingMissed { at, .. }
            | Self::PostDelivered { at, .. }
            | Self::PostMissed { at, .. }
            | Self::LinkClicked { at, .. }
            | Self::ConsentChanged { at, .. }
            | Self::MarkChanged { at, .. }
            | Self::PersonErased { at, .. }
            | Self::OrderPlaced { at, .. }
            | Self::OrderRefunded { at, .. }
            | Self::OrderTied { at, .. }
            | Self::BondMoved { at, .. }
            | Self::GroupMoved { at, .. }
            | Self::FieldSet { at, .. }
            | Self::PersonMerged { at, .. }
            | Self::PersonSplit { at, .. }
            | Self::TagApplied { at, .. }
            | Self::TagRemoved { at, .. }
            | Self::PeopleImported { at, .. }
            | Self::CustomEvent { at, .. }
            | Self::PeopleListed { at, .. }
            | Self::KindChanged { at, .. }
            | Self::GroupPlaced { at, .. }
            | Self::CommunityTyped { at, .. }
            | Self::SegmentEntered { at, .. }
            | Self::SegmentLeft { at, .. }
            | Self::LayersChanged { at, .. } => *at,
        }
    }
    const fn kind(&self) -> &'static str {
        match self {
            Self::ContactAdded { .. } => "contact_added",
            Self::ContactLost { .. } => "contact_lost",
            Self::MemberJoined { .. } => "member_joined",
            Self::MemberLeft { .. } => "member_left",
            Self::Greeted { .. } => "greeted",
            Self::GreetingMissed { .. } => "greeting_missed",
            Self::PostDelivered { .. } => "post_delivered",
            Self::PostMissed { .. } => "post_missed",
            Self::LinkClicked { .. } => "link_clicked",
            Self::ConsentChanged { .. } => "consent_changed",
            Self::MarkChanged { .. } => "mark_changed",
            Self::PersonErased { .. } => "person_erased",
            Self::OrderPlaced { .. } => "order_placed",
            Self::OrderRefunded { .. } => "order_refunded",
            Self::OrderTied { .. } => "order_tied",
            Self::BondMoved { .. } => "bond_moved",
            Self::GroupMoved { .. } => "group_moved",
            Self::FieldSet { .. } => "field_set",
            Self::PersonMerged { .. } => "person_merged",
            Self::PersonSplit { .. } => "person_split",
            Self::TagApplied { .. } => "tag_applied",
            Self::TagRemoved { .. } => "tag_removed",
            Self::PeopleImported { .. } => "people_imported",
            Self::CustomEvent { .. } => "custom_event",
            Self::PeopleListed { .. } => "people_listed",
            Self::KindChanged { .. } => "kind_changed",
            Self::GroupPlaced { .. } => "group_placed",
            Self::CommunityTyped { .. } => "community_typed",
            Self::SegmentEntered { .. } => "segment_entered",
            Self::SegmentLeft { .. } => "segment_left",
            Self::LayersChanged { .. } => "layers_changed",
        }
    }
}

/// Keeps the fact and does what follows from it.
pub async fn on(tx: &mut Tx<'_>, scope: &Scope, fact: &Fact) -> AppResult<()> {
    on_deeper(tx, scope, fact, 0).await
}

/// The same for a fact that rules caused: `depth` counts the rules behind it, so that a chain of them ends.
pub async fn on_deeper(tx: &mut Tx<'_>, scope: &Scope, fact: &Fact, depth: u8) -> AppResult<()> {
    facts::append(tx, scope.tenant(), fact.kind(), fact.at(), serde_json::to_string(fact)?).await?;
    segments::stir(tx, scope).await?;
    webhooks::note(tx, scope, fact).await?;
    follow(tx, scope, fact).await?;
    wake_rules(tx, scope, fact, depth).await
}

/// Keeps many facts of one moment at once and does what follows from each.
pub async fn on_many(tx: &mut Tx<'_>, scope: &Scope, many: &[Fact]) -> AppResult<()> {
    let kept = many.iter().map(|fact| Ok((fact.kind(), fact.at(), serde_json::to_string(fact)?)));
    facts::append_many(tx, scope.tenant(), kept.collect::<AppResult<Vec<_>>>()?).await?;
    if !many.is_empty() {
        segments::stir(tx, scope).await?;
    }
    // Which rules wait is asked once per kind of fact, not once per fact.
    let mut awaited = BTreeMap::new();
    for fact in many {
        webhooks::note(tx, scope, fact).await?;
        follow(tx, scope, fact).await?;
        let words = trigger_words(fact);
        if !awaited.contains_key(words) {
            awaited.insert(words, tags::rules_awaiting(tx, scope, words).await?);
        }
        if let Some(rules) = awaited.get(words).filter(|rules| !rules.is_empty())
            && let Some(happened) = happening(tx, scope, fact).await?
        {
            tags::run_rules(tx, scope, rules, &happened, 0).await?;
        }
    }
    Ok(())
}

/// Keeps what a settling of segments found, all at once, and tells it. Who enters or leaves stirs no segment again.
pub async fn on_moves(tx: &mut Tx<'_>, scope: &Scope, moves: &[Fact]) -> AppResult<()> {
    let kept = moves.iter().map(|fact| Ok((fact.kind(), fact.at(), serde_json::to_string(fact)?)));
    facts::append_many(tx, scope.tenant(), kept.collect::<AppResult<Vec<_>>>()?).await?;
    for fact in moves {
        webhooks::note(tx, scope, fact).await?;
    }
    Ok(())
}

async fn follow(tx: &mut Tx<'_>, scope: &Scope, fact: &Fact) -> AppResult<()> {
    layer(tx, scope, fact).await?;
    match fact {
        Fact::ContactAdded { person, code, at, .. } => {
            if let Some(code) = code_of(tx, scope, code.as_deref()).await? {
                live_codes::credit_add(tx, scope, &code, person, *at).await?;
                tag_by_code(tx, scope, &code, person).await?;
            }
            adopt_orders(tx, scope, person).await
        }
        Fact::ContactLost { person, contact, staff, by_customer, at } => {
            let loss = people::NewLoss { person, contact, staff, by_customer: *by_customer, at: *at };
            people::note_loss(tx, scope, &loss).await
        }
        Fact::BondMoved { contact, from, at, .. } => {
            handover::mark_moved(tx, scope, (contact, from), *at).await
        }
        Fact::GroupMoved { .. } => Ok(()),
        Fact::FieldSet { .. } => Ok(()),
        Fact::MemberJoined { group, person, eligible, code, at, .. } => {
            if let Some(code) = code_of(tx, scope, code.as_deref().filter(|_| *eligible)).await? {
                live_codes::credit_join(tx, scope, &code, live_codes::Joined { person, group, at: *at })
                    .await?;
                tag_by_code(tx, scope, &code, person).await?;
            }
            adopt_orders(tx, scope, person).await
        }
        Fact::MemberLeft { group, person, eligible, at, .. } => {
            live_codes::note_left(tx, scope, live_codes::Joined { person, group, at: *at }).await?;
            if *eligible {
                metrics::count_leave(tx, scope, group, person, *at).await?;
            }
            Ok(())
        }
        Fact::Greeted { .. } => Ok(()),
        Fact::GreetingMissed { .. } => Ok(()),
        Fact::PostDelivered { post, group, at, .. } => {
            playbooks::mark_delivered(tx, scope, post, group, *at).await?;
            metrics::count_delivery(tx, scope, post, group, *at).await
        }
        Fact::PostMissed { post, group, reason, at, .. } => {
            playbooks::mark_missed(tx, scope, post, group, reason, *at).await?;
            metrics::count_miss(tx, scope, post, group, *at).await
        }
        Fact::LinkClicked { link, post, group, person, at } => {
            let (post, group) = (post.as_deref(), group.as_deref());
            attribution::note_touch(tx, scope, person, &attribution::NewTouch { link, post, group, at: *at })
                .await?;
            if let Some(post) = post {
                metrics::count_click(tx, scope, post, person, *at).await?;
            }
            metrics::count_orders_after(tx, scope, person, *at).await
        }
        Fact::ConsentChanged { person, purpose, granted, .. } => {
            if !*granted && purpose == Purpose::IdentifyClicks.word() {
                links::forget_ties(tx, scope, person).await?;
            }
            Ok(())
        }
        // Group posts can't leave out one member; whatever is sent to persons asks `privacy::may` before it is handed
        // over, so a mark needs nothing undone here.
        Fact::MarkChanged { .. } => Ok(()),
        // What is written of people for the next start holds her too; it is read anew.
        Fact::PersonErased { .. } => segments::forget_written(tx, scope).await,
        Fact::OrderPlaced { order, person, paid, at } => {
            if let Some(person) = person {
                live_codes::credit_order(tx, scope, person, *at).await?;
                attribution::assign_order(tx, scope, (order, person), (*paid, *at)).await?;
            }
            metrics::count_order(tx, scope, order).await
        }
        Fact::OrderRefunded { order, refunded, at, .. } => {
            attribution::note_refund(tx, scope, order, (*refunded, *at)).await?;
            metrics::count_order(tx, scope, order).await
        }
        Fact::OrderTied { order, person, .. } => match orders::by_id(tx, scope, order).await? {
            Some(order) => credit_tied(tx, scope, &order, person).await,
            None => Ok(()),
        },
        Fact::PersonMerged { person, .. } => {
            resettle(tx, scope, person).await?;
            tags::push(tx, scope, person).await?;
            metrics::count_person_anew(tx, scope, &[person], None).await?;
            adopt_orders(tx, scope, person).await
        }
        Fact::PersonSplit { person, other, undone, after_fact, .. } => {
            resettle(tx, scope, person).await?;
            resettle(tx, scope, other).await?;
            let since = undone.as_ref().map(|_| *after_fact);
            metrics::count_person_anew(tx, scope, &[person, other], since).await
        }
        Fact::TagApplied { .. } | Fact::TagRemoved { .. } => Ok(()),
        Fact::PeopleImported { people, .. } => {
            for person in orders::owners_among(tx, scope, people).await? {
                adopt_orders(tx, scope, &person).await?;
            }
            Ok(())
        }
        Fact::CustomEvent { .. } | Fact::LayersChanged { .. } => Ok(()),
        Fact::PeopleListed { .. } => Ok(()),
        Fact::KindChanged { .. } | Fact::GroupPlaced { .. } | Fact::CommunityTyped { .. } => Ok(()),
        Fact::SegmentEntered { .. } | Fact::SegmentLeft { .. } => Ok(()),
    }
}

/// Whoever a fact is about is looked at soon: what she is to the company may be different.
async fn layer(tx: &mut Tx<'_>, scope: &Scope, fact: &Fact) -> AppResult<()> {
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

/// What is derived from all rows of a person, after rows came to her or left her.
async fn resettle(tx: &mut Tx<'_>, scope: &Scope, person: &str) -> AppResult<()> {
    groups::settle_person(tx, scope, person).await?;
    for withdrawn in privacy::settle_person(tx, scope, person).await? {
        if withdrawn == Purpose::IdentifyClicks.word() {
            links::forget_ties(tx, scope, person).await?;
        }
    }
    Ok(())
}

/// Lets the rules that tag look at a fact. Nothing is read when no rule waits for one of its kind.
async fn wake_rules(tx: &mut Tx<'_>, scope: &Scope, fact: &Fact, depth: u8) -> AppResult<()> {
    let rules = tags::rules_awaiting(tx, scope, trigger_words(fact)).await?;
    if rules.is_empty() {
        return Ok(());
    }
    match happening(tx, scope, fact).await? {
        Some(happened) => tags::run_rules(tx, scope, &rules, &happened, depth).await,
        None => Ok(()),
    }
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
        Fact::TagApplied { .. } => &["tagged"],
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

/// Whoever becomes known gets the orders that came before; each is a fact of its own.
async fn adopt_orders(tx: &mut Tx<'_>, scope: &Scope, person: &str) -> AppResult<()> {
    for order in orders::adopt(tx, scope, person).await? {
        let fact = Fact::OrderTied { order: order.id.clone(), person: person.to_owned(), at: tx.now() };
        facts::append(tx, scope.tenant(), fact.kind(), fact.at(), serde_json::to_string(&fact)?).await?;
        layer(tx, scope, &fact).await?;
        credit_tied(tx, scope, &order, person).await?;
        wake_rules(tx, scope, &fact, 0).await?;
    }
    Ok(())
}

/// What follows when the buyer of an order becomes known.
async fn credit_tied(
    tx: &mut Tx<'_>,
    scope: &Scope,
    order: &orders::OrderRow,
    person: &str,
) -> AppResult<()> {
    let paid_at = Timestamp(order.paid_at);
    live_codes::credit_order(tx, scope, person, paid_at).await?;
    attribution::assign_order(tx, scope, (&order.id, person), (Fen(order.paid_fen), paid_at)).await?;
    if order.refunded_fen > 0 {
        let refund = (Fen(order.refunded_fen), Timestamp(order.refunded_at));
        attribution::note_refund(tx, scope, &order.id, refund).await?;
    }
    metrics::count_order(tx, scope, &order.id).await
}

/// The live code behind the `state` that the platform handed back, if it is one of ours.
async fn code_of(
    tx: &mut Tx<'_>,
    scope: &Scope,
    state: Option<&str>,
) -> AppResult<Option<live_codes::CodeRow>> {
    match state {
        Some(state) => Ok(live_codes::by_state(tx, scope, state).await?),
        None => Ok(None),
    }
}

/// Whoever comes by a code gets the code's tags.
async fn tag_by_code(
    tx: &mut Tx<'_>,
    scope: &Scope,
    code: &live_codes::CodeRow,
    person: &str,
) -> AppResult<()> {
    match live_codes::tags_of(tx, scope, &code.id).await? {
        none if none.is_empty() => Ok(()),
        found => {
            let cause = tags::Cause { id: &code.id, ..tags::Cause::of("live_code") };
            tags::apply_by(tx, scope, person, &found, cause).await?;
            Ok(())
        }
    }
}

/// Who is taking over a bond that the platform shows no more: a move, not a loss. The employee by her platform id.
pub async fn taker_of_vanished(
    tx: &mut Tx<'_>,
    scope: &Scope,
    account: &str,
    (staff, contact): (&str, &str),
) -> AppResult<Option<String>> {
    handover::taker_of(tx, scope, account, (staff, contact)).await
}

/// An employee became something else, for example a labelled host: what counts her follows.
pub async fn staff_kind_changed(tx: &mut Tx<'_>, scope: &Scope, staff: &staff::StaffRow) -> AppResult<()> {
    groups::follow_staff_kind(tx, scope, staff).await
}

/// An employee sent an invitation, decided against it, or let its time pass.
pub async fn invitation_settled(
    tx: &mut Tx<'_>,
    scope: &Scope,
    invitation: &str,
    end: (tasks::TaskState, &str),
) -> AppResult<()> {
    layers::invitation_settled(tx, scope, invitation, end).await
}

/// The company tags of a bond changed at the platform: `(before, now)`, by platform id.
pub async fn follow_tags_changed(
    tx: &mut Tx<'_>,
    scope: &Scope,
    account: &str,
    person: &str,
    tags: (&[String], &[String]),
) -> AppResult<()> {
    tags::mirror(tx, scope, account, person, tags).await
}

/// What a platform's callback causes, in the order in which it happens, in the transaction that moves the cursor of
/// the inbox. A hint is never truth: each arm reads the platform's state afterwards and emits facts from that, so
/// that a repeated, late or lost callback changes nothing in the end.
pub async fn on_hint(
    tx: &mut Tx<'_>,
    scope: &Scope,
    account: &str,
    hint: &messenger::inbound::Hint,
    received_at: Timestamp,
) -> AppResult<()> {
    use messenger::inbound::Hint;
    match hint {
        Hint::ContactAdded { staff, contact, state, welcome, .. } => {
            if let Some(code) = welcome {
                let newcomer = welcome::NewContact {
                    account,
                    staff_platform_id: staff,
                    contact_platform_id: contact,
                    welcome_code: code,
                    arrived_at: received_at,
                    state: state.as_deref(),
                };
                welcome::greet(tx, scope, &newcomer).await?;
            }
            people::request_sync(tx, scope, account, contact).await
        }
        Hint::ContactChanged { contact, .. } => {
            on_changed_contacts(tx, scope, &BTreeSet::from([(account, contact.as_str())])).await
        }
        Hint::ContactRemoved { staff, contact, at } => {
            let ended = people::Ended { account, staff, contact, by_customer: false, at: *at };
            people::note_ended(tx, scope, &ended).await?;
            people::request_sync(tx, scope, account, contact).await
        }
        Hint::StaffRemovedByContact { staff, contact, at } => {
            let ended = people::Ended { account, staff, contact, by_customer: true, at: *at };
            people::note_ended(tx, scope, &ended).await?;
            people::request_sync(tx, scope, account, contact).await
        }
        Hint::TransferFailed { staff, contact, .. } => {
            handover::look_now(tx, scope, account, (staff, contact)).await?;
            people::request_sync(tx, scope, account, contact).await
        }
        Hint::ContactMoved { staff, contact, at } => {
            let to = handover::taker_of(tx, scope, account, (staff, contact)).await?;
            let moved = people::Moved { account, from: staff, contact, to: to.as_deref(), at: *at };
            people::note_moved(tx, scope, &moved).await?;
            people::request_sync(tx, scope, account, contact).await
        }
        Hint::GroupChanged { group, member_version, .. } => {
            groups::hinted(tx, scope, account, (group, member_version.as_deref()), received_at).await
        }
        Hint::GroupCreated { group } | Hint::GroupDismissed { group, .. } => {
            groups::hinted(tx, scope, account, (group, None), received_at).await
        }
        Hint::TagsChanged { .. } => tags::request_sync(tx, scope, account).await,
        Hint::DirectoryChanged { .. } => {
            handover::request_left_behind(tx, scope, account).await?;
            staff::request_sync(tx, scope, account).await
        }
        Hint::StaffActed { .. } => Ok(()),
        Hint::Nothing { .. } => Ok(()),
    }
}

/// The platform said of these `(account, contact)` that something about them changed.
pub async fn on_changed_contacts(
    tx: &mut Tx<'_>,
    scope: &Scope,
    contacts: &BTreeSet<(&str, &str)>,
) -> AppResult<()> {
    people::request_syncs(tx, scope, contacts).await
}

/// Mirroring everything of an account: what the operator's button and the first connection begin.
pub async fn start_sync(tx: &mut Tx<'_>, scope: &Scope, account: &str) -> AppResult<()> {
    staff::request_sync(tx, scope, account).await?;
    tags::request_sync(tx, scope, account).await?;
    people::request_full_sync(tx, scope, account).await?;
    groups::request_full_sync(tx, scope, account).await
}

/// What goes round every night: the mirrors of every account and the platform's counters. What was kept long enough
/// goes by `privacy.sweep`.
pub async fn nightly(tx: &mut Tx<'_>, scope: &Scope) -> AppResult<()> {
    for account in accounts::list_ids(tx, scope).await? {
        start_sync(tx, scope, &account).await?;
        groups::request_counters(tx, scope, &account).await?;
        handover::request_left_behind(tx, scope, &account).await?;
    }
    Ok(())
}
