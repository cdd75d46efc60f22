//! The guard rails of a post: caps, quota, quiet hours, spacing, mix and words. Pure arithmetic over the days around.

use std::collections::BTreeMap;

use base::{Day, TenantZone, Timestamp};
use screening::Severity;
use serde::Serialize;
use serde_json::{Value, json};

use super::{Kind, Way};
use crate::budgets::Quota;
use crate::communities::MixRule;

/// Nothing is posted from ten at night …
pub const QUIET_FROM: u16 = 22 * 60;
/// … until eight in the morning.
pub const QUIET_UNTIL: u16 = 8 * 60;
/// Minutes between two posts of a community.
pub const SPACING: i32 = 30;
/// The mix is judged from this many posts a week on.
const MIX_FROM: i64 = 5;
/// The grid on which a better slot is looked for, in minutes, and how many days around.
const GRID: u16 = 15;
const DAYS_AROUND: i32 = 7;

/// A day and a minute of it, in the tenant's zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, utoipa::ToSchema)]
pub struct Slot {
    /// `yyyymmdd`
    #[schema(value_type = i32)]
    pub day: Day,
    pub minute: u16,
}

/// A post that stands in the calendar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Occupied {
    pub id: String,
    pub slot: Slot,
    pub kind: Kind,
    pub way: Way,
}

/// The post to be judged.
#[derive(Clone, Debug)]
pub struct Candidate<'a> {
    /// Its id when it is in the calendar already.
    pub id: &'a str,
    pub slot: Slot,
    pub kind: Kind,
    pub way: Way,
    pub title: &'a str,
    pub body: &'a str,
}

/// Share of activity posts that a kind of community should have, in per cent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Bounds {
    pub min: i64,
    pub max: i64,
}

impl From<MixRule> for Bounds {
    fn from(rule: MixRule) -> Self {
        Self { min: rule.activity_min, max: rule.activity_max }
    }
}

/// What surrounds a candidate: the posts of two weeks before and after, and the limits.
#[derive(Clone, Debug)]
pub struct Context {
    pub now: Timestamp,
    pub zone: TenantZone,
    pub posts: Vec<Occupied>,
    pub cap: i64,
    pub warn: i64,
    pub bounds: Bounds,
    /// Broadcasts that the fullest group of the community has had or will have in the window of a day, the candidate
    /// left out.
    pub quota: BTreeMap<Day, Quota>,
}

/// One thing that is wrong or worth knowing; `code` is a catalogue key.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    pub code: &'static str,
    pub args: Value,
}

/// The verdict on a candidate.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Check {
    pub refusals: Vec<Finding>,
    pub warnings: Vec<Finding>,
    /// The nearest slot in which nothing is refused, when this one is.
    pub nearest: Option<Slot>,
}

/// Shares of a week's posts by kind, notices left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Mix {
    pub activity: i64,
    pub content: i64,
    pub popularity: i64,
    /// Posts counted.
    pub total: i64,
}

impl Mix {
    #[must_use]
    pub const fn within(self, bounds: Bounds) -> bool {
        self.total < MIX_FROM || (self.activity >= bounds.min && self.activity <= bounds.max)
    }
}

/// The mix in whole per cent, rounded so that the parts add up to 100.
#[must_use]
pub fn mix_of(kinds: impl IntoIterator<Item = Kind>) -> Mix {
    let mut n = [0i64; 3];
    for kind in kinds {
        match kind {
            Kind::Activity => n[0] += 1,
            Kind::Content => n[1] += 1,
            Kind::Popularity => n[2] += 1,
            Kind::Service => {}
        }
    }
    let total: i64 = n.iter().sum();
    if total == 0 {
        return Mix::default();
    }
    let share = |part: i64| (part * 200 + total) / (total * 2);
    let (activity, content) = (share(n[0]), share(n[1]));
    Mix { activity, content, popularity: (100 - activity - content).max(0), total }
}

