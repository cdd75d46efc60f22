//! Webhooks over HTTP and jobs: signed, once per message, tried again, held, replayed, switched off.

use axum::body::Body;
use base::time::{DAY, HOUR, MINUTE, SECOND};
use base::{Fen, Timestamp};
use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::model::{PAUSES, signatures};
use crate::both_dbs;
use crate::kernel::outgoing::Call;
use crate::people;
use crate::reactions::{self, Fact};
use crate::testkit::{Says, World};

const URL: &str = "https://shop.example/hook";

/// Adds an endpoint; answers its id and secret.
async fn endpoint(world: &World, url: &str, types: &[&str]) -> (String, String) {
    let made = world.post("/api/v1/webhooks", &json!({ "url": url, "types": types })).await.ok();
    let text = |v: &Value| v.as_str().expect("a text").to_owned();
    (text(&made["webhook"]["id"]), text(&made["secret"]))
}

/// Something happens, `n` times.
async fn orders(world: &World, n: usize) {
    let mut tx = world.ctx.begin().await.expect("a transaction");
    for _ in 0..n {
        let order = tx.new_id("ord");
        let fact = Fact::OrderPlaced { order, person: None, paid: Fen(100), at: tx.now() };
        crate::webhooks::note(&mut tx, &world.scope, std::slice::from_ref(&fact)).await.expect("noted");
    }
    tx.commit().await.expect("a commit");
}

fn header<'a>(call: &'a Call, name: &str) -> &'a str {
    call.headers.iter().find(|(n, _)| *n == name).map(|(_, v)| v.as_str()).expect("a header")
}

fn is_genuine(call: &Call, secret: &str) -> bool {
    let at = Timestamp::from_seconds(header(call, "webhook-timestamp").parse().expect("seconds"));
    let expected = signatures(&[secret], header(call, "webhook-id"), at, &call.body);
    header(call, "webhook-signature").split(' ').any(|s| s == expected)
}

async fn deliveries(world: &World, id: &str) -> Vec<Value> {
    let page = world.get(&format!("/api/v1/webhooks/{id}/deliveries?limit=200")).await.ok();
    page["items"].as_array().expect("a list").clone()
}

async fn shown(world: &World, id: &str) -> Value {
    world.get(&format!("/api/v1/webhooks/{id}")).await.ok()
}

async fn notices(world: &World) -> Vec<Value> {
    let today = world.get("/api/v1/today").await.ok();
    today["wrong"].as_array().expect("a list").iter().filter(|w| w["kind"] == "webhook").cloned().collect()
}

