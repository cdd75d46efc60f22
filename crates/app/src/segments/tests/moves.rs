//! Why people moved, how many did today, and who refers to a segment.

use audience::Day;
use axum::body::Body;
use base::time::{DAY, HOUR, MINUTE, SECOND};
use http::{Method, StatusCode};
use serde_json::{Value, json};
use wecom_sim::Act;

use super::{another_process, answer, buy, keep, people_in, person, tag, told};
use crate::access::Role;
use crate::kernel::facts;
use crate::kernel::jobs::Runner;
use crate::segments::store;
use crate::testkit::World;
use crate::{args, both_dbs};

/// Why people moved, oldest first: the cause and what it was about.
async fn whys(world: &World, segment: &str) -> Vec<(String, String)> {
    let page = world.get(&format!("/api/v1/segments/{segment}/moves?limit=200")).await.ok();
    let text = |of: &Value| of.as_str().expect("a text").to_owned();
    let moves = page["items"].as_array().expect("moves").iter().rev();
    moves.map(|one| (text(&one["cause"]), text(&one["subject"]))).collect()
}

fn expected(all: &[(&str, &str)]) -> Vec<(String, String)> {
    all.iter().map(|(cause, subject)| ((*cause).to_owned(), (*subject).to_owned())).collect()
}

/// Entered and left today, as the list says.
async fn today(world: &World, segment: &str) -> (i64, i64) {
    let list = world.get("/api/v1/segments").await.ok();
    let found = list["items"].as_array().expect("segments").iter().find(|s| s["id"] == segment).expect("it");
    (found["entered_today"].as_i64().expect("a count"), found["left_today"].as_i64().expect("a count"))
}

