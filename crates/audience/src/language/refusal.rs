//! Why a segment is refused, where, and with which words the product may say so.

use std::fmt;

/// A segment holds at most so many conditions, and as many groups.
pub const MOST_TERMS: usize = 1_000;
/// Groups nest at most so deep.
pub const DEEPEST: usize = 50;
/// Ids, values and subjects of one expression, all lists together.
pub const MOST_REFS: usize = 20_000;
/// Bytes of a text.
pub const LONGEST_TEXT: usize = 1 << 20;
/// The longest window in days: a century.
pub const LONGEST_WINDOW: u32 = 36_525;

/// A stable code, its arguments by name, and the place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub code: Code,
    /// What the sentence needs: `found`, `expected`, `most`, `id`…
    pub args: Vec<(&'static str, String)>,
    pub place: Place,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Code {
    /// `found` stands where `expected` should.
    Unexpected,
    /// A quoted text has no end.
    OpenQuote,
    /// `found` follows a backslash; only `\"`, `\\`, `\n`, `\t` and `\u{…}` are known.
    BadEscape,
    /// `found` is no number of the kind asked for, or too large.
    BadNumber,
    /// `found` is no day.
    BadDay,
    /// The end of a range comes before its beginning.
    EmptyRange,
    /// Neither end of a range is given.
    OpenRange,
    /// A list without entries.
    EmptyList,
    /// A window of no days, or longer than `most`.
    BadWindow,
    /// More than `most` conditions, or groups.
    TooManyTerms,
    /// Groups deeper than `most`.
    TooDeep,
    /// More than `most` ids and values.
    TooManyRefs,
    /// A text of more than `most` bytes.
    TooLong,
    /// Segments refer to each other in a circle; `path` names them in turn.
    Circle,
    /// More work than the question allows: `cost` of `most` containers.
    TooCostly,
}

impl Code {
    /// As it is sent and translated: `too_many_terms`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unexpected => "unexpected",
            Self::OpenQuote => "open_quote",
            Self::BadEscape => "bad_escape",
            Self::BadNumber => "bad_number",
            Self::BadDay => "bad_day",
            Self::EmptyRange => "empty_range",
            Self::OpenRange => "open_range",
            Self::EmptyList => "empty_list",
            Self::BadWindow => "bad_window",
            Self::TooManyTerms => "too_many_terms",
            Self::TooDeep => "too_deep",
            Self::TooManyRefs => "too_many_refs",
            Self::TooLong => "too_long",
            Self::Circle => "circle",
            Self::TooCostly => "too_costly",
        }
    }
}

/// Where it is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// In a text.
    Text(Spot),
    /// In a tree: the index taken in each group on the way down. Empty for the root.
    Line(Vec<usize>),
    Whole,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spot {
    /// In bytes.
    pub offset: usize,
    /// In bytes; 0 at the end of the text.
    pub length: usize,
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
}

impl Refusal {
    #[must_use]
    pub fn new(code: Code, place: Place) -> Self {
        Self { code, args: Vec::new(), place }
    }

    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl fmt::Display) -> Self {
        self.args.push((name, value.to_string()));
        self
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.code.name())?;
        for (name, value) in &self.args {
            write!(f, " {name}={value}")?;
        }
        match &self.place {
            Place::Text(spot) => write!(f, " at line {} column {}", spot.line, spot.column),
            Place::Line(path) => write!(f, " at {path:?}"),
            Place::Whole => Ok(()),
        }
    }
}

impl std::error::Error for Refusal {}
