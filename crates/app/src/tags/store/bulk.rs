//! Queries of bulk jobs.

use super::super::model::{Outcome, State};
use super::super::rows::{BulkItem, BulkRow};
use crate::args;
use crate::kernel::db::{DbResult, Tx};
use crate::kernel::http::{AppError, AppResult, Paging, Scope};

/// A bulk job to be made; the lists are JSON.
#[derive(Clone, Copy, Debug)]
pub struct NewBulk<'a> {
    pub name: &'a str,
    pub source: &'a str,
    pub add: &'a str,
    pub remove: &'a str,
    pub operator: &'a str,
}

/// Makes a job over exactly these people.
pub async fn insert(
    tx: &mut Tx<'_>,
    scope: &Scope,
    new: &NewBulk<'_>,
    people: &[String],
) -> DbResult<String> {
    let (id, now) = (tx.new_id("tbk"), tx.now());
    tx.exec(
        "INSERT INTO tags_bulk (tenant_id, id, name, source, add_tags, remove_tags, state, total, operator_name,
             created_at)
         VALUES ($1, $2, $3, $4, $5, $6, 'running', $7, $8, $9)",
        args![
            scope.tenant(),
            &id,
            new.name,
            new.source,
            new.add,
            new.remove,
            people.len(),
            new.operator,
            now
        ],
    )
    .await?;
    let rows = people.iter().map(|person| args![scope.tenant(), &id, person, "waiting"]).collect();
    tx.insert_many("INSERT INTO tags_bulk_item (tenant_id, bulk_id, person_id, outcome)", rows, "").await?;
    Ok(id)
}

/// Jobs, newest first.
pub async fn list(tx: &mut Tx<'_>, scope: &Scope, page: &Paging) -> DbResult<Vec<BulkRow>> {
    tx.all(
        "SELECT id, name, source, add_tags, remove_tags, state, total, done, changed, undone, operator_name,
                created_at, finished_at
         FROM tags_bulk WHERE tenant_id = $1 AND ($2 = '' OR id < $2) ORDER BY id DESC LIMIT $3",
        args![scope.tenant(), &page.after, page.probe()],
    )
    .await
}

pub async fn get(tx: &mut Tx<'_>, scope: &Scope, id: &str) -> AppResult<BulkRow> {
    tx.opt(
        "SELECT id, name, source, add_tags, remove_tags, state, total, done, changed, undone, operator_name,
                created_at, finished_at
         FROM tags_bulk WHERE tenant_id = $1 AND id = $2",
        args![scope.tenant(), id],
    )
    .await?
    .ok_or_else(AppError::not_found)
}

/// How many people came out how.
pub async fn outcomes(tx: &mut Tx<'_>, scope: &Scope, id: &str) -> DbResult<Vec<(String, i64)>> {
    tx.all(
        "SELECT outcome, CAST(COUNT(*) AS BIGINT) FROM tags_bulk_item WHERE tenant_id = $1 AND bulk_id = $2
         GROUP BY outcome ORDER BY outcome",
        args![scope.tenant(), id],
    )
    .await
}

/// Brings a job from one state to another; false when it stands elsewhere. The row stays locked until the commit, so
/// that no second runner works on the same portion.
pub async fn turn(tx: &mut Tx<'_>, scope: &Scope, id: &str, (from, to): (State, State)) -> DbResult<bool> {
    let over = matches!(to, State::Done | State::Cancelled | State::Undone);
    let finished = over.then_some(tx.now());
    let touched = tx
        .exec(
            "UPDATE tags_bulk SET state = $4, finished_at = $5 WHERE tenant_id = $1 AND id = $2 AND state = $3",
            args![scope.tenant(), id, from.word(), to.word(), finished],
        )
        .await?;
    Ok(touched == 1)
}

/// Some people of a job who came out so.
pub async fn items(
    tx: &mut Tx<'_>,
    scope: &Scope,
    (id, outcome): (&str, &str),
    limit: i64,
) -> DbResult<Vec<BulkItem>> {
    tx.all(
        "SELECT person_id, added, removed FROM tags_bulk_item
         WHERE tenant_id = $1 AND bulk_id = $2 AND outcome = $3 ORDER BY person_id LIMIT $4",
        args![scope.tenant(), id, outcome, limit],
    )
    .await
}

/// Notes how one person came out and what was changed of her.
pub async fn settle(
    tx: &mut Tx<'_>,
    scope: &Scope,
    id: &str,
    (item, outcome): (&BulkItem, Outcome),
) -> DbResult<()> {
    tx.exec(
        "UPDATE tags_bulk_item SET outcome = $4, added = $5, removed = $6
         WHERE tenant_id = $1 AND bulk_id = $2 AND person_id = $3",
        args![scope.tenant(), id, &item.person_id, outcome.word(), &item.added, &item.removed],
    )
    .await?;
    Ok(())
}

/// Counts a portion: people done, of whom changed, people undone.
pub async fn count(
    tx: &mut Tx<'_>,
    scope: &Scope,
    id: &str,
    (done, changed, undone): (usize, usize, usize),
) -> DbResult<()> {
    tx.exec(
        "UPDATE tags_bulk SET done = done + $3, changed = changed + $4, undone = undone + $5
         WHERE tenant_id = $1 AND id = $2",
        args![scope.tenant(), id, done, changed, undone],
    )
    .await?;
    Ok(())
}

/// A person's kind; none when she is gone.
pub async fn kind_of(tx: &mut Tx<'_>, scope: &Scope, person: &str) -> DbResult<Option<String>> {
    let found: Option<(String,)> = tx
        .opt("SELECT kind FROM people_person WHERE tenant_id = $1 AND id = $2", args![scope.tenant(), person])
        .await?;
    Ok(found.map(|(kind,)| kind))
}

/// What caused the tag that a person carries, or its last removal; none when there is no such row.
pub async fn cause_of(
    tx: &mut Tx<'_>,
    scope: &Scope,
    (person, tag): (&str, &str),
) -> DbResult<(Option<String>, Option<String>)> {
    let carried: Option<(String,)> = tx
        .opt(
            "SELECT cause FROM tags_person_tag WHERE tenant_id = $1 AND person_id = $2 AND tag_id = $3",
            args![scope.tenant(), person, tag],
        )
        .await?;
    let removed: Option<(String,)> = tx
        .opt(
            "SELECT cause FROM tags_removal WHERE tenant_id = $1 AND person_id = $2 AND tag_id = $3",
            args![scope.tenant(), person, tag],
        )
        .await?;
    Ok((carried.map(|(c,)| c), removed.map(|(c,)| c)))
}

/// How a person carries a tag.
pub async fn carried(
    tx: &mut Tx<'_>,
    scope: &Scope,
    (person, tag): (&str, &str),
) -> DbResult<Option<super::super::rows::Carried>> {
    tx.opt(
        "SELECT person_id, source, cause, applied_at FROM tags_person_tag
         WHERE tenant_id = $1 AND person_id = $2 AND tag_id = $3",
        args![scope.tenant(), person, tag],
    )
    .await
}

/// Pushes to the platform that wait, so that a long job leaves room for others.
pub async fn waiting_pushes(tx: &mut Tx<'_>, scope: &Scope) -> DbResult<i64> {
    tx.number(
        "SELECT CAST(COUNT(*) AS BIGINT) FROM job
         WHERE tenant_id = $1 AND kind IN ('tags.push', 'tags.unmark') AND status = 'queued'",
        args![scope.tenant()],
    )
    .await
}
