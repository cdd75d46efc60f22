//! Mass sends: the API prepares, an employee taps. Who gets what through whom is decided when it is made.

use std::collections::{BTreeMap, BTreeSet};

use base::time::DAY;
use base::{Day, Timestamp};
use serde::Serialize;
use serde_json::{Value, json};

use super::{Call, Corp, MassCap, Origin, Reply};
use crate::ask::Ask;
use crate::refusal::Refused;
use crate::world::contacts::customers_of;

/// One receiver of one sender.
#[derive(Clone, Debug, Serialize)]
pub struct Target {
    pub id: String,
    /// 0 unsent, 1 sent, 2 not a friend, 3 over the receiver's cap.
    pub status: i64,
    pub at: Option<Timestamp>,
}

/// What one employee has to tap.
#[derive(Clone, Debug, Serialize)]
pub struct SenderTask {
    /// 0 unsent, 2 sent.
    pub status: i64,
    pub at: Option<Timestamp>,
    pub targets: Vec<Target>,
    /// The employee may narrow the receivers, or choose the groups herself.
    pub chooses: bool,
}

#[derive(Clone, Debug, Serialize)]
pub struct MassSend {
    pub msgid: String,
    pub agent: i64,
    pub created: Timestamp,
    /// Until then the platform answers 41063.
    pub ready: Timestamp,
    pub group: bool,
    pub content: Value,
    pub senders: BTreeMap<String, SenderTask>,
    pub cancelled: Option<Timestamp>,
    pub reminders: Vec<Timestamp>,
}

/// What came of a tap.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Tapped {
    pub sent: usize,
    pub skipped: usize,
}

impl Corp {
    /// Whether the receiver may get one more mass message now.
    fn under_cap(&self, id: &str, now: Timestamp) -> bool {
        let Some(times) = self.received.get(id) else { return true };
        let today = self.zone.day_of(now);
        let since = |first: Day| times.iter().filter(|t| self.zone.day_of(**t) >= first).count();
        match self.rules.mass_cap {
            MassCap::MonthlyDays => since(today.first_of_month()) < usize::from(today.days_in_month()),
            MassCap::WeeklySeven => since(today.monday()) < 7,
            MassCap::DailyOne => since(today) < 1,
        }
    }

    fn fate(&self, group: bool, sender: &str, id: &str, now: Timestamp) -> i64 {
        let reachable = match group {
            true => self.groups.get(id).is_some_and(|g| !g.dismissed && g.holds(sender)),
            false => self.people.get(id).and_then(|p| p.follows.get(sender)).is_some_and(|f| f.mutual()),
        };
        match (reachable, self.under_cap(id, now)) {
            (false, _) => 2,
            (true, false) => 3,
            (true, true) => 1,
        }
    }

    /// The employee taps "send": every receiver gets it, or is skipped with the platform's reason. `choice` are
    /// the groups or customers she ticked where the task lets her choose.
    pub fn tap_mass_send(
        &mut self,
        userid: &str,
        msgid: &str,
        choice: &[String],
        now: Timestamp,
    ) -> Result<Tapped, String> {
        let send = self.mass_sends.get(msgid).ok_or("no such mass send")?;
        if send.cancelled.is_some() {
            return Err("cancelled".to_owned());
        }
        let task = send.senders.get(userid).ok_or("not a sender of this task")?;
        if task.status == 2 {
            return Err("already sent".to_owned());
        }
        let mut targets = task.targets.clone();
        if task.chooses && !choice.is_empty() {
            targets.retain(|t| choice.contains(&t.id));
            let fresh = choice.iter().filter(|id| send.group && !task.targets.iter().any(|t| t.id == **id));
            targets.extend(fresh.map(|id| Target { id: id.clone(), status: 0, at: None }));
        }
        let (group, content) = (send.group, send.content.clone());
        let mut done = Tapped::default();
        for target in &mut targets {
            target.status = self.fate(group, userid, &target.id, now);
            if target.status != 1 {
                done.skipped += 1;
                continue;
            }
            done.sent += 1;
            target.at = Some(now);
            self.received.entry(target.id.clone()).or_default().push(now);
            self.deliver(now, &target.id, userid, (Origin::MassSend, msgid, content.clone()));
            if group {
                self.count_message(&target.id, userid, now);
            } else {
                self.touch(userid, &target.id, now);
            }
        }
        let task = self.mass_sends.get_mut(msgid).and_then(|s| s.senders.get_mut(userid));
        if let Some(task) = task {
            *task = SenderTask { status: 2, at: Some(now), targets, chooses: task.chooses };
        }
        Ok(done)
    }

