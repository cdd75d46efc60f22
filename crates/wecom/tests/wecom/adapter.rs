//! The messenger port on WeCom: what is sent for each action, and what is understood of the answer.

use base::time::DAY;
use base::{Day, Timestamp};
use messenger::broadcasts::{Attachment, BroadcastDraft, MessageBody, TargetState, Targets};
use messenger::entry_codes::{EntryDraft, EntryTarget};
use messenger::groups::JoinScene;
use messenger::identity::Visitor;
use messenger::media::MediaKind;
use messenger::staff_messages::StaffCard;
use messenger::{Ability, Action, Credentials, Error, Lane, Platform as _, Refusal};
use serde_json::{Value, json};
use wecom::crypto::js_signature;

use crate::support::{START, Script, credentials, messenger, ok, platform, refused};

fn fixture(name: &str) -> Value {
    let path = format!("{}/tests/fixtures/replies/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).expect("fixture")).expect("JSON")
}

fn last_page(mut reply: Value) -> Value {
    reply["next_cursor"] = json!("");
    reply
}

#[test]
fn abilities_are_those_of_the_truth_table() {
    let platform = platform(Script::of([])).0;
    let table = [
        (Action::SendToGroup, Ability::NeedsTap),
        (Action::SendToContact, Ability::NeedsTap),
        (Action::GreetContact, Ability::Auto),
        (Action::GreetGroupJoiner, Ability::Auto),
        (Action::ReadMessages, Ability::Impossible),
        (Action::CountGroupMessages, Ability::Auto),
        (Action::AnswerKeywordInGroup, Ability::ConsoleOnly),
        (Action::RemoveMember, Ability::ClientOnly),
        (Action::BlockRejoin, Ability::ConsoleOnly),
        (Action::CreateGroup, Ability::NeedsTap),
        (Action::InviteToGroup, Ability::NeedsTap),
        (Action::RenameGroup, Ability::ClientOnly),
        (Action::ChangeNotice, Ability::ClientOnly),
        (Action::MentionMember, Ability::ClientOnly),
        (Action::TransferGroup, Ability::Auto),
        (Action::TransferContact, Ability::Auto),
        (Action::DismissGroup, Ability::ClientOnly),
        (Action::PublishMoment, Ability::NeedsTap),
        (Action::TagContact, Ability::Auto),
        (Action::KnowWhoLeft, Ability::Auto),
        (Action::RecallMessage, Ability::ClientOnly),
        (Action::KnowWhoRead, Ability::Impossible),
        (Action::KnowWhoClicked, Ability::Auto),
        (Action::KnowWhichCode, Ability::Auto),
        (Action::ScheduleSend, Ability::NeedsTap),
        (Action::MessageStaff, Ability::Auto),
    ];
    assert_eq!(table.len(), Action::ALL.len());
    let connected = platform.connect("acc_1", &credentials());
    for (action, ability) in table {
        assert_eq!(platform.ability(action), ability, "{action:?}");
        assert_eq!(connected.ability(action), ability, "{action:?}");
    }
}

#[tokio::test]
async fn a_group_is_read_with_names_states_and_version() {
    let script = Script::of([fixture("groupchat_get")]);
    let messenger = messenger(script.clone());
    let group = messenger
        .groups()
        .expect("facet")
        .fetch("wrOgQhDgAAMYQiS5ol9G7gK9JVAAAA", Lane::Bulk)
        .await
        .expect("read");
    let seen = script.only();
    assert_eq!(seen.path, "/cgi-bin/externalcontact/groupchat/get");
    assert_eq!(seen.query("access_token"), Some("the-token"));
    assert_eq!(seen.body, json!({"chat_id": "wrOgQhDgAAMYQiS5ol9G7gK9JVAAAA", "need_name": 1}));
    assert_eq!((group.owner.as_str(), group.admins.len()), ("ZhuShengBen", 2));
    assert_eq!(group.member_version.as_deref(), Some("71217227bbd112ecfe3a49c482195cb4"));
    assert_eq!(group.created_at, Timestamp::from_seconds(1_572_505_490));
    let [staff, member] = &group.members[..] else { panic!("{group:?}") };
    assert!(staff.is_staff && staff.inviter.as_deref() == Some("jack") && staff.scene == JoinScene::Invited);
    assert!(!member.is_staff && member.scene == JoinScene::Code);
    assert_eq!(member.state.as_deref(), Some("klsdup3kj3s1"));
    assert_eq!(member.union_id.as_deref(), Some("ozynqsulJFCZ2z1aYeS8h-nuasdAAA"));
    assert_eq!((member.name.as_str(), member.group_nickname.as_str()), ("王语嫣", "顾客老王"));
}

#[tokio::test]
async fn counters_are_asked_in_shanghai_days() {
    let script = Script::of([fixture("groupchat_statistic_group_by_day")]);
    let messenger = messenger(script.clone());
    let groups = messenger.groups().expect("facet");
    let days = groups.counters("zhangsan", Day(20_200_917), Day(20_200_918), Lane::Bulk).await.expect("read");
    assert_eq!(
        script.only().body,
        json!({"day_begin_time": 1_600_272_000, "day_end_time": 1_600_358_400, "owner_filter": {"userid_list": ["zhangsan"]}})
    );
    assert_eq!(days.iter().map(|d| d.day).collect::<Vec<_>>(), [Day(20_200_917), Day(20_200_918)]);
    let d = days[0];
    assert_eq!((d.new_groups, d.groups, d.groups_with_messages, d.new_members), (2, 2, 1, 0));
    assert_eq!((d.members, d.speakers, d.messages), (6, 1, 4));
}

#[tokio::test]
async fn a_contact_with_many_followers_is_read_to_the_end() {
    let mut second = fixture("contact_get");
    second["follow_user"][0]["userid"] = json!("third");
    second["follow_user"].as_array_mut().expect("list").truncate(1);
    second["next_cursor"] = json!("");
    let script = Script::of([fixture("contact_get"), second]);
    let contact = messenger(script.clone()).contacts().fetch("wo1", Lane::Normal).await.expect("read");
    let cursors: Vec<_> = script.asked().iter().map(|s| s.query("cursor").map(str::to_owned)).collect();
    assert_eq!(cursors, [None, Some("NEXT_CURSOR".to_owned())]);
    let who: Vec<_> = contact.follows.iter().map(|f| f.staff.as_str()).collect();
    assert_eq!(who, ["rocky", "tommy", "third"]);
    assert!(!contact.business);
    let tags = &contact.follows[0].tags;
    assert_eq!(
        tags,
        &["etAJ2GCAAAXtWyujaWJHDDGi0mACHAAA", "stAJ2GCAAAXtWyujaWJHDDGi0mACHAAA"],
        "personal ones have no id"
    );
    assert_eq!((contact.follows[0].way.as_str(), contact.follows[1].way.as_str()), ("channels", "qr"));
    assert_eq!(contact.follows[1].state.as_deref(), Some("teststate"));
}

#[tokio::test]
async fn contacts_of_staff_come_in_pages_that_can_be_resumed() {
    let script =
        Script::of([fixture("contact_batch_get_by_user"), last_page(fixture("contact_batch_get_by_user"))]);
    let messenger = messenger(script.clone());
    let staff = ["rocky".to_owned()];
    let first = messenger.contacts().list_of(&staff, None, Lane::Bulk).await.expect("page");
    assert_eq!(first.next.as_deref(), Some("r9FqSqsI8fgNbHLHE5QoCP50UIg2cFQbfma3l2QsmwI"));
    assert_eq!(first.items[0].follows[0].tags, ["etAJ2GCAAAXtWyujaWJHDDGi0mACHAAA"]);
    let last = messenger.contacts().list_of(&staff, first.next.as_deref(), Lane::Bulk).await.expect("page");
    assert_eq!(last.next, None);
    assert_eq!(script.asked()[0].body, json!({"userid_list": ["rocky"], "limit": 100}));
    assert_eq!(script.asked()[1].body["cursor"], json!(first.next));
}

#[tokio::test]
async fn a_cursor_that_stands_still_is_a_fault_not_an_endless_loop() {
    let page = ok(json!({"group_chat_list": [], "next_cursor": "same"}));
    let messenger = messenger(Script::of([page.clone(), page]));
    let groups = messenger.groups().expect("facet");
    assert!(groups.list_of(&["a".into()], None, Lane::Bulk).await.is_ok());
    let stuck = groups.list_of(&["a".into()], Some("same"), Lane::Bulk).await;
    assert!(matches!(stuck, Err(Error::Unavailable(_))), "{stuck:?}");
}

#[tokio::test]
async fn a_broadcast_names_its_sender_and_every_target() {
    let script = Script::of([fixture("add_msg_template"), fixture("add_msg_template")]);
    let messenger = messenger(script.clone());
    let broadcasts = messenger.broadcasts().expect("facet");
    let body = MessageBody {
        text: "hello".into(),
        attachments: vec![
            Attachment::Image { media: "M1".into() },
            Attachment::Image { media: "https://p.qpic.cn/pic_wework/1/0".into() },
            Attachment::Link {
                title: "t".into(),
                description: String::new(),
                url: "https://e.example/r/1".into(),
                picture_url: Some("https://p.example/1".into()),
            },
            Attachment::MiniProgram {
                title: "m".into(),
                picture_media: "P".into(),
                app_id: "wx1".into(),
                page: "/p".into(),
            },
            Attachment::Video { media: "V".into() },
            Attachment::File { media: "F".into() },
        ],
    };
    let mut draft = BroadcastDraft {
        sender: "zhangsan".into(),
        body,
        targets: Targets::Groups(vec!["wr1".into(), "wr2".into()]),
    };
    let receipt = broadcasts.create(&draft, Lane::Normal).await.expect("made");
    assert_eq!((receipt.id.as_str(), receipt.rejected.len()), ("msgGCAAAXtWyujaWJHDDGi0mAAAA", 1));
    draft.targets = Targets::Contacts(vec!["wm1".into()]);
    draft.body.attachments.clear();
    broadcasts.create(&draft, Lane::Normal).await.expect("made");
    let [to_groups, to_contacts] = &script.asked()[..] else { panic!() };
    assert_eq!(
        to_groups.body,
        json!({"chat_type": "group", "chat_id_list": ["wr1", "wr2"], "sender": "zhangsan", "text": {"content": "hello"},
            "attachments": [
                {"msgtype": "image", "image": {"media_id": "M1"}},
                {"msgtype": "image", "image": {"pic_url": "https://p.qpic.cn/pic_wework/1/0"}},
                {"msgtype": "link", "link": {"title": "t", "picurl": "https://p.example/1", "url": "https://e.example/r/1"}},
                {"msgtype": "miniprogram", "miniprogram": {"title": "m", "pic_media_id": "P", "appid": "wx1", "page": "/p"}},
                {"msgtype": "video", "video": {"media_id": "V"}},
                {"msgtype": "file", "file": {"media_id": "F"}}]})
    );
    assert_eq!(
        to_contacts.body,
        json!({"chat_type": "single", "external_userid": ["wm1"], "sender": "zhangsan", "text": {"content": "hello"}})
    );
}

#[tokio::test]
async fn what_became_of_a_broadcast_is_read_to_the_last_page() {
    let script = Script::of([
        fixture("get_groupmsg_list_v2"),
        ok(
            json!({"group_msg_list": [{"msgid": "msg2", "create_time": 1_600_000_100, "create_type": 0, "text": {"content": "b"}}]}),
        ),
        last_page(fixture("get_groupmsg_task")),
        last_page(fixture("get_groupmsg_send_result")),
    ]);
    let messenger = messenger(script.clone());
    let broadcasts = messenger.broadcasts().expect("facet");
    let (from, to) = (Timestamp::from_seconds(1_599_999_000), Timestamp::from_seconds(1_600_001_000));
    let listed = broadcasts.list(true, from, to, Lane::Normal).await.expect("list");
    assert_eq!(listed.iter().map(|b| b.made_by_api).collect::<Vec<_>>(), [false, true]);
    assert_eq!(
        script.asked()[1].body,
        json!({"chat_type": "group", "start_time": 1_599_999_000, "end_time": 1_600_001_000, "filter_type": 0, "limit": 100, "cursor": "CURSOR"})
    );
    let senders = broadcasts.senders("msg2", Lane::Normal).await.expect("senders");
    let when: Vec<_> = senders.iter().map(|s| (s.staff.as_str(), s.sent_at)).collect();
    assert_eq!(when, [("zhangsan", Some(Timestamp::from_seconds(1_552_536_375))), ("lisi", None)]);
    let reports = broadcasts.results("msg2", "zhangsan", Lane::Normal).await.expect("results");
    let states: Vec<_> = reports.iter().map(|r| (r.target.as_str(), r.state, r.sent_at.is_some())).collect();
    assert_eq!(
        states,
        [
            ("wmqfasd1e19278asdasAAAA", TargetState::Sent, true),
            ("wrOgQhDgAAMYQiS5ol9G7gK9JVAAAA", TargetState::Sent, true),
            ("wm2", TargetState::OverQuota, false),
        ]
    );
}

#[tokio::test]
async fn a_broadcast_that_is_not_ready_or_cancelled_says_so_and_reminders_are_counted() {
    let script = Script::of([
        refused(41063),
        refused(41093),
        ok(json!({})),
        ok(json!({})),
        ok(json!({})),
        ok(json!({})),
    ]);
    let messenger = messenger(script);
    let broadcasts = messenger.broadcasts().expect("facet");
    let reason = |outcome: Result<_, Error>| outcome.map(|_: Vec<_>| ()).expect_err("refused").refusal();
    assert_eq!(reason(broadcasts.senders("m", Lane::Normal).await), Some(Refusal::NotReady));
    assert_eq!(
        broadcasts.results("m", "a", Lane::Normal).await.expect_err("refused").refusal(),
        Some(Refusal::Cancelled)
    );
    for _ in 0..3 {
        broadcasts.remind("m", Lane::Normal).await.expect("reminded");
    }
    let fourth = broadcasts.remind("m", Lane::Normal).await;
    assert!(
        matches!(fourth, Err(Error::RateLimited { after_ms }) if after_ms <= DAY + DAY / 60),
        "{fourth:?}"
    );
    broadcasts.cancel("m", Lane::Normal).await.expect("cancelled");
}

#[tokio::test]
async fn staff_codes_can_be_widened_and_found() {
    let script = Script::of([
        fixture("add_contact_way"),
        ok(json!({})),
        fixture("get_contact_way"),
        refused(41040),
        last_page(fixture("list_contact_way")),
        refused(41040),
    ]);
    let messenger = messenger(script.clone());
    let codes = messenger.entry_codes().expect("facet");
    let target = EntryTarget::Staff { staff: vec!["zhangsan".into()], skip_verify: true };
    let draft = EntryDraft { state: "lc_1".into(), remark: "door".into(), target };
    let code = codes.create(&draft, Lane::Normal).await.expect("made");
    assert_eq!(code.id, "42b34949e138eb6e027c123cba77fAAA");
    assert!(code.qr_url.starts_with("http://p.qpic.cn/"));
    codes.update(&code.id, &draft, Lane::Normal).await.expect("updated");
    let found = codes.fetch(&code.id, false, Lane::Normal).await.expect("read").expect("there");
    assert_eq!(
        found.target,
        EntryTarget::Staff { staff: vec!["zhangsan".into(), "lisi".into()], skip_verify: true }
    );
    assert_eq!(codes.fetch("gone", false, Lane::Normal).await.expect("read"), None);
    assert_eq!(codes.list_staff_codes(START.minus(DAY), Lane::Normal).await.expect("list").len(), 2);
    assert_eq!(
        codes.remove("gone", false, Lane::Normal).await.expect_err("gone").refusal(),
        Some(Refusal::NotFound)
    );
    let asked = script.asked();
    assert_eq!(
        asked[0].body,
        json!({"type": 2, "scene": 2, "remark": "door", "skip_verify": true, "state": "lc_1", "user": ["zhangsan"]})
    );
    assert_eq!(
        asked[1].body,
        json!({"config_id": code.id, "remark": "door", "skip_verify": true, "state": "lc_1", "user": ["zhangsan"]})
    );
    assert_eq!(asked[4].body["start_time"], json!(START.minus(DAY).seconds()));
}

#[tokio::test]
async fn group_codes_are_made_and_their_picture_read() {
    let script = Script::of([
        fixture("add_join_way"),
        refused(45035),
        fixture("get_join_way"),
        fixture("get_join_way"),
    ]);
    let messenger = messenger(script.clone());
    let codes = messenger.entry_codes().expect("facet");
    let target = EntryTarget::Groups { groups: vec!["wr1".into()], overflow_name: None };
    let draft = EntryDraft { state: "lc_2".into(), remark: "poster".into(), target };
    let code = codes.create(&draft, Lane::Normal).await.expect("made");
    assert_eq!(code.id, "9ad7fa5cdaa6511298498f979c472aaa");
    assert!(code.qr_url.ends_with("VuyvMQ22/0"));
    assert_eq!(
        script.asked()[0].body,
        json!({"scene": 2, "remark": "poster", "auto_create_room": 0, "chat_id_list": ["wr1"], "state": "lc_2"})
    );
    let held = codes.fetch(&code.id, true, Lane::Normal).await.expect("read").expect("there");
    let EntryTarget::Groups { groups, overflow_name } = held.target else { panic!() };
    assert_eq!((groups.len(), overflow_name.as_deref()), (2, Some("销售客服群")));
}

#[tokio::test]
async fn a_group_code_whose_picture_cant_be_read_is_not_made_twice() {
    let script = Script::of([fixture("add_join_way"), refused(45035), refused(45035), refused(45035)]);
    let target = EntryTarget::Groups { groups: vec!["wr1".into()], overflow_name: Some("next".into()) };
    let draft = EntryDraft { state: "s".into(), remark: "r".into(), target };
    let made = messenger(script).entry_codes().expect("facet").create(&draft, Lane::Normal).await;
    assert!(matches!(&made, Err(Error::OutcomeUnknown(why)) if why.contains("9ad7fa5cdaa6")), "{made:?}");
}

#[tokio::test]
async fn greetings_and_templates() {
    let script =
        Script::of([ok(json!({})), fixture("group_welcome_template_add"), ok(json!({})), ok(json!({}))]);
    let messenger = messenger(script.clone());
    let welcomes = messenger.welcomes().expect("facet");
    let body = MessageBody {
        text: "hi %NICKNAME%".into(),
        attachments: vec![Attachment::File { media: "F".into() }],
    };
    welcomes.greet("CODE", &body, Lane::Urgent).await.expect("greeted");
    let id = welcomes.add_group_template(&body, Lane::Normal).await.expect("added");
    welcomes.edit_group_template(&id, &body, Lane::Normal).await.expect("edited");
    welcomes.remove_group_template(&id, Lane::Normal).await.expect("removed");
    let bodies: Vec<Value> = script.asked().into_iter().map(|s| s.body).collect();
    let (text, file) = (json!({"content": "hi %NICKNAME%"}), json!({"media_id": "F"}));
    assert_eq!(
        bodies,
        [
            json!({"welcome_code": "CODE", "text": text, "attachments": [{"msgtype": "file", "file": file}]}),
            json!({"text": text, "file": file, "notify": 1}),
            json!({"template_id": "msgXXXXXX", "text": text, "file": file}),
            json!({"template_id": "msgXXXXXX"}),
        ]
    );
}

#[tokio::test]
async fn a_card_is_sent_once_and_the_unreached_are_named() {
    let script = Script::of([fixture("message_send"), refused(81013), refused(42014)]);
    let messenger = messenger(script.clone());
    let messages = messenger.staff_messages();
    let card = StaffCard {
        task: "tsk_1/a".into(),
        title: "Due".into(),
        text: "3 groups".into(),
        url: "https://h.example/t/1".into(),
        button: "Open".into(),
    };
    let staff = ["zhangsan".to_owned(), "lisi".to_owned()];
    let unreached = messages.send_card(&staff, &card, Lane::Normal).await.expect("sent");
    assert_eq!(unreached, ["userid1", "userid2", "userid3", "userid4"]);
    assert_eq!(messages.send_card(&staff, &card, Lane::Normal).await.expect("answered"), staff);
    // The task's id is taken: this very card arrived before.
    assert_eq!(messages.send_card(&staff, &card, Lane::Normal).await.expect("sent"), Vec::<String>::new());
    assert_eq!(
        script.asked()[0].body,
        json!({"touser": "zhangsan|lisi", "agentid": 1_000_002, "msgtype": "template_card", "template_card": {
            "card_type": "text_notice", "task_id": "tsk_1_a", "main_title": {"title": "Due"}, "sub_title_text": "3 groups",
            "jump_list": [{"type": 1, "title": "Open", "url": "https://h.example/t/1"}],
            "card_action": {"type": 1, "url": "https://h.example/t/1"}},
            "enable_duplicate_check": 1, "duplicate_check_interval": 14_400})
    );
}

#[tokio::test]
async fn more_than_a_thousand_receivers_are_served_in_parts() {
    let sent = ok(json!({"msgid": "m"}));
    let script = Script::of([sent.clone(), sent]);
    let staff: Vec<String> = (0..1_001).map(|n| format!("u{n}")).collect();
    let card = StaffCard {
        task: "t".into(),
        title: "T".into(),
        text: String::new(),
        url: "https://h/".into(),
        button: "B".into(),
    };
    let unreached = messenger(script.clone()).staff_messages().send_card(&staff, &card, Lane::Normal).await;
    assert_eq!(unreached.expect("sent"), Vec::<String>::new());
    let ids: Vec<_> = script.asked().iter().map(|s| s.body["template_card"]["task_id"].clone()).collect();
    assert_eq!(ids, [json!("t"), json!("t@1")]);
    assert_eq!(script.asked()[1].body["touser"], json!("u1000"));
}

#[tokio::test]
async fn staff_are_collected_over_departments_and_direct_entries_once() {
    let user = |id: &str, status: i64| json!({"userid": id, "name": id, "department": [1], "position": "", "status": status});
    let script = Script::of([
        ok(
            json!({"department_id": [{"id": 1, "parentid": 0, "order": 1}, {"id": 2, "parentid": 1, "order": 1}]}),
        ),
        refused(60011),
        ok(json!({"userlist": [user("Zhangsan", 1), user("lisi", 5)]})),
        fixture("agent_get"),
        refused(60111),
        ok(user("zhangSAN", 1)),
    ]);
    let staff = messenger(script).directory().list_staff(Lane::Bulk).await.expect("list");
    let who: Vec<_> = staff.iter().map(|s| (s.id.as_str(), s.active)).collect();
    assert_eq!(who, [("Zhangsan", true), ("lisi", false)], "account names are the same in any case");
}

#[tokio::test]
async fn tags() {
    let script = Script::of([
        fixture("get_corp_tag_list"),
        fixture("add_corp_tag"),
        ok(json!({})),
        ok(json!({})),
        ok(json!({})),
    ]);
    let messenger = messenger(script.clone());
    let tags = messenger.tags().expect("facet");
    let listed = tags.list(Lane::Bulk).await.expect("list");
    assert_eq!(listed[0].tags.len(), 1, "deleted ones are left out");
    tags.add("Level", &["Gold".into()], Lane::Normal).await.expect("added");
    tags.rename("et1", "Silver", Lane::Normal).await.expect("renamed");
    tags.remove(&["et1".into()], Lane::Normal).await.expect("removed");
    tags.remove(&[], Lane::Normal).await.expect("nothing to do");
    messenger
        .contacts()
        .mark_tags("a", "wm1", &["et1".into()], &["et2".into()], Lane::Normal)
        .await
        .expect("marked");
    messenger.contacts().mark_tags("a", "wm1", &[], &[], Lane::Normal).await.expect("nothing to do");
    let bodies: Vec<Value> = script.asked().into_iter().skip(1).map(|s| s.body).collect();
    assert_eq!(
        bodies,
        [
            json!({"group_name": "Level", "tag": [{"name": "Gold"}]}),
            json!({"id": "et1", "name": "Silver"}),
            json!({"tag_id": ["et1"]}),
            json!({"userid": "a", "external_userid": "wm1", "add_tag": ["et1"], "remove_tag": ["et2"]}),
        ]
    );
}

#[tokio::test]
async fn uploads_are_forms_with_the_file_as_it_is() {
    let script = Script::of([fixture("media_upload"), fixture("media_uploadimg")]);
    let messenger = messenger(script.clone());
    let media = messenger.media().expect("facet");
    let bytes = b"\x89PNG\r\n--huoqun-part-00000000\r\n\x00\xff";
    let uploaded = media.upload(MediaKind::Image, "海报\".png", bytes, Lane::Normal).await.expect("uploaded");
    assert_eq!(uploaded.expires_at, Timestamp::from_seconds(1_380_000_000).plus(3 * DAY));
    assert!(
        media
            .upload_picture("a.jpg", bytes, Lane::Normal)
            .await
            .expect("uploaded")
            .starts_with("http://p.qpic.cn")
    );
    let seen = &script.asked()[0];
    assert_eq!((seen.path.as_str(), seen.query("type")), ("/cgi-bin/media/upload", Some("image")));
    let content_type = seen.content_type.as_deref().expect("a form");
    let boundary = content_type.strip_prefix("multipart/form-data; boundary=").expect("boundary");
    assert_eq!(boundary, "huoqun-part-00000001", "the first one occurs in the file");
    let head = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"media\"; filename=\"海报%22.png\"; filelength={}\r\nContent-Type: image/png\r\n\r\n",
        bytes.len()
    );
    let expected = [head.as_bytes(), bytes, format!("\r\n--{boundary}--\r\n").as_bytes()].concat();
    assert_eq!(seen.raw, expected);
    for (size, kind) in [(3, MediaKind::File), (2 * 1024 * 1024 + 1, MediaKind::Voice)] {
        let refused = media.upload(kind, "x", &vec![0; size], Lane::Normal).await.expect_err("size");
        assert_eq!(refused.refusal(), Some(Refusal::BadRequest));
    }
    assert_eq!(script.asked().len(), 2);
}

