//! The part of the checking question that asks the company's own fields. Values that are kept sealed can't be compared
//! by the database: they are opened and compared one by one here, and the question names the people.

use std::collections::{BTreeMap, BTreeSet};

use audience::language::{Condition, Days, Named, Range, TextTest};
use audience::{Day, Expr};

use super::Builder;
use crate::args;
use crate::kernel::db::Tx;
use crate::kernel::http::{AppResult, Scope};
use crate::people::{self, FieldForm};
use crate::segments::model::{self, SegmentRefusal};

/// People that one statement may name: SQLite takes 32,766 values.
const MOST_NAMED: usize = 20_000;

/// Own fields that a question asks.
pub struct Own {
    fields: BTreeMap<String, Kept>,
}

/// How a field's values are kept.
pub struct Kept {
    form: FieldForm,
    /// Opened values by dense number; `None` where the database can compare by itself.
    sealed: Option<Vec<(u32, String)>>,
    /// Every choice that occurs, of a field that holds several.
    choices: BTreeSet<String>,
}

/// What is asked of a field.
pub enum Ask<'e> {
    Text(&'e TextTest),
    Number(Range),
    Days(Days),
    /// Its anniversary falls into the days from today on.
    Round(Round),
    Says(bool),
    Known,
    /// No value can fit.
    Nobody,
}

/// Which anniversaries are celebrated in some days from today on; month and day as `mmdd`.
#[derive(Clone, Copy)]
pub struct Round {
    first: i64,
    last: i64,
    over_new_year: bool,
    /// Whoever was born on 29 February celebrates on the 28th of a common year, and that is among the days.
    leap: bool,
    whole_year: bool,
}

impl Round {
    fn of(today: Day, days: u32) -> Self {
        let mmdd = |day: Day| {
            let (_, month, day) = day.parts();
            i64::from(month * 100 + day)
        };
        let end = today.plus(i64::from(days) - 1);
        let is_feast = |ahead: u32| {
            let day = today.plus(i64::from(ahead));
            mmdd(day) == 228 && mmdd(day.plus(1)) == 301
        };
        Self {
            first: mmdd(today),
            last: mmdd(end),
            over_new_year: today.parts().0 != end.parts().0,
            leap: (0..days.min(366)).any(is_feast),
            whole_year: days >= 366,
        }
    }

    const fn holds(&self, mmdd: i64) -> bool {
        let within = match self.over_new_year {
            true => self.first <= mmdd || mmdd <= self.last,
            false => self.first <= mmdd && mmdd <= self.last,
        };
        self.whole_year || within || self.leap && mmdd == 229
    }
}

/// The field that a condition asks, and what.
pub fn asked(condition: &Condition, today: Day) -> Option<(&str, Ask<'_>)> {
    Some(match condition {
        Condition::Text { field, test } => (&field.id, Ask::Text(test)),
        Condition::Number { field, range } => (&field.id, Ask::Number(*range)),
        Condition::Date { field, when } => (&field.id, Ask::Days(when.days(today))),
        Condition::Age { field, range, unit } => {
            (&field.id, unit.births(*range, today).map_or(Ask::Nobody, Ask::Days))
        }
        Condition::Birthday { field, next_days } => (&field.id, Ask::Round(Round::of(today, *next_days))),
        Condition::YesNo { field, answer } => (&field.id, Ask::Says(*answer)),
        Condition::Known { field } => (&field.id, Ask::Known),
        _ => return None,
    })
}

impl Own {
    /// Reads what must be known before the question is put together.
    ///
    /// # Errors
    /// Refused when too many sealed values would have to be named.
    pub async fn load(tx: &mut Tx<'_>, scope: &Scope, expr: &Expr) -> AppResult<Self> {
        let leaves = expr.leaves();
        let named = leaves.iter().flat_map(|leaf| leaf.condition.named());
        let asked: Vec<&str> = named
            .filter_map(|named| match named {
                Named::Field(field) => Some(field.id.as_str()),
                _ => None,
            })
            .collect();
        let mut fields = BTreeMap::new();
        if asked.is_empty() {
            return Ok(Self { fields });
        }
        let mut named = 0;
        for field in people::own_fields(tx, scope).await? {
            let times = asked.iter().filter(|id| **id == field.id).count();
            if times == 0 {
                continue;
            }
            let mut kept = Kept { form: field.form, sealed: None, choices: BTreeSet::new() };
            if field.sensitive {
                let values = people::values_of_field(tx, scope, &field).await?;
                named += values.len() * times;
                kept.sealed = Some(values);
            } else if field.form == FieldForm::Choices {
                let lists: Vec<(String,)> = tx
                    .all(
                        "SELECT DISTINCT value FROM people_value WHERE tenant_id = $1 AND field_id = $2",
                        args![scope.tenant(), &field.id],
                    )
                    .await?;
                kept.choices = lists.iter().flat_map(|(list,)| texts(field.form, list)).collect();
            }
            fields.insert(field.id, kept);
        }
        match named > MOST_NAMED {
            true => Err(SegmentRefusal::TooLargeToCompare.into()),
            false => Ok(Self { fields }),
        }
    }

