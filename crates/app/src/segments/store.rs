//! Every query of segments: the objects here, their people and moves in `members.rs`, frozen lists and the written
//! index in `frozen.rs`, people's facts in `profiles.rs` (with `fields.rs`, `own.rs` and `layers.rs`), the same questions
//! in SQL in `compare.rs`, what a wording names in `names.rs`, what a move was caused by in `subjects.rs`.

pub mod compare;
mod fields;
mod frozen;
pub mod layers;
mod members;
pub mod names;
pub mod own;
pub mod profiles;
pub mod read;
mod sources;
pub mod subjects;

use audience::Expr;
use base::TenantZone;

use super::model::SegmentRefusal;
use super::rows::{SegmentRow, VersionRow};
use crate::args;
use crate::kernel::db::{DbError, DbResult, Tx};
use crate::kernel::http::{AppError, AppResult, Paging, Scope};
use crate::kernel::search;
use read::Calendar;

pub use frozen::{
    Frozen, erased_since, forget_index, freeze, joined_since, listed, read_index, snapshot, snapshot_people,
    snapshots, write_index,
};
#[cfg(test)]
pub(crate) use layers::words as layer_words;
pub use members::{
    Move, Starting, fill, members, moved_on, moves, note_members, note_moves, note_settled, number_of,
    people, people_named, people_of_place, person_of_contact, reach, reported, ways_in,
};

/// A query of segments without their members; the rest says which.
macro_rules! select_segment {
    ($rest:literal) => {
        concat!(
            "SELECT id, name, text, expr, version, status, tell_first, filled_version, settled_at, day, day_came,
                 day_went, created_by, created_at, updated_at
             FROM segments_segment WHERE tenant_id = $1 ",
            $rest
        )
    };
}

/// Where the log and the definitions stand, and how days are counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    pub seq: i64,
    pub revision: i64,
    /// Everything that facts up to this one caused is written.
    pub settled: i64,
    pub calendar: Calendar,
}

pub async fn mark(tx: &mut Tx<'_>, scope: &Scope) -> AppResult<Mark> {
    let row: Option<(String, i64, i64, i64, i64)> = tx
        .opt(
            "SELECT t.zone, t.day_cut_minutes, COALESCE(c.last_seq, 0), COALESCE(r.revision, 0),
                 COALESCE(r.settled_seq, 0)
             FROM tenants_tenant t LEFT JOIN facts_counter c ON c.tenant_id = t.id
             LEFT JOIN segments_revision r ON r.tenant_id = t.id WHERE t.id = $1",
            args![scope.tenant()],
        )
        .await?;
    let (zone, cut_minutes, seq, revision, settled) = row.ok_or_else(AppError::not_found)?;
    let known = TenantZone::named(&zone).unwrap_or_else(TenantZone::shanghai);
    Ok(Mark { seq, revision, settled, calendar: Calendar { name: zone, zone: known, cut_minutes } })
}

/// Whether anybody is kept up to date at all.
pub async fn any_live(tx: &mut Tx<'_>, scope: &Scope) -> DbResult<bool> {
    let row: Option<(i64,)> = tx
        .opt(
            "SELECT version FROM segments_segment WHERE tenant_id = $1 AND status = 'live' LIMIT 1",
            args![scope.tenant()],
        )
        .await?;
    Ok(row.is_some())
}

pub async fn live(tx: &mut Tx<'_>, scope: &Scope) -> DbResult<Vec<SegmentRow>> {
    tx.all(select_segment!("AND status = 'live' ORDER BY id"), args![scope.tenant()]).await
}

pub async fn get(tx: &mut Tx<'_>, scope: &Scope, id: &str) -> AppResult<SegmentRow> {
    tx.opt(select_segment!("AND id = $2"), args![scope.tenant(), id]).await?.ok_or_else(AppError::not_found)
}

/// Segments, newest first.
pub async fn list(
    tx: &mut Tx<'_>,
    scope: &Scope,
    page: &Paging,
    (pattern, status): (&str, &str),
) -> DbResult<Vec<SegmentRow>> {
    tx.all(
        select_segment!(
            "AND status = $2 AND ($3 = '' OR id < $3) AND name_search LIKE $4 ESCAPE '!' ORDER BY id DESC LIMIT $5"
        ),
        args![scope.tenant(), status, &page.after, pattern, page.probe()],
    )
    .await
}

