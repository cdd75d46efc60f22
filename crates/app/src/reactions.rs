//! What happens when: every fact of the product and what it causes, in the order in which it happens, inside the
//! transaction that established the fact.
//!
//! Adding a fact without deciding its consequences doesn't compile; adding a consequence is one visible line. Every
//! fact is also kept in the append-only log ([`crate::kernel::facts`]), so that any figure can be recomputed.

mod fact;
mod hints;
mod layers;
mod rules;

use std::collections::BTreeMap;

use base::{Fen, Timestamp};

pub use fact::{Fact, PEOPLE_PER_FACT};
pub use hints::{nightly, on_changed_contacts, on_hint, start_sync};
pub use rules::{happening, trigger_words};

use crate::kernel::db::Tx;
use crate::kernel::facts as log;
use crate::kernel::http::{AppResult, Scope};
use crate::privacy::Purpose;
use crate::{
    attribution, groups, handover, links, live_codes, metrics, orders, people, playbooks, privacy, segments,
    staff, tags, tasks, webhooks,
};

/// Appends facts to the log.
async fn keep(tx: &mut Tx<'_>, scope: &Scope, facts: &[Fact]) -> AppResult<()> {
    let rows = facts.iter().map(|fact| Ok((fact.kind(), fact.at(), serde_json::to_string(fact)?)));
    log::append(tx, scope.tenant(), rows.collect::<AppResult<Vec<_>>>()?).await?;
    Ok(())
}

/// Keeps the fact and does what follows from it.
pub async fn on(tx: &mut Tx<'_>, scope: &Scope, fact: &Fact) -> AppResult<()> {
    on_all(tx, scope, std::slice::from_ref(fact), 0).await
}

/// The same for a fact that rules caused: `depth` counts the rules behind it, so that a chain of them ends.
pub async fn on_deeper(tx: &mut Tx<'_>, scope: &Scope, fact: &Fact, depth: u8) -> AppResult<()> {
    on_all(tx, scope, std::slice::from_ref(fact), depth).await
}

/// The same for many facts of one moment, at once.
pub async fn on_many(tx: &mut Tx<'_>, scope: &Scope, many: &[Fact]) -> AppResult<()> {
    on_all(tx, scope, many, 0).await
}

async fn on_all(tx: &mut Tx<'_>, scope: &Scope, facts: &[Fact], depth: u8) -> AppResult<()> {
    keep(tx, scope, facts).await?;
    if !facts.is_empty() {
        segments::stir(tx, scope).await?;
    }
    webhooks::note(tx, scope, facts).await?;
    layers::look_at(tx, scope, facts).await?;
    // Which rules wait is asked once per kind of fact, not once per fact.
    let mut awaited = BTreeMap::new();
    for fact in facts {
        follow(tx, scope, fact).await?;
        let words = trigger_words(fact);
        if !awaited.contains_key(words) {
            awaited.insert(words, tags::rules_awaiting(tx, scope, words).await?);
        }
        if let Some(rules) = awaited.get(words) {
            rules::wake(tx, scope, rules, (fact, depth)).await?;
        }
    }
    Ok(())
}

/// Keeps what a settling of segments found, all at once, and tells it. Who enters or leaves stirs no segment again.
pub async fn on_moves(tx: &mut Tx<'_>, scope: &Scope, moves: &[Fact]) -> AppResult<()> {
    keep(tx, scope, moves).await?;
    webhooks::note(tx, scope, moves).await
}

async fn follow(tx: &mut Tx<'_>, scope: &Scope, fact: &Fact) -> AppResult<()> {
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
            crate::layers::withdraw_refused(tx, scope, person).await
        }
        // Group posts can't leave out one member; a mailing asks `privacy::may` before it is handed over.
        Fact::MarkChanged { person, .. } => crate::layers::withdraw_refused(tx, scope, person).await,
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
        Fact::TagApplied { .. } | Fact::PeopleTagged { .. } | Fact::TagRemoved { .. } => Ok(()),
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

/// Whoever becomes known gets the orders that came before; each is a fact of its own.
async fn adopt_orders(tx: &mut Tx<'_>, scope: &Scope, person: &str) -> AppResult<()> {
    for order in orders::adopt(tx, scope, person).await? {
        let fact = Fact::OrderTied { order: order.id.clone(), person: person.to_owned(), at: tx.now() };
        keep(tx, scope, std::slice::from_ref(&fact)).await?;
        layers::look_at(tx, scope, std::slice::from_ref(&fact)).await?;
        credit_tied(tx, scope, &order, person).await?;
        let rules = tags::rules_awaiting(tx, scope, trigger_words(&fact)).await?;
        rules::wake(tx, scope, &rules, (&fact, 0)).await?;
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
    crate::layers::invitation_settled(tx, scope, invitation, end).await
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
