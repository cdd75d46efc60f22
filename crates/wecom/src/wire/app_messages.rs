//! Messages of the application to employees.

use serde::{Deserialize, Serialize};

use super::attachments::{MediaRef, Text};
use super::template_card::TemplateCard;
use super::{Empty, calls};

calls! {
    Post Write "/cgi-bin/message/send" SendMessage => MessageSent;
    Post Write "/cgi-bin/message/update_template_card" UpdateTemplateCard => TemplateCardUpdated;
    Post Write "/cgi-bin/message/recall" RecallMessage => Empty;
}

/// Receivers are joined by `|`: at most 1,000 employees, 100 departments, 100 tags.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendMessage {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub touser: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub toparty: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub totag: Option<String>,
    pub agentid: i64,
    #[serde(flatten)]
    pub message: AppMessage,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub safe: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enable_id_trans: Option<i64>,
    /// 1 = WeCom drops the same message to the same receiver within the interval.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enable_duplicate_check: Option<i64>,
    /// Seconds, 1,800 when absent, at most 4 hours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duplicate_check_interval: Option<i64>,
}

/// `{"msgtype": T, T: {…}}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "msgtype", rename_all = "snake_case")]
pub enum AppMessage {
    /// At most 2,048 bytes.
    Text {
        text: Text,
    },
    Image {
        image: MediaRef,
    },
    Voice {
        voice: MediaRef,
    },
    Video {
        video: VideoMessage,
    },
    File {
        file: MediaRef,
    },
    #[serde(rename = "textcard")]
    TextCard {
        textcard: TextCard,
    },
    News {
        news: News,
    },
    /// At most 2,048 bytes.
    Markdown {
        markdown: Text,
    },
    MiniprogramNotice {
        miniprogram_notice: MiniprogramNotice,
    },
    TemplateCard {
        template_card: Box<TemplateCard>,
    },
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct VideoMessage {
    pub media_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// Title up to 128, description up to 512, address up to 2,048 bytes, button up to 4 characters.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TextCard {
    pub title: String,
    pub description: String,
    pub url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub btntxt: Option<String>,
}

/// One to eight articles.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct News {
    pub articles: Vec<Article>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Article {
    pub title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub picurl: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub appid: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pagepath: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct MiniprogramNotice {
    pub appid: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page: Option<String>,
    pub title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub emphasis_first_item: Option<bool>,
    /// At most ten.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub content_item: Vec<KeyValue>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct KeyValue {
    pub key: String,
    pub value: String,
}

/// Those who could not be reached, joined by `|`. The rest was sent all the same.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct MessageSent {
    #[serde(skip_serializing_if = "String::is_empty")]
    pub invaliduser: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub invalidparty: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub invalidtag: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub unlicenseduser: String,
    pub msgid: String,
    /// For cards with buttons: updates the card once within 72 hours.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response_code: Option<String>,
}

/// Either a new word on the button or a whole new card.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct UpdateTemplateCard {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub userids: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub partyids: Vec<i64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tagids: Vec<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub atall: Option<i64>,
    pub agentid: i64,
    pub response_code: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enable_id_trans: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub button: Option<ReplacedButton>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub template_card: Option<Box<TemplateCard>>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ReplacedButton {
    pub replace_name: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TemplateCardUpdated {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub invaliduser: Vec<String>,
}

/// Within 24 hours; only messages of this application.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecallMessage {
    pub msgid: String,
}
