//! Replies as the documentation shows them: each is read into its type and written again without loss.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use wecom::wire::{
    Answer, Status, app_messages, contact_ways, contacts, directory, groups, join_ways, mass_sends, media,
    oauth, tags, token, welcomes,
};

fn fixture(name: &str) -> Value {
    let path = format!("{}/tests/fixtures/replies/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{path}: {e}"));
    serde_json::from_str(&text).unwrap_or_else(|e| panic!("{path}: {e}"))
}

fn read<T: DeserializeOwned>(name: &str) -> T {
    serde_json::from_value(fixture(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
}

fn survives<T: DeserializeOwned + Serialize>(name: &'static str) -> &'static str {
    let answer: Answer<T> = read(name);
    assert_eq!(answer.status, Status::ok(), "{name}");
    assert_eq!(serde_json::to_value(&answer).expect("writes"), fixture(name), "{name}");
    name
}

#[test]
fn every_documented_reply_is_read_and_written_without_loss() {
    let covered = [
        survives::<token::Token>("gettoken"),
        survives::<token::Ticket>("get_jsapi_ticket"),
        survives::<token::IpList>("getcallbackip"),
        survives::<directory::DepartmentList>("department_list"),
        survives::<directory::DepartmentIdList>("department_simplelist"),
        survives::<directory::BriefUserList>("user_simplelist"),
        survives::<directory::UserList>("user_list"),
        survives::<directory::User>("user_get"),
        survives::<directory::Agent>("agent_get"),
        survives::<contacts::FollowUserList>("get_follow_user_list"),
        survives::<contacts::ContactList>("contact_list"),
        survives::<contacts::ContactDetail>("contact_get"),
        survives::<contacts::BatchGetByUserReply>("contact_batch_get_by_user"),
        survives::<tags::CorpTagList>("get_corp_tag_list"),
        survives::<tags::CorpTagAdded>("add_corp_tag"),
        survives::<groups::GroupList>("groupchat_list"),
        survives::<groups::GroupDetail>("groupchat_get"),
        survives::<groups::GroupStatisticReply>("groupchat_statistic"),
        survives::<groups::GroupStatisticByDayReply>("groupchat_statistic_group_by_day"),
        survives::<groups::ChatId>("opengid_to_chatid"),
        survives::<contact_ways::ContactWayAdded>("add_contact_way"),
        survives::<contact_ways::ContactWayReply>("get_contact_way"),
        survives::<contact_ways::ContactWayList>("list_contact_way"),
        survives::<join_ways::JoinWayAdded>("add_join_way"),
        survives::<join_ways::JoinWayReply>("get_join_way"),
        survives::<welcomes::GroupWelcomeAdded>("group_welcome_template_add"),
        survives::<welcomes::GroupWelcome>("group_welcome_template_get"),
        survives::<mass_sends::MsgTemplateAdded>("add_msg_template"),
        survives::<mass_sends::GroupmsgList>("get_groupmsg_list_v2"),
        survives::<mass_sends::GroupmsgTaskList>("get_groupmsg_task"),
        survives::<mass_sends::GroupmsgSendResult>("get_groupmsg_send_result"),
        survives::<app_messages::MessageSent>("message_send"),
        survives::<app_messages::TemplateCardUpdated>("update_template_card"),
        survives::<media::MediaUploaded>("media_upload"),
        survives::<media::ImageUploaded>("media_uploadimg"),
        survives::<media::AttachmentUploaded>("media_upload_attachment"),
        survives::<oauth::UserInfo>("auth_getuserinfo_employee"),
        survives::<oauth::UserInfo>("auth_getuserinfo_customer"),
        survives::<oauth::UserDetail>("auth_getuserdetail"),
    ];
    let folder = format!("{}/tests/fixtures/replies", env!("CARGO_MANIFEST_DIR"));
    let files = std::fs::read_dir(folder).expect("folder").count();
    assert_eq!(covered.len(), files, "a sample is not read by any test");
}

#[test]
fn quirks_of_type_are_read_either_way() {
    let uploaded: media::MediaUploaded =
        serde_json::from_value(json!({"created_at": 1_380_000_000})).expect("number");
    assert_eq!(uploaded.created_at, "1380000000");
    let uploaded: media::AttachmentUploaded =
        serde_json::from_value(json!({"created_at": "1380000000"})).expect("text");
    assert_eq!(uploaded.created_at, 1_380_000_000);
    let user: directory::User = serde_json::from_value(json!({"gender": 2})).expect("number");
    assert_eq!(user.gender, "2");
    let contact: contacts::ExternalContact = serde_json::from_value(json!({"gender": "2"})).expect("text");
    assert_eq!(contact.gender, 2);
    let task: mass_sends::Groupmsg =
        serde_json::from_value(json!({"create_time": "1600000000"})).expect("text");
    assert_eq!(task.create_time, 1_600_000_000);
    let info: oauth::UserInfo =
        serde_json::from_value(json!({"UserId": "a", "DeviceId": ""})).expect("legacy");
    assert_eq!(info.userid.as_deref(), Some("a"));
    assert!(serde_json::from_value::<contacts::ExternalContact>(json!({"gender": "f"})).is_err());
}

#[test]
fn unknown_attachments_and_fields_dont_break_a_list() {
    let list = json!({"group_msg_list": [{"msgid": "m", "new_field": 1,
        "attachments": [{"msgtype": "location", "location": {"x": 1}}, {"msgtype": "file", "file": {"media_id": "f"}}]}]});
    let list: mass_sends::GroupmsgList = serde_json::from_value(list).expect("reads");
    assert_eq!(list.group_msg_list[0].attachments.len(), 2);
}

#[test]
fn secrets_dont_print() {
    let request = token::GetToken { corpid: "ww1".into(), corpsecret: "hidden-word".into() };
    let token = token::Token { access_token: "hidden-word".into(), expires_in: 7200 };
    let ticket = token::Ticket { ticket: "hidden-word".into(), expires_in: 7200 };
    let detail = oauth::GetUserDetail { user_ticket: "hidden-word".into() };
    let shown = format!("{request:?} {token:?} {ticket:?} {detail:?}");
    assert!(!shown.contains("hidden-word"), "{shown}");
}
