//! People live sixty days against a product that does the least a product does.

use std::collections::BTreeMap;

use base::time::{HOUR, MINUTE};
use base::{Clock, TenantZone};
use serde_json::json;
use wecom_sim::world::Origin;
use wecom_sim::{Act, Intent, Population, Poster};

use crate::desk::{TestDesk, element};

#[derive(Default, Debug, PartialEq)]
struct Life {
    history: u64,
    links: usize,
    cards: usize,
    orders: usize,
    refunds: usize,
    greeted: usize,
    tasks: usize,
}

fn mix(history: u64, text: &str) -> u64 {
    text.bytes().fold(history, |h, b| (h ^ u64::from(b)).wrapping_mul(0x100_0000_01b3))
}

/// The least a product does: codes, a greeting with the group's code, three posts a day.
async fn live(seed: u64, days: i64) -> (TestDesk, Life) {
    let desk = TestDesk::new(seed);
    let mut life = Life::default();
    let mut people = Population::new(seed, &desk.sim.desk().world, desk.now()).expect("the seeded company");
    let mut greetings = BTreeMap::new();
    for (key, _, chat, owner) in people.groups() {
        let code = desk.contact_way(&[owner], key).await;
        let join = desk.join_way(&[&chat], &format!("j-{key}")).await;
        let way = desk.done("externalcontact/groupchat/get_join_way", json!({"config_id": join})).await;
        let qr = way["join_way"]["qr_code"].as_str().expect("a picture").to_owned();
        greetings.insert(key.to_owned(), qr);
        people.poster(Poster { code, place: key.to_owned(), weight: 3.0 });
        people.poster(Poster { code: join, place: key.to_owned(), weight: 1.0 });
    }
    let zone = TenantZone::shanghai();
    let end = desk.now().plus(days * 24 * HOUR);
    let mut next_post = zone.at(zone.day_of(desk.now()).plus_days(1), 11 * 60);
    while desk.now() < end {
        people.notice(&desk.sim.desk().world, desk.now());
        let due = [people.next_due(), desk.sim.next_due(), Some(next_post)];
        desk.clock.set(due.into_iter().flatten().min().expect("something is due"));
        for intent in desk.sim.live(&mut people) {
            life.history = mix(life.history, &serde_json::to_string(&intent).expect("JSON"));
            match intent {
                Intent::OpenLink { .. } => life.links += 1,
                Intent::OpenCard { staff, .. } => {
                    life.cards += 1;
                    let chat_id = desk.group("chen.mo");
                    let content =
                        json!({"msgtype": "text", "text": {"content": "限量券 https://product.test/r/card"}});
                    let act = Act::SendChatMessage { userid: staff, chat_id, content };
                    let _ = desk.sim.act(&desk.corp, &act);
                }
                Intent::PlaceOrder { .. } => life.orders += 1,
                Intent::Refund { .. } => life.refunds += 1,
            }
        }
        greet(&desk, &greetings, &mut life).await;
        if desk.now() >= next_post {
            post(&desk, &people, &mut life).await;
            next_post =
                next_post.plus(if zone.minute_of_day(next_post) == 660 { 9 * HOUR } else { 15 * HOUR });
        }
    }
    (desk, life)
}

async fn greet(desk: &TestDesk, greetings: &BTreeMap<String, String>, life: &mut Life) {
    for xml in desk.events().await {
        life.history = mix(life.history, &xml);
        let code = element(&xml, "WelcomeCode");
        let Some(qr) = greetings.get(element(&xml, "State")).filter(|_| !code.is_empty()) else { continue };
        let text = format!("你好，进群扫这里 {qr}");
        let body = json!({"welcome_code": code, "text": {"content": text}});
        desk.done("externalcontact/send_welcome_msg", body).await;
        life.greeted += 1;
    }
}

