//! Many rows as one array per column: PostgreSQL reads a few arrays in a fraction of the time that it takes to parse and
//! plan a place for every value.

use super::{Arg, Args};

/// The values of one column, row by row.
pub(super) enum Column {
    Int(Vec<Option<i64>>),
    Real(Vec<Option<f64>>),
    Text(Vec<Option<String>>),
    Bool(Vec<Option<bool>>),
    Bytes(Vec<Option<Vec<u8>>>),
}

impl Column {
    fn beginning_with(first: &Arg, rows: usize) -> Self {
        match first {
            Arg::Int(_) => Self::Int(Vec::with_capacity(rows)),
            Arg::Real(_) => Self::Real(Vec::with_capacity(rows)),
            Arg::Text(_) => Self::Text(Vec::with_capacity(rows)),
            Arg::Bool(_) => Self::Bool(Vec::with_capacity(rows)),
            Arg::Bytes(_) => Self::Bytes(Vec::with_capacity(rows)),
        }
    }

    /// False for a value of another type than the column's first.
    fn push(&mut self, value: Arg) -> bool {
        match (self, value) {
            (Self::Int(all), Arg::Int(value)) => all.push(value),
            (Self::Real(all), Arg::Real(value)) => all.push(value),
            (Self::Text(all), Arg::Text(value)) => all.push(value),
            (Self::Bool(all), Arg::Bool(value)) => all.push(value),
            (Self::Bytes(all), Arg::Bytes(value)) => all.push(value),
            _ => return false,
        }
        true
    }

    const fn array_type(&self) -> &'static str {
        match self {
            Self::Int(_) => "BIGINT[]",
            Self::Real(_) => "DOUBLE PRECISION[]",
            Self::Text(_) => "TEXT[]",
            Self::Bool(_) => "BOOLEAN[]",
            Self::Bytes(_) => "BYTEA[]",
        }
    }
}

/// Turns rows of one width on their side. `None` when a column holds values of two types or a row is of another width.
pub(super) fn columns(rows: Vec<Args>) -> Option<Vec<Column>> {
    let (first, count) = (rows.first()?, rows.len());
    let mut columns: Vec<Column> = first.iter().map(|value| Column::beginning_with(value, count)).collect();
    for row in rows {
        if row.len() != columns.len()
            || !columns.iter_mut().zip(row).all(|(column, value)| column.push(value))
        {
            return None;
        }
    }
    Some(columns)
}

/// `head` ends before `VALUES`; `tail` is what follows it.
pub(super) fn unnest_sql(head: &str, columns: &[Column], tail: &str) -> String {
    let places = columns.iter().enumerate().map(|(n, column)| format!("${}::{}", n + 1, column.array_type()));
    format!("{head} SELECT * FROM UNNEST({}) {tail}", places.collect::<Vec<_>>().join(", "))
}
