//! Broadcasts against the simulated platform: the plain way, and every way in which a send can go wrong.

use base::time::{DAY, HOUR, MINUTE};
use base::{Clock as _, Rng, Timestamp};
use messenger::Lane;
use messenger::broadcasts::{BroadcastDraft, MessageBody, Targets};
use serde_json::json;
use wecom_sim::{Act, Harm, Rule};

use super::jobs::crash;
use super::{NewSend, NewShard, TargetRef};
use crate::both_dbs;
use crate::ctx::LiveCall;
use crate::kernel::facts;
use crate::testkit::World;

/// An owner of groups in the simulated company, and their ids.
fn owner(world: &World) -> (String, Vec<String>) {
    let desk = world.sim.desk();
    let id = desk.world.main_corp_id().expect("the seeded company");
    let groups = &desk.world.corps[&id].groups;
    let owner = groups.values().next().expect("a group").live.owner.clone();
    let own: Vec<String> =
        groups.values().filter(|g| g.live.owner == owner).map(|g| g.chat_id.clone()).take(3).collect();
    (owner, own)
}

fn shard(account: &str, owner: &str, groups: &[String], text: &str) -> NewShard {
    NewShard {
        account_id: account.to_owned(),
        staff_id: format!("stf_{owner}"),
        staff_platform_id: owner.to_owned(),
        body: MessageBody { text: text.to_owned(), attachments: Vec::new() },
        targets: groups
            .iter()
            .map(|g| TargetRef { group_id: format!("grp_{g}"), platform_id: g.clone() })
            .collect(),
    }
}

/// Makes a send of one shard; answers the shard's id.
async fn send(world: &World, account: &str, post: &str) -> String {
    let (owner, groups) = owner(world);
    let shards = vec![shard(account, &owner, &groups, &format!("今日菜单 {post}"))];
    let mut tx = world.ctx.begin().await.expect("a transaction");
    let expires_at = tx.now().plus(6 * HOUR);
    let new = NewSend { post_id: post.to_owned(), expires_at, shards };
    super::create(&mut tx, &world.scope, new).await.expect("a send");
    tx.commit().await.expect("a commit");
    let page = world.get("/api/v1/broadcasts").await.ok();
    page["items"][0]["id"].as_str().expect("a shard").to_owned()
}

async fn state(world: &World, shard: &str) -> String {
    let view = world.get(&format!("/api/v1/broadcasts/{shard}")).await.ok();
    view["state"].as_str().expect("a state").to_owned()
}

/// Live and cancelled tasks on the platform.
fn on_platform(world: &World) -> (usize, usize) {
    let (corp, _) = world.company();
    let desk = world.sim.desk();
    let sends = desk.world.corps[&corp].mass_sends.values();
    let cancelled = sends.clone().filter(|s| s.cancelled.is_some()).count();
    (sends.count() - cancelled, cancelled)
}

fn newest_task(world: &World) -> (String, String) {
    let (corp, _) = world.company();
    let desk = world.sim.desk();
    let corp = &desk.world.corps[&corp];
    let send = &corp.mass_sends[corp.mass_order.last().expect("a task")];
    (send.senders.keys().next().expect("a sender").clone(), send.msgid.clone())
}

fn harm(world: &World, rule: Rule) {
    world.sim.desk().faults.rules.push(rule);
}

/// Kinds and reasons of the facts about posts.
async fn post_facts(world: &World) -> Vec<String> {
    let mut tx = world.ctx.read().await.expect("a session");
    let rows = facts::after(&mut tx, world.scope.tenant(), 0, 10_000).await.expect("facts");
    rows.into_iter().map(|f| f.kind).filter(|k| k.starts_with("post_")).collect()
}

