//! Customer groups. A change is visible to `groupchat/get` only after the platform's lag, so every group keeps
//! what is and what the API shows.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use base::{Day, Timestamp};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::{Call, Corp, Reply};
use crate::ask::page;
use crate::refusal::Refused;

/// Someone in a group: an employee or an outsider.
#[derive(Clone, Debug, Serialize)]
pub struct Member {
    pub id: String,
    pub employee: bool,
    pub joined: Timestamp,
    /// 1 direct invitation, 2 invitation link, 3 QR code (the coding of `groupchat/get`).
    pub scene: i64,
    /// The employee who invited, if one did.
    pub invitor: String,
    pub nickname: String,
    /// `state` of the join way.
    pub state: String,
}

/// The facts of a group at one moment.
#[derive(Clone, Debug, Default, Serialize)]
pub struct GroupFacts {
    pub name: String,
    pub notice: String,
    pub owner: String,
    pub admins: BTreeSet<String>,
    pub members: BTreeMap<String, Member>,
    pub version: String,
}

/// One change of a group's facts.
#[derive(Clone, Debug)]
pub enum GroupChange {
    Joined(Member),
    Left(String),
    Named(String),
    Noticed(String),
    Owned(String),
    Version(String),
}

impl GroupFacts {
    fn apply(&mut self, change: &GroupChange) {
        match change.clone() {
            GroupChange::Joined(member) => {
                self.members.insert(member.id.clone(), member);
            }
            GroupChange::Left(id) => {
                self.members.remove(&id);
                self.admins.remove(&id);
            }
            GroupChange::Named(name) => self.name = name,
            GroupChange::Noticed(notice) => self.notice = notice,
            GroupChange::Owned(owner) => {
                self.admins.remove(&owner);
                self.owner = owner;
            }
            GroupChange::Version(version) => self.version = version,
        }
    }
}

/// What was counted in a group on one day.
#[derive(Clone, Debug, Default, Serialize)]
pub struct GroupDay {
    pub joined: u32,
    pub messages: u32,
    pub speakers: BTreeSet<String>,
    /// Members when the day's last change happened.
    pub members: usize,
}

/// One customer group.
#[derive(Clone, Debug, Serialize)]
pub struct Group {
    pub chat_id: String,
    pub created: Timestamp,
    pub live: GroupFacts,
    #[serde(skip)]
    seen: GroupFacts,
    #[serde(skip)]
    waiting: VecDeque<(Timestamp, GroupChange)>,
    pub dismissed: bool,
    /// 0 normal, 1 owner resigned, 2 being inherited, 3 inherited.
    pub status: i64,
    pub days: BTreeMap<Day, GroupDay>,
    /// The welcome template that the owner selected in the client.
    pub welcome: Option<String>,
}

impl Group {
    #[must_use]
    pub fn new(chat_id: &str, facts: GroupFacts, created: Timestamp) -> Self {
        Self {
            chat_id: chat_id.to_owned(),
            created,
            seen: facts.clone(),
            live: facts,
            waiting: VecDeque::new(),
            dismissed: false,
            status: 0,
            days: BTreeMap::new(),
            welcome: None,
        }
    }
    /// Changes the group now; the API shows it at `visible`.
    pub fn change(&mut self, change: GroupChange, now: Timestamp, visible: Timestamp) {
        self.settle(now);
        self.live.apply(&change);
        self.waiting.push_back((visible, change));
    }
    fn settle(&mut self, now: Timestamp) {
        while self.waiting.front().is_some_and(|(at, _)| *at <= now) {
            if let Some((_, change)) = self.waiting.pop_front() {
                self.seen.apply(&change);
            }
        }
    }
    /// What the API answers at `now`.
    #[must_use]
    pub fn shown(&self, now: Timestamp) -> std::borrow::Cow<'_, GroupFacts> {
        if self.waiting.is_empty() {
            return std::borrow::Cow::Borrowed(&self.live);
        }
        let mut facts = self.seen.clone();
        self.waiting.iter().filter(|(at, _)| *at <= now).for_each(|(_, change)| facts.apply(change));
        std::borrow::Cow::Owned(facts)
    }
    #[must_use]
    pub fn holds(&self, id: &str) -> bool {
        self.live.members.contains_key(id)
    }
}

