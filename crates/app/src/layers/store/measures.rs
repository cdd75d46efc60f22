//! Reading what persons did, a portion at a time, with one statement per kind of fact.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use base::time::DAY;
use base::{Day, Timestamp};

use super::super::model::{self, ACT_DAYS, Measures};
use crate::args;
use crate::kernel::db::{Arg, Args, DbResult, Tx};
use crate::kernel::http::Scope;
use crate::privacy::{Mark, Purpose};
use crate::tenants::Tenant;

/// Persons looked at in one transaction and named in one statement.
pub const PORTION: usize = 50;

/// A statement that names a portion of persons from `$2` on.
macro_rules! of_portion {
    ($name:ident, $before:literal, $after:literal) => {
        static $name: LazyLock<&'static str> = LazyLock::new(|| {
            let holes: Vec<String> = (2..2 + PORTION).map(|n| format!("${n}")).collect();
            format!(concat!($before, "({})", $after), holes.join(", ")).leak()
        });
    };
}

of_portion!(
    PERSONS,
    "SELECT p.id, p.kind, p.first_seen_at FROM people_person p WHERE p.tenant_id = $1 AND p.id IN ",
    ""
);
of_portion!(
    ORDERS,
    "SELECT person_id, day, CAST(SUM(paid_fen - refunded_fen) AS BIGINT) FROM orders_order
     WHERE tenant_id = $1 AND person_id IN ",
    " GROUP BY person_id, day HAVING SUM(paid_fen - refunded_fen) > 0 ORDER BY person_id, day"
);
of_portion!(
    CLICKS,
    "SELECT person_id, at FROM attribution_touch WHERE tenant_id = $1 AND person_id IN ",
    " AND at >= $52 ORDER BY person_id, at"
);
of_portion!(
    EVENTS,
    "SELECT person_id, at FROM events_event WHERE tenant_id = $1 AND person_id IN ",
    " AND at >= $52 ORDER BY person_id, at"
);
of_portion!(
    STAYS,
    "SELECT m.person_id, m.kind, m.eligible, m.joined_at, m.left_at, COALESCE(g.community_id, '') AS community
     FROM groups_membership m JOIN groups_group g ON g.tenant_id = m.tenant_id AND g.id = m.group_id
     WHERE m.tenant_id = $1 AND m.person_id IN ",
    " ORDER BY m.person_id, m.joined_at"
);
of_portion!(
    BONDS,
    "SELECT c.person_id, CAST(COUNT(*) AS BIGINT),
            CAST(SUM(CASE WHEN f.deleted_at IS NULL THEN 1 ELSE 0 END) AS BIGINT)
     FROM people_contact c JOIN people_follow f ON f.tenant_id = c.tenant_id AND f.contact_id = c.id
     WHERE c.tenant_id = $1 AND c.person_id IN ",
    " GROUP BY c.person_id"
);
of_portion!(
    TAGS,
    "SELECT person_id, tag_id FROM tags_person_tag WHERE tenant_id = $1 AND person_id IN ",
    " ORDER BY person_id, tag_id"
);
// Who said no to profiling, or must be spared it. Whoever was never asked is layered for figures and for staff, as
// audiences count her too; what is sent to her asks `privacy::may` again.
of_portion!(
    REFUSED,
    "SELECT p.id FROM people_person p WHERE p.tenant_id = $1 AND p.id IN ",
    " AND (EXISTS (SELECT 1 FROM privacy_mark m WHERE m.tenant_id = $1 AND m.person_id = p.id
               AND m.mark IN ($52, $53, $54, $55))
           OR EXISTS (SELECT 1 FROM privacy_consent c WHERE c.tenant_id = $1 AND c.person_id = p.id
               AND c.purpose = $56 AND c.granted = FALSE))"
);

/// A stay in a group of a community.
#[derive(Clone, Debug)]
pub struct Stay {
    /// Empty when the group belongs to none.
    pub community: String,
    /// Days since 1970.
    pub joined: i64,
    pub open: bool,
}

/// Everything that decides where a person stands and what may be suggested for her.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// Only customers who didn't refuse are on any layer.
    pub counts: bool,
    pub measures: Measures,
    pub stays: Vec<Stay>,
    pub tags: Vec<String>,
}

/// The clock of one look: what the tenant's business day is.
pub struct Days<'a> {
    pub tenant: &'a Tenant,
    pub now: Timestamp,
}

impl Days<'_> {
    pub fn of(&self, at: i64) -> i64 {
        model::day_number(&self.tenant.tenant_zone(), Timestamp(at), self.tenant.day_cut_minutes)
    }
    pub fn today(&self) -> i64 {
        self.of(self.now.0)
    }
    /// The instant at which a day begins.
    pub fn begin(&self, day: i64) -> Timestamp {
        model::begin_of(&self.tenant.tenant_zone(), day, self.tenant.day_cut_minutes)
    }
}

