//! Greetings, codes, groups: the twenty seconds, the filling of rooms, the lag.

use base::time::SECOND;
use serde_json::{Value, json};
use wecom_sim::Act;

use crate::desk::{TestDesk, element};

fn welcome_codes(events: &[String]) -> Vec<String> {
    events.iter().map(|xml| element(xml, "WelcomeCode").to_owned()).collect()
}

async fn greet(desk: &TestDesk, code: &str) -> i64 {
    desk.code("externalcontact/send_welcome_msg", json!({"welcome_code": code, "text": {"content": "你好"}}))
        .await
}

#[tokio::test]
async fn a_welcome_code_works_once_within_twenty_seconds() {
    let desk = TestDesk::new(1);
    let way = desk.contact_way(&["guo.guo"], "门店").await;
    let person = desk.person("甲");
    desk.scan(&way, &person);
    let codes = welcome_codes(&desk.events().await);
    assert_eq!(codes.len(), 1);
    assert_eq!(greet(&desk, "").await, 41049);
    assert_eq!(greet(&desk, "made up").await, 41050);
    desk.clock.advance(20 * SECOND);
    assert_eq!(greet(&desk, &codes[0]).await, 0, "the twentieth second is in time");
    assert_eq!(greet(&desk, &codes[0]).await, 41051);
    assert_eq!(desk.sim.desk().world.corps[&desk.corp].deliveries.len(), 1);

    desk.scan(&way, &desk.person("乙"));
    let late = welcome_codes(&desk.events().await);
    desk.clock.advance(20 * SECOND + 1);
    assert_eq!(greet(&desk, &late[0]).await, 41050);
}

#[tokio::test]
async fn no_code_comes_when_the_platform_gives_none_and_other_apps_may_be_first() {
    let desk = TestDesk::new(1);
    let way = desk.contact_way(&["guo.guo"], "").await;
    let partner =
        desk.act(Act::MakePerson { name: "同行".to_owned(), gender: 1, partner: true })["person"].clone();
    desk.scan(&way, partner.as_str().expect("id"));
    desk.sim
        .desk()
        .world
        .corps
        .get_mut(&desk.corp)
        .expect("corp")
        .staff
        .get_mut("guo.guo")
        .expect("staff")
        .console_welcome = true;
    desk.scan(&way, &desk.person("甲"));
    assert_eq!(welcome_codes(&desk.events().await), ["", ""], "a WeCom user; a console greeting");
    desk.sim
        .desk()
        .world
        .corps
        .get_mut(&desk.corp)
        .expect("corp")
        .staff
        .get_mut("guo.guo")
        .expect("staff")
        .console_welcome = false;

    let person = desk.person("乙");
    desk.scan(&way, &person);
    let code = welcome_codes(&desk.events().await).remove(0);
    let until = desk.now().plus(SECOND);
    let busy = |at| {
        desk.sim
            .desk()
            .world
            .corps
            .get_mut(&desk.corp)
            .expect("corp")
            .welcome_codes
            .get_mut(&code)
            .expect("code")
            .busy_until = at
    };
    busy(Some(until));
    assert_eq!(greet(&desk, &code).await, 41096, "another app is sending");
    desk.clock.advance(2 * SECOND);
    desk.act(Act::Chat { userid: "guo.guo".to_owned(), person });
    assert_eq!(greet(&desk, &code).await, 41051, "they have talked");
}

#[tokio::test]
async fn a_half_added_customer_brings_one_code_only() {
    let desk = TestDesk::new(1);
    let body = json!({"type": 1, "scene": 2, "user": ["guo.guo"], "skip_verify": false});
    let way = desk.done("externalcontact/add_contact_way", body).await["config_id"]
        .as_str()
        .expect("id")
        .to_owned();
    let (first, second) = (desk.person("甲"), desk.person("乙"));
    desk.scan(&way, &first);
    desk.scan(&way, &second);
    let events = desk.events().await;
    assert!(events.iter().all(|xml| element(xml, "ChangeType") == "add_half_external_contact"));
    assert_eq!(greet(&desk, element(&events[0], "WelcomeCode")).await, 0);
    let get = format!("externalcontact/get?external_userid={first}");
    assert_eq!(desk.get(&get).await["errcode"], 84061, "not a customer before she is accepted");
    for person in [&first, &second] {
        desk.act(Act::AcceptFriend { userid: "guo.guo".to_owned(), person: person.clone() });
    }
    let codes = welcome_codes(&desk.events().await);
    assert_eq!(
        (codes[0].is_empty(), codes[1].is_empty()),
        (true, false),
        "the used half code means no second one"
    );
    assert_eq!(desk.get(&get).await["errcode"], 0);
}

