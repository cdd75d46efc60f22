//! What a connected account is, what may be set on it, and which callbacks were seen before.

use std::collections::HashSet;

use base::Timestamp;
use base::time::HOUR;
use http::StatusCode;
use messenger::inbound::Hint;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::rows::{InboxRow, SheetRow};
use crate::kernel::http::Refusal;

/// A kind of thing that is mirrored from a platform, in the order of the page that shows the progress.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SyncKind {
    Staff,
    Tags,
    Contacts,
    Groups,
}

impl SyncKind {
    pub const ALL: [Self; 4] = [Self::Staff, Self::Tags, Self::Contacts, Self::Groups];
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Staff => "staff",
            Self::Tags => "tags",
            Self::Contacts => "contacts",
            Self::Groups => "groups",
        }
    }
}

/// What an operator may set on a connection. Checked as a whole before it is kept.
#[derive(Clone, Debug, Default)]
pub struct Connection<'a> {
    pub name: &'a str,
    pub company: &'a str,
    pub application: &'a str,
    pub secret: &'a str,
    pub token: &'a str,
    pub key: &'a str,
    pub api_base: Option<&'a str>,
}

impl Connection<'_> {
    /// # Errors
    /// The first wrong field with its cure. An empty secret is allowed: the company may not have it at hand yet.
    pub fn check(&self) -> Result<(), AccountRefusal> {
        let wrong = |field, cure| Err(AccountRefusal::Setting { field, cure });
        let alphanumeric = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric());
        if self.name.trim().is_empty() || self.name.chars().count() > 60 {
            return wrong("name", "1–60");
        }
        if self.company.is_empty() || self.company.len() > 64 || self.company.contains(char::is_whitespace) {
            return wrong("company", "ww0123456789abcdef");
        }
        if self.application.is_empty() || !self.application.bytes().all(|b| b.is_ascii_digit()) {
            return wrong("application", "1000002");
        }
        if self.secret.len() > 128 || self.secret.contains(char::is_whitespace) {
            return wrong("secret", "43 × A–Z a–z 0–9 - _");
        }
        if !(3..=32).contains(&self.token.len()) || !alphanumeric(self.token) {
            return wrong("callback_token", "3–32 × A–Z a–z 0–9");
        }
        if self.key.len() != 43 || !alphanumeric(self.key) {
            return wrong("callback_key", "43 × A–Z a–z 0–9");
        }
        match self.api_base {
            Some(url) if !is_http_url(url) => wrong("api_base", "https://…"),
            _ => Ok(()),
        }
    }
}

fn is_http_url(url: &str) -> bool {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    rest.is_some_and(|r| !r.is_empty() && !r.contains(|c: char| c.is_whitespace() || c == '@'))
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AccountRefusal {
    Setting { field: &'static str, cure: &'static str },
    UnknownPlatform,
    AlreadyConnected,
}

impl Refusal for AccountRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Setting { .. } => "accounts.setting",
            Self::UnknownPlatform => "accounts.unknown_platform",
            Self::AlreadyConnected => "accounts.already_connected",
        }
    }
    fn status(&self) -> StatusCode {
        match self {
            Self::AlreadyConnected => StatusCode::CONFLICT,
            Self::Setting { .. } | Self::UnknownPlatform => StatusCode::UNPROCESSABLE_ENTITY,
        }
    }
    fn args(&self) -> Value {
        match self {
            Self::Setting { field, cure } => json!({ "field": field, "cure": cure }),
            Self::UnknownPlatform | Self::AlreadyConnected => json!({}),
        }
    }
}

/// Callbacks of one account in one row.
pub const SHEET_MOST: usize = 256;
/// Bytes in one row; a single callback may be longer.
pub const SHEET_BYTES: usize = 512 * 1024;

/// Callbacks of one account that came together, to be kept in one row: what a row costs is paid once. One alone is kept
/// as it came; of several the row holds a JSON list of `[received_at, body]`, with null for one that was deleted since.
#[derive(Debug)]
pub struct Sheet<'a> {
    pub account: &'a str,
    /// When each was received, and what it says.
    pub callbacks: Vec<(i64, &'a str)>,
}

impl Sheet<'_> {
    /// When the last came.
    #[must_use]
    pub fn received_at(&self) -> i64 {
        self.callbacks.last().map_or(0, |(at, _)| *at)
    }
    #[must_use]
    pub fn body(&self) -> String {
        match self.callbacks.as_slice() {
            [(_, body)] => (*body).to_owned(),
            several => json!(several).to_string(),
        }
    }
}

