//! Employees: mass-send tasks and cards are tapped soon, late or never; a reminder wakes some.

use base::Timestamp;
use base::time::MINUTE;
use serde_json::Value;

use super::{Plan, Population};
use crate::habits::{self, Tap, in_shift, links};
use crate::world::Corp;
use crate::world::messages::Card;

impl Population {
    pub(super) fn notice_staff(&mut self, corp: &Corp, now: Timestamp) {
        while let Some(msgid) = corp.mass_order.get(self.read_sends) {
            self.read_sends += 1;
            self.new_task(corp, msgid);
        }
        while let Some(card) = corp.cards.get(self.read_cards) {
            self.read_cards += 1;
            self.new_card(corp, card);
        }
        while let Some(msgid) = corp.reminded.get(self.read_reminders) {
            self.read_reminders += 1;
            self.hear_reminder(corp, msgid, now);
        }
    }

    fn new_task(&mut self, corp: &Corp, msgid: &str) {
        let Some(send) = corp.mass_sends.get(msgid) else { return };
        let senders: Vec<String> = send.senders.keys().cloned().collect();
        for userid in senders {
            let mut rng = self.rng.child(&format!("task {} {userid}", self.read_sends));
            let after = match habits::tap(&mut rng) {
                Tap::After(ms) | Tap::Late(ms) => ms,
                Tap::Never => continue,
            };
            let at = in_shift(&corp.zone, send.ready.plus(after));
            self.plan(at, Plan::Tap { userid, msgid: msgid.to_owned() });
        }
    }

    fn new_card(&mut self, corp: &Corp, card: &Card) {
        let Some(url) = address(card) else { return };
        let mut rng = self.rng.child(&format!("card {}", self.read_cards));
        let after = match habits::tap(&mut rng) {
            Tap::After(ms) | Tap::Late(ms) => ms,
            Tap::Never => return,
        };
        let at = in_shift(&corp.zone, card.at.plus(after));
        let (userid, msgid) = (card.userid.clone(), card.msgid.clone());
        self.plan(at, Plan::Card { userid, url, msgid });
    }

    /// A reminder wakes about half of those who haven't tapped.
    fn hear_reminder(&mut self, corp: &Corp, msgid: &str, now: Timestamp) {
        let Some(send) = corp.mass_sends.get(msgid) else { return };
        let nth = send.reminders.len();
        let idle: Vec<String> =
            send.senders.iter().filter(|(_, t)| t.status == 0).map(|(u, _)| u.clone()).collect();
        for userid in idle {
            let mut rng = self.rng.child(&format!("reminded {} {userid} {nth}", self.read_reminders));
            if rng.chance(0.55) {
                let at = in_shift(&corp.zone, Self::soon(&mut rng, now, 8.0, 0.6).plus(MINUTE));
                self.plan(at, Plan::Tap { userid, msgid: msgid.to_owned() });
            }
        }
    }
}

/// The tap itself. A task without preset groups is sent to all groups the employee owns.
pub(super) fn tap(corp: &mut Corp, userid: &str, msgid: &str, now: Timestamp) {
    let Some(send) = corp.mass_sends.get(msgid) else { return };
    let empty = send.group && send.senders.get(userid).is_some_and(|t| t.targets.is_empty());
    let owned = corp.groups.values().filter(|g| empty && !g.dismissed && g.live.owner == userid);
    let choice: Vec<String> = owned.map(|g| g.chat_id.clone()).collect();
    // Already tapped after a reminder, or cancelled meanwhile: nothing left to do.
    let _ = corp.tap_mass_send(userid, msgid, &choice, now);
}

/// Where a card leads.
fn address(card: &Card) -> Option<String> {
    let direct = card.content.get("url").and_then(Value::as_str);
    let action = card.content.get("card_action").and_then(|a| a.get("url")).and_then(Value::as_str);
    direct.or(action).map(str::to_owned).or_else(|| links(&card.content).into_iter().next())
}
