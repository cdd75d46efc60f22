//! Accounts: the companies' applications on messaging platforms that Huoqun is connected to, their callbacks, the
//! set-up doctor and the progress of mirroring.
//!
//! - A *connection* is company, application and sealed secrets. The product starts and runs without it, and with a
//!   wrong one; the doctor says what is wrong and how to cure it.
//! - The *inbox* keeps every verified callback before it is answered. It has a file of its own (`inbox.rs`) because it
//!   is the only hot path of the product and lives in memory: receivers, a queue, one writer at a time. Nothing is
//!   interpreted there.
//! - The *projector* (`jobs.rs`) reads the inbox behind the answer and turns each callback into a hint; what a hint
//!   causes stands in `reactions::on_hint`. The cursor moves in the transaction that acted.
//! - Callbacks only hurry the mirrors. Whatever they lose, the nightly reconcilers find.

pub mod api;
mod inbox;
pub mod jobs;
mod model;
mod rows;
mod store;
#[cfg(test)]
mod tests;

pub use inbox::Inbox;
pub use model::{AccountRefusal, SyncKind};
pub use rows::SyncRow;
pub use store::{
    SyncStep, begin_sync, callbacks_with, forget_callbacks, step_sync, sync_row, unread_callbacks,
};

use crate::ctx::{Ctx, JobCtx};
use crate::kernel::db::Tx;
use crate::kernel::http::{AppError, AppResult, Scope};
use crate::kernel::jobs::JobError;
use crate::kernel::seal::Sealer;

/// The table of callbacks, whose rows hold several.
pub const INBOX: &str = "accounts_inbox";

pub const WORDS: crate::kernel::i18n::Words = crate::words!();

/// Version, platform and credentials of an account.
pub async fn credentials(
    tx: &mut Tx<'_>,
    sealer: &Sealer,
    account: &str,
) -> AppResult<(i64, String, messenger::Credentials)> {
    let row = store::find(tx, account).await?.ok_or_else(AppError::not_found)?;
    let credentials = opened(sealer, &row)?;
    Ok((row.version, row.platform, credentials))
}

/// Ids of the tenant's accounts, oldest first.
pub async fn list_ids(tx: &mut Tx<'_>, scope: &Scope) -> AppResult<Vec<String>> {
    Ok(store::list(tx, scope).await?.into_iter().map(|a| a.id).collect())
}

/// The tenant of an account, for entry points that know only the account.
pub async fn tenant_of(tx: &mut Tx<'_>, account: &str) -> AppResult<String> {
    Ok(store::find(tx, account).await?.ok_or_else(AppError::not_found)?.tenant_id)
}

/// What a job that mirrors a kind does with a platform's answer that isn't data: notes it on the progress page and
/// says whether to try again. A refusal ends the run without a dead job, because the page shows it and a fresh start
/// is one tap away.
pub async fn sync_stopped(
    ctx: &mut JobCtx,
    account: &str,
    kind: SyncKind,
    error: messenger::Error,
) -> Result<(), JobError> {
    let words = error.to_string();
    let outcome = JobError::of_messenger(error, ctx.now());
    let ended = matches!(outcome, JobError::GiveUp { .. });
    let scope = ctx.scope().clone();
    let mut tx = ctx.begin().await?;
    store::fail_sync(&mut tx, &scope, account, kind, (&words, ended)).await?;
    tx.commit().await?;
    if ended { Ok(()) } else { Err(outcome) }
}

/// What reads the callbacks of an account, if there is such an account and its token and key are usable.
pub(crate) async fn receiver(
    ctx: &Ctx,
    account: &str,
) -> AppResult<Option<std::sync::Arc<dyn messenger::inbound::Receiver>>> {
    ctx.inbox().receiver(ctx, account).await
}

/// What is sealed, and about what: a sealed text can't be moved to another account or field.
fn about(account: &str, field: &str) -> String {
    format!("{account}/{field}")
}

fn opened(sealer: &Sealer, row: &rows::AccountRow) -> AppResult<messenger::Credentials> {
    let open = |field: &str, sealed: &str| {
        sealer.open(&about(&row.id, field), sealed).ok_or_else(|| {
            AppError::fault(format!("the {field} of {} was sealed under another master key", row.id))
        })
    };
    Ok(messenger::Credentials {
        company: row.company.clone(),
        application: row.application.clone(),
        secret: open("secret", &row.secret_sealed)?,
        callback_token: open("token", &row.token_sealed)?,
        callback_key: open("key", &row.key_sealed)?,
        api_base: row.api_base.clone(),
    })
}
