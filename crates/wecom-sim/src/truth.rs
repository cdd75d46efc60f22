//! What is so: the whole truth for tests, a town map for the page, and one employee's phone.

use base::Timestamp;
use serde_json::{Value, json};

use crate::Desk;
use crate::world::Corp;
use crate::world::groups::Group;

/// Everything the platform knows about one company.
#[must_use]
pub fn whole(corp: &Corp, desk: &Desk, now: Timestamp) -> Value {
    let calls: Vec<_> = desk.calls.tail.iter().filter(|c| c.corp == corp.id).collect();
    json!({
        "now": now,
        "corp_id": corp.id,
        "name": corp.name,
        "rules": corp.rules,
        "departments": corp.departments,
        "staff": corp.staff.values().collect::<Vec<_>>(),
        "people": corp.people.values().collect::<Vec<_>>(),
        "tag_groups": corp.tag_groups,
        "groups": corp.groups.values().collect::<Vec<_>>(),
        "contact_ways": corp.contact_ways.values().collect::<Vec<_>>(),
        "join_ways": corp.join_ways.values().collect::<Vec<_>>(),
        "welcome_codes": corp.welcome_codes,
        "group_welcomes": corp.group_welcomes,
        "mass_sends": corp.mass_sends.values().collect::<Vec<_>>(),
        "transfers": corp.transfers,
        "group_transfers": corp.group_transfers,
        "cards": corp.cards,
        "deliveries": corp.deliveries,
        "clicks": corp.clicks,
        "callbacks_waiting": desk.engine.waiting(),
        "calls_total": desk.calls.total,
        "calls": calls,
    })
}

fn group_row(corp: &Corp, group: &Group) -> Value {
    let member = |m: &crate::world::groups::Member| {
        let name = corp.people.get(&m.id).map(|p| p.name.as_str());
        let name = name.or(corp.staff.get(&m.id).map(|s| s.name.as_str())).unwrap_or_default();
        json!([m.id, name, i64::from(m.employee), m.scene, m.joined])
    };
    let today = group.days.values().next_back();
    json!({
        "chat_id": group.chat_id,
        "name": group.live.name,
        "owner": group.live.owner,
        "members": group.live.members.values().map(member).collect::<Vec<_>>(),
        "messages": today.map_or(0, |d| d.messages),
        "joined": today.map_or(0, |d| d.joined),
    })
}

/// What the page draws: groups with their people, employees with what waits for them, and what moved since `since`.
#[must_use]
pub fn map(corp: &Corp, desk: &Desk, (now, speed): (Timestamp, Option<i64>), since: u64) -> Value {
    let groups: Vec<Value> =
        corp.groups.values().filter(|g| !g.dismissed).map(|g| group_row(corp, g)).collect();
    let waiting = |userid: &str| {
        let tasks = corp.mass_sends.values().filter(|s| s.cancelled.is_none());
        tasks.filter(|s| s.senders.get(userid).is_some_and(|t| t.status == 0)).count()
    };
    let staff = corp.staff.values().filter(|s| s.status != 5).map(|s| {
        json!({"userid": s.userid, "name": s.name, "position": s.position, "customers": s.customers.len(),
            "waiting": waiting(&s.userid)})
    });
    let recent = corp.deliveries.iter().rev().take(60).filter(|d| d.seq > since);
    let recent: Vec<Value> = recent
        .map(|d| json!({"seq": d.seq, "at": d.at, "chat": d.chat, "staff": d.staff, "origin": d.origin, "content": d.content}))
        .collect();
    let way = |id: &str, state: &str, remark: &str, scans: u64, kind: &str| json!({"config_id": id, "state": state, "remark": remark, "scans": scans, "kind": kind});
    let codes: Vec<Value> = corp
        .contact_ways
        .values()
        .map(|w| way(&w.config_id, &w.state, &w.remark, w.scans, "contact"))
        .chain(corp.join_ways.values().map(|w| way(&w.config_id, &w.state, &w.remark, w.scans, "join")))
        .collect();
    json!({
        "now": now,
        "iso": now.rfc3339(),
        "speed": speed,
        "corp": corp.id,
        "name": corp.name,
        "groups": groups,
        "staff": staff.collect::<Vec<_>>(),
        "codes": codes,
        "people": corp.people.len(),
        "deliveries": recent,
        "last_delivery": corp.deliveries.len(),
        "calls_total": desk.calls.total,
        "callbacks_waiting": desk.engine.waiting(),
    })
}

/// What one employee sees on the phone: cards, mass-send tasks, groups; for a customer: chats and employees.
#[must_use]
pub fn phone(corp: &Corp, who: &str) -> Value {
    if let Some(staff) = corp.find_staff(who) {
        let cards = corp.cards.iter().rev().filter(|c| c.userid == staff.userid && !c.recalled).take(30);
        let tasks = corp.mass_sends.values().filter_map(|s| {
            let task = s.senders.get(&staff.userid)?;
            Some(json!({"msgid": s.msgid, "created": s.created, "group": s.group, "content": s.content,
                "status": task.status, "at": task.at, "targets": task.targets.len(), "chooses": task.chooses,
                "cancelled": s.cancelled, "reminders": s.reminders.len()}))
        });
        let mut tasks: Vec<Value> = tasks.collect();
        tasks.sort_by_key(|t| std::cmp::Reverse(t["created"].as_i64()));
        tasks.truncate(30);
        let groups = corp.groups.values().filter(|g| !g.dismissed && g.holds(&staff.userid));
        let groups: Vec<Value> = groups
            .map(
                |g| json!({"chat_id": g.chat_id, "name": g.live.name, "owner": g.live.owner == staff.userid}),
            )
            .collect();
        let half = corp.people.values().filter(|p| p.follows.get(&staff.userid).is_some_and(|f| f.half));
        let half: Vec<Value> = half.map(|p| json!({"person": p.id, "name": p.name})).collect();
        let sidebar = corp.apps.iter().map(|a| a.sidebar_url.as_str()).find(|url| !url.is_empty());
        return json!({"kind": "employee", "sidebar_url": sidebar, "userid": staff.userid, "name": staff.name, "position": staff.position,
            "cards": cards.collect::<Vec<_>>(), "tasks": tasks, "groups": groups, "requests": half});
    }
    let Some(person) = corp.people.get(who) else { return json!({"kind": "stranger", "userid": who}) };
    let groups = corp.groups.values().filter(|g| !g.dismissed && g.holds(who));
    let groups: Vec<(String, String)> = groups.map(|g| (g.chat_id.clone(), g.live.name.clone())).collect();
    let mine = |chat: &str| chat == who || groups.iter().any(|(id, _)| id == chat);
    let got = corp.deliveries.iter().rev().filter(|d| mine(&d.chat)).take(30);
    json!({"kind": "person", "person": person, "got": got.collect::<Vec<_>>(),
        "groups": groups.iter().map(|(id, name)| json!({"chat_id": id, "name": name})).collect::<Vec<_>>()})
}
