//! People come: the day's plan, the scan, the greeting, the way into the group, and the way out again.

use base::time::{DAY, HOUR, MINUTE, SECOND};
use base::{Day, Rng, Timestamp};
use serde_json::Value;

use super::{Plan, Population, Poster};
use crate::habits::{Habit, arrival_share, in_shift, leave_after, links, moment, poisson, texts};
use crate::people::Act;
use crate::seeding::brand;
use crate::world::{Corp, Delivered};

impl Population {
    /// Draws the new day: who comes by, who talks, who buys without being asked.
    pub(super) fn dawn(&mut self, day: Day, corp: &Corp) {
        self.plan(corp.zone.start_of(day.plus_days(1)), Plan::Dawn(day.plus_days(1)));
        let index = i64::from(day.days_since(self.first_day));
        for group in 0..self.places.len() {
            let mut rng = self.rng.child(&format!("day {} {group}", day.0));
            self.plan_arrivals(group, (day, index), corp, &mut rng);
            self.plan_talk(group, day, corp, &mut rng);
            self.plan_orders(group, day, corp, &mut rng);
        }
    }

    fn plan_arrivals(&mut self, group: usize, (day, index): (Day, i64), corp: &Corp, rng: &mut Rng) {
        let (size, line) = (f64::from(self.places[group].group.size), self.places[group].line);
        let count = poisson(rng, size * arrival_share(index, day.weekday()));
        for n in 0..count {
            let at = moment(&corp.zone, day, line, rng);
            // On the first day nobody comes before the doors open.
            let at = if at <= self.start { self.start.plus(i64::from(n + 1) * 3 * MINUTE) } else { at };
            let serial = u32::try_from(index.max(0)).unwrap_or(0) * 1_000 + n;
            self.plan(at, Plan::Appear { group, serial, tries: 0 });
        }
    }

    fn plan_talk(&mut self, group: usize, day: Day, corp: &Corp, rng: &mut Rng) {
        let place = &self.places[group];
        let (chat, line, dialogue) = (place.chat.clone(), place.line, place.group.dialogue);
        let Some(room) = corp.groups.get(&chat) else { return };
        let talk = |id: &String| self.habits.get(id).map_or(0.0, |h| h.talk);
        let members: Vec<(String, f64)> =
            room.live.members.values().filter(|m| !m.employee).map(|m| (m.id.clone(), talk(&m.id))).collect();
        let total: f64 = members.iter().map(|m| m.1).sum();
        let staff: Vec<String> =
            room.live.members.values().filter(|m| m.employee).map(|m| m.id.clone()).collect();
        let scale = (members.len() as f64 / 100.0).min(1.5);
        let mut said = Vec::new();
        for _ in 0..poisson(rng, scale * if dialogue { 8.0 } else { 0.8 }) {
            let mut at = rng.unit() * total;
            let speaker = members.iter().find(|(_, weight)| {
                at -= weight;
                at < 0.0
            });
            said.extend(speaker.map(|(id, _)| id.clone()));
        }
        for _ in 0..poisson(rng, if dialogue { 3.0 } else { 1.5 }) {
            said.extend(rng.pick(&staff).cloned());
        }
        for who in said {
            let at = moment(&corp.zone, day, line, rng);
            self.plan(at, Plan::Act(Act::Speak { chat_id: chat.clone(), who, times: 1 }));
        }
    }

    fn plan_orders(&mut self, group: usize, day: Day, corp: &Corp, rng: &mut Rng) {
        let (chat, line) = (self.places[group].chat.clone(), self.places[group].line);
        let Some(room) = corp.groups.get(&chat) else { return };
        let buyers: Vec<String> = room
            .live
            .members
            .keys()
            .filter(|id| self.habits.get(*id).is_some_and(|h| h.home == group && rng.chance(h.orders / 30.0)))
            .cloned()
            .collect();
        for person in buyers {
            let at = moment(&corp.zone, day, line, rng);
            let serial = self.next_order();
            self.plan(at, Plan::Order { person, chat: chat.clone(), group, serial });
        }
    }

    /// Posters that people of a group come by: the group's own first, then its line's.
    fn posters_of(&self, group: usize) -> Vec<Poster> {
        let place = &self.places[group];
        let own = |p: &&Poster| p.place == place.group.key || p.place == place.chat;
        let own: Vec<Poster> = self.posters.iter().filter(own).cloned().collect();
        match own.is_empty() {
            false => own,
            true => self.posters.iter().filter(|p| p.place == place.group.line).cloned().collect(),
        }
    }

