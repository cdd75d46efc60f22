//! Every table with a search key, and how its keys are made anew.

use crate::args;
use crate::kernel::db::{DbResult, Tx};
use crate::kernel::http::Scope;
use crate::kernel::search;

/// A table whose rows are found by name.
pub struct Searched {
    pub table: &'static str,
    /// A portion of id, names (one a line) and key, in the order of the ids.
    select: &'static str,
    update: &'static str,
    /// Tells whoever keeps something made of the keys that one changed.
    note: Option<&'static str>,
}

/// Statements of one table, given its name, its key's column and the names as one text.
macro_rules! searched {
    ($table:literal, $key:literal, $names:literal) => {
        Searched {
            table: $table,
            select: concat!(
                "SELECT id, ",
                $names,
                " AS names, ",
                $key,
                " AS search_key FROM ",
                $table,
                " WHERE tenant_id = $1 AND id > $2 ORDER BY id LIMIT 500"
            ),
            update: concat!("UPDATE ", $table, " SET ", $key, " = $3 WHERE tenant_id = $1 AND id = $2"),
            note: None,
        }
    };
}

/// All of them, the smallest first: an operator misses a group before she misses a member.
pub const SEARCHED: &[Searched] = &[
    searched!("communities_community", "name_search", "name"),
    searched!("groups_group", "name_search", "name"),
    searched!("live_codes_code", "search", "title || '\n' || hook || '\n' || store"),
    searched!("staff_member", "name_search", "name || '\n' || platform_id"),
    searched!("tags_tag", "name_search", "name"),
    searched!("playbooks_post", "search", "title"),
    Searched { note: Some(crate::people::NOTE_RENAMED), ..searched!("people_person", "name_search", "name") },
    searched!("groups_membership", "name_search", "name || '\n' || nickname"),
];

/// One portion of a table after an id.
pub struct Portion {
    /// Ids whose key is not the one their names give, with the right one.
    pub stale: Vec<(String, String)>,
    /// Where the next portion begins; none after the last.
    pub next: Option<String>,
}

pub async fn portion(tx: &mut Tx<'_>, scope: &Scope, of: &Searched, after: &str) -> DbResult<Portion> {
    let rows: Vec<(String, String, String)> = tx.all(of.select, args![scope.tenant(), after]).await?;
    let next = rows.last().map(|(id, _, _)| id.clone());
    let keyed = rows.into_iter().map(|(id, names, held)| (id, search::key(&names), held));
    let stale = keyed.filter(|(_, key, held)| key != held).map(|(id, key, _)| (id, key)).collect();
    Ok(Portion { stale, next })
}

pub async fn set_key(tx: &mut Tx<'_>, scope: &Scope, of: &Searched, id: &str, key: &str) -> DbResult<()> {
    tx.exec(of.update, args![scope.tenant(), id, key]).await?;
    if let Some(note) = of.note {
        tx.exec(note, args![scope.tenant(), id]).await?;
    }
    Ok(())
}
