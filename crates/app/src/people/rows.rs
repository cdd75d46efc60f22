//! Rows of people, contacts and follows.

use serde::Serialize;

/// One person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct PersonRow {
    pub id: String,
    /// Dense number within the tenant, never reused.
    pub person_no: i64,
    pub name: String,
    pub avatar: Option<String>,
    /// `customer`, `staff`, `host_crew`, `house_account`. Only customers count.
    pub kind: String,
    pub first_seen_at: i64,
}

/// Who somebody turned out to be.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Recognised {
    pub person: String,
    pub contact: String,
    /// Dense number within the tenant.
    pub person_no: i64,
    /// The kind of the person: only `customer` counts.
    pub kind: String,
    /// The contact was never seen before.
    pub new: bool,
}

/// A known contact with what may be out of date.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ContactRow {
    pub external_id: String,
    pub contact: String,
    pub person: String,
    pub person_no: i64,
    pub kind: String,
    pub name: String,
    pub person_name: String,
    pub avatar: Option<String>,
    pub union_id: Option<String>,
}

/// A bond as it is kept.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct FollowRow {
    pub external_id: String,
    pub staff: String,
    pub since: i64,
    pub state: Option<String>,
    pub remark: String,
    pub description: String,
    pub way: String,
    pub platform_tags: String,
    pub deleted_at: Option<i64>,
}

/// A living bond, with the ids that an outside call needs.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct ActiveFollow {
    pub account_id: String,
    pub contact_id: String,
    /// The platform's id of the contact.
    pub external_id: String,
    pub staff_id: String,
    /// The platform's id of the employee.
    pub staff_platform_id: String,
    /// What the platform shows: company tags by platform id, comma separated and sorted.
    pub platform_tags: String,
}

/// A bond as the person's page shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct FollowView {
    pub contact_id: String,
    pub account_id: String,
    /// The name under which this account knows her.
    pub contact_name: String,
    /// She is a user of another company.
    pub business: bool,
    pub staff_id: String,
    pub staff_name: String,
    pub since: i64,
    /// The entry code's state by which she came.
    pub state: Option<String>,
    pub remark: String,
    pub description: String,
    /// The platform's word for the way she was added.
    pub way: String,
    pub deleted_at: Option<i64>,
}
