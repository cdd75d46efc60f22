//! What a file may bring, which column means what, the states of an import, and what can be refused. Pure.

pub mod book;
pub mod dump;
mod mapping;
pub mod own;
pub mod plan;
pub mod read;

use std::borrow::Cow;

use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::kernel::http::Refusal;

pub use mapping::{Field, Kind, Mapping, guess, own_id, own_word};

/// Bytes a file may have.
pub const MOST_BYTES: u64 = 256 * 1024 * 1024;
/// Rows a file may have, the header aside.
pub const MOST_ROWS: i64 = 2_000_000;
/// Columns a row may have.
pub const MOST_COLUMNS: usize = 200;
/// Characters a cell may have: what a spreadsheet allows.
pub const MOST_CELL: usize = 32_767;
/// Rows kept together: read, decided and committed at once.
pub const PART_ROWS: usize = 1_000;
/// Rows shown before the columns are named.
pub const PREVIEW_ROWS: usize = 20;
/// Bad rows shown, and bad rows kept for the report.
pub const SHOWN_BAD: usize = 200;
pub const KEPT_BAD: i64 = 10_000;
/// How long the rows of a file are kept after its end.
pub const KEPT_FOR: i64 = 7 * base::time::DAY;
/// Characters of a person's name.
pub const NAME_CHARS: usize = 100;

/// Whether bad rows stop an import.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ImportPolicy)]
pub enum Policy {
    /// One bad row in the dry run, and nothing is taken.
    NoneIfBad,
    /// The good rows are taken, the others reported.
    GoodRows,
}

impl Policy {
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::NoneIfBad => "none_if_bad",
            Self::GoodRows => "good_rows",
        }
    }
}

/// Where an import stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ImportState)]
pub enum State {
    /// The file is being read.
    Reading,
    /// Read; the columns wait to be named.
    Uploaded,
    /// The dry run goes on.
    Checking,
    Checked,
    Running,
    Paused,
    Done,
    Cancelled,
    /// The file could not be read.
    Failed,
}

impl State {
    pub const ALL: [Self; 9] = [
        Self::Reading,
        Self::Uploaded,
        Self::Checking,
        Self::Checked,
        Self::Running,
        Self::Paused,
        Self::Done,
        Self::Cancelled,
        Self::Failed,
    ];

    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Reading => "reading",
            Self::Uploaded => "uploaded",
            Self::Checking => "checking",
            Self::Checked => "checked",
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Done => "done",
            Self::Cancelled => "cancelled",
            Self::Failed => "failed",
        }
    }
    /// An unknown word is a failure of ours and shows as one.
    #[must_use]
    pub fn parse(word: &str) -> Self {
        Self::ALL.into_iter().find(|s| s.word() == word).unwrap_or(Self::Failed)
    }
    /// Nothing more will happen.
    #[must_use]
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Done | Self::Cancelled | Self::Failed)
    }

    /// The state after an order, when it may be given now.
    ///
    /// # Errors
    /// When it may not.
    pub const fn after(self, order: Order) -> Result<Self, ImportRefusal> {
        match (self, order) {
            (Self::Uploaded | Self::Checked, Order::Check) => Ok(Self::Checking),
            (Self::Checked, Order::Run) | (Self::Paused, Order::Resume) => Ok(Self::Running),
            (Self::Running, Order::Pause) => Ok(Self::Paused),
            (
                Self::Uploaded | Self::Checking | Self::Checked | Self::Running | Self::Paused,
                Order::Cancel,
            ) => Ok(Self::Cancelled),
            _ => Err(ImportRefusal::NotNow { state: self }),
        }
    }
}

/// What an operator may order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    Check,
    Run,
    Pause,
    Resume,
    Cancel,
}

/// What became of the rows so far, or would become of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = ImportCounts)]
pub struct Counts {
    /// Rows looked at.
    pub rows: i64,
    pub new: i64,
    /// Known, and something was added.
    pub changed: i64,
    pub unchanged: i64,
    pub bad: i64,
    /// Left out because the person asked to be erased.
    pub erased: i64,
    /// By which key the known ones were recognised.
    pub by_union: i64,
    pub by_external: i64,
    pub by_phone: i64,
    pub by_order_no: i64,
}

impl Counts {
    pub const fn add(&mut self, more: &Self) {
        self.rows += more.rows;
        self.new += more.new;
        self.changed += more.changed;
        self.unchanged += more.unchanged;
        self.bad += more.bad;
        self.erased += more.erased;
        self.by_union += more.by_union;
        self.by_external += more.by_external;
        self.by_phone += more.by_phone;
        self.by_order_no += more.by_order_no;
    }
}

/// One row of a file as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// As a spreadsheet or an editor numbers it: the header is usually 1.
    #[serde(rename = "n")]
    pub number: u32,
    #[serde(rename = "c")]
    pub cells: Vec<String>,
    /// What made the row unreadable, as a catalogue key.
    #[serde(rename = "p", default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

/// Why a row can't be taken, and in which field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bad {
    /// The word of a field; empty when the row as a whole is meant.
    pub field: Cow<'static, str>,
    pub code: &'static str,
}

