//! Callbacks: opened here, and reduced to the product's hints.

use base::Timestamp;
use messenger::inbound::{Envelope, Hint, Inbound, Receiver};
use sha1::{Digest as _, Sha1};

use crate::crypto::CallbackCrypto;
use crate::wire::events::{Arrival, Callback, CardPress, Event, Pair};

/// Opens the callbacks of one application.
pub struct WecomReceiver {
    crypto: CallbackCrypto,
}

impl WecomReceiver {
    #[must_use]
    pub const fn new(crypto: CallbackCrypto) -> Self {
        Self { crypto }
    }
}

impl Receiver for WecomReceiver {
    fn check_url(&self, envelope: &Envelope) -> Option<String> {
        let Envelope { signature, timestamp, nonce, echo } = envelope;
        self.crypto.open_echo(signature, timestamp, nonce, echo.as_deref()?)
    }

    fn open(&self, envelope: &Envelope, body: &[u8]) -> Option<Inbound> {
        let Envelope { signature, timestamp, nonce, .. } = envelope;
        let body = self.crypto.open(signature, timestamp, nonce, body)?;
        // Sender and second don't tell two events apart, because every event about customers comes from `sys`.
        let digest = Sha1::digest(body.as_bytes());
        Some(Inbound { dedupe_key: hex::encode(&digest[..16]), body })
    }

    fn hint(&self, body: &str) -> Hint {
        Callback::read(body).map_or_else(|| nothing("unreadable"), hint_of)
    }
}

fn nothing(event: &str) -> Hint {
    Hint::Nothing { event: event.to_owned() }
}

/// The source of a deletion that is none: another employee took over.
const MOVED: &str = "DELETE_BY_TRANSFER";

fn hint_of(callback: Callback) -> Hint {
    let at = Timestamp::from_seconds(callback.create_time);
    let staff = callback.from_user;
    match callback.event {
        Event::AddExternalContact(arrival) | Event::AddHalfExternalContact(arrival) => added(arrival, at),
        Event::EditExternalContact(Pair { user_id, external_user_id }) => {
            Hint::ContactChanged { staff: user_id, contact: external_user_id }
        }
        Event::DelExternalContact { pair, source } if source.as_deref() == Some(MOVED) => {
            Hint::ContactMoved { staff: pair.user_id, contact: pair.external_user_id, at }
        }
        Event::DelExternalContact { pair, .. } => {
            Hint::ContactRemoved { staff: pair.user_id, contact: pair.external_user_id, at }
        }
        Event::DelFollowUser(pair) => {
            Hint::StaffRemovedByContact { staff: pair.user_id, contact: pair.external_user_id, at }
        }
        Event::TransferFail { pair, reason } => {
            let reason = match reason.as_str() {
                "customer_refused" => "refused_by_contact".to_owned(),
                "customer_limit_exceed" => "taker_full".to_owned(),
                _ => reason,
            };
            Hint::TransferFailed { staff: pair.user_id, contact: pair.external_user_id, reason }
        }
        Event::MsgAuditApproved(_) => nothing("msg_audit_approved"),
        Event::GroupCreated { chat_id } => Hint::GroupCreated { group: chat_id },
        Event::GroupUpdated(update) => {
            Hint::GroupChanged { group: update.chat_id, member_version: update.current_member_version, at }
        }
        Event::GroupDismissed { chat_id } => Hint::GroupDismissed { group: chat_id, at },
        Event::TagCreated(tag)
        | Event::TagUpdated(tag)
        | Event::TagDeleted(tag)
        | Event::TagsShuffled(tag) => Hint::TagsChanged { group_or_tag: tag.id },
        Event::UserCreated(user) | Event::UserUpdated(user) | Event::UserDeleted(user) => {
            Hint::DirectoryChanged { staff: Some(user.new_user_id.unwrap_or(user.user_id)) }
        }
        Event::Subscribe | Event::Unsubscribe => Hint::DirectoryChanged { staff: Some(staff) },
        Event::PartyCreated(_)
        | Event::PartyUpdated(_)
        | Event::PartyDeleted(_)
        | Event::DirectoryTagUpdated { .. }
        | Event::BatchJobResult { .. } => Hint::DirectoryChanged { staff: None },
        Event::UploadMediaJobFinish { .. } => nothing("upload_media_job_finish"),
        Event::EnterAgent { .. } => acted(staff, "enter_agent".to_owned()),
        Event::Menu { event, event_key } => {
            acted(staff, if event_key.is_empty() { event } else { event_key })
        }
        Event::TemplateCard(press) | Event::TemplateCardMenu(press) => pressed(staff, press),
        Event::StaffMessage { kind, .. } => nothing(&kind),
        Event::Unknown { event, change_type } => match change_type {
            Some(change) => nothing(&format!("{event}/{change}")),
            None => nothing(&event),
        },
    }
}

fn added(arrival: Arrival, at: Timestamp) -> Hint {
    let Arrival { pair, state, welcome_code } = arrival;
    Hint::ContactAdded {
        staff: pair.user_id,
        contact: pair.external_user_id,
        state,
        welcome: welcome_code,
        at,
    }
}

fn acted(staff: String, key: String) -> Hint {
    Hint::StaffActed { staff, key, task: None, response_code: None }
}

fn pressed(staff: String, press: CardPress) -> Hint {
    Hint::StaffActed { staff, key: press.event_key, task: press.task_id, response_code: press.response_code }
}
