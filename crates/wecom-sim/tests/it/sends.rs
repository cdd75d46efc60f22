//! Mass sends and messages to employees: the program prepares, the employee taps, the platform keeps its caps.

use base::time::{DAY, HOUR, SECOND};
use serde_json::{Value, json};
use wecom_sim::Act;
use wecom_sim::world::MassCap;

use crate::desk::TestDesk;

async fn results(desk: &TestDesk, msgid: &str, userid: &str) -> Vec<Value> {
    let body = json!({"msgid": msgid, "userid": userid});
    let answer = desk.done("externalcontact/get_groupmsg_send_result", body).await;
    answer["send_list"].as_array().expect("a list").clone()
}

async fn group_send(desk: &TestDesk, chat: &str) -> String {
    let body = json!({"chat_type": "group", "sender": "chen.mo", "chat_id_list": [chat], "text": {"content": "今晚开团"}});
    desk.done("externalcontact/add_msg_template", body).await["msgid"].as_str().expect("id").to_owned()
}

fn tap(desk: &TestDesk, msgid: &str) -> Value {
    desk.act(Act::TapMassSend { userid: "chen.mo".to_owned(), msgid: msgid.to_owned(), choice: Vec::new() })
}

#[tokio::test]
async fn a_group_send_is_dispatched_tapped_and_only_then_shows_rows() {
    let desk = TestDesk::new(1);
    let chat = desk.group("chen.mo");
    let other = desk.group("zhou.nan");
    let body = json!({"chat_type": "group", "sender": "chen.mo", "chat_id_list": [chat, other], "text": {"content": "a"}});
    let made = desk.done("externalcontact/add_msg_template", body).await;
    assert_eq!(made["fail_list"], json!([other]), "not the sender's group");
    let msgid = made["msgid"].as_str().expect("id").to_owned();
    let ask = json!({"msgid": msgid});
    assert_eq!(
        desk.code("externalcontact/get_groupmsg_task", ask.clone()).await,
        41063,
        "still being dispatched"
    );
    desk.clock.advance(2 * SECOND);
    let task = desk.done("externalcontact/get_groupmsg_task", ask.clone()).await;
    assert_eq!(task["task_list"], json!([{"userid": "chen.mo", "status": 0}]));
    assert!(results(&desk, &msgid, "chen.mo").await.is_empty(), "no row before the tap");
    assert!(desk.events().await.is_empty(), "and nothing is called back");
    assert_eq!(tap(&desk, &msgid)["sent"], 1);
    let rows = results(&desk, &msgid, "chen.mo").await;
    assert_eq!((rows[0]["chat_id"].as_str(), rows[0]["status"].as_i64()), (Some(chat.as_str()), Some(1)));
    assert_eq!(rows[0]["send_time"], desk.now().seconds());
    assert!(desk.events().await.is_empty(), "the tap isn't called back either");
    let again = Act::TapMassSend { userid: "chen.mo".to_owned(), msgid, choice: Vec::new() };
    assert!(desk.sim.act(&desk.corp, &again).is_err(), "once");
    assert_eq!(desk.sim.desk().world.corps[&desk.corp].deliveries.len(), 1);
}

