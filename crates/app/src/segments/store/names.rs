//! Whether what a wording names is there, and what it is called.

use std::collections::{BTreeMap, BTreeSet};

use crate::kernel::db::{Composed, DbResult, Tx};
use crate::kernel::http::Scope;
use crate::segments::model::{Mention, Thing};

/// What became of a thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    pub name: String,
    /// Deleted, dismissed, closed or archived: nobody new can belong to it.
    pub gone: bool,
}

/// Things by kind and id; what isn't there is absent.
pub type Known = BTreeMap<(Thing, String), Found>;

/// Looks everything up that is mentioned, within the tenant.
pub async fn look_up(tx: &mut Tx<'_>, scope: &Scope, mentions: &[Mention]) -> DbResult<Known> {
    let mut wanted: BTreeMap<Thing, BTreeSet<&str>> = BTreeMap::new();
    for mention in mentions {
        wanted.entry(mention.thing).or_default().insert(&mention.id);
    }
    let mut known = Known::new();
    for (thing, ids) in wanted {
        let ids: Vec<&str> = ids.into_iter().collect();
        for portion in ids.chunks(500) {
            for table in tables(thing) {
                for (id, name, gone) in rows(tx, scope, table, portion).await? {
                    known.insert((thing, id), Found { name, gone });
                }
            }
        }
    }
    Ok(known)
}

/// Id, name and whether it is gone, by a statement like those of [`tables`].
pub(super) async fn rows(
    tx: &mut Tx<'_>,
    scope: &Scope,
    table: &'static str,
    ids: &[&str],
) -> DbResult<Vec<(String, String, bool)>> {
    let mut sql = Composed::default();
    sql.push(table);
    sql.push(" AND x.tenant_id = ");
    sql.bind(scope.tenant());
    sql.push(" AND x.id IN (");
    sql.bind_all(ids.iter().copied());
    sql.push(")");
    tx.all_composed(sql).await
}

/// Statements that select id, name and whether it is gone, up to the tenant.
const fn tables(thing: Thing) -> &'static [&'static str] {
    const GROUPS: &str =
        "SELECT x.id, x.name, (x.dismissed_at IS NOT NULL) AS gone FROM groups_group x WHERE 1 = 1";
    const COMMUNITIES: &str =
        "SELECT x.id, x.name, (x.status = 'closed') AS gone FROM communities_community x WHERE 1 = 1";
    const LINKS: &str = "SELECT x.id, x.title, FALSE AS gone FROM links_link x WHERE 1 = 1";
    const POSTS: &str = "SELECT x.id, x.title, FALSE AS gone FROM playbooks_post x WHERE 1 = 1";
    const FIELDS: &str = "SELECT x.id, x.name, x.archived AS gone FROM people_field x WHERE 1 = 1";
    match thing {
        Thing::TextField => &["SELECT x.id, x.name, x.archived AS gone FROM people_field x
               WHERE x.form IN ('text', 'choice', 'choices')"],
        Thing::NumberField => {
            &["SELECT x.id, x.name, x.archived AS gone FROM people_field x WHERE x.form = 'number'"]
        }
        Thing::DateField => &["SELECT x.id, x.name, x.archived AS gone FROM people_field x
               WHERE x.form IN ('date', 'birth_month')"],
        Thing::DayField => {
            &["SELECT x.id, x.name, x.archived AS gone FROM people_field x WHERE x.form = 'date'"]
        }
        Thing::YesNoField => {
            &["SELECT x.id, x.name, x.archived AS gone FROM people_field x WHERE x.form = 'yes_no'"]
        }
        Thing::Field => &[FIELDS],
        Thing::Tag => {
            &["SELECT x.id, x.name, (x.deleted_at IS NOT NULL) AS gone FROM tags_tag x WHERE 1 = 1"]
        }
        Thing::Group => &[GROUPS],
        Thing::Community => &[COMMUNITIES],
        Thing::Code => &["SELECT x.id, x.title, FALSE AS gone FROM live_codes_code x WHERE 1 = 1"],
        Thing::Segment => {
            &["SELECT x.id, x.name, (x.status <> 'live') AS gone FROM segments_segment x WHERE 1 = 1"]
        }
        Thing::Account => &["SELECT x.id, x.name, FALSE AS gone FROM accounts_account x WHERE 1 = 1"],
        Thing::Staff => &["SELECT x.id, x.name, FALSE AS gone FROM staff_member x WHERE 1 = 1"],
        Thing::List => &["SELECT x.id, x.name, FALSE AS gone FROM imports_list x WHERE 1 = 1"],
        Thing::Event => &["SELECT x.id, x.name, FALSE AS gone FROM (SELECT d.tenant_id, d.name AS id, d.name
                              FROM events_definition d) x WHERE 1 = 1"],
        Thing::Place => &[GROUPS, COMMUNITIES],
        Thing::Post => &[POSTS],
        Thing::Clicked => &[LINKS, POSTS, GROUPS],
    }
}
