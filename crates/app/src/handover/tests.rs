//! Hand-over over HTTP and jobs, against the simulated platform's truth.

use base::time::{DAY, HOUR, MINUTE};
use serde_json::{Value, json};
use wecom_sim::Act;
use wecom_sim::faults::{Harm, Rule};

use crate::both_dbs;
use crate::testkit::World;

/// Two employees who serve customers: the owner of a group with some customers, and another. Userids.
fn pair(world: &World) -> (String, String) {
    let corp = world.company().0;
    let desk = world.sim.desk();
    let corp = &desk.world.corps[&corp];
    let giver = corp.groups.values().next().expect("a group").live.owner.clone();
    let taker = corp.staff.values().find(|s| s.userid != giver && s.serves_customers()).expect("a colleague");
    (giver, taker.userid.clone())
}

fn befriend(world: &World, staff: &str, name: &str) -> String {
    let made = world.act(&Act::MakePerson { name: name.into(), gender: 0, partner: false });
    let person = made["person"].as_str().expect("a person").to_owned();
    let (corp, now) = (world.company().0, world.sim.now());
    let mut desk = world.sim.desk();
    desk.world.corps.get_mut(&corp).expect("a company").add_friend(staff, &person, ("", true), now);
    desk.absorb();
    person
}

async fn staff_id(world: &World, userid: &str) -> String {
    let mut tx = world.ctx.read().await.expect("a session");
    let row: (String,) = tx
        .one("SELECT id FROM staff_member WHERE platform_id = $1", crate::args![userid])
        .await
        .expect("an employee");
    row.0
}

async fn plan(world: &World, from: &str, to: &str, more: Value) -> Value {
    let mut draft = json!({ "from": staff_id(world, from).await, "to": staff_id(world, to).await });
    for (key, value) in more.as_object().expect("an object") {
        draft[key] = value.clone();
    }
    world.post("/api/v1/handover/plans", &draft).await.ok()
}

async fn items(world: &World, plan: &Value) -> Vec<(String, String, String)> {
    let path = format!("/api/v1/handover/plans/{}/items", plan["id"].as_str().expect("an id"));
    let text = |v: &Value| v.as_str().expect("a text").to_owned();
    let all = world.get(&path).await.ok();
    let mut rows: Vec<_> = all["items"]
        .as_array()
        .expect("items")
        .iter()
        .map(|i| (text(&i["name"]), text(&i["state"]), text(&i["reason"])))
        .collect();
    rows.sort();
    rows
}

fn asked(world: &World) -> usize {
    let corp = world.company().0;
    world.sim.desk().world.corps[&corp].transfers.len()
}

async fn facts(world: &World, kind: &str) -> usize {
    let mut tx = world.ctx.read().await.expect("a session");
    let all = crate::kernel::facts::after(&mut tx, world.scope.tenant(), 0, 5_000).await.expect("facts");
    all.iter().filter(|f| f.kind == kind).count()
}

fn row(name: &str, state: &str, reason: &str) -> (String, String, String) {
    (name.to_owned(), state.to_owned(), reason.to_owned())
}

