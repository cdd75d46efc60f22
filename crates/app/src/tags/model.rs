//! What may be a tag, and what is still to be marked.

use http::StatusCode;
use serde_json::{Value, json};

use crate::kernel::http::Refusal;

/// Names longer than this the platform refuses.
pub const NAME_CHARS: usize = 30;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TagRefusal {
    Name,
    NameTaken,
    NoNames,
}

impl Refusal for TagRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Name => "tags.name",
            Self::NameTaken => "tags.name_taken",
            Self::NoNames => "tags.no_names",
        }
    }
    fn status(&self) -> StatusCode {
        match self {
            Self::NameTaken => StatusCode::CONFLICT,
            Self::Name | Self::NoNames => StatusCode::UNPROCESSABLE_ENTITY,
        }
    }
    fn args(&self) -> Value {
        json!({ "limit": NAME_CHARS })
    }
}

/// A tag's or tag group's name, trimmed.
///
/// # Errors
/// When it is empty or longer than the platform allows, or holds our separator.
pub fn name(text: &str) -> Result<String, TagRefusal> {
    let name = text.trim();
    match (1..=NAME_CHARS).contains(&name.chars().count()) && !name.contains(char::is_control) {
        true => Ok(name.to_owned()),
        false => Err(TagRefusal::Name),
    }
}

/// The tags to mark on a bond: wanted and not shown. Sorted.
#[must_use]
pub fn to_mark(wanted: &[String], shown: &str) -> Vec<String> {
    let shown: Vec<&str> = shown.split(',').collect();
    let mut missing: Vec<String> = wanted.iter().filter(|w| !shown.contains(&w.as_str())).cloned().collect();
    missing.sort();
    missing.dedup();
    missing
}

/// What a bond shows after marking and removing: comma separated, sorted.
#[must_use]
pub fn shown_after(shown: &str, added: &[String], removed: &[String]) -> String {
    let mut tags: Vec<String> = shown.split(',').filter(|t| !t.is_empty()).map(str::to_owned).collect();
    tags.extend(added.iter().cloned());
    tags.retain(|t| !removed.contains(t));
    tags.sort();
    tags.dedup();
    tags.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_trimmed_and_bounded() {
        assert_eq!(name("  新客 "), Ok("新客".to_owned()));
        assert_eq!(name("  "), Err(TagRefusal::Name));
        assert_eq!(name(&"长".repeat(31)), Err(TagRefusal::Name));
        assert!(name(&"长".repeat(30)).is_ok());
    }

    #[test]
    fn marking_twice_marks_nothing() {
        let wanted = ["b".to_owned(), "a".to_owned()];
        assert_eq!(to_mark(&wanted, ""), ["a", "b"]);
        let shown = shown_after("c", &wanted, &["c".to_owned()]);
        assert_eq!(shown, "a,b");
        assert!(to_mark(&wanted, &shown).is_empty());
    }
}
