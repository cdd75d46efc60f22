//! What the platform answers when it refuses: the error codes of the documented global table, and their words.

use base::Timestamp;
use serde_json::{Value, json};

/// A refusal with the platform's code. `note` is appended to the platform's words, as the real one does when a
/// request has the wrong types.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    pub code: i64,
    pub note: String,
}

impl Refused {
    #[must_use]
    pub fn code(code: i64) -> Self {
        Self { code, note: String::new() }
    }
    #[must_use]
    pub fn because(code: i64, note: impl Into<String>) -> Self {
        Self { code, note: note.into() }
    }
    /// A field of the wrong JSON type.
    #[must_use]
    pub fn wrong_type(field: &str) -> Self {
        Self::because(40058, format!("invalid field: {field}. Warning: wrong json format."))
    }
    /// The body the platform sends, with its free-text suffix.
    #[must_use]
    pub fn body(&self, now: Timestamp, serial: u64, ip: &str) -> Value {
        let code = self.code;
        let words = words(code);
        let note = if self.note.is_empty() { String::new() } else { format!(", {}", self.note) };
        let hint = format!("[{}_{}_{:032x}]", now.seconds(), serial % 100, u128::from(serial) * 0x9e37_79b9);
        let more = "https://open.work.weixin.qq.com/devtool/query?e=";
        json!({
            "errcode": code,
            "errmsg": format!("{words}{note}, hint: {hint}, from ip: {ip}, more info at {more}{code}"),
        })
    }
}

/// The platform's words for a code; free text on the wire, never to be matched on.
#[must_use]
pub fn words(code: i64) -> &'static str {
    WORDS.iter().find(|(c, _)| *c == code).map_or("invalid request", |(_, w)| w)
}

const WORDS: &[(i64, &str)] = &[
    (-1, "system busy"),
    (6000, "data version conflict"),
    (40001, "invalid credential"),
    (40003, "invalid UserID"),
    (40004, "invalid media type"),
    (40007, "invalid media_id"),
    (40013, "invalid corpid"),
    (40014, "invalid access_token"),
    (40029, "invalid code"),
    (40035, "invalid parameter"),
    (40056, "invalid agentid"),
    (40058, "invalid Request Parameter"),
    (40063, "some parameters are empty"),
    (40066, "invalid party list"),
    (40068, "invalid tagid"),
    (40071, "tag name already exists"),
    (40091, "secret is invalid for this corp"),
    (40096, "invalid external userid"),
    (41001, "access_token missing"),
    (41002, "corpid missing"),
    (41004, "corpsecret missing"),
    (41005, "media missing"),
    (41006, "media_id missing"),
    (41037, "contact way type missing or invalid"),
    (41038, "contact way type invalid"),
    (41039, "contact way config id missing"),
    (41040, "contact way config id invalid"),
    (41041, "contact way user list too large"),
    (41042, "contact way scene invalid"),
    (41045, "contact way over limit"),
    (41046, "msgid missing"),
    (41047, "invalid msgid"),
    (41048, "no customer to send"),
    (41049, "welcome code missing"),
    (41050, "invalid welcome code"),
    (41051, "the chat with the customer has been started"),
    (41054, "user has no customer contact function"),
    (41055, "group welcome template over limit"),
    (41058, "not a group welcome template of this app"),
    (41063, "mass message is being dispatched, try again later"),
    (41064, "too many attachments"),
    (41065, "invalid attachment msgtype"),
    (41072, "attachment scene invalid"),
    (41080, "attachment size over limit"),
    (41091, "too many chats of a join way"),
    (41093, "mass message has been cancelled"),
    (41094, "remind too often"),
    (41096, "another app is sending the welcome message"),
    (42001, "access_token expired"),
    (42003, "code expired"),
    (42012, "jsapi_ticket unusable"),
    (42014, "invalid response_code"),
    (42022, "code has been used"),
    (42052, "recall over time"),
    (40097, "handover user is not resigned"),
    (40098, "takeover user is not verified"),
    (40099, "takeover user has too many customers"),
    (40100, "the customer is being transferred"),
    (40126, "corp tag over limit"),
    (40128, "transferred too often within 90 days"),
    (40130, "handover and takeover are the same"),
    (40131, "handover user is not the customer's"),
    (40205, "the member was inactive for a year"),
    (44004, "empty content"),
    (45001, "media size out of limit"),
    (45002, "content size out of limit"),
    (45008, "article count out of limit"),
    (45009, "api freq out of limit"),
    (45033, "api concurrent out of limit"),
    (45035, "concurrent edit of one record"),
    (48002, "api forbidden"),
    (49008, "group chat has been dismissed"),
    (50001, "redirect_uri is not a trusted domain"),
    (50100, "invalid cursor"),
    (60003, "department not found"),
    (60011, "no privilege to access or modify contact, party or agent"),
    (60020, "not allow to access from your ip"),
    (60111, "UserID not found"),
    (81013, "user, party and tag are all invalid"),
    (81017, "result too large, use owner_filter"),
    (84061, "not external contact"),
    (90500, "the owner is not resigned"),
    (90501, "not a customer group"),
    (90502, "the owner is resigned"),
    (90504, "the owner does not change"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_carries_code_hint_ip_and_link() {
        let body = Refused::wrong_type("limit").body(Timestamp(1_576_065_934_000), 28, "9.30.0.138");
        let text = body["errmsg"].as_str().unwrap_or_default();
        assert_eq!(body["errcode"], 40058);
        for part in
            ["wrong json format", "hint: [1576065934_28_", "from ip: 9.30.0.138", "devtool/query?e=40058"]
        {
            assert!(text.contains(part), "{part} missing in {text}");
        }
    }
}