#[derive(sqlx::FromRow)]
struct StayRow {
    person_id: String,
    kind: String,
    eligible: bool,
    joined_at: i64,
    left_at: Option<i64>,
    community: String,
}

fn portion_args(scope: &Scope, persons: &[String]) -> Args {
    let mut args = args![scope.tenant()];
    let filler = persons.last().map_or("", String::as_str);
    args.extend((0..PORTION).map(|n| Arg::from(persons.get(n).map_or(filler, String::as_str))));
    args
}

/// What is known of up to [`PORTION`] persons, by id; who is missing is nobody.
pub async fn known(
    tx: &mut Tx<'_>,
    scope: &Scope,
    persons: &[String],
    days: &Days<'_>,
) -> DbResult<BTreeMap<String, Known>> {
    let args = portion_args(scope, persons);
    let mut all: BTreeMap<String, Known> = BTreeMap::new();
    let rows: Vec<(String, String, i64)> = tx.all(&PERSONS, args.clone()).await?;
    for (id, kind, first_seen_at) in rows {
        let counts = audience::MemberKind::named(&kind).is_some_and(audience::MemberKind::counts);
        let measures = Measures { first_seen: days.of(first_seen_at), ..Measures::default() };
        all.insert(id, Known { counts, measures, ..Known::default() });
    }
    read_ties(tx, (&args, days), &mut all).await?;
    read_acts(tx, (&args, days), &mut all).await?;
    let mut marks = Mark::ALL.into_iter().filter(|m| m.bars(Purpose::Profiling)).map(Mark::word);
    let mut asked = args.clone();
    asked.extend((0..4).map(|_| Arg::from(marks.next().unwrap_or_default())));
    asked.push(Arg::from(Purpose::Profiling.word()));
    let refused: Vec<(String,)> = tx.all(&REFUSED, asked).await?;
    for (id,) in refused {
        all.entry(id).and_modify(|k| k.counts = false);
    }
    let tags: Vec<(String, String)> = tx.all(&TAGS, args).await?;
    for (id, tag) in tags {
        all.entry(id).and_modify(|k| k.tags.push(tag));
    }
    Ok(all)
}

/// Groups, bonds and what people marked her as.
async fn read_ties(
    tx: &mut Tx<'_>,
    (args, days): (&Args, &Days<'_>),
    all: &mut BTreeMap<String, Known>,
) -> DbResult<()> {
    for row in tx.all::<StayRow>(&STAYS, args.clone()).await? {
        let Some(known) = all.get_mut(&row.person_id) else { continue };
        // Who speaks for the brand anywhere counts nowhere.
        known.counts &= row.eligible;
        known.measures.ever_tied = true;
        let open = row.left_at.is_none();
        known.measures.koc |= open && row.kind == "koc";
        known.measures.ties += i64::from(open);
        known.stays.push(Stay { community: row.community, joined: days.of(row.joined_at), open });
    }
    let bonds: Vec<(String, i64, i64)> = tx.all(&BONDS, args.clone()).await?;
    for (id, ever, living) in bonds {
        if let Some(known) = all.get_mut(&id) {
            known.measures.ever_tied |= ever > 0;
            known.measures.ties += living;
        }
    }
    Ok(())
}

/// Orders, openings and what other systems reported.
async fn read_acts(
    tx: &mut Tx<'_>,
    (args, days): (&Args, &Days<'_>),
    all: &mut BTreeMap<String, Known>,
) -> DbResult<()> {
    let orders: Vec<(String, i64, i64)> = tx.all(&ORDERS, args.clone()).await?;
    for (id, day, net) in orders {
        let day = model::number_of(Day(i32::try_from(day).unwrap_or_default()));
        all.entry(id).and_modify(|k| k.measures.orders.push((day, net)));
    }
    let mut since = args.clone();
    since.push(Arg::from(days.now.minus((ACT_DAYS + 1) * DAY)));
    let mut acts: Vec<(String, i64)> = tx.all(&CLICKS, since.clone()).await?;
    acts.extend(tx.all::<(String, i64)>(&EVENTS, since).await?);
    for (id, at) in acts {
        all.entry(id).and_modify(|k| k.measures.acts.push(days.of(at)));
    }
    for known in all.values_mut() {
        known.measures.acts.sort_unstable();
        known.measures.acts.dedup();
        let oldest = days.today() - ACT_DAYS;
        known.measures.acts.retain(|day| *day > oldest);
    }
    Ok(())
}
