//! Rows of segments, their versions, moves and snapshots.

use serde::Serialize;

use super::model::MoveCause;

/// A segment without its members.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct SegmentRow {
    pub id: String,
    pub name: String,
    pub text: String,
    /// The tree as JSON.
    pub expr: String,
    pub version: i64,
    /// `live` or `archived`.
    pub status: String,
    pub tell_first: bool,
    pub filled_version: i64,
    pub settled_at: i64,
    /// The tenant's day, as the index counts days, of the last move; how many entered and left on it.
    pub day: i64,
    pub day_came: i64,
    pub day_went: i64,
    pub created_by: String,
    pub created_at: i64,
    pub updated_at: i64,
}

/// Who was in by which move.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct MembersRow {
    pub members: Option<Vec<u8>>,
    pub members_at: i64,
    pub moves: i64,
    pub filled_version: i64,
}

/// An earlier or the present wording of a segment.
#[derive(Clone, Debug, Serialize, sqlx::FromRow, utoipa::ToSchema)]
#[schema(as = SegmentVersion)]
pub struct VersionRow {
    pub version: i64,
    pub text: String,
    pub made_by: String,
    pub made_at: i64,
}

/// Somebody entered or left.
#[derive(Clone, Debug, Serialize, sqlx::FromRow, utoipa::ToSchema)]
#[schema(as = SegmentMove)]
pub struct MoveRow {
    /// Ascends within the segment.
    pub no: i64,
    pub person_id: String,
    pub name: String,
    pub avatar: Option<String>,
    pub person_no: i64,
    /// False: she left.
    pub entered: bool,
    #[sqlx(try_from = "String")]
    pub cause: MoveCause,
    /// What the cause was about: an id of ours, the word of a purpose or a mark, the name of an event; may be empty.
    pub subject_id: String,
    /// What that is called, where it has a name that the caller may see; else empty.
    #[sqlx(default)]
    pub subject: String,
    pub at: i64,
}

/// A frozen list of people.
#[derive(Clone, Debug, Serialize, sqlx::FromRow, utoipa::ToSchema)]
#[schema(as = SegmentSnapshot)]
pub struct SnapshotRow {
    pub id: String,
    pub segment_id: String,
    pub segment_name: String,
    pub version: i64,
    pub text: String,
    pub purpose: String,
    pub reason: String,
    pub people: i64,
    /// SHA-256 over the persons' ids, sorted, each followed by a line feed.
    pub digest: String,
    pub made_by: String,
    pub made_at: i64,
}

/// A person in an answer.
#[derive(Clone, Debug, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct SegmentPerson {
    pub id: String,
    pub name: String,
    pub avatar: Option<String>,
    pub person_no: i64,
}
