//! Customers: who they are, which employees they follow, and the API's view of them.

use std::collections::{BTreeMap, BTreeSet};

use base::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{Call, Corp, Reply};
use crate::ask::{chars, page};
use crate::refusal::Refused;

/// A person outside the company.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Person {
    /// `wm…` (WeChat) or `wo…` (another company's WeCom).
    pub id: String,
    pub name: String,
    /// 0 unknown, 1 male, 2 female.
    pub gender: i64,
    pub openid: String,
    pub unionid: String,
    /// Employees this person is a customer of, by userid.
    pub follows: BTreeMap<String, Follow>,
}

impl Person {
    #[must_use]
    pub fn is_wechat(&self) -> bool {
        self.id.starts_with("wm")
    }
}

/// The relation between one employee and one customer; tags and remarks belong to it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Follow {
    pub since: Timestamp,
    pub remark: String,
    pub description: String,
    pub remark_company: String,
    pub remark_mobiles: Vec<String>,
    pub add_way: i64,
    pub oper_userid: String,
    pub state: String,
    pub tags: BTreeSet<String>,
    pub personal_tags: BTreeSet<String>,
    /// The customer added the employee, who has not accepted yet.
    pub half: bool,
    /// The customer deleted the employee.
    pub lost: bool,
    /// They have talked since the last adding; a welcome is refused then.
    pub started: bool,
    /// The last time they dealt with each other: decides who a mass message goes through.
    pub touched: Timestamp,
}

impl Follow {
    /// Both sides have each other.
    #[must_use]
    pub fn mutual(&self) -> bool {
        !self.half && !self.lost
    }
}

impl Corp {
    /// Makes a person; `wechat` decides the shape of the id.
    pub fn make_person(&mut self, name: &str, gender: i64, wechat: bool) -> String {
        let id = self.make_id(if wechat { "wmTest" } else { "woTest" }, 26);
        let openid = self.make_id("oAAA", 24);
        let unionid = if wechat { self.make_id("ozUn", 24) } else { String::new() };
        let name = name.to_owned();
        let person = Person { id: id.clone(), name, gender, openid, unionid, follows: BTreeMap::new() };
        self.people.insert(id.clone(), person);
        id
    }

    /// Whether the API shows this relation.
    #[must_use]
    pub fn shows(&self, follow: &Follow) -> bool {
        !follow.half && (!follow.lost || self.rules.lost_contacts_stay_listed)
    }

    /// The `unionid` the platform answers for a person, empty when it answers none.
    #[must_use]
    pub fn answered_unionid(&self, person: &Person) -> String {
        if self.rules.union_bound { person.unionid.clone() } else { String::new() }
    }
}

impl Call<'_> {
    /// A customer of somebody in range: 40096 when the id means nothing, 84061 when nobody in range knows her.
    pub fn visible_customer(&self, external_userid: &str) -> Result<String, Refused> {
        let person = self.corp.people.get(external_userid).ok_or_else(|| Refused::code(40096))?;
        let known = |(userid, follow): (&String, &Follow)| self.corp.shows(follow) && self.sees(userid);
        match person.follows.iter().any(known) {
            true => Ok(person.id.clone()),
            false => Err(Refused::code(84061)),
        }
    }
    /// The relation between an employee in range and a customer.
    pub fn relation(&mut self, userid: &str, external_userid: &str) -> Result<&mut Follow, Refused> {
        let userid = self.visible_staff(userid)?;
        let stays = self.corp.rules.lost_contacts_stay_listed;
        let person = self.corp.people.get_mut(external_userid).ok_or_else(|| Refused::code(40096))?;
        let follow = person.follows.get_mut(&userid).filter(|f| !f.half && (!f.lost || stays));
        follow.ok_or_else(|| Refused::code(84061))
    }
}

fn external_contact(corp: &Corp, person: &Person) -> Value {
    let mut out = Map::new();
    out.insert("external_userid".into(), json!(person.id));
    out.insert("name".into(), json!(person.name));
    out.insert("type".into(), json!(if person.is_wechat() { 1 } else { 2 }));
    out.insert("avatar".into(), json!(""));
    out.insert("gender".into(), json!(person.gender));
    let unionid = corp.answered_unionid(person);
    if !unionid.is_empty() {
        out.insert("unionid".into(), json!(unionid));
    }
    if !person.is_wechat() {
        out.insert("position".into(), json!(""));
        out.insert("corp_name".into(), json!("Partner"));
        out.insert("corp_full_name".into(), json!("Partner Ltd"));
        out.insert("external_profile".into(), json!({"external_attr": []}));
    }
    Value::Object(out)
}