impl Call<'_> {
    /// A group whose owner is in range: 49008 when dismissed, 40050-like unknown ids are bad parameters.
    pub fn visible_group(&self, chat_id: &str) -> Result<&super::groups::Group, Refused> {
        let group =
            self.corp.groups.get(chat_id).ok_or_else(|| Refused::because(40035, "invalid chat_id"))?;
        if group.dismissed {
            return Err(Refused::code(49008));
        }
        if self.sees(&group.live.owner) { Ok(group) } else { Err(Refused::code(60011)) }
    }
    /// Employees of `owner_filter`, or `None` when it is absent.
    pub fn owner_filter(&self) -> Result<Option<Vec<String>>, Refused> {
        let Some(filter) = self.ask.object("owner_filter")? else { return Ok(None) };
        let users = filter.texts("userid_list")?.unwrap_or_default();
        if users.len() > 100 {
            return Err(Refused::because(40035, "userid_list takes 100"));
        }
        let users = users.iter().map(|u| self.visible_staff(u)).collect::<Result<Vec<_>, _>>()?;
        Ok(Some(users).filter(|u| !u.is_empty()))
    }
}

/// `externalcontact/groupchat/list`.
pub fn list(call: &mut Call) -> Reply {
    let limit = match call.ask.need_int("limit", 40063)? {
        n @ 1..=1_000 => usize::try_from(n).unwrap_or(1),
        _ => return Err(Refused::because(40058, "limit takes 1 to 1000")),
    };
    let status = call.ask.int("status_filter")?.unwrap_or(0);
    if !(0..=3).contains(&status) {
        return Err(Refused::because(40058, "status_filter"));
    }
    let owners = call.owner_filter()?;
    let in_range = call.corp.staff.values().filter(|s| call.sees(&s.userid)).count();
    if owners.is_none() && in_range > 1_000 {
        return Err(Refused::code(81017));
    }
    let wanted = |g: &&Group| {
        let mine = match &owners {
            Some(users) => users.contains(&g.live.owner),
            None => g.status != 1,
        };
        !g.dismissed && mine && call.sees(&g.live.owner) && (status == 0 || g.status == status)
    };
    let rows = call.corp.groups.values().filter(wanted);
    let rows: Vec<Value> = rows.map(|g| json!({"chat_id": g.chat_id, "status": g.status})).collect();
    let (items, next) = page(rows, call.ask.text("cursor")?, limit)?;
    let mut out = json!({"group_chat_list": items});
    if !next.is_empty() {
        out["next_cursor"] = json!(next);
    }
    Ok(out)
}

/// `externalcontact/groupchat/get`.
pub fn get(call: &mut Call) -> Reply {
    let chat_id = call.ask.need_text("chat_id", 40063)?;
    let named = call.ask.flag("need_name")?.unwrap_or(false);
    let now = call.now;
    if let Some(group) = call.corp.groups.get_mut(chat_id) {
        group.settle(now);
    }
    let group = call.visible_group(chat_id)?;
    let facts = group.shown(now);
    let members: Vec<Value> = facts.members.values().map(|m| member_wire(call.corp, m, named)).collect();
    let admins: Vec<Value> = facts.admins.iter().map(|u| json!({"userid": u})).collect();
    Ok(json!({"group_chat": {
        "chat_id": group.chat_id,
        "name": facts.name,
        "owner": facts.owner,
        "create_time": group.created.seconds(),
        "notice": facts.notice,
        "member_list": members,
        "admin_list": admins,
        "member_version": facts.version,
    }}))
}

fn member_wire(corp: &Corp, member: &Member, named: bool) -> Value {
    let mut out = Map::new();
    out.insert("userid".into(), json!(member.id));
    out.insert("type".into(), json!(if member.employee { 1 } else { 2 }));
    let person = corp.people.get(&member.id);
    let unionid = person.map(|p| corp.answered_unionid(p)).unwrap_or_default();
    if !unionid.is_empty() {
        out.insert("unionid".into(), json!(unionid));
    }
    out.insert("join_time".into(), json!(member.joined.seconds()));
    out.insert("join_scene".into(), json!(member.scene));
    if !member.invitor.is_empty() {
        out.insert("invitor".into(), json!({"userid": member.invitor}));
    }
    out.insert("group_nickname".into(), json!(member.nickname));
    if named {
        let staff = corp.staff.get(&member.id).map(|s| s.name.as_str());
        out.insert("name".into(), json!(staff.or(person.map(|p| p.name.as_str())).unwrap_or_default()));
    }
    if !member.state.is_empty() {
        out.insert("state".into(), json!(member.state));
    }
    Value::Object(out)
}
