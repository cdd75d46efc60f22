//! Cells of the company's own fields: how people write what a field of each form holds. Pure.

use base::Day;
use serde_json::{Value, json};

use super::plan::split;
use super::{Bad, Row, own_word};
use crate::kernel::http::Refusal as _;
use crate::kernel::i18n::{self, Locale};
use crate::people::{FieldForm, OwnField};

/// Reads the own fields of a row: kept texts by place in `fields`, which are columns with what they hold. An empty cell
/// says nothing: it never empties a field.
///
/// # Errors
/// Which field is wrong and why.
pub fn values(row: &Row, fields: &[(usize, OwnField)], today: Day) -> Result<Vec<(usize, String)>, Bad> {
    let mut kept = Vec::new();
    for (place, (column, field)) in fields.iter().enumerate() {
        let cell = row.cells.get(*column).map_or("", |cell| cell.trim());
        if cell.is_empty() {
            continue;
        }
        match field.kept(&said(field.form, cell), today) {
            Ok(text) => kept.push((place, text)),
            Err(why) => return Err(Bad { field: own_word(&field.id).into(), code: why.code() }),
        }
    }
    Ok(kept)
}

/// A cell as the value that an operator would have typed; the cell itself where it can't be read, to be refused.
fn said(form: FieldForm, cell: &str) -> Value {
    let read = match form {
        FieldForm::Text | FieldForm::Number | FieldForm::Choice => None,
        FieldForm::Date => {
            day(cell).map(|(year, month, day)| json!(format!("{year:04}-{month:02}-{day:02}")))
        }
        // Of a whole date the day is left out.
        FieldForm::BirthMonth => month(cell).map(|(year, month)| json!(format!("{year:04}-{month:02}"))),
        FieldForm::YesNo => yes_or_no(cell).map(Value::Bool),
        FieldForm::Choices => {
            let picked: Vec<&str> = split(cell, "").into_iter().map(str::trim).collect();
            Some(json!(picked.into_iter().filter(|p| !p.is_empty()).collect::<Vec<_>>()))
        }
    };
    read.unwrap_or_else(|| json!(cell))
}

/// Year, month, day of `2026-08-17`, `2026/8/17`, `2026.8.17`, `20260817`, or with the Chinese signs for them behind the
/// numbers. A time behind the date, as spreadsheets write it, is left out.
fn day(cell: &str) -> Option<(u16, u8, u8)> {
    let parts = numbers(cell)?;
    match parts.as_slice() {
        [year, month, day] => in_bounds(year, month, Some(*day)),
        [whole] if whole.len() == 8 => in_bounds(&whole[..4], &whole[4..6], Some(&whole[6..])),
        _ => None,
    }
}

fn month(cell: &str) -> Option<(u16, u8)> {
    let parts = numbers(cell)?;
    let (year, month, _) = match parts.as_slice() {
        [year, month] => in_bounds(year, month, None),
        [whole] if whole.len() == 6 => in_bounds(&whole[..4], &whole[4..], None),
        _ => day(cell),
    }?;
    Some((year, month))
}

fn in_bounds(year: &str, month: &str, day: Option<&str>) -> Option<(u16, u8, u8)> {
    let shaped = year.len() == 4 && month.len() <= 2 && day.is_none_or(|day| day.len() <= 2);
    let day = day.map_or(Some(1), |day| day.parse().ok())?;
    shaped.then_some((year.parse().ok()?, month.parse().ok()?, day))
}

/// The numbers of a date, without what stands behind it.
fn numbers(cell: &str) -> Option<Vec<&str>> {
    const SIGNS: [char; 7] = ['-', '/', '.', '\u{5e74}', '\u{6708}', '\u{65e5}', '\u{53f7}'];
    let date = cell.split([' ', 'T']).next().unwrap_or_default();
    let parts: Vec<&str> = date.trim_end_matches(&SIGNS[3..]).split(SIGNS).collect();
    parts.iter().all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit())).then_some(parts)
}