fn follow_head(userid: &str, follow: &Follow) -> Map<String, Value> {
    let mut out = Map::new();
    out.insert("userid".into(), json!(userid));
    out.insert("remark".into(), json!(follow.remark));
    out.insert("description".into(), json!(follow.description));
    out.insert("createtime".into(), json!(follow.since.seconds()));
    out
}

fn follow_tail(out: &mut Map<String, Value>, follow: &Follow) {
    if !follow.remark_company.is_empty() {
        out.insert("remark_corp_name".into(), json!(follow.remark_company));
    }
    out.insert("remark_mobiles".into(), json!(follow.remark_mobiles));
    out.insert("add_way".into(), json!(follow.add_way));
    out.insert("oper_userid".into(), json!(follow.oper_userid));
    if !follow.state.is_empty() {
        out.insert("state".into(), json!(follow.state));
    }
}

/// `follow_user[]` of the detail: tags with names.
fn follow_user(corp: &Corp, userid: &str, follow: &Follow) -> Value {
    let mut out = follow_head(userid, follow);
    let mut tags: Vec<Value> = Vec::new();
    for id in &follow.tags {
        if let Some((group, tag)) = corp.find_tag(id) {
            tags.push(json!({"group_name": group.name, "tag_name": tag.name, "tag_id": tag.id, "type": 1}));
        }
    }
    tags.extend(
        follow.personal_tags.iter().map(|name| json!({"group_name": "", "tag_name": name, "type": 2})),
    );
    out.insert("tags".into(), json!(tags));
    follow_tail(&mut out, follow);
    Value::Object(out)
}

/// `follow_info` of the batch: tag ids only.
fn follow_info(userid: &str, follow: &Follow) -> Value {
    let mut out = follow_head(userid, follow);
    out.insert("tag_id".into(), json!(follow.tags));
    follow_tail(&mut out, follow);
    Value::Object(out)
}

/// `externalcontact/get_follow_user_list`.
pub fn follow_user_list(call: &mut Call) -> Reply {
    let staff = call.corp.staff.values().filter(|s| s.serves_customers() && call.sees(&s.userid));
    Ok(json!({"follow_user": staff.map(|s| s.userid.clone()).collect::<Vec<_>>()}))
}

/// `externalcontact/list`: all customers of one employee, unpaged; 84061 when there are none.
pub fn list(call: &mut Call) -> Reply {
    let userid = call.contact_staff(call.ask.need_param("userid", 40003)?)?;
    let ids = customers_of(call.corp, &userid);
    match ids.is_empty() {
        true => Err(Refused::code(84061)),
        false => Ok(json!({"external_userid": ids})),
    }
}

/// Customers the API shows for one employee.
pub(crate) fn customers_of(corp: &Corp, userid: &str) -> Vec<String> {
    let known = corp.staff.get(userid).into_iter().flat_map(|s| s.customers.iter());
    let shown = |id: &&String| {
        corp.people.get(*id).and_then(|p| p.follows.get(userid)).is_some_and(|f| corp.shows(f))
    };
    known.filter(shown).cloned().collect()
}

/// `externalcontact/get`: 500 followers a page.
pub fn get(call: &mut Call) -> Reply {
    let id = call.visible_customer(call.ask.need_param("external_userid", 40096)?)?;
    let corp = &*call.corp;
    let person = corp.people.get(&id).ok_or_else(|| Refused::code(40096))?;
    let seen = person.follows.iter().filter(|(u, f)| corp.shows(f) && call.sees(u));
    let all: Vec<Value> = seen.map(|(u, f)| follow_user(corp, u, f)).collect();
    let (items, next) = page(all, call.ask.param("cursor"), 500)?;
    let mut out = json!({"external_contact": external_contact(corp, person), "follow_user": items});
    if !next.is_empty() {
        out["next_cursor"] = json!(next);
    }
    Ok(out)
}

