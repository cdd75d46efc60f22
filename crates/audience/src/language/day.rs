//! Days as numbers, and the little of the calendar that conditions need.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A calendar day, counted from 1970-01-01 = 0; earlier days are negative. Written `2026-08-17`.
///
/// The local business day, as the product computed it when it wrote the fact; the engine knows no time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Day(pub i32);

impl Day {
    /// The earliest and the latest day that can be written: 0001-01-01 and 9999-12-31.
    pub const FIRST: Self = Self(-719_162);
    pub const LAST: Self = Self(2_932_896);

    /// `None` for what is no day, such as 30 February, and for years outside 1–9999.
    #[must_use]
    pub fn of(year: i32, month: u32, day: u32) -> Option<Self> {
        let known = (1..=9999).contains(&year) && (1..=12).contains(&month);
        (known && day >= 1 && day <= days_in(year, month)).then(|| Self(number(year, month, day)))
    }

    /// Reads `2026-08-17` and nothing else.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let shaped = bytes.len() == 10
            && bytes.iter().enumerate().all(|(i, b)| match i {
                4 | 7 => *b == b'-',
                _ => b.is_ascii_digit(),
            });
        if !shaped {
            return None;
        }
        Self::of(text[..4].parse().ok()?, text[5..7].parse().ok()?, text[8..].parse().ok()?)
    }

    /// Year, month and day of the month.
    #[must_use]
    pub fn parts(self) -> (i32, u32, u32) {
        let z = i64::from(self.0) + 719_468;
        let era = z.div_euclid(146_097);
        let of_era = z.rem_euclid(146_097);
        let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted = (5 * of_year + 2) / 153;
        let day = of_year - (153 * shifted + 2) / 5 + 1;
        let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        (year as i32, month as u32, day as u32)
    }

    /// Saturates at the ends of the calendar.
    #[must_use]
    pub fn plus(self, days: i64) -> Self {
        let sum = i64::from(self.0) + days;
        Self(sum.clamp(i64::from(Self::FIRST.0), i64::from(Self::LAST.0)) as i32)
    }

    /// The same day of another month, or that month's last. Saturates at the ends of the calendar.
    #[must_use]
    pub fn plus_months(self, months: i64) -> Self {
        let (year, month, day) = self.parts();
        let sum = i64::from(year) * 12 + i64::from(month) - 1 + months;
        let (year, month) = (sum.div_euclid(12), sum.rem_euclid(12) as u32 + 1);
        if year < 1 {
            return Self::FIRST;
        }
        if year > 9999 {
            return Self::LAST;
        }
        Self(number(year as i32, month, day.min(days_in(year as i32, month))))
    }

    /// The latest day of birth of somebody who is at least `months` old on this day.
    #[must_use]
    pub fn born_for_months(self, months: i64) -> Self {
        let mut born = self.plus_months(-months);
        // Somebody born on the 31st completes a month on its last day, so up to three later births count too.
        while born < Self::LAST && born.plus(1).plus_months(months) <= self {
            born = born.plus(1);
        }
        born
    }

    /// Place in a year of 12 × 32 slots, so that the same birthday has the same number each year.
    #[must_use]
    pub fn anniversary(self) -> i64 {
        let (_, month, day) = self.parts();
        i64::from(month) * 32 + i64::from(day)
    }

    /// The inclusive ranges of [`Day::anniversary`] celebrated from this day on, for `days` days. Whoever was born
    /// on 29 February celebrates on the 28th in a common year.
    #[must_use]
    pub fn anniversaries(self, days: u32) -> Vec<(i64, i64)> {
        if days >= 366 {
            return vec![(0, i64::MAX)];
        }
        let mut slots: Vec<i64> = (0..i64::from(days)).map(|ahead| self.plus(ahead).anniversary()).collect();
        let (february, leap) = (2 * 32 + 28, 2 * 32 + 29);
        let common = |slot: &i64| *slot == february;
        if slots.iter().any(common) && !slots.contains(&leap) {
            let ahead = slots.iter().position(|slot| *slot == february).unwrap_or_default() as i64;
            let (year, ..) = self.plus(ahead).parts();
            if days_in(year, 2) == 28 {
                slots.push(leap);
            }
        }
        slots.sort_unstable();
        let mut ranges: Vec<(i64, i64)> = Vec::new();
        for slot in slots {
            match ranges.last_mut() {
                Some(last) if slot <= last.1 + 1 => last.1 = slot,
                _ => ranges.push((slot, slot)),
            }
        }
        ranges
    }
}

fn days_in(year: i32, month: u32) -> u32 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

fn number(year: i32, month: u32, day: u32) -> i32 {
    let year = i64::from(year) - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let shifted = i64::from(if month > 2 { month - 3 } else { month + 9 });
    let of_year = (153 * shifted + 2) / 5 + i64::from(day) - 1;
    (era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468) as i32
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.parts();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

impl TryFrom<String> for Day {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::read(&text).ok_or_else(|| format!("not a day: {text}"))
    }
}

impl From<Day> for String {
    fn from(day: Day) -> Self {
        day.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_go_there_and_back() {
        assert_eq!(Day::of(1970, 1, 1), Some(Day(0)));
        assert_eq!(Day::read("0001-01-01"), Some(Day::FIRST));
        assert_eq!(Day::read("9999-12-31"), Some(Day::LAST));
        for number in (Day::FIRST.0..=Day::LAST.0).step_by(97) {
            assert_eq!(Day::read(&Day(number).to_string()), Some(Day(number)));
        }
    }

    #[test]
    fn what_is_no_day_is_refused() {
        for text in ["2026-02-29", "2026-13-01", "2026-1-1", "0000-01-01", "+026-01-01", "2026/01/01", ""] {
            assert_eq!(Day::read(text), None, "{text}");
        }
    }

    #[test]
    fn a_baby_is_six_months_old_on_the_day_and_not_before() {
        let today = Day::of(2026, 2, 28).unwrap();
        // Born on 31 August, the sixth month is complete on the last day of February.
        assert_eq!(today.born_for_months(6), Day::of(2025, 8, 31).unwrap());
        assert_eq!(today.plus(-1).born_for_months(6), Day::of(2025, 8, 27).unwrap());
    }

    #[test]
    fn a_birthday_window_wraps_around_the_year_and_keeps_the_leap_day() {
        let ranges = Day::of(2026, 12, 30).unwrap().anniversaries(3);
        assert_eq!(ranges, [(33, 33), (12 * 32 + 30, 12 * 32 + 31)]);
        let leap = Day::of(2024, 2, 29).unwrap().anniversary();
        let holds = |day: Day| day.anniversaries(1).iter().any(|r| r.0 <= leap && leap <= r.1);
        assert!(holds(Day::of(2026, 2, 28).unwrap()) && !holds(Day::of(2024, 2, 28).unwrap()));
    }
}
