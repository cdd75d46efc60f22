//! What an order is, how a newer message about it changes it, and the signature of the webhook. Pure.

pub mod sheet;

use base::time::{MINUTE, SECOND};
use base::{Fen, Timestamp};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use subtle::ConstantTimeEq as _;

use crate::kernel::http::Refusal;
use crate::kernel::seal::keyed_digest;

/// The name of the shop when a message names none. Tables use the same, so that an order that was delivered and is
/// then imported stays one order.
pub const DEFAULT_SOURCE: &str = "shop";

/// One thing bought.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = OrderItem)]
pub struct Item {
    #[serde(default)]
    pub sku: String,
    pub name: String,
    pub quantity: i64,
    /// Paid for this line, in fen.
    #[serde(default)]
    pub paid_fen: i64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = OrderStatus)]
pub enum Status {
    #[default]
    Paid,
    /// All or part of the money went back.
    Refunded,
}

impl Status {
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Paid => "paid",
            Self::Refunded => "refunded",
        }
    }
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Paid, Self::Refunded].into_iter().find(|s| s.word() == word)
    }
}

/// One message about an order, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incoming {
    /// Which system says so: `webhook`, `import` or the name it gives itself.
    pub source: String,
    pub order_no: String,
    pub union_id: String,
    pub external_id: String,
    pub mobile: String,
    pub amount: Fen,
    pub paid: Fen,
    pub paid_at: Timestamp,
    /// All that went back so far.
    pub refunded: Fen,
    pub refunded_at: Timestamp,
    pub items: Vec<Item>,
}

impl Incoming {
    /// # Errors
    /// What is wrong with it, as a catalogue key.
    pub fn check(&self, now: Timestamp) -> Result<(), RowProblem> {
        if self.order_no.is_empty() || self.order_no.chars().count() > 64 {
            return Err(RowProblem::OrderNo);
        }
        if self.source.is_empty() || self.source.chars().count() > 32 {
            return Err(RowProblem::Source);
        }
        if self.amount.0 < 0
            || self.paid.0 < 0
            || self.amount.0 > 10_000_000_000
            || self.paid.0 > 10_000_000_000
        {
            return Err(RowProblem::Amount);
        }
        if self.refunded.0 < 0 || self.refunded > self.paid {
            return Err(RowProblem::Refund);
        }
        // A day ahead is a clock that is wrong; anything before 2010 is a unit that is wrong.
        if self.paid_at.0 < 1_262_304_000_000 || self.paid_at > now.plus(24 * 60 * MINUTE) {
            return Err(RowProblem::PaidAt);
        }
        if self.union_id.len() > 128 || self.external_id.len() > 128 {
            return Err(RowProblem::Identity);
        }
        if !self.mobile.is_empty() && !is_mobile(&self.mobile) {
            return Err(RowProblem::Mobile);
        }
        Ok(())
    }
}

/// Digits, perhaps with a country code.
fn is_mobile(text: &str) -> bool {
    let digits = text.strip_prefix('+').unwrap_or(text);
    (6..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit())
}

/// What is wrong with one order; each has a text in the catalogues.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowProblem {
    OrderNo,
    Source,
    Amount,
    Refund,
    PaidAt,
    Identity,
    Mobile,
    Status,
    /// Twice in one file, with different content.
    Contradiction,
    /// Says something else than the order we have: another paid amount or time.
    Conflict,
    Item,
}

impl RowProblem {
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::OrderNo => "orders.row_order_no",
            Self::Source => "orders.row_source",
            Self::Amount => "orders.row_amount",
            Self::Refund => "orders.row_refund",
            Self::PaidAt => "orders.row_paid_at",
            Self::Identity => "orders.row_identity",
            Self::Mobile => "orders.row_mobile",
            Self::Status => "orders.row_status",
            Self::Contradiction => "orders.row_contradiction",
            Self::Conflict => "orders.row_conflict",
            Self::Item => "orders.row_item",
        }
    }
}

