//! Whether two persons may become one, and how sure a match is.

use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::super::rows::Half;
use crate::kernel::http::Refusal;

/// By what somebody was recognised, surest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MatchedBy {
    UnionId,
    ExternalId,
    Phone,
    Manual,
}

impl MatchedBy {
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::UnionId => "union_id",
            Self::ExternalId => "external_id",
            Self::Phone => "phone",
            Self::Manual => "manual",
        }
    }
    /// Percent.
    #[must_use]
    pub const fn confidence(self) -> i64 {
        match self {
            Self::UnionId | Self::ExternalId | Self::Manual => 100,
            Self::Phone => 95,
        }
    }
}

/// Why persons can't be joined or parted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PeopleRefusal {
    SamePerson,
    /// Two different union ids are two humans for certain.
    TwoUnionIds {
        one: String,
        other: String,
    },
    StaffWithCustomer,
    /// The result would count nowhere: that must be said expressly.
    WouldNotCount {
        kind: String,
    },
    AlreadyMerged,
    /// Of somebody who was erased nothing is known that could be joined or brought back.
    Erased,
    /// A later joining or parting of the same person has to be undone first.
    LaterChange,
    AlreadyUndone,
    /// Nothing would be left, or nothing would go.
    NothingToSplit,
    /// The platform says that these contacts are one human.
    SameUnionId,
}

impl Refusal for PeopleRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::SamePerson => "people.same_person",
            Self::TwoUnionIds { .. } => "people.two_union_ids",
            Self::StaffWithCustomer => "people.staff_with_customer",
            Self::WouldNotCount { .. } => "people.would_not_count",
            Self::AlreadyMerged => "people.already_merged",
            Self::Erased => "people.erased",
            Self::LaterChange => "people.later_change",
            Self::AlreadyUndone => "people.already_undone",
            Self::NothingToSplit => "people.nothing_to_split",
            Self::SameUnionId => "people.same_union_id",
        }
    }
    fn status(&self) -> StatusCode {
        match self {
            Self::NothingToSplit | Self::SamePerson => StatusCode::UNPROCESSABLE_ENTITY,
            _ => StatusCode::CONFLICT,
        }
    }
    fn args(&self) -> Value {
        match self {
            Self::TwoUnionIds { one, other } => json!({ "one": one, "other": other }),
            Self::WouldNotCount { kind } => json!({ "kind": kind }),
            _ => json!({}),
        }
    }
}

/// Whether a person who speaks for the brand may swallow a customer: only when somebody said so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Barred {
    Refuse,
    Accept,
}

/// Kinds that count nowhere, in the order in which one outweighs another.
const STRONGEST: [&str; 4] = ["house_account", "host_crew", "bot", "test"];

/// The kinds of two who were one until now and were these before: a mark set while they were one is both of theirs,
/// because nobody can say whose it was, and neither a house account nor a host is ever washed.
pub fn parted_kinds<'a>(present: &'a str, (one, other): (&'a str, &'a str)) -> (&'a str, &'a str) {
    let came = |kind: &&str| STRONGEST[..2].contains(kind) && one != *kind && other != *kind;
    let marked = Some(present).filter(came);
    let of = |was: &'a str| if was == STRONGEST[0] { was } else { marked.unwrap_or(was) };
    (of(one), of(other))
}

/// The kind of the person that two become: whoever is barred from counting stays barred, so a house account is never
/// washed into a customer.
///
/// # Errors
/// When they are one, two for certain, staff and customer, already joined, or would count no more without a word.
pub fn joined_kind(one: &Half, other: &Half, barred: Barred) -> Result<String, PeopleRefusal> {
    if one.id == other.id {
        return Err(PeopleRefusal::SamePerson);
    }
    if one.kind == "merged" || other.kind == "merged" {
        return Err(PeopleRefusal::AlreadyMerged);
    }
    if one.kind == "erased" || other.kind == "erased" {
        return Err(PeopleRefusal::Erased);
    }
    if (one.kind == "staff") != (other.kind == "staff") {
        return Err(PeopleRefusal::StaffWithCustomer);
    }
    if let (Some(a), Some(b)) = (&one.union_id, &other.union_id)
        && a != b
    {
        return Err(PeopleRefusal::TwoUnionIds { one: one.name.clone(), other: other.name.clone() });
    }
    if one.kind == other.kind {
        return Ok(one.kind.clone());
    }
    let kind = STRONGEST.into_iter().find(|k| *k == one.kind || *k == other.kind).unwrap_or("test");
    match barred {
        Barred::Accept => Ok(kind.to_owned()),
        Barred::Refuse => Err(PeopleRefusal::WouldNotCount { kind: kind.to_owned() }),
    }
}

/// How sure it is, in percent, that two bearers of one number are one human. A number that many bear is a shop's.
#[must_use]
pub const fn phone_confidence(verified: i64, bearers: i64) -> i64 {
    if bearers > 3 {
        return 20;
    }
    match verified {
        2.. => MatchedBy::Phone.confidence(),
        1 => 80,
        _ => 60,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn half(id: &str, kind: &str, union: Option<&str>) -> Half {
        Half { id: id.into(), name: id.to_uppercase(), kind: kind.into(), union_id: union.map(Into::into) }
    }

    #[test]
    fn who_may_become_one() {
        let (ann, bo) = (half("ann", "customer", Some("u1")), half("bo", "customer", None));
        assert_eq!(joined_kind(&ann, &bo, Barred::Refuse), Ok("customer".to_owned()));
        assert_eq!(joined_kind(&ann, &ann, Barred::Accept), Err(PeopleRefusal::SamePerson));
        let two = joined_kind(&ann, &half("cy", "customer", Some("u2")), Barred::Accept);
        assert_eq!(two, Err(PeopleRefusal::TwoUnionIds { one: "ANN".into(), other: "CY".into() }));
        assert_eq!(
            joined_kind(&half("s", "staff", None), &bo, Barred::Accept),
            Err(PeopleRefusal::StaffWithCustomer)
        );
        assert_eq!(
            joined_kind(&bo, &half("m", "merged", None), Barred::Accept),
            Err(PeopleRefusal::AlreadyMerged)
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn nobody_barred_ever_becomes_a_customer(
            a in prop::sample::select(vec!["customer", "test", "bot", "host_crew", "house_account"]),
            b in prop::sample::select(vec!["customer", "test", "bot", "host_crew", "house_account"]),
        ) {
            let (a, b) = (half("a", a, None), half("b", b, None));
            let kind = joined_kind(&a, &b, Barred::Accept).expect("no reason against it");
            prop_assert_eq!(kind == "customer", a.kind == "customer" && b.kind == "customer");
            prop_assert_eq!(joined_kind(&b, &a, Barred::Accept), Ok(kind.clone()));
            prop_assert_eq!(kind == "house_account", a.kind == "house_account" || b.kind == "house_account");
            prop_assert_eq!(joined_kind(&a, &b, Barred::Refuse).is_err(), a.kind != b.kind);
        }
        #[test]
        fn a_shared_number_is_never_surer_than_a_proven_one(verified in 0i64..4, bearers in 2i64..9) {
            prop_assert!(phone_confidence(verified, bearers) <= MatchedBy::Phone.confidence());
            prop_assert!(phone_confidence(verified, bearers) <= phone_confidence(verified + 1, bearers));
        }
    }
}
