//! Purposes and their rules, marks, the register of columns, retention, and the visitor token. Pure.

pub mod classes;
mod marks;
mod retention;

pub use marks::{Mark, may};
pub use retention::Object;

use base::Timestamp;
use base::time::DAY;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use subtle::ConstantTimeEq as _;

use crate::kernel::http::Refusal;
use crate::kernel::seal::keyed_digest;

/// What personal data is used for. One answer per purpose.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
#[schema(as = ConsentPurpose)]
pub enum Purpose {
    /// Answering and serving her in the chats she opened herself.
    Service,
    /// Advertising in private messages.
    Promotion,
    /// Tying the links she opens to her.
    IdentifyClicks,
    /// Personal recommendations from her tags and behaviour.
    Profiling,
    ChatArchive,
    /// Using pictures she posted.
    PictureReuse,
    EventPhoto,
}

/// What holds while a person has not answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// Allowed until she withdraws.
    UntilWithdrawn,
    /// Forbidden until she grants it.
    OnlyWithConsent,
}

impl Purpose {
    pub const ALL: [Self; 7] = [
        Self::Service,
        Self::Promotion,
        Self::IdentifyClicks,
        Self::Profiling,
        Self::ChatArchive,
        Self::PictureReuse,
        Self::EventPhoto,
    ];

    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::Promotion => "promotion",
            Self::IdentifyClicks => "identify_clicks",
            Self::Profiling => "profiling",
            Self::ChatArchive => "chat_archive",
            Self::PictureReuse => "picture_reuse",
            Self::EventPhoto => "event_photo",
        }
    }
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|p| p.word() == word)
    }
    /// Only service rests on the person's own request; everything else needs her consent.
    #[must_use]
    pub const fn rule(self) -> Rule {
        match self {
            Self::Service => Rule::UntilWithdrawn,
            Self::Promotion
            | Self::IdentifyClicks
            | Self::Profiling
            | Self::ChatArchive
            | Self::PictureReuse
            | Self::EventPhoto => Rule::OnlyWithConsent,
        }
    }
    /// Whether the purpose is allowed, given the person's present answer (`None`: never asked).
    #[must_use]
    pub const fn allowed(self, answer: Option<bool>) -> bool {
        match (answer, self.rule()) {
            (Some(granted), _) => granted,
            (None, Rule::UntilWithdrawn) => true,
            (None, Rule::OnlyWithConsent) => false,
        }
    }
}

/// Where an answer was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// The member's own page.
    MemberPage,
    /// The page between a link and its target.
    LinkLanding,
    /// Recorded by an employee, who must say on what evidence.
    Staff,
}

impl Channel {
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::MemberPage => "member_page",
            Self::LinkLanding => "link_landing",
            Self::Staff => "staff",
        }
    }
}

/// How long a browser is recognised.
pub const VISITOR_LIFE: i64 = 30 * DAY;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VisitorKind {
    Staff,
    Contact,
    /// Nobody the company knows.
    Stranger,
}

/// What a visitor's cookie says. Signed, not secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VisitorToken {
    #[serde(rename = "t")]
    pub tenant: String,
    #[serde(rename = "a")]
    pub account: String,
    #[serde(rename = "k")]
    pub kind: VisitorKind,
    /// The platform's id of the visitor.
    #[serde(rename = "i")]
    pub platform_id: String,
    /// Our person, when she was known at that time.
    #[serde(rename = "p")]
    pub person: Option<String>,
    /// Unix milliseconds.
    #[serde(rename = "u")]
    pub until: i64,
}

impl VisitorToken {
    /// The cookie's value: content and signature, both safe in headers and URLs.
    #[must_use]
    pub fn sign(&self, key: &[u8]) -> String {
        let content = BASE64_URL_SAFE_NO_PAD.encode(serde_json::to_vec(self).unwrap_or_default());
        let signature = hex::encode(keyed_digest(key, content.as_bytes()));
        format!("{content}.{signature}")
    }

