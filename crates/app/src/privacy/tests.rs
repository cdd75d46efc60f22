//! Consent through HTTP: an operator's record, and a member's own switches.

use axum::body::Body;
use http::{Method, Request, header};
use serde_json::{Value, json};

use super::{Purpose, VisitorKind, VisitorToken, allows, visitor_cookie};
use crate::both_dbs;
use crate::kernel::facts;
use crate::people;
use crate::testkit::{Answer, World};

async fn person(world: &World, external_id: &str) -> String {
    let mut tx = world.ctx.begin().await.expect("a transaction");
    let seen = people::Seen { account: "acc_1", external_id, name: "小美", ..people::Seen::default() };
    let known = people::recognise(&mut tx, &world.scope, &seen).await.expect("a person");
    tx.commit().await.expect("a commit");
    known.person
}

/// The cookie of a visitor, as a browser sends it back.
fn cookie(world: &World, kind: VisitorKind, person: Option<&str>) -> String {
    let token = VisitorToken {
        tenant: world.scope.tenant().to_owned(),
        account: "acc_1".to_owned(),
        kind,
        platform_id: "wm1".to_owned(),
        person: person.map(str::to_owned),
        until: 0,
    };
    let cookie = visitor_cookie(world.ctx.config(), token, world.ctx.now());
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && cookie.contains("Secure"));
    cookie.split(';').next().expect("a pair").to_owned()
}

async fn as_visitor(world: &World, cookie: &str, method: Method, body: &Value) -> Answer {
    let request = Request::builder()
        .method(method)
        .uri("/api/member/v1/consents")
        .header(header::COOKIE, cookie)
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::ACCEPT_LANGUAGE, "en")
        .body(Body::from(body.to_string()))
        .expect("a request");
    world.send(request).await
}

async fn may(world: &World, person: &str, purpose: Purpose) -> bool {
    let mut tx = world.ctx.read().await.expect("a session");
    allows(&mut tx, &world.scope, person, purpose).await.expect("an answer")
}

fn switch<'a>(body: &'a Value, purpose: &str) -> &'a Value {
    let all = body["purposes"].as_array().expect("purposes");
    all.iter().find(|p| p["purpose"] == purpose).expect("the purpose")
}

