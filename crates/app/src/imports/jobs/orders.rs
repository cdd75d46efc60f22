//! One part of a file of orders: the same rules as a delivery by webhook, order by order.

use super::super::model::plan::mark;
use super::super::model::{Bad, Counts, Field, Row, RowProblem};
use super::{Outcome, Pass};
use crate::kernel::db::Tx;
use crate::kernel::http::{AppError, AppResult, Scope};
use crate::orders::{self, Incoming, Taken};
use crate::people::Way;

/// The column's word in the orders slice.
fn field_of(column: &str) -> Option<Field> {
    match column {
        "mobile" => Some(Field::Phone),
        "item" => Some(Field::Product),
        word => Field::parse(word),
    }
}

fn incoming(pass: &Pass, row: &Row) -> Result<Incoming, Bad> {
    if let Some(code) = &row.problem {
        return Err(Bad::row(RowProblem::of_code(code)));
    }
    let cell = |column: &str| {
        let at = field_of(column).and_then(|field| pass.places.get(&field));
        at.and_then(|at| row.cells.get(*at)).map_or("", String::as_str)
    };
    let order = orders::order_of(&cell, &pass.zone).and_then(|o| o.check(pass.now).map(|()| o));
    order.map_err(|problem| Bad::row(problem.code()))
}

fn note(counts: &mut Counts, taken: Taken) {
    match taken {
        Taken::Created => counts.new += 1,
        Taken::Changed => counts.changed += 1,
        Taken::Unchanged => counts.unchanged += 1,
    }
    counts.by_order_no += i64::from(taken != Taken::Created);
}

fn begin(rows: &[Row]) -> Outcome {
    let rows = i64::try_from(rows.len()).unwrap_or(i64::MAX);
    Outcome { counts: Counts { rows, ..Counts::default() }, bad: Vec::new() }
}

/// What a part would do.
pub async fn look(pass: &mut Pass, tx: &mut Tx<'_>, scope: &Scope, rows: Vec<Row>) -> AppResult<Outcome> {
    let mut outcome = begin(&rows);
    for row in &rows {
        let order = match incoming(pass, row) {
            Ok(order) => order,
            Err(bad) => {
                outcome.bad.push((row.number, bad));
                continue;
            }
        };
        match orders::would_take(tx, scope, &order).await? {
            Ok(Taken::Created) => {
                // The number alone is the key of an order; the way only tells it from other keys.
                let key = mark(&(Way::Union, format!("order {}", order.order_no)));
                let again = pass.seen.contains(&key);
                pass.remember(std::iter::once(key));
                note(&mut outcome.counts, if again { Taken::Unchanged } else { Taken::Created });
            }
            Ok(taken) => note(&mut outcome.counts, taken),
            Err(problem) => outcome.bad.push((row.number, Bad::row(problem.code()))),
        }
    }
    outcome.counts.bad = i64::try_from(outcome.bad.len()).unwrap_or(i64::MAX);
    Ok(outcome)
}

/// Takes the orders of a part. A contradiction is found before anything of that order is written.
pub async fn take(pass: &Pass, tx: &mut Tx<'_>, scope: &Scope, rows: Vec<Row>) -> AppResult<Outcome> {
    let mut outcome = begin(&rows);
    for row in &rows {
        let order = match incoming(pass, row) {
            Ok(order) => order,
            Err(bad) => {
                outcome.bad.push((row.number, bad));
                continue;
            }
        };
        match orders::take(tx, scope, &order).await {
            Ok(taken) => note(&mut outcome.counts, taken),
            Err(AppError::Refused(refused)) => {
                outcome.bad.push((row.number, Bad::row(refused.code)));
            }
            Err(fault) => return Err(fault),
        }
    }
    outcome.counts.bad = i64::try_from(outcome.bad.len()).unwrap_or(i64::MAX);
    Ok(outcome)
}
