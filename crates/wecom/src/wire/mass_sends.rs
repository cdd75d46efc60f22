//! Company broadcasts: made by us, sent when an employee taps.

use serde::{Deserialize, Serialize};

use super::attachments::{Attachment, Text};
use super::{Empty, calls, lenient};

calls! {
    Post Write "/cgi-bin/externalcontact/add_msg_template" AddMsgTemplate => MsgTemplateAdded;
    Post Write "/cgi-bin/externalcontact/remind_groupmsg_send" RemindGroupmsgSend => Empty;
    Post Write "/cgi-bin/externalcontact/cancel_groupmsg_send" CancelGroupmsgSend => Empty;
    Post Read  "/cgi-bin/externalcontact/get_groupmsg_list_v2" GetGroupmsgList => GroupmsgList;
    Post Read  "/cgi-bin/externalcontact/get_groupmsg_task" GetGroupmsgTask => GroupmsgTaskList;
    Post Read  "/cgi-bin/externalcontact/get_groupmsg_send_result" GetGroupmsgSendResult => GroupmsgSendResult;
}

/// At most 10,000 contacts or 2,000 groups, 100 tags per filter group, 9 attachments.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AddMsgTemplate {
    /// `single` (when absent) or `group`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chat_type: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub external_userid: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub chat_id_list: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tag_filter: Option<TagFilter>,
    /// Required for groups.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sender: Option<String>,
    /// The employee may take people out; single only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allow_select: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<Text>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TagFilter {
    /// And between groups, or inside.
    pub group_list: Vec<TagFilterGroup>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TagFilterGroup {
    pub tag_list: Vec<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct MsgTemplateAdded {
    /// Targets turned down at once.
    pub fail_list: Vec<String>,
    pub msgid: String,
}

/// At most three times in 24 hours.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemindGroupmsgSend {
    pub msgid: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CancelGroupmsgSend {
    pub msgid: String,
}

/// At most a month; `limit` at most 100 (50 when absent or larger).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct GetGroupmsgList {
    /// `single` or `group`.
    pub chat_type: String,
    pub start_time: i64,
    pub end_time: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub creator: Option<String>,
    /// 0 the company's, 1 employees' own, 2 all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filter_type: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub cursor: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct GroupmsgList {
    #[serde(skip_serializing_if = "String::is_empty")]
    pub next_cursor: String,
    pub group_msg_list: Vec<Groupmsg>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Groupmsg {
    pub msgid: String,
    /// Absent for those made by API.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub creator: Option<String>,
    /// A text on some pages, a number on others.
    #[serde(deserialize_with = "lenient::int")]
    pub create_time: i64,
    /// 0 the company's, 1 an employee's own.
    #[serde(deserialize_with = "lenient::int")]
    pub create_type: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<Text>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
}

/// `limit` at most 1000 (500 when absent).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct GetGroupmsgTask {
    pub msgid: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub cursor: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct GroupmsgTaskList {
    #[serde(skip_serializing_if = "String::is_empty")]
    pub next_cursor: String,
    pub task_list: Vec<GroupmsgTask>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct GroupmsgTask {
    pub userid: String,
    /// 0 not sent, 2 sent.
    pub status: i64,
    #[serde(deserialize_with = "lenient::int", skip_serializing_if = "is_zero")]
    pub send_time: i64,
}

/// `limit` at most 1000 (500 when absent).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct GetGroupmsgSendResult {
    pub msgid: String,
    pub userid: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub cursor: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct GroupmsgSendResult {
    #[serde(skip_serializing_if = "String::is_empty")]
    pub next_cursor: String,
    pub send_list: Vec<SendResult>,
}

/// One target. Groups appear only once they are sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SendResult {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_userid: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chat_id: Option<String>,
    pub userid: String,
    /// 0 not sent, 1 sent, 2 not a friend any more, 3 had too many mass messages.
    pub status: i64,
    #[serde(deserialize_with = "lenient::int", skip_serializing_if = "is_zero")]
    pub send_time: i64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde asks for")]
const fn is_zero(n: &i64) -> bool {
    *n == 0
}
