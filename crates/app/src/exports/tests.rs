//! Exports over HTTP and jobs, on both engines: what is in the file, for whom, and for how long.

mod audiences;

use std::collections::BTreeSet;
use std::io::Cursor;

use axum::body::Body;
use base::time::DAY;
use calamine::{Reader as _, Xlsx};
use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::access::Role;
use crate::both_dbs;
use crate::exports::model::What;
use crate::testkit::{Answer, World};

async fn ask(world: &World, cookie: &str, draft: &Value) -> Answer {
    world.send_as(cookie, Method::POST, "/api/v1/exports", Body::from(draft.to_string())).await
}

async fn take(world: &World, cookie: &str, id: &str) -> Answer {
    world.send_as(cookie, Method::GET, &format!("/api/v1/exports/{id}/file"), Body::empty()).await
}

fn draft(what: &str, filter: &Value) -> Value {
    json!({ "what": what, "filter": filter, "format": "csv", "reason": "月度复盘用" })
}

/// Asks, lets it be written, and takes the file.
async fn file(world: &World, cookie: &str, what: &str, filter: &Value) -> Result<String, StatusCode> {
    let asked = ask(world, cookie, &draft(what, filter)).await;
    if !asked.status.is_success() {
        return Err(asked.status);
    }
    world.drain().await;
    let id = asked.json()["id"].as_str().expect("an id").to_owned();
    let taken = take(world, cookie, &id).await;
    assert_eq!(taken.status, StatusCode::OK, "{}", taken.text);
    Ok(taken.text)
}

async fn import(world: &World, kind: &str, file: &str) {
    let made = world.post_bytes(&format!("/api/v1/imports?kind={kind}"), file.as_bytes()).await.ok();
    let path = format!("/api/v1/imports/{}", made["id"].as_str().expect("an id"));
    world.post(&format!("{path}/check"), &json!({})).await.ok();
    world.drain().await;
    world.post(&format!("{path}/run"), &json!({ "policy": "none_if_bad" })).await.ok();
    world.drain().await;
}

/// A segment that holds everybody, and its frozen list.
async fn everybody(world: &World) -> (Value, Value) {
    let draft = json!({ "name": "everybody", "text": "all { }" });
    let segment = world.post("/api/v1/segments", &draft).await.ok()["id"].clone();
    let path = format!("/api/v1/segments/{}/freeze", segment.as_str().expect("an id"));
    let frozen = world.post(&path, &json!({ "reason": "a proof" })).await.ok()["id"].clone();
    (segment, frozen)
}

async fn admin(world: &World) -> String {
    world.operator("chief", Role::ChiefOwner, None).await
}

