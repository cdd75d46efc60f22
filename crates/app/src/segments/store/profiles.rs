//! Reading everything that segments know of people: of a range of dense numbers for a first fill, of a few persons
//! after something happened to them. Both read the same columns; `compare.rs` asks the same tables the other way
//! round.

use std::collections::{BTreeMap, BTreeSet};

use audience::language::{Act, Answer, Facet};
use audience::{Bar, Change, Day, Profile};

use super::read::{Calendar, Read, Whose, read};
use super::{fields, layers, own};
use crate::args;
use crate::kernel::db::{DbResult, Tx};
use crate::kernel::http::Scope;
use crate::privacy::{Mark, Purpose};
use crate::segments::model::{self, GREETED};

const PEOPLE: Read = read!("SELECT p.person_no, p.id, p.kind FROM people_person p");
const TAGS: Read = read!(
    "SELECT p.person_no, t.tag_id, t.applied_at FROM people_person p
     JOIN tags_person_tag t ON t.tenant_id = p.tenant_id AND t.person_id = p.id"
);
const STAYS: Read = read!(
    "SELECT p.person_no, m.group_id, m.kind, m.joined_at, m.left_at, c.id, c.kind, c.tier FROM people_person p
     JOIN groups_membership m ON m.tenant_id = p.tenant_id AND m.person_id = p.id
     JOIN groups_group g ON g.tenant_id = m.tenant_id AND g.id = m.group_id
     LEFT JOIN communities_community c ON c.tenant_id = g.tenant_id AND c.id = g.community_id"
);
const ACCOUNTS: Read = read!(
    "SELECT p.person_no, c.account_id FROM people_person p
     JOIN people_contact c ON c.tenant_id = p.tenant_id AND c.person_id = p.id",
    "AND c.is_staff = FALSE"
);
const STAFF: Read = read!(
    "SELECT p.person_no, f.staff_id FROM people_person p
     JOIN people_contact c ON c.tenant_id = p.tenant_id AND c.person_id = p.id
     JOIN people_follow f ON f.tenant_id = c.tenant_id AND f.contact_id = c.id",
    "AND f.deleted_at IS NULL"
);
const LISTS: Read = read!(
    "SELECT p.person_no, l.list_id FROM people_person p
     JOIN imports_list_person l ON l.tenant_id = p.tenant_id AND l.person_id = p.id"
);
const MARKS: Read = read!(
    "SELECT p.person_no, k.mark FROM people_person p
     JOIN privacy_mark k ON k.tenant_id = p.tenant_id AND k.person_id = p.id"
);
const EVENTS: Read = read!(
    "SELECT p.person_no, e.name, e.day, e.properties FROM people_person p
     JOIN events_event e ON e.tenant_id = p.tenant_id AND e.person_id = p.id"
);
const ORDERS: Read = read!(
    "SELECT p.person_no, o.day, o.paid_fen, o.refunded_fen FROM people_person p
     JOIN orders_order o ON o.tenant_id = p.tenant_id AND o.person_id = p.id"
);
const CLICKS: Read = read!(
    "SELECT p.person_no, f.day, l.id, l.post_id, l.group_id FROM people_person p
     JOIN links_first f ON f.tenant_id = p.tenant_id AND f.person_id = p.id
     JOIN links_link l ON l.tenant_id = f.tenant_id AND l.id = f.link_id"
);
const CONSENTS: Read = read!(
    "SELECT p.person_no, c.purpose, c.granted FROM people_person p
     JOIN privacy_consent c ON c.tenant_id = p.tenant_id AND c.person_id = p.id"
);
const CODES: Read = read!(
    "SELECT p.person_no, c.id, c.channel, c.store FROM people_person p
     JOIN live_codes_credit r ON r.tenant_id = p.tenant_id AND r.person_id = p.id
     JOIN live_codes_code c ON c.tenant_id = r.tenant_id AND c.id = r.code_id",
    "AND r.stage IN ('add', 'join')"
);
const GREETINGS: Read = read!(
    "SELECT p.person_no, w.ended_at FROM people_person p
     JOIN people_contact c ON c.tenant_id = p.tenant_id AND c.person_id = p.id
     JOIN welcome_log w ON w.tenant_id = c.tenant_id AND w.account_id = c.account_id
       AND w.contact_platform_id = c.external_id",
    "AND c.is_staff = FALSE AND w.status = 'greeted'"
);

/// Every statement with which people are read. A test holds each against its plan.
#[cfg(test)]
pub const READS: [&Read; 17] = [
    &PEOPLE,
    &TAGS,
    &STAYS,
    &ACCOUNTS,
    &STAFF,
    &LISTS,
    &MARKS,
    &EVENTS,
    &ORDERS,
    &CLICKS,
    &CONSENTS,
    &CODES,
    &GREETINGS,
    &layers::READ,
    &fields::OWN,
    &fields::CONTACTS,
    &own::READ,
];

