//! Events: who causes them, how they are sealed, tried, dropped, doubled and mixed; and the control addresses.

use base::time::SECOND;
use serde_json::{Value, json};
use wecom_sim::{Act, Answer, CallbackFaults};

use crate::desk::{TestDesk, element, open};

#[tokio::test]
async fn programs_are_silent_and_people_are_not() {
    let desk = TestDesk::new(1);
    let way = desk.contact_way(&["guo.guo"], "s1").await;
    let person = desk.person("甲");
    let tag =
        desk.done("externalcontact/add_corp_tag", json!({"group_name": "G", "tag": [{"name": "a"}]})).await;
    assert!(desk.events().await.is_empty());
    desk.scan(&way, &person);
    let id = tag["tag_group"]["tag"][0]["id"].clone();
    let mark = json!({"userid": "guo.guo", "external_userid": person, "add_tag": [id]});
    desk.done("externalcontact/mark_tag", mark).await;
    let body = json!({"userid": "guo.guo", "external_userid": person, "remark": "常客"});
    desk.done("externalcontact/remark", body).await;
    let (userid, who) = ("guo.guo".to_owned(), person.clone());
    desk.act(Act::RemarkByHand { userid: userid.clone(), person: who.clone(), remark: "甲姐".to_owned() });
    desk.act(Act::CustomerDeletes { userid: userid.clone(), person: who.clone() });
    desk.act(Act::EmployeeDeletes { userid, person: who });
    let events = desk.events().await;
    let kinds: Vec<&str> = events.iter().map(|x| element(x, "ChangeType")).collect();
    assert_eq!(
        kinds,
        ["add_external_contact", "edit_external_contact", "del_follow_user", "del_external_contact"]
    );
    for (name, value) in [
        ("FromUserName", "sys"),
        ("MsgType", "event"),
        ("Event", "change_external_contact"),
        ("UserID", "guo.guo"),
        ("ExternalUserID", &person),
        ("State", "s1"),
        ("ToUserName", &desk.corp),
    ] {
        assert_eq!(element(&events[0], name), value, "{name}");
    }
}

#[tokio::test]
async fn every_group_act_has_its_event() {
    let desk = TestDesk::new(1);
    let owner = "chen.mo".to_owned();
    let chat = desk.act(Act::CreateGroup {
        owner: owner.clone(),
        name: "新群".to_owned(),
        admins: vec!["wu.yang".to_owned()],
    });
    let chat_id = chat["chat_id"].as_str().expect("id").to_owned();
    let (a, b) = (desk.person("甲"), desk.person("乙"));
    desk.act(Act::JoinByInvite { chat_id: chat_id.clone(), person: a.clone(), invitor: owner.clone() });
    desk.act(Act::JoinByLink { chat_id: chat_id.clone(), person: b.clone() });
    desk.act(Act::Leave { chat_id: chat_id.clone(), who: a });
    desk.act(Act::Kick { chat_id: chat_id.clone(), who: b });
    desk.act(Act::Rename { chat_id: chat_id.clone(), name: "改名".to_owned() });
    desk.act(Act::SetNotice { chat_id: chat_id.clone(), notice: "群规".to_owned() });
    desk.act(Act::ChangeOwner { chat_id: chat_id.clone(), owner: "wu.yang".to_owned() });
    desk.act(Act::Dismiss { chat_id: chat_id.clone() });
    let events = desk.events().await;
    let row = |x: &String| {
        let part = |n| element(x, n).to_owned();
        [part("ChangeType"), part("UpdateDetail"), part("JoinScene"), part("QuitScene")].join(",")
    };
    let rows: Vec<String> = events.iter().map(row).collect();
    assert_eq!(
        rows,
        [
            "create,,,",
            "update,add_member,0,",
            "update,add_member,0,",
            "update,del_member,,0",
            "update,del_member,,1",
            "update,change_name,,",
            "update,change_notice,,",
            "update,change_owner,,",
            "dismiss,,,"
        ]
    );
    assert!(events.iter().all(|x| element(x, "ChatId") == chat_id));
    assert_eq!(desk.code("externalcontact/groupchat/get", json!({"chat_id": chat_id})).await, 49008);
}

#[tokio::test]
async fn directory_and_tag_acts_are_told_too() {
    let desk = TestDesk::new(1);
    desk.act(Act::HireStaff { userid: "new.one".to_owned(), name: "新人".to_owned() });
    desk.act(Act::DismissStaff { userid: "new.one".to_owned() });
    let made = desk
        .act(Act::CreateTags { group: "新组".to_owned(), tags: vec!["一".to_owned(), "二".to_owned()] });
    desk.act(Act::DeleteTags { ids: vec![made["group_id"].as_str().expect("id").to_owned()] });
    let rows: Vec<String> = desk
        .events()
        .await
        .iter()
        .map(|x| format!("{} {}", element(x, "ChangeType"), element(x, "TagType")))
        .collect();
    assert_eq!(
        rows,
        ["create_user ", "delete_user ", "create tag_group", "create tag", "create tag", "delete tag_group"]
    );
}

