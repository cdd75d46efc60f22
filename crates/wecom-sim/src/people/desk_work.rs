//! What employees and administrators do in their clients besides talking.

use std::collections::BTreeSet;

use base::Timestamp;
use serde_json::{Value, json};

use super::Done;
use crate::world::apps::EventFamily::{App, Directory, ExternalContact};
use crate::world::directory::Staff;
use crate::world::{Corp, Origin};
use crate::xml::EventXml;

impl Corp {
    /// The employee puts one message into the chat she has open, group or customer, by the JS-SDK.
    pub fn send_chat_message(&mut self, userid: &str, chat: &str, content: Value, now: Timestamp) -> Done {
        let staff = self.find_staff(userid).map(|s| s.userid.clone()).ok_or("no such employee")?;
        if let Some(group) = self.groups.get(chat) {
            if group.dismissed || !group.holds(&staff) {
                return Err("fail without context of external chat".to_owned());
            }
            self.count_message(chat, &staff, now);
        } else {
            self.chat(&staff, chat, now)?;
        }
        self.deliver(now, chat, &staff, (Origin::Bridge, "", content));
        Ok(json!({"seq": self.deliveries.len()}))
    }

    /// The employee presses a button of a card: the app hears it with a code that changes the card once.
    pub fn press_card(&mut self, userid: &str, msgid: &str, key: &str, now: Timestamp) -> Done {
        let found = self.cards.iter().find(|c| c.msgid == msgid && c.userid == userid && !c.recalled);
        let card = found.ok_or("no such card")?.clone();
        let text = |name: &str| card.content.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let xml = EventXml::from_sender(&self.id, userid, now, "template_card_event")
            .text("EventKey", key)
            .text("TaskId", &text("task_id"))
            .text("CardType", &text("card_type"))
            .text("ResponseCode", &card.response_code)
            .number("AgentID", card.agent);
        let before = self.effects.len();
        self.emit(now, "template_card_event", App, &xml);
        // A card's event goes to the app that sent it, to nobody else.
        let mut index = 0;
        self.effects.retain(|e| {
            index += 1;
            index <= before || e.agent == card.agent
        });
        Ok(json!({}))
    }

    fn tell_tag(&mut self, change: &str, id: &str, kind: &str, now: Timestamp) {
        let xml = EventXml::event(&self.id, now, "change_external_tag")
            .text("Id", id)
            .text("TagType", kind)
            .text("ChangeType", change);
        self.emit(now, &format!("change_external_tag/{change}"), ExternalContact, &xml);
    }

    pub fn create_tags(&mut self, group: &str, tags: &[String], now: Timestamp) -> Done {
        if tags.is_empty() {
            return Err("a tag group needs a tag".to_owned());
        }
        let known: BTreeSet<String> =
            self.tag_groups.iter().flat_map(|g| g.tags.iter().map(|t| t.id.clone())).collect();
        let fresh_group = !self.tag_groups.iter().any(|g| g.name == group);
        let pairs: Vec<(String, i64)> = tags.iter().map(|t| (t.clone(), 0)).collect();
        let id = self.make_tag_group(group, &pairs, 0, now);
        if fresh_group {
            self.tell_tag("create", &id, "tag_group", now);
        }
        let made: Vec<String> = self
            .tag_groups
            .iter()
            .filter(|g| g.id == id)
            .flat_map(|g| g.tags.iter().map(|t| t.id.clone()))
            .filter(|t| !known.contains(t))
            .collect();
        for tag in &made {
            self.tell_tag("create", tag, "tag", now);
        }
        Ok(json!({"group_id": id, "tag_id": made}))
    }

    pub fn rename_tag(&mut self, id: &str, name: &str, now: Timestamp) -> Done {
        if let Some(group) = self.tag_groups.iter_mut().find(|g| g.id == id) {
            group.name = name.to_owned();
            self.tell_tag("update", id, "tag_group", now);
            return Ok(json!({}));
        }
        let tag = self.tag_groups.iter_mut().flat_map(|g| g.tags.iter_mut()).find(|t| t.id == id);
        tag.ok_or("no such tag")?.name = name.to_owned();
        self.tell_tag("update", id, "tag", now);
        Ok(json!({}))
    }

    /// Deleting a whole group is one event; deleting tags is one each.
    pub fn delete_tags(&mut self, ids: &[String], now: Timestamp) -> Done {
        for id in ids {
            if let Some(group) = self.tag_groups.iter().find(|g| g.id == *id) {
                let tags = group.tags.iter().map(|t| t.id.clone()).collect();
                self.drop_tags(&tags);
                self.tell_tag("delete", id, "tag_group", now);
            } else if self.find_tag(id).is_some() {
                self.drop_tags(&BTreeSet::from([id.clone()]));
                self.tell_tag("delete", id, "tag", now);
            } else {
                return Err("no such tag".to_owned());
            }
        }
        Ok(json!({}))
    }

    fn tell_staff(&mut self, change: &str, staff: &Staff, now: Timestamp) {
        let list = staff.departments.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
        let mut xml = EventXml::event(&self.id, now, "change_contact")
            .text("ChangeType", change)
            .text("UserID", &staff.userid);
        if change != "delete_user" {
            xml = xml.text("Name", &staff.name).text("Department", &list).number("Status", staff.status);
        }
        self.emit(now, &format!("change_contact/{change}"), Directory, &xml);
    }

    pub fn hire(&mut self, userid: &str, name: &str, now: Timestamp) -> Done {
        if self.find_staff(userid).is_some() {
            return Err("this userid is taken".to_owned());
        }
        let staff = Staff {
            userid: userid.to_owned(),
            name: name.to_owned(),
            departments: vec![1],
            position: String::new(),
            mobile: String::new(),
            status: 1,
            contact_function: true,
            console_welcome: false,
            customers: BTreeSet::new(),
            left: None,
        };
        self.staff.insert(userid.to_owned(), staff.clone());
        self.tell_staff("create_user", &staff, now);
        Ok(json!({"userid": userid}))
    }

    /// An employee leaves the company; her groups wait for a new owner.
    pub fn dismiss_staff(&mut self, userid: &str, now: Timestamp) -> Done {
        let staff = self.staff.get_mut(userid).filter(|s| s.status != 5).ok_or("no such employee")?;
        staff.status = 5;
        staff.left = Some(now);
        let staff = staff.clone();
        self.groups.values_mut().filter(|g| g.live.owner == userid).for_each(|g| g.status = 1);
        self.tell_staff("delete_user", &staff, now);
        Ok(json!({}))
    }

    pub fn switch_contact_function(&mut self, userid: &str, on: bool) -> Done {
        self.staff.get_mut(userid).ok_or("no such employee")?.contact_function = on;
        Ok(json!({}))
    }
}
