//! Becoming and ceasing to be an employee's customer.

use std::collections::BTreeMap;

use base::Timestamp;
use serde_json::json;

use super::Done;
use crate::people::rooms::Way;
use crate::world::Corp;
use crate::world::apps::EventFamily::ExternalContact;
use crate::world::contacts::Follow;
use crate::world::welcomes::WelcomeCode;
use crate::xml::EventXml;

const EVENT: &str = "change_external_contact";
/// `add_way` of a scanned code.
const BY_CODE: i64 = 1;

impl Corp {
    /// A person scans a code. What it was decides: an employee's code adds a friend, a group's code joins.
    pub fn scan(&mut self, code: &str, person: &str, now: Timestamp) -> Done {
        if !self.people.contains_key(person) {
            return Err("no such person".to_owned());
        }
        if self.join_ways.contains_key(code) {
            return self.scan_join_way(code, person, now);
        }
        let way = self.contact_ways.get_mut(code).ok_or("this code leads nowhere")?;
        if way.is_temp && now.since(way.created) > way.expires_in * 1_000 {
            return Err("this code has expired".to_owned());
        }
        let turn = way.scans;
        way.scans += 1;
        let (state, skip_verify, exclusive) = (way.state.clone(), way.skip_verify, way.is_exclusive);
        let (users, parties) = (way.users.clone(), way.parties.clone());
        let able = |u: &String| self.staff.get(u).is_some_and(|s| s.serves_customers());
        let users: Vec<String> = self.users_of_way(&users, &parties).into_iter().filter(able).collect();
        let friend = users.iter().find(|u| self.is_friend(u, person)).cloned();
        if let Some(userid) = friend {
            return Ok(json!({"userid": userid, "already": true}));
        }
        let anyone = self.people.get(person).is_some_and(|p| p.follows.values().any(Follow::mutual));
        if exclusive && anyone {
            return Err("an exclusive code: she has an employee already".to_owned());
        }
        let pick = usize::try_from(turn % users.len().max(1) as u64).unwrap_or(0);
        let userid = users.get(pick).cloned().ok_or("nobody behind this code")?;
        self.add_friend(&userid, person, (&state, skip_verify), now);
        Ok(json!({"userid": userid}))
    }

    fn is_friend(&self, userid: &str, person: &str) -> bool {
        self.people.get(person).and_then(|p| p.follows.get(userid)).is_some_and(Follow::mutual)
    }

    /// The customer adds the employee; without verification they are friends at once.
    pub fn add_friend(&mut self, userid: &str, person: &str, (state, at_once): (&str, bool), now: Timestamp) {
        let half = !at_once;
        let old = self.people.get(person).and_then(|p| p.follows.get(userid)).cloned().unwrap_or_default();
        let follow = Follow {
            since: now,
            add_way: BY_CODE,
            oper_userid: person.to_owned(),
            state: state.to_owned(),
            half,
            lost: false,
            started: false,
            touched: now,
            ..old
        };
        self.set_follow(userid, person, follow);
        let day = self.staff_day(userid, now);
        day.applied += 1;
        day.added += u32::from(at_once);
        let change = if half { "add_half_external_contact" } else { "add_external_contact" };
        let code = self.welcome_code(userid, person, now);
        self.tell_contact(change, userid, person, now, |xml| {
            xml.some_text("State", state).some_text("WelcomeCode", &code)
        });
    }

    fn set_follow(&mut self, userid: &str, person: &str, follow: Follow) {
        if let Some(staff) = self.staff.get_mut(userid) {
            staff.customers.insert(person.to_owned());
        }
        if let Some(kept) = self.people.get_mut(person) {
            kept.follows.insert(userid.to_owned(), follow);
        }
    }

    /// None for a member with a console welcome and for WeCom users of other companies.
    fn welcome_code(&mut self, userid: &str, person: &str, now: Timestamp) -> String {
        let console = self.staff.get(userid).is_some_and(|s| s.console_welcome);
        let wechat = self.people.get(person).is_some_and(|p| p.is_wechat());
        if console || !wechat {
            return String::new();
        }
        let code = self.make_id("CALLBACK_CODE_", 43);
        let (userid, external_userid) = (userid.to_owned(), person.to_owned());
        let fresh = WelcomeCode { userid, external_userid, born: now, used: None, busy_until: None };
        self.welcome_codes.insert(code.clone(), fresh);
        code
    }

    /// Tells every listening app about a change between an employee and a customer.
    pub(crate) fn tell_contact(
        &mut self,
        change: &str,
        userid: &str,
        person: &str,
        now: Timestamp,
        more: impl FnOnce(EventXml) -> EventXml,
    ) {
        let head = EventXml::event(&self.id, now, EVENT)
            .text("ChangeType", change)
            .text("UserID", userid)
            .text("ExternalUserID", person);
        self.emit(now, &format!("{EVENT}/{change}"), ExternalContact, &more(head));
    }