#[tokio::test]
async fn an_unanswered_event_is_tried_three_times() {
    let desk = TestDesk::new(1);
    let way = desk.contact_way(&["guo.guo"], "").await;
    for (answer, tries) in [
        (None, 3),
        (Some(Answer { status: 500, body: String::new() }), 3),
        (Some(Answer { status: 200, body: String::new() }), 1),
    ] {
        *desk.answer.lock().expect("answer") = answer;
        desk.scan(&way, &desk.person("甲"));
        let mut made = 0;
        for _ in 0..5 {
            made += desk.sim.deliver_due().await;
            desk.clock.advance(5 * SECOND);
        }
        assert_eq!(made, tries);
    }
    let got = desk.got.lock().expect("log").clone();
    let crypto = desk.crypto();
    assert_eq!(open(&crypto, &got[0]), open(&crypto, &got[2]), "the same event");
    assert_ne!(got[0].body, got[1].body, "sealed anew");
}

#[tokio::test]
async fn faults_drop_double_delay_and_mix_events() {
    let desk = TestDesk::new(1);
    let way = desk.contact_way(&["guo.guo"], "").await;
    let set = |f: CallbackFaults| desk.sim.desk().faults.callbacks = f;
    let arrive = async |n: usize| {
        for at in 0..n {
            desk.scan(&way, &desk.person(&format!("客{at}")));
            desk.clock.advance(10);
        }
        desk.clock.advance(10 * SECOND);
        desk.events().await
    };
    set(CallbackFaults { drop: 1.0, ..CallbackFaults::default() });
    assert!(arrive(3).await.is_empty());
    set(CallbackFaults { duplicate: 1.0, ..CallbackFaults::default() });
    assert_eq!(arrive(3).await.len(), 6);
    set(CallbackFaults { reorder: 1.0, ..CallbackFaults::default() });
    let order: Vec<String> =
        arrive(12).await.iter().map(|x| element(x, "ExternalUserID").to_owned()).collect();
    let people: Vec<String> = {
        let sim = desk.sim.desk();
        let codes = sim.world.corps[&desk.corp].welcome_codes.values();
        let mut codes: Vec<_> = codes.map(|c| (c.born, c.external_userid.clone())).collect();
        codes.sort();
        codes.into_iter().map(|c| c.1).filter(|id| order.contains(id)).collect()
    };
    assert_eq!(order.len(), 12);
    assert_ne!(order, people, "not in the order of events");
    set(CallbackFaults { delay: 1.0, delay_ms: 60_000, ..CallbackFaults::default() });
    assert!(arrive(1).await.is_empty());
    desk.clock.advance(60 * SECOND);
    assert_eq!(desk.events().await.len(), 1);
}

#[tokio::test]
async fn several_apps_receive_the_same_welcome_code() {
    let desk = TestDesk::new(1);
    {
        let mut sim = desk.sim.desk();
        let apps = &mut sim.world.corps.get_mut(&desk.corp).expect("corp").apps;
        let mut second = apps[0].clone();
        second.agent_id = 1_000_009;
        apps.push(second);
    }
    let way = desk.contact_way(&["guo.guo"], "").await;
    desk.scan(&way, &desk.person("甲"));
    let events = desk.events().await;
    assert_eq!(events.len(), 2);
    assert_eq!(element(&events[0], "WelcomeCode"), element(&events[1], "WelcomeCode"));
}

#[tokio::test]
async fn an_address_is_saved_only_when_it_answers_the_echo() {
    let desk = TestDesk::new(1);
    let set = || {
        desk.raw(
            "POST",
            "/sim/callback",
            &[],
            json!({"agent": 1_000_002, "url": "http://new.test/hook"}).to_string(),
        )
    };
    assert_eq!(set().await.0, 400, "the receiver says success instead of the text");
    let check = desk.got.lock().expect("log").pop().expect("the check");
    assert_eq!((check.method.as_str(), check.timeout_ms), ("GET", 1_000));
    let url = |desk: &TestDesk| desk.sim.desk().world.corps[&desk.corp].apps[0].callback.url.clone();
    assert_eq!(url(&desk), "http://product.test/hooks/wecom/1");
    // What a receiver would decrypt is the text that must come back: ask for it with the known key.
    let query = check
        .url
        .split_once("echostr=")
        .expect("echo")
        .1
        .replace("%2B", "+")
        .replace("%2F", "/")
        .replace("%3D", "=");
    assert!(desk.crypto().decrypt(&query).is_some_and(|plain| plain.parse::<u64>().is_ok()));
}

