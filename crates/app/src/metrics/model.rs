//! Rates with their uncertainty, baselines, definitions, and the decision that a release ends in.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::kernel::http::Refusal;

/// Below this base a rate is shown grey.
pub const SMALL_BASE: i64 = 30;
/// A release can be judged after a day; opens, clicks and leaves are counted that long.
pub const WINDOW: i64 = base::time::DAY;
/// How many days before a release its baseline looks at.
pub const BASELINE_DAYS: i32 = 28;
/// Sent later than this after its time, a group counts as late.
pub const LATE: i64 = 15 * base::time::MINUTE;
/// The two-sided 90 % quantile of the normal distribution.
const Z: f64 = 1.644_853_626_951_472_2;

/// A share with its Wilson interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
pub struct Rate {
    pub count: i64,
    pub base: i64,
    /// 0 to 1; absent when the base is 0.
    pub value: Option<f64>,
    /// Ends of the 90 % interval.
    pub low: f64,
    pub high: f64,
    /// The base is too small to build on.
    pub grey: bool,
}

/// A share of `base`. A count above its base (an opener who is no longer a member) is cut.
#[must_use]
pub fn rate(count: i64, base: i64) -> Rate {
    if base <= 0 {
        return Rate { count, base: 0, value: None, low: 0.0, high: 1.0, grey: true };
    }
    let n = base as f64;
    let p = count.clamp(0, base) as f64 / n;
    let z2 = Z * Z;
    let middle = (p + z2 / (2.0 * n)) / (1.0 + z2 / n);
    let half = Z / (1.0 + z2 / n) * (p * (1.0 - p) / n + z2 / (4.0 * n * n)).sqrt();
    let (low, high) = ((middle - half).clamp(0.0, p), (middle + half).clamp(p, 1.0));
    Rate { count, base, value: Some(p), low, high, grey: base < SMALL_BASE }
}

/// The middle value; the mean of the two middle ones for an even number.
#[must_use]
pub fn median(mut values: Vec<f64>) -> Option<f64> {
    values.retain(|v| v.is_finite());
    values.sort_by(f64::total_cmp);
    let half = values.len() / 2;
    match values.len() {
        0 => None,
        n if n % 2 == 1 => values.get(half).copied(),
        _ => Some(f64::midpoint(*values.get(half - 1)?, *values.get(half)?)),
    }
}

/// What is decided about a release.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Keep,
    /// The recurring item moves to another minute of the day.
    Move,
    /// The form changes; the note says how. The operator edits the coming posts.
    Change,
    /// The recurring item ends.
    Stop,
}

impl Verdict {
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Keep => "keep",
            Self::Move => "move",
            Self::Change => "change",
            Self::Stop => "stop",
        }
    }
}

/// How a figure comes about: id in the KPI dictionary, what it is divided by, over how long, from which source.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct Definition {
    /// The figure's name in a release card.
    pub figure: &'static str,
    /// `K15` …
    pub id: &'static str,
    /// Catalogue key of name and formula.
    pub key: &'static str,
    /// Hours; 0 when it has none of its own.
    pub window_hours: i64,
    /// `L1` the platform's own reports, `L2` our links and orders.
    pub level: &'static str,
}

/// Every figure of a release card.
pub const DEFINITIONS: &[Definition] = &[
    Definition {
        figure: "groups_sent",
        id: "K35",
        key: "metrics.def.groups_sent",
        window_hours: 0,
        level: "L1",
    },
    Definition { figure: "reach", id: "K15", key: "metrics.def.reach", window_hours: 1, level: "L1" },
    Definition { figure: "opens", id: "K16", key: "metrics.def.opens", window_hours: 24, level: "L2" },
    Definition { figure: "clicks", id: "K17", key: "metrics.def.clicks", window_hours: 0, level: "L2" },
    Definition { figure: "orders", id: "K20", key: "metrics.def.orders", window_hours: 24, level: "L2" },
    Definition { figure: "buyers", id: "K18", key: "metrics.def.buyers", window_hours: 24, level: "L2" },
    Definition { figure: "paid", id: "K20", key: "metrics.def.paid", window_hours: 24, level: "L2" },
    Definition { figure: "refunded", id: "K46", key: "metrics.def.refunded", window_hours: 0, level: "L2" },
    Definition { figure: "leaves", id: "K05", key: "metrics.def.leaves", window_hours: 24, level: "L1" },
];

/// Why a decision can't be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MetricsRefusal {
    /// Moving needs the new minute of the day.
    NoMinute,
    /// The minute lies in quiet hours.
    QuietMinute,
    /// The note is too long.
    LongNote,
}

impl Refusal for MetricsRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::NoMinute => "metrics.no_minute",
            Self::QuietMinute => "metrics.quiet_minute",
            Self::LongNote => "metrics.long_note",
        }
    }
    fn args(&self) -> Value {
        json!({})
    }
}

#[cfg(test)]
mod model_tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn wilson_agrees_with_the_textbook() {
        // 10 of 100 at 90 %: 0.0612 … 0.1592 (R: prop.test(10, 100, conf.level = .9, correct = FALSE)).
        let r = rate(10, 100);
        assert!((r.low - 0.0609).abs() < 6e-4 && (r.high - 0.1601).abs() < 1.5e-3, "{r:?}");
        assert!(!r.grey);
        assert!(rate(1, 29).grey);
        assert_eq!(rate(0, 0).value, None);
    }

    #[test]
    fn medians() {
        assert_eq!(median(vec![]), None);
        assert_eq!(median(vec![3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(vec![4.0, 1.0, 2.0, 3.0]), Some(2.5));
    }

    #[test]
    fn figures_are_defined_once() {
        let mut names: Vec<&str> = DEFINITIONS.iter().map(|d| d.figure).collect();
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all);
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn intervals_hold_their_rate_and_narrow(count in 0i64..500, more in 0i64..500) {
            let base = count + more;
            prop_assume!(base > 0);
            let (r, wide) = (rate(count * 4, base * 4), rate(count, base));
            let p = r.value.unwrap_or(-1.0);
            prop_assert!((0.0..=1.0).contains(&r.low) && r.low <= p && p <= r.high && r.high <= 1.0);
            prop_assert!(r.high - r.low <= wide.high - wide.low + 1e-12);
        }
    }
}
