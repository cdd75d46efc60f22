//! Decrypted callbacks as the documentation shows them, and as less careful senders write them.

use proptest::prelude::*;
use wecom::wire::events::{
    Arrival, Callback, CardPress, Event, GroupUpdate, Pair, PartyChange, TagChange, UserChange,
};
use wecom::wire::xml::Element;

fn read(inner: &str) -> Callback {
    let xml = format!(
        "<xml><ToUserName><![CDATA[ww1]]></ToUserName><FromUserName><![CDATA[sys]]></FromUserName>\
         <CreateTime>1403610513</CreateTime><MsgType><![CDATA[event]]></MsgType>{inner}</xml>"
    );
    Callback::read(&xml).expect("reads")
}

fn event(inner: &str) -> Event {
    read(inner).event
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn pair() -> Pair {
    Pair { user_id: "zhangsan".into(), external_user_id: "wm1".into() }
}

#[test]
fn contacts() {
    let about = |change: &str, rest: &str| {
        event(&format!(
            "<Event><![CDATA[change_external_contact]]></Event><ChangeType><![CDATA[{change}]]></ChangeType>\
             <UserID><![CDATA[zhangsan]]></UserID><ExternalUserID><![CDATA[wm1]]></ExternalUserID>{rest}"
        ))
    };
    let coming = "<State><![CDATA[teststate]]></State><WelcomeCode><![CDATA[CODE]]></WelcomeCode>";
    let arrival = Arrival { pair: pair(), state: some("teststate"), welcome_code: some("CODE") };
    assert_eq!(about("add_external_contact", coming), Event::AddExternalContact(arrival.clone()));
    assert_eq!(about("add_half_external_contact", coming), Event::AddHalfExternalContact(arrival));
    let plain = Arrival { pair: pair(), state: None, welcome_code: None };
    assert_eq!(
        about("add_external_contact", "<State><![CDATA[]]></State>"),
        Event::AddExternalContact(plain.clone())
    );
    assert_eq!(about("msg_audit_approved", ""), Event::MsgAuditApproved(plain));
    assert_eq!(about("edit_external_contact", ""), Event::EditExternalContact(pair()));
    assert_eq!(about("del_follow_user", ""), Event::DelFollowUser(pair()));
    assert_eq!(
        about("del_external_contact", "<Source><![CDATA[DELETE_BY_TRANSFER]]></Source>"),
        Event::DelExternalContact { pair: pair(), source: some("DELETE_BY_TRANSFER") }
    );
    assert_eq!(
        about("transfer_fail", "<FailReason><![CDATA[customer_refused]]></FailReason>"),
        Event::TransferFail { pair: pair(), reason: "customer_refused".into() }
    );
    let unknown = Event::Unknown { event: "change_external_contact".into(), change_type: some("future") };
    assert_eq!(about("future", ""), unknown);
}

#[test]
fn groups() {
    let about = |rest: &str| {
        event(&format!(
            "<Event><![CDATA[change_external_chat]]></Event><ChatId><![CDATA[wr1]]></ChatId>{rest}"
        ))
    };
    assert_eq!(
        about("<ChangeType><![CDATA[create]]></ChangeType>"),
        Event::GroupCreated { chat_id: "wr1".into() }
    );
    assert_eq!(about("<ChangeType>dismiss</ChangeType>"), Event::GroupDismissed { chat_id: "wr1".into() });
    let joined = about(
        "<ChangeType><![CDATA[update]]></ChangeType><UpdateDetail><![CDATA[add_member]]></UpdateDetail>\
         <JoinScene>3</JoinScene><MemChangeCnt>2</MemChangeCnt><MemChangeList><Item>Jack</Item><Item>wmRose</Item>\
         </MemChangeList><LastMemVer>9c3f97c2ada667dfb5f6d03308d963e1</LastMemVer><CurMemVer>71217227bbd112ecfe3a49c482195cb4</CurMemVer>",
    );
    let update = GroupUpdate {
        chat_id: "wr1".into(),
        detail: "add_member".into(),
        join_scene: Some(3),
        quit_scene: None,
        member_change_count: Some(2),
        members: vec!["Jack".into(), "wmRose".into()],
        last_member_version: some("9c3f97c2ada667dfb5f6d03308d963e1"),
        current_member_version: some("71217227bbd112ecfe3a49c482195cb4"),
    };
    assert_eq!(joined, Event::GroupUpdated(update));
    let left = about(
        "<ChangeType><![CDATA[update]]></ChangeType><UpdateDetail><![CDATA[del_member]]></UpdateDetail>\
         <QuitScene>1</QuitScene><MemChangeCnt>1</MemChangeCnt><MemChangeList><Item>wmRose</Item></MemChangeList>",
    );
    let Event::GroupUpdated(left) = left else { panic!("{left:?}") };
    assert_eq!((left.quit_scene, left.join_scene, left.members.len()), (Some(1), None, 1));
    for detail in ["change_owner", "change_name", "change_notice"] {
        let changed = about(&format!("<ChangeType>update</ChangeType><UpdateDetail>{detail}</UpdateDetail>"));
        let expected = GroupUpdate { chat_id: "wr1".into(), detail: detail.into(), ..GroupUpdate::default() };
        assert_eq!(changed, Event::GroupUpdated(expected));
    }
}

#[test]
fn tags_and_directory() {
    let tag = |rest: &str| event(&format!("<Event><![CDATA[change_external_tag]]></Event>{rest}"));
    let what = TagChange { id: some("et1"), kind: some("tag"), strategy_id: some("1") };
    let body = "<Id><![CDATA[et1]]></Id><TagType><![CDATA[tag]]></TagType><StrategyId>1</StrategyId>";
    let of = |change: &str| tag(&format!("<ChangeType><![CDATA[{change}]]></ChangeType>{body}"));
    assert_eq!(of("create"), Event::TagCreated(what.clone()));
    assert_eq!(of("update"), Event::TagUpdated(what.clone()));
    assert_eq!(of("delete"), Event::TagDeleted(what));
    assert_eq!(tag("<ChangeType>shuffle</ChangeType><Id></Id>"), Event::TagsShuffled(TagChange::default()));

    let of = |rest: &str| event(&format!("<Event><![CDATA[change_contact]]></Event>{rest}"));
    let user = of(
        "<ChangeType>update_user</ChangeType><UserID><![CDATA[zhangsan]]></UserID><NewUserID>zhangsan001</NewUserID>\
         <Name>张三</Name><Department><![CDATA[1,2, 3]]></Department><Status>1</Status><ExtAttr><Item><Name>x</Name></Item></ExtAttr>",
    );
    let change = UserChange {
        user_id: "zhangsan".into(),
        new_user_id: some("zhangsan001"),
        name: some("张三"),
        departments: vec![1, 2, 3],
        status: Some(1),
    };
    assert_eq!(user, Event::UserUpdated(change));
    assert!(matches!(of("<ChangeType>create_user</ChangeType>"), Event::UserCreated(_)));
    assert!(matches!(of("<ChangeType>delete_user</ChangeType>"), Event::UserDeleted(_)));
    let party = PartyChange { id: "2".into(), name: some("研发"), parent_id: some("1"), order: Some(1) };
    let body = "<Id>2</Id><Name>研发</Name><ParentId>1</ParentId><Order>1</Order>";
    assert_eq!(
        of(&format!("<ChangeType>create_party</ChangeType>{body}")),
        Event::PartyCreated(party.clone())
    );
    assert_eq!(
        of(&format!("<ChangeType>update_party</ChangeType>{body}")),
        Event::PartyUpdated(party.clone())
    );
    assert_eq!(of(&format!("<ChangeType>delete_party</ChangeType>{body}")), Event::PartyDeleted(party));
    assert_eq!(
        of("<ChangeType>update_tag</ChangeType><TagId>1</TagId><AddUserItems>zhangsan,lisi</AddUserItems>"),
        Event::DirectoryTagUpdated { tag_id: "1".into() }
    );
}

#[test]
fn the_application_and_its_employees() {
    let job = event(
        "<Event><![CDATA[batch_job_result]]></Event><BatchJob><JobId><![CDATA[S0MrnndvRG5fadSlLwiBqiDDbM143UqTmKP3152FZk4]]></JobId>\
         <JobType><![CDATA[sync_user]]></JobType><ErrCode>0</ErrCode><ErrMsg><![CDATA[ok]]></ErrMsg></BatchJob>",
    );
    let Event::BatchJobResult { job_type, err_code, .. } = job else { panic!("{job:?}") };
    assert_eq!((job_type.as_str(), err_code), ("sync_user", 0));
    assert_eq!(event("<Event>subscribe</Event>"), Event::Subscribe);
    assert_eq!(event("<Event>unsubscribe</Event>"), Event::Unsubscribe);
    let entered =
        read("<Event><![CDATA[enter_agent]]></Event><EventKey><![CDATA[]]></EventKey><AgentID>1</AgentID>");
    assert_eq!(entered.event, Event::EnterAgent { event_key: String::new() });
    assert_eq!(entered.agent_id.as_deref(), Some("1"));
    assert_eq!(entered.create_time, 1_403_610_513);
    let menu = Event::Menu { event: "click".into(), event_key: "KEY".into() };
    assert_eq!(event("<Event>click</Event><EventKey>KEY</EventKey>"), menu);
    assert!(matches!(event("<Event>scancode_push</Event>"), Event::Menu { .. }));
    assert_eq!(
        event("<Event>upload_media_job_finish</Event><JobId>j</JobId>"),
        Event::UploadMediaJobFinish { job_id: "j".into() }
    );
    let pressed = "<EventKey>KEY</EventKey><TaskId>task</TaskId><CardType>button_interaction</CardType>\
        <ResponseCode>RC</ResponseCode><AgentID>1</AgentID><SelectedItems><SelectedItem><QuestionKey>Q</QuestionKey>\
        <OptionIds><OptionId>o1</OptionId><OptionId>o2</OptionId></OptionIds></SelectedItem></SelectedItems>";
    let press = CardPress {
        event_key: "KEY".into(),
        task_id: some("task"),
        card_type: some("button_interaction"),
        response_code: some("RC"),
        selected: vec![("Q".into(), vec!["o1".into(), "o2".into()])],
    };
    assert_eq!(event(&format!("<Event>template_card_event</Event>{pressed}")), Event::TemplateCard(press));
    let unselected = event("<Event>template_card_menu_event</Event><EventKey>K</EventKey>");
    let Event::TemplateCardMenu(press) = unselected else { panic!("{unselected:?}") };
    assert_eq!((press.event_key.as_str(), press.selected.len()), ("K", 0));
    let text = "<xml><FromUserName>lisi</FromUserName><MsgType>text</MsgType><Content>a &lt; b &#x4e2d;</Content><MsgId>1</MsgId></xml>";
    let said = Event::StaffMessage { kind: "text".into(), msg_id: some("1"), content: some("a < b 中") };
    assert_eq!(Callback::read(text).expect("reads").event, said);
    assert_eq!(
        event("<Event>brand_new</Event>"),
        Event::Unknown { event: "brand_new".into(), change_type: None }
    );
}

#[test]
fn order_and_white_space_dont_matter() {
    let tidy = "<xml><ToUserName><![CDATA[ww1]]></ToUserName><CreateTime>7</CreateTime><Event><![CDATA[change_external_chat]]></Event><ChatId><![CDATA[wr1]]></ChatId><ChangeType><![CDATA[create]]></ChangeType></xml>";
    let sloppy = "<?xml version=\"1.0\"?>\n<!-- hi -->\n<xml >\n  <ChangeType > create </ChangeType >\n <CreateTime>\n7\n</CreateTime>\
        <ChatId ><![CDATA[wr]]><![CDATA[1]]></ChatId><Event>change_external_chat</Event>\n<ToUserName>ww1</ToUserName>\n</xml>\n";
    assert_eq!(Callback::read(tidy), Callback::read(sloppy));
}

#[test]
fn broken_and_tricky_documents_are_refused_quickly() {
    let deep = format!("{}{}", "<a>".repeat(50), "</a>".repeat(50));
    let wide = format!("<xml>{}</xml>", "<a/>".repeat(30_000));
    let attributes = format!("<xml {}></xml>", (0..5_000).map(|n| format!("a{n}='1' ")).collect::<String>());
    let bomb = "<!DOCTYPE x [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><xml>&b;</xml>";
    for bad in
        ["", "text", "<xml>", "<xml></yml>", "<xml>&unknown;</xml>", "<xml/><xml/>", bomb, &deep, &wide]
    {
        assert_eq!(Element::read(bad), None, "{:.60}", bad);
    }
    assert!(Element::read(&attributes).is_some_and(|root| root.children.is_empty()));
}

proptest! {
    #[test]
    fn anything_may_come(xml in "(<(/)?(xml|Event|ChangeType|a b|!\\[CDATA\\[|!--|\\?)>?|\\]\\]>|&(lt|#0|#x110000|x);|[ a-z]){0,60}") {
        let _ = Callback::read(&xml);
    }
}
