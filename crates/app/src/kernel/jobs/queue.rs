//! The queue's table: enqueue, claim, finish, bury, and what the console shows of the dead.

use base::Timestamp;
use serde::Serialize;

use super::{Job, JobError, Lane, Policy};
use crate::args;
use crate::kernel::db::{Args, DbResult, Tx};
use crate::kernel::http::{AppResult, Paging, Scope};

/// A claimed job.
#[derive(Debug, sqlx::FromRow)]
pub(super) struct Claimed {
    pub id: String,
    pub tenant_id: String,
    pub kind: String,
    pub payload: String,
    pub epoch: i64,
    pub attempt: i64,
}

/// A job that gave up.
#[derive(Debug, Clone, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct DeadJob {
    pub id: String,
    pub kind: String,
    pub payload: String,
    pub attempt: i64,
    /// Catalogue key of the reason.
    pub error_code: String,
    pub error_detail: String,
    pub died_at: i64,
}

impl Tx<'_> {
    /// Enqueues a job to run as soon as this transaction is committed.
    pub async fn enqueue<J: Job>(&mut self, tenant: &str, job: &J) -> AppResult<()> {
        let now = self.now();
        self.enqueue_at(tenant, job, now).await
    }

    /// Enqueues a job to run at `at` or as soon after as a worker is free. When a job of the same kind and dedupe key
    /// waits already, that one is brought forward if need be.
    pub async fn enqueue_at<J: Job>(&mut self, tenant: &str, job: &J, at: Timestamp) -> AppResult<()> {
        self.enqueue_rows(vec![job_row(self, tenant, job, at)?]).await
    }

    /// Enqueues many jobs of one kind to run as soon as this transaction is committed. No two may share a dedupe key.
    pub async fn enqueue_all<J: Job>(&mut self, tenant: &str, jobs: &[J]) -> AppResult<()> {
        let now = self.now();
        let rows = jobs.iter().map(|job| job_row(self, tenant, job, now)).collect::<AppResult<_>>()?;
        self.enqueue_rows(rows).await
    }

    async fn enqueue_rows(&mut self, rows: Vec<Args>) -> AppResult<()> {
        self.insert_many(
            "INSERT INTO job (id, tenant_id, kind, payload, dedupe_key, lane, run_at, created_at)",
            rows,
            "ON CONFLICT (tenant_id, kind, dedupe_key) WHERE status = 'queued'
             DO UPDATE SET run_at = excluded.run_at WHERE excluded.run_at < job.run_at",
        )
        .await?;
        self.wake_after_commit();
        Ok(())
    }
}

fn job_row<J: Job>(tx: &Tx<'_>, tenant: &str, job: &J, at: Timestamp) -> AppResult<Args> {
    let payload = serde_json::to_string(job)?;
    let id = tx.new_id("job");
    Ok(args![id, tenant, J::KIND, payload, job.dedupe(), J::POLICY.lane.rank(), at, tx.now()])
}

// Two statements claim, so that each walks its index in order: one that asked for both at once would sort every
// waiting job of the lane at every claim.

const CLAIM_SQLITE: &str =
    "UPDATE job SET status = 'running', epoch = epoch + 1, attempt = attempt + 1, locked_until = $1
     WHERE id IN (
        SELECT j.id FROM job j
        WHERE j.lane = $2 AND j.status = 'queued' AND j.run_at <= $3
          AND NOT EXISTS (SELECT 1 FROM job r WHERE r.tenant_id = j.tenant_id AND r.kind = j.kind
                AND r.dedupe_key = j.dedupe_key AND r.status = 'running' AND r.locked_until >= $4)
        ORDER BY j.run_at, j.id LIMIT $5)
     RETURNING id, tenant_id, kind, payload, epoch, attempt, run_at";

const CLAIM_POSTGRES: &str =
    "UPDATE job SET status = 'running', epoch = epoch + 1, attempt = attempt + 1, locked_until = $1
     WHERE id IN (
        SELECT j.id FROM job j
        WHERE j.lane = $2 AND j.status = 'queued' AND j.run_at <= $3
          AND NOT EXISTS (SELECT 1 FROM job r WHERE r.tenant_id = j.tenant_id AND r.kind = j.kind
                AND r.dedupe_key = j.dedupe_key AND r.status = 'running' AND r.locked_until >= $4)
        ORDER BY j.run_at, j.id LIMIT $5 FOR UPDATE SKIP LOCKED)
     RETURNING id, tenant_id, kind, payload, epoch, attempt, run_at";

/// Those whose holder is gone: their lease ran out.
const RECLAIM_SQLITE: &str = "UPDATE job SET epoch = epoch + 1, attempt = attempt + 1, locked_until = $1
     WHERE id IN (
        SELECT j.id FROM job j
        WHERE j.lane = $2 AND j.status = 'running' AND j.run_at <= $3 AND j.locked_until < $4
          AND NOT EXISTS (SELECT 1 FROM job r WHERE r.tenant_id = j.tenant_id AND r.kind = j.kind
                AND r.dedupe_key = j.dedupe_key AND r.status = 'running' AND r.locked_until >= $4)
        ORDER BY j.run_at, j.id LIMIT $5)
     RETURNING id, tenant_id, kind, payload, epoch, attempt, run_at";

