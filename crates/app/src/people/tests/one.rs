//! One human is one person: recognised, joined, parted, and taken back exactly.

use base::time::MINUTE;
use base::{Clock as _, Fen};
use serde_json::{Value, json};
use wecom_sim::Act;

use super::{befriend, person};
use crate::both_dbs;
use crate::people::store::carried::{CARRIED, WORKED_OUT};
use crate::reactions::{self, Fact};
use crate::testkit::World;

async fn id_of(world: &World, name: &str) -> String {
    let found = world.get(&format!("/api/v1/people?search={name}")).await.ok();
    found["items"][0]["id"].as_str().unwrap_or_else(|| panic!("{name}: {found}")).to_owned()
}

/// Two customers of the company, known as two persons.
async fn two(world: &World) -> (String, String) {
    for name in ["安安", "波波"] {
        befriend(world, &person(world, name));
    }
    world.advance(MINUTE).await;
    (id_of(world, "安安").await, id_of(world, "波波").await)
}

async fn kinds(world: &World, prefix: &str) -> Vec<String> {
    let mut tx = world.ctx.read().await.expect("a session");
    let all = crate::kernel::facts::after(&mut tx, world.scope.tenant(), 0, 5_000).await.expect("facts");
    all.into_iter().map(|f| f.kind).filter(|k| k.starts_with(prefix)).collect()
}

/// Who every row of every table that carries persons belongs to, tenant included.
async fn everything(world: &World) -> Vec<String> {
    let mut tx = world.ctx.read().await.expect("a session");
    let mut all = Vec::new();
    for carried in CARRIED {
        let sql: &'static str = format!(
            "SELECT '{}', tenant_id, {}, COALESCE(person_id, '') FROM {} ORDER BY 2, 3, 4",
            carried.table,
            carried.key_text(),
            carried.table
        )
        .leak();
        let rows: Vec<(String, String, String, String)> =
            tx.all(sql, crate::args![]).await.unwrap_or_else(|e| panic!("{sql}: {e}"));
        all.extend(rows.into_iter().map(|(t, n, k, p)| format!("{t} {n} {k} {p}")));
    }
    let people: Vec<(String, String, Option<String>, i64)> = tx
        .all("SELECT id, kind, union_id, person_no FROM people_person ORDER BY id", crate::args![])
        .await
        .expect("people");
    all.extend(people.into_iter().map(|p| format!("{p:?}")));
    let consents: Vec<(String, String, bool, i64)> = tx
        .all(
            "SELECT person_id, purpose, granted, withdrawn_at FROM privacy_consent
             WHERE tenant_id NOT LIKE '%#aside' ORDER BY person_id, purpose",
            crate::args![],
        )
        .await
        .expect("consents");
    all.extend(consents.into_iter().map(|c| format!("{c:?}")));
    all
}

