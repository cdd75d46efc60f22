//! Switches that make the platform behave badly, seeded, so that a bad day can be replayed.

use base::Rng;
use serde::{Deserialize, Serialize};

/// One way in which an API call goes wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Harm {
    /// Answers only after so many real milliseconds.
    Slow { ms: u64 },
    /// Answers with this code and changes nothing (45009, -1 …).
    Errcode { code: i64 },
    /// Answers with this HTTP status and changes nothing.
    Http { status: u16 },
    /// Does what was asked, then never answers.
    TimeoutAfterEffect,
    /// Breaks the connection before anything happened.
    ResetBeforeEffect,
    /// Does what was asked and sends half of the answer.
    TruncatedJson,
    /// Makes the caller's token invalid before looking at the call.
    InvalidateToken,
}

/// When a harm strikes.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Rule {
    /// Part of the path; empty strikes everywhere.
    #[serde(default)]
    pub path: String,
    /// Every n-th matching call; 0 or 1 is every call.
    #[serde(default)]
    pub every: u64,
    /// Probability once the turn has come.
    #[serde(default = "always")]
    pub chance: f64,
    /// How often it may strike; absent means without end.
    #[serde(default)]
    pub times: Option<u64>,
    #[serde(flatten)]
    pub harm: Harm,
    #[serde(default, skip_deserializing)]
    seen: u64,
    #[serde(default, skip_deserializing)]
    struck: u64,
}

fn always() -> f64 {
    1.0
}

impl Rule {
    /// A harm on every call whose path contains `path`.
    #[must_use]
    pub fn on(path: &str, harm: Harm) -> Self {
        Self { path: path.to_owned(), every: 1, chance: 1.0, times: None, harm, seen: 0, struck: 0 }
    }
    #[must_use]
    pub fn times(mut self, times: u64) -> Self {
        self.times = Some(times);
        self
    }
    #[must_use]
    pub fn every(mut self, every: u64) -> Self {
        self.every = every;
        self
    }
    #[must_use]
    pub fn with_chance(mut self, chance: f64) -> Self {
        self.chance = chance;
        self
    }
}

/// What happens to callbacks on their way; probabilities from 0 to 1.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct CallbackFaults {
    pub drop: f64,
    pub duplicate: f64,
    pub delay: f64,
    /// How long a delayed one waits, virtual milliseconds.
    pub delay_ms: i64,
    /// Probability that one changes places with those behind it.
    pub reorder: f64,
    /// One documentation page says a non-200 is repeated, another that only broken connections are.
    pub no_retry_on_status: bool,
}

/// All switches.
#[derive(Clone, Debug)]
pub struct Faults {
    rng: Rng,
    pub rules: Vec<Rule>,
    pub callbacks: CallbackFaults,
    /// Real milliseconds every answer takes.
    pub latency_ms: u64,
    /// Parallel calls of one list API by one company before 45033; 0 switches the check off.
    pub parallel_lists: usize,
}

impl Faults {
    #[must_use]
    pub fn none(rng: Rng) -> Self {
        Self {
            rng,
            rules: Vec::new(),
            callbacks: CallbackFaults::default(),
            latency_ms: 0,
            parallel_lists: 5,
        }
    }
    /// Takes the next bad day from the start of its chance.
    pub fn reseed(&mut self, seed: u64) {
        self.rng = Rng::seeded(seed).child("faults");
    }
    /// The harms that strike this call, in the order of the rules.
    pub fn strike(&mut self, path: &str) -> Vec<Harm> {
        let mut out = Vec::new();
        for rule in &mut self.rules {
            if !path.contains(rule.path.as_str()) || rule.times.is_some_and(|t| rule.struck >= t) {
                continue;
            }
            rule.seen += 1;
            if rule.seen % rule.every.max(1) == 0 && (rule.chance >= 1.0 || self.rng.chance(rule.chance)) {
                rule.struck += 1;
                out.push(rule.harm.clone());
            }
        }
        out
    }
    /// What happens to one callback: how many copies are sent and how late each is.
    pub fn fate_of_callback(&mut self) -> Vec<i64> {
        let f = self.callbacks;
        if f.drop > 0.0 && self.rng.chance(f.drop) {
            return Vec::new();
        }
        let late = |rng: &mut Rng| {
            let mut ms = 0;
            if f.delay > 0.0 && rng.chance(f.delay) {
                ms += f.delay_ms;
            }
            if f.reorder > 0.0 && rng.chance(f.reorder) {
                ms += i64::try_from(rng.below(4_000)).unwrap_or(0) + 1;
            }
            ms
        };
        let mut copies = vec![late(&mut self.rng)];
        if f.duplicate > 0.0 && self.rng.chance(f.duplicate) {
            copies.push(late(&mut self.rng));
        }
        copies
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_strike_by_path_turn_and_number() {
        let mut faults = Faults::none(Rng::seeded(1));
        faults.rules.push(Rule::on("mark_tag", Harm::Errcode { code: -1 }).every(2).times(1));
        assert!(faults.strike("/cgi-bin/other").is_empty());
        assert!(faults.strike("/x/mark_tag").is_empty(), "the first turn");
        assert_eq!(faults.strike("/x/mark_tag"), [Harm::Errcode { code: -1 }]);
        assert!(faults.strike("/x/mark_tag").is_empty());
        assert!(faults.strike("/x/mark_tag").is_empty(), "only once");
    }

    #[test]
    fn the_same_seed_gives_the_same_bad_day() {
        let day = |seed| {
            let mut faults = Faults::none(Rng::seeded(0));
            faults.reseed(seed);
            faults.callbacks = CallbackFaults {
                drop: 0.2,
                duplicate: 0.3,
                delay: 0.2,
                delay_ms: 9_000,
                reorder: 0.3,
                ..CallbackFaults::default()
            };
            (0..50).map(|_| faults.fate_of_callback()).collect::<Vec<_>>()
        };
        assert_eq!(day(3), day(3));
        assert_ne!(day(3), day(4));
        assert!(day(3).iter().any(Vec::is_empty) && day(3).iter().any(|c| c.len() == 2));
    }
}
