//! The platform objects behind live codes: "contact me" codes of employees and join codes of groups.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::{Lane, Result};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "target", rename_all = "snake_case")]
pub enum EntryTarget {
    /// One of these employees (at most 100) per scan.
    Staff { staff: Vec<String>, skip_verify: bool },
    /// The first of these groups (1 to 5) that is not full; `overflow_name` lets the platform open the next one.
    Groups { groups: Vec<String>, overflow_name: Option<String> },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryDraft {
    /// Comes back with every add and join; at most 30 characters.
    pub state: String,
    pub remark: String,
    pub target: EntryTarget,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryCode {
    pub id: String,
    /// Address of the platform's QR picture.
    pub qr_url: String,
}

#[async_trait]
pub trait EntryCodes: Send + Sync {
    async fn create(&self, draft: &EntryDraft, lane: Lane) -> Result<EntryCode>;
    /// Overwrites the targets of a code; its picture stays.
    async fn update(&self, id: &str, draft: &EntryDraft, lane: Lane) -> Result<()>;
    async fn remove(&self, id: &str, of_groups: bool, lane: Lane) -> Result<()>;
    /// What the platform now holds, to settle an unknown outcome. `None` when there is no such code.
    async fn fetch(&self, id: &str, of_groups: bool, lane: Lane) -> Result<Option<EntryDraft>>;
    /// Codes for employees made since this instant, by id: finds the one whose creation had an unknown outcome.
    async fn list_staff_codes(&self, since: base::Timestamp, lane: Lane) -> Result<Vec<String>>;
}
