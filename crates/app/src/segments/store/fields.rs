//! Where the fields of [`FIELDS`](crate::segments::model::FIELDS) come from: as they are read into the index, and as
//! the database is asked for them.

use std::collections::HashMap;

use audience::{Change, Day};

use super::profiles::{Profiles, add as push};
use super::read::{Calendar, Read, Whose, read};
use crate::args;
use crate::kernel::db::{DbResult, Tx};
use crate::kernel::http::Scope;
use crate::segments::model::{FIRST_SEEN, FRIEND, GROUPS, PROVENANCE, WORK_ACCOUNT};

const OWN: Read = read!("SELECT p.person_no, p.first_seen_at, p.provenance FROM people_person p");
const STAYS: Read = read!(
    "SELECT DISTINCT p.person_no, m.group_id FROM people_person p
     JOIN groups_membership m ON m.tenant_id = p.tenant_id AND m.person_id = p.id",
    "AND m.left_at IS NULL"
);
const FRIENDS: Read = read!(
    "SELECT DISTINCT p.person_no FROM people_person p
     JOIN people_contact c ON c.tenant_id = p.tenant_id AND c.person_id = p.id
     JOIN people_follow f ON f.tenant_id = c.tenant_id AND f.contact_id = c.id",
    "AND f.deleted_at IS NULL"
);
const CONTACTS: Read = read!(
    "SELECT p.person_no, c.business FROM people_person p
     JOIN people_contact c ON c.tenant_id = p.tenant_id AND c.person_id = p.id",
    "AND c.is_staff = FALSE ORDER BY p.person_no, c.business"
);

/// Adds the fields of these people.
pub async fn add(
    tx: &mut Tx<'_>,
    scope: &Scope,
    whose: Whose<'_>,
    (found, calendar): (&mut Profiles, &Calendar),
) -> DbResult<()> {
    let stays: Vec<(i64, String)> = tx.all(whose.sql(&STAYS), whose.args(scope)).await?;
    let mut groups: HashMap<i64, i64> = HashMap::new();
    stays.into_iter().for_each(|(no, _)| *groups.entry(no).or_default() += 1);
    let friends: Vec<(i64,)> = tx.all(whose.sql(&FRIENDS), whose.args(scope)).await?;
    let friends: std::collections::HashSet<i64> = friends.into_iter().map(|(no,)| no).collect();
    let own: Vec<(i64, i64, String)> = tx.all(whose.sql(&OWN), whose.args(scope)).await?;
    for (no, first_seen, provenance) in own {
        let value: Option<Day> = Some(calendar.day(first_seen));
        push(found, no, Change::Date { field: FIRST_SEEN.to_owned(), value });
        let from = if provenance.is_empty() { "platform".to_owned() } else { provenance };
        push(found, no, Change::Text { field: PROVENANCE.to_owned(), value: Some(from) });
        let value = Some(groups.get(&no).copied().unwrap_or(0));
        push(found, no, Change::Number { field: GROUPS.to_owned(), value });
        push(found, no, Change::YesNo { field: FRIEND.to_owned(), value: Some(friends.contains(&no)) });
    }
    let contacts: Vec<(i64, bool)> = tx.all(whose.sql(&CONTACTS), whose.args(scope)).await?;
    // Yes comes last of a person's contacts, and one of them is enough.
    let business: HashMap<i64, bool> = contacts.into_iter().collect();
    for (no, answer) in business {
        push(found, no, Change::YesNo { field: WORK_ACCOUNT.to_owned(), value: Some(answer) });
    }
    Ok(())
}

/// By group: itself and its community with kind and tier, as subjects of what is done in it.
pub async fn places(tx: &mut Tx<'_>, scope: &Scope) -> DbResult<HashMap<String, [Option<String>; 4]>> {
    type Place = (String, Option<String>, Option<String>, Option<String>);
    let rows: Vec<Place> = tx
        .all(
            "SELECT g.id, c.id, c.kind, c.tier FROM groups_group g
             LEFT JOIN communities_community c ON c.tenant_id = g.tenant_id AND c.id = g.community_id
             WHERE g.tenant_id = $1",
            args![scope.tenant()],
        )
        .await?;
    Ok(rows.into_iter().map(|(id, c, kind, tier)| (id.clone(), [Some(id), c, kind, tier])).collect())
}

/// A value of a person `p` as SQL, up to the tenant where it needs one.
pub enum Asked {
    /// An expression over `p` alone.
    Own(&'static str),
    /// A subquery that ends before the tenant, and what closes it.
    Looked(&'static str, &'static str),
}

/// The text, number or instant of a field, or the condition under which a yes-or-no field says yes.
pub fn asked(field: &str) -> Option<Asked> {
    Some(match field {
        FIRST_SEEN => Asked::Own("p.first_seen_at"),
        PROVENANCE => Asked::Own("(CASE WHEN p.provenance = '' THEN 'platform' ELSE p.provenance END)"),
        GROUPS => Asked::Looked(
            "(SELECT COUNT(DISTINCT x.group_id) FROM groups_membership x
              WHERE x.person_id = p.id AND x.left_at IS NULL AND x.tenant_id = ",
            ")",
        ),
        FRIEND => Asked::Looked(
            "EXISTS (SELECT 1 FROM people_contact c JOIN people_follow x ON x.tenant_id = c.tenant_id
               AND x.contact_id = c.id WHERE c.person_id = p.id AND x.deleted_at IS NULL AND c.tenant_id = ",
            ")",
        ),
        WORK_ACCOUNT => Asked::Looked(
            "EXISTS (SELECT 1 FROM people_contact x WHERE x.person_id = p.id AND x.is_staff = FALSE
               AND x.business = TRUE AND x.tenant_id = ",
            ")",
        ),
        _ => return None,
    })
}

/// Whether a field has a value at all; `None` for those that everybody has.
pub fn known(field: &str) -> Option<Asked> {
    (field == WORK_ACCOUNT).then_some(Asked::Looked(
        "EXISTS (SELECT 1 FROM people_contact x WHERE x.person_id = p.id AND x.is_staff = FALSE AND x.tenant_id = ",
        ")",
    ))
}
