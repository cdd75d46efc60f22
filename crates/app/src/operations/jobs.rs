//! Making search keys anew: after an update that changes how names are found, and whenever one was missed.

use serde::{Deserialize, Serialize};

use super::store::{self, SEARCHED};
use crate::ctx::JobCtx;
use crate::kernel::jobs::{Job, JobResult, Policy};

/// Walks over everything that has a name and writes the search keys that differ from what the names give. Every
/// name's own write keeps its key too, so it goes round once a month only; the first round after an update begins when
/// the server starts.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct SearchKeys {
    /// The table that is walked over; empty for the first one.
    pub table: String,
    /// The last id in it that was looked at.
    pub after: String,
}

/// Portions of one run: the rest is another job, so that a million names hold up nobody.
const PORTIONS: usize = 40;

impl Job for SearchKeys {
    const KIND: &'static str = "operations.search_keys";
    const POLICY: Policy = Policy::BULK;

    fn dedupe(&self) -> Option<String> {
        Some(format!("{}:{}", self.table, self.after))
    }

    async fn run(&self, ctx: &mut JobCtx) -> JobResult {
        let scope = ctx.scope().clone();
        // A table that an update took away ends the walk; the next round begins another.
        let known = SEARCHED.iter().position(|s| s.table == self.table);
        let mut table = if self.table.is_empty() { 0 } else { known.unwrap_or(SEARCHED.len()) };
        let mut after = self.after.clone();
        for _ in 0..PORTIONS {
            let Some(searched) = SEARCHED.get(table) else { return Ok(()) };
            let mut tx = ctx.read().await?;
            let portion = store::portion(&mut tx, &scope, searched, &after).await?;
            drop(tx);
            if !portion.stale.is_empty() {
                let mut tx = ctx.begin().await?;
                for (id, key) in &portion.stale {
                    store::set_key(&mut tx, &scope, searched, id, key).await?;
                }
                tx.commit().await?;
            }
            (table, after) = match portion.next {
                Some(next) => (table, next),
                None => (table + 1, String::new()),
            };
        }
        let Some(searched) = SEARCHED.get(table) else { return Ok(()) };
        let mut tx = ctx.begin().await?;
        tx.enqueue(scope.tenant(), &Self { table: searched.table.to_owned(), after }).await?;
        tx.commit().await?;
        Ok(())
    }
}
