//! Custom fields over HTTP.

use axum::body::Body;
use http::Method;
use serde_json::{Value, json};

use super::{befriend, person};
use crate::access::Role;
use crate::both_dbs;
use crate::testkit::World;

async fn somebody(world: &World) -> String {
    world.connect().await;
    befriend(world, &person(world, "安安"));
    world.advance(60_000).await;
    world.get("/api/v1/people?search=安安").await.ok()["items"][0]["id"]
        .as_str()
        .expect("a person")
        .to_owned()
}

async fn define(world: &World, draft: Value) -> String {
    world.post("/api/v1/people/fields", &draft).await.ok()["id"].as_str().expect("an id").to_owned()
}

async fn shown(world: &World, cookie: Option<&str>, person: &str, field: &str) -> Value {
    let path = format!("/api/v1/people/{person}/fields");
    let answer = match cookie {
        Some(cookie) => world.send_as(cookie, Method::GET, &path, Body::empty()).await,
        None => world.get(&path).await,
    };
    let all = answer.ok();
    all["items"]
        .as_array()
        .expect("fields")
        .iter()
        .find(|v| v["field"]["id"] == field)
        .cloned()
        .unwrap_or_default()
}

both_dbs! {
    async fn a_month_of_birth_is_sealed_and_tells_the_month_age(world: World) {
        let ann = somebody(&world).await;
        let baby = define(&world, json!({ "name": "宝宝出生年月", "form": "birth_month", "privacy": "minor" })).await;
        let path = format!("/api/v1/people/{ann}/fields/{baby}");
        let wrong = world.put(&path, &json!({ "value": "2027-01" })).await;
        assert_eq!((wrong.refusal().as_str(), &wrong.json()["error"]["args"]["field"]), ("people.value_not_month", &json!("宝宝出生年月")));
        world.put(&path, &json!({ "value": "2026-03" })).await.ok();
        let value = shown(&world, None, &ann, &baby).await;
        assert_eq!((&value["value"], &value["months"], &value["source"]), (&json!("2026-03"), &json!(5), &json!("operator")));
        assert!(value["field"]["sensitive"].as_bool().unwrap_or_default(), "what is about a child is sensitive");
        let mut tx = world.ctx.read().await.expect("a session");
        let kept: (String,) = tx.one("SELECT value FROM people_value", crate::args![]).await.expect("a value");
        assert!(!kept.0.contains("2026"));
        let facts: Vec<(String,)> = tx.all("SELECT payload FROM facts WHERE kind = 'field_set'", crate::args![]).await.expect("facts");
        assert!(facts.len() == 1 && !facts[0].0.contains("2026-03"), "{facts:?}");
        drop(tx);
        let admin = world.operator("gina", Role::GroupAdmin, None).await;
        let hidden = shown(&world, Some(&admin), &ann, &baby).await;
        assert_eq!((&hidden["value"], &hidden["hidden"], &hidden["months"]), (&Value::Null, &json!(true), &Value::Null));
        let denied = world.send_as(&admin, Method::PUT, &path, Body::from(r#"{"value":"2026-04"}"#)).await;
        assert_eq!(denied.status, 403);
        world.put(&path, &json!({ "value": null })).await.ok();
        assert_eq!(shown(&world, None, &ann, &baby).await["value"], Value::Null);
    }

    async fn definitions_are_kept_in_order_and_archived(world: World) {
        let ann = somebody(&world).await;
        let need = world.post("/api/v1/people/fields", &json!({ "name": "口味", "form": "choice", "privacy": "ordinary" })).await;
        assert_eq!(need.refusal(), "people.field_needs_choices");
        let taste = define(&world, json!({ "name": "口味", "form": "choices", "choices": ["甜", "咸"], "privacy": "ordinary", "place": 2 })).await;
        let note = define(&world, json!({ "name": "备注", "form": "text", "required": true, "privacy": "ordinary", "place": 1, "roles": ["chief_owner"] })).await;
        let taken = world.post("/api/v1/people/fields", &json!({ "name": "口味", "form": "text", "privacy": "ordinary" })).await;
        assert_eq!(taken.refusal(), "people.field_name_taken");
        let list = world.get("/api/v1/people/fields").await.ok();
        assert_eq!((&list["items"][0]["id"], &list["items"][1]["id"]), (&json!(note), &json!(taste)));
        let path = format!("/api/v1/people/{ann}/fields/{taste}");
        assert_eq!(world.put(&path, &json!({ "value": ["辣"] })).await.refusal(), "people.value_not_choice");
        world.put(&path, &json!({ "value": ["咸", "甜"] })).await.ok();
        assert_eq!(shown(&world, None, &ann, &taste).await["value"], json!(["甜", "咸"]));
        assert_eq!(world.put(&format!("/api/v1/people/{ann}/fields/{note}"), &json!({ "value": null })).await.refusal(), "people.field_required");
        let admin = world.operator("gina", Role::GroupAdmin, None).await;
        assert_eq!(shown(&world, Some(&admin), &ann, &note).await, Value::Null, "another role doesn't see it");
        let unseen = world.send_as(&admin, Method::PUT, &format!("/api/v1/people/{ann}/fields/{note}"), Body::from(r#"{"value":"x"}"#)).await;
        assert_eq!(unseen.status, 404);
        world.patch(&format!("/api/v1/people/fields/{taste}"), &json!({ "archived": true })).await.ok();
        assert_eq!(world.put(&path, &json!({ "value": ["甜"] })).await.refusal(), "people.field_archived");
        assert_eq!(shown(&world, None, &ann, &taste).await["value"], json!(["甜", "咸"]), "what is known stays");
        define(&world, json!({ "name": "口味", "form": "text", "privacy": "ordinary" })).await;
        let back = world.patch(&format!("/api/v1/people/fields/{taste}"), &json!({ "archived": false })).await;
        assert_eq!(back.refusal(), "people.field_name_taken");
    }
}