both_dbs! {
    async fn each_move_says_what_moved_her(world: World) {
        let (mei, card) = (person(&world, "mei").await, tag(&world, "card").await);
        let buyers = keep(&world, "buyers", "bought in 7 days").await;
        let carded = keep(&world, "carded", &format!("tag \"card\" @{card}")).await;
        let allowed = keep(&world, "allowed", "consent promotion").await;
        let visitors = keep(&world, "visitors", "event \"greeted\" ever\nbought ever").await;
        world.settle().await;
        // All of it before one settling: each segment knows what it looks at.
        buy(&world, "mei", "A1", 0).await;
        world.post(&format!("/api/v1/people/{mei}/tags"), &json!({ "tags": [card] })).await.ok();
        answer(&world, &mei, "promotion", true).await;
        world.settle().await;
        assert_eq!(whys(&world, &buyers).await, expected(&[("order_paid", "A1")]));
        assert_eq!(whys(&world, &carded).await, expected(&[("tag_applied", "card")]));
        assert_eq!(whys(&world, &allowed).await, expected(&[("consent_given", "")]));
        assert!(whys(&world, &visitors).await.is_empty());
        let moves = world.get(&format!("/api/v1/segments/{allowed}/moves")).await.ok();
        assert_eq!(moves["items"][0]["subject_id"], "promotion");
        world.delete(&format!("/api/v1/people/{mei}/tags/{card}")).await.ok();
        answer(&world, &mei, "promotion", false).await;
        world.settle().await;
        assert_eq!(whys(&world, &carded).await[1], ("tag_removed".to_owned(), "card".to_owned()));
        assert_eq!(whys(&world, &allowed).await[1].0, "consent_withdrawn");
        // The order is long settled: a window ended.
        world.advance(8 * DAY).await;
        assert_eq!(whys(&world, &buyers).await[1], ("time_passed".to_owned(), String::new()));
        buy(&world, "mei", "A2", 0).await;
        world.settle().await;
        buy(&world, "mei", "A2", 2_000).await;
        world.settle().await;
        assert_eq!(whys(&world, &buyers).await[2..], expected(&[("order_paid", "A2"), ("order_refunded", "A2")]));
    }

    async fn groups_joining_and_erasure_are_causes(world: World) {
        world.connect().await;
        let groups = world.get("/api/v1/groups?limit=200").await.ok();
        let group = groups["items"][0].clone();
        let (id, chat) = (group["id"].as_str().expect("an id"), group["platform_id"].as_str().expect("a chat"));
        let inside = keep(&world, "inside", &format!("group \"{id}\"")).await;
        let everybody = keep(&world, "everybody", "all { }").await;
        world.settle().await;
        let made = world.act(&Act::MakePerson { name: "Mei".into(), gender: 2, partner: false });
        let who = made["person"].as_str().expect("a person").to_owned();
        world.act(&Act::JoinByLink { chat_id: chat.to_owned(), person: who.clone() });
        world.advance(10 * SECOND).await;
        world.act(&Act::Leave { chat_id: chat.to_owned(), who });
        world.advance(10 * SECOND).await;
        let name = group["name"].as_str().expect("a name");
        assert_eq!(whys(&world, &inside).await, expected(&[("group_joined", name), ("group_left", name)]));
        let found = world.get("/api/v1/people?search=Mei").await.ok();
        let mei = found["items"][0]["id"].as_str().expect("she is known").to_owned();
        let lan = world.newcomer("Lan", 1).await;
        let mut tx = world.ctx.begin().await.expect("a transaction");
        // Two union ids are two people.
        tx.exec("UPDATE people_person SET union_id = NULL WHERE tenant_id = $1 AND id = $2", args![world.scope.tenant(), &lan]).await.expect("an update");
        tx.exec("UPDATE people_contact SET union_id = NULL WHERE tenant_id = $1 AND person_id = $2", args![world.scope.tenant(), &lan]).await.expect("an update");
        tx.commit().await.expect("a commit");
        assert_eq!(world.post(&format!("/api/v1/people/{mei}/merge"), &json!({ "other": lan })).await.status, StatusCode::OK);
        world.settle().await;
        assert_eq!(whys(&world, &everybody).await.last().expect("a move").0, "people_joined");
        let draft = json!({ "person_id": mei, "kind": "erase", "wish": "away" });
        let request = world.post("/api/v1/data-requests", &draft).await.ok()["id"].as_str().expect("an id").to_owned();
        let how = json!({ "note": "asked by telephone" });
        world.post(&format!("/api/v1/data-requests/{request}/verify"), &how).await.ok();
        world.post(&format!("/api/v1/data-requests/{request}/start"), &json!({})).await.ok();
        world.advance(MINUTE).await;
        assert_eq!(people_in(&world, &everybody).await, 0);
        assert_eq!(whys(&world, &everybody).await.last().expect("a move").0, "erased");
    }

    async fn another_wording_is_a_cause_for_whoever_refers_to_it(world: World) {
        person(&world, "mei").await;
        buy(&world, "mei", "A1", 0).await;
        let buyers = keep(&world, "buyers", "bought ever").await;
        let others = keep(&world, "others", &format!("not segment \"{buyers}\"")).await;
        let draft = json!({ "name": "told", "text": "bought ever", "tell_first": true });
        let loud = world.post("/api/v1/segments", &draft).await.ok()["id"].as_str().expect("an id").to_owned();
        world.settle().await;
        assert_eq!(whys(&world, &loud).await, expected(&[("wording_changed", "")]));
        world.patch(&format!("/api/v1/segments/{buyers}"), &json!({ "text": "spent >= 900.00 ever" })).await.ok();
        world.settle().await;
        assert_eq!(whys(&world, &others).await, expected(&[("wording_changed", "")]));
        // And what the one referred to looks at is a cause for the other.
        world.patch(&format!("/api/v1/segments/{buyers}"), &json!({ "text": "bought >= 2 ever" })).await.ok();
        world.settle().await;
        buy(&world, "mei", "A2", 0).await;
        world.settle().await;
        assert_eq!(whys(&world, &others).await.last(), Some(&("order_paid".to_owned(), "A2".to_owned())));
    }

    async fn a_process_that_starts_anew_still_knows_why(world: World) {
        person(&world, "mei").await;
        let recent = keep(&world, "recent", "bought in 7 days").await;
        world.settle().await;
        // Committed, but this process ends before it settles.
        buy(&world, "mei", "A1", 0).await;
        let heir = another_process(&world);
        Runner::new(heir.clone()).drain().await.expect("the queue works");
        assert_eq!(whys(&world, &recent).await, expected(&[("order_paid", "A1")]));
        let mut tx = world.ctx.read().await.expect("a session");
        let mark = store::mark(&mut tx, &world.scope).await.expect("a mark");
        let last = facts::last_seq(&mut tx, world.scope.tenant()).await.expect("a number");
        drop(tx);
        assert_eq!(mark.settled, last, "what was settled explains nothing later");
        // A third one reads everything anew, and days later it is the window that ends.
        let third = another_process(&world);
        third.segments().caught_up(&third, &world.scope).await.expect("a room");
        world.clock.advance(8 * DAY);
        let mut tx = third.begin().await.expect("a transaction");
        crate::segments::stir(&mut tx, &world.scope).await.expect("a job");
        tx.commit().await.expect("a commit");
        Runner::new(third).drain().await.expect("the queue works");
        assert_eq!(whys(&world, &recent).await[1..], expected(&[("time_passed", "")]));
        assert_eq!(told(&world, &recent).await.len(), 2, "each move once");
    }

    async fn a_frozen_list_shows_who_its_people_are_now(world: World) {
        world.connect().await;
        let mut ids = Vec::new();
        for (n, name) in ["Mei", "Lan", "Fang", "Zoe"].into_iter().enumerate() {
            ids.push(world.newcomer(name, n % 2).await);
        }
        let all = keep(&world, "all", "all { }").await;
        let frozen = world.post(&format!("/api/v1/segments/{all}/freeze"), &json!({ "reason": "a list" })).await.ok();
        assert_eq!(frozen["people"], 4);
        let mut tx = world.ctx.begin().await.expect("a transaction");
        tx.exec("UPDATE people_person SET union_id = NULL WHERE tenant_id = $1", args![world.scope.tenant()]).await.expect("an update");
        tx.commit().await.expect("a commit");
        // Lan turns out to be Mei; Zoe to be somebody who came later and isn't on the list.
        let (mei, lan, zoe) = (&ids[0], &ids[1], &ids[3]);
        let late = world.newcomer("Late", 0).await;
        world.post(&format!("/api/v1/people/{mei}/merge"), &json!({ "other": lan })).await.ok();
        world.post(&format!("/api/v1/people/{late}/merge"), &json!({ "other": zoe })).await.ok();
        let path = format!("/api/v1/segments/snapshots/{}/people", frozen["id"].as_str().expect("an id"));
        let (mut seen, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = world.get(&format!("{path}?limit=1{cursor}")).await.ok();
            seen.extend(page["items"].as_array().expect("people").iter().map(|p| p["id"].as_str().expect("an id").to_owned()));
            match page["next"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        assert_eq!(seen, [mei.clone(), ids[2].clone(), late]);
        let found = |name: &'static str| { let path = format!("{path}?search={name}"); let world = &world; async move {
            world.get(&path).await.ok()["items"].as_array().expect("people").len()
        } };
        assert_eq!((found("late").await, found("lan").await, found("fang").await), (1, 0, 1));
    }

    async fn moves_of_today_are_counted_in_the_company_s_day_and_within_reach(world: World) {
        world.connect().await;
        let groups = world.get("/api/v1/groups?limit=200").await.ok();
        let groups = groups["items"].as_array().expect("groups").clone();
        let owner = groups[0]["owner_staff_id"].as_str().expect("an owner").to_owned();
        let other = groups.iter().find(|g| g["owner_staff_id"] != owner.as_str()).expect("another owner");
        let everybody = keep(&world, "everybody", "all { }").await;
        world.settle().await;
        for (name, group) in [("Mei", &groups[0]), ("Lan", other), ("An", other)] {
            let made = world.act(&Act::MakePerson { name: name.into(), gender: 2, partner: false });
            let chat_id = group["platform_id"].as_str().expect("a group").to_owned();
            world.act(&Act::JoinByLink { chat_id, person: made["person"].as_str().expect("a person").to_owned() });
        }
        world.advance(10 * SECOND).await;
        let found = world.get("/api/v1/people?search=An").await.ok();
        let an = found["items"][0]["id"].as_str().expect("she is known").to_owned();
        let stays = world.get(&format!("/api/v1/people/{an}/memberships")).await.ok();
        let path = format!("/api/v1/groups/{}/members/{}", stays["items"][0]["group_id"].as_str().expect("a group"),
            stays["items"][0]["id"].as_str().expect("a membership"));
        world.patch(&path, &json!({ "kind": "house_account" })).await.ok();
        world.settle().await;
        assert_eq!(today(&world, &everybody).await, (3, 1));
        assert_eq!(whys(&world, &everybody).await.last().expect("a move").0, "kind_changed");
        let cookie = world.operator("own", Role::GroupOwner, Some(&owner)).await;
        let hers = async || world.send_as(&cookie, Method::GET, &format!("/api/v1/segments/{everybody}"), Body::empty()).await.ok();
        let seen = hers().await;
        assert_eq!((&seen["entered_today"], &seen["left_today"]), (&json!(1), &json!(0)), "only Mei is hers");
        // The world begins at eight in the morning in the company's zone.
        world.advance(15 * HOUR).await;
        assert_eq!(today(&world, &everybody).await, (3, 1));
        world.advance(HOUR + MINUTE).await;
        assert_eq!(today(&world, &everybody).await, (0, 0), "another day");
        assert_eq!(hers().await["entered_today"], 0);
        world.newcomer("Bo", 0).await;
        assert_eq!(today(&world, &everybody).await, (1, 0));
        assert_eq!(hers().await["entered_today"], 1);
        let mut tx = world.ctx.read().await.expect("a session");
        let row = store::get(&mut tx, &world.scope, &everybody).await.expect("a row");
        assert_eq!(i64::from(Day::read("2026-08-18").expect("a day").0), row.day);
        let moves = tx.number("SELECT CAST(COUNT(*) AS BIGINT) FROM segments_move WHERE tenant_id = $1", args![world.scope.tenant()]).await;
        assert_eq!(moves.expect("a count"), 5);
    }

    async fn a_segment_in_use_names_its_users_and_stays(world: World) {
        let a = keep(&world, "a", "bought ever").await;
        let b = keep(&world, "b", &format!("any {{ segment \"{a}\" ; joined ever }}")).await;
        let c = keep(&world, "c", &format!("not segment \"{a}\"")).await;
        let shown = world.get(&format!("/api/v1/segments/{a}")).await.ok();
        assert_eq!(shown["used_by"], json!([{ "kind": "segment", "id": b, "name": "b" }, { "kind": "segment", "id": c, "name": "c" }]));
        let refused = world.delete(&format!("/api/v1/segments/{a}")).await;
        assert_eq!((refused.refusal().as_str(), refused.status), ("segments.in_use", StatusCode::CONFLICT));
        assert_eq!(refused.json()["error"]["args"]["names"], "b, c");
        assert_eq!(world.get(&format!("/api/v1/segments/{a}")).await.ok()["status"], "live", "nothing changed");
        world.patch(&format!("/api/v1/segments/{b}"), &json!({ "text": "joined ever" })).await.ok();
        world.delete(&format!("/api/v1/segments/{c}")).await.ok();
        let list = world.get("/api/v1/segments").await.ok();
        let named = list["items"].as_array().expect("segments").iter().find(|s| s["id"] == a.as_str()).expect("it");
        assert_eq!(named["used_by"], json!([]));
        world.delete(&format!("/api/v1/segments/{a}")).await.ok();
        assert_eq!(world.get(&format!("/api/v1/segments/{a}")).await.ok()["status"], "archived");
    }
}
