//! Instants, local days, zones and clocks.
//!
//! One representation everywhere: Unix milliseconds in an `i64` ([`Timestamp`]) and `yyyymmdd` in an `i32`
//! ([`Day`]). The same value sorts the same way on both databases and in JSON.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use serde::{Deserialize, Serialize};

pub const SECOND: i64 = 1_000;
pub const MINUTE: i64 = 60 * SECOND;
pub const HOUR: i64 = 60 * MINUTE;
pub const DAY: i64 = 24 * HOUR;

/// An instant: milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(pub i64);

impl Timestamp {
    #[must_use]
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds * SECOND)
    }
    #[must_use]
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(SECOND)
    }
    #[must_use]
    pub const fn plus(self, millis: i64) -> Self {
        Self(self.0 + millis)
    }
    #[must_use]
    pub const fn minus(self, millis: i64) -> Self {
        Self(self.0 - millis)
    }
    /// Milliseconds from `earlier` to `self`; negative when `earlier` is later.
    #[must_use]
    pub const fn since(self, earlier: Self) -> i64 {
        self.0 - earlier.0
    }
    /// RFC 3339 in UTC, for logs and file formats.
    #[must_use]
    pub fn rfc3339(self) -> String {
        self.jiff().to_string()
    }
    /// Reads RFC 3339 with any offset.
    #[must_use]
    pub fn parse_rfc3339(text: &str) -> Option<Self> {
        text.parse::<jiff::Timestamp>().ok().map(|t| Self(t.as_millisecond()))
    }
    fn jiff(self) -> jiff::Timestamp {
        jiff::Timestamp::from_millisecond(self.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH)
    }
}

/// A local calendar day as `yyyymmdd`, for example `20260821`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Day(pub i32);

impl Day {
    #[must_use]
    pub fn new(year: i16, month: i8, day: i8) -> Option<Self> {
        jiff::civil::Date::new(year, month, day).ok().map(Self::from_date)
    }
    /// The day `n` days later (earlier when negative).
    #[must_use]
    pub fn plus_days(self, n: i32) -> Self {
        let span = jiff::Span::new().days(i64::from(n));
        self.date().checked_add(span).map_or(self, Self::from_date)
    }
    /// Days from `earlier` to `self`.
    #[must_use]
    pub fn days_since(self, earlier: Self) -> i32 {
        self.date().since(earlier.date()).map_or(0, |span| span.get_days())
    }
    /// 1 = Monday … 7 = Sunday.
    #[must_use]
    pub fn weekday(self) -> u8 {
        self.date().weekday().to_monday_one_offset().unsigned_abs()
    }
    /// The Monday of this day's week.
    #[must_use]
    pub fn monday(self) -> Self {
        self.plus_days(1 - i32::from(self.weekday()))
    }
    #[must_use]
    pub fn days_in_month(self) -> u8 {
        self.date().days_in_month().unsigned_abs()
    }
    /// First day of this day's month.
    #[must_use]
    pub fn first_of_month(self) -> Self {
        Self::from_date(self.date().first_of_month())
    }
    /// `2026-08-21`.
    #[must_use]
    pub fn iso(self) -> String {
        self.date().to_string()
    }
    fn date(self) -> jiff::civil::Date {
        let (y, md) = (self.0 / 10_000, self.0 % 10_000);
        jiff::civil::Date::new(
            i16::try_from(y).unwrap_or(1970),
            i8::try_from(md / 100).unwrap_or(1),
            i8::try_from(md % 100).unwrap_or(1),
        )
        .unwrap_or(jiff::civil::Date::constant(1970, 1, 1))
    }
    fn from_date(d: jiff::civil::Date) -> Self {
        Self(i32::from(d.year()) * 10_000 + i32::from(d.month()) * 100 + i32::from(d.day()))
    }
}

/// The zone in which a tenant's days and plan times are meant, for example `Asia/Shanghai`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TenantZone(jiff::tz::TimeZone);

