//! Requests about personal data through HTTP and jobs, against the simulated platform, on both engines: who may ask,
//! what a copy holds, and that an erasure leaves the figures and takes the person.

use axum::body::Body;
use base::Clock as _;
use base::time::{DAY, HOUR, MINUTE, SECOND};
use http::{Method, Request, header};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use wecom_sim::Act;

use crate::playbooks::test_ground::{community, plan, tap_all};
use crate::privacy::classes;
use crate::privacy::{VisitorKind, VisitorToken, visitor_cookie};
use crate::reactions::{self, Fact};
use crate::testkit::{Answer, World};
use crate::{args, both_dbs, metrics, people};

const NAME: &str = "金丝雀阿黛";
const REMARK: &str = "备注金丝雀常来";
const EVIDENCE: &str = "金丝雀当面说的";
const MOBILE: &str = "13987654321";

/// A person of the simulated town as the product knows her.
struct Her {
    /// The platform's own id of the human.
    town: String,
    person: String,
    external: String,
    account: String,
    staff: String,
    chat: String,
}

/// Connects, and lets her add an employee, join a group, get a remark.
async fn moved_in(world: &World) -> Her {
    let account = world.connect().await;
    let town = world.act(&Act::MakePerson { name: NAME.into(), gender: 0, partner: false })["person"]
        .as_str()
        .expect("a person")
        .to_owned();
    let groups = world.get("/api/v1/groups?limit=2").await.ok();
    let chat = groups["items"][0]["platform_id"].as_str().expect("a chat").to_owned();
    let (corp, now) = (world.company().0, world.sim.now());
    let staff = {
        let mut desk = world.sim.desk();
        let corp = desk.world.corps.get_mut(&corp).expect("a company");
        let staff = corp.groups[&chat].live.owner.clone();
        corp.add_friend(&staff, &town, ("", true), now);
        desk.absorb();
        staff
    };
    world.act(&Act::JoinByLink { chat_id: chat.clone(), person: town.clone() });
    world.act(&Act::RemarkByHand { userid: staff.clone(), person: town.clone(), remark: REMARK.into() });
    world.advance(5 * MINUTE).await;
    let found = world.get(&format!("/api/v1/people?search={NAME}")).await.ok();
    let person = found["items"][0]["id"].as_str().expect("a person").to_owned();
    let mut tx = world.ctx.read().await.expect("a session");
    let sql = "SELECT external_id FROM people_contact WHERE tenant_id = $1 AND person_id = $2";
    let (external,): (String,) =
        tx.one(sql, args![world.scope.tenant(), &person]).await.expect("her contact");
    Her { town, person, external, account, staff, chat }
}

async fn happen(world: &World, facts: &[Fact]) {
    let mut tx = world.ctx.begin().await.expect("a transaction");
    for fact in facts {
        reactions::on(&mut tx, &world.scope, fact).await.expect("a reaction");
    }
    tx.commit().await.expect("a commit");
}

async fn order(world: &World, number: &str, her: &Her) {
    let made = world.post("/api/v1/orders/hook/renew", &json!({})).await.ok();
    let path = made["url"]
        .as_str()
        .expect("an address")
        .strip_prefix("https://huoqun.test")
        .expect("ours")
        .to_owned();
    let timestamp = (world.ctx.now().0 / SECOND).to_string();
    let body = json!({ "order_no": number, "external_id": her.external, "mobile": MOBILE, "paid_fen": 2_350,
        "paid_at": world.ctx.now().0, "items": [{ "name": "招牌牛肉面", "quantity": 1 }] })
    .to_string();
    let secret = made["secret"].as_str().expect("a secret");
    let request = Request::builder()
        .method(Method::POST)
        .uri(&path)
        .header("x-huoqun-timestamp", &timestamp)
        .header("x-huoqun-signature", crate::orders::sign(secret, &timestamp, body.as_bytes()))
        .body(Body::from(body))
        .expect("a request");
    let answer = world.send(request).await;
    assert!(answer.status.is_success(), "{}", answer.text);
}

