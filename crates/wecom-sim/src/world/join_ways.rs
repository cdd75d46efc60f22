//! Join ways: codes that lead into customer groups, filled first to last, with overflow rooms.

use base::Timestamp;
use serde::Serialize;
use serde_json::json;

use super::{Call, Reply};
use crate::refusal::Refused;

#[derive(Clone, Debug, Serialize)]
pub struct JoinWay {
    pub config_id: String,
    pub agent: i64,
    pub created: Timestamp,
    pub scene: i64,
    pub remark: String,
    pub auto_create_room: bool,
    pub room_base_name: String,
    pub room_base_id: i64,
    pub chats: Vec<String>,
    pub state: String,
    pub qr_code: String,
    pub scans: u64,
}

impl Call<'_> {
    fn own_join_way(&mut self) -> Result<&mut JoinWay, Refused> {
        let agent = self.agent();
        let id = self.ask.need_text("config_id", 41039)?;
        let way = self.corp.join_ways.get_mut(id).filter(|w| w.agent == agent);
        way.ok_or_else(|| Refused::code(41040))
    }

    /// What a join way is made of; an update overwrites all of it.
    fn join_way(&mut self, config_id: &str) -> Result<JoinWay, Refused> {
        let ask = self.ask;
        let scene = ask.need_int("scene", 41042)?;
        if !(1..=2).contains(&scene) {
            return Err(Refused::code(41042));
        }
        let chats = ask.texts("chat_id_list")?.unwrap_or_default();
        match chats.len() {
            0 => return Err(Refused::because(40063, "chat_id_list")),
            1..=5 => {}
            _ => return Err(Refused::code(41091)),
        }
        for chat in &chats {
            self.visible_group(chat)?;
        }
        let base_name = self.short("room_base_name", 40)?.unwrap_or_default();
        let state = self.short("state", 30)?.unwrap_or_default();
        // Over-long remarks are cut, not refused.
        let remark: String = ask.text("remark")?.unwrap_or_default().chars().take(30).collect();
        Ok(JoinWay {
            config_id: config_id.to_owned(),
            agent: self.agent(),
            created: self.now,
            scene,
            remark,
            auto_create_room: ask.flag("auto_create_room")?.unwrap_or(true),
            room_base_name: base_name,
            room_base_id: ask.int("room_base_id")?.unwrap_or(1),
            chats,
            state,
            qr_code: format!("{}/sim/qr/{config_id}", self.base_url),
            scans: 0,
        })
    }
}

/// `externalcontact/groupchat/add_join_way`: answers only the id.
pub fn add(call: &mut Call) -> Reply {
    if call.corp.entry_codes() >= call.corp.rules.entry_code_quota {
        return Err(Refused::code(41045));
    }
    let config_id = call.corp.make_hex();
    let way = call.join_way(&config_id)?;
    call.corp.join_ways.insert(config_id.clone(), way);
    Ok(json!({"config_id": config_id}))
}

/// `externalcontact/groupchat/get_join_way`.
pub fn get(call: &mut Call) -> Reply {
    let way = call.own_join_way()?;
    Ok(json!({"join_way": {
        "config_id": way.config_id,
        "scene": way.scene,
        "remark": way.remark,
        "auto_create_room": i64::from(way.auto_create_room),
        "room_base_name": way.room_base_name,
        "room_base_id": way.room_base_id,
        "chat_id_list": way.chats,
        "qr_code": way.qr_code,
        "state": way.state,
        "mark_source": true,
    }}))
}

/// `externalcontact/groupchat/update_join_way`: a full overwrite.
pub fn update(call: &mut Call) -> Reply {
    let (id, created, scans) = {
        let way = call.own_join_way()?;
        (way.config_id.clone(), way.created, way.scans)
    };
    let way = JoinWay { created, scans, ..call.join_way(&id)? };
    call.corp.join_ways.insert(id, way);
    Ok(json!({}))
}

/// `externalcontact/groupchat/del_join_way`.
pub fn del(call: &mut Call) -> Reply {
    let id = call.own_join_way()?.config_id.clone();
    call.corp.join_ways.remove(&id);
    Ok(json!({}))
}
