//! Settling: who entered and who left becomes rows and facts, each move once. And the written index.

use std::sync::Arc;

use audience::Index;
use serde::{Deserialize, Serialize};

use super::desk::{Due, Room, What};
use super::model::Because;
use super::store::{self, Move, Starting};
use crate::ctx::JobCtx;
use crate::kernel::db::Tx;
use crate::kernel::http::{AppError, AppResult, Scope};
use crate::kernel::jobs::{Job, JobError, JobResult, Policy};
use crate::reactions::{self, Fact};

/// Writes down who entered and left the living segments.
///
/// What is written is the truth about who was in: each batch changes it together with its facts, and only if it still
/// is what the batch was reckoned from. A process that dies in between has written neither, and the next one reckons
/// the same moves again; two nodes that settle at once can't both write.
#[derive(Debug, Serialize, Deserialize)]
pub struct Settle {}

impl Job for Settle {
    const KIND: &'static str = "segments.settle";
    const POLICY: Policy = Policy::NORMAL;
    fn dedupe(&self) -> Option<String> {
        Some(String::new())
    }
    async fn run(&self, ctx: &mut JobCtx) -> JobResult {
        let scope = ctx.scope().clone();
        loop {
            let room = ctx.people_index().await?;
            let due = room.due();
            if due.is_empty() {
                if let Some(seq) = room.settled() {
                    let mut tx = ctx.begin().await?;
                    store::note_settled(&mut tx, &scope, seq).await?;
                    tx.commit().await?;
                }
                return Ok(());
            }
            for due in due {
                let mut tx = ctx.begin().await?;
                if write(&mut tx, &scope, &room, &due).await? {
                    tx.commit().await?;
                    room.wrote(&due);
                } else {
                    drop(tx);
                    let mut tx = ctx.read().await?;
                    room.reread(&mut tx, &scope, &due.segment).await?;
                }
            }
        }
    }
}

/// False when somebody was faster; the transaction must be dropped then.
pub(super) async fn write(tx: &mut Tx<'_>, scope: &Scope, room: &Room, due: &Due) -> AppResult<bool> {
    let from = Starting { segment: &due.segment, version: due.version, moves: due.moves };
    let moved = match &due.what {
        What::Fill => return Ok(store::fill(tx, scope, from, &due.people).await?),
        What::Moves(moved) => moved,
    };
    let mut numbers: Vec<u32> = moved.iter().map(|(person, _)| *person).collect();
    numbers.sort_unstable();
    let people = store::people(tx, scope, &numbers).await?;
    let ids: Vec<&str> = people.iter().map(|person| person.id.as_str()).collect();
    let causes = room.why(due, &ids);
    let moves: Vec<Move<'_>> = moved
        .iter()
        .map(|(person, entered)| {
            let found = people.binary_search_by_key(&i64::from(*person), |p| p.person_no).ok();
            let because = found.and_then(|n| causes.get(n)).map(Arc::as_ref);
            Move { person: *person, id: found.map(|n| ids[n]), entered: *entered, because }
        })
        .collect();
    let at = tx.now();
    let today = room.read(|held| held.mark.calendar.day(at.0)).map_or(0, |day| i64::from(day.0));
    if !store::note_moves(tx, scope, from, &moves, (due.people.count(), today)).await? {
        return Ok(false);
    }
    let fact = |moved: &Move<'_>| {
        let (segment, person) = (due.segment.clone(), moved.id?.to_owned());
        let cause = moved.because.map(|Because { cause, .. }| cause.word().to_owned());
        Some(match moved.entered {
            true => Fact::SegmentEntered { segment, person, cause, at },
            false => Fact::SegmentLeft { segment, person, cause, at },
        })
    };
    let facts: Vec<Fact> = moves.iter().filter_map(fact).collect();
    reactions::on_moves(tx, scope, &facts).await?;
    if due.checkpoint {
        let moves = due.moves + i64::try_from(moved.len()).unwrap_or(i64::MAX);
        store::note_members(tx, scope, (&due.segment, moves), &due.people).await?;
    }
    metrics::counter!("segments_moves_total").increment(facts.len() as u64);
    Ok(true)
}

/// Reads everything anew, puts right what no fact told of, and writes the index down for the next start.
#[derive(Debug, Serialize, Deserialize)]
pub struct WriteIndex {}

impl Job for WriteIndex {
    const KIND: &'static str = "segments.write_index";
    const POLICY: Policy = Policy::BULK;
    fn dedupe(&self) -> Option<String> {
        Some(String::new())
    }
    async fn run(&self, ctx: &mut JobCtx) -> JobResult {
        let scope = ctx.scope().clone();
        let mut tx = ctx.read().await?;
        let mark = store::mark(&mut tx, &scope).await?;
        let mut index: Index = super::desk::read_all(&mut tx, &scope, &mark).await?;
        drop(tx);
        index.forget_segments();
        let mut bytes = Vec::new();
        let seq = u64::try_from(mark.seq).unwrap_or_default();
        index.write_snapshot(seq, &mut bytes).map_err(AppError::fault)?;
        drop(index);
        let mut tx = ctx.begin().await?;
        // Whoever was erased while everybody was read must not be written down again.
        if store::erased_since(&mut tx, &scope, mark.seq).await? {
            return Err(JobError::Retry("somebody was erased meanwhile".to_owned()));
        }
        store::write_index(&mut tx, &scope, (mark.seq, &mark.calendar), &bytes).await?;
        super::stir(&mut tx, &scope).await?;
        tx.commit().await?;
        // From here on everybody in this process asks what was just read.
        ctx.forget_people_index();
        Ok(())
    }
}
