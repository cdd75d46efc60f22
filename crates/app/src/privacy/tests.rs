//! Consent through HTTP: an operator's record, and a member's own switches.

use std::collections::BTreeSet;

use axum::body::Body;
use http::{Method, Request, header};
use serde_json::{Value, json};

use super::classes::{self, Rows};
use super::{
    Channel, Mark, Marking, Purpose, VisitorKind, VisitorToken, allows, barred, barred_from_prizes,
    may as may_use, refusers, set_mark, visitor_cookie,
};
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

/// Every `table.column` that the engine really has.
async fn schema(world: &World) -> BTreeSet<String> {
    let mut tx = world.ctx.read().await.expect("a session");
    let sql = tx.dialect(
        "SELECT m.name, p.name FROM sqlite_master m JOIN pragma_table_info(m.name) p
         WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite!_%' ESCAPE '!' AND m.name <> '_sqlx_migrations'",
        "SELECT CAST(c.table_name AS TEXT), CAST(c.column_name AS TEXT) FROM information_schema.columns c
         JOIN information_schema.tables t ON t.table_schema = c.table_schema AND t.table_name = c.table_name
         WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE' AND c.table_name <> '_sqlx_migrations'",
    );
    let rows: Vec<(String, String)> = tx.all(sql, crate::args![]).await.expect("the schema");
    rows.into_iter().map(|(table, column)| format!("{table}.{column}")).collect()
}

async fn persons(world: &World, n: usize) -> Vec<String> {
    let mut all = Vec::new();
    for i in 0..n {
        all.push(person(world, &format!("wm{i}")).await);
    }
    all
}

async fn number(world: &World, sql: &'static str) -> i64 {
    let mut tx = world.ctx.read().await.expect("a session");
    tx.number(sql, crate::args![world.scope.tenant()]).await.expect("a number")
}

