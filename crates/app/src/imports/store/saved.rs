//! Saved meanings of columns, and named lists of people.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use super::super::rows::{ListRow, MappingRow};
use crate::args;
use crate::kernel::db::{Arg, DbResult, Tx};
use crate::kernel::http::{AppResult, Scope};

pub async fn save_mapping(
    tx: &mut Tx<'_>,
    scope: &Scope,
    (kind, name): (&str, &str),
    mapping: &str,
) -> DbResult<String> {
    let (id, now) = (tx.new_id("imm"), tx.now());
    let (id,): (String,) = tx
        .one(
            "INSERT INTO imports_mapping (tenant_id, id, name, kind, mapping, saved_at) VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (tenant_id, kind, name) DO UPDATE
             SET mapping = excluded.mapping, saved_at = excluded.saved_at RETURNING id",
            args![scope.tenant(), id, name, kind, mapping, now],
        )
        .await?;
    Ok(id)
}

pub async fn mappings(tx: &mut Tx<'_>, scope: &Scope) -> DbResult<Vec<MappingRow>> {
    tx.all(
        "SELECT id, name, kind, mapping FROM imports_mapping WHERE tenant_id = $1 ORDER BY kind, name",
        args![scope.tenant()],
    )
    .await
}

pub async fn forget_mapping(tx: &mut Tx<'_>, scope: &Scope, id: &str) -> DbResult<bool> {
    let gone = tx
        .exec("DELETE FROM imports_mapping WHERE tenant_id = $1 AND id = $2", args![scope.tenant(), id])
        .await?;
    Ok(gone == 1)
}

/// The list of this name, made when there is none.
pub async fn ensure_list(tx: &mut Tx<'_>, scope: &Scope, id: &str, name: &str) -> DbResult<String> {
    let (list, now) = (tx.new_id("lst"), tx.now());
    let (list,): (String,) = tx
        .one(
            "INSERT INTO imports_list (tenant_id, id, name, people, created_at) VALUES ($1, $2, $3, 0, $4)
             ON CONFLICT (tenant_id, name) DO UPDATE SET name = excluded.name RETURNING id",
            args![scope.tenant(), list, name, now],
        )
        .await?;
    tx.exec(
        "UPDATE imports_import SET list_id = $3 WHERE tenant_id = $1 AND id = $2",
        args![scope.tenant(), id, &list],
    )
    .await?;
    Ok(list)
}

/// Puts persons (id and number) on a list; answers how many were not on it.
pub async fn add_to_list(
    tx: &mut Tx<'_>,
    scope: &Scope,
    list: &str,
    persons: &BTreeSet<(String, i64)>,
) -> DbResult<u64> {
    let rows = persons.iter().map(|(person, no)| args![scope.tenant(), list, person, *no]).collect();
    let added = tx
        .insert_many(
            "INSERT INTO imports_list_person (tenant_id, list_id, person_id, person_no)",
            rows,
            "ON CONFLICT (tenant_id, list_id, person_id) DO NOTHING",
        )
        .await?;
    tx.exec(
        "UPDATE imports_list SET people = people + $3 WHERE tenant_id = $1 AND id = $2",
        args![scope.tenant(), list, i64::try_from(added).unwrap_or(0)],
    )
    .await?;
    Ok(added)
}

/// Which of these persons are on the list of this name, if there is one.
pub async fn on_list(
    tx: &mut Tx<'_>,
    scope: &Scope,
    name: &str,
    persons: &[&str],
) -> DbResult<BTreeSet<String>> {
    const PORTION: usize = 250;
    static ON_LIST: LazyLock<&'static str> = LazyLock::new(|| {
        let holes = (3..3 + PORTION).map(|n| format!("${n}")).collect::<Vec<_>>().join(", ");
        format!(
            "SELECT p.person_id FROM imports_list l
             JOIN imports_list_person p ON p.tenant_id = l.tenant_id AND p.list_id = l.id
             WHERE l.tenant_id = $1 AND l.name = $2 AND p.person_id IN ({holes})"
        )
        .leak()
    });
    let mut found = BTreeSet::new();
    for portion in persons.chunks(PORTION) {
        let filler = portion.last().copied().unwrap_or_default();
        let mut args = args![scope.tenant(), name];
        args.extend((0..PORTION).map(|n| Arg::from(portion.get(n).copied().unwrap_or(filler))));
        let rows: Vec<(String,)> = tx.all(&ON_LIST, args).await?;
        found.extend(rows.into_iter().map(|(id,)| id));
    }
    Ok(found)
}

/// Uploaded lists by name.
pub async fn lists(tx: &mut Tx<'_>, scope: &Scope) -> DbResult<Vec<ListRow>> {
    tx.all(
        "SELECT id, name, people, created_at FROM imports_list WHERE tenant_id = $1 ORDER BY name, id",
        args![scope.tenant()],
    )
    .await
}

/// The dense numbers of the people on a list, ascending: for sets of people.
pub async fn people_of_list(tx: &mut Tx<'_>, scope: &Scope, list: &str) -> AppResult<Vec<i64>> {
    let rows: Vec<(i64,)> = tx
        .all(
            "SELECT person_no FROM imports_list_person WHERE tenant_id = $1 AND list_id = $2 ORDER BY person_no",
            args![scope.tenant(), list],
        )
        .await?;
    Ok(rows.into_iter().map(|(no,)| no).collect())
}
