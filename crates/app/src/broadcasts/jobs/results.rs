//! What became of an accepted shard: asking, reminding, stopping.

use base::Timestamp;
use base::time::MINUTE;
use messenger::broadcasts::{TargetReport, TargetState};
use messenger::{Error, Lane, Refusal};
use serde::{Deserialize, Serialize};

use super::super::model::{Event, Life, REMIND_AFTER, SETTLE, ShardState, next_poll};
use super::super::rows::ShardRow;
use super::super::store;
use super::end;
use crate::ctx::JobCtx;
use crate::kernel::db::Tx;
use crate::kernel::http::{AppResult, Scope};
use crate::kernel::jobs::{Job, JobError, JobResult};

/// Asks what became of an accepted shard, more and more seldom, until everything is settled or its time is over.
#[derive(Serialize, Deserialize)]
pub struct Poll {
    pub shard: String,
}

impl Job for Poll {
    const KIND: &'static str = "broadcasts.poll";
    fn dedupe(&self) -> Option<String> {
        Some(self.shard.clone())
    }
    async fn run(&self, ctx: &mut JobCtx) -> JobResult {
        let Some(shard) = load(ctx, &self.shard).await? else { return Ok(()) };
        let now = ctx.now();
        let over = now.0 >= shard.expires_at;
        match shard.life().state {
            ShardState::Accepted if over => {
                close(ctx, &shard, &Event::Expire, "broadcasts.not_confirmed").await
            }
            ShardState::Accepted => ask(ctx, &shard).await,
            ShardState::Planned if over => {
                let scope = ctx.scope().clone();
                let mut tx = ctx.begin().await?;
                end(&mut tx, &scope, &shard, &Event::Expire, "broadcasts.not_submitted").await?;
                tx.commit().await?;
                Ok(())
            }
            // Reconcile or an operator is at work on it; look again so that the end is never forgotten.
            ShardState::Intent | ShardState::Unknown | ShardState::Planned => {
                Err(JobError::RetryAt(now.plus(SETTLE).max(Timestamp(shard.expires_at)), String::new()))
            }
            ShardState::Refused | ShardState::Confirmed | ShardState::Expired | ShardState::Cancelled => {
                Ok(())
            }
        }
    }
}

async fn load(ctx: &mut JobCtx, id: &str) -> Result<Option<ShardRow>, JobError> {
    let scope = ctx.scope().clone();
    let mut tx = ctx.read().await?;
    Ok(store::shard(&mut tx, &scope, id).await?)
}

async fn reports(ctx: &JobCtx, shard: &ShardRow) -> Result<Vec<TargetReport>, JobError> {
    let messenger = ctx.messenger(&shard.account_id).await?;
    let (Some(broadcasts), Some(id)) = (messenger.broadcasts(), shard.platform_id.as_deref()) else {
        return Ok(Vec::new());
    };
    match broadcasts.results(id, &shard.staff_platform_id, Lane::Normal).await {
        Ok(reports) => Ok(reports),
        Err(Error::Refused { reason: Refusal::NotReady, words, .. }) => {
            Err(JobError::RetryAt(ctx.now().plus(MINUTE), words))
        }
        // Cancelled in the platform before anybody tapped: there is nothing to report.
        Err(Error::Refused { reason: Refusal::Cancelled | Refusal::NotFound, .. }) => Ok(Vec::new()),
        Err(e) => Err(JobError::of_messenger(e, ctx.now())),
    }
}

async fn ask(ctx: &mut JobCtx, shard: &ShardRow) -> JobResult {
    let reports = reports(ctx, shard).await?;
    let scope = ctx.scope().clone();
    let now = ctx.now();
    let mut tx = ctx.begin().await?;
    let Some(shard) = store::shard(&mut tx, &scope, &shard.id).await? else { return Ok(()) };
    let waiting = apply(&mut tx, &scope, &shard, &reports, now).await?;
    store::count_poll(&mut tx, &scope, &shard.id).await?;
    if waiting == 0 {
        confirm(&mut tx, &scope, &shard, now).await?;
        tx.commit().await?;
        return Ok(());
    }
    let remind = now.0 >= shard.accepted_at + REMIND_AFTER
        && store::reminders(&mut tx, &scope, &shard.id, Timestamp(0)).await? == 0;
    if remind {
        store::add_reminder(&mut tx, &scope, &shard.id, "").await?;
        tx.enqueue(scope.tenant(), &Remind { shard: shard.id.clone() }).await?;
    }
    tx.commit().await?;
    let (accepted, expires) = (Timestamp(shard.accepted_at), Timestamp(shard.expires_at));
    Err(JobError::RetryAt(next_poll(accepted, shard.polls + 1, expires, now), String::new()))
}

