//! Greetings against the simulated platform: once, in time, or missed with a reason.

use base::time::SECOND;
use serde_json::{Value, json};
use wecom_sim::{Act, Harm, Rule};

use super::{NewContact, greet};
use crate::both_dbs;
use crate::kernel::facts;
use crate::testkit::World;

fn greeting(account: &str) -> Value {
    json!({ "audience": "contact", "account_id": account, "name": "默认", "opening": "{nickname}你好，我是{staff}",
        "offer": "每天中午发菜单", "rules": "不发广告，违规请出", "benefit": "新人第二杯半价",
        "action": "回复 1 进群", "is_default": true })
}

/// Somebody new adds an employee who serves customers. Answers her id.
fn newcomer(world: &World) -> String {
    let userid = {
        let (corp, _) = world.company();
        let desk = world.sim.desk();
        let groups = &desk.world.corps[&corp].groups;
        groups.values().next().expect("a group").live.owner.clone()
    };
    let person = world.act(&Act::MakePerson { name: "小美".into(), gender: 2, partner: false });
    let person = person["person"].as_str().expect("a person").to_owned();
    let (corp, _) = world.company();
    let now = world.sim.now();
    let mut desk = world.sim.desk();
    desk.world.corps.get_mut(&corp).expect("a company").add_friend(&userid, &person, ("", true), now);
    desk.absorb();
    person
}

/// Texts of the greetings that arrived at a person.
fn arrived(world: &World, person: &str) -> Vec<String> {
    let (corp, _) = world.company();
    let desk = world.sim.desk();
    let all = desk.world.corps[&corp].deliveries.iter().filter(|d| d.chat == person);
    all.map(|d| d.content["text"]["content"].as_str().unwrap_or_default().to_owned()).collect()
}

fn harm(world: &World, rule: Rule) {
    world.sim.desk().faults.rules.push(rule);
}

async fn log(world: &World) -> Value {
    world.get("/api/v1/welcome/log").await.ok()
}

async fn kinds(world: &World) -> Vec<String> {
    let mut tx = world.ctx.read().await.expect("a session");
    let all = facts::after(&mut tx, world.scope.tenant(), 0, 10_000).await.expect("facts");
    all.into_iter().map(|f| f.kind).filter(|k| k.starts_with("greet")).collect()
}

