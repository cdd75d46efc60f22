//! Segments and frozen lists as files: who is in them, who said no since, and for whom.

use axum::body::Body;
use base::time::MINUTE;
use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::{admin, ask, draft, file, import, take};
use crate::access::Role;
use crate::both_dbs;
use crate::testkit::World;

/// The rows of a file by the titles of their columns, without the watermark.
fn table(text: &str) -> Vec<Value> {
    let mut reader =
        csv::ReaderBuilder::new().flexible(true).from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let titles = reader.headers().expect("titles").clone();
    let rows = reader.records().map(|row| row.expect("a row")).filter(|row| row.len() == titles.len());
    rows.map(|row| titles.iter().zip(row.iter()).map(|(t, c)| (t.to_owned(), json!(c))).collect()).collect()
}

/// The values of a column, in order.
fn column(text: &str, title: &str) -> Vec<String> {
    table(text).iter().map(|row| row[title].as_str().unwrap_or("no such column").to_owned()).collect()
}

async fn keep(world: &World, name: &str, text: &str) -> String {
    let made = world.post("/api/v1/segments", &json!({ "name": name, "text": text })).await.ok();
    made["id"].as_str().expect("an id").to_owned()
}

async fn freeze(world: &World, segment: &str, reason: &str) -> String {
    let made =
        world.post(&format!("/api/v1/segments/{segment}/freeze"), &json!({ "reason": reason })).await.ok();
    made["id"].as_str().expect("an id").to_owned()
}

async fn id_of(world: &World, name: &str) -> String {
    let found = world.get(&format!("/api/v1/people?search={name}")).await.ok();
    found["items"][0]["id"].as_str().unwrap_or_else(|| panic!("{name} is not known")).to_owned()
}

async fn refuses(world: &World, person: &str) {
    let said = json!({ "purpose": "promotion", "granted": false, "evidence": "she said so in the shop" });
    world.post(&format!("/api/v1/privacy/people/{person}/consents"), &said).await.ok();
}

/// Orders of these, by their contact ids.
async fn buys(world: &World, contacts: &[&str]) {
    let mut table = String::from("order no,paid,paid at,external id\n");
    for contact in contacts {
        table.push_str(&format!("N-{contact},12.00,2026-08-16 11:30,{contact}\n"));
    }
    import(world, "orders", &table).await;
}

const FOUR: &str = "name,phone,external id,union id\nANN,13800000001,wmA,uA\nBEA,13800000002,wmB,uB\n\
    CYD,13800000003,wmC,uC\nDEE,13800000004,wmD,\n";

