//! Connections, the doctor, the inbox and its projector, over HTTP and jobs, against the simulated platform.

use axum::Router;
use axum::body::Body;
use base::time::{DAY, MINUTE, SECOND};
use futures_util::future::join_all;
use http::{Method, Request, StatusCode};
use messenger::inbound::{Envelope, Hint};
use serde_json::{Value, json};
use tower::ServiceExt as _;
use wecom::crypto::{CallbackCrypto, Stamp};
use wecom_sim::{Act, Harm, Rule};

use super::store;
use crate::both_dbs;
use crate::ctx::{Ctx, Parts};
use crate::testkit::World;

const TOKEN: &str = "abcDEF123";
const KEY: &str = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFG";

fn draft() -> Value {
    json!({ "name": "门店", "company": "ww1", "application": "1000002", "secret": "s3cr3t", "callback_token": TOKEN,
        "callback_key": KEY })
}

async fn account(world: &World) -> String {
    world.post("/api/v1/accounts", &draft()).await.ok()["id"].as_str().expect("an id").to_owned()
}

fn xml(n: usize) -> String {
    format!(
        "<xml><ToUserName><![CDATA[ww1]]></ToUserName><FromUserName><![CDATA[sys]]></FromUserName>\
         <CreateTime>{n}</CreateTime><MsgType><![CDATA[event]]></MsgType>\
         <Event><![CDATA[change_external_chat]]></Event><ChatId><![CDATA[wr1]]></ChatId>\
         <ChangeType><![CDATA[create]]></ChangeType></xml>"
    )
}

/// A delivery: query and body.
fn sealed(company: &str, message: &str, nonce: &str) -> (String, String) {
    let crypto = CallbackCrypto::new(TOKEN, KEY, company).expect("a key");
    let stamp = Stamp { timestamp: "1786924800", nonce, random16: *b"0123456789abcdef" };
    let delivery = crypto.delivery(&stamp, Some("1000002"), message);
    (format!("msg_signature={}&timestamp=1786924800&nonce={nonce}", delivery.signature), delivery.body)
}

fn request(account: &str, (query, body): (String, String)) -> Request<Body> {
    let uri = format!("/hooks/wecom/{account}?{query}");
    Request::builder().method(Method::POST).uri(uri).body(Body::from(body)).expect("a request")
}

async fn kept(ctx: &Ctx, tenant: &str) -> Vec<i64> {
    let mut tx = ctx.read().await.expect("a session");
    let rows = store::inbox_after(&mut tx, tenant, 0, 10_000).await.expect("rows");
    rows.into_iter().map(|r| r.seq).collect()
}

/// The same product after a restart: another process on the same store.
fn restarted(world: &World) -> (Ctx, Router) {
    let platform = world.ctx.platform("wecom").expect("the adapter").clone();
    let ctx = Ctx::new(Parts {
        db: world.ctx.db().clone(),
        clock: world.ctx.clock().clone(),
        lease_clock: world.ctx.clock().clone(),
        rng: world.ctx.rng("restart"),
        config: world.ctx.config().clone(),
        platforms: vec![platform],
        outgoing: std::sync::Arc::clone(&world.receiver) as _,
    });
    let router = crate::routes::router(&ctx);
    (ctx, router)
}

fn first_group(world: &World) -> String {
    let corp = world.company().0;
    let desk = world.sim.desk();
    desk.world.corps[&corp].groups.keys().next().cloned().expect("a group")
}

async fn state_of(world: &World, account: &str, kind: &str) -> Value {
    let rows = world.get(&format!("/api/v1/accounts/{account}/sync")).await.ok();
    rows["items"].as_array().expect("rows").iter().find(|r| r["kind"] == kind).cloned().unwrap_or(Value::Null)
}

fn findings(examined: &Value) -> Vec<(String, String)> {
    let text = |f: &Value, key: &str| f[key].as_str().unwrap_or_default().to_owned();
    examined["findings"]
        .as_array()
        .expect("findings")
        .iter()
        .map(|f| (text(f, "probe"), text(f, "verdict")))
        .collect()
}

async fn examined(world: &World, account: &str) -> Value {
    let path = format!("/api/v1/accounts/{account}/doctor");
    assert_eq!(world.post(&path, &json!({})).await.status, StatusCode::ACCEPTED);
    assert_eq!(world.get(&path).await.ok()["state"], "running");
    world.drain().await;
    world.get(&path).await.ok()
}

