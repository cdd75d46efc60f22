//! Why something about segments is refused.

use audience::language::{Code, Place};
use http::StatusCode;
use serde_json::{Value, json};

use super::{MOST_COMPARED, MOST_OVERLAPPING, NAME_CHARS, PlaceView, REASON_CHARS};
use crate::kernel::http::Refusal;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SegmentRefusal {
    /// The wording can't be read or is out of bounds.
    Wording(Box<audience::Refusal>),
    /// The tree is no tree of conditions.
    UnreadableTree {
        why: String,
    },
    /// Both forms, or none.
    OneForm,
    /// A thing of this id is not there.
    Unknown {
        thing: &'static str,
        id: String,
        place: Box<PlaceView>,
    },
    /// A condition of the language that nothing answers yet.
    NotRecorded {
        what: String,
        place: Box<PlaceView>,
    },
    Name,
    NameTaken,
    Reason,
    /// It was archived: bring it back first.
    Archived,
    /// Other segments refer to it.
    InUse {
        names: Vec<String>,
    },
    Overlapping,
    TooLargeToCompare,
    /// Another operator changed it since it was loaded.
    Stale {
        current: i64,
    },
}

impl From<audience::Refusal> for SegmentRefusal {
    fn from(refusal: audience::Refusal) -> Self {
        Self::Wording(Box::new(refusal))
    }
}

impl Refusal for SegmentRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Wording(refusal) => wording_code(refusal.code),
            Self::UnreadableTree { .. } => "segments.unreadable_tree",
            Self::OneForm => "segments.one_form",
            Self::Unknown { .. } => "segments.unknown",
            Self::NotRecorded { .. } => "segments.not_recorded",
            Self::Name => "segments.name",
            Self::NameTaken => "segments.name_taken",
            Self::Reason => "segments.reason",
            Self::Archived => "segments.archived",
            Self::InUse { .. } => "segments.in_use",
            Self::Overlapping => "segments.overlapping",
            Self::TooLargeToCompare => "segments.too_large_to_compare",
            Self::Stale { .. } => "segments.stale",
        }
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::NameTaken | Self::Archived | Self::InUse { .. } | Self::Stale { .. } => {
                StatusCode::CONFLICT
            }
            _ => StatusCode::UNPROCESSABLE_ENTITY,
        }
    }

    fn args(&self) -> Value {
        match self {
            Self::Wording(refusal) => {
                let mut args = json!({ "place": PlaceView::of(&refusal.place) });
                for (name, value) in &refusal.args {
                    args[*name] = json!(value);
                }
                if let Place::Text(spot) = refusal.place {
                    args["line"] = json!(spot.line);
                    args["column"] = json!(spot.column);
                }
                args
            }
            Self::UnreadableTree { why } => json!({ "why": why }),
            Self::Unknown { thing, id, place } => json!({ "thing": thing, "id": id, "place": place }),
            Self::NotRecorded { what, place } => json!({ "what": what, "place": place }),
            Self::Name => json!({ "limit": NAME_CHARS }),
            Self::Reason => json!({ "limit": REASON_CHARS }),
            Self::Overlapping => json!({ "most": MOST_OVERLAPPING }),
            Self::TooLargeToCompare => json!({ "conditions": MOST_COMPARED.0, "values": MOST_COMPARED.1 }),
            Self::InUse { names } => json!({ "names": names.join(", ") }),
            Self::Stale { current } => json!({ "current": current }),
            Self::OneForm | Self::NameTaken | Self::Archived => json!({}),
        }
    }
}

const fn wording_code(code: Code) -> &'static str {
    match code {
        Code::Unexpected => "segments.unexpected",
        Code::OpenQuote => "segments.open_quote",
        Code::BadEscape => "segments.bad_escape",
        Code::BadNumber => "segments.bad_number",
        Code::BadDay => "segments.bad_day",
        Code::EmptyRange => "segments.empty_range",
        Code::OpenRange => "segments.open_range",
        Code::EmptyList => "segments.empty_list",
        Code::BadWindow => "segments.bad_window",
        Code::TooManyTerms => "segments.too_many_terms",
        Code::TooDeep => "segments.too_deep",
        Code::TooManyRefs => "segments.too_many_refs",
        Code::TooLong => "segments.too_long",
        Code::Circle => "segments.circle",
        Code::TooCostly => "segments.too_costly",
    }
}
