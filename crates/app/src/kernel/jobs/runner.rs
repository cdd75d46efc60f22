//! Runs due jobs: by workers per lane in a server, one after the other in a test or a simulation.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use base::Timestamp;
use futures_util::FutureExt as _;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::queue::{self, Claimed, Due};
use super::{JobError, JobResult, Lane, Registered};
use crate::ctx::{Ctx, JobCtx};
use crate::kernel::db::DbResult;
use crate::kernel::http::{AppResult, Scope};
use crate::schedule;

/// Other nodes' work is found at least this often.
const POLL_MS: u64 = 1_000;

/// Runs the jobs of one process.
#[derive(Clone)]
pub struct Runner {
    ctx: Ctx,
    kinds: &'static [Registered],
}

impl Runner {
    #[must_use]
    pub const fn new(ctx: Ctx) -> Self {
        Self { ctx, kinds: schedule::JOBS }
    }

    /// Runs until `stop`, then lets running jobs end.
    pub async fn run(self, stop: CancellationToken) {
        if self.ctx.db().has_sole_owner()
            && let Err(e) = self.free_leases().await
        {
            tracing::error!(error = %e, "leases of the last run could not be freed");
        }
        let tasks = TaskTracker::new();
        let slots: Vec<(Lane, Arc<Semaphore>)> =
            Lane::ALL.into_iter().map(|lane| (lane, Arc::new(Semaphore::new(lane.workers())))).collect();
        while !stop.is_cancelled() {
            let mut found = false;
            for due in self.due().await {
                let slots = slots.iter().find(|(lane, _)| *lane == due.lane);
                if let Some((_, slots)) = slots {
                    found |= self.start_due(due, slots, &tasks).await;
                }
            }
            if let Err(e) = schedule::tick(&self.ctx).await {
                tracing::error!(error = %e, "recurring work could not be enqueued");
            }
            if !found {
                let pause = Duration::from_millis(self.pause().await);
                tokio::select! {
                    () = stop.cancelled() => break,
                    () = self.ctx.wake().woken() => {}
                    () = tokio::time::sleep(pause) => {}
                }
            }
        }
        tasks.close();
        tasks.wait().await;
    }

    async fn free_leases(&self) -> DbResult<()> {
        let mut tx = self.ctx.begin().await?;
        queue::free_all(&mut tx).await?;
        tx.commit().await
    }

    /// Starts what is due and has a free worker; true when a full batch was found, so that there may be more.
    async fn start_due(&self, due: Due, slots: &Arc<Semaphore>, tasks: &TaskTracker) -> bool {
        let free = slots.available_permits();
        if free == 0 {
            return false;
        }
        let claimed = match self.claim(due, free).await {
            Ok(claimed) => claimed,
            Err(e) => {
                tracing::error!(error = %e, "jobs could not be claimed");
                return false;
            }
        };
        let full = claimed.len() == free;
        for job in claimed {
            let Ok(slot) = Arc::clone(slots).acquire_owned().await else { break };
            let this = self.clone();
            tasks.spawn(async move {
                this.run_one(job).await;
                drop(slot);
                this.ctx.wake().notify();
            });
        }
        full
    }

    /// Looks before anybody takes the writer: an idle process must not write.
    async fn due(&self) -> Vec<Due> {
        match self.try_due().await {
            Ok(due) => due,
            Err(e) => {
                tracing::error!(error = %e, "the queue could not be read");
                Vec::new()
            }
        }
    }

    async fn try_due(&self) -> DbResult<Vec<Due>> {
        let (now, lease_now) = (self.ctx.now(), self.ctx.lease_now());
        queue::due(&mut self.ctx.read().await?, now, lease_now).await
    }

    async fn claim(&self, due: Due, limit: usize) -> DbResult<Vec<Claimed>> {
        let (now, lease_now) = (self.ctx.now(), self.ctx.lease_now());
        let mut tx = self.ctx.begin().await?;
        let claimed = queue::claim(&mut tx, due, now, lease_now, limit).await?;
        tx.commit().await?;
        Ok(claimed)
    }

    async fn pause(&self) -> u64 {
        let due = match self.next_due().await {
            Ok(due) => due,
            Err(e) => {
                tracing::error!(error = %e, "the queue could not be read");
                None
            }
        };
        due.map_or(POLL_MS, |at| self.ctx.clock().real_millis_until(at).clamp(1, POLL_MS))
    }

    async fn run_one(&self, job: Claimed) {
        let Some(kind) = self.kind(&job.kind) else {
            let error = JobError::GiveUp { code: "jobs.unknown_kind", detail: job.kind.clone() };
            return self.settle(&job, super::Policy::NORMAL, Err(error)).await;
        };
        let mut ctx = JobCtx::new(self.ctx.clone(), Scope::of_job(&job.tenant_id), job.epoch, job.attempt);
        let limit = Duration::from_millis(kind.policy.time_limit.unsigned_abs());
        let run = AssertUnwindSafe((kind.run)(&job.payload, &mut ctx)).catch_unwind();
        let result = match tokio::time::timeout(limit, run).await {
            Ok(Ok(result)) => result,
            Ok(Err(_)) => Err(JobError::Retry("the job panicked".to_owned())),
            Err(_) => Err(JobError::Retry(format!("took longer than {} ms", kind.policy.time_limit))),
        };
        self.settle(&job, kind.policy, result).await;
    }

    fn kind(&self, word: &str) -> Option<&Registered> {
        #[cfg(test)]
        if word == <super::tests::Probe as super::Job>::KIND {
            return Some(&const { super::register::<super::tests::Probe>() });
        }
        self.kinds.iter().find(|k| k.kind == word)
    }

    async fn settle(&self, job: &Claimed, policy: super::Policy, result: JobResult) {
        if let Err(e) = self.try_settle(job, policy, &result).await {
            // The lease runs out and the job runs again, which it must bear.
            tracing::error!(error = %e, job = job.id, "a job's end could not be written");
        }
    }

    async fn try_settle(&self, job: &Claimed, policy: super::Policy, result: &JobResult) -> DbResult<()> {
        let mut tx = self.ctx.begin().await?;
        match result {
            Ok(()) => {
                if !queue::finish(&mut tx, job).await? {
                    tracing::warn!(
                        job = job.id,
                        kind = job.kind,
                        "a job ended after its lease was taken over"
                    );
                }
            }
            Err(error) => queue::fail(&mut tx, job, policy, error).await?,
        }
        tx.commit().await
    }

    /// Runs everything due now, and whatever that brings, one job after the other in a fixed order: urgent lane first,
    /// then by due time and id. Answers how many ran. For tests and for living a history in virtual time.
    pub async fn drain(&self) -> AppResult<usize> {
        let mut ran = 0;
        loop {
            schedule::tick(&self.ctx).await?;
            let mut claimed = Vec::new();
            for due in self.try_due().await? {
                claimed = self.claim(due, 16).await?;
                if !claimed.is_empty() {
                    break;
                }
            }
            if claimed.is_empty() {
                return Ok(ran);
            }
            ran += claimed.len();
            for job in claimed {
                self.run_one(job).await;
            }
        }
    }

    /// When something is due next: a waiting job or recurring work.
    pub async fn next_due(&self) -> AppResult<Option<Timestamp>> {
        let mut tx = self.ctx.read().await?;
        let job = queue::next_due(&mut tx).await?;
        let tick = schedule::next_tick(self.ctx.now());
        Ok([job, tick].into_iter().flatten().min())
    }
}
