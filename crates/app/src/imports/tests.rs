//! Imports over HTTP and jobs, on both engines.

use std::fmt::Write as _;

use base::time::DAY;
use http::StatusCode;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::jobs::Run;
use super::store::saved as store;
use crate::ctx::JobCtx;
use crate::kernel::jobs::Job as _;
use crate::testkit::{World, poll_once};
use crate::{args, both_dbs, people};

async fn upload(world: &World, kind: &str, bytes: &[u8]) -> Value {
    world.post_bytes(&format!("/api/v1/imports?kind={kind}&file_name=t.csv"), bytes).await.ok()
}

fn id_of(import: &Value) -> String {
    import["id"].as_str().expect("an id").to_owned()
}

/// Uploads, takes the guessed meaning of the columns, runs the dry run.
async fn checked(world: &World, kind: &str, bytes: &[u8], more: &Value) -> Value {
    let import = upload(world, kind, bytes).await;
    let id = id_of(&import);
    let mut mapping = import["mapping"].clone();
    for (key, value) in more.as_object().expect("an object") {
        mapping[key] = value.clone();
    }
    world.put(&format!("/api/v1/imports/{id}/mapping"), &mapping).await.ok();
    world.post(&format!("/api/v1/imports/{id}/check"), &json!({})).await.ok();
    world.drain().await;
    get(world, &id).await
}

async fn get(world: &World, id: &str) -> Value {
    world.get(&format!("/api/v1/imports/{id}")).await.ok()
}

async fn taken(world: &World, kind: &str, bytes: &[u8], more: &Value) -> Value {
    let id = id_of(&checked(world, kind, bytes, more).await);
    world.post(&format!("/api/v1/imports/{id}/run"), &json!({ "policy": "good_rows" })).await.ok();
    world.drain().await;
    get(world, &id).await
}

fn brief(counts: &Value) -> [i64; 5] {
    ["rows", "new", "changed", "unchanged", "bad"].map(|key| counts[key].as_i64().expect("a count"))
}

async fn number(world: &World, sql: &'static str) -> i64 {
    let mut tx = world.ctx.read().await.expect("a session");
    tx.number(sql, args![world.scope.tenant()]).await.expect("a number")
}

const PEOPLE: &str = "SELECT CAST(COUNT(*) AS BIGINT) FROM people_person WHERE tenant_id = $1";
const KEYS: &str = "SELECT CAST(COUNT(*) AS BIGINT) FROM people_import_key WHERE tenant_id = $1";
const FACTS: &str = "SELECT CAST(COUNT(*) AS BIGINT) FROM facts WHERE tenant_id = $1";
const VALUES: &str = "SELECT CAST(COUNT(*) AS BIGINT) FROM people_value WHERE tenant_id = $1";
const SET: &str = "SELECT CAST(COUNT(*) AS BIGINT) FROM facts WHERE tenant_id = $1 AND kind = 'field_set'";
const CARRIED: &str = "SELECT CAST(COUNT(*) AS BIGINT) FROM tags_person_tag WHERE tenant_id = $1";

