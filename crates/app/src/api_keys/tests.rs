//! Keys at the door: what they open, whom they reach, when they end, how often they may call, and writes done once.

use std::net::SocketAddr;

use axum::body::Body;
use axum::extract::ConnectInfo;
use base::time::{DAY, MINUTE, SECOND};
use http::{Method, Request, StatusCode, header};
use serde_json::{Value, json};

use super::model::{is_for_browsers, scopes};
use crate::testkit::{Answer, World};
use crate::{args, both_dbs};

/// A program with a key.
struct Program<'a> {
    world: &'a World,
    token: String,
    id: String,
}

impl<'a> Program<'a> {
    async fn new(world: &'a World, draft: Value) -> Self {
        let made = world.post("/api/v1/api-keys", &draft).await.ok();
        let text = |v: &Value| v.as_str().expect("a text").to_owned();
        Self { world, token: text(&made["token"]), id: text(&made["key"]["id"]) }
    }

    async fn with(world: &'a World, scopes: &[&str]) -> Self {
        Self::new(world, json!({ "name": "shop", "scopes": scopes })).await
    }

    fn request(&self, method: Method, path: &str, body: &Value) -> Request<Body> {
        Request::builder()
            .method(method)
            .uri(path)
            .header(header::AUTHORIZATION, format!("Bearer {}", self.token))
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(body.to_string()))
            .expect("a request")
    }

    async fn get(&self, path: &str) -> Answer {
        self.world.send(self.request(Method::GET, path, &Value::Null)).await
    }

    async fn get_from(&self, path: &str, address: &str) -> Answer {
        let mut request = self.request(Method::GET, path, &Value::Null);
        let peer: SocketAddr = format!("{address}:4711").parse().expect("an address");
        request.extensions_mut().insert(ConnectInfo(peer));
        self.world.send(request).await
    }

    async fn once(&self, key: &str, body: &Value) -> Answer {
        let mut request = self.request(Method::POST, "/api/v1/communities", body);
        request.headers_mut().insert("idempotency-key", key.parse().expect("a header"));
        self.world.send(request).await
    }
}

fn community(name: &str) -> Value {
    json!({ "name": name, "kind": "content", "tier": "core" })
}

/// The group that a newcomer is in.
async fn group_of(world: &World, person: &str) -> String {
    let stays = world.get(&format!("/api/v1/people/{person}/memberships")).await.ok();
    stays["items"][0]["group_id"].as_str().expect("a group").to_owned()
}

async fn community_with(world: &World, name: &str, group: &str) -> String {
    let made = world.post("/api/v1/communities", &community(name)).await.ok();
    let id = made["id"].as_str().expect("an id").to_owned();
    world.post(&format!("/api/v1/communities/{id}/groups"), &json!({ "groups": [group] })).await.ok();
    id
}

async fn communities(world: &World) -> usize {
    world.get("/api/v1/communities").await.ok()["items"].as_array().expect("a list").len()
}

async fn sql(world: &World, sql: &'static str) {
    let mut tx = world.ctx.begin().await.expect("a transaction");
    assert_eq!(tx.exec(sql, args![]).await.expect("the statement runs"), 1);
    tx.commit().await.expect("a commit");
}

fn operations() -> Vec<(Method, String)> {
    let document = serde_json::to_value(crate::routes::openapi()).expect("a document");
    let mut found = Vec::new();
    for (path, methods) in document["paths"].as_object().expect("paths") {
        for method in methods.as_object().expect("methods").keys().filter(|_| path.starts_with("/api/v1/")) {
            let path =
                path.split('/').map(|p| if p.starts_with('{') { "none" } else { p }).collect::<Vec<_>>();
            found.push((method.to_uppercase().parse().expect("a method"), path.join("/")));
        }
    }
    found
}

