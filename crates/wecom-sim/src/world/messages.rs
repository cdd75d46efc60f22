//! Messages of an app to employees, and the cards among them.

use base::Timestamp;
use base::time::{DAY, HOUR, SECOND};
use serde::Serialize;
use serde_json::{Value, json};

use super::{Call, Reply};
use crate::ask::Ask;
use crate::refusal::Refused;

/// One message as one employee has it on the phone.
#[derive(Clone, Debug, Serialize)]
pub struct Card {
    pub msgid: String,
    pub agent: i64,
    pub userid: String,
    pub at: Timestamp,
    pub msgtype: String,
    pub content: Value,
    pub recalled: bool,
    /// Lets the app change the card once within 72 hours.
    pub response_code: String,
    pub response_used: bool,
    /// Text on the pressed button after an update.
    pub replaced: String,
}

/// Kinds of message, the field their body is under, and the body's required text fields.
const KINDS: &[(&str, &[&str])] = &[
    ("text", &["content"]),
    ("markdown", &["content"]),
    ("image", &["media_id"]),
    ("voice", &["media_id"]),
    ("video", &["media_id"]),
    ("file", &["media_id"]),
    ("textcard", &["title", "description", "url"]),
    ("news", &[]),
    ("mpnews", &[]),
    ("miniprogram_notice", &["appid", "title"]),
    ("template_card", &["card_type"]),
];

const CARD_TYPES: &[&str] =
    &["text_notice", "news_notice", "button_interaction", "vote_interaction", "multiple_interaction"];

fn agent_of(call: &Call) -> Result<i64, Refused> {
    match call.ask.int("agentid")? {
        Some(id) if id == call.agent() => Ok(id),
        _ => Err(Refused::code(40056)),
    }
}

fn check_body(call: &Call, kind: &str) -> Result<Value, Refused> {
    let rule = KINDS.iter().find(|(k, _)| *k == kind).ok_or_else(|| Refused::because(40035, "msgtype"))?;
    let part = call.ask.object(kind)?.ok_or_else(|| Refused::code(44004))?;
    for field in rule.1 {
        part.need_text(field, 44004)?;
    }
    match kind {
        "text" | "markdown" if part.text("content")?.is_some_and(|t| t.len() > 2_048) => {
            // Longer texts are cut by the platform, not refused.
            let mut text: String = part.text("content")?.unwrap_or_default().to_owned();
            while text.len() > 2_048 {
                text.pop();
            }
            return Ok(json!({"content": text}));
        }
        "image" | "voice" | "video" | "file" => {
            call.corp.media_for(part.need_text("media_id", 40007)?, kind, call.now)?;
        }
        "textcard" if part.text("url")?.is_some_and(|t| t.len() > 2_048) => {
            return Err(Refused::because(45002, "textcard.url takes 2048 bytes"));
        }
        "news" | "mpnews" => match part.objects("articles")?.len() {
            0 => return Err(Refused::code(44004)),
            1..=8 => {}
            _ => return Err(Refused::code(45008)),
        },
        "template_card" => check_card(&part)?,
        _ => {}
    }
    Ok(part.body.clone())
}

fn check_card(card: &Ask) -> Result<(), Refused> {
    let kind = card.need_text("card_type", 40035)?;
    if !CARD_TYPES.contains(&kind) {
        return Err(Refused::because(40035, "card_type"));
    }
    let main = card.object("main_title")?;
    let title = main.map(|m| m.text("title")).transpose()?.flatten();
    if title.is_none() && card.text("sub_title_text")?.is_none() {
        return Err(Refused::because(40035, "main_title.title or sub_title_text"));
    }
    if matches!(kind, "text_notice" | "news_notice") {
        let action = card.object("card_action")?.ok_or_else(|| Refused::because(40035, "card_action"))?;
        match action.need_int("type", 40035)? {
            1 => {
                action.need_text("url", 40035)?;
            }
            2 => {
                action.need_text("appid", 40035)?;
            }
            _ => return Err(Refused::because(40035, "card_action.type takes 1 or 2")),
        }
    } else if card.text("task_id")?.is_none() {
        return Err(Refused::because(40035, "task_id"));
    }
    for (list, max) in
        [("vertical_content_list", 4), ("horizontal_content_list", 6), ("jump_list", 3), ("button_list", 6)]
    {
        if card.objects(list)?.len() > max {
            return Err(Refused::because(40035, format!("{list} takes {max}")));
        }
    }
    Ok(())
}

/// Valid and visible receivers, invalid users, invalid parties.
type Receivers = (Vec<String>, Vec<String>, Vec<String>);

fn receivers(call: &Call) -> Result<Receivers, Refused> {
    let split = |name: &str| -> Result<Vec<String>, Refused> {
        let text = call.ask.text(name)?.unwrap_or_default();
        Ok(text.split('|').filter(|t| !t.is_empty()).map(str::to_owned).collect())
    };
    let (users, parties, tags) = (split("touser")?, split("toparty")?, split("totag")?);
    if users.is_empty() && parties.is_empty() && tags.is_empty() {
        return Err(Refused::because(40063, "touser, toparty or totag"));
    }
    if users.len() > 1_000 || parties.len() > 100 || tags.len() > 100 {
        return Err(Refused::because(40035, "too many receivers"));
    }
    let active = call.corp.staff.values().filter(|s| s.status == 1 && call.sees(&s.userid));
    let active: Vec<_> = active.collect();
    if users.iter().any(|u| u == "@all") {
        return Ok((active.iter().map(|s| s.userid.clone()).collect(), Vec::new(), Vec::new()));
    }
    let (mut good, mut bad_users, mut bad_parties) = (Vec::new(), Vec::new(), Vec::new());
    for user in users {
        match active.iter().find(|s| s.userid.eq_ignore_ascii_case(&user)) {
            Some(staff) => good.push(staff.userid.clone()),
            None => bad_users.push(user),
        }
    }
    for party in parties {
        let id = party.parse::<i64>().ok();
        match id.filter(|id| call.corp.departments.iter().any(|d| d.id == *id)) {
            Some(id) => {
                good.extend(active.iter().filter(|s| s.departments.contains(&id)).map(|s| s.userid.clone()))
            }
            None => bad_parties.push(party),
        }
    }
    good.sort();
    good.dedup();
    Ok((good, bad_users, bad_parties))
}