#[tokio::test]
async fn receivers_have_caps_and_deleted_friends_are_skipped() {
    let desk = TestDesk::new(1);
    let way = desk.contact_way(&["chen.mo"], "").await;
    let (stays, goes, full) = (desk.person("甲"), desk.person("乙"), desk.person("丙"));
    for person in [&stays, &goes, &full] {
        desk.scan(&way, person);
    }
    desk.act(Act::CustomerDeletes { userid: "chen.mo".to_owned(), person: goes.clone() });
    let month = vec![desk.now(); 31];
    desk.sim.desk().world.corps.get_mut(&desk.corp).expect("corp").received.insert(full.clone(), month);
    let body = json!({"external_userid": [stays, goes, full, "wmNobody"], "text": {"content": "a"}});
    let made = desk.done("externalcontact/add_msg_template", body).await;
    assert_eq!(made["fail_list"], json!(["wmNobody"]));
    let msgid = made["msgid"].as_str().expect("id").to_owned();
    desk.clock.advance(2 * SECOND);
    tap(&desk, &msgid);
    let status = |rows: &[Value], id: &str| {
        rows.iter().find(|r| r["external_userid"] == id).expect("a row")["status"].as_i64()
    };
    let rows = results(&desk, &msgid, "chen.mo").await;
    assert_eq!(
        (status(&rows, &stays), status(&rows, &goes), status(&rows, &full)),
        (Some(1), Some(2), Some(3))
    );
    desk.clock.advance(31 * DAY);
    let chat = desk.group("chen.mo");
    desk.sim.desk().world.corps.get_mut(&desk.corp).expect("corp").rules.mass_cap = MassCap::DailyOne;
    let (first, second) = (group_send(&desk, &chat).await, group_send(&desk, &chat).await);
    desk.clock.advance(2 * SECOND);
    assert_eq!(
        (tap(&desk, &first)["sent"].as_i64(), tap(&desk, &second)["skipped"].as_i64()),
        (Some(1), Some(1))
    );
    assert_eq!(results(&desk, &second, "chen.mo").await[0]["status"], 3);
    desk.clock.advance(DAY);
    let third = group_send(&desk, &chat).await;
    assert_eq!(tap(&desk, &third)["sent"], 1, "the next day is free again");
}

#[tokio::test]
async fn a_customer_is_pushed_to_the_employee_who_dealt_with_her_last() {
    let desk = TestDesk::new(1);
    let person = desk.person("甲");
    for userid in ["chen.mo", "zhou.nan"] {
        let way = desk.contact_way(&[userid], "").await;
        desk.scan(&way, &person);
        desk.clock.advance(SECOND);
    }
    desk.act(Act::Chat { userid: "chen.mo".to_owned(), person: person.clone() });
    let body = json!({"external_userid": [person], "text": {"content": "a"}});
    let made = desk.done("externalcontact/add_msg_template", body).await;
    desk.clock.advance(2 * SECOND);
    let task = desk.done("externalcontact/get_groupmsg_task", json!({"msgid": made["msgid"]})).await;
    assert_eq!(task["task_list"].as_array().expect("tasks").len(), 1);
    assert_eq!(task["task_list"][0]["userid"], "chen.mo");
    assert_eq!(desk.code("externalcontact/add_msg_template", json!({"text": {"content": "a"}})).await, 40063);
    let nobody = json!({"sender": "pan.an", "text": {"content": "a"}});
    assert_eq!(desk.code("externalcontact/add_msg_template", nobody).await, 41048);
}

#[tokio::test]
async fn reminding_and_cancelling_have_their_limits() {
    let desk = TestDesk::new(1);
    let chat = desk.group("chen.mo");
    let msgid = group_send(&desk, &chat).await;
    desk.clock.advance(2 * SECOND);
    let ask = json!({"msgid": msgid});
    let remind = || desk.code("externalcontact/remind_groupmsg_send", ask.clone());
    assert_eq!([remind().await, remind().await, remind().await, remind().await], [0, 0, 0, 41094]);
    desk.clock.advance(DAY);
    assert_eq!(remind().await, 0);
    desk.done("externalcontact/cancel_groupmsg_send", ask.clone()).await;
    assert_eq!(remind().await, 41093);
    assert_eq!(desk.code("externalcontact/cancel_groupmsg_send", ask.clone()).await, 41093);
    let tap = Act::TapMassSend { userid: "chen.mo".to_owned(), msgid: msgid.clone(), choice: Vec::new() };
    assert_eq!(desk.sim.act(&desk.corp, &tap), Err("cancelled".to_owned()));
    desk.done("externalcontact/get_groupmsg_task", ask).await;
    let now = desk.now().seconds();
    let list = json!({"chat_type": "group", "start_time": now - 2 * 86_400, "end_time": now});
    let listed = desk.done("externalcontact/get_groupmsg_list_v2", list).await;
    assert_eq!(listed["group_msg_list"][0]["msgid"], msgid.as_str());
    assert!(listed["group_msg_list"][0].get("creator").is_none(), "made by a program");
    let year = json!({"chat_type": "group", "start_time": now - 40 * 86_400, "end_time": now});
    assert_eq!(desk.code("externalcontact/get_groupmsg_list_v2", year).await, 40035);
}

