//! How long things are kept.

use serde::Serialize;

/// One kind of thing that goes by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = RetentionObject)]
pub enum Object {
    /// Callbacks of the platform as they came, once they were acted upon.
    Callbacks,
    /// Openings of links as they came, once they were counted. The figures stay.
    Clicks,
    /// Greetings and what became of them.
    Greetings,
    /// Sessions of operators that were not used, spent sign-in codes, wrong tries.
    Sessions,
    /// Copies of personal data made for persons.
    Exports,
    /// Who did what.
    Audit,
}

impl Object {
    pub const ALL: [Self; 6] =
        [Self::Callbacks, Self::Clicks, Self::Greetings, Self::Sessions, Self::Exports, Self::Audit];

    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Callbacks => "callbacks",
            Self::Clicks => "clicks",
            Self::Greetings => "greetings",
            Self::Sessions => "sessions",
            Self::Exports => "exports",
            Self::Audit => "audit",
        }
    }
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|o| o.word() == word)
    }
    /// Days: shortest, unless decided otherwise, longest.
    #[must_use]
    pub const fn days(self) -> (i64, i64, i64) {
        match self {
            Self::Callbacks => (3, 30, 90),
            Self::Clicks => (30, 365, 1_095),
            Self::Greetings => (30, 180, 730),
            Self::Sessions => (1, 30, 90),
            Self::Exports => (1, 7, 30),
            Self::Audit => (365, 1_095, 3_650),
        }
    }
    /// Statements that each delete a batch of what is older: tenant, instant.
    pub(crate) const fn deletes(self) -> &'static [&'static str] {
        match self {
            Self::Callbacks => &["DELETE FROM accounts_inbox WHERE tenant_id = $1 AND seq IN (
                    SELECT i.seq FROM accounts_inbox i JOIN accounts_cursor c ON c.tenant_id = i.tenant_id
                    WHERE i.tenant_id = $1 AND i.received_at < $2 AND i.seq + i.many - 1 <= c.seq ORDER BY i.seq LIMIT 500)"],
            Self::Clicks => &["DELETE FROM links_click WHERE tenant_id = $1 AND id IN (
                    SELECT id FROM links_click WHERE tenant_id = $1 AND at < $2 AND settled = TRUE
                    ORDER BY id LIMIT 500)"],
            Self::Greetings => &["DELETE FROM welcome_log WHERE tenant_id = $1 AND id IN (
                    SELECT id FROM welcome_log WHERE tenant_id = $1 AND arrived_at < $2 AND status <> 'pending'
                    ORDER BY id LIMIT 500)"],
            Self::Sessions => &[
                "DELETE FROM access_session WHERE tenant_id = $1 AND digest IN (
                    SELECT digest FROM access_session WHERE tenant_id = $1 AND seen_at < $2 LIMIT 500)",
                "DELETE FROM access_sign_in_code WHERE tenant_id = $1 AND digest IN (
                    SELECT digest FROM access_sign_in_code WHERE tenant_id = $1 AND expires_at < $2 LIMIT 500)",
                // Tries at the door belong to no company yet: whichever comes first sweeps them.
                "DELETE FROM access_wrong_try WHERE $1 <> '' AND id IN (
                    SELECT id FROM access_wrong_try WHERE at < $2 ORDER BY id LIMIT 500)",
            ],
            Self::Exports => &["DELETE FROM data_requests_file WHERE tenant_id = $1 AND request_id IN (
                    SELECT request_id FROM data_requests_file WHERE tenant_id = $1 AND made_at < $2 LIMIT 500)"],
            Self::Audit => &["DELETE FROM audit_entry WHERE tenant_id = $1 AND id IN (
                    SELECT id FROM audit_entry WHERE tenant_id = $1 AND at < $2 ORDER BY id LIMIT 500)"],
        }
    }
}