/// A word for yes or no in any of our languages (catalogue `imports.value.*`).
fn yes_or_no(cell: &str) -> Option<bool> {
    let word = cell.to_lowercase();
    let is = |key: &str| {
        Locale::ALL
            .into_iter()
            .any(|locale| i18n::text(locale, key, &Value::Null).split('|').any(|known| known == word))
    };
    match (is("imports.value.yes"), is("imports.value.no")) {
        (true, false) => Some(true),
        (false, true) => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TODAY: Day = Day(20_260_817);

    fn field(form: FieldForm) -> OwnField {
        OwnField {
            id: "f1".into(),
            name: "宝宝".into(),
            form,
            choices: vec!["甜".into(), "咸".into()],
            sensitive: false,
            minor: false,
            roles: vec![],
            archived: false,
        }
    }

    fn kept(form: FieldForm, cell: &str) -> Option<String> {
        let row = Row { number: 2, cells: vec![String::new(), cell.into()], problem: None };
        let found = values(&row, &[(1, field(form))], TODAY).ok()?;
        found.into_iter().next().map(|(_, text)| text)
    }

    #[test]
    fn dates_are_read_in_the_forms_in_which_people_write_them() {
        for cell in [
            "2026-02-08",
            "2026/2/8",
            "2026.02.08",
            "20260208",
            "2026年2月8日",
            "2026/2/8 0:00",
            "2026-02-08T00:00:00",
        ] {
            assert_eq!(kept(FieldForm::Date, cell).as_deref(), Some("2026-02-08"), "{cell}");
            assert_eq!(kept(FieldForm::BirthMonth, cell).as_deref(), Some("2026-02"), "{cell}");
        }
        for cell in ["2026-02", "2026/2", "2026年2月", "202602"] {
            assert_eq!(kept(FieldForm::BirthMonth, cell).as_deref(), Some("2026-02"), "{cell}");
        }
        for cell in ["2026-02-30", "8.2.2026", "26-2-8", "明天", "2026--2", "-", "2026-2-8-1"] {
            assert_eq!(kept(FieldForm::Date, cell), None, "{cell}");
        }
    }

    #[test]
    fn a_cell_that_does_not_fit_names_its_field() {
        let bad = |form, cell: &str| {
            let row = Row { number: 2, cells: vec![cell.into()], problem: None };
            let bad = values(&row, &[(0, field(form))], TODAY).expect_err("it doesn't fit");
            format!("{} {}", bad.field, bad.code)
        };
        assert_eq!(bad(FieldForm::Date, "x"), "custom:f1 people.value_not_date");
        assert_eq!(bad(FieldForm::Number, "x"), "custom:f1 people.value_not_number");
        assert_eq!(bad(FieldForm::YesNo, "x"), "custom:f1 people.value_not_yes_no");
        assert_eq!(bad(FieldForm::Choices, "甜，辣"), "custom:f1 people.value_not_choice");
        assert_eq!(bad(FieldForm::BirthMonth, "2026-09"), "custom:f1 people.value_not_month");
    }

    #[test]
    fn the_other_forms_and_empty_cells() {
        for (form, cell, text) in [
            (FieldForm::Text, " =1+1 ", "=1+1"),
            (FieldForm::Number, "-12.50", "-12.5"),
            (FieldForm::Choice, "咸", "咸"),
            (FieldForm::Choices, "咸；甜", r#"["甜","咸"]"#),
            (FieldForm::YesNo, "是", "true"),
            (FieldForm::YesNo, "No", "false"),
            (FieldForm::YesNo, "1", "true"),
        ] {
            assert_eq!(kept(form, cell).as_deref(), Some(text), "{cell}");
        }
        let row = Row { number: 2, cells: vec![" ".into()], problem: None };
        assert_eq!(
            values(&row, &[(0, field(FieldForm::Date)), (7, field(FieldForm::Text))], TODAY),
            Ok(vec![])
        );
    }
}
