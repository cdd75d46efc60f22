//! Reading everything about a person, table by table, as the register says.

use super::super::model::plan::READ;
use super::super::model::readable::Found;
use super::super::rows::TextRow;
use super::Keys;
use crate::args;
use crate::kernel::db::{DbResult, Tx};
use crate::kernel::http::Scope;
use crate::privacy::classes::Key;

/// Part of a text, as a LIKE pattern with `!` as the escape.
pub(super) fn inside(id: &str) -> String {
    format!("%{}%", id.replace('!', "!!").replace('_', "!_").replace('%', "!%"))
}

/// The values of `$2` for one way of finding rows.
fn values(keys: &Keys, key: Option<Key>) -> Vec<String> {
    match key {
        Some(key) => keys.of(key).to_vec(),
        None => keys.inside_texts().into_iter().map(inside).collect(),
    }
}

/// Everything the store holds about a person.
pub async fn gather(tx: &mut Tx<'_>, scope: &Scope, keys: &Keys) -> DbResult<Vec<Found>> {
    let mut all = Vec::new();
    for reading in READ.iter() {
        let mut found = Found { table: reading.table, rows: Vec::new() };
        for (key, sql) in &reading.by {
            for value in values(keys, *key) {
                for TextRow(cells) in tx.all::<TextRow>(sql, args![scope.tenant(), value]).await? {
                    let row: Vec<_> = reading.columns.iter().copied().zip(cells).collect();
                    // A row may be found by two of her keys.
                    if !found.rows.contains(&row) {
                        found.rows.push(row);
                    }
                }
            }
        }
        all.push(found);
    }
    Ok(all)
}

/// How many rows each table holds about a person; tables without any are left out. A row found by two keys counts
/// twice, so this is for a first look only.
pub async fn counts(tx: &mut Tx<'_>, scope: &Scope, keys: &Keys) -> DbResult<Vec<(&'static str, i64)>> {
    let mut all = Vec::new();
    for reading in READ.iter() {
        let mut rows = 0;
        for (key, sql) in reading.counts.iter().filter(|(key, _)| key.is_some()) {
            for value in values(keys, *key) {
                rows += tx.number(sql, args![scope.tenant(), value]).await?;
            }
        }
        if rows > 0 {
            all.push((reading.table, rows));
        }
    }
    Ok(all)
}
