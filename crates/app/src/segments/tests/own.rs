//! The company's own fields in segments: a value moves people at once, names may change, and whoever may not know a
//! value can't ask it.

use axum::body::Body;
use base::time::DAY;
use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::{another_process, ask, counted, keep, people_in, person, told};
use crate::access::Role;
use crate::testkit::{Answer, World};
use crate::{args, both_dbs};

async fn define(world: &World, draft: Value) -> String {
    world.post("/api/v1/people/fields", &draft).await.ok()["id"].as_str().expect("an id").to_owned()
}

async fn set(world: &World, person: &str, field: &str, value: Value) {
    let path = format!("/api/v1/people/{person}/fields/{field}");
    world.put(&path, &json!({ "value": value })).await.ok();
}

async fn as_other(world: &World, cookie: &str, path: &str, body: Value) -> Answer {
    world.send_as(cookie, Method::POST, path, Body::from(body.to_string())).await
}

/// The count of a wording that memory and the database agree about.
async fn agreed(world: &World, text: &str) -> u64 {
    let said =
        world.post("/api/v1/segments/check", &json!({ "text": text, "purpose": "service" })).await.ok();
    assert_eq!(said["equal"], true, "{text}: {said}");
    said["engine"].as_u64().expect("a count")
}

both_dbs! {
    async fn a_baby_grows_into_a_segment_and_out_of_it(world: World) {
        let (mei, lan) = (person(&world, "mei").await, person(&world, "lan").await);
        let baby = define(&world, json!({ "name": "宝宝生日", "form": "date", "privacy": "minor" })).await;
        let text = format!("age \"宝宝生日\" @{baby} 6..12 months");
        let mothers = keep(&world, "mothers", &text).await;
        world.settle().await;
        assert_eq!(people_in(&world, &mothers).await, 0);
        set(&world, &mei, &baby, json!("2026-02-18")).await;
        assert_eq!(people_in(&world, &mothers).await, 0, "one day is missing to six months");
        world.advance(DAY).await;
        assert_eq!(people_in(&world, &mothers).await, 1);
        world.settle().await;
        assert_eq!(told(&world, &mothers).await, [(true, mei.clone())]);
        set(&world, &lan, &baby, json!("2025-12-01")).await;
        set(&world, &mei, &baby, json!("2024-12-01")).await;
        world.settle().await;
        set(&world, &lan, &baby, Value::Null).await;
        world.settle().await;
        let moves = told(&world, &mothers).await;
        assert_eq!(moves.len(), 4, "{moves:?}");
        assert_eq!(moves[3], (false, lan));
        assert_eq!(agreed(&world, &format!("birthday \"{baby}\" in next 107 days")).await, 1);
        assert_eq!(agreed(&world, &format!("birthday \"{baby}\" in next 105 days")).await, 0);
    }

    async fn every_form_is_asked_as_what_it_is(world: World) {
        let (mei, lan) = (person(&world, "mei").await, person(&world, "lan").await);
        let field = async |name: &str, form: &str, value: Value| {
            let draft = json!({ "name": name, "form": form, "choices": ["a", "b", "c"], "privacy": "ordinary" });
            let id = define(&world, draft).await;
            set(&world, &mei, &id, value).await;
            id
        };
        let note = field("note", "text", json!("likes tea")).await;
        let children = field("children", "number", json!(2.5)).await;
        let taste = field("taste", "choice", json!("b")).await;
        let likes = field("likes", "choices", json!(["a", "c"])).await;
        let card = field("card", "yes_no", json!(false)).await;
        let month = field("month", "birth_month", json!("2026-02")).await;
        set(&world, &lan, &card, json!(true)).await;
        for (text, count) in [
            (format!("field \"{note}\" contains \"tea\""), 1), (format!("field \"{note}\" is \"tea\""), 0),
            (format!("number \"{children}\" = 2"), 1), (format!("number \"{children}\" >= 3"), 0),
            (format!("field \"{taste}\" is any of (\"b\", \"c\")"), 1), (format!("field \"{likes}\" is \"c\""), 1),
            (format!("field \"{likes}\" is \"b\""), 0), (format!("field \"{likes}\" contains \",\""), 0),
            (format!("field \"{card}\" no"), 1), (format!("field \"{card}\" yes"), 1),
            (format!("none {{ field \"{card}\" yes }}"), 1), (format!("field \"{card}\" known"), 2),
            (format!("age \"{month}\" = 6 months"), 1), (format!("date \"{month}\" from 2026-02-01 to 2026-02-01"), 1),
        ] {
            assert_eq!(agreed(&world, &text).await, count, "{text}");
        }
        let refused = async |text: String| {
            let answer = world.post("/api/v1/segments/ask", &json!({ "text": text })).await;
            (answer.refusal(), answer.json()["error"]["args"]["thing"].clone())
        };
        for (text, thing) in [(format!("number \"{note}\" = 1"), "number field"), (format!("age \"{card}\" > 1 days"), "date field"),
            (format!("birthday \"{month}\" in next 7 days"), "date field"), (format!("field \"{month}\" yes"), "yes-or-no field"),
            ("field \"fld_0\" known".to_owned(), "field")] {
            assert_eq!(refused(text).await, ("segments.unknown".to_owned(), json!(thing)));
        }
        let words = world.get("/api/v1/segments/vocabulary").await.ok();
        let of = |id: &str| words["fields"].as_array().expect("fields").iter().find(|f| f["id"] == id).cloned().expect("a field");
        let offered = of(&likes);
        assert_eq!((&offered["name"], &offered["kind"], &offered["values"]), (&json!("likes"), &json!("text"), &json!(["a", "b", "c"])));
        assert_eq!((&of(&month)["asks"], &of("first_seen")["name"]), (&json!(["date", "age", "known"]), &Value::Null));
    }

    async fn a_field_is_known_by_its_id_and_shown_by_its_name_of_today(world: World) {
        let mei = person(&world, "mei").await;
        let card = define(&world, json!({ "name": "会员卡", "form": "yes_no", "privacy": "ordinary" })).await;
        set(&world, &mei, &card, json!(true)).await;
        let text = format!("field \"会员卡\" @{card} yes");
        let holders = keep(&world, "holders", &text).await;
        let path = format!("/api/v1/people/fields/{card}");
        world.patch(&path, &json!({ "name": "黑卡" })).await.ok();
        assert_eq!(people_in(&world, &holders).await, 1);
        let why = world.post("/api/v1/segments/why", &json!({ "text": text, "person": mei })).await.ok();
        assert_eq!((&why["matches"], &why["line"]["text"]), (&json!(true), &json!(format!("field \"黑卡\" @{card} yes"))));
        world.patch(&path, &json!({ "archived": true })).await.ok();
        let shown = world.get(&format!("/api/v1/segments/{holders}")).await.ok();
        assert_eq!((&shown["gone"][0]["thing"], &shown["gone"][0]["name"], &shown["people"]), (&json!("yes-or-no field"), &json!("黑卡"), &json!(1)));
        let asked = ask(&world, &text).await;
        assert_eq!((&asked["count"], &asked["gone"][0]["id"]), (&json!(1), &json!(card)));
        let words = world.get("/api/v1/segments/vocabulary").await.ok();
        assert!(words["fields"].as_array().expect("fields").iter().all(|f| f["id"] != card.as_str()), "it takes no values any more");
    }

    async fn what_somebody_may_not_know_she_can_not_ask(world: World) {
        let mei = person(&world, "mei").await;
        let baby = define(&world, json!({ "name": "baby", "form": "date", "privacy": "minor" })).await;
        let note = define(&world, json!({ "name": "note", "form": "text", "privacy": "ordinary", "roles": ["chief_owner"] })).await;
        set(&world, &mei, &baby, json!("2026-03-01")).await;
        set(&world, &mei, &note, json!("x")).await;
        let owner = world.operator("own", Role::GroupOwner, None).await;
        let by_age = json!({ "text": format!("age \"{baby}\" <= 12 months"), "person": mei });
        let by_note = json!({ "text": format!("field \"{note}\" is \"x\""), "person": mei });
        for path in ["ask", "why", "check"] {
            let path = format!("/api/v1/segments/{path}");
            assert_eq!(as_other(&world, &owner, &path, by_age.clone()).await.status, StatusCode::FORBIDDEN, "{path}");
            assert_eq!(as_other(&world, &owner, &path, by_note.clone()).await.refusal(), "segments.unknown", "{path}");
        }
        let draft = json!({ "name": "mothers", "text": format!("all {{ bought ever\nage \"{baby}\" <= 12 months }}") });
        let refused = as_other(&world, &owner, "/api/v1/segments", draft).await;
        assert_eq!(refused.json()["error"]["args"]["permission"], "people_sensitive:read");
        let words = world.send_as(&owner, Method::GET, "/api/v1/segments/vocabulary", Body::empty()).await.ok();
        assert_eq!(words["fields"].as_array().map(Vec::len), Some(5), "only the product's");
        let chief = world.operator("chief", Role::ChiefOwner, None).await;
        for asked in [by_age, by_note] {
            assert_eq!(as_other(&world, &chief, "/api/v1/segments/ask", asked).await.ok()["count"], 1);
        }
        let stranger = world.another_company().await;
        let foreign = as_other(&world, &stranger, "/api/v1/segments/ask", json!({ "text": format!("field \"{note}\" known") })).await;
        assert_eq!(foreign.refusal(), "segments.unknown");
    }

    async fn what_is_written_of_people_holds_no_open_secret(world: World) {
        let mei = person(&world, "mei").await;
        let secret = define(&world, json!({ "name": "secret", "form": "text", "privacy": "personal", "sensitive": true })).await;
        set(&world, &mei, &secret, json!("CANARY")).await;
        let text = format!("field \"{secret}\" is \"CANARY\"");
        assert_eq!(agreed(&world, &text).await, 1);
        let mut tx = world.ctx.begin().await.expect("a transaction");
        tx.enqueue(world.scope.tenant(), &crate::segments::jobs::WriteIndex {}).await.expect("a job");
        tx.commit().await.expect("a commit");
        world.settle().await;
        let mut tx = world.ctx.read().await.expect("a session");
        let parts: Vec<(Vec<u8>,)> = tx.all("SELECT bytes FROM segments_index WHERE tenant_id = $1", args![world.scope.tenant()]).await.expect("parts");
        drop(tx);
        assert_eq!(parts.len(), 1);
        assert!(!parts[0].0.windows(6).any(|six| six == b"CANARY"), "the written index is sealed");
        assert_eq!(counted(&world, &another_process(&world), &text).await, 1, "and opens at the next start");
    }
}
