//! What happens in customer groups.

use std::collections::{BTreeMap, BTreeSet};

use base::Timestamp;
use serde_json::json;

use super::Done;
use crate::world::apps::EventFamily::ExternalContact;
use crate::world::groups::{Group, GroupChange, GroupFacts, Member};
use crate::world::{Corp, Origin};
use crate::xml::EventXml;

const EVENT: &str = "change_external_chat";

/// How somebody came into a group.
#[derive(Clone, Debug)]
pub struct Way {
    /// Coding of `groupchat/get`: 1 invited, 2 link, 3 code.
    scene: i64,
    invitor: String,
    state: String,
}

impl Way {
    #[must_use]
    pub fn code(state: &str) -> Self {
        Self { scene: 3, invitor: String::new(), state: state.to_owned() }
    }
    #[must_use]
    pub fn link() -> Self {
        Self { scene: 2, invitor: String::new(), state: String::new() }
    }
    #[must_use]
    pub fn invited(invitor: &str) -> Self {
        Self { scene: 1, invitor: invitor.to_owned(), state: String::new() }
    }
    /// The event codes scenes differently: 0 invited or link, 3 code.
    fn in_event(&self) -> i64 {
        if self.scene == 3 { 3 } else { 0 }
    }
}

impl Corp {
    fn room(&mut self, chat_id: &str) -> Result<&mut Group, String> {
        let group = self.groups.get_mut(chat_id).ok_or("no such group")?;
        if group.dismissed { Err("the group was dismissed".to_owned()) } else { Ok(group) }
    }

    fn tell_chat(
        &mut self,
        change: &str,
        chat_id: &str,
        now: Timestamp,
        more: impl FnOnce(EventXml) -> EventXml,
    ) {
        let head = EventXml::event(&self.id, now, EVENT).text("ChatId", chat_id).text("ChangeType", change);
        self.emit(now, &format!("{EVENT}/{change}"), ExternalContact, &more(head));
    }

    fn change_room(
        &mut self,
        chat_id: &str,
        change: GroupChange,
        now: Timestamp,
    ) -> Result<(String, String), String> {
        let visible = now.plus(self.rules.group_lag_ms);
        let fresh = self.make_hex();
        let room = self.room(chat_id)?;
        let last = room.live.version.clone();
        room.change(change, now, visible);
        room.change(GroupChange::Version(fresh.clone()), now, visible);
        Ok((last, fresh))
    }

    /// An employee opens a customer group in the client.
    pub fn create_group(&mut self, owner: &str, name: &str, admins: &[String], now: Timestamp) -> Done {
        let owner = self.find_staff(owner).map(|s| s.userid.clone()).ok_or("no such employee")?;
        let chat_id = self.make_id("wrTest", 26);
        let version = self.make_hex();
        let staff: BTreeSet<String> =
            admins.iter().filter(|a| self.staff.contains_key(*a)).cloned().collect();
        let mut members = BTreeMap::new();
        for userid in std::iter::once(&owner).chain(&staff) {
            let invitor = if *userid == owner { String::new() } else { owner.clone() };
            members.insert(userid.clone(), employee(userid, &invitor, now));
        }
        let (name, notice) = (name.to_owned(), String::new());
        let facts = GroupFacts { name, notice, owner, admins: staff, members, version };
        self.groups.insert(chat_id.clone(), Group::new(&chat_id, facts, now));
        self.count_members(&chat_id, 0, now);
        self.tell_chat("create", &chat_id, now, |xml| xml);
        Ok(json!({"chat_id": chat_id}))
    }

    /// An employee invites somebody, or takes a colleague in.
    pub fn invite(&mut self, chat_id: &str, person: &str, invitor: &str, now: Timestamp) -> Done {
        match self.room(chat_id)?.holds(invitor) {
            true => self.join(chat_id, person, Way::invited(invitor), now),
            false => Err("only somebody in the group invites".to_owned()),
        }
    }

