//! Where the fields of [`FIELDS`](crate::segments::model::FIELDS) come from: as they are read into the index, and as
//! the database is asked for them.

use std::collections::{BTreeSet, HashMap};

use audience::language::Facet;
use audience::{Change, Day};

use super::profiles::{Profiles, add as push, number};
use super::read::{Calendar, Read, Whose, read};
use crate::args;
use crate::kernel::db::{DbResult, Tx};
use crate::kernel::http::Scope;
use crate::segments::model::{FIRST_SEEN, FRIEND, GROUPS, PROVENANCE, WORK_ACCOUNT};

pub const OWN: Read = read!("SELECT p.person_no, p.first_seen_at, p.provenance FROM people_person p");
pub const CONTACTS: Read = read!(
    "SELECT p.person_no, c.business FROM people_person p
     JOIN people_contact c ON c.tenant_id = p.tenant_id AND c.person_id = p.id",
    "AND c.is_staff = FALSE ORDER BY p.person_no, c.business"
);

/// Adds the fields of these people. In how many groups somebody is, and whether she is anybody's friend, is counted from
/// what was found of groups and employees before.
pub async fn add(
    tx: &mut Tx<'_>,
    scope: &Scope,
    whose: Whose<'_>,
    (found, calendar): (&mut Profiles, &Calendar),
) -> DbResult<()> {
    let own: Vec<(i64, i64, String)> = tx.all(whose.sql(&OWN), whose.args(scope)).await?;
    for (no, first_seen, provenance) in own {
        let Some(profile) = found.get(&number(no)) else { continue };
        let (mut groups, mut friend) = (BTreeSet::new(), false);
        for fact in &profile.facts {
            match fact {
                Change::In { facet: Facet::Group, id, .. } => drop(groups.insert(id.as_str())),
                Change::In { facet: Facet::Staff, .. } => friend = true,
                _ => {}
            }
        }
        let groups = i64::try_from(groups.len()).unwrap_or(i64::MAX);
        let value: Option<Day> = Some(calendar.day(first_seen));
        push(found, no, Change::Date { field: FIRST_SEEN.to_owned(), value });
        let from = if provenance.is_empty() { "platform".to_owned() } else { provenance };
        push(found, no, Change::Text { field: PROVENANCE.to_owned(), value: Some(from) });
        push(found, no, Change::Number { field: GROUPS.to_owned(), value: Some(groups) });
        push(found, no, Change::YesNo { field: FRIEND.to_owned(), value: Some(friend) });
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