impl TenantZone {
    /// `None` when the IANA name is unknown.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        jiff::tz::TimeZone::get(name).ok().map(Self)
    }
    #[must_use]
    pub fn shanghai() -> Self {
        Self::named("Asia/Shanghai").unwrap_or(Self(jiff::tz::TimeZone::fixed(jiff::tz::offset(8))))
    }
    #[must_use]
    pub fn day_of(&self, at: Timestamp) -> Day {
        Day::from_date(at.jiff().to_zoned(self.0.clone()).date())
    }
    /// The business day of `at`, when the tenant's day is cut `cut_minutes` after midnight (night catering: 240).
    #[must_use]
    pub fn business_day(&self, at: Timestamp, cut_minutes: i64) -> Day {
        self.day_of(at.minus(cut_minutes * MINUTE))
    }
    /// Minutes since local midnight, 0..1440.
    #[must_use]
    pub fn minute_of_day(&self, at: Timestamp) -> u16 {
        let t = at.jiff().to_zoned(self.0.clone()).time();
        u16::from(t.hour().unsigned_abs()) * 60 + u16::from(t.minute().unsigned_abs())
    }
    /// The instant of a local wall time. A time inside a daylight-saving gap moves forward, as a person expects.
    #[must_use]
    pub fn at(&self, day: Day, minute_of_day: u16) -> Timestamp {
        let time = jiff::civil::time((minute_of_day / 60 % 24) as i8, (minute_of_day % 60) as i8, 0, 0);
        day.date()
            .to_datetime(time)
            .to_zoned(self.0.clone())
            .map_or(Timestamp(0), |z| Timestamp(z.timestamp().as_millisecond()))
    }
    #[must_use]
    pub fn start_of(&self, day: Day) -> Timestamp {
        self.at(day, 0)
    }
}

/// Where "now" comes from.
pub trait Clock: Send + Sync {
    fn now(&self) -> Timestamp;
    /// Real milliseconds until this clock shows `at`; zero when it is past. A clock that is moved by hand answers
    /// a short poll interval, because nobody knows when it will be moved.
    fn real_millis_until(&self, at: Timestamp) -> u64;
}

pub type SharedClock = Arc<dyn Clock>;

/// The machine's clock: the only place of the product that asks it.
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place where the machine's clock enters")]
    fn now(&self) -> Timestamp {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        Timestamp(since.map_or(0, |d| i64::try_from(d.as_millis()).unwrap_or(i64::MAX)))
    }
    fn real_millis_until(&self, at: Timestamp) -> u64 {
        u64::try_from(at.since(self.now())).unwrap_or(0)
    }
}

/// A clock that stands still until a test or a simulation moves it. It never goes back.
#[derive(Default)]
pub struct ManualClock(AtomicI64);

