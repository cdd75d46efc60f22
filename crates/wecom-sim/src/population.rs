//! A seeded population that lives in the desk's main company: customers who see codes, scan, join, talk, open links,
//! buy and leave; employees who tap soon, late or never. Same seed and same inputs, same history.
//!
//! The driver calls [`Population::notice`] after the product did something, waits until [`Population::next_due`] and
//! calls [`Population::step`]. What needs the world outside the platform comes back as [`Intent`]s.

mod arrivals;
mod posts;
mod staff_work;

use std::collections::BTreeMap;

use base::time::MINUTE;
use base::{Day, Rng, Timestamp};
use serde::{Deserialize, Serialize};

use crate::habits::Habit;
use crate::people::Act;
use crate::population::staff_work::tap;
use crate::seeding::{BrandGroup, Line, brand};
use crate::world::{Corp, World};

/// A code that hangs where customers see it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Poster {
    /// `config_id` of a contact way or a join way.
    pub code: String,
    /// A group's key in the seeded company (`fresh-1`), its chat id, or a line (`fresh`): who sees the poster.
    pub place: String,
    /// Relative to the other posters of the same place.
    #[serde(default = "one")]
    pub weight: f64,
}

fn one() -> f64 {
    1.0
}

/// Who opens a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Opener {
    Member,
    /// An employee who looks what was sent.
    Staff,
    /// A machine that fetches a preview: no identity, a crawler's user agent.
    Crawler,
}

/// What the population wants from the world outside the platform.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "intent", rename_all = "snake_case")]
pub enum Intent {
    /// Open `url` as `who` (an external user id or an employee's userid; empty for a crawler).
    OpenLink {
        at: Timestamp,
        url: String,
        who: String,
        opener: Opener,
        chat_id: String,
    },
    /// An employee opens the address of a card the app sent her.
    OpenCard {
        at: Timestamp,
        staff: String,
        url: String,
        msgid: String,
    },
    PlaceOrder {
        at: Timestamp,
        order_ref: String,
        external_userid: String,
        union_id: String,
        chat_id: String,
        line: String,
        amount_fen: i64,
        items: Vec<String>,
    },
    Refund {
        at: Timestamp,
        order_ref: String,
        external_userid: String,
        amount_fen: i64,
    },
}

/// Something that will happen.
#[derive(Clone, Debug)]
enum Plan {
    /// A new local day begins: arrivals, talk and ordinary orders are drawn.
    Dawn(Day),
    /// A person comes by the posters of a group.
    Appear {
        group: usize,
        serial: u32,
        tries: u8,
    },
    /// A greeted person follows the greeting, or an ungreeted one is invited by hand.
    Follow {
        group: usize,
        person: String,
        userid: String,
        code: Option<String>,
    },
    Act(Act),
    Accept {
        userid: String,
        person: String,
    },
    Open {
        url: String,
        who: String,
        opener: Opener,
        chat: String,
    },
    Tap {
        userid: String,
        msgid: String,
    },
    Card {
        userid: String,
        url: String,
        msgid: String,
    },
    Order {
        person: String,
        chat: String,
        group: usize,
        serial: u64,
    },
    Refund {
        order_ref: String,
        person: String,
        amount: i64,
    },
}

/// One of the brand's groups as the population knows it.
#[derive(Clone, Debug)]
struct Place {
    chat: String,
    group: &'static BrandGroup,
    line: &'static Line,
    /// Adverts posted per local day.
    adverts: BTreeMap<Day, u32>,
}

/// Where the population stands.
#[derive(Debug)]
pub struct Population {
    corp: String,
    rng: Rng,
    places: Vec<Place>,
    posters: Vec<Poster>,
    habits: BTreeMap<String, Habit>,
    start: Timestamp,
    first_day: Day,
    queue: BTreeMap<(Timestamp, u64), Plan>,
    serial: u64,
    orders: u64,
    /// What the population has already read of the world's logs.
    read_deliveries: usize,
    read_cards: usize,
    read_sends: usize,
    read_reminders: usize,
    /// Newcomers who wait for a greeting: person → (group, employee).
    greeting: BTreeMap<String, (usize, String)>,
}

impl Population {
    /// People of `world`'s main company from `start` on. `None` when the world has no such company.
    #[must_use]
    pub fn new(seed: u64, world: &World, start: Timestamp) -> Option<Self> {
        let corp = world.corps.get(&world.main_corp_id()?)?;
        let brand = brand();
        let mut places = Vec::new();
        for group in &brand.groups {
            let found = corp.groups.values().find(|g| g.live.name == group.name);
            let (Some(found), Some(line)) = (found, brand.lines.get(&group.line)) else { continue };
            places.push(Place { chat: found.chat_id.clone(), group, line, adverts: BTreeMap::new() });
        }
        let first_day = corp.zone.day_of(start);
        let mut population = Self {
            corp: corp.id.clone(),
            rng: Rng::seeded(seed).child("population"),
            places,
            posters: Vec::new(),
            habits: BTreeMap::new(),
            start,
            first_day,
            queue: BTreeMap::new(),
            serial: 0,
            orders: 0,
            read_deliveries: corp.deliveries.len(),
            read_cards: corp.cards.len(),
            read_sends: corp.mass_order.len(),
            read_reminders: corp.reminded.len(),
            greeting: BTreeMap::new(),
        };
        population.plan(start, Plan::Dawn(first_day));
        Some(population)
    }

