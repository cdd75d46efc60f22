//! What windows, dates and ages mean on a given day. The engine and whoever checks it against a database read the
//! same days here.

use super::Day;
use super::expr::{AgeUnit, Range, When, Window};

/// First and last day, both inclusive; `None` is open.
pub type Days = (Option<Day>, Option<Day>);

impl Window {
    #[must_use]
    pub fn days(self, today: Day) -> Days {
        match self {
            Self::Ever => (None, None),
            Self::LastDays(n) => (Some(today.plus(1 - i64::from(n))), Some(today)),
            Self::DaysAgo { nearest, farthest } => {
                (Some(today.plus(-i64::from(farthest))), Some(today.plus(-i64::from(nearest))))
            }
            Self::Between { from, to } => (from, to),
        }
    }
}

impl When {
    #[must_use]
    pub fn days(self, today: Day) -> Days {
        match self {
            Self::LastDays(n) => Window::LastDays(n).days(today),
            Self::NextDays(n) => (Some(today), Some(today.plus(i64::from(n) - 1))),
            Self::Between { from, to } => (from, to),
        }
    }
}

impl AgeUnit {
    /// The days of birth of those whose age in completed units lies in the range. `None` when nobody's does: nobody
    /// is younger than 0.
    #[must_use]
    pub fn births(self, age: Range, today: Day) -> Option<Days> {
        let born = |units: i64| {
            let units = units.clamp(0, 200_000);
            match self {
                Self::Days => today.plus(-units),
                Self::Months => today.born_for_months(units),
                Self::Years => today.born_for_months(units * 12),
            }
        };
        let latest = Some(born(age.min.unwrap_or(0)));
        match age.max {
            Some(..=-1) => None,
            Some(max) => Some((Some(born(max.saturating_add(1)).plus(1)), latest)),
            None => Some((None, latest)),
        }
    }
}
