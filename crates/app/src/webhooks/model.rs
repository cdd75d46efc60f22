//! What is told, how it is signed, and when it is tried again. Pure: time is an argument.

use base::Timestamp;
use base::time::{DAY, HOUR, MINUTE, SECOND};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use http::StatusCode;
use serde_json::{Value, json};

use crate::kernel::http::Refusal;
use crate::kernel::outgoing::{BadUrl, NoReply, Reply};
use crate::kernel::seal::keyed_digest;
use crate::reactions::Fact;

/// Everything an endpoint can ask for.
pub const TYPES: &[&str] = &[
    "member.joined",
    "member.left",
    "contact.added",
    "contact.lost",
    "order.placed",
    "tag.applied",
    "tag.removed",
    "segment.entered",
    "segment.left",
    "person.merged",
    "person.split",
];
/// Sent by hand, to any endpoint.
pub const TEST_TYPE: &str = "webhook.test";
/// Endpoints of one company.
pub const MOST_ENDPOINTS: usize = 20;
/// Deliveries that one run sends at once.
pub const BATCH: usize = 20;
/// Pauses after the first, second … failed attempt; after the last one we give up.
pub const PAUSES: [i64; 9] =
    [5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR];
/// An endpoint that failed for so long without one success is switched off.
pub const FAILS_FOR: i64 = 5 * DAY;
/// How long an old secret signs along.
pub const ROTATION: i64 = DAY;
/// How long deliveries can be looked at and replayed.
pub const KEPT: i64 = 30 * DAY;

/// One thing to tell.
pub struct Message<'a> {
    pub kind: &'static str,
    /// Whom it is about; told only if she is a customer.
    pub person: Option<&'a str>,
    pub at: Timestamp,
    /// Ids and amounts, nothing that names or reaches a person.
    pub data: Value,
}

impl Message<'_> {
    /// The body as it is signed and sent.
    #[must_use]
    pub fn payload(&self) -> String {
        payload(self.kind, self.at, &self.data)
    }
}

/// The body of a message.
#[must_use]
pub fn payload(kind: &str, at: Timestamp, data: &Value) -> String {
    json!({ "type": kind, "timestamp": at.rfc3339(), "data": data }).to_string()
}

/// What a fact tells the outside, if anything. Every fact is decided here.
#[must_use]
pub fn message_of(fact: &Fact) -> Option<Message<'_>> {
    let told = |kind, person, at: &Timestamp, data| Some(Message { kind, person, at: *at, data });
    match fact {
        Fact::MemberJoined { group, membership, person, eligible: true, at, .. } => {
            let data = json!({ "person": person, "group": group, "membership": membership });
            told("member.joined", Some(person), at, data)
        }
        Fact::MemberLeft { group, membership, person, eligible: true, at } => {
            let data = json!({ "person": person, "group": group, "membership": membership });
            told("member.left", Some(person), at, data)
        }
        Fact::ContactAdded { person, contact, staff, at, .. } => {
            let data = json!({ "person": person, "contact": contact, "staff": staff });
            told("contact.added", Some(person), at, data)
        }
        Fact::ContactLost { person, contact, staff, by_customer, at } => {
            let data =
                json!({ "person": person, "contact": contact, "staff": staff, "by_customer": by_customer });
            told("contact.lost", Some(person), at, data)
        }
        Fact::OrderPlaced { order, person, paid, at } => {
            let data = json!({ "order": order, "person": person, "paid_fen": paid.0 });
            told("order.placed", person.as_deref(), at, data)
        }
        Fact::TagApplied { person, tag, source, at } => {
            let data = json!({ "person": person, "tag": tag, "source": source });
            told("tag.applied", Some(person), at, data)
        }
        Fact::TagRemoved { person, tag, source, at } => {
            let data = json!({ "person": person, "tag": tag, "source": source });
            told("tag.removed", Some(person), at, data)
        }
        Fact::SegmentEntered { segment, person, cause, at } => {
            let data = json!({ "segment": segment, "person": person, "cause": cause });
            told("segment.entered", Some(person), at, data)
        }
        Fact::SegmentLeft { segment, person, cause, at } => {
            let data = json!({ "segment": segment, "person": person, "cause": cause });
            // Whoever stopped counting left too, and a receiver who heard that she entered must hear it.
            told("segment.left", None, at, data)
        }
        Fact::PersonMerged { person, other, how, at, .. } => {
            let data = json!({ "person": person, "other": other, "how": how });
            told("person.merged", Some(person), at, data)
        }
        Fact::PersonSplit { person, other, undone, at, .. } => {
            let data = json!({ "person": person, "other": other, "undone": undone.is_some() });
            told("person.split", Some(person), at, data)
        }
        Fact::MemberJoined { eligible: false, .. }
        | Fact::MemberLeft { eligible: false, .. }
        | Fact::Greeted { .. }
        | Fact::GreetingMissed { .. }
        | Fact::PostDelivered { .. }
        | Fact::PostMissed { .. }
        | Fact::LinkClicked { .. }
        | Fact::ConsentChanged { .. }
        | Fact::OrderRefunded { .. }
        | Fact::OrderTied { .. }
        | Fact::MarkChanged { .. }
        | Fact::PersonErased { .. }
        | Fact::PeopleTagged { .. }
        | Fact::PeopleImported { .. }
        | Fact::BondMoved { .. }
        | Fact::GroupMoved { .. }
        | Fact::FieldSet { .. }
        | Fact::PeopleListed { .. }
        | Fact::KindChanged { .. }
        | Fact::GroupPlaced { .. }
        | Fact::CommunityTyped { .. }
        | Fact::CustomEvent { .. }
        | Fact::LayersChanged { .. } => None,
    }
}