/// Judges a candidate.
#[must_use]
pub fn check_post(candidate: &Candidate<'_>, context: &Context) -> Check {
    let mut refusals = slot_refusals(candidate, candidate.slot, context);
    let (stop, mut warnings) = word_findings(candidate);
    let nearest = if refusals.is_empty() { None } else { nearest(candidate, context) };
    refusals.extend(stop);
    let slot = candidate.slot;
    let on_day = others(candidate, context).filter(|p| p.slot.day == slot.day).count() as i64 + 1;
    if on_day > context.warn {
        warnings.push(Finding {
            code: "playbooks.many_posts",
            args: json!({ "count": on_day, "warn": context.warn, "limit": context.cap }),
        });
    }
    let week =
        others(candidate, context).filter(|p| p.slot.day.monday() == slot.day.monday()).map(|p| p.kind);
    let mix = mix_of(week.chain([candidate.kind]));
    if !mix.within(context.bounds) {
        let Bounds { min, max } = context.bounds;
        let code = if mix.activity < min { "playbooks.mix_low" } else { "playbooks.mix_high" };
        warnings.push(Finding { code, args: json!({ "activity": mix.activity, "min": min, "max": max }) });
    }
    Check { refusals, warnings, nearest }
}

fn others<'a>(candidate: &'a Candidate<'_>, context: &'a Context) -> impl Iterator<Item = &'a Occupied> {
    context.posts.iter().filter(|p| p.id != candidate.id)
}

/// Everything that speaks against a slot.
fn slot_refusals(candidate: &Candidate<'_>, slot: Slot, context: &Context) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut refuse = |code, args| found.push(Finding { code, args });
    if context.zone.at(slot.day, slot.minute) <= context.now {
        refuse("playbooks.in_the_past", json!({}));
    }
    if !(QUIET_UNTIL..QUIET_FROM).contains(&slot.minute) {
        refuse("playbooks.quiet_hours", json!({ "from": clock(QUIET_FROM), "until": clock(QUIET_UNTIL) }));
    }
    let day: Vec<&Occupied> = others(candidate, context).filter(|p| p.slot.day == slot.day).collect();
    if day.len() as i64 >= context.cap {
        refuse("playbooks.cap_reached", json!({ "count": day.len(), "limit": context.cap }));
    }
    let near = day.iter().find(|p| (i32::from(p.slot.minute) - i32::from(slot.minute)).abs() < SPACING);
    if let Some(other) = near {
        refuse("playbooks.too_close", json!({ "minutes": SPACING, "at": clock(other.slot.minute) }));
    }
    if candidate.way == Way::Broadcast {
        if day.iter().any(|p| p.way == Way::Broadcast) {
            refuse("playbooks.second_broadcast", json!({}));
        }
        if let Some(quota) = context.quota.get(&slot.day).filter(|q| q.left() == 0) {
            refuse("playbooks.quota_used_up", json!({ "used": quota.used, "limit": quota.limit }));
        }
    }
    found
}

/// The slot nearest in time in which nothing is refused: the same day first, then the days around it.
fn nearest(candidate: &Candidate<'_>, context: &Context) -> Option<Slot> {
    let mut minutes: Vec<u16> = (QUIET_UNTIL..QUIET_FROM).step_by(usize::from(GRID)).collect();
    minutes.sort_by_key(|m| m.abs_diff(candidate.slot.minute));
    let days = std::iter::once(0).chain((1..=DAYS_AROUND).flat_map(|n| [n, -n]));
    for day in days.map(|n| candidate.slot.day.plus_days(n)) {
        let good =
            |minute: &&u16| slot_refusals(candidate, Slot { day, minute: **minute }, context).is_empty();
        if let Some(minute) = minutes.iter().find(good) {
            return Some(Slot { day, minute: *minute });
        }
    }
    None
}

fn word_findings(candidate: &Candidate<'_>) -> (Vec<Finding>, Vec<Finding>) {
    let (mut stop, mut warn) = (Vec::new(), Vec::new());
    for text in [candidate.title, candidate.body] {
        for finding in screening::built_in().find(text) {
            let args = json!({ "word": finding.hit.text, "category": finding.rule.category, "cure": finding.rule.cure });
            match finding.rule.severity {
                Severity::Stop => stop.push(Finding { code: "playbooks.forbidden_word", args }),
                Severity::Warn => warn.push(Finding { code: "playbooks.doubtful_word", args }),
            }
        }
    }
    (stop, warn)
}

/// `11:30`.
#[must_use]
pub fn clock(minute: u16) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

#[cfg(test)]
mod tests;
