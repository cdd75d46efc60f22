//! Rows of the broadcasts.

use base::Timestamp;

use super::model::{Life, ShardState};

/// One shard. Instants are Unix milliseconds, 0 for never.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ShardRow {
    pub id: String,
    pub send_id: String,
    pub post_id: String,
    pub account_id: String,
    pub staff_id: String,
    pub staff_platform_id: String,
    /// JSON of the message.
    pub body: String,
    pub text_digest: String,
    pub targets_digest: String,
    pub state: String,
    pub epoch: i64,
    pub first_intent_at: i64,
    pub intent_at: i64,
    pub unknown_since: i64,
    pub last_unknown_at: i64,
    pub absent_at: i64,
    pub platform_id: Option<String>,
    pub accepted_at: i64,
    pub polls: i64,
    /// Catalogue key of what stands in the way, empty when nothing does.
    pub trouble_code: String,
    pub trouble_detail: String,
    pub expires_at: i64,
    pub settled_at: i64,
    pub created_at: i64,
}

impl ShardRow {
    /// The state machine's part. A word that no version wrote counts as unknown: the careful reading.
    #[must_use]
    pub fn life(&self) -> Life {
        Life {
            state: ShardState::named(&self.state).unwrap_or(ShardState::Unknown),
            epoch: self.epoch,
            first_intent_at: Timestamp(self.first_intent_at),
            intent_at: Timestamp(self.intent_at),
            unknown_since: Timestamp(self.unknown_since),
            last_unknown_at: Timestamp(self.last_unknown_at),
            absent_at: Timestamp(self.absent_at),
            platform_id: self.platform_id.clone(),
            accepted_at: Timestamp(self.accepted_at),
        }
    }
}

impl ShardRow {
    /// The text as it stands in the groups; empty for a body that can't be read.
    #[must_use]
    pub fn text(&self) -> String {
        serde_json::from_str::<messenger::broadcasts::MessageBody>(&self.body)
            .map_or_else(|_| String::new(), |b| b.text)
    }
}

/// One group of a shard.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct TargetRow {
    pub group_id: String,
    pub platform_id: String,
    /// `waiting`, `sent` or `missed`.
    pub state: String,
    /// Catalogue key, when missed.
    pub reason: String,
    pub sent_at: i64,
}

/// A second task of the platform that was found and stopped.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct TwinRow {
    pub platform_id: String,
    pub shard_id: String,
    pub found_at: i64,
    /// 0 while it could not be stopped.
    pub cancelled_at: i64,
    pub trouble: String,
}
