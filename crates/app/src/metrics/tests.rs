//! Release cards from a lived day, and figures that two ways of counting agree on, on both engines.

use base::time::{DAY, HOUR, MINUTE};
use base::{Clock as _, Fen, Rng, Timestamp};
use serde_json::{Value, json};
use wecom_sim::Act;

use crate::both_dbs;
use crate::playbooks::test_ground::{community, plan, tap_all};
use crate::reactions::{self, Fact};
use crate::testkit::World;

/// Monday 11:10: the first broadcast stands in both groups. Answers its post's id and the community's.
async fn released(world: &World) -> (String, String) {
    world.connect().await;
    move_in(world).await;
    let community = community(world, false).await;
    plan(world, &community).await;
    world.advance(3 * HOUR - 4 * MINUTE).await;
    assert!(tap_all(world) > 0);
    world.advance(9 * MINUTE).await;
    let list = world.get(&format!("/api/v1/metrics/releases?community={community}")).await.ok();
    let post = list["items"][0]["post_id"].as_str().expect("a release").to_owned();
    (post, community)
}

/// Eight customers join the first two groups; two of them are in both.
async fn move_in(world: &World) {
    let groups = world.get("/api/v1/groups?limit=2").await.ok();
    let chats: Vec<String> = groups["items"]
        .as_array()
        .expect("groups")
        .iter()
        .map(|g| g["platform_id"].as_str().expect("a chat").to_owned())
        .collect();
    for n in 0..8 {
        let made = world.act(&Act::MakePerson { name: format!("客人{n}"), gender: 0, partner: false });
        let person = made["person"].as_str().expect("a person").to_owned();
        for (_, chat) in chats.iter().enumerate().filter(|(at, _)| n < 2 || n % 2 == *at) {
            world.act(&Act::JoinByLink { chat_id: chat.clone(), person: person.clone() });
        }
    }
    world.advance(5 * MINUTE).await;
}

/// Eligible members of the post's groups: group, membership, person.
async fn members(world: &World, post: &str) -> Vec<(String, String, String)> {
    let mut tx = world.ctx.read().await.expect("a session");
    let sql = "SELECT m.group_id, m.id, m.person_id FROM groups_membership m
         JOIN playbooks_delivery d ON d.tenant_id = m.tenant_id AND d.group_id = m.group_id AND d.post_id = $2
         WHERE m.tenant_id = $1 AND m.eligible = TRUE AND m.left_at IS NULL ORDER BY m.id";
    tx.all(sql, crate::args![world.scope.tenant(), post]).await.expect("members")
}

async fn happen(world: &World, facts: &[Fact]) {
    let mut tx = world.ctx.begin().await.expect("a transaction");
    for fact in facts {
        reactions::on(&mut tx, &world.scope, fact).await.expect("a reaction");
    }
    tx.commit().await.expect("a commit");
}

fn click(post: &str, person: &str, at: Timestamp) -> Fact {
    let link = format!("lnk_{person}_{}", at.0);
    Fact::LinkClicked { link, post: Some(post.to_owned()), group: None, person: person.to_owned(), at }
}

fn order(id: &str, person: &str, paid: i64, at: Timestamp) -> Fact {
    Fact::OrderPlaced { order: id.to_owned(), person: Some(person.to_owned()), paid: Fen(paid), at }
}

async fn card(world: &World, post: &str) -> Value {
    world.get(&format!("/api/v1/metrics/releases/{post}")).await.ok()
}

async fn differing(world: &World) -> usize {
    let mut tx = world.ctx.read().await.expect("a session");
    super::recompute(&mut tx, &world.scope, false).await.expect("a recount")
}

