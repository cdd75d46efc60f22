//! Corp tags: groups of tags, edited through the API or by people, marked per (employee, customer).

use std::collections::BTreeSet;

use base::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use super::{Call, Corp, Reply};
use crate::ask::chars;
use crate::refusal::Refused;

const TAGS_PER_CORP: usize = 10_000;

#[derive(Clone, Debug, Serialize)]
pub struct TagGroup {
    pub id: String,
    pub name: String,
    pub created: Timestamp,
    pub order: i64,
    pub tags: Vec<Tag>,
    /// The app that made it, 0 for a person: an app edits only its own.
    pub agent: i64,
}

#[derive(Clone, Debug, Serialize)]
pub struct Tag {
    pub id: String,
    pub name: String,
    pub created: Timestamp,
    pub order: i64,
    pub agent: i64,
}

impl Corp {
    #[must_use]
    pub fn find_tag(&self, id: &str) -> Option<(&TagGroup, &Tag)> {
        self.tag_groups.iter().find_map(|g| g.tags.iter().find(|t| t.id == id).map(|t| (g, t)))
    }
    /// Makes a tag group with tags; used by people and by the API.
    pub fn make_tag_group(
        &mut self,
        name: &str,
        tags: &[(String, i64)],
        agent: i64,
        now: Timestamp,
    ) -> String {
        let existing = self.tag_groups.iter().find(|g| g.name == name).map(|g| g.id.clone());
        let id = existing.unwrap_or_else(|| {
            let id = self.make_id("etTest", 26);
            let (name, tags) = (name.to_owned(), Vec::new());
            self.tag_groups.push(TagGroup { id: id.clone(), name, created: now, order: 0, tags, agent });
            id
        });
        for (tag, order) in tags {
            let fresh = self.make_id("etTest", 26);
            let Some(group) = self.tag_groups.iter_mut().find(|g| g.id == id) else { continue };
            if !group.tags.iter().any(|t| t.name == *tag) {
                group.tags.push(Tag { id: fresh, name: tag.clone(), created: now, order: *order, agent });
            }
        }
        id
    }
    /// Removes tags everywhere; an empty group vanishes with its last tag.
    pub fn drop_tags(&mut self, ids: &BTreeSet<String>) {
        for group in &mut self.tag_groups {
            group.tags.retain(|t| !ids.contains(&t.id));
        }
        self.tag_groups.retain(|g| !g.tags.is_empty());
        for follow in self.people.values_mut().flat_map(|p| p.follows.values_mut()) {
            follow.tags.retain(|t| !ids.contains(t));
        }
    }
}

fn group_wire(group: &TagGroup, only: Option<&[String]>) -> Value {
    let mut tags: Vec<&Tag> =
        group.tags.iter().filter(|t| only.is_none_or(|ids| ids.contains(&t.id))).collect();
    tags.sort_by_key(|t| std::cmp::Reverse(t.order));
    let tag = |t: &&Tag| json!({"id": t.id, "name": t.name, "create_time": t.created.seconds(), "order": t.order, "deleted": false});
    json!({
        "group_id": group.id,
        "group_name": group.name,
        "create_time": group.created.seconds(),
        "tag": tags.iter().map(tag).collect::<Vec<_>>(),
        "order": group.order,
        "deleted": false,
    })
}

/// `externalcontact/get_corp_tag_list`.
pub fn list(call: &mut Call) -> Reply {
    let groups = call.ask.texts("group_id")?.filter(|l| !l.is_empty());
    let tags = call.ask.texts("tag_id")?.filter(|l| !l.is_empty());
    let mut all: Vec<&TagGroup> = call.corp.tag_groups.iter().collect();
    all.sort_by_key(|g| std::cmp::Reverse(g.order));
    let wire: Vec<Value> = match (groups, tags) {
        (Some(ids), _) => all.iter().filter(|g| ids.contains(&g.id)).map(|g| group_wire(g, None)).collect(),
        (None, Some(ids)) => all
            .iter()
            .filter(|g| g.tags.iter().any(|t| ids.contains(&t.id)))
            .map(|g| group_wire(g, Some(&ids)))
            .collect(),
        (None, None) => all.iter().map(|g| group_wire(g, None)).collect(),
    };
    Ok(json!({"tag_group": wire}))
}

fn order(value: Option<i64>) -> Result<i64, Refused> {
    match value.unwrap_or(0) {
        n @ 0..=4_294_967_295 => Ok(n),
        _ => Err(Refused::because(40035, "order out of range")),
    }
}

