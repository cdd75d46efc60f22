//! Rows of the imports tables.

/// An import. JSON texts: `headers` (texts), `mapping`, `checked` and `taken` (counts).
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ImportRow {
    pub id: String,
    pub kind: String,
    pub file_name: String,
    /// `csv`, `xlsx` or `dump`.
    pub format: String,
    /// The encoding of a text file.
    pub encoding: String,
    pub bytes: i64,
    /// Of the rows, whatever encoding and format they came in.
    pub digest: String,
    pub headers: String,
    pub mapping: String,
    /// Empty until it is run.
    pub policy: String,
    pub state: String,
    /// Why reading failed, as a catalogue key.
    pub error_code: String,
    /// The earlier import that took the same rows in the same way.
    pub repeats: Option<String>,
    pub list_id: Option<String>,
    pub rows_total: i64,
    pub parts: i64,
    pub next_part: i64,
    pub checked: String,
    pub taken: String,
    pub operator_name: String,
    pub created_at: i64,
    /// When the pass that goes on began or was resumed, and at which part.
    pub started_at: i64,
    pub started_part: i64,
    /// When the last part was committed.
    pub moved_at: i64,
    pub ended_at: i64,
    /// When the rows of the file were forgotten; 0 while they are kept.
    pub purged_at: i64,
}

/// A row that can't be taken.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct BadRow {
    pub row_no: i64,
    /// The word of a field; empty when the row as a whole is meant.
    pub field: String,
    /// Catalogue key.
    pub code: String,
}

/// A saved mapping.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct MappingRow {
    pub id: String,
    pub name: String,
    pub kind: String,
    /// JSON of header and field.
    pub mapping: String,
}

/// A named list of people.
#[derive(Clone, Debug, serde::Serialize, sqlx::FromRow, utoipa::ToSchema)]
#[schema(as = ImportedList)]
pub struct ListRow {
    pub id: String,
    pub name: String,
    pub people: i64,
    pub created_at: i64,
}
