//! The door: codes work once, sessions end, roles and reach hold.

use axum::body::Body;
use http::{Method, Request, StatusCode};
use serde_json::json;

use super::Role;
use crate::both_dbs;

both_dbs! {
    async fn a_sign_in_code_works_once(world: World) {
        let draft = json!({ "login": "li", "name": "李群主", "role": "group_owner" });
        let invited = world.post("/api/v1/access/operators", &draft).await.ok();
        let code = invited["sign_in_url"].as_str().and_then(|u| u.split("code=").nth(1)).expect("a code").to_owned();
        let body = json!({ "code": code });
        assert_eq!(world.post("/api/v1/session", &body).await.status, StatusCode::NO_CONTENT);
        assert_eq!(world.post("/api/v1/session", &body).await.refusal(), "access.code_spent");
    }

    async fn a_password_lets_in_and_wrong_ones_shut_the_door(world: World) {
        assert_eq!(world.patch("/api/v1/session", &json!({ "password": "short" })).await.refusal(), "access.password_too_short");
        let set = world.patch("/api/v1/session", &json!({ "password": "correct horse battery" })).await;
        assert_eq!(set.status, StatusCode::NO_CONTENT);
        let sign_in = |password: &str| json!({ "login": "admin", "password": password });
        assert_eq!(world.post("/api/v1/session", &sign_in("correct horse battery")).await.status, StatusCode::NO_CONTENT);
        for _ in 0..10 {
            assert_eq!(world.post("/api/v1/session", &sign_in("wrong wrong wrong")).await.refusal(), "access.wrong_login");
        }
        assert_eq!(world.post("/api/v1/session", &sign_in("correct horse battery")).await.refusal(), "access.too_many_tries");
        world.clock.advance(16 * base::time::MINUTE);
        assert_eq!(world.post("/api/v1/session", &sign_in("correct horse battery")).await.status, StatusCode::NO_CONTENT);
    }

    async fn strangers_and_weak_roles_are_refused(world: World) {
        let nobody = world.send_as("", Method::GET, "/api/v1/tenant", Body::empty()).await;
        assert_eq!((nobody.status, nobody.refusal().as_str()), (StatusCode::UNAUTHORIZED, "http.sign_in_first"));
        let analyst = world.operator("ana", Role::Analyst, None).await;
        let refused = world.send_as(&analyst, Method::GET, "/api/v1/access/operators", Body::empty()).await;
        assert_eq!((refused.status, refused.refusal().as_str()), (StatusCode::FORBIDDEN, "http.no_permission"));
        assert!(world.send_as(&analyst, Method::GET, "/api/v1/tenant", Body::empty()).await.status.is_success());
    }

    async fn a_write_from_another_site_changes_nothing(world: World) {
        let request = Request::patch("/api/v1/tenant").header("content-type", "application/json")
            .body(Body::from(json!({ "name": "x" }).to_string())).expect("a request");
        assert_eq!(world.send(request).await.refusal(), "http.cross_site");
        assert_eq!(world.get("/api/v1/tenant").await.ok()["name"], "测试公司");
    }

    async fn disabling_ends_sessions_and_the_last_administrator_stays(world: World) {
        let cookie = world.operator("wang", Role::GroupOwner, None).await;
        let list = world.get("/api/v1/access/operators?search=wang").await.ok();
        let id = list["items"][0]["id"].as_str().expect("her id").to_owned();
        world.patch(&format!("/api/v1/access/operators/{id}"), &json!({ "disabled": true })).await.ok();
        let after = world.send_as(&cookie, Method::GET, "/api/v1/tenant", Body::empty()).await;
        assert_eq!(after.status, StatusCode::UNAUTHORIZED);
        let me = world.get("/api/v1/session").await.ok()["operator"]["id"].as_str().expect("my id").to_owned();
        let refused = world.patch(&format!("/api/v1/access/operators/{me}"), &json!({ "role": "analyst" })).await;
        assert_eq!(refused.refusal(), "access.last_administrator");
        assert_eq!(world.get("/api/v1/session").await.ok()["operator"]["role"], "administrator");
    }

    async fn settings_out_of_bounds_name_field_and_cure(world: World) {
        let refused = world.patch("/api/v1/tenant", &json!({ "daily_cap": 50 })).await;
        assert_eq!(refused.refusal(), "tenants.setting");
        assert_eq!(refused.json()["error"]["args"]["field"], "daily_cap");
        let audit = world.get("/api/v1/access/audit").await.ok();
        assert!(audit["items"].as_array().expect("a list").iter().all(|e| e["action"] != "tenants.update"));
    }
}
