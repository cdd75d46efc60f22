//! Live codes against the simulated platform: published once whatever happens, and persons credited to them.

use serde_json::{Value, json};
use wecom_sim::{Act, Harm, Rule};

use crate::both_dbs;
use crate::people;
use crate::privacy::{VisitorKind, VisitorToken, visitor_cookie};
use crate::staff;
use crate::testkit::World;

/// An employee who serves customers: the platform's id and ours.
async fn employee(world: &World, account: &str) -> (String, String) {
    let userid = {
        let (corp, _) = world.company();
        let desk = world.sim.desk();
        let groups = &desk.world.corps[&corp].groups;
        groups.values().next().expect("a group").live.owner.clone()
    };
    let mut tx = world.ctx.begin().await.expect("a transaction");
    let row = staff::ensure(&mut tx, &world.scope, account, &userid).await.expect("an employee");
    tx.commit().await.expect("a commit");
    (userid, row.id)
}

fn draft(account: &str, target: &str, ids: &[&str]) -> Value {
    json!({ "account_id": account, "title": "收银台台卡", "hook": "扫码领第二杯半价券", "channel": "store_poster",
        "target": target, "target_ids": ids })
}

/// States of the codes for employees that the platform holds.
fn ways(world: &World) -> Vec<(String, String)> {
    let (corp, _) = world.company();
    let desk = world.sim.desk();
    let ways = desk.world.corps[&corp].contact_ways.values();
    ways.map(|w| (w.config_id.clone(), w.state.clone())).collect()
}

fn harm(world: &World, rule: Rule) {
    world.sim.desk().faults.rules.push(rule);
}

/// The platform's id of a person.
async fn page_owner(world: &World, person: &str) -> String {
    let mut tx = world.ctx.read().await.expect("a session");
    let row: (String,) = tx
        .one("SELECT external_id FROM people_contact WHERE person_id = $1", crate::args![person])
        .await
        .expect("a contact");
    row.0
}

async fn made(world: &World, draft: &Value) -> Value {
    let made = world.post("/api/v1/live-codes", draft).await.ok();
    world
        .post(&format!("/api/v1/live-codes/{}/publish", made["id"].as_str().expect("an id")), &json!({}))
        .await
        .ok()
}

async fn shown(world: &World, code: &Value) -> Value {
    world.get(&format!("/api/v1/live-codes/{}", code["id"].as_str().expect("an id"))).await.ok()
}

