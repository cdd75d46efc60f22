//! One entry of a timeline.

use serde::Serialize;

/// Something that happened between a person and the company.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct EntryRow {
    /// `contact_added`, `contact_lost`, `bond_moved`, `joined`, `left`, `came_by_code`, `tagged`, `greeted`,
    /// `post_delivered`, `clicked`, `ordered`, `refunded`, `event`, `consent`, `field_set`, `merged`, `split`.
    pub kind: String,
    pub at: i64,
    /// Tells entries of one kind and instant apart.
    pub key: String,
    /// The id of the employee, group, code, tag, post, link, order, purpose, field or person it happened with.
    pub with: String,
    /// What that is called.
    pub name: String,
    /// The entry code's state, the tag's source, how a greeting ended, an event's properties as JSON …; may be empty.
    pub detail: String,
    /// Fen, for orders and refunds.
    pub amount_fen: i64,
}
