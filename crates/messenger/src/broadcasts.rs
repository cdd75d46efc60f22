//! Company broadcasts: created by us, sent only when an employee taps.

use async_trait::async_trait;
use base::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Lane, Result};

/// One attachment of a message. Media are platform ids from [`crate::media::Media`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Attachment {
    Image { media: String },
    Link { title: String, description: String, url: String, picture_url: Option<String> },
    MiniProgram { title: String, picture_media: String, app_id: String, page: String },
    Video { media: String },
    File { media: String },
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageBody {
    pub text: String,
    /// At most nine.
    pub attachments: Vec<Attachment>,
}

/// One task for one sender with its complete, frozen target set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BroadcastDraft {
    pub sender: String,
    pub body: MessageBody,
    pub targets: Targets,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "ids", rename_all = "snake_case")]
pub enum Targets {
    /// At most 2,000.
    Groups(Vec<String>),
    /// At most 10,000.
    Contacts(Vec<String>),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BroadcastReceipt {
    pub id: String,
    /// Targets that the platform turned down at once.
    pub rejected: Vec<String>,
}

/// A task as the platform lists it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedBroadcast {
    pub id: String,
    pub created_at: Timestamp,
    pub text: String,
    pub made_by_api: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SenderState {
    pub staff: String,
    /// `None` until she tapped.
    pub sent_at: Option<Timestamp>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TargetState {
    Unsent,
    Sent,
    /// Not a friend any more.
    NotReachable,
    /// Had too many mass messages in the platform's window.
    OverQuota,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TargetReport {
    pub target: String,
    pub state: TargetState,
    pub sent_at: Option<Timestamp>,
}

#[async_trait]
pub trait Broadcasts: Send + Sync {
    /// Not repeatable: after [`crate::Error::OutcomeUnknown`] look for it with [`Broadcasts::list`] first.
    async fn create(&self, draft: &BroadcastDraft, lane: Lane) -> Result<BroadcastReceipt>;
    /// Complete list of tasks created in the window (at most a month).
    async fn list(
        &self,
        of_groups: bool,
        from: Timestamp,
        to: Timestamp,
        lane: Lane,
    ) -> Result<Vec<ListedBroadcast>>;
    /// The senders of a task. `Refusal::NotReady` right after creation; `Refusal::Cancelled` for a cancelled one.
    async fn senders(&self, id: &str, lane: Lane) -> Result<Vec<SenderState>>;
    /// What became of the targets of one sender. For groups a platform may report only those already sent.
    async fn results(&self, id: &str, staff: &str, lane: Lane) -> Result<Vec<TargetReport>>;
    async fn remind(&self, id: &str, lane: Lane) -> Result<()>;
    /// Stops what is unsent; what was sent stays.
    async fn cancel(&self, id: &str, lane: Lane) -> Result<()>;
}
