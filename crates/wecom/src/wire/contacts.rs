//! External contacts: customers of employees.

use serde::{Deserialize, Serialize};

use super::{Empty, calls, lenient};

calls! {
    Get  Read  "/cgi-bin/externalcontact/get_follow_user_list" GetFollowUserList => FollowUserList;
    Get  Read  "/cgi-bin/externalcontact/list" ListContacts => ContactList;
    Get  Read  "/cgi-bin/externalcontact/get" GetContact => ContactDetail;
    Post Read  "/cgi-bin/externalcontact/batch/get_by_user" BatchGetByUser => BatchGetByUserReply;
    Post Write "/cgi-bin/externalcontact/remark" Remark => Empty;
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GetFollowUserList {}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FollowUserList {
    pub follow_user: Vec<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListContacts {
    pub userid: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ContactList {
    pub external_userid: Vec<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct GetContact {
    pub external_userid: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ContactDetail {
    pub external_contact: ExternalContact,
    pub follow_user: Vec<FollowUser>,
    /// Set when more than 500 employees know her.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ExternalContact {
    pub external_userid: String,
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub avatar: Option<String>,
    /// 1 a WeChat user, 2 a WeCom user of another company.
    #[serde(deserialize_with = "lenient::int")]
    pub r#type: i64,
    /// 0 unknown, 1, 2: a number here and a text in the directory.
    #[serde(deserialize_with = "lenient::int")]
    pub gender: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unionid: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub corp_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub corp_full_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_profile: Option<serde_json::Value>,
}

/// How one employee knows the contact.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FollowUser {
    pub userid: String,
    pub remark: String,
    pub description: String,
    #[serde(deserialize_with = "lenient::int")]
    pub createtime: i64,
    pub tags: Vec<FollowTag>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remark_corp_name: Option<String>,
    pub remark_mobiles: Vec<String>,
    #[serde(deserialize_with = "lenient::int")]
    pub add_way: i64,
    pub oper_userid: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wechat_channels: Option<WechatChannels>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FollowTag {
    pub group_name: String,
    pub tag_name: String,
    /// Absent for an employee's personal tags.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tag_id: Option<String>,
    /// 1 company, 2 personal, 3 strategy.
    pub r#type: i64,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct WechatChannels {
    pub nickname: String,
    pub source: i64,
}

/// `userid_list` at most 100, `limit` at most 100 (50 when absent; more is taken as 100).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct BatchGetByUser {
    pub userid_list: Vec<String>,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub cursor: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct BatchGetByUserReply {
    pub external_contact_list: Vec<ContactOfUser>,
    pub next_cursor: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fail_info: Option<FailInfo>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ContactOfUser {
    pub external_contact: ExternalContact,
    pub follow_info: FollowInfo,
}

/// Like [`FollowUser`], but tags come as ids and personal ones are missing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FollowInfo {
    pub userid: String,
    pub remark: String,
    pub description: String,
    #[serde(deserialize_with = "lenient::int")]
    pub createtime: i64,
    pub tag_id: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remark_corp_name: Option<String>,
    pub remark_mobiles: Vec<String>,
    pub oper_userid: String,
    #[serde(deserialize_with = "lenient::int")]
    pub add_way: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wechat_channels: Option<WechatChannels>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FailInfo {
    pub unlicensed_userid_list: Vec<String>,
}

/// At least one of the optional fields. `remark_mobiles` replaces; one empty text clears.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Remark {
    pub userid: String,
    pub external_userid: String,
    /// At most 20 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remark: Option<String>,
    /// At most 150 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remark_company: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remark_mobiles: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remark_pic_mediaid: Option<String>,
}
