//! Writes a segment as text: canonical, one condition a line, read back as the same tree.

use std::fmt::{self, Write as _};

use super::Day;
use super::expr::{AgeUnit, Answer, Condition, Expr, Facet, How, Range, Ref, TextTest, When, Window};

/// The canonical text. `parse` gives the same tree back, unless the tree is one that `check` refuses.
#[must_use]
pub fn print(expr: &Expr) -> String {
    let mut text = String::new();
    lines(expr, 0, &mut text);
    text
}

impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&print(self))
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        condition(self, &mut text);
        f.write_str(&text)
    }
}

fn lines(expr: &Expr, depth: usize, out: &mut String) {
    let indent = "  ".repeat(depth);
    let (word, children) = match expr {
        Expr::Is(c) => {
            out.push_str(&indent);
            condition(c, out);
            return;
        }
        Expr::None(only) if matches!(only.as_slice(), [Expr::Is(_)]) => {
            let _ = write!(out, "{indent}not ");
            if let [Expr::Is(c)] = only.as_slice() {
                condition(c, out);
            }
            return;
        }
        Expr::All(children) => ("all", children),
        Expr::Any(children) => ("any", children),
        Expr::None(children) => ("none", children),
    };
    if children.is_empty() {
        let _ = write!(out, "{indent}{word} {{ }}");
        return;
    }
    let _ = writeln!(out, "{indent}{word} {{");
    for child in children {
        lines(child, depth + 1, out);
        out.push('\n');
    }
    let _ = write!(out, "{indent}}}");
}

fn condition(condition: &Condition, out: &mut String) {
    match condition {
        Condition::In { facet, how, of } => {
            out.push_str(facet.words());
            let bare = if facet.is_worded() { Bare::Words } else { Bare::Never };
            refs(*how, of, bare, out);
        }
        Condition::Tagged { how, of, window } => {
            out.push_str("tagged");
            refs(*how, of, Bare::Never, out);
            out.push_str(&window_text(*window));
        }
        Condition::Did { act, of, times, window } => {
            act_text(act, of, out);
            if *times != Range::at_least(1) {
                out.push_str(&range_text(*times, plain));
            }
            out.push_str(&window_text(*window));
        }
        Condition::LastDid { act, of, days_ago } => {
            out.push_str("last ");
            act_text(act, of, out);
            let _ = write!(out, "{} days ago", range_text(*days_ago, plain));
        }
        Condition::Spent { amount, window } => {
            let _ = write!(out, "spent{}{}", range_text(*amount, money), window_text(*window));
        }
        Condition::Consent { purpose, answer } => {
            out.push_str("consent ");
            reference(purpose, Bare::Words, out);
            out.push_str(match answer {
                Answer::Granted => "",
                Answer::Withdrawn => " withdrawn",
                Answer::Unasked => " unasked",
            });
        }
        Condition::Rfm { recency, frequency, money } => {
            out.push_str("rfm");
            for (letter, range) in [("r", recency), ("f", frequency), ("m", money)] {
                if !range.is_open() {
                    let _ = write!(out, " {letter}{}", range_text(*range, plain));
                }
            }
        }
        field => field_text(field, out),
    }
}

fn field_text(condition: &Condition, out: &mut String) {
    let mut head = |word: &str, field: &Ref, rest: &str| {
        let _ = write!(out, "{word} ");
        reference(field, Bare::Never, out);
        out.push_str(rest);
    };
    match condition {
        Condition::Text { field, test } => {
            let (word, values) = match test {
                TextTest::OneOf(values) => ("is", values),
                TextTest::Contains(values) => ("contains", values),
            };
            head("field", field, &format!(" {word}{}", values_text(values)));
        }
        Condition::Number { field, range } => head("number", field, &range_text(*range, plain)),
        Condition::Date { field, when } => head("date", field, &when_text(*when)),
        Condition::Age { field, range, unit } => {
            let unit = match unit {
                AgeUnit::Days => "days",
                AgeUnit::Months => "months",
                AgeUnit::Years => "years",
            };
            head("age", field, &format!("{} {unit}", range_text(*range, plain)));
        }
        Condition::Birthday { field, next_days } => {
            head("birthday", field, &format!(" in next {next_days} days"));
        }
        Condition::YesNo { field, answer } => head("field", field, if *answer { " yes" } else { " no" }),
        Condition::Known { field } => head("field", field, " known"),
        _ => {}
    }
}