#[tokio::test]
async fn codes_have_a_shared_quota_and_their_caps() {
    let desk = TestDesk::new(1);
    let chat = desk.group("chen.mo");
    let add = "externalcontact/add_contact_way";
    assert_eq!(desk.code(add, json!({"scene": 2})).await, 41037);
    assert_eq!(desk.code(add, json!({"type": 1, "scene": 2, "user": ["guo.guo", "su.qing"]})).await, 40035);
    let long = "很".repeat(31);
    assert_eq!(
        desk.code(add, json!({"type": 1, "scene": 2, "user": ["guo.guo"], "state": long})).await,
        40035
    );
    let six = vec![chat.clone(); 6];
    let join = "externalcontact/groupchat/add_join_way";
    assert_eq!(desk.code(join, json!({"scene": 2, "chat_id_list": six})).await, 41091);
    for n in 0..101 {
        let act = Act::HireStaff { userid: format!("u{n}"), name: "新人".to_owned() };
        desk.act(act);
    }
    assert_eq!(
        desk.code(add, json!({"type": 2, "scene": 2, "party": [1]})).await,
        41041,
        "over 100 after expanding"
    );
    desk.sim.desk().world.corps.get_mut(&desk.corp).expect("corp").rules.entry_code_quota = 2;
    desk.contact_way(&["guo.guo"], "").await;
    let id = desk.join_way(&[&chat], "").await;
    assert_eq!(desk.code(join, json!({"scene": 2, "chat_id_list": [chat]})).await, 41045);
    assert_eq!(desk.code(add, json!({"type": 1, "scene": 2, "user": ["guo.guo"]})).await, 41045);
    desk.done("externalcontact/groupchat/del_join_way", json!({"config_id": id})).await;
    desk.contact_way(&["guo.guo"], "").await;
}

#[tokio::test]
async fn a_join_way_fills_rooms_in_order_and_opens_the_next_one() {
    let desk = TestDesk::new(1);
    let (one, two) = {
        let sim = desk.sim.desk();
        let groups = sim.world.corps[&desk.corp].groups.values();
        let mine: Vec<_> = groups.filter(|g| g.live.owner == "chen.mo").map(|g| g.chat_id.clone()).collect();
        (mine[0].clone(), mine[1].clone())
    };
    let sizes = |c: &str| desk.sim.desk().world.corps[&desk.corp].groups[c].live.members.len();
    let (a, b) = (sizes(&one), sizes(&two));
    let way = desk.join_way(&[&one, &two], "台卡").await;
    desk.sim.desk().world.corps.get_mut(&desk.corp).expect("corp").rules.group_capacity = a.max(b) + 1;
    let free = (a.max(b) + 1 - a) + (a.max(b) + 1 - b);
    let mut rooms: Vec<String> = Vec::new();
    for n in 0..free + 1 {
        let person = desk.person(&format!("客{n}"));
        rooms.push(desk.scan(&way, &person)["chat_id"].as_str().expect("a room").to_owned());
        assert_eq!(desk.scan(&way, &person)["already"], true);
    }
    assert!(rooms[..free].is_sorted_by_key(|r| if *r == one { 0 } else { 1 }), "first the first room");
    let fresh = &rooms[free];
    assert!(*fresh != one && *fresh != two);
    desk.clock.advance(3 * SECOND);
    let detail = desk.done("externalcontact/groupchat/get", json!({"chat_id": fresh, "need_name": 1})).await;
    let group = &detail["group_chat"];
    assert_eq!((group["name"].as_str(), group["owner"].as_str()), (Some("橙里8"), Some("chen.mo")));
    let members = group["member_list"].as_array().expect("members");
    let member = members.iter().find(|m| m["type"] == 2).expect("the newcomer");
    assert_eq!((member["state"].as_str(), member["join_scene"].as_i64()), (Some("台卡"), Some(3)));
    assert!(member["unionid"].is_string() && member.get("invitor").is_none());
    let kept = desk.done("externalcontact/groupchat/get_join_way", json!({"config_id": way})).await;
    assert_eq!(kept["join_way"]["room_base_id"], 9);
}