/// The callbacks of a row, numbered; deleted ones are left out.
///
/// # Errors
/// When the row holds no list.
pub fn unfold(sheet: SheetRow) -> serde_json::Result<Vec<InboxRow>> {
    let SheetRow { seq, many, account_id, received_at, body } = sheet;
    if many == 1 {
        return Ok(vec![InboxRow { seq, account_id, received_at, body }]);
    }
    let kept: Vec<Option<(i64, String)>> = serde_json::from_str(&body)?;
    let numbered = (seq..).zip(kept).filter_map(|(seq, callback)| Some((seq, callback?)));
    Ok(numbered
        .map(|(seq, (received_at, body))| InboxRow { seq, account_id: account_id.clone(), received_at, body })
        .collect())
}

/// The body of a row of several without the callbacks that hold a text, whose numbers stay taken; and how many those are.
///
/// # Errors
/// When the row holds no list.
pub fn without(sheet: SheetRow, text: &str) -> serde_json::Result<(String, u64)> {
    if sheet.many == 1 {
        return Ok((String::new(), 1));
    }
    let mut kept: Vec<Option<(i64, String)>> = serde_json::from_str(&sheet.body)?;
    let mut gone = 0;
    for callback in &mut kept {
        if callback.as_ref().is_some_and(|(_, body)| body.contains(text)) {
            *callback = None;
            gone += 1;
        }
    }
    Ok((serde_json::to_string(&kept)?, gone))
}

/// Which hints of a portion say only what a later one says again: a burst about one group is one look at it. In the
/// order given. Hints that carry something of their own (a greeting's code, an instant) are never superseded.
pub fn superseded<'a>(hints: impl DoubleEndedIterator<Item = (&'a str, &'a Hint)>) -> Vec<bool> {
    let mut later = HashSet::new();
    let mut answer: Vec<bool> = hints
        .rev()
        .map(|(account, hint)| {
            let about = match hint {
                Hint::GroupChanged { group, .. } => (account, "group", group.as_str()),
                Hint::ContactChanged { contact, .. } => (account, "contact", contact.as_str()),
                Hint::TagsChanged { .. } => (account, "tags", ""),
                Hint::DirectoryChanged { .. } => (account, "directory", ""),
                _ => return false,
            };
            !later.insert(about)
        })
        .collect();
    answer.reverse();
    answer
}

/// The same number for the same message to the same account, however often it is delivered.
pub fn fingerprint(account: &str, body: &str) -> u128 {
    let digest = Sha256::new().chain_update(account).chain_update([0]).chain_update(body).finalize();
    digest.iter().take(16).fold(0, |n, byte| n << 8 | u128::from(*byte))
}

/// Fingerprints of the messages seen lately: two sets, of which the older goes when the newer is full or old, so
/// that memory is bounded and nothing is ever searched on disk. It spares work; it guards nothing, because acting
/// on a callback twice is harmless.
#[derive(Debug)]
pub struct Seen {
    young: HashSet<u128>,
    old: HashSet<u128>,
    since: Timestamp,
    capacity: usize,
}

/// A generation ends after this time, so nothing is remembered longer than a day.
const GENERATION: i64 = 12 * HOUR;

