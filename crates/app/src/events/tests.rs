//! Events over HTTP: taken once, judged one by one, counted for customers only, seen within reach.

use axum::body::Body;
use base::time::{DAY, MINUTE, SECOND};
use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::kernel::facts;
use crate::testkit::World;
use crate::{both_dbs, people};

/// Customers of the connected company.
async fn customers(world: &World) -> Vec<String> {
    world.connect().await;
    let mut all = Vec::new();
    for name in ["安安", "冰冰", "晨晨"] {
        all.push(world.newcomer(name, 0).await);
    }
    all
}

fn visit(person: Value, key: &str, at: Value) -> Value {
    json!({ "person": person, "name": "store.visit", "at": at, "key": key, "properties": { "store": "三里屯" } })
}

async fn send(world: &World, events: Vec<Value>) -> Value {
    world.post("/api/v1/events", &json!({ "events": events })).await.ok()
}

async fn kept(world: &World) -> Vec<Value> {
    let mut tx = world.ctx.read().await.expect("a session");
    let all = facts::after(&mut tx, world.scope.tenant(), 0, 10_000).await.expect("facts");
    let all = all.into_iter().filter(|f| f.kind == "custom_event");
    all.map(|f| serde_json::from_str(&f.payload).expect("JSON")).collect()
}

/// How many events and people the definitions show in all.
async fn figures(world: &World) -> (i64, i64) {
    let shown = world.get("/api/v1/events/definitions").await.ok();
    let days = shown["items"][0]["days"].as_array().cloned().unwrap_or_default();
    let sum = |field: &str| days.iter().map(|d| d[field].as_i64().expect("a number")).sum();
    (sum("events"), sum("people"))
}

