//! Submitting. What became of an accepted shard: `results.rs`; of an unknown one: `reconcile.rs`.

#[cfg(test)]
pub(super) mod crash;
mod reconcile;
mod results;

use base::Timestamp;
use base::time::MINUTE;
use messenger::broadcasts::{BroadcastDraft, BroadcastReceipt, MessageBody, Targets};
use messenger::{Error, Lane};
use serde::{Deserialize, Serialize};

use super::model::{Event, SETTLE, SWEEP_EVERY, ShardState, targets_digest};
use super::rows::{ShardRow, TargetRow};
use super::store;
use crate::ctx::JobCtx;
use crate::kernel::db::Tx;
use crate::kernel::http::{AppResult, Scope};
use crate::kernel::jobs::{Job, JobError, JobResult};
use crate::{budgets, tenants};

pub use reconcile::{Reconcile, Sweep};
pub use results::{Cancel, Poll, Remind};

/// A named place where a test lets the run die; nothing at all in a build that isn't a test.
macro_rules! crash_point {
    ($point:literal) => {
        #[cfg(test)]
        crash::hit($point);
    };
}

/// Hands one shard to the platform, at most once per epoch.
#[derive(Serialize, Deserialize)]
pub struct Submit {
    pub shard: String,
}

/// What the call brought, in the only three kinds there are; "not sent" is a refusal of our own making.
enum Answer {
    Done(BroadcastReceipt),
    No { code: &'static str, detail: String },
    NotSent(JobError),
    Lost(String),
}

impl Job for Submit {
    const KIND: &'static str = "broadcasts.submit";
    fn dedupe(&self) -> Option<String> {
        Some(self.shard.clone())
    }
    async fn run(&self, ctx: &mut JobCtx) -> JobResult {
        let Some((shard, draft)) = claim(ctx, &self.shard).await? else { return Ok(()) };
        crash_point!("send.after_intent");
        let answer = call(ctx, &shard.account_id, &draft).await;
        crash_point!("send.after_call");
        note(ctx, &shard, answer).await
    }
}

/// Makes the intent durable before any byte leaves. `None`: nothing to send, or doubt about an older run's intent.
async fn claim(ctx: &mut JobCtx, id: &str) -> Result<Option<(ShardRow, BroadcastDraft)>, JobError> {
    let scope = ctx.scope().clone();
    let now = ctx.now();
    let mut tx = ctx.begin().await?;
    let Some(mut shard) = store::shard(&mut tx, &scope, id).await? else { return Ok(None) };
    let life = shard.life();
    match life.state {
        ShardState::Planned if now.0 >= shard.expires_at => {
            end(&mut tx, &scope, &shard, &Event::Expire, "broadcasts.not_submitted").await?;
            tx.commit().await?;
            return Ok(None);
        }
        ShardState::Planned => {}
        ShardState::Intent => {
            // The run that wrote this intent is over: its lease was lost, or its process died. Nobody knows.
            doubt(&mut tx, &scope, &shard, &Event::EpochEnded, "jobs.outcome_unknown").await?;
            tx.commit().await?;
            return Ok(None);
        }
        _ => return Ok(None),
    }
    let targets = reserve(&mut tx, &scope, &shard).await?;
    if targets.is_empty() {
        end(&mut tx, &scope, &shard, &Event::Cancel, "broadcasts.over_quota").await?;
        store::note_trouble(&mut tx, &scope, id, "broadcasts.over_quota", "").await?;
        tx.commit().await?;
        return Ok(None);
    }
    let Ok(next) = life.step(&Event::Claim, now) else { return Ok(None) };
    if !store::advance(&mut tx, &scope, &shard, &next).await? {
        return Ok(None);
    }
    tx.commit().await?;
    shard.state = next.state.word().to_owned();
    shard.epoch = next.epoch;
    let body: MessageBody = serde_json::from_str(&shard.body).map_err(crate::kernel::http::AppError::from)?;
    let targets = Targets::Groups(targets.into_iter().map(|t| t.platform_id).collect());
    let sender = shard.staff_platform_id.clone();
    Ok(Some((shard, BroadcastDraft { sender, body, targets })))
}

/// Takes the groups' places in the quota; before the first call, groups without one leave the frozen set.
async fn reserve(tx: &mut Tx<'_>, scope: &Scope, shard: &ShardRow) -> AppResult<Vec<TargetRow>> {
    let mut targets = store::targets(tx, scope, &shard.id).await?;
    targets.retain(|t| t.state == "waiting");
    let day = tenants::get(tx, scope).await?.tenant_zone().day_of(tx.now());
    let groups: Vec<String> = targets.iter().map(|t| t.group_id.clone()).collect();
    let full = budgets::reserve(tx, scope, &shard.id, &groups, day).await?;
    if full.is_empty() || shard.epoch > 0 {
        // A frozen set never changes after a call: the platform skips a full group by itself and reports it.
        return Ok(targets);
    }
    let (out, kept): (Vec<_>, Vec<_>) = targets.into_iter().partition(|t| full.contains(&t.group_id));
    for target in &out {
        store::miss(tx, scope, shard, target, "broadcasts.over_quota").await?;
    }
    let digest = targets_digest(kept.iter().map(|t| t.platform_id.as_str()));
    store::refreeze(tx, scope, &shard.id, &digest).await?;
    Ok(kept)
}

async fn call(ctx: &JobCtx, account: &str, draft: &BroadcastDraft) -> Answer {
    let messenger = match ctx.messenger(account).await {
        Ok(messenger) => messenger,
        Err(e) => return Answer::NotSent(e.into()),
    };
    let Some(broadcasts) = messenger.broadcasts() else {
        return Answer::No { code: "broadcasts.impossible", detail: messenger.platform().to_owned() };
    };
    match broadcasts.create(draft, Lane::Normal).await {
        Ok(receipt) => Answer::Done(receipt),
        Err(Error::OutcomeUnknown(words)) => Answer::Lost(words),
        Err(e @ (Error::RateLimited { .. } | Error::Unavailable(_))) => {
            Answer::NotSent(JobError::of_messenger(e, ctx.now()))
        }
        Err(e @ Error::Refused { .. }) => Answer::No { code: "broadcasts.refused", detail: e.to_string() },
    }
}

/// Writes what the call brought, if the epoch is still ours; else the newer run's doubt stands and is looked into.
async fn note(ctx: &mut JobCtx, shard: &ShardRow, answer: Answer) -> JobResult {
    let scope = ctx.scope().clone();
    let now = ctx.now();
    let epoch = shard.epoch;
    let mut tx = ctx.begin().await?;
    let Some(current) = store::shard(&mut tx, &scope, &shard.id).await? else { return Ok(()) };
    if current.epoch != epoch || current.life().state != ShardState::Intent {
        tracing::warn!(shard = shard.id, "an answer came after its run was taken over; it is not written");
        return Ok(());
    }
    let result = match answer {
        Answer::Done(receipt) => accept(&mut tx, &scope, &current, receipt, now).await?,
        Answer::No { code, detail } => {
            end(&mut tx, &scope, &current, &Event::Refused { epoch }, code).await?;
            budgets::release(&mut tx, &scope, &shard.id).await?;
            store::note_trouble(&mut tx, &scope, &shard.id, code, &detail).await?;
            Ok(())
        }
        Answer::NotSent(error) => {
            if let Ok(next) = current.life().step(&Event::NotSent { epoch }, now) {
                store::advance(&mut tx, &scope, &current, &next).await?;
                budgets::release(&mut tx, &scope, &shard.id).await?;
            }
            Err(error)
        }
        Answer::Lost(words) => {
            doubt(&mut tx, &scope, &current, &Event::Lost { epoch }, &words).await.map(Ok)?
        }
    };
    tx.commit().await?;
    result
}

async fn accept(
    tx: &mut Tx<'_>,
    scope: &Scope,
    shard: &ShardRow,
    receipt: BroadcastReceipt,
    now: Timestamp,
) -> AppResult<JobResult> {
    let event = Event::Accepted { epoch: shard.epoch, platform_id: receipt.id };
    if !bind(tx, scope, shard, &event, now).await? {
        return Ok(Ok(()));
    }
    for target in store::targets(tx, scope, &shard.id).await? {
        if receipt.rejected.contains(&target.platform_id) {
            store::miss(tx, scope, shard, &target, "broadcasts.target_rejected").await?;
        }
    }
    Ok(Ok(()))
}

/// Binds a platform task to its shard and starts asking for results.
pub(super) async fn bind(
    tx: &mut Tx<'_>,
    scope: &Scope,
    shard: &ShardRow,
    event: &Event,
    now: Timestamp,
) -> AppResult<bool> {
    let Ok(next) = shard.life().step(event, now) else { return Ok(false) };
    if !store::advance(tx, scope, shard, &next).await? {
        return Ok(false);
    }
    tx.enqueue_at(scope.tenant(), &Poll { shard: shard.id.clone() }, now.plus(MINUTE)).await?;
    Ok(true)
}

/// Notes that nobody knows, and sets the two at work that find out.
async fn doubt(
    tx: &mut Tx<'_>,
    scope: &Scope,
    shard: &ShardRow,
    event: &Event,
    words: &str,
) -> AppResult<()> {
    let now = tx.now();
    let Ok(next) = shard.life().step(event, now) else { return Ok(()) };
    if !store::advance(tx, scope, shard, &next).await? {
        return Ok(());
    }
    metrics::counter!("broadcasts_unknown_total").increment(1);
    store::note_trouble(tx, scope, &shard.id, "broadcasts.unknown", words).await?;
    let tenant = scope.tenant();
    tx.enqueue_at(tenant, &Reconcile { shard: shard.id.clone() }, now.plus(SETTLE)).await?;
    let sweep = Sweep { account: shard.account_id.clone() };
    tx.enqueue_at(tenant, &sweep, now.plus(SWEEP_EVERY)).await
}

/// Ends a shard; what still waits is missed for this reason.
pub(super) async fn end(
    tx: &mut Tx<'_>,
    scope: &Scope,
    shard: &ShardRow,
    event: &Event,
    reason: &str,
) -> AppResult<bool> {
    let Ok(next) = shard.life().step(event, tx.now()) else { return Ok(false) };
    if !store::advance(tx, scope, shard, &next).await? {
        return Ok(false);
    }
    store::miss_rest(tx, scope, shard, reason).await?;
    Ok(true)
}