/// Rows of both in every table, equal ones where only one of a kind may be.
async fn fill(world: &World, people: &[&String]) {
    let now = world.clock.now();
    let mut tx = world.ctx.begin().await.expect("a transaction");
    let tenant = world.scope.tenant().to_owned();
    for (n, who) in people.iter().enumerate() {
        let at = now.plus(i64::try_from(n).expect("small"));
        for (sql, key) in [
            (
                "INSERT INTO tags_person_tag (tenant_id, person_id, tag_id, source, applied_at) VALUES ($1, $2, 'tag_same', $3, 1)",
                "",
            ),
            (
                "INSERT INTO links_first (tenant_id, link_id, person_id, day, at) VALUES ($1, 'lnk_same', $2, 20260817, 1)",
                "-",
            ),
            (
                "INSERT INTO live_codes_credit (tenant_id, code_id, person_id, stage, at) VALUES ($1, 'cod_same', $2, 'add', 1)",
                "-",
            ),
            (
                "INSERT INTO metrics_person (tenant_id, post_id, act, person_id) VALUES ($1, 'pst_same', 'open', $2)",
                "-",
            ),
            (
                "INSERT INTO tags_removal (tenant_id, person_id, tag_id, source, cause, removed_at) VALUES ($1, $2, 'tag_off', '', '', 1)",
                "-",
            ),
            (
                "INSERT INTO tags_bulk_item (tenant_id, bulk_id, person_id, outcome) VALUES ($1, 'blk_same', $2, 'same')",
                "-",
            ),
            (
                "INSERT INTO imports_list_person (tenant_id, list_id, person_id, person_no)
                 SELECT tenant_id, 'lst_same', id, person_no FROM people_person WHERE tenant_id = $1 AND id = $2",
                "-",
            ),
            (
                "INSERT INTO people_import_key (tenant_id, way, value, person_id)
                 VALUES ($1, 'external', 'wm_' || CAST($2 AS TEXT), $2)",
                "-",
            ),
            (
                "INSERT INTO privacy_mark (tenant_id, person_id, mark, channel, recorded_by, reason, at)
                 VALUES ($1, $2, 'restricted', 'staff', '', '', 1)",
                "-",
            ),
            (
                "INSERT INTO events_event (tenant_id, id, event_key, person_id, name, at, day, properties, received_at, source_id)
                 VALUES ($1, 'evt_' || CAST($2 AS TEXT), CAST($2 AS TEXT), $2, 'visited', 1, 20260817, '{}', 1, 'key_1')",
                "-",
            ),
            (
                // Of what was suggested before, each has her own; only what is open is the same for both.
                "INSERT INTO layers_suggestion (tenant_id, id, path_id, person_id, from_community, to_community, state, why, suggested_at)
                 VALUES ($1, 'sug_' || CAST($2 AS TEXT), 'pth_same', $2, '', '', 'open', '[]', 1)",
                "-",
            ),
            (
                "INSERT INTO layers_suggestion (tenant_id, id, path_id, person_id, from_community, to_community, state, why, suggested_at)
                 VALUES ($1, 'old_' || CAST($2 AS TEXT), 'pth_same', $2, '', '', 'declined', '[]', 1)",
                "-",
            ),
            (
                "INSERT INTO metrics_leave (tenant_id, group_id, person_id, at) VALUES ($1, 'grp_same', $2, 1)",
                "-",
            ),
        ] {
            let args = if key.is_empty() {
                crate::args![&tenant, *who, "operator"]
            } else {
                crate::args![&tenant, *who]
            };
            tx.exec(sql, args).await.unwrap_or_else(|e| panic!("{sql}: {e}"));
        }
        let answer = crate::privacy::Answer {
            person: who,
            purpose: crate::privacy::Purpose::IdentifyClicks,
            granted: n == 0,
            text_version: 0,
            channel: crate::privacy::Channel::Staff,
            evidence: "a test",
            page: "",
            recorded_by: "",
            proof: "",
        };
        crate::privacy::answer(&mut tx, &world.scope, &answer).await.expect("an answer");
        let link = format!("lnk_{n}");
        let click = Fact::LinkClicked { link, post: None, group: None, person: (*who).clone(), at };
        reactions::on(&mut tx, &world.scope, &click).await.expect("a click");
        let order =
            Fact::OrderPlaced { order: format!("ord_{n}"), person: Some((*who).clone()), paid: Fen(100), at };
        reactions::on(&mut tx, &world.scope, &order).await.expect("an order");
    }
    tx.commit().await.expect("a commit");
}

