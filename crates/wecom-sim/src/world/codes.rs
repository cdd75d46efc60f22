//! "Contact me" ways: codes that lead to employees. An app manages only its own.

use base::Timestamp;
use base::time::DAY;
use serde::Serialize;
use serde_json::{Value, json};

use super::{Call, Corp, Reply};
use crate::ask::{chars, page};
use crate::refusal::Refused;

#[derive(Clone, Debug, Serialize)]
pub struct ContactWay {
    pub config_id: String,
    /// The app that made it.
    pub agent: i64,
    pub created: Timestamp,
    /// 1 one employee, 2 several.
    pub kind: i64,
    /// 1 mini-program, 2 QR picture.
    pub scene: i64,
    pub style: i64,
    pub remark: String,
    pub skip_verify: bool,
    pub state: String,
    pub users: Vec<String>,
    pub parties: Vec<i64>,
    pub is_temp: bool,
    pub expires_in: i64,
    pub chat_expires_in: i64,
    pub unionid: String,
    pub is_exclusive: bool,
    pub conclusions: Value,
    pub qr_code: String,
    /// How often it was scanned; decides whose turn it is.
    pub scans: u64,
}

impl Corp {
    /// Employees a code leads to, parties expanded.
    #[must_use]
    pub fn users_of_way(&self, users: &[String], parties: &[i64]) -> Vec<String> {
        let mut all: Vec<String> = users.to_vec();
        for staff in self.staff.values().filter(|s| s.serves_customers()) {
            if staff.departments.iter().any(|d| parties.contains(d)) && !all.contains(&staff.userid) {
                all.push(staff.userid.clone());
            }
        }
        all
    }
    /// Codes made so far against the shared quota.
    #[must_use]
    pub fn entry_codes(&self) -> usize {
        self.contact_ways.len() + self.join_ways.len()
    }
}

impl Call<'_> {
    pub(crate) fn own_contact_way(&mut self) -> Result<&mut ContactWay, Refused> {
        let agent = self.agent();
        let id = self.ask.need_text("config_id", 41039)?;
        let way = self.corp.contact_ways.get_mut(id).filter(|w| w.agent == agent);
        way.ok_or_else(|| Refused::code(41040))
    }
    /// Checks the employees of a code: known, in range, able to serve customers, at most 100.
    fn way_users(&self, users: &[String], parties: &[i64]) -> Result<Vec<String>, Refused> {
        let users = users.iter().map(|u| self.contact_staff(u)).collect::<Result<Vec<_>, _>>()?;
        if self.corp.users_of_way(&users, parties).len() > 100 {
            return Err(Refused::code(41041));
        }
        Ok(users)
    }
    /// A text of at most `max` characters: over-long is 40035.
    pub(crate) fn short(&self, name: &str, max: usize) -> Result<Option<String>, Refused> {
        match self.ask.given_text(name)? {
            Some(text) if chars(text) > max => Err(Refused::because(40035, format!("{name} too long"))),
            other => Ok(other.map(str::to_owned)),
        }
    }
}

/// `externalcontact/add_contact_way`.
pub fn add(call: &mut Call) -> Reply {
    let ask = call.ask;
    let kind = ask.need_int("type", 41037)?;
    let scene = ask.need_int("scene", 41042)?;
    if !(1..=2).contains(&kind) {
        return Err(Refused::code(41038));
    }
    if !(1..=2).contains(&scene) {
        return Err(Refused::code(41042));
    }
    let (users, parties) = (ask.texts("user")?.unwrap_or_default(), ask.ints("party")?.unwrap_or_default());
    if kind == 1 && users.len() != 1 {
        return Err(Refused::because(40035, "type 1 takes exactly one user"));
    }
    if users.is_empty() && parties.is_empty() {
        return Err(Refused::because(40063, "user or party"));
    }
    let users = call.way_users(&users, &parties)?;
    if call.corp.entry_codes() >= call.corp.rules.entry_code_quota {
        return Err(Refused::code(41045));
    }
    let (remark, state) = (call.short("remark", 30)?, call.short("state", 30)?);
    let is_temp = ask.flag("is_temp")?.unwrap_or(false);
    let config_id = call.corp.make_hex();
    let qr_code = if scene == 2 { format!("{}/sim/qr/{config_id}", call.base_url) } else { String::new() };
    let way = ContactWay {
        config_id: config_id.clone(),
        agent: call.agent(),
        created: call.now,
        kind,
        scene,
        style: ask.int("style")?.unwrap_or(1),
        remark: remark.unwrap_or_default(),
        skip_verify: ask.flag("skip_verify")?.unwrap_or(true),
        state: state.unwrap_or_default(),
        users,
        parties,
        is_temp,
        expires_in: ask.int("expires_in")?.unwrap_or(7 * 86_400),
        chat_expires_in: ask.int("chat_expires_in")?.unwrap_or(86_400),
        unionid: ask.text("unionid")?.unwrap_or_default().to_owned(),
        is_exclusive: ask.flag("is_exclusive")?.unwrap_or(false),
        conclusions: ask.body.get("conclusions").cloned().unwrap_or(Value::Null),
        qr_code: qr_code.clone(),
        scans: 0,
    };
    call.corp.contact_ways.insert(config_id.clone(), way);
    let mut out = json!({"config_id": config_id});
    if !qr_code.is_empty() {
        out["qr_code"] = json!(qr_code);
    }
    Ok(out)
}

