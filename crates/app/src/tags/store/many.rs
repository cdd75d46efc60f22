//! Tags of many people at once.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use messenger::tags::TagSnapshot;

use super::{ensure_group, upsert};
use crate::args;
use crate::kernel::db::{Arg, Args, DbResult, Tx};
use crate::kernel::http::Scope;

/// Persons asked about in one statement.
const PORTION: usize = 250;

fn holes() -> String {
    (2..2 + PORTION).map(|n| format!("${n}")).collect::<Vec<_>>().join(", ")
}

/// A short portion repeats its last value.
fn filled(scope: &Scope, values: &[&str]) -> Args {
    let filler = values.last().copied().unwrap_or_default();
    let mut args = args![scope.tenant()];
    args.extend((0..PORTION).map(|n| Arg::from(values.get(n).copied().unwrap_or(filler))));
    args
}

/// The tags of these names in a tag group, made where they are missing; by name. They become known to the platform
/// when somebody with a bond carries them.
pub async fn ensure(
    tx: &mut Tx<'_>,
    scope: &Scope,
    (account, group): (&str, &str),
    names: &BTreeSet<&str>,
) -> DbResult<BTreeMap<String, String>> {
    let group = ensure_group(tx, scope, account, ("", group, 0)).await?;
    let mut ids = of_names(tx, scope, &group, names).await?;
    for name in names.iter().filter(|n| !ids.contains_key(**n)).copied().collect::<Vec<_>>() {
        let tag = TagSnapshot { id: String::new(), name: name.to_owned(), order: 0 };
        if let Some(id) = upsert(tx, scope, (account, &group), &tag).await? {
            ids.insert(name.to_owned(), id);
        }
    }
    Ok(ids)
}

async fn of_names(
    tx: &mut Tx<'_>,
    scope: &Scope,
    group: &str,
    names: &BTreeSet<&str>,
) -> DbResult<BTreeMap<String, String>> {
    let rows: Vec<(String, String)> = tx
        .all(
            "SELECT name, id FROM tags_tag WHERE tenant_id = $1 AND group_id = $2 AND deleted_at IS NULL",
            args![scope.tenant(), group],
        )
        .await?;
    Ok(rows.into_iter().filter(|(name, _)| names.contains(name.as_str())).collect())
}

/// What these persons carry of one tag group: person and tag name.
pub async fn held_names(
    tx: &mut Tx<'_>,
    scope: &Scope,
    (account, group): (&str, &str),
    persons: &[&str],
) -> DbResult<BTreeSet<(String, String)>> {
    static HELD: LazyLock<&'static str> = LazyLock::new(|| {
        let holes = (4..4 + PORTION).map(|n| format!("${n}")).collect::<Vec<_>>().join(", ");
        format!(
            "SELECT p.person_id, t.name FROM tags_person_tag p
             JOIN tags_tag t ON t.tenant_id = p.tenant_id AND t.id = p.tag_id AND t.deleted_at IS NULL
             JOIN tags_group g ON g.tenant_id = t.tenant_id AND g.id = t.group_id
             WHERE p.tenant_id = $1 AND g.account_id = $2 AND g.name = $3 AND p.person_id IN ({holes})"
        )
        .leak()
    });
    let mut held = BTreeSet::new();
    for portion in persons.chunks(PORTION) {
        let mut args = args![scope.tenant(), account, group];
        args.extend(filled(scope, portion).into_iter().skip(1));
        held.extend(tx.all_anew::<(String, String)>(&HELD, args).await?);
    }
    Ok(held)
}

/// What these persons carry: person and tag id.
pub async fn held_pairs(
    tx: &mut Tx<'_>,
    scope: &Scope,
    persons: &[&str],
) -> DbResult<BTreeSet<(String, String)>> {
    static PAIRS: LazyLock<&'static str> = LazyLock::new(|| {
        let holes = holes();
        format!(
            "SELECT person_id, tag_id FROM tags_person_tag WHERE tenant_id = $1 AND person_id IN ({holes})"
        )
        .leak()
    });
    let mut held = BTreeSet::new();
    for portion in persons.chunks(PORTION) {
        held.extend(tx.all_anew::<(String, String)>(&PAIRS, filled(scope, portion)).await?);
    }
    Ok(held)
}

/// Gives tags to many persons.
pub async fn give_many(
    tx: &mut Tx<'_>,
    scope: &Scope,
    pairs: &BTreeSet<(String, String)>,
    source: &str,
) -> DbResult<u64> {
    let now = tx.now();
    let rows = pairs.iter().map(|(person, tag)| args![scope.tenant(), person, tag, source, now]).collect();
    tx.insert_many(
        "INSERT INTO tags_person_tag (tenant_id, person_id, tag_id, source, applied_at)",
        rows,
        "ON CONFLICT (tenant_id, person_id, tag_id) DO NOTHING",
    )
    .await
}

/// The names of the tags that these persons carry: person, then name, in that order.
pub async fn of_persons(tx: &mut Tx<'_>, scope: &Scope, persons: &[&str]) -> DbResult<Vec<(String, String)>> {
    static NAMES: LazyLock<&'static str> = LazyLock::new(|| {
        format!(
            "SELECT p.person_id, t.name FROM tags_person_tag p
             JOIN tags_tag t ON t.tenant_id = p.tenant_id AND t.id = p.tag_id AND t.deleted_at IS NULL
             WHERE p.tenant_id = $1 AND p.person_id IN ({}) ORDER BY p.person_id, t.name",
            holes()
        )
        .leak()
    });
    let mut found = Vec::new();
    for portion in persons.chunks(PORTION) {
        found.extend(tx.all::<(String, String)>(&NAMES, filled(scope, portion)).await?);
    }
    Ok(found)
}