    fn touch(&mut self, userid: &str, id: &str, now: Timestamp) {
        if let Some(follow) = self.people.get_mut(id).and_then(|p| p.follows.get_mut(userid)) {
            follow.touched = now;
        }
    }
}

/// `externalcontact/add_msg_template`.
pub fn add(call: &mut Call) -> Reply {
    let group = match call.ask.text("chat_type")?.unwrap_or("single") {
        "single" => false,
        "group" => true,
        _ => return Err(Refused::because(40035, "chat_type")),
    };
    let content = call.corp.check_content(&call.ask, call.now)?;
    let (senders, failed) = if group { group_senders(call)? } else { single_senders(call)? };
    if senders.is_empty() || (!group && senders.values().all(|t| t.targets.is_empty())) {
        return Err(Refused::code(41048));
    }
    let msgid = call.corp.make_id("msgGCAAAX", 24);
    let ready = call.now.plus(call.corp.rules.dispatch_ms);
    let send = MassSend {
        msgid: msgid.clone(),
        agent: call.agent(),
        created: call.now,
        ready,
        group,
        content,
        senders,
        cancelled: None,
        reminders: Vec::new(),
    };
    call.corp.mass_order.push(msgid.clone());
    call.corp.mass_sends.insert(msgid.clone(), send);
    Ok(json!({"fail_list": failed, "msgid": msgid}))
}

type Senders = (BTreeMap<String, SenderTask>, Vec<String>);

fn task(ids: Vec<String>, chooses: bool) -> SenderTask {
    let targets = ids.into_iter().map(|id| Target { id, status: 0, at: None }).collect();
    SenderTask { status: 0, at: None, targets, chooses }
}

fn group_senders(call: &Call) -> Result<Senders, Refused> {
    let sender = call.contact_staff(call.ask.need_text("sender", 40063)?)?;
    let chats = call.ask.texts("chat_id_list")?.unwrap_or_default();
    if chats.len() > 2_000 {
        return Err(Refused::because(40035, "chat_id_list takes 2000"));
    }
    let owned =
        |id: &String| call.corp.groups.get(id).is_some_and(|g| !g.dismissed && g.live.owner == sender);
    let (good, bad): (Vec<String>, Vec<String>) = unique(chats.clone()).into_iter().partition(owned);
    if !chats.is_empty() && good.is_empty() {
        return Err(Refused::code(41048));
    }
    let chooses = chats.is_empty();
    if chooses && !call.corp.groups.values().any(|g| !g.dismissed && g.live.owner == sender) {
        return Err(Refused::code(41048));
    }
    Ok((BTreeMap::from([(sender, task(good, chooses))]), bad))
}

fn unique(ids: Vec<String>) -> Vec<String> {
    let mut seen = BTreeSet::new();
    ids.into_iter().filter(|id| seen.insert(id.clone())).collect()
}

/// Customers wanted by `tag_filter`: any tag of a group, and every group.
fn passes_filter(follow_tags: &BTreeSet<String>, filter: &[Vec<String>]) -> bool {
    filter.iter().all(|any| any.iter().any(|t| follow_tags.contains(t)))
}

fn read_filter(ask: &Ask) -> Result<Vec<Vec<String>>, Refused> {
    let Some(filter) = ask.object("tag_filter")? else { return Ok(Vec::new()) };
    let mut out = Vec::new();
    for group in filter.objects("group_list")? {
        let tags = group.texts("tag_list")?.unwrap_or_default();
        if tags.is_empty() || tags.len() > 100 {
            return Err(Refused::because(40035, "tag_list takes 1 to 100"));
        }
        out.push(tags);
    }
    Ok(out)
}

