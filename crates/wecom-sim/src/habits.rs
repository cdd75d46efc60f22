//! Hidden habits of invented people: when they are awake, what they open, click, buy, and when they go. Pure.

use base::time::{DAY, HOUR, MINUTE};
use base::{Day, Rng, TenantZone, Timestamp};
use serde_json::Value;

use crate::seeding::{Line, brand};

/// What a message is to the people who read it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Activity,
    Content,
    Popularity,
}

impl Kind {
    /// Click, given that a link was seen.
    #[must_use]
    pub fn click(self) -> f64 {
        match self {
            Self::Activity => 0.38,
            Self::Content => 0.22,
            Self::Popularity => 0.30,
        }
    }
    /// Payment, given a click.
    #[must_use]
    pub fn pay(self) -> f64 {
        match self {
            Self::Activity => 0.09,
            Self::Content => 0.03,
            Self::Popularity => 0.02,
        }
    }
}

/// One person's nature; nobody but the population knows it.
#[derive(Clone, Debug)]
pub struct Habit {
    /// Index of the group the person belongs to first.
    pub home: usize,
    /// Share of messages seen on an ordinary day.
    pub open: f64,
    /// How much the person talks.
    pub talk: f64,
    /// Orders per thirty days without any message.
    pub orders: f64,
    /// Multiplies the chance to pay.
    pub eager: f64,
}

impl Habit {
    /// Draws a person of a line.
    #[must_use]
    pub fn draw(home: usize, line: &Line, rng: &mut Rng) -> Self {
        let open = beta_like(rng, 6.0, 18.0);
        let talk = match rng.unit() {
            u if u < 0.80 => 0.02,
            u if u < 0.94 => 0.6,
            u if u < 0.99 => 3.0,
            _ => 6.0 * (1.0 - rng.unit()).powf(-1.0 / 1.8),
        };
        // Half of what a line sells comes without any message; the rest is earned by clicks.
        let orders = line.orders_per_month * 0.5 * gamma(rng, 0.45) / 0.45;
        Self { home, open, talk, orders, eager: rng.log_normal(0.9, 0.45) }
    }
}

/// Gamma with scale 1 (Marsaglia–Tsang, boosted below shape 1).
fn gamma(rng: &mut Rng, shape: f64) -> f64 {
    if shape < 1.0 {
        let boost = rng.unit().max(1e-12).powf(1.0 / shape);
        return gamma(rng, shape + 1.0) * boost;
    }
    let d = shape - 1.0 / 3.0;
    let c = 1.0 / (9.0 * d).sqrt();
    loop {
        let x = rng.normal(0.0, 1.0);
        let v = (1.0 + c * x).powi(3);
        if v > 0.0 && rng.unit().max(1e-12).ln() < 0.5 * x * x + d - d * v + d * v.ln() {
            return d * v;
        }
    }
}

fn beta_like(rng: &mut Rng, a: f64, b: f64) -> f64 {
    let (x, y) = (gamma(rng, a), gamma(rng, b));
    x / (x + y)
}

/// A whole number with the given mean.
#[must_use]
pub fn poisson(rng: &mut Rng, mean: f64) -> u32 {
    let limit = (-mean.min(60.0)).exp();
    let mut product = rng.unit();
    let mut count = 0;
    while product > limit && count < 400 {
        product *= rng.unit();
        count += 1;
    }
    count
}

/// A moment of `day` after the line's daily curve, between 07:30 and 23:30.
#[must_use]
pub fn moment(zone: &TenantZone, day: Day, line: &Line, rng: &mut Rng) -> Timestamp {
    let total: f64 = line.peaks.iter().map(|p| p.0).sum();
    let mut at = rng.unit() * total;
    let mut hour = 12.0;
    for (weight, mean, sd) in &line.peaks {
        if at < *weight {
            hour = rng.normal(*mean, *sd);
            break;
        }
        at -= weight;
    }
    let minute = (hour.clamp(7.5, 23.5) * 60.0) as i64;
    zone.start_of(day).plus(minute * MINUTE + i64::try_from(rng.below(60_000)).unwrap_or(0))
}

/// Share of a group's sixty-day size that comes on its `index`-th day: a launch burst, a trickle with a Saturday
/// peak, two campaigns. Sums to one over sixty days.
#[must_use]
pub fn arrival_share(index: i64, weekday: u8) -> f64 {
    let burst = if (0..10).contains(&index) { 0.4 * (-(index as f64) / 3.0).exp() / 3.41 } else { 0.0 };
    let trickle = 0.44 / 60.0 * if weekday == 6 { 1.9 } else { 0.85 };
    let campaign = match index {
        24 | 45 => 0.05,
        25 | 46 => 0.03,
        _ => 0.0,
    };
    burst + trickle + campaign
}

/// How much better a minute of the day is for a group than the worst one: from 0.55 to 1.45.
#[must_use]
pub fn slot_factor(best_minute: i64, minute: i64) -> f64 {
    let far = (minute - best_minute).abs();
    let far = far.min(1_440 - far) as f64;
    0.55 + 0.9 * (-(far / 150.0).powi(2)).exp()
}