both_dbs! {
    async fn secrets_are_written_and_never_read(world: World) {
        let made = world.post("/api/v1/accounts", &json!({ "name": "门店", "company": "ww1", "application": "1000002",
            "secret": "s3cr3t" })).await;
        assert!(!made.text.contains("s3cr3t"));
        let id = made.ok()["id"].as_str().expect("an id").to_owned();
        let form = world.get(&format!("/api/v1/accounts/{id}/callback")).await.ok();
        let (token, key) = (form["token"].as_str().expect("a token"), form["key"].as_str().expect("a key"));
        assert_eq!((token.len(), key.len()), (32, 43));
        assert!(token.bytes().chain(key.bytes()).all(|b| b.is_ascii_alphanumeric()));
        assert_eq!(form["url"], format!("https://huoqun.test/hooks/wecom/{id}"));
        let path = format!("/api/v1/accounts/{id}");
        let patched = world.patch(&path, &json!({ "secret": "other", "name": "新名" })).await;
        assert!(!patched.text.contains("other"));
        assert_eq!((&patched.ok()["name"], &patched.ok()["has_secret"]), (&json!("新名"), &json!(true)));
        let same = world.get(&format!("/api/v1/accounts/{id}/callback")).await.ok();
        assert_eq!(same, form, "what isn't named stays");
        assert_eq!(world.patch(&path, &json!({ "callback_key": "short" })).await.refusal(), "accounts.setting");
        let twin = json!({ "name": "x", "company": "ww1", "application": "1000002" });
        assert_eq!(world.post("/api/v1/accounts", &twin).await.refusal(), "accounts.already_connected");
        let other = json!({ "platform": "pigeon", "name": "x", "company": "c", "application": "1" });
        assert_eq!(world.post("/api/v1/accounts", &other).await.refusal(), "accounts.unknown_platform");
        assert_eq!(world.get("/api/v1/accounts").await.ok()["items"].as_array().map(Vec::len), Some(1));
    }

    async fn nothing_forged_gets_in_and_every_refusal_is_the_same(world: World) {
        let id = account(&world).await;
        let good = || sealed("ww1", &xml(1), "n1");
        let flip = |text: &str, at: usize| {
            let mut bytes = text.as_bytes().to_vec();
            bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
            String::from_utf8(bytes).expect("ASCII")
        };
        let (query, body) = good();
        let middle = body.len() / 2;
        let foreign = CallbackCrypto::new(TOKEN, &KEY.to_lowercase(), "ww1").expect("a key");
        let stamp = Stamp { timestamp: "1", nonce: "n", random16: *b"0123456789abcdef" };
        let alien = foreign.delivery(&stamp, None, &xml(1));
        let bad = [
            request(&id, (query.clone(), flip(&body, middle))),
            request(&id, (query.replace("nonce=n1", "nonce=n2"), body.clone())),
            request(&id, (query.replace("msg_signature=", "msg_signature=0"), body.clone())),
            request(&id, ("timestamp=1&nonce=1".to_owned(), body.clone())),
            request(&id, (String::new(), String::new())),
            request(&id, (query.clone(), String::new())),
            request(&id, (query.clone(), "<xml><Encrypt>".repeat(400))),
            request(&id, (query.clone(), "x".repeat(70_000))),
            request(&id, (query.clone(), format!("{body}{}", " ".repeat(64 * 1024)))),
            request(&id, sealed("ww2", &xml(1), "n1")),
            request(&id, (format!("msg_signature={}&timestamp=1&nonce=n", alien.signature), alien.body)),
            request("acc_nobody", good()),
            request(&format!("{id}%27--"), good()),
        ];
        for (n, request) in bad.into_iter().enumerate() {
            let answer = world.send(request).await;
            assert_eq!((answer.status, answer.text.as_str()), (StatusCode::FORBIDDEN, "refused"), "number {n}");
        }
        assert_eq!(kept(&world.ctx, world.scope.tenant()).await, [] as [i64; 0]);
        assert_eq!(world.send(request(&id, good())).await.text, "success");
        assert_eq!(kept(&world.ctx, world.scope.tenant()).await, [1]);
    }

    async fn a_repetition_is_kept_once_also_after_a_restart(world: World) {
        let id = account(&world).await;
        for nonce in ["n1", "n2", "n1"] {
            assert_eq!(world.send(request(&id, sealed("ww1", &xml(1), nonce))).await.text, "success");
        }
        assert_eq!(kept(&world.ctx, world.scope.tenant()).await, [1]);
        let (ctx, router) = restarted(&world);
        for n in [1, 2] {
            let answer = router.clone().oneshot(request(&id, sealed("ww1", &xml(n), "n9"))).await.expect("an answer");
            assert_eq!(answer.status(), StatusCode::OK);
        }
        assert_eq!(kept(&ctx, world.scope.tenant()).await, [1, 2]);
        // The first process doesn't know of number 2: the key refuses it once, then it goes on behind.
        assert_eq!(world.send(request(&id, sealed("ww1", &xml(3), "n9"))).await.text, "success");
        assert_eq!(kept(&ctx, world.scope.tenant()).await, [1, 2, 3]);
    }

    async fn many_at_once_are_numbered_without_gaps(world: World) {
        let id = account(&world).await;
        let answers = join_all((0..400).map(|n| world.send(request(&id, sealed("ww1", &xml(n % 300), "n"))))).await;
        assert!(answers.iter().all(|a| a.text == "success"));
        assert_eq!(kept(&world.ctx, world.scope.tenant()).await, (1..=300).collect::<Vec<i64>>());
        world.drain().await;
        let mut tx = world.ctx.read().await.expect("a session");
        assert_eq!(store::cursor(&mut tx, &world.scope).await.expect("a cursor"), 300);
    }

    async fn callbacks_of_one_row_are_read_acted_upon_and_forgotten_one_by_one(world: World) {
        let id = account(&world).await;
        join_all((0..300).map(|n| world.send(request(&id, sealed("ww1", &xml(n), "n"))))).await;
        let rows = async |sql: &'static str| {
            let mut tx = world.ctx.read().await.expect("a session");
            tx.number(sql, crate::args![world.scope.tenant()]).await.expect("a count")
        };
        assert!(rows("SELECT CAST(COUNT(*) AS BIGINT) FROM accounts_inbox WHERE tenant_id = $1").await < 300, "several came together");
        // Pages cut rows anywhere.
        let (mut seen, mut next) = (Vec::new(), String::new());
        loop {
            let page = world.get(&format!("/api/v1/accounts/{id}/inbox?limit=70&cursor={next}")).await.ok();
            seen.extend(page["items"].as_array().expect("a list").iter().map(|r| r["seq"].as_i64().expect("a number")));
            let Some(after) = page["next"].as_str() else { break };
            next = after.to_owned();
        }
        assert_eq!(seen, (1..=300).rev().collect::<Vec<i64>>());
        let mut tx = world.ctx.begin().await.expect("a transaction");
        for after in [0, 1, 128, 299] {
            let one = store::inbox_after(&mut tx, world.scope.tenant(), after, 1).await.expect("rows");
            assert_eq!(one.iter().map(|r| r.seq).collect::<Vec<_>>(), [after + 1]);
        }
        let text = xml(7);
        assert_eq!(store::forget_callbacks(&mut tx, &world.scope, &text).await.expect("a count"), 0, "not before it was acted upon");
        assert_eq!(store::unread_callbacks(&mut tx, &world.scope, &text).await.expect("a count"), 1);
        tx.commit().await.expect("a commit");
        world.drain().await;
        let mut tx = world.ctx.begin().await.expect("a transaction");
        assert_eq!(store::unread_callbacks(&mut tx, &world.scope, &text).await.expect("a count"), 0);
        let gone = store::inbox_after(&mut tx, world.scope.tenant(), 0, 300).await.expect("rows").into_iter().find(|r| r.body == text).expect("it").seq;
        assert_eq!(store::forget_callbacks(&mut tx, &world.scope, &text).await.expect("a count"), 1);
        tx.commit().await.expect("a commit");
        let left: Vec<i64> = (1..=300).filter(|seq| *seq != gone).collect();
        assert_eq!(kept(&world.ctx, world.scope.tenant()).await, left);
        // Another process knows what came in rows of several, and goes on behind the last of them.
        let (ctx, router) = restarted(&world);
        for n in [3, 299, 300] {
            router.clone().oneshot(request(&id, sealed("ww1", &xml(n), "n9"))).await.expect("an answer");
        }
        assert_eq!(kept(&ctx, world.scope.tenant()).await.last(), Some(&301));
        join_all((301..310).map(|n| world.send(request(&id, sealed("ww1", &xml(n), "n"))))).await;
        assert_eq!(kept(&ctx, world.scope.tenant()).await.len(), 299 + 1 + 9, "the key refused the first process once");
    }

    async fn a_changed_key_shuts_the_old_one_out_at_once(world: World) {
        let id = account(&world).await;
        assert_eq!(world.send(request(&id, sealed("ww1", &xml(1), "n"))).await.status, StatusCode::OK);
        let key = KEY.to_lowercase();
        world.patch(&format!("/api/v1/accounts/{id}"), &json!({ "callback_key": key })).await.ok();
        assert_eq!(world.send(request(&id, sealed("ww1", &xml(2), "n"))).await.status, StatusCode::FORBIDDEN);
    }

    async fn the_url_check_answers_what_the_platform_expects(world: World) {
        let id = world.connect().await;
        let shown = world.get(&format!("/api/v1/accounts/{id}")).await.ok();
        assert!(shown["url_checked_at"].as_i64().is_some());
        let forged = format!("/hooks/wecom/{id}?msg_signature=x&timestamp=1&nonce=1&echostr=abc");
        let answer = world.send_as("", Method::GET, &forged, Body::empty()).await;
        assert_eq!((answer.status, answer.text.as_str()), (StatusCode::FORBIDDEN, "refused"));
    }

    async fn callbacks_are_acted_upon_shown_and_forgotten_after_a_month(world: World) {
        let id = world.connect().await;
        let chat = first_group(&world);
        world.act(&Act::Rename { chat_id: chat.clone(), name: "改名了".into() });
        world.advance(5 * SECOND).await;
        let groups = world.get("/api/v1/groups?search=改名").await.ok();
        assert_eq!(groups["items"][0]["platform_id"], chat.as_str());
        let inbox = world.get(&format!("/api/v1/accounts/{id}/inbox?limit=1")).await.ok();
        assert!(inbox["items"][0]["body"].as_str().expect("a body").contains(&chat));
        let shown = world.get(&format!("/api/v1/accounts/{id}")).await.ok();
        assert!(shown["last_callback_at"].as_i64().is_some());
        world.clock.advance(31 * DAY);
        world.settle().await;
        assert_eq!(kept(&world.ctx, world.scope.tenant()).await, [] as [i64; 0]);
        world.act(&Act::Rename { chat_id: chat, name: "又改名".into() });
        world.advance(5 * SECOND).await;
        // The operator's session is long over; the mirror shows that the new callback was acted upon.
        let mut tx = world.ctx.read().await.expect("a session");
        let sql = "SELECT CAST(COUNT(*) AS BIGINT) FROM groups_group WHERE tenant_id = $1 AND name = '又改名'";
        assert_eq!(tx.number(sql, crate::args![world.scope.tenant()]).await.expect("a count"), 1);
    }

    async fn the_doctor_finds_what_is_wrong_and_names_the_cure(world: World) {
        let id = world.connect().await;
        let chat = first_group(&world);
        world.act(&Act::Rename { chat_id: chat, name: "新".into() });
        world.settle().await;
        let healthy = examined(&world, &id).await;
        assert_eq!(healthy["state"], "done");
        let sick: Vec<_> = findings(&healthy).into_iter().filter(|f| f.1 != "fine").collect();
        assert_eq!(sick, [], "{healthy}");
        assert_eq!(healthy["probes"].as_u64(), healthy["findings"].as_array().map(|f| f.len() as u64));

        let corp = world.company().0;
        world.sim.desk().world.corps.get_mut(&corp).expect("a company").apps[0].customer_api = false;
        let sick = examined(&world, &id).await;
        let finding = sick["findings"].as_array().expect("findings").iter().find(|f| f["probe"] == "api_permission");
        let finding = finding.expect("the probe");
        assert_eq!((&finding["verdict"], &finding["code"]), (&json!("broken"), &json!(48002)));
        assert_eq!(finding["cure"], "accounts.cure.api_permission");
        assert!(finding["cure_text"].as_str().expect("a cure").contains("可调用接口的应用"));

        world.patch(&format!("/api/v1/accounts/{id}"), &json!({ "secret": "wrong" })).await.ok();
        let found = findings(&examined(&world, &id).await);
        assert_eq!(found[0], ("token".to_owned(), "broken".to_owned()));
        assert!(found[1..found.len() - 1].iter().all(|f| f.1 == "skipped"), "{found:?}");
    }

    async fn every_probe_has_title_and_cure_in_three_languages(world: World) {
        let id = world.connect().await;
        let mut probes: Vec<String> = findings(&examined(&world, &id).await).into_iter().map(|f| f.0).collect();
        probes.push("callback".to_owned());
        for probe in probes {
            for locale in crate::kernel::i18n::Locale::ALL {
                for part in ["probe", "cure"] {
                    assert!(crate::kernel::i18n::knows(locale, &format!("accounts.{part}.{probe}")), "{part} {probe}");
                }
            }
        }
    }

    async fn wrong_credentials_stop_the_sync_with_the_platforms_words_and_nothing_else(world: World) {
        let id = world.connect().await;
        let path = format!("/api/v1/accounts/{id}");
        world.patch(&path, &json!({ "secret": "wrong" })).await.ok();
        world.post(&format!("{path}/sync"), &json!({})).await.ok();
        world.advance(MINUTE).await;
        for kind in ["staff", "tags", "contacts", "groups"] {
            let row = state_of(&world, &id, kind).await;
            assert_eq!(row["state"], "failed", "{row}");
            assert!(row["last_error"].as_str().expect("words").contains("40001"), "{row}");
        }
        assert_eq!(world.get("/api/v1/jobs").await.ok()["dead"], 0);
        let secret = world.company().1.secret;
        world.patch(&path, &json!({ "secret": secret })).await.ok();
        world.post(&format!("{path}/sync"), &json!({})).await.ok();
        world.advance(MINUTE).await;
        for kind in ["staff", "tags", "contacts", "groups"] {
            let row = state_of(&world, &id, kind).await;
            assert_eq!((&row["state"], &row["last_error"]), (&json!("done"), &json!("")), "{row}");
            assert_eq!(row["done"], row["total"]);
        }
    }

    async fn an_account_without_a_secret_starts_and_says_so(world: World) {
        let made = world.post("/api/v1/accounts", &json!({ "name": "空", "company": "ww9", "application": "1",
            "api_base": crate::testkit::PLATFORM })).await.ok();
        assert_eq!(made["has_secret"], false);
        let found = findings(&examined(&world, made["id"].as_str().expect("an id")).await);
        assert_eq!(found.first().map(|f| f.1.as_str()), Some("broken"));
        assert_eq!(found.last(), Some(&("callback".to_owned(), "broken".to_owned())));
    }

    async fn a_slow_platform_is_asked_again(world: World) {
        let id = world.connect().await;
        world.sim.desk().faults.rules.push(Rule::on("get_corp_tag_list", Harm::Errcode { code: -1 }).times(3));
        world.post(&format!("/api/v1/accounts/{id}/sync"), &json!({})).await.ok();
        world.drain().await;
        let row = state_of(&world, &id, "tags").await;
        assert_eq!(row["state"], "running", "{row}");
        world.advance(10 * MINUTE).await;
        let row = state_of(&world, &id, "tags").await;
        assert_eq!(row["state"], "done", "{row} {}", world.get("/api/v1/jobs").await.text);
    }
}

#[tokio::test]
async fn hints_read_the_simulators_events() {
    let world = World::sqlite().await;
    let id = account(&world).await;
    let platform = world.ctx.platform("wecom").expect("the adapter");
    let mut tx = world.ctx.read().await.expect("a session");
    let (_, _, credentials) =
        super::credentials(&mut tx, world.ctx.sealer(), &id).await.expect("credentials");
    let receiver = platform.receiver(&credentials).expect("a receiver");
    let crypto = CallbackCrypto::new(TOKEN, KEY, "ww1").expect("a key");
    let stamp = Stamp { timestamp: "1", nonce: "n", random16: *b"0123456789abcdef" };
    let delivery = crypto.delivery(&stamp, None, &xml(1));
    let envelope =
        Envelope { signature: delivery.signature, timestamp: "1".into(), nonce: "n".into(), echo: None };
    let inbound = receiver.open(&envelope, delivery.body.as_bytes()).expect("a genuine message");
    assert_eq!(receiver.hint(&inbound.body), Hint::GroupCreated { group: "wr1".into() });
}
