//! Departments and employees.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Call, Corp, Reply};
use crate::ask::page;
use crate::refusal::Refused;
use crate::world::apps::AppKind;

/// A node of the organisation; 1 is the root.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Department {
    pub id: i64,
    pub name: String,
    pub parent: i64,
}

/// One employee.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Staff {
    pub userid: String,
    pub name: String,
    pub departments: Vec<i64>,
    pub position: String,
    pub mobile: String,
    /// 1 active, 2 disabled, 4 not activated, 5 left.
    pub status: i64,
    /// The customer-contact function is switched on.
    pub contact_function: bool,
    /// Accepts friends without asking.
    pub console_welcome: bool,
    /// Customers who are this employee's friends now.
    #[serde(default)]
    pub customers: BTreeSet<String>,
    /// When she left the company.
    #[serde(default)]
    pub left: Option<base::Timestamp>,
}

impl Staff {
    #[must_use]
    pub fn serves_customers(&self) -> bool {
        self.contact_function && self.status == 1
    }
}

impl Corp {
    /// Employee ids are case-insensitive.
    #[must_use]
    pub fn find_staff(&self, userid: &str) -> Option<&Staff> {
        let exact = self.staff.get(userid);
        exact.or_else(|| self.staff.values().find(|s| s.userid.eq_ignore_ascii_case(userid)))
    }
    fn within(&self, department: i64, root: i64) -> bool {
        let mut at = department;
        while at != root {
            match self.departments.iter().find(|d| d.id == at && d.parent != at) {
                Some(node) if node.parent != 0 => at = node.parent,
                _ => return false,
            }
        }
        true
    }
    fn departments_below(&self, root: i64) -> Vec<&Department> {
        self.departments.iter().filter(|d| self.within(d.id, root)).collect()
    }
}

fn department(call: &Call, name: &str) -> Result<Option<i64>, Refused> {
    let Some(text) = call.ask.param(name) else { return Ok(None) };
    let id: i64 = text.parse().map_err(|_| Refused::because(40035, name))?;
    match call.corp.departments.iter().any(|d| d.id == id) {
        true => Ok(Some(id)),
        false => Err(Refused::code(60003)),
    }
}

fn department_wire(node: &Department) -> Value {
    json!({"id": node.id, "name": node.name, "name_en": "", "department_leader": [],
        "parentid": node.parent, "order": 100_000_000 - node.id})
}

/// `department/list`.
pub fn department_list(call: &mut Call) -> Reply {
    let root = department(call, "id")?.unwrap_or(1);
    let all: Vec<Value> = call.corp.departments_below(root).into_iter().map(department_wire).collect();
    Ok(json!({"department": all}))
}

/// `department/simplelist`.
pub fn department_simplelist(call: &mut Call) -> Reply {
    let root = department(call, "id")?.unwrap_or(1);
    let wire = |d: &Department| json!({"id": d.id, "parentid": d.parent, "order": 100_000_000 - d.id});
    let all: Vec<Value> = call.corp.departments_below(root).into_iter().map(wire).collect();
    Ok(json!({"department_id": all}))
}

/// `department/get`.
pub fn department_get(call: &mut Call) -> Reply {
    let id = department(call, "id")?.ok_or_else(|| Refused::because(40035, "id missing"))?;
    let node = call.corp.departments.iter().find(|d| d.id == id).ok_or_else(|| Refused::code(60003))?;
    Ok(json!({"department": department_wire(node)}))
}

fn members_of(call: &Call) -> Result<Vec<Staff>, Refused> {
    let root =
        department(call, "department_id")?.ok_or_else(|| Refused::because(40035, "department_id missing"))?;
    let deep = call.ask.param("fetch_child") == Some("1");
    let holds =
        |s: &Staff| s.departments.iter().any(|d| if deep { call.corp.within(*d, root) } else { *d == root });
    let visible = call.corp.staff.values().filter(|s| s.status != 5 && call.sees(&s.userid));
    Ok(visible.filter(|s| holds(s)).cloned().collect())
}

/// `user/simplelist`.
pub fn user_simplelist(call: &mut Call) -> Reply {
    let wire = |s: &Staff| json!({"userid": s.userid, "name": s.name, "department": s.departments, "open_userid": ""});
    Ok(json!({"userlist": members_of(call)?.iter().map(wire).collect::<Vec<_>>()}))
}

/// `user/list`.
pub fn user_list(call: &mut Call) -> Reply {
    Ok(json!({"userlist": members_of(call)?.iter().map(staff_wire).collect::<Vec<_>>()}))
}

/// Fields that apps made after 2022-06-20 receive: no avatar, gender, mobile, mail, QR code or address.
fn staff_wire(staff: &Staff) -> Value {
    json!({
        "userid": staff.userid,
        "name": staff.name,
        "department": staff.departments,
        "order": staff.departments.iter().map(|_| 0).collect::<Vec<_>>(),
        "position": staff.position,
        "is_leader_in_dept": staff.departments.iter().map(|_| 0).collect::<Vec<_>>(),
        "direct_leader": [],
        "telephone": "",
        "alias": "",
        "status": staff.status,
        "isleader": 0,
        "enable": i64::from(staff.status != 2),
        "hide_mobile": 0,
        "extattr": {"attrs": []},
        "main_department": staff.departments.first().copied().unwrap_or(1),
        "external_position": "",
        "external_profile": {"external_corp_name": "", "external_attr": []},
    })
}

/// `user/get`.
pub fn user_get(call: &mut Call) -> Reply {
    let userid = call.visible_staff(call.ask.need_param("userid", 40003)?)?;
    call.corp.staff.get(&userid).map(staff_wire).ok_or_else(|| Refused::code(60111))
}

/// `user/list_id`: only the address-book secret may ask.
pub fn user_list_id(call: &mut Call) -> Reply {
    if call.corp.apps[call.app].kind != AppKind::ContactsSync {
        return Err(Refused::code(48002));
    }
    let limit = call.ask.limit(10_000, 10_000)?;
    let pairs = call.corp.staff.values().filter(|s| s.status != 5);
    let pairs =
        pairs.flat_map(|s| s.departments.iter().map(|d| json!({"userid": s.userid, "department": d})));
    let (items, next) = page(pairs.collect(), call.ask.text("cursor")?, limit)?;
    Ok(json!({"next_cursor": next, "dept_user": items}))
}

/// `user/getuserid`.
pub fn user_by_mobile(call: &mut Call) -> Reply {
    let mobile = call.ask.need_text("mobile", 40035)?;
    let found = call.corp.staff.values().find(|s| s.mobile == mobile && s.status != 5);
    match found {
        Some(staff) if call.sees(&staff.userid) => Ok(json!({"userid": staff.userid})),
        _ => Err(Refused::code(60111)),
    }
}