/// Writes the platform's report; answers how many targets still wait.
async fn apply(
    tx: &mut Tx<'_>,
    scope: &Scope,
    shard: &ShardRow,
    reports: &[TargetReport],
    now: Timestamp,
) -> AppResult<usize> {
    let mut waiting = 0;
    for target in store::targets(tx, scope, &shard.id).await? {
        if target.state != "waiting" {
            continue;
        }
        match reports.iter().find(|r| r.target == target.platform_id).map(|r| (r.state, r.sent_at)) {
            Some((TargetState::Sent, at)) => {
                store::deliver(tx, scope, shard, &target, at.unwrap_or(now)).await?;
            }
            Some((TargetState::OverQuota, _)) => {
                store::miss(tx, scope, shard, &target, "broadcasts.over_quota").await?;
            }
            Some((TargetState::NotReachable, _)) => {
                store::miss(tx, scope, shard, &target, "broadcasts.not_reachable").await?;
            }
            Some((TargetState::Unsent, _)) | None => waiting += 1,
        }
    }
    Ok(waiting)
}

async fn confirm(tx: &mut Tx<'_>, scope: &Scope, shard: &ShardRow, now: Timestamp) -> AppResult<()> {
    let life: Life = shard.life();
    if let Ok(next) = life.step(&Event::AllSettled, now) {
        store::advance(tx, scope, shard, &next).await?;
    }
    Ok(())
}

/// Stops what is unsent on the platform, takes the last report, and ends the shard.
async fn close(ctx: &mut JobCtx, shard: &ShardRow, event: &Event, reason: &str) -> JobResult {
    stop(ctx, shard).await?;
    let reports = reports(ctx, shard).await?;
    let scope = ctx.scope().clone();
    let now = ctx.now();
    let mut tx = ctx.begin().await?;
    let Some(shard) = store::shard(&mut tx, &scope, &shard.id).await? else { return Ok(()) };
    if apply(&mut tx, &scope, &shard, &reports, now).await? == 0 {
        confirm(&mut tx, &scope, &shard, now).await?;
    } else {
        end(&mut tx, &scope, &shard, event, reason).await?;
    }
    tx.commit().await?;
    Ok(())
}

async fn stop(ctx: &JobCtx, shard: &ShardRow) -> JobResult {
    let messenger = ctx.messenger(&shard.account_id).await?;
    let (Some(broadcasts), Some(id)) = (messenger.broadcasts(), shard.platform_id.as_deref()) else {
        return Ok(());
    };
    match broadcasts.cancel(id, Lane::Normal).await {
        Err(Error::Refused { reason: Refusal::NotReady | Refusal::Conflict, words, .. }) => {
            Err(JobError::RetryAt(ctx.now().plus(MINUTE), words))
        }
        // Any other refusal means that nothing of it is unsent any more; stopping twice is harmless.
        Ok(()) | Err(Error::Refused { .. }) => Ok(()),
        Err(Error::OutcomeUnknown(words)) => Err(JobError::Retry(words)),
        Err(e) => Err(JobError::of_messenger(e, ctx.now())),
    }
}

/// Stops an accepted shard because an operator wants it.
#[derive(Serialize, Deserialize)]
pub struct Cancel {
    pub shard: String,
}

impl Job for Cancel {
    const KIND: &'static str = "broadcasts.cancel";
    fn dedupe(&self) -> Option<String> {
        Some(self.shard.clone())
    }
    async fn run(&self, ctx: &mut JobCtx) -> JobResult {
        match load(ctx, &self.shard).await? {
            Some(shard) if shard.life().state == ShardState::Accepted => {
                close(ctx, &shard, &Event::Cancel, "broadcasts.cancelled").await
            }
            _ => Ok(()),
        }
    }
}

/// Lets the platform nudge the sender. The reminder is counted before: better one too few than one too many.
#[derive(Serialize, Deserialize)]
pub struct Remind {
    pub shard: String,
}

impl Job for Remind {
    const KIND: &'static str = "broadcasts.remind";
    fn dedupe(&self) -> Option<String> {
        Some(self.shard.clone())
    }
    async fn run(&self, ctx: &mut JobCtx) -> JobResult {
        let Some(shard) = load(ctx, &self.shard).await? else { return Ok(()) };
        if shard.life().state != ShardState::Accepted {
            return Ok(());
        }
        let messenger = ctx.messenger(&shard.account_id).await?;
        let (Some(broadcasts), Some(id)) = (messenger.broadcasts(), shard.platform_id.as_deref()) else {
            return Ok(());
        };
        match broadcasts.remind(id, Lane::Normal).await {
            Ok(()) | Err(Error::Refused { .. } | Error::OutcomeUnknown(_)) => Ok(()),
            Err(e) => Err(JobError::of_messenger(e, ctx.now())),
        }
    }
}