both_dbs! {
    async fn every_column_of_the_real_schema_has_a_class_and_nothing_else_has(world: World) {
        let real = schema(&world).await;
        assert!(real.len() > 500, "too little was read: {}", real.len());
        let named = |t: &classes::Table| -> Vec<String> {
            t.columns.iter().map(|c| format!("{}.{}", t.name, c.name)).collect()
        };
        let registered: BTreeSet<String> = classes::tables().iter().flat_map(named).collect();
        let unclassed: Vec<&String> = real.difference(&registered).collect();
        assert!(unclassed.is_empty(), "add a line to privacy/classes.txt for: {unclassed:#?}");
        let unknown: Vec<&String> = registered.difference(&real).collect();
        assert!(unknown.is_empty(), "privacy/classes.txt names columns that aren't there: {unknown:#?}");
        let own = |t: &&classes::Table| matches!(&t.rows, Rows::By(keys) if keys.iter().any(|(c, _)| *c == "person_id"));
        for column in real.iter().filter(|c| c.ends_with(".person_id")) {
            let table = column.split('.').next().expect("a table");
            assert!(classes::tables().iter().filter(own).any(|t| t.name == table), "{table} holds persons' rows");
        }
    }

    async fn the_set_and_the_single_answer_agree(world: World) {
        let people = persons(&world, 12).await;
        let mut tx = world.ctx.begin().await.expect("a transaction");
        people::bar(&mut tx, &world.scope, &people[11], "house_account").await.expect("a mark");
        for (n, person) in people.iter().enumerate() {
            for (m, mark) in Mark::ALL.into_iter().enumerate() {
                if n % 5 == m {
                    let marking = Marking { person, mark, on: true, channel: Channel::Staff, recorded_by: "甲", reason: "测试原因" };
                    set_mark(&mut tx, &world.scope, &marking).await.expect("a mark");
                }
            }
        }
        tx.commit().await.expect("a commit");
        for (n, person) in people.iter().enumerate() {
            for purpose in Purpose::ALL.into_iter().filter(|p| !(n + *p as usize).is_multiple_of(3)) {
                let said = json!({ "purpose": purpose, "granted": (n * 7 + purpose as usize).is_multiple_of(2), "evidence": "当面同意" });
                world.post(&format!("/api/v1/privacy/people/{person}/consents"), &said).await.ok();
            }
        }
        let mut tx = world.ctx.read().await.expect("a session");
        let mut seen = [0usize; 2];
        for purpose in Purpose::ALL {
            let out = barred(&mut tx, &world.scope, purpose).await.expect("a set");
            let no = refusers(&mut tx, &world.scope, purpose).await.expect("a set");
            assert!(no.iter().all(|n| out.contains(n)), "whoever refuses is barred");
            for person in &people {
                let row = people::get(&mut tx, &world.scope, person).await.expect("a person");
                let may = may_use(&mut tx, &world.scope, person, purpose).await.expect("an answer");
                assert_eq!(may, !out.contains(&row.person_no), "{purpose:?} {person}");
                seen[usize::from(may)] += 1;
            }
        }
        assert!(seen.iter().all(|n| *n > 20), "both answers occur: {seen:?}");
        let prizes = barred_from_prizes(&mut tx, &world.scope).await.expect("a set");
        assert_eq!(prizes.len(), 2 + 2 + 1, "restricted, minors, the house account");
    }

    async fn refusing_all_promotion_outlasts_nothing_but_her_own_change_of_mind(world: World) {
        let person = person(&world, "wm1").await;
        let cookie = cookie(&world, VisitorKind::Contact, Some(&person));
        let allow = json!({ "purpose": "promotion", "granted": true, "text_version": 0 });
        as_visitor(&world, &cookie, Method::POST, &allow).await.ok();
        let mark = |mark: &str, on: bool| json!({ "mark": mark, "on": on });
        let own = visit(&world, &cookie, "/api/member/v1/consents/marks", &mark("no_promotion", true)).await.ok();
        assert_eq!(switch(&own, "promotion")["allowed"], false);
        assert_eq!(own["marks"][0]["mark"], "no_promotion");
        let hers = visit(&world, &cookie, "/api/member/v1/consents/marks", &mark("minor_suspected", true)).await;
        assert_eq!(hers.refusal(), "privacy.unknown_mark");
        let proof = world.get(&format!("/api/v1/privacy/people/{person}/consents")).await.ok();
        assert_eq!(proof["log"][0]["granted"], false, "the consent it contradicts is withdrawn with it");
        assert_eq!((&proof["log"][0]["page"], &proof["log"][1]["page"]), (&json!(""), &json!("/m/me")));
        as_visitor(&world, &cookie, Method::POST, &allow).await.ok();
        let proof = world.get(&format!("/api/v1/privacy/people/{person}/consents")).await.ok();
        assert_eq!(proof["marks"], json!([]), "whoever allows takes back her refusal");
        let mut tx = world.ctx.read().await.expect("a session");
        let kept = facts::after(&mut tx, world.scope.tenant(), 0, 10).await.expect("facts");
        assert_eq!(kept.iter().filter(|f| f.kind == "mark_changed").count(), 2);
    }

    async fn staff_set_marks_with_reasons_and_within_reach(world: World) {
        let person = person(&world, "wm1").await;
        let path = format!("/api/v1/privacy/people/{person}/marks");
        let bare = json!({ "mark": "minor_suspected", "on": true });
        assert_eq!(world.post(&path, &bare).await.refusal(), "privacy.reason_missing");
        let said = json!({ "mark": "minor_suspected", "on": true, "reason": "头像与聊天像学生" });
        let view = world.post(&path, &said).await.ok();
        assert_eq!((&view["marks"][0]["mark"], &view["marks"][0]["channel"]), (&json!("minor_suspected"), &json!("staff")));
        let grant = json!({ "purpose": "profiling", "granted": true, "evidence": "口头同意推荐", "proof": "工单 18 号附件" });
        let view = world.post(&format!("/api/v1/privacy/people/{person}/consents"), &grant).await.ok();
        assert_eq!(switch(&view, "profiling")["allowed"], false, "a suspected minor is not profiled, whatever she said");
        assert_eq!(view["log"][0]["proof"], "工单 18 号附件");
        assert!(!view["log"][0]["recorded_by"].as_str().expect("a name").is_empty());
        let register = world.get("/api/v1/privacy/register").await.ok();
        assert_eq!(register["marks"]["minor_suspected"], 1);
        assert!(register["tables"].as_array().expect("tables").iter().any(|t| t["table"] == "people_person" && t["about_members"] == true));
        assert_eq!(world.post("/api/v1/privacy/people/none/marks", &said).await.refusal(), "http.not_found");
    }

    async fn old_wordings_stay_readable_and_each_speaks_the_readers_language(world: World) {
        let person = person(&world, "wm1").await;
        let cookie = cookie(&world, VisitorKind::Contact, Some(&person));
        let texts = "/api/v1/privacy/purposes/promotion/texts";
        world.post(texts, &json!({ "text": "我们每周最多给您发一次优惠。" })).await.ok();
        let new = json!({ "text": "我们每月最多给您发一次优惠。", "others": { "en": "At most one offer a month.", "fr": "x" } });
        world.post(texts, &new).await.ok();
        let all = world.get(texts).await.ok();
        assert_eq!(all.as_array().map(Vec::len), Some(2));
        assert_eq!((&all[0]["version"], &all[1]["text"]), (&json!(2), &json!("我们每周最多给您发一次优惠。")));
        assert_eq!(all[0]["others"], json!({ "en": "At most one offer a month." }));
        let page = as_visitor(&world, &cookie, Method::GET, &json!({})).await.ok();
        assert_eq!(switch(&page, "promotion")["text"], "At most one offer a month.");
    }

    async fn what_was_kept_long_enough_goes_by_itself(world: World) {
        let old = world.ctx.now().minus(400 * base::time::DAY).0;
        let mut tx = world.ctx.begin().await.expect("a transaction");
        let tenant = world.scope.tenant().to_owned();
        tx.exec("INSERT INTO accounts_cursor (tenant_id, seq) VALUES ($1, 2)", crate::args![&tenant]).await.expect("a row");
        for (n, at) in [(1i64, old), (2, world.ctx.now().0), (3, old)] {
            tx.exec("INSERT INTO accounts_inbox (tenant_id, seq, many, account_id, received_at, body) VALUES ($1, $2, 1, '', $3, '')",
                crate::args![&tenant, n, at]).await.expect("a row");
        }
        for n in 0..1_200i64 {
            tx.exec("INSERT INTO links_click (tenant_id, id, link_id, at, source, account_id, visitor, settled)
                 VALUES ($1, $2, 'l', $3, 'bot', '', '', $4)", crate::args![&tenant, format!("clk_{n:04}"), old, n > 0]).await.expect("a row");
        }
        tx.enqueue(&tenant, &crate::privacy::jobs::Sweep {}).await.expect("a job");
        tx.commit().await.expect("a commit");
        world.drain().await;
        assert_eq!(number(&world, "SELECT CAST(COUNT(*) AS BIGINT) FROM links_click WHERE tenant_id = $1").await, 1, "not what waits to be counted");
        assert_eq!(number(&world, "SELECT CAST(MIN(seq) AS BIGINT) FROM accounts_inbox WHERE tenant_id = $1").await, 2);
        assert_eq!(number(&world, "SELECT CAST(COUNT(*) AS BIGINT) FROM accounts_inbox WHERE tenant_id = $1").await, 2, "not what was not acted upon");
        let policy = world.get("/api/v1/privacy/retention").await.ok();
        let of = |object: &str| policy.as_array().expect("a list").iter().find(|p| p["object"] == object).expect("an object").clone();
        assert_eq!((&of("clicks")["last_deleted"], &of("clicks")["days"]), (&json!(1_199), &json!(365)));
        assert_eq!(of("audit")["usual"], 1_095);
        let short = json!({ "object": "audit", "days": 30 });
        assert_eq!(world.put("/api/v1/privacy/retention", &short).await.refusal(), "privacy.retention_bounds");
        let unknown = json!({ "object": "orders", "days": 30 });
        assert_eq!(world.put("/api/v1/privacy/retention", &unknown).await.refusal(), "privacy.unknown_object");
        world.put("/api/v1/privacy/retention", &json!({ "object": "clicks", "days": 30 })).await.ok();
        let policy = world.get("/api/v1/privacy/retention").await.ok();
        assert!(policy.as_array().expect("a list").iter().any(|p| p["object"] == "clicks" && p["days"] == 30 && p["last_deleted"] == 1_199));
    }
}

#[test]
fn the_documentation_shows_every_table_of_the_register() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/features/privacy.md");
    let page = std::fs::read_to_string(path).expect("the page");
    for table in classes::tables().iter().filter(|t| t.rows != Rows::Nobody) {
        let what = if table.delete { "deleted" } else { "pseudonymised" };
        let line = format!("| `{}` | {what} |", table.name);
        assert!(page.contains(&line), "docs/features/privacy.md misses the line: {line}");
    }
}

async fn visit(world: &World, cookie: &str, path: &str, body: &Value) -> Answer {
    let request = Request::builder()
        .method(Method::POST)
        .uri(path)
        .header(header::COOKIE, cookie)
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(body.to_string()))
        .expect("a request");
    world.send(request).await
}

fn blind_refusal() -> Value {
    json!({ "purpose": "promotion", "granted": false })
}