both_dbs! {
    async fn customers_pass_after_a_day_unless_they_refuse(world: World) {
        world.connect().await;
        let (giver, taker) = pair(&world);
        let (_ann, bo) = (befriend(&world, &giver, "安安"), befriend(&world, &giver, "波波"));
        world.advance(MINUTE).await;
        let preview = json!({ "from": staff_id(&world, &giver).await, "to": staff_id(&world, &taker).await, "groups": [] });
        let seen = world.post("/api/v1/handover/preview", &preview).await.ok();
        assert_eq!((&seen["giver"], &seen["batches"]), (&json!("on_job"), &json!(1)));
        assert!(seen["contacts"].as_array().expect("contacts").iter().all(|c| c["reason"] == ""));
        assert_eq!(asked(&world), 0, "a preview asks nobody");
        let made = plan(&world, &giver, &taker, json!({ "groups": [], "note": "以后由我照顾您" })).await;
        world.advance(MINUTE).await;
        assert!(items(&world, &made).await.iter().all(|(_, state, _)| state == "waiting"));
        let again = world.post("/api/v1/handover/plans", &preview).await;
        assert_eq!(again.refusal(), "handover.nothing", "nobody is on two ways at a time");
        world.act(&Act::RefuseTransfer { person: bo });
        world.advance(MINUTE).await;
        assert!(items(&world, &made).await.contains(&row("波波", "refused", "")));
        world.advance(DAY + HOUR).await;
        let after = items(&world, &made).await;
        assert!(after.contains(&row("安安", "done", "")) && after.contains(&row("波波", "refused", "")), "{after:?}");
        assert_eq!(facts(&world, "contact_lost").await, 0, "a move is no loss");
        assert!(facts(&world, "bond_moved").await >= 1);
        let view = world.get(&format!("/api/v1/handover/plans/{}", made["id"].as_str().expect("an id"))).await.ok();
        assert_eq!((&view["refused"], &view["open"], &view["waiting"]), (&json!(1), &json!(0), &json!(0)));
        let found = world.get("/api/v1/people?search=安安").await.ok()["items"][0]["id"].as_str().expect("a person").to_owned();
        let follows = world.get(&format!("/api/v1/people/{found}")).await.ok()["follows"].clone();
        let to = staff_id(&world, &taker).await;
        let living: Vec<&Value> = follows.as_array().expect("bonds").iter().filter(|f| f["deleted_at"].is_null()).collect();
        assert_eq!((living.len(), &living[0]["staff_id"]), (1, &json!(to)));
        // She refused; the operator asks once more, on her word.
        let before = asked(&world);
        world.post(&format!("/api/v1/handover/plans/{}/retry", made["id"].as_str().expect("an id")), &json!({})).await.ok();
        world.advance(MINUTE).await;
        assert_eq!(asked(&world), before + 1);
        world.advance(DAY + HOUR).await;
        assert!(items(&world, &made).await.contains(&row("波波", "done", "")));
    }

    async fn silence_is_looked_up_and_never_repeated(world: World) {
        world.connect().await;
        let (giver, taker) = pair(&world);
        befriend(&world, &giver, "安安");
        world.advance(MINUTE).await;
        // The platform takes the request, and its answer is lost.
        let rule = Rule::on("externalcontact/transfer_customer", Harm::TruncatedJson).times(1);
        world.sim.desk().faults.rules.push(rule);
        let made = plan(&world, &giver, &taker, json!({ "groups": [] })).await;
        world.settle().await;
        let before = asked(&world);
        assert!(items(&world, &made).await.iter().all(|(_, state, _)| state == "unknown"));
        world.advance(5 * MINUTE).await;
        assert!(items(&world, &made).await.iter().all(|(_, state, _)| state == "waiting"));
        world.advance(DAY + HOUR).await;
        assert!(items(&world, &made).await.iter().all(|(_, state, _)| state == "done"));
        assert_eq!(asked(&world), before, "asked once");
    }

    async fn what_never_arrived_is_said_and_left_to_a_person(world: World) {
        world.connect().await;
        let (giver, taker) = pair(&world);
        befriend(&world, &giver, "安安");
        world.advance(MINUTE).await;
        let rule = Rule::on("externalcontact/transfer_customer", Harm::Http { status: 502 }).times(1);
        world.sim.desk().faults.rules.push(rule);
        let made = plan(&world, &giver, &taker, json!({ "groups": [] })).await;
        world.advance(HOUR).await;
        assert_eq!(asked(&world), 0);
        assert!(items(&world, &made).await.iter().all(|(_, s, r)| s == "failed" && r == "handover.never_arrived"));
        world.post(&format!("/api/v1/handover/plans/{}/retry", made["id"].as_str().expect("an id")), &json!({})).await.ok();
        world.advance(MINUTE).await;
        assert!(items(&world, &made).await.iter().all(|(_, state, _)| state == "waiting"));
    }

    async fn what_nobody_will_ask_for_any_more_is_said_and_can_be_tried_again(world: World) {
        world.connect().await;
        let (giver, taker) = pair(&world);
        befriend(&world, &giver, "安安");
        world.advance(MINUTE).await;
        // No token that it gives is taken: every call is refused before anybody looks at it.
        world.sim.desk().faults.rules.push(Rule::on("externalcontact/transfer_customer", Harm::InvalidateToken));
        let made = plan(&world, &giver, &taker, json!({ "groups": [] })).await;
        world.advance(HOUR).await;
        assert!(items(&world, &made).await.iter().all(|(_, state, _)| state == "planned"), "it is tried again by itself");
        world.advance(3 * HOUR).await;
        let dead = world.get("/api/v1/jobs").await.ok();
        let dead = dead["items"].as_array().expect("jobs").iter().find(|job| job["kind"] == "handover.submit");
        let dead = dead.expect("it gave up")["id"].as_str().expect("an id").to_owned();
        assert!(items(&world, &made).await.iter().all(|(_, s, r)| s == "failed" && r == "handover.never_asked"));
        world.sim.desk().faults.rules.clear();
        world.post(&format!("/api/v1/jobs/{dead}/retry"), &json!({})).await.ok();
        world.advance(MINUTE).await;
        assert_eq!(asked(&world), 0, "what was told as failed is asked for by a person only");
        world.post(&format!("/api/v1/handover/plans/{}/retry", made["id"].as_str().expect("an id")), &json!({})).await.ok();
        world.advance(MINUTE).await;
        assert!(items(&world, &made).await.iter().all(|(_, state, _)| state == "waiting"));
    }

    async fn who_left_gives_customers_and_groups(world: World) {
        let account = world.connect().await;
        let (giver, taker) = pair(&world);
        befriend(&world, &giver, "安安");
        world.advance(MINUTE).await;
        world.act(&Act::DismissStaff { userid: giver.clone() });
        world.post(&format!("/api/v1/accounts/{account}/sync"), &json!({})).await.ok();
        world.advance(5 * MINUTE).await;
        let from = staff_id(&world, &giver).await;
        let list = world.get("/api/v1/handover/staff?limit=200").await.ok();
        let leaver = list["items"].as_array().expect("employees").iter().find(|s| s["id"] == json!(from)).expect("the leaver").clone();
        assert_eq!(leaver["active"], json!(false));
        assert!(leaver["contacts"].as_i64() >= Some(1) && leaver["groups"].as_i64() >= Some(1), "{leaver}");
        let made = plan(&world, &giver, &taker, json!({})).await;
        assert_eq!(made["giver"], "resigned");
        world.advance(MINUTE).await;
        let now = items(&world, &made).await;
        assert!(now.contains(&row("安安", "waiting", "")), "{now:?}");
        assert!(now.iter().any(|(_, state, _)| state == "done"), "groups pass at once: {now:?}");
        let truth = { let corp = world.company().0; world.sim.desk().world.corps[&corp].group_transfers.len() };
        assert_eq!(facts(&world, "group_moved").await, truth);
        let to = staff_id(&world, &taker).await;
        let mut tx = world.ctx.read().await.expect("a session");
        let owned = tx.number("SELECT CAST(COUNT(*) AS BIGINT) FROM groups_group WHERE owner_staff_id = $1", crate::args![&from]).await;
        assert_eq!(owned.expect("a count"), 0, "read again, because our own calls cause no callback");
        let taken = tx.number("SELECT CAST(COUNT(*) AS BIGINT) FROM groups_group WHERE owner_staff_id = $1", crate::args![&to]).await;
        assert!(taken.expect("a count") >= 1);
        drop(tx);
        world.advance(DAY + HOUR).await;
        let after = items(&world, &made).await;
        assert!(after.iter().all(|(_, state, _)| state == "done"), "{after:?}");
        assert_eq!(facts(&world, "contact_lost").await, 0);
        assert_eq!(world.get("/api/v1/people/losses").await.ok()["items"], json!([]));
    }

    async fn what_cannot_pass_is_refused_with_its_cure(world: World) {
        world.connect().await;
        let (giver, taker) = pair(&world);
        befriend(&world, &giver, "安安");
        world.advance(MINUTE).await;
        let (from, to) = (staff_id(&world, &giver).await, staff_id(&world, &taker).await);
        let same = world.post("/api/v1/handover/plans", &json!({ "from": from, "to": from })).await;
        assert_eq!(same.refusal(), "handover.same_employee");
        let none = world.post("/api/v1/handover/plans", &json!({ "from": from, "to": to, "contacts": [], "groups": [] })).await;
        assert_eq!(none.refusal(), "handover.nothing");
        let long = "长".repeat(201);
        assert_eq!(world.post("/api/v1/handover/plans", &json!({ "from": from, "to": to, "note": long })).await.refusal(), "http.invalid_field");
        let corp = world.company().0;
        world.sim.desk().world.corps.get_mut(&corp).expect("a company").rules.customer_cap = 0;
        let made = plan(&world, &giver, &taker, json!({ "groups": [] })).await;
        world.advance(MINUTE).await;
        let path = format!("/api/v1/handover/plans/{}/items?state=failed", made["id"].as_str().expect("an id"));
        let failed = world.get(&path).await.ok();
        let first = &failed["items"][0];
        assert_eq!((&first["reason"], &first["code"]), (&json!("handover.taker_full"), &json!(40099)));
        assert!(first["message"] != "" && first["cure"] != "" && first["may_retry"] == json!(true), "{first}");
        world.act(&Act::SwitchContactFunction { userid: taker.clone(), on: false });
        world.sim.desk().world.corps.get_mut(&corp).expect("a company").rules.customer_cap = 50_000;
        world.post(&format!("/api/v1/handover/plans/{}/retry", made["id"].as_str().expect("an id")), &json!({})).await.ok();
        world.advance(MINUTE).await;
        assert!(items(&world, &made).await.iter().all(|(_, s, r)| s == "failed" && r == "handover.call_refused"));
    }
}
