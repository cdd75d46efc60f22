//! How often an API may be called: windows per company and per address, blocked for the length of the window.

use std::collections::HashMap;

use base::Timestamp;
use base::time::{HOUR, MINUTE};
use serde::{Deserialize, Serialize};

use crate::refusal::Refused;

/// Calls of one API per window.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Quota {
    pub per_minute: u32,
    pub per_hour: u32,
}

/// The documented defaults, and the counters.
#[derive(Clone, Debug)]
pub struct Limits {
    pub corp: Quota,
    pub address: Quota,
    windows: HashMap<(String, &'static str), Window>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            corp: Quota { per_minute: 10_000, per_hour: 150_000 },
            address: Quota { per_minute: 20_000, per_hour: 600_000 },
            windows: HashMap::new(),
        }
    }
}

#[derive(Clone, Copy, Debug, Default)]
struct Window {
    minute: i64,
    in_minute: u32,
    hour: i64,
    in_hour: u32,
    blocked_until: Timestamp,
}

impl Window {
    fn take(&mut self, quota: Quota, now: Timestamp) -> bool {
        let (minute, hour) = (now.0.div_euclid(MINUTE), now.0.div_euclid(HOUR));
        if minute != self.minute {
            (self.minute, self.in_minute) = (minute, 0);
        }
        if hour != self.hour {
            (self.hour, self.in_hour) = (hour, 0);
        }
        if now < self.blocked_until {
            return false;
        }
        self.in_minute += 1;
        self.in_hour += 1;
        if self.in_hour > quota.per_hour {
            self.blocked_until = now.plus(HOUR);
            return false;
        }
        if self.in_minute > quota.per_minute {
            self.blocked_until = now.plus(MINUTE);
            return false;
        }
        true
    }
}

impl Limits {
    /// Counts one call; 45009 when the company's or the address's window is used up.
    pub fn take(&mut self, corp: &str, ip: &str, api: &'static str, now: Timestamp) -> Result<(), Refused> {
        let pairs = [(format!("corp {corp}"), self.corp), (format!("ip {ip}"), self.address)];
        for (who, quota) in pairs {
            if !self.windows.entry((who, api)).or_default().take(quota, now) {
                return Err(Refused::code(45009));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_used_up_minute_blocks_for_a_minute_and_only_that_api() {
        let mut limits = Limits { corp: Quota { per_minute: 2, per_hour: 100 }, ..Limits::default() };
        let at = Timestamp(90_000);
        assert!(limits.take("c", "ip", "a", at).is_ok());
        assert!(limits.take("c", "ip", "a", at).is_ok());
        assert_eq!(limits.take("c", "ip", "a", at).expect_err("third").code, 45009);
        assert!(limits.take("c", "ip", "b", at).is_ok());
        assert!(limits.take("c", "ip", "a", at.plus(59_000)).is_err(), "the block outlives the window");
        assert!(limits.take("c", "ip", "a", at.plus(61_000)).is_ok());
    }
}