both_dbs! {
    async fn a_list_becomes_a_file_with_reason_watermark_and_end(world: World) {
        import(&world, "people", "name,phone,union id\n\"=cmd|'/c calc'!A1\",13800000001,uCanary\n<script>alert(1)</script>,13800000002,\n\"a\"\"b, c\",13800000003,\n").await;
        let chief = admin(&world).await;
        let short = json!({ "what": "people", "format": "csv", "reason": "x" });
        assert_eq!(ask(&world, &chief, &short).await.refusal(), "exports.reason");
        let asked = ask(&world, &chief, &draft("people", &json!({}))).await.ok();
        let id = asked["id"].as_str().expect("an id").to_owned();
        assert_eq!(take(&world, &chief, &id).await.refusal(), "exports.not_ready");
        world.drain().await;
        let text = take(&world, &chief, &id).await.text;
        assert!(text.starts_with("\u{feff}编号,名字,"), "{text}");
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.trim_start_matches('\u{feff}').as_bytes());
        let rows: Vec<csv::StringRecord> = reader.records().map(|r| r.expect("a row")).collect();
        assert_eq!(rows.len(), 4);
        let names: Vec<&str> = rows.iter().take(3).map(|r| &r[1]).collect();
        assert_eq!(names, ["'=cmd|'/c calc'!A1", "<script>alert(1)</script>", "a\"b, c"]);
        assert_eq!(&rows[0][6], "uCanary");
        let mark = &rows[3][0];
        for part in ["chief", "测试公司", "1", "月度复盘用", "2026-08-17 08:00"] {
            assert!(mark.contains(part), "{mark} lacks {part}");
        }
        let listed = world.get("/api/v1/exports").await.ok();
        assert_eq!((listed["items"][0]["reason"].as_str(), listed["items"][0]["downloads"].as_i64(), listed["items"][0]["rows"].as_i64()), (Some("月度复盘用"), Some(1), Some(3)));
        assert_eq!(listed["items"][0]["yours"], false, "an administrator asks for her own");
        assert_eq!(world.get(&format!("/api/v1/exports/{id}/file")).await.refusal(), "exports.not_yours");
        let audit = world.get("/api/v1/access/audit").await.ok();
        let acts: BTreeSet<&str> = audit["items"].as_array().expect("a log").iter().filter_map(|e| e["action"].as_str()).collect();
        assert!(acts.contains("exports.create") && acts.contains("exports.download"));
        world.advance(7 * DAY + base::time::HOUR).await;
        assert_eq!(take(&world, &chief, &id).await.refusal(), "exports.gone");
        let mut tx = world.ctx.read().await.expect("a session");
        let kept = tx.number("SELECT CAST(COUNT(*) AS BIGINT) FROM exports_part WHERE tenant_id = $1", crate::args![world.scope.tenant()]).await;
        assert_eq!(kept.expect("a count"), 0);
    }

    async fn a_workbook_holds_texts_and_numbers_and_no_formula(world: World) {
        import(&world, "orders", "order no,paid,paid at,product\nA1,12.50,2026-08-01 11:30,=1+1\n").await;
        let chief = admin(&world).await;
        let mut wish = draft("orders", &json!({ "status": "paid" }));
        wish["format"] = json!("xlsx");
        let id = ask(&world, &chief, &wish).await.ok()["id"].as_str().expect("an id").to_owned();
        world.drain().await;
        let request = http::Request::get(format!("/api/v1/exports/{id}/file")).header("cookie", &chief).body(Body::empty()).expect("a request");
        let bytes = world.send_bytes(request).await;
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).expect("a workbook");
        let range = book.worksheet_range_at(0).expect("a sheet").expect("readable");
        let cell = |row, column| range.get_value((row, column)).cloned().unwrap_or_default();
        assert_eq!((cell(1, 0).to_string(), cell(1, 4)), ("A1".to_owned(), calamine::Data::Float(12.5)));
        assert_eq!(cell(1, 9), calamine::Data::String("'=1+1".to_owned()));
        assert!(cell(2, 0).to_string().contains("月度复盘用"));
        let formulas = book.worksheet_formula("Sheet1").expect("readable");
        assert!(formulas.cells().all(|(_, _, f)| f.is_empty()));
    }

    async fn pages_go_on_behind_the_last_one_and_repeat_no_row(world: World) {
        let mut table = String::from("phone\n");
        for n in 0..2_300 {
            table.push_str(&format!("1380000{n:04}\n"));
        }
        import(&world, "people", &table).await;
        let chief = admin(&world).await;
        let id = ask(&world, &chief, &draft("people", &json!({}))).await.ok()["id"].as_str().expect("an id").to_owned();
        for polls in [2, 7, 15, 30] {
            use crate::kernel::jobs::Job as _;
            let mut ctx = crate::ctx::JobCtx::new(world.ctx.clone(), world.scope.clone(), 1, 1);
            let job = crate::exports::jobs::Write { export: id.clone() };
            let mut run = Box::pin(job.run(&mut ctx));
            for _ in 0..polls {
                if crate::testkit::poll_once(&mut run).await {
                    break;
                }
                tokio::task::yield_now().await;
            }
        }
        world.drain().await;
        let text = take(&world, &chief, &id).await.text;
        let ids: Vec<&str> = text.lines().skip(1).filter(|l| l.starts_with("psn_")).collect();
        assert_eq!((ids.len(), ids.iter().collect::<BTreeSet<_>>().len()), (2_300, 2_300));
    }

    // For every role and every list: what she may not see is in no file of hers.
    async fn no_file_holds_what_its_taker_may_not_see(world: World) {
        world.connect().await;
        let groups = world.get("/api/v1/groups?limit=200").await.ok();
        let groups = groups["items"].as_array().expect("groups").clone();
        let owner = groups[0]["owner_staff_id"].as_str().expect("an owner").to_owned();
        let own: Vec<&Value> = groups.iter().filter(|g| g["owner_staff_id"] == owner.as_str()).collect();
        let foreign = groups.iter().find(|g| g["owner_staff_id"] != owner.as_str()).expect("a group of another owner");
        import(&world, "people", "name,external id,union id\nCANARYNAME,wmCANARYKEY,uCANARYKEY\n").await;
        import(&world, "orders", "order no,paid,paid at,mobile,external id\nCANARYNAME1,1,2026-08-01,13812345678,wmCANARYKEY\n").await;
        let (segment, frozen) = everybody(&world).await;
        for role in Role::ALL {
            let login = format!("r-{}", role.word());
            let cookie = world.operator(&login, role, None).await;
            let narrow = world.operator(&format!("n-{}", role.word()), role, Some(&owner)).await;
            let rights = role.permissions();
            for what in What::ALL {
                let group = own[0]["id"].as_str().expect("an id");
                let filter = match what {
                    What::Members => json!({ "group_id": group }),
                    What::Segment => json!({ "segment_id": segment }),
                    What::FrozenList => json!({ "snapshot_id": frozen }),
                    _ => json!({}),
                };
                let allowed = rights.contains(&"exports:write") && rights.contains(&what.permission());
                let full = file(&world, &cookie, what.word(), &filter).await;
                assert_eq!(full.is_ok(), allowed, "{role:?} {what:?}");
                let Ok(full) = full else { continue };
                if matches!(what, What::Segment | What::FrozenList) {
                    assert!(full.contains("CANARYNAME"), "{role:?} {what:?}: {full}");
                }
                if !rights.contains(&"contact_data:read") {
                    assert!(!full.contains("CANARYKEY") && !full.contains("13812345678"), "{role:?} {what:?}: {full}");
                }
                let near = file(&world, &narrow, what.word(), &filter).await.expect("her own part");
                assert!(!near.contains("CANARYNAME"), "{role:?} {what:?}: {near}");
                let theirs = near.contains(foreign["name"].as_str().expect("a name"));
                assert!(!theirs, "{role:?} {what:?} holds another owner's group");
            }
            if rights.contains(&"exports:write") {
                let filter = json!({ "group_id": foreign["id"] });
                assert_eq!(file(&world, &narrow, "members", &filter).await, Err(StatusCode::NOT_FOUND), "{role:?}");
            }
        }
    }

    async fn own_fields_are_columns_for_whoever_may_see_them(world: World) {
        let define = async |draft: Value| world.post("/api/v1/people/fields", &draft).await.ok()["id"].as_str().expect("an id").to_owned();
        let weight = define(json!({ "name": "=cmd", "form": "number", "privacy": "ordinary", "place": 1 })).await;
        let likes = define(json!({ "name": "likes", "form": "choices", "choices": ["a", "b"], "privacy": "ordinary", "place": 2 })).await;
        let card = define(json!({ "name": "card", "form": "yes_no", "privacy": "ordinary", "place": 3 })).await;
        let baby = define(json!({ "name": "baby", "form": "date", "privacy": "minor", "place": 4 })).await;
        define(json!({ "name": "hers", "form": "text", "privacy": "ordinary", "roles": ["group_admin"], "place": 5 })).await;
        define(json!({ "name": "old", "form": "text", "privacy": "ordinary", "place": 6 })).await;
        import(&world, "people", "name,phone,union id,likes,card,baby,old\nAnn,13800000001,uA,\"b,a\",yes,2026-03-05,=1+1\nBea,13800000002,uB,,,,\n").await;
        let people = world.get("/api/v1/people?search=Ann").await.ok();
        let ann = people["items"][0]["id"].as_str().expect("an id").to_owned();
        world.put(&format!("/api/v1/people/{ann}/fields/{weight}"), &json!({ "value": -3.5 })).await.ok();
        let chief = admin(&world).await;
        let groups = world.operator("groups", Role::GroupAdmin, None).await;
        let (segment, frozen) = everybody(&world).await;
        for (what, filter) in [("people", json!({})), ("segment", json!({ "segment_id": segment })), ("frozen_list", json!({ "snapshot_id": frozen }))] {
            let full = file(&world, &chief, what, &filter).await.expect("a file");
            let header = full.lines().next().expect("a header");
            assert!(header.ends_with(",'=cmd,likes,card,baby,old"), "{what}: {header}");
            assert!(full.contains("-3.5,\"a, b\",1,2026-03-05,'=1+1"), "{what}: {full}");
            let less = file(&world, &groups, what, &filter).await.expect("a file");
            let header = less.lines().next().expect("a header");
            assert!(header.ends_with(",'=cmd,likes,card,hers,old"), "{what}: {header}");
            assert!(!less.contains("2026-03-05"), "{what}: {less}");
        }
        let members = file(&world, &chief, "tags", &json!({})).await.expect("a file");
        assert!(!members.lines().next().expect("a header").contains("likes"));
        let asked = ask(&world, &chief, &draft("people", &json!({}))).await.ok();
        let id = asked["id"].as_str().expect("an id").to_owned();
        // What a field is called, and whether it lives, is as it was when the file was asked for.
        world.patch(&format!("/api/v1/people/fields/{likes}"), &json!({ "name": "tastes", "archived": true })).await.ok();
        world.drain().await;
        let text = take(&world, &chief, &id).await.text;
        assert!(text.lines().next().is_some_and(|header| header.contains(",likes,")) && text.contains("\"a, b\""), "{text}");
        let list = world.get("/api/v1/access/operators?search=chief").await.ok();
        let operator = list["items"][0]["id"].as_str().expect("an id");
        world.patch(&format!("/api/v1/access/operators/{operator}"), &json!({ "role": "group_owner" })).await.ok();
        assert_eq!(take(&world, &chief, &id).await.refusal(), "exports.not_yours", "it holds {baby} and {card}");
    }

    async fn a_file_with_contact_data_is_lost_with_the_right_to_it(world: World) {
        import(&world, "people", "name,union id\nAnn,uA\n").await;
        let chief = admin(&world).await;
        let id = ask(&world, &chief, &draft("people", &json!({}))).await.ok()["id"].as_str().expect("an id").to_owned();
        world.drain().await;
        assert_eq!(take(&world, &chief, &id).await.status, StatusCode::OK);
        let list = world.get("/api/v1/access/operators?search=chief").await.ok();
        let operator = list["items"][0]["id"].as_str().expect("an id");
        world.patch(&format!("/api/v1/access/operators/{operator}"), &json!({ "role": "group_admin" })).await.ok();
        assert_eq!(take(&world, &chief, &id).await.refusal(), "exports.not_yours");
        let other = world.operator("other-chief", Role::ChiefOwner, None).await;
        assert_eq!(take(&world, &other, &id).await.refusal(), "exports.not_yours");
        let stranger = world.another_company().await;
        assert_eq!(take(&world, &stranger, &id).await.status, StatusCode::NOT_FOUND);
    }
}
