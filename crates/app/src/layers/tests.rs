//! Layers through HTTP, jobs and the simulated platform, on both engines.

use axum::body::Body;
use base::time::{DAY, HOUR, MINUTE};
use http::{Method, StatusCode, header};
use serde_json::{Value, json};

use crate::access::Role;
use crate::both_dbs;
use crate::orders::{self, Incoming};
use crate::people;
use crate::testkit::{Answer, START, World};

/// A person pays; the day may lie back.
async fn pay(world: &World, person: &str, (number, fen, at): (&str, i64, i64)) {
    let mut tx = world.ctx.begin().await.expect("a transaction");
    let (external,): (String,) = tx
        .one(
            "SELECT external_id FROM people_contact WHERE tenant_id = $1 AND person_id = $2",
            crate::args![world.scope.tenant(), person],
        )
        .await
        .expect("a contact");
    let order = Incoming {
        source: "shop".into(),
        order_no: number.into(),
        external_id: external,
        union_id: String::new(),
        mobile: String::new(),
        amount: base::Fen(fen),
        paid: base::Fen(fen),
        paid_at: base::Timestamp(at),
        refunded: base::Fen(0),
        refunded_at: base::Timestamp(0),
        items: Vec::new(),
    };
    orders::take(&mut tx, &world.scope, &order).await.expect("taken");
    tx.commit().await.expect("a commit");
}

/// The person's level on a ladder, or the cell.
async fn on(world: &World, person: &str, ladder: &str) -> String {
    let seen = world.get(&format!("/api/v1/people/{person}/layers")).await.ok();
    if ladder == "cell" {
        return seen["cell"].as_str().unwrap_or_default().to_owned();
    }
    let levels = seen["levels"].as_array().expect("levels");
    let level = levels.iter().find(|l| l["ladder"] == ladder);
    level.and_then(|l| l["level"].as_str()).unwrap_or_default().to_owned()
}

/// Everything that a look from nothing must write again: no since-when, which only the past knows.
async fn everything(world: &World) -> Vec<String> {
    let mut tx = world.ctx.read().await.expect("a session");
    let rows: Vec<crate::layers::rows::PersonRow> = tx
        .all(
            "SELECT person_id, version, r, f, m, last_day, order_days, net_fen, rfm, CAST(0 AS BIGINT) AS rfm_since,
                 rfm_reason, value_level, CAST(0 AS BIGINT) AS value_since, value_reason, fan_level,
                 CAST(0 AS BIGINT) AS fan_since, fan_reason, stage, CAST(0 AS BIGINT) AS stage_since, stage_reason
             FROM layers_person WHERE tenant_id = $1 ORDER BY person_id",
            crate::args![world.scope.tenant()],
        )
        .await
        .expect("rows");
    rows.into_iter().map(|r| format!("{r:?}")).collect()
}

async fn write(world: &World, sql: &'static str) {
    let mut tx = world.ctx.begin().await.expect("a transaction");
    tx.exec(sql, crate::args![world.scope.tenant()]).await.expect("written");
    tx.commit().await.expect("a commit");
}

async fn changes(world: &World) -> Vec<Value> {
    let mut tx = world.ctx.read().await.expect("a session");
    let all = crate::kernel::facts::after(&mut tx, world.scope.tenant(), 0, 100_000).await.expect("facts");
    let ours = all.into_iter().filter(|f| f.kind == "layers_changed");
    ours.map(|f| serde_json::from_str(&f.payload).expect("JSON")).collect()
}

/// Twenty-four customers who bought on one to six days each, the first most and last.
async fn buyers(world: &World) -> Vec<String> {
    let account = world.connect().await;
    let mut all = Vec::new();
    let mut tx = world.ctx.begin().await.expect("a transaction");
    for n in 0..24 {
        let (external_id, name) = (format!("wm_{n}"), format!("客{n}"));
        let seen = people::Seen {
            account: &account,
            external_id: &external_id,
            name: &name,
            ..people::Seen::default()
        };
        all.push(people::recognise(&mut tx, &world.scope, &seen).await.expect("a person").person);
    }
    tx.commit().await.expect("a commit");
    for (n, person) in all.iter().enumerate() {
        let days = 6 - n / 4;
        for order in 0..days {
            let (n, order) = (i64::try_from(n).expect("few"), i64::try_from(order).expect("few"));
            let at = START.0 - (n + order * 10) * DAY;
            pay(world, person, (&format!("O{n}-{order}"), 10_000 - n * 100, at)).await;
        }
    }
    world.advance(16 * MINUTE).await;
    all
}

