//! Roles, and what can be refused at the door.

use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::kernel::http::{Refusal, permission};

/// How long a session lives without being used: 14 days.
pub const SESSION_IDLE: i64 = 14 * base::time::DAY;
/// How long a one-time sign-in code lives: 24 hours.
pub const CODE_LIFE: i64 = base::time::DAY;
/// Wrong passwords per login within the window before it is shut for the rest of it.
pub const WRONG_TRIES: i64 = 10;
pub const TRY_WINDOW: i64 = 15 * base::time::MINUTE;

/// The roles of the field (domain glossary §2.4). What each may do is fixed here; whom it reaches is set per operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = OperatorRole)]
pub enum Role {
    /// Everything, the installation's settings included.
    Administrator,
    ChiefOwner,
    GroupOwner,
    GroupAdmin,
    CustomerService,
    Analyst,
    ComplianceOfficer,
}

const SETTINGS: &[&str] = &[
    "tenants:write",
    "access:read",
    "access:write",
    "api_keys:read",
    "api_keys:write",
    "accounts:write",
    "operations:write",
    "staff:write",
    "webhooks:read",
    "webhooks:write",
];
/// What lies at the door of the installation: not for those who run groups or read figures.
const DOOR: &[&str] = &["access:read", "api_keys:read", "webhooks:read"];
const OWNER_WRITES: &[&str] = &[
    "groups:write",
    "people:write",
    "tags:write",
    "live_codes:write",
    "welcome:write",
    "segments:write",
    "broadcasts:write",
    "tasks:write",
    "playbooks:write",
    "metrics:write",
    "exports:write",
];

impl Role {
    pub const ALL: [Self; 7] = [
        Self::Administrator,
        Self::ChiefOwner,
        Self::GroupOwner,
        Self::GroupAdmin,
        Self::CustomerService,
        Self::Analyst,
        Self::ComplianceOfficer,
    ];

    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Administrator => "administrator",
            Self::ChiefOwner => "chief_owner",
            Self::GroupOwner => "group_owner",
            Self::GroupAdmin => "group_admin",
            Self::CustomerService => "customer_service",
            Self::Analyst => "analyst",
            Self::ComplianceOfficer => "compliance_officer",
        }
    }

    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|r| r.word() == word)
    }

    /// The rights of this role.
    #[must_use]
    pub fn permissions(self) -> Vec<&'static str> {
        permission::ALL.iter().copied().filter(|word| self.grants(word)).collect()
    }

    fn grants(self, word: &str) -> bool {
        let read = word.ends_with(":read");
        if word.starts_with("people_sensitive:") {
            return match self {
                Self::Administrator | Self::ChiefOwner => true,
                Self::ComplianceOfficer => read,
                _ => false,
            };
        }
        match self {
            Self::Administrator => true,
            Self::ChiefOwner => !SETTINGS.contains(&word),
            Self::GroupOwner => (read && !DOOR.contains(&word)) || OWNER_WRITES.contains(&word),
            Self::GroupAdmin => {
                (read && !DOOR.contains(&word) && word != "contact_data:read")
                    || matches!(word, "tasks:write" | "tags:write" | "people:write" | "exports:write")
            }
            Self::CustomerService => {
                matches!(
                    word,
                    "people:read"
                        | "tags:read"
                        | "groups:read"
                        | "orders:read"
                        | "layers:read"
                        | "today:read"
                        | "tasks:read"
                )
            }
            Self::Analyst => {
                let hidden = matches!(word, "accounts:read" | "operations:read" | "contact_data:read");
                (read && !DOOR.contains(&word) && !hidden) || word == "exports:write"
            }
            Self::ComplianceOfficer => read || matches!(word, "privacy:write" | "data_requests:write"),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AccessRefusal {
    /// Login or password is wrong, or the operator is switched off: one answer for all.
    WrongLogin,
    /// The one-time code is unknown, used or too old.
    CodeSpent,
    TooManyTries,
    UnknownRole,
    LoginTaken,
    PasswordTooShort,
    ReachNeedsStaff,
    LastAdministrator,
}

impl Refusal for AccessRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::WrongLogin => "access.wrong_login",
            Self::CodeSpent => "access.code_spent",
            Self::TooManyTries => "access.too_many_tries",
            Self::UnknownRole => "access.unknown_role",
            Self::LoginTaken => "access.login_taken",
            Self::PasswordTooShort => "access.password_too_short",
            Self::ReachNeedsStaff => "access.reach_needs_staff",
            Self::LastAdministrator => "access.last_administrator",
        }
    }
    fn status(&self) -> StatusCode {
        match self {
            Self::WrongLogin | Self::CodeSpent => StatusCode::UNAUTHORIZED,
            Self::TooManyTries => StatusCode::TOO_MANY_REQUESTS,
            Self::LoginTaken | Self::LastAdministrator => StatusCode::CONFLICT,
            Self::UnknownRole | Self::PasswordTooShort | Self::ReachNeedsStaff => {
                StatusCode::UNPROCESSABLE_ENTITY
            }
        }
    }
    fn args(&self) -> Value {
        json!({})
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_administrators_change_settings_and_analysts_change_nothing() {
        for role in Role::ALL {
            let rights = role.permissions();
            let settings = rights.iter().any(|w| SETTINGS.contains(w) && w.ends_with(":write"));
            assert_eq!(settings, role == Role::Administrator, "{role:?}");
        }
        // She takes lists out as files, which changes nothing.
        assert!(Role::Analyst.permissions().iter().all(|w| w.ends_with(":read") || *w == "exports:write"));
        assert!(!Role::Analyst.permissions().contains(&"contact_data:read"));
        assert_eq!(Role::parse("group_owner"), Some(Role::GroupOwner));
        assert_eq!(Role::parse("boss"), None);
    }
}
