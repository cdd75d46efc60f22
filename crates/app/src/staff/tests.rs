//! The staff mirror over HTTP and jobs, against the simulated platform.

use base::time::MINUTE;
use serde_json::{Value, json};
use wecom_sim::Act;

use crate::both_dbs;
use crate::testkit::World;

async fn find(world: &World, search: &str) -> Value {
    world.get(&format!("/api/v1/staff?search={search}")).await.ok()["items"][0].clone()
}

both_dbs! {
    async fn employees_come_change_and_go(world: World) {
        world.connect().await;
        let total = world.get("/api/v1/staff?limit=200").await.ok()["items"].as_array().map(Vec::len).expect("staff");
        assert!(total > 3);
        world.act(&Act::HireStaff { userid: "new.one".into(), name: "新人".into() });
        world.advance(MINUTE).await;
        let new = find(&world, "新人").await;
        assert_eq!((&new["platform_id"], &new["active"]), (&json!("new.one"), &json!(true)));
        world.act(&Act::SwitchContactFunction { userid: "new.one".into(), on: false });
        world.act(&Act::DismissStaff { userid: "new.one".into() });
        world.advance(MINUTE).await;
        assert_eq!(find(&world, "NEW.ONE").await["active"], false);
        let active = world.get("/api/v1/staff?limit=200&active=true").await.ok();
        assert_eq!(active["items"].as_array().map(Vec::len), Some(total));
    }

    async fn a_house_account_stays_one(world: World) {
        world.connect().await;
        let first = world.get("/api/v1/staff?limit=1").await.ok();
        assert!(first["next"].is_string());
        let path = format!("/api/v1/staff/{}", first["items"][0]["id"].as_str().expect("an id"));
        assert_eq!(world.patch(&path, &json!({ "kind": "expert" })).await.ok()["kind"], "expert");
        assert_eq!(world.patch(&path, &json!({ "kind": "house_account" })).await.ok()["kind"], "house_account");
        assert_eq!(world.patch(&path, &json!({ "kind": "staff" })).await.refusal(), "staff.house_account_stays");
    }
}