/// Two communities, general and core; the first two groups in the one, the third in the other.
async fn communities(world: &World) -> (String, String) {
    let general = crate::playbooks::test_ground::community(world, false).await;
    let groups = world.get("/api/v1/groups?limit=3").await.ok();
    let third = groups["items"][2]["id"].as_str().expect("a third group").to_owned();
    let new = json!({ "name": "老友会", "kind": "content", "tier": "core" });
    let core = world.post("/api/v1/communities", &new).await.ok()["id"].as_str().expect("an id").to_owned();
    let card = json!({ "for_whom": "老客", "which_need": "想先吃到", "which_solution": "新品先尝", "purpose": "connect",
        "audience_age": "25–40", "audience_sex": "不限", "audience_region": "门店三公里", "audience_occupation": "上班族",
        "value_to_user": "新品先尝", "entry_fee": 0, "traffic_channel": "邀请" });
    world.patch(&format!("/api/v1/communities/{core}"), &card).await.ok();
    world.patch(&format!("/api/v1/groups/{third}"), &json!({ "community_id": core })).await.ok();
    world.post(&format!("/api/v1/communities/{core}/activate"), &json!({})).await.ok();
    (general, core)
}

async fn suggestions(world: &World, query: &str) -> Vec<Value> {
    let page = world.get(&format!("/api/v1/layers/suggestions?limit=200{query}")).await.ok();
    page["items"].as_array().expect("suggestions").clone()
}

async fn allow(world: &World, person: &str, purpose: &str, granted: bool) {
    let texts = json!({ "purpose": purpose, "granted": granted, "evidence": "当面问过她" });
    world.post(&format!("/api/v1/privacy/people/{person}/consents"), &texts).await.ok();
}

/// A newcomer of the general community who bought and so is suggested for the core.
async fn suggested(world: &World) -> (String, Value, String) {
    world.connect().await;
    let (_, core) = communities(world).await;
    let body =
        json!({ "name": "福利群到老友会", "to_community": core, "fan": "favourable", "enabled": true });
    world.post("/api/v1/layers/paths", &body).await.ok();
    let person = world.newcomer("小满", 0).await;
    pay(world, &person, ("N1", 3_000, world.ctx.now().0)).await;
    world.advance(16 * MINUTE).await;
    let found = suggestions(world, &format!("&person={person}")).await;
    assert_eq!(found.len(), 1, "{found:?}");
    (person, found[0].clone(), core)
}

fn path_of(suggestion: &Value, act: &str) -> String {
    format!("/api/v1/layers/suggestions/{}/{act}", suggestion["id"].as_str().expect("an id"))
}

/// The sidebar as the employee of a task.
async fn sidebar(world: &World, task: &Value) -> (String, Value) {
    let (corp, _) = world.company();
    let account =
        world.get("/api/v1/accounts").await.ok()["items"][0]["id"].as_str().expect("one").to_owned();
    let who = {
        let mut tx = world.ctx.read().await.expect("a session");
        let staff = task["staff_id"].as_str().expect("an employee");
        crate::staff::get(&mut tx, &world.scope, staff).await.expect("known").platform_id
    };
    let code = {
        let now = world.sim.now();
        let mut desk = world.sim.desk();
        let corp = desk.world.corps.get_mut(&corp).expect("the company");
        let visitor = corp.visitor(&who);
        corp.issue_code(visitor, false, now)
    };
    let body = json!({ "account": account, "code": code }).to_string();
    let opened = world.send_as("", Method::POST, "/api/member/v1/sidebar/session", Body::from(body)).await;
    let cookie = opened.headers[header::SET_COOKIE].to_str().expect("ASCII");
    let cookie = cookie.split(';').next().unwrap_or_default().to_owned();
    let seen = world.send_as(&cookie, Method::GET, "/api/member/v1/sidebar", Body::empty()).await.ok();
    (cookie, seen)
}

