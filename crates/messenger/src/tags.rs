//! Company tags.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::{Lane, Result};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TagGroupSnapshot {
    pub id: String,
    pub name: String,
    pub order: i64,
    pub tags: Vec<TagSnapshot>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TagSnapshot {
    pub id: String,
    pub name: String,
    pub order: i64,
}

#[async_trait]
pub trait Tags: Send + Sync {
    async fn list(&self, lane: Lane) -> Result<Vec<TagGroupSnapshot>>;
    /// Adds tags to the group of this name, making the group when it is missing. Repeating is harmless: tags of the
    /// same name merge.
    async fn add(&self, group_name: &str, tags: &[String], lane: Lane) -> Result<TagGroupSnapshot>;
    async fn rename(&self, tag_or_group: &str, name: &str, lane: Lane) -> Result<()>;
    /// Places a tag or tag group among its like: the larger number comes first, 0 to 2^32 - 1.
    async fn set_order(&self, tag_or_group: &str, order: i64, lane: Lane) -> Result<()>;
    async fn remove(&self, tags: &[String], lane: Lane) -> Result<()>;
}
