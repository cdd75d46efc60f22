//! Queries of the rules that tag.

use std::collections::BTreeSet;

use base::Timestamp;

use super::super::model::{Body, Known, Place, TagRefusal};
use super::super::rows::{RuleRow, RuleVersionRow};
use crate::args;
use crate::kernel::db::{DbResult, Tx};
use crate::kernel::http::{AppError, AppResult, Scope};
use crate::privacy::is_counted;

/// Orders and openings that are counted at most.
const COUNTED: i64 = 1_000;

/// Rules that are on and wait for one of two triggers.
pub async fn awaiting(tx: &mut Tx<'_>, scope: &Scope, (one, other): (&str, &str)) -> DbResult<Vec<RuleRow>> {
    tx.all(
        "SELECT id, name, body, enabled, version, hits, misses, last_run_at, last_hit_at, last_error, last_error_at,
                created_at
         FROM tags_rule WHERE tenant_id = $1 AND trigger_on IN ($2, $3) AND deleted_at IS NULL AND enabled = TRUE
         ORDER BY id",
        args![scope.tenant(), one, other],
    )
    .await
}

pub async fn list(tx: &mut Tx<'_>, scope: &Scope) -> DbResult<Vec<RuleRow>> {
    tx.all(
        "SELECT id, name, body, enabled, version, hits, misses, last_run_at, last_hit_at, last_error, last_error_at,
                created_at
         FROM tags_rule WHERE tenant_id = $1 AND deleted_at IS NULL ORDER BY name, id",
        args![scope.tenant()],
    )
    .await
}

pub async fn get(tx: &mut Tx<'_>, scope: &Scope, id: &str) -> AppResult<RuleRow> {
    tx.opt(
        "SELECT id, name, body, enabled, version, hits, misses, last_run_at, last_hit_at, last_error, last_error_at,
                created_at
         FROM tags_rule WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NULL",
        args![scope.tenant(), id],
    )
    .await?
    .ok_or_else(AppError::not_found)
}

/// A rule as it is to be: id, name, words, switch.
#[derive(Clone, Copy, Debug)]
pub struct NewRule<'a> {
    pub id: &'a str,
    pub name: &'a str,
    pub body: &'a Body,
    pub enabled: bool,
    pub operator: &'a str,
}

/// Writes a rule's next version.
///
/// # Errors
/// [`TagRefusal::RuleNameTaken`].
pub async fn save(tx: &mut Tx<'_>, scope: &Scope, rule: &NewRule<'_>) -> AppResult<()> {
    let (now, body) = (tx.now(), serde_json::to_string(rule.body)?);
    let version = tx
        .number(
            "INSERT INTO tags_rule (tenant_id, id, name, body, trigger_on, enabled, version, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, 1, $7)
             ON CONFLICT (tenant_id, id) DO UPDATE SET name = excluded.name, body = excluded.body,
                 trigger_on = excluded.trigger_on, enabled = excluded.enabled, version = tags_rule.version + 1,
                 last_error = '', last_error_at = NULL
             RETURNING version",
            args![scope.tenant(), rule.id, rule.name, &body, rule.body.trigger.word(), rule.enabled, now],
        )
        .await
        .map_err(|e| if e.is_unique() { TagRefusal::RuleNameTaken.into() } else { AppError::from(e) })?;
    tx.exec(
        "INSERT INTO tags_rule_version (tenant_id, rule_id, version, name, body, enabled, operator_name, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        args![scope.tenant(), rule.id, version, rule.name, &body, rule.enabled, rule.operator, now],
    )
    .await?;
    Ok(())
}

pub async fn delete(tx: &mut Tx<'_>, scope: &Scope, id: &str) -> DbResult<()> {
    let now = tx.now();
    tx.exec(
        "UPDATE tags_rule SET deleted_at = $3, enabled = FALSE WHERE tenant_id = $1 AND id = $2",
        args![scope.tenant(), id, now],
    )
    .await?;
    Ok(())
}

/// Former and present states, newest first.
pub async fn versions(tx: &mut Tx<'_>, scope: &Scope, id: &str) -> DbResult<Vec<RuleVersionRow>> {
    tx.all(
        "SELECT version, name, body, enabled, operator_name, at FROM tags_rule_version
         WHERE tenant_id = $1 AND rule_id = $2 ORDER BY version DESC LIMIT 100",
        args![scope.tenant(), id],
    )
    .await
}

/// How one look of a rule ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Run {
    Hit,
    Missed,
    /// A hit, but a tag it names was deleted.
    TagGone,
}