#[tokio::test]
async fn visitors_are_staff_contacts_or_strangers() {
    let script = Script::of([
        fixture("auth_getuserinfo_employee"),
        fixture("auth_getuserinfo_customer"),
        ok(json!({"openid": "OPENID"})),
        refused(40029),
        ok(json!({})),
    ]);
    let messenger = messenger(script);
    let identity = messenger.identity();
    let exchange = || identity.exchange("C O/DE", Lane::Urgent);
    assert_eq!(exchange().await.expect("known"), Visitor::Staff("USERID".into()));
    assert_eq!(exchange().await.expect("known"), Visitor::Contact("EXTERNAL_USERID".into()));
    assert_eq!(exchange().await.expect("known"), Visitor::Stranger("OPENID".into()));
    assert_eq!(exchange().await.expect_err("used").refusal(), Some(Refusal::TooLate));
    assert!(exchange().await.is_err());
}

#[tokio::test]
async fn pages_are_signed_with_the_right_ticket_which_is_kept() {
    let ticket = |t: &str| ok(json!({"ticket": t, "expires_in": 7200}));
    let script = Script::of([ticket("corp-ticket"), ticket("app-ticket")]);
    let messenger = messenger(script.clone());
    let url = "https://h.example/side?x=1#frag";
    for (for_application, ticket) in [(false, "corp-ticket"), (true, "app-ticket"), (false, "corp-ticket")] {
        let signed = messenger
            .identity()
            .sign_page(url, for_application, "nonce", Lane::Urgent)
            .await
            .expect("signed");
        assert_eq!(
            signed.signature,
            js_signature(ticket, "nonce", START.seconds(), "https://h.example/side?x=1")
        );
        assert_eq!((signed.company.as_str(), signed.application.as_str()), ("ww0123456789abcdef", "1000002"));
        assert_eq!(signed.timestamp, START.seconds());
    }
    assert_eq!(script.asked().len(), 2);
    assert_eq!(script.asked()[1].query("type"), Some("agent_config"));
}

