//! What a key may be, what it may open, and how often it may call.

use base::Timestamp;
use http::StatusCode;
use serde_json::{Value, json};

use crate::kernel::http::{Refusal, permission};

/// Every token begins so, which lets scanners find one that leaked.
pub const TOKEN_PREFIX: &str = "hq_";
/// Calls per minute unless said otherwise, and the most that can be said.
pub const PER_MINUTE: i64 = 300;
pub const MOST_PER_MINUTE: i64 = 6_000;
/// Networks that one key can be bound to.
pub const MOST_NETWORKS: usize = 20;
/// Living keys of one company.
pub const MOST_KEYS: i64 = 100;

/// Rights that no key ever gets: with them it could make itself a stronger one, or send data elsewhere.
const NEVER: &[&str] = &[
    "access:read",
    "access:write",
    "api_keys:read",
    "api_keys:write",
    "webhooks:read",
    "webhooks:write",
    "tenants:write",
    "accounts:write",
    "operations:write",
    "staff:write",
];

/// The rights that a key can hold.
pub fn scopes() -> impl Iterator<Item = &'static str> {
    permission::ALL.iter().copied().filter(|word| !NEVER.contains(word))
}

/// Whether an address is for people at a screen only, whatever rights a key has.
#[must_use]
pub fn is_for_browsers(path: &str) -> bool {
    const DOORS: &[&str] =
        &["/api/v1/session", "/api/v1/access", "/api/v1/api-key", "/api/v1/webhook", "/api/v1/orders/hook"];
    DOORS.iter().any(|door| path.starts_with(door))
        || path.split('/').any(|part| matches!(part, "export" | "exports"))
}

/// What a living key looks like from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyState {
    Active,
    Expired,
    Revoked,
}

impl KeyState {
    /// `expires_at` and `revoked_at` are 0 when that never happens.
    #[must_use]
    pub const fn of(expires_at: i64, revoked_at: i64, now: Timestamp) -> Self {
        match (revoked_at > 0, expires_at > 0 && expires_at <= now.0) {
            (true, _) => Self::Revoked,
            (false, true) => Self::Expired,
            (false, false) => Self::Active,
        }
    }
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Expired => "expired",
            Self::Revoked => "revoked",
        }
    }
}

/// A bucket that holds a minute's calls and fills evenly.
#[derive(Clone, Copy, Debug, Default)]
pub struct Bucket {
    /// When it would be full again, in microseconds.
    full_at: i64,
}

const MINUTE_US: i64 = 60_000_000;

impl Bucket {
    /// Takes one call out, or answers the seconds to wait for one.
    pub const fn take(&mut self, now: Timestamp, per_minute: i64) -> Result<(), i64> {
        let now = now.0 * 1_000;
        let each = MINUTE_US / if per_minute < 1 { 1 } else { per_minute };
        let from = if self.full_at > now { self.full_at } else { now };
        let over = from + each - now - MINUTE_US;
        if over > 0 {
            return Err((over + 999_999) / 1_000_000);
        }
        self.full_at = from + each;
        Ok(())
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ApiKeyRefusal {
    /// The token is unknown, or its key was revoked: one answer for both.
    Unknown,
    Expired,
    /// The call came from a network that the key is not bound to.
    WrongNetwork,
    /// `seconds` to wait.
    TooMany {
        seconds: i64,
    },
    ForBrowsers,
    UnknownScope {
        scope: String,
    },
    /// Nobody gives a key what she doesn't have.
    ScopeNotYours {
        scope: String,
    },
    UnknownNetwork {
        network: String,
    },
    TooManyKeys,
}

impl Refusal for ApiKeyRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Unknown => "api_keys.unknown",
            Self::Expired => "api_keys.expired",
            Self::WrongNetwork => "api_keys.wrong_network",
            Self::TooMany { .. } => "api_keys.too_many",
            Self::ForBrowsers => "api_keys.for_browsers",
            Self::UnknownScope { .. } => "api_keys.unknown_scope",
            Self::ScopeNotYours { .. } => "api_keys.scope_not_yours",
            Self::UnknownNetwork { .. } => "api_keys.unknown_network",
            Self::TooManyKeys => "api_keys.too_many_keys",
        }
    }
    fn status(&self) -> StatusCode {
        match self {
            Self::Unknown | Self::Expired => StatusCode::UNAUTHORIZED,
            Self::WrongNetwork | Self::ForBrowsers | Self::ScopeNotYours { .. } => StatusCode::FORBIDDEN,
            Self::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::UnknownScope { .. } | Self::UnknownNetwork { .. } => StatusCode::UNPROCESSABLE_ENTITY,
            Self::TooManyKeys => StatusCode::CONFLICT,
        }
    }
    fn args(&self) -> Value {
        match self {
            Self::TooMany { seconds } => json!({ "seconds": seconds }),
            Self::UnknownScope { scope } | Self::ScopeNotYours { scope } => json!({ "scope": scope }),
            Self::UnknownNetwork { network } => json!({ "network": network }),
            Self::TooManyKeys => json!({ "most": MOST_KEYS }),
            _ => json!({}),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn no_key_can_open_the_door_for_another() {
        let all: Vec<&str> = scopes().collect();
        for word in NEVER {
            assert!(permission::ALL.contains(word) && !all.contains(word), "{word}");
        }
        for word in ["people:read", "people:write", "tags:read", "tags:write", "events:write", "orders:write"]
        {
            assert!(all.contains(&word), "{word}");
        }
    }

    #[test]
    fn pages_for_people_are_known_by_their_address() {
        for path in [
            "/api/v1/session",
            "/api/v1/access/operators",
            "/api/v1/api-keys/x/revoke",
            "/api/v1/people/export",
        ] {
            assert!(is_for_browsers(path), "{path}");
        }
        for path in ["/api/v1/people", "/api/v1/events", "/api/v1/orders/import", "/api/v1/tags"] {
            assert!(!is_for_browsers(path), "{path}");
        }
    }

    #[test]
    fn a_minutes_calls_may_come_at_once_and_then_one_by_one() {
        let mut bucket = Bucket::default();
        let now = Timestamp(1_000_000);
        for _ in 0..60 {
            assert_eq!(bucket.take(now, 60), Ok(()));
        }
        assert_eq!(bucket.take(now, 60), Err(1));
        assert_eq!(bucket.take(now.plus(1_000), 60), Ok(()));
        assert_eq!(bucket.take(now.plus(1_000), 60), Err(1));
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]
        /// In no window of a minute pass more than two minutes' worth: the full bucket and what flows in.
        #[test]
        fn no_more_pass_than_the_limit(per_minute in 1i64..500, pauses in prop::collection::vec(0i64..2_000, 1..600)) {
            let mut bucket = Bucket::default();
            let mut now = Timestamp(5_000_000);
            let mut passed: Vec<i64> = Vec::new();
            for pause in pauses {
                now = now.plus(pause);
                match bucket.take(now, per_minute) {
                    Ok(()) => passed.push(now.0),
                    Err(wait) => {
                        prop_assert!(wait >= 1);
                        prop_assert_eq!(bucket.take(now.plus(wait * 1_000), per_minute), Ok(()));
                        passed.push(now.0 + wait * 1_000);
                        now = now.plus(wait * 1_000);
                    }
                }
            }
            for (n, at) in passed.iter().enumerate() {
                let within = passed[n..].iter().take_while(|t| **t < at + 60_000).count();
                prop_assert!(i64::try_from(within).expect("few") <= 2 * per_minute);
            }
        }
    }
}
