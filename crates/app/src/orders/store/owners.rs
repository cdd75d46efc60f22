//! Whose the orders are that nobody owns yet, when a file brings people.

use std::sync::LazyLock;

use crate::args;
use crate::kernel::db::{Arg, DbResult, Tx};
use crate::kernel::http::Scope;

/// The person whom a file brought under a contact's platform id.
pub async fn imported_as(tx: &mut Tx<'_>, scope: &Scope, external_id: &str) -> DbResult<Option<String>> {
    let row: Option<(String,)> = tx
        .opt(
            "SELECT person_id FROM people_import_key WHERE tenant_id = $1 AND way = 'external' AND value = $2",
            args![scope.tenant(), external_id],
        )
        .await?;
    Ok(row.map(|(person,)| person))
}

/// Persons asked about in one statement.
const PORTION: usize = 250;

static OWNERS: LazyLock<&'static str> = LazyLock::new(|| {
    let holes = (2..2 + PORTION).map(|n| format!("${n}")).collect::<Vec<_>>().join(", ");
    format!(
        "SELECT p.id FROM orders_order o
         JOIN people_person p ON p.tenant_id = o.tenant_id AND p.union_id = o.union_id
         WHERE o.tenant_id = $1 AND o.person_id IS NULL AND o.union_id <> '' AND p.id IN ({holes})
         UNION SELECT k.person_id FROM orders_order o
         JOIN people_import_key k ON k.tenant_id = o.tenant_id AND k.way = 'external' AND k.value = o.external_id
         WHERE o.tenant_id = $1 AND o.person_id IS NULL AND o.external_id <> '' AND k.person_id IN ({holes})
         ORDER BY 1"
    )
    .leak()
});

/// Which of these persons bought something before they were known.
pub async fn owners_among(tx: &mut Tx<'_>, scope: &Scope, people: &[String]) -> DbResult<Vec<String>> {
    let orphan: Option<(i64,)> = tx
        .opt(
            "SELECT CAST(1 AS BIGINT) FROM orders_order WHERE tenant_id = $1 AND person_id IS NULL LIMIT 1",
            args![scope.tenant()],
        )
        .await?;
    if orphan.is_none() {
        return Ok(Vec::new());
    }
    let mut found = Vec::new();
    for portion in people.chunks(PORTION) {
        let filler = portion.last().map_or("", String::as_str);
        let mut args = args![scope.tenant()];
        args.extend((0..PORTION).map(|n| Arg::from(portion.get(n).map_or(filler, String::as_str))));
        let rows: Vec<(String,)> = tx.all(&OWNERS, args).await?;
        found.extend(rows.into_iter().map(|(id,)| id));
    }
    Ok(found)
}
