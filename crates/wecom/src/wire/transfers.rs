//! Customers and groups that pass from one employee to another.

use serde::{Deserialize, Serialize};

use super::{calls, lenient};

calls! {
    Post Write "/cgi-bin/externalcontact/transfer_customer" TransferCustomer => TransferCustomerReply;
    Post Read  "/cgi-bin/externalcontact/transfer_result" TransferResult => TransferResultReply;
    Post Read  "/cgi-bin/externalcontact/get_unassigned_list" GetUnassignedList => UnassignedList;
    Post Write "/cgi-bin/externalcontact/resigned/transfer_customer" ResignedTransferCustomer => TransferCustomerReply;
    Post Read  "/cgi-bin/externalcontact/resigned/transfer_result" ResignedTransferResult => TransferResultReply;
    Post Write "/cgi-bin/externalcontact/groupchat/transfer" TransferGroups => TransferGroupsReply;
    Post Write "/cgi-bin/externalcontact/groupchat/onjob_transfer" OnjobTransferGroups => TransferGroupsReply;
}

/// Of an employee on the job; at most 100 customers, the message at most 200 characters.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TransferCustomer {
    pub handover_userid: String,
    pub takeover_userid: String,
    pub external_userid: Vec<String>,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub transfer_success_msg: String,
}

/// Of an employee who left: no message.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ResignedTransferCustomer {
    pub handover_userid: String,
    pub takeover_userid: String,
    pub external_userid: Vec<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TransferCustomerReply {
    pub customer: Vec<TransferredCustomer>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TransferredCustomer {
    pub external_userid: String,
    /// 0 = accepted; takes effect after 24 hours.
    #[serde(deserialize_with = "lenient::int")]
    pub errcode: i64,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TransferResult {
    pub handover_userid: String,
    pub takeover_userid: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub cursor: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ResignedTransferResult {
    pub handover_userid: String,
    pub takeover_userid: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub cursor: String,
}

/// A thousand a page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TransferResultReply {
    pub customer: Vec<CustomerTransfer>,
    pub next_cursor: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CustomerTransfer {
    pub external_userid: String,
    /// 1 done, 2 waiting, 3 refused by the customer, 4 the taker has too many.
    #[serde(deserialize_with = "lenient::int")]
    pub status: i64,
    #[serde(deserialize_with = "lenient::int")]
    pub takeover_time: i64,
}

/// `page_size` at most 1,000.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct GetUnassignedList {
    #[serde(skip_serializing_if = "String::is_empty")]
    pub cursor: String,
    pub page_size: i64,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct UnassignedList {
    pub info: Vec<Unassigned>,
    pub is_last: bool,
    pub next_cursor: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Unassigned {
    pub handover_userid: String,
    pub external_userid: String,
    #[serde(deserialize_with = "lenient::int")]
    pub dimission_time: i64,
}

/// Of owners who left; 1 to 100 groups, 300 a day.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TransferGroups {
    pub chat_id_list: Vec<String>,
    pub new_owner: String,
}

/// Of owners on the job; a group moves at most twice in 90 days.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct OnjobTransferGroups {
    pub chat_id_list: Vec<String>,
    pub new_owner: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TransferGroupsReply {
    pub failed_chat_list: Vec<FailedGroup>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FailedGroup {
    pub chat_id: String,
    #[serde(deserialize_with = "lenient::int")]
    pub errcode: i64,
    pub errmsg: String,
}