async fn request(world: &World, person: &str, kind: &str) -> String {
    let draft = json!({ "person_id": person, "kind": kind, "wish": "金丝雀想要" });
    let made = world.post("/api/v1/data-requests", &draft).await.ok();
    made["id"].as_str().expect("an id").to_owned()
}

async fn verified(world: &World, person: &str, kind: &str) -> String {
    let id = request(world, person, kind).await;
    let how = json!({ "note": "核对了手机号后四位" });
    world.post(&format!("/api/v1/data-requests/{id}/verify"), &how).await.ok();
    id
}

async fn start(world: &World, id: &str) -> Answer {
    world.post(&format!("/api/v1/data-requests/{id}/start"), &json!({})).await
}

async fn one(world: &World, id: &str) -> Value {
    world.get(&format!("/api/v1/data-requests/{id}")).await.ok()
}

/// Her browser, recognised by the platform.
fn cookie(world: &World, her: &Her) -> String {
    let token = VisitorToken {
        tenant: world.scope.tenant().to_owned(),
        account: her.account.clone(),
        kind: VisitorKind::Contact,
        platform_id: her.external.clone(),
        person: Some(her.person.clone()),
        until: 0,
    };
    let cookie = visitor_cookie(world.ctx.config(), token, world.ctx.now());
    cookie.split(';').next().expect("a pair").to_owned()
}

async fn visit(world: &World, cookie: &str, method: Method, path: &str, body: &Value) -> Answer {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::COOKIE, cookie)
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::ACCEPT_LANGUAGE, "en")
        .body(Body::from(body.to_string()))
        .expect("a request");
    world.send(request).await
}

/// Columns of the store in which any of these texts stands.
async fn places_of(world: &World, texts: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    let mut tx = world.ctx.read().await.expect("a session");
    for table in classes::tables() {
        for column in &table.columns {
            let sql: &'static str = format!(
                "SELECT CAST(COUNT(*) AS BIGINT) FROM {} WHERE CAST({} AS TEXT) LIKE $1",
                table.name, column.name
            )
            .leak();
            for text in texts {
                let rows = tx.number(sql, args![format!("%{text}%")]).await.expect("a count");
                if rows > 0 {
                    found.push(format!("{}.{}: {text}", table.name, column.name));
                }
            }
        }
    }
    found
}

/// The texts that the store's files still contain, byte by byte, after freed space was given back.
async fn bytes_of(world: &World, texts: &[&str]) -> Vec<String> {
    let Some(folder) = world.store_folder() else { return Vec::new() };
    world.ctx.db().compact().await.expect("a compact file");
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let bytes = std::fs::read(&path).expect("a file");
        let holds = |text: &&&str| bytes.windows(text.len()).any(|w| w == text.as_bytes());
        found.extend(texts.iter().filter(holds).map(|text| format!("{}: {text}", path.display())));
    }
    found
}

async fn differing(world: &World) -> usize {
    let mut tx = world.ctx.read().await.expect("a session");
    metrics::recompute(&mut tx, &world.scope, false).await.expect("a recount")
}

/// Under how many parts of names somebody is filed.
async fn filed(world: &World, number: u32) -> usize {
    let mut tx = world.ctx.read().await.expect("a session");
    let sql = "SELECT persons FROM people_name_part WHERE tenant_id = $1 AND block = 0";
    let sets: Vec<(Vec<u8>,)> = tx.all(sql, args![world.scope.tenant()]).await.expect("sets");
    let sets = sets.iter().map(|(set,)| roaring::RoaringBitmap::deserialize_from(&set[..]).expect("a set"));
    sets.filter(|set| set.contains(number)).count()
}

async fn money(world: &World) -> (i64, i64, i64) {
    let mut tx = world.ctx.read().await.expect("a session");
    tx.one(
        "SELECT CAST(COALESCE(SUM(paid_fen), 0) AS BIGINT), CAST(COUNT(*) AS BIGINT),
            (SELECT CAST(COALESCE(SUM(amount_fen), 0) AS BIGINT) FROM attribution_credit WHERE tenant_id = $1)
         FROM orders_order WHERE tenant_id = $1",
        args![world.scope.tenant()],
    )
    .await
    .expect("sums")
}

