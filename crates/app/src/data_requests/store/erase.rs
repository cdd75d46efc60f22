//! Erasing a person's rows everywhere, as the register says.

use std::collections::BTreeMap;

use serde::Serialize;

use super::super::model::plan::{Does, ERASE};
use super::Keys;
use crate::args;
use crate::kernel::db::{DbResult, Tx};
use crate::kernel::http::{AppResult, Scope};
use crate::kernel::search::inside;
use crate::privacy::classes::Key;
use crate::{accounts, privacy};

/// What happened to one table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Erased {
    pub deleted: u64,
    pub emptied: u64,
    /// Places where a key was replaced by an alias.
    pub replaced: u64,
}

/// What takes the place of each of her keys. Ids of our own become new ones; the platform's becomes its alias.
pub struct Aliases {
    persons: BTreeMap<String, String>,
    contacts: BTreeMap<String, String>,
    externals: BTreeMap<String, String>,
}

impl Aliases {
    /// Chooses the aliases; contacts' are derived from the person's, so that every batch chooses the same.
    pub fn of(tx: &Tx<'_>, scope: &Scope, keys: &Keys, person: &str) -> Self {
        let contact =
            |id: &String| (id.clone(), format!("erc_{}", tx.blind(&format!("contact {person} {id}"))));
        // Whoever was joined with her has an empty row of her own.
        let joined = |(n, id): (usize, &String)| {
            let alias = if n == 0 {
                person.to_owned()
            } else {
                format!("erp_{}", tx.blind(&format!("person {person} {id}")))
            };
            (id.clone(), alias)
        };
        let external = |id: &String| (id.clone(), privacy::alias_of(tx, scope, id));
        Self {
            persons: keys.persons.iter().enumerate().map(joined).collect(),
            contacts: keys.contacts.iter().map(contact).collect(),
            externals: keys.externals.iter().map(external).collect(),
        }
    }
    fn get(&self, key: Key, value: &str) -> Option<&str> {
        match key {
            Key::Person => self.persons.get(value).map(String::as_str),
            Key::Contact => self.contacts.get(value).map(String::as_str),
            Key::External => self.externals.get(value).map(String::as_str),
            Key::Union | Key::Order | Key::Request => None,
        }
    }
    fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        let all = self.persons.iter().chain(&self.contacts).chain(&self.externals);
        all.map(|(id, alias)| (id.as_str(), alias.as_str()))
    }
}

/// Runs every statement of the register; answers what it did per table.
pub async fn erase_rows(
    tx: &mut Tx<'_>,
    scope: &Scope,
    keys: &Keys,
    alias: &str,
) -> DbResult<BTreeMap<&'static str, Erased>> {
    let aliases = Aliases::of(tx, scope, keys, alias);
    let now = tx.now();
    let mut done: BTreeMap<&'static str, Erased> = BTreeMap::new();
    for statement in ERASE.iter() {
        for value in keys.of(statement.key) {
            let mut args = args![scope.tenant(), value];
            match statement.does {
                Does::Delete | Does::Empty => {}
                Does::EmptyAt => args.extend(args![now]),
                Does::Alias => match aliases.get(statement.key, value) {
                    Some(alias) => args.extend(args![alias]),
                    None => continue,
                },
            }
            let rows = tx.exec(statement.sql, args).await?;
            if rows == 0 {
                continue;
            }
            let table = done.entry(statement.table).or_default();
            match statement.does {
                Does::Delete => table.deleted += rows,
                Does::Empty | Does::EmptyAt => table.emptied += rows,
                Does::Alias => table.replaced += rows,
            }
        }
    }
    Ok(done)
}

/// Replaces her ids in facts with numbers above `from` up to `to`; answers the facts touched.
pub async fn rewrite_facts(
    tx: &mut Tx<'_>,
    scope: &Scope,
    (keys, alias): (&Keys, &str),
    (from, to): (i64, i64),
) -> DbResult<u64> {
    let aliases = Aliases::of(tx, scope, keys, alias);
    let mut touched = 0;
    for (id, alias) in aliases.pairs() {
        // Ids stand in the payload as JSON texts, so the quotes are part of what is replaced.
        let (id, alias) = (format!("\"{id}\""), format!("\"{alias}\""));
        touched += tx
            .exec(
                "UPDATE facts SET payload = REPLACE(payload, $4, $5)
                 WHERE tenant_id = $1 AND seq > $2 AND seq <= $3 AND payload LIKE $6 ESCAPE '!'",
                args![scope.tenant(), from, to, &id, alias, inside(&id)],
            )
            .await?;
    }
    Ok(touched)
}

/// Whether a running job or an unread callback still speaks of her: then the erasure waits.
pub async fn texts_in_flight(tx: &mut Tx<'_>, scope: &Scope, keys: &Keys) -> DbResult<bool> {
    for id in keys.inside_texts() {
        let waiting = tx
            .number(
                "SELECT CAST(COUNT(*) AS BIGINT) FROM job WHERE tenant_id = $1 AND status = 'running'
                   AND payload LIKE $2 ESCAPE '!'",
                args![scope.tenant(), inside(id)],
            )
            .await?;
        if waiting > 0 || accounts::unread_callbacks(tx, scope, id).await? > 0 {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Deletes waiting and dead jobs and callbacks that speak of her.
pub async fn forget_texts(
    tx: &mut Tx<'_>,
    scope: &Scope,
    keys: &Keys,
) -> AppResult<BTreeMap<&'static str, Erased>> {
    let (mut jobs, mut callbacks) = (0, 0);
    for id in keys.inside_texts() {
        jobs += tx
            .exec(
                "DELETE FROM job WHERE tenant_id = $1 AND status <> 'running'
                   AND (payload LIKE $2 ESCAPE '!' OR error_detail LIKE $2 ESCAPE '!')",
                args![scope.tenant(), inside(id)],
            )
            .await?;
        callbacks += accounts::forget_callbacks(tx, scope, id).await?;
    }
    let of = |deleted| Erased { deleted, ..Erased::default() };
    Ok(BTreeMap::from([("accounts_inbox", of(callbacks)), ("job", of(jobs))]))
}