pub async fn note_run(tx: &mut Tx<'_>, scope: &Scope, id: &str, run: Run) -> DbResult<()> {
    let now = tx.now();
    let hit = i64::from(run != Run::Missed);
    let error = if run == Run::TagGone { "tags.rule_tag_gone" } else { "" };
    tx.exec(
        "UPDATE tags_rule SET hits = hits + $3, misses = misses + 1 - $3, last_run_at = $4,
             last_hit_at = CASE WHEN $3 = 1 THEN $4 ELSE last_hit_at END,
             last_error = CASE WHEN $5 = '' THEN last_error ELSE $5 END,
             last_error_at = CASE WHEN $5 = '' THEN last_error_at ELSE $4 END
         WHERE tenant_id = $1 AND id = $2",
        args![scope.tenant(), id, hit, now, error],
    )
    .await?;
    Ok(())
}

/// Whether somebody may be touched by rules: employees, house accounts and the host crew never.
pub async fn is_customer(tx: &mut Tx<'_>, scope: &Scope, person: &str) -> DbResult<bool> {
    let n = tx
        .number(
            concat!(
                "SELECT CAST(COUNT(*) AS BIGINT) FROM people_person
             WHERE tenant_id = $1 AND id = $2 AND ",
                is_counted!("kind")
            ),
            args![scope.tenant(), person],
        )
        .await?;
    Ok(n == 1)
}

/// Whether a tag that the rule gives or takes was deleted.
pub async fn gone_tags(tx: &mut Tx<'_>, scope: &Scope, body: &Body) -> AppResult<bool> {
    for tag in body.add.iter().chain(&body.remove) {
        if super::manage::full(tx, scope, tag).await?.deleted_at.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// What is known of a person at an instant. Tags and groups are those of now.
pub async fn known(tx: &mut Tx<'_>, scope: &Scope, person: &str, at: Timestamp) -> DbResult<Known> {
    let tags: Vec<(String,)> = tx
        .all(
            "SELECT tag_id FROM tags_person_tag WHERE tenant_id = $1 AND person_id = $2",
            args![scope.tenant(), person],
        )
        .await?;
    let purchases: Vec<(i64,)> = tx
        .all(
            "SELECT paid_at FROM orders_order WHERE tenant_id = $1 AND person_id = $2 AND paid_at <= $3
               AND refunded_fen < paid_fen ORDER BY paid_at DESC LIMIT $4",
            args![scope.tenant(), person, at, COUNTED],
        )
        .await?;
    let clicks: Vec<(i64,)> = tx
        .all(
            "SELECT at FROM attribution_touch WHERE tenant_id = $1 AND person_id = $2 AND at <= $3
             ORDER BY at DESC LIMIT $4",
            args![scope.tenant(), person, at, COUNTED],
        )
        .await?;
    let communities: Vec<(String,)> = tx
        .all(
            "SELECT DISTINCT g.community_id FROM groups_membership m
             JOIN groups_group g ON g.tenant_id = m.tenant_id AND g.id = m.group_id
             WHERE m.tenant_id = $1 AND m.person_id = $2 AND m.left_at IS NULL AND g.community_id IS NOT NULL",
            args![scope.tenant(), person],
        )
        .await?;
    let texts = |rows: Vec<(String,)>| rows.into_iter().map(|(t,)| t).collect::<BTreeSet<_>>();
    let times = |rows: Vec<(i64,)>| rows.into_iter().map(|(t,)| t).collect();
    Ok(Known {
        tags: texts(tags),
        purchases: times(purchases),
        clicks: times(clicks),
        communities: texts(communities),
    })
}

/// A group with its community, whoever asks.
pub async fn place_of(tx: &mut Tx<'_>, scope: &Scope, group: &str) -> AppResult<Place> {
    let found: Option<(Option<String>, Option<String>)> = tx
        .opt(
            "SELECT g.community_id, c.kind FROM groups_group g
             LEFT JOIN communities_community c ON c.tenant_id = g.tenant_id AND c.id = g.community_id
             WHERE g.tenant_id = $1 AND g.id = $2",
            args![scope.tenant(), group],
        )
        .await?;
    let (community, kind) = found.unwrap_or_default();
    Ok(Place { group: group.to_owned(), community, kind })
}

/// What a post is worth to a member, whoever asks.
pub async fn value_of_post(tx: &mut Tx<'_>, scope: &Scope, post: &str) -> AppResult<Option<String>> {
    let found: Option<(String,)> = tx
        .opt("SELECT kind FROM playbooks_post WHERE tenant_id = $1 AND id = $2", args![scope.tenant(), post])
        .await?;
    Ok(found.map(|(kind,)| kind))
}
