//! Finding things by pinyin over HTTP, on both engines, within the caller's reach; keys of names written before.

use axum::body::Body;
use http::Method;
use serde_json::{Value, json};
use wecom_sim::Act;

use super::jobs::SearchKeys;
use crate::access::Role;
use crate::args;
use crate::both_dbs;
use crate::kernel::search;
use crate::playbooks::test_ground;
use crate::testkit::World;

fn asked(list: &str, typed: &str) -> String {
    let typed: String = typed.bytes().map(|b| format!("%{b:02X}")).collect();
    format!("{list}?limit=100&search={typed}")
}

fn texts(answer: &Value, field: &str) -> Vec<String> {
    let items = answer["items"].as_array().expect("items");
    items.iter().map(|item| item[field].as_str().expect("a text").to_owned()).collect()
}

/// Names that a list answers to a search.
async fn found(world: &World, list: &str, typed: &str, field: &str) -> Vec<String> {
    texts(&world.get(&asked(list, typed)).await.ok(), field)
}

/// The initials under which a name is kept.
fn initials(name: &str) -> String {
    search::key(name).split(' ').nth(2).expect("name, sounds, initials").to_owned()
}

fn befriended(world: &World, name: &str) {
    let made = world.act(&Act::MakePerson { name: name.into(), gender: 0, partner: false });
    let person = made["person"].as_str().expect("a person").to_owned();
    let (corp, now) = (world.company().0, world.sim.now());
    let mut desk = world.sim.desk();
    let corp = desk.world.corps.get_mut(&corp).expect("a company");
    let staff = corp.groups.values().next().expect("a group").live.owner.clone();
    corp.add_friend(&staff, &person, ("", true), now);
    desk.absorb();
}