/// What is written of a segment.
#[derive(Clone, Copy, Debug)]
pub struct Writing<'a> {
    pub name: &'a str,
    pub text: &'a str,
    pub expr: &'a Expr,
    pub by: &'a str,
}

pub async fn create(
    tx: &mut Tx<'_>,
    scope: &Scope,
    writing: Writing<'_>,
    tell_first: bool,
) -> AppResult<String> {
    let (id, now) = (tx.new_id("seg"), tx.now());
    tx.exec(
        "INSERT INTO segments_segment (tenant_id, id, name, name_search, text, expr, version, status, tell_first,
             created_by, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, 1, 'live', $7, $8, $9, $9)",
        args![
            scope.tenant(),
            &id,
            writing.name,
            search::key(writing.name),
            writing.text,
            serde_json::to_string(writing.expr)?,
            tell_first,
            writing.by,
            now
        ],
    )
    .await
    .map_err(taken)?;
    note_version(tx, scope, (&id, 1), writing).await?;
    bump(tx, scope).await?;
    Ok(id)
}

async fn note_version(
    tx: &mut Tx<'_>,
    scope: &Scope,
    (id, version): (&str, i64),
    writing: Writing<'_>,
) -> AppResult<()> {
    let now = tx.now();
    tx.exec(
        "INSERT INTO segments_version (tenant_id, segment_id, version, text, expr, made_by, made_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        args![
            scope.tenant(),
            id,
            version,
            writing.text,
            serde_json::to_string(writing.expr)?,
            writing.by,
            now
        ],
    )
    .await?;
    Ok(())
}

/// Living segments have names of their own.
fn taken(e: DbError) -> AppError {
    if e.is_unique() { SegmentRefusal::NameTaken.into() } else { e.into() }
}

/// Tells every node that definitions changed. Whoever changes another one meanwhile waits and then sees this change.
pub async fn bump(tx: &mut Tx<'_>, scope: &Scope) -> DbResult<()> {
    tx.exec(
        "INSERT INTO segments_revision (tenant_id, revision) VALUES ($1, 1)
         ON CONFLICT (tenant_id) DO UPDATE SET revision = segments_revision.revision + 1",
        args![scope.tenant()],
    )
    .await?;
    Ok(())
}

/// Another wording: a version of its own.
pub async fn reword(tx: &mut Tx<'_>, scope: &Scope, row: &SegmentRow, writing: Writing<'_>) -> AppResult<()> {
    let (now, version) = (tx.now(), row.version + 1);
    let changed = tx
        .exec(
            "UPDATE segments_segment SET text = $4, expr = $5, version = version + 1, updated_at = $6
             WHERE tenant_id = $1 AND id = $2 AND version = $3",
            args![
                scope.tenant(),
                &row.id,
                row.version,
                writing.text,
                serde_json::to_string(writing.expr)?,
                now
            ],
        )
        .await?;
    if changed == 0 {
        return Err(SegmentRefusal::Stale { current: version }.into());
    }
    note_version(tx, scope, (&row.id, version), writing).await?;
    Ok(bump(tx, scope).await?)
}

pub async fn rename(tx: &mut Tx<'_>, scope: &Scope, id: &str, name: &str) -> AppResult<()> {
    let now = tx.now();
    tx.exec(
        "UPDATE segments_segment SET name = $3, name_search = $4, updated_at = $5 WHERE tenant_id = $1 AND id = $2",
        args![scope.tenant(), id, name, search::key(name), now],
    )
    .await
    .map_err(taken)?;
    Ok(())
}

/// Puts a segment away, or brings it back. Brought back, it is filled anew without telling anybody.
pub async fn set_status(tx: &mut Tx<'_>, scope: &Scope, id: &str, status: &str) -> AppResult<()> {
    let now = tx.now();
    tx.exec(
        "UPDATE segments_segment SET status = $3, filled_version = 0, tell_first = FALSE, updated_at = $4
         WHERE tenant_id = $1 AND id = $2",
        args![scope.tenant(), id, status, now],
    )
    .await
    .map_err(taken)?;
    Ok(bump(tx, scope).await?)
}

pub async fn versions(tx: &mut Tx<'_>, scope: &Scope, id: &str) -> DbResult<Vec<VersionRow>> {
    tx.all(
        "SELECT version, text, made_by, made_at FROM segments_version
         WHERE tenant_id = $1 AND segment_id = $2 ORDER BY version DESC LIMIT 200",
        args![scope.tenant(), id],
    )
    .await
}