    /// Somebody stands before a poster.
    pub(super) fn appear(
        &mut self,
        group: usize,
        (serial, tries): (u32, u8),
        corp: &mut Corp,
        now: Timestamp,
    ) {
        let posters = self.posters_of(group);
        let mut rng = self.rng.child(&format!("person {group} {serial}"));
        let total: f64 = posters.iter().map(|p| p.weight).sum();
        let mut at = rng.unit() * total;
        let chosen = posters.iter().find(|p| {
            at -= p.weight;
            at < 0.0
        });
        let Some(poster) = chosen else {
            // No code hangs there yet: the person comes by again, a few times.
            if tries < 20 {
                self.plan(now.plus(6 * HOUR), Plan::Appear { group, serial, tries: tries + 1 });
            }
            return;
        };
        let person = self.somebody(group, corp, &mut rng);
        self.scan(group, &poster.code.clone(), &person, (corp, now), &mut rng);
    }

    /// A new person, or (one in nine) somebody who is in another group of the brand already.
    fn somebody(&mut self, group: usize, corp: &mut Corp, rng: &mut Rng) -> String {
        if rng.chance(0.11) && self.habits.len() > 30 {
            let here = &self.places[group].chat;
            let nth = usize::try_from(rng.below(self.habits.len() as u64)).unwrap_or(0);
            let known = self.habits.keys().nth(nth).cloned();
            let inside = |id: &String| corp.groups.get(here).is_some_and(|g| g.holds(id));
            if let Some(id) = known.filter(|id| !inside(id)) {
                return id;
            }
        }
        let gender = if rng.chance(0.68) { 2 } else { 1 };
        let id = corp.make_person(&name(rng), gender, true);
        self.habits.insert(id.clone(), Habit::draw(group, self.places[group].line, rng));
        id
    }

    fn scan(
        &mut self,
        group: usize,
        code: &str,
        person: &str,
        (corp, now): (&mut Corp, Timestamp),
        rng: &mut Rng,
    ) {
        let Ok(done) = corp.scan(code, person, now) else { return };
        if let Some(chat) = done["chat_id"].as_str() {
            self.joined(group, chat, person, (corp, now), rng);
            return;
        }
        let userid = done["userid"].as_str().unwrap_or_default().to_owned();
        if done["already"] == true {
            // They know each other: no greeting comes, the employee shows the way by hand.
            let at = Self::soon(rng, now, 25.0, 0.8);
            self.plan(at, Plan::Follow { group, person: person.to_owned(), userid, code: None });
            return;
        }
        let half = corp.people.get(person).and_then(|p| p.follows.get(&userid)).is_some_and(|f| f.half);
        if half {
            let at = in_shift(&corp.zone, Self::soon(rng, now, 6.0, 0.9));
            self.plan(at, Plan::Accept { userid: userid.clone(), person: person.to_owned() });
        }
        self.greeting.insert(person.to_owned(), (group, userid.clone()));
        if rng.chance(0.30) {
            // Nobody greeted: some are invited by hand later; a greeted one is in by then.
            let at = in_shift(&corp.zone, Self::soon(rng, now, 120.0, 0.5));
            self.plan(
                at,
                Plan::Follow { group, person: person.to_owned(), userid: userid.clone(), code: None },
            );
        }
        self.after_adding(person, &userid, corp, now, rng);
    }

    /// What follows from becoming a friend besides the greeting: a tag or remark by hand, a deletion some day.
    fn after_adding(&mut self, person: &str, userid: &str, corp: &Corp, now: Timestamp, rng: &mut Rng) {
        let (person, userid) = (person.to_owned(), userid.to_owned());
        if rng.chance(0.15) {
            let tags: Vec<String> = corp
                .tag_groups
                .iter()
                .filter(|g| g.agent == 0)
                .flat_map(|g| g.tags.iter().map(|t| t.id.clone()))
                .collect();
            let add: Vec<String> = rng.pick(&tags).cloned().into_iter().collect();
            let at = in_shift(&corp.zone, Self::soon(rng, now, 150.0, 0.7));
            let (userid, person) = (userid.clone(), person.clone());
            self.plan(at, Plan::Act(Act::TagByHand { userid, person, add, remove: Vec::new() }));
        }
        if rng.chance(0.04) {
            let days = 1 + i64::try_from(rng.below(40)).unwrap_or(1);
            self.plan(now.plus(days * DAY + 3 * HOUR), Plan::Act(Act::CustomerDeletes { userid, person }));
        }
    }

