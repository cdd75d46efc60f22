//! Finding out: what became of an unknown shard, and whether a second task exists for one that was unknown.

use std::collections::HashSet;

use base::Timestamp;
use base::time::{DAY, MINUTE};
use messenger::broadcasts::{Broadcasts, ListedBroadcast};
use messenger::{Error, Lane, Refusal};
use serde::{Deserialize, Serialize};

use super::super::model::{
    Event, Fit, LIST_SLACK, SWEEP_EVERY, SWEEP_FOR, ShardState, Verdict, fit, is_candidate,
};
use super::super::rows::{ShardRow, TargetRow};
use super::super::store;
use super::{Submit, bind};
use crate::budgets;
use crate::ctx::JobCtx;
use crate::kernel::audit;
use crate::kernel::jobs::{Job, JobError, JobResult, Policy};

/// Pause before another try when the platform can't be asked.
const ASK_AGAIN: i64 = 2 * MINUTE;
/// Shards older than this can't be bound to anything in a window that the sweep reads.
const TAKEN_FOR: i64 = 35 * DAY;

/// Asks the platform whether an unknown shard's task exists.
#[derive(Serialize, Deserialize)]
pub struct Reconcile {
    pub shard: String,
}

/// One shard with what is needed to recognise its task.
struct Suspect {
    shard: ShardRow,
    targets: Vec<TargetRow>,
}

/// What a look at the platform brought about one shard.
enum Looked {
    Found(String),
    Absent,
    /// A task that may be it can't be read yet.
    NotYet,
    /// Tasks that could be this shard's or another's.
    Ambiguous,
}

impl Job for Reconcile {
    const KIND: &'static str = "broadcasts.reconcile";
    fn dedupe(&self) -> Option<String> {
        Some(self.shard.clone())
    }
    async fn run(&self, ctx: &mut JobCtx) -> JobResult {
        let scope = ctx.scope().clone();
        let now = ctx.now();
        let mut tx = ctx.read().await?;
        let Some(shard) = store::shard(&mut tx, &scope, &self.shard).await? else { return Ok(()) };
        if shard.life().state != ShardState::Unknown {
            return Ok(());
        }
        let ask_at = shard.life().ask_at();
        if now < ask_at {
            return Err(JobError::RetryAt(ask_at, String::new()));
        }
        let targets = store::targets(&mut tx, &scope, &shard.id).await?;
        let taken = taken(store::taken_ids(&mut tx, &scope, &shard.account_id, now.minus(TAKEN_FOR)).await?);
        let rivals = store::rivals(&mut tx, &scope, &shard).await?;
        drop(tx);
        let suspect = Suspect { shard, targets };
        match look(ctx, &suspect, &taken, rivals > 0).await {
            Ok(looked) => conclude(ctx, &suspect.shard, looked).await,
            Err(e) => stay(ctx, &suspect.shard, &e.to_string()).await,
        }
    }
}

fn taken(ids: Vec<String>) -> HashSet<String> {
    ids.into_iter().collect()
}

async fn look(
    ctx: &JobCtx,
    suspect: &Suspect,
    taken: &HashSet<String>,
    rivals: bool,
) -> Result<Looked, messenger::Error> {
    let shard = &suspect.shard;
    let messenger = ctx.messenger(&shard.account_id).await.map_err(|e| Error::Unavailable(e.to_string()))?;
    let Some(broadcasts) = messenger.broadcasts() else { return Ok(Looked::Absent) };
    let from = Timestamp(shard.first_intent_at).minus(LIST_SLACK);
    let listed = list(broadcasts, from, ctx.now()).await?;
    let mut open = Vec::new();
    for task in listed.iter().filter(|t| !taken.contains(&t.id) && could_be(t, shard)) {
        match fits(broadcasts, task, suspect).await {
            Ok(Fit::Exact) => return Ok(Looked::Found(task.id.clone())),
            Ok(Fit::Open) => open.push(task),
            Ok(Fit::Other) => {}
            Err(Error::Refused { reason: Refusal::NotReady, .. }) => return Ok(Looked::NotYet),
            // Somebody stopped it: it is no live task of ours.
            Err(Error::Refused { reason: Refusal::Cancelled | Refusal::NotFound, .. }) => {}
            Err(e) => return Err(e),
        }
    }
    // The oldest of several is bound; the sweep cancels the others.
    match open.iter().min_by_key(|t| (t.created_at, &t.id)) {
        Some(_) if rivals => Ok(Looked::Ambiguous),
        Some(task) => Ok(Looked::Found(task.id.clone())),
        None => Ok(Looked::Absent),
    }
}