    /// Somebody comes in.
    pub fn join(&mut self, chat_id: &str, who: &str, way: Way, now: Timestamp) -> Done {
        let employee = self.staff.contains_key(who);
        if !employee && !self.people.contains_key(who) {
            return Err("no such person".to_owned());
        }
        let capacity = self.rules.group_capacity;
        let room = self.room(chat_id)?;
        if room.holds(who) {
            return Ok(json!({"chat_id": chat_id, "already": true}));
        }
        if room.live.members.len() >= capacity {
            return Err("the group is full".to_owned());
        }
        let welcome = room.welcome.clone();
        let owner = room.live.owner.clone();
        let scene = way.in_event();
        let invitor = if self.staff.contains_key(&way.invitor) { way.invitor } else { String::new() };
        let (id, nickname, state) = (who.to_owned(), String::new(), way.state);
        let member = Member { id, employee, joined: now, scene: way.scene, invitor, nickname, state };
        let versions = self.change_room(chat_id, GroupChange::Joined(member), now)?;
        self.count_members(chat_id, u32::from(!employee), now);
        self.tell_members("add_member", ("JoinScene", scene), (chat_id, who), &versions, now);
        let template = welcome.filter(|_| !employee).unwrap_or_default();
        if let Some(content) = self.group_welcomes.get(&template).map(|t| t.content.clone()) {
            self.deliver(now, chat_id, &owner, (Origin::GroupWelcome, &template, content));
        }
        Ok(json!({"chat_id": chat_id}))
    }

    /// Somebody goes: `scene` 0 left, 1 removed.
    pub fn quit(&mut self, chat_id: &str, who: &str, scene: i64, now: Timestamp) -> Done {
        let room = self.room(chat_id)?;
        if !room.holds(who) {
            return Err("not in the group".to_owned());
        }
        if room.live.owner == who {
            return Err("the owner hands the group over first".to_owned());
        }
        let versions = self.change_room(chat_id, GroupChange::Left(who.to_owned()), now)?;
        self.count_members(chat_id, 0, now);
        self.tell_members("del_member", ("QuitScene", scene), (chat_id, who), &versions, now);
        Ok(json!({}))
    }

    fn tell_members(
        &mut self,
        detail: &str,
        (scene_name, scene): (&str, i64),
        (chat_id, who): (&str, &str),
        (last, current): &(String, String),
        now: Timestamp,
    ) {
        self.tell_chat("update", chat_id, now, |xml| {
            xml.text("UpdateDetail", detail)
                .number(scene_name, scene)
                .number("MemChangeCnt", 1)
                .items("MemChangeList", &[who.to_owned()])
                .text("LastMemVer", last)
                .text("CurMemVer", current)
        });
    }

    pub fn rename(&mut self, chat_id: &str, name: &str, now: Timestamp) -> Done {
        self.plain_change(chat_id, "change_name", GroupChange::Named(name.to_owned()), now)
    }
    pub fn set_notice(&mut self, chat_id: &str, notice: &str, now: Timestamp) -> Done {
        self.plain_change(chat_id, "change_notice", GroupChange::Noticed(notice.to_owned()), now)
    }
    pub fn change_owner(&mut self, chat_id: &str, owner: &str, now: Timestamp) -> Done {
        let owner = self.find_staff(owner).map(|s| s.userid.clone()).ok_or("no such employee")?;
        if !self.room(chat_id)?.holds(&owner) {
            return Err("the new owner must be in the group".to_owned());
        }
        self.plain_change(chat_id, "change_owner", GroupChange::Owned(owner), now)
    }

    fn plain_change(&mut self, chat_id: &str, detail: &str, change: GroupChange, now: Timestamp) -> Done {
        let visible = now.plus(self.rules.group_lag_ms);
        self.room(chat_id)?.change(change, now, visible);
        self.tell_chat("update", chat_id, now, |xml| xml.text("UpdateDetail", detail));
        Ok(json!({}))
    }

    pub fn dismiss(&mut self, chat_id: &str, now: Timestamp) -> Done {
        self.room(chat_id)?.dismissed = true;
        self.tell_chat("dismiss", chat_id, now, |xml| xml);
        Ok(json!({}))
    }

    /// The owner picks a greeting in the client; no API does it and no event tells.
    pub fn select_welcome(&mut self, chat_id: &str, template_id: Option<&str>) -> Done {
        if template_id.is_some_and(|id| !self.group_welcomes.contains_key(id)) {
            return Err("no such greeting".to_owned());
        }
        self.room(chat_id)?.welcome = template_id.map(str::to_owned);
        Ok(json!({}))
    }

    /// Somebody speaks: the platform counts and shows nothing.
    pub fn speak(&mut self, chat_id: &str, who: &str, times: u32, now: Timestamp) -> Done {
        if !self.room(chat_id)?.holds(who) {
            return Err("not in the group".to_owned());
        }
        (0..times).for_each(|_| self.count_message(chat_id, who, now));
        Ok(json!({}))
    }
}

fn employee(userid: &str, invitor: &str, now: Timestamp) -> Member {
    let (id, invitor) = (userid.to_owned(), invitor.to_owned());
    Member {
        id,
        employee: true,
        joined: now,
        scene: 1,
        invitor,
        nickname: String::new(),
        state: String::new(),
    }
}