#[tokio::test]
async fn details_lag_behind_events_and_versions_chain() {
    let desk = TestDesk::new(1);
    let chat = desk.group("chen.mo");
    let way = desk.join_way(&[&chat], "").await;
    let before: Value =
        desk.done("externalcontact/groupchat/get", json!({"chat_id": chat})).await["group_chat"].clone();
    let (first, second) = (desk.person("甲"), desk.person("乙"));
    desk.scan(&way, &first);
    desk.clock.advance(SECOND);
    desk.act(Act::JoinByLink { chat_id: chat.clone(), person: second.clone() });
    let events = desk.events().await;
    let versions: Vec<_> =
        events.iter().map(|x| (element(x, "LastMemVer"), element(x, "CurMemVer"))).collect();
    assert_eq!(versions[0].0, before["member_version"].as_str().expect("a version"));
    assert_eq!(versions[0].1, versions[1].0, "each event continues the last");
    assert_eq!((element(&events[0], "JoinScene"), element(&events[1], "JoinScene")), ("3", "0"));
    assert!(events[0].contains(&format!("<MemChangeList><Item>{first}</Item></MemChangeList>")));
    let now =
        desk.done("externalcontact/groupchat/get", json!({"chat_id": chat})).await["group_chat"].clone();
    assert_eq!(now["member_version"], before["member_version"], "the detail has not caught up");
    desk.clock.advance(1_500);
    let later =
        desk.done("externalcontact/groupchat/get", json!({"chat_id": chat})).await["group_chat"].clone();
    assert_eq!(later["member_version"], versions[0].1, "the first join is there, the second not yet");
    desk.clock.advance(SECOND);
    let end =
        desk.done("externalcontact/groupchat/get", json!({"chat_id": chat})).await["group_chat"].clone();
    assert_eq!(end["member_version"], versions[1].1);
    assert!(end["member_list"].to_string().contains(&second));
}

#[tokio::test]
async fn group_statistics_come_a_day_late() {
    let desk = TestDesk::new(1);
    let chat = desk.group("chen.mo");
    let way = desk.join_way(&[&chat], "").await;
    let person = desk.person("甲");
    desk.scan(&way, &person);
    desk.act(Act::Speak { chat_id: chat, who: person, times: 3 });
    let day = desk.now().seconds();
    let ask =
        json!({"day_begin_time": day, "day_end_time": day, "owner_filter": {"userid_list": ["chen.mo"]}});
    assert_eq!(desk.code("externalcontact/groupchat/statistic", ask.clone()).await, 40035, "not for today");
    desk.clock.advance(24 * 3_600 * SECOND);
    let answer = desk.done("externalcontact/groupchat/statistic", ask.clone()).await;
    let data = &answer["items"][0]["data"];
    assert_eq!((data["new_member_cnt"].as_i64(), data["msg_total"].as_i64()), (Some(1), Some(3)));
    assert_eq!((data["member_has_msg"].as_i64(), data["chat_has_msg"].as_i64()), (Some(1), Some(1)));
    let by_day = desk.done("externalcontact/groupchat/statistic_group_by_day", ask).await;
    assert_eq!(by_day["items"].as_array().expect("days").len(), 1);
    assert_eq!(desk.code("externalcontact/groupchat/statistic", json!({"day_begin_time": day})).await, 40063);
}
