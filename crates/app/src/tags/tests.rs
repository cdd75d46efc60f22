//! Tags over HTTP and jobs, against the simulated platform.

use std::collections::BTreeMap;

use base::time::{DAY, MINUTE, SECOND};
use base::{Fen, Timestamp};
use serde_json::{Value, json};
use wecom_sim::Act;

use crate::kernel::facts;
use crate::testkit::World;
use crate::{both_dbs, orders};

/// A new customer of the first group's owner: employee, customer, and our id of the person.
async fn customer(world: &World) -> (String, String, String) {
    named(world, "小美").await
}

async fn named(world: &World, name: &str) -> (String, String, String) {
    let corp = world.company().0;
    let staff =
        world.sim.desk().world.corps[&corp].groups.values().next().expect("a group").live.owner.clone();
    let made = world.act(&Act::MakePerson { name: name.into(), gender: 2, partner: false });
    let id = made["person"].as_str().expect("a person").to_owned();
    {
        let now = world.sim.now();
        let mut desk = world.sim.desk();
        desk.world.corps.get_mut(&corp).expect("a company").add_friend(&staff, &id, ("", true), now);
        desk.absorb();
    }
    world.advance(10 * SECOND).await;
    let found = world.get(&format!("/api/v1/people?search={name}")).await.ok();
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

/// Makes tags of one group; answers their ids by name.
async fn make(world: &World, account: &str, group: &str, names: &[&str]) -> BTreeMap<String, String> {
    let draft = json!({ "account_id": account, "group": group, "names": names });
    let made = world.post("/api/v1/tags", &draft).await.ok();
    let tags = made["items"].as_array().expect("tags").iter();
    let made = tags
        .map(|t| {
            (t["name"].as_str().expect("a name").to_owned(), t["id"].as_str().expect("an id").to_owned())
        })
        .collect();
    world.advance(MINUTE).await;
    made
}

/// The facts about tags: kind, tag, source.
async fn tag_facts(world: &World) -> Vec<(String, String, String)> {
    let mut tx = world.ctx.read().await.expect("a session");
    let all = facts::after(&mut tx, world.scope.tenant(), 0, 10_000).await.expect("facts");
    all.into_iter()
        .filter(|f| f.kind.starts_with("tag_"))
        .map(|f| {
            let told: Value = serde_json::from_str(&f.payload).expect("JSON");
            let text = |key: &str| told[key].as_str().expect("a text").to_owned();
            (f.kind.clone(), text("tag"), text("source"))
        })
        .collect()
}

fn fact(kind: &str, tag: &str, source: &str) -> (String, String, String) {
    (kind.to_owned(), tag.to_owned(), source.to_owned())
}

async fn give(world: &World, person: &str, tag: &str) {
    world.post(&format!("/api/v1/people/{person}/tags"), &json!({ "tags": [tag] })).await.ok();
    world.advance(MINUTE).await;
}

async fn names(world: &World, person: &str) -> Vec<String> {
    carried(world, person).await.into_iter().map(|(name, _)| name).collect()
}

async fn no_dead_jobs(world: &World) {
    assert_eq!(world.get("/api/v1/jobs").await.ok()["dead"], 0, "{}", world.get("/api/v1/jobs").await.text);
}

/// Somebody buys something.
async fn buy(world: &World, customer: &str, number: &str, (fen, what): (i64, &str)) {
    let mut tx = world.ctx.begin().await.expect("a transaction");
    let at = tx.now();
    let item = json!([{ "name": what, "quantity": 1 }]);
    let incoming = orders::Incoming {
        source: "webhook".into(),
        order_no: number.into(),
        union_id: String::new(),
        external_id: customer.into(),
        mobile: String::new(),
        amount: Fen(fen),
        paid: Fen(fen),
        paid_at: at,
        refunded: Fen(0),
        refunded_at: Timestamp(0),
        items: serde_json::from_value(item).expect("items"),
    };
    orders::take(&mut tx, &world.scope, &incoming).await.expect("taken");
    tx.commit().await.expect("a commit");
    world.advance(MINUTE).await;
}

fn external_id(world: &World, customer: &str) -> String {
    let corp = world.company().0;
    world.sim.desk().world.corps[&corp].people[customer].id.clone()
}

async fn bulk(world: &World, draft: &Value) -> String {
    world.post("/api/v1/tags/bulk", draft).await.ok()["id"].as_str().expect("an id").to_owned()
}

async fn job(world: &World, id: &str) -> Value {
    world.get(&format!("/api/v1/tags/bulk/{id}")).await.ok()
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

    async fn every_change_of_what_she_carries_is_one_fact_and_nothing_else_is(world: World) {
        let account = world.connect().await;
        let (staff, customer, person) = customer(&world).await;
        let tags = make(&world, &account, "口味", &["甜"]).await;
        let tag = &tags["甜"];
        give(&world, &person, tag).await;
        give(&world, &person, tag).await;
        assert_eq!(tag_facts(&world).await, [fact("tag_applied", tag, "operator")]);
        let platform = world.get("/api/v1/tags").await.ok()["items"].as_array().expect("tags").iter()
            .find(|t| t["id"] == tag.as_str()).expect("the tag")["platform_id"].as_str().expect("an id").to_owned();
        world.act(&Act::TagByHand { userid: staff.clone(), person: customer.clone(), add: vec![], remove: vec![platform] });
        world.advance(MINUTE).await;
        world.clock.advance(DAY);
        world.advance(MINUTE).await;
        assert_eq!(tag_facts(&world).await, [fact("tag_applied", tag, "operator"), fact("tag_removed", tag, "platform")]);
        no_dead_jobs(&world).await;
    }

    async fn a_deleted_tag_goes_everywhere_and_comes_back_to_those_who_had_it(world: World) {
        let account = world.connect().await;
        let (staff, customer, person) = customer(&world).await;
        let tags = make(&world, &account, "口味", &["甜", "辣"]).await;
        let tag = &tags["甜"];
        give(&world, &person, tag).await;
        assert_eq!(world.get(&format!("/api/v1/tags/{tag}/impact")).await.ok()["people"], 1);
        assert_eq!(world.delete(&format!("/api/v1/tags/{tag}")).await.status, http::StatusCode::NO_CONTENT);
        assert_eq!(world.delete(&format!("/api/v1/tags/{tag}")).await.status, http::StatusCode::NOT_FOUND);
        world.advance(MINUTE).await;
        assert_eq!(shown(&world, &staff, &customer), [] as [&str; 0]);
        assert_eq!(names(&world, &person).await, [] as [&str; 0]);
        world.clock.advance(DAY);
        world.advance(MINUTE).await;
        assert_eq!(world.get("/api/v1/tags").await.ok()["deleted"][0]["people"], 1, "the nightly mirror doesn't bring it back");
        world.post(&format!("/api/v1/tags/{tag}/restore"), &json!({})).await.ok();
        world.advance(MINUTE).await;
        assert_eq!(carried(&world, &person).await, [("甜".to_owned(), "operator".to_owned())]);
        assert_eq!(shown(&world, &staff, &customer), ["甜"]);
        assert_eq!(world.post(&format!("/api/v1/tags/{tag}/restore"), &json!({})).await.refusal(), "tags.not_restorable");
        no_dead_jobs(&world).await;
    }

    async fn a_tag_that_an_employee_made_there_stays_and_says_why(world: World) {
        world.connect().await;
        world.act(&Act::CreateTags { group: "口味".into(), tags: vec!["爱吃辣".into()] });
        world.advance(MINUTE).await;
        let find = async || {
            let page = world.get("/api/v1/tags").await.ok();
            page["items"].as_array().expect("tags").iter().find(|t| t["group_name"] == "口味").expect("the tag").clone()
        };
        let tag = find().await["id"].as_str().expect("an id").to_owned();
        world.delete(&format!("/api/v1/tags/{tag}")).await.ok();
        world.advance(MINUTE).await;
        assert_eq!(find().await["refused"], "tags.not_ours");
        world.patch(&format!("/api/v1/tags/{tag}"), &json!({ "name": "无辣不欢" })).await.ok();
        world.advance(MINUTE).await;
        assert_eq!(find().await["name"], "爱吃辣", "the platform's name is the true one");
        no_dead_jobs(&world).await;
    }

    async fn order_and_names_go_to_the_platform_and_colours_stay_here(world: World) {
        let account = world.connect().await;
        let tags = make(&world, &account, "阶段", &["新客", "活跃", "沉睡"]).await;
        let page = world.get("/api/v1/tags").await.ok();
        let group = page["items"].as_array().expect("tags").iter().find(|t| t["group_name"] == "阶段").expect("a tag")["group_id"]
            .as_str().expect("an id").to_owned();
        let wanted = [&tags["沉睡"], &tags["新客"], &tags["活跃"]];
        assert_eq!(world.put("/api/v1/tags/order", &json!({ "group": group, "ids": wanted })).await.status, http::StatusCode::NO_CONTENT);
        let colour = json!({ "colour": "teal" });
        world.patch(&format!("/api/v1/tags/{}", tags["新客"]), &colour).await.ok();
        world.patch(&format!("/api/v1/tag-groups/{group}"), &json!({ "name": "人生阶段", "colour": "blue" })).await.ok();
        // A look at the platform before it was told must not undo it.
        world.act(&Act::CreateTags { group: "别的".into(), tags: vec!["新".into()] });
        world.advance(MINUTE).await;
        let corp = world.company().0;
        let there: Vec<String> = {
            let desk = world.sim.desk();
            let group = desk.world.corps[&corp].tag_groups.iter().find(|g| g.name == "人生阶段").expect("renamed");
            let mut tags: Vec<_> = group.tags.iter().collect();
            tags.sort_by_key(|t| std::cmp::Reverse(t.order));
            tags.iter().map(|t| t.name.clone()).collect()
        };
        assert_eq!(there, ["沉睡", "新客", "活跃"]);
        world.clock.advance(DAY);
        world.advance(MINUTE).await;
        let page = world.get("/api/v1/tags").await.ok();
        let here: Vec<&Value> = page["items"].as_array().expect("tags").iter().filter(|t| t["group_id"] == group.as_str()).collect();
        assert_eq!(here.iter().map(|t| t["name"].as_str().expect("a name")).collect::<Vec<_>>(), ["沉睡", "新客", "活跃"]);
        assert_eq!((&here[1]["colour"], &here[1]["group_colour"], &here[1]["edit_pending"]), (&json!("teal"), &json!("blue"), &json!(false)));
        assert_eq!(world.patch(&format!("/api/v1/tags/{}", tags["新客"]), &json!({ "colour": "mauve" })).await.refusal(), "tags.colour");
        assert_eq!(world.put("/api/v1/tags/order", &json!({ "group": group, "ids": [tags["新客"]] })).await.refusal(), "tags.order");
        no_dead_jobs(&world).await;
    }

    async fn merging_gives_the_other_tag_and_deletes_the_one(world: World) {
        let account = world.connect().await;
        let (staff, customer, person) = customer(&world).await;
        let tags = make(&world, &account, "口味", &["甜", "甜食"]).await;
        give(&world, &person, &tags["甜"]).await;
        let path = format!("/api/v1/tags/{}/merge", tags["甜"]);
        assert_eq!(world.post(&path, &json!({ "into": tags["甜"] })).await.refusal(), "tags.merge");
        world.post(&path, &json!({ "into": tags["甜食"] })).await.ok();
        world.advance(MINUTE).await;
        assert_eq!(carried(&world, &person).await, [("甜食".to_owned(), "merge".to_owned())]);
        assert_eq!(shown(&world, &staff, &customer), ["甜食"]);
        no_dead_jobs(&world).await;
    }

    async fn a_rule_tags_at_the_first_purchase_and_says_hits_and_misses(world: World) {
        let account = world.connect().await;
        let (_, customer, person) = customer(&world).await;
        let tags = make(&world, &account, "购买", &["首购", "大单"]).await;
        let external = external_id(&world, &customer);
        buy(&world, &external, "A0", (5_000, "拿铁")).await;
        let body = json!({ "trigger": { "on": "purchase" }, "add": [tags["首购"]],
            "conditions": [{ "is": "purchases", "at_least": 1, "at_most": 1, "days": 0 }] });
        let mut trial = body.clone();
        trial["person"] = json!(person);
        let tried = world.post("/api/v1/tag-rules/trial", &trial).await.ok();
        assert_eq!((&tried["people"], &tried["hits"], &tried["complete"]), (&json!(1), &json!(1), &json!(true)), "{tried}");
        assert_eq!((&tried["person"]["hits"], &tried["person"]["today"]), (&json!(1), &json!([true])));
        assert_eq!(names(&world, &person).await, [] as [&str; 0], "a trial changes nothing");
        let mut rule = body;
        rule["name"] = json!("首购");
        rule["enabled"] = json!(true);
        rule["conditions"][0]["at_most"] = json!(2);
        let made = world.post("/api/v1/tag-rules", &rule).await.ok();
        assert_eq!(world.post("/api/v1/tag-rules", &rule).await.refusal(), "tags.rule_name_taken");
        let path = format!("/api/v1/tag-rules/{}", made["id"].as_str().expect("an id"));
        buy(&world, &external, "A1", (5_000, "拿铁")).await;
        assert_eq!(carried(&world, &person).await, [("首购".to_owned(), "rule".to_owned())]);
        let list = world.get(&format!("/api/v1/people/{person}/tags")).await.ok();
        assert_eq!(list["items"][0]["cause"], "首购");
        buy(&world, &external, "A2", (5_000, "拿铁")).await;
        let seen = world.get(&path).await.ok();
        assert_eq!((&seen["hits"], &seen["misses"]), (&json!(1), &json!(1)), "{seen}");
        rule["enabled"] = json!(false);
        world.put(&path, &rule).await.ok();
        buy(&world, &external, "A3", (5_000, "拿铁")).await;
        let seen = world.get(&path).await.ok();
        assert_eq!((&seen["hits"], &seen["misses"], &seen["version"]), (&json!(1), &json!(1), &json!(2)), "switched off it sleeps");
        assert_eq!(seen["versions"].as_array().map(Vec::len), Some(2));
        let foreign = world.another_company().await;
        let theirs = world.send_as(&foreign, http::Method::GET, &path, axum::body::Body::empty()).await;
        assert_eq!(theirs.status, http::StatusCode::NOT_FOUND);
        no_dead_jobs(&world).await;
    }

    async fn rules_wake_rules_three_deep_and_rings_are_refused(world: World) {
        let account = world.connect().await;
        let (.., person) = customer(&world).await;
        let tags = make(&world, &account, "链", &["零", "一", "二", "三", "四"]).await;
        let rule = |from: &str, to: &str| json!({ "name": format!("{from}到{to}"), "enabled": true, "conditions": [],
            "trigger": { "on": "tagged", "tags": [tags[from]] }, "add": [tags[to]] });
        for (from, to) in [("零", "一"), ("一", "二"), ("二", "三"), ("三", "四")] {
            world.post("/api/v1/tag-rules", &rule(from, to)).await.ok();
        }
        let ring = world.post("/api/v1/tag-rules", &rule("二", "零")).await;
        assert_eq!(ring.refusal(), "tags.rule_ring");
        let path = ring.json()["error"]["args"]["path"].as_str().expect("a path").to_owned();
        assert!(path.starts_with("二到零 → 零到一 → 一到二 → 二到零"), "{path}");
        give(&world, &person, &tags["零"]).await;
        let mut found = names(&world, &person).await;
        found.sort();
        let mut wanted = ["零", "一", "二", "三"].map(str::to_owned).to_vec();
        wanted.sort();
        assert_eq!(found, wanted, "the fourth rule is too deep");
        let event = json!({ "name": "x", "enabled": true, "trigger": { "on": "event", "name": "x" }, "add": [tags["零"]] });
        assert_eq!(world.post("/api/v1/tag-rules", &event).await.refusal(), "tags.trigger_without_source");
    }

    async fn joining_and_leaving_wake_rules_but_never_for_a_house_account(world: World) {
        let account = world.connect().await;
        let tags = make(&world, &account, "群", &["进群", "退群"]).await;
        let groups = world.get("/api/v1/groups").await.ok();
        let group = groups["items"][0].clone();
        let (id, chat) = (group["id"].as_str().expect("an id"), group["platform_id"].as_str().expect("an id").to_owned());
        for (on, tag) in [("join", "进群"), ("leave", "退群")] {
            let rule = json!({ "name": on, "enabled": true, "trigger": { "on": on, "groups": [id] }, "add": [tags[tag]] });
            world.post("/api/v1/tag-rules", &rule).await.ok();
        }
        let (_, customer, person) = customer(&world).await;
        world.act(&Act::JoinByLink { chat_id: chat.clone(), person: customer.clone() });
        world.advance(MINUTE).await;
        assert_eq!(names(&world, &person).await, ["进群"]);
        let members = world.get(&format!("/api/v1/groups/{id}/members?search=小美")).await.ok();
        let membership = members["items"][0]["id"].as_str().expect("an id").to_owned();
        world.patch(&format!("/api/v1/groups/{id}/members/{membership}"), &json!({ "kind": "house_account" })).await.ok();
        world.act(&Act::Leave { chat_id: chat, who: customer });
        world.advance(MINUTE).await;
        assert_eq!(names(&world, &person).await, ["进群"], "a house account is never touched");
        no_dead_jobs(&world).await;
    }

    async fn a_bulk_job_tags_counts_skips_and_undoes_only_its_own(world: World) {
        let account = world.connect().await;
        let (staff, one, first) = named(&world, "安安").await;
        let (_, _, second) = named(&world, "宝宝").await;
        let (_, _, third) = named(&world, "晨晨").await;
        let tags = make(&world, &account, "批量", &["新", "旧"]).await;
        give(&world, &first, &tags["旧"]).await;
        give(&world, &second, &tags["新"]).await;
        let before = tag_facts(&world).await.len();
        let people = json!({ "kind": "people", "ids": [first, second, third, first] });
        let id = bulk(&world, &json!({ "name": "换标", "source": people, "add": [tags["新"]], "remove": [tags["旧"]] })).await;
        world.advance(MINUTE).await;
        let done = job(&world, &id).await;
        assert_eq!((&done["state"], &done["total"], &done["done"], &done["changed"]),
            (&json!("done"), &json!(3), &json!(3), &json!(2)), "{done}");
        assert!(done["outcomes"].as_array().expect("outcomes").contains(&json!({ "outcome": "same", "people": 1 })));
        assert_eq!(tag_facts(&world).await.len(), before + 3);
        assert_eq!(shown(&world, &staff, &one), ["新"]);
        // Somebody changes one of them since: taking and giving again makes the tag somebody else's.
        world.delete(&format!("/api/v1/people/{third}/tags/{}", tags["新"])).await.ok();
        give(&world, &third, &tags["新"]).await;
        assert_eq!(world.post(&format!("/api/v1/tags/bulk/{id}/pause"), &json!({})).await.refusal(), "tags.bulk_state");
        world.post(&format!("/api/v1/tags/bulk/{id}/undo"), &json!({})).await.ok();
        world.advance(MINUTE).await;
        let undone = job(&world, &id).await;
        assert_eq!((&undone["state"], &undone["undone"]), (&json!("undone"), &json!(1)), "{undone}");
        assert_eq!(carried(&world, &first).await, [("旧".to_owned(), "operator".to_owned())], "as it was");
        assert_eq!(names(&world, &second).await, ["新"], "had it before");
        assert_eq!(names(&world, &third).await, ["新"], "changed since");
        assert_eq!(shown(&world, &staff, &one), ["旧"]);
        no_dead_jobs(&world).await;
    }

    async fn a_bulk_job_over_a_filter_is_frozen_paused_and_finishes_after_a_crash(world: World) {
        let account = world.connect().await;
        let tags = make(&world, &account, "批量", &["新"]).await;
        let groups = world.get("/api/v1/groups").await.ok();
        let group = groups["items"][0]["id"].as_str().expect("an id").to_owned();
        let chat = groups["items"][0]["platform_id"].as_str().expect("an id").to_owned();
        for name in ["安安", "宝宝", "晨晨"] {
            let (_, customer, _) = named(&world, name).await;
            world.act(&Act::JoinByLink { chat_id: chat.clone(), person: customer });
        }
        world.advance(MINUTE).await;
        let all = world.get(&format!("/api/v1/people?group={group}&limit=200")).await.ok()["items"].as_array().map_or(0, Vec::len);
        assert!(all >= 3);
        let draft = json!({ "source": { "kind": "group", "group": group }, "add": [tags["新"]] });
        let id = bulk(&world, &draft).await;
        world.post(&format!("/api/v1/tags/bulk/{id}/pause"), &json!({})).await.ok();
        world.advance(MINUTE).await;
        assert_eq!(job(&world, &id).await["done"], 0, "a paused job rests");
        world.post(&format!("/api/v1/tags/bulk/{id}/resume"), &json!({})).await.ok();
        // Two runs of the same job, as after a lease that ended too early: everybody is done once.
        let run = crate::tags::jobs::RunBulk { bulk: id.clone() };
        let mut tx = world.ctx.begin().await.expect("a transaction");
        tx.enqueue(world.scope.tenant(), &run).await.expect("enqueued");
        tx.commit().await.expect("a commit");
        world.advance(5 * MINUTE).await;
        let done = job(&world, &id).await;
        assert_eq!((&done["state"], &done["done"]), (&json!("done"), &json!(all)), "{done}");
        assert_eq!(tag_facts(&world).await.len(), done["changed"].as_u64().map_or(0, |n| usize::try_from(n).unwrap_or(0)));
        let tagged = world.get(&format!("/api/v1/people?tag={}&limit=200", tags["新"])).await.ok();
        assert_eq!(tagged["items"].as_array().map(Vec::len), done["changed"].as_u64().and_then(|n| usize::try_from(n).ok()));
        let nobody = json!({ "source": { "kind": "filter", "search": "没有这个人" }, "add": [tags["新"]] });
        assert_eq!(world.post("/api/v1/tags/bulk", &nobody).await.refusal(), "tags.bulk_nobody");
        let unknown = json!({ "source": { "kind": "people", "ids": ["psn_none"] }, "add": [tags["新"]] });
        assert_eq!(world.post("/api/v1/tags/bulk", &unknown).await.status, http::StatusCode::NOT_FOUND);
        no_dead_jobs(&world).await;
    }

    async fn groups_carry_tags_of_their_own(world: World) {
        world.connect().await;
        let groups = world.get("/api/v1/groups").await.ok();
        let group = groups["items"][0]["id"].as_str().expect("an id").to_owned();
        let made = world.post("/api/v1/group-tags", &json!({ "name": "重点", "colour": "red" })).await.ok();
        let tag = made["id"].as_str().expect("an id").to_owned();
        assert_eq!(world.post("/api/v1/group-tags", &json!({ "name": "重点" })).await.refusal(), "tags.label_taken");
        let path = format!("/api/v1/groups/{group}/tags");
        assert_eq!(world.put(&path, &json!({ "tags": [tag] })).await.status, http::StatusCode::NO_CONTENT);
        assert_eq!(world.put(&path, &json!({ "tags": ["gtg_none"] })).await.status, http::StatusCode::NOT_FOUND);
        let found = world.get(&format!("/api/v1/groups?tag={tag}")).await.ok();
        assert_eq!(found["items"].as_array().map(Vec::len), Some(1));
        assert_eq!(found["items"][0]["tags"][0], json!({ "id": tag, "name": "重点", "colour": "red" }));
        assert_eq!(world.get("/api/v1/group-tags").await.ok()["items"][0]["groups"], 1);
        world.delete(&format!("/api/v1/group-tags/{tag}")).await.ok();
        assert_eq!(world.get(&format!("/api/v1/groups/{group}")).await.ok()["tags"], json!([]));
    }
}
