//! What an employee is beside customers, and what changed in the directory.

use std::collections::BTreeMap;

use http::StatusCode;
use messenger::directory::StaffSnapshot;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::rows::StaffRow;
use crate::kernel::http::Refusal;

/// What an employee is among customers. Nobody of these counts as a customer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StaffKind {
    #[default]
    Staff,
    CustomerService,
    ShoppingGuide,
    /// Answers in a field; labelled.
    Expert,
    /// Keeps the talk going; labelled.
    HostCrew,
    /// An account of the brand that looks like a customer; labelled, and kept out of every figure for ever.
    HouseAccount,
}

impl StaffKind {
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Staff => "staff",
            Self::CustomerService => "customer_service",
            Self::ShoppingGuide => "shopping_guide",
            Self::Expert => "expert",
            Self::HostCrew => "host_crew",
            Self::HouseAccount => "house_account",
        }
    }
    /// Whether an account of this kind may be given another: a house account stays one.
    #[must_use]
    pub const fn may_become(self, other: Self) -> bool {
        !matches!((self, other), (Self::HouseAccount, k) if !matches!(k, Self::HouseAccount))
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StaffRefusal {
    HouseAccountStays,
}

impl Refusal for StaffRefusal {
    fn code(&self) -> &'static str {
        "staff.house_account_stays"
    }
    fn status(&self) -> StatusCode {
        StatusCode::CONFLICT
    }
    fn args(&self) -> Value {
        json!({})
    }
}

/// One employee to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaffChange {
    pub platform_id: String,
    pub name: String,
    pub title: Option<String>,
    pub active: bool,
    pub serving: bool,
}

/// What must be written so that the mirror shows the platform's list: new and changed employees, and the vanished,
/// who become inactive. Ordered by platform id.
#[must_use]
pub fn diff(known: &[StaffRow], listed: &[StaffSnapshot], serving: &[String]) -> Vec<StaffChange> {
    let known: BTreeMap<&str, &StaffRow> = known.iter().map(|s| (s.platform_id.as_str(), s)).collect();
    let mut wanted: BTreeMap<&str, StaffChange> = BTreeMap::new();
    for s in listed {
        let change = StaffChange {
            platform_id: s.id.clone(),
            name: if s.name.is_empty() { s.id.clone() } else { s.name.clone() },
            title: s.position.clone().filter(|p| !p.is_empty()),
            active: s.active,
            serving: serving.contains(&s.id),
        };
        wanted.insert(&s.id, change);
    }
    for id in serving {
        // In range for customers though not in the directory's answer: the application may not read her name.
        wanted.entry(id).or_insert_with(|| StaffChange {
            platform_id: id.clone(),
            name: known.get(id.as_str()).map_or_else(|| id.clone(), |k| k.name.clone()),
            title: known.get(id.as_str()).and_then(|k| k.title.clone()),
            active: true,
            serving: true,
        });
    }
    for (id, row) in &known {
        wanted.entry(id).or_insert_with(|| StaffChange {
            platform_id: row.platform_id.clone(),
            name: row.name.clone(),
            title: row.title.clone(),
            active: false,
            serving: false,
        });
    }
    wanted.into_values().filter(|w| known.get(w.platform_id.as_str()).is_none_or(|k| differs(k, w))).collect()
}

fn differs(known: &StaffRow, wanted: &StaffChange) -> bool {
    known.name != wanted.name
        || known.title != wanted.title
        || known.active != wanted.active
        || known.serving != wanted.serving
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(id: &str, active: bool) -> StaffRow {
        StaffRow {
            id: format!("stf_{id}"),
            account_id: "acc".into(),
            platform_id: id.into(),
            name: id.to_uppercase(),
            title: None,
            active,
            serving: active,
            kind: "staff".into(),
            operator_id: None,
        }
    }
    fn listed(id: &str) -> StaffSnapshot {
        StaffSnapshot {
            id: id.into(),
            name: id.to_uppercase(),
            departments: vec![1],
            position: None,
            active: true,
        }
    }

    #[test]
    fn only_what_changed_is_written_and_the_vanished_become_inactive() {
        let known = [row("ann", true), row("bo", true), row("gone", true), row("old", false)];
        let mut cy = listed("cy");
        cy.position = Some("店长".into());
        let changes = diff(&known, &[listed("ann"), listed("bo"), cy], &["ann".into(), "dee".into()]);
        let brief: Vec<_> =
            changes.iter().map(|c| (c.platform_id.as_str(), c.name.as_str(), c.active, c.serving)).collect();
        assert_eq!(
            brief,
            [
                ("bo", "BO", true, false),
                ("cy", "CY", true, false),
                ("dee", "dee", true, true),
                ("gone", "GONE", false, false)
            ]
        );
    }

    #[test]
    fn a_house_account_stays_one() {
        assert!(StaffKind::Staff.may_become(StaffKind::HouseAccount));
        assert!(!StaffKind::HouseAccount.may_become(StaffKind::Staff));
        assert!(StaffKind::HouseAccount.may_become(StaffKind::HouseAccount));
    }
}