/// What we already hold of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held {
    pub paid: Fen,
    pub refunded: Fen,
}

/// What a message does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// A new order; `refunded` may be more than nothing when the first message was late.
    Placed { refunded: Fen },
    /// This much more went back.
    Refunded { by: Fen },
    /// Nothing we did not know.
    Nothing,
}

/// Decides what a message does. Deliveries may come twice and out of order, so a refund that is smaller than the known
/// one is simply older.
///
/// # Errors
/// [`RowProblem::Conflict`] when it names another paid amount.
pub fn effect(held: Option<Held>, incoming: &Incoming) -> Result<Effect, RowProblem> {
    let Some(held) = held else { return Ok(Effect::Placed { refunded: incoming.refunded }) };
    if held.paid != incoming.paid {
        return Err(RowProblem::Conflict);
    }
    if incoming.refunded > held.refunded {
        return Ok(Effect::Refunded { by: Fen(incoming.refunded.0 - held.refunded.0) });
    }
    Ok(Effect::Nothing)
}

/// How far the sender's clock may be from ours.
pub const REPLAY_WINDOW: i64 = 5 * MINUTE;

/// The signature of a delivery: HMAC-SHA-256 of `timestamp.body`, in hex.
#[must_use]
pub fn sign(secret: &str, timestamp: &str, body: &[u8]) -> String {
    let mut message = Vec::with_capacity(timestamp.len() + 1 + body.len());
    message.extend_from_slice(timestamp.as_bytes());
    message.push(b'.');
    message.extend_from_slice(body);
    hex::encode(keyed_digest(secret.as_bytes(), &message))
}

