//! Customers and groups that pass from one employee to another: a day until it is so, unless the customer refuses.

use base::Timestamp;
use base::time::DAY;
use serde::Serialize;
use serde_json::{Value, json};

use super::contacts::Follow;
use super::groups::GroupChange;
use super::{Call, Corp, Reply};
use crate::ask::{chars, page};
use crate::refusal::Refused;
use crate::world::directory::Staff;

/// A customer on her way.
#[derive(Clone, Debug, Serialize)]
pub struct Transfer {
    pub from: String,
    pub to: String,
    pub person: String,
    pub resigned: bool,
    pub asked: Timestamp,
    pub due: Timestamp,
    /// As `transfer_result` codes it: 1 done, 2 waiting, 3 refused, 4 the taker has too many.
    pub status: i64,
    pub note: String,
}

/// A group that changed hands.
#[derive(Clone, Debug, Serialize)]
pub struct GroupTransfer {
    pub chat_id: String,
    pub from: String,
    pub to: String,
    pub resigned: bool,
    pub at: Timestamp,
}

const QUARTER: i64 = 90 * DAY;
const YEAR: i64 = 365 * DAY;
const WAITING: i64 = 2;

impl Corp {
    /// When the next move takes effect.
    #[must_use]
    pub fn next_transfer(&self) -> Option<Timestamp> {
        self.transfers.iter().filter(|t| t.status == WAITING).map(|t| t.due).min()
    }

    /// Lets every move take effect whose day is over.
    pub fn settle_transfers(&mut self, now: Timestamp) {
        if self.next_transfer().is_none_or(|due| due > now) {
            return;
        }
        let mut transfers = std::mem::take(&mut self.transfers);
        for transfer in transfers.iter_mut().filter(|t| t.status == WAITING && t.due <= now) {
            transfer.status = self.take_over(transfer);
        }
        self.transfers = transfers;
    }

    fn take_over(&mut self, transfer: &Transfer) -> i64 {
        let (from, to, person, at) = (&transfer.from, &transfer.to, &transfer.person, transfer.due);
        let full =
            self.staff.get(to).is_none_or(|s| s.customers.len() >= self.rules.customer_cap || s.status != 1);
        if full {
            self.tell_contact("transfer_fail", to, person, at, |xml| {
                xml.text("FailReason", "customer_limit_exceed")
            });
            return 4;
        }
        let Some(old) = self.people.get_mut(person).and_then(|p| p.follows.remove(from)) else { return 3 };
        if let Some(giver) = self.staff.get_mut(from) {
            giver.customers.remove(person);
        }
        let known = self.people.get(person).is_some_and(|p| p.follows.get(to).is_some_and(Follow::mutual));
        if !known {
            let (state, started, oper_userid) = (String::new(), true, "admin".to_owned());
            let follow = Follow { since: at, add_way: 202, oper_userid, state, started, touched: at, ..old };
            if let Some(kept) = self.people.get_mut(person) {
                kept.follows.insert(to.clone(), follow);
            }
            if let Some(taker) = self.staff.get_mut(to) {
                taker.customers.insert(person.clone());
            }
            self.tell_contact("add_external_contact", to, person, at, |xml| xml);
        }
        self.tell_contact("del_external_contact", from, person, at, |xml| {
            xml.text("Source", "DELETE_BY_TRANSFER")
        });
        1
    }

    /// The customer says no within the day.
    pub fn refuse_transfer(&mut self, person: &str, now: Timestamp) -> crate::people::Done {
        let found = self.transfers.iter_mut().find(|t| t.person == person && t.status == WAITING);
        let transfer = found.ok_or("nobody wants to take her over")?;
        transfer.status = 3;
        let to = transfer.to.clone();
        self.tell_contact("transfer_fail", &to, person, now, |xml| {
            xml.text("FailReason", "customer_refused")
        });
        Ok(json!({}))
    }

