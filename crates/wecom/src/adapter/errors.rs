//! The only place where a result code becomes a word that the product decides by.

use messenger::{Error, Refusal};

use crate::client::CallError;
use crate::wire::codes as c;

impl From<CallError> for Error {
    fn from(error: CallError) -> Self {
        match error {
            CallError::Refused { code, words } => Self::Refused { reason: refusal(code), code, words },
            CallError::RateLimited { after_ms } => Self::RateLimited { after_ms },
            CallError::Unavailable(why) => Self::Unavailable(why),
            CallError::Unknown(why) => Self::OutcomeUnknown(why),
        }
    }
}

/// What a code means wherever it comes.
#[must_use]
pub fn refusal(code: i64) -> Refusal {
    match code {
        c::BAD_SECRET | c::BAD_CORPID | c::SECRET_OF_ANOTHER | c::BAD_AGENT => Refusal::BadCredentials,
        c::NOT_AUTHORISED
        | c::NO_PERMISSION
        | c::SUITE_NO_PERMISSION
        | c::STAFF_INACTIVE
        | c::GROUP_WELCOME_FOREIGN => Refusal::NoPermission,
        c::CALLER_NOT_TRUSTED => Refusal::AddressNotTrusted,
        c::NO_RIGHT_ON_TARGET | c::USER_OUT_OF_RANGE | c::OUT_OF_APP_RANGE => Refusal::OutOfRange,
        c::BAD_USERID
        | c::UNKNOWN_USER
        | c::BAD_EXTERNAL_USER
        | c::NO_RELATION
        | c::BAD_CHAT
        | c::GROUP_DISMISSED
        | c::GROUP_UNKNOWN
        | c::NOT_CUSTOMER_GROUP
        | c::BAD_TAG
        | c::MASS_SEND_BAD_ID
        | c::BAD_MEDIA
        | c::MEDIA_EXPIRED => Refusal::NotFound,
        c::WELCOME_CODE_BAD
        | c::BAD_OAUTH_CODE
        | c::OAUTH_CODE_EXPIRED
        | c::OAUTH_CODE_USED
        | c::RECALL_TOO_LATE => Refusal::TooLate,
        c::CHAT_STARTED | c::TAG_NAME_TAKEN => Refusal::AlreadyDone,
        c::MASS_SEND_DISPATCHING | c::ARCHIVE_CONSENT_PENDING => Refusal::NotReady,
        c::TAG_CAP
        | c::CONTACT_TAG_CAP
        | c::CONTACT_WAY_CAP
        | c::GROUP_WELCOME_CAP
        | c::REMINDER_TOO_OFTEN => Refusal::QuotaExhausted,
        c::WELCOME_IN_FLIGHT | c::CONCURRENT_EDITS | c::VERSION_CONFLICT => Refusal::Conflict,
        c::MASS_SEND_CANCELLED => Refusal::Cancelled,
        c::MASS_SEND_NOBODY | c::ALL_RECEIVERS_INVALID | c::RECEIVERS_EMPTY => Refusal::NobodyToSendTo,
        c::BAD_PARAMETER
        | c::BAD_ARGUMENTS
        | c::EMPTY_PARAMETER
        | c::WELCOME_CODE_MISSING
        | c::MASS_SEND_ID_MISSING
        | c::TOO_MANY_ATTACHMENTS
        | c::BAD_ATTACHMENT
        | c::JOIN_WAY_TOO_MANY
        | c::EMPTY_TEXT
        | c::FILE_TOO_LARGE
        | c::TEXT_TOO_LONG
        | c::BAD_CURSOR
        | c::RESULT_TOO_LARGE => Refusal::BadRequest,
        code if c::CONTACT_WAY_FIELDS.contains(&code) => Refusal::BadRequest,
        _ => Refusal::Other,
    }
}

/// Whether a well-formed call whose only argument is an id was told that its argument is bad: there is no such object.
#[must_use]
pub fn says_bad_id(error: &CallError) -> bool {
    matches!(error.code(), Some(c::BAD_PARAMETER | c::BAD_ARGUMENTS))
}

/// The same for the id of an entry code, which has codes of its own.
#[must_use]
pub fn says_no_such_code(error: &CallError) -> bool {
    says_bad_id(error) || error.code().is_some_and(|code| c::CONTACT_WAY_FIELDS.contains(&code))
}

/// A refusal that we make ourselves before calling.
#[must_use]
pub fn ours(reason: Refusal, words: &str) -> Error {
    Error::Refused { reason, code: 0, words: words.to_owned() }
}
