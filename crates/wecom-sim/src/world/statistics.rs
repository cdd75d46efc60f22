//! Counting what people do, day by day, and the behaviour figures of employees.

use base::{Day, Timestamp};
use serde::Serialize;
use serde_json::{Value, json};

use super::{Call, Corp, Reply};
use crate::refusal::Refused;

/// What one employee did with customers on one day.
#[derive(Clone, Debug, Default, Serialize)]
pub struct StaffDay {
    pub applied: u32,
    pub added: u32,
    pub chats: u32,
    pub messages: u32,
    pub lost: u32,
}

impl Corp {
    pub(crate) fn staff_day(&mut self, userid: &str, now: Timestamp) -> &mut StaffDay {
        let day = self.zone.day_of(now);
        self.staff_days.entry((userid.to_owned(), day)).or_default()
    }
    /// Counts one message in a group.
    pub(crate) fn count_message(&mut self, chat_id: &str, who: &str, now: Timestamp) {
        let day = self.zone.day_of(now);
        if let Some(group) = self.groups.get_mut(chat_id) {
            let count = group.live.members.len();
            let entry = group.days.entry(day).or_default();
            entry.messages += 1;
            entry.members = count;
            if !entry.speakers.contains(who) {
                entry.speakers.insert(who.to_owned());
            }
        }
    }
    /// Counts a change of a group's membership.
    pub(crate) fn count_members(&mut self, chat_id: &str, joined: u32, now: Timestamp) {
        let day = self.zone.day_of(now);
        if let Some(group) = self.groups.get_mut(chat_id) {
            let count = group.live.members.len();
            let entry = group.days.entry(day).or_default();
            entry.joined += joined;
            entry.members = count;
        }
    }
}

/// The days asked for: at most 30, none after yesterday, none over 180 days back.
pub(crate) fn days_asked(call: &Call, first: &str, last: &str) -> Result<Vec<Day>, Refused> {
    let zone = &call.corp.zone;
    let start = zone.day_of(Timestamp::from_seconds(call.ask.need_int(first, 40063)?));
    let end = match call.ask.int(last)? {
        Some(at) => zone.day_of(Timestamp::from_seconds(at)),
        None => start,
    };
    let today = zone.day_of(call.now);
    let too_long = !(0..=30).contains(&end.days_since(start));
    if too_long || start < today.plus_days(-180) || start >= today {
        return Err(Refused::because(40035, "time range: 30 days, 180 days back, until yesterday"));
    }
    let days = (0..=end.days_since(start)).map(|n| start.plus_days(n));
    Ok(days.filter(|d| *d < today).collect())
}

/// `externalcontact/get_user_behavior_data`: summed over the listed employees, one row a day.
pub fn user_behavior(call: &mut Call) -> Reply {
    let users = call.ask.texts("userid")?.unwrap_or_default();
    let parties = call.ask.ints("partyid")?.unwrap_or_default();
    if users.len() > 100 || parties.len() > 100 {
        return Err(Refused::because(40035, "userid and partyid take 100"));
    }
    if users.is_empty() && parties.is_empty() {
        return Err(Refused::because(40063, "userid or partyid"));
    }
    let named = users.iter().map(|u| call.visible_staff(u)).collect::<Result<Vec<_>, _>>()?;
    let all = call.corp.users_of_way(&named, &parties);
    let days = days_asked(call, "start_time", "end_time")?;
    let rows: Vec<Value> = days.iter().map(|day| behavior_row(call.corp, &all, *day)).collect();
    Ok(json!({"behavior_data": rows}))
}

fn behavior_row(corp: &Corp, users: &[String], day: Day) -> Value {
    let mut sum = StaffDay::default();
    for one in users.iter().filter_map(|u| corp.staff_days.get(&(u.clone(), day))) {
        sum.applied += one.applied;
        sum.added += one.added;
        sum.chats += one.chats;
        sum.messages += one.messages;
        sum.lost += one.lost;
    }
    let mut row = json!({
        "stat_time": corp.zone.start_of(day).seconds(),
        "chat_cnt": sum.chats,
        "message_cnt": sum.messages,
        "negative_feedback_cnt": sum.lost,
        "new_apply_cnt": sum.applied,
        "new_contact_cnt": sum.added,
    });
    // The reply figures are absent on days without chat.
    if sum.chats > 0 {
        row["reply_percentage"] = json!(90.0);
        row["avg_reply_time"] = json!(9);
    }
    row
}
