//! Removing what has been kept long enough.

use serde::{Deserialize, Serialize};

use super::model::Object;
use super::store;
use crate::ctx::JobCtx;
use crate::kernel::jobs::{Job, JobResult, Policy};

/// Deletes in batches what is older than its days, and notes how much it was.
#[derive(Debug, Serialize, Deserialize)]
pub struct Sweep {}

impl Job for Sweep {
    const KIND: &'static str = "privacy.sweep";
    const POLICY: Policy = Policy::BULK;
    fn dedupe(&self) -> Option<String> {
        Some(String::new())
    }
    async fn run(&self, ctx: &mut JobCtx) -> JobResult {
        let scope = ctx.scope().clone();
        let now = ctx.now();
        for object in Object::ALL {
            let mut deleted = 0;
            loop {
                let mut tx = ctx.begin().await?;
                let batch = store::delete_batch(&mut tx, &scope, object, now).await?;
                deleted += i64::try_from(batch).unwrap_or(0);
                if batch == 0 {
                    store::note_run(&mut tx, &scope, object, deleted).await?;
                }
                tx.commit().await?;
                if batch == 0 {
                    break;
                }
            }
        }
        Ok(())
    }
}