const RECLAIM_POSTGRES: &str = "UPDATE job SET epoch = epoch + 1, attempt = attempt + 1, locked_until = $1
     WHERE id IN (
        SELECT j.id FROM job j
        WHERE j.lane = $2 AND j.status = 'running' AND j.run_at <= $3 AND j.locked_until < $4
          AND NOT EXISTS (SELECT 1 FROM job r WHERE r.tenant_id = j.tenant_id AND r.kind = j.kind
                AND r.dedupe_key = j.dedupe_key AND r.status = 'running' AND r.locked_until >= $4)
        ORDER BY j.run_at, j.id LIMIT $5 FOR UPDATE SKIP LOCKED)
     RETURNING id, tenant_id, kind, payload, epoch, attempt, run_at";

/// 2 when a lane, by its rank, has a due job whose holder is gone, 1 when it has only waiting ones, else 0.
macro_rules! due_of_lane {
    ($rank:literal) => {
        concat!(
            "CAST(CASE WHEN EXISTS (SELECT 1 FROM job WHERE lane = ",
            $rank,
            " AND status = 'running' AND run_at <= $1 AND locked_until < $2) THEN 2 WHEN EXISTS (SELECT 1 FROM job WHERE lane = ",
            $rank,
            " AND status = 'queued' AND run_at <= $1) THEN 1 ELSE 0 END AS BIGINT)"
        )
    };
}

const _: () = assert!(
    Lane::Urgent.rank() == 0
        && Lane::Normal.rank() == 1
        && Lane::Bulk.rank() == 2
        && Lane::Outgoing.rank() == 3,
    "`due` writes the ranks of the lanes out"
);

/// A lane with jobs to be claimed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Due {
    pub lane: Lane,
    /// Among them are some whose holder is gone.
    pub lost: bool,
}

/// The lanes with jobs that could be claimed now, the most urgent first.
pub(super) async fn due(tx: &mut Tx<'_>, now: Timestamp, lease_now: Timestamp) -> DbResult<Vec<Due>> {
    let (urgent, normal, bulk, outgoing): (i64, i64, i64, i64) = tx
        .one(
            concat!(
                "SELECT ",
                due_of_lane!(0),
                ", ",
                due_of_lane!(1),
                ", ",
                due_of_lane!(2),
                ", ",
                due_of_lane!(3)
            ),
            args![now, lease_now],
        )
        .await?;
    let lanes = Lane::ALL.into_iter().zip([urgent, normal, bulk, outgoing]);
    Ok(lanes.filter(|(_, due)| *due > 0).map(|(lane, due)| Due { lane, lost: due > 1 }).collect())
}

/// Claims up to `limit` due jobs of a lane, those with a lost holder first, then oldest first. `lease_now` is real time,
/// `now` the product's.
pub(super) async fn claim(
    tx: &mut Tx<'_>,
    Due { lane, lost }: Due,
    now: Timestamp,
    lease_now: Timestamp,
    limit: usize,
) -> DbResult<Vec<Claimed>> {
    let until = lease_now.plus(longest_lease(lane));
    let mut rows: Vec<Claimed> = Vec::new();
    if lost {
        let sql = tx.dialect(RECLAIM_SQLITE, RECLAIM_POSTGRES);
        rows = tx.all(sql, args![until, lane.rank(), now, lease_now, limit]).await?;
    }
    if rows.len() < limit {
        let left = limit - rows.len();
        let sql = tx.dialect(CLAIM_SQLITE, CLAIM_POSTGRES);
        rows.extend(tx.all::<Claimed>(sql, args![until, lane.rank(), now, lease_now, left]).await?);
    }
    rows.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(rows)
}

/// A lease outlives the longest run of its lane by half a minute.
const fn longest_lease(lane: Lane) -> i64 {
    let policy = match lane {
        Lane::Urgent => Policy::URGENT,
        Lane::Normal => Policy::NORMAL,
        Lane::Bulk => Policy::BULK,
        Lane::Outgoing => Policy::OUTGOING,
    };
    policy.time_limit + 30 * base::time::SECOND
}

/// Removes a finished job, if we still hold it.
pub(super) async fn finish(tx: &mut Tx<'_>, job: &Claimed) -> DbResult<bool> {
    let gone = tx.exec("DELETE FROM job WHERE id = $1 AND epoch = $2", args![&job.id, job.epoch]).await?;
    Ok(gone == 1)
}

/// Puts a job back, or buries it.
pub(super) async fn fail(tx: &mut Tx<'_>, job: &Claimed, policy: Policy, error: &JobError) -> DbResult<()> {
    let now = tx.now();
    match error {
        JobError::Retry(detail) if job.attempt >= policy.attempts => {
            bury(tx, job, "jobs.out_of_attempts", detail).await
        }
        JobError::Retry(detail) => put_back(tx, job, now.plus(policy.back_off(job.attempt)), 0, detail).await,
        JobError::RetryAt(at, detail) => put_back(tx, job, (*at).max(now), 1, detail).await,
        JobError::GiveUp { code, detail } => bury(tx, job, code, detail).await,
    }
}

