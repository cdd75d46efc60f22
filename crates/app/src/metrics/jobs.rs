//! Counting reach once everybody had an hour to see the post.

use base::time::{HOUR, MINUTE};
use serde::{Deserialize, Serialize};

use super::store;
use crate::ctx::JobCtx;
use crate::kernel::jobs::{Job, JobError, JobResult, Policy};

/// An hour and a minute after a delivery its reach stands.
pub(super) const SETTLED_AFTER: i64 = HOUR + MINUTE;

/// Counts the distinct persons a release reached.
#[derive(Serialize, Deserialize)]
pub struct Reach {
    pub post: String,
}

impl Job for Reach {
    const KIND: &'static str = "metrics.reach";
    const POLICY: Policy = Policy::BULK;
    fn dedupe(&self) -> Option<String> {
        Some(self.post.clone())
    }
    async fn run(&self, ctx: &mut JobCtx) -> JobResult {
        let scope = ctx.scope().clone();
        let now = ctx.now();
        let mut tx = ctx.begin().await?;
        let reach = store::reach(&mut tx, &scope, &self.post).await?;
        let last = store::last_delivery(&mut tx, &scope, &self.post).await?;
        store::set_reach(&mut tx, &scope, &self.post, reach).await?;
        tx.commit().await?;
        let settled = last.plus(SETTLED_AFTER);
        if now < settled { Err(JobError::RetryAt(settled, String::new())) } else { Ok(()) }
    }
}