/// She was in a campaign: a post stands in her group, she clicked, bought and consented. Answers the post.
async fn in_a_campaign(world: &World, her: &Her) -> String {
    let community = community(world, false).await;
    plan(world, &community).await;
    world.advance(3 * HOUR - 4 * MINUTE).await;
    assert!(tap_all(world) > 0);
    world.advance(9 * MINUTE).await;
    let list = world.get(&format!("/api/v1/metrics/releases?community={community}")).await.ok();
    let post = list["items"][0]["post_id"].as_str().expect("a release").to_owned();
    let now = world.clock.now();
    let (link, person) = ("lnk_test".to_owned(), her.person.clone());
    happen(world, &[Fact::LinkClicked { link, post: Some(post.clone()), group: None, person, at: now }])
        .await;
    world.advance(MINUTE).await;
    order(world, "N1", her).await;
    let said =
        json!({ "purpose": "promotion", "granted": true, "evidence": EVIDENCE, "proof": "金丝雀截图" });
    world.post(&format!("/api/v1/privacy/people/{}/consents", her.person), &said).await.ok();
    world.advance(MINUTE).await;
    post
}

both_dbs! {
    async fn a_request_goes_its_way_and_leaves_a_trail(world: World) {
        let her = moved_in(&world).await;
        let id = request(&world, &her.person, "correct").await;
        let again = json!({ "person_id": her.person, "kind": "correct" });
        assert_eq!(world.post("/api/v1/data-requests", &again).await.refusal(), "data_requests.already_open");
        assert_eq!(start(&world, &id).await.refusal(), "data_requests.wrong_state");
        let verify = format!("/api/v1/data-requests/{id}/verify");
        assert_eq!(world.post(&verify, &json!({})).await.refusal(), "data_requests.note_missing");
        world.post(&verify, &json!({ "note": "核对了手机号后四位" })).await.ok();
        start(&world, &id).await.ok();
        let done = world.post(&format!("/api/v1/data-requests/{id}/finish"), &json!({ "note": "已改好名字" })).await.ok();
        assert_eq!((&done["state"], &done["outcome"]), (&json!("done"), &json!("已改好名字")));
        let steps: Vec<&str> = done["steps"].as_array().expect("steps").iter().filter_map(|s| s["step"].as_str()).collect();
        assert_eq!(steps, ["received", "verified", "started", "done"]);
        let audit = world.get("/api/v1/access/audit").await.ok();
        assert!(audit["items"].as_array().expect("entries").iter().any(|e| e["action"] == "data_requests.finish" && e["subject"] == id.as_str()));

        let refused = request(&world, &her.person, "erase").await;
        let path = format!("/api/v1/data-requests/{refused}/refuse");
        assert_eq!(world.post(&path, &json!({ "note": "有未结订单" })).await.refusal(), "data_requests.legal_ground_missing");
        let why = json!({ "note": "有未结订单", "legal_ground": "个人信息保护法第四十七条第二款" });
        assert_eq!(world.post(&path, &why).await.ok()["state"], "refused");
        assert_eq!(start(&world, &refused).await.refusal(), "data_requests.wrong_state");
        let staff = json!({ "person_id": "none", "kind": "erase" });
        assert_eq!(world.post("/api/v1/data-requests", &staff).await.refusal(), "http.not_found");
    }

    async fn a_request_past_its_deadline_stands_on_today(world: World) {
        let her = moved_in(&world).await;
        world.put("/api/v1/data-requests/settings", &json!({ "working_days": 31 })).await.refusal();
        world.put("/api/v1/data-requests/settings", &json!({ "working_days": 1 })).await.ok();
        let id = request(&world, &her.person, "access").await;
        let on_today = |today: &Value| today["wrong"].as_array().expect("a list").iter().any(|w| w["kind"] == "data_request" && w["id"] == id.as_str());
        assert!(!on_today(&world.get("/api/v1/today").await.ok()));
        // Monday's request is due at the end of Tuesday.
        world.clock.advance(2 * DAY);
        let today = world.get("/api/v1/today").await.ok();
        assert!(on_today(&today), "{today}");
        let list = world.get("/api/v1/data-requests?state=open").await.ok();
        assert_eq!((&list["open"], &list["overdue"], &list["items"][0]["overdue"]), (&json!(1), &json!(1), &json!(true)));
    }

    async fn a_copy_holds_everything_and_goes_after_its_days(world: World) {
        let her = moved_in(&world).await;
        in_a_campaign(&world, &her).await;
        let cookie = cookie(&world, &her);
        let ask = json!({ "kind": "access", "wish": "我想看看" });
        let own = visit(&world, &cookie, Method::POST, "/api/member/v1/own-data/requests", &ask).await.ok();
        assert_eq!(own["requests"][0]["state"], "verified", "the platform said who she is");
        let id = own["requests"][0]["id"].as_str().expect("an id").to_owned();
        start(&world, &id).await.ok();
        world.drain().await;
        let done = one(&world, &id).await;
        assert_eq!(done["state"], "done");
        let url = done["file"]["url"].as_str().expect("an address").strip_prefix("https://huoqun.test").expect("ours").to_owned();
        let copy = visit(&world, "", Method::GET, &url, &Value::Null).await;
        assert_eq!(copy.headers[header::CONTENT_TYPE], "application/zip");
        for text in [NAME, REMARK, EVIDENCE, MOBILE, "金丝雀截图", her.external.as_str(), "招牌牛肉面", "order_placed", "lang=\"en\"", "Your groups"] {
            assert!(copy.text.contains(text), "the copy misses {text}");
        }
        assert_eq!(one(&world, &id).await["file"]["fetched"], 1);
        let places = places_of(&world, &[NAME]).await;
        assert!(!places.iter().any(|p| p.starts_with("data_requests_file")), "what is kept is sealed: {places:?}");
        world.clock.advance(8 * DAY);
        assert_eq!(visit(&world, "", Method::GET, &url, &Value::Null).await.refusal(), "data_requests.file_gone");
        assert_eq!(world.get(&format!("/api/v1/data-requests/{id}/copy")).await.refusal(), "data_requests.file_gone");
    }

    async fn a_member_sees_what_is_kept_and_deletes_her_tags(world: World) {
        let her = moved_in(&world).await;
        let tag = json!({ "account_id": her.account, "group": "口味", "names": ["爱吃辣"] });
        let made = world.post("/api/v1/tags", &tag).await.ok();
        let tag = made["items"][0]["id"].as_str().expect("a tag").to_owned();
        let mut tx = world.ctx.begin().await.expect("a transaction");
        crate::tags::apply(&mut tx, &world.scope, &her.person, std::slice::from_ref(&tag), "operator").await.expect("a tag");
        tx.commit().await.expect("a commit");
        world.advance(MINUTE).await;
        let cookie = cookie(&world, &her);
        let own = visit(&world, &cookie, Method::GET, "/api/member/v1/own-data", &Value::Null).await.ok();
        assert_eq!(own["tags"][0]["name"], "爱吃辣");
        assert!(own["kept"].as_array().expect("a list").iter().any(|k| k["label"] == "Your groups" && k["count"] == 1), "{own}");
        let path = format!("/api/member/v1/own-data/tags/{tag}");
        let own = visit(&world, &cookie, Method::DELETE, &path, &Value::Null).await.ok();
        assert_eq!(own["tags"], json!([]));
        assert_eq!(visit(&world, &cookie, Method::DELETE, &path, &Value::Null).await.refusal(), "http.not_found");
        world.advance(MINUTE).await;
        let mut tx = world.ctx.read().await.expect("a session");
        assert!(crate::tags::of_person(&mut tx, &world.scope, &her.person).await.expect("tags").is_empty(), "the mirror doesn't bring it back");
        assert_eq!(visit(&world, "", Method::GET, "/api/member/v1/own-data", &Value::Null).await.refusal(), "privacy.unknown_visitor");
    }

    async fn an_employee_writes_down_a_refusal_beside_her_own_customers_chat(world: World) {
        let her = moved_in(&world).await;
        let staff = |platform_id: &str| {
            let token = VisitorToken {
                tenant: world.scope.tenant().to_owned(),
                account: her.account.clone(),
                kind: VisitorKind::Staff,
                platform_id: platform_id.to_owned(),
                person: None,
                until: 0,
            };
            let cookie = visitor_cookie(world.ctx.config(), token, world.ctx.now());
            cookie.split(';').next().expect("a pair").to_owned()
        };
        let path = "/api/member/v1/sidebar/refusals";
        let said = json!({ "contact": her.external, "mark": "no_promotion", "on": true });
        let kept = visit(&world, &staff(&her.staff), Method::POST, path, &said).await.ok();
        assert_eq!((&kept["no_promotion"], &kept["no_personalisation"]), (&json!(true), &json!(false)));
        let view = world.get(&format!("/api/v1/privacy/people/{}/consents", her.person)).await.ok();
        assert!(!view["marks"][0]["recorded_by"].as_str().expect("a name").is_empty());
        let all = world.get("/api/v1/staff").await.ok();
        let other = all["items"].as_array().expect("staff").iter().filter_map(|s| s["platform_id"].as_str()).find(|s| *s != her.staff);
        let foreign = visit(&world, &staff(other.expect("a colleague")), Method::POST, path, &said).await;
        assert_eq!(foreign.refusal(), "http.not_found", "a colleague has no say about her");
        let herself = visit(&world, &cookie(&world, &her), Method::POST, path, &said).await;
        assert_eq!(herself.refusal(), "http.not_found");
    }

    async fn a_restriction_leaves_nothing_open_but_service(world: World) {
        let her = moved_in(&world).await;
        let id = verified(&world, &her.person, "restrict").await;
        start(&world, &id).await.ok();
        let view = world.get(&format!("/api/v1/privacy/people/{}/consents", her.person)).await.ok();
        let allowed: Vec<&str> = view["purposes"].as_array().expect("purposes").iter()
            .filter(|p| p["allowed"] == true).filter_map(|p| p["purpose"].as_str()).collect();
        assert_eq!(allowed, ["service"]);
    }

    async fn an_erasure_amid_a_campaign_takes_the_person_and_leaves_the_figures(world: World) {
        let her = moved_in(&world).await;
        let post = in_a_campaign(&world, &her).await;
        let cookie = cookie(&world, &her);
        let before = world.get(&format!("/api/v1/metrics/releases/{post}")).await.ok()["figures"].clone();
        assert_eq!((&before["opens"], &before["buyers"], &before["paid"]), (&json!(1), &json!(1), &json!(2_350)));
        assert_eq!(differing(&world).await, 0);
        let ledger = money(&world).await;
        let canaries = [NAME, REMARK, EVIDENCE, MOBILE, "金丝雀", her.external.as_str(), her.person.as_str()];
        assert!(places_of(&world, &canaries).await.len() > 15, "she is everywhere before");
        let members = |v: &Value| v["items"][0]["members"].clone();
        let size = members(&world.get("/api/v1/groups?limit=1").await.ok());

        let id = verified(&world, &her.person, "erase").await;
        // The next posts of the campaign are with the employees, not yet tapped.
        world.advance(3 * HOUR).await;
        let number = world.get(&format!("/api/v1/people/{}", her.person)).await.ok()["person_no"].as_u64();
        let number = u32::try_from(number.expect("a number")).expect("small");
        assert!(filed(&world, number).await > 5);
        start(&world, &id).await.ok();
        world.advance(MINUTE).await;
        let done = one(&world, &id).await;
        assert_eq!(done["state"], "done", "{done}");
        assert_eq!(places_of(&world, &canaries).await, Vec::<String>::new());
        assert_eq!(bytes_of(&world, &canaries).await, Vec::<String>::new());
        assert_eq!(filed(&world, number).await, 0);
        let after = world.get(&format!("/api/v1/metrics/releases/{post}")).await.ok()["figures"].clone();
        assert_eq!(after, before);
        assert_eq!(differing(&world).await, 0, "the log recounts to the same figures");
        assert_eq!(money(&world).await, ledger, "the ledger keeps its amounts");

        // The campaign goes on; mirrors and shop meet her again every day.
        tap_all(&world);
        world.advance(DAY).await;
        order(&world, "N2", &her).await;
        let opened = visit(&world, &cookie, Method::GET, "/api/member/v1/own-data", &Value::Null).await;
        assert_eq!(opened.refusal(), "privacy.no_person", "an old cookie opens nothing");
        world.advance(HOUR).await;
        assert_eq!(places_of(&world, &canaries).await, Vec::<String>::new(), "nothing brings her back");
        assert_eq!(members(&world.get("/api/v1/groups?limit=1").await.ok()), size, "the group keeps its size");
        assert_eq!(world.get("/api/v1/people?search=").await.ok()["items"].as_array().expect("people").iter()
            .filter(|p| p["kind"] == "erased").count(), 0, "what stands for her is in no list");

        let certificate = world.get(&format!("/api/v1/data-requests/{id}/certificate")).await;
        assert_eq!(done["certificate"], hex::encode(Sha256::digest(certificate.text.as_bytes())));
        let certificate = certificate.ok();
        for table in ["people_person", "people_contact", "groups_membership", "orders_order", "facts", "privacy_consent"] {
            assert!(certificate["tables"][table].is_object(), "{table}: {certificate}");
        }
        assert!(certificate["tombstones"].as_i64().expect("a number") >= 2);

        // A file may not bring her either, however it writes the number that only her orders told.
        let mut tx = world.ctx.read().await.expect("a session");
        let digest = people::phone_key(&tx, &world.scope, "+86 139-8765-4321").expect("a number");
        let keys = [(people::Way::Phone, digest)];
        let barred = people::may_import(&mut tx, &world.scope, &keys).await.expect("an answer");
        assert_eq!(barred.len(), 1);
    }

    async fn of_callbacks_kept_in_one_row_only_hers_are_copied_and_deleted(world: World) {
        let her = moved_in(&world).await;
        let (hers, foreign) = (format!("<xml>{} ihr-eigen</xml>", her.external), "<xml>wmStranger1 fremd</xml>");
        let mut tx = world.ctx.begin().await.expect("a transaction");
        let (tenant, now) = (world.scope.tenant().to_owned(), tx.now().0);
        let body = json!([[now, hers], [now, foreign]]).to_string();
        tx.exec("INSERT INTO accounts_inbox (tenant_id, seq, many, account_id, received_at, body) VALUES ($1, 900001, 2, $2, $3, $4)",
            crate::args![&tenant, &her.account, now, body]).await.expect("a row");
        tx.enqueue(&tenant, &crate::accounts::jobs::Project {}).await.expect("a job");
        tx.commit().await.expect("a commit");
        world.drain().await;
        let id = verified(&world, &her.person, "access").await;
        start(&world, &id).await.ok();
        world.drain().await;
        let copy = world.get(&format!("/api/v1/data-requests/{id}/copy")).await;
        assert!(copy.text.contains("ihr-eigen") && !copy.text.contains("fremd"), "a copy is about one person");
        let id = verified(&world, &her.person, "erase").await;
        start(&world, &id).await.ok();
        world.advance(MINUTE).await;
        assert_eq!(one(&world, &id).await["state"], "done");
        assert_eq!(places_of(&world, &[her.external.as_str(), "ihr-eigen"]).await, Vec::<String>::new());
        assert_eq!(places_of(&world, &["fremd"]).await, ["accounts_inbox.body: fremd"], "who came together with her stays");
    }

    async fn whoever_was_joined_with_another_is_erased_under_both_ids(world: World) {
        let her = moved_in(&world).await;
        let twin = world.act(&Act::MakePerson { name: "金丝雀小号".into(), gender: 0, partner: false })["person"]
            .as_str().expect("a person").to_owned();
        {
            let (corp, now) = (world.company().0, world.sim.now());
            let mut desk = world.sim.desk();
            desk.world.corps.get_mut(&corp).expect("a company").add_friend(&her.staff, &twin, ("", true), now);
            desk.absorb();
        }
        world.advance(MINUTE).await;
        let other = world.get("/api/v1/people?search=金丝雀小号").await.ok()["items"][0]["id"].as_str().expect("an id").to_owned();
        let mut tx = world.ctx.begin().await.expect("a transaction");
        for sql in ["UPDATE people_person SET union_id = NULL WHERE id = $1", "UPDATE people_contact SET union_id = NULL WHERE person_id = $1"] {
            tx.exec(sql, args![&other]).await.expect("an update");
        }
        tx.commit().await.expect("a commit");
        for person in [&her.person, &other] {
            let phone = json!({ "number": MOBILE, "verified": false });
            world.post(&format!("/api/v1/people/{person}/phones"), &phone).await.ok();
            let answer = json!({ "purpose": "promotion", "granted": true, "evidence": EVIDENCE });
            world.post(&format!("/api/v1/privacy/people/{person}/consents"), &answer).await.ok();
        }
        let merge = json!({ "other": other, "reason": "金丝雀说的" });
        let merged = world.post(&format!("/api/v1/people/{}/merge", her.person), &merge).await.ok();
        world.advance(2 * MINUTE).await;
        let seen = visit(&world, &cookie(&world, &Her { person: other.clone(), ..her }), Method::GET, "/api/member/v1/own-data", &Value::Null).await;
        assert_eq!(seen.status, 200, "a cookie from before opens her own data");
        let id = verified(&world, merged["person"].as_str().expect("an id"), "erase").await;
        start(&world, &id).await.ok();
        world.advance(MINUTE).await;
        assert_eq!(one(&world, &id).await["state"], "done");
        let person = merged["person"].as_str().expect("an id");
        assert_eq!(places_of(&world, &["金丝雀", MOBILE, person, &other]).await, Vec::<String>::new());
        let undo = format!("/api/v1/people/merges/{}/undo", merged["merge"].as_str().expect("an id"));
        assert_eq!(world.post(&undo, &json!({})).await.refusal(), "people.erased");
    }

    async fn whoever_acts_again_is_known_anew_and_an_operator_may_lift(world: World) {
        let her = moved_in(&world).await;
        let id = verified(&world, &her.person, "erase").await;
        start(&world, &id).await.ok();
        world.advance(MINUTE).await;
        let named = |list: &Value| list["items"].as_array().expect("people").len();
        world.advance(DAY).await;
        assert_eq!(named(&world.get(&format!("/api/v1/people?search={NAME}")).await.ok()), 0);
        // An employee pulls her into another group: that is not her act.
        let groups = world.get("/api/v1/groups?limit=2").await.ok();
        let other = groups["items"][1]["platform_id"].as_str().expect("a chat").to_owned();
        assert_ne!(other, her.chat);
        let corp = world.company().0;
        let invitor = world.sim.desk().world.corps[&corp].groups[&other].live.owner.clone();
        world.act(&Act::JoinByInvite { chat_id: other, person: her.town.clone(), invitor });
        world.advance(MINUTE).await;
        assert_eq!(places_of(&world, &[NAME]).await, Vec::<String>::new());
        // She adds the employee again.
        world.act(&Act::CustomerDeletes { userid: her.staff.clone(), person: her.town.clone() });
        world.advance(MINUTE).await;
        {
            let now = world.sim.now();
            let mut desk = world.sim.desk();
            desk.world.corps.get_mut(&corp).expect("a company").add_friend(&her.staff, &her.town, ("", true), now);
            desk.absorb();
        }
        world.advance(MINUTE).await;
        let found = world.get(&format!("/api/v1/people?search={NAME}")).await.ok();
        assert_eq!(named(&found), 1);
        assert_ne!(found["items"][0]["id"], her.person.as_str());
        assert_eq!((&one(&world, &id).await["tombstones"], named(&found)), (&json!(0), 1));
        let lift = format!("/api/v1/data-requests/{id}/lift");
        assert_eq!(world.post(&lift, &json!({ "note": "误删了" })).await.refusal(), "data_requests.note_missing");
        assert_eq!(world.post(&lift, &json!({ "note": "客户说删错了" })).await.refusal(), "data_requests.nothing_to_lift");
    }
}
