//! Segments through HTTP and jobs, on both engines: they follow facts at once, move each person once, and never say
//! anything else than the database does (`tests/agree.rs`).

mod agree;
mod live;
mod moves;
mod own;

use std::sync::Arc;

use axum::body::Body;
use base::time::{DAY, HOUR, SECOND};
use base::{Fen, Rng, Secret};
use http::{Method, StatusCode};
use serde_json::{Value, json};
use sha2::Digest as _;
use wecom_sim::Act;

use super::desk::Room;
use super::jobs;
use super::model::AskedFor;
use crate::access::Role;
use crate::ctx::{Config, Ctx, Parts};
use crate::kernel::facts;
use crate::kernel::i18n::{self, Locale};
use crate::kernel::jobs::Runner;
use crate::kernel::network::Settings;
use crate::orders::{Incoming, take};
use crate::people;
use crate::testkit::World;
use crate::{args, both_dbs};

/// A customer of an account, known by `wm_<name>` and `un_<name>`.
async fn person(world: &World, name: &str) -> String {
    let mut tx = world.ctx.begin().await.expect("a transaction");
    let (external_id, union) = (format!("wm_{name}"), format!("un_{name}"));
    let seen = people::Seen {
        account: "acc_1",
        external_id: &external_id,
        union_id: Some(&union),
        name,
        ..people::Seen::default()
    };
    let known = people::recognise(&mut tx, &world.scope, &seen).await.expect("a person");
    tx.commit().await.expect("a commit");
    known.person
}

/// The person's order of 20 yuan, with so much of it paid back.
async fn buy(world: &World, name: &str, number: &str, refunded: i64) {
    let order = Incoming {
        source: "shop".into(),
        order_no: number.into(),
        union_id: format!("un_{name}"),
        external_id: String::new(),
        mobile: String::new(),
        amount: Fen(2_000),
        paid: Fen(2_000),
        paid_at: world.ctx.now().minus(HOUR),
        refunded: Fen(refunded),
        refunded_at: world.ctx.now(),
        items: vec![],
    };
    let mut tx = world.ctx.begin().await.expect("a transaction");
    take(&mut tx, &world.scope, &order).await.expect("an order");
    tx.commit().await.expect("a commit");
}

async fn answer(world: &World, person: &str, purpose: &str, granted: bool) {
    let said = json!({ "purpose": purpose, "granted": granted, "evidence": "she said so in the shop" });
    world.post(&format!("/api/v1/privacy/people/{person}/consents"), &said).await.ok();
}

async fn keep(world: &World, name: &str, text: &str) -> String {
    let made = world.post("/api/v1/segments", &json!({ "name": name, "text": text })).await.ok();
    made["id"].as_str().expect("an id").to_owned()
}

async fn ask(world: &World, text: &str) -> Value {
    world.post("/api/v1/segments/ask", &json!({ "text": text })).await.ok()
}

async fn people_in(world: &World, segment: &str) -> u64 {
    world.get(&format!("/api/v1/segments/{segment}")).await.ok()["people"].as_u64().expect("a count")
}

/// Moves that are facts, in order: entered (true) or left, and who.
async fn told(world: &World, segment: &str) -> Vec<(bool, String)> {
    let mut tx = world.ctx.read().await.expect("a session");
    let all = facts::after(&mut tx, world.scope.tenant(), 0, 10_000).await.expect("facts");
    let told = all.into_iter().filter(|f| f.kind == "segment_entered" || f.kind == "segment_left");
    let told =
        told.map(|f| (f.kind == "segment_entered", serde_json::from_str::<Value>(&f.payload).expect("JSON")));
    let told = told.filter(|(_, fact)| fact["segment"] == segment);
    told.map(|(entered, fact)| (entered, fact["person"].as_str().expect("a person").to_owned())).collect()
}

/// Another process on the same database.
fn another_process(world: &World) -> Ctx {
    Ctx::new(Parts {
        db: world.ctx.db().clone(),
        clock: Arc::clone(&world.clock) as _,
        lease_clock: Arc::clone(&world.clock) as _,
        rng: Rng::seeded(43),
        config: Config {
            public_url: "https://huoqun.test".to_owned(),
            master_key: Secret::new([7; 32]),
            demo: false,
            simulator_url: None,
            network: Settings::default(),
        },
        platforms: Vec::new(),
        outgoing: Arc::clone(&world.receiver) as _,
    })
}

