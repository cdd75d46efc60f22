//! Orders by webhook and by table.

use axum::body::Body;
use base::time::{MINUTE, SECOND};
use http::{Method, Request, StatusCode};
use serde_json::{Value, json};

use super::model::sign;
use crate::both_dbs;
use crate::kernel::facts;
use crate::people;
use crate::reactions::{self, Fact};
use crate::testkit::{Answer, START, World};

/// The webhook's path and secret.
async fn hook(world: &World) -> (String, String) {
    let made = world.post("/api/v1/orders/hook/renew", &json!({})).await.ok();
    let url = made["url"].as_str().expect("an address").to_owned();
    let path = url.strip_prefix("https://huoqun.test").expect("our address").to_owned();
    (path, made["secret"].as_str().expect("a secret").to_owned())
}

async fn deliver_at(world: &World, (path, secret): (&str, &str), at: i64, body: &str) -> Answer {
    let timestamp = (at / SECOND).to_string();
    let request = Request::builder()
        .method(Method::POST)
        .uri(path)
        .header("x-huoqun-timestamp", &timestamp)
        .header("x-huoqun-signature", sign(secret, &timestamp, body.as_bytes()))
        .body(Body::from(body.to_owned()))
        .expect("a request");
    world.send(request).await
}

async fn deliver(world: &World, hook: &(String, String), body: &Value) -> Answer {
    deliver_at(world, (&hook.0, &hook.1), world.ctx.now().0, &body.to_string()).await
}

async fn import(world: &World, query: &str, bytes: &[u8]) -> Answer {
    world.post_bytes(&format!("/api/v1/orders/import{query}"), bytes).await
}

async fn kinds(world: &World) -> Vec<String> {
    let mut tx = world.ctx.read().await.expect("a session");
    let all = facts::after(&mut tx, world.scope.tenant(), 0, 100).await.expect("facts");
    all.into_iter().map(|f| f.kind).collect()
}

fn order(number: &str) -> Value {
    json!({ "order_no": number, "union_id": "un1", "paid_fen": 2_350, "paid_at": START.0 - MINUTE,
        "items": [{ "name": "招牌牛肉面", "quantity": 1 }] })
}

