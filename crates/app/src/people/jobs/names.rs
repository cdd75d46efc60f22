//! Filing names by their parts, in the background: whoever writes a name pays nothing for it.

use base::time::MINUTE;
use serde::{Deserialize, Serialize};

use super::super::store::Round;
use crate::ctx::JobCtx;
use crate::kernel::jobs::{Job, JobResult, Lane, Policy};

/// Files the names that are new or changed, a block of 65,536 persons at most; the rest is another job.
#[derive(Debug, Serialize, Deserialize)]
pub struct FileNames {}

impl Job for FileNames {
    const KIND: &'static str = "people.file_names";
    const POLICY: Policy = Policy { lane: Lane::Bulk, attempts: 8, time_limit: 10 * MINUTE };

    fn dedupe(&self) -> Option<String> {
        Some(String::new())
    }

    async fn run(&self, ctx: &mut JobCtx) -> JobResult {
        let scope = ctx.scope().clone();
        let mut tx = ctx.read().await?;
        let Some(round) = Round::read(&mut tx, &scope).await? else { return Ok(()) };
        drop(tx);
        for portion in round.portions() {
            let mut tx = ctx.begin().await?;
            round.write(&mut tx, &scope, portion).await?;
            tx.commit().await?;
        }
        let mut tx = ctx.begin().await?;
        round.note(&mut tx, &scope).await?;
        if round.more {
            tx.enqueue(scope.tenant(), &Self {}).await?;
        }
        tx.commit().await?;
        Ok(())
    }
}
