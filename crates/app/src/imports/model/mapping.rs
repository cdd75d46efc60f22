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
    /// Whether its rows may hold the company's own fields of people.
    #[must_use]
    pub const fn has_own_fields(self) -> bool {
        matches!(self, Self::People)
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

/// What a column means, unless it is one of the company's own fields of people: those have a word of the form
/// `custom:<id>` ([`own_word`]). Words are all that is stored.
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

const OWN: &str = "custom:";

/// The word of one of the company's own fields.
#[must_use]
pub fn own_word(id: &str) -> String {
    format!("{OWN}{id}")
}

/// The id in the word of an own field.
#[must_use]
pub fn own_id(word: &str) -> Option<&str> {
    word.strip_prefix(OWN)
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
    /// Checks it against the kind and the width of the file. `own` are names of own fields that the rows may have, by
    /// id.
    ///
    /// # Errors
    /// What is missing or said twice.
    pub fn check(
        &self,
        kind: Kind,
        width: usize,
        own: &HashMap<String, String>,
    ) -> Result<(), ImportRefusal> {
        if self.columns.len() != width {
            return Err(ImportRefusal::MappingWidth { width });
        }
        let (mut fields, mut words) = (Vec::new(), Vec::new());
        for word in self.columns.iter().flatten() {
            let name = own_id(word).filter(|_| kind.has_own_fields()).and_then(|id| own.get(id));
            let field = Field::parse(word).filter(|f| kind.fields().contains(f));
            if field.is_none() && name.is_none() {
                return Err(ImportRefusal::UnknownField { field: word.clone() });
            }
            if words.contains(&word) {
                return Err(ImportRefusal::FieldTwice { field: name.unwrap_or(word).clone() });
            }
            words.push(word);
            fields.extend(field);
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

    /// Where each own field stands: column and id.
    #[must_use]
    pub fn own(&self) -> Vec<(usize, &str)> {
        let columns = self.columns.iter().enumerate();
        columns.filter_map(|(i, word)| Some((i, own_id(word.as_deref()?)?))).collect()
    }

    /// Where each field stands.
    #[must_use]
    pub fn places(&self) -> HashMap<Field, usize> {
        let field = |word: &Option<String>| word.as_deref().and_then(Field::parse);
        self.columns.iter().enumerate().filter_map(|(i, word)| Some((field(word)?, i))).collect()
    }
}

/// Guesses what the columns mean from their headers. `aliases` maps normal header texts to words of fields.
#[must_use]
pub fn guess(kind: Kind, headers: &[String], aliases: &HashMap<String, String>) -> Vec<Option<String>> {
    let mut taken = Vec::new();
    let fits = |word: &str| match Field::parse(word) {
        Some(field) => kind.fields().contains(&field),
        None => kind.has_own_fields(),
    };
    let one = |header: &String| {
        let word = aliases.get(&crate::orders::normal_header(header))?;
        if taken.contains(&word) || !fits(word) {
            return None;
        }
        taken.push(word);
        Some(word.clone())
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

    fn check(mapping: &Mapping, kind: Kind, width: usize) -> Result<(), ImportRefusal> {
        mapping.check(kind, width, &HashMap::from([("f1".to_owned(), "Birthday".to_owned())]))
    }

    #[test]
    fn a_mapping_needs_a_key_and_says_nothing_twice() {
        assert_eq!(check(&mapping(&["name", "", "phone"]), Kind::People, 3), Ok(()));
        assert_eq!(check(&mapping(&["name"]), Kind::People, 1), Err(ImportRefusal::NoKey));
        let twice = check(&mapping(&["phone", "phone"]), Kind::People, 2);
        assert_eq!(twice, Err(ImportRefusal::FieldTwice { field: "phone".into() }));
        let foreign = check(&mapping(&["paid"]), Kind::People, 1);
        assert_eq!(foreign, Err(ImportRefusal::UnknownField { field: "paid".into() }));
        assert_eq!(
            check(&mapping(&["phone"]), Kind::People, 2),
            Err(ImportRefusal::MappingWidth { width: 2 })
        );
        assert_eq!(check(&mapping(&["phone"]), Kind::List, 1), Err(ImportRefusal::ListName));
        let order = check(&mapping(&["order_no", "paid"]), Kind::Orders, 2);
        assert_eq!(order, Err(ImportRefusal::FieldMissing { field: "paid_at" }));
        let tags = Mapping { tag_group: String::new(), ..mapping(&["phone", "tags"]) };
        assert_eq!(check(&tags, Kind::People, 2), Err(ImportRefusal::TagsNeedGroup));
    }

    #[test]
    fn own_fields_belong_to_people_and_are_known_by_their_header() {
        let own = mapping(&["phone", "custom:f1"]);
        assert_eq!(check(&own, Kind::People, 2), Ok(()));
        assert_eq!(own.own(), [(1, "f1")]);
        let other = Err(ImportRefusal::UnknownField { field: "custom:f1".into() });
        assert_eq!(check(&own, Kind::Tags, 2), other);
        let gone = check(&mapping(&["phone", "custom:f2"]), Kind::People, 2);
        assert_eq!(gone, Err(ImportRefusal::UnknownField { field: "custom:f2".into() }));
        let twice = check(&mapping(&["phone", "custom:f1", "custom:f1"]), Kind::People, 3);
        assert_eq!(twice, Err(ImportRefusal::FieldTwice { field: "Birthday".into() }));
        let aliases = [("phone", "phone"), ("birthday", "custom:f1")];
        let aliases = aliases.map(|(header, word)| (header.to_owned(), word.to_owned())).into();
        let headers = ["Birthday", "Phone", "birthday (baby)"].map(str::to_owned);
        let guessed = guess(Kind::People, &headers, &aliases);
        assert_eq!(guessed, [Some("custom:f1".to_owned()), Some("phone".to_owned()), None]);
        assert_eq!(guess(Kind::List, &headers, &aliases)[0], None);
    }
}
