//! The window in which broadcasts are counted, and what is left in it.

use base::Day;
use serde::Serialize;
use utoipa::ToSchema;

/// Which window the company chose in the platform's console.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// As many in a calendar month as it has days.
    Month,
    /// Seven from Monday to Sunday.
    Week,
    /// One a day.
    Day,
}

/// Both ends inclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    pub from: Day,
    pub to: Day,
    pub limit: i64,
}

/// What is used of a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Quota {
    pub used: i64,
    pub limit: i64,
}

impl Rule {
    /// Reads the tenant's setting; an unknown word is the platform's default.
    #[must_use]
    pub fn named(word: &str) -> Self {
        match word {
            "week" => Self::Week,
            "day" => Self::Day,
            _ => Self::Month,
        }
    }

    /// The window that `day` lies in.
    #[must_use]
    pub fn window(self, day: Day) -> Window {
        match self {
            Self::Month => {
                let (from, days) = (day.first_of_month(), day.days_in_month());
                Window { from, to: from.plus_days(i32::from(days) - 1), limit: i64::from(days) }
            }
            Self::Week => Window { from: day.monday(), to: day.monday().plus_days(6), limit: 7 },
            Self::Day => Window { from: day, to: day, limit: 1 },
        }
    }
}

impl Quota {
    #[must_use]
    pub const fn left(self) -> i64 {
        if self.used >= self.limit { 0 } else { self.limit - self.used }
    }
}

#[cfg(test)]
mod model_tests {
    use super::*;

    #[test]
    fn windows_follow_the_calendar() {
        let day = Day(2024_02_29);
        let month = Rule::named("month").window(day);
        assert_eq!((month.from.0, month.to.0, month.limit), (2024_02_01, 2024_02_29, 29));
        let week = Rule::named("week").window(day);
        assert_eq!((week.from.0, week.to.0, week.limit), (2024_02_26, 2024_03_03, 7));
        let one = Rule::named("day").window(day);
        assert_eq!((one.from, one.to, one.limit), (day, day, 1));
    }

    #[test]
    fn nothing_is_left_beyond_the_limit() {
        assert_eq!(Quota { used: 9, limit: 7 }.left(), 0);
        assert_eq!(Quota { used: 2, limit: 7 }.left(), 5);
    }
}
