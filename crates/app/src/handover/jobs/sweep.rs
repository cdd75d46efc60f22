//! Items whose asking died.

use serde::{Deserialize, Serialize};

use super::super::model::ItemState;
use super::super::store;
use super::{Look, Submit};
use crate::ctx::JobCtx;
use crate::kernel::jobs::{self, Job, JobResult, Policy};

/// Says of items that nobody will ask for any more, because the job that should gave up or was discarded, that they
/// were never asked for: then they may be tried again. Where the call may have arrived the platform is asked.
#[derive(Debug, Serialize, Deserialize)]
pub struct Sweep {}

impl Job for Sweep {
    const KIND: &'static str = "handover.sweep";
    const POLICY: Policy = Policy::BULK;

    fn dedupe(&self) -> Option<String> {
        Some(String::new())
    }

    async fn run(&self, ctx: &mut JobCtx) -> JobResult {
        let scope = ctx.scope().clone();
        let mut tx = ctx.begin().await?;
        for (plan, kind, batch) in store::to_be_asked(&mut tx, &scope).await? {
            let submit = Submit { plan, kind, batch };
            // Read before the job is looked for: what a job does meanwhile raises the item's epoch.
            let items = store::batch(&mut tx, &scope, (&submit.plan, &submit.kind, batch)).await?;
            if jobs::is_alive(&mut tx, &scope, &submit).await? {
                continue;
            }
            let mut doubt = false;
            for item in items {
                let next = match item.state.as_str() {
                    "planned" => (ItemState::Failed, "handover.never_asked", 0),
                    "intent" => (ItemState::Unknown, "", 0),
                    _ => continue,
                };
                doubt |= store::step(&mut tx, &scope, &item, next).await? && next.0 == ItemState::Unknown;
            }
            if doubt {
                tx.enqueue(scope.tenant(), &Look { plan: submit.plan }).await?;
            }
        }
        tx.commit().await?;
        Ok(())
    }
}
