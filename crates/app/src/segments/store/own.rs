//! The company's own fields of people, as they are read into the index. The database is asked for them in
//! `compare/own_fields.rs`.

use audience::{Change, Day};

use super::profiles::{Profiles, add as push};
use super::read::{Read, Whose, read};
use crate::kernel::db::{DbResult, Tx};
use crate::kernel::http::Scope;
use crate::people::{self, FieldForm};

pub const READ: Read = read!(
    "SELECT p.person_no, v.field_id, d.form, d.sensitive, v.value FROM people_person p
     JOIN people_value v ON v.tenant_id = p.tenant_id AND v.person_id = p.id
     JOIN people_field d ON d.tenant_id = v.tenant_id AND d.id = v.field_id"
);

/// Adds what own fields hold of these people. Values of archived fields stay known; one that doesn't open, or doesn't fit
/// its form, is none.
pub async fn add(tx: &mut Tx<'_>, scope: &Scope, whose: Whose<'_>, found: &mut Profiles) -> DbResult<()> {
    let rows: Vec<(i64, String, String, bool, String)> = tx.all(whose.sql(&READ), whose.args(scope)).await?;
    let sealer = tx.sealer();
    for (no, field, form, sensitive, stored) in rows {
        let kept = people::opened(&sealer, (&field, sensitive), &stored);
        let (Some(kept), Some(form)) = (kept, FieldForm::named(&form)) else {
            tracing::error!(field, "a value of an own field can't be read");
            continue;
        };
        for fact in facts(&field, form, &kept) {
            push(found, no, fact);
        }
    }
    Ok(())
}

/// What a kept text says.
fn facts(field: &str, form: FieldForm, kept: &str) -> Vec<Change> {
    let field = || field.to_owned();
    let text = |value: String| Change::Text { field: field(), value: Some(value) };
    match form {
        FieldForm::Text | FieldForm::Choice => vec![text(kept.to_owned())],
        FieldForm::Choices => {
            serde_json::from_str::<Vec<String>>(kept).unwrap_or_default().into_iter().map(text).collect()
        }
        FieldForm::Number => {
            vec![Change::Number { field: field(), value: whole(kept) }]
        }
        FieldForm::Date => vec![Change::Date { field: field(), value: Day::read(kept) }],
        FieldForm::BirthMonth => {
            vec![Change::Date { field: field(), value: Day::read(&format!("{kept}-01")) }]
        }
        FieldForm::YesNo => vec![Change::YesNo { field: field(), value: Some(kept == "true") }],
    }
}

/// The language counts in whole numbers: a decimal is asked by the whole number below it.
#[must_use]
pub fn whole(kept: &str) -> Option<i64> {
    // Saturates, so that what is beyond all numbers stays above, or below, every bound.
    kept.parse::<f64>().ok().map(|number| number.floor() as i64)
}
