//! What a task is, when its employee is reminded, and what can't be done with it.

use base::time::{HOUR, MINUTE};
use base::{TenantZone, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::kernel::http::Refusal;

/// Employees are reminded from nine in the morning …
const WORK_FROM: u16 = 9 * 60;
/// … until half past nine at night, in the tenant's zone.
const WORK_UNTIL: u16 = 21 * 60 + 30;
/// Reminders after the card; then it is up to a person.
pub const REMINDERS: i64 = 2;
/// From the card to the first reminder.
pub const FIRST_REMINDER: i64 = 30 * MINUTE;
/// From the first reminder to the second.
pub const NEXT_REMINDER: i64 = HOUR;
/// The longest reason an employee may give for skipping.
pub const REASON_CHARS: usize = 200;

/// Where a task stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TaskState {
    /// Due, and not yet sent.
    Waiting,
    Sent,
    /// The employee or an operator decided against it.
    Skipped,
    Expired,
}

impl TaskState {
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sent => "sent",
            Self::Skipped => "skipped",
            Self::Expired => "expired",
        }
    }
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        [Self::Waiting, Self::Sent, Self::Skipped, Self::Expired].into_iter().find(|s| s.word() == word)
    }
}

/// A task to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewTask {
    pub post_id: String,
    pub group_id: String,
    pub group_platform_id: String,
    pub group_name: String,
    pub account_id: String,
    pub staff_id: String,
    pub staff_platform_id: String,
    pub title: String,
    /// What stands in the group, the link included.
    pub body: String,
    /// Our tracked address; empty when the post has none.
    pub link_url: String,
    pub due_at: Timestamp,
    pub expires_at: Timestamp,
}

/// The next moment at or after `at` in which an employee may be reminded.
#[must_use]
pub fn in_working_hours(zone: &TenantZone, at: Timestamp) -> Timestamp {
    let (day, minute) = (zone.day_of(at), zone.minute_of_day(at));
    if minute < WORK_FROM {
        return zone.at(day, WORK_FROM);
    }
    if minute >= WORK_UNTIL {
        return zone.at(day.plus_days(1), WORK_FROM);
    }
    at
}

/// When the tasks of a post are looked at next: to remind, or to let them expire.
#[must_use]
pub fn next_look(zone: &TenantZone, now: Timestamp, reminders: i64, expires_at: Timestamp) -> Timestamp {
    if reminders >= REMINDERS {
        return expires_at;
    }
    let pause = if reminders == 0 { FIRST_REMINDER } else { NEXT_REMINDER };
    in_working_hours(zone, now.plus(pause)).min(expires_at)
}

/// Why something can't be done with a task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TaskRefusal {
    /// It is settled already.
    Settled { state: TaskState },
    /// Skipping needs a reason.
    NoReason,
    /// The employee has no duty in the group.
    NotOnDuty,
    /// Reminders are not sent at night.
    OutsideWorkingHours,
    /// The visitor is not an employee of the company.
    NotStaff,
    /// The platform did not accept the sign-in code.
    CodeRefused,
}

impl Refusal for TaskRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Settled { .. } => "tasks.settled",
            Self::NoReason => "tasks.no_reason",
            Self::NotOnDuty => "tasks.not_on_duty",
            Self::OutsideWorkingHours => "tasks.outside_working_hours",
            Self::NotStaff => "tasks.not_staff",
            Self::CodeRefused => "tasks.code_refused",
        }
    }
    fn status(&self) -> http::StatusCode {
        match self {
            Self::Settled { .. } | Self::OutsideWorkingHours => http::StatusCode::CONFLICT,
            Self::NoReason | Self::NotOnDuty => http::StatusCode::UNPROCESSABLE_ENTITY,
            Self::NotStaff => http::StatusCode::FORBIDDEN,
            Self::CodeRefused => http::StatusCode::UNAUTHORIZED,
        }
    }
    fn args(&self) -> Value {
        match self {
            Self::Settled { state } => json!({ "state": state.word() }),
            Self::NoReason => json!({ "limit": REASON_CHARS }),
            _ => json!({}),
        }
    }
}

#[cfg(test)]
mod model_tests {
    use base::Day;

    use super::*;

    #[test]
    fn nobody_is_reminded_at_night() {
        let zone = TenantZone::shanghai();
        let day = Day(2026_08_17);
        for (minute, want) in [(8 * 60, (day, 540)), (600, (day, 600)), (1_289, (day, 1_289))] {
            let at = in_working_hours(&zone, zone.at(day, minute));
            assert_eq!((zone.day_of(at), zone.minute_of_day(at)), want);
        }
        let late = in_working_hours(&zone, zone.at(day, 1_290));
        assert_eq!(late, zone.at(day.plus_days(1), 540));
    }

    #[test]
    fn two_reminders_and_then_the_end() {
        let zone = TenantZone::shanghai();
        let now = zone.at(Day(2026_08_17), 12 * 60);
        let end = now.plus(4 * HOUR);
        assert_eq!(next_look(&zone, now, 0, end), now.plus(FIRST_REMINDER));
        assert_eq!(next_look(&zone, now, 1, end), now.plus(NEXT_REMINDER));
        assert_eq!(next_look(&zone, now, 2, end), end);
        assert_eq!(next_look(&zone, now, 0, now.plus(MINUTE)), now.plus(MINUTE));
    }
}