/// `externalcontact/get_contact_way`.
pub fn get(call: &mut Call) -> Reply {
    let way = call.own_contact_way()?;
    let mut wire = json!({
        "config_id": way.config_id,
        "type": way.kind,
        "scene": way.scene,
        "style": way.style,
        "remark": way.remark,
        "skip_verify": way.skip_verify,
        "state": way.state,
        "qr_code": way.qr_code,
        "user": way.users,
        "party": way.parties,
        "is_temp": way.is_temp,
        "expires_in": way.expires_in,
        "chat_expires_in": way.chat_expires_in,
        "unionid": way.unionid,
        "mark_source": true,
    });
    if !way.conclusions.is_null() {
        wire["conclusions"] = way.conclusions.clone();
    }
    Ok(json!({"contact_way": wire}))
}

/// `externalcontact/list_contact_way`: the last 90 days unless asked otherwise, no temporary ones.
pub fn list(call: &mut Call) -> Reply {
    let end = call.ask.int("end_time")?.unwrap_or(call.now.seconds());
    let start = call.ask.int("start_time")?.unwrap_or(end - 90 * DAY / 1_000);
    if start > end {
        return Err(Refused::because(40035, "start_time after end_time"));
    }
    let limit = call.ask.limit(100, 1_000)?;
    let agent = call.agent();
    let mine =
        |w: &&ContactWay| w.agent == agent && !w.is_temp && (start..=end).contains(&w.created.seconds());
    let mut ways: Vec<&ContactWay> = call.corp.contact_ways.values().filter(mine).collect();
    ways.sort_by_key(|w| (w.created, w.config_id.clone()));
    let rows: Vec<Value> = ways.iter().map(|w| json!({"config_id": w.config_id})).collect();
    let (items, next) = page(rows, call.ask.text("cursor")?, limit)?;
    let mut out = json!({"contact_way": items});
    if !next.is_empty() {
        out["next_cursor"] = json!(next);
    }
    Ok(out)
}

/// `externalcontact/update_contact_way`: employees, parties and texts are overwritten when given.
pub fn update(call: &mut Call) -> Reply {
    let ask = call.ask;
    let (users, parties) = (ask.texts("user")?, ask.ints("party")?);
    let (remark, state) = (call.short("remark", 30)?, call.short("state", 30)?);
    let kind = call.own_contact_way()?.kind;
    if kind == 1 && users.as_ref().is_some_and(|u| u.len() != 1) {
        return Err(Refused::because(40035, "type 1 takes exactly one user"));
    }
    let parties_now = match &parties {
        Some(list) => list.clone(),
        None => call.own_contact_way()?.parties.clone(),
    };
    let users = users.map(|list| call.way_users(&list, &parties_now)).transpose()?;
    if users.as_ref().is_some_and(Vec::is_empty) && parties_now.is_empty() {
        return Err(Refused::because(40063, "user or party"));
    }
    let way = call.own_contact_way()?;
    way.users = users.unwrap_or_else(|| way.users.clone());
    way.parties = parties_now;
    way.remark = remark.unwrap_or_else(|| way.remark.clone());
    way.state = state.unwrap_or_else(|| way.state.clone());
    way.skip_verify = ask.flag("skip_verify")?.unwrap_or(way.skip_verify);
    way.style = ask.int("style")?.unwrap_or(way.style);
    way.expires_in = ask.int("expires_in")?.unwrap_or(way.expires_in);
    way.chat_expires_in = ask.int("chat_expires_in")?.unwrap_or(way.chat_expires_in);
    if let Some(conclusions) = ask.body.get("conclusions") {
        way.conclusions = conclusions.clone();
    }
    Ok(json!({}))
}

/// `externalcontact/del_contact_way`.
pub fn del(call: &mut Call) -> Reply {
    let id = call.own_contact_way()?.config_id.clone();
    call.corp.contact_ways.remove(&id);
    Ok(json!({}))
}