both_dbs! {
    async fn a_newcomer_is_greeted_by_name_within_seconds(world: World) {
        let account = world.connect().await;
        world.post("/api/v1/welcome/greetings", &greeting(&account)).await.ok();
        let person = newcomer(&world);
        world.settle().await;
        let texts = arrived(&world, &person);
        assert_eq!(texts.len(), 1);
        assert!(texts[0].starts_with("小美你好，我是"), "{texts:?}");
        assert!(texts[0].contains("\n不发广告"), "{texts:?}");
        let log = log(&world).await;
        assert_eq!((&log["greeted"], &log["missed"], &log["pending"]), (&json!(1), &json!(0), &json!(0)));
        assert!(log["items"][0]["took_ms"].as_i64().expect("a time") < 5 * SECOND);
        assert_eq!((&log["items"][0]["person_name"], &log["items"][0]["greeting_name"]), (&json!("小美"), &json!("默认")));
        assert!(log["items"][0]["person_id"].as_str().expect("an id").starts_with("psn_"));
        assert!(log["items"][0]["staff_id"].as_str().expect("an id").starts_with("stf_"));
        assert!(!log["items"][0]["staff_name"].as_str().expect("a name").is_empty());
        assert_eq!(kinds(&world).await, ["greeted"]);
        world.settle().await;
        assert_eq!(arrived(&world, &person).len(), 1);
    }

    async fn a_code_chooses_the_greeting_and_its_invite(world: World) {
        let account = world.connect().await;
        world.post("/api/v1/welcome/greetings", &greeting(&account)).await.ok();
        let group = world.get("/api/v1/groups?limit=1").await.ok()["items"][0]["id"].clone();
        let code = |target: &str, id: &Value, welcome: &Value| {
            json!({ "account_id": account, "title": "台卡", "hook": "领券", "channel": "store_poster",
                "target": target, "target_ids": [id], "welcome_id": welcome })
        };
        let invite = world.post("/api/v1/live-codes", &code("groups", &group, &Value::Null)).await.ok();
        let mut own = greeting(&account);
        own["is_default"] = json!(false);
        own["action"] = json!("进群：{group_link}");
        own["invite_code_id"] = invite["id"].clone();
        let own = world.post("/api/v1/welcome/greetings", &own).await.ok();
        let employee = world.get("/api/v1/staff?limit=200").await.ok()["items"].as_array().expect("staff").iter()
            .find(|s| s["serving"] == true).expect("somebody who serves")["id"].clone();
        let entry = world.post("/api/v1/live-codes", &code("staff", &employee, &own["id"])).await.ok();
        world.post(&format!("/api/v1/live-codes/{}/publish", entry["id"].as_str().expect("an id")), &json!({})).await.ok();
        world.settle().await;
        let way = {
            let (corp, _) = world.company();
            let desk = world.sim.desk();
            let way = desk.world.corps[&corp].contact_ways.values().find(|w| json!(w.state) == entry["state"]);
            way.expect("a way").config_id.clone()
        };
        let person = world.act(&Act::MakePerson { name: "小美".into(), gender: 2, partner: false });
        let person = person["person"].as_str().expect("a person").to_owned();
        world.act(&Act::Scan { code: way, person: person.clone() });
        world.settle().await;
        let link = format!("https://huoqun.test/m/j/{}", invite["state"].as_str().expect("a state"));
        assert!(arrived(&world, &person)[0].ends_with(&format!("进群：{link}")), "{:?}", arrived(&world, &person));
        let row = log(&world).await["items"][0].clone();
        assert_eq!((&row["code_id"], &row["code_title"]), (&entry["id"], &json!("台卡")));
        let path = format!("/api/v1/welcome/greetings/{}", own["id"].as_str().expect("an id"));
        assert_eq!(world.delete(&path).await.refusal(), "welcome.in_use");
    }

    async fn a_lost_answer_never_greets_twice(world: World) {
        let account = world.connect().await;
        world.post("/api/v1/welcome/greetings", &greeting(&account)).await.ok();
        harm(&world, Rule::on("send_welcome_msg", Harm::TimeoutAfterEffect).times(1));
        let person = newcomer(&world);
        world.advance(30 * SECOND).await;
        assert_eq!(arrived(&world, &person).len(), 1);
        let log = log(&world).await;
        assert_eq!((&log["greeted"], &log["items"][0]["calls"]), (&json!(1), &json!(2)));
        assert_eq!(kinds(&world).await, ["greeted"]);
    }

    async fn another_application_in_flight_is_tried_again(world: World) {
        let account = world.connect().await;
        world.post("/api/v1/welcome/greetings", &greeting(&account)).await.ok();
        harm(&world, Rule::on("send_welcome_msg", Harm::Errcode { code: 41096 }).times(2));
        let person = newcomer(&world);
        world.advance(30 * SECOND).await;
        assert_eq!(arrived(&world, &person).len(), 1);
        assert_eq!(log(&world).await["greeted"], 1);
    }

    async fn a_platform_that_is_down_is_a_miss_with_its_reason(world: World) {
        let account = world.connect().await;
        world.post("/api/v1/welcome/greetings", &greeting(&account)).await.ok();
        harm(&world, Rule::on("send_welcome_msg", Harm::Http { status: 502 }));
        let person = newcomer(&world);
        world.advance(60 * SECOND).await;
        assert!(arrived(&world, &person).is_empty());
        let log = world.get("/api/v1/welcome/log?status=missed").await.ok();
        assert_eq!(log["missed"], 1);
        let missed = &log["items"][0];
        assert_eq!(missed["reason"], "welcome.outcome_unknown");
        assert_eq!(missed["took_ms"], 18 * SECOND, "recorded when patience ends, not later");
        assert!(!missed["reason_text"].as_str().expect("a sentence").is_empty());
        assert_eq!(kinds(&world).await, ["greeting_missed"]);
    }

    async fn a_refusal_is_a_miss_at_once(world: World) {
        let account = world.connect().await;
        world.post("/api/v1/welcome/greetings", &greeting(&account)).await.ok();
        harm(&world, Rule::on("send_welcome_msg", Harm::Errcode { code: 41050 }));
        newcomer(&world);
        world.settle().await;
        let log = log(&world).await;
        assert_eq!((&log["missed"], &log["items"][0]["reason"]), (&json!(1), &json!("welcome.code_expired")));
    }

    async fn without_a_greeting_the_miss_says_so(world: World) {
        world.connect().await;
        newcomer(&world);
        world.settle().await;
        assert_eq!(log(&world).await["items"][0]["reason"], "welcome.no_greeting");
    }

    async fn a_repeated_callback_greets_once(world: World) {
        let account = world.connect().await;
        world.post("/api/v1/welcome/greetings", &greeting(&account)).await.ok();
        let contact = NewContact {
            account: &account,
            staff_platform_id: "nobody",
            contact_platform_id: "wmX",
            welcome_code: "code1",
            arrived_at: world.ctx.now(),
            state: None,
        };
        for _ in 0..3 {
            let mut tx = world.ctx.begin().await.expect("a transaction");
            greet(&mut tx, &world.scope, &contact).await.expect("a row");
            tx.commit().await.expect("a commit");
        }
        world.settle().await;
        let log = log(&world).await;
        assert_eq!(log["items"].as_array().expect("rows").len(), 1);
        assert_eq!(log["items"][0]["reason"], "welcome.code_expired", "the platform knows no such code");
    }

    async fn drafts_are_checked_and_linted(world: World) {
        let account = world.connect().await;
        let mut bad = greeting(&account);
        bad["offer"] = json!("加我 {phone}");
        assert_eq!(world.post("/api/v1/welcome/greetings", &bad).await.refusal(), "welcome.unknown_variable");
        bad["offer"] = json!("群在这里 {group_link}");
        assert_eq!(world.post("/api/v1/welcome/greetings", &bad).await.refusal(), "welcome.no_invite_code");
        bad["invite_code_id"] = json!("lvc_none");
        assert_eq!(world.post("/api/v1/welcome/greetings", &bad).await.refusal(), "welcome.invite_not_groups");
        let mut bare = greeting(&account);
        bare["rules"] = json!("");
        let lint = world.post("/api/v1/welcome/check", &bare).await.ok();
        assert_eq!(lint["lint"][0]["code"], "welcome.lint_no_rules");
        let kept = world.post("/api/v1/welcome/greetings", &greeting(&account)).await.ok();
        assert_eq!(kept["lint"], json!([]));
        let second = world.post("/api/v1/welcome/greetings", &greeting(&account)).await.ok();
        let first = world.get(&format!("/api/v1/welcome/greetings/{}", kept["id"].as_str().expect("an id"))).await.ok();
        assert_eq!((&first["is_default"], &second["is_default"]), (&json!(false), &json!(true)));
    }

    async fn a_group_template_waits_for_the_owners_hand(world: World) {
        let account = world.connect().await;
        let mut draft = greeting(&account);
        draft["audience"] = json!("group");
        let made = world.post("/api/v1/welcome/greetings", &draft).await.ok();
        let path = format!("/api/v1/welcome/greetings/{}", made["id"].as_str().expect("an id"));
        world.post(&format!("{path}/publish"), &json!({})).await.ok();
        world.settle().await;
        assert_eq!(world.get(&path).await.ok()["template_status"], "set_up_needed");
        let kept = {
            let (corp, _) = world.company();
            let desk = world.sim.desk();
            let templates = desk.world.corps[&corp].group_welcomes.values();
            templates.map(|t| t.content["text"]["content"].as_str().unwrap_or_default().to_owned()).next()
        };
        assert!(kept.expect("a template").starts_with("%NICKNAME%你好"));
        let set_ups = world.get(&format!("{path}/groups")).await.ok();
        assert!(set_ups["task"].as_str().expect("a task").contains("默认"));
        let contact = world.post("/api/v1/welcome/greetings", &greeting(&account)).await.ok();
        let contact = format!("/api/v1/welcome/greetings/{}/publish", contact["id"].as_str().expect("an id"));
        assert_eq!(world.post(&contact, &json!({})).await.refusal(), "welcome.not_a_template");
    }
}
