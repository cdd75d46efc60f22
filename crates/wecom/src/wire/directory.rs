//! The directory of employees, and the application itself.

use serde::{Deserialize, Serialize};

use super::{calls, lenient};

calls! {
    Get Read "/cgi-bin/department/list" ListDepartments => DepartmentList;
    Get Read "/cgi-bin/department/simplelist" ListDepartmentIds => DepartmentIdList;
    Get Read "/cgi-bin/user/simplelist" ListUsersBriefly => BriefUserList;
    Get Read "/cgi-bin/user/list" ListUsers => UserList;
    Get Read "/cgi-bin/user/get" GetUser => User;
    Get Read "/cgi-bin/agent/get" GetAgent => Agent;
}

/// Without `id`: every department within range.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ListDepartments {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<i64>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DepartmentList {
    pub department: Vec<Department>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Department {
    pub id: i64,
    pub name: String,
    pub name_en: String,
    pub department_leader: Vec<String>,
    pub parentid: i64,
    pub order: i64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ListDepartmentIds {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<i64>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DepartmentIdList {
    pub department_id: Vec<DepartmentId>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DepartmentId {
    pub id: i64,
    pub parentid: i64,
    pub order: i64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListUsersBriefly {
    pub department_id: i64,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct BriefUserList {
    pub userlist: Vec<BriefUser>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct BriefUser {
    pub userid: String,
    pub name: String,
    pub department: Vec<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub open_userid: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListUsers {
    pub department_id: i64,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct UserList {
    pub userlist: Vec<User>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GetUser {
    pub userid: String,
}

/// An employee. Applications made since June 2022 don't receive avatar, gender, numbers and addresses.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct User {
    /// Compared without regard to case.
    pub userid: String,
    pub name: String,
    pub department: Vec<i64>,
    pub order: Vec<i64>,
    pub position: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mobile: Option<String>,
    /// `0`, `1` or `2`, a text here and a number in external contacts.
    #[serde(deserialize_with = "lenient::text", skip_serializing_if = "String::is_empty")]
    pub gender: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub biz_mail: Option<String>,
    pub is_leader_in_dept: Vec<i64>,
    pub direct_leader: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub avatar: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thumb_avatar: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub telephone: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alias: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub open_userid: Option<String>,
    pub main_department: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extattr: Option<serde_json::Value>,
    /// 1 active, 2 disabled, 4 not activated, 5 left.
    pub status: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub qr_code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_position: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_profile: Option<serde_json::Value>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GetAgent {
    #[serde(deserialize_with = "lenient::text")]
    pub agentid: String,
}

/// The application and its visible range.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Agent {
    pub agentid: i64,
    pub name: String,
    pub square_logo_url: String,
    pub description: String,
    pub allow_userinfos: AllowedUsers,
    pub allow_partys: AllowedParties,
    pub allow_tags: AllowedTags,
    /// 1 = switched off.
    pub close: i64,
    pub redirect_domain: String,
    pub report_location_flag: i64,
    pub isreportenter: i64,
    pub home_url: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AllowedUsers {
    pub user: Vec<AllowedUser>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AllowedUser {
    pub userid: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AllowedParties {
    pub partyid: Vec<i64>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AllowedTags {
    pub tagid: Vec<i64>,
}