async fn room(world: &World, ctx: &Ctx) -> Arc<Room> {
    ctx.segments().caught_up(ctx, &world.scope).await.expect("a room")
}

/// How many people a wording holds for, as this process knows it.
async fn counted(world: &World, ctx: &Ctx, text: &str) -> u64 {
    let expr = audience::parse(text).expect("a wording");
    let room = room(world, ctx).await;
    let count = room.read(|held| {
        let bars = AskedFor::Service.bars();
        audience::Question::new(&held.index, &expr, held.today(), bars).expect("in bounds").count()
    });
    count.expect("an open room")
}

async fn tag(world: &World, name: &str) -> String {
    let mut tx = world.ctx.begin().await.expect("a transaction");
    let id = tx.new_id("tag");
    tx.exec(
        "INSERT INTO tags_group (tenant_id, id, account_id, platform_id, name, place)
         VALUES ($1, $2, 'acc_1', '', $2, 0)",
        args![world.scope.tenant(), &id],
    )
    .await
    .expect("a group");
    tx.exec(
        "INSERT INTO tags_tag (tenant_id, id, account_id, group_id, platform_id, name, place)
         VALUES ($1, $2, 'acc_1', $2, '', $3, 0)",
        args![world.scope.tenant(), &id, name],
    )
    .await
    .expect("a tag");
    tx.commit().await.expect("a commit");
    id
}