    pub fn field(&self, id: &str) -> Option<&Kept> {
        self.fields.get(id)
    }
}

impl Builder<'_> {
    pub(super) fn own_field(&mut self, (field, kept): (&str, &Kept), ask: &Ask<'_>) {
        if matches!(ask, Ask::Nobody) {
            return self.sql.push("(1 = 0)");
        }
        let Some(sealed) = &kept.sealed else {
            self.sql.push("EXISTS (SELECT 1 FROM people_value x WHERE x.person_id = p.id AND x.tenant_id = ");
            self.sql.bind(self.tenant);
            self.sql.push(" AND x.field_id = ");
            self.sql.bind(field);
            self.own_value((field, kept), ask);
            return self.sql.push(")");
        };
        let fits: Vec<u32> =
            sealed.iter().filter(|(_, value)| holds(kept.form, value, ask)).map(|(no, _)| *no).collect();
        if fits.is_empty() {
            return self.sql.push("(1 = 0)");
        }
        self.sql.push("p.person_no IN (");
        self.sql.bind_all(fits);
        self.sql.push(")");
    }

    /// What the value `x.value` must be, as one more condition.
    fn own_value(&mut self, (field, kept): (&str, &Kept), ask: &Ask<'_>) {
        match ask {
            Ask::Known | Ask::Nobody => {}
            Ask::Says(answer) => {
                self.sql.push(" AND x.value = ");
                self.sql.bind(if *answer { "true" } else { "false" });
            }
            Ask::Text(TextTest::OneOf(values)) => self.own_texts(kept.form, values),
            Ask::Text(TextTest::Contains(parts)) if kept.form == FieldForm::Choices => {
                let any = |choice: &&String| parts.iter().any(|part| choice.contains(part.as_str()));
                let found: Vec<String> = kept.choices.iter().filter(any).cloned().collect();
                self.own_texts(kept.form, &found);
            }
            Ask::Text(TextTest::Contains(parts)) => self.own_parts(parts),
            Ask::Number(range) => {
                // A decimal is asked by the whole number below it.
                const NUMBER: &str = " THEN CAST(x.value AS DOUBLE PRECISION) END) ";
                let ends = [(">= ", range.min), ("< ", range.max.map(|max| max.saturating_add(1)))];
                for (op, end) in ends {
                    self.cast_end(field, (NUMBER, op), end);
                }
            }
            Ask::Days((from, to)) => {
                let day = match kept.form {
                    FieldForm::BirthMonth => " THEN CAST(REPLACE(x.value, '-', '') || '01' AS BIGINT) END) ",
                    _ => " THEN CAST(REPLACE(x.value, '-', '') AS BIGINT) END) ",
                };
                for (op, end) in [(">= ", from), ("<= ", to)] {
                    self.cast_end(field, (day, op), end.map(|day| i64::from(model::base_day(day).0)));
                }
            }
            Ask::Round(round) if round.whole_year => {}
            Ask::Round(round) => {
                const MONTH_DAY: &str = " THEN CAST(SUBSTR(REPLACE(x.value, '-', ''), 5) AS BIGINT) END) ";
                self.sql.push(" AND ((1 = 1");
                self.cast_end(field, (MONTH_DAY, ">= "), Some(round.first));
                self.sql.push(if round.over_new_year { ") OR (1 = 1" } else { "" });
                self.cast_end(field, (MONTH_DAY, "<= "), Some(round.last));
                self.sql.push(") OR (1 = 1");
                self.cast_end(field, (MONTH_DAY, "= "), Some(if round.leap { 229 } else { 0 }));
                self.sql.push("))");
            }
        }
    }

    /// One end of a range. The text is read as a number only in rows of the field: others hold other things, and in which
    /// order conditions are looked at is the database's choice.
    fn cast_end(&mut self, field: &str, (cast, op): (&'static str, &'static str), end: Option<i64>) {
        let Some(end) = end else { return };
        self.sql.push(" AND (CASE WHEN x.field_id = ");
        self.sql.bind(field);
        self.sql.push(cast);
        self.sql.push(op);
        self.sql.bind(end);
    }

    fn own_texts(&mut self, form: FieldForm, values: &[String]) {
        if values.is_empty() {
            return self.sql.push(" AND (1 = 0)");
        }
        if form != FieldForm::Choices {
            self.sql.push(" AND x.value IN (");
            self.sql.bind_all(values);
            return self.sql.push(")");
        }
        self.sql.push(" AND (");
        for (i, value) in values.iter().enumerate() {
            // As one of a JSON list: behind its beginning or a comma. Inside another text a quotation mark is escaped.
            let listed = serde_json::Value::from(value.as_str()).to_string();
            for (j, before) in ["[", ","].into_iter().enumerate() {
                self.sql.push(if i + j == 0 { "REPLACE(x.value, " } else { " OR REPLACE(x.value, " });
                self.sql.bind(format!("{before}{listed}"));
                self.sql.push(", '') <> x.value");
            }
        }
        self.sql.push(")");
    }

    fn own_parts(&mut self, parts: &[String]) {
        if parts.iter().any(String::is_empty) {
            return;
        }
        self.sql.push(" AND (");
        for (i, part) in parts.iter().enumerate() {
            self.sql.push(if i == 0 { "REPLACE(x.value, " } else { " OR REPLACE(x.value, " });
            self.sql.bind(part);
            self.sql.push(", '') <> x.value");
        }
        self.sql.push(")");
    }
}