async fn tap(world: &World, cookie: &str, task: &Value, act: &str, body: Value) -> Answer {
    let path = format!("/api/member/v1/sidebar/tasks/{}/{act}", task["id"].as_str().expect("an id"));
    world.send_as(cookie, Method::POST, &path, Body::from(body.to_string())).await
}

async fn members(world: &World, community: &str) -> Vec<String> {
    let page = world.get(&format!("/api/v1/people?limit=200&community={community}")).await.ok();
    let ids = page["items"].as_array().expect("people").iter();
    ids.map(|p| p["id"].as_str().expect("an id").to_owned()).collect()
}

async fn invitations(world: &World, state: &str) -> Vec<Value> {
    let all = world.get(&format!("/api/v1/tasks?limit=200&state={state}")).await.ok();
    all["items"].as_array().expect("tasks").iter().filter(|t| t["kind"] == "invitation").cloned().collect()
}

both_dbs! {
    async fn an_order_a_refund_and_time_move_a_person(world: World) {
        world.connect().await;
        let person = world.newcomer("小满", 0).await;
        world.advance(16 * MINUTE).await;
        assert_eq!(on(&world, &person, "stage").await, "new");
        assert_eq!(on(&world, &person, "fan").await, "passerby");
        pay(&world, &person, ("N1", 3_000, world.ctx.now().0 - 59 * DAY)).await;
        world.advance(16 * MINUTE).await;
        assert_eq!((on(&world, &person, "stage").await.as_str(), on(&world, &person, "fan").await.as_str()), ("buyer", "favourable"));
        assert_eq!(on(&world, &person, "rfm").await, "unscored", "no cut points yet");
        let told: Vec<Value> = changes(&world).await.into_iter().filter(|f| f["person"] == json!(person)).collect();
        assert_eq!(told.len(), 2, "{told:?}");
        assert_eq!((&told[1]["stage"], &told[1]["cuts"]), (&json!("buyer"), &json!(0)));
        // Nothing happened since: nothing is told.
        world.advance(2 * HOUR).await;
        assert_eq!(changes(&world).await.iter().filter(|f| f["person"] == json!(person)).count(), 2);
        // Sixty days without an order: the night says so.
        world.advance(DAY).await;
        assert_eq!(on(&world, &person, "stage").await, "at_risk");
        let seen = world.get(&format!("/api/v1/people/{person}/layers")).await.ok();
        assert_eq!(seen["moves"][0]["from_level"], "buyer");
        assert_eq!(seen["levels"][3]["reason"], "gap_two");
    }

    async fn looking_at_everybody_anew_writes_the_same(world: World) {
        let all = buyers(&world).await;
        // Cut points, an order, a refused profiling, and days: all step by step.
        world.post("/api/v1/layers/cuts", &json!({})).await.ok();
        world.advance(DAY).await;
        let version = world.get("/api/v1/layers/rfm").await.ok()["version"].clone();
        assert_eq!(version, 2, "the first come into force by themselves, whatever drafts there are");
        pay(&world, &all[3], ("L1", 900_000, world.ctx.now().0)).await;
        allow(&world, &all[5], "profiling", false).await;
        world.advance(9 * DAY).await;
        let stepwise = everything(&world).await;
        assert!(stepwise.iter().any(|row| row.contains("rfm: \"champions\"")), "{stepwise:?}");
        assert!(!stepwise.iter().any(|row| row.contains(&all[5])), "who refused stands on no layer");
        write(&world, "DELETE FROM layers_person WHERE tenant_id = $1").await;
        write(&world, "DELETE FROM layers_due WHERE tenant_id = $1").await;
        let mut tx = world.ctx.begin().await.expect("a transaction");
        tx.enqueue(world.scope.tenant(), &crate::layers::jobs::Nightly {}).await.expect("a job");
        tx.commit().await.expect("a commit");
        world.settle().await;
        assert_eq!(everything(&world).await, stepwise);
    }

    async fn a_draft_moves_nobody_until_it_is_in_force_and_can_be_undone(world: World) {
        let all = buyers(&world).await;
        world.advance(DAY).await;
        let before = everything(&world).await;
        let first = on(&world, &all[0], "cell").await;
        let wide = json!({ "cuts": { "r": [0, 0, 0, 0], "f": [90, 91, 92, 93], "m": [1, 2, 3, 4], "gap_days": 30 } });
        let draft = world.post("/api/v1/layers/cuts", &wide).await.ok();
        assert_eq!((&draft["state"], &draft["source"], &draft["version"]), (&json!("draft"), &json!("hand"), &json!(2)));
        assert_eq!(draft["preview"]["buyers"], 24);
        assert!(draft["preview"]["other_segment"].as_i64().expect("a number") > 0, "{draft}");
        world.advance(HOUR).await;
        assert_eq!(everything(&world).await, before, "a draft moves nobody");

        let path = format!("/api/v1/layers/cuts/{}", draft["id"].as_str().expect("an id"));
        let moved = draft["preview"]["other_cell"].as_i64().expect("a number");
        world.post(&format!("{path}/enforce"), &json!({})).await.ok();
        world.advance(16 * MINUTE).await;
        let after = everything(&world).await;
        let differ = before.iter().zip(&after).filter(|(b, a)| {
            let cell = |row: &str| row.split("r: ").nth(1).map(|r| r.split("last_day").next().unwrap_or_default().to_owned());
            cell(b) != cell(a)
        });
        assert_eq!(i64::try_from(differ.count()).expect("few"), moved, "the preview told how many");
        assert_eq!(world.post(&format!("{path}/enforce"), &json!({})).await.refusal(), "layers.not_draft");
        world.post("/api/v1/layers/cuts/undo", &json!({})).await.ok();
        world.advance(16 * MINUTE).await;
        assert_eq!(on(&world, &all[0], "cell").await, first);
        assert_eq!(world.post("/api/v1/layers/cuts/undo", &json!({})).await.refusal(), "layers.nothing_before");
        let states: Vec<Value> = world.get("/api/v1/layers/cuts").await.ok()["items"].as_array().expect("versions")
            .iter().map(|v| v["state"].clone()).collect();
        assert_eq!(states, [json!("undone"), json!("in_force")]);
        let bad = json!({ "cuts": { "r": [9, 3, 1, 0], "f": [2, 3, 5, 9], "m": [1, 2, 3, 4], "gap_days": 30 } });
        let refused = world.post("/api/v1/layers/cuts", &bad).await;
        assert_eq!((refused.refusal().as_str(), &refused.json()["error"]["args"]["field"]), ("layers.cuts", &json!("r")));
    }

    async fn counts_are_of_customers_and_within_reach(world: World) {
        let all = buyers(&world).await;
        world.newcomer("小满", 0).await;
        world.advance(DAY).await;
        let rfm = world.get("/api/v1/layers/rfm").await.ok();
        let of = |list: &Value| list.as_array().expect("a list").iter().map(|x| x["persons"].as_i64().expect("n")).sum::<i64>();
        assert_eq!(of(&rfm["cells"]), 24);
        let everybody = of(&rfm["segments"]);
        let ladders = world.get("/api/v1/layers/ladders").await.ok();
        for ladder in ladders["items"].as_array().expect("ladders") {
            assert_eq!(of(&ladder["levels"]), everybody, "{}", ladder["ladder"]);
            assert!(of(&ladder["flows"]) >= everybody, "each entered once at least");
        }
        let cell = on(&world, &all[0], "cell").await;
        let query = format!("/api/v1/layers/people?r={}&f={}&m={}", &cell[0..1], &cell[1..2], &cell[2..3]);
        let listed = world.get(&query).await.ok();
        assert!(listed["items"].as_array().expect("people").iter().any(|p| p["id"] == json!(all[0])));
        assert_eq!(world.get("/api/v1/layers/people?stage=gone").await.refusal(), "http.invalid_field");
        assert_eq!(world.get("/api/v1/layers/ladders?from=9&to=1").await.refusal(), "http.invalid_field");
        let stranger = world.another_company().await;
        let theirs = world.send_as(&stranger, Method::GET, "/api/v1/layers/rfm", Body::empty()).await.ok();
        assert_eq!((of(&theirs["cells"]), &theirs["cuts"]), (0, &Value::Null));
        let foreign = world.send_as(&stranger, Method::GET, &format!("/api/v1/people/{}/layers", all[0]), Body::empty()).await;
        assert_eq!(foreign.status, StatusCode::NOT_FOUND);
        let staff = world.get("/api/v1/staff?limit=200").await.ok();
        let mut least = everybody;
        for one in staff["items"].as_array().expect("staff").iter().take(3) {
            let id = one["id"].as_str().expect("an id");
            let cookie = world.operator(id, Role::GroupOwner, Some(id)).await;
            let hers = world.send_as(&cookie, Method::GET, "/api/v1/layers/rfm", Body::empty()).await.ok();
            least = least.min(of(&hers["segments"]));
        }
        assert!(least < everybody, "an owner counts whom she reaches");
    }

    async fn who_is_marked_as_the_brands_own_leaves_every_layer(world: World) {
        let (person, suggestion, _) = suggested(&world).await;
        let stays = world.get(&format!("/api/v1/people/{person}/memberships")).await.ok();
        let stay = &stays["items"][0];
        let path = format!("/api/v1/groups/{}/members/{}", stay["group_id"].as_str().expect("a group"),
            stay["id"].as_str().or(stay["membership_id"].as_str()).expect("a stay"));
        world.patch(&path, &json!({ "kind": "koc" })).await.ok();
        world.advance(16 * MINUTE).await;
        assert_eq!(on(&world, &person, "value").await, "koc");
        world.patch(&path, &json!({ "kind": "house_account" })).await.ok();
        world.advance(16 * MINUTE).await;
        let seen = world.get(&format!("/api/v1/people/{person}/layers")).await.ok();
        assert_eq!((&seen["counted"], &seen["moves"][0]["to_level"]), (&json!(false), &json!("")));
        assert_eq!(suggestions(&world, &format!("&person={person}")).await[0]["state"], "lapsed");
        assert_eq!(world.post(&path_of(&suggestion, "confirm"), &json!({})).await.refusal(), "layers.state");
        let last = changes(&world).await.pop().expect("a fact");
        assert_eq!((&last["person"], &last["rfm"], &last["cell"]), (&json!(person), &json!(""), &Value::Null));
    }

    async fn a_confirmed_suggestion_becomes_an_invitation_and_never_a_pull(world: World) {
        let (person, suggestion, core) = suggested(&world).await;
        let told: Vec<&str> = suggestion["why"].as_array().expect("reasons").iter().filter_map(|w| w["fact"].as_str()).collect();
        assert!(told.contains(&"fan") && told.contains(&"orders"), "{suggestion}");
        assert_eq!(suggestion["consent"], "never_asked");
        let confirm = path_of(&suggestion, "confirm");
        assert_eq!(world.post(&confirm, &json!({})).await.refusal(), "layers.no_consent");
        assert!(invitations(&world, "waiting").await.is_empty(), "a refusal changes nothing");
        allow(&world, &person, "promotion", true).await;
        let invited = world.post(&confirm, &json!({})).await.ok();
        assert_eq!((&invited["state"], &invited["can_undo"]), (&json!("invited"), &json!(true)));
        assert_eq!(world.post(&confirm, &json!({})).await.refusal(), "layers.state", "once");
        world.settle().await;
        let task = invitations(&world, "waiting").await.remove(0);
        let (cookie, seen) = sidebar(&world, &task).await;
        let shown = seen["tasks"].as_array().expect("tasks").iter().find(|t| t["id"] == task["id"]).expect("hers").clone();
        assert!(shown["body"].as_str().expect("a text").contains("老友会") && shown["contact"] != "", "{shown}");
        assert!(!members(&world, &core).await.contains(&person), "nobody is pulled in");

        // Whoever says no is spared at once: nobody may still tap what she was to get.
        allow(&world, &person, "promotion", false).await;
        assert!(invitations(&world, "waiting").await.is_empty());
        assert_eq!(tap(&world, &cookie, &task, "sent", json!({})).await.refusal(), "tasks.settled");
        assert_eq!(suggestions(&world, "&state=lapsed").await.len(), 1);
        allow(&world, &person, "promotion", true).await;
        world.advance(HOUR).await;
        let suggestion = suggestions(&world, "").await.remove(0);
        let confirm = path_of(&suggestion, "confirm");
        world.post(&confirm, &json!({})).await.ok();
        world.settle().await;
        let task = invitations(&world, "waiting").await.remove(0);
        let (cookie, _) = sidebar(&world, &task).await;

        // Taken back, then confirmed anew: one task waits.
        world.post(&path_of(&suggestion, "undo"), &json!({})).await.ok();
        assert!(invitations(&world, "waiting").await.is_empty());
        assert_eq!(tap(&world, &cookie, &task, "sent", json!({})).await.refusal(), "tasks.settled");
        world.post(&confirm, &json!({})).await.ok();
        world.settle().await;
        let task = invitations(&world, "waiting").await.remove(0);
        let (cookie, _) = sidebar(&world, &task).await;
        tap(&world, &cookie, &task, "sent", json!({})).await.ok();
        tap(&world, &cookie, &task, "sent", json!({})).await.ok();
        assert_eq!(suggestions(&world, "&state=sent").await.len(), 1);
        assert_eq!(world.post(&path_of(&suggestion, "undo"), &json!({})).await.refusal(), "layers.state", "sent is sent");
        let releases = world.get("/api/v1/metrics/releases").await.ok();
        assert_eq!(releases["items"].as_array().map(Vec::len), Some(0), "an invitation is no release");

        // She comes by herself.
        let chat = {
            let groups = world.get(&format!("/api/v1/groups?community={core}")).await.ok();
            groups["items"][0]["platform_id"].as_str().expect("a chat").to_owned()
        };
        let who = {
            let desk = world.sim.desk();
            let corp = desk.world.main_corp_id().expect("one");
            let people = &desk.world.corps[&corp].people;
            people.iter().find(|(_, p)| p.name == "小满").map(|(id, _)| id.clone()).expect("she is there")
        };
        world.act(&wecom_sim::Act::JoinByLink { chat_id: chat, person: who });
        world.advance(16 * MINUTE).await;
        assert_eq!(suggestions(&world, &format!("&person={person}")).await[0]["state"], "joined");
    }

    async fn what_was_declined_or_ran_out_stays_quiet_and_can_be_taken_back(world: World) {
        let (person, suggestion, _) = suggested(&world).await;
        let decline = path_of(&suggestion, "decline");
        assert_eq!(world.post(&decline, &json!({ "reason": " " })).await.refusal(), "layers.no_reason");
        world.post(&decline, &json!({ "reason": "刚投诉过" })).await.ok();
        pay(&world, &person, ("N2", 3_000, world.ctx.now().0)).await;
        world.advance(16 * MINUTE).await;
        let mine = suggestions(&world, &format!("&person={person}")).await;
        assert_eq!((mine.len(), &mine[0]["state"], &mine[0]["reason"]), (1, &json!("declined"), &json!("刚投诉过")));
        world.post(&path_of(&suggestion, "undo"), &json!({})).await.ok();
        allow(&world, &person, "promotion", true).await;
        world.post(&path_of(&suggestion, "confirm"), &json!({})).await.ok();
        world.advance(3 * DAY + HOUR).await;
        let mine = suggestions(&world, &format!("&person={person}")).await;
        assert_eq!((mine.len(), &mine[0]["state"]), (1, &json!("expired")));
        assert_eq!(invitations(&world, "expired").await[0]["reminders"], 2);
        world.post(&path_of(&suggestion, "undo"), &json!({})).await.ok();
        world.post(&path_of(&suggestion, "confirm"), &json!({})).await.ok();
        world.settle().await;
        let task = invitations(&world, "waiting").await.remove(0);
        let (cookie, _) = sidebar(&world, &task).await;
        tap(&world, &cookie, &task, "skip", json!({ "reason": "她说过不想进群" })).await.ok();
        let mine = suggestions(&world, "&state=skipped").await;
        assert_eq!(mine[0]["reason"], "她说过不想进群");
        // She withdraws: nothing is suggested any more, even after the quiet time.
        allow(&world, &person, "promotion", false).await;
        write(&world, "UPDATE layers_suggestion SET ended_at = 1, decided_at = 1 WHERE tenant_id = $1").await;
        pay(&world, &person, ("N3", 3_000, world.ctx.now().0)).await;
        world.advance(16 * MINUTE).await;
        assert_eq!(suggestions(&world, "&state=open").await.len(), 0);
        allow(&world, &person, "promotion", true).await;
        world.advance(16 * MINUTE).await;
        assert_eq!(suggestions(&world, "&state=open").await.len(), 1, "willing again, and the quiet time is over");
    }

    async fn ways_lead_upwards_and_ask_something(world: World) {
        world.connect().await;
        let (general, core) = communities(&world).await;
        let down = json!({ "name": "x", "to_community": general, "fan": "favourable", "enabled": true });
        assert_eq!(world.post("/api/v1/layers/paths", &down).await.refusal(), "layers.path_direction");
        let same = json!({ "name": "x", "to_community": core, "from": [core], "fan": "favourable", "enabled": true });
        assert_eq!(world.post("/api/v1/layers/paths", &same).await.refusal(), "layers.path_direction");
        let empty = json!({ "name": "x", "to_community": core, "enabled": true });
        assert_eq!(world.post("/api/v1/layers/paths", &empty).await.refusal(), "layers.path_empty");
        let foreign = json!({ "name": "x", "to_community": "com_none", "fan": "favourable", "enabled": true });
        assert_eq!(world.post("/api/v1/layers/paths", &foreign).await.status, StatusCode::NOT_FOUND);
        let good = json!({ "name": "升级", "to_community": core, "from": [general], "active_days": 1, "enabled": true });
        let made = world.post("/api/v1/layers/paths", &good).await.ok();
        assert_eq!((&made["to_name"], &made["active_days"]), (&json!("老友会"), &json!(1)));
        let person = world.newcomer("小满", 0).await;
        pay(&world, &person, ("N1", 3_000, world.ctx.now().0)).await;
        world.advance(16 * MINUTE).await;
        assert_eq!(suggestions(&world, "&state=open").await.len(), 1);
        let path = format!("/api/v1/layers/paths/{}", made["id"].as_str().expect("an id"));
        assert_eq!(world.delete(&path).await.status, StatusCode::NO_CONTENT);
        assert_eq!(suggestions(&world, "&state=open").await.len(), 0, "nobody decided, so it lapses");
        assert_eq!(world.put(&path, &good).await.status, StatusCode::NOT_FOUND);
    }

    async fn a_promise_has_a_level_a_period_and_a_ceiling(world: World) {
        let all = buyers(&world).await;
        let stage = on(&world, &all[0], "stage").await;
        let good = json!({ "name": "熟客礼", "promise": "每月一张满减券", "ladder": "stage", "level": stage, "period": "month",
            "value_fen": 500, "ceiling_fen": 600, "enabled": true });
        let made = world.post("/api/v1/layers/benefits", &good).await.ok();
        let persons = made["persons"].as_i64().expect("persons");
        assert_eq!((&made["exposure_fen"], &made["over"]), (&json!(persons * 500), &json!(persons > 1)));
        let seen = world.get(&format!("/api/v1/people/{}/layers", all[0])).await.ok();
        assert_eq!(seen["promises"][0]["promise"], "每月一张满减券");
        let path = format!("/api/v1/layers/benefits/{}", made["id"].as_str().expect("an id"));
        let mut off = good.clone();
        off["enabled"] = json!(false);
        world.put(&path, &off).await.ok();
        let seen = world.get(&format!("/api/v1/people/{}/layers", all[0])).await.ok();
        assert_eq!(seen["promises"], json!([]), "what is off is promised to nobody");
        for (field, bad) in [("level", json!("advocate")), ("ceiling_fen", json!(400)), ("name", json!(" "))] {
            let mut draft = good.clone();
            draft[field] = bad;
            let refused = world.post("/api/v1/layers/benefits", &draft).await.refusal();
            assert!(refused == "layers.level" || refused == "layers.field", "{field}: {refused}");
        }
        assert_eq!(world.delete(&path).await.status, StatusCode::NO_CONTENT);
        assert_eq!(world.delete(&path).await.status, StatusCode::NOT_FOUND);
    }
}

#[test]
fn audiences_know_the_words_of_every_ladder() {
    use super::{FanLevel, LifeStage, RfmSegment, ValueLevel};
    use audience::language::Facet;
    macro_rules! words {
        ($ladder:ty) => {
            <$ladder>::ALL.iter().map(|level| level.word()).collect::<Vec<_>>()
        };
    }
    for (facet, words) in [
        (Facet::RfmClass, words!(RfmSegment)),
        (Facet::ValueLadder, words!(ValueLevel)),
        (Facet::FanLevel, words!(FanLevel)),
        (Facet::Stage, words!(LifeStage)),
    ] {
        assert_eq!(crate::segments::layer_words(facet), words, "{facet:?}");
    }
}
