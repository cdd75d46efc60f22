//! What an order tells of its buyer beside the money.

use serde::{Deserialize, Serialize};

use super::store;
use crate::ctx::JobCtx;
use crate::kernel::jobs::{Job, JobResult, Policy};
use crate::people::{self, NewPhone};

/// Learns the buyer's number from an order, or the buyer of an order from a number that is proven to be hers.
#[derive(Debug, Serialize, Deserialize)]
pub struct LearnPhone {
    pub order: String,
}

impl Job for LearnPhone {
    const KIND: &'static str = "orders.learn_phone";
    const POLICY: Policy = Policy::BULK;

    fn dedupe(&self) -> Option<String> {
        Some(self.order.clone())
    }

    async fn run(&self, ctx: &mut JobCtx) -> JobResult {
        let (scope, sealer) = (ctx.scope().clone(), ctx.sealer().clone());
        let mut tx = ctx.begin().await?;
        let Some(order) = store::by_id(&mut tx, &scope, &self.order).await? else { return Ok(()) };
        match &order.person_id {
            Some(person) => {
                let new = NewPhone {
                    person,
                    contact: "",
                    number: &order.mobile,
                    source: "order",
                    source_ref: &order.id,
                    verified: true,
                };
                people::note_phone(&mut tx, &scope, &sealer, &new).await?;
            }
            None => {
                if let Some(person) = people::by_phone(&mut tx, &scope, &order.mobile).await? {
                    store::tie_known(&mut tx, &scope, &order, &person).await?;
                }
            }
        }
        tx.commit().await?;
        Ok(())
    }
}