both_dbs! {
    async fn a_send_is_confirmed_by_one_tap(world: World) {
        let account = world.connect().await;
        let shard = send(&world, &account, "pst_1").await;
        world.settle().await;
        assert_eq!(state(&world, &shard).await, "accepted");
        assert_eq!(on_platform(&world), (1, 0));
        let (userid, msgid) = newest_task(&world);
        world.act(&Act::TapMassSend { userid, msgid, choice: Vec::new() });
        world.advance(2 * MINUTE).await;
        assert_eq!(state(&world, &shard).await, "confirmed");
        let facts = post_facts(&world).await;
        assert!(!facts.is_empty() && facts.iter().all(|f| f == "post_delivered"), "{facts:?}");
        let view = world.get(&format!("/api/v1/broadcasts/{shard}")).await.ok();
        let targets = view["targets"].as_array().expect("targets");
        assert_eq!(targets.len(), facts.len());
        assert!(targets.iter().all(|t| t["state"] == "sent"));
    }

    async fn without_an_answer_it_is_looked_for_and_found(world: World) {
        let account = world.connect().await;
        harm(&world, Rule::on("add_msg_template", Harm::TimeoutAfterEffect).times(1));
        let shard = send(&world, &account, "pst_1").await;
        world.settle().await;
        assert_eq!(state(&world, &shard).await, "unknown");
        let refusal = world.post(&format!("/api/v1/broadcasts/{shard}/remind"), &json!({})).await;
        assert_eq!(refusal.refusal(), "broadcasts.nothing_to_remind");
        world.advance(11 * MINUTE).await;
        assert_eq!(state(&world, &shard).await, "accepted");
        assert_eq!(on_platform(&world), (1, 0));
    }

    async fn without_an_effect_it_is_sent_again_after_two_looks(world: World) {
        let account = world.connect().await;
        crash::arm("send.after_intent");
        let shard = send(&world, &account, "pst_1").await;
        world.advance(10_000).await;
        assert_eq!(state(&world, &shard).await, "unknown");
        world.advance(15 * MINUTE).await;
        assert_eq!((state(&world, &shard).await.as_str(), on_platform(&world)), ("unknown", (0, 0)));
        world.advance(6 * MINUTE).await;
        assert_eq!((state(&world, &shard).await.as_str(), on_platform(&world)), ("accepted", (1, 0)));
    }

    async fn a_death_between_effect_and_record_makes_no_second_task(world: World) {
        let account = world.connect().await;
        crash::arm("send.after_call");
        let shard = send(&world, &account, "pst_1").await;
        world.advance(30 * MINUTE).await;
        assert_eq!((state(&world, &shard).await.as_str(), on_platform(&world)), ("accepted", (1, 0)));
    }

    async fn a_late_second_task_is_stopped_within_a_minute(world: World) {
        let account = world.connect().await;
        crash::arm("send.after_intent");
        let shard = send(&world, &account, "pst_1").await;
        world.advance(25 * MINUTE).await;
        assert_eq!(state(&world, &shard).await, "accepted");
        // The first request takes effect long after every waiting time.
        let (sender, groups) = owner(&world);
        let body = MessageBody { text: "今日菜单 pst_1".to_owned(), attachments: Vec::new() };
        let draft = BroadcastDraft { sender, body, targets: Targets::Groups(groups) };
        let platform = world.ctx.live_messenger(&account, LiveCall::SignPage).await.expect("connected");
        let late = platform.broadcasts().expect("supported").create(&draft, Lane::Normal).await.expect("a task");
        assert_eq!(on_platform(&world), (2, 0));
        world.advance(2 * MINUTE).await;
        assert_eq!(on_platform(&world), (1, 1));
        let bound = world.get(&format!("/api/v1/broadcasts/{shard}")).await.ok();
        assert_ne!(bound["platform_id"].as_str(), Some(late.id.as_str()));
        let mut tx = world.ctx.read().await.expect("a session");
        let twins = crate::broadcasts::twins_since(&mut tx, &world.scope, Timestamp(0)).await.expect("twins");
        assert_eq!((twins.len(), twins[0].platform_id.as_str()), (1, late.id.as_str()));
        assert!(twins[0].cancelled_at > 0);
    }

    async fn a_refusal_gives_the_quota_back(world: World) {
        let account = world.connect().await;
        harm(&world, Rule::on("add_msg_template", Harm::Errcode { code: 40058 }).times(1));
        let shard = send(&world, &account, "pst_1").await;
        world.settle().await;
        assert_eq!((state(&world, &shard).await.as_str(), on_platform(&world)), ("refused", (0, 0)));
        let mut tx = world.ctx.read().await.expect("a session");
        let used = tx.number("SELECT COUNT(*) FROM budgets_use", crate::args![]).await.expect("a count");
        assert_eq!(used, 0);
        drop(tx);
        assert!(post_facts(&world).await.iter().all(|f| f == "post_missed"));
        let view = world.get(&format!("/api/v1/broadcasts/{shard}")).await.ok();
        assert_eq!(view["trouble_code"], "broadcasts.refused");
        assert!(view["trouble_detail"].as_str().is_some_and(|d| d.contains("40058")), "{view}");
    }

    async fn a_busy_platform_delays_and_nothing_is_lost(world: World) {
        let account = world.connect().await;
        harm(&world, Rule::on("add_msg_template", Harm::Errcode { code: 45009 }).times(1));
        let shard = send(&world, &account, "pst_1").await;
        world.settle().await;
        assert_eq!(state(&world, &shard).await, "planned");
        world.advance(2 * HOUR).await;
        assert_eq!((state(&world, &shard).await.as_str(), on_platform(&world)), ("accepted", (1, 0)));
    }

    async fn nobody_taps(world: World) {
        let account = world.connect().await;
        let shard = send(&world, &account, "pst_1").await;
        world.advance(40 * MINUTE).await;
        let reminded = || {
            let desk = world.sim.desk();
            let id = desk.world.main_corp_id().expect("the company");
            desk.world.corps[&id].mass_sends.values().map(|s| s.reminders.len()).sum::<usize>()
        };
        assert_eq!(reminded(), 1);
        for _ in 0..2 {
            world.post(&format!("/api/v1/broadcasts/{shard}/remind"), &json!({})).await.ok();
            world.advance(MINUTE).await;
        }
        assert_eq!(reminded(), 3);
        let fourth = world.post(&format!("/api/v1/broadcasts/{shard}/remind"), &json!({})).await;
        assert_eq!(fourth.refusal(), "broadcasts.reminded_enough");
        world.advance(6 * HOUR).await;
        assert_eq!((state(&world, &shard).await.as_str(), on_platform(&world)), ("expired", (0, 1)));
        let facts = post_facts(&world).await;
        assert!(!facts.is_empty() && facts.iter().all(|f| f == "post_missed"));
    }

    async fn an_operator_stops_it(world: World) {
        let account = world.connect().await;
        let shard = send(&world, &account, "pst_1").await;
        world.settle().await;
        world.post(&format!("/api/v1/broadcasts/{shard}/cancel"), &json!({})).await.ok();
        world.advance(2 * MINUTE).await;
        assert_eq!((state(&world, &shard).await.as_str(), on_platform(&world)), ("cancelled", (0, 1)));
        let again = world.post(&format!("/api/v1/broadcasts/{shard}/cancel"), &json!({})).await;
        assert_eq!(again.refusal(), "broadcasts.not_now");
    }

    async fn an_operator_decides_about_the_unknown(world: World) {
        let account = world.connect().await;
        harm(&world, Rule::on("get_groupmsg_list", Harm::Errcode { code: 48002 }));
        for (post, verdict, want) in
            [("pst_1", "sent", "confirmed"), ("pst_2", "give_up", "cancelled"), ("pst_3", "resend", "accepted")]
        {
            crash::arm("send.after_intent");
            let shard = send(&world, &account, post).await;
            world.advance(30 * MINUTE).await;
            let view = world.get(&format!("/api/v1/broadcasts/{shard}")).await.ok();
            assert_eq!((&view["state"], &view["trouble_code"]), (&json!("unknown"), &json!("broadcasts.cannot_ask")));
            let path = format!("/api/v1/broadcasts/{shard}/resolve");
            world.post(&path, &json!({ "verdict": verdict })).await.ok();
            world.settle().await;
            assert_eq!(state(&world, &shard).await, want);
        }
        assert_eq!(on_platform(&world), (1, 0));
    }

    async fn a_full_quota_leaves_the_group_out(world: World) {
        let account = world.connect().await;
        world.patch("/api/v1/tenant", &json!({ "broadcast_rule": "day" })).await.ok();
        let first = send(&world, &account, "pst_1").await;
        let second = send(&world, &account, "pst_2").await;
        world.settle().await;
        assert_eq!(state(&world, &first).await, "accepted");
        assert_eq!(state(&world, &second).await, "cancelled");
        let view = world.get(&format!("/api/v1/broadcasts/{second}")).await.ok();
        assert_eq!(view["trouble_code"], "broadcasts.over_quota");
        assert_eq!(on_platform(&world), (1, 0));
    }
}

