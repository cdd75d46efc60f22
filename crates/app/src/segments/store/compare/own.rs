//! The part of the checking question that asks fields and scores.

use audience::language::{Days, Range, Ref, TextTest};

use super::Builder;
use crate::segments::store::fields::{self, Asked};
use crate::segments::store::layers;
use crate::segments::store::sources::DayColumn;

impl Builder<'_> {
    fn asked(&mut self, asked: &Asked) {
        match asked {
            Asked::Own(text) => self.sql.push(text),
            Asked::Looked(head, tail) => {
                self.sql.push(head);
                self.sql.bind(self.tenant);
                self.sql.push(tail);
            }
        }
    }

    pub(super) fn text(&mut self, field: &Ref, test: &TextTest) {
        let Some(value) = fields::asked(&field.id) else { return self.sql.push("(1 = 0)") };
        match test {
            TextTest::OneOf(values) => {
                self.asked(&value);
                self.sql.push(" IN (");
                self.sql.bind_all(values);
                self.sql.push(")");
            }
            TextTest::Contains(parts) => {
                self.sql.push("(");
                for (i, part) in parts.iter().enumerate() {
                    self.sql.push(if i == 0 { "" } else { " OR " });
                    if part.is_empty() {
                        self.sql.push("(1 = 1)");
                        continue;
                    }
                    // LIKE minds letters' case on one engine and not on the other.
                    self.sql.push("REPLACE(");
                    self.asked(&value);
                    self.sql.push(", ");
                    self.sql.bind(part);
                    self.sql.push(", '') <> ");
                    self.asked(&value);
                }
                self.sql.push(")");
            }
        }
    }

    pub(super) fn number(&mut self, field: &Ref, range: Range) {
        let Some(value) = fields::asked(&field.id) else { return self.sql.push("(1 = 0)") };
        self.asked(&value);
        self.sql.push(" BETWEEN ");
        self.sql.bind(range.min.unwrap_or(i64::MIN / 2));
        self.sql.push(" AND ");
        self.sql.bind(range.max.unwrap_or(i64::MAX / 2));
    }

    pub(super) fn dated(&mut self, field: &Ref, days: Days) {
        match fields::asked(&field.id) {
            Some(Asked::Own(column)) => {
                self.sql.push("(1 = 1");
                self.between(&DayColumn::Instant(column), days);
                self.sql.push(")");
            }
            _ => self.sql.push("(1 = 0)"),
        }
    }

    pub(super) fn says(&mut self, field: &Ref, answer: bool) {
        let Some(yes) = fields::asked(&field.id) else { return self.sql.push("(1 = 0)") };
        if answer {
            return self.asked(&yes);
        }
        self.sql.push("(NOT ");
        self.asked(&yes);
        self.sql.push(" AND ");
        self.known(field);
        self.sql.push(")");
    }

    pub(super) fn known(&mut self, field: &Ref) {
        match fields::known(&field.id) {
            Some(known) => self.asked(&known),
            None => self.sql.push("(1 = 1)"),
        }
    }

    pub(super) fn scores(&mut self, wanted: [Range; 3]) {
        self.sql.push("p.id IN (");
        self.sql.push(layers::SCORES.head);
        self.sql.push("x.tenant_id = ");
        self.sql.bind(self.tenant);
        for (column, range) in layers::SCORES.columns.into_iter().zip(wanted) {
            self.sql.push(" AND ");
            self.sql.push(column);
            self.sql.push(" BETWEEN ");
            self.sql.bind(range.min.unwrap_or(1));
            self.sql.push(" AND ");
            self.sql.bind(range.max.unwrap_or(5));
        }
        self.sql.push(")");
    }
}