/// A secret as people copy it: `whsec_` and 32 bytes in base64.
#[must_use]
pub fn secret_of(bytes: &[u8]) -> String {
    format!("whsec_{}", BASE64_STANDARD.encode(bytes))
}

/// The value of `webhook-signature`: one signature per secret, newest first.
#[must_use]
pub fn signatures(secrets: &[&str], id: &str, at: Timestamp, body: &str) -> String {
    let content = format!("{id}.{}.{body}", at.seconds());
    let sign = |secret: &&str| {
        let key = BASE64_STANDARD.decode(secret.trim_start_matches("whsec_")).ok()?;
        Some(format!("v1,{}", BASE64_STANDARD.encode(keyed_digest(&key, content.as_bytes()))))
    };
    secrets.iter().filter_map(sign).collect::<Vec<_>>().join(" ")
}

/// What an attempt came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Delivered,
    /// Try again then.
    Again(Timestamp),
    /// It was tried often enough.
    GiveUp,
    /// The receiver wants nothing more, ever.
    Gone,
}

/// Judges the `tries`-th attempt. Redirects are failures: whoever moved has to say so here.
#[must_use]
pub fn outcome(answer: &Result<Reply, NoReply>, tries: i64, now: Timestamp) -> Outcome {
    let patience = match answer {
        Ok(reply) if (200..300).contains(&reply.status) => return Outcome::Delivered,
        Ok(reply) if reply.status == 410 => return Outcome::Gone,
        Ok(reply) => reply.retry_after.unwrap_or(0).clamp(0, DAY / SECOND) * SECOND,
        Err(_) => 0,
    };
    let pause = usize::try_from(tries - 1).ok().and_then(|n| PAUSES.get(n));
    pause.map_or(Outcome::GiveUp, |pause| Outcome::Again(now.plus((*pause).max(patience))))
}

/// Whether an endpoint has failed too long.
#[must_use]
pub const fn failed_too_long(failing_since: i64, now: Timestamp) -> bool {
    failing_since > 0 && now.0 - failing_since >= FAILS_FOR
}

/// Which deliveries a replay takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = WebhookReplayWhich)]
pub enum Which {
    /// Given up, or held while the endpoint was switched off.
    Missed,
    /// Delivered ones too.
    All,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WebhookRefusal {
    NotAUrl,
    NotHttps,
    NotPublic,
    UnknownType {
        kind: String,
    },
    TooManyEndpoints,
    /// Nothing can be sent to an endpoint that is off.
    Off,
}

impl From<BadUrl> for WebhookRefusal {
    fn from(bad: BadUrl) -> Self {
        match bad {
            BadUrl::NotAUrl => Self::NotAUrl,
            BadUrl::NotHttps => Self::NotHttps,
            BadUrl::NotPublic => Self::NotPublic,
        }
    }
}

impl Refusal for WebhookRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::NotAUrl => "webhooks.not_a_url",
            Self::NotHttps => "webhooks.not_https",
            Self::NotPublic => "webhooks.not_public",
            Self::UnknownType { .. } => "webhooks.unknown_type",
            Self::TooManyEndpoints => "webhooks.too_many_endpoints",
            Self::Off => "webhooks.off",
        }
    }
    fn status(&self) -> StatusCode {
        match self {
            Self::TooManyEndpoints | Self::Off => StatusCode::CONFLICT,
            _ => StatusCode::UNPROCESSABLE_ENTITY,
        }
    }
    fn args(&self) -> Value {
        match self {
            Self::UnknownType { kind } => json!({ "type": kind }),
            Self::TooManyEndpoints => json!({ "most": MOST_ENDPOINTS }),
            _ => json!({}),
        }
    }
}

#[cfg(test)]
mod tests;