/// Thirty sends under crashes at every point, lost answers, torn answers and errors: in the end every shard has exactly
/// one live task, and none was lost.
#[tokio::test]
async fn whatever_breaks_no_task_is_lost_or_doubled() {
    for seed in 0..3 {
        let world = World::sqlite().await;
        let account = world.connect().await;
        let mut chance = Rng::seeded(seed).child("harm");
        world.sim.desk().faults.reseed(seed);
        for harm in [
            Harm::TimeoutAfterEffect,
            Harm::TruncatedJson,
            Harm::ResetBeforeEffect,
            Harm::Http { status: 502 },
        ] {
            self::harm(&world, Rule::on("add_msg_template", harm.clone()).with_chance(0.15));
            self::harm(&world, Rule::on("get_groupmsg", harm).with_chance(0.05));
        }
        let mut shards = Vec::new();
        for n in 0..30 {
            if chance.chance(0.3) {
                crash::arm(if chance.chance(0.5) { "send.after_intent" } else { "send.after_call" });
            }
            shards.push(send(&world, &account, &format!("pst_{n}")).await);
            world.advance(i64::try_from(chance.below(5)).expect("small") * MINUTE).await;
        }
        world.sim.desk().faults.rules.clear();
        world.advance(90 * MINUTE).await;
        for shard in &shards {
            assert_eq!(state(&world, shard).await, "accepted", "seed {seed}");
        }
        let (live, _) = on_platform(&world);
        assert_eq!(live, shards.len(), "seed {seed}");
        assert!(world.clock.now().0 < crate::testkit::START.0 + DAY);
    }
}