async fn list(
    broadcasts: &dyn Broadcasts,
    from: Timestamp,
    now: Timestamp,
) -> Result<Vec<ListedBroadcast>, messenger::Error> {
    broadcasts.list(true, from.max(now.minus(30 * DAY)), now.plus(LIST_SLACK), Lane::Normal).await
}

fn could_be(task: &ListedBroadcast, shard: &ShardRow) -> bool {
    is_candidate(task, &shard.text_digest, Timestamp(shard.first_intent_at))
}

async fn fits(
    broadcasts: &dyn Broadcasts,
    task: &ListedBroadcast,
    suspect: &Suspect,
) -> Result<Fit, messenger::Error> {
    let staff = &suspect.shard.staff_platform_id;
    let senders = broadcasts.senders(&task.id, Lane::Normal).await?;
    if !senders.iter().any(|s| s.staff == *staff) {
        return Ok(Fit::Other);
    }
    let reports = broadcasts.results(&task.id, staff, Lane::Normal).await?;
    let ours: Vec<&str> = suspect
        .targets
        .iter()
        .filter(|t| t.reason != "broadcasts.over_quota" || t.state == "waiting")
        .map(|t| t.platform_id.as_str())
        .collect();
    Ok(fit(staff, &ours, &senders, &reports))
}

/// The shard stays unknown, the reason is shown, and the platform is asked again soon. It is never sent again blindly.
async fn stay(ctx: &mut JobCtx, shard: &ShardRow, words: &str) -> JobResult {
    let scope = ctx.scope().clone();
    let again = ctx.now().plus(ASK_AGAIN);
    let mut tx = ctx.begin().await?;
    store::note_trouble(&mut tx, &scope, &shard.id, "broadcasts.cannot_ask", words).await?;
    tx.commit().await?;
    Err(JobError::RetryAt(again, words.to_owned()))
}

async fn conclude(ctx: &mut JobCtx, shard: &ShardRow, looked: Looked) -> JobResult {
    let scope = ctx.scope().clone();
    let now = ctx.now();
    let mut tx = ctx.begin().await?;
    let Some(shard) = store::shard(&mut tx, &scope, &shard.id).await? else { return Ok(()) };
    let event = match looked {
        Looked::NotYet => return Err(JobError::RetryAt(now.plus(MINUTE), "not ready".to_owned())),
        Looked::Ambiguous => {
            store::note_trouble(&mut tx, &scope, &shard.id, "broadcasts.ambiguous", "").await?;
            tx.commit().await?;
            return Err(JobError::RetryAt(now.plus(ASK_AGAIN), "ambiguous".to_owned()));
        }
        Looked::Found(platform_id) => {
            bind(&mut tx, &scope, &shard, &Event::Found { platform_id }, now).await?;
            tx.commit().await?;
            return Ok(());
        }
        Looked::Absent => Event::Absent,
    };
    let Ok(next) = shard.life().step(&event, now) else {
        return Err(JobError::RetryAt(shard.life().ask_at().max(now.plus(MINUTE)), String::new()));
    };
    store::advance(&mut tx, &scope, &shard, &next).await?;
    if next.state == ShardState::Planned {
        budgets::release(&mut tx, &scope, &shard.id).await?;
        tx.enqueue(scope.tenant(), &Submit { shard: shard.id.clone() }).await?;
        tx.commit().await?;
        return Ok(());
    }
    store::note_trouble(&mut tx, &scope, &shard.id, "broadcasts.unknown", "").await?;
    tx.commit().await?;
    Err(JobError::RetryAt(next.ask_at(), String::new()))
}

/// Looks every minute, for two days after a doubt, whether a second task showed up, and stops it. This, not the
/// waiting, is what keeps a member from seeing a message twice.
#[derive(Serialize, Deserialize)]
pub struct Sweep {
    pub account: String,
}

