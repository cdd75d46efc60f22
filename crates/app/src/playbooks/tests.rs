//! Planning and a day of it, through HTTP, jobs and the simulated platform, on both engines.

use base::time::{DAY, HOUR, MINUTE};
use serde_json::{Value, json};
use wecom_sim::Act;

use crate::both_dbs;
use crate::testkit::World;

const MONDAY: i64 = 2026_08_17;

/// A community of the first two groups; active unless `draft`.
pub(crate) async fn community(world: &World, draft: bool) -> String {
    let groups = world.get("/api/v1/groups?limit=2").await.ok();
    let ids: Vec<&str> =
        groups["items"].as_array().expect("groups").iter().map(|g| g["id"].as_str().expect("id")).collect();
    assert_eq!(ids.len(), 2);
    let new = json!({ "name": "午餐福利群", "kind": "traffic", "tier": "general" });
    let made = world.post("/api/v1/communities", &new).await.ok();
    let id = made["id"].as_str().expect("an id").to_owned();
    let card = json!({ "for_whom": "附近上班族", "which_need": "午餐难选", "which_solution": "每日菜单与优惠", "purpose": "attract",
        "audience_age": "25–40", "audience_sex": "不限", "audience_region": "门店三公里", "audience_occupation": "上班族",
        "value_to_user": "省时省钱", "entry_fee": 0, "traffic_channel": "台卡" });
    let path = format!("/api/v1/communities/{id}");
    world.patch(&path, &card).await.ok();
    for group in ids {
        world.patch(&format!("/api/v1/groups/{group}"), &json!({ "community_id": id })).await.ok();
    }
    if !draft {
        world.post(&format!("{path}/activate"), &json!({})).await.ok();
    }
    id
}

pub(crate) async fn plan(world: &World, community: &str) -> Value {
    let draft =
        json!({ "community_id": community, "template": "PB-01", "link_target": "https://shop.example/menu" });
    world.post("/api/v1/playbooks/plans", &draft).await.ok()
}

/// Employees with an untapped broadcast tap it.
pub(crate) fn tap_all(world: &World) -> usize {
    let (corp, _) = world.company();
    let untapped: Vec<(String, String)> = {
        let desk = world.sim.desk();
        let sends = desk.world.corps[&corp].mass_sends.values().filter(|s| s.cancelled.is_none());
        sends
            .flat_map(|s| {
                s.senders.iter().filter(|(_, t)| t.status == 0).map(|(u, _)| (u.clone(), s.msgid.clone()))
            })
            .collect()
    };
    let count = untapped.len();
    for (userid, msgid) in untapped {
        world.act(&Act::TapMassSend { userid, msgid, choice: Vec::new() });
    }
    count
}

fn draft(community: &str, day: i64, minute: i64, way: &str) -> Value {
    json!({ "community_id": community, "day": day, "minute": minute, "title": "加餐", "body": "下午加一份小食",
        "kind": "content", "way": way })
}

async fn week(world: &World, community: &str, day: i64) -> Value {
    world.get(&format!("/api/v1/playbooks/week?community={community}&day={day}")).await.ok()
}

