//! Queries of ways between communities.

use super::super::model::{PathBody, rank};
use super::super::rows::PathRow;
use crate::args;
use crate::communities::{CommunityKind, Status, Tier};
use crate::kernel::db::{DbResult, Tx};
use crate::kernel::http::{AppError, AppResult, Scope};

macro_rules! select_path {
    ($rest:literal) => {
        concat!(
            "SELECT id, name, to_community, body, enabled, changed_at, changed_by FROM layers_path ",
            $rest
        )
    };
}

impl PathRow {
    pub fn conditions(&self) -> AppResult<PathBody> {
        Ok(serde_json::from_str(&self.body)?)
    }
}

/// All ways, oldest first.
pub async fn paths(tx: &mut Tx<'_>, scope: &Scope) -> DbResult<Vec<PathRow>> {
    tx.all(
        select_path!("WHERE tenant_id = $1 AND deleted_at IS NULL ORDER BY id LIMIT 200"),
        args![scope.tenant()],
    )
    .await
}

/// One way.
pub async fn path(tx: &mut Tx<'_>, scope: &Scope, id: &str) -> AppResult<PathRow> {
    tx.opt(select_path!("WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NULL"), args![scope.tenant(), id])
        .await?
        .ok_or_else(AppError::not_found)
}

/// A way as it is to be.
pub struct NewPath<'a> {
    pub id: &'a str,
    pub name: &'a str,
    pub to: &'a str,
    pub body: &'a PathBody,
    pub enabled: bool,
    pub by: &'a str,
}

/// Writes a way, new or changed.
pub async fn save_path(tx: &mut Tx<'_>, scope: &Scope, new: &NewPath<'_>) -> AppResult<()> {
    let (now, body) = (tx.now(), serde_json::to_string(new.body)?);
    tx.exec(
        "INSERT INTO layers_path (tenant_id, id, name, to_community, body, enabled, created_at, changed_at, changed_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $8)
         ON CONFLICT (tenant_id, id) DO UPDATE SET name = excluded.name, to_community = excluded.to_community,
             body = excluded.body, enabled = excluded.enabled, changed_at = excluded.changed_at,
             changed_by = excluded.changed_by",
        args![scope.tenant(), new.id, new.name, new.to, body, new.enabled, now, new.by],
    )
    .await?;
    Ok(())
}

/// Takes a way away; what it suggested and nobody decided lapses.
pub async fn delete_path(tx: &mut Tx<'_>, scope: &Scope, id: &str, by: &str) -> DbResult<()> {
    let now = tx.now();
    tx.exec(
        "UPDATE layers_path SET deleted_at = $3, enabled = FALSE, changed_at = $3, changed_by = $4
         WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NULL",
        args![scope.tenant(), id, now, by],
    )
    .await?;
    lapse_of_path(tx, scope, id).await
}

/// What a way suggested and nobody decided lapses.
pub async fn lapse_of_path(tx: &mut Tx<'_>, scope: &Scope, path: &str) -> DbResult<()> {
    let now = tx.now();
    tx.exec(
        "UPDATE layers_suggestion SET state = 'lapsed', ended_at = $3
         WHERE tenant_id = $1 AND path_id = $2 AND state = 'open'",
        args![scope.tenant(), path, now],
    )
    .await?;
    Ok(())
}

/// Members of the communities that a way leads from become due, so that what it suggests appears.
pub async fn look_at_members(tx: &mut Tx<'_>, scope: &Scope) -> DbResult<()> {
    let now = tx.now();
    tx.exec(
        "UPDATE layers_due SET due_at = $2, marks = marks + 1 WHERE tenant_id = $1 AND due_at > $2 AND person_id IN (
             SELECT m.person_id FROM groups_membership m
             JOIN groups_group g ON g.tenant_id = m.tenant_id AND g.id = m.group_id
             WHERE m.tenant_id = $1 AND m.left_at IS NULL AND m.eligible = TRUE AND g.community_id IS NOT NULL)",
        args![scope.tenant(), now],
    )
    .await?;
    Ok(())
}

/// A community as ways see it.
#[derive(Clone, Debug)]
pub struct Place {
    pub id: String,
    pub name: String,
    pub rank: u8,
    pub active: bool,
}

/// Every community with its rank.
pub async fn places(tx: &mut Tx<'_>, scope: &Scope) -> DbResult<Vec<Place>> {
    let rows: Vec<(String, String, String, String, String)> = tx
        .all(
            "SELECT id, name, kind, tier, status FROM communities_community WHERE tenant_id = $1 ORDER BY id",
            args![scope.tenant()],
        )
        .await?;
    let place = |(id, name, kind, tier, status): (String, String, String, String, String)| Place {
        id,
        name,
        rank: match (CommunityKind::named(&kind), Tier::named(&tier)) {
            (Some(kind), Some(tier)) => rank(kind, tier),
            _ => 0,
        },
        active: Status::named(&status) == Some(Status::Active),
    };
    Ok(rows.into_iter().map(place).collect())
}

/// What a community is called and offers.
pub async fn offer(tx: &mut Tx<'_>, scope: &Scope, community: &str) -> AppResult<(String, String)> {
    tx.opt(
        "SELECT name, value_to_user FROM communities_community WHERE tenant_id = $1 AND id = $2",
        args![scope.tenant(), community],
    )
    .await?
    .ok_or_else(AppError::not_found)
}