    /// Reads a cookie's value; `None` when it was not signed with this key or is past its time.
    #[must_use]
    pub fn open(value: &str, key: &[u8], now: Timestamp) -> Option<Self> {
        let (content, signature) = value.split_once('.')?;
        let genuine = hex::encode(keyed_digest(key, content.as_bytes()));
        if !bool::from(genuine.as_bytes().ct_eq(signature.as_bytes())) {
            return None;
        }
        let token: Self = serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(content).ok()?).ok()?;
        (token.until > now.0).then_some(token)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PrivacyRefusal {
    /// The page must be opened inside the messenger first.
    UnknownVisitor,
    /// The company doesn't know this visitor, so there is nothing to allow or withdraw.
    NoPerson,
    UnknownPurpose(String),
    /// The wording changed since the page was loaded.
    StaleText {
        purpose: &'static str,
        current: i64,
    },
    /// An answer recorded by an employee needs a sentence of evidence.
    EvidenceMissing,
    TextLength,
    UnknownMark(String),
    /// A suspicion or restriction needs a sentence of reason.
    ReasonMissing,
    /// How long something is kept lies outside what is sensible or lawful.
    RetentionBounds {
        least: i64,
        most: i64,
    },
    UnknownObject(String),
}

impl Refusal for PrivacyRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::UnknownVisitor => "privacy.unknown_visitor",
            Self::NoPerson => "privacy.no_person",
            Self::UnknownPurpose(_) => "privacy.unknown_purpose",
            Self::StaleText { .. } => "privacy.stale_text",
            Self::EvidenceMissing => "privacy.evidence_missing",
            Self::TextLength => "privacy.text_length",
            Self::UnknownMark(_) => "privacy.unknown_mark",
            Self::ReasonMissing => "privacy.reason_missing",
            Self::RetentionBounds { .. } => "privacy.retention_bounds",
            Self::UnknownObject(_) => "privacy.unknown_object",
        }
    }
    fn status(&self) -> StatusCode {
        match self {
            Self::UnknownVisitor => StatusCode::UNAUTHORIZED,
            Self::StaleText { .. } => StatusCode::CONFLICT,
            _ => StatusCode::UNPROCESSABLE_ENTITY,
        }
    }
    fn args(&self) -> Value {
        match self {
            Self::UnknownPurpose(purpose) => json!({ "purpose": purpose }),
            Self::UnknownMark(mark) => json!({ "mark": mark }),
            Self::UnknownObject(object) => json!({ "object": object }),
            Self::RetentionBounds { least, most } => json!({ "least": least, "most": most }),
            Self::StaleText { purpose, current } => json!({ "purpose": purpose, "current": current }),
            _ => json!({}),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_but_service_is_allowed_unasked() {
        for purpose in Purpose::ALL {
            assert_eq!(purpose.allowed(None), purpose == Purpose::Service, "{purpose:?}");
            assert!(purpose.allowed(Some(true)));
            assert!(!purpose.allowed(Some(false)));
            assert_eq!(Purpose::parse(purpose.word()), Some(purpose));
        }
        assert_eq!(Purpose::parse("selling_data"), None);
    }

    #[test]
    fn a_token_holds_only_as_signed_and_in_time() {
        let token = VisitorToken {
            tenant: "tnt_1".into(),
            account: "acc_1".into(),
            kind: VisitorKind::Contact,
            platform_id: "wm1".into(),
            person: Some("per_1".into()),
            until: 1_000,
        };
        let value = token.sign(b"key");
        assert_eq!(VisitorToken::open(&value, b"key", Timestamp(999)), Some(token.clone()));
        assert_eq!(VisitorToken::open(&value, b"key", Timestamp(1_000)), None, "past its time");
        assert_eq!(VisitorToken::open(&value, b"other", Timestamp(1)), None, "another key");
        let forged = VisitorToken { person: Some("per_2".into()), ..token }.sign(b"guess");
        let (content, _) = forged.split_once('.').expect("two parts");
        let (_, signature) = value.split_once('.').expect("two parts");
        assert_eq!(VisitorToken::open(&format!("{content}.{signature}"), b"key", Timestamp(1)), None);
        for bad in ["", ".", "a.b", "ünïcode.x"] {
            assert_eq!(VisitorToken::open(bad, b"key", Timestamp(1)), None, "{bad}");
        }
    }
}
