//! Every query of the connected accounts; those of the inbox are in `sheets`.

mod sheets;

use base::Timestamp;
use base::time::HOUR;
use messenger::probe::{Finding, Verdict};

use super::model::SyncKind;
use super::rows::{AccountRow, ExaminationRow, FindingRow, SyncRow};
use crate::args;
use crate::kernel::db::{DbResult, Tx};
use crate::kernel::http::{AppError, AppResult, Scope};
pub(super) use sheets::{append, inbox_after, inbox_latest, last_seq};
pub use sheets::{callbacks_with, forget_callbacks, unread_callbacks};

/// An account by its id alone, for entry points that learn the tenant from it.
pub(super) async fn find(tx: &mut Tx<'_>, id: &str) -> DbResult<Option<AccountRow>> {
    tx.opt(
        "SELECT tenant_id, id, platform, name, company, application, secret_sealed, token_sealed, key_sealed, api_base,
                version, url_checked_at, last_callback_at, created_at
         FROM accounts_account WHERE id = $1",
        args![id],
    )
    .await
}

/// An account of the tenant.
pub(super) async fn get(tx: &mut Tx<'_>, scope: &Scope, id: &str) -> AppResult<AccountRow> {
    find(tx, id).await?.filter(|a| a.tenant_id == scope.tenant()).ok_or_else(AppError::not_found)
}

pub(super) async fn list(tx: &mut Tx<'_>, scope: &Scope) -> DbResult<Vec<AccountRow>> {
    tx.all(
        "SELECT tenant_id, id, platform, name, company, application, secret_sealed, token_sealed, key_sealed, api_base,
                version, url_checked_at, last_callback_at, created_at
         FROM accounts_account WHERE tenant_id = $1 ORDER BY id",
        args![scope.tenant()],
    )
    .await
}

pub(super) async fn insert(tx: &mut Tx<'_>, a: &AccountRow) -> DbResult<()> {
    tx.exec(
        "INSERT INTO accounts_account (tenant_id, id, platform, name, company, application, secret_sealed, token_sealed,
             key_sealed, api_base, version, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        args![
            &a.tenant_id,
            &a.id,
            &a.platform,
            &a.name,
            &a.company,
            &a.application,
            &a.secret_sealed,
            &a.token_sealed,
            &a.key_sealed,
            a.api_base.clone(),
            a.version,
            a.created_at
        ],
    )
    .await?;
    Ok(())
}

/// Keeps a changed connection and raises its version.
pub(super) async fn update(tx: &mut Tx<'_>, a: &AccountRow) -> DbResult<()> {
    tx.exec(
        "UPDATE accounts_account SET name = $3, company = $4, application = $5, secret_sealed = $6, token_sealed = $7,
             key_sealed = $8, api_base = $9, version = version + 1
         WHERE tenant_id = $1 AND id = $2",
        args![
            &a.tenant_id,
            &a.id,
            &a.name,
            &a.company,
            &a.application,
            &a.secret_sealed,
            &a.token_sealed,
            &a.key_sealed,
            a.api_base.clone()
        ],
    )
    .await?;
    Ok(())
}

pub(super) async fn note_url_check(tx: &mut Tx<'_>, tenant: &str, id: &str) -> DbResult<()> {
    let now = tx.now();
    tx.exec(
        "UPDATE accounts_account SET url_checked_at = $3 WHERE tenant_id = $1 AND id = $2",
        args![tenant, id, now],
    )
    .await?;
    Ok(())
}

pub(super) async fn note_callback(tx: &mut Tx<'_>, scope: &Scope, id: &str, at: i64) -> DbResult<()> {
    tx.exec(
        "UPDATE accounts_account SET last_callback_at = $3 WHERE tenant_id = $1 AND id = $2",
        args![scope.tenant(), id, at],
    )
    .await?;
    Ok(())
}

pub(super) async fn cursor(tx: &mut Tx<'_>, scope: &Scope) -> DbResult<i64> {
    let row: Option<(i64,)> =
        tx.opt("SELECT seq FROM accounts_cursor WHERE tenant_id = $1", args![scope.tenant()]).await?;
    Ok(row.map_or(0, |(seq,)| seq))
}