impl ManualClock {
    #[must_use]
    pub fn starting_at(at: Timestamp) -> Arc<Self> {
        Arc::new(Self(AtomicI64::new(at.0)))
    }
    pub fn set(&self, at: Timestamp) {
        self.0.fetch_max(at.0, Ordering::SeqCst);
    }
    pub fn advance(&self, millis: i64) {
        self.0.fetch_add(millis.max(0), Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }
    fn real_millis_until(&self, at: Timestamp) -> u64 {
        if at <= self.now() { 0 } else { 5 }
    }
}

/// A clock that can be moved by hand while it is frozen, and then runs `speed` times as fast as the machine's:
/// the demo lives its history on it and afterwards goes on in front of the newcomer's eyes.
pub struct ScaledClock {
    real: SystemClock,
    /// Real and shown instant of the last change of speed, and the speed; zero means frozen.
    state: std::sync::RwLock<(i64, i64, i64)>,
}

impl ScaledClock {
    #[must_use]
    pub fn frozen_at(at: Timestamp) -> Arc<Self> {
        Arc::new(Self { real: SystemClock, state: std::sync::RwLock::new((0, at.0, 0)) })
    }
    /// A clock that showed `shown` when the machine's showed `real` and runs at `speed`: several processes given the
    /// same three values agree, and one that is started again goes on where it was.
    #[must_use]
    pub fn anchored(real: Timestamp, shown: Timestamp, speed: i64) -> Arc<Self> {
        Arc::new(Self { real: SystemClock, state: std::sync::RwLock::new((real.0, shown.0, speed.max(0))) })
    }
    /// Reads `REAL_MS,SHOWN_MS,SPEED` for [`ScaledClock::anchored`].
    #[must_use]
    pub fn parse_anchored(text: &str) -> Option<Arc<Self>> {
        let mut parts = text.split(',').map(|p| p.trim().parse::<i64>().ok());
        match (parts.next()??, parts.next()??, parts.next()??, parts.next()) {
            (real, shown, speed, None) => Some(Self::anchored(Timestamp(real), Timestamp(shown), speed)),
            _ => None,
        }
    }
    /// Moves a frozen clock forward; never back.
    pub fn set(&self, at: Timestamp) {
        let now = self.now();
        self.change(at.max(now), None);
    }
    /// Runs on from the shown instant at `speed` times real time; 0 freezes.
    pub fn run(&self, speed: i64) {
        let now = self.now();
        self.change(now, Some(speed.max(0)));
    }
    #[must_use]
    pub fn speed(&self) -> i64 {
        self.read().2
    }
    fn read(&self) -> (i64, i64, i64) {
        *self.state.read().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
    fn change(&self, shown: Timestamp, speed: Option<i64>) {
        let mut state = self.state.write().unwrap_or_else(std::sync::PoisonError::into_inner);
        *state = (self.real.now().0, shown.0, speed.unwrap_or(state.2));
    }
}

impl Clock for ScaledClock {
    fn now(&self) -> Timestamp {
        let (real, shown, speed) = self.read();
        if speed == 0 { Timestamp(shown) } else { Timestamp(shown + (self.real.now().0 - real) * speed) }
    }
    fn real_millis_until(&self, at: Timestamp) -> u64 {
        let left = at.since(self.now());
        match (left <= 0, self.speed()) {
            (true, _) => 0,
            (false, 0) => 5,
            (false, speed) => u64::try_from(left / speed).unwrap_or(0) + 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_know_their_week_and_month() {
        let day = Day::new(2026, 11, 23).expect("a real day");
        assert_eq!(day.0, 2026_11_23);
        assert_eq!(day.weekday(), 1);
        assert_eq!(day.plus_days(-1).monday().0, 2026_11_16);
        assert_eq!(day.plus_days(8).0, 2026_12_01);
        assert_eq!(Day(2026_12_01).days_since(day), 8);
        assert_eq!(Day(2024_02_10).days_in_month(), 29);
    }

    #[test]
    fn wall_times_go_through_the_zone() {
        let zone = TenantZone::shanghai();
        let at = zone.at(Day(2026_11_23), 11 * 60 + 30);
        assert_eq!(at.rfc3339(), "2026-11-23T03:30:00Z");
        assert_eq!(zone.day_of(at).0, 2026_11_23);
        assert_eq!(zone.minute_of_day(at), 690);
        assert_eq!(zone.business_day(zone.at(Day(2026_11_23), 200), 240).0, 2026_11_22);
        assert!(TenantZone::named("Middle/Nowhere").is_none());
    }

    #[test]
    fn an_anchored_clock_is_read_from_text() {
        let clock = ScaledClock::parse_anchored("1000, 5000, 0").expect("three numbers");
        assert_eq!(clock.now(), Timestamp(5_000));
        assert!(ScaledClock::parse_anchored("1000,5000").is_none());
        assert!(ScaledClock::parse_anchored("a,b,c").is_none());
    }

    #[test]
    fn a_scaled_clock_freezes_and_never_goes_back() {
        let clock = ScaledClock::frozen_at(Timestamp(1_000));
        clock.set(Timestamp(500));
        assert_eq!(clock.now(), Timestamp(1_000));
        clock.set(Timestamp(2_000));
        assert_eq!(clock.now(), Timestamp(2_000));
    }
}
