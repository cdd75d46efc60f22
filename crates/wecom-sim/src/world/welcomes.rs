//! The greeting of a new customer (20 seconds, one call) and the greeting material of groups.

use base::Timestamp;
use base::time::SECOND;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::{Call, Corp, Origin, Reply};
use crate::refusal::Refused;

/// How long a welcome code lives.
pub const WELCOME_MS: i64 = 20 * SECOND;

/// A code pushed with the event of a new customer.
#[derive(Clone, Debug, Serialize)]
pub struct WelcomeCode {
    pub userid: String,
    pub external_userid: String,
    /// The customer's action: the 20 seconds start here.
    pub born: Timestamp,
    pub used: Option<Timestamp>,
    /// Another app is sending right now: 41096 until then.
    pub busy_until: Option<Timestamp>,
}

/// Greeting material of groups; its owner must select it in the client.
#[derive(Clone, Debug, Serialize)]
pub struct GroupWelcome {
    pub template_id: String,
    pub agent: i64,
    pub content: Value,
}

/// Kinds an attachment may have, and the documented fields that are answered back.
const ATTACHMENTS: &[(&str, &[&str])] = &[
    ("image", &["media_id", "pic_url"]),
    ("link", &["title", "picurl", "desc", "url"]),
    ("miniprogram", &["title", "pic_media_id", "appid", "page"]),
    ("video", &["media_id"]),
    ("file", &["media_id"]),
];

impl Corp {
    /// Checks `text` and `attachments` of a welcome or mass message and returns them as kept.
    pub(crate) fn check_content(&self, call: &crate::ask::Ask, now: Timestamp) -> Result<Value, Refused> {
        let mut out = Map::new();
        if let Some(text) = call.object("text")? {
            let content = text.given_text("content")?.unwrap_or_default();
            if content.len() > 4_000 {
                return Err(Refused::because(45002, "text.content takes 4000 bytes"));
            }
            if !content.is_empty() {
                out.insert("text".into(), json!({"content": content}));
            }
        }
        let given = call.objects("attachments")?;
        if given.len() > 9 {
            return Err(Refused::code(41064));
        }
        let mut kept = Vec::new();
        for item in &given {
            kept.push(self.check_attachment(item, now)?);
        }
        if !kept.is_empty() {
            out.insert("attachments".into(), Value::Array(kept));
        }
        if out.is_empty() {
            return Err(Refused::because(40063, "text or attachments"));
        }
        Ok(Value::Object(out))
    }

    fn check_attachment(&self, item: &crate::ask::Ask, now: Timestamp) -> Result<Value, Refused> {
        let kind = item.need_text("msgtype", 41065)?;
        let known = ATTACHMENTS.iter().find(|(k, _)| *k == kind).ok_or_else(|| Refused::code(41065))?;
        let part = item.object(kind)?.ok_or_else(|| Refused::because(40063, kind))?;
        let body = self.check_part(kind, known.1, &part, now)?;
        Ok(json!({"msgtype": kind, kind: body}))
    }

    fn check_part(
        &self,
        kind: &str,
        fields: &[&str],
        part: &crate::ask::Ask,
        now: Timestamp,
    ) -> Result<Value, Refused> {
        for (field, max) in [("title", if kind == "miniprogram" { 64 } else { 128 }), ("desc", 512)] {
            if part.text(field)?.is_some_and(|t| t.len() > max) {
                return Err(Refused::because(45002, format!("{kind}.{field} takes {max} bytes")));
            }
        }
        for field in ["url", "picurl"] {
            if part.text(field)?.is_some_and(|t| t.len() > 2_048) {
                return Err(Refused::because(45002, format!("{kind}.{field} takes 2048 bytes")));
            }
        }
        match kind {
            "link" => {
                part.need_text("title", 40063)?;
                part.need_text("url", 40063)?;
            }
            "miniprogram" => {
                for field in ["title", "appid", "page"] {
                    part.need_text(field, 40063)?;
                }
                self.media_for(part.need_text("pic_media_id", 40007)?, "image", now)?;
            }
            "image" if part.text("media_id")?.is_none() => {
                let url = part.need_text("pic_url", 40007)?;
                if !url.contains("/sim/image/") {
                    return Err(Refused::because(40007, "pic_url must come from uploadimg"));
                }
            }
            _ => self.media_for(part.need_text("media_id", 40007)?, kind, now)?,
        }
        let mut out = Map::new();
        for field in fields {
            if let Some(text) = part.text(field)? {
                out.insert((*field).to_owned(), json!(text));
            }
        }
        Ok(Value::Object(out))
    }
}

