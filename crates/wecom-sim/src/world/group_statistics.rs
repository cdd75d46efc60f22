//! `groupchat/statistic`: day-late figures of customer groups, by owner or by day.

use std::collections::BTreeSet;

use base::Day;
use serde_json::{Value, json};

use super::groups::Group;
use super::statistics::days_asked;
use super::{Call, Corp, Reply};
use crate::refusal::Refused;

#[derive(Default)]
struct Sum {
    new_chats: usize,
    chats: usize,
    talking: usize,
    joined: u32,
    members: usize,
    speakers: BTreeSet<String>,
    messages: u32,
}

impl Sum {
    fn wire(&self) -> Value {
        json!({
            "new_chat_cnt": self.new_chats,
            "chat_total": self.chats,
            "chat_has_msg": self.talking,
            "new_member_cnt": self.joined,
            "member_total": self.members,
            "member_has_msg": self.speakers.len(),
            "msg_total": self.messages,
            "migrate_trainee_chat_cnt": 0,
        })
    }
}

/// Figures of the owners' groups over the days; totals are those of the last day.
fn sum(corp: &Corp, owners: &[String], days: &[Day]) -> Sum {
    let mut out = Sum::default();
    let Some(last) = days.last().copied() else { return out };
    for group in corp.groups.values().filter(|g| !g.dismissed && owners.contains(&g.live.owner)) {
        let born = corp.zone.day_of(group.created);
        if born > last {
            continue;
        }
        out.chats += 1;
        out.new_chats += usize::from(days.contains(&born));
        out.members += members_on(group, last);
        let mut talked = false;
        for (_, day) in days.iter().filter_map(|d| group.days.get_key_value(d)) {
            out.joined += day.joined;
            out.messages += day.messages;
            talked |= day.messages > 0;
            out.speakers.extend(day.speakers.iter().cloned());
        }
        out.talking += usize::from(talked);
    }
    out
}

fn members_on(group: &Group, day: Day) -> usize {
    group.days.range(..=day).next_back().map_or(0, |(_, d)| d.members)
}

fn owners(call: &Call) -> Result<Vec<String>, Refused> {
    call.owner_filter()?.ok_or_else(|| Refused::because(40063, "owner_filter"))
}

/// `externalcontact/groupchat/statistic`.
pub fn by_owner(call: &mut Call) -> Reply {
    let owners = owners(call)?;
    let days = days_asked(call, "day_begin_time", "day_end_time")?;
    let limit = call.ask.limit(500, 1_000)?;
    let offset = usize::try_from(call.ask.int("offset")?.unwrap_or(0)).unwrap_or(0);
    let order = call.ask.int("order_by")?.unwrap_or(1);
    let ascending = call.ask.int("order_asc")?.unwrap_or(0) == 1;
    let mut rows: Vec<(usize, Value)> = Vec::new();
    for owner in &owners {
        let one = sum(call.corp, std::slice::from_ref(owner), &days);
        let key = match order {
            1 => one.new_chats,
            2 => one.chats,
            3 => usize::try_from(one.joined).unwrap_or(0),
            4 => one.members,
            _ => return Err(Refused::because(40035, "order_by takes 1 to 4")),
        };
        if one.chats > 0 {
            rows.push((key, json!({"owner": owner, "data": one.wire()})));
        }
    }
    rows.sort_by_key(|(key, _)| *key);
    if !ascending {
        rows.reverse();
    }
    let total = rows.len();
    let items: Vec<Value> = rows.into_iter().skip(offset).take(limit).map(|(_, v)| v).collect();
    Ok(json!({"total": total, "next_offset": offset + items.len(), "items": items}))
}

/// `externalcontact/groupchat/statistic_group_by_day`.
pub fn by_day(call: &mut Call) -> Reply {
    let owners = owners(call)?;
    let days = days_asked(call, "day_begin_time", "day_end_time")?;
    let row = |d: &Day| json!({"stat_time": call.corp.zone.start_of(*d).seconds(), "data": sum(call.corp, &owners, &[*d]).wire()});
    Ok(json!({"items": days.iter().map(row).collect::<Vec<_>>()}))
}
