//! Queries of tags on groups.

use std::collections::BTreeMap;

use super::super::model::TagRefusal;
use super::super::rows::{GroupLabel, LabelRow, OnGroup};
use crate::args;
use crate::kernel::db::{DbResult, Tx};
use crate::kernel::http::{AppError, AppResult, Scope};

/// All tags for groups with how many groups within reach carry them.
pub async fn list(tx: &mut Tx<'_>, scope: &Scope) -> DbResult<Vec<LabelRow>> {
    tx.all(
        "SELECT l.id, l.name, l.colour,
                (SELECT CAST(COUNT(*) AS BIGINT) FROM tags_labelled x
                 WHERE x.tenant_id = l.tenant_id AND x.label_id = l.id
                   AND ($2 = '' OR x.group_id IN (SELECT group_id FROM groups_duty WHERE tenant_id = $1 AND staff_id = $2))
                ) AS groups
         FROM tags_label l WHERE l.tenant_id = $1 ORDER BY l.name, l.id",
        args![scope.tenant(), scope.reach_key()],
    )
    .await
}

pub async fn get(tx: &mut Tx<'_>, scope: &Scope, id: &str) -> AppResult<LabelRow> {
    let found = list(tx, scope).await?.into_iter().find(|l| l.id == id);
    found.ok_or_else(AppError::not_found)
}

/// Makes a tag for groups.
///
/// # Errors
/// [`TagRefusal::LabelTaken`].
pub async fn insert(tx: &mut Tx<'_>, scope: &Scope, name: &str, colour: &str) -> AppResult<String> {
    let (id, now) = (tx.new_id("gtg"), tx.now());
    let made = tx
        .exec(
            "INSERT INTO tags_label (tenant_id, id, name, colour, created_at) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (tenant_id, name) DO NOTHING",
            args![scope.tenant(), &id, name, colour, now],
        )
        .await?;
    if made == 1 { Ok(id) } else { Err(TagRefusal::LabelTaken.into()) }
}

/// # Errors
/// [`TagRefusal::LabelTaken`], not found.
pub async fn update(tx: &mut Tx<'_>, scope: &Scope, id: &str, (name, colour): (&str, &str)) -> AppResult<()> {
    let touched = tx
        .exec(
            "UPDATE tags_label SET name = $3, colour = $4 WHERE tenant_id = $1 AND id = $2",
            args![scope.tenant(), id, name, colour],
        )
        .await
        .map_err(|e| if e.is_unique() { TagRefusal::LabelTaken.into() } else { AppError::from(e) })?;
    if touched == 1 { Ok(()) } else { Err(AppError::not_found()) }
}

pub async fn delete(tx: &mut Tx<'_>, scope: &Scope, id: &str) -> AppResult<()> {
    let gone =
        tx.exec("DELETE FROM tags_label WHERE tenant_id = $1 AND id = $2", args![scope.tenant(), id]).await?;
    tx.exec("DELETE FROM tags_labelled WHERE tenant_id = $1 AND label_id = $2", args![scope.tenant(), id])
        .await?;
    if gone == 1 { Ok(()) } else { Err(AppError::not_found()) }
}

/// The tags of groups, by group. All groups of the tenant when the list is long.
pub async fn of_groups(
    tx: &mut Tx<'_>,
    scope: &Scope,
    groups: &[&str],
) -> AppResult<BTreeMap<String, Vec<GroupLabel>>> {
    let only = match groups {
        [one] => *one,
        _ => "",
    };
    let rows: Vec<OnGroup> = tx
        .all(
            "SELECT x.group_id, l.id, l.name, l.colour FROM tags_labelled x
             JOIN tags_label l ON l.tenant_id = x.tenant_id AND l.id = x.label_id
             WHERE x.tenant_id = $1 AND ($2 = '' OR x.group_id = $2) ORDER BY x.group_id, l.name",
            args![scope.tenant(), only],
        )
        .await?;
    let mut found: BTreeMap<String, Vec<GroupLabel>> = BTreeMap::new();
    for row in rows.into_iter().filter(|r| groups.contains(&r.group_id.as_str())) {
        let label = GroupLabel { id: row.id, name: row.name, colour: row.colour };
        found.entry(row.group_id).or_default().push(label);
    }
    Ok(found)
}

/// Sets the tags of a group to exactly these.
///
/// # Errors
/// Not found when one of them doesn't exist.
pub async fn set_for_group(tx: &mut Tx<'_>, scope: &Scope, group: &str, labels: &[String]) -> AppResult<()> {
    let known = list(tx, scope).await?;
    if labels.iter().any(|id| known.iter().all(|l| l.id != *id)) {
        return Err(AppError::not_found());
    }
    for label in known.iter().filter(|l| !labels.contains(&l.id)) {
        tx.exec(
            "DELETE FROM tags_labelled WHERE tenant_id = $1 AND group_id = $2 AND label_id = $3",
            args![scope.tenant(), group, &label.id],
        )
        .await?;
    }
    let now = tx.now();
    let rows = labels.iter().map(|label| args![scope.tenant(), group, label, now]).collect();
    tx.insert_many(
        "INSERT INTO tags_labelled (tenant_id, group_id, label_id, at)",
        rows,
        "ON CONFLICT (tenant_id, group_id, label_id) DO NOTHING",
    )
    .await?;
    Ok(())
}
