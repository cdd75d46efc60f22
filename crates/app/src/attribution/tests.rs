//! Touches and orders meet, in whatever order they become known.

use base::time::HOUR;
use base::{Fen, Timestamp};
use serde_json::{Value, json};

use crate::both_dbs;
use crate::links::{NewLink, Surface, mint};
use crate::orders::{Incoming, take};
use crate::people;
use crate::reactions::{self, Fact};
use crate::testkit::World;

async fn person(world: &World) -> String {
    let mut tx = world.ctx.begin().await.expect("a transaction");
    let seen = people::Seen {
        account: "acc_1",
        external_id: "wm1",
        union_id: Some("un1"),
        name: "小美",
        ..people::Seen::default()
    };
    let known = people::recognise(&mut tx, &world.scope, &seen).await.expect("a person");
    tx.commit().await.expect("a commit");
    known.person
}

async fn link(world: &World, post: &str, surface: Surface) -> String {
    let mut tx = world.ctx.begin().await.expect("a transaction");
    let new = NewLink {
        target_url: "https://shop.example/".to_owned(),
        post_id: Some(post.to_owned()),
        account_id: Some("acc_1".to_owned()),
        surface,
        ..NewLink::default()
    };
    let minted = mint(&mut tx, &world.scope, &new).await.expect("a link");
    tx.commit().await.expect("a commit");
    minted.id
}

async fn click(world: &World, person: &str, link: &str, post: &str, at: Timestamp) {
    let mut tx = world.ctx.begin().await.expect("a transaction");
    let fact = Fact::LinkClicked {
        link: link.to_owned(),
        post: Some(post.to_owned()),
        group: None,
        person: person.to_owned(),
        at,
    };
    reactions::on(&mut tx, &world.scope, &fact).await.expect("a touch");
    tx.commit().await.expect("a commit");
}

async fn buy(world: &World, number: &str, paid_at: Timestamp, refunded: i64) {
    let order = Incoming {
        source: "shop".into(),
        order_no: number.into(),
        union_id: "un1".into(),
        external_id: String::new(),
        mobile: String::new(),
        amount: Fen(2_000),
        paid: Fen(2_000),
        paid_at,
        refunded: Fen(refunded),
        refunded_at: Timestamp(0),
        items: vec![],
    };
    let mut tx = world.ctx.begin().await.expect("a transaction");
    take(&mut tx, &world.scope, &order).await.expect("an order");
    tx.commit().await.expect("a commit");
}

async fn credit(world: &World, post: &str) -> Value {
    world.get(&format!("/api/v1/attribution/posts/{post}")).await.ok()["total"].clone()
}

both_dbs! {
    async fn the_last_touch_gets_the_order_and_its_refund(world: World) {
        let person = person(&world).await;
        let now = world.ctx.now();
        let first = link(&world, "pst_1", Surface::GroupPost).await;
        let last = link(&world, "pst_2", Surface::GroupPost).await;
        click(&world, &person, &first, "pst_1", now.minus(5 * HOUR)).await;
        click(&world, &person, &last, "pst_2", now.minus(2 * HOUR)).await;
        buy(&world, "A1", now.minus(HOUR), 0).await;
        assert_eq!(credit(&world, "pst_1").await["orders"], 0);
        let won = json!({ "orders": 1, "buyers": 1, "paid_fen": 2_000, "refunded_fen": 0, "net_fen": 2_000 });
        assert_eq!(credit(&world, "pst_2").await, won);
        buy(&world, "A1", now.minus(HOUR), 500).await;
        buy(&world, "A1", now.minus(HOUR), 700).await;
        let less = json!({ "orders": 1, "buyers": 1, "paid_fen": 2_000, "refunded_fen": 700, "net_fen": 1_300 });
        assert_eq!(credit(&world, "pst_2").await, less);
        let order = world.get("/api/v1/orders").await.ok()["items"][0]["id"].as_str().expect("an id").to_owned();
        let candidates = world.get(&format!("/api/v1/attribution/orders/{order}")).await.ok();
        let chosen: Vec<(&Value, &Value)> = candidates.as_array().expect("a list").iter()
            .map(|c| (&c["post_id"], &c["chosen"])).collect();
        assert_eq!(chosen, [(&json!("pst_2"), &json!(true)), (&json!("pst_1"), &json!(false))]);
    }

    async fn an_opening_that_is_settled_late_still_gets_its_order(world: World) {
        let person = person(&world).await;
        let now = world.ctx.now();
        let early = link(&world, "pst_1", Surface::GroupPost).await;
        let late = link(&world, "pst_2", Surface::GroupPost).await;
        click(&world, &person, &early, "pst_1", now.minus(3 * HOUR)).await;
        buy(&world, "A1", now.minus(HOUR), 300).await;
        assert_eq!(credit(&world, "pst_1").await["net_fen"], 1_700);
        click(&world, &person, &late, "pst_2", now.minus(2 * HOUR)).await;
        assert_eq!(credit(&world, "pst_1").await["orders"], 0, "order and refund went on together");
        assert_eq!(credit(&world, "pst_2").await["net_fen"], 1_700);
        click(&world, &person, &early, "pst_1", now).await;
        assert_eq!(credit(&world, "pst_2").await["orders"], 1, "a touch after the payment changes nothing");
    }

    async fn windows_are_kept_and_can_be_set(world: World) {
        let person = person(&world).await;
        let now = world.ctx.now();
        let old = link(&world, "pst_1", Surface::GroupPost).await;
        let private = link(&world, "pst_2", Surface::Private).await;
        click(&world, &person, &old, "pst_1", now.minus(25 * HOUR)).await;
        buy(&world, "A1", now, 0).await;
        assert_eq!(credit(&world, "pst_1").await["orders"], 0);
        click(&world, &person, &private, "pst_2", now.minus(70 * HOUR)).await;
        assert_eq!(credit(&world, "pst_2").await["orders"], 1);
        let path = "/api/v1/attribution/windows";
        let windows = json!({ "group_post_hours": 48, "private_hours": 72, "public_hours": 168 });
        assert_eq!(world.put(path, &windows).await.ok(), windows);
        buy(&world, "A2", now, 0).await;
        assert_eq!(credit(&world, "pst_1").await["orders"], 1);
        let wrong = json!({ "group_post_hours": 0, "private_hours": 72, "public_hours": 168 });
        assert_eq!(world.put(path, &wrong).await.refusal(), "attribution.window");
    }

    async fn taking_the_same_facts_twice_credits_once(world: World) {
        let person = person(&world).await;
        let now = world.ctx.now();
        let link = link(&world, "pst_1", Surface::GroupPost).await;
        for _ in 0..2 {
            click(&world, &person, &link, "pst_1", now.minus(HOUR)).await;
            buy(&world, "A1", now, 0).await;
        }
        assert_eq!(credit(&world, "pst_1").await["paid_fen"], 2_000);
    }
}
