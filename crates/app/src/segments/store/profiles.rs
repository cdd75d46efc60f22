//! Reading everything that segments know of people: of a range of dense numbers for a first fill, of a few persons
//! after something happened to them. Both read the same columns; `compare.rs` asks the same tables the other way
//! round.

use std::collections::{BTreeMap, BTreeSet};

use audience::language::{Act, Answer, Facet};
use audience::{Bar, Change, Day, Profile};
use base::{TenantZone, Timestamp};

use crate::args;
use crate::kernel::db::{Arg, Args, DbResult, Tx};
use crate::kernel::http::Scope;
use crate::privacy::Purpose;
use crate::segments::model::{self, GREETED};

/// Persons read at once after something happened to them. The statements below have as many placeholders.
pub const PORTION: usize = 32;

/// One statement in two forms: of a range of dense numbers, of a few persons.
struct Read {
    range: &'static str,
    few: &'static str,
}

macro_rules! read {
    ($head:literal) => {
        read!($head, "")
    };
    ($head:literal, $tail:literal) => {
        Read {
            range: concat!($head, " WHERE p.tenant_id = $1 AND p.person_no > $2 AND p.person_no <= $3 ", $tail),
            few: concat!(
                $head,
                " WHERE p.tenant_id = $1 AND p.id IN ($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15,
                   $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33) ",
                $tail
            ),
        }
    };
}

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

/// Whose facts are read.
#[derive(Clone, Copy, Debug)]
pub enum Whose<'a> {
    /// Dense numbers above the first, up to the second.
    Range(u32, u32),
    /// At most [`PORTION`] persons.
    Few(&'a [String]),
}

impl Whose<'_> {
    fn sql(&self, read: &Read) -> &'static str {
        match self {
            Self::Range(..) => read.range,
            Self::Few(_) => read.few,
        }
    }

    fn args(&self, scope: &Scope) -> Args {
        match self {
            Self::Range(after, last) => args![scope.tenant(), *after, *last],
            Self::Few(ids) => {
                let mut args = args![scope.tenant()];
                // A short portion repeats its last id.
                let filler = ids.last().cloned().unwrap_or_default();
                args.extend((0..PORTION).map(|n| Arg::from(ids.get(n).unwrap_or(&filler))));
                args
            }
        }
    }
}

/// In which zone days are days, and when they begin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    pub name: String,
    pub zone: TenantZone,
    pub cut_minutes: i64,
}

impl Calendar {
    /// Equal for calendars that count days alike.
    #[must_use]
    pub fn key(&self) -> String {
        format!("{}+{}", self.name, self.cut_minutes)
    }

    #[must_use]
    pub fn day(&self, at: i64) -> Day {
        model::day(self.zone.business_day(Timestamp(at), self.cut_minutes))
    }

    /// When a day begins.
    #[must_use]
    pub fn start(&self, day: Day) -> Timestamp {
        self.zone.start_of(model::base_day(day)).plus(self.cut_minutes * base::time::MINUTE)
    }
}

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

type Profiles = BTreeMap<u32, Profile>;

/// Everything known of these people, by dense number. Whoever has no row any more is absent.
pub async fn profiles(
    tx: &mut Tx<'_>,
    scope: &Scope,
    whose: Whose<'_>,
    calendar: &Calendar,
) -> DbResult<Profiles> {
    let mut found = Profiles::new();
    let people: Vec<(i64, String, String)> = tx.all(whose.sql(&PEOPLE), whose.args(scope)).await?;
    for (no, _, kind) in people {
        let fact = belongs(Facet::MemberKind, model::counted_as(&kind));
        found.entry(number(no)).or_default().facts.push(fact);
    }
    places(tx, scope, whose, (&mut found, calendar)).await?;
    bonds(tx, scope, whose, &mut found).await?;
    acts(tx, scope, whose, (&mut found, calendar)).await?;
    consents(tx, scope, whose, &mut found).await?;
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
        did(found, no, (Act::Joined, calendar.day(joined)), [Some(group.clone())]);
        if let Some(left) = left {
            did(found, no, (Act::Left, calendar.day(left)), [Some(group)]);
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
    for (facet, read) in [(Facet::Account, &ACCOUNTS), (Facet::Staff, &STAFF)] {
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
        let day = model::day(base::Day(i32::try_from(day).unwrap_or_default()));
        if model::stands(paid, refunded) {
            did(found, no, (Act::Bought, day), [None]);
        }
        add(found, no, Change::Spent { day, fen: paid - refunded });
    }
    type Click = (i64, i64, String, Option<String>, Option<String>);
    let clicks: Vec<Click> = tx.all(whose.sql(&CLICKS), whose.args(scope)).await?;
    for (no, day, link, post, group) in clicks {
        let day = model::day(base::Day(i32::try_from(day).unwrap_or_default()));
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

async fn consents(tx: &mut Tx<'_>, scope: &Scope, whose: Whose<'_>, found: &mut Profiles) -> DbResult<()> {
    let rows: Vec<(i64, String, bool)> = tx.all(whose.sql(&CONSENTS), whose.args(scope)).await?;
    let mut promoted = BTreeSet::new();
    for (no, purpose, granted) in rows {
        let answer = if granted { Answer::Granted } else { Answer::Withdrawn };
        if purpose == Purpose::Promotion.word() && Purpose::Promotion.allowed(Some(granted)) {
            promoted.insert(number(no));
        }
        if purpose == Purpose::Profiling.word() && !granted {
            add(found, no, Change::Barred { from: Bar::Personalisation, barred: true });
        }
        add(found, no, Change::Consent { purpose, answer });
    }
    // Promotion is forbidden until she allows it.
    for (_, profile) in found.iter_mut().filter(|(no, _)| !promoted.contains(no)) {
        profile.facts.push(Change::Barred { from: Bar::Promotion, barred: true });
    }
    Ok(())
}

/// A person whose row is missing isn't described by what is left of her.
fn add(found: &mut Profiles, no: i64, fact: Change) {
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

fn belongs(facet: Facet, id: &str) -> Change {
    Change::In { facet, id: id.to_owned(), since: None }
}

fn number(no: i64) -> u32 {
    u32::try_from(no).unwrap_or(u32::MAX)
}