/// The highest dense number ever given.
pub async fn last_number(tx: &mut Tx<'_>, scope: &Scope) -> DbResult<u32> {
    let last = tx
        .number(
            "SELECT COALESCE(MAX(person_no), 0) FROM people_person WHERE tenant_id = $1",
            args![scope.tenant()],
        )
        .await?;
    Ok(u32::try_from(last).unwrap_or(u32::MAX))
}

/// Everything known of some people, by dense number.
pub type Profiles = BTreeMap<u32, Profile>;

/// Everything known of these people, by dense number. Whoever has no row any more is absent.
pub async fn profiles(
    tx: &mut Tx<'_>,
    scope: &Scope,
    whose: Whose<'_>,
    calendar: &Calendar,
) -> DbResult<Profiles> {
    let mut found = Profiles::new();
    let people: Vec<(i64, String, String)> = tx.all(whose.sql(&PEOPLE), whose.args(scope)).await?;
    let (erased, people): (Vec<_>, Vec<_>) = people.into_iter().partition(|(_, _, kind)| kind == "erased");
    for (no, _, kind) in people {
        let fact = belongs(Facet::MemberKind, model::counted_as(&kind));
        found.entry(number(no)).or_default().facts.push(fact);
    }
    places(tx, scope, whose, (&mut found, calendar)).await?;
    bonds(tx, scope, whose, &mut found).await?;
    acts(tx, scope, whose, (&mut found, calendar)).await?;
    events(tx, scope, whose, &mut found).await?;
    answers(tx, scope, whose, &mut found).await?;
    fields::add(tx, scope, whose, (&mut found, calendar)).await?;
    own::add(tx, scope, whose, &mut found).await?;
    layers::add(tx, scope, whose, &mut found).await?;
    // Nothing is known of whoever was erased, whatever stands under her alias.
    found.extend(erased.into_iter().map(|(no, ..)| (number(no), Profile::default())));
    Ok(found)
}

async fn places(
    tx: &mut Tx<'_>,
    scope: &Scope,
    whose: Whose<'_>,
    (found, calendar): (&mut Profiles, &Calendar),
) -> DbResult<()> {
    let tags: Vec<(i64, String, i64)> = tx.all(whose.sql(&TAGS), whose.args(scope)).await?;
    for (no, tag, at) in tags {
        let fact = Change::In { facet: Facet::Tag, id: tag, since: Some(calendar.day(at)) };
        add(found, no, fact);
    }
    type Stay = (i64, String, String, i64, Option<i64>, Option<String>, Option<String>, Option<String>);
    let stays: Vec<Stay> = tx.all(whose.sql(&STAYS), whose.args(scope)).await?;
    for (no, group, kind, joined, left, community, community_kind, tier) in stays {
        add(found, no, belongs(Facet::MemberKind, model::counted_as(&kind)));
        let places = || [Some(group.clone()), community.clone(), community_kind.clone(), tier.clone()];
        did(found, no, (Act::Joined, calendar.day(joined)), places());
        if let Some(left) = left {
            did(found, no, (Act::Left, calendar.day(left)), places());
            continue;
        }
        add(found, no, belongs(Facet::Group, &group));
        if let Some(community) = community {
            add(found, no, belongs(Facet::Community, &community));
        }
        for kind in [community_kind, tier].into_iter().flatten() {
            add(found, no, belongs(Facet::CommunityKind, &kind));
        }
    }
    let codes: Vec<(i64, String, String, String)> = tx.all(whose.sql(&CODES), whose.args(scope)).await?;
    for (no, code, channel, store) in codes {
        let named = [(Facet::Code, code), (Facet::Channel, channel), (Facet::Store, store)];
        for (facet, id) in named.into_iter().filter(|(_, id)| !id.is_empty()) {
            add(found, no, belongs(facet, &id));
        }
    }
    Ok(())
}

async fn bonds(tx: &mut Tx<'_>, scope: &Scope, whose: Whose<'_>, found: &mut Profiles) -> DbResult<()> {
    for (facet, read) in [(Facet::Account, &ACCOUNTS), (Facet::Staff, &STAFF), (Facet::List, &LISTS)] {
        let rows: Vec<(i64, String)> = tx.all(whose.sql(read), whose.args(scope)).await?;
        rows.into_iter().for_each(|(no, id)| add(found, no, belongs(facet, &id)));
    }
    Ok(())
}

