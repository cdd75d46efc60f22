//! The one place that knows which engine it talks to. Today's only difference in SQL: PostgreSQL locks the rows that
//! a claim looks at; SQLite has a single writer and needs no lock.

use super::Tx;

impl Tx<'_> {
    /// Picks the engine's text where one text can't serve both. Every use needs a reason and runs on both in tests.
    pub(crate) const fn dialect(&self, sqlite: &'static str, postgres: &'static str) -> &'static str {
        if self.is_sqlite() { sqlite } else { postgres }
    }
}
