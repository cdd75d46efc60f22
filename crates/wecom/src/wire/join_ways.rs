//! Join codes of customer groups.

use serde::{Deserialize, Serialize};

use super::{Empty, calls};

calls! {
    Post Write "/cgi-bin/externalcontact/groupchat/add_join_way" AddJoinWay => JoinWayAdded;
    Post Read  "/cgi-bin/externalcontact/groupchat/get_join_way" GetJoinWay => JoinWayReply;
    Post Write "/cgi-bin/externalcontact/groupchat/update_join_way" UpdateJoinWay => Empty;
    Post Write "/cgi-bin/externalcontact/groupchat/del_join_way" DelJoinWay => Empty;
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AddJoinWay {
    /// 1 mini-program plug-in, 2 QR picture.
    pub scene: i64,
    /// Cut after 30 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remark: Option<String>,
    /// 1 = open the next group when all are full; 1 when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auto_create_room: Option<i64>,
    /// At most 40 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub room_base_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub room_base_id: Option<i64>,
    /// One to five groups.
    pub chat_id_list: Vec<String>,
    /// At most 30 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
}

/// Only the id: the picture's address has to be read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct JoinWayAdded {
    pub config_id: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GetJoinWay {
    pub config_id: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct JoinWayReply {
    pub join_way: JoinWay,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct JoinWay {
    pub config_id: String,
    pub scene: i64,
    pub remark: String,
    pub auto_create_room: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub room_base_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub room_base_id: Option<i64>,
    pub chat_id_list: Vec<String>,
    pub qr_code: String,
    pub state: String,
}

/// Overwrites everything.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct UpdateJoinWay {
    pub config_id: String,
    #[serde(flatten)]
    pub way: AddJoinWay,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DelJoinWay {
    pub config_id: String,
}
