//! What people do: customers scan, join, talk and leave; employees accept, tap, tag and rename. Every act here can
//! leave a callback, which no API call does.

pub mod desk_work;
pub mod friends;
pub mod rooms;

use base::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::world::{Click, Corp};

/// Why a person could not do it, in words for the person at the desk.
pub type Done = Result<Value, String>;

/// One human act, as `/sim/act` takes it: `{"act":"scan","code":"…","person":"wm…"}`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum Act {
    /// Somebody new appears outside the company.
    MakePerson {
        name: String,
        #[serde(default)]
        gender: i64,
        /// A WeCom user of another company instead of a WeChat user.
        #[serde(default)]
        partner: bool,
    },
    /// A person scans a code, of an employee or of a group.
    Scan {
        code: String,
        person: String,
    },
    AcceptFriend {
        userid: String,
        person: String,
    },
    EmployeeDeletes {
        userid: String,
        person: String,
    },
    CustomerDeletes {
        userid: String,
        person: String,
    },
    /// The customer writes to the employee, or the employee to the customer.
    Chat {
        userid: String,
        person: String,
    },
    JoinByInvite {
        chat_id: String,
        person: String,
        invitor: String,
    },
    JoinByLink {
        chat_id: String,
        person: String,
    },
    Leave {
        chat_id: String,
        who: String,
    },
    Kick {
        chat_id: String,
        who: String,
    },
    CreateGroup {
        owner: String,
        name: String,
        #[serde(default)]
        admins: Vec<String>,
    },
    Rename {
        chat_id: String,
        name: String,
    },
    SetNotice {
        chat_id: String,
        notice: String,
    },
    ChangeOwner {
        chat_id: String,
        owner: String,
    },
    Dismiss {
        chat_id: String,
    },
    /// The owner picks a group greeting in the client.
    SelectWelcome {
        chat_id: String,
        #[serde(default)]
        template_id: Option<String>,
    },
    /// Somebody speaks in a group: only the count is kept, the platform shows no words.
    Speak {
        chat_id: String,
        who: String,
        #[serde(default = "one")]
        times: u32,
    },
    TapMassSend {
        userid: String,
        msgid: String,
        #[serde(default)]
        choice: Vec<String>,
    },
    /// An employee puts one message into the open chat through the JS-SDK.
    SendChatMessage {
        userid: String,
        chat_id: String,
        content: Value,
    },
    PressCard {
        userid: String,
        msgid: String,
        key: String,
    },
    OpenLink {
        who: String,
        url: String,
        #[serde(default)]
        chat_id: String,
    },
    TagByHand {
        userid: String,
        person: String,
        #[serde(default)]
        add: Vec<String>,
        #[serde(default)]
        remove: Vec<String>,
    },
    RemarkByHand {
        userid: String,
        person: String,
        remark: String,
    },
    /// The employee notes phone numbers of a customer.
    NoteMobiles {
        userid: String,
        person: String,
        mobiles: Vec<String>,
    },
    /// The customer doesn't want another employee.
    RefuseTransfer {
        person: String,
    },
    CreateTags {
        group: String,
        tags: Vec<String>,
    },
    RenameTag {
        id: String,
        name: String,
    },
    DeleteTags {
        ids: Vec<String>,
    },
    HireStaff {
        userid: String,
        name: String,
    },
    DismissStaff {
        userid: String,
    },
    SwitchContactFunction {
        userid: String,
        on: bool,
    },
}

fn one() -> u32 {
    1
}

impl Corp {
    /// Carries out one human act.
    pub fn act(&mut self, act: &Act, now: Timestamp) -> Done {
        match act {
            Act::MakePerson { name, gender, partner } => {
                Ok(json!({"person": self.make_person(name, *gender, !partner)}))
            }
            Act::Scan { code, person } => self.scan(code, person, now),
            Act::AcceptFriend { userid, person } => self.accept_friend(userid, person, now),
            Act::EmployeeDeletes { userid, person } => self.employee_deletes(userid, person, now),
            Act::CustomerDeletes { userid, person } => self.customer_deletes(userid, person, now),
            Act::Chat { userid, person } => self.chat(userid, person, now),
            Act::JoinByInvite { chat_id, person, invitor } => self.invite(chat_id, person, invitor, now),
            Act::JoinByLink { chat_id, person } => self.join(chat_id, person, rooms::Way::link(), now),
            Act::Leave { chat_id, who } => self.quit(chat_id, who, 0, now),
            Act::Kick { chat_id, who } => self.quit(chat_id, who, 1, now),
            Act::CreateGroup { owner, name, admins } => self.create_group(owner, name, admins, now),
            Act::Rename { chat_id, name } => self.rename(chat_id, name, now),
            Act::SetNotice { chat_id, notice } => self.set_notice(chat_id, notice, now),
            Act::ChangeOwner { chat_id, owner } => self.change_owner(chat_id, owner, now),
            Act::Dismiss { chat_id } => self.dismiss(chat_id, now),
            Act::SelectWelcome { chat_id, template_id } => {
                self.select_welcome(chat_id, template_id.as_deref())
            }
            Act::Speak { chat_id, who, times } => self.speak(chat_id, who, *times, now),
            Act::OpenLink { who, url, chat_id } => Ok(self.open_link(who, url, chat_id, now)),
            other => self.act_at_desk(other, now),
        }
    }

    fn act_at_desk(&mut self, act: &Act, now: Timestamp) -> Done {
        match act {
            Act::TapMassSend { userid, msgid, choice } => {
                let done = self.tap_mass_send(userid, msgid, choice, now)?;
                Ok(json!({"sent": done.sent, "skipped": done.skipped}))
            }
            Act::SendChatMessage { userid, chat_id, content } => {
                self.send_chat_message(userid, chat_id, content.clone(), now)
            }
            Act::PressCard { userid, msgid, key } => self.press_card(userid, msgid, key, now),
            Act::TagByHand { userid, person, add, remove } => {
                self.edit_relation(userid, person, now, |follow| {
                    follow.tags.retain(|t| !remove.contains(t));
                    follow.tags.extend(add.iter().cloned());
                })
            }
            Act::RemarkByHand { userid, person, remark } => {
                self.edit_relation(userid, person, now, |follow| follow.remark = remark.clone())
            }
            Act::NoteMobiles { userid, person, mobiles } => {
                self.edit_relation(userid, person, now, |follow| follow.remark_mobiles.clone_from(mobiles))
            }
            Act::RefuseTransfer { person } => self.refuse_transfer(person, now),
            Act::CreateTags { group, tags } => self.create_tags(group, tags, now),
            Act::RenameTag { id, name } => self.rename_tag(id, name, now),
            Act::DeleteTags { ids } => self.delete_tags(ids, now),
            Act::HireStaff { userid, name } => self.hire(userid, name, now),
            Act::DismissStaff { userid } => self.dismiss_staff(userid, now),
            Act::SwitchContactFunction { userid, on } => self.switch_contact_function(userid, *on),
            _ => Err("unknown act".to_owned()),
        }
    }

    fn open_link(&mut self, who: &str, url: &str, chat: &str, now: Timestamp) -> Value {
        let (who, url, chat) = (who.to_owned(), url.to_owned(), chat.to_owned());
        self.clicks.push(Click { at: now, who, url, chat });
        json!({})
    }
}
