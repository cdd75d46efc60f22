//! Groups and the people in them against the simulated platform: whatever becomes of callbacks, the mirror ends up
//! like the truth, and nothing is counted twice.

use std::collections::{BTreeMap, BTreeSet};

use base::time::{DAY, HOUR, MINUTE, SECOND};
use http::{Method, StatusCode};
use serde_json::{Value, json};
use wecom_sim::faults::CallbackFaults;
use wecom_sim::{Act, Harm, Rule};

use crate::access::Role;
use crate::kernel::facts;
use crate::testkit::World;
use crate::{args, both_dbs};

type Members = BTreeMap<String, BTreeSet<String>>;
type Bonds = BTreeSet<(String, String)>;

/// What the platform believes: members of living groups, and living bonds of employee and customer.
fn truth(world: &World) -> (Members, Bonds) {
    let corp = world.company().0;
    let desk = world.sim.desk();
    let corp = &desk.world.corps[&corp];
    let groups = corp.groups.values().filter(|g| !g.dismissed);
    let members = groups.map(|g| (g.chat_id.clone(), g.live.members.keys().cloned().collect())).collect();
    let bonds = corp.people.values().flat_map(|p| {
        p.follows.iter().filter(|(_, f)| f.mutual()).map(|(staff, _)| (staff.clone(), p.id.clone()))
    });
    (members, bonds.collect())
}

/// What we believe.
async fn mirror(world: &World) -> (Members, Bonds) {
    let mut tx = world.ctx.read().await.expect("a session");
    let tenant = world.scope.tenant();
    let groups: Vec<(String,)> = tx
        .all(
            "SELECT platform_id FROM groups_group WHERE tenant_id = $1 AND dismissed_at IS NULL",
            args![tenant],
        )
        .await
        .expect("groups");
    let mut members: Members = groups.into_iter().map(|(id,)| (id, BTreeSet::new())).collect();
    let rows: Vec<(String, String)> = tx
        .all(
            "SELECT g.platform_id, m.member_id FROM groups_membership m
             JOIN groups_group g ON g.tenant_id = m.tenant_id AND g.id = m.group_id
             WHERE m.tenant_id = $1 AND m.left_at IS NULL",
            args![tenant],
        )
        .await
        .expect("members");
    for (group, member) in rows {
        members.entry(group).or_default().insert(member);
    }
    let bonds: Vec<(String, String)> = tx
        .all(
            "SELECT s.platform_id, c.external_id FROM people_follow f
             JOIN people_contact c ON c.tenant_id = f.tenant_id AND c.id = f.contact_id
             JOIN staff_member s ON s.tenant_id = f.tenant_id AND s.id = f.staff_id
             WHERE f.tenant_id = $1 AND f.deleted_at IS NULL",
            args![tenant],
        )
        .await
        .expect("bonds");
    (members, bonds.into_iter().collect())
}

/// Facts per kind. Where people stand on layers follows by itself, and with time, whatever the mirror does.
async fn kinds(world: &World) -> BTreeMap<String, usize> {
    let mut tx = world.ctx.read().await.expect("a session");
    let all = facts::after(&mut tx, world.scope.tenant(), 0, 100_000).await.expect("facts");
    let mut counts = BTreeMap::new();
    for fact in all.into_iter().filter(|f| f.kind != "layers_changed") {
        *counts.entry(fact.kind).or_default() += 1;
    }
    counts
}

fn person(world: &World, name: &str) -> String {
    let made = world.act(&Act::MakePerson { name: name.into(), gender: 0, partner: false });
    made["person"].as_str().expect("a person").to_owned()
}

/// A person adds an employee who accepts at once.
fn befriend(world: &World, staff: &str, person: &str) {
    let (corp, now) = (world.company().0, world.sim.now());
    let mut desk = world.sim.desk();
    desk.world.corps.get_mut(&corp).expect("a company").add_friend(staff, person, ("", true), now);
    desk.absorb();
}