/// `externalcontact/add_corp_tag`.
pub fn add(call: &mut Call) -> Reply {
    let agent = call.agent();
    let mut fresh = Vec::new();
    for item in call.ask.objects("tag")? {
        let name = item.need_text("name", 40063)?;
        if chars(name) > 30 {
            return Err(Refused::because(40035, "tag name too long"));
        }
        fresh.push((name.to_owned(), order(item.int("order")?)?));
    }
    if fresh.is_empty() {
        return Err(Refused::because(40063, "tag"));
    }
    let total: usize = call.corp.tag_groups.iter().map(|g| g.tags.len()).sum();
    if total + fresh.len() > TAGS_PER_CORP {
        return Err(Refused::code(40126));
    }
    let name = match call.ask.text("group_id")? {
        Some(id) => {
            let group =
                call.corp.tag_groups.iter().find(|g| g.id == id).ok_or_else(|| Refused::code(40068))?;
            group.name.clone()
        }
        None => call.ask.need_text("group_name", 40063)?.to_owned(),
    };
    if chars(&name) > 30 {
        return Err(Refused::because(40035, "group name too long"));
    }
    let rank = order(call.ask.int("order")?)?;
    let known = call.corp.tag_groups.iter().any(|g| g.name == name);
    let id = call.corp.make_tag_group(&name, &fresh, agent, call.now);
    let Some(group) = call.corp.tag_groups.iter_mut().find(|g| g.id == id) else {
        return Err(Refused::code(-1));
    };
    if !known {
        group.order = rank;
    }
    let names: Vec<&String> = fresh.iter().map(|(n, _)| n).collect();
    let ids: Vec<String> =
        group.tags.iter().filter(|t| names.contains(&&t.name)).map(|t| t.id.clone()).collect();
    Ok(json!({"tag_group": group_wire(group, Some(&ids))}))
}

/// `externalcontact/edit_corp_tag`.
pub fn edit(call: &mut Call) -> Reply {
    let agent = call.agent();
    let id = call.ask.need_text("id", 40068)?;
    let name = call.ask.text("name")?;
    let rank = call.ask.int("order")?.map(|n| order(Some(n))).transpose()?;
    if name.is_some_and(|n| chars(n) > 30) {
        return Err(Refused::because(40035, "name too long"));
    }
    let groups = &mut call.corp.tag_groups;
    if let Some(at) = groups.iter().position(|g| g.id == id) {
        if name.is_some_and(|n| groups.iter().any(|g| g.id != id && g.name == n)) {
            return Err(Refused::code(40071));
        }
        let group = &mut groups[at];
        owned(group.agent, agent)?;
        group.name = name.map_or_else(|| group.name.clone(), str::to_owned);
        group.order = rank.unwrap_or(group.order);
        return Ok(json!({}));
    }
    let group =
        groups.iter_mut().find(|g| g.tags.iter().any(|t| t.id == id)).ok_or_else(|| Refused::code(40068))?;
    if name.is_some_and(|n| group.tags.iter().any(|t| t.id != id && t.name == n)) {
        return Err(Refused::code(40071));
    }
    let tag = group.tags.iter_mut().find(|t| t.id == id).ok_or_else(|| Refused::code(40068))?;
    owned(tag.agent, agent)?;
    tag.name = name.map_or_else(|| tag.name.clone(), str::to_owned);
    tag.order = rank.unwrap_or(tag.order);
    Ok(json!({}))
}

fn owned(maker: i64, agent: i64) -> Result<(), Refused> {
    if maker == agent { Ok(()) } else { Err(Refused::because(60011, "not made by this app")) }
}

/// `externalcontact/del_corp_tag`.
pub fn del(call: &mut Call) -> Reply {
    let agent = call.agent();
    let mut ids: BTreeSet<String> = call.ask.texts("tag_id")?.unwrap_or_default().into_iter().collect();
    let groups = call.ask.texts("group_id")?.unwrap_or_default();
    if ids.is_empty() && groups.is_empty() {
        return Err(Refused::because(40063, "tag_id or group_id"));
    }
    for id in &groups {
        let group = call.corp.tag_groups.iter().find(|g| g.id == *id).ok_or_else(|| Refused::code(40068))?;
        ids.extend(group.tags.iter().map(|t| t.id.clone()));
    }
    for id in &ids {
        let (_, tag) = call.corp.find_tag(id).ok_or_else(|| Refused::code(40068))?;
        owned(tag.agent, agent)?;
    }
    call.corp.drop_tags(&ids);
    Ok(json!({}))
}

/// `externalcontact/mark_tag`.
pub fn mark(call: &mut Call) -> Reply {
    let userid = call.ask.need_text("userid", 40003)?;
    let external = call.ask.need_text("external_userid", 40096)?;
    let add = call.ask.texts("add_tag")?.unwrap_or_default();
    let remove = call.ask.texts("remove_tag")?.unwrap_or_default();
    if add.is_empty() && remove.is_empty() {
        return Err(Refused::because(40063, "add_tag or remove_tag"));
    }
    if add.iter().chain(&remove).any(|id| call.corp.find_tag(id).is_none()) {
        return Err(Refused::code(40068));
    }
    let follow = call.relation(userid, external)?;
    follow.tags.retain(|t| !remove.contains(t));
    follow.tags.extend(add);
    Ok(json!({}))
}