both_dbs! {
    async fn a_table_of_past_buyers_becomes_people_once(world: World) {
        let file = "姓名,手机号,UnionID\n小美,13800000001,u1\n李雷,+86 138-0000-0002,\n小美,13800000001,\n,12,\n\"=HYPERLINK(\"\"x\"\")\",,u3\n";
        let checked = checked(&world, "people", file.as_bytes(), &json!({})).await;
        assert_eq!(checked["mapping"]["columns"], json!(["name", "phone", "union_id"]));
        assert_eq!(checked["state"], "checked");
        assert_eq!(checked["preview"][0], json!(["小美", "13800000001", "u1"]));
        assert_eq!(brief(&checked["checked"]), [5, 3, 0, 1, 1]);
        assert_eq!(checked["bad"][0]["row"], 5);
        assert_eq!((checked["bad"][0]["field"].as_str(), checked["bad"][0]["code"].as_str()), (Some("phone"), Some("imports.row_phone")));
        assert_eq!(number(&world, PEOPLE).await, 0, "a dry run changes nothing");
        let id = id_of(&checked);
        let strict = world.post(&format!("/api/v1/imports/{id}/run"), &json!({ "policy": "none_if_bad" })).await;
        assert_eq!((strict.status, strict.refusal().as_str()), (StatusCode::CONFLICT, "imports.bad_rows"));
        world.post(&format!("/api/v1/imports/{id}/run"), &json!({ "policy": "good_rows" })).await.ok();
        world.drain().await;
        let done = get(&world, &id).await;
        assert_eq!((done["state"].as_str(), brief(&done["taken"])), (Some("done"), [5, 3, 0, 1, 1]));
        let listed = world.get("/api/v1/people?search=hyperlink").await.ok();
        assert_eq!(listed["items"][0]["name"], "=HYPERLINK(\"x\")");
        assert_eq!(listed["items"][0]["kind"], "customer");
        assert_eq!((number(&world, PEOPLE).await, number(&world, KEYS).await), (3, 2));
        let report = world.get(&format!("/api/v1/imports/{id}/report")).await;
        assert!(report.text.starts_with("\u{feff}行,字段,原因与改法\n5,手机号,"), "{}", report.text);
        // The same rows in another encoding are the same rows.
        let facts = number(&world, FACTS).await;
        let again = taken(&world, "people", &encoding_rs::GB18030.encode(file).0, &json!({})).await;
        assert_eq!(again["repeats"].as_str(), Some(id.as_str()));
        assert_eq!((number(&world, PEOPLE).await, number(&world, FACTS).await), (3, facts));
        // And rows that only overlap are recognised one by one.
        let more = taken(&world, "people", "手机,姓名,unionid\n13800000002,李雷雷,u2\n13800000001,小美,u1\n".as_bytes(), &json!({})).await;
        assert_eq!(brief(&more["taken"]), [2, 0, 1, 1, 0]);
        assert_eq!((more["taken"]["by_union"].as_i64(), more["taken"]["by_phone"].as_i64()), (Some(1), Some(1)));
        assert_eq!((number(&world, PEOPLE).await, number(&world, FACTS).await), (3, facts));
        assert_eq!(world.get("/api/v1/people?search=李雷雷").await.ok()["items"].as_array().map(Vec::len), Some(1));
    }

    async fn what_a_file_tags_is_kept_once_and_told_of_each(world: World) {
        let account = world.connect().await;
        let tags = world.post("/api/v1/tags", &json!({ "account_id": account, "group": "老客", "names": ["老客", "回访"] })).await.ok();
        let tag = |name: &str| tags["items"].as_array().expect("tags").iter().find(|t| t["name"] == name).expect("a tag")["id"].clone();
        let rule = json!({ "name": "回访老客", "enabled": true, "trigger": { "on": "tagged", "tags": [tag("老客")] }, "add": [tag("回访")] });
        world.post("/api/v1/tag-rules", &rule).await.ok();
        let hook = json!({ "url": "https://example.com/hook", "types": ["tag.applied"] });
        let hook = world.post("/api/v1/webhooks", &hook).await.ok()["webhook"]["id"].as_str().expect("an id").to_owned();
        let into = json!({ "account_id": account, "tag_group": "老客" });
        let file = "手机,标签\n13800000001,老客\n13800000002,老客\n13800000003,老客\n";
        taken(&world, "people", file.as_bytes(), &into).await;
        assert_eq!(number(&world, "SELECT CAST(COUNT(*) AS BIGINT) FROM facts WHERE tenant_id = $1 AND kind = 'people_tagged'").await, 1);
        assert_eq!(number(&world, "SELECT CAST(COUNT(*) AS BIGINT) FROM facts WHERE tenant_id = $1 AND kind = 'tag_applied'").await, 3, "by the rule");
        let told = world.get(&format!("/api/v1/webhooks/{hook}/deliveries?limit=200")).await.ok();
        assert_eq!(told["items"].as_array().map(Vec::len), Some(6), "of each person and each tag");
        let tried = world.post("/api/v1/tag-rules/trial", &rule).await.ok();
        assert_eq!((&tried["hits"], &tried["people"]), (&json!(3), &json!(3)));
    }

    async fn tags_and_lists_come_to_known_people_only(world: World) {
        let account = world.connect().await;
        let before = number(&world, PEOPLE).await;
        let tagged = json!({ "account_id": account, "tag_group": "老客" });
        let people = taken(&world, "people", "手机,标签\n13800000001,\"老客;爱吃辣\"\n13800000002,老客\n".as_bytes(), &tagged).await;
        assert_eq!(brief(&people["taken"]), [2, 2, 0, 0, 0]);
        let held = number(&world, CARRIED).await;
        let tags = taken(&world, "tags", "手机,标签\n13800000001,老客|新品\n13800000009,老客\n".as_bytes(), &tagged).await;
        assert_eq!(brief(&tags["taken"]), [2, 0, 1, 0, 1]);
        assert_eq!(tags["bad"][0]["code"], "imports.row_unknown_person");
        assert_eq!(number(&world, CARRIED).await, held + 1);
        let list = json!({ "list_name": "双十一老客" });
        let file = "手机\n13800000001\n13800000002\n13800000002\n13800000003\n".as_bytes();
        let listed = taken(&world, "list", file, &list).await;
        assert_eq!(brief(&listed["taken"]), [4, 0, 2, 1, 1]);
        assert_eq!(number(&world, "SELECT CAST(COUNT(*) AS BIGINT) FROM facts WHERE tenant_id = $1 AND kind = 'people_listed'").await, 1);
        let lists = world.get("/api/v1/imports/lists").await.ok();
        assert_eq!((lists["items"][0]["name"].as_str(), lists["items"][0]["people"].as_i64()), (Some("双十一老客"), Some(2)));
        let mut tx = world.ctx.read().await.expect("a session");
        let list = listed["list_id"].as_str().expect("a list");
        assert_eq!(store::people_of_list(&mut tx, &world.scope, list).await.expect("numbers").len(), 2);
        drop(tx);
        assert_eq!(number(&world, PEOPLE).await, before + 2);
        let nowhere = upload(&world, "people", "手机,标签\n13800000001,a\n".as_bytes()).await;
        let path = format!("/api/v1/imports/{}/check", id_of(&nowhere));
        assert_eq!(world.post(&path, &json!({})).await.refusal(), "imports.tags_need_group");
    }

    async fn orders_follow_the_rules_of_deliveries_and_find_imported_buyers(world: World) {
        let file = "订单号,实付金额,付款时间,客户id\nA1,12.50,2026-08-01 11:30,wmX\nA2,1.234,2026-08-01,\nA1,12.50,2026-08-01 11:30,wmX\nA1,13,2026-08-01 11:30,wmX\n".as_bytes();
        let orders = taken(&world, "orders", file, &json!({})).await;
        assert_eq!(brief(&orders["taken"]), [4, 1, 0, 1, 2]);
        let codes: Vec<_> = orders["bad"].as_array().expect("rows").iter().map(|b| b["code"].as_str().expect("a code").to_owned()).collect();
        assert_eq!(codes, ["orders.row_amount", "orders.row_conflict"]);
        let listed = world.get("/api/v1/orders").await.ok();
        assert_eq!(listed["items"][0]["person_id"], Value::Null);
        taken(&world, "people", b"external id,name\nwmX,Ann\n", &json!({})).await;
        let listed = world.get("/api/v1/orders").await.ok();
        assert!(listed["items"][0]["person_id"].is_string(), "the buyer came by a file");
    }

    async fn a_run_goes_on_behind_the_last_part_and_ends_the_same(world: World) {
        let mut file = String::from("name,phone\n");
        for n in 0..2_500 {
            writeln!(file, "p{n},1380000{n:04}").expect("a line");
        }
        let id = id_of(&checked(&world, "people", file.as_bytes(), &json!({})).await);
        world.post(&format!("/api/v1/imports/{id}/run"), &json!({ "policy": "none_if_bad" })).await.ok();
        // The process dies while the job is at work: it is dropped at some await, whichever, several times.
        for polls in [3, 9, 20, 40, 80] {
            let mut ctx = JobCtx::new(world.ctx.clone(), world.scope.clone(), 1, 1);
            let job = Run { import: id.clone() };
            let mut run = Box::pin(job.run(&mut ctx));
            for _ in 0..polls {
                if poll_once(&mut run).await {
                    break;
                }
                tokio::task::yield_now().await;
            }
        }
        world.drain().await;
        let done = get(&world, &id).await;
        assert_eq!((done["state"].as_str(), brief(&done["taken"])), (Some("done"), [2_500, 2_500, 0, 0, 0]));
        assert_eq!((number(&world, PEOPLE).await, number(&world, KEYS).await), (2_500, 2_500));
        assert_eq!(number(&world, "SELECT last_no FROM people_counter WHERE tenant_id = $1").await, 2_500);
        assert_eq!(number(&world, FACTS).await, number(&world, "SELECT last_seq FROM facts_counter WHERE tenant_id = $1").await);
    }

    async fn a_run_is_paused_resumed_and_cancelled_in_its_time(world: World) {
        let import = checked(&world, "people", b"phone\n13800000001\n", &json!({})).await;
        let path = |order: &str| format!("/api/v1/imports/{}/{order}", id_of(&import));
        assert_eq!(world.post(&path("pause"), &json!({})).await.refusal(), "imports.not_now");
        world.post(&path("run"), &json!({ "policy": "none_if_bad" })).await.ok();
        assert_eq!(world.post(&path("pause"), &json!({})).await.ok()["state"], "paused");
        world.drain().await;
        assert_eq!(number(&world, PEOPLE).await, 0, "nothing is taken while it is paused");
        world.post(&path("resume"), &json!({})).await.ok();
        world.drain().await;
        assert_eq!(number(&world, PEOPLE).await, 1);
        assert_eq!(world.post(&path("cancel"), &json!({})).await.refusal(), "imports.not_now");
        let other = checked(&world, "people", b"phone\n13800000002\n", &json!({})).await;
        let path = format!("/api/v1/imports/{}/cancel", id_of(&other));
        assert_eq!(world.post(&path, &json!({})).await.ok()["state"], "cancelled");
        assert_eq!(number(&world, PEOPLE).await, 1);
    }

    async fn whoever_a_file_brought_is_known_when_the_platform_shows_her(world: World) {
        let account = world.connect().await;
        taken(&world, "people", b"external id,union id,name\nwmNew,,Ann\n,uNew,Bea\n", &json!({})).await;
        let before = number(&world, PEOPLE).await;
        let mut tx = world.ctx.begin().await.expect("a transaction");
        let seen = people::Seen { account: &account, external_id: "wmNew", name: "安", at: tx.now(), ..people::Seen::default() };
        people::recognise(&mut tx, &world.scope, &seen).await.expect("somebody");
        people::recognise(&mut tx, &world.scope, &seen).await.expect("the same, with the platform's name");
        let seen = people::Seen { account: &account, external_id: "wmBea", union_id: Some("uNew"), name: "贝", at: tx.now(), ..people::Seen::default() };
        people::recognise(&mut tx, &world.scope, &seen).await.expect("somebody");
        tx.commit().await.expect("a commit");
        assert_eq!(number(&world, PEOPLE).await, before);
        assert_eq!(world.get("/api/v1/people?search=安").await.ok()["items"].as_array().map(Vec::len), Some(1));
        // A staff member's or another person's keys are never joined by a file.
        let conflict = taken(&world, "people", b"external id,union id\nwmNew,uNew\n", &json!({})).await;
        assert_eq!(conflict["bad"][0]["code"], "imports.row_conflict");
    }

    async fn own_fields_come_with_a_table_and_stay_the_same_when_it_comes_again(world: World) {
        let define = async |draft: Value| world.post("/api/v1/people/fields", &draft).await.ok()["id"].as_str().expect("an id").to_owned();
        let baby = define(json!({ "name": "宝宝生日", "form": "date", "privacy": "minor" })).await;
        let likes = define(json!({ "name": "口味", "form": "choices", "choices": ["甜", "咸"], "privacy": "ordinary" })).await;
        let card = define(json!({ "name": "会员卡", "form": "yes_no", "privacy": "ordinary" })).await;
        let file = "手机,宝宝生日,口味,会员卡\n13800000001,2026/3/5,咸；甜,是\n13800000002,2026年2月30日,,\n13800000003,,辣,\n13800000004,,,否\n";
        let checked = checked(&world, "people", file.as_bytes(), &json!({})).await;
        let words = [format!("custom:{baby}"), format!("custom:{likes}"), format!("custom:{card}")];
        assert_eq!(checked["mapping"]["columns"], json!(["phone", words[0], words[1], words[2]]), "known by their names");
        assert_eq!(checked["own_fields"].as_array().map(Vec::len), Some(3));
        assert_eq!(brief(&checked["checked"]), [4, 2, 0, 0, 2]);
        let bad = &checked["bad"];
        assert_eq!((&bad[0]["row"], &bad[0]["field"], &bad[0]["field_name"], &bad[0]["code"]), (&json!(3), &json!(words[0]), &json!("宝宝生日"), &json!("people.value_not_date")));
        assert!(bad[0]["message"].as_str().is_some_and(|m| m.contains("宝宝生日")), "{bad}");
        assert!(bad[1]["message"].as_str().is_some_and(|m| m.contains("甜 / 咸")), "{bad}");
        assert_eq!(number(&world, VALUES).await, 0, "a dry run changes nothing");
        let id = id_of(&checked);
        world.post(&format!("/api/v1/imports/{id}/run"), &json!({ "policy": "good_rows" })).await.ok();
        world.drain().await;
        assert_eq!(brief(&get(&world, &id).await["taken"]), [4, 2, 0, 0, 2]);
        assert_eq!((number(&world, VALUES).await, number(&world, SET).await), (4, 4), "each value is a fact");
        let report = world.get(&format!("/api/v1/imports/{id}/report")).await;
        assert!(report.text.contains("3,宝宝生日,"), "{}", report.text);
        let asked = json!({ "text": format!("age \"{baby}\" = 5 months; field \"{likes}\" is \"咸\"; field \"{card}\" yes") });
        assert_eq!(world.post("/api/v1/segments/ask", &asked).await.ok()["count"], 1, "and people are found by it");
        // Another file with the same values changes nothing; one with others changes those.
        let same = taken(&world, "people", "宝宝生日,手机\n2026-03-05,13800000001\n,13800000004\n".as_bytes(), &json!({})).await;
        assert_eq!((brief(&same["taken"]), number(&world, SET).await), ([2, 0, 0, 2, 0], 4));
        let other = taken(&world, "people", "宝宝生日,手机\n2026-03-06,13800000001\n2026-03-07,13800000001\n".as_bytes(), &json!({})).await;
        assert_eq!((brief(&other["taken"]), number(&world, SET).await), ([2, 0, 2, 0, 0], 5), "the last row wins");
        let mut tx = world.ctx.read().await.expect("a session");
        let kept: Vec<(String,)> = tx.all("SELECT value FROM people_value WHERE tenant_id = $1 AND field_id = $2", args![world.scope.tenant(), &baby]).await.expect("values");
        assert!(kept.len() == 1 && !kept[0].0.contains("2026"), "what is about a child is sealed");
    }

    async fn sensitive_fields_come_only_by_whoever_may_set_them(world: World) {
        use axum::body::Body;
        use http::Method;
        let draft = json!({ "name": "baby", "form": "date", "privacy": "minor" });
        let baby = world.post("/api/v1/people/fields", &draft).await.ok()["id"].as_str().expect("an id").to_owned();
        let import = upload(&world, "people", b"phone,baby\n13800000001,2026-03-05\n").await;
        let path = format!("/api/v1/imports/{}", id_of(&import));
        let mut mapping = import["mapping"].clone();
        assert_eq!(mapping["columns"][1], format!("custom:{baby}"));
        world.put(&format!("{path}/mapping"), &mapping).await.ok();
        mapping["columns"][1] = json!("custom:fld_0");
        assert_eq!(world.put(&format!("{path}/mapping"), &mapping).await.refusal(), "imports.unknown_field");
        let twice = json!({ "columns": [format!("custom:{baby}"), format!("custom:{baby}")] });
        let refused = world.put(&format!("{path}/mapping"), &twice).await;
        assert_eq!((refused.refusal().as_str(), &refused.json()["error"]["args"]["field"]), ("imports.field_twice", &json!("baby")));
        let kept = json!({ "name": "t", "kind": "people", "columns": { "baby": format!("custom:{baby}") } });
        world.post("/api/v1/imports/mappings", &kept).await.ok();
        let foreign = json!({ "name": "t", "kind": "tags", "columns": { "baby": format!("custom:{baby}") } });
        assert_eq!(world.post("/api/v1/imports/mappings", &foreign).await.refusal(), "imports.unknown_field");
        // An import whose field was archived meanwhile takes no value of it.
        world.post(&format!("{path}/check"), &json!({})).await.ok();
        world.drain().await;
        world.patch(&format!("/api/v1/people/fields/{baby}"), &json!({ "archived": true })).await.ok();
        world.post(&format!("{path}/run"), &json!({ "policy": "good_rows" })).await.ok();
        world.drain().await;
        let done = get(&world, &id_of(&import)).await;
        assert_eq!((brief(&done["taken"]), &done["bad"][0]["code"]), ([1, 0, 0, 0, 1], &json!("people.field_archived")));
        let stranger = world.another_company().await;
        let theirs = world.send_as(&stranger, Method::PUT, &format!("{path}/mapping"), Body::from(mapping.to_string())).await;
        assert_eq!(theirs.status, StatusCode::NOT_FOUND);
    }

    async fn files_are_refused_as_a_whole_with_their_cure(world: World) {
        let there = &world;
        let refused = |bytes: &'static [u8]| async move { there.post_bytes("/api/v1/imports?kind=people", bytes).await.refusal() };
        assert_eq!(refused(b"").await, "imports.empty");
        assert_eq!(refused(b"name,phone\n").await, "imports.empty");
        assert_eq!(refused(b"PK\x03\x04rubbish").await, "imports.unreadable");
        assert_eq!(refused(b"-- dump\nINSERT INTO `shop` VALUES (1);").await, "imports.dump_unknown");
        assert_eq!(world.post_bytes("/api/v1/imports?kind=cats", b"a\n1\n").await.refusal(), "imports.unknown_kind");
        let list = world.get("/api/v1/imports").await.ok();
        assert_eq!(list["items"].as_array().map(Vec::len), Some(4));
        assert!(list["items"].as_array().expect("imports").iter().all(|i| i["state"] == "failed"));
        let unmapped = upload(&world, "people", b"a,b\n1,2\n").await;
        let path = format!("/api/v1/imports/{}", id_of(&unmapped));
        assert_eq!(world.post(&format!("{path}/check"), &json!({})).await.refusal(), "imports.no_key");
        assert_eq!(world.post(&format!("{path}/run"), &json!({ "policy": "good_rows" })).await.refusal(), "imports.not_now");
    }

    async fn mappings_are_saved_by_name_and_files_are_forgotten(world: World) {
        let draft = json!({ "name": "收银系统", "kind": "people", "columns": { "会员": "name", "电话": "phone" } });
        world.post("/api/v1/imports/mappings", &draft).await.ok();
        let saved = world.post("/api/v1/imports/mappings", &draft).await.ok();
        let wrong = json!({ "name": "x", "kind": "people", "columns": { "a": "paid" } });
        assert_eq!(world.post("/api/v1/imports/mappings", &wrong).await.refusal(), "imports.unknown_field");
        let list = world.get("/api/v1/imports/mappings").await.ok();
        assert_eq!(list["items"].as_array().map(Vec::len), Some(1));
        world.delete(&format!("/api/v1/imports/mappings/{}", id_of(&saved))).await.ok();
        let done = taken(&world, "people", b"phone\n13800000001\n", &json!({})).await;
        world.advance(9 * DAY).await;
        let forgotten = get(&world, &id_of(&done)).await;
        assert_eq!((forgotten["purged"].as_bool(), forgotten["preview"].as_array().map(Vec::len)), (Some(true), Some(0)));
        assert_eq!(brief(&forgotten["taken"]), [1, 1, 0, 0, 0]);
        assert_eq!(number(&world, "SELECT CAST(COUNT(*) AS BIGINT) FROM imports_part WHERE tenant_id = $1").await, 0);
    }

    async fn a_dump_of_another_product_becomes_people(world: World) {
        let account = world.connect().await;
        let dump = "INSERT INTO `we_customer` (external_userid, name, unionid) VALUES ('wmA','甲','uA'),('wmB','乙','');\n\
            INSERT INTO `we_flower_customer_tag_rel` (external_userid, tag_id) VALUES ('wmA','t1');\n\
            INSERT INTO `we_tag` (tag_id, name) VALUES ('t1','爱吃辣');";
        let more = json!({ "account_id": account, "tag_group": "旧系统" });
        let taken = taken(&world, "people", dump.as_bytes(), &more).await;
        assert_eq!((taken["format"].as_str(), brief(&taken["taken"])), (Some("dump"), [2, 2, 0, 0, 0]));
        assert!(number(&world, CARRIED).await > 0);
    }
}

