//! Rows of the exports tables.

use super::model::OwnColumn;

/// An export.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ExportRow {
    pub id: String,
    pub export_no: i64,
    pub what: String,
    /// JSON.
    pub filter: String,
    pub format: String,
    pub reason: String,
    pub locale: String,
    /// Phone numbers and platform ids are in it.
    pub with_contacts: bool,
    /// JSON list of own fields that are columns.
    pub own_fields: String,
    /// Our id of the employee through whose duties the list was seen; empty for all.
    pub reach: String,
    pub operator_id: String,
    pub operator_name: String,
    pub state: String,
    pub next_cursor: String,
    pub parts: i64,
    pub rows_total: i64,
    pub downloads: i64,
    pub created_at: i64,
    pub ended_at: i64,
    pub expires_at: i64,
}

impl ExportRow {
    /// The columns of own fields.
    ///
    /// # Errors
    /// When they can't be read, so that no file is made without knowing what is in it.
    pub fn own_columns(&self) -> serde_json::Result<Vec<OwnColumn>> {
        serde_json::from_str(&self.own_fields)
    }
}
