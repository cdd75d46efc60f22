//! Communities over HTTP.

use serde_json::{Value, json};

use crate::both_dbs;

fn card() -> Value {
    json!({ "for_whom": "附近上班族", "which_need": "早上没时间排队", "which_solution": "提前下单到店即取",
        "purpose": "attract", "audience_age": "22–40", "audience_sex": "不限", "audience_region": "三公里内",
        "audience_occupation": "上班族", "value_to_user": "省时和优惠", "entry_fee": 0, "traffic_channel": "台卡" })
}

both_dbs! {
    async fn a_community_begins_when_its_card_is_complete_and_ends(world: World) {
        world.connect().await;
        let made = world.post("/api/v1/communities", &json!({ "name": " 早餐群 ", "kind": "flash" })).await.ok();
        assert_eq!((&made["name"], &made["status"], &made["tier"]), (&json!("早餐群"), &json!("draft"), &json!("general")));
        let path = format!("/api/v1/communities/{}", made["id"].as_str().expect("an id"));
        let refused = world.post(&format!("{path}/activate"), &json!({})).await;
        assert_eq!(refused.refusal(), "communities.incomplete");
        assert_eq!(refused.json()["error"]["args"]["missing"].as_array().map(Vec::len), Some(10));
        world.patch(&path, &card()).await.ok();
        let refused = world.post(&format!("{path}/activate"), &json!({})).await;
        assert_eq!(refused.json()["error"]["args"]["missing"], json!(["ends_on", "disposal"]));
        world.patch(&path, &json!({ "ends_on": 20260101, "disposal": "解散" })).await.ok();
        assert_eq!(world.post(&format!("{path}/activate"), &json!({})).await.refusal(), "communities.ends_in_the_past");
        world.patch(&path, &json!({ "ends_on": 20260901 })).await.ok();
        assert_eq!(world.post(&format!("{path}/close"), &json!({})).await.refusal(), "communities.not_active");
        assert_eq!(world.post(&format!("{path}/activate"), &json!({})).await.ok()["status"], "active");
        assert_eq!(world.patch(&path, &json!({ "for_whom": "" })).await.refusal(), "communities.incomplete");
        let listed = world.get("/api/v1/communities?status=active&search=早").await.ok();
        assert_eq!((&listed["items"][0]["missing"], &listed["items"][0]["groups"]), (&json!(0), &json!(0)));

        let group = world.get("/api/v1/groups?limit=1").await.ok()["items"][0]["id"].clone();
        let filled = world.post(&format!("{path}/groups"), &json!({ "groups": [group] })).await.ok();
        assert_eq!(filled["groups"][0]["id"], group);
        let id = made["id"].as_str().expect("an id");
        let within = world.get(&format!("/api/v1/groups?community={id}")).await.ok();
        assert_eq!(within["items"].as_array().map(Vec::len), Some(1));
        let group_path = format!("/api/v1/groups/{}", group.as_str().expect("an id"));
        assert_eq!(world.patch(&group_path, &json!({ "community_id": null })).await.ok()["community_id"], Value::Null);
        assert_eq!(world.patch(&group_path, &json!({ "community_id": id })).await.ok()["community_id"], id);
        let answer = world.delete(&format!("{path}/groups/{}", group.as_str().expect("an id"))).await;
        assert_eq!(answer.status, http::StatusCode::NO_CONTENT);
        assert_eq!(world.get("/api/v1/groups?community=none&limit=200").await.ok()["items"].as_array().map(Vec::len), Some(12));

        assert_eq!(world.post(&format!("{path}/close"), &json!({})).await.ok()["status"], "closed");
        assert_eq!(world.patch(&path, &json!({ "name": "x" })).await.refusal(), "communities.closed");
        assert_eq!(world.patch(&group_path, &json!({ "community_id": id })).await.refusal(), "communities.closed");
    }

    async fn bad_fields_are_named(world: World) {
        assert_eq!(world.post("/api/v1/communities", &json!({ "kind": "traffic" })).await.refusal(), "communities.field");
        let made = world.post("/api/v1/communities", &json!({ "name": "x" })).await.ok();
        let path = format!("/api/v1/communities/{}", made["id"].as_str().expect("an id"));
        for (bad, field) in [(json!({ "ends_on": 20261340 }), "ends_on"), (json!({ "entry_fee": -1 }), "entry_fee")] {
            let refused = world.patch(&path, &bad).await;
            assert_eq!(refused.json()["error"]["args"]["field"], field);
        }
    }
}