pub(super) async fn move_cursor(tx: &mut Tx<'_>, scope: &Scope, seq: i64) -> DbResult<()> {
    tx.exec(
        "INSERT INTO accounts_cursor (tenant_id, seq) VALUES ($1, $2)
         ON CONFLICT (tenant_id) DO UPDATE SET seq = excluded.seq",
        args![scope.tenant(), seq],
    )
    .await?;
    Ok(())
}

/// Begins a fresh examination and answers its number.
pub(super) async fn begin_examination(tx: &mut Tx<'_>, scope: &Scope, account: &str) -> DbResult<i64> {
    let now = tx.now();
    tx.exec(
        "DELETE FROM accounts_finding WHERE tenant_id = $1 AND account_id = $2",
        args![scope.tenant(), account],
    )
    .await?;
    tx.number(
        "INSERT INTO accounts_examination (tenant_id, account_id, run, started_at, probes) VALUES ($1, $2, 1, $3, 0)
         ON CONFLICT (tenant_id, account_id) DO UPDATE
         SET run = accounts_examination.run + 1, started_at = excluded.started_at, finished_at = NULL, probes = 0
         RETURNING run",
        args![scope.tenant(), account, now],
    )
    .await
}

pub(super) async fn examination(
    tx: &mut Tx<'_>,
    scope: &Scope,
    account: &str,
) -> DbResult<Option<ExaminationRow>> {
    tx.opt(
        "SELECT run, started_at, finished_at, probes FROM accounts_examination WHERE tenant_id = $1 AND account_id = $2",
        args![scope.tenant(), account],
    )
    .await
}

pub(super) async fn count_probes(
    tx: &mut Tx<'_>,
    scope: &Scope,
    account: &str,
    probes: usize,
) -> DbResult<()> {
    tx.exec(
        "UPDATE accounts_examination SET probes = $3 WHERE tenant_id = $1 AND account_id = $2",
        args![scope.tenant(), account, probes],
    )
    .await?;
    Ok(())
}

pub(super) async fn end_examination(tx: &mut Tx<'_>, scope: &Scope, account: &str) -> DbResult<()> {
    let now = tx.now();
    tx.exec(
        "UPDATE accounts_examination SET finished_at = $3 WHERE tenant_id = $1 AND account_id = $2",
        args![scope.tenant(), account, now],
    )
    .await?;
    Ok(())
}

pub(super) async fn findings(tx: &mut Tx<'_>, scope: &Scope, account: &str) -> DbResult<Vec<FindingRow>> {
    tx.all(
        "SELECT place, probe, asked, verdict, code, words, figure, found_at FROM accounts_finding
         WHERE tenant_id = $1 AND account_id = $2 ORDER BY place",
        args![scope.tenant(), account],
    )
    .await
}

pub(super) async fn insert_finding(
    tx: &mut Tx<'_>,
    scope: &Scope,
    account: &str,
    place: usize,
    finding: &Finding,
) -> DbResult<()> {
    let verdict = match finding.verdict {
        Verdict::Fine => "fine",
        Verdict::Warning => "warning",
        Verdict::Broken => "broken",
        Verdict::Skipped => "skipped",
    };
    let now = tx.now();
    tx.exec(
        "INSERT INTO accounts_finding (tenant_id, account_id, place, probe, asked, verdict, code, words, figure, found_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         ON CONFLICT (tenant_id, account_id, place) DO NOTHING",
        args![
            scope.tenant(),
            account,
            place,
            &finding.probe,
            &finding.asked,
            verdict,
            finding.code,
            &finding.words,
            finding.count,
            now
        ],
    )
    .await?;
    Ok(())
}

pub(super) async fn sync_rows(tx: &mut Tx<'_>, scope: &Scope, account: &str) -> DbResult<Vec<SyncRow>> {
    tx.all(
        "SELECT kind, run, state, done, total, listed, next_cursor, started_at, finished_at, last_error
         FROM accounts_sync WHERE tenant_id = $1 AND account_id = $2 ORDER BY kind",
        args![scope.tenant(), account],
    )
    .await
}

