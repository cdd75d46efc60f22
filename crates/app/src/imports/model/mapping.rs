//! What a file may bring, and which of its columns means what. Pure.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::ImportRefusal;

/// What the rows of a file are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ImportKind)]
pub enum Kind {
    /// People, known ones and new ones, with tags if a column has them.
    People,
    /// Tags of people who are known already.
    Tags,
    Orders,
    /// A named list of people who are known already.
    List,
}

impl Kind {
    pub const ALL: [Self; 4] = [Self::People, Self::Tags, Self::Orders, Self::List];

    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::People => "people",
            Self::Tags => "tags",
            Self::Orders => "orders",
            Self::List => "list",
        }
    }
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.word() == word)
    }
    /// The fields that a file of this kind may have.
    #[must_use]
    pub const fn fields(self) -> &'static [Field] {
        match self {
            Self::People => &[Field::Name, Field::Phone, Field::ExternalId, Field::UnionId, Field::Tags],
            Self::Tags => &[Field::Phone, Field::ExternalId, Field::UnionId, Field::Tags],
            Self::List => &[Field::Phone, Field::ExternalId, Field::UnionId],
            Self::Orders => &[
                Field::OrderNo,
                Field::Paid,
                Field::PaidAt,
                Field::Amount,
                Field::Status,
                Field::Refunded,
                Field::RefundedAt,
                Field::Product,
                Field::Phone,
                Field::ExternalId,
                Field::UnionId,
            ],
        }
    }
}

/// What a column means. A kind of field that is still to come (a company's own fields, by id) becomes one more variant
/// with a payload and a word of the form `custom:<id>`; words are all that is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Field {
    Name,
    Phone,
    ExternalId,
    UnionId,
    Tags,
    OrderNo,
    Amount,
    Paid,
    PaidAt,
    Status,
    Refunded,
    RefundedAt,
    Product,
}

impl Field {
    pub const ALL: [Self; 13] = [
        Self::Name,
        Self::Phone,
        Self::ExternalId,
        Self::UnionId,
        Self::Tags,
        Self::OrderNo,
        Self::Amount,
        Self::Paid,
        Self::PaidAt,
        Self::Status,
        Self::Refunded,
        Self::RefundedAt,
        Self::Product,
    ];

    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Phone => "phone",
            Self::ExternalId => "external_id",
            Self::UnionId => "union_id",
            Self::Tags => "tags",
            Self::OrderNo => "order_no",
            Self::Amount => "amount",
            Self::Paid => "paid",
            Self::PaidAt => "paid_at",
            Self::Status => "status",
            Self::Refunded => "refunded",
            Self::RefundedAt => "refunded_at",
            Self::Product => "product",
        }
    }
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|f| f.word() == word)
    }
}

/// Which column means what, and what else the rows need.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = ImportMapping)]
pub struct Mapping {
    /// For each column of the file the word of a field, or nothing for a column that is left out.
    pub columns: Vec<Option<String>>,
    /// What stands between two tags of one cell. Empty: a comma of either width, a semicolon, a bar.
    #[serde(default)]
    pub tag_separator: String,
    /// The account whose tags are given.
    #[serde(default)]
    pub account_id: String,
    /// The tag group in which missing tags are made.
    #[serde(default)]
    pub tag_group: String,
    /// The name of the list that the people come into.
    #[serde(default)]
    pub list_name: String,
}

