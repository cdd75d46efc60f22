//! The parts of messages to customers: text and attachments.

use serde::{Deserialize, Serialize};

/// At most 4,000 bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Text {
    pub content: String,
}

/// `{"msgtype": T, T: {…}}`; at most nine per message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "msgtype", rename_all = "lowercase")]
pub enum Attachment {
    Image {
        image: Image,
    },
    Link {
        link: Link,
    },
    MiniProgram {
        miniprogram: MiniProgram,
    },
    Video {
        video: MediaRef,
    },
    File {
        file: MediaRef,
    },
    /// A kind that WeCom has added since.
    #[serde(other)]
    Unknown,
}

/// `media_id` wins over `pic_url`, which must come from `uploadimg`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Image {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub media_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pic_url: Option<String>,
}

/// Title up to 128 bytes, description up to 512, addresses up to 2,048.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Link {
    pub title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub picurl: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub desc: Option<String>,
    pub url: String,
}

/// The mini program must be linked to the company.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct MiniProgram {
    pub title: String,
    pub pic_media_id: String,
    pub appid: String,
    pub page: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct MediaRef {
    pub media_id: String,
}
