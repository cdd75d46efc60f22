//! Acting on callbacks, and the set-up doctor.

use std::collections::{BTreeMap, BTreeSet};

use base::time::SECOND;
use messenger::inbound::Hint;
use messenger::probe::{Finding, Verdict};
use serde::{Deserialize, Serialize};

use super::rows::InboxRow;
use super::{model, store};
use crate::ctx::JobCtx;
use crate::kernel::db::Tx;
use crate::kernel::http::{AppError, AppResult, Scope};
use crate::kernel::jobs::{Job, JobResult, Lane, Policy};
use crate::reactions;

/// Callbacks acted upon in one transaction.
const PORTION: usize = 512;
/// Portions in one run; a longer queue goes on in the next one.
const PORTIONS: usize = 20;

/// Reads new callbacks and acts on them. One per tenant at a time.
#[derive(Debug, Serialize, Deserialize)]
pub struct Project {}

impl Job for Project {
    const KIND: &'static str = "accounts.project";
    const POLICY: Policy = Policy::URGENT;

    fn dedupe(&self) -> Option<String> {
        Some(String::new())
    }

    async fn run(&self, ctx: &mut JobCtx) -> JobResult {
        // A callback that fails again and again is found by going one by one, and left to the reconcilers.
        let portion = if ctx.attempt() > 2 { 1 } else { PORTION };
        let scope = ctx.scope().clone();
        for _ in 0..PORTIONS {
            ctx.let_callbacks_pass().await;
            let mut tx = ctx.read().await?;
            let after = store::cursor(&mut tx, &scope).await?;
            let rows = store::inbox_after(&mut tx, scope.tenant(), after, portion).await?;
            drop(tx);
            if rows.is_empty() {
                return Ok(());
            }
            let hints = read_hints(ctx, &rows).await?;
            let skip_faults = ctx.attempt() > 5;
            let mut tx = ctx.begin().await?;
            match act(&mut tx, &scope, &hints).await {
                Ok(()) => {}
                Err(fault) if skip_faults => {
                    tracing::error!(seq = rows[0].seq, %fault, "a callback could not be acted upon and is skipped");
                    drop(tx);
                    tx = ctx.begin().await?;
                }
                Err(fault) => return Err(fault.into()),
            }
            let last = rows.last().map_or(after, |r| r.seq);
            store::move_cursor(&mut tx, &scope, last).await?;
            tx.commit().await?;
        }
        let mut tx = ctx.begin().await?;
        tx.enqueue(scope.tenant(), &Self {}).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// The hints of some callbacks; those of an account that can't be read any more are left out.
async fn read_hints<'r>(ctx: &JobCtx, rows: &'r [InboxRow]) -> AppResult<Vec<(&'r InboxRow, Hint)>> {
    let mut receivers = BTreeMap::new();
    let mut hints = Vec::with_capacity(rows.len());
    for row in rows {
        if !receivers.contains_key(&row.account_id) {
            receivers.insert(&row.account_id, ctx.receiver(&row.account_id).await?);
        }
        match receivers.get(&row.account_id) {
            Some(Some(receiver)) => hints.push((row, receiver.hint(&row.body))),
            _ => tracing::warn!(
                account = row.account_id,
                seq = row.seq,
                "a callback of a lost account is skipped"
            ),
        }
    }
    Ok(hints)
}

async fn act(tx: &mut Tx<'_>, scope: &Scope, hints: &[(&InboxRow, Hint)]) -> AppResult<()> {
    let mut latest = BTreeMap::new();
    let mut changed = BTreeSet::new();
    let superseded = model::superseded(hints.iter().map(|(row, hint)| (row.account_id.as_str(), hint)));
    for ((row, hint), superseded) in hints.iter().zip(superseded) {
        latest.insert(&row.account_id, row.received_at);
        if superseded {
            continue;
        }
        if let Hint::ContactChanged { contact, .. } = hint {
            // What comes most, thousands a minute: asked for together.
            changed.insert((row.account_id.as_str(), contact.as_str()));
            continue;
        }
        match reactions::on_hint(tx, scope, &row.account_id, hint, base::Timestamp(row.received_at)).await {
            Ok(()) => {}
            Err(AppError::Refused(refused)) => {
                tracing::warn!(seq = row.seq, code = refused.code, "a callback was refused and is skipped");
            }
            Err(fault) => return Err(fault),
        }
    }
    reactions::on_changed_contacts(tx, scope, &changed).await?;
    for (account, at) in latest {
        store::note_callback(tx, scope, account, at).await?;
    }
    Ok(())
}

/// Asks the platform everything that a set-up needs, one finding after the other.
#[derive(Debug, Serialize, Deserialize)]
pub struct Doctor {
    pub account: String,
    pub run: i64,
}

impl Job for Doctor {
    const KIND: &'static str = "accounts.doctor";
    const POLICY: Policy = Policy { lane: Lane::Normal, attempts: 5, time_limit: 60 * SECOND };

    fn dedupe(&self) -> Option<String> {
        Some(self.account.clone())
    }

    async fn run(&self, ctx: &mut JobCtx) -> JobResult {
        let scope = ctx.scope().clone();
        let names = ctx.messenger(&self.account).await?.probes().names();
        let mut tx = ctx.begin().await?;
        let current = store::examination(&mut tx, &scope, &self.account).await?;
        if current.is_none_or(|e| e.run != self.run) {
            return Ok(());
        }
        store::count_probes(&mut tx, &scope, &self.account, names.len() + 1).await?;
        let known = store::findings(&mut tx, &scope, &self.account).await?;
        tx.commit().await?;
        for (place, name) in names.iter().enumerate() {
            // A run that was cut off goes on where it stopped.
            if known.iter().any(|f| f.place == place as i64) {
                continue;
            }
            let finding = ctx.messenger(&self.account).await?.probes().run(name).await;
            let mut tx = ctx.begin().await?;
            store::insert_finding(&mut tx, &scope, &self.account, place, &finding).await?;
            tx.commit().await?;
        }
        let url = ctx.config().public_url.clone();
        let mut tx = ctx.begin().await?;
        let finding = callback_finding(&mut tx, &scope, &self.account, &url).await?;
        store::insert_finding(&mut tx, &scope, &self.account, names.len(), &finding).await?;
        store::end_examination(&mut tx, &scope, &self.account).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// Whether the platform ever reached us: the one thing that can't be asked from this side.
async fn callback_finding(
    tx: &mut Tx<'_>,
    scope: &Scope,
    account: &str,
    public_url: &str,
) -> AppResult<Finding> {
    let row = store::get(tx, scope, account).await?;
    let (verdict, words) = match (row.last_callback_at, row.url_checked_at) {
        (Some(at), _) => (Verdict::Fine, base::Timestamp(at).rfc3339()),
        (None, Some(at)) => (Verdict::Warning, base::Timestamp(at).rfc3339()),
        (None, None) => (Verdict::Broken, String::new()),
    };
    let asked = callback_url(public_url, &row.platform, account);
    Ok(Finding { probe: "callback".to_owned(), asked, verdict, code: 0, words, count: None })
}

/// Where the platform reaches us.
pub(super) fn callback_url(public_url: &str, platform: &str, account: &str) -> String {
    format!("{public_url}/hooks/{platform}/{account}")
}