impl Mapping {
    /// Checks it against the kind and the width of the file.
    ///
    /// # Errors
    /// What is missing or said twice.
    pub fn check(&self, kind: Kind, width: usize) -> Result<(), ImportRefusal> {
        if self.columns.len() != width {
            return Err(ImportRefusal::MappingWidth { width });
        }
        let mut fields = Vec::new();
        for word in self.columns.iter().flatten() {
            let field = Field::parse(word).filter(|f| kind.fields().contains(f));
            let Some(field) = field else { return Err(ImportRefusal::UnknownField { field: word.clone() }) };
            if fields.contains(&field) {
                return Err(ImportRefusal::FieldTwice { field: field.word() });
            }
            fields.push(field);
        }
        let has = |field: Field| fields.contains(&field);
        if kind == Kind::Orders {
            let needed = [Field::OrderNo, Field::Paid, Field::PaidAt];
            return match needed.into_iter().find(|f| !has(*f)) {
                Some(field) => Err(ImportRefusal::FieldMissing { field: field.word() }),
                None => Ok(()),
            };
        }
        if ![Field::Phone, Field::ExternalId, Field::UnionId].into_iter().any(has) {
            return Err(ImportRefusal::NoKey);
        }
        if kind == Kind::Tags && !has(Field::Tags) {
            return Err(ImportRefusal::FieldMissing { field: Field::Tags.word() });
        }
        if has(Field::Tags) && (self.account_id.is_empty() || self.tag_group.trim().is_empty()) {
            return Err(ImportRefusal::TagsNeedGroup);
        }
        if kind == Kind::List && !(1..=60).contains(&self.list_name.trim().chars().count()) {
            return Err(ImportRefusal::ListName);
        }
        Ok(())
    }

    /// Where each field stands.
    #[must_use]
    pub fn places(&self) -> HashMap<Field, usize> {
        let field = |word: &Option<String>| word.as_deref().and_then(Field::parse);
        self.columns.iter().enumerate().filter_map(|(i, word)| Some((field(word)?, i))).collect()
    }
}

/// Guesses what the columns mean from their headers. `aliases` maps normal header texts to fields.
#[must_use]
pub fn guess(kind: Kind, headers: &[String], aliases: &HashMap<String, Field>) -> Vec<Option<String>> {
    let mut taken = Vec::new();
    let one = |header: &String| {
        let field = aliases.get(&crate::orders::normal_header(header))?;
        if taken.contains(field) || !kind.fields().contains(field) {
            return None;
        }
        taken.push(*field);
        Some(field.word().to_owned())
    };
    headers.iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mapping(columns: &[&str]) -> Mapping {
        let columns = columns.iter().map(|c| Some((*c).to_owned()).filter(|c| !c.is_empty())).collect();
        Mapping { columns, account_id: "acc".into(), tag_group: "g".into(), ..Mapping::default() }
    }

    #[test]
    fn a_mapping_needs_a_key_and_says_nothing_twice() {
        assert_eq!(mapping(&["name", "", "phone"]).check(Kind::People, 3), Ok(()));
        assert_eq!(mapping(&["name"]).check(Kind::People, 1), Err(ImportRefusal::NoKey));
        let twice = mapping(&["phone", "phone"]).check(Kind::People, 2);
        assert_eq!(twice, Err(ImportRefusal::FieldTwice { field: "phone" }));
        let foreign = mapping(&["paid"]).check(Kind::People, 1);
        assert_eq!(foreign, Err(ImportRefusal::UnknownField { field: "paid".into() }));
        let custom = mapping(&["custom:f1"]).check(Kind::People, 1);
        assert_eq!(custom, Err(ImportRefusal::UnknownField { field: "custom:f1".into() }));
        assert_eq!(mapping(&["phone"]).check(Kind::People, 2), Err(ImportRefusal::MappingWidth { width: 2 }));
        assert_eq!(mapping(&["phone"]).check(Kind::List, 1), Err(ImportRefusal::ListName));
        let order = mapping(&["order_no", "paid"]).check(Kind::Orders, 2);
        assert_eq!(order, Err(ImportRefusal::FieldMissing { field: "paid_at" }));
        let tags = Mapping { tag_group: String::new(), ..mapping(&["phone", "tags"]) };
        assert_eq!(tags.check(Kind::People, 2), Err(ImportRefusal::TagsNeedGroup));
    }
}