fn chats(world: &World) -> Vec<(String, String)> {
    let corp = world.company().0;
    let desk = world.sim.desk();
    desk.world.corps[&corp].groups.values().map(|g| (g.chat_id.clone(), g.live.owner.clone())).collect()
}

async fn group_of(world: &World, chat: &str) -> Value {
    let all = world.get("/api/v1/groups?limit=200&dismissed=true").await.ok();
    let found = all["items"].as_array().expect("groups").iter().find(|g| g["platform_id"] == chat);
    found.cloned().expect("the group is mirrored")
}

async fn members(world: &World, group: &Value, query: &str) -> Vec<Value> {
    let path = format!("/api/v1/groups/{}/members?limit=200{query}", group["id"].as_str().expect("an id"));
    world.get(&path).await.ok()["items"].as_array().expect("members").clone()
}

/// Days of coming and going among twenty people, two groups and two employees; always the same.
async fn live(world: &World) {
    let chats = chats(world);
    let people: Vec<String> = (0..20).map(|n| person(world, &format!("客{n}"))).collect();
    let mut rng = base::Rng::seeded(7);
    for step in 0..160 {
        let who = rng.pick(&people).expect("a person").clone();
        let (chat_id, staff) = rng.pick(&chats[..2]).expect("a group").clone();
        let corp = world.company().0;
        let _ = match rng.below(6) {
            0 | 1 => world.sim.act(&corp, &Act::JoinByLink { chat_id, person: who }),
            2 => world.sim.act(&corp, &Act::Leave { chat_id, who }),
            3 => {
                befriend(world, &staff, &who);
                Ok(Value::Null)
            }
            4 => world.sim.act(&corp, &Act::CustomerDeletes { userid: staff, person: who }),
            _ => world.sim.act(&corp, &Act::EmployeeDeletes { userid: staff, person: who }),
        };
        if step % 20 == 0 {
            world.act(&Act::Rename { chat_id: chats[0].0.clone(), name: format!("群{step}") });
        }
        world.advance(90 * SECOND).await;
    }
}

fn trouble(world: &World, faults: CallbackFaults) {
    world.sim.desk().faults.callbacks = faults;
}

/// The night's reconcilers run once.
async fn a_night(world: &World) {
    world.clock.advance(DAY);
    world.advance(10 * MINUTE).await;
}