both_dbs! {
    async fn what_happens_in_the_company_is_told_signed_and_without_names(world: World) {
        let (id, secret) = endpoint(&world, URL, &["member.joined", "contact.added"]).await;
        let (other, _) = endpoint(&world, "https://other.example/", &["order.placed"]).await;
        world.connect().await;
        world.newcomer("安安", 0).await;
        world.newcomer("冰冰", 1).await;
        let heard = world.receiver.heard();
        assert_eq!(heard.len(), 4, "two came, each added an employee and joined a group");
        let mut ids = std::collections::BTreeSet::new();
        for call in &heard {
            assert_eq!(call.url, URL);
            assert!(is_genuine(call, &secret), "{call:?}");
            assert!(ids.insert(header(call, "webhook-id").to_owned()), "each message once");
            let body: Value = serde_json::from_str(&call.body).expect("JSON");
            assert!(["member.joined", "contact.added"].contains(&body["type"].as_str().expect("a type")));
            let person = body["data"]["person"].as_str().expect("a person");
            let person = world.get(&format!("/api/v1/people/{person}")).await.ok();
            assert_eq!(person["kind"], "customer", "nothing is told of staff or house accounts");
            let name = person["name"].as_str().expect("a name");
            assert!(name.is_empty() || !call.body.contains(name));
        }
        assert!(deliveries(&world, &id).await.iter().all(|d| d["state"] == "delivered" && d["attempts"] == 1));
        assert_eq!(deliveries(&world, &other).await.len(), 0);
        let one = deliveries(&world, &id).await[0]["id"].as_str().expect("an id").to_owned();
        let one = world.get(&format!("/api/v1/webhooks/{id}/deliveries/{one}")).await.ok();
        assert_eq!((&one["calls"][0]["status"], &one["calls"][0]["body"], &one["url"]), (&json!(200), &json!("thanks"), &json!(URL)));
    }

    async fn a_fact_that_is_undone_is_not_told(world: World) {
        endpoint(&world, URL, &["order.placed"]).await;
        let mut tx = world.ctx.begin().await.expect("a transaction");
        let fact = Fact::OrderPlaced { order: "ord_x".into(), person: None, paid: Fen(1), at: tx.now() };
        reactions::on(&mut tx, &world.scope, &fact).await.expect("the reaction");
        drop(tx);
        world.settle().await;
        assert_eq!(world.receiver.heard().len(), 0);
    }

    async fn house_accounts_are_not_told_of(world: World) {
        world.connect().await;
        let person = world.newcomer("安安", 0).await;
        endpoint(&world, URL, &["contact.lost"]).await;
        let mut tx = world.ctx.begin().await.expect("a transaction");
        let lost = Fact::ContactLost { person: person.clone(), contact: "c".into(), staff: "s".into(), by_customer: true, at: tx.now() };
        people::bar(&mut tx, &world.scope, &person, "house_account").await.expect("barred");
        crate::webhooks::note(&mut tx, &world.scope, std::slice::from_ref(&lost)).await.expect("noted");
        tx.commit().await.expect("a commit");
        world.settle().await;
        assert_eq!(world.receiver.heard().len(), 0);
    }

    async fn other_systems_hear_that_two_persons_are_one_and_that_they_are_two(world: World) {
        world.connect().await;
        let (ann, bo) = (world.newcomer("安安", 0).await, world.newcomer("冰冰", 1).await);
        endpoint(&world, URL, &["person.merged", "person.split"]).await;
        let mut tx = world.ctx.begin().await.expect("a transaction");
        tx.exec("UPDATE people_person SET union_id = NULL WHERE tenant_id = $1", crate::args![world.scope.tenant()]).await.expect("an update");
        tx.commit().await.expect("a commit");
        let merged = world.post(&format!("/api/v1/people/{ann}/merge"), &json!({ "other": bo })).await.ok();
        world.advance(SECOND).await;
        let heard = world.receiver.heard();
        assert_eq!(heard.len(), 1);
        let body: Value = serde_json::from_str(&heard[0].body).expect("JSON");
        assert_eq!((&body["type"], &body["data"]), (&json!("person.merged"), &json!({ "person": ann, "other": bo, "how": "manual" })));
        world.post(&format!("/api/v1/people/merges/{}/undo", merged["merge"].as_str().expect("an id")), &json!({})).await.ok();
        world.advance(SECOND).await;
        let heard = world.receiver.heard();
        assert_eq!(heard.len(), 1);
        let body: Value = serde_json::from_str(&heard[0].body).expect("JSON");
        assert_eq!((&body["type"], &body["data"]), (&json!("person.split"), &json!({ "person": ann, "other": bo, "undone": true })));
    }

    async fn a_failing_receiver_is_tried_again_with_growing_pauses_under_one_id(world: World) {
        let (id, secret) = endpoint(&world, URL, &["order.placed"]).await;
        world.receiver.says(URL, Says::Status(500));
        orders(&world, 1).await;
        world.settle().await;
        let first = world.receiver.heard();
        assert_eq!(first.len(), 1);
        let (message, began) = (header(&first[0], "webhook-id").to_owned(), world.ctx.now());
        let mut at = began;
        for pause in PAUSES {
            assert_eq!(deliveries(&world, &id).await[0]["next_at"], at.plus(pause).0);
            world.advance(pause - 1).await;
            assert_eq!(world.receiver.heard().len(), 0, "not before its time");
            world.advance(1).await;
            let heard = world.receiver.heard();
            assert_eq!((heard.len(), header(&heard[0], "webhook-id")), (1, message.as_str()));
            assert!(is_genuine(&heard[0], &secret));
            at = at.plus(pause);
            assert_eq!(header(&heard[0], "webhook-timestamp"), at.seconds().to_string());
        }
        let end = &deliveries(&world, &id).await[0];
        assert_eq!((&end["state"], &end["attempts"], &end["last_status"]), (&json!("failed"), &json!(10), &json!(500)));
        world.advance(3 * DAY).await;
        assert_eq!(world.receiver.heard().len(), 0, "it has given up");
        assert_eq!(shown(&world, &id).await["failing_since"], began.0);
    }

    async fn it_arrives_when_the_receiver_recovers(world: World) {
        let (id, _) = endpoint(&world, URL, &["order.placed"]).await;
        world.receiver.says(URL, Says::Nothing);
        orders(&world, 45).await;
        world.settle().await;
        assert_eq!(world.receiver.heard().len(), 45);
        assert!(deliveries(&world, &id).await.iter().all(|d| d["last_error"].as_str().expect("words").contains("time-out")));
        world.receiver.says(URL, Says::Yes);
        world.advance(5 * SECOND).await;
        assert_eq!(world.receiver.heard().len(), 45);
        assert!(deliveries(&world, &id).await.iter().all(|d| d["state"] == "delivered" && d["attempts"] == 2));
        assert_eq!(shown(&world, &id).await["failing_since"], Value::Null);
        world.advance(DAY).await;
        assert_eq!(world.receiver.heard().len(), 0, "nothing twice");
    }

    async fn a_crash_between_call_and_result_repeats_under_the_same_id(world: World) {
        let (id, _) = endpoint(&world, URL, &["order.placed"]).await;
        world.receiver.says(URL, Says::SenderDies);
        orders(&world, 1).await;
        world.settle().await;
        let first = world.receiver.heard();
        let one = deliveries(&world, &id).await[0].clone();
        assert_eq!((&one["state"], &one["attempts"]), (&json!("waiting"), &json!(1)));
        world.receiver.says(URL, Says::Yes);
        world.advance(MINUTE).await;
        let again = world.receiver.heard();
        assert_eq!((first.len(), again.len()), (1, 1));
        assert_eq!(header(&first[0], "webhook-id"), header(&again[0], "webhook-id"));
        let path = format!("/api/v1/webhooks/{id}/deliveries/{}", one["id"].as_str().expect("an id"));
        let one = world.get(&path).await.ok();
        assert_eq!((&one["state"], &one["calls"][1]["ended_at"], &one["calls"][0]["status"]), (&json!("delivered"), &json!(0), &json!(200)));
        world.advance(DAY).await;
        assert_eq!(world.receiver.heard().len(), 0);
    }

    async fn one_dead_endpoint_does_not_hold_up_another(world: World) {
        let (dead, _) = endpoint(&world, "https://dead.example/", &["order.placed"]).await;
        let (fine, _) = endpoint(&world, URL, &["order.placed"]).await;
        world.receiver.says("https://dead.example/", Says::Nothing);
        orders(&world, 30).await;
        world.settle().await;
        assert!(deliveries(&world, &fine).await.iter().all(|d| d["state"] == "delivered"));
        assert!(deliveries(&world, &dead).await.iter().all(|d| d["state"] == "waiting"));
        let ids = |all: Vec<Value>| all.iter().map(|d| d["message_id"].to_string()).collect::<std::collections::BTreeSet<_>>();
        assert_eq!(ids(deliveries(&world, &dead).await), ids(deliveries(&world, &fine).await), "one id for all endpoints");
    }

    async fn five_days_of_failing_switch_off_with_a_notice_and_the_missed_are_replayed(world: World) {
        let (id, _) = endpoint(&world, URL, &["order.placed"]).await;
        world.receiver.says(URL, Says::Status(503));
        for _ in 0..6 {
            orders(&world, 1).await;
            world.advance(20 * HOUR).await;
        }
        assert_eq!(shown(&world, &id).await["enabled"], true);
        assert_eq!(notices(&world).await.len(), 0);
        world.advance(20 * HOUR).await;
        let off = shown(&world, &id).await;
        assert_eq!((&off["enabled"], &off["off_code"]), (&json!(false), &json!("webhooks.failing")));
        let notice = &notices(&world).await[0];
        assert_eq!((&notice["code"], &notice["cure_code"], &notice["subject"]), (&json!("webhooks.failing"), &json!("today.cure.check_webhook"), &json!(URL)));
        world.receiver.heard();
        world.receiver.says(URL, Says::Yes);
        orders(&world, 2).await;
        world.advance(DAY).await;
        assert_eq!(world.receiver.heard().len(), 0, "an endpoint that is off is left alone");
        let replay = json!({ "which": "missed" });
        assert_eq!(world.post(&format!("/api/v1/webhooks/{id}/replay"), &replay).await.refusal(), "webhooks.off");
        assert_eq!(world.post(&format!("/api/v1/webhooks/{id}/test"), &json!({})).await.refusal(), "webhooks.off");
        world.patch(&format!("/api/v1/webhooks/{id}"), &json!({ "enabled": true })).await.ok();
        assert_eq!(notices(&world).await.len(), 0);
        world.advance(MINUTE).await;
        assert_eq!(world.receiver.heard().len(), 0, "what was missed waits for a word");
        assert_eq!(world.post(&format!("/api/v1/webhooks/{id}/replay"), &replay).await.ok()["deliveries"], 8);
        world.settle().await;
        assert_eq!(world.receiver.heard().len(), 8);
        assert_eq!(world.post(&format!("/api/v1/webhooks/{id}/replay"), &replay).await.ok()["deliveries"], 0);
    }

    async fn a_receiver_that_wants_nothing_more_is_left_alone(world: World) {
        let (id, _) = endpoint(&world, URL, &["order.placed"]).await;
        orders(&world, 1).await;
        world.settle().await;
        world.receiver.says(URL, Says::Status(410));
        orders(&world, 25).await;
        world.settle().await;
        assert_eq!(world.receiver.heard().len(), 1 + 20, "the batch that was on its way, and no more");
        let off = shown(&world, &id).await;
        assert_eq!((&off["enabled"], &off["off_code"]), (&json!(false), &json!("webhooks.gone")));
        assert_eq!(off["counts"], json!({ "waiting": 0, "delivered": 1, "failed": 20, "held": 5 }));
        assert_eq!(notices(&world).await.len(), 1);
        world.advance(2 * DAY).await;
        assert_eq!(world.receiver.heard().len(), 0);
    }

    async fn one_or_all_since_a_time_are_sent_again(world: World) {
        let (id, _) = endpoint(&world, URL, &["order.placed"]).await;
        orders(&world, 2).await;
        world.advance(HOUR).await;
        let since = world.ctx.now().0;
        orders(&world, 3).await;
        world.settle().await;
        let before = world.receiver.heard();
        assert_eq!(before.len(), 5);
        let all = json!({ "which": "all", "since": since });
        assert_eq!(world.post(&format!("/api/v1/webhooks/{id}/replay"), &all).await.ok()["deliveries"], 3);
        world.settle().await;
        let ids = |calls: &[Call]| calls.iter().map(|c| header(c, "webhook-id").to_owned()).collect::<std::collections::BTreeSet<_>>();
        assert_eq!(ids(&world.receiver.heard()), ids(&before[2..]), "the same ids again");
        let oldest = deliveries(&world, &id).await[4].clone();
        let path = format!("/api/v1/webhooks/{id}/deliveries/{}/replay", oldest["id"].as_str().expect("an id"));
        assert_eq!(world.post(&path, &json!({})).await.status, StatusCode::ACCEPTED);
        world.settle().await;
        let heard = world.receiver.heard();
        assert_eq!((heard.len(), header(&heard[0], "webhook-id")), (1, oldest["message_id"].as_str().expect("an id")));
        let filtered = world.get(&format!("/api/v1/webhooks/{id}/deliveries?state=failed")).await.ok();
        assert_eq!(filtered["items"], json!([]));
        let page = world.get(&format!("/api/v1/webhooks/{id}/deliveries?state=delivered&type=order.placed&limit=2")).await.ok();
        assert_eq!((page["items"].as_array().map(Vec::len), page["next"].is_string()), (Some(2), true));
    }

    async fn a_rotated_secret_signs_beside_the_old_one_for_a_day(world: World) {
        let (id, old) = endpoint(&world, URL, &["order.placed"]).await;
        let new = world.post(&format!("/api/v1/webhooks/{id}/rotate"), &json!({})).await.ok()["secret"].as_str().expect("a secret").to_owned();
        assert_ne!(new, old);
        orders(&world, 1).await;
        world.settle().await;
        let call = &world.receiver.heard()[0];
        assert!(is_genuine(call, &old) && is_genuine(call, &new));
        world.advance(DAY).await;
        orders(&world, 1).await;
        world.settle().await;
        let call = &world.receiver.heard()[0];
        assert!(!is_genuine(call, &old) && is_genuine(call, &new));
        let answer = shown(&world, &id).await.to_string();
        assert!(!answer.contains("whsec_") && !answer.contains("sealed"), "a secret is shown once");
        let mut tx = world.ctx.read().await.expect("a session");
        let (sealed,): (String,) = tx.one("SELECT sealed_secret FROM webhooks_endpoint", crate::args![]).await.expect("a row");
        assert!(!sealed.contains(new.trim_start_matches("whsec_")));
    }

    async fn a_test_event_goes_out_whatever_was_asked_for(world: World) {
        let (id, secret) = endpoint(&world, URL, &["order.placed"]).await;
        assert_eq!(world.post(&format!("/api/v1/webhooks/{id}/test"), &json!({})).await.status, StatusCode::ACCEPTED);
        world.settle().await;
        let heard = world.receiver.heard();
        assert!(heard.len() == 1 && heard[0].body.contains("webhook.test") && is_genuine(&heard[0], &secret));
        world.patch(&format!("/api/v1/webhooks/{id}"), &json!({ "enabled": false })).await.ok();
        orders(&world, 1).await;
        world.settle().await;
        assert_eq!(deliveries(&world, &id).await.len(), 1, "whoever switches it off herself wants nothing kept");
        assert_eq!(world.delete(&format!("/api/v1/webhooks/{id}")).await.status, StatusCode::NO_CONTENT);
        assert_eq!(world.get(&format!("/api/v1/webhooks/{id}")).await.status, StatusCode::NOT_FOUND);
    }

    async fn wrong_addresses_and_types_are_refused(world: World) {
        for (url, code) in [
            ("http://shop.example/", "webhooks.not_https"), ("nonsense", "webhooks.not_a_url"), ("https://u:p@shop.example/", "webhooks.not_a_url"),
            ("https://10.0.0.1/", "webhooks.not_public"), ("https://169.254.169.254/", "webhooks.not_public"), ("https://db.internal/", "webhooks.not_public"),
        ] {
            let made = world.post("/api/v1/webhooks", &json!({ "url": url, "types": ["order.placed"] })).await;
            assert_eq!(made.refusal(), code, "{url}");
        }
        let types = |types: Value| json!({ "url": URL, "types": types });
        assert_eq!(world.post("/api/v1/webhooks", &types(json!(["order.lost"]))).await.refusal(), "webhooks.unknown_type");
        assert_eq!(world.post("/api/v1/webhooks", &types(json!([]))).await.refusal(), "http.invalid_field");
        let (id, _) = endpoint(&world, URL, &["order.placed"]).await;
        let bad = world.patch(&format!("/api/v1/webhooks/{id}"), &json!({ "url": "https://127.0.0.2.example@127.0.0.1/" })).await;
        assert_eq!(bad.refusal(), "webhooks.not_a_url");
        assert_eq!(shown(&world, &id).await["url"], URL);
        for n in 1..20 {
            endpoint(&world, &format!("https://shop{n}.example/"), &["order.placed"]).await;
        }
        assert_eq!(world.post("/api/v1/webhooks", &types(json!(["order.placed"]))).await.refusal(), "webhooks.too_many_endpoints");
    }

    async fn another_company_neither_sees_nor_hears(world: World) {
        let (id, _) = endpoint(&world, URL, &["order.placed"]).await;
        orders(&world, 1).await;
        world.settle().await;
        let delivery = deliveries(&world, &id).await[0]["id"].as_str().expect("an id").to_owned();
        let stranger = world.another_company().await;
        for (method, path) in [
            (Method::GET, format!("/api/v1/webhooks/{id}")), (Method::PATCH, format!("/api/v1/webhooks/{id}")),
            (Method::DELETE, format!("/api/v1/webhooks/{id}")), (Method::POST, format!("/api/v1/webhooks/{id}/rotate")),
            (Method::POST, format!("/api/v1/webhooks/{id}/test")), (Method::GET, format!("/api/v1/webhooks/{id}/deliveries")),
            (Method::GET, format!("/api/v1/webhooks/{id}/deliveries/{delivery}")), (Method::POST, format!("/api/v1/webhooks/{id}/deliveries/{delivery}/replay")),
        ] {
            let answer = world.send_as(&stranger, method.clone(), &path, Body::from("{}")).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{method} {path}");
        }
        let body = json!({ "url": "https://stranger.example/", "types": ["order.placed"] }).to_string();
        world.send_as(&stranger, Method::POST, "/api/v1/webhooks", Body::from(body)).await.ok();
        world.receiver.heard();
        orders(&world, 1).await;
        world.settle().await;
        assert!(world.receiver.heard().iter().all(|call| call.url == URL));
    }

    async fn what_settled_long_ago_is_forgotten(world: World) {
        let (id, _) = endpoint(&world, URL, &["order.placed"]).await;
        orders(&world, 3).await;
        for days in [10, 10, 9] {
            world.advance(days * DAY).await;
            assert_eq!(deliveries(&world, &id).await.len(), 3);
        }
        world.advance(3 * DAY).await;
        assert_eq!(deliveries(&world, &id).await.len(), 0);
    }
}

