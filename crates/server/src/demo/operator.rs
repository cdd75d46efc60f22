//! The operator of the demo: every morning she looks at the release cards that are a day old and decides.

use anyhow::Context as _;
use base::{TenantZone, Timestamp};
use serde_json::{Value, json};

use super::door::Door;
use super::{privacy, tags};

/// She looks at ten past nine.
const MORNING: u16 = 9 * 60 + 10;

/// One operator with her session.
pub struct Operator {
    door: Door,
    next: Timestamp,
    /// From then on she leaves the cards to the newcomer.
    until: Timestamp,
}

impl Operator {
    pub fn new(door: Door, now: Timestamp, until: Timestamp) -> Self {
        Self { door, next: next_morning(now), until }
    }

    /// When she looks next; never again once the newcomer takes over.
    pub fn next_due(&self) -> Option<Timestamp> {
        Some(self.next).filter(|at| *at < self.until)
    }

    /// Decides on what waits for a decision, if it is morning; answers how many cards that were.
    pub async fn look(&mut self, now: Timestamp) -> anyhow::Result<usize> {
        if self.next_due().is_none_or(|at| at > now) {
            return Ok(0);
        }
        self.next = next_morning(now);
        if self.next_due().is_none() {
            // Her last morning: what customers told the staff in these weeks is written down, and the members of the
            // first hour are tagged together.
            privacy::speak_up(&self.door).await?;
            tags::tag_many(&self.door).await?;
        }
        let today = self.door.get("/api/v1/today").await?;
        let cards = today["decisions"].as_array().cloned().unwrap_or_default();
        for card in &cards {
            let post = card["post_id"].as_str().context("a card has a post")?;
            let path = format!("/api/v1/metrics/releases/{post}/decide");
            self.door.post(&path, &json!({ "verdict": verdict(card) })).await?;
        }
        Ok(cards.len())
    }
}

/// What drives people away is changed; everything else goes on.
fn verdict(card: &Value) -> &'static str {
    let figure = |name: &str| card["figures"][name].as_i64().unwrap_or(0);
    if figure("leaves") >= 3 && figure("orders") == 0 { "change" } else { "keep" }
}

fn next_morning(now: Timestamp) -> Timestamp {
    let zone = TenantZone::shanghai();
    let today = zone.day_of(now);
    let at = zone.at(today, MORNING);
    if at > now { at } else { zone.at(today.plus_days(1), MORNING) }
}
