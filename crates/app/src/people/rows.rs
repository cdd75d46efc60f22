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
    /// `customer`, `staff`, `host_crew`, `house_account`, `bot`, `test`, `merged`. Only customers count.
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
    pub phones: i64,
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

/// What decides about joining, of one of the two.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Half {
    pub id: String,
    pub name: String,
    /// `customer`, `staff`, `host_crew`, `house_account`, `bot`, `test`, `merged`, `erased`.
    pub kind: String,
    pub union_id: Option<String>,
}

/// A joining of two persons, or a parting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct MergeRow {
    pub id: String,
    /// `merge`, `split`.
    pub act: String,
    pub survivor_id: String,
    pub survivor_name: String,
    pub other_id: String,
    pub other_name: String,
    /// `union_id`, `phone`, `manual`.
    pub how: String,
    pub reason: String,
    /// Empty when a rule did it.
    pub by_name: String,
    pub at: i64,
    /// 0 while it stands.
    pub undone_at: i64,
    pub undone_by: String,
    #[serde(skip)]
    pub after_fact: i64,
    #[serde(skip)]
    pub survivor_kind: String,
    #[serde(skip)]
    pub survivor_union: Option<String>,
    #[serde(skip)]
    pub other_kind: String,
    #[serde(skip)]
    pub other_union: Option<String>,
}

/// A phone number as it may be shown: its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct PhoneRow {
    pub id: String,
    /// The last four digits.
    pub tail: String,
    /// `remark`, `order`, `form`, `operator`.
    pub source: String,
    /// Proven to be hers.
    pub verified: bool,
    pub at: i64,
}

/// Two persons who may be one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct SuggestionRow {
    /// Both ids with a bar between.
    pub id: String,
    pub person_a: String,
    pub name_a: String,
    pub kind_a: String,
    pub person_b: String,
    pub name_b: String,
    pub kind_b: String,
    /// `phone`, `union_id`.
    pub reason: String,
    /// The last four digits of the number, or empty.
    pub tail: String,
    /// How many of both numbers are proven.
    pub verified: i64,
    /// How many persons bear the number.
    pub bearers: i64,
}

/// A person in one account, and how it is known that it is she.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct ContactView {
    pub id: String,
    pub account_id: String,
    pub name: String,
    /// The platform's id.
    pub external_id: String,
    /// She is a user of another company.
    pub business: bool,
    /// `union_id`, `external_id`, `phone`, `manual`.
    pub matched_by: String,
    /// Percent.
    pub confidence: i64,
    pub matched_at: i64,
    pub first_seen_at: i64,
}

/// A bond that ended, and whether somebody took care of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct LossRow {
    pub id: String,
    pub person_id: String,
    pub person_name: String,
    pub staff_id: String,
    pub staff_name: String,
    /// The customer deleted the employee; else the employee deleted her.
    pub by_customer: bool,
    pub at: i64,
    /// 0 while nobody looked.
    pub seen_at: i64,
    /// 0 while it is open.
    pub handled_at: i64,
    pub handled_by: String,
    /// Groups she is still in.
    pub groups: i64,
    pub tags: i64,
    pub orders: i64,
    /// Paid less refunded, in fen.
    pub paid_fen: i64,
    /// Employees whom she still knows.
    pub bonds: i64,
}

/// A custom field's definition as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct FieldRow {
    pub id: String,
    pub name: String,
    pub form: String,
    /// JSON list.
    pub choices: String,
    pub required: bool,
    pub sensitive: bool,
    pub privacy: String,
    /// Comma separated.
    pub roles: String,
    pub place: i64,
    pub archived: bool,
}

impl FieldRow {
    #[must_use]
    pub fn choice_list(&self) -> Vec<String> {
        serde_json::from_str(&self.choices).unwrap_or_default()
    }
    #[must_use]
    pub fn role_list(&self) -> Vec<String> {
        self.roles.split(',').filter(|r| !r.is_empty()).map(str::to_owned).collect()
    }
}

/// A field's value as it is kept; sealed for sensitive fields.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ValueRow {
    pub field_id: String,
    pub value: String,
    pub source: String,
    pub at: i64,
}