/// The published libraries take what we sign, with either secret of a rotation, and refuse what was changed.
/// `cargo xtask test` installs them; without them the test says that it was skipped.
fn published_library_agrees(variable: &str, program: impl Fn(&str) -> std::process::Command) {
    use std::io::Write as _;
    let Ok(place) = std::env::var(variable) else {
        eprintln!(
            "SKIPPED: {variable} is not set, so no published library was asked. Run `cargo xtask test`."
        );
        return;
    };
    let (old, new) = (
        super::model::secret_of(&[1; 24]),
        super::model::secret_of(b"a secret of more than 32 bytes, as ours are"),
    );
    let now = base::Clock::now(&base::SystemClock);
    let body = r#"{"type":"order.placed","data":{"order":"ord_1","note":"三里屯 \u00e9"}}"#;
    let signature = signatures(&[&new, &old], "msg_1", now, body);
    let judge = |secret: &str, body: &str| {
        let headers = json!({ "webhook-id": "msg_1", "webhook-timestamp": now.seconds().to_string(), "webhook-signature": signature });
        let job = json!({ "secret": secret, "headers": headers, "body": body }).to_string();
        let mut child = program(&place)
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::piped())
            .spawn()
            .expect("it starts");
        child.stdin.take().expect("a pipe").write_all(job.as_bytes()).expect("it reads");
        String::from_utf8(child.wait_with_output().expect("it ends").stdout).expect("text").trim().to_owned()
    };
    assert_eq!((judge(&old, body).as_str(), judge(&new, body).as_str()), ("genuine", "genuine"));
    assert_ne!(judge(&old, &body.replace("ord_1", "ord_2")), "genuine");
    assert_ne!(judge(&super::model::secret_of(&[2; 24]), body), "genuine");
}

fn peer_script(name: &str) -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../wecom/tests/peers").join(name)
}

#[test]
fn the_published_python_library_takes_our_signatures() {
    published_library_agrees("HUOQUN_PYTHON_PEER", |python| {
        let mut command = std::process::Command::new(python);
        command.arg(peer_script("webhook.py"));
        command
    });
}

#[test]
fn the_published_node_library_takes_our_signatures() {
    published_library_agrees("HUOQUN_NODE_PEER", |folder| {
        let mut command = std::process::Command::new("node");
        command.arg(peer_script("webhook.js")).env("HUOQUN_NODE_PEER", folder);
        command
    });
}