#[tokio::test]
async fn the_control_addresses_tell_and_act() {
    let desk = TestDesk::new(1);
    let corps = desk.get_json("/sim/corps").await;
    let main = corps["corps"]
        .as_array()
        .expect("corps")
        .iter()
        .find(|c| c["corp_id"] == desk.corp.as_str())
        .expect("main");
    assert_eq!(main["apps"][0]["callback"]["encoding_aes_key"].as_str().expect("key").len(), 43);
    let post = async |path: &str, body: Value| {
        let (status, bytes) =
            desk.raw("POST", path, &[("origin", "http://console.test")], body.to_string()).await;
        (status, serde_json::from_slice::<Value>(&bytes).expect("JSON"))
    };
    let (_, made) = post("/sim/act", json!({"act": "make_person", "name": "丁"})).await;
    let person = made["done"]["person"].as_str().expect("id").to_owned();
    let way = desk.contact_way(&["guo.guo"], "台").await;
    let (status, _) = post("/sim/act", json!({"act": "scan", "code": way, "person": person})).await;
    assert_eq!(status, 200);
    assert_eq!(post("/sim/act", json!({"act": "scan", "code": "x", "person": person})).await.0, 400);
    assert_eq!(post("/sim/act", json!({"act": "fly"})).await.0, 400);
    let truth = desk.get_json("/sim/truth").await;
    let people = truth["people"].as_array().expect("people");
    assert_eq!(
        people.iter().find(|p| p["id"] == person.as_str()).expect("her")["follows"]["guo.guo"]["state"],
        "台"
    );
    let chat_id = desk.group("chen.mo");
    let content = json!({"msgtype": "text", "text": {"content": "好"}});
    let (status, _) = post(
        "/sim/act",
        json!({"act": "send_chat_message", "userid": "chen.mo", "chat_id": chat_id, "content": content}),
    )
    .await;
    assert_eq!(status, 200);
    let stranger =
        json!({"act": "send_chat_message", "userid": "zhou.nan", "chat_id": chat_id, "content": content});
    assert_eq!(post("/sim/act", stranger).await.0, 400, "not in that group");
    let truth = desk.get_json("/sim/truth").await;
    assert_eq!(truth["deliveries"][0]["origin"], "bridge");
    let rules = json!([{"path": "mark_tag", "every": 3, "kind": "errcode", "code": 45009}]);
    let (_, faults) =
        post("/sim/faults", json!({"seed": 4, "rules": rules, "callbacks": {"drop": 0.5}})).await;
    assert_eq!(
        (faults["rules"][0]["code"].as_i64(), faults["callbacks"]["drop"].as_f64()),
        (Some(45009), Some(0.5))
    );
    let calls = desk.get_json("/sim/calls").await;
    let last = calls["calls"].as_array().expect("calls").last().expect("one");
    assert_eq!(last["path"], "/cgi-bin/externalcontact/add_contact_way");
    assert!(!calls.to_string().contains(&desk.token().await), "tokens are not shown");
    for (page, mark) in
        [("/", "<html"), ("/sim/jsbridge.js?as=guo.guo", "guo.guo"), (&*format!("/sim/qr/{way}"), "<svg")]
    {
        let (status, bytes) = desk.raw("GET", page, &[], "").await;
        assert!(status == 200 && String::from_utf8_lossy(&bytes).contains(mark), "{page}");
    }
}

#[tokio::test]
async fn people_who_live_here_come_by_the_posters_that_a_client_hangs() {
    let desk = TestDesk::new(3);
    let people =
        wecom_sim::Population::new(3, &desk.sim.desk().world, desk.now()).expect("the seeded company");
    assert_eq!(desk.raw("GET", "/sim/posters", &[], "").await.0, 400, "nobody lives here yet");
    desk.sim.populate(people);
    let places = desk.get_json("/sim/posters").await["places"].as_array().expect("places").clone();
    assert_eq!(places.len(), 12);
    let chat = places[0]["chat_id"].as_str().expect("id");
    let code = desk.join_way(&[chat], "poster").await;
    let body = json!({"code": code, "place": places[0]["key"]}).to_string();
    assert_eq!(desk.raw("POST", "/sim/posters", &[], body).await.0, 200);
    let end = desk.now().plus(86_400_000);
    while let Some(due) = desk.sim.next_due().filter(|at| *at < end) {
        desk.clock.set(due);
        desk.sim.live_due();
        desk.sim.deliver_due().await;
    }
    assert!(desk.sim.desk().world.corps[&desk.corp].join_ways[&code].scans > 3);
}