impl Bad {
    /// The row as a whole.
    #[must_use]
    pub const fn row(code: &'static str) -> Self {
        Self { field: Cow::Borrowed(""), code }
    }
}

/// What is wrong with a row; each has a text in the catalogues.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowProblem {
    CellTooLong,
    Quotes,
    Control,
    Encoding,
    TooManyColumns,
    NoKey,
    Name,
    Phone,
    Id,
    Tag,
    Conflict,
    NotCustomer,
    UnknownPerson,
    Erased,
}

impl RowProblem {
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::CellTooLong => "imports.row_cell_too_long",
            Self::Quotes => "imports.row_quotes",
            Self::Control => "imports.row_control",
            Self::Encoding => "imports.row_encoding",
            Self::TooManyColumns => "imports.row_too_many_columns",
            Self::NoKey => "imports.row_no_key",
            Self::Name => "imports.row_name",
            Self::Phone => "imports.row_phone",
            Self::Id => "imports.row_id",
            Self::Tag => "imports.row_tag",
            Self::Conflict => "imports.row_conflict",
            Self::NotCustomer => "imports.row_not_customer",
            Self::UnknownPerson => "imports.row_unknown_person",
            Self::Erased => "imports.row_erased",
        }
    }
    /// The problem of a kept row, by its code.
    #[must_use]
    pub fn of_code(code: &str) -> &'static str {
        [Self::CellTooLong, Self::Quotes, Self::Control, Self::TooManyColumns]
            .into_iter()
            .map(Self::code)
            .find(|known| *known == code)
            .unwrap_or(Self::Encoding.code())
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ImportRefusal {
    UnknownKind,
    TooLarge,
    TooManyRows,
    Unreadable { detail: String },
    Bomb,
    DumpUnknown,
    QuotesUnbalanced { row: u32 },
    Empty,
    MappingWidth { width: usize },
    UnknownField { field: String },
    FieldTwice { field: String },
    FieldMissing { field: &'static str },
    NoKey,
    TagsNeedGroup,
    ListName,
    MappingName,
    NotNow { state: State },
    BadRows { bad: i64 },
    Gone,
}

impl Refusal for ImportRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::UnknownKind => "imports.unknown_kind",
            Self::TooLarge => "imports.too_large",
            Self::TooManyRows => "imports.too_many_rows",
            Self::Unreadable { .. } => "imports.unreadable",
            Self::Bomb => "imports.bomb",
            Self::DumpUnknown => "imports.dump_unknown",
            Self::QuotesUnbalanced { .. } => "imports.quotes_unbalanced",
            Self::Empty => "imports.empty",
            Self::MappingWidth { .. } => "imports.mapping_width",
            Self::UnknownField { .. } => "imports.unknown_field",
            Self::FieldTwice { .. } => "imports.field_twice",
            Self::FieldMissing { .. } => "imports.field_missing",
            Self::NoKey => "imports.no_key",
            Self::TagsNeedGroup => "imports.tags_need_group",
            Self::ListName => "imports.list_name",
            Self::MappingName => "imports.mapping_name",
            Self::NotNow { .. } => "imports.not_now",
            Self::BadRows { .. } => "imports.bad_rows",
            Self::Gone => "imports.gone",
        }
    }
    fn status(&self) -> StatusCode {
        match self {
            Self::NotNow { .. } | Self::BadRows { .. } => StatusCode::CONFLICT,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Gone => StatusCode::GONE,
            _ => StatusCode::UNPROCESSABLE_ENTITY,
        }
    }
    fn args(&self) -> Value {
        match self {
            Self::TooLarge => json!({ "most": MOST_BYTES / 1024 / 1024 }),
            Self::TooManyRows => json!({ "most": MOST_ROWS }),
            Self::Unreadable { detail } => json!({ "detail": detail }),
            Self::QuotesUnbalanced { row } => json!({ "row": row }),
            Self::MappingWidth { width } => json!({ "width": width }),
            Self::UnknownField { field } | Self::FieldTwice { field } => json!({ "field": field }),
            Self::FieldMissing { field } => json!({ "field": field }),
            Self::NotNow { state } => json!({ "state": state.word() }),
            Self::BadRows { bad } => json!({ "bad": bad }),
            _ => json!({}),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_are_given_in_their_time() {
        assert_eq!(State::Uploaded.after(Order::Check), Ok(State::Checking));
        assert_eq!(State::Checked.after(Order::Run), Ok(State::Running));
        assert_eq!(State::Paused.after(Order::Resume), Ok(State::Running));
        assert!(State::Uploaded.after(Order::Run).is_err(), "never without a dry run");
        for state in State::ALL.into_iter().filter(|s| s.is_over()) {
            for order in [Order::Check, Order::Run, Order::Pause, Order::Resume, Order::Cancel] {
                assert_eq!(state.after(order), Err(ImportRefusal::NotNow { state }));
            }
            assert_eq!(State::parse(state.word()), state);
        }
    }
}
