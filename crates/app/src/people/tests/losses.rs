//! Losses: who lost whom, once, and who hears of it.

use base::time::{DAY, MINUTE};
use serde_json::{Value, json};
use wecom_sim::Act;

use super::{befriend, person};
use crate::both_dbs;
use crate::testkit::World;

async fn losses(world: &World) -> Value {
    world.get("/api/v1/people/losses").await.ok()
}

both_dbs! {
    async fn both_sides_of_a_loss_are_listed_and_told_once_a_day(world: World) {
        world.connect().await;
        let (ann, bo, cy) = (person(&world, "安安"), person(&world, "波波"), person(&world, "西西"));
        let staff = befriend(&world, &ann);
        befriend(&world, &bo);
        befriend(&world, &cy);
        world.advance(MINUTE).await;
        world.act(&Act::CustomerDeletes { userid: staff.clone(), person: ann });
        world.act(&Act::CustomerDeletes { userid: staff.clone(), person: cy });
        world.act(&Act::EmployeeDeletes { userid: staff.clone(), person: bo });
        world.advance(MINUTE).await;
        let list = losses(&world).await;
        let rows = list["items"].as_array().expect("losses");
        assert_eq!((rows.len(), &list["unseen"]), (3, &json!(3)));
        let of = |name: &str| rows.iter().find(|r| r["person_name"] == name).expect(name);
        assert_eq!((&of("安安")["by_customer"], &of("波波")["by_customer"]), (&json!(true), &json!(false)));
        assert_eq!(of("安安")["bonds"], json!(0));
        let before = cards(&world);
        world.advance(DAY).await;
        assert_eq!(cards(&world) - before, 1, "two losses, one message");
        world.advance(DAY).await;
        assert_eq!(cards(&world) - before, 1, "told once");
        let path = format!("/api/v1/people/losses/{}", of("安安")["id"].as_str().expect("an id"));
        world.patch(&path, &json!({ "handled": true })).await.ok();
        let list = losses(&world).await;
        assert_eq!((list["items"].as_array().map(Vec::len), &list["unseen"]), (Some(2), &json!(2)));
        let all = world.get("/api/v1/people/losses?handled=true&by=customer").await.ok();
        assert_eq!(all["items"].as_array().map(Vec::len), Some(2));
        assert_eq!(world.patch("/api/v1/people/losses/los_none", &json!({ "handled": true })).await.status, 404);
    }

    async fn a_company_may_say_no_to_messages(world: World) {
        world.connect().await;
        world.put("/api/v1/people/loss-setting", &json!({ "tell_losses": false })).await.ok();
        assert_eq!(world.get("/api/v1/people/loss-setting").await.ok(), json!({ "tell_losses": false }));
        let ann = person(&world, "安安");
        let staff = befriend(&world, &ann);
        world.advance(MINUTE).await;
        world.act(&Act::CustomerDeletes { userid: staff, person: ann });
        let before = cards(&world);
        world.advance(DAY).await;
        assert_eq!(cards(&world), before);
        assert_eq!(losses(&world).await["items"].as_array().map(Vec::len), Some(1));
    }
}

/// App messages that employees got.
fn cards(world: &World) -> usize {
    let corp = world.company().0;
    world.sim.desk().world.corps[&corp].cards.len()
}
