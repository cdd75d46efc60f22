//! Tags over HTTP and jobs, against the simulated platform.

use base::time::{MINUTE, SECOND};
use serde_json::{Value, json};
use wecom_sim::Act;

use crate::both_dbs;
use crate::testkit::World;

/// A new customer of the first group's owner: employee, customer, and our id of the person.
async fn customer(world: &World) -> (String, String, String) {
    let corp = world.company().0;
    let staff =
        world.sim.desk().world.corps[&corp].groups.values().next().expect("a group").live.owner.clone();
    let made = world.act(&Act::MakePerson { name: "小美".into(), gender: 2, partner: false });
    let id = made["person"].as_str().expect("a person").to_owned();
    {
        let now = world.sim.now();
        let mut desk = world.sim.desk();
        desk.world.corps.get_mut(&corp).expect("a company").add_friend(&staff, &id, ("", true), now);
        desk.absorb();
    }
    world.advance(10 * SECOND).await;
    let found = world.get("/api/v1/people?search=小美").await.ok();
    (staff, id, found["items"][0]["id"].as_str().expect("an id").to_owned())
}

/// Names of the company tags that the platform shows on a bond.
fn shown(world: &World, staff: &str, person: &str) -> Vec<String> {
    let corp = world.company().0;
    let desk = world.sim.desk();
    let corp = &desk.world.corps[&corp];
    let tags = corp.people[person].follows[staff].tags.iter();
    let mut names: Vec<String> = tags.filter_map(|t| corp.find_tag(t)).map(|(_, t)| t.name.clone()).collect();
    names.sort();
    names
}

async fn carried(world: &World, person: &str) -> Vec<(String, String)> {
    let tags = world.get(&format!("/api/v1/people/{person}/tags")).await.ok();
    let text = |v: &Value| v.as_str().expect("a text").to_owned();
    tags["items"].as_array().expect("tags").iter().map(|t| (text(&t["name"]), text(&t["source"]))).collect()
}

both_dbs! {
    async fn our_tags_are_made_marked_and_taken(world: World) {
        let account = world.connect().await;
        let (staff, customer, person) = customer(&world).await;
        let draft = json!({ "account_id": account, "group": "来源", "names": ["台卡", "海报"] });
        let made = world.post("/api/v1/tags", &draft).await.ok();
        let card = made["items"].as_array().expect("tags").iter().find(|t| t["name"] == "台卡").expect("the tag").clone();
        let tag = card["id"].as_str().expect("an id").to_owned();
        let path = format!("/api/v1/people/{person}/tags");
        world.post(&path, &json!({ "tags": [tag] })).await.ok();
        world.post(&path, &json!({ "tags": [tag] })).await.ok();
        world.advance(MINUTE).await;
        assert_eq!(shown(&world, &staff, &customer), ["台卡"]);
        assert_eq!(carried(&world, &person).await, [("台卡".to_owned(), "operator".to_owned())]);
        world.patch(&format!("/api/v1/tags/{tag}"), &json!({ "name": "收银台" })).await.ok();
        world.advance(MINUTE).await;
        assert_eq!(shown(&world, &staff, &customer), ["收银台"]);
        assert_eq!(world.delete(&format!("{path}/{tag}")).await.status, http::StatusCode::NO_CONTENT);
        world.advance(MINUTE).await;
        assert_eq!(shown(&world, &staff, &customer), [] as [&str; 0]);
        assert_eq!(world.get("/api/v1/jobs").await.ok()["dead"], 0);
        let taken = json!({ "name": "海报" });
        assert_eq!(world.patch(&format!("/api/v1/tags/{tag}"), &taken).await.refusal(), "tags.name_taken");
        let empty = json!({ "account_id": account, "group": "来源", "names": [] });
        assert_eq!(world.post("/api/v1/tags", &empty).await.refusal(), "tags.no_names");
        let long = json!({ "account_id": account, "group": "来源", "names": ["长".repeat(31)] });
        assert_eq!(world.post("/api/v1/tags", &long).await.refusal(), "tags.name");
    }

    async fn what_an_employee_marks_by_hand_arrives_also_with_a_brand_new_tag(world: World) {
        world.connect().await;
        let (staff, customer, person) = customer(&world).await;
        world.act(&Act::CreateTags { group: "口味".into(), tags: vec!["爱吃辣".into()] });
        let corp = world.company().0;
        let tag = {
            let desk = world.sim.desk();
            let groups = &desk.world.corps[&corp].tag_groups;
            let group = groups.iter().find(|g| g.name == "口味").expect("the group");
            group.tags[0].id.clone()
        };
        world.act(&Act::TagByHand { userid: staff.clone(), person: customer.clone(), add: vec![tag.clone()], remove: vec![] });
        world.advance(MINUTE).await;
        assert_eq!(carried(&world, &person).await, [("爱吃辣".to_owned(), "platform".to_owned())]);
        world.act(&Act::TagByHand { userid: staff.clone(), person: customer.clone(), add: vec![], remove: vec![tag.clone()] });
        world.advance(MINUTE).await;
        assert_eq!(carried(&world, &person).await, []);
        world.act(&Act::TagByHand { userid: staff, person: customer, add: vec![tag.clone()], remove: vec![] });
        world.advance(MINUTE).await;
        world.act(&Act::DeleteTags { ids: vec![tag] });
        world.advance(MINUTE).await;
        assert_eq!(carried(&world, &person).await, [], "a tag that is gone is carried by nobody");
    }
}
