//! Fields of a person: what of her own row, groups and contacts can be asked by name, and the company's own fields, asked
//! by id.

use audience::Expr;
use audience::language::{Condition, Ref};

use super::Thing;
use crate::kernel::stored_words::stored_words;
use crate::people::FieldForm;

stored_words! {
    /// What a field's value is, and so which conditions may ask it.
    SegmentFieldKind {
        Text = "text",
        Number = "number",
        Date = "date",
        YesNo = "yes_no",
    }
}

impl SegmentFieldKind {
    /// What an own field of this form is asked as. A choice is a text, several are several texts; a month is its first
    /// day, which makes the same age in months.
    #[must_use]
    pub const fn of(form: FieldForm) -> Self {
        match form {
            FieldForm::Text | FieldForm::Choice | FieldForm::Choices => Self::Text,
            FieldForm::Number => Self::Number,
            FieldForm::Date | FieldForm::BirthMonth => Self::Date,
            FieldForm::YesNo => Self::YesNo,
        }
    }

    /// The conditions that may ask a field of this kind.
    #[must_use]
    pub const fn asks(self) -> &'static [&'static str] {
        match self {
            Self::Text => &["text", "known"],
            Self::Number => &["number", "known"],
            Self::Date => &["date", "age", "known"],
            Self::YesNo => &["yes_no", "known"],
        }
    }
}

/// The conditions that may ask an own field: a month has no day on which it comes round.
#[must_use]
pub const fn asks(form: FieldForm) -> &'static [&'static str] {
    match form {
        FieldForm::Date => &["date", "age", "birthday", "known"],
        form => SegmentFieldKind::of(form).asks(),
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

/// The field that a condition asks, and as what.
fn asked(condition: &Condition) -> Option<(&Ref, Thing)> {
    Some(match condition {
        Condition::Text { field, .. } => (field, Thing::TextField),
        Condition::Number { field, .. } => (field, Thing::NumberField),
        Condition::Date { field, .. } | Condition::Age { field, .. } => (field, Thing::DateField),
        Condition::Birthday { field, .. } => (field, Thing::DayField),
        Condition::YesNo { field, .. } => (field, Thing::YesNoField),
        Condition::Known { field } => (field, Thing::Field),
        _ => return None,
    })
}

/// One of the product's own fields.
#[must_use]
pub fn of_the_product(id: &str) -> Option<&'static Field> {
    FIELDS.iter().find(|field| field.id == id)
}

/// The own field that a condition asks, as which kind; those of the product are settled here.
///
/// # Errors
/// A field of the product that can't be asked so.
pub(super) fn own(condition: &Condition) -> Result<Option<(Thing, &str)>, (&'static str, &str)> {
    let Some((field, thing)) = asked(condition) else { return Ok(None) };
    let Some(known) = of_the_product(&field.id) else { return Ok(Some((thing, &field.id))) };
    let fits = match thing {
        Thing::TextField => known.kind == SegmentFieldKind::Text,
        Thing::NumberField => known.kind == SegmentFieldKind::Number,
        Thing::DateField | Thing::DayField => known.kind == SegmentFieldKind::Date,
        Thing::YesNoField => known.kind == SegmentFieldKind::YesNo,
        _ => true,
    };
    if fits { Ok(None) } else { Err((thing.word(), &field.id)) }
}

/// The tree with the names that its own fields have now, for showing it.
#[must_use]
pub fn labelled(expr: &Expr, name: &dyn Fn(Thing, &str) -> Option<String>) -> Expr {
    let all = |lines: &[Expr]| lines.iter().map(|line| labelled(line, name)).collect();
    let condition = match expr {
        Expr::All(lines) => return Expr::All(all(lines)),
        Expr::Any(lines) => return Expr::Any(all(lines)),
        Expr::None(lines) => return Expr::None(all(lines)),
        Expr::Is(condition) => condition,
    };
    let found = asked(condition).and_then(|(field, thing)| name(thing, &field.id));
    let mut condition = condition.clone();
    if let (Some(name), Some(field)) = (found, field_of(&mut condition)) {
        field.name = Some(name);
    }
    Expr::Is(condition)
}

fn field_of(condition: &mut Condition) -> Option<&mut Ref> {
    match condition {
        Condition::Text { field, .. }
        | Condition::Number { field, .. }
        | Condition::Date { field, .. }
        | Condition::Age { field, .. }
        | Condition::Birthday { field, .. }
        | Condition::YesNo { field, .. }
        | Condition::Known { field } => Some(field),
        _ => None,
    }
}