/// `externalcontact/send_welcome_msg`.
pub fn send(call: &mut Call) -> Reply {
    let code = call.ask.need_text("welcome_code", 41049)?.to_owned();
    let content = call.corp.check_content(&call.ask, call.now)?;
    let now = call.now;
    let found = call.corp.welcome_codes.get(&code).cloned().ok_or_else(|| Refused::code(41050))?;
    if found.busy_until.is_some_and(|until| until > now) {
        return Err(Refused::code(41096));
    }
    if found.used.is_some() {
        return Err(Refused::code(41051));
    }
    if now.since(found.born) > WELCOME_MS {
        return Err(Refused::code(41050));
    }
    call.contact_staff(&found.userid)?;
    let person = call.corp.people.get(&found.external_userid).ok_or_else(|| Refused::code(41050))?;
    if person.follows.get(&found.userid).is_none_or(|f| f.started) {
        return Err(Refused::code(41051));
    }
    if let Some(kept) = call.corp.welcome_codes.get_mut(&code) {
        kept.used = Some(now);
    }
    call.corp.deliver(now, &found.external_userid, &found.userid, (Origin::Welcome, &code, content));
    Ok(json!({}))
}

fn template_content(call: &Call) -> Result<Value, Refused> {
    let mut out = Map::new();
    if let Some(text) = call.ask.object("text")? {
        let content = text.given_text("content")?.unwrap_or_default();
        if content.len() > 3_000 {
            return Err(Refused::because(45002, "text.content takes 3000 bytes"));
        }
        out.insert("text".into(), json!({"content": content}));
    }
    for kind in ["image", "link", "miniprogram", "file", "video"] {
        let Some(part) = call.ask.object(kind)? else { continue };
        let fields = ATTACHMENTS.iter().find(|(k, _)| *k == kind).map_or(&[][..], |(_, f)| f);
        out.insert(kind.to_owned(), call.corp.check_part(kind, fields, &part, call.now)?);
        break;
    }
    match out.is_empty() {
        true => Err(Refused::because(40063, "text or one of image, link, miniprogram, file, video")),
        false => Ok(Value::Object(out)),
    }
}

impl Call<'_> {
    fn own_template(&mut self) -> Result<&mut GroupWelcome, Refused> {
        let agent = self.agent();
        let id = self.ask.need_text("template_id", 40063)?;
        let found = self.corp.group_welcomes.get_mut(id).filter(|t| t.agent == agent);
        found.ok_or_else(|| Refused::code(41058))
    }
}

/// `externalcontact/group_welcome_template/add`.
pub fn template_add(call: &mut Call) -> Reply {
    if call.corp.group_welcomes.len() >= 100 {
        return Err(Refused::code(41055));
    }
    let content = template_content(call)?;
    let template_id = call.corp.make_id("msgTest", 26);
    let agent = call.agent();
    let kept = GroupWelcome { template_id: template_id.clone(), agent, content };
    call.corp.group_welcomes.insert(template_id.clone(), kept);
    Ok(json!({"template_id": template_id}))
}

/// `externalcontact/group_welcome_template/edit`.
pub fn template_edit(call: &mut Call) -> Reply {
    let content = template_content(call)?;
    call.own_template()?.content = content;
    Ok(json!({}))
}

/// `externalcontact/group_welcome_template/get`.
pub fn template_get(call: &mut Call) -> Reply {
    Ok(call.own_template()?.content.clone())
}

/// `externalcontact/group_welcome_template/del`.
pub fn template_del(call: &mut Call) -> Reply {
    let id = call.own_template()?.template_id.clone();
    call.corp.group_welcomes.remove(&id);
    Ok(json!({}))
}
