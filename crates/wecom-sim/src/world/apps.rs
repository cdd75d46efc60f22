//! Apps of a company, their secrets, tokens, visible range, trusted addresses and callback configuration.

use std::collections::BTreeMap;

use base::Timestamp;
use base::time::{HOUR, SECOND};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Call, Corp, Reply};
use crate::refusal::Refused;

/// Seconds a token lives.
pub const TOKEN_SECONDS: i64 = 7_200;
/// Wrong secrets from one address before it is shut out for an hour.
const WRONG_SECRETS: u32 = 20;

/// What an app is for; the kind decides which APIs answer it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AppKind {
    SelfBuilt,
    /// The address-book synchroniser: the only one that may call `user/list_id`.
    ContactsSync,
}

/// Families of events an app has ticked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventFamily {
    ExternalContact,
    Directory,
    /// Events of the app's own cards and menu.
    App,
}

/// Where and how an app receives events.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Callback {
    pub url: String,
    pub token: String,
    pub aes_key: String,
}

/// One app of a company.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct App {
    pub agent_id: i64,
    pub name: String,
    pub kind: AppKind,
    pub secret: String,
    /// Listed under the apps that may call customer-contact APIs; otherwise 48002.
    pub customer_api: bool,
    /// Employees in the visible range; `None` is the whole company.
    pub visible: Option<Vec<String>>,
    /// Callers' addresses; empty means that none was registered (60020). `*` lets every address in.
    pub trusted_ips: Vec<String>,
    /// Hosts (with port) that OAuth may return to. `*` lets every host in.
    pub trusted_domains: Vec<String>,
    pub events: Vec<EventFamily>,
    /// The page an administrator put into the chat tool bar; empty when there is none.
    #[serde(default)]
    pub sidebar_url: String,
    pub callback: Callback,
}

/// Tokens and what they open.
#[derive(Clone, Debug, Default)]
pub struct Access {
    tokens: BTreeMap<String, Token>,
    wrong: BTreeMap<String, (u32, Timestamp)>,
}

#[derive(Clone, Debug)]
struct Token {
    agent: i64,
    expires: Timestamp,
    revoked: bool,
}

impl Corp {
    /// Whether the app's visible range covers the employee.
    #[must_use]
    pub fn sees(&self, app: usize, userid: &str) -> bool {
        match self.apps.get(app).map(|app| &app.visible) {
            Some(None) => true,
            Some(Some(list)) => list.iter().any(|u| u.eq_ignore_ascii_case(userid)),
            None => false,
        }
    }

    /// `gettoken`: the same token while it is valid, as the real platform is observed to answer.
    pub fn get_token(&mut self, secret: &str, ip: &str, now: Timestamp) -> Reply {
        let wrong = self.access.wrong.get(ip).copied().unwrap_or_default();
        if wrong.0 >= WRONG_SECRETS && now.since(wrong.1) < HOUR {
            return Err(Refused::because(45009, "address blocked after repeated wrong secrets"));
        }
        let Some(agent) = self.apps.iter().find(|app| app.secret == secret).map(|app| app.agent_id) else {
            let wrong = self.access.wrong.entry(ip.to_owned()).or_insert((0, now));
            *wrong = if now.since(wrong.1) < HOUR { (wrong.0 + 1, now) } else { (1, now) };
            return Err(Refused::code(40001));
        };
        self.access.wrong.remove(ip);
        let alive = |t: &&Token| t.agent == agent && !t.revoked && t.expires > now.plus(SECOND);
        let found =
            self.access.tokens.iter().find(|(_, t)| alive(t)).map(|(text, t)| (text.clone(), t.expires));
        let (text, expires) = found.unwrap_or_else(|| self.issue(agent, now));
        Ok(json!({"access_token": text, "expires_in": expires.since(now) / SECOND}))
    }

    fn issue(&mut self, agent: i64, now: Timestamp) -> (String, Timestamp) {
        let text = self.make_id("", 107);
        let expires = now.plus(TOKEN_SECONDS * SECOND);
        self.access.tokens.retain(|_, t| t.expires.plus(24 * HOUR) > now);
        self.access.tokens.insert(text.clone(), Token { agent, expires, revoked: false });
        (text, expires)
    }

    /// The app behind a token: 40014 for an unknown or revoked one, 42001 for an expired one.
    pub fn app_of_token(&self, token: &str, now: Timestamp) -> Result<usize, Refused> {
        let token =
            self.access.tokens.get(token).filter(|t| !t.revoked).ok_or_else(|| Refused::code(40014))?;
        if token.expires <= now {
            return Err(Refused::code(42001));
        }
        let found = self.apps.iter().position(|app| app.agent_id == token.agent);
        found.ok_or_else(|| Refused::code(40014))
    }

    #[must_use]
    pub fn knows_token(&self, token: &str) -> bool {
        self.access.tokens.contains_key(token)
    }

    /// Makes every living token of an app unusable before its time.
    pub fn revoke_tokens(&mut self, agent: Option<i64>) {
        for token in self.access.tokens.values_mut() {
            token.revoked |= agent.is_none_or(|a| a == token.agent);
        }
    }
}

/// `getcallbackip` and `get_api_domain_ip`: addresses of the desk itself.
pub fn platform_ips(_call: &mut Call) -> Reply {
    Ok(json!({"ip_list": ["127.0.0.1", "::1"]}))
}

/// `agent/get`.
pub fn agent_get(call: &mut Call) -> Reply {
    let asked: i64 =
        call.ask.need_param("agentid", 40056)?.parse().map_err(|_| Refused::because(40056, "agentid"))?;
    if asked != call.agent() {
        return Err(Refused::code(60011));
    }
    let app = &call.corp.apps[call.app];
    let users = match &app.visible {
        None => Vec::new(),
        Some(list) => list.iter().map(|u| json!({"userid": u})).collect(),
    };
    let parties: Vec<i64> = if app.visible.is_none() { vec![1] } else { Vec::new() };
    Ok(json!({
        "agentid": app.agent_id,
        "name": app.name,
        "square_logo_url": format!("{}/sim/logo.svg", call.base_url),
        "description": "",
        "allow_userinfos": {"user": users},
        "allow_partys": {"partyid": parties},
        "allow_tags": {"tagid": []},
        "close": 0,
        "redirect_domain": app.trusted_domains.first().cloned().unwrap_or_default(),
        "report_location_flag": 0,
        "isreportenter": 0,
        "home_url": "",
        "customized_publish_status": 1,
    }))
}
