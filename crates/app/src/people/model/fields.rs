//! Custom fields: their forms, and which value fits which form.

use base::Day;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::kernel::http::Refusal;

/// Of what form a field's values are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FieldForm {
    /// At most 500 characters.
    Text,
    /// A decimal number.
    Number,
    /// `2026-08-17`.
    Date,
    /// One of the choices.
    Choice,
    /// Some of the choices.
    Choices,
    YesNo,
    /// `2026-03`: a child's month of birth and no day, which is all that month-age needs.
    BirthMonth,
}

impl FieldForm {
    pub const ALL: [Self; 7] =
        [Self::Text, Self::Number, Self::Date, Self::Choice, Self::Choices, Self::YesNo, Self::BirthMonth];

    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Number => "number",
            Self::Date => "date",
            Self::Choice => "choice",
            Self::Choices => "choices",
            Self::YesNo => "yes_no",
            Self::BirthMonth => "birth_month",
        }
    }
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|form| form.word() == word)
    }
    /// Whether values are picked from a list.
    #[must_use]
    pub const fn picks(self) -> bool {
        matches!(self, Self::Choice | Self::Choices)
    }
}

/// How careful the company must be with a field's values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PrivacyClass {
    Ordinary,
    Personal,
    /// About a child under 14: sensitive by law.
    Minor,
}

impl PrivacyClass {
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Ordinary => "ordinary",
            Self::Personal => "personal",
            Self::Minor => "minor",
        }
    }
}

/// Why a field or a value isn't taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldRefusal {
    NameTaken {
        field: String,
    },
    NeedsChoices,
    /// Values exist: their form is fixed.
    Archived {
        field: String,
    },
    /// A required field can't be emptied.
    Required {
        field: String,
    },
    NotText {
        field: String,
    },
    NotNumber {
        field: String,
    },
    NotDate {
        field: String,
    },
    NotChoice {
        field: String,
        choices: String,
    },
    NotYesNo {
        field: String,
    },
    NotMonth {
        field: String,
    },
}

impl Refusal for FieldRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::NameTaken { .. } => "people.field_name_taken",
            Self::NeedsChoices => "people.field_needs_choices",
            Self::Archived { .. } => "people.field_archived",
            Self::Required { .. } => "people.field_required",
            Self::NotText { .. } => "people.value_not_text",
            Self::NotNumber { .. } => "people.value_not_number",
            Self::NotDate { .. } => "people.value_not_date",
            Self::NotChoice { .. } => "people.value_not_choice",
            Self::NotYesNo { .. } => "people.value_not_yes_no",
            Self::NotMonth { .. } => "people.value_not_month",
        }
    }
    fn status(&self) -> StatusCode {
        match self {
            Self::NameTaken { .. } => StatusCode::CONFLICT,
            _ => StatusCode::UNPROCESSABLE_ENTITY,
        }
    }
    fn args(&self) -> Value {
        match self {
            Self::NeedsChoices => json!({}),
            Self::NotChoice { field, choices } => json!({ "field": field, "choices": choices }),
            Self::NameTaken { field }
            | Self::Archived { field }
            | Self::Required { field }
            | Self::NotText { field }
            | Self::NotNumber { field }
            | Self::NotDate { field }
            | Self::NotYesNo { field }
            | Self::NotMonth { field } => json!({ "field": field }),
        }
    }
}

/// A value in the shape in which it is kept: one text.
///
/// # Errors
/// When it doesn't fit; the refusal names the field.
pub fn kept_value(
    field: &str,
    form: FieldForm,
    choices: &[String],
    value: &Value,
    today: Day,
) -> Result<String, FieldRefusal> {
    let named = || field.to_owned();
    let text = value.as_str().map(str::trim).unwrap_or_default();
    match form {
        FieldForm::Text => match text.chars().count() {
            1..=500 => Ok(text.to_owned()),
            _ => Err(FieldRefusal::NotText { field: named() }),
        },
        FieldForm::Number => {
            let number = value.as_f64().or_else(|| text.parse().ok()).filter(|n: &f64| n.is_finite());
            number.map(|n| n.to_string()).ok_or_else(|| FieldRefusal::NotNumber { field: named() })
        }
        FieldForm::Date => {
            day_of(text).map(|_| text.to_owned()).ok_or_else(|| FieldRefusal::NotDate { field: named() })
        }
        FieldForm::BirthMonth => match months_between(text, today) {
            Some(0..) => Ok(text.to_owned()),
            _ => Err(FieldRefusal::NotMonth { field: named() }),
        },
        FieldForm::YesNo => value
            .as_bool()
            .map(|yes| yes.to_string())
            .ok_or_else(|| FieldRefusal::NotYesNo { field: named() }),
        FieldForm::Choice => match choices.iter().any(|c| c == text) {
            true => Ok(text.to_owned()),
            false => Err(not_choice(field, choices)),
        },
        FieldForm::Choices => {
            let picked: Option<Vec<&str>> =
                value.as_array().map(|all| all.iter().filter_map(Value::as_str).collect());
            match picked {
                Some(picked)
                    if !picked.is_empty()
                        && Some(picked.len()) == value.as_array().map(Vec::len)
                        && picked.iter().all(|p| choices.iter().any(|c| c == p)) =>
                {
                    let kept: Vec<&String> =
                        choices.iter().filter(|c| picked.contains(&c.as_str())).collect();
                    Ok(json!(kept).to_string())
                }
                _ => Err(not_choice(field, choices)),
            }
        }
    }
}