/// The texts that a kept value is.
fn texts(form: FieldForm, kept: &str) -> Vec<String> {
    match form {
        FieldForm::Choices => serde_json::from_str(kept).unwrap_or_default(),
        _ => vec![kept.to_owned()],
    }
}

/// Whether an opened value fits, by itself.
fn holds(form: FieldForm, kept: &str, ask: &Ask<'_>) -> bool {
    let digits = || kept.replace('-', "").parse::<i64>().ok();
    match ask {
        Ask::Known => true,
        Ask::Nobody => false,
        Ask::Says(answer) => kept == if *answer { "true" } else { "false" },
        Ask::Text(test) => texts(form, kept).iter().any(|text| match test {
            TextTest::OneOf(values) => values.contains(text),
            TextTest::Contains(parts) => parts.iter().any(|part| text.contains(part.as_str())),
        }),
        Ask::Number(range) => kept.parse::<f64>().is_ok_and(|number| {
            range.min.is_none_or(|min| min as f64 <= number)
                && range.max.is_none_or(|max| number < max.saturating_add(1) as f64)
        }),
        Ask::Days((from, to)) => digits().is_some_and(|digits| {
            let day = if form == FieldForm::BirthMonth { digits * 100 + 1 } else { digits };
            let end = |end: Day| i64::from(model::base_day(end).0);
            from.is_none_or(|from| end(from) <= day) && to.is_none_or(|to| day <= end(to))
        }),
        Ask::Round(round) => digits().is_some_and(|digits| round.holds(digits % 10_000)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_birthday_is_looked_for_over_new_year_and_on_the_leap_day() {
        let holds = |today: &str, days, mmdd| Round::of(Day::read(today).expect("a day"), days).holds(mmdd);
        assert!(holds("2026-12-30", 3, 1230) && holds("2026-12-30", 3, 101) && !holds("2026-12-30", 3, 102));
        assert!(holds("2026-02-28", 1, 229) && !holds("2028-02-28", 1, 229) && holds("2028-02-28", 2, 229));
        assert!(holds("2026-08-17", 366, 816) && holds("2026-08-17", 1, 817) && !holds("2026-08-17", 1, 818));
    }

    #[test]
    fn a_decimal_is_asked_by_the_whole_number_below_it() {
        let fits = |kept, range| holds(FieldForm::Number, kept, &Ask::Number(range));
        assert!(fits("12.5", Range::exactly(12)) && fits("-0.5", Range::exactly(-1)));
        assert!(!fits("12.5", Range::at_least(13)) && fits("12.5", Range::at_most(12)));
    }
}
