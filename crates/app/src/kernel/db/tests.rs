//! The store keeps its promises on both engines: atomic, shared commits, nothing half-done.

use std::sync::Arc;

use futures_util::FutureExt as _;

use crate::{args, both_dbs};

both_dbs! {
    async fn a_dropped_transaction_leaves_nothing(world: World) {
        let mut tx = world.ctx.begin().await.expect("a transaction");
        tx.exec("INSERT INTO facts_counter (tenant_id, last_seq) VALUES ('x', 1)", args![]).await.expect("an insert");
        drop(tx);
        let mut tx = world.ctx.begin().await.expect("a transaction");
        let n = tx.number("SELECT CAST(COUNT(*) AS BIGINT) FROM facts_counter WHERE tenant_id = 'x'", args![]).await;
        assert_eq!(n.expect("a count"), 0);
    }

    async fn concurrent_writers_share_commits_and_a_failure_undoes_only_itself(world: World) {
        let ctx = Arc::new(world.ctx.clone());
        let writers: Vec<_> = (0..40i64).map(|i| {
            let ctx = Arc::clone(&ctx);
            tokio::spawn(async move {
                let mut tx = ctx.begin().await.expect("a transaction");
                tx.exec("INSERT INTO facts (tenant_id, seq, kind, at, payload) VALUES ('c', $1, 'k', 0, '')", args![i])
                    .await.expect("an insert");
                if i % 4 == 0 {
                    // Every fourth breaks a key and gives up.
                    let again = tx.exec("INSERT INTO facts (tenant_id, seq, kind, at, payload) VALUES ('c', $1, 'k', 0, '')", args![i]).await;
                    assert!(again.expect_err("the key is taken").is_unique());
                    return;
                }
                tx.commit().await.expect("a commit");
            })
        }).collect();
        for writer in writers {
            writer.await.expect("no panic");
        }
        let mut tx = world.ctx.begin().await.expect("a transaction");
        let n = tx.number("SELECT CAST(COUNT(*) AS BIGINT) FROM facts WHERE tenant_id = 'c'", args![]).await;
        assert_eq!(n.expect("a count"), 30);
    }

    async fn a_cancelled_writer_blocks_nobody(world: World) {
        for _ in 0..20 {
            let held = world.ctx.begin().await.expect("a transaction");
            let waiting = tokio::spawn({
                let ctx = world.ctx.clone();
                async move { ctx.begin().await.map(drop) }
            });
            tokio::task::yield_now().await;
            waiting.abort();
            let _ = waiting.await;
            held.commit().await.expect("a commit that waits for nobody");
        }
    }

    async fn a_caller_who_vanishes_at_any_await_harms_nobody_else(world: World) {
        let ctx = world.ctx.clone();
        let write = async |ctx: crate::ctx::Ctx, id: i64| {
            let mut tx = ctx.begin().await?;
            tx.exec("INSERT INTO facts (tenant_id, seq, kind, at, payload) VALUES ('v', $1, 'k', 0, '')", args![id]).await?;
            tx.commit().await
        };
        // The more often the future is polled before it is dropped, the later in its life it vanishes.
        for polls in 1..=40i64 {
            let bystander = tokio::spawn(write(ctx.clone(), polls));
            let mut vanishing = Box::pin(write(ctx.clone(), 1_000 + polls));
            for _ in 0..polls {
                if futures_util::poll!(&mut vanishing).is_ready() {
                    break;
                }
                tokio::task::yield_now().await;
            }
            drop(vanishing);
            write(ctx.clone(), 2_000 + polls).await.expect("whoever comes next is served");
            bystander.await.expect("no panic").expect("whoever shared the commit is served");
        }
        let mut tx = ctx.begin().await.expect("a transaction");
        let served = tx.number("SELECT CAST(COUNT(*) AS BIGINT) FROM facts WHERE tenant_id = 'v' AND (seq < 1000 OR seq > 2000)", args![]).await;
        assert_eq!(served.expect("a count"), 80);
    }

    async fn a_reader_who_fails_or_vanishes_harms_nobody_else(world: World) {
        let ctx = &world.ctx;
        for round in 0..20i64 {
            let mut tx = ctx.read().await.expect("a session");
            tx.number("SELECT nothing FROM nowhere", args![]).await.expect_err("there is no such table");
            drop(tx);
            let mut tx = ctx.read().await.expect("a session");
            let slow = tx.number(
                "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000)
                 SELECT CAST(COUNT(*) AS BIGINT) FROM n",
                args![],
            );
            assert!(slow.now_or_never().is_none(), "the answer comes from elsewhere");
            drop(tx);
            let mut all = Vec::new();
            for _ in 0..4 {
                all.push(ctx.read().await.expect("a session"));
            }
            for tx in &mut all {
                assert_eq!(tx.number("SELECT CAST($1 AS BIGINT)", args![round]).await.expect("a number"), round);
            }
        }
    }

    async fn many_rows_go_in_at_once(world: World) {
        let rows = (0..1_500i64).map(|i| args!["m", i, "k", 0i64, "{}"]).collect();
        let mut tx = world.ctx.begin().await.expect("a transaction");
        let n = tx.insert_many("INSERT INTO facts (tenant_id, seq, kind, at, payload)", rows, "ON CONFLICT DO NOTHING").await;
        assert_eq!(n.expect("rows"), 1_500);
        let (first, last): (i64, i64) = tx.one("SELECT MIN(seq), MAX(seq) FROM facts WHERE tenant_id = $1", args!["m"]).await.expect("a row");
        assert_eq!((first, last), (0, 1_499));
    }
}

#[test]
fn migrations_use_portable_words_only() {
    for (_, name, sql) in super::MIGRATIONS {
        let upper = sql.to_uppercase();
        for banned in [
            "SERIAL",
            "NOW()",
            "CURRENT_TIMESTAMP",
            "JSONB",
            "VARCHAR",
            "TIMESTAMPTZ",
            " INT ",
            "INTEGER",
            "AUTOINCREMENT",
        ] {
            assert!(!upper.contains(banned), "{name} uses {banned}");
        }
        assert_eq!(
            upper.matches("CREATE TABLE").count(),
            sql.matches("\n);").count(),
            "{name}: close each table with a line `);`"
        );
    }
}
