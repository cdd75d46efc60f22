//! Employees' tasks from the card to the tap, on both engines.

use axum::body::Body;
use base::time::{HOUR, MINUTE};
use http::{Method, StatusCode, header};
use serde_json::{Value, json};

use crate::both_dbs;
use crate::playbooks::test_ground::{community, plan};
use crate::testkit::{Answer, World};

/// Advances to Monday 12:01: the first owner task is out.
async fn at_noon(world: &World) -> (String, Value) {
    let account = world.connect().await;
    let community = community(world, false).await;
    plan(world, &community).await;
    world.advance(4 * HOUR + MINUTE).await;
    let tasks = world.get("/api/v1/tasks?state=waiting").await.ok();
    (account, tasks["items"].clone())
}

/// The platform's id of the employee that a task belongs to.
async fn userid(world: &World, task: &Value) -> String {
    let id = task["staff_id"].as_str().expect("an employee");
    let mut tx = world.ctx.read().await.expect("a session");
    crate::staff::get(&mut tx, &world.scope, id).await.expect("known").platform_id
}

/// Opens the sidebar as somebody; answers her cookie or the refusal.
async fn open(world: &World, account: &str, who: &str) -> Answer {
    let code = {
        let (corp, _) = world.company();
        let now = world.sim.now();
        let mut desk = world.sim.desk();
        let corp = desk.world.corps.get_mut(&corp).expect("the company");
        let visitor = corp.visitor(who);
        corp.issue_code(visitor, false, now)
    };
    let body = json!({ "account": account, "code": code }).to_string();
    world.send_as("", Method::POST, "/api/member/v1/sidebar/session", Body::from(body)).await
}

fn cookie(answer: &Answer) -> String {
    let cookie = answer.headers[header::SET_COOKIE].to_str().expect("ASCII");
    cookie.split(';').next().unwrap_or_default().to_owned()
}

async fn say(world: &World, cookie: &str, method: Method, path: &str, body: Value) -> Answer {
    world
        .send_as(cookie, method, &format!("/api/member/v1/sidebar{path}"), Body::from(body.to_string()))
        .await
}

fn cards(world: &World) -> usize {
    let (corp, _) = world.company();
    world.sim.desk().world.corps[&corp].cards.len()
}