#[test]
fn the_login_address_is_wecoms_or_the_simulators() {
    let platform = platform(Script::of([])).0;
    let url = platform
        .connect("a", &credentials())
        .identity()
        .authorize_url("https://h.example/back?a=1&b=2", "s 1");
    assert_eq!(
        url,
        "https://open.weixin.qq.com/connect/oauth2/authorize?appid=ww0123456789abcdef&redirect_uri=https%3A%2F%2Fh.example\
         %2Fback%3Fa%3D1%26b%3D2&response_type=code&scope=snsapi_base&state=s%201&agentid=1000002#wechat_redirect"
    );
    let local = Credentials { api_base: Some("http://127.0.0.1:9/".into()), ..credentials() };
    let url = platform.connect("a", &local).identity().authorize_url("https://h.example/", "s");
    assert!(url.starts_with("http://127.0.0.1:9/connect/oauth2/authorize?appid="), "{url}");
}

#[tokio::test]
async fn the_same_credentials_keep_their_token_and_changed_ones_start_afresh() {
    let list = || fixture("get_follow_user_list");
    let script = Script::of([list(), list(), list()]);
    let (platform, _) = platform(script.clone());
    let ask = async |who: &Credentials| {
        platform.connect("acc_1", who).directory().list_serving_staff(Lane::Bulk).await.expect("list");
    };
    ask(&credentials()).await;
    ask(&credentials()).await;
    assert_eq!(script.tokens(), 1);
    ask(&Credentials { secret: String::from("another").into(), ..credentials() }).await;
    assert_eq!(script.tokens(), 2);
}
