//! Reservations on both engines.

use base::Day;

use crate::both_dbs;
use crate::kernel::db::Tx;
use crate::testkit::World;

const DAY: Day = Day(2026_08_17);

async fn take(tx: &mut Tx<'_>, world: &World, holder: &str, groups: &[&str], day: Day) -> Vec<String> {
    let groups: Vec<String> = groups.iter().map(|g| (*g).to_owned()).collect();
    crate::budgets::reserve(tx, &world.scope, holder, &groups, day).await.expect("a reservation")
}

both_dbs! {
    async fn a_window_holds_what_it_holds(world: World) {
        world.patch("/api/v1/tenant", &serde_json::json!({ "broadcast_rule": "week" })).await.ok();
        let mut tx = world.ctx.begin().await.expect("a transaction");
        for n in 0..7 {
            assert!(take(&mut tx, &world, &format!("h{n}"), &["g1"], DAY.plus_days(n)).await.is_empty());
        }
        // Full for a newcomer, not for one who is in already, and not in the week after.
        assert_eq!(take(&mut tx, &world, "h7", &["g1", "g2"], DAY).await, ["g1"]);
        assert!(take(&mut tx, &world, "h3", &["g1"], DAY).await.is_empty());
        assert!(take(&mut tx, &world, "h8", &["g1"], DAY.plus_days(7)).await.is_empty());
        let quota = crate::budgets::check(&mut tx, &world.scope, "g1", DAY).await.expect("a quota");
        assert_eq!((quota.used, quota.limit, quota.left()), (7, 7, 0));
        crate::budgets::release(&mut tx, &world.scope, "h0").await.expect("a release");
        assert!(take(&mut tx, &world, "h9", &["g1"], DAY).await.is_empty());
        let used = crate::budgets::usage(&mut tx, &world.scope, &["g1".to_owned()], DAY, DAY.plus_days(30)).await;
        assert_eq!(used.expect("a usage").values().sum::<i64>(), 8);
    }
}