async fn post(desk: &TestDesk, people: &Population, life: &mut Life) {
    for (key, _, chat, owner) in people.groups() {
        life.tasks += 1;
        let link = json!({"msgtype": "link", "link": {"title": "今日限量券", "url": format!("https://product.test/r/{key}")}});
        let body =
            json!({"chat_type": "group", "sender": owner, "chat_id_list": [chat], "attachments": [link]});
        desk.done("externalcontact/add_msg_template", body).await;
    }
    let card = json!({"touser": "chen.mo", "agentid": 1_000_002, "msgtype": "textcard",
        "textcard": {"title": "发一条", "description": "晚上的", "url": "https://product.test/side"}});
    desk.done("message/send", card).await;
}

#[tokio::test]
async fn the_same_seed_lives_the_same_history_and_another_seed_another() {
    let (_, first) = live(5, 6).await;
    let (_, again) = live(5, 6).await;
    let (_, other) = live(6, 6).await;
    assert_eq!(first, again);
    assert_ne!(first.history, other.history);
}

#[tokio::test]
async fn sixty_days_look_like_the_trade() {
    let (desk, life) = live(11, 60).await;
    let sim = desk.sim.desk();
    let corp = &sim.world.corps[&desk.corp];
    let members: usize =
        corp.groups.values().map(|g| g.live.members.values().filter(|m| !m.employee).count()).sum();
    let joined: u32 = corp.groups.values().flat_map(|g| g.days.values().map(|d| d.joined)).sum();
    let left = f64::from(joined) - members as f64;
    assert!((1_000..1_600).contains(&members), "members now: {members} of {joined}");
    assert!((0.08..0.30).contains(&(left / f64::from(joined))), "left: {left} of {joined}");
    let never = corp.mass_sends.values().filter(|s| s.senders.values().any(|t| t.status == 0)).count();
    let share = never as f64 / life.tasks as f64;
    assert!((0.03..0.10).contains(&share), "never tapped: {never} of {}", life.tasks);
    assert!((3_000..25_000).contains(&life.links), "{life:?}");
    assert!(life.orders > 600 && life.refunds > 20 && life.cards > 90, "{life:?}");
    let greeted = corp.welcome_codes.values().filter(|c| c.used.is_some()).count();
    assert_eq!(greeted, life.greeted);
    let clicks = corp.clicks.len();
    assert!(clicks <= life.links && clicks * 10 > life.links * 8, "{clicks} of {}", life.links);
    drop(sim);
    truth_agrees_with_itself(&desk);
}

/// Every figure that the platform keeps twice says the same twice.
fn truth_agrees_with_itself(desk: &TestDesk) {
    let sim = desk.sim.desk();
    let corp = &sim.world.corps[&desk.corp];
    for person in corp.people.values() {
        for userid in person.follows.keys() {
            assert!(corp.staff[userid].customers.contains(&person.id));
        }
    }
    for staff in corp.staff.values() {
        assert!(staff.customers.iter().all(|id| corp.people[id].follows.contains_key(&staff.userid)));
    }
    for group in corp.groups.values() {
        let last = group.days.values().next_back().expect("a day");
        assert_eq!(last.members, group.live.members.len(), "{}", group.live.name);
        assert!(group.holds(&group.live.owner));
        let shown = group.shown(desk.clock.now().plus(MINUTE));
        assert_eq!(shown.members.len(), group.live.members.len(), "the lag ends");
    }
    let sent = corp.mass_sends.values().flat_map(|s| s.senders.values().flat_map(|t| &t.targets));
    let sent = sent.filter(|t| t.status == 1).count();
    let delivered = corp.deliveries.iter().filter(|d| d.origin == Origin::MassSend).count();
    assert_eq!(sent, delivered, "one delivery for every target that says sent");
    let greetings = corp.deliveries.iter().filter(|d| d.origin == Origin::Welcome).count();
    assert_eq!(greetings, corp.welcome_codes.values().filter(|c| c.used.is_some()).count());
    for times in corp.received.values() {
        let august =
            times.iter().filter(|t| corp.zone.day_of(**t).first_of_month().iso() == "2026-08-01").count();
        assert!(august <= 31, "no receiver over the month's cap");
    }
}