both_dbs! {
    async fn an_event_counts_once_however_often_it_comes(world: World) {
        let people = customers(&world).await;
        let now = world.ctx.now();
        let text = now.rfc3339();
        let events = vec![visit(json!({ "id": people[0] }), "a", json!(now.0)), visit(json!({ "id": people[1] }), "b", json!(text))];
        let report = send(&world, events.clone()).await;
        assert_eq!((&report["taken"], &report["repeated"], &report["refused"]), (&json!(2), &json!(0), &json!(0)));
        let again = send(&world, vec![events[0].clone(), events[0].clone(), visit(json!({ "id": people[2] }), "c", json!(now.0))]).await;
        assert_eq!((&again["taken"], &again["repeated"]), (&json!(1), &json!(2)));
        assert_eq!(again["items"][0]["status"], "repeated");
        let facts = kept(&world).await;
        assert_eq!(facts.len(), 3);
        assert_eq!(facts[0], json!({ "fact": "custom_event", "person": people[0], "name": "store.visit", "key": "a", "eligible": true, "at": now.0 }));
        assert_eq!(figures(&world).await, (3, 3));
        let shown = world.get(&format!("/api/v1/people/{}/events", people[0])).await.ok();
        assert_eq!(shown["items"].as_array().map(Vec::len), Some(1));
        assert_eq!(shown["items"][0]["properties"], json!({ "store": "三里屯" }));
    }

    async fn each_event_is_judged_and_told_why(world: World) {
        let people = customers(&world).await;
        let now = world.ctx.now();
        let id = json!({ "id": people[0] });
        let with = |field: &str, value: Value| {
            let mut event = visit(id.clone(), field, json!(now.0));
            event[field] = value;
            event
        };
        let cases = [
            (with("name", json!("到店")), "events.bad_name"),
            (with("key", json!("a b")), "events.bad_key"),
            (with("at", json!("soon")), "events.bad_time"),
            (with("at", json!(now.plus(5 * MINUTE + SECOND).0)), "events.future"),
            (with("at", json!(now.minus(401 * DAY).0)), "events.too_old"),
            (with("properties", json!({ "a": [1] })), "events.bad_properties"),
            (with("person", json!({})), "events.bad_person"),
            (with("person", json!({ "id": people[0], "union_id": "x" })), "events.bad_person"),
            (with("person", json!({ "id": "psn_nobody" })), "events.unknown_person"),
            (with("person", json!({ "external_id": "nobody" })), "events.unknown_person"),
            (with("person", json!({ "union_id": "nobody" })), "events.unknown_person"),
        ];
        let mut events: Vec<Value> = cases.iter().map(|(event, _)| event.clone()).collect();
        events.push(visit(id.clone(), "good", json!(now.0)));
        let all = world.post("/api/v1/events", &json!({ "events": events, "mode": "all" })).await;
        assert_eq!((all.status, all.refusal().as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "events.some_refused"));
        assert_eq!(all.json()["error"]["args"]["items"].as_array().map(Vec::len), Some(cases.len()));
        assert_eq!(kept(&world).await.len(), 0, "all or nothing");
        let report = send(&world, events).await;
        assert_eq!((&report["taken"], &report["refused"]), (&json!(1), &json!(cases.len())));
        for (n, (event, code)) in cases.iter().enumerate() {
            assert_eq!(report["items"][n]["code"], *code, "{event}");
            assert!(!report["items"][n]["message"].as_str().expect("a sentence").contains('{'));
        }
        assert_eq!(kept(&world).await.len(), 1);
        assert_eq!(world.post("/api/v1/events", &json!({ "events": [] })).await.refusal(), "http.invalid_field");
        let many: Vec<Value> = (0..1_001).map(|n| visit(id.clone(), &n.to_string(), json!(now.0))).collect();
        assert_eq!(world.post("/api/v1/events", &json!({ "events": many })).await.refusal(), "http.invalid_field");
        let report = send(&world, many[..1_000].to_vec()).await;
        assert_eq!(report["taken"], 1_000);
    }

    async fn people_are_found_by_the_ids_that_other_systems_know(world: World) {
        let people = customers(&world).await;
        let mut tx = world.ctx.read().await.expect("a session");
        let sql = "SELECT c.person_id, c.external_id, p.union_id FROM people_contact c
            JOIN people_person p ON p.tenant_id = c.tenant_id AND p.id = c.person_id WHERE p.union_id IS NOT NULL ORDER BY c.id LIMIT 1";
        let (person, external, union): (String, String, String) = tx.one(sql, crate::args![]).await.expect("a contact");
        drop(tx);
        assert!(!people.is_empty());
        let now = world.ctx.now().0;
        let report = send(&world, vec![visit(json!({ "external_id": external }), "x", json!(now)), visit(json!({ "union_id": union }), "u", json!(now))]).await;
        assert_eq!(report["taken"], 2, "{report}");
        let shown = world.get(&format!("/api/v1/people/{person}/events?limit=1")).await.ok();
        let next = shown["next"].as_str().expect("another page");
        let rest = world.get(&format!("/api/v1/people/{person}/events?limit=1&cursor={next}")).await.ok();
        assert_ne!(shown["items"][0]["id"], rest["items"][0]["id"]);
        assert_eq!((rest["items"].as_array().map(Vec::len), &rest["next"]), (Some(1), &Value::Null));
    }

    async fn house_accounts_are_kept_and_never_counted(world: World) {
        let people = customers(&world).await;
        let now = json!(world.ctx.now().0);
        let mut tx = world.ctx.begin().await.expect("a transaction");
        people::bar(&mut tx, &world.scope, &people[0], "house_account").await.expect("barred");
        tx.commit().await.expect("a commit");
        let report = send(&world, vec![visit(json!({ "id": people[0] }), "h", now.clone()), visit(json!({ "id": people[1] }), "c", now)]).await;
        assert_eq!(report["taken"], 2);
        assert_eq!(figures(&world).await, (1, 1));
        let eligible: Vec<bool> = kept(&world).await.iter().map(|f| f["eligible"].as_bool().expect("a word")).collect();
        assert_eq!(eligible, [false, true]);
        // Who turns out to be a house account later leaves the figures too.
        let mut tx = world.ctx.begin().await.expect("a transaction");
        people::bar(&mut tx, &world.scope, &people[1], "house_account").await.expect("barred");
        tx.commit().await.expect("a commit");
        assert_eq!(figures(&world).await, (0, 0));
    }

    async fn a_name_is_described_and_another_company_sees_nothing(world: World) {
        let people = customers(&world).await;
        let now = json!(world.ctx.now().0);
        send(&world, vec![visit(json!({ "id": people[0] }), "a", now.clone())]).await;
        let path = "/api/v1/events/definitions/store.visit";
        let words = json!({ "description": "进店", "privacy_note": "只记门店，不记位置。" });
        assert_eq!(world.patch(path, &words).await.ok()["privacy_note"], "只记门店，不记位置。");
        assert_eq!(world.patch(path, &json!({ "privacy_note": "x".repeat(501) })).await.refusal(), "http.invalid_field");
        assert_eq!(world.get("/api/v1/events/definitions").await.ok()["items"][0]["description"], "进店");
        let stranger = world.another_company().await;
        let theirs = world.send_as(&stranger, Method::GET, "/api/v1/events/definitions", Body::empty()).await.ok();
        assert_eq!(theirs["items"], json!([]));
        assert_eq!(world.send_as(&stranger, Method::PATCH, path, Body::from("{}")).await.status, StatusCode::NOT_FOUND);
        let events = format!("/api/v1/people/{}/events", people[0]);
        assert_eq!(world.send_as(&stranger, Method::GET, &events, Body::empty()).await.status, StatusCode::NOT_FOUND);
        let batch = json!({ "events": [visit(json!({ "id": people[0] }), "b", now)] }).to_string();
        let report = world.send_as(&stranger, Method::POST, "/api/v1/events", Body::from(batch)).await.ok();
        assert_eq!(report["items"][0]["code"], "events.unknown_person");
    }
}
