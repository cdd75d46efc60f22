//! One day as the operator sees it, on both engines.

use base::time::{DAY, HOUR, MINUTE};
use serde_json::{Value, json};
use wecom_sim::{Harm, Rule};

use crate::both_dbs;
use crate::playbooks::test_ground::{community, plan, tap_all};
use crate::testkit::World;

async fn today(world: &World) -> Value {
    world.get("/api/v1/today").await.ok()
}

fn count(view: &Value, part: &str) -> usize {
    view[part].as_array().expect("a list").len()
}

both_dbs! {
    async fn a_good_day_moves_from_due_to_left(world: World) {
        world.connect().await;
        let community = community(&world, false).await;
        plan(&world, &community).await;
        let morning = today(&world).await;
        assert_eq!((count(&morning, "left"), count(&morning, "due"), count(&morning, "waiting")), (0, 4, 0));
        assert_eq!(morning["due"][0]["community"], "午餐福利群");
        world.advance(3 * HOUR + 5 * MINUTE).await;
        let eleven = today(&world).await;
        assert_eq!((count(&eleven, "left"), count(&eleven, "due")), (1, 3));
        let waiting = &eleven["waiting"][0];
        assert_eq!((&waiting["kind"], &waiting["title"]), (&json!("broadcast"), &eleven["left"][0]["title"]));
        assert!(waiting["staff_name"].as_str().is_some_and(|n| !n.is_empty()));
        tap_all(&world);
        world.advance(11 * MINUTE).await;
        let after = today(&world).await;
        assert_eq!(count(&after, "waiting"), 0);
        assert_eq!(after["left"][0]["release"]["groups_sent"], json!(2));
        world.advance(HOUR).await;
        assert_eq!(today(&world).await["waiting"][0]["kind"], "task");
        world.advance(DAY + HOUR).await;
        let tomorrow = today(&world).await;
        assert_eq!(tomorrow["decisions"][0]["series"], "今日菜单");
        let post = tomorrow["decisions"][0]["post_id"].as_str().expect("id").to_owned();
        world.post(&format!("/api/v1/metrics/releases/{post}/decide"), &json!({ "verdict": "keep" })).await.ok();
        assert_eq!(count(&today(&world).await, "decisions"), count(&tomorrow, "decisions") - 1);
    }

    async fn what_goes_wrong_says_what_and_how_to_cure_it(world: World) {
        world.connect().await;
        let community = community(&world, false).await;
        plan(&world, &community).await;
        let faults = &[Rule::on("add_msg_template", Harm::TimeoutAfterEffect).times(1),
            Rule::on("get_groupmsg_list", Harm::Errcode { code: 48002 })];
        world.sim.desk().faults.rules.extend(faults.iter().cloned());
        world.advance(3 * HOUR + 20 * MINUTE).await;
        let view = today(&world).await;
        let wrong = view["wrong"].as_array().expect("a list");
        let unknown = wrong.iter().find(|w| w["kind"] == "broadcast").expect("the unknown broadcast");
        assert_eq!((&unknown["code"], &unknown["cure_code"]), (&json!("broadcasts.cannot_ask"), &json!("today.cure.wait_or_decide")));
        for wrong in wrong {
            assert_ne!(wrong["message"], wrong["code"], "{wrong}");
            assert_ne!(wrong["cure"], wrong["cure_code"], "{wrong}");
        }
    }

    async fn a_narrow_reach_sees_only_its_groups(world: World) {
        world.connect().await;
        let community = community(&world, false).await;
        plan(&world, &community).await;
        let groups = world.get("/api/v1/groups?limit=12").await.ok();
        let owner = |n: usize| groups["items"][n]["owner_staff_id"].as_str().expect("an owner").to_owned();
        let stranger = (2..12).map(owner).find(|o| *o != owner(0) && *o != owner(1)).expect("another owner");
        world.advance(3 * HOUR + 5 * MINUTE).await;
        let other = world.operator("bob", crate::access::Role::GroupOwner, Some(&stranger)).await;
        let seen = world
            .send_as(&other, http::Method::GET, "/api/v1/today", axum::body::Body::empty())
            .await
            .ok();
        for part in ["left", "due", "waiting"] {
            assert_eq!(count(&seen, part), 0, "{part}: {seen}");
        }
        let hers = world.operator("ann", crate::access::Role::GroupOwner, Some(&owner(0))).await;
        let seen = world.send_as(&hers, http::Method::GET, "/api/v1/today", axum::body::Body::empty()).await.ok();
        assert_eq!((count(&seen, "left"), count(&seen, "due")), (1, 3));
    }
}