async fn acts(
    tx: &mut Tx<'_>,
    scope: &Scope,
    whose: Whose<'_>,
    (found, calendar): (&mut Profiles, &Calendar),
) -> DbResult<()> {
    let orders: Vec<(i64, i64, i64, i64)> = tx.all(whose.sql(&ORDERS), whose.args(scope)).await?;
    for (no, day, paid, refunded) in orders {
        let day = day_of(day);
        if model::stands(paid, refunded) {
            did(found, no, (Act::Bought, day), [None]);
        }
        add(found, no, Change::Spent { day, fen: paid - refunded });
    }
    type Click = (i64, i64, String, Option<String>, Option<String>);
    let clicks: Vec<Click> = tx.all(whose.sql(&CLICKS), whose.args(scope)).await?;
    for (no, day, link, post, group) in clicks {
        let day = day_of(day);
        if post.is_some() {
            did(found, no, (Act::Opened, day), [post.clone()]);
        }
        did(found, no, (Act::Clicked, day), [Some(link), post, group]);
    }
    let greetings: Vec<(i64, i64)> = tx.all(whose.sql(&GREETINGS), whose.args(scope)).await?;
    for (no, at) in greetings {
        did(found, no, (Act::Event(GREETED.to_owned()), calendar.day(at)), [None]);
    }
    Ok(())
}

/// What other systems reported. The acts of the language that they report go by their own names too.
async fn events(tx: &mut Tx<'_>, scope: &Scope, whose: Whose<'_>, found: &mut Profiles) -> DbResult<()> {
    let rows: Vec<(i64, String, i64, String)> = tx.all(whose.sql(&EVENTS), whose.args(scope)).await?;
    let mut places = None;
    for (no, name, day, properties) in rows {
        let day = day_of(day);
        for act in [Act::Spoke, Act::Redeemed, Act::CheckedIn, Act::Invited] {
            if model::reported(&act) != Some(name.as_str()) {
                continue;
            }
            if act != Act::Spoke {
                did(found, no, (act, day), [None]);
                continue;
            }
            if places.is_none() {
                places = Some(fields::places(tx, scope).await?);
            }
            let group = serde_json::from_str::<serde_json::Value>(&properties).unwrap_or_default();
            let place = places.as_ref().zip(group["group"].as_str()).and_then(|(all, id)| all.get(id));
            did(found, no, (act, day), place.cloned().unwrap_or_default());
        }
        if name != GREETED {
            did(found, no, (Act::Event(name), day), [None]);
        }
    }
    Ok(())
}

/// Consents and marks, and what they bar her from: exactly what `privacy::refusers` says. That some purposes need a
/// consent besides is for the question to ask.
async fn answers(tx: &mut Tx<'_>, scope: &Scope, whose: Whose<'_>, found: &mut Profiles) -> DbResult<()> {
    let bars = [(Bar::Promotion, Purpose::Promotion), (Bar::Personalisation, Purpose::Profiling)];
    let consents: Vec<(i64, String, bool)> = tx.all(whose.sql(&CONSENTS), whose.args(scope)).await?;
    for (no, purpose, granted) in consents {
        let answer = if granted { Answer::Granted } else { Answer::Withdrawn };
        for (from, _) in bars.into_iter().filter(|(_, barred)| !granted && purpose == barred.word()) {
            add(found, no, Change::Barred { from, barred: true });
        }
        add(found, no, Change::Consent { purpose, answer });
    }
    let marks: Vec<(i64, String)> = tx.all(whose.sql(&MARKS), whose.args(scope)).await?;
    for (no, mark) in marks {
        let Some(mark) = Mark::parse(&mark) else { continue };
        for (from, _) in bars.into_iter().filter(|(_, barred)| mark.bars(*barred)) {
            add(found, no, Change::Barred { from, barred: true });
        }
    }
    Ok(())
}

/// A person whose row is missing isn't described by what is left of her.
pub fn add(found: &mut Profiles, no: i64, fact: Change) {
    if let Some(profile) = found.get_mut(&number(no)) {
        profile.facts.push(fact);
    }
}

/// The act once as such, and once for each different thing it was done to or in.
fn did<const N: usize>(found: &mut Profiles, no: i64, (act, day): (Act, Day), of: [Option<String>; N]) {
    let Some(profile) = found.get_mut(&number(no)) else { return };
    let subjects: BTreeSet<String> = of.into_iter().flatten().collect();
    for subject in subjects {
        profile.subjects.push((act.clone(), subject, day, 1));
    }
    profile.facts.push(Change::Did { act, of: None, day, times: 1 });
}

pub fn belongs(facet: Facet, id: &str) -> Change {
    Change::In { facet, id: id.to_owned(), since: None }
}

pub fn number(no: i64) -> u32 {
    u32::try_from(no).unwrap_or(u32::MAX)
}

/// A day as it is written in rows, as the engine counts.
fn day_of(written: i64) -> Day {
    model::day(base::Day(i32::try_from(written).unwrap_or_default()))
}