/// Whether a delivery is genuine and fresh. `timestamp` is in Unix seconds.
#[must_use]
pub fn is_genuine(secret: &str, (timestamp, signature): (&str, &str), body: &[u8], now: Timestamp) -> bool {
    let Ok(seconds) = timestamp.parse::<i64>() else { return false };
    let fresh = seconds.checked_mul(SECOND).is_some_and(|ms| (now.0 - ms).abs() <= REPLAY_WINDOW);
    let signature = signature.strip_prefix("sha256=").unwrap_or(signature).to_ascii_lowercase();
    fresh && bool::from(sign(secret, timestamp, body).as_bytes().ct_eq(signature.as_bytes()))
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OrderRefusal {
    /// One answer for a wrong key, a wrong signature and a stale one.
    NotGenuine,
    Malformed {
        detail: String,
    },
    /// A single order is wrong.
    Row {
        problem: RowProblem,
    },
    FileUnreadable {
        detail: String,
    },
    /// Needed columns are missing; names what was looked for.
    HeaderMissing {
        columns: String,
    },
    TooManyRows {
        most: usize,
    },
    Empty,
}

impl Refusal for OrderRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::NotGenuine => "orders.not_genuine",
            Self::Malformed { .. } => "orders.malformed",
            Self::Row { problem } => problem.code(),
            Self::FileUnreadable { .. } => "orders.file_unreadable",
            Self::HeaderMissing { .. } => "orders.header_missing",
            Self::TooManyRows { .. } => "orders.too_many_rows",
            Self::Empty => "orders.empty",
        }
    }
    fn status(&self) -> StatusCode {
        match self {
            Self::NotGenuine => StatusCode::UNAUTHORIZED,
            _ => StatusCode::UNPROCESSABLE_ENTITY,
        }
    }
    fn args(&self) -> Value {
        match self {
            Self::Malformed { detail } | Self::FileUnreadable { detail } => json!({ "detail": detail }),
            Self::HeaderMissing { columns } => json!({ "columns": columns }),
            Self::TooManyRows { most } => json!({ "most": most }),
            _ => json!({}),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOW: Timestamp = Timestamp(1_786_924_800_000);

    fn order(paid: i64, refunded: i64) -> Incoming {
        Incoming {
            source: "webhook".into(),
            order_no: "A1".into(),
            union_id: String::new(),
            external_id: String::new(),
            mobile: String::new(),
            amount: Fen(paid),
            paid: Fen(paid),
            paid_at: NOW,
            refunded: Fen(refunded),
            refunded_at: NOW,
            items: vec![],
        }
    }

    #[test]
    fn orders_are_checked() {
        assert_eq!(order(100, 0).check(NOW), Ok(()));
        assert_eq!(order(100, 101).check(NOW), Err(RowProblem::Refund));
        assert_eq!(order(-1, 0).check(NOW), Err(RowProblem::Amount));
        assert_eq!(Incoming { order_no: String::new(), ..order(1, 0) }.check(NOW), Err(RowProblem::OrderNo));
        let seconds_for_millis = Incoming { paid_at: Timestamp(1_786_924_800), ..order(1, 0) };
        assert_eq!(seconds_for_millis.check(NOW), Err(RowProblem::PaidAt));
        let tomorrow = Incoming { paid_at: NOW.plus(25 * 60 * MINUTE), ..order(1, 0) };
        assert_eq!(tomorrow.check(NOW), Err(RowProblem::PaidAt));
        assert_eq!(Incoming { mobile: "12-34".into(), ..order(1, 0) }.check(NOW), Err(RowProblem::Mobile));
        assert_eq!(Incoming { mobile: "+8613800000000".into(), ..order(1, 0) }.check(NOW), Ok(()));
    }

    proptest! {
        /// However often and in whatever order its messages come, an order is placed once and refunds add up to the
        /// greatest one.
        #[test]
        fn messages_may_repeat_and_come_in_any_order(refunds in prop::collection::vec(0i64..=500, 1..12)) {
            let (mut held, mut placed, mut back) = (None, 0, 0);
            for refunded in &refunds {
                match effect(held, &order(500, *refunded)).expect("no conflict") {
                    Effect::Placed { refunded } => { placed += 1; back += refunded.0; }
                    Effect::Refunded { by } => back += by.0,
                    Effect::Nothing => {}
                }
                held = Some(Held { paid: Fen(500), refunded: Fen(back) });
            }
            prop_assert_eq!(placed, 1);
            prop_assert_eq!(back, *refunds.iter().max().expect("at least one"));
        }
    }

    #[test]
    fn another_amount_is_a_conflict() {
        let held = Held { paid: Fen(100), refunded: Fen(0) };
        assert_eq!(effect(Some(held), &order(101, 0)), Err(RowProblem::Conflict));
    }

    #[test]
    fn only_fresh_and_signed_deliveries_are_genuine() {
        let at = (NOW.0 / SECOND).to_string();
        let signature = sign("secret", &at, b"{}");
        assert!(is_genuine("secret", (&at, &signature), b"{}", NOW));
        assert!(is_genuine("secret", (&at, &format!("sha256={}", signature.to_uppercase())), b"{}", NOW));
        assert!(is_genuine("secret", (&at, &signature), b"{}", NOW.plus(REPLAY_WINDOW)));
        assert!(
            !is_genuine("secret", (&at, &signature), b"{}", NOW.plus(REPLAY_WINDOW + SECOND)),
            "replayed"
        );
        assert!(!is_genuine("secret", (&at, &signature), b"{} ", NOW), "changed");
        assert!(!is_genuine("other", (&at, &signature), b"{}", NOW));
        assert!(!is_genuine("secret", ("soon", &signature), b"{}", NOW));
        assert!(!is_genuine("secret", (&i64::MAX.to_string(), &signature), b"{}", NOW));
    }

    #[test]
    fn the_signature_is_plain_hmac_sha256() {
        // RFC 4231, test case 2: key "Jefe"; our message is "timestamp.body" joined by a dot, so the vector's text is
        // split at a place where a dot is put back by hand.
        assert_eq!(
            hex::encode(keyed_digest(b"Jefe", b"what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
        assert_eq!(sign("k", "1", b"x"), hex::encode(keyed_digest(b"k", b"1.x")));
    }
}