    /// A greeting arrived: most follow it.
    pub(super) fn greeted(&mut self, corp: &Corp, delivered: &Delivered) {
        let Some((group, userid)) = self.greeting.remove(&delivered.chat) else { return };
        let mut rng = self.rng.child(&format!("greeted {}", delivered.chat));
        if !rng.chance(0.84) {
            return;
        }
        let code =
            code_in(&delivered.content, corp).or_else(|| self.code_of(group, corp, &delivered.content));
        if let Some(code) = code {
            let at = Self::soon(&mut rng, delivered.at, 1.5, 0.9).plus(10 * SECOND);
            let person = delivered.chat.clone();
            self.plan(at, Plan::Follow { group, person, userid, code: Some(code) });
        }
    }

    /// A greeting that shows a page or a picture instead of a code's own address leads to the group's code.
    fn code_of(&self, group: usize, corp: &Corp, content: &Value) -> Option<String> {
        let shows = !links(content).is_empty() || content.get("attachments").is_some();
        let chat = &self.places[group].chat;
        let way = corp.join_ways.values().find(|w| w.chats.contains(chat));
        way.filter(|_| shows).map(|w| w.config_id.clone())
    }

    /// The person goes into the group, by the code or by an employee's hand.
    pub(super) fn follow(
        &mut self,
        group: usize,
        (person, userid, code): (String, String, Option<String>),
        corp: &mut Corp,
        now: Timestamp,
    ) {
        let mut rng = self.rng.child(&format!("follow {person} {}", now.0));
        let chat = self.places[group].chat.clone();
        if corp.groups.get(&chat).is_some_and(|g| g.holds(&person)) {
            return;
        }
        let done = match code {
            Some(code) => corp.scan(&code, &person, now),
            None => {
                let room = corp.groups.get(&chat);
                let host = room.filter(|g| g.holds(&userid)).map(|_| userid.clone());
                let host = host.or_else(|| room.map(|g| g.live.owner.clone())).unwrap_or_default();
                corp.invite(&chat, &person, &host, now)
            }
        };
        let Ok(done) = done else { return };
        if let Some(chat) = done["chat_id"].as_str().filter(|_| done["already"] != true) {
            self.joined(group, chat, &person, (corp, now), &mut rng);
        }
    }

    fn joined(
        &mut self,
        group: usize,
        chat: &str,
        person: &str,
        (_, now): (&mut Corp, Timestamp),
        rng: &mut Rng,
    ) {
        self.greeting.remove(person);
        let bad = self.places[group].group.bad;
        if let Some(after) = leave_after(bad, rng) {
            let (chat_id, who) = (chat.to_owned(), person.to_owned());
            self.plan(now.plus(after), Plan::Act(Act::Leave { chat_id, who }));
        }
        if rng.chance(0.08) {
            let (chat_id, who) = (chat.to_owned(), person.to_owned());
            self.plan(Self::soon(rng, now, 4.0, 1.0), Plan::Act(Act::Speak { chat_id, who, times: 1 }));
        }
    }
}

fn name(rng: &mut Rng) -> String {
    let brand = brand();
    if rng.chance(0.45) {
        return rng.pick(&brand.nicknames).cloned().unwrap_or_default();
    }
    let surnames: Vec<char> = brand.surnames.chars().collect();
    let surname = rng.pick(&surnames).copied().unwrap_or('A');
    format!("{surname}{}", rng.pick(&brand.given).cloned().unwrap_or_default())
}

/// The join way whose id stands somewhere in a message.
fn code_in(content: &Value, corp: &Corp) -> Option<String> {
    let mut all = Vec::new();
    texts(content, &mut all);
    let mut words = all.iter().flat_map(|t| t.split(|c: char| !c.is_ascii_hexdigit()));
    words.find(|w| w.len() == 32 && corp.join_ways.contains_key(*w)).map(str::to_owned)
}
