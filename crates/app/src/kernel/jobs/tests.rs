//! Jobs: exist with their transaction, run once per claim, back off, die with a reason, and wait for nobody's clock.

use base::Clock as _;
use base::time::{MINUTE, SECOND};
use serde::{Deserialize, Serialize};

use super::queue::Due;
use super::{Job, JobError, JobResult, Lane, Policy, queue};
use crate::ctx::JobCtx;
use crate::kernel::http::ListQuery;
use crate::{args, both_dbs};

/// Notes each run in the log of facts; fails as often as it is told.
#[derive(Serialize, Deserialize)]
pub(crate) struct Probe {
    name: String,
    fail: i64,
}

impl Job for Probe {
    const KIND: &'static str = "test.probe";
    const POLICY: Policy = Policy { attempts: 3, ..Policy::NORMAL };
    fn dedupe(&self) -> Option<String> {
        Some(self.name.clone())
    }
    async fn run(&self, ctx: &mut JobCtx) -> JobResult {
        let (attempt, epoch) = (ctx.attempt(), ctx.epoch());
        let mut tx = ctx.begin().await?;
        let now = tx.now();
        crate::kernel::facts::append(&mut tx, &self.name, vec![("ran", now, format!("{attempt}/{epoch}"))])
            .await?;
        tx.commit().await?;
        if attempt <= self.fail { Err(JobError::Retry("as told".to_owned())) } else { Ok(()) }
    }
}

async fn runs(world: &crate::testkit::World, name: &str) -> i64 {
    let mut tx = world.ctx.read().await.expect("a session");
    tx.number("SELECT CAST(COUNT(*) AS BIGINT) FROM facts WHERE tenant_id = $1", args![name])
        .await
        .expect("a count")
}

async fn enqueue(world: &crate::testkit::World, name: &str, fail: i64, delay: i64) {
    let mut tx = world.ctx.begin().await.expect("a transaction");
    let at = tx.now().plus(delay);
    tx.enqueue_at(world.scope.tenant(), &Probe { name: name.to_owned(), fail }, at).await.expect("enqueued");
    tx.commit().await.expect("a commit");
}

both_dbs! {
    async fn a_job_lives_and_dies_with_its_transaction(world: World) {
        let mut tx = world.ctx.begin().await.expect("a transaction");
        tx.enqueue(world.scope.tenant(), &Probe { name: "lost".to_owned(), fail: 0 }).await.expect("enqueued");
        drop(tx);
        enqueue(&world, "kept", 0, 0).await;
        world.drain().await;
        assert_eq!((runs(&world, "lost").await, runs(&world, "kept").await), (0, 1));
    }

    async fn waiting_twins_are_one_and_the_earlier_time_wins(world: World) {
        enqueue(&world, "twin", 0, 10 * MINUTE).await;
        enqueue(&world, "twin", 0, MINUTE).await;
        enqueue(&world, "twin", 0, 20 * MINUTE).await;
        world.drain().await;
        assert_eq!(runs(&world, "twin").await, 0);
        world.advance(2 * MINUTE).await;
        assert_eq!(runs(&world, "twin").await, 1);
        world.advance(60 * MINUTE).await;
        assert_eq!(runs(&world, "twin").await, 1);
    }

    async fn it_backs_off_then_dies_with_a_reason_and_can_be_retried(world: World) {
        enqueue(&world, "weak", 3, 0).await;
        world.drain().await;
        assert_eq!(runs(&world, "weak").await, 1);
        world.advance(5 * SECOND).await;
        assert_eq!(runs(&world, "weak").await, 2);
        world.advance(MINUTE).await;
        assert_eq!(runs(&world, "weak").await, 3);
        let dead = world.get("/api/v1/jobs").await.ok();
        assert_eq!((dead["items"][0]["error_code"].as_str(), dead["dead"].as_i64()), (Some("jobs.out_of_attempts"), Some(1)));
        let id = dead["items"][0]["id"].as_str().expect("an id").to_owned();
        world.post(&format!("/api/v1/jobs/{id}/retry"), &serde_json::json!({})).await.ok();
        world.drain().await;
        assert_eq!(runs(&world, "weak").await, 4);
        assert_eq!(world.post("/api/v1/jobs/none/discard", &serde_json::json!({})).await.refusal(), "http.not_found");
    }

    async fn a_lease_that_ran_out_is_taken_over_and_fences_the_old_holder(world: World) {
        enqueue(&world, "fenced", 0, 0).await;
        let now = world.clock.now();
        let mut tx = world.ctx.begin().await.expect("a transaction");
        let waiting = Due { lane: Lane::Normal, lost: false };
        assert_eq!(queue::due(&mut tx, now, now).await.expect("lanes"), [waiting]);
        let first = queue::claim(&mut tx, waiting, now, now, 10).await.expect("a claim");
        let again = queue::claim(&mut tx, waiting, now, now, 10).await.expect("a claim");
        assert_eq!((first.len(), again.len()), (1, 0));
        let later = now.plus(10 * MINUTE);
        let lost = Due { lost: true, ..waiting };
        assert_eq!(queue::due(&mut tx, later, later).await.expect("lanes"), [lost]);
        let taken = queue::claim(&mut tx, lost, later, later, 10).await.expect("a claim");
        assert_eq!(taken[0].epoch, first[0].epoch + 1);
        assert!(!queue::finish(&mut tx, &first[0]).await.expect("a delete"), "the old holder can't finish it");
        assert!(queue::finish(&mut tx, &taken[0]).await.expect("a delete"));
        tx.commit().await.expect("a commit");
    }

    async fn the_dead_are_listed_newest_first(world: World) {
        for name in ["a", "b"] {
            enqueue(&world, name, 9, 0).await;
        }
        world.advance(10 * MINUTE).await;
        let mut tx = world.ctx.read().await.expect("a session");
        let page = ListQuery::default().paging();
        let dead = queue::dead(&mut tx, &world.scope, &page).await.expect("a list");
        assert_eq!(dead.len(), 2);
        assert!(dead[0].id > dead[1].id);
    }
}
