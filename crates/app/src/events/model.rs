//! What an event may look like. Pure: time is an argument.

use base::Timestamp;
use base::time::{DAY, MINUTE};
use http::StatusCode;
use serde_json::{Map, Value, json};

use crate::kernel::http::Refusal;

/// Events of one call.
pub const MOST_EVENTS: usize = 1_000;
/// Names of one company: a name is a kind of thing that happens, not the thing itself.
pub const MOST_NAMES: i64 = 500;
pub const MOST_NAME: usize = 64;
pub const MOST_KEY: usize = 128;
pub const MOST_PROPERTIES: usize = 20;
/// Bytes of all properties as JSON.
pub const MOST_BYTES: usize = 4_096;
/// How far another system's clock may run ahead of ours.
pub const MOST_AHEAD: i64 = 5 * MINUTE;
pub const MOST_AGE: i64 = 400 * DAY;

/// Why an event can't be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EventRefusal {
    BadName,
    BadKey,
    BadTime,
    Future,
    TooOld,
    BadProperties,
    /// Not exactly one way of naming the person.
    BadPerson,
    UnknownPerson,
    /// Two accounts know different people by this id: the account has to be named.
    AmbiguousPerson,
    TooManyNames,
    /// All or nothing was asked for, and these can't be taken.
    SomeRefused {
        refused: usize,
        items: Value,
    },
}

impl Refusal for EventRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::BadName => "events.bad_name",
            Self::BadKey => "events.bad_key",
            Self::BadTime => "events.bad_time",
            Self::Future => "events.future",
            Self::TooOld => "events.too_old",
            Self::BadProperties => "events.bad_properties",
            Self::BadPerson => "events.bad_person",
            Self::UnknownPerson => "events.unknown_person",
            Self::AmbiguousPerson => "events.ambiguous_person",
            Self::TooManyNames => "events.too_many_names",
            Self::SomeRefused { .. } => "events.some_refused",
        }
    }
    fn status(&self) -> StatusCode {
        StatusCode::UNPROCESSABLE_ENTITY
    }
    fn args(&self) -> Value {
        match self {
            Self::SomeRefused { refused, items } => json!({ "refused": refused, "items": items }),
            _ => json!({}),
        }
    }
}

/// A name: letters, digits, dot and underscore.
pub fn check_name(name: &str) -> Result<(), EventRefusal> {
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '.' || c == '_';
    let right = !name.is_empty() && name.len() <= MOST_NAME && name.chars().all(fits);
    if right { Ok(()) } else { Err(EventRefusal::BadName) }
}

/// A key: visible ASCII.
pub fn check_key(key: &str) -> Result<(), EventRefusal> {
    let right = !key.is_empty() && key.len() <= MOST_KEY && key.bytes().all(|b| b.is_ascii_graphic());
    if right { Ok(()) } else { Err(EventRefusal::BadKey) }
}

/// RFC 3339 text or milliseconds, not in the future and not too old.
pub fn read_time(at: &Value, now: Timestamp) -> Result<Timestamp, EventRefusal> {
    let at = match at {
        Value::String(text) => Timestamp::parse_rfc3339(text),
        Value::Number(number) => number.as_i64().map(Timestamp),
        _ => None,
    };
    match at.ok_or(EventRefusal::BadTime)? {
        ahead if ahead > now.plus(MOST_AHEAD) => Err(EventRefusal::Future),
        old if old < now.minus(MOST_AGE) => Err(EventRefusal::TooOld),
        at => Ok(at),
    }
}

/// Flat: texts, numbers, truth values and nothing at all. Answers the JSON that is kept.
pub fn check_properties(properties: &Map<String, Value>) -> Result<String, EventRefusal> {
    let flat = properties.iter().all(|(name, value)| {
        !name.is_empty() && name.chars().count() <= MOST_NAME && !value.is_object() && !value.is_array()
    });
    let text = serde_json::to_string(properties).map_err(|_| EventRefusal::BadProperties)?;
    if flat && properties.len() <= MOST_PROPERTIES && text.len() <= MOST_BYTES {
        Ok(text)
    } else {
        Err(EventRefusal::BadProperties)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_and_keys_are_plain() {
        for good in ["store.visit", "A_1", &"x".repeat(64)] {
            assert_eq!(check_name(good), Ok(()), "{good}");
        }
        for bad in ["", "store visit", "到店", "a-b", &"x".repeat(65)] {
            assert_eq!(check_name(bad), Err(EventRefusal::BadName), "{bad}");
        }
        assert_eq!(check_key("visit:2026-08-17/#1"), Ok(()));
        for bad in ["", "a b", "键", &"x".repeat(129)] {
            assert_eq!(check_key(bad), Err(EventRefusal::BadKey), "{bad}");
        }
    }

    #[test]
    fn times_come_as_text_or_number_and_stay_within_bounds() {
        let now = Timestamp::parse_rfc3339("2026-08-17T00:00:00Z").expect("a time");
        assert_eq!(read_time(&json!("2026-08-17T08:00:00+08:00"), now), Ok(now));
        assert_eq!(read_time(&json!(now.0), now), Ok(now));
        assert_eq!(read_time(&json!(now.plus(MOST_AHEAD).0), now), Ok(now.plus(MOST_AHEAD)));
        assert_eq!(read_time(&json!(now.plus(MOST_AHEAD + 1).0), now), Err(EventRefusal::Future));
        assert_eq!(read_time(&json!(now.minus(MOST_AGE).0), now), Ok(now.minus(MOST_AGE)));
        assert_eq!(read_time(&json!(now.minus(MOST_AGE + 1).0), now), Err(EventRefusal::TooOld));
        assert_eq!(
            read_time(&json!(now.seconds()), now),
            Err(EventRefusal::TooOld),
            "seconds are no milliseconds"
        );
        for bad in [json!("yesterday"), json!(1.5), json!(null), json!([]), json!("2026-08-17")] {
            assert_eq!(read_time(&bad, now), Err(EventRefusal::BadTime), "{bad}");
        }
    }

    #[test]
    fn properties_are_flat_and_few() {
        let map = |v: Value| v.as_object().cloned().expect("an object");
        let good = map(json!({ "store": "三里屯", "minutes": 12.5, "again": true, "note": null }));
        assert_eq!(
            check_properties(&good).as_deref(),
            Ok(r#"{"store":"三里屯","minutes":12.5,"again":true,"note":null}"#)
        );
        for bad in
            [json!({ "a": {} }), json!({ "a": [1] }), json!({ "": 1 }), json!({ "a": "x".repeat(4_100) })]
        {
            assert_eq!(check_properties(&map(bad)), Err(EventRefusal::BadProperties));
        }
        let many = (0..21).map(|n| (format!("p{n}"), json!(n))).collect();
        assert_eq!(check_properties(&many), Err(EventRefusal::BadProperties));
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]
        /// Whatever is accepted is within every bound and reads back as it was.
        #[test]
        fn accepted_properties_read_back(pairs in prop::collection::btree_map(".{0,70}", any::<i64>(), 0..25)) {
            let map: Map<String, Value> = pairs.into_iter().map(|(k, v)| (k, json!(v))).collect();
            if let Ok(text) = check_properties(&map) {
                prop_assert!(text.len() <= MOST_BYTES && map.len() <= MOST_PROPERTIES);
                prop_assert_eq!(serde_json::from_str::<Map<String, Value>>(&text).expect("JSON"), map);
            }
        }
    }
}
