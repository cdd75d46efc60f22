//! Reading everything about a person, table by table, as the register says.

use std::collections::BTreeMap;

use super::super::model::plan::READ;
use super::super::model::readable::{Found, Row};
use super::super::rows::TextRow;
use super::Keys;
use crate::accounts;
use crate::args;
use crate::kernel::db::{DbResult, Tx};
use crate::kernel::http::{AppResult, Scope};
use crate::kernel::search::inside;
use crate::privacy::classes::Key;

/// The values of `$2` for one way of finding rows.
fn values(keys: &Keys, key: Option<Key>) -> Vec<String> {
    match key {
        Some(key) => keys.of(key).to_vec(),
        None => keys.inside_texts().into_iter().map(inside).collect(),
    }
}

/// Everything the store holds about a person.
pub async fn gather(tx: &mut Tx<'_>, scope: &Scope, keys: &Keys) -> AppResult<Vec<Found>> {
    let mut all = Vec::new();
    for reading in READ.iter() {
        let mut found = Found { table: reading.table, rows: Vec::new() };
        if reading.table == accounts::INBOX {
            // What came together is kept together: a row may speak of others besides.
            found.rows = callbacks(tx, scope, keys).await?;
            all.push(found);
            continue;
        }
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

/// The callbacks that speak of her, and none of those that came together with them.
async fn callbacks(tx: &mut Tx<'_>, scope: &Scope, keys: &Keys) -> AppResult<Vec<Row>> {
    let mut found = BTreeMap::new();
    for id in keys.inside_texts() {
        for row in accounts::callbacks_with(tx, scope, id).await? {
            let cells = [
                ("seq", row.seq.to_string()),
                ("account_id", row.account_id),
                ("received_at", row.received_at.to_string()),
                ("body", row.body),
            ];
            found.insert(row.seq, cells.map(|(column, text)| (column, Some(text))).to_vec());
        }
    }
    Ok(found.into_values().collect())
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
