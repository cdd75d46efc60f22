//! Web identity: one-use codes for employees, customers and strangers, and the tickets of the JS-SDK.

use std::collections::BTreeMap;

use base::Timestamp;
use base::time::{MINUTE, SECOND};
use serde_json::{Value, json};

use super::{Call, Corp, Reply};
use crate::refusal::Refused;

/// Codes, user tickets and JS tickets that were handed out.
#[derive(Clone, Debug, Default)]
pub struct Desk {
    codes: BTreeMap<String, Code>,
    user_tickets: BTreeMap<String, (String, Timestamp)>,
    js_tickets: BTreeMap<i64, (String, Timestamp)>,
}

#[derive(Clone, Debug)]
struct Code {
    who: Visitor,
    private_info: bool,
    born: Timestamp,
    used: bool,
}

/// Who opened the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Visitor {
    Staff(String),
    /// A person of this world, friend of somebody or not.
    Person(String),
    /// Somebody the world doesn't know: only an openid.
    Stranger(String),
}

impl Corp {
    /// Who `text` is: an employee, a person, or a stranger of that name.
    #[must_use]
    pub fn visitor(&self, text: &str) -> Visitor {
        match self.find_staff(text) {
            Some(staff) => Visitor::Staff(staff.userid.clone()),
            None if self.people.contains_key(text) => Visitor::Person(text.to_owned()),
            None => Visitor::Stranger(format!("oSTR{}", hex::encode(text))),
        }
    }
    /// A code for the visitor, good once and for five minutes.
    pub fn issue_code(&mut self, who: Visitor, private_info: bool, now: Timestamp) -> String {
        let code = self.make_id("", 43);
        self.oauth.codes.retain(|_, c| now.since(c.born) < 60 * MINUTE);
        self.oauth.codes.insert(code.clone(), Code { who, private_info, born: now, used: false });
        code
    }
}

/// `auth/getuserinfo` and its older spelling `user/getuserinfo`.
pub fn user_info(call: &mut Call) -> Reply {
    let text = call.ask.need_param("code", 40029)?;
    let now = call.now;
    let code = call.corp.oauth.codes.get_mut(text).ok_or_else(|| Refused::code(40029))?;
    if code.used {
        return Err(Refused::code(42022));
    }
    if now.since(code.born) > 5 * MINUTE {
        return Err(Refused::code(42003));
    }
    code.used = true;
    let (who, private) = (code.who.clone(), code.private_info);
    match who {
        Visitor::Staff(userid) => Ok(staff_info(call, &userid, private)),
        Visitor::Stranger(openid) => Ok(json!({"openid": openid})),
        Visitor::Person(id) => Ok(person_info(call, &id)),
    }
}

fn staff_info(call: &mut Call, userid: &str, private: bool) -> Value {
    let mut out = json!({"userid": userid});
    if private && call.sees(userid) {
        let ticket = call.corp.make_id("", 64);
        let until = call.now.plus(1_800 * SECOND);
        call.corp.oauth.user_tickets.insert(ticket.clone(), (userid.to_owned(), until));
        out["user_ticket"] = json!(ticket);
    }
    out
}

/// `external_userid` only for a customer of somebody in the app's range; everybody else is an openid.
fn person_info(call: &Call, id: &str) -> Value {
    let openid = call.corp.people.get(id).map(|p| p.openid.clone()).unwrap_or_default();
    match call.visible_customer(id) {
        Ok(external) => json!({"openid": openid, "external_userid": external}),
        Err(_) => json!({"openid": openid}),
    }
}

/// `auth/getuserdetail`.
pub fn user_detail(call: &mut Call) -> Reply {
    let ticket = call.ask.need_text("user_ticket", 40063)?;
    let (userid, until) = call
        .corp
        .oauth
        .user_tickets
        .get(ticket)
        .cloned()
        .ok_or_else(|| Refused::because(40035, "user_ticket"))?;
    if until < call.now {
        return Err(Refused::because(42003, "user_ticket expired"));
    }
    let mobile = call.corp.staff.get(&userid).map(|s| s.mobile.clone()).unwrap_or_default();
    Ok(json!({"userid": userid, "gender": "0", "avatar": "", "qr_code": "", "mobile": mobile,
        "email": "", "biz_mail": "", "address": ""}))
}

fn ticket(call: &mut Call, key: i64) -> Value {
    let now = call.now;
    let kept = call.corp.oauth.js_tickets.get(&key).filter(|(_, until)| *until > now).cloned();
    let (text, until) = kept.unwrap_or_else(|| {
        let fresh = (call.corp.make_id("", 86), now.plus(7_200 * SECOND));
        call.corp.oauth.js_tickets.insert(key, fresh.clone());
        fresh
    });
    json!({"ticket": text, "expires_in": until.since(now) / SECOND})
}

/// `get_jsapi_ticket`: one per company.
pub fn corp_ticket(call: &mut Call) -> Reply {
    Ok(ticket(call, i64::MIN))
}

/// `ticket/get?type=agent_config`: one per app, not shareable.
pub fn app_ticket(call: &mut Call) -> Reply {
    match call.ask.param("type") {
        Some("agent_config") => Ok(ticket(call, call.agent())),
        _ => Err(Refused::because(40035, "type takes agent_config")),
    }
}