impl Seen {
    /// `capacity` fingerprints per generation.
    #[must_use]
    pub fn new(capacity: usize) -> Self {
        Self { young: HashSet::new(), old: HashSet::new(), since: Timestamp(0), capacity }
    }
    #[must_use]
    pub fn contains(&self, fingerprint: u128) -> bool {
        self.young.contains(&fingerprint) || self.old.contains(&fingerprint)
    }
    pub fn insert(&mut self, fingerprint: u128, now: Timestamp) {
        if self.young.len() >= self.capacity || now.since(self.since) > GENERATION {
            self.old = std::mem::take(&mut self.young);
            self.since = now;
        }
        self.young.insert(fingerprint);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::time::MINUTE;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_folded_together_comes_apart_the_same(bodies in prop::collection::vec((any::<i64>(), any::<String>()), 1..9), gone in 0usize..9) {
            let callbacks: Vec<(i64, &str)> = bodies.iter().map(|(at, body)| (*at, body.as_str())).collect();
            let sheet = Sheet { account: "acc", callbacks };
            let row = |body| SheetRow { seq: 41, many: bodies.len() as i64, account_id: "acc".into(), received_at: sheet.received_at(), body };
            let apart = unfold(row(sheet.body())).expect("a list");
            let back: Vec<(i64, i64, &str)> = apart.iter().map(|r| (r.seq, r.received_at, r.body.as_str())).collect();
            let given: Vec<(i64, i64, &str)> = (41..).zip(&bodies).map(|(seq, (at, body))| (seq, *at, body.as_str())).collect();
            prop_assert_eq!(back, given.clone());
            if let (Some((_, text)), true) = (bodies.get(gone), bodies.len() > 1) {
                let (body, count) = without(row(sheet.body()), text).expect("a list");
                let left: Vec<i64> = unfold(row(body)).expect("a list").iter().map(|r| r.seq).collect();
                let expected: Vec<i64> = given.iter().filter(|(.., b)| !b.contains(text.as_str())).map(|(seq, ..)| *seq).collect();
                prop_assert_eq!((left.len() as u64 + count, left), (bodies.len() as u64, expected));
            }
        }
    }

    const KEY: &str = "0123456789012345678901234567890123456789abc";

    fn good() -> Connection<'static> {
        Connection {
            name: "n",
            company: "ww1",
            application: "1000002",
            token: "abc",
            key: KEY,
            ..Default::default()
        }
    }

    #[test]
    fn a_connection_may_lack_its_secret_but_not_be_malformed() {
        assert_eq!(good().check(), Ok(()));
        for (bad, field) in [
            (Connection { name: " ", ..good() }, "name"),
            (Connection { company: "ww 1", ..good() }, "company"),
            (Connection { application: "10a", ..good() }, "application"),
            (Connection { secret: "a b", ..good() }, "secret"),
            (Connection { token: "a-b", ..good() }, "callback_token"),
            (Connection { key: &KEY[1..], ..good() }, "callback_key"),
            (Connection { api_base: Some("ftp://x"), ..good() }, "api_base"),
            (Connection { api_base: Some("http://user@host"), ..good() }, "api_base"),
        ] {
            match bad.check() {
                Err(AccountRefusal::Setting { field: said, .. }) => assert_eq!(said, field),
                other => panic!("{field}: {other:?}"),
            }
        }
    }

    #[test]
    fn only_the_last_of_a_burst_is_acted_upon() {
        let group = |name: &str, at| Hint::GroupChanged {
            group: name.into(),
            member_version: None,
            at: Timestamp(at),
        };
        let added = Hint::ContactAdded {
            staff: "s".into(),
            contact: "c".into(),
            state: None,
            welcome: Some("w".into()),
            at: Timestamp(0),
        };
        let tags = Hint::TagsChanged { group_or_tag: None };
        let hints = [group("a", 1), added.clone(), group("b", 2), tags.clone(), group("a", 3), added, tags];
        assert_eq!(
            superseded(hints.iter().map(|h| ("acc", h))),
            [true, false, false, true, false, false, false]
        );
        let apart = [("acc1", &hints[0]), ("acc2", &hints[4])];
        assert_eq!(superseded(apart.into_iter()), [false, false]);
    }

    #[test]
    fn fingerprints_keep_accounts_apart() {
        assert_eq!(fingerprint("a", "x"), fingerprint("a", "x"));
        assert_ne!(fingerprint("a", "x"), fingerprint("b", "x"));
        assert_ne!(fingerprint("a", "bx"), fingerprint("ab", "x"));
    }

    #[test]
    fn what_was_seen_is_forgotten_by_age_and_by_number_but_not_at_once() {
        let mut seen = Seen::new(3);
        let start = Timestamp(GENERATION * 10);
        for n in 0..4 {
            seen.insert(n, start.plus(MINUTE));
        }
        assert!((0..4).all(|n| seen.contains(n)), "the older generation still answers");
        for n in 4..8 {
            seen.insert(n, start.plus(2 * MINUTE));
        }
        assert!(!seen.contains(0) && seen.contains(7));
        seen.insert(8, start.plus(GENERATION + HOUR));
        assert!(seen.contains(7));
        seen.insert(9, start.plus(2 * GENERATION + 2 * HOUR));
        assert!(!seen.contains(7) && seen.contains(8) && seen.contains(9));
    }
}
