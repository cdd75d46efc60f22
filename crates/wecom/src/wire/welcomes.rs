//! First messages: to a new contact by her one-use code, and templates for group joiners.

use serde::{Deserialize, Serialize};

use super::attachments::{Attachment, Image, Link, MediaRef, MiniProgram, Text};
use super::{Empty, calls};

calls! {
    Post Write "/cgi-bin/externalcontact/send_welcome_msg" SendWelcomeMsg => Empty;
    Post Write "/cgi-bin/externalcontact/group_welcome_template/add" AddGroupWelcome => GroupWelcomeAdded;
    Post Write "/cgi-bin/externalcontact/group_welcome_template/edit" EditGroupWelcome => Empty;
    Post Read  "/cgi-bin/externalcontact/group_welcome_template/get" GetGroupWelcome => GroupWelcome;
    Post Write "/cgi-bin/externalcontact/group_welcome_template/del" DelGroupWelcome => Empty;
}

/// The code lives 20 seconds and serves one call. Text or attachments, at least one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SendWelcomeMsg {
    pub welcome_code: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<Text>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
}

/// Text up to 3,000 bytes with `%NICKNAME%`, and one of the others; at most 100 templates per company.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct GroupWelcome {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<Text>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<Image>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<Link>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub miniprogram: Option<MiniProgram>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<MediaRef>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub video: Option<MediaRef>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AddGroupWelcome {
    #[serde(flatten)]
    pub message: GroupWelcome,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agentid: Option<i64>,
    /// 1 = tell the owners that a template is there; 1 when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notify: Option<i64>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct GroupWelcomeAdded {
    pub template_id: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct EditGroupWelcome {
    pub template_id: String,
    #[serde(flatten)]
    pub message: GroupWelcome,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agentid: Option<i64>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GetGroupWelcome {
    pub template_id: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DelGroupWelcome {
    pub template_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agentid: Option<i64>,
}
