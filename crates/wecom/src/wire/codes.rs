//! WeCom's result codes that the client or the adapter acts on, and the closed list of those that mean "not done".

pub const OK: i64 = 0;
/// Busy; whether the request took effect is not told.
pub const BUSY: i64 = -1;
pub const VERSION_CONFLICT: i64 = 6000;
pub const BAD_SECRET: i64 = 40001;
pub const BAD_USERID: i64 = 40003;
pub const BAD_MEDIA: i64 = 40007;
pub const BAD_CORPID: i64 = 40013;
pub const BAD_TOKEN: i64 = 40014;
pub const BAD_OAUTH_CODE: i64 = 40029;
pub const BAD_PARAMETER: i64 = 40035;
pub const BAD_CHAT: i64 = 40050;
pub const BAD_AGENT: i64 = 40056;
pub const BAD_ARGUMENTS: i64 = 40058;
pub const EMPTY_PARAMETER: i64 = 40063;
pub const BAD_TAG: i64 = 40068;
pub const TAG_NAME_TAKEN: i64 = 40071;
pub const SECRET_OF_ANOTHER: i64 = 40091;
pub const BAD_EXTERNAL_USER: i64 = 40096;
pub const GIVER_NOT_RESIGNED: i64 = 40097;
pub const TAKER_NOT_REAL: i64 = 40098;
pub const TAKER_FULL: i64 = 40099;
pub const IN_TRANSFER: i64 = 40100;
pub const TAG_CAP: i64 = 40126;
pub const MOVED_TOO_OFTEN: i64 = 40128;
pub const TRANSFERRING: i64 = 40129;
pub const SAME_PERSON: i64 = 40130;
pub const NOT_THE_FOLLOWER: i64 = 40131;
pub const TAKER_BANNED: i64 = 40143;
pub const CONTACT_TAG_CAP: i64 = 40144;
pub const MEDIA_EXPIRED: i64 = 40145;
pub const SPAM_BLOCK: i64 = 40201;
pub const SPAM_BLOCK_2: i64 = 40204;
pub const TICKET_STALE: i64 = 40205;
pub const TOKEN_MISSING: i64 = 41001;
/// First and last of the codes about a contact way's fields; its id is among them.
pub const CONTACT_WAY_FIELDS: std::ops::RangeInclusive<i64> = 41037..=41044;
pub const CONTACT_WAY_CAP: i64 = 41045;
pub const MASS_SEND_ID_MISSING: i64 = 41046;
pub const MASS_SEND_BAD_ID: i64 = 41047;
pub const MASS_SEND_NOBODY: i64 = 41048;
pub const WELCOME_CODE_MISSING: i64 = 41049;
pub const WELCOME_CODE_BAD: i64 = 41050;
pub const CHAT_STARTED: i64 = 41051;
pub const ARCHIVE_CONSENT_PENDING: i64 = 41053;
pub const STAFF_NOT_REAL: i64 = 41054;
pub const GROUP_WELCOME_CAP: i64 = 41055;
pub const GROUP_WELCOME_FOREIGN: i64 = 41058;
pub const MASS_SEND_DISPATCHING: i64 = 41063;
pub const TOO_MANY_ATTACHMENTS: i64 = 41064;
pub const BAD_ATTACHMENT: i64 = 41065;
pub const JOIN_WAY_TOO_MANY: i64 = 41091;
pub const MASS_SEND_CANCELLED: i64 = 41093;
pub const REMINDER_TOO_OFTEN: i64 = 41094;
pub const WELCOME_IN_FLIGHT: i64 = 41096;
pub const TOKEN_EXPIRED: i64 = 42001;
pub const OAUTH_CODE_EXPIRED: i64 = 42003;
pub const TICKET_UNUSABLE: i64 = 42012;
/// First and last of the codes about a card's task or response code.
pub const CARD_TASK: std::ops::RangeInclusive<i64> = 42014..=42020;
pub const OAUTH_CODE_USED: i64 = 42022;
pub const RECALL_TOO_LATE: i64 = 42052;
pub const EMPTY_TEXT: i64 = 44004;
pub const FILE_TOO_LARGE: i64 = 45001;
pub const TEXT_TOO_LONG: i64 = 45002;
pub const RATE_LIMIT: i64 = 45009;
pub const CONCURRENT_CALLS: i64 = 45033;
pub const CONCURRENT_EDITS: i64 = 45035;
pub const ABNORMAL_ACCESS: i64 = 45036;
pub const NOT_AUTHORISED: i64 = 48001;
pub const NO_PERMISSION: i64 = 48002;
pub const SUITE_NO_PERMISSION: i64 = 48003;
pub const STAFF_INACTIVE: i64 = 48011;
pub const GROUP_DISMISSED: i64 = 49008;
pub const REDIRECT_NOT_TRUSTED: i64 = 50001;
pub const BAD_CURSOR: i64 = 50100;
pub const NO_RIGHT_ON_TARGET: i64 = 60011;
pub const CALLER_NOT_TRUSTED: i64 = 60020;
pub const USER_OUT_OF_RANGE: i64 = 60021;
pub const OUT_OF_APP_RANGE: i64 = 60030;
pub const UNKNOWN_USER: i64 = 60111;
pub const CARD_TASK_MISSING: i64 = 60140;
pub const ALL_RECEIVERS_INVALID: i64 = 81013;
pub const RESULT_TOO_LARGE: i64 = 81017;
pub const RECEIVERS_EMPTY: i64 = 82001;
pub const NO_RELATION: i64 = 84061;
pub const GROUP_UNKNOWN: i64 = 86003;
pub const OWNER_NOT_RESIGNED: i64 = 90500;
pub const NOT_CUSTOMER_GROUP: i64 = 90501;
pub const OWNER_RESIGNED: i64 = 90502;
pub const GROUP_FULL: i64 = 90503;
pub const OWNER_UNCHANGED: i64 = 90504;

/// The token in the query was not accepted: fetch another and try once more.
#[must_use]
pub const fn asks_for_new_token(code: i64) -> bool {
    matches!(code, BAD_TOKEN | TOKEN_EXPIRED | TOKEN_MISSING)
}

/// Company, secret or application are wrong: asking again can only block the caller's address.
#[must_use]
pub const fn credentials_are_wrong(code: i64) -> bool {
    matches!(code, BAD_SECRET | BAD_CORPID | SECRET_OF_ANOTHER | BAD_AGENT)
}

/// Whether this code says for certain that nothing was done. The documented codes of these families are faults of
/// the caller, found before anything happens. Everything else, [`BUSY`] first, leaves the outcome unknown.
#[must_use]
pub const fn means_not_done(code: i64) -> bool {
    matches!(
        code,
        VERSION_CONFLICT
            | 40000..=49999
            | 50000..=50999
            | 60000..=60999
            | 80000..=86999
            | 90000..=95999
            | 301_000..=301_999
            | 610_000..=610_999
            | 701_008
            | 810_000..=810_099
    )
}