both_dbs! {
    async fn the_first_sync_shows_the_truth_and_says_how_far_it_is(world: World) {
        let account = world.connect().await;
        assert_eq!(mirror(&world).await, truth(&world));
        let progress = world.get(&format!("/api/v1/accounts/{account}/sync")).await.ok();
        for row in progress["items"].as_array().expect("rows") {
            assert_eq!((&row["state"], &row["done"]), (&json!("done"), &row["total"]), "{row}");
        }
        let (chat, owner) = chats(&world)[0].clone();
        let group = group_of(&world, &chat).await;
        let detail = world.get(&format!("/api/v1/groups/{}", group["id"].as_str().expect("an id"))).await.ok();
        assert_eq!(detail["duties"][0]["role"], "owner");
        let all = members(&world, &group, "").await;
        let kind = |id: &str| all.iter().find(|m| m["member_id"] == id).map(|m| m["kind"].clone());
        assert_eq!(kind(&owner), Some(json!("owner")));
        assert_eq!(detail["eligible"], 0, "nobody of the brand counts");
        assert_eq!(world.get("/api/v1/people").await.ok()["items"], json!([]), "employees are no customers");
    }

    async fn callbacks_in_order_keep_the_mirror_like_the_truth(world: World) {
        world.connect().await;
        live(&world).await;
        assert_eq!(mirror(&world).await, truth(&world));
        let before = kinds(&world).await;
        a_night(&world).await;
        assert_eq!(mirror(&world).await, truth(&world));
        assert_eq!(kinds(&world).await, before, "a reconcile without differences makes no facts");
    }

    async fn repeated_and_shuffled_callbacks_leave_the_same(world: World) {
        world.connect().await;
        trouble(&world, CallbackFaults { duplicate: 0.5, delay: 0.4, delay_ms: 4 * MINUTE, reorder: 0.5, ..Default::default() });
        live(&world).await;
        trouble(&world, CallbackFaults::default());
        world.advance(HOUR).await;
        assert_eq!(mirror(&world).await, truth(&world));
        a_night(&world).await;
        assert_eq!(mirror(&world).await, truth(&world));
    }

    async fn dropped_callbacks_are_made_up_for_at_night(world: World) {
        world.connect().await;
        trouble(&world, CallbackFaults { drop: 0.7, ..Default::default() });
        live(&world).await;
        let (chat_id, _) = chats(&world)[2].clone();
        world.act(&Act::Dismiss { chat_id });
        world.act(&Act::CreateGroup { owner: chats(&world)[0].1.clone(), name: "新群".into(), admins: Vec::new() });
        a_night(&world).await;
        assert_eq!(mirror(&world).await, truth(&world));
    }

    async fn one_human_in_two_groups_and_two_bonds_is_one_person(world: World) {
        world.connect().await;
        let (ann, chats) = (person(&world, "安安"), chats(&world));
        befriend(&world, &chats[0].1, &ann);
        world.act(&Act::JoinByLink { chat_id: chats[0].0.clone(), person: ann.clone() });
        world.act(&Act::JoinByLink { chat_id: chats[1].0.clone(), person: ann.clone() });
        world.advance(10 * SECOND).await;
        let found = world.get("/api/v1/people?search=安").await.ok();
        assert_eq!(found["items"].as_array().map(Vec::len), Some(1), "{found}");
        let id = found["items"][0]["id"].as_str().expect("an id").to_owned();
        let stays = world.get(&format!("/api/v1/people/{id}/memberships")).await.ok();
        assert_eq!(stays["items"].as_array().map(Vec::len), Some(2));
        let shown = world.get(&format!("/api/v1/people/{id}")).await.ok();
        assert_eq!(shown["follows"].as_array().map(Vec::len), Some(1));
        world.act(&Act::Leave { chat_id: chats[0].0.clone(), who: ann.clone() });
        world.advance(10 * SECOND).await;
        let history = world.get(&format!("/api/v1/people/{id}/timeline")).await.ok();
        let kinds: Vec<&str> =
            history["items"].as_array().expect("entries").iter().filter_map(|e| e["kind"].as_str()).collect();
        assert_eq!(kinds[0], "left");
        assert_eq!(kinds.iter().filter(|k| **k == "joined").count(), 2);
        assert!(kinds.contains(&"contact_added"));
        let group = group_of(&world, &chats[0].0).await;
        assert_eq!((&group["eligible"], members(&world, &group, "&left=true&kind=customer").await.len()), (&json!(0), 1));
    }

    async fn a_house_account_counts_nowhere_and_for_ever(world: World) {
        world.connect().await;
        let (ann, chats) = (person(&world, "安安"), chats(&world));
        for (chat_id, _) in &chats[..2] {
            world.act(&Act::JoinByLink { chat_id: chat_id.clone(), person: ann.clone() });
        }
        world.advance(10 * SECOND).await;
        let (first, second) = (group_of(&world, &chats[0].0).await, group_of(&world, &chats[1].0).await);
        assert_eq!((&first["eligible"], &second["eligible"]), (&json!(1), &json!(1)));
        let member = members(&world, &first, "&kind=customer").await[0].clone();
        let path = format!(
            "/api/v1/groups/{}/members/{}",
            first["id"].as_str().expect("an id"),
            member["id"].as_str().expect("an id")
        );
        let patched = world.patch(&path, &json!({ "kind": "koc" })).await.ok();
        assert_eq!((&patched["kind"], &patched["eligible"]), (&json!("koc"), &json!(true)));
        assert_eq!(world.patch(&path, &json!({ "kind": "owner" })).await.refusal(), "groups.kind_of_platform");
        let patched = world.patch(&path, &json!({ "kind": "house_account" })).await.ok();
        assert_eq!(patched["eligible"], false);
        assert_eq!(world.patch(&path, &json!({ "kind": "customer" })).await.refusal(), "groups.house_account_stays");
        let (first, second) = (group_of(&world, &chats[0].0).await, group_of(&world, &chats[1].0).await);
        assert_eq!((&first["eligible"], &second["eligible"]), (&json!(0), &json!(0)));
        world.act(&Act::Leave { chat_id: chats[0].0.clone(), who: ann.clone() });
        world.advance(10 * SECOND).await;
        world.act(&Act::JoinByLink { chat_id: chats[0].0.clone(), person: ann });
        world.advance(10 * SECOND).await;
        let again = members(&world, &first, "&kind=house_account").await;
        assert_eq!((again.len(), &again[0]["eligible"]), (1, &json!(false)), "coming back changes nothing");
    }

    async fn an_operator_of_own_groups_sees_no_others(world: World) {
        world.connect().await;
        let (chat, owner) = chats(&world)[0].clone();
        let group = group_of(&world, &chat).await;
        let staff = group["owner_staff_id"].as_str().expect("an owner").to_owned();
        let other = chats(&world).into_iter().find(|(_, o)| *o != owner).expect("another owner").0;
        let other = group_of(&world, &other).await;
        let duties = world.get(&format!("/api/v1/groups/{}", other["id"].as_str().expect("an id"))).await.ok();
        let is_hers = duties["duties"].as_array().expect("duties").iter().any(|d| d["staff_id"] == staff.as_str());
        let cookie = world.operator("own", Role::GroupOwner, Some(&staff)).await;
        let seen = world.send_as(&cookie, Method::GET, "/api/v1/groups?limit=200", axum::body::Body::empty()).await.ok();
        let ids: Vec<&Value> = seen["items"].as_array().expect("groups").iter().map(|g| &g["id"]).collect();
        assert!(ids.contains(&&group["id"]));
        assert_eq!(ids.contains(&&other["id"]), is_hers);
        if !is_hers {
            let path = format!("/api/v1/groups/{}/members", other["id"].as_str().expect("an id"));
            let answer = world.send_as(&cookie, Method::GET, &path, axum::body::Body::empty()).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND);
        }
    }

    async fn a_sync_of_contacts_goes_on_where_it_was_cut_off(world: World) {
        let owner = chats(&world)[0].1.clone();
        for n in 0..230 {
            let who = person(&world, &format!("客{n}"));
            befriend(&world, &owner, &who);
        }
        world.sim.desk().world.take_effects();
        // Every second page breaks; the job begins anew after each break.
        world.sim.desk().faults.rules.push(Rule::on("batch/get_by_user", Harm::Http { status: 502 }).every(2));
        let account = world.connect().await;
        world.advance(30 * MINUTE).await;
        let progress = world.get(&format!("/api/v1/accounts/{account}/sync")).await.ok();
        let row = progress["items"].as_array().expect("rows").iter().find(|r| r["kind"] == "contacts").expect("contacts");
        assert_eq!((&row["state"], &row["done"], &row["total"]), (&json!("done"), &json!(230), &json!(230)), "{row}");
        let pages = {
            let desk = world.sim.desk();
            let good = |c: &&wecom_sim::calls::CallRecord| c.path.contains("batch/get_by_user") && c.status == 200;
            desk.calls.tail.iter().filter(good).count()
        };
        assert!(pages <= 4, "no page is read twice: {pages}");
        assert_eq!(mirror(&world).await.1, truth(&world).1);
        assert_eq!(kinds(&world).await.get("contact_added"), Some(&230));
    }

    async fn the_platforms_counters_are_kept_per_owner_and_day(world: World) {
        world.connect().await;
        let (chat_id, owner) = chats(&world)[0].clone();
        world.act(&Act::Speak { chat_id, who: owner, times: 3 });
        a_night(&world).await;
        let counters = world.get("/api/v1/groups/counters").await.ok();
        let rows = counters["items"].as_array().expect("rows");
        assert_eq!(rows.iter().filter_map(|r| r["messages"].as_i64()).sum::<i64>(), 3, "{counters}");
    }
}