fn not_choice(field: &str, choices: &[String]) -> FieldRefusal {
    FieldRefusal::NotChoice { field: field.to_owned(), choices: choices.join(" / ") }
}

/// A kept value as the API shows it.
#[must_use]
pub fn shown_value(form: FieldForm, kept: &str) -> Value {
    match form {
        FieldForm::Number => kept.parse::<f64>().map_or(Value::Null, |n| json!(n)),
        FieldForm::YesNo => json!(kept == "true"),
        FieldForm::Choices => serde_json::from_str(kept).unwrap_or(Value::Null),
        _ => json!(kept),
    }
}

/// `2026-08-17` as a day that exists.
fn day_of(text: &str) -> Option<Day> {
    let mut parts = text.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || (year.len(), month.len(), day.len()) != (4, 2, 2) {
        return None;
    }
    Day::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
}

/// Whole months from a month of birth (`2026-03`) to a day: the month-age. `None` when the text is no month.
#[must_use]
pub fn months_between(birth: &str, today: Day) -> Option<i32> {
    let (year, month) = birth.split_once('-')?;
    if (year.len(), month.len()) != (4, 2) {
        return None;
    }
    let (year, month): (i32, i32) = (year.parse().ok()?, month.parse().ok()?);
    if !(1..=12).contains(&month) || !(1900..=2200).contains(&year) {
        return None;
    }
    let (now_year, now_month) = (today.0 / 10_000, today.0 / 100 % 100);
    Some((now_year - year) * 12 + now_month - month)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TODAY: Day = Day(20_260_817);

    fn kept(form: FieldForm, value: &Value) -> Result<String, FieldRefusal> {
        kept_value("宝宝", form, &["a".into(), "b".into(), "c".into()], value, TODAY)
    }

    #[test]
    fn each_form_takes_its_values_and_no_others() {
        for (form, value, wanted) in [
            (FieldForm::Text, json!(" tea "), "tea"),
            (FieldForm::Number, json!(12.5), "12.5"),
            (FieldForm::Number, json!("3"), "3"),
            (FieldForm::Date, json!("2026-02-28"), "2026-02-28"),
            (FieldForm::Choice, json!("b"), "b"),
            (FieldForm::Choices, json!(["c", "a"]), r#"["a","c"]"#),
            (FieldForm::YesNo, json!(true), "true"),
            (FieldForm::BirthMonth, json!("2026-08"), "2026-08"),
        ] {
            assert_eq!(kept(form, &value).as_deref(), Ok(wanted), "{form:?}");
        }
        for (form, value) in [
            (FieldForm::Text, json!("  ")),
            (FieldForm::Text, json!("x".repeat(501))),
            (FieldForm::Number, json!("many")),
            (FieldForm::Date, json!("2026-02-30")),
            (FieldForm::Date, json!("17.8.2026")),
            (FieldForm::Choice, json!("d")),
            (FieldForm::Choices, json!([])),
            (FieldForm::Choices, json!(["a", 7])),
            (FieldForm::Choices, json!(["a", "d"])),
            (FieldForm::YesNo, json!("yes")),
            (FieldForm::BirthMonth, json!("2026-09")),
            (FieldForm::BirthMonth, json!("2026-13")),
        ] {
            let refused = kept(form, &value).expect_err("it doesn't fit");
            assert_eq!(refused.args()["field"], "宝宝", "{form:?} {value}");
        }
    }

    #[test]
    fn a_month_of_birth_gives_the_month_age() {
        assert_eq!(months_between("2026-08", TODAY), Some(0));
        assert_eq!(months_between("2025-12", TODAY), Some(8));
        assert_eq!(months_between("2024-02", TODAY), Some(30));
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn a_month_is_one_month_older_a_month_later(year in 1990i32..2026, month in 1i32..13) {
            let birth = format!("{year:04}-{month:02}");
            let age = months_between(&birth, TODAY).expect("a month");
            prop_assert_eq!(months_between(&birth, Day(20_260_901)), Some(age + 1));
        }
        #[test]
        fn what_is_kept_is_shown_as_it_was_given(picked in prop::sample::subsequence(vec!["a", "b", "c"], 1..=3)) {
            let text = kept(FieldForm::Choices, &json!(picked)).expect("it fits");
            prop_assert_eq!(shown_value(FieldForm::Choices, &text), json!(picked));
        }
    }
}