both_dbs! {
    async fn a_card_leads_to_one_tap(world: World) {
        let (account, tasks) = at_noon(&world).await;
        assert_eq!(tasks.as_array().map(Vec::len), Some(2));
        assert!(cards(&world) > 0);
        assert!(tasks[0]["prompted_at"].as_i64().is_some_and(|at| at > 0));
        let her = cookie(&open(&world, &account, &userid(&world, &tasks[0]).await).await);
        let seen = say(&world, &her, Method::GET, "", json!({})).await.ok();
        let mine = seen["tasks"].as_array().expect("tasks").clone();
        assert!(mine.iter().any(|t| t["id"] == tasks[0]["id"]));
        assert!(mine[0]["body"].as_str().is_some_and(|b| b.contains("https://huoqun.test/r/")));
        for task in &mine {
            let path = format!("/tasks/{}/sent", task["id"].as_str().expect("id"));
            for _ in 0..2 {
                let done = say(&world, &her, Method::POST, &path, json!({})).await.ok();
                assert_eq!(done["state"], "sent");
            }
            let skip = format!("/tasks/{}/skip", task["id"].as_str().expect("id"));
            let late = say(&world, &her, Method::POST, &skip, json!({ "reason": "x" })).await;
            assert_eq!(late.refusal(), "tasks.settled");
        }
        let mut tx = world.ctx.read().await.expect("a session");
        let facts = crate::kernel::facts::after(&mut tx, world.scope.tenant(), 0, 10_000).await.expect("facts");
        let told = facts.iter().filter(|f| f.kind == "post_delivered").count();
        assert_eq!(told, mine.len(), "a repeated tap is no second fact");
    }

    async fn only_employees_come_in_and_only_to_their_own(world: World) {
        let (account, tasks) = at_noon(&world).await;
        assert_eq!(open(&world, &account, "nobody").await.refusal(), "tasks.not_staff");
        let forged = json!({ "account": account, "code": "guessed" }).to_string();
        let path = "/api/member/v1/sidebar/session";
        assert_eq!(world.send_as("", Method::POST, path, Body::from(forged)).await.refusal(), "tasks.code_refused");
        let stranger = say(&world, "", Method::GET, "", json!({})).await;
        assert_eq!(stranger.status, StatusCode::UNAUTHORIZED);
        let owner = userid(&world, &tasks[0]).await;
        let other = {
            let (corp, _) = world.company();
            let desk = world.sim.desk();
            let mut staff = desk.world.corps[&corp].staff.keys();
            staff.find(|u| **u != owner && tasks.as_array().is_none_or(|t| t.len() <= 5)).expect("somebody").clone()
        };
        let her = cookie(&open(&world, &account, &other).await);
        let seen = say(&world, &her, Method::GET, "", json!({})).await.ok();
        let own: Vec<&Value> = seen["tasks"].as_array().expect("tasks").iter().map(|t| &t["id"]).collect();
        for task in tasks.as_array().expect("tasks").iter().filter(|t| !own.contains(&&t["id"])) {
            let path = format!("/tasks/{}/sent", task["id"].as_str().expect("id"));
            assert_eq!(say(&world, &her, Method::POST, &path, json!({})).await.status, StatusCode::NOT_FOUND);
        }
    }

    async fn reminders_come_and_then_the_end(world: World) {
        let (_, tasks) = at_noon(&world).await;
        let before = cards(&world);
        world.advance(35 * MINUTE).await;
        assert!(cards(&world) > before);
        world.advance(5 * HOUR + 30 * MINUTE).await;
        let expired = world.get("/api/v1/tasks?state=expired").await.ok();
        let ids: Vec<&Value> = expired["items"].as_array().expect("tasks").iter().map(|t| &t["id"]).collect();
        assert!(ids.contains(&&tasks[0]["id"]), "{expired}");
        assert!(expired["items"].as_array().expect("tasks").iter().all(|t| t["reminders"] == 2));
    }

    async fn an_operator_reminds_skips_and_hands_over(world: World) {
        let (_, tasks) = at_noon(&world).await;
        let path = format!("/api/v1/tasks/{}", tasks[0]["id"].as_str().expect("id"));
        let before = cards(&world);
        world.post(&format!("{path}/remind"), &json!({})).await.ok();
        world.settle().await;
        assert!(cards(&world) > before);
        let group = tasks[0]["group_id"].as_str().expect("a group").to_owned();
        let (on_duty, off_duty) = {
            let mut tx = world.ctx.read().await.expect("a session");
            let sql = "SELECT s.id, CAST((SELECT COUNT(*) FROM groups_duty d WHERE d.tenant_id = s.tenant_id
                    AND d.staff_id = s.id AND d.group_id = $2) AS BIGINT) FROM staff_member s WHERE s.tenant_id = $1";
            let rows: Vec<(String, i64)> =
                tx.all(sql, crate::args![world.scope.tenant(), &group]).await.expect("staff");
            let own = tasks[0]["staff_id"].as_str().unwrap_or_default().to_owned();
            let of = |n: bool| rows.iter().find(|(id, d)| (*d > 0) == n && *id != own).map(|(id, _)| id.clone());
            (of(true), of(false))
        };
        if let Some(off) = off_duty {
            let refused = world.post(&format!("{path}/hand-over"), &json!({ "staff_id": off })).await;
            assert_eq!(refused.refusal(), "tasks.not_on_duty");
        }
        if let Some(on) = on_duty {
            let given = world.post(&format!("{path}/hand-over"), &json!({ "staff_id": on })).await.ok();
            assert_eq!(given["staff_id"], json!(on));
        }
        assert_eq!(world.post(&format!("{path}/skip"), &json!({ "reason": " " })).await.refusal(), "tasks.no_reason");
        let skipped = world.post(&format!("{path}/skip"), &json!({ "reason": "门店停电" })).await.ok();
        assert_eq!((&skipped["state"], &skipped["reason"]), (&json!("skipped"), &json!("门店停电")));
        assert_eq!(world.post(&format!("{path}/remind"), &json!({})).await.refusal(), "tasks.settled");
    }

    async fn pages_of_ours_are_signed_and_no_others(world: World) {
        let (account, tasks) = at_noon(&world).await;
        let her = cookie(&open(&world, &account, &userid(&world, &tasks[0]).await).await);
        let ours = "/signature?url=https%3A%2F%2Fhuoqun.test%2Fm%2Fsidebar%3Fa%3D1&application=true";
        let signed = say(&world, &her, Method::GET, ours, json!({})).await.ok();
        assert_eq!(signed["signature"].as_str().map(str::len), Some(40));
        let foreign = say(&world, &her, Method::GET, "/signature?url=https%3A%2F%2Fevil.test%2F", json!({})).await;
        assert_eq!(foreign.refusal(), "http.invalid_field");
        let start = format!("/start?account={account}&back=task%3Dtsk_1");
        let sent = say(&world, "", Method::GET, &start, json!({})).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER);
        assert!(sent.headers[header::LOCATION].to_str().expect("ASCII").contains("oauth2/authorize"));
    }
}
