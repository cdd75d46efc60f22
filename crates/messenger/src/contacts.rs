//! Customers known to employees.

use async_trait::async_trait;
use base::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Lane, Result};

/// One customer as one employee knows her.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FollowSnapshot {
    pub staff: String,
    pub remark: String,
    pub description: String,
    pub since: Timestamp,
    /// Company tags, by platform id.
    pub tags: Vec<String>,
    /// The entry code's state by which she came, if any.
    pub state: Option<String>,
    pub mobiles: Vec<String>,
    /// The platform's word for the way she was added, for example `qr`.
    pub way: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactSnapshot {
    pub id: String,
    pub name: String,
    pub avatar: Option<String>,
    /// The id that is the same for one human across applications of one legal entity.
    pub union_id: Option<String>,
    /// A user of another company's platform rather than a private person.
    pub business: bool,
    pub follows: Vec<FollowSnapshot>,
}

/// One page of a traversal; `next` is `None` at the end. A cursor may be stored and resumed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch<T> {
    pub items: Vec<T>,
    pub next: Option<String>,
}

#[async_trait]
pub trait Contacts: Send + Sync {
    async fn fetch(&self, contact: &str, lane: Lane) -> Result<ContactSnapshot>;
    /// Contacts of these employees, each item carrying the follow of **one** of them. At most 100 employees.
    async fn list_of(
        &self,
        staff: &[String],
        cursor: Option<&str>,
        lane: Lane,
    ) -> Result<Batch<ContactSnapshot>>;
    /// Adds and removes company tags for one employee's contact.
    async fn mark_tags(
        &self,
        staff: &str,
        contact: &str,
        add: &[String],
        remove: &[String],
        lane: Lane,
    ) -> Result<()>;
    async fn set_remark(&self, staff: &str, contact: &str, remark: &str, lane: Lane) -> Result<()>;
}
