//! Runs a bulk job, forwards or back, in portions: what was changed of a portion's people, their facts and the count
//! are one transaction, so that it may be killed at any point.

use base::time::SECOND;
use serde::{Deserialize, Serialize};

use super::super::model::{Cause, Outcome, State, Taken};
use super::super::rows::{BulkItem, BulkRow, Carried};
use super::super::{apply_by, remove_by, store, tell};
use crate::ctx::JobCtx;
use crate::kernel::db::Tx;
use crate::kernel::http::{AppResult, Scope};
use crate::kernel::jobs::{Job, JobError, JobResult, Policy};
use crate::reactions::Fact;

/// People in one transaction.
const PORTION: i64 = 100;
/// Transactions in one run.
const PORTIONS: usize = 20;
/// Marks waiting for the platform above which a bulk job waits.
const BREATH: i64 = 500;

/// Works on a bulk job until it is finished, paused or cancelled.
#[derive(Debug, Serialize, Deserialize)]
pub struct RunBulk {
    pub bulk: String,
}

impl Job for RunBulk {
    const KIND: &'static str = "tags.bulk";
    const POLICY: Policy = Policy::BULK;

    fn dedupe(&self) -> Option<String> {
        Some(self.bulk.clone())
    }

    async fn run(&self, ctx: &mut JobCtx) -> JobResult {
        let scope = ctx.scope().clone();
        for _ in 0..PORTIONS {
            let mut tx = ctx.begin().await?;
            if store::bulk::waiting_pushes(&mut tx, &scope).await? > BREATH {
                drop(tx);
                let why = "marks wait for the platform".to_owned();
                return Err(JobError::RetryAt(ctx.now().plus(10 * SECOND), why));
            }
            let bulk = store::bulk::get(&mut tx, &scope, &self.bulk).await?;
            let more = match bulk.state {
                State::Running => forwards(&mut tx, &scope, &bulk).await?,
                State::Undoing => back(&mut tx, &scope, &bulk).await?,
                _ => return Ok(()),
            };
            tx.commit().await?;
            if !more {
                return Ok(());
            }
        }
        let mut tx = ctx.begin().await?;
        tx.enqueue(scope.tenant(), &Self { bulk: self.bulk.clone() }).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// Tags one portion; false when there is nothing more to do.
async fn forwards(tx: &mut Tx<'_>, scope: &Scope, bulk: &BulkRow) -> AppResult<bool> {
    if !store::bulk::turn(tx, scope, &bulk.id, (State::Running, State::Running)).await? {
        return Ok(false);
    }
    let portion = store::bulk::items(tx, scope, (&bulk.id, "waiting"), PORTION).await?;
    if portion.is_empty() {
        store::bulk::turn(tx, scope, &bulk.id, (State::Running, State::Done)).await?;
        return Ok(false);
    }
    let add: Vec<String> = serde_json::from_str(&bulk.add_tags)?;
    let remove: Vec<String> = serde_json::from_str(&bulk.remove_tags)?;
    let mut changed = 0;
    for mut item in portion.iter().cloned() {
        let outcome = tag_one(tx, scope, &bulk.id, &mut item, (&add, &remove)).await?;
        changed += usize::from(outcome == Outcome::Changed);
        store::bulk::settle(tx, scope, &bulk.id, (&item, outcome)).await?;
    }
    store::bulk::count(tx, scope, &bulk.id, (portion.len(), changed, 0)).await?;
    Ok(true)
}

async fn tag_one(
    tx: &mut Tx<'_>,
    scope: &Scope,
    bulk: &str,
    item: &mut BulkItem,
    (add, remove): (&[String], &[String]),
) -> AppResult<Outcome> {
    match store::bulk::kind_of(tx, scope, &item.person_id).await?.as_deref() {
        Some("customer") => {}
        Some(_) => return Ok(Outcome::NotCustomer),
        None => return Ok(Outcome::Gone),
    }
    let mut taken = Vec::new();
    for tag in remove {
        if let Some(was) = store::bulk::carried(tx, scope, (&item.person_id, tag)).await? {
            let Carried { source, cause, applied_at, .. } = was;
            taken.push(Taken { tag: tag.clone(), source, cause, applied_at });
        }
    }
    let cause = Cause { id: bulk, ..Cause::of("bulk") };
    let added = apply_by(tx, scope, &item.person_id, add, cause).await?;
    let gone = remove_by(tx, scope, &item.person_id, remove, cause).await?;
    taken.retain(|t| gone.contains(&t.tag));
    item.added = serde_json::to_string(&added)?;
    item.removed = serde_json::to_string(&taken)?;
    Ok(if added.is_empty() && taken.is_empty() { Outcome::Same } else { Outcome::Changed })
}

/// Undoes one portion; false when there is nothing more to undo.
async fn back(tx: &mut Tx<'_>, scope: &Scope, bulk: &BulkRow) -> AppResult<bool> {
    if !store::bulk::turn(tx, scope, &bulk.id, (State::Undoing, State::Undoing)).await? {
        return Ok(false);
    }
    let portion = store::bulk::items(tx, scope, (&bulk.id, Outcome::Changed.word()), PORTION).await?;
    if portion.is_empty() {
        store::bulk::turn(tx, scope, &bulk.id, (State::Undoing, State::Undone)).await?;
        return Ok(false);
    }
    let mut undone = 0;
    for item in &portion {
        let outcome = undo_one(tx, scope, &bulk.id, item).await?;
        undone += usize::from(outcome == Outcome::Undone);
        store::bulk::settle(tx, scope, &bulk.id, (item, outcome)).await?;
    }
    store::bulk::count(tx, scope, &bulk.id, (0, 0, undone)).await?;
    Ok(true)
}

/// Puts back what the job changed of one person, as far as nobody changed it since.
async fn undo_one(tx: &mut Tx<'_>, scope: &Scope, bulk: &str, item: &BulkItem) -> AppResult<Outcome> {
    let person = item.person_id.as_str();
    let added: Vec<String> = serde_json::from_str(&item.added)?;
    let taken: Vec<Taken> = serde_json::from_str(&item.removed)?;
    let mut put_back = 0;
    for tag in &added {
        let (carried, _) = store::bulk::cause_of(tx, scope, (person, tag)).await?;
        if carried.as_deref() == Some(bulk) {
            let cause = Cause { id: bulk, ..Cause::of("bulk") };
            put_back += remove_by(tx, scope, person, std::slice::from_ref(tag), cause).await?.len();
        }
    }
    for was in taken {
        let (carried, removed) = store::bulk::cause_of(tx, scope, (person, &was.tag)).await?;
        if carried.is_some() || removed.as_deref() != Some(bulk) {
            continue;
        }
        let row = Carried {
            person_id: person.to_owned(),
            source: was.source,
            cause: was.cause,
            applied_at: was.applied_at,
        };
        if store::manage::put_back(tx, scope, &was.tag, &row).await? {
            put_back += 1;
            tx.enqueue(scope.tenant(), &super::Push { person: person.to_owned() }).await?;
            let (person, source) = (person.to_owned(), "bulk".to_owned());
            let fact = Fact::TagApplied { person, tag: was.tag, source, at: tx.now() };
            tell(tx, scope, fact, 0).await?;
        }
    }
    Ok(if put_back > 0 { Outcome::Undone } else { Outcome::Kept })
}