#[tokio::test]
async fn contents_are_checked_as_documented() {
    let desk = TestDesk::new(1);
    let chat = desk.group("chen.mo");
    let send = |more: Value| {
        let mut body = json!({"chat_type": "group", "sender": "chen.mo", "chat_id_list": [chat]});
        body.as_object_mut().expect("object").extend(more.as_object().expect("object").clone());
        let desk = &desk;
        async move { desk.code("externalcontact/add_msg_template", body).await }
    };
    let link = json!({"msgtype": "link", "link": {"title": "t", "url": "http://a"}});
    assert_eq!(send(json!({})).await, 40063);
    assert_eq!(send(json!({"attachments": vec![link.clone(); 10]})).await, 41064);
    assert_eq!(send(json!({"attachments": [{"msgtype": "song"}]})).await, 41065);
    assert_eq!(
        send(json!({"attachments": [{"msgtype": "image", "image": {"media_id": "no"}}]})).await,
        40007
    );
    assert_eq!(send(json!({"text": {"content": "很".repeat(1_334)}})).await, 45002);
    assert_eq!(send(json!({"text": {"content": 5}})).await, 40058);
    assert_eq!(send(json!({"attachments": [link]})).await, 0);
}

#[tokio::test]
async fn messages_to_employees_fail_partly_and_cards_change_once() {
    let desk = TestDesk::new(1);
    let send = |to: &str, more: Value| {
        let mut body = json!({"touser": to, "agentid": 1_000_002});
        body.as_object_mut().expect("object").extend(more.as_object().expect("object").clone());
        let desk = &desk;
        async move { desk.post("message/send", body).await }
    };
    let text = json!({"msgtype": "text", "text": {"content": "你好"}});
    let partly = send("guo.guo|nobody", text.clone()).await;
    assert_eq!((partly["errcode"].as_i64(), partly["invaliduser"].as_str()), (Some(0), Some("nobody")));
    assert_eq!(send("nobody", text.clone()).await["errcode"], 81013);
    let foreign = json!({"touser": "guo.guo", "agentid": 5, "msgtype": "text", "text": {"content": "a"}});
    assert_eq!(desk.code("message/send", foreign).await, 40056);
    let card = json!({"msgtype": "template_card", "template_card": {"card_type": "button_interaction",
        "main_title": {"title": "发群"}, "task_id": "t1", "button_list": [{"text": "去发", "key": "go"}]}});
    let made = send("guo.guo", card).await;
    let code = made["response_code"].as_str().expect("interactive cards carry a code").to_owned();
    let press = Act::PressCard {
        userid: "guo.guo".to_owned(),
        msgid: made["msgid"].as_str().expect("id").to_owned(),
        key: "go".to_owned(),
    };
    desk.act(press);
    let events = desk.events().await;
    assert!(events.len() == 1 && events[0].contains("template_card_event") && events[0].contains(&code));
    let update = json!({"userids": ["guo.guo"], "agentid": 1_000_002, "response_code": code, "button": {"replace_name": "已发"}});
    desk.done("message/update_template_card", update.clone()).await;
    assert_eq!(desk.code("message/update_template_card", update).await, 42014, "once");
    let twin = json!({"msgtype": "text", "text": {"content": "只一次"}, "enable_duplicate_check": 1});
    send("guo.guo", twin.clone()).await;
    let before = desk.sim.desk().world.corps[&desk.corp].cards.len();
    send("guo.guo", twin).await;
    assert_eq!(desk.sim.desk().world.corps[&desk.corp].cards.len(), before, "a duplicate is swallowed");
    let recall = json!({"msgid": made["msgid"]});
    desk.done("message/recall", recall.clone()).await;
    desk.clock.advance(DAY + HOUR);
    assert_eq!(desk.code("message/recall", recall).await, 42052);
}
