//! People over HTTP and jobs, against the simulated platform. What becomes of lost and repeated callbacks is tested
//! with the groups.

mod fields;
mod losses;
mod names;
mod one;

use base::time::{DAY, MINUTE, SECOND};
use serde_json::{Value, json};
use wecom_sim::Act;

use crate::both_dbs;
use crate::kernel::facts;
use crate::testkit::World;

fn befriend(world: &World, person: &str) -> String {
    let (corp, now) = (world.company().0, world.sim.now());
    let mut desk = world.sim.desk();
    let corp = desk.world.corps.get_mut(&corp).expect("a company");
    let staff = corp.groups.values().next().expect("a group").live.owner.clone();
    corp.add_friend(&staff, person, ("", true), now);
    desk.absorb();
    staff
}

fn person(world: &World, name: &str) -> String {
    let made = world.act(&Act::MakePerson { name: name.into(), gender: 0, partner: false });
    made["person"].as_str().expect("a person").to_owned()
}

async fn bonds(world: &World) -> Vec<(String, Value)> {
    let mut tx = world.ctx.read().await.expect("a session");
    let all = facts::after(&mut tx, world.scope.tenant(), 0, 1_000).await.expect("facts");
    let kept = all.into_iter().filter(|f| f.kind.starts_with("contact_"));
    kept.map(|f| (f.kind, serde_json::from_str(&f.payload).expect("JSON"))).collect()
}

async fn follows(world: &World, name: &str) -> Value {
    let found = world.get(&format!("/api/v1/people?search={name}")).await.ok();
    let id = found["items"][0]["id"].as_str().expect("a person").to_owned();
    world.get(&format!("/api/v1/people/{id}")).await.ok()["follows"].clone()
}

both_dbs! {
    async fn a_bond_begins_ends_and_begins_anew(world: World) {
        world.connect().await;
        let ann = person(&world, "安安");
        let staff = befriend(&world, &ann);
        world.advance(10 * SECOND).await;
        world.act(&Act::RemarkByHand { userid: staff.clone(), person: ann.clone(), remark: "爱喝拿铁".into() });
        world.advance(MINUTE).await;
        assert_eq!(follows(&world, "安安").await[0]["remark"], "爱喝拿铁");
        world.act(&Act::CustomerDeletes { userid: staff, person: ann.clone() });
        world.advance(MINUTE).await;
        assert!(follows(&world, "安安").await[0]["deleted_at"].is_i64());
        befriend(&world, &ann);
        world.advance(MINUTE).await;
        assert_eq!(follows(&world, "安安").await[0]["deleted_at"], Value::Null);
        let bonds = bonds(&world).await;
        let kinds: Vec<&str> = bonds.iter().map(|(kind, _)| kind.as_str()).collect();
        assert_eq!(kinds, ["contact_added", "contact_lost", "contact_added"]);
        assert_eq!(bonds[1].1["by_customer"], true);
    }

    async fn a_customer_who_left_but_is_still_listed_stays_lost(world: World) {
        world.connect().await;
        let corp = world.company().0;
        world.sim.desk().world.corps.get_mut(&corp).expect("a company").rules.lost_contacts_stay_listed = true;
        let ann = person(&world, "安安");
        let staff = befriend(&world, &ann);
        world.advance(MINUTE).await;
        world.act(&Act::CustomerDeletes { userid: staff, person: ann });
        world.advance(MINUTE).await;
        world.clock.advance(DAY);
        world.advance(MINUTE).await;
        assert!(follows(&world, "安安").await[0]["deleted_at"].is_i64());
        assert_eq!(bonds(&world).await.len(), 2);
    }

    async fn people_are_found_by_part_of_a_name_and_page_by_page(world: World) {
        world.connect().await;
        for n in 0..7 {
            befriend(&world, &person(&world, &format!("客人{n}_%")));
        }
        world.advance(MINUTE).await;
        let mut path = "/api/v1/people?limit=3&search=客人".to_owned();
        let mut names = Vec::new();
        loop {
            let page = world.get(&path).await.ok();
            names.extend(page["items"].as_array().expect("people").iter().map(|p| p["name"].clone()));
            let Some(next) = page["next"].as_str() else { break };
            path = format!("/api/v1/people?limit=3&search=客人&cursor={next}");
        }
        names.sort_by_key(Value::to_string);
        assert_eq!(names, (0..7).map(|n| json!(format!("客人{n}_%"))).collect::<Vec<_>>());
        assert_eq!(world.get("/api/v1/people?search=3_%25").await.ok()["items"].as_array().map(Vec::len), Some(1));
        assert_eq!(world.get("/api/v1/people?search=%25%25").await.ok()["items"].as_array().map(Vec::len), Some(0));
    }
}