both_dbs! {
    async fn a_segment_s_file_holds_who_is_in_now_without_whoever_said_no(world: World) {
        import(&world, "people", FOUR).await;
        buys(&world, &["wmA", "wmB", "wmC"]).await;
        let buyers = keep(&world, "buyers", "bought ever").await;
        let cyd = id_of(&world, "CYD").await;
        refuses(&world, &cyd).await;
        let chief = admin(&world).await;
        let filter = json!({ "segment_id": buyers });
        let text = file(&world, &chief, "segment", &filter).await.expect("a file");
        assert_eq!(column(&text, "名字"), ["ANN", "BEA"], "CYD said no, DEE bought nothing");
        assert_eq!(column(&text, "UnionID"), ["uA", "uB"]);
        // As of when it is written, whatever was settled by then.
        let asked = ask(&world, &chief, &draft("segment", &filter)).await.ok();
        buys(&world, &["wmD"]).await;
        world.drain().await;
        let id = asked["id"].as_str().expect("an id");
        let later = take(&world, &chief, id).await.text;
        assert!(column(&later, "名字").starts_with(&["ANN".to_owned(), "BEA".to_owned()]), "{later}");
        let text = file(&world, &chief, "segment", &filter).await.expect("a file");
        assert_eq!(column(&text, "名字"), ["ANN", "BEA", "DEE"]);
        let listed = world.get("/api/v1/exports").await.ok();
        assert_eq!((&listed["items"][0]["what"], &listed["items"][0]["rows"]), (&json!("segment"), &json!(3)));
    }

    async fn a_frozen_list_s_file_keeps_who_was_in_and_says_who_refused_since(world: World) {
        import(&world, "people", FOUR).await;
        let everybody = keep(&world, "everybody", "all { }").await;
        let list = freeze(&world, &everybody, "all four").await;
        buys(&world, &["wmD"]).await;
        let buyers = keep(&world, "buyers", "bought ever").await;
        let alone = freeze(&world, &buyers, "only Dee").await;
        let (ann, bea, cyd, dee) = (id_of(&world, "ANN").await, id_of(&world, "BEA").await,
            id_of(&world, "CYD").await, id_of(&world, "DEE").await);
        import(&world, "people", "name,union id\nEVE,uE\n").await;
        refuses(&world, &bea).await;
        let chief = admin(&world).await;
        let filter = json!({ "snapshot_id": list });
        let text = file(&world, &chief, "frozen_list", &filter).await.expect("a file");
        assert_eq!(column(&text, "名字"), ["ANN", "BEA", "CYD", "DEE"], "EVE came later");
        assert_eq!(column(&text, "其后已拒绝"), ["0", "1", "0", "0"]);
        // Dee is Ann; on the second list she stands as Ann, who says no by then.
        let merged = world.post(&format!("/api/v1/people/{ann}/merge"), &json!({ "other": dee })).await;
        assert_eq!(merged.status, StatusCode::OK, "{}", merged.text);
        refuses(&world, &ann).await;
        let erase = json!({ "person_id": cyd, "kind": "erase", "wish": "away" });
        let request = world.post("/api/v1/data-requests", &erase).await.ok()["id"].as_str().expect("an id").to_owned();
        world.post(&format!("/api/v1/data-requests/{request}/verify"), &json!({ "note": "by telephone" })).await.ok();
        world.post(&format!("/api/v1/data-requests/{request}/start"), &json!({})).await.ok();
        world.advance(MINUTE).await;
        let text = file(&world, &chief, "frozen_list", &filter).await.expect("a file");
        assert_eq!(column(&text, "编号"), [ann.clone(), bea], "Ann once, the erased not at all");
        assert_eq!(column(&text, "其后已拒绝"), ["1", "1"]);
        assert!(!text.contains("CYD") && !text.contains("13800000003") && !text.contains("uC"), "{text}");
        let text = file(&world, &chief, "frozen_list", &json!({ "snapshot_id": alone })).await.expect("a file");
        assert_eq!((column(&text, "编号"), column(&text, "其后已拒绝")), (vec![ann], vec!["1".to_owned()]));
    }

    async fn an_audience_s_file_holds_only_what_its_taker_may_see(world: World) {
        world.connect().await;
        let groups = world.get("/api/v1/groups?limit=200").await.ok();
        let groups = groups["items"].as_array().expect("groups").clone();
        let owner = groups[0]["owner_staff_id"].as_str().expect("an owner").to_owned();
        let other = groups.iter().position(|g| g["owner_staff_id"] != owner.as_str()).expect("another owner");
        let platform = |n: usize| groups[n]["platform_id"].as_str().expect("a chat").to_owned();
        for (name, chat_id) in [("MEI", platform(0)), ("LAN", platform(other))] {
            let made = world.act(&wecom_sim::Act::MakePerson { name: name.into(), gender: 2, partner: false });
            let person = made["person"].as_str().expect("a person").to_owned();
            world.act(&wecom_sim::Act::JoinByLink { chat_id, person });
        }
        world.advance(MINUTE).await;
        import(&world, "people", "name,external id,union id\nANN,wmCANARY,uCANARY\n").await;
        let everybody = keep(&world, "everybody", "all { }").await;
        let list = freeze(&world, &everybody, "everybody").await;
        let narrow = world.operator("own", Role::GroupOwner, Some(&owner)).await;
        let analyst = world.operator("ana", Role::Analyst, None).await;
        let stranger = world.another_company().await;
        for (what, filter) in [("segment", json!({ "segment_id": everybody })), ("frozen_list", json!({ "snapshot_id": list }))] {
            let hers = file(&world, &narrow, what, &filter).await.expect("her own part");
            assert_eq!(column(&hers, "名字"), ["MEI"], "{what}");
            let all = file(&world, &analyst, what, &filter).await.expect("a file");
            let names = column(&all, "名字");
            assert!(["MEI", "LAN", "ANN"].iter().all(|name| names.iter().any(|n| n == name)), "{what}: {all}");
            assert!(!all.contains("CANARY"), "{what}: {all}");
            for title in ["UnionID", "外部联系人 ID", "手机号"] {
                assert_eq!(table(&all)[0][title], Value::Null, "{what}: {all}");
            }
            assert_eq!(file(&world, &stranger, what, &filter).await, Err(StatusCode::NOT_FOUND), "{what}");
            assert_eq!(ask(&world, &narrow, &draft(what, &json!({ "search": "MEI" }))).await.refusal(), format!("exports.{what}_missing"));
            let gone = json!({ "segment_id": "seg_0", "snapshot_id": "snp_0" });
            assert_eq!(file(&world, &analyst, what, &gone).await, Err(StatusCode::NOT_FOUND), "{what}");
        }
        let path = format!("/api/v1/segments/{everybody}/freeze");
        let refused = world.send_as(&analyst, Method::POST, &path, Body::from(json!({ "reason": "mine" }).to_string())).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "an analyst takes out, and freezes nothing");
        world.delete(&format!("/api/v1/segments/{everybody}")).await.ok();
        let away = ask(&world, &narrow, &draft("segment", &json!({ "segment_id": everybody }))).await;
        assert_eq!(away.refusal(), "segments.archived", "put away, it has no people as of now");
        let kept = file(&world, &narrow, "frozen_list", &json!({ "snapshot_id": list })).await.expect("a frozen list stays");
        assert_eq!(column(&kept, "名字"), ["MEI"]);
    }
}
