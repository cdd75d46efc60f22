//! Rows of tags.

use serde::Serialize;

/// One tag with the name of its group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct TagRow {
    pub id: String,
    pub account_id: String,
    pub group_id: String,
    pub group_name: String,
    /// The platform's id; empty until the platform knows the tag.
    pub platform_id: String,
    pub name: String,
}

/// One tag in the list, with how many people carry it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct CountedTag {
    pub id: String,
    pub account_id: String,
    pub group_id: String,
    pub group_name: String,
    /// The platform's id; empty until the platform knows the tag.
    pub platform_id: String,
    pub name: String,
    /// A name of the palette; empty means: as its group, or none.
    pub colour: String,
    pub group_colour: String,
    pub people: i64,
    /// The platform doesn't know the newest name or order yet.
    pub edit_pending: bool,
    /// Catalogue key of the platform's last refusal to change it; empty when there is none.
    pub refused: String,
}

/// A tag that a person carries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct PersonTag {
    pub tag_id: String,
    pub group_name: String,
    pub name: String,
    pub colour: String,
    /// See [`super::Cause`].
    pub source: String,
    /// What the rule, bulk job or code is called; empty when nothing is known.
    pub cause: String,
    pub applied_at: i64,
}

#[derive(Clone, Debug, sqlx::FromRow)]
pub struct GroupRow {
    pub account_id: String,
    pub platform_id: String,
    pub name: String,
    pub place: i64,
    pub edit_pending: bool,
}

/// A tag as the platform's jobs need it, deleted or not.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct FullTag {
    pub id: String,
    pub account_id: String,
    pub group_id: String,
    pub platform_id: String,
    pub name: String,
    pub place: i64,
    pub edit_pending: bool,
    pub deleted_at: Option<i64>,
    pub merged_into: String,
}

/// A tag group in the manager.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, sqlx::FromRow, utoipa::ToSchema)]
#[schema(as = TagGroup)]
pub struct TagGroupRow {
    pub id: String,
    pub account_id: String,
    pub name: String,
    /// A name of the palette, or empty.
    pub colour: String,
}

/// A tag that was deleted and can be brought back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct DeletedTag {
    pub id: String,
    pub name: String,
    pub group_name: String,
    pub deleted_at: i64,
    /// Whom restoring would mark again.
    pub people: i64,
}

/// How one person carries a tag.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Carried {
    pub person_id: String,
    pub source: String,
    pub cause: String,
    pub applied_at: i64,
}

/// A tag on groups, ours alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, sqlx::FromRow, utoipa::ToSchema)]
#[schema(as = GroupTagRow)]
pub struct LabelRow {
    pub id: String,
    pub name: String,
    /// A name of the palette, or empty.
    pub colour: String,
    pub groups: i64,
}

/// A tag that a group carries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(as = GroupTag)]
pub struct GroupLabel {
    pub id: String,
    pub name: String,
    pub colour: String,
}

#[derive(Clone, Debug, sqlx::FromRow)]
pub struct OnGroup {
    pub group_id: String,
    pub id: String,
    pub name: String,
    pub colour: String,
}

/// A rule with its figures.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct RuleRow {
    pub id: String,
    pub name: String,
    /// JSON.
    pub body: String,
    pub enabled: bool,
    pub version: i64,
    pub hits: i64,
    pub misses: i64,
    pub last_run_at: Option<i64>,
    pub last_hit_at: Option<i64>,
    pub last_error: String,
    pub last_error_at: Option<i64>,
    pub created_at: i64,
}

impl RuleRow {
    /// The rule's words.
    ///
    /// # Errors
    /// A fault when the row can't be read, which nothing but a defect brings about.
    pub fn body(&self) -> crate::kernel::http::AppResult<super::model::Body> {
        Ok(serde_json::from_str(&self.body)?)
    }
}

/// A former or present state of a rule.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct RuleVersionRow {
    pub version: i64,
    pub name: String,
    pub body: String,
    pub enabled: bool,
    pub operator_name: String,
    pub at: i64,
}

/// A bulk job.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct BulkRow {
    pub id: String,
    pub name: String,
    /// JSON.
    pub source: String,
    pub add_tags: String,
    pub remove_tags: String,
    #[sqlx(try_from = "String")]
    pub state: super::model::State,
    pub total: i64,
    pub done: i64,
    pub changed: i64,
    pub undone: i64,
    pub operator_name: String,
    pub created_at: i64,
    pub finished_at: Option<i64>,
}

/// One person of a bulk job, with what was changed of her.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct BulkItem {
    pub person_id: String,
    /// JSON.
    pub added: String,
    pub removed: String,
}
