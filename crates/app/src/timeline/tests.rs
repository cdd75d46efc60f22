//! Timelines over HTTP, on both engines.

use axum::body::Body;
use base::time::MINUTE;
use base::{Clock as _, Fen};
use http::Method;
use serde_json::{Value, json};
use wecom_sim::Act;

use crate::access::Role;
use crate::both_dbs;
use crate::reactions::{self, Fact};
use crate::testkit::World;

/// Somebody in two groups of two owners, who is tagged, clicked, bought and said no. Her id and her groups' owners.
async fn lived(world: &World) -> (String, Vec<String>) {
    world.connect().await;
    let corp = world.company().0;
    let chats: Vec<(String, String)> = {
        let desk = world.sim.desk();
        let mut found: Vec<(String, String)> = Vec::new();
        for group in desk.world.corps[&corp].groups.values() {
            if found.iter().all(|(_, owner)| *owner != group.live.owner) {
                found.push((group.chat_id.clone(), group.live.owner.clone()));
            }
        }
        found
    };
    let made = world.act(&Act::MakePerson { name: "安安".into(), gender: 0, partner: false });
    let person = made["person"].as_str().expect("a person").to_owned();
    for (chat, _) in chats.iter().take(2) {
        world.act(&Act::JoinByLink { chat_id: chat.clone(), person: person.clone() });
        world.advance(MINUTE).await;
    }
    let id = world.get("/api/v1/people?search=安安").await.ok()["items"][0]["id"]
        .as_str()
        .expect("a person")
        .to_owned();
    let now = world.clock.now();
    let mut tx = world.ctx.begin().await.expect("a transaction");
    let answer = crate::privacy::Answer {
        person: &id,
        purpose: crate::privacy::Purpose::IdentifyClicks,
        granted: false,
        text_version: 0,
        channel: crate::privacy::Channel::Staff,
        evidence: "a test",
        page: "",
        recorded_by: "",
        proof: "",
    };
    crate::privacy::answer(&mut tx, &world.scope, &answer).await.expect("an answer");
    tx.exec(
        "INSERT INTO orders_order (tenant_id, id, source, order_no, person_id, union_id, external_id, mobile, amount_fen,
             paid_fen, refunded_fen, paid_at, refunded_at, day, items, status, search, received_at)
         VALUES ($1, 'ord_1', 'shop', 'A1', $2, '', '', '', 900, 900, 100, $3, $4, 20260817, '[]', 'refunded', '', $3)",
        crate::args![world.scope.tenant(), &id, now, now.plus(MINUTE)],
    )
    .await
    .expect("an order");
    tx.exec(
        "INSERT INTO events_event (tenant_id, id, event_key, person_id, name, at, day, properties, received_at, source_id)
         VALUES ($1, 'evt_1', 'k1', $2, 'visited_store', $3, 20260817, '{\"store\":\"7\"}', $3, 'key_1')",
        crate::args![world.scope.tenant(), &id, now],
    )
    .await
    .expect("an event");
    let fact = Fact::OrderPlaced { order: "ord_1".into(), person: Some(id.clone()), paid: Fen(900), at: now };
    reactions::on(&mut tx, &world.scope, &fact).await.expect("a reaction");
    tx.commit().await.expect("a commit");
    (id, chats.into_iter().take(2).map(|(_, owner)| owner).collect())
}

fn kinds(page: &Value) -> Vec<String> {
    page["items"]
        .as_array()
        .expect("entries")
        .iter()
        .map(|e| e["kind"].as_str().expect("a kind").to_owned())
        .collect()
}

both_dbs! {
    async fn everything_is_in_one_list_page_by_page(world: World) {
        let (id, _) = lived(&world).await;
        let whole = world.get(&format!("/api/v1/people/{id}/timeline?limit=200")).await.ok();
        for kind in ["joined", "ordered", "refunded", "event", "consent"] {
            assert!(kinds(&whole).contains(&kind.to_owned()), "{kind}: {whole}");
        }
        let at: Vec<i64> = whole["items"].as_array().expect("entries").iter().map(|e| e["at"].as_i64().expect("a time")).collect();
        assert!(at.windows(2).all(|w| w[0] >= w[1]), "newest first: {at:?}");
        let mut path = format!("/api/v1/people/{id}/timeline?limit=2");
        let mut all = Vec::new();
        loop {
            let page = world.get(&path).await.ok();
            all.extend(page["items"].as_array().expect("entries").clone());
            let Some(next) = page["next"].as_str() else { break };
            path = format!("/api/v1/people/{id}/timeline?limit=2&cursor={}", next.replace('|', "%7C"));
        }
        assert_eq!(json!(all), whole["items"]);
        let joined = world.get(&format!("/api/v1/people/{id}/timeline?kind=joined")).await.ok();
        assert_eq!(kinds(&joined), ["joined", "joined"]);
        let refunded = world.get(&format!("/api/v1/people/{id}/timeline?kind=refunded")).await.ok();
        assert_eq!((&refunded["items"][0]["amount_fen"], &refunded["items"][0]["name"]), (&json!(100), &json!("A1")));
    }

    async fn an_owner_sees_what_happened_in_her_groups(world: World) {
        let (id, owners) = lived(&world).await;
        let mut tx = world.ctx.read().await.expect("a session");
        let staff: (String,) = tx.one("SELECT id FROM staff_member WHERE platform_id = $1", crate::args![&owners[0]]).await.expect("an owner");
        drop(tx);
        let owner = world.operator("olga", Role::GroupOwner, Some(&staff.0)).await;
        let path = format!("/api/v1/people/{id}/timeline?kind=joined");
        let seen = world.send_as(&owner, Method::GET, &path, Body::empty()).await.ok();
        assert_eq!(kinds(&seen), ["joined"], "the other group is somebody else's");
    }
}
