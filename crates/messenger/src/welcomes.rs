//! First messages.

use async_trait::async_trait;

use crate::broadcasts::MessageBody;
use crate::{Lane, Result};

#[async_trait]
pub trait Welcomes: Send + Sync {
    /// Greets a new contact with the one-use code of her event. [`crate::Refusal::AlreadyDone`] counts as greeted,
    /// [`crate::Refusal::TooLate`] as missed, [`crate::Refusal::Conflict`] may be tried again.
    async fn greet(&self, code: &str, body: &MessageBody, lane: Lane) -> Result<()>;
    /// Puts a greeting for group joiners into the platform's library; the group's owner selects it once by hand.
    async fn add_group_template(&self, body: &MessageBody, lane: Lane) -> Result<String>;
    async fn edit_group_template(&self, id: &str, body: &MessageBody, lane: Lane) -> Result<()>;
    async fn remove_group_template(&self, id: &str, lane: Lane) -> Result<()>;
}