fn single_senders(call: &Call) -> Result<Senders, Refused> {
    let wanted = unique(call.ask.texts("external_userid")?.unwrap_or_default());
    if wanted.len() > 10_000 {
        return Err(Refused::because(40035, "external_userid takes 10000"));
    }
    let filter = read_filter(&call.ask)?;
    let sender = call.ask.text("sender")?.map(|s| call.contact_staff(s)).transpose()?;
    if wanted.is_empty() && filter.is_empty() && sender.is_none() {
        return Err(Refused::because(40063, "sender, external_userid or tag_filter"));
    }
    let chooses = call.ask.flag("allow_select")?.unwrap_or(false);
    let mut routes: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut failed = Vec::new();
    let ids = match wanted.is_empty() {
        false => wanted.clone(),
        true => everyone(call, sender.as_deref()),
    };
    for id in ids {
        let use_filter = wanted.is_empty() && !filter.is_empty();
        match route(call, &id, sender.as_deref(), if use_filter { &filter } else { &[] }) {
            Some(userid) => routes.entry(userid).or_default().push(id),
            None if !wanted.is_empty() => failed.push(id),
            None => {}
        }
    }
    let senders = routes.into_iter().map(|(userid, ids)| (userid, task(ids, chooses))).collect();
    Ok((senders, failed))
}

fn everyone(call: &Call, sender: Option<&str>) -> Vec<String> {
    match sender {
        Some(userid) => customers_of(call.corp, userid),
        None => call.corp.people.values().filter(|p| !p.follows.is_empty()).map(|p| p.id.clone()).collect(),
    }
}

/// The employee a customer is pushed to: the given sender, or the one who dealt with her last.
fn route(call: &Call, id: &str, sender: Option<&str>, filter: &[Vec<String>]) -> Option<String> {
    let person = call.corp.people.get(id)?;
    let able =
        |userid: &str| call.sees(userid) && call.corp.staff.get(userid).is_some_and(|s| s.serves_customers());
    let follows = person.follows.iter().filter(|(userid, follow)| {
        !follow.half
            && sender.is_none_or(|s| s == userid.as_str())
            && able(userid)
            && passes_filter(&follow.tags, filter)
    });
    follows.max_by_key(|(_, follow)| follow.touched).map(|(userid, _)| userid.clone())
}

impl Call<'_> {
    /// A mass send this app may look at: 41047 for unknown ones, 41063 while it is being dispatched.
    pub(crate) fn mass_send(&mut self) -> Result<&mut MassSend, Refused> {
        let msgid = self.ask.need_text("msgid", 41046)?;
        let now = self.now;
        let send = self.corp.mass_sends.get_mut(msgid).ok_or_else(|| Refused::code(41047))?;
        if now < send.ready { Err(Refused::code(41063)) } else { Ok(send) }
    }

    /// A mass send this app may still change: 60011 for another app's, 41093 once it was cancelled.
    fn running_send(&mut self) -> Result<&mut MassSend, Refused> {
        let agent = self.agent();
        let send = self.mass_send()?;
        if send.agent != agent {
            return Err(Refused::code(60011));
        }
        if send.cancelled.is_some() {
            return Err(Refused::code(41093));
        }
        Ok(send)
    }
}

/// `externalcontact/remind_groupmsg_send`: three times in 24 hours.
pub fn remind(call: &mut Call) -> Reply {
    let now = call.now;
    let send = call.running_send()?;
    if send.reminders.iter().filter(|at| now.since(**at) < DAY).count() >= 3 {
        return Err(Refused::code(41094));
    }
    send.reminders.push(now);
    let msgid = send.msgid.clone();
    call.corp.reminded.push(msgid);
    Ok(json!({}))
}

/// `externalcontact/cancel_groupmsg_send`: stops what is unsent; what was sent stays.
pub fn cancel(call: &mut Call) -> Reply {
    let now = call.now;
    let send = call.running_send()?;
    send.cancelled = Some(now);
    Ok(json!({}))
}