    /// 0, or why this customer can't move now.
    fn transfer_code(&self, person: &str, (from, to): (&str, &str), now: Timestamp) -> i64 {
        let Some(known) = self.people.get(person) else { return 40096 };
        if !known.follows.get(from).is_some_and(Follow::mutual) {
            return 40131;
        }
        if self.transfers.iter().any(|t| t.person == person && t.status == WAITING) {
            return 40100;
        }
        let done = |t: &&Transfer| t.person == person && t.status == 1 && now.since(t.due) < QUARTER;
        if self.transfers.iter().filter(done).count() >= 2 {
            return 40128;
        }
        let full = self.staff.get(to).is_some_and(|s| s.customers.len() >= self.rules.customer_cap);
        if full { 40099 } else { 0 }
    }

    fn group_code(&self, chat: &str, (to, resigned): (&str, bool), now: Timestamp) -> i64 {
        let Some(group) = self.groups.get(chat) else { return 90501 };
        if group.dismissed {
            return 49008;
        }
        let gone = self.staff.get(&group.live.owner).is_none_or(|s| s.status == 5);
        match (resigned, gone) {
            (true, false) => return 90500,
            (false, true) => return 90502,
            _ => {}
        }
        if group.live.owner == to {
            return 90504;
        }
        let moved = |t: &&GroupTransfer| t.chat_id == chat && !t.resigned && now.since(t.at) < QUARTER;
        if !resigned && self.group_transfers.iter().filter(moved).count() >= 2 {
            return 40128;
        }
        let today = |t: &&GroupTransfer| t.resigned && t.from == group.live.owner && now.since(t.at) < DAY;
        if resigned && self.group_transfers.iter().filter(today).count() >= 300 { 45009 } else { 0 }
    }

    fn own_group(&mut self, chat: &str, (to, resigned): (&str, bool), now: Timestamp) {
        let visible = now.plus(self.rules.group_lag_ms);
        let version = self.make_hex();
        let Some(group) = self.groups.get_mut(chat) else { return };
        let from = group.live.owner.clone();
        if !group.holds(to) {
            let member = crate::world::groups::Member {
                id: to.to_owned(),
                employee: true,
                joined: now,
                scene: 1,
                invitor: String::new(),
                nickname: String::new(),
                state: String::new(),
            };
            group.change(GroupChange::Joined(member), now, visible);
        }
        group.change(GroupChange::Owned(to.to_owned()), now, visible);
        group.change(GroupChange::Version(version), now, visible);
        group.status = if resigned { 3 } else { 0 };
        let (chat_id, to) = (chat.to_owned(), to.to_owned());
        self.group_transfers.push(GroupTransfer { chat_id, from, to, resigned, at: now });
    }
}

/// Giver and taker; the giver of the resigned door has left less than a year ago.
fn pair(call: &Call, resigned: bool) -> Result<(String, String), Refused> {
    let from = call.ask.need_text("handover_userid", 40003)?;
    let to = call.contact_staff(call.ask.need_text("takeover_userid", 40003)?)?;
    let giver = call.corp.find_staff(from).ok_or_else(|| Refused::code(60111))?;
    if giver.userid == to {
        return Err(Refused::code(40130));
    }
    if resigned {
        let left = giver.left.filter(|_| giver.status == 5).ok_or_else(|| Refused::code(40097))?;
        if call.now.since(left) > YEAR {
            return Err(Refused::code(40205));
        }
        return Ok((giver.userid.clone(), to));
    }
    Ok((call.contact_staff(from)?, to))
}

fn ask_to_move(call: &mut Call, resigned: bool) -> Reply {
    let (from, to) = pair(call, resigned)?;
    let people =
        call.ask.texts("external_userid")?.ok_or_else(|| Refused::because(40063, "external_userid"))?;
    if people.is_empty() || people.len() > 100 {
        return Err(Refused::because(40035, "external_userid takes 1 to 100"));
    }
    let note = call.ask.text("transfer_success_msg")?.unwrap_or_default().to_owned();
    if chars(&note) > 200 {
        return Err(Refused::because(40035, "transfer_success_msg takes 200"));
    }
    let (now, mut rows) = (call.now, Vec::new());
    for person in people {
        let code = call.corp.transfer_code(&person, (&from, &to), now);
        if code == 0 {
            let (from, to, note) = (from.clone(), to.clone(), note.clone());
            let (person, due) = (person.clone(), now.plus(DAY));
            call.corp.transfers.push(Transfer {
                from,
                to,
                person,
                resigned,
                asked: now,
                due,
                status: WAITING,
                note,
            });
        }
        rows.push(json!({"external_userid": person, "errcode": code}));
    }
    Ok(json!({"customer": rows}))
}