/// `message/send`: a partial failure still sends; no valid receiver at all is 81013.
pub fn send(call: &mut Call) -> Reply {
    let agent = agent_of(call)?;
    let kind = call.ask.need_text("msgtype", 40035)?.to_owned();
    let content = check_body(call, &kind)?;
    let (users, bad_users, bad_parties) = receivers(call)?;
    if users.is_empty() {
        return Err(Refused::code(81013));
    }
    if duplicate(call, &kind, &content, &users)? {
        return Ok(json!({"invaliduser": bad_users.join("|"), "msgid": call.corp.make_id("dup", 60)}));
    }
    let msgid = call.corp.make_id("", 75);
    let interactive =
        content.get("card_type").and_then(Value::as_str).is_some_and(|t| t.ends_with("interaction"));
    let response_code = if interactive { call.corp.make_id("", 64) } else { String::new() };
    for userid in users {
        call.corp.cards.push(Card {
            msgid: msgid.clone(),
            agent,
            userid,
            at: call.now,
            msgtype: kind.clone(),
            content: content.clone(),
            recalled: false,
            response_code: response_code.clone(),
            response_used: false,
            replaced: String::new(),
        });
    }
    let mut out = json!({
        "invaliduser": bad_users.join("|"),
        "invalidparty": bad_parties.join("|"),
        "invalidtag": "",
        "unlicenseduser": "",
        "msgid": msgid,
    });
    if !response_code.is_empty() {
        out["response_code"] = json!(response_code);
    }
    Ok(out)
}

/// With `enable_duplicate_check` the same content to the same people is swallowed for the interval.
fn duplicate(call: &Call, kind: &str, content: &Value, users: &[String]) -> Result<bool, Refused> {
    if !call.ask.flag("enable_duplicate_check")?.unwrap_or(false) {
        return Ok(false);
    }
    let span = call.ask.int("duplicate_check_interval")?.unwrap_or(1_800).clamp(1, 4 * 3_600) * SECOND;
    let recent = call.corp.cards.iter().rev().take_while(|c| call.now.since(c.at) <= span);
    let same = |c: &&Card| c.agent == call.agent() && c.msgtype == kind && c.content == *content;
    let mut got: Vec<&str> = recent.filter(same).map(|c| c.userid.as_str()).collect();
    got.sort_unstable();
    Ok(users.iter().all(|u| got.binary_search(&u.as_str()).is_ok()))
}

/// `message/recall`: an app's own messages of the last 24 hours.
pub fn recall(call: &mut Call) -> Reply {
    let msgid = call.ask.need_text("msgid", 40063)?;
    let (now, agent) = (call.now, call.agent());
    let mut found = false;
    for card in call.corp.cards.iter_mut().filter(|c| c.msgid == msgid && c.agent == agent) {
        if now.since(card.at) > DAY {
            return Err(Refused::because(42052, "over 24 hours"));
        }
        card.recalled = true;
        found = true;
    }
    if found { Ok(json!({})) } else { Err(Refused::because(40035, "invalid msgid")) }
}

/// `message/update_template_card`: a response code works once within 72 hours.
pub fn update_card(call: &mut Call) -> Reply {
    agent_of(call)?;
    let code = call.ask.need_text("response_code", 42014)?;
    let users = call.ask.texts("userids")?.unwrap_or_default();
    let all = call.ask.int("atall")?.unwrap_or(0) == 1;
    let button = call.ask.object("button")?;
    let replaced = button.map(|b| b.text("replace_name")).transpose()?.flatten().map(str::to_owned);
    let card = call.ask.object("template_card")?.map(|c| c.body.clone());
    if replaced.is_none() && card.is_none() {
        return Err(Refused::because(40063, "button or template_card"));
    }
    let (now, agent) = (call.now, call.agent());
    let (mut known, mut missed) = (false, users.clone());
    for kept in call.corp.cards.iter_mut().filter(|c| c.agent == agent && c.response_code == code) {
        if kept.response_used || now.since(kept.at) > 72 * HOUR {
            return Err(Refused::code(42014));
        }
        known = true;
        if all || users.iter().any(|u| u.eq_ignore_ascii_case(&kept.userid)) {
            missed.retain(|u| !u.eq_ignore_ascii_case(&kept.userid));
            kept.replaced = replaced.clone().unwrap_or_default();
            kept.content = card.clone().unwrap_or_else(|| kept.content.clone());
        }
    }
    if !known {
        return Err(Refused::code(42014));
    }
    call.corp.cards.iter_mut().filter(|c| c.response_code == code).for_each(|c| c.response_used = true);
    Ok(json!({"invaliduser": missed}))
}