both_dbs! {
    async fn a_card_shows_what_came_of_it(world: World) {
        let (post, _) = released(&world).await;
        let people = members(&world, &post).await;
        let distinct: std::collections::BTreeSet<&String> = people.iter().map(|(_, _, p)| p).collect();
        let now = world.clock.now();
        let buyer = people[0].2.clone();
        happen(&world, &[
            click(&post, &buyer, now),
            click(&post, &buyer, now.plus(1)),
            order("ord_1", &buyer, 2_350, now.plus(MINUTE)),
            Fact::OrderRefunded { order: "ord_1".to_owned(), person: Some(buyer.clone()), refunded: Fen(350), at: now.plus(HOUR) },
        ]).await;
        world.advance(70 * MINUTE).await;
        let card = card(&world, &post).await;
        let figures = &card["figures"];
        assert_eq!(figures["reach"], json!(distinct.len()), "{card}");
        assert_eq!((&figures["opens"], &figures["orders"], &figures["buyers"]), (&json!(1), &json!(1), &json!(1)));
        assert_eq!((&figures["paid"], &figures["refunded"]), (&json!(2_350), &json!(350)));
        assert_eq!((&card["groups_sent"], &card["groups_missed"], &card["ripe"]), (&json!(2), &json!(0), &json!(false)));
        assert!(card["groups"].as_array().expect("groups").iter().all(|g| g["group_name"] != "" && g["late"] == false));
        assert_eq!(card["rates"]["open"]["base"], figures["reach"]);
        assert_eq!(differing(&world).await, 0);
    }

    async fn a_leave_counts_once_whenever_it_becomes_known(world: World) {
        let (post, _) = released(&world).await;
        let people = members(&world, &post).await;
        let now = world.clock.now();
        let left = |n: usize, at: Timestamp| {
            let (group, membership, person) = people[n].clone();
            Fact::MemberLeft { group, membership, person, eligible: true, at }
        };
        // Twice the same person, one long after, one who never counted.
        let mut staff = left(1, now);
        if let Fact::MemberLeft { eligible, .. } = &mut staff {
            *eligible = false;
        }
        happen(&world, &[left(0, now), left(0, now.plus(HOUR)), left(2, now.plus(2 * DAY)), staff]).await;
        assert_eq!(card(&world, &post).await["figures"]["leaves"], json!(1));
        // A leave that was known before the delivery was.
        let facts = [
            left(3, now.plus(5 * MINUTE)),
            Fact::PostDelivered { post: post.clone(), group: people[3].0.clone(), staff: String::new(), at: now },
        ];
        happen(&world, &facts).await;
        assert_eq!(card(&world, &post).await["figures"]["leaves"], json!(2));
        assert_eq!(differing(&world).await, 0);
    }

    async fn running_figures_agree_with_the_log(world: World) {
        let (post, _) = released(&world).await;
        world.advance(2 * HOUR).await;
        let people = members(&world, &post).await;
        let posts: Vec<String> = world.get("/api/v1/metrics/releases").await.ok()["items"]
            .as_array().expect("releases").iter().map(|r| r["post_id"].as_str().expect("id").to_owned()).collect();
        let start = world.clock.now();
        let mut chance = Rng::seeded(5).child("facts");
        let mut facts = Vec::new();
        for n in 0..300 {
            let (group, membership, person) = chance.pick(&people).expect("people").clone();
            let at = start.plus(i64::try_from(chance.below(30)).expect("small") * HOUR + n);
            let post = chance.pick(&posts).expect("posts").clone();
            facts.push(match chance.below(10) {
                0 => Fact::MemberLeft { group, membership, person, eligible: chance.chance(0.8), at },
                1 | 2 => order(&format!("ord_{n}"), &person, 1_000 + n, at),
                3 => {
                    let order = format!("ord_{}", chance.below(300));
                    Fact::OrderRefunded { order, person: None, refunded: Fen(10), at }
                }
                _ => click(&post, &person, at),
            });
        }
        happen(&world, &facts).await;
        assert_eq!(differing(&world).await, 0);
        let counted = card(&world, &post).await;
        assert!(counted["figures"]["opens"].as_i64().is_some_and(|n| n > 0), "{counted}");
        // A wrong figure is found and mended.
        let mut tx = world.ctx.begin().await.expect("a transaction");
        tx.exec("UPDATE metrics_release SET opens = opens + 7", crate::args![]).await.expect("an update");
        tx.commit().await.expect("a commit");
        let mended = world.post("/api/v1/metrics/recompute", &json!({})).await.ok();
        assert!(mended["differed"].as_u64().is_some_and(|n| n > 0));
        assert_eq!(card(&world, &post).await["figures"], counted["figures"]);
    }

    async fn whoever_was_joined_is_counted_once_and_the_log_agrees(world: World) {
        let (post, _) = released(&world).await;
        let people = members(&world, &post).await;
        let persons: std::collections::BTreeSet<String> = people.iter().map(|(_, _, p)| p.clone()).collect();
        let persons: Vec<String> = persons.into_iter().collect();
        let mut tx = world.ctx.begin().await.expect("a transaction");
        tx.exec("UPDATE people_person SET union_id = NULL", crate::args![]).await.expect("an update");
        tx.exec("UPDATE people_contact SET union_id = NULL", crate::args![]).await.expect("an update");
        tx.commit().await.expect("a commit");
        let now = world.clock.now();
        let (ann, bo) = (&persons[0], &persons[1]);
        happen(&world, &[click(&post, ann, now), click(&post, bo, now.plus(1))]).await;
        let opens = |card: Value| card["figures"]["opens"].clone();
        assert_eq!(opens(card(&world, &post).await), json!(2));
        let merged = world.post(&format!("/api/v1/people/{ann}/merge"), &json!({ "other": bo })).await.ok();
        assert_eq!(opens(card(&world, &post).await), json!(1), "one person from now on");
        assert_eq!(differing(&world).await, 0);
        happen(&world, &[click(&post, ann, now.plus(2))]).await;
        let undo = format!("/api/v1/people/merges/{}/undo", merged["merge"].as_str().expect("an id"));
        world.post(&undo, &json!({})).await.ok();
        assert_eq!(opens(card(&world, &post).await), json!(2));
        assert_eq!(differing(&world).await, 0);

        let mut chance = Rng::seeded(7).child("joinings");
        let mut standing: Vec<String> = Vec::new();
        for n in 0..120i64 {
            let (group, membership, person) = chance.pick(&people).expect("people").clone();
            let mut tx = world.ctx.read().await.expect("a session");
            let person = crate::people::survivor_of(&mut tx, &world.scope, &person).await.expect("a person");
            drop(tx);
            let at = now.plus(n * MINUTE);
            match chance.below(10) {
                0 => {
                    let other = chance.pick(&persons).expect("persons").clone();
                    let answer = world.post(&format!("/api/v1/people/{person}/merge"), &json!({ "other": other })).await;
                    if answer.status.is_success() {
                        standing.push(answer.json()["merge"].as_str().expect("an id").to_owned());
                    }
                }
                1 => {
                    if let Some(last) = standing.pop() {
                        world.post(&format!("/api/v1/people/merges/{last}/undo"), &json!({})).await.ok();
                    }
                }
                2 => happen(&world, &[Fact::MemberLeft { group, membership, person, eligible: true, at }]).await,
                3 => happen(&world, &[order(&format!("ord_{n}"), &person, 1_000, at)]).await,
                _ => happen(&world, &[click(&post, &person, at)]).await,
            }
            assert_eq!(differing(&world).await, 0, "after step {n}");
        }
    }

    async fn nobody_of_a_kind_that_does_not_count_is_in_a_figure(world: World) {
        world.connect().await;
        move_in(&world).await;
        let kinds = ["expert", "service", "host_crew", "house_account", "staff_other", "bot", "banned", "test"];
        let groups = world.get("/api/v1/groups?limit=2").await.ok();
        let mut canaries = Vec::new();
        for group in groups["items"].as_array().expect("groups") {
            let (id, chat) = (group["id"].as_str().expect("an id"), group["platform_id"].as_str().expect("a chat"));
            let list = world.get(&format!("/api/v1/groups/{id}/members?limit=200")).await.ok();
            for member in list["items"].as_array().expect("members").iter().filter(|m| m["is_staff"] == json!(false)) {
                let kind = kinds[canaries.len() % kinds.len()];
                let path = format!("/api/v1/groups/{id}/members/{}", member["id"].as_str().expect("an id"));
                let set = world.patch(&path, &json!({ "kind": kind })).await;
                if set.status.is_success() {
                    assert_eq!(set.json()["eligible"], json!(false), "{kind}");
                } else {
                    assert_eq!(set.refusal(), "groups.house_account_stays");
                }
                canaries.push((chat.to_owned(), member["member_id"].as_str().expect("an id").to_owned()));
            }
        }
        assert!(canaries.len() >= kinds.len(), "every kind has a canary");
        let community = community(&world, false).await;
        plan(&world, &community).await;
        world.advance(3 * HOUR - 4 * MINUTE).await;
        assert!(tap_all(&world) > 0);
        world.advance(9 * MINUTE).await;
        for (chat_id, who) in canaries.iter().step_by(2) {
            world.act(&Act::Leave { chat_id: chat_id.clone(), who: who.clone() });
        }
        world.advance(70 * MINUTE).await;
        let list = world.get(&format!("/api/v1/metrics/releases?community={community}")).await.ok();
        let figures = card(&world, list["items"][0]["post_id"].as_str().expect("a release")).await["figures"].clone();
        assert_eq!((&figures["reach"], &figures["leaves"], &figures["opens"]), (&json!(0), &json!(0), &json!(0)), "{figures}");
        let after = world.get("/api/v1/groups?limit=2").await.ok();
        assert!(after["items"].as_array().expect("groups").iter().all(|g| g["eligible"] == json!(0)), "{after}");
        let listed = world.get("/api/v1/communities").await.ok();
        assert!(listed["items"].as_array().expect("communities").iter().all(|c| c["eligible"] == json!(0)), "{listed}");
        let mut tx = world.ctx.read().await.expect("a session");
        for group in after["items"].as_array().expect("groups") {
            let id = group["id"].as_str().expect("an id");
            assert!(crate::groups::eligible_people(&mut tx, &world.scope, id).await.expect("people").is_empty());
        }
        drop(tx);
        assert_eq!(differing(&world).await, 0);
    }

    async fn a_decision_changes_what_comes(world: World) {
        let (post, community) = released(&world).await;
        let path = format!("/api/v1/metrics/releases/{post}/decide");
        assert_eq!(world.post(&path, &json!({ "verdict": "move" })).await.refusal(), "metrics.no_minute");
        assert_eq!(world.post(&path, &json!({ "verdict": "move", "minute": 60 })).await.refusal(), "metrics.quiet_minute");
        let moved = world.post(&path, &json!({ "verdict": "move", "minute": 630, "note": "提前半小时" })).await.ok();
        assert_eq!((&moved["posts_changed"], &moved["posts_held"]), (&json!(13), &json!(0)));
        let week = format!("/api/v1/playbooks/week?community={community}&day=20260819");
        let wednesday = world.get(&week).await.ok()["days"][2].clone();
        assert_eq!(wednesday["posts"][0]["minute"], json!(630));
        world.advance(DAY).await;
        tap_all(&world);
        world.advance(HOUR).await;
        let list = world.get("/api/v1/metrics/releases").await.ok();
        let next = list["items"].as_array().expect("releases").iter()
            .find(|r| r["series"] == "今日菜单" && r["post_id"] != json!(post)).expect("tomorrow's").clone();
        let next_id = next["post_id"].as_str().expect("id");
        let card = card(&world, next_id).await;
        assert_eq!(card["before"]["decision"]["verdict"], "move");
        assert_eq!(card["before"]["decision"]["note"], "提前半小时");
        let stop = format!("/api/v1/metrics/releases/{next_id}/decide");
        let stopped = world.post(&stop, &json!({ "verdict": "stop" })).await.ok();
        assert!(stopped["posts_changed"].as_u64().is_some_and(|n| n >= 12), "{stopped}");
        world.advance(3 * DAY).await;
        let week = world.get(&format!("/api/v1/playbooks/week?community={community}&day=20260821")).await.ok();
        let friday = week["days"][4]["posts"].as_array().expect("posts").clone();
        let menu: Vec<&Value> = friday.iter().filter(|p| p["series"] == "今日菜单").collect();
        assert_eq!((menu.len(), &menu[0]["state"]), (1, &json!("skipped")));
    }

    async fn the_baseline_is_the_median_of_the_same_slot(world: World) {
        let (_, community) = released(&world).await;
        for _ in 0..3 {
            world.advance(DAY - 9 * MINUTE).await;
            tap_all(&world);
            world.advance(9 * MINUTE).await;
        }
        world.advance(2 * HOUR).await;
        let list = world.get(&format!("/api/v1/metrics/releases?community={community}")).await.ok();
        let menu = list["items"].as_array().expect("releases").iter().find(|r| r["series"] == "今日菜单").expect("one");
        let card = card(&world, menu["post_id"].as_str().expect("id")).await;
        assert_eq!(card["baseline"]["releases"], json!(3), "{card}");
        assert_eq!(card["baseline"]["opens"], json!(0.0));
        assert!(card["baseline"]["reach"].as_f64().is_some_and(|n| n > 0.0));
    }

    async fn every_figure_is_defined(world: World) {
        let all = world.get("/api/v1/metrics/definitions").await.ok();
        for definition in all.as_array().expect("definitions") {
            assert_ne!(definition["text"], definition["key"], "no text");
            assert!(["L1", "L2"].contains(&definition["level"].as_str().expect("a level")));
        }
    }
}