    /// The employee accepts somebody who added her. A used half-add code means no second code.
    pub fn accept_friend(&mut self, userid: &str, person: &str, now: Timestamp) -> Done {
        let follow = self.people.get_mut(person).and_then(|p| p.follows.get_mut(userid));
        let follow = follow.filter(|f| f.half).ok_or("nothing to accept")?;
        follow.half = false;
        follow.since = now;
        let state = follow.state.clone();
        self.staff_day(userid, now).added += 1;
        let greeted = self
            .welcome_codes
            .values()
            .any(|c| c.userid == userid && c.external_userid == person && c.used.is_some());
        let code = if greeted { String::new() } else { self.welcome_code(userid, person, now) };
        self.tell_contact("add_external_contact", userid, person, now, |xml| {
            xml.some_text("State", &state).some_text("WelcomeCode", &code)
        });
        Ok(json!({}))
    }

    /// The employee deletes the customer: the relation is gone on both sides of the API.
    pub fn employee_deletes(&mut self, userid: &str, person: &str, now: Timestamp) -> Done {
        let gone = self.people.get_mut(person).and_then(|p| p.follows.remove(userid));
        gone.ok_or("not a customer of this employee")?;
        if let Some(staff) = self.staff.get_mut(userid) {
            staff.customers.remove(person);
        }
        self.tell_contact("del_external_contact", userid, person, now, |xml| xml);
        Ok(json!({}))
    }

    /// The customer deletes the employee: mass messages to her now end with "not a friend".
    pub fn customer_deletes(&mut self, userid: &str, person: &str, now: Timestamp) -> Done {
        let follow = self.people.get_mut(person).and_then(|p| p.follows.get_mut(userid));
        let follow = follow.filter(|f| !f.lost).ok_or("not a customer of this employee")?;
        follow.lost = true;
        self.staff_day(userid, now).lost += 1;
        self.tell_contact("del_follow_user", userid, person, now, |xml| xml);
        Ok(json!({}))
    }

    /// They talk: from now on no greeting can be sent.
    pub fn chat(&mut self, userid: &str, person: &str, now: Timestamp) -> Done {
        let follow = self.people.get_mut(person).and_then(|p| p.follows.get_mut(userid));
        let follow = follow.filter(|f| f.mutual()).ok_or("not friends")?;
        follow.started = true;
        follow.touched = now;
        let day = self.staff_day(userid, now);
        day.chats += 1;
        day.messages += 1;
        Ok(json!({}))
    }

    /// The employee edits the relation by hand (remark, tags).
    pub(crate) fn edit_relation(
        &mut self,
        userid: &str,
        person: &str,
        now: Timestamp,
        edit: impl FnOnce(&mut Follow),
    ) -> Done {
        let follow = self.people.get_mut(person).and_then(|p| p.follows.get_mut(userid));
        edit(follow.ok_or("not a customer of this employee")?);
        self.tell_contact("edit_external_contact", userid, person, now, |xml| xml);
        Ok(json!({}))
    }

    /// Fill-first over the way's groups; when all are full the platform opens a room with the next number.
    pub fn scan_join_way(&mut self, code: &str, person: &str, now: Timestamp) -> Done {
        let way = self.join_ways.get_mut(code).ok_or("this code leads nowhere")?;
        way.scans += 1;
        let (chats, state) = (way.chats.clone(), way.state.clone());
        let inside = chats.iter().find(|c| self.groups.get(*c).is_some_and(|g| g.holds(person)));
        if let Some(chat) = inside {
            return Ok(json!({"chat_id": chat, "already": true}));
        }
        let capacity = self.rules.group_capacity;
        let room = |c: &&String| {
            self.groups.get(*c).is_some_and(|g| !g.dismissed && g.live.members.len() < capacity)
        };
        let chat = match chats.iter().find(room) {
            Some(chat) => chat.clone(),
            None => self.overflow_room(code, now).ok_or("all groups are full")?,
        };
        self.join(&chat, person, Way::code(&state), now)
    }

    /// Opens the next room of a join way with the same owner and routes to it.
    fn overflow_room(&mut self, code: &str, now: Timestamp) -> Option<String> {
        let way = self.join_ways.get(code).filter(|w| w.auto_create_room)?.clone();
        let owners: BTreeMap<&String, String> =
            way.chats.iter().filter_map(|c| self.groups.get(c).map(|g| (c, g.live.owner.clone()))).collect();
        let owner = way.chats.iter().rev().find_map(|c| owners.get(c)).cloned()?;
        let name = match way.room_base_name.as_str() {
            "" => format!("{}", way.room_base_id),
            base => format!("{base}{}", way.room_base_id),
        };
        let made = self.create_group(&owner, &name, &[], now).ok()?;
        let chat = made["chat_id"].as_str()?.to_owned();
        if let Some(kept) = self.join_ways.get_mut(code) {
            kept.room_base_id += 1;
            // A way holds five groups: a full one makes place.
            if kept.chats.len() >= 5 {
                kept.chats.remove(0);
            }
            kept.chats.push(chat.clone());
        }
        Some(chat)
    }
}