both_dbs! {
    async fn a_key_opens_what_its_scopes_say_and_nothing_else(world: World) {
        let program = Program::new(&world, json!({ "name": "n", "scopes": ["budgets:write"], "per_minute": 6000 })).await;
        let mut refused = 0;
        for (method, path) in operations() {
            let answer = world.send(program.request(method.clone(), &path, &json!({}))).await;
            // What everybody who is let in may see.
            if method == Method::GET && ["/api/v1/tenant", "/api/v1/abilities"].contains(&path.as_str()) {
                assert!(answer.status.is_success());
                continue;
            }
            let code = if is_for_browsers(&path) { "api_keys.for_browsers" } else { "http.no_scope" };
            assert_eq!((answer.status, answer.refusal().as_str()), (StatusCode::FORBIDDEN, code), "{method} {path}");
            refused += 1;
        }
        assert!(refused > 80, "{refused}");
        let reader = Program::with(&world, &["people:read"]).await;
        assert_eq!(reader.get("/api/v1/people").await.ok()["items"], json!([]));
        assert_eq!(reader.get("/api/v1/tags").await.refusal(), "http.no_scope");
    }

    async fn a_key_with_everything_stays_out_of_pages_for_people(world: World) {
        let all: Vec<&str> = scopes().collect();
        let program = Program::new(&world, json!({ "name": "n", "scopes": all, "per_minute": 6000 })).await;
        for (method, path) in operations().into_iter().filter(|(_, path)| is_for_browsers(path)) {
            let answer = world.send(program.request(method.clone(), &path, &json!({}))).await;
            assert_eq!(answer.refusal(), "api_keys.for_browsers", "{method} {path}");
        }
    }

    async fn a_key_reaches_its_company_and_its_community_only(world: World) {
        world.connect().await;
        let (insider, outsider) = (world.newcomer("里安安", 0).await, world.newcomer("外冰冰", 1).await);
        let (inner, outer) = (group_of(&world, &insider).await, group_of(&world, &outsider).await);
        let (one, two) = (community_with(&world, "甲", &inner).await, community_with(&world, "乙", &outer).await);
        let rights = ["groups:read", "communities:read", "people:read", "events:write", "events:read"];
        let narrow = Program::new(&world, json!({ "name": "n", "scopes": rights, "community_id": one })).await;
        let wide = Program::with(&world, &rights).await;
        let all = world.get("/api/v1/groups").await.ok();
        assert_eq!(wide.get("/api/v1/groups").await.ok()["items"], all["items"]);
        let seen = narrow.get("/api/v1/groups").await.ok();
        assert_eq!((seen["items"].as_array().map(Vec::len), &seen["items"][0]["id"]), (Some(1), &json!(inner)));
        assert_eq!(narrow.get("/api/v1/communities").await.ok()["items"].as_array().map(Vec::len), Some(1));
        let people = narrow.get("/api/v1/people").await;
        assert!(people.text.contains(&insider) && !people.text.contains("外冰冰"), "{}", people.text);
        assert!(wide.get("/api/v1/people").await.text.contains("外冰冰"));
        for path in [format!("/api/v1/groups/{outer}"), format!("/api/v1/communities/{two}"), format!("/api/v1/people/{outsider}"),
            format!("/api/v1/people/{outsider}/timeline"), format!("/api/v1/people/{outsider}/events")] {
            assert_eq!(narrow.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
            assert!(wide.get(&path).await.status.is_success(), "{path}");
        }
        let visit = |person: &str| json!({ "person": { "id": person }, "name": "visit", "at": world.ctx.now().0, "key": person });
        let batch = json!({ "events": [visit(&insider), visit(&outsider)] });
        let report = world.send(narrow.request(Method::POST, "/api/v1/events", &batch)).await.ok();
        assert_eq!((&report["items"][0]["status"], &report["items"][1]["code"]), (&json!("taken"), &json!("events.unknown_person")));
        let report = world.send(wide.request(Method::POST, "/api/v1/events", &batch)).await.ok();
        assert_eq!((&report["taken"], &report["repeated"]), (&json!(1), &json!(1)));
        let figures = |shown: Value| shown["items"][0]["days"][0]["events"].clone();
        assert_eq!(figures(narrow.get("/api/v1/events/definitions").await.ok()), 1);
        assert_eq!(figures(wide.get("/api/v1/events/definitions").await.ok()), 2);
        // Duties of employees are what they were.
        let duties = world.get(&format!("/api/v1/groups/{inner}")).await.ok();
        assert!(!duties.to_string().contains(&format!("\"staff_id\":\"{one}\"")));
        let stranger = world.another_company().await;
        let foreign = world.send_as(&stranger, Method::GET, &format!("/api/v1/api-keys/{}", narrow.id), Body::empty()).await;
        assert_eq!(foreign.status, StatusCode::NOT_FOUND);
        let revoke = world.send_as(&stranger, Method::POST, &format!("/api/v1/api-keys/{}/revoke", narrow.id), Body::empty()).await;
        assert_eq!(revoke.status, StatusCode::NOT_FOUND);
        let draft = json!({ "name": "n", "scopes": ["groups:read"], "community_id": one }).to_string();
        assert_eq!(world.send_as(&stranger, Method::POST, "/api/v1/api-keys", Body::from(draft)).await.status, StatusCode::NOT_FOUND);
        let theirs = json!({ "name": "n", "scopes": rights }).to_string();
        let theirs = world.send_as(&stranger, Method::POST, "/api/v1/api-keys", Body::from(theirs)).await.ok();
        let theirs = Program { world: &world, token: theirs["token"].as_str().expect("a token").to_owned(), id: String::new() };
        assert_eq!(theirs.get("/api/v1/groups").await.ok()["items"], json!([]));
        assert_eq!(theirs.get(&format!("/api/v1/groups/{inner}")).await.status, StatusCode::NOT_FOUND);
    }

    async fn a_key_ends_when_it_is_revoked_or_too_old(world: World) {
        let program = Program::with(&world, &["tags:read"]).await;
        assert!(program.get("/api/v1/tags").await.status.is_success());
        let path = format!("/api/v1/api-keys/{}", program.id);
        assert_eq!(world.get(&path).await.ok()["state"], "active");
        assert!(world.get(&path).await.ok()["last_used_at"].is_i64());
        for _ in 0..2 {
            assert_eq!(world.post(&format!("{path}/revoke"), &json!({})).await.ok()["state"], "revoked");
        }
        let gone = program.get("/api/v1/tags").await;
        assert_eq!((gone.status, gone.refusal().as_str()), (StatusCode::UNAUTHORIZED, "api_keys.unknown"));
        let until = world.ctx.now().plus(DAY).0;
        let brief = Program::new(&world, json!({ "name": "n", "scopes": ["tags:read"], "expires_at": until })).await;
        world.clock.advance(DAY - 1);
        assert!(brief.get("/api/v1/tags").await.status.is_success());
        world.clock.advance(1);
        assert_eq!(brief.get("/api/v1/tags").await.refusal(), "api_keys.expired");
        let wrong = Program { world: &world, token: "hq_0000".to_owned(), id: String::new() };
        assert_eq!(wrong.get("/api/v1/tags").await.refusal(), "api_keys.unknown");
        let audit = world.get("/api/v1/access/audit").await.ok();
        let acts = |word: &str| audit["items"].as_array().expect("entries").iter().filter(|e| e["action"] == word).count();
        assert_eq!((acts("api_keys.create"), acts("api_keys.revoke")), (2, 1));
        let mut tx = world.ctx.read().await.expect("a session");
        let rows: Vec<(String, String)> = tx.all("SELECT digest, hint FROM api_keys_key", args![]).await.expect("rows");
        assert!(rows.iter().all(|(digest, _)| !program.token.contains(digest.as_str())));
        assert!(rows.iter().any(|(_, hint)| program.token.ends_with(hint.as_str())));
    }

    async fn who_calls_too_often_is_told_how_long_to_wait(world: World) {
        let program = Program::new(&world, json!({ "name": "n", "scopes": ["tags:read"], "per_minute": 3 })).await;
        for _ in 0..3 {
            assert!(program.get("/api/v1/tags").await.status.is_success());
        }
        let refused = program.get("/api/v1/tags").await;
        assert_eq!((refused.status, refused.refusal().as_str()), (StatusCode::TOO_MANY_REQUESTS, "api_keys.too_many"));
        assert_eq!(refused.headers[header::RETRY_AFTER], "20");
        world.clock.advance(19 * SECOND);
        assert_eq!(program.get("/api/v1/tags").await.headers[header::RETRY_AFTER], "1");
        world.clock.advance(SECOND);
        assert!(program.get("/api/v1/tags").await.status.is_success());
        assert_eq!(program.get("/api/v1/tags").await.status, StatusCode::TOO_MANY_REQUESTS);
        // Another key has a bucket of its own.
        assert!(Program::with(&world, &["tags:read"]).await.get("/api/v1/tags").await.status.is_success());
    }

    async fn a_bound_key_works_from_its_networks_only(world: World) {
        let draft = json!({ "name": "n", "scopes": ["tags:read"], "networks": ["203.0.113.0/24", "2001:db8::7"] });
        let program = Program::new(&world, draft).await;
        for address in ["203.0.113.200", "[2001:db8::7]"] {
            assert!(program.get_from("/api/v1/tags", address).await.status.is_success(), "{address}");
        }
        assert_eq!(program.get_from("/api/v1/tags", "203.0.114.1").await.refusal(), "api_keys.wrong_network");
        assert_eq!(program.get("/api/v1/tags").await.refusal(), "api_keys.wrong_network");
        let bad = json!({ "name": "n", "scopes": ["tags:read"], "networks": ["example.com"] });
        assert_eq!(world.post("/api/v1/api-keys", &bad).await.refusal(), "api_keys.unknown_network");
        for bad in [json!({ "name": "", "scopes": ["tags:read"] }), json!({ "name": "n", "scopes": [] }),
            json!({ "name": "n", "scopes": ["tags:read"], "per_minute": 0 }), json!({ "name": "n", "scopes": ["tags:read"], "expires_at": 1 })] {
            assert_eq!(world.post("/api/v1/api-keys", &bad).await.refusal(), "http.invalid_field", "{bad}");
        }
        for scope in ["access:write", "webhooks:write", "nothing:read"] {
            let bad = json!({ "name": "n", "scopes": [scope] });
            assert_eq!(world.post("/api/v1/api-keys", &bad).await.refusal(), "api_keys.unknown_scope");
        }
    }

    async fn a_repeated_write_is_done_once_and_answered_alike(world: World) {
        let program = Program::with(&world, &["communities:write", "communities:read"]).await;
        let first = program.once("k-1", &community("甲")).await;
        assert!(first.status.is_success(), "{}", first.text);
        let again = program.once("k-1", &community("甲")).await;
        assert_eq!((again.status, &again.text), (first.status, &first.text));
        assert_eq!((first.headers.get("idempotency-replayed"), again.headers["idempotency-replayed"].as_bytes()), (None, &b"true"[..]));
        assert_eq!(communities(&world).await, 1);
        let other = program.once("k-1", &community("乙")).await;
        assert_eq!((other.status, other.refusal().as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "http.once_other"));
        // Another key of the company has its own memory.
        let second = Program::with(&world, &["communities:write"]).await;
        assert!(second.once("k-1", &community("乙")).await.status.is_success());
        assert_eq!(communities(&world).await, 2);
        // What was refused changed nothing and may be tried again under the same key.
        assert!(!program.once("k-2", &json!({ "name": "" })).await.status.is_success());
        assert!(program.once("k-2", &community("丙")).await.status.is_success());
        world.clock.advance(DAY + MINUTE);
        assert!(program.once("k-1", &community("丁")).await.status.is_success(), "after a day the key is free again");
        assert_eq!(program.once("no spaces", &community("戊")).await.refusal(), "http.invalid_field");
    }

    async fn two_at_once_change_things_once(world: World) {
        let program = Program::with(&world, &["communities:write"]).await;
        let body = community("甲");
        let (a, b) = tokio::join!(program.once("k", &body), program.once("k", &body));
        let done = [&a, &b].iter().filter(|x| x.status.is_success()).count();
        assert!(done >= 1, "{} {}", a.text, b.text);
        for refused in [&a, &b].iter().filter(|x| !x.status.is_success()) {
            assert_eq!(refused.refusal(), "http.once_running");
        }
        assert_eq!(communities(&world).await, 1);
    }

    async fn a_crash_between_change_and_answer_repeats_nothing(world: World) {
        let program = Program::with(&world, &["communities:write"]).await;
        assert!(program.once("k", &community("甲")).await.status.is_success());
        // As the process left it when it died after the commit and before it kept the answer.
        sql(&world, "UPDATE once_write SET state = 'done', body = '', status = 0").await;
        assert_eq!(program.once("k", &community("甲")).await.refusal(), "http.once_running");
        world.clock.advance(2 * MINUTE);
        assert_eq!(program.once("k", &community("甲")).await.refusal(), "http.once_lost");
        assert_eq!(communities(&world).await, 1);
    }

    async fn a_crash_before_the_change_lets_the_repetition_do_it(world: World) {
        let program = Program::with(&world, &["communities:write"]).await;
        assert!(program.once("k", &community("甲")).await.status.is_success());
        sql(&world, "DELETE FROM communities_community").await;
        // As the process left it when it died before the commit.
        sql(&world, "UPDATE once_write SET state = 'begun', body = '', status = 0").await;
        assert_eq!(program.once("k", &community("甲")).await.refusal(), "http.once_running");
        world.clock.advance(2 * MINUTE);
        assert!(program.once("k", &community("甲")).await.status.is_success());
        assert_eq!(communities(&world).await, 1);
    }
}
