//! Sending what is due to one endpoint, and forgetting what is old.

use base::Timestamp;
use futures_util::future::join_all;
use serde::{Deserialize, Serialize};

use super::model::{self, Outcome};
use super::rows::{DeliveryRow, EndpointRow};
use super::store;
use crate::ctx::JobCtx;
use crate::kernel::http::AppResult;
use crate::kernel::jobs::{Job, JobResult, Policy};
use crate::kernel::outgoing::{Call, NoReply, Reply};

/// Sends everything that is due to one endpoint, a batch at a time. One job per endpoint, so that a slow receiver
/// holds up nobody but itself.
#[derive(Serialize, Deserialize)]
pub struct Deliver {
    pub endpoint: String,
}

impl Job for Deliver {
    const KIND: &'static str = "webhooks.deliver";
    const POLICY: Policy = Policy::OUTGOING;

    fn dedupe(&self) -> Option<String> {
        Some(self.endpoint.clone())
    }

    async fn run(&self, ctx: &mut JobCtx) -> JobResult {
        let Some((endpoint, batch)) = self.begin(ctx).await? else { return Ok(()) };
        let calls: Vec<Call> = {
            let secrets = store::secrets(ctx.sealer(), ctx.scope(), &endpoint, ctx.now());
            let secrets: Vec<&str> = secrets.iter().map(|s| s.reveal().as_str()).collect();
            batch.iter().map(|d| call_of(&endpoint, d, &secrets, ctx.now())).collect()
        };
        let answers = {
            let outgoing = ctx.outgoing();
            join_all(calls.into_iter().map(|call| outgoing.post(call))).await
        };
        self.end(ctx, batch, answers).await?;
        Ok(())
    }
}

impl Deliver {
    /// Writes the attempts that are about to be made.
    async fn begin(&self, ctx: &mut JobCtx) -> AppResult<Option<(EndpointRow, Vec<DeliveryRow>)>> {
        let scope = ctx.scope().clone();
        let mut tx = ctx.begin().await?;
        let Some(endpoint) = store::find(&mut tx, &scope, &self.endpoint).await?.filter(|e| e.enabled) else {
            return Ok(None);
        };
        let mut batch = store::due(&mut tx, &scope, &self.endpoint).await?;
        for delivery in &mut batch {
            store::begin_attempt(&mut tx, &scope, delivery).await?;
        }
        if batch.is_empty() {
            self.come_back(&mut tx, scope.tenant()).await?;
            tx.commit().await?;
            return Ok(None);
        }
        tx.commit().await?;
        Ok(Some((endpoint, batch)))
    }

    /// Writes what came back, and comes back itself when something is due.
    async fn end(
        &self,
        ctx: &mut JobCtx,
        batch: Vec<DeliveryRow>,
        answers: Vec<Result<Reply, NoReply>>,
    ) -> AppResult<()> {
        let scope = ctx.scope().clone();
        let mut tx = ctx.begin().await?;
        let (mut succeeded, mut failed, mut gone) = (false, false, false);
        for (mut delivery, answer) in batch.into_iter().zip(answers) {
            let outcome = model::outcome(&answer, delivery.tries, tx.now());
            let (state, next_at) = match outcome {
                Outcome::Delivered => ("delivered", 0),
                Outcome::Again(at) => ("waiting", at.0),
                Outcome::GiveUp | Outcome::Gone => ("failed", 0),
            };
            succeeded |= outcome == Outcome::Delivered;
            failed |= outcome != Outcome::Delivered;
            gone |= outcome == Outcome::Gone;
            state.clone_into(&mut delivery.state);
            delivery.next_at = next_at;
            let shown = match &answer {
                Ok(reply) => (i64::from(reply.status), String::new(), reply.body.as_str()),
                Err(e) => (0, e.to_string(), ""),
            };
            store::end_attempt(&mut tx, &scope, &delivery, (shown.0, &shown.1, shown.2)).await?;
        }
        if succeeded || failed {
            store::note_health(&mut tx, &scope, &self.endpoint, succeeded).await?;
        }
        let since = store::find(&mut tx, &scope, &self.endpoint).await?.map_or(0, |e| e.failing_since);
        if gone {
            store::switch_off(&mut tx, &scope, &self.endpoint, "webhooks.gone").await?;
        } else if model::failed_too_long(since, tx.now()) {
            store::switch_off(&mut tx, &scope, &self.endpoint, "webhooks.failing").await?;
        }
        self.come_back(&mut tx, scope.tenant()).await?;
        tx.commit().await?;
        Ok(())
    }

    async fn come_back(&self, tx: &mut crate::kernel::db::Tx<'_>, tenant: &str) -> AppResult<()> {
        let scope = crate::kernel::http::Scope::of_job(tenant);
        match store::next_due(tx, &scope, &self.endpoint).await? {
            Some(at) => tx.enqueue_at(tenant, &Self { endpoint: self.endpoint.clone() }, at).await,
            None => Ok(()),
        }
    }
}

fn call_of(endpoint: &EndpointRow, delivery: &DeliveryRow, secrets: &[&str], now: Timestamp) -> Call {
    let signature = model::signatures(secrets, &delivery.message_id, now, &delivery.payload);
    Call {
        url: endpoint.url.clone(),
        headers: vec![
            ("content-type", "application/json".to_owned()),
            ("webhook-id", delivery.message_id.clone()),
            ("webhook-timestamp", now.seconds().to_string()),
            ("webhook-signature", signature),
        ],
        body: delivery.payload.clone(),
    }
}

/// Forgets deliveries that settled long ago.
#[derive(Serialize, Deserialize)]
pub struct Prune {}

impl Job for Prune {
    const KIND: &'static str = "webhooks.prune";
    const POLICY: Policy = Policy::BULK;

    async fn run(&self, ctx: &mut JobCtx) -> JobResult {
        let scope = ctx.scope().clone();
        let mut tx = ctx.begin().await?;
        store::prune(&mut tx, &scope).await?;
        tx.commit().await?;
        Ok(())
    }
}
