//! What stands in a cell, and how it is made harmless.

use base::{Day, Fen, TenantZone, Timestamp};
use serde::{Deserialize, Serialize};

use crate::people::FieldForm;

/// Characters a spreadsheet allows in a cell, less room for what makes it harmless.
pub const MOST_CELL: usize = 32_000;

/// One cell. Money in fen; a decimal as its digits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Cell {
    #[serde(rename = "t")]
    Text(String),
    #[serde(rename = "n")]
    Number(i64),
    #[serde(rename = "m")]
    Money(i64),
    #[serde(rename = "d")]
    Decimal(String),
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl Cell {
    /// An instant in the company's zone, to the minute; empty for 0.
    #[must_use]
    pub fn instant(at: i64, zone: &TenantZone) -> Self {
        if at == 0 {
            return Self::Text(String::new());
        }
        let (day, minute) = (zone.day_of(Timestamp(at)), zone.minute_of_day(Timestamp(at)));
        Self::Text(format!("{} {:02}:{:02}", day.iso(), minute / 60, minute % 60))
    }
    /// A business day.
    #[must_use]
    pub fn day(day: i64) -> Self {
        Self::Text(i32::try_from(day).map_or_else(|_| String::new(), |day| Day(day).iso()))
    }
    /// What an own field holds; yes and no as 1 and 0, which a file that comes in understands.
    #[must_use]
    pub fn own(form: FieldForm, kept: &str) -> Self {
        let texts = |kept| serde_json::from_str::<Vec<String>>(kept).unwrap_or_default();
        match form {
            FieldForm::Number => kept.parse().map_or(Self::Decimal(kept.to_owned()), Self::Number),
            FieldForm::YesNo => Self::Number(i64::from(kept == "true")),
            FieldForm::Choices => Self::Text(texts(kept).join(", ")),
            FieldForm::Text | FieldForm::Date | FieldForm::Choice | FieldForm::BirthMonth => Self::from(kept),
        }
    }
    /// As it stands in a CSV file.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::Text(text) => inert(text),
            Self::Number(n) => n.to_string(),
            Self::Decimal(digits) => digits.clone(),
            Self::Money(fen) => Fen(*fen).yuan(),
        }
    }
}

/// Makes a text that a spreadsheet would take for a formula one that it won't: `=`, `+`, `-`, `@`, a tab, a line break or
/// a NUL in front, in either width and behind any blanks, get a single quote before them. Other texts stay as they are,
/// and long ones are cut to what a cell may hold.
#[must_use]
pub fn inert(text: &str) -> String {
    const DANGEROUS: [char; 12] =
        ['=', '+', '-', '@', '\t', '\r', '\n', '\0', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'];
    let cut: String = text.chars().take(MOST_CELL).collect();
    let first = cut.chars().find(|c| !matches!(c, ' ' | '\u{a0}' | '\u{3000}' | '\u{feff}'));
    match first {
        Some(c) if DANGEROUS.contains(&c) || cut.starts_with(DANGEROUS) => format!("'{cut}"),
        _ => cut,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_looks_like_a_formula_becomes_a_text() {
        for text in
            ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\0=1", "  =1", "\u{ff1d}1", "\u{3000}@x"]
        {
            assert!(inert(text).starts_with('\''), "{text:?}");
        }
        for text in ["", "小美", "a=b", "1-2", "'quoted", "<script>"] {
            assert_eq!(inert(text), text);
        }
        assert_eq!(Cell::Number(-5).text(), "-5", "our own numbers are numbers");
        assert_eq!(Cell::Money(1_250).text(), "12.50");
        assert_eq!(Cell::own(FieldForm::Number, "-5").text(), "-5");
        assert_eq!(Cell::own(FieldForm::Number, "-5.25").text(), "-5.25");
        assert_eq!(Cell::own(FieldForm::Text, "-5").text(), "'-5");
        assert_eq!(inert(&"x".repeat(50_000)).len(), MOST_CELL);
    }

    proptest! {
        #[test]
        fn no_text_is_left_dangerous(text in any::<String>()) {
            let safe = inert(&text);
            prop_assert!(!safe.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '\0']));
        }
    }
}
