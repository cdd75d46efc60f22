//! What became of mass sends: the list, the senders' tasks, the receivers' states. Nothing of it is called back.

use base::Timestamp;
use serde_json::{Map, Value, json};

use super::broadcasts::MassSend;
use super::{Call, Reply};
use crate::ask::page;
use crate::refusal::Refused;

const MONTH_SECONDS: i64 = 31 * 86_400;

/// `externalcontact/get_groupmsg_list_v2`: API-made sends carry no creator.
pub fn list(call: &mut Call) -> Reply {
    let ask = call.ask;
    let group = match ask.need_text("chat_type", 40063)? {
        "single" => false,
        "group" => true,
        _ => return Err(Refused::because(40035, "chat_type")),
    };
    let (start, end) = (ask.need_int("start_time", 40063)?, ask.need_int("end_time", 40063)?);
    if start > end || end - start > MONTH_SECONDS {
        return Err(Refused::because(40035, "at most one month between start_time and end_time"));
    }
    // 0 made by the company, 1 by an employee, 2 both; this desk's sends are all made by the company.
    let wanted = ask.int("filter_type")?.unwrap_or(2) != 1 && ask.text("creator")?.is_none();
    let limit = ask.limit(50, 100)?;
    let within = |s: &&MassSend| wanted && s.group == group && (start..=end).contains(&s.created.seconds());
    let mut sends: Vec<&MassSend> = call.corp.mass_sends.values().filter(within).collect();
    sends.sort_by_key(|s| (std::cmp::Reverse(s.created), s.msgid.clone()));
    let rows: Vec<Value> = sends.into_iter().map(send_wire).collect();
    let (items, next) = page(rows, ask.text("cursor")?, limit)?;
    Ok(json!({"next_cursor": next, "group_msg_list": items}))
}

fn send_wire(send: &MassSend) -> Value {
    let mut out = Map::new();
    out.insert("msgid".into(), json!(send.msgid));
    out.insert("create_time".into(), json!(send.created.seconds()));
    out.insert("create_type".into(), json!(0));
    for field in ["text", "attachments"] {
        if let Some(part) = send.content.get(field) {
            out.insert(field.to_owned(), part.clone());
        }
    }
    Value::Object(out)
}

fn with_time(mut row: Value, at: Option<Timestamp>) -> Value {
    if let Some(at) = at {
        row["send_time"] = json!(at.seconds());
    }
    row
}

/// `externalcontact/get_groupmsg_task`.
pub fn tasks(call: &mut Call) -> Reply {
    let limit = call.ask.limit(500, 1_000)?;
    let cursor = call.ask.text("cursor")?;
    let send = call.mass_send()?;
    let rows = send.senders.iter();
    let rows = rows.map(|(userid, t)| with_time(json!({"userid": userid, "status": t.status}), t.at));
    let (items, next) = page(rows.collect(), cursor, limit)?;
    Ok(json!({"next_cursor": next, "task_list": items}))
}

/// `externalcontact/get_groupmsg_send_result`: groups appear only once their sender has tapped.
pub fn results(call: &mut Call) -> Reply {
    let userid = call.ask.need_text("userid", 40063)?;
    let limit = call.ask.limit(500, 1_000)?;
    let cursor = call.ask.text("cursor")?;
    call.visible_staff(userid)?;
    let send = call.mass_send()?;
    if send.cancelled.is_some() && send.senders.values().all(|t| t.status == 0) {
        return Err(Refused::code(41093));
    }
    let task = send.senders.get(userid).ok_or_else(|| Refused::because(40003, "not a sender"))?;
    let key = if send.group { "chat_id" } else { "external_userid" };
    let shown = task.targets.iter().filter(|t| !send.group || t.status != 0);
    let rows = shown.map(|t| with_time(json!({key: t.id, "userid": userid, "status": t.status}), t.at));
    let (items, next) = page(rows.collect(), cursor, limit)?;
    Ok(json!({"next_cursor": next, "send_list": items}))
}
