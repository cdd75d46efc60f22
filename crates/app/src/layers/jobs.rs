//! Looking at persons whose facts or days changed, in portions, and what goes round every night.

mod look;

use serde::{Deserialize, Serialize};

use super::model::{CutState, Cuts};
use super::store;
use crate::ctx::JobCtx;
use crate::kernel::jobs::{Job, JobResult, Policy};

/// Portions of one run.
const PORTIONS: usize = 40;
/// Customers entered in one transaction.
const ENTERED: i64 = 1_000;
/// With so many buyers the first cut points come into force by themselves; later ones are people's decision.
const FIRST_CUTS: usize = 20;

/// Looks at everybody who is due. Repeating it changes nothing: it writes what follows from the facts.
#[derive(Debug, Serialize, Deserialize)]
pub struct Refresh {}

impl Job for Refresh {
    const KIND: &'static str = "layers.refresh";
    const POLICY: Policy = Policy::BULK;
    fn dedupe(&self) -> Option<String> {
        Some(String::new())
    }
    async fn run(&self, ctx: &mut JobCtx) -> JobResult {
        let scope = ctx.scope().clone();
        for _ in 0..PORTIONS {
            let mut tx = ctx.begin().await?;
            let looked = look::portion(&mut tx, &scope).await?;
            tx.commit().await?;
            if looked == 0 {
                return Ok(());
            }
        }
        let mut tx = ctx.begin().await?;
        tx.enqueue(scope.tenant(), &Self {}).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// Enters customers nobody looked at yet, puts the first cut points into force, and wakes the look at those whose
/// day has come.
#[derive(Debug, Serialize, Deserialize)]
pub struct Nightly {}

impl Job for Nightly {
    const KIND: &'static str = "layers.nightly";
    const POLICY: Policy = Policy::BULK;
    fn dedupe(&self) -> Option<String> {
        Some(String::new())
    }
    async fn run(&self, ctx: &mut JobCtx) -> JobResult {
        let scope = ctx.scope().clone();
        loop {
            let mut tx = ctx.begin().await?;
            let entered = store::enter_unknown(&mut tx, &scope, ENTERED).await?;
            tx.commit().await?;
            if entered == 0 {
                break;
            }
        }
        let mut tx = ctx.begin().await?;
        store::recheck_barred(&mut tx, &scope).await?;
        if !store::cuts::ever_in_force(&mut tx, &scope).await? {
            let (buyers, gap) = super::buyers(&mut tx, &scope).await?;
            if buyers.len() >= FIRST_CUTS {
                let (points, source) = Cuts::first(&buyers, gap);
                let id = store::cuts::add(&mut tx, &scope, (&points, source), (buyers.len(), "")).await?;
                store::cuts::turn(&mut tx, &scope, &id, (CutState::Draft, CutState::InForce)).await?;
            }
        }
        tx.enqueue(scope.tenant(), &Refresh {}).await?;
        tx.commit().await?;
        Ok(())
    }
}