both_dbs! {
    async fn whatever_has_a_name_is_found_by_its_sound(world: World) {
        let account = world.connect().await;
        let group = world.get("/api/v1/groups?limit=1").await.ok()["items"][0]["name"].as_str().expect("a name").to_owned();
        assert!(found(&world, "/api/v1/groups", &initials(&group), "name").await.contains(&group), "{group}");
        let new = json!({ "name": "重庆乐享群 VIP3", "kind": "traffic", "tier": "general" });
        world.post("/api/v1/communities", &new).await.ok();
        for typed in ["cqlxqvip3", "zhongqing", "chongqingyuexiang", "chong qing le", "享qv", "乐享群 vip"] {
            assert_eq!(found(&world, "/api/v1/communities", typed, "name").await, ["重庆乐享群 VIP3"], "{typed}");
        }
        assert!(found(&world, "/api/v1/communities", "xlq", "name").await.is_empty());

        let tags = json!({ "account_id": account, "group": "口味", "names": ["爱喝拿铁", "无糖"] });
        world.post("/api/v1/tags", &tags).await.ok();
        assert_eq!(found(&world, "/api/v1/tags", "ahnt", "name").await, ["爱喝拿铁"]);
        assert_eq!(found(&world, "/api/v1/tags", "wutang", "name").await, ["无糖"]);
        let tag = world.get("/api/v1/tags?search=wt").await.ok()["items"][0]["id"].as_str().expect("an id").to_owned();
        world.patch(&format!("/api/v1/tags/{tag}"), &json!({ "name": "半糖" })).await.ok();
        assert_eq!(found(&world, "/api/v1/tags", "bantang", "name").await, ["半糖"]);
        assert!(found(&world, "/api/v1/tags", "wutang", "name").await.is_empty());

        befriended(&world, "单雨绿");
        world.settle().await;
        for typed in ["syl", "dan", "shanyulv", "yulu", "雨l"] {
            assert!(found(&world, "/api/v1/people", typed, "name").await.contains(&"单雨绿".to_owned()), "{typed}");
        }
        assert!(found(&world, "/api/v1/people", "danlvyu", "name").await.is_empty());

        let staff = world.get("/api/v1/staff?limit=1").await.ok()["items"][0].clone();
        let name = staff["name"].as_str().expect("a name");
        assert!(found(&world, "/api/v1/staff", &initials(name), "name").await.contains(&name.to_owned()), "{name}");
        let draft = json!({ "account_id": account, "title": "橙里鲜生台卡", "hook": "第二杯半价", "channel": "store_poster",
            "target": "staff", "target_ids": [staff["id"]] });
        world.post("/api/v1/live-codes", &draft).await.ok();
        for typed in ["clxs", "chenglixiansheng", "bj"] {
            assert_eq!(found(&world, "/api/v1/live-codes", typed, "title").await, ["橙里鲜生台卡"], "{typed}");
        }
        assert!(found(&world, "/api/v1/live-codes", "tkd", "title").await.is_empty(), "title and hook are two names");
    }

    async fn posts_are_found_by_title_the_nearest_first(world: World) {
        world.connect().await;
        let community = test_ground::community(&world, false).await;
        test_ground::plan(&world, &community).await;
        let all = found(&world, "/api/v1/playbooks/posts", "", "title").await;
        let title = all.first().expect("a post");
        let hits = world.get(&asked("/api/v1/playbooks/posts", &initials(title))).await.ok();
        assert!(texts(&hits, "title").contains(title), "{title}: {hits}");
        let days: Vec<i64> = hits["items"].as_array().expect("items").iter().filter_map(|p| p["day"].as_i64()).collect();
        assert!(days.is_sorted(), "all lie ahead, so the nearest is the earliest: {days:?}");
    }

    async fn a_search_never_leaves_the_callers_reach(world: World) {
        world.connect().await;
        let groups = world.get("/api/v1/groups?limit=200").await.ok()["items"].as_array().expect("groups").clone();
        let hers = groups[0]["owner_staff_id"].as_str().expect("an owner").to_owned();
        let community = test_ground::community(&world, false).await;
        test_ground::plan(&world, &community).await;
        befriended(&world, "单雨绿");
        world.settle().await;
        let stranger = world.get("/api/v1/staff?limit=200").await.ok()["items"].as_array().expect("staff").iter()
            .map(|s| s["id"].as_str().expect("an id").to_owned())
            .find(|id| *id != hers && !groups.iter().any(|g| g["owner_staff_id"] == id.as_str()));
        let other = world.another_company().await;
        let mut strangers = vec![other];
        if let Some(staff) = stranger {
            strangers.push(world.operator("own", Role::GroupOwner, Some(&staff)).await);
        }
        for (list, typed) in [("groups", "q"), ("people", "syl"), ("communities", "wcflq"), ("playbooks/posts", "a")] {
            let path = asked(&format!("/api/v1/{list}"), typed);
            for (n, cookie) in strangers.iter().enumerate() {
                let listed = world.send_as(cookie, Method::GET, &format!("/api/v1/{list}?limit=200"), Body::empty()).await.ok();
                let seen = world.send_as(cookie, Method::GET, &path, Body::empty()).await.ok();
                let listed = texts(&listed, "id");
                assert!(texts(&seen, "id").iter().all(|id| listed.contains(id)), "{list} for stranger {n}");
                assert!(n > 0 || listed.is_empty(), "{list} of another company");
            }
        }
        assert!(found(&world, "/api/v1/people", "syl", "name").await.contains(&"单雨绿".to_owned()));
        assert_eq!(found(&world, "/api/v1/communities", "wcflq", "name").await, ["午餐福利群"]);
    }

    async fn names_of_before_are_found_after_the_walk(world: World) {
        world.connect().await;
        let community = test_ground::community(&world, false).await;
        test_ground::plan(&world, &community).await;
        befriended(&world, "单雨绿");
        world.settle().await;
        let group = world.get("/api/v1/groups?limit=1").await.ok()["items"][0]["name"].as_str().expect("a name").to_owned();
        let mut tx = world.ctx.begin().await.expect("a transaction");
        for sql in [
            "UPDATE people_person SET name_search = name WHERE tenant_id = $1",
            "UPDATE groups_group SET name_search = name WHERE tenant_id = $1",
            "UPDATE groups_membership SET name_search = name WHERE tenant_id = $1",
            "UPDATE communities_community SET name_search = name WHERE tenant_id = $1",
            "UPDATE playbooks_post SET search = '' WHERE tenant_id = $1",
        ] {
            assert!(tx.exec(sql, args![world.scope.tenant()]).await.expect("a statement") > 0, "{sql}");
        }
        tx.commit().await.expect("a commit");
        assert!(found(&world, "/api/v1/people", "syl", "name").await.is_empty());
        for _ in 0..2 {
            let mut tx = world.ctx.begin().await.expect("a transaction");
            tx.enqueue(world.scope.tenant(), &SearchKeys::default()).await.expect("a job");
            tx.commit().await.expect("a commit");
            world.settle().await;
            assert!(found(&world, "/api/v1/people", "syl", "name").await.contains(&"单雨绿".to_owned()));
            assert_eq!(found(&world, "/api/v1/communities", "wcflq", "name").await, ["午餐福利群"]);
            assert!(found(&world, "/api/v1/groups", &initials(&group), "name").await.contains(&group), "{group}");
            assert!(!found(&world, "/api/v1/playbooks/posts", "a", "title").await.is_empty());
        }
    }
}
