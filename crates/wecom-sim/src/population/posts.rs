//! What reaches people: greetings are followed, posts are opened, clicked and bought from; too many drive away.

use base::time::{DAY, HOUR};
use base::{Rng, Timestamp};

use super::{Opener, Plan, Population};
use crate::habits::{Kind, kind_of, links, slot_factor};
use crate::people::Act;
use crate::world::{Corp, Delivered, Origin};

impl Population {
    pub(super) fn notice_deliveries(&mut self, corp: &Corp) {
        while let Some(delivered) = corp.deliveries.get(self.read_deliveries) {
            self.read_deliveries += 1;
            match delivered.origin {
                Origin::Welcome => self.greeted(corp, delivered),
                Origin::GroupWelcome => {}
                Origin::MassSend | Origin::Bridge => self.posted(corp, delivered),
            }
        }
    }

    fn posted(&mut self, corp: &Corp, delivered: &Delivered) {
        let mut rng = self.rng.child(&format!("post {}", delivered.seq));
        let kind = kind_of(&delivered.content);
        let link = links(&delivered.content).into_iter().next();
        let found = self.places.iter().position(|p| p.chat == delivered.chat);
        let Some(room) = corp.groups.get(&delivered.chat) else {
            // A message in a single chat is seen by more of those who get it.
            if let Some(url) = link {
                self.maybe_open(&delivered.chat, (kind, 2.0), (url, &delivered.chat, delivered.at), &mut rng);
            }
            return;
        };
        // Overflow rooms live like the first group of their owner.
        let place = found.or_else(|| self.places.iter().position(|p| p.group.owner == room.live.owner));
        let Some(place) = place else { return };
        let day = corp.zone.day_of(delivered.at);
        let nth = self.places[place].adverts.entry(day).or_insert(0);
        *nth += u32::from(kind == Kind::Activity);
        let pushy = *nth >= 3 && kind == Kind::Activity;
        let minute = i64::from(corp.zone.minute_of_day(delivered.at));
        let factor = slot_factor(self.places[place].group.best_minute, minute);
        let members: Vec<String> =
            room.live.members.values().filter(|m| !m.employee).map(|m| m.id.clone()).collect();
        let bad = self.places[place].group.bad;
        let leave = 0.0002 * if pushy { 4.0 } else { 1.0 } * if bad { 3.0 } else { 1.0 };
        for member in members {
            if let Some(url) = &link {
                self.maybe_open(
                    &member,
                    (kind, factor),
                    (url.clone(), &delivered.chat, delivered.at),
                    &mut rng,
                );
            }
            if rng.chance(leave) {
                let after = i64::try_from(rng.below((20 * HOUR).unsigned_abs())).unwrap_or(HOUR);
                let act = Act::Leave { chat_id: delivered.chat.clone(), who: member };
                self.plan(delivered.at.plus(after), Plan::Act(act));
            }
        }
        if let Some(url) = link {
            self.onlookers(&url, delivered, &mut rng);
        }
    }

    /// Employees who look at what they sent, and machines that fetch previews.
    fn onlookers(&mut self, url: &str, delivered: &Delivered, rng: &mut Rng) {
        let (url, chat) = (url.to_owned(), delivered.chat.clone());
        if rng.chance(0.35) {
            let who = delivered.staff.clone();
            let at = Self::soon(rng, delivered.at, 2.0, 0.5);
            self.plan(at, Plan::Open { url: url.clone(), who, opener: Opener::Staff, chat: chat.clone() });
        }
        if rng.chance(0.25) {
            let at = delivered.at.plus(1_500);
            self.plan(at, Plan::Open { url, who: String::new(), opener: Opener::Crawler, chat });
        }
    }

    fn maybe_open(
        &mut self,
        who: &str,
        (kind, factor): (Kind, f64),
        (url, chat, at): (String, &str, Timestamp),
        rng: &mut Rng,
    ) {
        let Some(habit) = self.habits.get(who) else { return };
        let seen = (habit.open * factor).min(0.95);
        if !rng.chance(seen * kind.click()) {
            return;
        }
        let (home, pays) = (habit.home, rng.chance((kind.pay() * habit.eager).min(0.6)));
        let open = Self::soon(rng, at, 14.0, 1.2).min(at.plus(DAY));
        let chat = chat.to_owned();
        let (who, opener) = (who.to_owned(), Opener::Member);
        self.plan(open, Plan::Open { url: url.clone(), who: who.clone(), opener, chat: chat.clone() });
        // Some come back to the same link.
        if rng.chance(0.12) {
            let again = Self::soon(rng, open, 90.0, 0.8);
            self.plan(again, Plan::Open { url, who: who.clone(), opener, chat: chat.clone() });
        }
        if pays {
            let (serial, bought) = (self.next_order(), Self::soon(rng, open, 18.0, 0.9));
            self.plan(bought, Plan::Order { person: who, chat, group: home, serial });
        }
    }
}