both_dbs! {
    async fn a_member_allows_and_withdraws_by_herself(world: World) {
        let person = person(&world, "wm1").await;
        let cookie = cookie(&world, VisitorKind::Contact, Some(&person));
        assert!(!may(&world, &person, Purpose::Promotion).await, "nobody is advertised to unasked");
        assert!(may(&world, &person, Purpose::Service).await);

        let page = as_visitor(&world, &cookie, Method::GET, &json!({})).await.ok();
        let promotion = switch(&page, "promotion");
        assert_eq!(promotion["granted"], Value::Null);
        assert!(promotion["text"].as_str().expect("a text").contains("private messages"));

        let blind = json!({ "purpose": "promotion", "granted": true });
        let refused = as_visitor(&world, &cookie, Method::POST, &blind).await;
        assert_eq!(refused.refusal(), "privacy.stale_text");
        let seen = json!({ "purpose": "promotion", "granted": true, "text_version": promotion["text_version"] });
        as_visitor(&world, &cookie, Method::POST, &seen).await.ok();
        as_visitor(&world, &cookie, Method::POST, &seen).await.ok();
        assert!(may(&world, &person, Purpose::Promotion).await);
        assert!(!may(&world, &person, Purpose::IdentifyClicks).await, "one purpose never allows another");

        let withdrawn = as_visitor(&world, &cookie, Method::POST, &blind_refusal()).await.ok();
        assert_eq!(switch(&withdrawn, "promotion")["granted"], false);
        assert!(!may(&world, &person, Purpose::Promotion).await);

        let proof = world.get(&format!("/api/v1/privacy/people/{person}/consents")).await.ok();
        let log = proof["log"].as_array().expect("a log");
        assert_eq!(log.len(), 2, "repeating an answer is no new answer");
        assert_eq!((&log[0]["granted"], &log[1]["granted"]), (&json!(false), &json!(true)));
        assert!(switch(&proof, "promotion")["given_at"].as_i64().expect("kept as proof") > 0);
        let mut tx = world.ctx.read().await.expect("a session");
        let kept = facts::after(&mut tx, world.scope.tenant(), 0, 10).await.expect("facts");
        assert_eq!(kept.iter().filter(|f| f.kind == "consent_changed").count(), 2);
    }

    async fn only_a_signed_token_of_a_customer_opens_the_switches(world: World) {
        let person = person(&world, "wm1").await;
        let nobody = as_visitor(&world, "", Method::GET, &json!({})).await;
        assert_eq!(nobody.refusal(), "privacy.unknown_visitor");
        let forged = as_visitor(&world, "huoqun_visitor=e30.00", Method::GET, &json!({})).await;
        assert_eq!(forged.refusal(), "privacy.unknown_visitor");
        let stranger = cookie(&world, VisitorKind::Stranger, None);
        assert_eq!(as_visitor(&world, &stranger, Method::GET, &json!({})).await.refusal(), "privacy.no_person");
        let staff = cookie(&world, VisitorKind::Staff, Some(&person));
        assert_eq!(as_visitor(&world, &staff, Method::POST, &blind_refusal()).await.refusal(), "privacy.no_person");
        let old = cookie(&world, VisitorKind::Contact, Some(&person));
        world.clock.advance(31 * base::time::DAY);
        assert_eq!(as_visitor(&world, &old, Method::GET, &json!({})).await.refusal(), "privacy.unknown_visitor");
    }

    async fn an_operator_records_an_answer_with_its_evidence(world: World) {
        let person = person(&world, "wm1").await;
        let path = format!("/api/v1/privacy/people/{person}/consents");
        let bare = json!({ "purpose": "event_photo", "granted": true });
        assert_eq!(world.post(&path, &bare).await.refusal(), "privacy.evidence_missing");
        let said = json!({ "purpose": "event_photo", "granted": true, "evidence": "周年活动签到表第 3 行" });
        assert_eq!(switch(&world.post(&path, &said).await.ok(), "event_photo")["allowed"], true);
        let counts = world.get("/api/v1/privacy/purposes").await.ok();
        let photo = counts.as_array().expect("a list").iter().find(|p| p["purpose"] == "event_photo");
        assert_eq!(photo.expect("the purpose")["granted"], 1);
        assert_eq!(world.post("/api/v1/privacy/people/none/consents", &said).await.refusal(), "http.not_found");
    }

    async fn a_new_wording_asks_for_a_new_look(world: World) {
        let person = person(&world, "wm1").await;
        let cookie = cookie(&world, VisitorKind::Contact, Some(&person));
        let texts = "/api/v1/privacy/purposes/promotion/texts";
        assert_eq!(world.post(texts, &json!({ "text": "短" })).await.refusal(), "privacy.text_length");
        let first = world.post(texts, &json!({ "text": "我们每周最多给您发一次优惠。" })).await.ok();
        assert_eq!(first["text_version"], 1);
        let stale = json!({ "purpose": "promotion", "granted": true, "text_version": 0 });
        assert_eq!(as_visitor(&world, &cookie, Method::POST, &stale).await.refusal(), "privacy.stale_text");
        let seen = json!({ "purpose": "promotion", "granted": true, "text_version": 1 });
        let page = as_visitor(&world, &cookie, Method::POST, &seen).await.ok();
        assert_eq!(switch(&page, "promotion")["answered_version"], 1);
        let second = world.post(texts, &json!({ "text": "我们每周最多给您发两次优惠。" })).await.ok();
        assert_eq!(second["text_version"], 2);
        assert!(may(&world, &person, Purpose::Promotion).await, "what she allowed stays allowed");
    }
}

fn blind_refusal() -> Value {
    json!({ "purpose": "promotion", "granted": false })
}
