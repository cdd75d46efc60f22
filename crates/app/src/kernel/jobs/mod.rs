//! Work that is done later, repeatable, with lease, fencing epoch, lanes and virtual time.
//!
//! A job is enqueued in the caller's transaction ([`Tx::enqueue`]) and so exists with the change or not at all. A
//! runner claims it under a lease; each claim raises its *epoch*, and only the holder of the newest epoch can finish
//! it. Finished rows are deleted; a job that gives up stays as *dead* with its reason until a person decides.

mod queue;
mod runner;
#[cfg(test)]
pub(crate) mod tests;

/// Texts of the reasons why jobs die.
pub const WORDS: super::i18n::Words = crate::words!();

use std::sync::Arc;

use base::Timestamp;
use base::time::{HOUR, MINUTE, SECOND};
use futures_util::future::BoxFuture;
use serde::Serialize;
use serde::de::DeserializeOwned;

pub use queue::{DeadJob, dead, discard, is_alive, pending, retry};
pub use runner::Runner;

use crate::ctx::JobCtx;
use crate::kernel::http::AppError;

/// Which workers serve a job, so that a mass send can't starve a greeting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lane {
    /// Greetings and whatever lives seconds.
    Urgent,
    Normal,
    /// Mirrors, imports, reconciliation.
    Bulk,
    /// Calls to other systems, which may take their time.
    Outgoing,
}

impl Lane {
    pub const ALL: [Self; 4] = [Self::Urgent, Self::Normal, Self::Bulk, Self::Outgoing];
    const fn rank(self) -> i64 {
        match self {
            Self::Urgent => 0,
            Self::Normal => 1,
            Self::Bulk => 2,
            Self::Outgoing => 3,
        }
    }
    /// Jobs of this lane that may run at once in one process.
    const fn workers(self) -> usize {
        match self {
            // A greeting waits for the platform, not for us: fifty a second at a platform that takes a second need
            // more than fifty.
            Self::Urgent => 256,
            Self::Normal => 8,
            Self::Bulk => 4,
            // One dead receiver holds one of them for a quarter of a minute; the others must not notice.
            Self::Outgoing => 24,
        }
    }
}

/// How a kind of job is run.
#[derive(Clone, Copy, Debug)]
pub struct Policy {
    pub lane: Lane,
    /// Runs before it is dead; waiting for a limit doesn't count.
    pub attempts: i64,
    /// Milliseconds one run may take; the lease outlives it.
    pub time_limit: i64,
}

impl Policy {
    pub const NORMAL: Self = Self { lane: Lane::Normal, attempts: 8, time_limit: 60 * SECOND };
    pub const URGENT: Self = Self { lane: Lane::Urgent, attempts: 20, time_limit: 20 * SECOND };
    pub const BULK: Self = Self { lane: Lane::Bulk, attempts: 8, time_limit: 2 * MINUTE };

    pub const OUTGOING: Self = Self { lane: Lane::Outgoing, attempts: 20, time_limit: 45 * SECOND };

    /// Milliseconds to wait before run number `attempt + 1`.
    const fn back_off(self, attempt: i64) -> i64 {
        if matches!(self.lane, Lane::Urgent) {
            return SECOND;
        }
        match attempt {
            ..=1 => 5 * SECOND,
            2 => 15 * SECOND,
            3 => MINUTE,
            4 => 5 * MINUTE,
            5 => 15 * MINUTE,
            _ => HOUR,
        }
    }
}

/// Why a run did not finish the job.
#[derive(Debug)]
pub enum JobError {
    /// Try again after the policy's back-off.
    Retry(String),
    /// Try again then; doesn't count as an attempt.
    RetryAt(Timestamp, String),
    /// A person has to look: `code` is a catalogue key, `detail` what happened.
    GiveUp { code: &'static str, detail: String },
}

pub type JobResult = Result<(), JobError>;

impl From<AppError> for JobError {
    fn from(e: AppError) -> Self {
        match e {
            AppError::Refused(r) => Self::GiveUp { code: r.code, detail: r.args.to_string() },
            AppError::Fault(f) => Self::Retry(format!("{} ({})", f.what, f.at)),
        }
    }
}

impl From<crate::kernel::db::DbError> for JobError {
    #[track_caller]
    fn from(e: crate::kernel::db::DbError) -> Self {
        AppError::from(e).into()
    }
}

impl JobError {
    /// What a platform's answer means for a job that has no better idea. An unknown outcome is never repeated by this
    /// default: a job that may meet one asks the platform itself.
    #[must_use]
    pub fn of_messenger(e: messenger::Error, now: Timestamp) -> Self {
        use messenger::{Error, Refusal};
        let words = e.to_string();
        match e {
            Error::RateLimited { after_ms } => Self::RetryAt(now.plus(after_ms.max(1)), words),
            Error::Unavailable(_) => Self::Retry(words),
            Error::Refused {
                reason: Refusal::NotReady | Refusal::Conflict | Refusal::QuotaExhausted,
                ..
            } => Self::Retry(words),
            Error::Refused { .. } => Self::GiveUp { code: "jobs.platform_refused", detail: words },
            Error::OutcomeUnknown(_) => Self::GiveUp { code: "jobs.outcome_unknown", detail: words },
        }
    }
}

/// One kind of work. The fields are its payload, kept as JSON: changing them incompatibly means a new kind.
pub trait Job: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// `slice.verb`.
    const KIND: &'static str;
    const POLICY: Policy = Policy::NORMAL;
    /// While a job of this kind and key waits, enqueuing another only brings it forward.
    fn dedupe(&self) -> Option<String> {
        None
    }
    /// Does it. Must be repeatable: it may run again after a crash at any point.
    fn run(&self, ctx: &mut JobCtx) -> impl Future<Output = JobResult> + Send;
}

/// A row of the table of jobs in `schedule.rs`.
#[derive(Clone, Copy)]
pub struct Registered {
    pub kind: &'static str,
    pub policy: Policy,
    pub(crate) run: for<'a> fn(&'a str, &'a mut JobCtx) -> BoxFuture<'a, JobResult>,
}

/// Registers a kind of job.
#[must_use]
pub const fn register<J: Job>() -> Registered {
    Registered { kind: J::KIND, policy: J::POLICY, run: run_erased::<J> }
}

fn run_erased<'a, J: Job>(payload: &'a str, ctx: &'a mut JobCtx) -> BoxFuture<'a, JobResult> {
    Box::pin(async move {
        let job: J = serde_json::from_str(payload)
            .map_err(|e| JobError::GiveUp { code: "jobs.unreadable", detail: e.to_string() })?;
        job.run(ctx).await
    })
}

/// Tells the runner of this process that a commit brought work.
#[derive(Clone, Default)]
pub struct Wake(Arc<tokio::sync::Notify>);

impl Wake {
    pub fn notify(&self) {
        self.0.notify_one();
    }
    pub(crate) async fn woken(&self) {
        self.0.notified().await;
    }
}
