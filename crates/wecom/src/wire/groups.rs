//! Customer groups and WeCom's own counters about them.

use serde::{Deserialize, Serialize};

use super::{calls, lenient};

calls! {
    Post Read "/cgi-bin/externalcontact/groupchat/list" ListGroups => GroupList;
    Post Read "/cgi-bin/externalcontact/groupchat/get" GetGroup => GroupDetail;
    Post Read "/cgi-bin/externalcontact/groupchat/statistic" GroupStatistic => GroupStatisticReply;
    Post Read "/cgi-bin/externalcontact/groupchat/statistic_group_by_day" GroupStatisticByDay => GroupStatisticByDayReply;
    Post Read "/cgi-bin/externalcontact/opengid_to_chatid" OpengidToChatid => ChatId;
}

/// `limit` is required, 1 to 1000.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ListGroups {
    /// 0 all, 1 owner resigned, 2 being inherited, 3 inherited.
    pub status_filter: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner_filter: Option<OwnerFilter>,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub cursor: String,
    pub limit: i64,
}

/// At most 100 employees.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct OwnerFilter {
    pub userid_list: Vec<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct GroupList {
    pub group_chat_list: Vec<ListedGroup>,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub next_cursor: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ListedGroup {
    pub chat_id: String,
    pub status: i64,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct GetGroup {
    pub chat_id: String,
    /// 1 = with the names of members.
    pub need_name: i64,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct GroupDetail {
    pub group_chat: GroupChat,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct GroupChat {
    pub chat_id: String,
    pub name: String,
    pub owner: String,
    #[serde(deserialize_with = "lenient::int")]
    pub create_time: i64,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub notice: String,
    pub member_list: Vec<Member>,
    pub admin_list: Vec<Admin>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub member_version: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Member {
    pub userid: String,
    /// 1 employee, 2 external.
    #[serde(deserialize_with = "lenient::int")]
    pub r#type: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unionid: Option<String>,
    #[serde(deserialize_with = "lenient::int")]
    pub join_time: i64,
    /// 1 invited directly, 2 by an invitation link, 3 by the group's code. Callbacks use another coding.
    #[serde(deserialize_with = "lenient::int")]
    pub join_scene: i64,
    /// Only when an employee invited.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invitor: Option<Admin>,
    pub group_nickname: String,
    /// With `need_name` 1.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// The join way's state.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Admin {
    pub userid: String,
}

/// Yesterday back to 180 days, at most 30 days apart, both ends inclusive.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct GroupStatistic {
    pub day_begin_time: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub day_end_time: Option<i64>,
    pub owner_filter: OwnerFilter,
    /// 1 new groups, 2 groups, 3 new members, 4 members.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order_by: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order_asc: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offset: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct GroupStatisticReply {
    pub total: i64,
    pub next_offset: i64,
    pub items: Vec<OwnerStatistic>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct OwnerStatistic {
    pub owner: String,
    pub data: GroupCounters,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct GroupStatisticByDay {
    pub day_begin_time: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub day_end_time: Option<i64>,
    pub owner_filter: OwnerFilter,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct GroupStatisticByDayReply {
    pub items: Vec<DayStatistic>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DayStatistic {
    /// Midnight in Shanghai.
    pub stat_time: i64,
    pub data: GroupCounters,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct GroupCounters {
    pub new_chat_cnt: i64,
    pub chat_total: i64,
    pub chat_has_msg: i64,
    pub new_member_cnt: i64,
    pub member_total: i64,
    pub member_has_msg: i64,
    pub msg_total: i64,
    pub migrate_trainee_chat_cnt: i64,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpengidToChatid {
    pub opengid: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ChatId {
    pub chat_id: String,
}