both_dbs! {
    async fn a_code_is_published_scanned_and_credited(world: World) {
        let account = world.connect().await;
        let (_, employee) = employee(&world, &account).await;
        let code = made(&world, &draft(&account, "staff", &[&employee])).await;
        assert_eq!(code["status"], "publishing");
        world.settle().await;
        let code = shown(&world, &code).await;
        assert_eq!((&code["status"], &code["reason"]), (&json!("live"), &json!("")));
        assert!(code["qr_url"].as_str().expect("a picture").starts_with("http"));
        let state = code["state"].as_str().expect("a state").to_owned();
        let (way, _) = ways(&world).into_iter().find(|(_, s)| *s == state).expect("a way");

        let person = world.act(&Act::MakePerson { name: "小美".into(), gender: 2, partner: false });
        let person = person["person"].as_str().expect("a person").to_owned();
        for _ in 0..2 {
            world.act(&Act::Scan { code: way.clone(), person: person.clone() });
            world.settle().await;
        }
        assert_eq!(shown(&world, &code).await["funnel"]["adds"], 1);
    }

    async fn a_code_needs_hook_and_known_targets(world: World) {
        let account = world.connect().await;
        let (_, employee) = employee(&world, &account).await;
        let mut bare = draft(&account, "staff", &[&employee]);
        bare["hook"] = json!(" ");
        assert_eq!(world.post("/api/v1/live-codes", &bare).await.refusal(), "live_codes.hook_missing");
        let unknown = draft(&account, "staff", &["stf_none"]);
        assert_eq!(world.post("/api/v1/live-codes", &unknown).await.refusal(), "live_codes.target_unknown");
        let mixed = draft(&account, "groups", &[&employee]);
        assert_eq!(world.post("/api/v1/live-codes", &mixed).await.refusal(), "live_codes.target_unknown");
        let other = draft("acc_other", "staff", &[&employee]);
        assert_eq!(world.post("/api/v1/live-codes", &other).await.refusal(), "live_codes.target_unknown");
        let nobody = draft(&account, "staff", &[]);
        assert_eq!(world.post("/api/v1/live-codes", &nobody).await.refusal(), "live_codes.target_count");
    }

    async fn a_lost_answer_never_makes_a_second_code(world: World) {
        let account = world.connect().await;
        let (_, employee) = employee(&world, &account).await;
        let before = ways(&world).len();
        harm(&world, Rule::on("add_contact_way", Harm::TimeoutAfterEffect).times(1));
        let code = made(&world, &draft(&account, "staff", &[&employee])).await;
        world.advance(5 * base::time::MINUTE).await;
        let code = shown(&world, &code).await;
        assert_eq!(code["status"], "live", "{code}");
        let state = code["state"].as_str().expect("a state");
        assert_eq!(ways(&world).iter().filter(|(_, s)| s == state).count(), 1);
        assert_eq!(ways(&world).len(), before + 1);
    }

    async fn a_lost_call_is_made_again_after_the_platform_was_asked(world: World) {
        let account = world.connect().await;
        let (_, employee) = employee(&world, &account).await;
        harm(&world, Rule::on("add_contact_way", Harm::Http { status: 502 }).times(1));
        let code = made(&world, &draft(&account, "staff", &[&employee])).await;
        world.advance(5 * base::time::MINUTE).await;
        let code = shown(&world, &code).await;
        assert_eq!(code["status"], "live", "{code}");
        let state = code["state"].as_str().expect("a state");
        assert_eq!(ways(&world).iter().filter(|(_, s)| s == state).count(), 1);
    }

    async fn a_refusal_is_shown_and_can_be_tried_again(world: World) {
        let account = world.connect().await;
        let (_, employee) = employee(&world, &account).await;
        harm(&world, Rule::on("add_contact_way", Harm::Errcode { code: 60111 }).times(1));
        let code = made(&world, &draft(&account, "staff", &[&employee])).await;
        world.settle().await;
        let failed = shown(&world, &code).await;
        assert_eq!((&failed["status"], &failed["reason"]), (&json!("failed"), &json!("live_codes.platform_refused")));
        assert!(failed["reason_detail"].as_str().expect("words").contains("60111"), "{failed}");
        let path = format!("/api/v1/live-codes/{}/publish", code["id"].as_str().expect("an id"));
        world.post(&path, &json!({})).await.ok();
        world.settle().await;
        assert_eq!(shown(&world, &code).await["status"], "live");
        assert_eq!(world.post(&path, &json!({})).await.refusal(), "live_codes.not_failed");
    }

    async fn a_changed_code_keeps_its_state_and_is_published_again(world: World) {
        let account = world.connect().await;
        let (_, employee) = employee(&world, &account).await;
        let code = made(&world, &draft(&account, "staff", &[&employee])).await;
        world.settle().await;
        let mut change = draft(&account, "staff", &[&employee]);
        change["title"] = json!("门口海报");
        let path = format!("/api/v1/live-codes/{}", code["id"].as_str().expect("an id"));
        assert_eq!(world.put(&path, &change).await.ok()["status"], "publishing");
        world.settle().await;
        let now = shown(&world, &code).await;
        assert_eq!((&now["status"], &now["title"], &now["outdated"]),
            (&json!("live"), &json!("门口海报"), &json!(false)));
        assert_eq!(now["state"], code["state"]);
        let remark = {
            let (corp, _) = world.company();
            let desk = world.sim.desk();
            let way = desk.world.corps[&corp].contact_ways.values().find(|w| json!(w.state) == now["state"]);
            way.expect("a way").remark.clone()
        };
        assert_eq!(remark, "门口海报");
        assert_eq!(world.post(&format!("{path}/retire"), &json!({})).await.ok()["status"], "retired");
        world.settle().await;
        assert!(ways(&world).iter().all(|(_, s)| json!(s) != now["state"]));
        assert_eq!(world.put(&path, &change).await.refusal(), "live_codes.retired");
    }

    async fn a_group_code_credits_joins_and_spares_members_a_second_group(world: World) {
        let account = world.connect().await;
        let group = world.get("/api/v1/groups?limit=1").await.ok()["items"][0].clone();
        let group = group["id"].as_str().expect("a group").to_owned();
        let tagged = json!({ "account_id": account, "group": "入群海报", "names": ["台卡"] });
        let tags = world.post("/api/v1/tags", &tagged).await.ok();
        let tag = tags["items"].as_array().expect("tags").iter().find(|t| t["name"] == "台卡").expect("the tag").clone();
        let community = world.post("/api/v1/communities", &json!({ "name": "午餐福利" })).await.ok()["id"].clone();
        let place = format!("/api/v1/communities/{}/groups", community.as_str().expect("an id"));
        world.post(&place, &json!({ "groups": [group] })).await.ok();
        let mut draft = draft(&account, "groups", &[&group]);
        draft["overflow_name"] = json!("福利群");
        draft["community_id"] = community;
        draft["tag_ids"] = json!([tag["id"]]);
        let code = made(&world, &draft).await;
        world.settle().await;
        let code = shown(&world, &code).await;
        assert_eq!(code["status"], "live", "{code}");
        let way = {
            let (corp, _) = world.company();
            let desk = world.sim.desk();
            let way = desk.world.corps[&corp].join_ways.values().find(|w| json!(w.state) == code["state"]);
            way.expect("a way").config_id.clone()
        };
        let person = world.act(&Act::MakePerson { name: "小美".into(), gender: 2, partner: false });
        let person = person["person"].as_str().expect("a person").to_owned();
        world.act(&Act::Scan { code: way, person: person.clone() });
        world.advance(10 * base::time::SECOND).await;
        assert_eq!(shown(&world, &code).await["funnel"]["joins"], 1);
        let mut tx = world.ctx.read().await.expect("a session");
        let known = people::by_external_id(&mut tx, &world.scope, &account, &person).await.expect("an answer");
        let known = known.expect("a member is known").id;
        drop(tx);
        let carried = world.get(&format!("/api/v1/people/{known}/tags")).await.ok();
        assert!(carried.to_string().contains("台卡"), "{carried}");

        let token = VisitorToken { tenant: world.scope.tenant().to_owned(), account: account.clone(),
            kind: VisitorKind::Contact, platform_id: person, person: Some(known.clone()), until: 0 };
        let cookie = visitor_cookie(world.ctx.config(), token, world.ctx.now());
        let page = format!("/api/member/v1/join/{}", code["state"].as_str().expect("a state"));
        let cookie = cookie.split(';').next().expect("a pair");
        let page = world.send_as(cookie, http::Method::GET, &page, axum::body::Body::empty()).await.ok();
        assert!(page["already_in"].is_string(), "{page}");
        assert_eq!(page["qr_url"], "", "no second group is offered");

        let order = crate::orders::Incoming { source: "shop".into(), order_no: "A1".into(), union_id: String::new(),
            external_id: page_owner(&world, &known).await, mobile: String::new(), amount: base::Fen(900),
            paid: base::Fen(900), paid_at: world.ctx.now(), refunded: base::Fen(0),
            refunded_at: base::Timestamp(0), items: vec![] };
        let mut tx = world.ctx.begin().await.expect("a transaction");
        crate::orders::take(&mut tx, &world.scope, &order).await.expect("an order");
        tx.commit().await.expect("a commit");
        assert_eq!(shown(&world, &code).await["funnel"]["buyers"], 1);
        world.advance(8 * base::time::DAY).await;
        let funnel = shown(&world, &code).await["funnel"].clone();
        assert_eq!((&funnel["joined_week_ago"], &funnel["stayed_week"]), (&json!(1), &json!(1)));
    }

    async fn an_unknown_group_code_waits_for_a_person(world: World) {
        let account = world.connect().await;
        let group = world.get("/api/v1/groups?limit=1").await.ok()["items"][0]["id"].clone();
        harm(&world, Rule::on("groupchat/add_join_way", Harm::TimeoutAfterEffect).times(1));
        let code = made(&world, &draft(&account, "groups", &[group.as_str().expect("a group")])).await;
        world.advance(5 * base::time::MINUTE).await;
        let failed = shown(&world, &code).await;
        assert_eq!((&failed["status"], &failed["reason"]), (&json!("failed"), &json!("live_codes.outcome_unknown")));
        let path = format!("/api/v1/live-codes/{}/publish", code["id"].as_str().expect("an id"));
        world.post(&path, &json!({})).await.ok();
        world.settle().await;
        assert_eq!(shown(&world, &code).await["status"], "live");
    }

    async fn poster_and_page_show_the_code(world: World) {
        let account = world.connect().await;
        let (_, employee) = employee(&world, &account).await;
        let code = made(&world, &draft(&account, "staff", &[&employee])).await;
        world.settle().await;
        let id = code["id"].as_str().expect("an id");
        let poster = world.get(&format!("/api/v1/live-codes/{id}/poster.svg")).await;
        assert!(poster.text.contains("扫码领第二杯半价券") && poster.text.contains("测试公司"), "{}", poster.text);
        let platform = world.get(&format!("/api/v1/live-codes/{id}/poster.svg?qr=platform")).await;
        assert!(platform.text.contains("<image "));
        let page = world.get(&format!("/api/member/v1/join/{}", code["state"].as_str().expect("a state"))).await.ok();
        assert_eq!((&page["open"], &page["already_in"]), (&json!(true), &Value::Null));
        assert_eq!(page["qr_url"], shown(&world, &code).await["qr_url"]);
        assert_eq!(world.get("/api/member/v1/join/none").await.refusal(), "http.not_found");
    }
}