    /// Hangs a code where customers see it.
    pub fn poster(&mut self, poster: Poster) {
        self.posters.push(poster);
    }

    /// The codes that hang now.
    #[must_use]
    pub fn posters(&self) -> &[Poster] {
        &self.posters
    }

    /// (key, line, chat id, owner) of the groups the population lives in.
    #[must_use]
    pub fn groups(&self) -> Vec<(&'static str, &'static str, String, &'static str)> {
        let row =
            |p: &Place| (p.group.key.as_str(), p.group.line.as_str(), p.chat.clone(), p.group.owner.as_str());
        self.places.iter().map(row).collect()
    }

    /// When the next thing happens.
    #[must_use]
    pub fn next_due(&self) -> Option<Timestamp> {
        self.queue.keys().next().map(|(at, _)| *at)
    }

    /// Reads what reached people since the last time and plans what they will do about it.
    pub fn notice(&mut self, world: &World, now: Timestamp) {
        let Some(corp) = world.corps.get(&self.corp) else { return };
        self.notice_deliveries(corp);
        self.notice_staff(corp, now);
    }

    /// Lets everything happen whose time has come.
    pub fn step(&mut self, world: &mut World, now: Timestamp) -> Vec<Intent> {
        self.notice(world, now);
        let mut intents = Vec::new();
        while let Some(key) = self.queue.keys().next().copied().filter(|(at, _)| *at <= now) {
            let Some(plan) = self.queue.remove(&key) else { break };
            let Some(corp) = world.corps.get_mut(&self.corp) else { break };
            // A plan whose time fell between two steps happens at its own time.
            let at = key.0.max(self.start);
            self.happen(plan, corp, at, &mut intents);
            self.notice(world, at);
        }
        intents
    }

    fn plan(&mut self, at: Timestamp, plan: Plan) {
        self.serial += 1;
        self.queue.insert((at, self.serial), plan);
    }

    fn happen(&mut self, plan: Plan, corp: &mut Corp, now: Timestamp, intents: &mut Vec<Intent>) {
        match plan {
            Plan::Dawn(day) => self.dawn(day, corp),
            Plan::Appear { group, serial, tries } => self.appear(group, (serial, tries), corp, now),
            Plan::Follow { group, person, userid, code } => {
                self.follow(group, (person, userid, code), corp, now)
            }
            Plan::Accept { userid, person } => {
                // Somebody who went away in between can't be accepted any more.
                let _ = corp.accept_friend(&userid, &person, now);
            }
            Plan::Act(act) => {
                let _ = corp.act(&act, now);
            }
            Plan::Open { url, who, opener, chat } => {
                if opener != Opener::Crawler {
                    let (who, url, chat_id) = (who.clone(), url.clone(), chat.clone());
                    let _ = corp.act(&Act::OpenLink { who, url, chat_id }, now);
                }
                intents.push(Intent::OpenLink { at: now, url, who, opener, chat_id: chat });
            }
            Plan::Tap { userid, msgid } => tap(corp, &userid, &msgid, now),
            Plan::Card { userid, url, msgid } => {
                intents.push(Intent::OpenCard { at: now, staff: userid, url, msgid });
            }
            Plan::Order { person, chat, group, serial } => {
                self.order((person, chat, group, serial), corp, now, intents);
            }
            Plan::Refund { order_ref, person, amount } => {
                intents.push(Intent::Refund {
                    at: now,
                    order_ref,
                    external_userid: person,
                    amount_fen: amount,
                });
            }
        }
    }

    fn order(
        &mut self,
        (person, chat, group, serial): (String, String, usize, u64),
        corp: &Corp,
        now: Timestamp,
        intents: &mut Vec<Intent>,
    ) {
        let place = &self.places[group];
        let (line, name) = (place.line, place.group.line.clone());
        let mut rng = self.rng.child(&format!("order {serial}"));
        let mut amount = rng.log_normal(line.median_fen, line.sigma) as i64;
        let mut item = rng.pick(&line.items).cloned().unwrap_or_default();
        if name == "course" {
            // Two prices: the trial lesson and, rarely, the year.
            let year = rng.chance(0.08);
            amount = if year { 198_000 } else { 990 };
            item = line.items.get(usize::from(year)).cloned().unwrap_or_default();
        }
        let amount = (amount / 10 * 10).max(100);
        let order_ref = format!("CL{:010}", serial);
        if rng.chance(line.returns) {
            let days = 1 + i64::try_from(rng.below(5)).unwrap_or(1);
            let back = now.plus(days * base::time::DAY);
            self.plan(back, Plan::Refund { order_ref: order_ref.clone(), person: person.clone(), amount });
        }
        let union_id = corp.people.get(&person).map(|p| p.unionid.clone()).unwrap_or_default();
        intents.push(Intent::PlaceOrder {
            at: now,
            order_ref,
            external_userid: person,
            union_id,
            chat_id: chat,
            line: name,
            amount_fen: amount,
            items: vec![item],
        });
    }

    fn next_order(&mut self) -> u64 {
        self.orders += 1;
        self.orders
    }

    /// A moment soon after `now`, log-normal around `median` minutes.
    fn soon(rng: &mut Rng, now: Timestamp, median: f64, sigma: f64) -> Timestamp {
        now.plus((rng.log_normal(median, sigma) * MINUTE as f64) as i64 + 1)
    }
}
