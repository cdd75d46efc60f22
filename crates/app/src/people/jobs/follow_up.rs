//! What comes after a joining, and what employees hear of their losses.

use messenger::Lane;
use serde::{Deserialize, Serialize};

use super::super::store;
use crate::ctx::JobCtx;
use crate::kernel::i18n::{self, Locale};
use crate::kernel::jobs::{Job, JobResult, Policy};

/// Takes over what was written for a merged person by whoever still held her old id.
#[derive(Debug, Serialize, Deserialize)]
pub struct CarryLate {
    pub merge: String,
}

impl Job for CarryLate {
    const KIND: &'static str = "people.carry_late";
    const POLICY: Policy = Policy::BULK;

    async fn run(&self, ctx: &mut JobCtx) -> JobResult {
        let scope = ctx.scope().clone();
        let mut tx = ctx.begin().await?;
        store::carry_late(&mut tx, &scope, &self.merge).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// Tells employees once a day how many customers deleted them, one message each.
#[derive(Debug, Serialize, Deserialize)]
pub struct TellLosses {}

impl Job for TellLosses {
    const KIND: &'static str = "people.tell_losses";
    const POLICY: Policy = Policy::BULK;

    fn dedupe(&self) -> Option<String> {
        Some(String::new())
    }

    async fn run(&self, ctx: &mut JobCtx) -> JobResult {
        let scope = ctx.scope().clone();
        let until = ctx.now();
        let mut tx = ctx.read().await?;
        if !store::tells_losses(&mut tx, &scope).await? {
            return Ok(());
        }
        let untold = store::untold(&mut tx, &scope).await?;
        drop(tx);
        for (staff, account, platform_id, count) in untold {
            // Noted before it is sent: a message that nobody knows about is missed once rather than sent twice.
            let mut tx = ctx.begin().await?;
            store::mark_told(&mut tx, &scope, &staff, until).await?;
            tx.commit().await?;
            let text = i18n::text(Locale::Zh, "people.losses_told", &serde_json::json!({ "count": count }));
            let messenger = ctx.messenger(&account).await?;
            if let Err(e) = messenger.staff_messages().send_text(&[platform_id], &text, Lane::Bulk).await {
                tracing::warn!(error = %e, "an employee was not told of her losses");
            }
        }
        Ok(())
    }
}
