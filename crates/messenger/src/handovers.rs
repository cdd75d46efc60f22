//! Customers and groups that pass from one employee to another.
//!
//! A customer may refuse, so moving her takes about a day and its result is asked for. A call whose outcome is unknown
//! is looked up by [`Handovers::contact_moves`] before anything is repeated.

use async_trait::async_trait;
use base::Timestamp;
use serde::{Deserialize, Serialize};

use crate::contacts::Batch;
use crate::{Lane, Result};

/// Whether the one who gives is still with the company: platforms keep two doors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Giver {
    OnJob,
    Resigned,
}

/// Why the platform didn't take one customer or group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MoveRefusal {
    /// The customer isn't this employee's.
    NotTheirs,
    /// She is on her way already.
    InTransfer,
    /// Moved too often in the platform's window.
    TooOften,
    TakerFull,
    /// The taker isn't verified, or is barred from taking.
    TakerUnable,
    SamePerson,
    /// The giver hasn't left: the other door.
    NotResigned,
    /// The giver has left: the other door.
    IsResigned,
    /// Giver or taker wasn't active on the platform within its window.
    Inactive,
    Gone,
    NotCustomerGroup,
    GroupFull,
    /// The daily number is used up.
    DailyLimit,
    Other,
}

/// What became of one item of a request: `refused` is `None` when it was taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taken {
    /// The platform's id of the contact or group.
    pub id: String,
    pub refused: Option<MoveRefusal>,
    /// The platform's own code, for display only.
    pub code: i64,
}

/// How a customer's move stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MoveState {
    Done,
    Waiting,
    RefusedByContact,
    TakerFull,
    Unknown,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactMove {
    pub contact: String,
    pub state: MoveState,
    /// When it took effect, or will; 0 when the platform doesn't tell.
    pub at: Timestamp,
}

/// A customer whom somebody left behind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftBehind {
    pub staff: String,
    pub contact: String,
    /// When the employee left.
    pub since: Timestamp,
}

/// Customers or groups that are to move, and between whom.
#[derive(Clone, Copy, Debug)]
pub struct Route<'a> {
    pub giver: Giver,
    /// Platform ids of the employees.
    pub from: &'a str,
    pub to: &'a str,
}

#[async_trait]
pub trait Handovers: Send + Sync {
    /// Asks to move at most 100 customers. `note` (at most 200 characters) is what they read; empty for the platform's
    /// own words. Takes effect after a day unless a customer refuses.
    async fn move_contacts(
        &self,
        route: Route<'_>,
        contacts: &[String],
        note: &str,
        lane: Lane,
    ) -> Result<Vec<Taken>>;
    /// How every move between these two stands.
    async fn contact_moves(
        &self,
        route: Route<'_>,
        cursor: Option<&str>,
        lane: Lane,
    ) -> Result<Batch<ContactMove>>;
    /// Customers of employees who left.
    async fn left_behind(&self, cursor: Option<&str>, lane: Lane) -> Result<Batch<LeftBehind>>;
    /// Gives at most 100 groups to another owner, at once.
    async fn move_groups(&self, route: Route<'_>, groups: &[String], lane: Lane) -> Result<Vec<Taken>>;
}