/// When a newcomer will leave, if ever within the next year: some on the first day, some within the week, then a
/// steady share per month; a bad group loses three times as many.
#[must_use]
pub fn leave_after(bad: bool, rng: &mut Rng) -> Option<i64> {
    let (week, month) = if bad { (0.18, 0.12) } else { (0.08, 0.035) };
    if rng.chance(week) {
        let span = if rng.chance(0.5) { DAY } else { 7 * DAY };
        return Some(10 * MINUTE + i64::try_from(rng.below(span.unsigned_abs())).unwrap_or(DAY));
    }
    let months = -rng.unit().max(1e-12).ln() / month;
    (months < 12.0).then_some(7 * DAY + (months * 30.0 * DAY as f64) as i64)
}

/// How an employee treats something that has to be tapped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tap {
    After(i64),
    Late(i64),
    Never,
}

/// 86 % soon, 8 % late, 6 % never.
#[must_use]
pub fn tap(rng: &mut Rng) -> Tap {
    let u = rng.unit();
    let soon = (rng.log_normal(4.0, 0.8) * MINUTE as f64) as i64;
    if u < 0.86 {
        Tap::After(soon.clamp(20_000, 50 * MINUTE))
    } else if u < 0.94 {
        Tap::Late(2 * HOUR + i64::try_from(rng.below((6 * HOUR).unsigned_abs())).unwrap_or(HOUR))
    } else {
        Tap::Never
    }
}

/// Moves a moment outside the shift (09:00–21:30) to the next shift's start.
#[must_use]
pub fn in_shift(zone: &TenantZone, at: Timestamp) -> Timestamp {
    let (day, minute) = (zone.day_of(at), i64::from(zone.minute_of_day(at)));
    let into = at.0.rem_euclid(20 * MINUTE);
    match minute {
        0..=539 => zone.at(day, 540).plus(into),
        540..=1_290 => at,
        _ => zone.at(day.plus_days(1), 540).plus(into),
    }
}

/// Every text inside a message.
pub fn texts(content: &Value, out: &mut Vec<String>) {
    match content {
        Value::String(text) => out.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|v| texts(v, out)),
        Value::Object(fields) => fields.values().for_each(|v| texts(v, out)),
        _ => {}
    }
}

/// Addresses inside a message, pictures left out.
#[must_use]
pub fn links(content: &Value) -> Vec<String> {
    let mut all = Vec::new();
    links_into(content, "", &mut all);
    all.dedup();
    all
}

fn links_into(content: &Value, field: &str, out: &mut Vec<String>) {
    match content {
        Value::String(text)
            if !matches!(field, "picurl" | "pic_url" | "imgUrl" | "media_id" | "pic_media_id") =>
        {
            for part in text.split(|c: char| c.is_whitespace() || "<>\"'（）「」，。".contains(c)) {
                if let Some(at) = part.find("http://").or_else(|| part.find("https://")) {
                    out.push(part[at..].to_owned());
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|v| links_into(v, field, out)),
        Value::Object(fields) => fields.iter().for_each(|(k, v)| links_into(v, k, out)),
        _ => {}
    }
}

/// What a message is, read the way members read it: by its words.
#[must_use]
pub fn kind_of(content: &Value) -> Kind {
    let mut all = Vec::new();
    texts(content, &mut all);
    let words = &brand().kinds;
    let has = |kind: &str| {
        words.get(kind).is_some_and(|list| list.iter().any(|w| all.iter().any(|t| t.contains(w.as_str()))))
    };
    match (has("popularity"), has("activity")) {
        (true, _) => Kind::Popularity,
        (false, true) => Kind::Activity,
        (false, false) => Kind::Content,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrivals_of_sixty_days_add_up_to_a_group() {
        let sum: f64 = (0..60).map(|i| arrival_share(i, u8::try_from(i % 7 + 1).unwrap_or(1))).sum();
        assert!((0.93..1.07).contains(&sum), "{sum}");
    }

    #[test]
    fn most_employees_tap_soon_some_late_some_never() {
        let mut rng = Rng::seeded(1);
        let all: Vec<Tap> = (0..4_000).map(|_| tap(&mut rng)).collect();
        let share = |f: fn(&Tap) -> bool| all.iter().filter(|t| f(t)).count() as f64 / 4_000.0;
        assert!((0.84..0.88).contains(&share(|t| matches!(t, Tap::After(_)))));
        assert!((0.045..0.075).contains(&share(|t| *t == Tap::Never)));
    }

    #[test]
    fn a_week_costs_eight_percent_and_a_bad_group_eighteen() {
        let mut rng = Rng::seeded(2);
        let mut week =
            |bad| (0..5_000).filter(|_| leave_after(bad, &mut rng).is_some_and(|t| t <= 7 * DAY)).count();
        let (good, bad) = (week(false) as f64 / 5_000.0, week(true) as f64 / 5_000.0);
        assert!((0.07..0.09).contains(&good) && (0.16..0.20).contains(&bad), "{good} {bad}");
    }

    #[test]
    fn addresses_are_found_in_text_and_cards_but_not_pictures() {
        let content = serde_json::json!({"text": {"content": "点这里 https://a.example/r/1 。"}, "attachments": [
            {"msgtype": "link", "link": {"title": "t", "url": "http://b.example/r/2", "picurl": "http://c.example/p.png"}}]});
        assert_eq!(links(&content), ["https://a.example/r/1", "http://b.example/r/2"]);
    }

    #[test]
    fn the_best_slot_is_the_best() {
        assert!(slot_factor(1_230, 1_230) > 2.0 * slot_factor(1_230, 720));
    }
}