both_dbs! {
    async fn a_plan_fills_two_weeks_and_stays_filled(world: World) {
        world.connect().await;
        let community = community(&world, false).await;
        let made = plan(&world, &community).await;
        // From Monday 08:00 on: two weeks of 28 posts, and the Moments item told as left out.
        assert_eq!((&made["posts"], &made["extended_to"]), (&json!(56), &json!(2026_08_30)));
        assert_eq!(made["left_out"], json!(["早餐优惠（朋友圈）"]));
        let again = json!({ "community_id": community, "template": "PB-01" });
        assert_eq!(world.post("/api/v1/playbooks/plans", &again).await.refusal(), "playbooks.plan_runs");
        let week = week(&world, &community, MONDAY + 2).await;
        let used: Vec<i64> = week["days"].as_array().expect("days").iter().map(|d| d["cap"]["used"].as_i64().expect("n")).collect();
        assert_eq!(used, [4, 4, 5, 4, 5, 3, 3]);
        assert_eq!((&week["mix"]["activity"], &week["mix"]["ok"]), (&json!(68), &json!(true)));
        assert_eq!(week["days"][0]["broadcast_quota"], json!({ "used": 14, "limit": 31 }));
        world.advance(DAY).await;
        let plans = world.get(&format!("/api/v1/playbooks/plans?community={community}")).await.ok();
        assert_eq!(plans[0]["extended_to"], json!(2026_08_31));
    }

    async fn a_broadcast_is_dispatched_tapped_and_counted(world: World) {
        world.connect().await;
        let community = community(&world, false).await;
        plan(&world, &community).await;
        world.advance(3 * HOUR + MINUTE).await;
        let post = week(&world, &community, MONDAY).await["days"][0]["posts"][0].clone();
        assert_eq!((&post["state"], &post["groups_total"]), (&json!("prompted"), &json!(2)));
        assert!(tap_all(&world) > 0);
        world.advance(5 * MINUTE).await;
        let id = post["id"].as_str().expect("an id");
        let detail = world.get(&format!("/api/v1/playbooks/posts/{id}")).await.ok();
        assert_eq!((&detail["state"], &detail["groups_sent"]), (&json!("sent"), &json!(2)));
        assert!(detail["deliveries"].as_array().expect("groups").iter().all(|d| d["state"] == "sent"));
        // The text carries a tracked address of ours.
        let shards = world.get("/api/v1/broadcasts").await.ok();
        let text = shards["items"][0]["text"].as_str().expect("a text");
        assert!(text.contains("https://huoqun.test/r/"), "{text}");
    }

    async fn a_draft_community_publishes_nothing(world: World) {
        world.connect().await;
        let community = community(&world, true).await;
        plan(&world, &community).await;
        world.advance(3 * HOUR + MINUTE).await;
        let post = week(&world, &community, MONDAY).await["days"][0]["posts"][0].clone();
        assert_eq!((&post["state"], &post["reason_code"]), (&json!("failed"), &json!("playbooks.community_not_active")));
        assert_eq!(tap_all(&world), 0);
    }

    async fn the_rails_hold_where_posts_are_made(world: World) {
        world.connect().await;
        let community = community(&world, false).await;
        let path = "/api/v1/playbooks/posts";
        let refusal = world.post(path, &draft(&community, MONDAY, 840, "owner_task")).await;
        assert_eq!(refusal.refusal(), "playbooks.no_plan");
        plan(&world, &community).await;
        let mut dry = draft(&community, MONDAY, 840, "broadcast");
        dry["dry_run"] = json!(true);
        let check = world.post(path, &dry).await.ok();
        assert_eq!(check["check"]["refusals"][0]["code"], "playbooks.second_broadcast");
        assert!(check["check"]["nearest"].is_null(), "every day of a plan has its broadcast: {check}");
        let near = world.post(path, &draft(&community, MONDAY, 670, "owner_task")).await;
        assert_eq!(near.refusal(), "playbooks.too_close");
        assert_eq!(near.json()["error"]["args"]["nearest_minute"], json!(690));
        let night = world.post(path, &draft(&community, MONDAY, 1_330, "owner_task")).await;
        assert_eq!(night.refusal(), "playbooks.quiet_hours");
        let mut shout = draft(&community, MONDAY, 840, "owner_task");
        shout["body"] = json!("全网最低价");
        assert_eq!(world.post(path, &shout).await.refusal(), "playbooks.forbidden_word");
        let made = world.post(path, &draft(&community, MONDAY, 840, "owner_task")).await.ok();
        assert_eq!(made["post"]["state"], "planned");
        assert_eq!(made["check"]["warnings"][0]["code"], "playbooks.many_posts");
        let sixth = world.post(path, &draft(&community, MONDAY, 1_200, "owner_task")).await;
        assert_eq!(sixth.refusal(), "playbooks.cap_reached");
    }

    async fn changes_can_be_undone_until_the_post_leaves(world: World) {
        world.connect().await;
        let community = community(&world, false).await;
        plan(&world, &community).await;
        let post = week(&world, &community, MONDAY).await["days"][0]["posts"][0].clone();
        let path = format!("/api/v1/playbooks/posts/{}", post["id"].as_str().expect("an id"));
        let moved = world.patch(&path, &json!({ "minute": 630, "title": "早一点的菜单" })).await.ok();
        assert_eq!(moved["post"]["minute"], json!(630));
        world.post(&format!("{path}/skip"), &json!({ "reason": "今天停业" })).await.ok();
        let undone = world.post(&format!("{path}/undo"), &json!({})).await.ok();
        assert_eq!((&undone["state"], &undone["minute"]), (&json!("approved"), &json!(630)));
        let undone = world.post(&format!("{path}/undo"), &json!({})).await.ok();
        assert_eq!((&undone["minute"], &undone["title"]), (&json!(660), &post["title"]));
        assert_eq!(world.post(&format!("{path}/undo"), &json!({})).await.refusal(), "playbooks.nothing_to_undo");
        world.advance(2 * HOUR + 40 * MINUTE).await;
        let detail = world.get(&path).await.ok();
        assert_eq!(detail["state"], "approved", "the hour it had been moved to has passed, its own has not come");
        world.advance(30 * MINUTE).await;
        let late = world.patch(&path, &json!({ "minute": 900 })).await;
        assert_eq!(late.refusal(), "playbooks.not_open");
        let detail = world.get(&path).await.ok();
        let what: Vec<&str> = detail["changes"].as_array().expect("changes").iter().map(|c| c["what"].as_str().expect("word")).collect();
        assert_eq!(what, ["dispatch", "undo", "undo", "skip", "move"]);
    }

    async fn days_and_weeks_are_copied_as_far_as_the_rails_allow(world: World) {
        world.connect().await;
        let community = community(&world, false).await;
        plan(&world, &community).await;
        // Beyond what the plan has filled there is room; inside it there is none.
        let copy = |to: i64, dry: bool| json!({ "community_id": community, "from": MONDAY, "to": to, "dry_run": dry });
        let full = world.post("/api/v1/playbooks/copy-day", &copy(MONDAY + 1, true)).await.ok();
        assert_eq!((&full["copied"], &full["held_back"]), (&json!(0), &json!(4)));
        let free = world.post("/api/v1/playbooks/copy-day", &copy(2026_09_07, false)).await.ok();
        assert_eq!(free["copied"], json!(4));
        let weekly = world.post("/api/v1/playbooks/copy-week", &copy(2026_09_14, false)).await.ok();
        assert_eq!((&weekly["copied"], &weekly["held_back"]), (&json!(28), &json!(0)));
        let shown = week(&world, &community, 2026_09_16).await;
        assert_eq!(shown["days"][2]["cap"]["used"], json!(5));
    }

    async fn a_narrow_reach_sees_its_own(world: World) {
        world.connect().await;
        let community = community(&world, false).await;
        plan(&world, &community).await;
        let post = week(&world, &community, MONDAY).await["days"][0]["posts"][0]["id"].as_str().expect("id").to_owned();
        let groups = world.get("/api/v1/groups?limit=12").await.ok();
        let owner = |n: usize| groups["items"][n]["owner_staff_id"].as_str().expect("an owner").to_owned();
        let own = owner(0);
        let stranger = (2..12).map(owner).find(|o| *o != own && *o != owner(1)).expect("another owner");
        let path = format!("/api/v1/playbooks/posts/{post}");
        let hers = world.operator("ann", crate::access::Role::GroupOwner, Some(&own)).await;
        let other = world.operator("bob", crate::access::Role::GroupOwner, Some(&stranger)).await;
        let get = |cookie: String, path: String| async {
            let (cookie, path) = (cookie, path);
            world.send_as(&cookie, http::Method::GET, &path, axum::body::Body::empty()).await.status.as_u16()
        };
        assert_eq!(get(hers, path.clone()).await, 200);
        assert_eq!(get(other, path).await, 404);
    }
}
