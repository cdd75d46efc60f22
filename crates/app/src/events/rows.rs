//! Rows of events and their names.

/// One event as it is kept.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct EventRow {
    pub id: String,
    pub event_key: String,
    pub name: String,
    pub at: i64,
    pub properties: String,
    pub received_at: i64,
}

/// What is written of an event.
#[derive(Clone, Debug)]
pub struct NewEvent<'a> {
    pub key: &'a str,
    pub person: &'a str,
    pub name: &'a str,
    pub at: base::Timestamp,
    pub day: base::Day,
    pub properties: &'a str,
    pub source: &'a str,
}

/// A name that came.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct DefinitionRow {
    pub name: String,
    pub description: String,
    pub privacy_note: String,
    pub first_at: i64,
    pub last_at: i64,
}

/// How many events of a name happened on a day, to how many people.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct DayRow {
    pub name: String,
    pub day: i64,
    pub events: i64,
    pub people: i64,
}
