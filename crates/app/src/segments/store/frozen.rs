//! Frozen lists of people, and the index of people as it is written down for the next start.

use std::collections::HashMap;

use audience::PeopleSet;

use super::members::{number_of, people_named, reach};
use super::read::Calendar;
use crate::args;
use crate::kernel::db::{Composed, DbResult, Tx};
use crate::kernel::http::{AppError, AppResult, Paging, Scope};
use crate::privacy;
use crate::segments::rows::{SegmentPerson, SnapshotRow};

/// A frozen list, to be written.
#[derive(Debug)]
pub struct Frozen<'a> {
    pub row: SnapshotRow,
    pub people: &'a PeopleSet,
}

pub async fn freeze(tx: &mut Tx<'_>, scope: &Scope, frozen: &Frozen<'_>) -> DbResult<()> {
    let row = &frozen.row;
    tx.exec(
        "INSERT INTO segments_snapshot (tenant_id, id, segment_id, segment_name, version, text, purpose, reason,
             members, people, digest, made_by, made_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        args![
            scope.tenant(),
            &row.id,
            &row.segment_id,
            &row.segment_name,
            row.version,
            &row.text,
            &row.purpose,
            &row.reason,
            frozen.people.to_bytes(),
            row.people,
            &row.digest,
            &row.made_by,
            row.made_at
        ],
    )
    .await?;
    Ok(())
}

macro_rules! select_snapshot {
    ($rest:literal) => {
        concat!(
            "SELECT id, segment_id, segment_name, version, text, purpose, reason, people, digest, made_by, made_at
             FROM segments_snapshot WHERE tenant_id = $1 ",
            $rest
        )
    };
}

/// Frozen lists, newest first; an empty segment means all.
pub async fn snapshots(
    tx: &mut Tx<'_>,
    scope: &Scope,
    segment: &str,
    page: &Paging,
) -> DbResult<Vec<SnapshotRow>> {
    tx.all(
        select_snapshot!(
            "AND ($2 = '' OR segment_id = $2) AND ($3 = '' OR id < $3) ORDER BY id DESC LIMIT $4"
        ),
        args![scope.tenant(), segment, &page.after, page.probe()],
    )
    .await
}

pub async fn snapshot(tx: &mut Tx<'_>, scope: &Scope, id: &str) -> AppResult<SnapshotRow> {
    tx.opt(select_snapshot!("AND id = $2"), args![scope.tenant(), id]).await?.ok_or_else(AppError::not_found)
}

pub async fn snapshot_people(tx: &mut Tx<'_>, scope: &Scope, id: &str) -> AppResult<PeopleSet> {
    let row: Option<(Vec<u8>,)> = tx
        .opt(
            "SELECT members FROM segments_snapshot WHERE tenant_id = $1 AND id = $2",
            args![scope.tenant(), id],
        )
        .await?;
    let (bytes,) = row.ok_or_else(AppError::not_found)?;
    PeopleSet::from_bytes(&bytes).map_err(AppError::fault)
}

/// Of these numbers of a list, those whose person was joined with another since: the number of who stayed, or none when
/// she is on the list herself or by an earlier number. Everybody stands on a list once.
pub async fn joined_since(
    tx: &mut Tx<'_>,
    scope: &Scope,
    list: &PeopleSet,
    numbers: &[u32],
) -> AppResult<HashMap<u32, Option<u32>>> {
    let mut joined = HashMap::new();
    for portion in numbers.chunks(500) {
        let mut sql = Composed::default();
        sql.push("SELECT person_no, id FROM people_person WHERE tenant_id = ");
        sql.bind(scope.tenant());
        sql.push(" AND kind = 'merged' AND person_no IN (");
        sql.bind_all(portion.iter().copied());
        sql.push(")");
        for (number, id) in tx.all_composed::<(i64, String)>(sql).await? {
            let Ok(number) = u32::try_from(number) else { continue };
            joined.insert(number, stands_for(tx, scope, list, (number, &id)).await?);
        }
    }
    Ok(joined)
}

async fn stands_for(
    tx: &mut Tx<'_>,
    scope: &Scope,
    list: &PeopleSet,
    (number, id): (u32, &str),
) -> AppResult<Option<u32>> {
    let stayed = privacy::survivor_of(tx, scope, id).await?;
    let shown = number_of(tx, scope, &stayed).await?.filter(|no| !list.contains(*no));
    let mut open = vec![stayed];
    while let Some(id) = open.pop() {
        let others: Vec<(i64, String)> = tx
            .all(
                "SELECT person_no, id FROM people_person
                 WHERE tenant_id = $1 AND merged_into = $2 AND merged_into <> ''",
                args![scope.tenant(), &id],
            )
            .await?;
        for (other, id) in others {
            if u32::try_from(other).is_ok_and(|other| other < number && list.contains(other)) {
                return Ok(None);
            }
            open.push(id);
        }
    }
    Ok(shown)
}

