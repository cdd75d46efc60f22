//! Mirroring the directory.

use messenger::Lane;
use serde::{Deserialize, Serialize};

use super::{model, store};
use crate::accounts::{self, SyncKind, SyncStep};
use crate::ctx::JobCtx;
use crate::kernel::jobs::{Job, JobResult, Policy};

/// Reads all employees in the application's range and writes what changed.
#[derive(Debug, Serialize, Deserialize)]
pub struct Sync {
    pub account: String,
}

impl Job for Sync {
    const KIND: &'static str = "staff.sync";
    const POLICY: Policy = Policy::BULK;

    fn dedupe(&self) -> Option<String> {
        Some(self.account.clone())
    }

    async fn run(&self, ctx: &mut JobCtx) -> JobResult {
        let scope = ctx.scope().clone();
        let answers = {
            let messenger = ctx.messenger(&self.account).await?;
            match messenger.directory().list_serving_staff(Lane::Bulk).await {
                Ok(serving) => messenger.directory().list_staff(Lane::Bulk).await.map(|all| (all, serving)),
                Err(e) => Err(e),
            }
        };
        let (listed, serving) = match answers {
            Ok(both) => both,
            Err(e) => return accounts::sync_stopped(ctx, &self.account, SyncKind::Staff, e).await,
        };
        let mut tx = ctx.begin().await?;
        // A directory hint asks for a sync without beginning a run of the progress page.
        accounts::begin_sync(&mut tx, &scope, &self.account, SyncKind::Staff).await?;
        let known = store::of_account(&mut tx, &scope, &self.account).await?;
        for change in model::diff(&known, &listed, &serving) {
            store::upsert(&mut tx, &scope, &self.account, &change).await?;
        }
        let step = SyncStep { done: listed.len(), found: listed.len(), cursor: None, listed: true };
        accounts::step_sync(&mut tx, &scope, &self.account, SyncKind::Staff, step).await?;
        tx.commit().await?;
        Ok(())
    }
}