impl Job for Sweep {
    const KIND: &'static str = "broadcasts.sweep";
    const POLICY: Policy = Policy::NORMAL;
    fn dedupe(&self) -> Option<String> {
        Some(self.account.clone())
    }
    async fn run(&self, ctx: &mut JobCtx) -> JobResult {
        let scope = ctx.scope().clone();
        let now = ctx.now();
        let again = JobError::RetryAt(now.plus(SWEEP_EVERY), String::new());
        let mut tx = ctx.read().await?;
        let watched = store::watched(&mut tx, &scope, &self.account, now.minus(SWEEP_FOR)).await?;
        if watched.is_empty() {
            return Ok(());
        }
        let taken = taken(store::taken_ids(&mut tx, &scope, &self.account, now.minus(TAKEN_FOR)).await?);
        let mut suspects = Vec::with_capacity(watched.len());
        for shard in watched {
            let targets = store::targets(&mut tx, &scope, &shard.id).await?;
            suspects.push(Suspect { shard, targets });
        }
        drop(tx);
        let Ok(strays) = strays(ctx, &self.account, &suspects, &taken).await else { return Err(again) };
        for (at, task) in strays {
            deal_with(ctx, &suspects[at].shard, &task).await?;
        }
        Err(again)
    }
}

/// Tasks on the platform that fit a watched shard and are not spoken for.
async fn strays(
    ctx: &JobCtx,
    account: &str,
    suspects: &[Suspect],
    taken: &HashSet<String>,
) -> Result<Vec<(usize, String)>, messenger::Error> {
    let messenger = ctx.messenger(account).await.map_err(|e| Error::Unavailable(e.to_string()))?;
    let Some(broadcasts) = messenger.broadcasts() else { return Ok(Vec::new()) };
    let first = suspects.iter().map(|s| s.shard.first_intent_at).min().unwrap_or(0);
    let mut strays = Vec::new();
    for task in list(broadcasts, Timestamp(first).minus(LIST_SLACK), ctx.now()).await? {
        if taken.contains(&task.id) {
            continue;
        }
        for (at, suspect) in suspects.iter().enumerate() {
            // One that can't be read now (not ready, or stopped already) is looked at again in a minute.
            if could_be(&task, &suspect.shard)
                && matches!(fits(broadcasts, &task, suspect).await, Ok(Fit::Exact | Fit::Open))
            {
                strays.push((at, task.id.clone()));
                break;
            }
        }
    }
    Ok(strays)
}

async fn deal_with(ctx: &mut JobCtx, shard: &ShardRow, task: &str) -> JobResult {
    let scope = ctx.scope().clone();
    let now = ctx.now();
    let mut tx = ctx.begin().await?;
    let Some(shard) = store::shard(&mut tx, &scope, &shard.id).await? else { return Ok(()) };
    if shard.platform_id.as_deref() == Some(task) {
        return Ok(());
    }
    match shard.life().of_stray_task() {
        Verdict::Leave => return Ok(()),
        Verdict::Bind => {
            bind(&mut tx, &scope, &shard, &Event::Found { platform_id: task.to_owned() }, now).await?;
            tx.commit().await?;
            return Ok(());
        }
        Verdict::Cancel => {}
    }
    if store::note_twin(&mut tx, &scope, &shard, task).await? {
        audit::record_system(&mut tx, &scope, "sweep", "broadcasts.twin_cancelled", &shard.id).await?;
        metrics::counter!("broadcasts_twins_total").increment(1);
        tracing::error!(shard = shard.id, task, "a second task for one broadcast is being cancelled");
    }
    tx.commit().await?;
    let outcome = cancel(ctx, &shard.account_id, task).await;
    let now = ctx.now();
    let mut tx = ctx.begin().await?;
    let outcome = outcome.as_ref().map(|()| now).map_err(String::as_str);
    store::close_twin(&mut tx, &scope, &shard.account_id, task, outcome).await?;
    tx.commit().await?;
    Ok(())
}

async fn cancel(ctx: &JobCtx, account: &str, task: &str) -> Result<(), String> {
    let messenger = ctx.messenger(account).await.map_err(|e| e.to_string())?;
    let Some(broadcasts) = messenger.broadcasts() else { return Ok(()) };
    match broadcasts.cancel(task, Lane::Urgent).await {
        Ok(()) | Err(Error::Refused { reason: Refusal::Cancelled | Refusal::AlreadyDone, .. }) => Ok(()),
        Err(e) => Err(e.to_string()),
    }
}