fn act_text(act: &super::Act, of: &[Ref], out: &mut String) {
    out.push_str(act.word());
    if let super::Act::Event(name) = act {
        out.push(' ');
        quote(name, out);
    }
    if !of.is_empty() {
        refs(How::Any, of, Bare::Never, out);
    }
}

/// Whether an id may stand without quotes.
#[derive(Clone, Copy, PartialEq)]
enum Bare {
    Never,
    Words,
}

fn refs(how: How, of: &[Ref], bare: Bare, out: &mut String) {
    let many = match (how, of) {
        (How::Any, [_]) => false,
        (How::Any, _) => {
            out.push_str(" any of (");
            true
        }
        (How::All, _) => {
            out.push_str(" all of (");
            true
        }
    };
    for (i, r) in of.iter().enumerate() {
        if i > 0 {
            out.push_str(", ");
        } else if !many {
            out.push(' ');
        }
        reference(r, bare, out);
    }
    if many {
        out.push(')');
    }
}

fn reference(r: &Ref, bare: Bare, out: &mut String) {
    let Some(name) = &r.name else {
        return match bare == Bare::Words && is_free_word(&r.id) {
            true => out.push_str(&r.id),
            false => quote(&r.id, out),
        };
    };
    quote(name, out);
    out.push_str(" @");
    match is_free_word(&r.id) {
        true => out.push_str(&r.id),
        false => quote(&r.id, out),
    }
}

/// A word that can't be taken for the beginning of a list.
fn is_free_word(text: &str) -> bool {
    let mut chars = text.chars();
    let begins = chars.next().is_some_and(|c| c.is_alphabetic() || c == '_');
    begins && chars.all(|c| c.is_alphanumeric() || c == '_') && !matches!(text, "any" | "all" | "in")
}

fn quote(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => {
                let _ = write!(out, "\\u{{{:x}}}", c as u32);
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

fn values_text(values: &[String]) -> String {
    let mut out = String::from(if values.len() == 1 { " " } else { " any of (" });
    for (i, value) in values.iter().enumerate() {
        if i > 0 {
            out.push_str(", ");
        }
        quote(value, &mut out);
    }
    if values.len() != 1 {
        out.push(')');
    }
    out
}

fn plain(value: i64) -> String {
    value.to_string()
}

/// Fen as yuan with two places.
fn money(fen: i64) -> String {
    let sign = if fen < 0 { "-" } else { "" };
    let fen = fen.unsigned_abs();
    format!("{sign}{}.{:02}", fen / 100, fen % 100)
}

fn range_text(range: Range, show: fn(i64) -> String) -> String {
    match (range.min, range.max) {
        (Some(min), Some(max)) if min == max => format!(" = {}", show(min)),
        (Some(min), Some(max)) => format!(" {}..{}", show(min), show(max)),
        (Some(min), None) => format!(" >= {}", show(min)),
        (None, Some(max)) => format!(" <= {}", show(max)),
        (None, None) => String::new(),
    }
}

fn between(from: Option<Day>, to: Option<Day>) -> String {
    match (from, to) {
        (Some(from), Some(to)) => format!(" from {from} to {to}"),
        (Some(from), None) => format!(" from {from}"),
        (None, Some(to)) => format!(" until {to}"),
        (None, None) => String::new(),
    }
}

fn window_text(window: Window) -> String {
    match window {
        Window::Ever => String::new(),
        Window::LastDays(days) => format!(" in {days} days"),
        Window::DaysAgo { nearest, farthest } => format!(" {nearest}..{farthest} days ago"),
        Window::Between { from, to } => between(from, to),
    }
}

fn when_text(when: When) -> String {
    match when {
        When::LastDays(days) => format!(" in last {days} days"),
        When::NextDays(days) => format!(" in next {days} days"),
        When::Between { from, to } => between(from, to),
    }
}

/// The words a person may write first on a line, for the editor's suggestions.
#[must_use]
pub fn first_words() -> Vec<&'static str> {
    let groups = ["all", "any", "none", "not"];
    let fields =
        ["field", "number", "date", "age", "birthday", "spent", "rfm", "consent", "tagged", "last", "event"];
    let acts = super::Act::NAMED.iter().map(super::Act::word);
    let facets = Facet::ALL.iter().map(|f| f.words());
    groups.into_iter().chain(facets).chain(acts).chain(fields).collect()
}