both_dbs! {
    async fn an_order_moves_a_person_at_once_and_its_refund_moves_her_back(world: World) {
        let (mei, _) = (person(&world, "mei").await, person(&world, "lan").await);
        let buyers = keep(&world, "buyers", "bought in 30 days").await;
        world.settle().await;
        assert_eq!(people_in(&world, &buyers).await, 0);
        buy(&world, "mei", "A1", 0).await;
        assert_eq!(people_in(&world, &buyers).await, 1, "before any job ran");
        world.settle().await;
        assert_eq!(told(&world, &buyers).await, [(true, mei.clone())]);
        buy(&world, "mei", "A2", 0).await;
        world.settle().await;
        buy(&world, "mei", "A1", 2_000).await;
        world.settle().await;
        assert_eq!(told(&world, &buyers).await.len(), 1, "another order holds her");
        buy(&world, "mei", "A2", 2_000).await;
        assert_eq!(people_in(&world, &buyers).await, 0);
        world.settle().await;
        world.settle().await;
        assert_eq!(told(&world, &buyers).await, [(true, mei.clone()), (false, mei.clone())]);
        let moves = world.get(&format!("/api/v1/segments/{buyers}/moves")).await.ok();
        assert_eq!((&moves["items"][0]["entered"], &moves["items"][1]["person_id"]), (&json!(false), &json!(mei)));
    }

    async fn days_pass_and_windows_end(world: World) {
        let mei = person(&world, "mei").await;
        buy(&world, "mei", "A1", 0).await;
        let recent = keep(&world, "recent", "bought in 7 days").await;
        world.settle().await;
        assert_eq!((people_in(&world, &recent).await, told(&world, &recent).await.len()), (1, 0), "the first are quiet");
        world.advance(8 * DAY).await;
        assert_eq!(people_in(&world, &recent).await, 0);
        assert_eq!(told(&world, &recent).await, [(false, mei)]);
    }

    async fn the_first_people_are_told_when_asked_for(world: World) {
        let mei = person(&world, "mei").await;
        buy(&world, "mei", "A1", 0).await;
        let draft = json!({ "name": "all buyers", "text": "bought ever", "tell_first": true });
        let made = world.post("/api/v1/segments", &draft).await.ok();
        let id = made["id"].as_str().expect("an id");
        assert_eq!((&made["settled"], &made["people"]), (&json!(false), &json!(1)));
        world.settle().await;
        assert_eq!(told(&world, id).await, [(true, mei)]);
        assert_eq!(world.get(&format!("/api/v1/segments/{id}")).await.ok()["settled"], true);
    }

    async fn a_tag_that_is_given_or_taken_is_known_at_once(world: World) {
        let (mei, card) = (person(&world, "mei").await, tag(&world, "card").await);
        let carriers = keep(&world, "carriers", &format!("tagged \"card\" @{card} in 1 days")).await;
        world.settle().await;
        for (verb, count) in [("give", 1), ("take", 0)] {
            match verb {
                "give" => world.post(&format!("/api/v1/people/{mei}/tags"), &json!({ "tags": [card] })).await.ok(),
                _ => world.delete(&format!("/api/v1/people/{mei}/tags/{card}")).await.ok(),
            };
            assert_eq!(people_in(&world, &carriers).await, count, "{verb}");
            world.settle().await;
        }
        assert_eq!(told(&world, &carriers).await, [(true, mei.clone()), (false, mei)]);
    }

    async fn whoever_joins_and_leaves_a_group_enters_and_leaves(world: World) {
        world.connect().await;
        let corp = world.company().0;
        let chat = world.sim.desk().world.corps[&corp].groups.values().next().expect("a group").chat_id.clone();
        let groups = world.get("/api/v1/groups?limit=200").await.ok();
        let found = groups["items"].as_array().expect("groups").iter().find(|g| g["platform_id"] == chat.as_str());
        let group = found.expect("our mirror")["id"].as_str().expect("an id").to_owned();
        let inside = keep(&world, "inside", &format!("group \"{group}\"")).await;
        let made = world.act(&Act::MakePerson { name: "Mei".into(), gender: 2, partner: false });
        let who = made["person"].as_str().expect("a person").to_owned();
        world.act(&Act::JoinByLink { chat_id: chat.clone(), person: who.clone() });
        world.advance(10 * SECOND).await;
        assert_eq!(people_in(&world, &inside).await, 1);
        let page = world.get(&format!("/api/v1/segments/{inside}/people")).await.ok();
        let person = page["items"][0]["id"].as_str().expect("an id").to_owned();
        assert_eq!(ask(&world, &format!("joined \"{group}\" in 1 days; not left ever")).await["count"], 1);
        world.act(&Act::Leave { chat_id: chat, who });
        world.advance(10 * SECOND).await;
        assert_eq!(people_in(&world, &inside).await, 0);
        assert_eq!(told(&world, &inside).await, [(true, person.clone()), (false, person)]);
        assert_eq!(ask(&world, "left in 1 days").await["count"], 1);
    }

    async fn people_are_read_by_their_own_rows(world: World) {
        if world.ctx.db().engine_name() != "sqlite" {
            // Its planner goes by statistics of its own, which an empty store has not.
            return;
        }
        let mut tx = world.ctx.read().await.expect("a session");
        for read in crate::segments::store::profiles::READS {
            for sql in [read.range, read.few] {
                let args = (0..sql.matches('$').count().max(3)).map(|_| crate::kernel::db::Arg::from("x")).collect();
                let asked: &'static str = format!("EXPLAIN QUERY PLAN {sql}").leak();
                let plan: Vec<(i64, i64, i64, String)> = tx.all(asked, args).await.expect("a plan");
                for (.., step) in plan {
                    let all = step.starts_with("SCAN") || step.ends_with("(tenant_id=?)");
                    assert!(!all, "{step}: every row of the company is read for {sql}");
                }
            }
        }
    }

    async fn a_house_account_is_in_no_answer(world: World) {
        world.connect().await;
        let hook = json!({ "url": "https://shop.example/hook", "types": ["segment.left"] });
        world.post("/api/v1/webhooks", &hook).await.ok();
        let corp = world.company().0;
        let chat = world.sim.desk().world.corps[&corp].groups.values().next().expect("a group").chat_id.clone();
        let made = world.act(&Act::MakePerson { name: "Mei".into(), gender: 2, partner: false });
        world.act(&Act::JoinByLink { chat_id: chat, person: made["person"].as_str().expect("a person").to_owned() });
        world.advance(10 * SECOND).await;
        let everybody = keep(&world, "everybody", "all { }").await;
        world.settle().await;
        let page = world.get(&format!("/api/v1/segments/{everybody}/people")).await.ok();
        assert_eq!(page["items"].as_array().map(Vec::len), Some(1), "employees in the groups are nobody: {page}");
        let person = page["items"][0]["id"].as_str().expect("an id").to_owned();
        let stays = world.get(&format!("/api/v1/people/{person}/memberships")).await.ok();
        let stay = &stays["items"][0];
        let path = format!("/api/v1/groups/{}/members/{}", stay["group_id"].as_str().expect("a group"),
            stay["id"].as_str().expect("a membership"));
        world.patch(&path, &json!({ "kind": "house_account" })).await.ok();
        assert_eq!(people_in(&world, &everybody).await, 0);
        world.settle().await;
        assert_eq!(told(&world, &everybody).await, [(false, person.clone())]);
        // A receiver hears of it too: it would keep her for ever.
        world.advance(SECOND).await;
        let heard = world.receiver.heard().pop().expect("a message");
        assert!(heard.body.contains("segment.left") && heard.body.contains(&person), "{}", heard.body);
        let why = world.post("/api/v1/segments/why", &json!({ "text": "all { }", "person": person })).await.ok();
        assert_eq!((&why["matches"], &why["counts"], &why["line"]["holds"]), (&json!(false), &json!(false), &json!(true)));
    }

    async fn nobody_is_used_for_what_she_did_not_allow(world: World) {
        let (mei, lan, an) = (person(&world, "mei").await, person(&world, "lan").await, person(&world, "an").await);
        for name in ["mei", "lan", "an"] {
            buy(&world, name, name, 0).await;
        }
        answer(&world, &mei, "promotion", true).await;
        answer(&world, &lan, "promotion", true).await;
        answer(&world, &lan, "profiling", false).await;
        answer(&world, &an, "profiling", true).await;
        for (purpose, count, barred) in [("service", 3, 0), ("audience", 2, 1), ("promotion", 1, 2), ("profiling", 1, 2)] {
            let asked = json!({ "text": "bought ever", "purpose": purpose });
            let found = world.post("/api/v1/segments/ask", &asked).await.ok();
            assert_eq!((&found["count"], &found["barred"]), (&json!(count), &json!(barred)), "{purpose}");
            assert_eq!(world.post("/api/v1/segments/check", &asked).await.ok()["equal"], true, "{purpose}");
        }
        answer(&world, &mei, "promotion", false).await;
        let asked = json!({ "text": "bought ever", "purpose": "promotion", "person": mei });
        assert_eq!(world.post("/api/v1/segments/ask", &asked).await.ok()["count"], 0);
        let why = world.post("/api/v1/segments/why", &asked).await.ok();
        assert_eq!((&why["matches"], &why["barred"], &why["line"]["holds"]), (&json!(false), &json!(true), &json!(true)));
    }

    async fn a_process_that_dies_while_settling_moves_nobody_twice(world: World) {
        let mei = person(&world, "mei").await;
        let buyers = keep(&world, "buyers", "bought ever").await;
        world.settle().await;
        buy(&world, "mei", "A1", 0).await;
        // Everything but the commit, and then the process is gone.
        let dying = room(&world, &world.ctx).await;
        let due = dying.due();
        assert_eq!(due.len(), 1);
        let mut tx = world.ctx.begin().await.expect("a transaction");
        assert!(jobs::write(&mut tx, &world.scope, &dying, &due[0]).await.expect("moves"));
        drop(tx);
        assert!(told(&world, &buyers).await.is_empty());
        let heir = another_process(&world);
        Runner::new(heir.clone()).drain().await.expect("the queue works");
        assert_eq!(told(&world, &buyers).await, [(true, mei.clone())]);
        // The first one wakes up and tries to write what it had reckoned.
        let mut tx = world.ctx.begin().await.expect("a transaction");
        assert!(!jobs::write(&mut tx, &world.scope, &dying, &due[0]).await.expect("an answer"), "somebody was faster");
        drop(tx);
        let mut tx = world.ctx.begin().await.expect("a transaction");
        crate::segments::stir(&mut tx, &world.scope).await.expect("a job");
        tx.commit().await.expect("a commit");
        world.settle().await;
        assert_eq!(told(&world, &buyers).await, [(true, mei)]);
    }

    async fn another_process_knows_what_was_committed(world: World) {
        let second = another_process(&world);
        person(&world, "mei").await;
        assert_eq!(counted(&world, &second, "bought ever").await, 0);
        buy(&world, "mei", "A1", 0).await;
        assert_eq!(counted(&world, &second, "bought ever").await, 1);
        let buyers = keep(&world, "buyers", "bought ever").await;
        assert_eq!(counted(&world, &second, &format!("segment \"{buyers}\"")).await, 1);
        world.patch(&format!("/api/v1/segments/{buyers}"), &json!({ "text": "not bought ever" })).await.ok();
        assert_eq!(counted(&world, &second, &format!("segment \"{buyers}\"")).await, 0);
    }

    async fn a_start_from_the_written_index_knows_the_same_and_a_torn_one_is_thrown_away(world: World) {
        for name in ["mei", "lan", "an"] {
            person(&world, name).await;
            buy(&world, name, name, 0).await;
        }
        let mut tx = world.ctx.begin().await.expect("a transaction");
        tx.enqueue(world.scope.tenant(), &jobs::WriteIndex {}).await.expect("a job");
        tx.commit().await.expect("a commit");
        world.settle().await;
        buy(&world, "mei", "mei", 2_000).await;
        let wordings = ["bought ever", "spent = 20.00 ever", "not bought ever", "account \"acc_1\""];
        let started = another_process(&world);
        let mut expected = Vec::new();
        for text in wordings {
            expected.push(counted(&world, &started, text).await);
        }
        assert_eq!(expected, [2, 2, 1, 3]);
        let mut tx = world.ctx.begin().await.expect("a transaction");
        let torn = tx.exec("UPDATE segments_index SET bytes = $2 WHERE tenant_id = $1",
            args![world.scope.tenant(), b"HQPEOPLE and then nothing".to_vec()]).await.expect("an update");
        tx.commit().await.expect("a commit");
        assert_eq!(torn, 1, "the index was written in one part");
        let rebuilt = another_process(&world);
        for (text, count) in wordings.into_iter().zip(expected) {
            assert_eq!(counted(&world, &rebuilt, text).await, count, "{text}");
        }
    }

    async fn an_operator_counts_and_sees_only_her_people(world: World) {
        world.connect().await;
        let groups = world.get("/api/v1/groups?limit=200").await.ok();
        let groups = groups["items"].as_array().expect("groups").clone();
        let owner = groups[0]["owner_staff_id"].as_str().expect("an owner").to_owned();
        let other = groups.iter().find(|g| g["owner_staff_id"] != owner.as_str()).expect("another owner");
        for (name, group) in [("Mei", &groups[0]), ("Lan", other)] {
            let made = world.act(&Act::MakePerson { name: name.into(), gender: 2, partner: false });
            let chat_id = group["platform_id"].as_str().expect("a group").to_owned();
            world.act(&Act::JoinByLink { chat_id, person: made["person"].as_str().expect("a person").to_owned() });
        }
        world.advance(10 * SECOND).await;
        let everybody = keep(&world, "everybody", "all { }").await;
        assert_eq!(people_in(&world, &everybody).await, 2);
        let cookie = world.operator("own", Role::GroupOwner, Some(&owner)).await;
        let get = |path: String| { let (world, cookie) = (&world, &cookie);
            async move { world.send_as(cookie, Method::GET, &path, Body::empty()).await.ok() } };
        assert_eq!(get(format!("/api/v1/segments/{everybody}")).await["people"], 1);
        let page = get(format!("/api/v1/segments/{everybody}/people")).await;
        assert_eq!(page["items"].as_array().map(Vec::len), Some(1));
        let hers = page["items"][0]["id"].clone();
        let asked = Body::from(json!({ "text": "all { }" }).to_string());
        let found = world.send_as(&cookie, Method::POST, "/api/v1/segments/ask", asked).await.ok();
        assert_eq!((&found["count"], found["sample"].as_array().map(Vec::len)), (&json!(1), Some(1)));
        let compared = Body::from(json!({ "text": "all { }" }).to_string());
        let compared = world.send_as(&cookie, Method::POST, "/api/v1/segments/check", compared).await.ok();
        assert_eq!((&compared["engine"], &compared["equal"]), (&json!(1), &json!(true)));
        let frozen = world.post(&format!("/api/v1/segments/{everybody}/freeze"), &json!({ "reason": "a proof" })).await.ok();
        assert_eq!(frozen["people"], 2);
        let shown = get("/api/v1/segments/snapshots".to_owned()).await;
        assert_eq!(shown["items"][0]["people"], 1, "as many as she sees");
        let list = get(format!("/api/v1/segments/snapshots/{}/people", frozen["id"].as_str().expect("an id"))).await;
        assert_eq!(list["items"].as_array().map(Vec::len), Some(1));
        let all = world.get(&format!("/api/v1/segments/{everybody}/people")).await.ok();
        let hidden = all["items"].as_array().expect("people").iter().find(|p| p["id"] != hers).expect("the other")["id"].clone();
        let asked = Body::from(json!({ "text": "all { }", "person": hidden }).to_string());
        let why = world.send_as(&cookie, Method::POST, "/api/v1/segments/why", asked).await;
        assert_eq!(why.status, StatusCode::NOT_FOUND);
        let stranger = world.another_company().await;
        let foreign = world.send_as(&stranger, Method::GET, &format!("/api/v1/segments/{everybody}"), Body::empty()).await;
        assert_eq!(foreign.status, StatusCode::NOT_FOUND);
        let theirs = Body::from(json!({ "text": "all { }" }).to_string());
        assert_eq!(world.send_as(&stranger, Method::POST, "/api/v1/segments/ask", theirs).await.ok()["count"], 0);
    }

    async fn a_wording_is_refused_where_it_is_wrong(world: World) {
        let refuse = async |body: Value| {
            let answer = world.post("/api/v1/segments/ask", &body).await;
            (answer.refusal(), answer.json()["error"]["args"].clone())
        };
        let (code, args) = refuse(json!({ "text": "bought in 3 days\nbouht ever" })).await;
        assert_eq!((code.as_str(), &args["place"]["line"], &args["place"]["column"], &args["place"]["offset"]),
            ("segments.unexpected", &json!(2), &json!(1), &json!(17)));
        let (code, args) = refuse(json!({ "text": "any {\n  bought ever\n  tag \"nobody's\"\n}" })).await;
        assert_eq!((code.as_str(), &args["thing"], &args["place"]["line"]), ("segments.unknown", &json!("tag"), &json!(3)));
        let tree = json!({ "all": [{ "is": { "spent": { "amount": { "min": 5, "max": 1 } } } }] });
        let (code, args) = refuse(json!({ "expr": tree })).await;
        assert_eq!((code.as_str(), &args["place"]["path"]), ("segments.empty_range", &json!([0])));
        let tree = json!({ "any": [{ "is": { "in": { "facet": "group", "of": [{ "id": "grp_0" }] } } }] });
        assert_eq!(refuse(json!({ "expr": tree })).await.0, "segments.unknown");
        assert_eq!(refuse(json!({ "expr": { "some": [] } })).await.0, "segments.unreadable_tree");
        assert_eq!(refuse(json!({})).await.0, "segments.one_form");
        assert_eq!(refuse(json!({ "text": "birthday \"born\" in next 7 days" })).await.0, "segments.unknown");
        assert_eq!(refuse(json!({ "text": "birthday \"first_seen\" in next 7 days" })).await.0, "segments.not_recorded");
        assert_eq!(refuse(json!({ "text": "bought \"soap\" ever" })).await.0, "segments.not_recorded");
        let deep = "any { ".repeat(60) + &" }".repeat(60);
        assert_eq!(refuse(json!({ "text": deep })).await.0, "segments.too_deep");
        let long = vec!["bought ever"; 1_001].join("\n");
        assert_eq!(refuse(json!({ "text": long })).await.0, "segments.too_many_terms");
    }

    async fn a_deleted_tag_is_said_and_hurts_nothing(world: World) {
        let card = tag(&world, "card").await;
        let id = keep(&world, "carded", &format!("any {{ tag \"card\" @{card} ; bought ever }}")).await;
        assert_eq!(world.get(&format!("/api/v1/segments/{id}")).await.ok()["gone"], json!([]));
        let mut tx = world.ctx.begin().await.expect("a transaction");
        tx.exec("UPDATE tags_tag SET deleted_at = 1 WHERE tenant_id = $1 AND id = $2", args![world.scope.tenant(), &card])
            .await.expect("a deletion");
        tx.commit().await.expect("a commit");
        let seen = world.get(&format!("/api/v1/segments/{id}")).await.ok();
        assert_eq!((&seen["gone"][0]["thing"], &seen["gone"][0]["id"], &seen["gone"][0]["name"]),
            (&json!("tag"), &json!(card), &json!("card")));
        assert_eq!(seen["people"], 0);
    }

    async fn segments_refer_to_segments_but_not_in_a_circle(world: World) {
        person(&world, "mei").await;
        buy(&world, "mei", "A1", 0).await;
        let a = keep(&world, "a", "bought ever").await;
        let b = keep(&world, "b", &format!("not segment \"{a}\"")).await;
        let refused = world.patch(&format!("/api/v1/segments/{a}"), &json!({ "text": format!("segment \"{b}\"") })).await;
        assert_eq!(refused.refusal(), "segments.circle");
        assert_eq!(refused.json()["error"]["args"]["path"], format!("{a} > {b} > {a}"));
        assert_eq!((people_in(&world, &a).await, people_in(&world, &b).await), (1, 0));
        // Put away, a may be referred to by whatever it referred to; but then it doesn't come back.
        let c = keep(&world, "c", &format!("segment \"{a}\"")).await;
        world.delete(&format!("/api/v1/segments/{c}")).await.ok();
        world.patch(&format!("/api/v1/segments/{a}"), &json!({ "text": format!("bought ever\nnot segment \"{c}\"") })).await.ok();
        let back = world.patch(&format!("/api/v1/segments/{c}"), &json!({ "status": "live" })).await;
        assert_eq!(back.refusal(), "segments.circle");
        // Two wordings change at once so that only an old and a new one would close a circle.
        world.patch(&format!("/api/v1/segments/{b}"), &json!({ "text": "not bought ever" })).await.ok();
        world.patch(&format!("/api/v1/segments/{a}"), &json!({ "text": format!("not segment \"{b}\"") })).await.ok();
        assert_eq!((people_in(&world, &a).await, people_in(&world, &b).await), (1, 0));
        let overlap = world.post("/api/v1/segments/overlap", &json!({ "segments": [a, b] })).await.ok();
        assert_eq!(overlap["matrix"], json!([[1, 0], [0, 0]]));
        let checked = world.post("/api/v1/segments/check", &json!({ "text": format!("segment \"{a}\"") })).await.ok();
        assert_eq!((&checked["engine"], &checked["equal"]), (&json!(1), &json!(true)));
    }

    async fn a_segment_is_reworded_put_away_and_brought_back(world: World) {
        let mei = person(&world, "mei").await;
        buy(&world, "mei", "A1", 0).await;
        let id = keep(&world, "buyers", "bought ever").await;
        world.settle().await;
        let path = format!("/api/v1/segments/{id}");
        let taken = world.post("/api/v1/segments", &json!({ "name": "buyers", "text": "all { }" })).await;
        assert_eq!(taken.refusal(), "segments.name_taken");
        let new = world.patch(&path, &json!({ "text": "spent >= 30.00 ever", "version": 1 })).await.ok();
        assert_eq!((&new["version"], &new["people"]), (&json!(2), &json!(0)));
        let stale = world.patch(&path, &json!({ "text": "bought ever", "version": 1 })).await;
        assert_eq!(stale.refusal(), "segments.stale");
        world.settle().await;
        assert!(told(&world, &id).await.is_empty(), "another wording moves nobody loudly");
        let versions = world.get(&format!("{path}/versions")).await.ok();
        let texts: Vec<&Value> = versions["items"].as_array().expect("versions").iter().map(|v| &v["text"]).collect();
        assert_eq!(texts, [&json!("spent >= 30.00 ever"), &json!("bought ever")]);
        world.delete(&path).await.ok();
        assert_eq!(world.get("/api/v1/segments").await.ok()["items"], json!([]));
        assert_eq!(world.patch(&path, &json!({ "name": "x" })).await.refusal(), "segments.archived");
        assert_eq!(world.get("/api/v1/segments?status=archived").await.ok()["items"][0]["id"], json!(id));
        world.patch(&path, &json!({ "status": "live" })).await.ok();
        buy(&world, "mei", "A2", 0).await;
        assert_eq!(people_in(&world, &id).await, 1);
        world.settle().await;
        let frozen = world.post(&format!("{path}/freeze"), &json!({ "reason": "for the books" })).await.ok();
        let proof = hex::encode(sha2::Sha256::digest(format!("{mei}\n").as_bytes()));
        assert_eq!((&frozen["people"], &frozen["digest"]), (&json!(1), &json!(proof)));
        assert_eq!(world.get("/api/v1/segments/snapshots").await.ok()["items"][0]["reason"], "for the books");
    }
}

#[test]
fn every_way_of_being_wrong_has_words() {
    let source = include_str!("model/refusal.rs");
    let codes = source.split('"').filter(|text| text.starts_with("segments."));
    let mut seen = 0;
    for code in codes {
        seen += 1;
        assert!(Locale::ALL.into_iter().all(|locale| i18n::knows(locale, code)), "{code}");
    }
    assert!(seen > 20, "{seen}");
}