both_dbs! {
    async fn a_union_id_that_comes_late_joins_by_itself(world: World) {
        world.connect().await;
        let corp = world.company().0;
        let (ann, bo) = (person(&world, "安安"), person(&world, "波波"));
        {
            let mut desk = world.sim.desk();
            let corp = desk.world.corps.get_mut(&corp).expect("a company");
            corp.rules.union_bound = false;
            let union = corp.people[&ann].unionid.clone();
            corp.people.get_mut(&bo).expect("a person").unionid = union;
        }
        let (first, second) = (befriend(&world, &ann), befriend(&world, &bo));
        world.advance(MINUTE).await;
        let (ann_id, bo_id) = (id_of(&world, "安安").await, id_of(&world, "波波").await);
        assert_ne!(ann_id, bo_id);
        world.sim.desk().world.corps.get_mut(&corp).expect("a company").rules.union_bound = true;
        for (staff, who) in [(&first, &ann), (&second, &bo)] {
            world.act(&Act::RemarkByHand { userid: staff.clone(), person: who.clone(), remark: "老客".into() });
            world.advance(MINUTE).await;
        }
        let view = world.get(&format!("/api/v1/people/{bo_id}")).await.ok();
        assert_eq!(view["id"], json!(ann_id), "the one known first stays, and the other's address leads to her");
        let contacts = view["contacts"].as_array().expect("contacts");
        assert_eq!(contacts.len(), 2);
        assert!(contacts.iter().any(|c| c["matched_by"] == "union_id" && c["confidence"] == 100), "{view}");
        assert_eq!(kinds(&world, "person_").await, ["person_merged"]);
        assert_eq!(world.get("/api/v1/people?search=波波").await.ok()["items"].as_array().map(Vec::len), Some(0));
        world.act(&Act::RemarkByHand { userid: second, person: bo, remark: "常客".into() });
        world.advance(2 * MINUTE).await;
        assert_eq!(kinds(&world, "person_").await, ["person_merged"], "seen again, nothing happens");
        let history = world.get(&format!("/api/v1/people/{ann_id}/merges")).await.ok();
        assert_eq!((&history["items"][0]["how"], &history["items"][0]["by_name"]), (&json!("union_id"), &json!("")));
    }

    async fn what_was_joined_is_taken_back_exactly(world: World) {
        world.connect().await;
        let (ann, bo) = two(&world).await;
        fill(&world, &[&ann, &bo]).await;
        world.advance(MINUTE).await;
        let before = everything(&world).await;
        let path = format!("/api/v1/people/{ann}/merge");
        let refused = world.post(&path, &json!({ "other": bo })).await.refusal();
        assert_eq!(refused, "people.two_union_ids");
        {
            let mut tx = world.ctx.begin().await.expect("a transaction");
            tx.exec("UPDATE people_person SET union_id = NULL WHERE id = $1", crate::args![&bo]).await.expect("an update");
            tx.exec("UPDATE people_contact SET union_id = NULL WHERE person_id = $1", crate::args![&bo]).await.expect("an update");
            tx.commit().await.expect("a commit");
        }
        let before_undo: Vec<String> = before.iter().filter(|l| !l.contains(&bo) || l.starts_with(char::is_lowercase)).cloned().collect();
        let merged = world.post(&path, &json!({ "other": bo, "reason": "同一人" })).await.ok();
        world.advance(2 * MINUTE).await;
        let joined = everything(&world).await;
        assert!(joined.iter().filter(|l| !l.contains("#aside")).all(|l| !l.ends_with(&bo)), "{joined:#?}");
        // The newest answer holds: the other withdrew last.
        assert!(joined.iter().any(|l| l.starts_with(&format!("(\"{ann}\", \"identify_clicks\", false"))), "{joined:#?}");
        assert_eq!(world.post(&path, &json!({ "other": bo })).await.refusal(), "people.already_merged");
        let undo = format!("/api/v1/people/merges/{}/undo", merged["merge"].as_str().expect("an id"));
        world.post(&undo, &json!({})).await.ok();
        world.advance(2 * MINUTE).await;
        let after = everything(&world).await;
        let after_undo: Vec<String> = after.iter().filter(|l| !l.contains(&bo) || l.starts_with(char::is_lowercase)).cloned().collect();
        assert_eq!(after_undo, before_undo);
        assert!(after.iter().all(|l| !l.contains("#aside")));
        assert_eq!(world.post(&undo, &json!({})).await.refusal(), "people.already_undone");
        assert_eq!(kinds(&world, "person_").await, ["person_merged", "person_split"]);
    }

    async fn later_joinings_are_taken_back_first(world: World) {
        world.connect().await;
        let (ann, bo) = two(&world).await;
        befriend(&world, &person(&world, "西西"));
        world.advance(MINUTE).await;
        let cy = id_of(&world, "西西").await;
        let mut tx = world.ctx.begin().await.expect("a transaction");
        tx.exec("UPDATE people_person SET union_id = NULL", crate::args![]).await.expect("an update");
        tx.exec("UPDATE people_contact SET union_id = NULL", crate::args![]).await.expect("an update");
        tx.commit().await.expect("a commit");
        let merge = |one: String, other: String| { let world = &world; async move {
            let merged = world.post(&format!("/api/v1/people/{one}/merge"), &json!({ "other": other })).await.ok();
            format!("/api/v1/people/merges/{}/undo", merged["merge"].as_str().expect("an id"))
        }};
        let first = merge(ann.clone(), bo.clone()).await;
        let second = merge(cy.clone(), ann.clone()).await;
        assert_eq!(world.get(&format!("/api/v1/people/{bo}")).await.ok()["id"], json!(cy), "through both");
        assert_eq!(world.post(&first, &json!({})).await.refusal(), "people.later_change");
        world.post(&second, &json!({})).await.ok();
        world.post(&first, &json!({})).await.ok();
        for who in [&ann, &bo, &cy] {
            let view = world.get(&format!("/api/v1/people/{who}")).await.ok();
            assert_eq!((&view["id"], &view["kind"]), (&json!(who), &json!("customer")));
            assert_eq!(view["contacts"].as_array().map(Vec::len), Some(1));
        }
    }

    async fn a_mark_set_while_two_were_one_stays_with_both(world: World) {
        world.connect().await;
        let corp = world.company().0;
        let chat = world.sim.desk().world.corps[&corp].groups.values().next().expect("a group").chat_id.clone();
        for name in ["安安", "波波"] {
            let who = person(&world, name);
            befriend(&world, &who);
            world.act(&Act::JoinByLink { chat_id: chat.clone(), person: who });
        }
        world.advance(MINUTE).await;
        let (ann, bo) = (id_of(&world, "安安").await, id_of(&world, "波波").await);
        let mut tx = world.ctx.begin().await.expect("a transaction");
        tx.exec("UPDATE people_person SET union_id = NULL", crate::args![]).await.expect("an update");
        tx.exec("UPDATE people_contact SET union_id = NULL", crate::args![]).await.expect("an update");
        tx.commit().await.expect("a commit");
        let counting = async |who: &str| {
            let mut tx = world.ctx.read().await.expect("a session");
            tx.number("SELECT CAST(COUNT(*) AS BIGINT) FROM groups_membership WHERE eligible = TRUE AND person_id = $1", crate::args![who]).await.expect("a count")
        };
        assert_eq!((counting(&ann).await, counting(&bo).await), (1, 1));
        let merged = world.post(&format!("/api/v1/people/{ann}/merge"), &json!({ "other": bo })).await.ok();
        let stays = world.get(&format!("/api/v1/people/{ann}/memberships")).await.ok();
        assert_eq!(stays["items"].as_array().map(Vec::len), Some(2), "{stays}");
        let stay = &stays["items"][0];
        let path = format!("/api/v1/groups/{}/members/{}", stay["group_id"].as_str().expect("a group"), stay["id"].as_str().expect("a stay"));
        world.patch(&path, &json!({ "kind": "house_account" })).await.ok();
        assert_eq!(counting(&ann).await, 0);
        world.post(&format!("/api/v1/people/merges/{}/undo", merged["merge"].as_str().expect("an id")), &json!({})).await.ok();
        for who in [&ann, &bo] {
            assert_eq!(world.get(&format!("/api/v1/people/{who}")).await.ok()["kind"], "house_account", "nobody can say whose mark it was");
            assert_eq!(counting(who).await, 0);
        }
        let members = world.get(&format!("/api/v1/people/{bo}/memberships")).await.ok();
        assert_eq!(members["items"].as_array().map(Vec::len), Some(1));
    }

    async fn staff_and_house_accounts_are_not_washed(world: World) {
        world.connect().await;
        let (ann, bo) = two(&world).await;
        let mut tx = world.ctx.begin().await.expect("a transaction");
        tx.exec("UPDATE people_person SET union_id = NULL", crate::args![]).await.expect("an update");
        tx.exec("UPDATE people_person SET kind = 'house_account' WHERE id = $1", crate::args![&bo]).await.expect("an update");
        let staff: (String,) = tx.one("SELECT id FROM people_person WHERE kind = 'staff' ORDER BY id LIMIT 1", crate::args![]).await.expect("an employee");
        tx.commit().await.expect("a commit");
        let path = format!("/api/v1/people/{ann}/merge");
        assert_eq!(world.post(&path, &json!({ "other": ann })).await.refusal(), "people.same_person");
        assert_eq!(world.post(&path, &json!({ "other": staff.0 })).await.refusal(), "people.staff_with_customer");
        assert_eq!(world.post(&path, &json!({ "other": "psn_none" })).await.status, 404);
        assert_eq!(world.post(&path, &json!({ "other": bo })).await.refusal(), "people.would_not_count");
        world.post(&path, &json!({ "other": bo, "accept_not_counting": true })).await.ok();
        assert_eq!(world.get(&format!("/api/v1/people/{ann}")).await.ok()["kind"], "house_account");
    }

    async fn a_typed_number_is_suggested_and_a_proven_one_joins(world: World) {
        world.connect().await;
        let (a, b) = (person(&world, "安安"), person(&world, "波波"));
        let (first, second) = (befriend(&world, &a), befriend(&world, &b));
        world.advance(MINUTE).await;
        let (ann, bo) = (id_of(&world, "安安").await, id_of(&world, "波波").await);
        let mut tx = world.ctx.begin().await.expect("a transaction");
        tx.exec("UPDATE people_person SET union_id = NULL", crate::args![]).await.expect("an update");
        tx.exec("UPDATE people_contact SET union_id = NULL", crate::args![]).await.expect("an update");
        tx.commit().await.expect("a commit");
        let corp = world.company().0;
        world.sim.desk().world.corps.get_mut(&corp).expect("a company").rules.union_bound = false;
        for (staff, who, number) in [(&first, &a, "138 0000 0001"), (&second, &b, "+8613800000001")] {
            world.act(&Act::NoteMobiles { userid: staff.clone(), person: who.clone(), mobiles: vec![number.into()] });
        }
        world.advance(MINUTE).await;
        let list = world.get("/api/v1/people/suggestions").await.ok();
        assert_eq!(list["items"].as_array().map(Vec::len), Some(1), "{list}");
        assert_eq!((&list["items"][0]["confidence"], &list["items"][0]["tail"]), (&json!(60), &json!("0001")));
        assert!(!list.to_string().contains("13800000001"));
        let mut tx = world.ctx.read().await.expect("a session");
        let rows: Vec<(String, String)> = tx.all("SELECT digest, sealed FROM people_phone", crate::args![]).await.expect("numbers");
        assert!(rows.iter().all(|(d, s)| !d.contains("138000") && !s.contains("138000")));
        assert_eq!(rows[0].0, rows[1].0);
        drop(tx);
        let pair = json!({ "person_a": ann, "person_b": bo });
        world.post("/api/v1/people/suggestions/dismiss", &pair).await.ok();
        assert_eq!(world.get("/api/v1/people/suggestions").await.ok()["items"], json!([]));
        // Proven of both, but a person said that they are two.
        for who in [&ann, &bo] {
            world.post(&format!("/api/v1/people/{who}/phones"), &json!({ "number": "13800000001", "verified": true })).await.ok();
        }
        assert_eq!(kinds(&world, "person_").await.len(), 0);
        for who in [&ann, &bo] {
            world.post(&format!("/api/v1/people/{who}/phones"), &json!({ "number": "13800000002", "verified": true })).await.ok();
        }
        assert_eq!(kinds(&world, "person_").await.len(), 0, "kept apart whatever number");
        let merged = world.post(&format!("/api/v1/people/{ann}/merge"), &json!({ "other": bo })).await.ok();
        assert_eq!(merged["person"], json!(ann));
        // The employee takes her number off again.
        world.act(&Act::NoteMobiles { userid: first, person: a, mobiles: vec![] });
        world.advance(MINUTE).await;
        let phones = world.get(&format!("/api/v1/people/{ann}/phones")).await.ok();
        let typed = phones["items"].as_array().expect("numbers").iter().filter(|p| p["source"] == "remark").count();
        assert_eq!(typed, 1, "{phones}");
    }

    async fn proven_numbers_of_two_join_them(world: World) {
        world.connect().await;
        let (ann, bo) = two(&world).await;
        let mut tx = world.ctx.begin().await.expect("a transaction");
        tx.exec("UPDATE people_person SET union_id = NULL", crate::args![]).await.expect("an update");
        tx.commit().await.expect("a commit");
        let bad = world.post(&format!("/api/v1/people/{ann}/phones"), &json!({ "number": "none", "verified": true })).await;
        assert_eq!(bad.refusal(), "http.invalid_field");
        let mut joined = Value::Null;
        for who in [&ann, &bo] {
            joined = world.post(&format!("/api/v1/people/{who}/phones"), &json!({ "number": "13800000009", "verified": true })).await.ok();
        }
        assert_eq!(joined["person"], json!(ann));
        let history = world.get(&format!("/api/v1/people/{ann}/merges")).await.ok();
        assert_eq!(history["items"][0]["how"], "phone");
        assert!(history["items"][0]["may_undo"].as_bool().unwrap_or_default());
    }

    async fn contacts_that_are_somebody_else_become_a_person(world: World) {
        world.connect().await;
        let (ann, bo) = two(&world).await;
        let mut tx = world.ctx.begin().await.expect("a transaction");
        tx.exec("UPDATE people_person SET union_id = NULL", crate::args![]).await.expect("an update");
        tx.exec("UPDATE people_contact SET union_id = NULL WHERE person_id = $1", crate::args![&bo]).await.expect("an update");
        tx.commit().await.expect("a commit");
        world.post(&format!("/api/v1/people/{ann}/merge"), &json!({ "other": bo })).await.ok();
        let contacts: Vec<String> = world.get(&format!("/api/v1/people/{ann}")).await.ok()["contacts"].as_array()
            .expect("contacts").iter().map(|c| c["id"].as_str().expect("an id").to_owned()).collect();
        let split = format!("/api/v1/people/{ann}/split");
        for wrong in [json!([]), json!(contacts), json!(["ctc_none"])] {
            assert_eq!(world.post(&split, &json!({ "contacts": wrong })).await.refusal(), "people.nothing_to_split");
        }
        let parted = world.post(&split, &json!({ "contacts": [contacts[1]] })).await.ok();
        let new = parted["person"].as_str().expect("a person").to_owned();
        assert!(new != bo && new != ann, "numbers aren't used again");
        let view = world.get(&format!("/api/v1/people/{new}")).await.ok();
        assert_eq!((&view["name"], &view["contacts"][0]["id"]), (&json!("波波"), &json!(contacts[1])));
        assert_eq!(view["contacts"][0]["matched_by"], "manual");
        world.advance(2 * MINUTE).await;
        assert_eq!(world.get(&format!("/api/v1/people/{ann}")).await.ok()["contacts"].as_array().map(Vec::len), Some(1));
    }
}

/// Whoever adds a table that carries a person puts it on the list, or joining two persons would forget it.
#[test]
fn every_table_with_a_person_changes_hands() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations");
    let mut missing = Vec::new();
    for entry in std::fs::read_dir(folder).expect("migrations").filter_map(Result::ok) {
        let sql = std::fs::read_to_string(entry.path()).expect("a migration");
        for table in sql.split("CREATE TABLE ").skip(1) {
            let (name, rest) = table.split_once(" (").expect("a table");
            let body = rest.split("\n);").next().unwrap_or_default();
            let known = CARRIED.iter().any(|c| c.table == name) || WORKED_OUT.contains(&name);
            if body.contains("\n    person_id ") && !known {
                missing.push(name.to_owned());
            }
        }
    }
    assert_eq!(missing, Vec::<String>::new(), "add them to people/store/carried.rs");
}
