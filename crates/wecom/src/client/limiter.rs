//! Keeps calls under WeCom's limits, so that the platform never has to block us.
//!
//! A limit holds for every window of its length, wherever it starts: calls are counted in sixty slots per window and
//! the slot that is about to leave still counts. Bulk work stops first, then ordinary work; what is left is the
//! reserve for people who wait.

use std::collections::{HashMap, VecDeque};
use std::sync::Mutex;

use base::Timestamp;
use base::time::{DAY, HOUR, MINUTE};
use messenger::Lane;

/// At most `limit` calls in any `span` milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    pub span: i64,
    pub limit: u32,
}

const fn rule(limit: u32, span: i64) -> Rule {
    Rule { span, limit }
}

/// Per company and API.
pub const BASE: &[Rule] = &[rule(10_000, MINUTE), rule(150_000, HOUR)];
/// One employee gets more app messages dropped in silence.
pub const PER_STAFF: &[Rule] = &[rule(30, MINUTE), rule(1_000, HOUR)];
/// One mass send.
pub const REMINDERS: &[Rule] = &[rule(3, DAY)];

/// A brake of our own: nobody needs a new token every second.
const TOKENS: &[Rule] = &[rule(100, MINUTE)];
const CORP_TICKETS: &[Rule] = &[rule(400, HOUR)];
const APP_TICKETS: &[Rule] = &[rule(100, HOUR)];
const PICTURES: &[Rule] = &[rule(1_000, DAY), rule(3_000, 30 * DAY)];

/// The documented limits of an API within one company.
#[must_use]
pub fn rules_of(path: &str) -> &'static [Rule] {
    match path {
        "/cgi-bin/gettoken" => TOKENS,
        "/cgi-bin/get_jsapi_ticket" => CORP_TICKETS,
        "/cgi-bin/ticket/get" => APP_TICKETS,
        "/cgi-bin/media/uploadimg" => PICTURES,
        // A genuine code is exempt, and messages are limited per receiver.
        "/cgi-bin/auth/getuserinfo" | "/cgi-bin/message/send" => &[],
        _ => BASE,
    }
}

/// Something that is limited, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quota {
    pub key: String,
    pub rules: &'static [Rule],
}

/// Counts of one process. Shared by all clients, because limits hold per company.
#[derive(Default)]
pub struct Limiter(Mutex<HashMap<String, Meter>>);

/// Above this many keys, those at rest are forgotten.
const TIDY_ABOVE: usize = 20_000;
const SLOTS: i64 = 60;
/// A second block within this time of the first one's end was by the hour.
const RELAPSE: i64 = 2 * MINUTE;

#[derive(Default)]
struct Meter {
    windows: Vec<Window>,
    blocked_until: Timestamp,
}

struct Window {
    rule: Rule,
    /// Slot number and calls in it, ascending.
    slots: VecDeque<(i64, u32)>,
    total: u32,
}

impl Limiter {
    /// Takes one call from all quotas, or none.
    ///
    /// # Errors
    /// Milliseconds until it is worth asking again.
    pub fn admit(&self, now: Timestamp, lane: Lane, quotas: &[Quota]) -> Result<(), i64> {
        let mut meters = self.meters();
        if meters.len() > TIDY_ABOVE {
            meters.retain(|_, meter| !meter.at_rest(now));
        }
        let wait = quotas.iter().filter_map(|q| meters.get_mut(&q.key)?.wait(now, lane)).max();
        if let Some(after_ms) = wait {
            return Err(after_ms);
        }
        for quota in quotas.iter().filter(|q| !q.rules.is_empty()) {
            match meters.get_mut(&quota.key) {
                Some(meter) => meter.take(now, quota.rules),
                None => meters.entry(quota.key.clone()).or_default().take(now, quota.rules),
            }
        }
        Ok(())
    }

    /// Remembers that the platform blocked this key. The answer doesn't tell which window was hit: first the minute
    /// is assumed, and the hour when that was not enough. Returns the milliseconds to wait.
    pub fn block(&self, now: Timestamp, key: &str) -> i64 {
        let mut meters = self.meters();
        let meter = meters.entry(key.to_owned()).or_default();
        let relapsed = meter.blocked_until.0 > 0 && now.since(meter.blocked_until) < RELAPSE;
        let running = meter.blocked_until > now;
        let wait = match (running, relapsed) {
            (true, _) => meter.blocked_until.since(now),
            (false, true) => HOUR,
            (false, false) => MINUTE,
        };
        meter.blocked_until = now.plus(wait);
        wait
    }

    fn meters(&self) -> std::sync::MutexGuard<'_, HashMap<String, Meter>> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Meter {
    fn wait(&mut self, now: Timestamp, lane: Lane) -> Option<i64> {
        let blocked = Some(self.blocked_until.since(now)).filter(|ms| *ms > 0);
        let full = self.windows.iter_mut().filter_map(|w| w.wait(now, lane)).max();
        blocked.max(full)
    }

    fn take(&mut self, now: Timestamp, rules: &[Rule]) {
        for rule in rules {
            match self.windows.iter_mut().find(|w| w.rule == *rule) {
                Some(window) => window.take(now),
                None => {
                    let mut window = Window { rule: *rule, slots: VecDeque::new(), total: 0 };
                    window.take(now);
                    self.windows.push(window);
                }
            }
        }
    }

    fn at_rest(&mut self, now: Timestamp) -> bool {
        self.blocked_until.plus(RELAPSE) < now
            && self.windows.iter_mut().all(|w| {
                w.forget(now);
                w.total == 0
            })
    }
}

impl Window {
    const fn slot_length(&self) -> i64 {
        self.rule.span / SLOTS
    }

    fn usable(&self, lane: Lane) -> u32 {
        // A reserve out of a handful would only forbid what is allowed.
        if self.rule.limit < 100 {
            return self.rule.limit;
        }
        let percent = match lane {
            Lane::Urgent => 95,
            Lane::Normal => 85,
            Lane::Bulk => 70,
        };
        u32::try_from(u64::from(self.rule.limit) * percent / 100).unwrap_or(self.rule.limit)
    }

    fn forget(&mut self, now: Timestamp) {
        let oldest = now.0.div_euclid(self.slot_length()) - SLOTS;
        while let Some((slot, count)) = self.slots.front().copied() {
            if slot >= oldest {
                break;
            }
            self.total -= count;
            self.slots.pop_front();
        }
    }

    fn wait(&mut self, now: Timestamp, lane: Lane) -> Option<i64> {
        self.forget(now);
        let usable = self.usable(lane);
        if self.total < usable {
            return None;
        }
        let mut left = self.total;
        for (slot, count) in &self.slots {
            left -= count;
            if left < usable {
                return Some(((slot + SLOTS + 1) * self.slot_length()).saturating_sub(now.0).max(1));
            }
        }
        Some(self.rule.span)
    }

    fn take(&mut self, now: Timestamp) {
        let slot = now.0.div_euclid(self.slot_length());
        match self.slots.back_mut() {
            // A clock that went back counts into the newest slot.
            Some((last, count)) if *last >= slot => *count += 1,
            _ => self.slots.push_back((slot, 1)),
        }
        self.total += 1;
    }
}