both_dbs! {
    async fn a_signed_order_is_taken_once(world: World) {
        let hook = hook(&world).await;
        let mut tx = world.ctx.begin().await.expect("a transaction");
        let seen = people::Seen { account: "acc_1", external_id: "wm1", union_id: Some("un1"), name: "小美",
            ..people::Seen::default() };
        let buyer = people::recognise(&mut tx, &world.scope, &seen).await.expect("a person").person;
        tx.commit().await.expect("a commit");

        let first = deliver(&world, &hook, &order("A1")).await.ok();
        assert_eq!((&first["created"], &first["unchanged"]), (&json!(1), &json!(0)));
        let again = deliver(&world, &hook, &json!({ "orders": [order("A1"), order("A1")] })).await.ok();
        assert_eq!((&again["created"], &again["unchanged"]), (&json!(0), &json!(2)));
        let list = world.get("/api/v1/orders?search=%E7%89%9B%E8%82%89").await.ok();
        assert_eq!(list["items"].as_array().expect("orders").len(), 1);
        assert_eq!(list["items"][0]["person_id"], json!(buyer));
        assert_eq!(list["items"][0]["day"], 20_260_817);
        assert_eq!(kinds(&world).await, ["order_placed"]);

        let mut refund = order("A1");
        refund["status"] = json!("refunded");
        assert_eq!(deliver(&world, &hook, &refund).await.ok()["changed"], 1);
        assert_eq!(deliver(&world, &hook, &order("A1")).await.ok()["unchanged"], 1, "an older message");
        assert_eq!(kinds(&world).await, ["order_placed", "order_refunded"]);
        let totals = world.get("/api/v1/orders/totals").await.ok();
        assert_eq!((&totals["orders"], &totals["paid_fen"], &totals["refunded_fen"]),
            (&json!(1), &json!(2_350), &json!(2_350)));
    }

    async fn an_order_finds_its_buyer_later(world: World) {
        let hook = hook(&world).await;
        let mut refunded = order("A1");
        refunded["status"] = json!("refunded");
        deliver(&world, &hook, &refunded).await.ok();
        assert_eq!(world.get("/api/v1/orders").await.ok()["items"][0]["person_id"], Value::Null);
        let mut tx = world.ctx.begin().await.expect("a transaction");
        let seen = people::Seen { account: "acc_1", external_id: "wm1", union_id: Some("un1"), name: "小美",
            ..people::Seen::default() };
        let buyer = people::recognise(&mut tx, &world.scope, &seen).await.expect("a person").person;
        let fact = Fact::ContactAdded { person: buyer.clone(), contact: "ctc_1".into(), staff: "stf_1".into(),
            code: None, at: world.ctx.now() };
        for _ in 0..2 {
            reactions::on(&mut tx, &world.scope, &fact).await.expect("consequences");
        }
        tx.commit().await.expect("a commit");
        assert_eq!(world.get("/api/v1/orders").await.ok()["items"][0]["person_id"], json!(buyer));
        let tied = kinds(&world).await.into_iter().filter(|k| k == "order_tied").count();
        assert_eq!(tied, 1);
        let mut tx = world.ctx.read().await.expect("a session");
        let money = tx.number("SELECT CAST(SUM(amount_fen) AS BIGINT) FROM attribution_credit", crate::args![]).await;
        assert_eq!(money.expect("a sum"), 0, "paid and given back");
    }

    async fn a_proven_number_finds_the_buyer(world: World) {
        let hook = hook(&world).await;
        let with_mobile = |no: &str, known: bool| {
            let mut order = order(no);
            order["mobile"] = json!("+8613812340000");
            if !known {
                order["union_id"] = json!("");
                order["external_id"] = json!("");
            }
            order
        };
        let mut tx = world.ctx.begin().await.expect("a transaction");
        let seen = people::Seen { account: "acc_1", external_id: "wm1", union_id: Some("un1"), name: "小美",
            ..people::Seen::default() };
        let buyer = people::recognise(&mut tx, &world.scope, &seen).await.expect("a person").person;
        tx.commit().await.expect("a commit");
        deliver(&world, &hook, &with_mobile("A1", true)).await.ok();
        world.settle().await;
        deliver(&world, &hook, &with_mobile("A2", false)).await.ok();
        assert_eq!(kinds(&world).await.iter().filter(|k| *k == "order_tied").count(), 0);
        world.settle().await;
        let list = world.get("/api/v1/orders").await.ok();
        assert!(list["items"].as_array().expect("orders").iter().all(|o| o["person_id"] == json!(buyer)), "{list}");
        assert_eq!(kinds(&world).await.iter().filter(|k| *k == "order_tied").count(), 1);
    }

    async fn forged_and_replayed_deliveries_get_one_answer(world: World) {
        let (path, secret) = hook(&world).await;
        let body = order("A1").to_string();
        let now = world.ctx.now().0;
        let mut answers = vec![
            deliver_at(&world, (&path, "guess"), now, &body).await,
            deliver_at(&world, ("/hooks/orders/nokey", &secret), now, &body).await,
            deliver_at(&world, (&path, &secret), now - 6 * MINUTE, &body).await,
            deliver_at(&world, (&path, &secret), now + 6 * MINUTE, &body).await,
        ];
        let bare = Request::post(path.as_str()).body(Body::from(body.clone())).expect("a request");
        answers.push(world.send(bare).await);
        for answer in &answers {
            assert_eq!((answer.status, &answer.text), (StatusCode::UNAUTHORIZED, &answers[0].text));
        }
        assert_eq!(answers[0].refusal(), "orders.not_genuine");
        assert_eq!(world.get("/api/v1/orders").await.ok()["items"], json!([]));
        let renewed = world.post("/api/v1/orders/hook/renew", &json!({})).await.ok();
        assert_eq!(deliver_at(&world, (&path, &secret), now, &body).await.status, StatusCode::UNAUTHORIZED);
        let secret = renewed["secret"].as_str().expect("a secret");
        deliver_at(&world, (&path, secret), now, &body).await.ok();
        let too_large = "x".repeat(600_000);
        let answer = deliver_at(&world, (&path, secret), now, &too_large).await;
        assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    }

    async fn a_delivery_is_taken_whole_or_not_at_all(world: World) {
        let hook = hook(&world).await;
        let mut bad = order("A2");
        bad["paid_at"] = json!(START.0 / SECOND);
        let refused = deliver(&world, &hook, &json!({ "orders": [order("A1"), bad] })).await;
        assert_eq!(refused.refusal(), "orders.row_paid_at");
        assert_eq!(refused.json()["error"]["args"], json!({ "index": 1, "order_no": "A2" }));
        assert_eq!(deliver(&world, &hook, &json!({ "orders": [] })).await.refusal(), "orders.malformed");
        assert_eq!(deliver(&world, &hook, &json!({ "order": 1 })).await.refusal(), "orders.malformed");
        assert_eq!(world.get("/api/v1/orders").await.ok()["items"], json!([]));
        assert!(kinds(&world).await.is_empty());
        deliver(&world, &hook, &order("A1")).await.ok();
        let mut other = order("A1");
        other["paid_fen"] = json!(1);
        assert_eq!(deliver(&world, &hook, &other).await.refusal(), "orders.row_conflict");
    }

    async fn a_table_with_bad_rows_says_which_and_takes_none(world: World) {
        let bad = "订单号,实付金额(元),付款时间,手机号\nA1,12.5,2026-08-01 11:30,13800000000\nA2,很多,2026-08-01,\nA3,3,2026-08-01,12ab\n";
        let report = import(&world, "?file_name=a.csv", bad.as_bytes()).await.ok();
        assert_eq!((&report["taken"], &report["bad_rows"]), (&json!(false), &json!(2)));
        let rows: Vec<(i64, String)> = report["bad"].as_array().expect("rows").iter()
            .map(|r| (r["row"].as_i64().expect("a row"), r["code"].as_str().expect("a code").to_owned())).collect();
        assert_eq!(rows, [(3, "orders.row_amount".to_owned()), (4, "orders.row_mobile".to_owned())]);
        assert!(!report["bad"][0]["message"].as_str().expect("a sentence").is_empty());
        assert_eq!(world.get("/api/v1/orders").await.ok()["items"], json!([]));

        let good = bad.replace("很多", "8").replace("12ab", "");
        let dry = import(&world, "?dry_run=true", good.as_bytes()).await.ok();
        assert_eq!((&dry["taken"], &dry["created"]), (&json!(false), &json!(3)));
        assert_eq!(world.get("/api/v1/orders").await.ok()["items"], json!([]));
        let taken = import(&world, "", good.as_bytes()).await.ok();
        assert_eq!((&taken["taken"], &taken["created"], &taken["repeated"]), (&json!(true), &json!(3), &json!(false)));
        let again = import(&world, "", good.as_bytes()).await.ok();
        assert_eq!((&again["taken"], &again["created"], &again["repeated"]), (&json!(true), &json!(3), &json!(true)));
        let list = world.get("/api/v1/orders").await.ok();
        assert_eq!(list["items"].as_array().expect("orders").len(), 3);
        assert!(list["items"].as_array().expect("orders").iter().any(|o| o["mobile"] == "138****0000"));
        assert_eq!(kinds(&world).await.len(), 3);
        let longer = format!("{good}A4,1,2026-08-02,\n");
        let more = import(&world, "", longer.as_bytes()).await.ok();
        assert_eq!((&more["created"], &more["unchanged"]), (&json!(1), &json!(3)));
    }

    async fn a_workbook_is_read_like_a_table(world: World) {
        let book = include_bytes!("fixtures/orders.xlsx");
        let report = import(&world, "", book).await.ok();
        assert_eq!(report["taken"], true, "{report}");
        let list = world.get("/api/v1/orders").await.ok();
        let items = list["items"].as_array().expect("orders");
        let found: Vec<(&str, i64)> = items.iter()
            .map(|o| (o["order_no"].as_str().expect("a number"), o["paid_fen"].as_i64().expect("fen"))).collect();
        assert_eq!(found, [("A-2", 800), ("202608010000001", 1_250)]);
        // 2026-08-01 11:30 in Shanghai.
        assert_eq!(items[1]["paid_at"], json!(1_785_555_000_000_i64));
        assert_eq!(items[0]["status"], "refunded");
        assert_eq!(import(&world, "", b"PK\x03\x04 no workbook").await.refusal(), "orders.file_unreadable");
        assert_eq!(import(&world, "", b"").await.refusal(), "orders.empty");
    }
}