/// `externalcontact/batch/get_by_user`: an over-long limit falls back to the maximum here, not to the default.
pub fn batch_get_by_user(call: &mut Call) -> Reply {
    // Clients of the API's first edition send one `userid`; the platform still takes it.
    let older = call.ask.text("userid")?.map(|u| vec![u.to_owned()]);
    let users = call.ask.texts("userid_list")?.or(older);
    let users = users.ok_or_else(|| Refused::because(40063, "userid_list"))?;
    if users.is_empty() || users.len() > 100 {
        return Err(Refused::because(40035, "userid_list takes 1 to 100"));
    }
    let asked = call.ask.int("limit")?.unwrap_or(50);
    let limit = if asked <= 0 { 50 } else { usize::try_from(asked).unwrap_or(100).min(100) };
    let mut pairs = Vec::new();
    for user in users {
        let userid = call.contact_staff(&user)?;
        pairs.extend(customers_of(call.corp, &userid).into_iter().map(|id| (userid.clone(), id)));
    }
    let (items, next) = page(pairs, call.ask.text("cursor")?, limit)?;
    let corp = &*call.corp;
    let wire = |(userid, id): &(String, String)| {
        let person = corp.people.get(id)?;
        let follow = person.follows.get(userid)?;
        Some(
            json!({"external_contact": external_contact(corp, person), "follow_info": follow_info(userid, follow)}),
        )
    };
    let list: Vec<Value> = items.iter().filter_map(wire).collect();
    let mut out = json!({"external_contact_list": list, "next_cursor": next});
    if out["next_cursor"] == "" {
        out["fail_info"] = json!({"unlicensed_userid_list": []});
    }
    Ok(out)
}

/// `externalcontact/remark`.
pub fn remark(call: &mut Call) -> Reply {
    let userid = call.ask.need_text("userid", 40003)?;
    let external = call.ask.need_text("external_userid", 40096)?;
    let (remark, description) = (call.ask.given_text("remark")?, call.ask.given_text("description")?);
    let company = call.ask.given_text("remark_company")?;
    let mobiles = call.ask.texts("remark_mobiles")?;
    let picture = call.ask.text("remark_pic_mediaid")?;
    if remark.is_none()
        && description.is_none()
        && company.is_none()
        && mobiles.is_none()
        && picture.is_none()
    {
        return Err(Refused::because(40063, "one of remark, description, company, mobiles is needed"));
    }
    let long = |text: Option<&str>, max: usize| text.is_some_and(|t| chars(t) > max);
    if long(remark, 20) || long(description, 150) || long(company, 20) {
        return Err(Refused::because(40035, "text too long"));
    }
    let follow = call.relation(userid, external)?;
    if let Some(text) = remark {
        follow.remark = text.to_owned();
    }
    if let Some(text) = description {
        follow.description = text.to_owned();
    }
    if let Some(text) = company {
        follow.remark_company = text.to_owned();
    }
    if let Some(list) = mobiles {
        follow.remark_mobiles = list.into_iter().filter(|m| !m.is_empty()).collect();
    }
    Ok(json!({}))
}

/// `externalcontact/contact_list`: everyone served, with masked names; group members who are nobody's friend too.
pub fn contact_list(call: &mut Call) -> Reply {
    let limit = call.ask.limit(1_000, 1_000)?;
    let corp = &*call.corp;
    let mut rows = Vec::new();
    for person in corp.people.values() {
        for (userid, follow) in person.follows.iter().filter(|(u, f)| corp.shows(f) && call.sees(u)) {
            rows.push(json!({"is_customer": true, "tmp_openid": person.openid, "external_userid": person.id,
                "name": masked(&person.name), "follow_userid": userid, "add_time": follow.since.seconds()}));
        }
    }
    for group in corp.groups.values().filter(|g| !g.dismissed) {
        let outsiders =
            group.shown(call.now).members.values().filter(|m| !m.employee).cloned().collect::<Vec<_>>();
        for member in outsiders {
            let Some(person) = corp.people.get(&member.id) else { continue };
            if !person.follows.values().any(|f| corp.shows(f)) {
                rows.push(json!({"is_customer": false, "tmp_openid": person.openid, "name": masked(&person.name),
                    "chat_id": group.chat_id, "chat_name": group.live.name, "add_time": member.joined.seconds()}));
            }
        }
    }
    let (items, next) = page(rows, call.ask.text("cursor")?, limit)?;
    Ok(json!({"info_list": items, "next_cursor": next}))
}

fn masked(name: &str) -> String {
    name.chars().take(1).chain("**".chars()).collect()
}