/// Numbers of a list looked at for one page of a search.
const MOST_SEARCHED: usize = 20_000;

/// A page of a frozen list after a number of it: who its people are now, within the caller's reach, of those whose name
/// fits a LIKE pattern. And after which number to go on, when there are more.
pub async fn listed(
    tx: &mut Tx<'_>,
    scope: &Scope,
    list: &PeopleSet,
    (after, limit, pattern): (u32, usize, &str),
) -> AppResult<(Vec<SegmentPerson>, Option<u32>)> {
    let reach = reach(tx, scope).await?;
    let mut open: Vec<u32> = list.iter().filter(|no| *no > after).take(MOST_SEARCHED + 1).collect();
    let more = open.len() > MOST_SEARCHED;
    open.truncate(MOST_SEARCHED);
    let portion = if pattern == "%" { limit + 1 } else { 500 };
    let (mut rows, mut last) = (Vec::new(), after);
    for numbers in open.chunks(portion) {
        let joined = joined_since(tx, scope, list, numbers).await?;
        let now = |no: u32| joined.get(&no).copied().unwrap_or(Some(no));
        let seen = |no: &u32| reach.as_ref().is_none_or(|reach| reach.contains(*no));
        let shown: Vec<u32> = numbers.iter().filter_map(|no| now(*no).filter(seen)).collect();
        let (found, _) = people_named(tx, scope, &shown, (pattern, usize::MAX)).await?;
        let mut found: HashMap<i64, SegmentPerson> = found.into_iter().map(|p| (p.person_no, p)).collect();
        for no in numbers {
            if rows.len() == limit {
                return Ok((rows, Some(last)));
            }
            rows.extend(now(*no).and_then(|now| found.remove(&i64::from(now))));
            last = *no;
        }
    }
    Ok((rows, more.then_some(last)))
}

/// Bytes per row of a written index.
const PART: usize = 1 << 20;

/// Deletes the written index.
pub async fn forget_index(tx: &mut Tx<'_>, scope: &Scope) -> DbResult<()> {
    tx.exec("DELETE FROM segments_index WHERE tenant_id = $1", args![scope.tenant()]).await?;
    Ok(())
}

/// Whether somebody was erased after a place in the log of facts. Whoever erases waits from here to the commit.
pub async fn erased_since(tx: &mut Tx<'_>, scope: &Scope, seq: i64) -> DbResult<bool> {
    tx.exec("UPDATE facts_counter SET last_seq = last_seq WHERE tenant_id = $1", args![scope.tenant()])
        .await?;
    let row: Option<(i64,)> = tx
        .opt(
            "SELECT seq FROM facts WHERE tenant_id = $1 AND seq > $2 AND kind = 'person_erased' LIMIT 1",
            args![scope.tenant(), seq],
        )
        .await?;
    Ok(row.is_some())
}

/// What a part is sealed with, so that it opens as no other.
fn about_part(scope: &Scope, part: usize) -> String {
    format!("people index {} part {part}", scope.tenant())
}

/// Writes the index down, in place of an earlier one. Sealed, because it holds sensitive values of own fields.
pub async fn write_index(
    tx: &mut Tx<'_>,
    scope: &Scope,
    (seq, calendar): (i64, &Calendar),
    bytes: &[u8],
) -> DbResult<()> {
    forget_index(tx, scope).await?;
    let (sealer, ids) = (tx.sealer(), tx.ids());
    for (part, chunk) in bytes.chunks(PART).enumerate() {
        let sealed = sealer.seal_bytes(&ids, &about_part(scope, part), chunk);
        tx.exec(
            "INSERT INTO segments_index (tenant_id, part, seq, calendar, bytes) VALUES ($1, $2, $3, $4, $5)",
            args![scope.tenant(), part, seq, calendar.key(), sealed],
        )
        .await?;
    }
    Ok(())
}

/// The written index; empty if there is none whose days are counted so, or it doesn't open.
pub async fn read_index(tx: &mut Tx<'_>, scope: &Scope, calendar: &Calendar) -> DbResult<Vec<u8>> {
    let mut bytes = Vec::new();
    let sealer = tx.sealer();
    for part in 0.. {
        let row: Option<(Vec<u8>,)> = tx
            .opt(
                "SELECT bytes FROM segments_index WHERE tenant_id = $1 AND part = $2 AND calendar = $3",
                args![scope.tenant(), part, calendar.key()],
            )
            .await?;
        let Some((sealed,)) = row else { break };
        let Some(chunk) = sealer.open_bytes(&about_part(scope, part), &sealed) else {
            tracing::warn!("the written index of people doesn't open and is thrown away");
            return Ok(Vec::new());
        };
        bytes.extend(chunk);
    }
    Ok(bytes)
}