/// Any table: what is taken at once, part by part, or twice, ends the same, and nobody is there twice.
#[test]
fn any_table_ends_the_same_however_often_it_is_taken() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let cell = prop::sample::select(vec![
        "",
        "13800000001",
        "13800000002",
        "13800000003",
        "12",
        "\"",
        "=1+1",
        "\u{fffd}",
    ]);
    let id = prop::sample::select(vec!["", "u1", "u2", "u3", "长 id"]);
    let rows = prop::collection::vec((cell, id.clone(), id), 1..30);
    let mut runner =
        proptest::test_runner::TestRunner::new(ProptestConfig { cases: 12, ..ProptestConfig::default() });
    let outcome = runner.run(&rows, |rows| {
        runtime.block_on(async {
            let world = World::sqlite().await;
            let mut file = String::from("name,phone,external id,union id\n");
            for (n, (phone, external, union)) in rows.iter().enumerate() {
                writeln!(file, "n{n},\"{}\",{external},{union}", phone.replace('"', "\"\"")).expect("a line");
            }
            let first = taken(&world, "people", file.as_bytes(), &json!({})).await;
            let counts = brief(&first["taken"]);
            let people = number(&world, PEOPLE).await;
            prop_assert_eq!(counts[0], counts[1] + counts[2] + counts[3] + counts[4]);
            prop_assert_eq!(people, counts[1]);
            prop_assert_eq!(brief(&first["checked"])[1], counts[1], "the dry run foresaw the new ones");
            // One row more makes it another file: every row is looked at again and nobody is made again.
            file.push_str(",,,,\n");
            file.push_str("x,,,u9\n");
            let second = taken(&world, "people", file.as_bytes(), &json!({})).await;
            prop_assert_eq!(second["repeats"].clone(), Value::Null);
            prop_assert_eq!(number(&world, PEOPLE).await, people + 1);
            Ok(())
        })
    });
    outcome.expect("holds for every table");
}