async fn put_back(tx: &mut Tx<'_>, job: &Claimed, at: Timestamp, refund: i64, detail: &str) -> DbResult<()> {
    // Another of the same key may have been enqueued while this one ran: that one covers it.
    let covered = tx
        .exec(
            "DELETE FROM job WHERE id = $1 AND epoch = $2 AND EXISTS (
                SELECT 1 FROM job q WHERE q.tenant_id = job.tenant_id AND q.kind = job.kind
                  AND q.dedupe_key = job.dedupe_key AND q.status = 'queued' AND q.id <> job.id)",
            args![&job.id, job.epoch],
        )
        .await?;
    if covered == 0 {
        tx.exec(
            "UPDATE job SET status = 'queued', run_at = $3, attempt = attempt - $4, error_detail = $5
             WHERE id = $1 AND epoch = $2",
            args![&job.id, job.epoch, at, refund, detail],
        )
        .await?;
    }
    Ok(())
}

async fn bury(tx: &mut Tx<'_>, job: &Claimed, code: &str, detail: &str) -> DbResult<()> {
    metrics::counter!("jobs_dead_total", "kind" => job.kind.clone()).increment(1);
    tracing::warn!(kind = job.kind, job = job.id, code, detail, "job gave up");
    tx.exec(
        "UPDATE job SET status = 'dead', error_code = $3, error_detail = $4, died_at = $5 WHERE id = $1 AND epoch = $2",
        args![&job.id, job.epoch, code, detail, tx.now()],
    )
    .await?;
    Ok(())
}

/// When the next waiting job is due.
pub(super) async fn next_due(tx: &mut Tx<'_>) -> DbResult<Option<Timestamp>> {
    let row: Option<(i64,)> =
        tx.opt("SELECT run_at FROM job WHERE status = 'queued' ORDER BY run_at LIMIT 1", args![]).await?;
    Ok(row.map(|(at,)| Timestamp(at)))
}

/// Frees every lease: for a store that only one process can have open, when that process starts.
pub(super) async fn free_all(tx: &mut Tx<'_>) -> DbResult<u64> {
    tx.exec("UPDATE job SET locked_until = 0 WHERE status = 'running'", args![]).await
}

/// Jobs that gave up, newest first.
pub async fn dead(tx: &mut Tx<'_>, scope: &Scope, page: &Paging) -> DbResult<Vec<DeadJob>> {
    tx.all(
        "SELECT id, kind, payload, attempt, error_code, error_detail, died_at FROM job
         WHERE tenant_id = $1 AND status = 'dead' AND ($2 = '' OR id < $2) ORDER BY id DESC LIMIT $3",
        args![scope.tenant(), &page.after, page.probe()],
    )
    .await
}

/// How many jobs wait or run now, and how many are dead.
pub async fn pending(tx: &mut Tx<'_>, scope: &Scope) -> DbResult<(i64, i64)> {
    tx.one(
        "SELECT CAST(COALESCE(SUM(CASE WHEN status = 'dead' THEN 0 ELSE 1 END), 0) AS BIGINT),
                CAST(COALESCE(SUM(CASE WHEN status = 'dead' THEN 1 ELSE 0 END), 0) AS BIGINT)
         FROM job WHERE tenant_id = $1 AND (status = 'dead' OR run_at <= $2)",
        args![scope.tenant(), tx.now()],
    )
    .await
}

/// Whether exactly this job waits or runs; one that is dead does neither.
pub async fn is_alive<J: Job>(tx: &mut Tx<'_>, scope: &Scope, job: &J) -> AppResult<bool> {
    let found = tx
        .number(
            "SELECT CAST(COUNT(*) AS BIGINT) FROM job
             WHERE tenant_id = $1 AND kind = $2 AND payload = $3 AND status <> 'dead'",
            args![scope.tenant(), J::KIND, serde_json::to_string(job)?],
        )
        .await?;
    Ok(found > 0)
}

/// Gives a dead job a fresh set of attempts; false when there is none of that id.
pub async fn retry(tx: &mut Tx<'_>, scope: &Scope, id: &str) -> DbResult<bool> {
    let now = tx.now();
    let touched = tx
        .exec(
            "UPDATE job SET status = 'queued', attempt = 0, run_at = $3, error_code = '' , dedupe_key = NULL
             WHERE tenant_id = $1 AND id = $2 AND status = 'dead'",
            args![scope.tenant(), id, now],
        )
        .await?;
    tx.wake_after_commit();
    Ok(touched == 1)
}

/// Forgets a dead job.
pub async fn discard(tx: &mut Tx<'_>, scope: &Scope, id: &str) -> DbResult<bool> {
    let gone = tx
        .exec(
            "DELETE FROM job WHERE tenant_id = $1 AND id = $2 AND status = 'dead'",
            args![scope.tenant(), id],
        )
        .await?;
    Ok(gone == 1)
}