fn results(call: &mut Call, resigned: bool) -> Reply {
    let from = call.ask.need_text("handover_userid", 40003)?.to_owned();
    let to = call.ask.need_text("takeover_userid", 40003)?.to_owned();
    let of = |t: &&Transfer| t.resigned == resigned && t.from == from && t.to == to;
    // A customer who was asked twice shows her last move.
    let mut last = std::collections::BTreeMap::new();
    for transfer in call.corp.transfers.iter().filter(of) {
        last.insert(transfer.person.clone(), transfer);
    }
    let wire = |t: &Transfer| {
        let time = if t.status == 1 { t.due } else { t.asked };
        json!({"external_userid": t.person, "status": t.status, "takeover_time": time.seconds()})
    };
    let rows: Vec<Value> = last.into_values().map(wire).collect();
    let (items, next) = page(rows, call.ask.text("cursor")?, 1_000)?;
    Ok(json!({"customer": items, "next_cursor": next}))
}

fn give_groups(call: &mut Call, resigned: bool) -> Reply {
    let to = call.contact_staff(call.ask.need_text("new_owner", 40003)?)?;
    let chats = call.ask.texts("chat_id_list")?.ok_or_else(|| Refused::because(40063, "chat_id_list"))?;
    if chats.is_empty() || chats.len() > 100 {
        return Err(Refused::because(40035, "chat_id_list takes 1 to 100"));
    }
    let (now, mut failed) = (call.now, Vec::new());
    for chat in chats {
        match call.corp.group_code(&chat, (&to, resigned), now) {
            0 => call.corp.own_group(&chat, (&to, resigned), now),
            code => {
                let words = crate::refusal::words(code);
                failed.push(json!({"chat_id": chat, "errcode": code, "errmsg": words}));
            }
        }
    }
    Ok(json!({"failed_chat_list": failed}))
}

/// `externalcontact/transfer_customer`.
pub fn on_job(call: &mut Call) -> Reply {
    ask_to_move(call, false)
}

/// `externalcontact/transfer_result`.
pub fn on_job_results(call: &mut Call) -> Reply {
    results(call, false)
}

/// `externalcontact/resigned/transfer_customer`.
pub fn resigned(call: &mut Call) -> Reply {
    ask_to_move(call, true)
}

/// `externalcontact/resigned/transfer_result`.
pub fn resigned_results(call: &mut Call) -> Reply {
    results(call, true)
}

/// `externalcontact/groupchat/transfer`.
pub fn resigned_groups(call: &mut Call) -> Reply {
    give_groups(call, true)
}

/// `externalcontact/groupchat/onjob_transfer`.
pub fn on_job_groups(call: &mut Call) -> Reply {
    give_groups(call, false)
}

/// `externalcontact/get_unassigned_list`.
pub fn unassigned(call: &mut Call) -> Reply {
    let size = call.ask.int("page_size")?.unwrap_or(1_000);
    let size = usize::try_from(size).unwrap_or(1_000).clamp(1, 1_000);
    let corp = &*call.corp;
    let row = |s: &Staff, person: &String| {
        json!({"handover_userid": s.userid, "external_userid": person,
            "dimission_time": s.left.unwrap_or_default().seconds()})
    };
    let gone = corp.staff.values().filter(|s| s.status == 5 && s.left.is_some());
    let waiting = |person: &&String| {
        !corp.transfers.iter().any(|t| t.person == **person && t.status == WAITING && t.resigned)
    };
    let rows: Vec<Value> =
        gone.flat_map(|s| s.customers.iter().filter(waiting).map(move |p| row(s, p))).collect();
    let (items, next) = page(rows, call.ask.text("cursor")?, size)?;
    Ok(json!({"info": items, "is_last": next.is_empty(), "next_cursor": next}))
}
