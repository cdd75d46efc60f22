//! Fields of a person: what of her own row, groups and contacts can be asked by name.

use audience::language::Condition;

use crate::kernel::stored_words::stored_words;

stored_words! {
    /// What a field's value is, and so which conditions may ask it.
    SegmentFieldKind {
        Text = "text",
        Number = "number",
        Date = "date",
        YesNo = "yes_no",
    }
}

/// One field. What each holds: `store/fields.rs`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    pub id: &'static str,
    pub kind: SegmentFieldKind,
    /// The values that occur, where they are words of the product.
    pub values: &'static [&'static str],
}

/// When she became known, by the platform or by a file.
pub const FIRST_SEEN: &str = "first_seen";
/// Where she came from.
pub const PROVENANCE: &str = "provenance";
/// In how many groups she is now.
pub const GROUPS: &str = "groups";
/// Whether an employee has her as a contact now.
pub const FRIEND: &str = "friend";
/// Whether she uses the company messenger of another company; not known of members who are nobody's contact.
pub const WORK_ACCOUNT: &str = "work_account";

/// All of them.
pub const FIELDS: [Field; 5] = [
    Field { id: FIRST_SEEN, kind: SegmentFieldKind::Date, values: &[] },
    Field { id: PROVENANCE, kind: SegmentFieldKind::Text, values: &["platform", "import"] },
    Field { id: GROUPS, kind: SegmentFieldKind::Number, values: &[] },
    Field { id: FRIEND, kind: SegmentFieldKind::YesNo, values: &[] },
    Field { id: WORK_ACCOUNT, kind: SegmentFieldKind::YesNo, values: &[] },
];

/// What is wrong with the field a condition asks: there is none of this id that can be asked so.
pub(super) fn unknown(condition: &Condition) -> Option<(&'static str, &str)> {
    let (field, kind, thing) = match condition {
        Condition::Text { field, .. } => (field, Some(SegmentFieldKind::Text), "text field"),
        Condition::Number { field, .. } => (field, Some(SegmentFieldKind::Number), "number field"),
        Condition::Date { field, .. } | Condition::Age { field, .. } => {
            (field, Some(SegmentFieldKind::Date), "date field")
        }
        Condition::YesNo { field, .. } => (field, Some(SegmentFieldKind::YesNo), "yes-or-no field"),
        Condition::Known { field } => (field, None, "field"),
        _ => return None,
    };
    let known = FIELDS.iter().any(|f| f.id == field.id && kind.is_none_or(|kind| f.kind == kind));
    (!known).then_some((thing, field.id.as_str()))
}