/// How far one kind is, if it was ever begun.
pub async fn sync_row(
    tx: &mut Tx<'_>,
    scope: &Scope,
    account: &str,
    kind: SyncKind,
) -> DbResult<Option<SyncRow>> {
    tx.opt(
        "SELECT kind, run, state, done, total, listed, next_cursor, started_at, finished_at, last_error
         FROM accounts_sync WHERE tenant_id = $1 AND account_id = $2 AND kind = $3",
        args![scope.tenant(), account, kind.word()],
    )
    .await
}

/// Begins mirroring a kind, or goes on where a run stopped half-way. Answers the number of the run.
pub async fn begin_sync(tx: &mut Tx<'_>, scope: &Scope, account: &str, kind: SyncKind) -> DbResult<i64> {
    let now = tx.now();
    // A run whose last reads died would otherwise count as running for ever.
    let alive =
        |r: &SyncRow| r.state == "running" && !(r.listed && now.since(Timestamp(r.started_at)) > HOUR);
    if let Some(row) = sync_row(tx, scope, account, kind).await?.filter(alive) {
        return Ok(row.run);
    }
    tx.number(
        "INSERT INTO accounts_sync (tenant_id, account_id, kind, run, state, done, total, listed, next_cursor, started_at,
             last_error)
         VALUES ($1, $2, $3, 1, 'running', 0, 0, FALSE, '', $4, '')
         ON CONFLICT (tenant_id, account_id, kind) DO UPDATE
         SET run = accounts_sync.run + 1, state = 'running', done = 0, total = 0, listed = FALSE, next_cursor = '',
             started_at = excluded.started_at, finished_at = NULL, last_error = ''
         RETURNING run",
        args![scope.tenant(), account, kind.word(), now],
    )
    .await
}

/// One step forward. `cursor` is where to go on after a crash; `listed` says that `total` is final.
#[derive(Clone, Copy, Debug, Default)]
pub struct SyncStep<'a> {
    pub done: usize,
    pub found: usize,
    pub cursor: Option<&'a str>,
    pub listed: bool,
}

/// Notes progress; the last step ends the run.
pub async fn step_sync(
    tx: &mut Tx<'_>,
    scope: &Scope,
    account: &str,
    kind: SyncKind,
    step: SyncStep<'_>,
) -> DbResult<()> {
    let now: Timestamp = tx.now();
    tx.exec(
        "UPDATE accounts_sync SET done = done + $4, total = total + $5, next_cursor = COALESCE($6, next_cursor),
             listed = CASE WHEN $7 = TRUE THEN TRUE ELSE listed END
         WHERE tenant_id = $1 AND account_id = $2 AND kind = $3 AND state = 'running'",
        args![scope.tenant(), account, kind.word(), step.done, step.found, step.cursor, step.listed],
    )
    .await?;
    tx.exec(
        "UPDATE accounts_sync SET state = 'done', finished_at = $4, next_cursor = '', last_error = ''
         WHERE tenant_id = $1 AND account_id = $2 AND kind = $3 AND state = 'running' AND listed = TRUE AND done >= total",
        args![scope.tenant(), account, kind.word(), now],
    )
    .await?;
    Ok(())
}

/// Notes what went wrong; `ended` when trying again is pointless until a person acts.
pub(super) async fn fail_sync(
    tx: &mut Tx<'_>,
    scope: &Scope,
    account: &str,
    kind: SyncKind,
    (error, ended): (&str, bool),
) -> DbResult<()> {
    let now = tx.now();
    tx.exec(
        "UPDATE accounts_sync SET last_error = $4,
             state = CASE WHEN $5 = TRUE THEN 'failed' ELSE state END,
             finished_at = CASE WHEN $5 = TRUE THEN $6 ELSE finished_at END
         WHERE tenant_id = $1 AND account_id = $2 AND kind = $3 AND state = 'running'",
        args![scope.tenant(), account, kind.word(), error, ended, now],
    )
    .await?;
    Ok(())
}
