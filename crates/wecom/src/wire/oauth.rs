//! Who opened a page.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{calls, lenient};

calls! {
    Get  Read "/cgi-bin/auth/getuserinfo" GetUserInfo => UserInfo;
    Post Read "/cgi-bin/auth/getuserdetail" GetUserDetail => UserDetail;
}

/// The code lives five minutes and serves once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GetUserInfo {
    pub code: String,
}

/// An employee has `userid`; anybody else `openid`, and `external_userid` when she is a customer within range.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct UserInfo {
    #[serde(alias = "UserId", skip_serializing_if = "Option::is_none")]
    pub userid: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_ticket: Option<String>,
    #[serde(alias = "OpenId", skip_serializing_if = "Option::is_none")]
    pub openid: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_userid: Option<String>,
}

#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GetUserDetail {
    pub user_ticket: String,
}

impl fmt::Debug for GetUserDetail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("GetUserDetail")
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct UserDetail {
    pub userid: String,
    #[serde(deserialize_with = "lenient::text")]
    pub gender: String,
    pub avatar: String,
    pub qr_code: String,
    pub mobile: String,
    pub email: String,
    pub biz_mail: String,
    pub address: String,
}
