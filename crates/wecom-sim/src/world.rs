//! The platform's state: a pure machine without I/O and without a clock of its own.
//!
//! Every entry takes `now`; chance comes from a seeded [`Rng`]. What a program asks through the API changes state
//! silently; what a person does ([`crate::people`]) also leaves an [`Effect`] for the callback engine.

pub mod apps;
pub mod broadcasts;
pub mod codes;
pub mod contacts;
pub mod directory;
pub mod group_statistics;
pub mod groups;
pub mod join_ways;
pub mod limits;
pub mod media;
pub mod messages;
pub mod oauth;
pub mod send_results;
pub mod statistics;
pub mod tags;
pub mod transfers;
pub mod welcomes;

use std::collections::BTreeMap;

use base::{Rng, TenantZone, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::ask::Ask;
use crate::refusal::Refused;
use crate::xml::EventXml;

/// What a request is answered with: a JSON object without `errcode`/`errmsg`, or a refusal.
pub type Reply = Result<Value, Refused>;

/// Something that must leave the world: an event for one app's callback address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Effect {
    pub corp: String,
    pub agent: i64,
    pub at: Timestamp,
    /// What happened, for people who read the list (`change_external_chat/update`).
    pub name: String,
    pub xml: String,
}

/// Where something that arrived in a chat came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// Sent by the platform on behalf of an app within the 20 seconds.
    Welcome,
    /// A mass-send task that the employee tapped.
    MassSend,
    /// An employee put it into the chat through the JS-SDK.
    Bridge,
    /// The group's greeting that its owner selected once.
    GroupWelcome,
}

/// Something that arrived in a chat: the truth that a product's figures are compared with.
#[derive(Clone, Debug, Serialize)]
pub struct Delivered {
    pub seq: u64,
    pub at: Timestamp,
    /// The group, or the customer in a single chat.
    pub chat: String,
    pub staff: String,
    pub origin: Origin,
    /// Mass send or welcome code that caused it; empty for the bridge.
    pub reference: String,
    pub content: Value,
}

/// A link that a person opened.
#[derive(Clone, Debug, Serialize)]
pub struct Click {
    pub at: Timestamp,
    pub who: String,
    pub url: String,
    pub chat: String,
}

/// Figures of a company that differ between sources of the documentation, so they are settings.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct Rules {
    /// Members an external group can hold.
    pub group_capacity: usize,
    /// Milliseconds until `groupchat/get` reflects an event.
    pub group_lag_ms: i64,
    /// Milliseconds during which a new mass send answers 41063.
    pub dispatch_ms: i64,
    pub mass_cap: MassCap,
    /// Whether a customer who deleted an employee stays in the API's answers about that employee.
    pub lost_contacts_stay_listed: bool,
    /// Whether a WeChat developer account is bound, so that `unionid` is answered.
    pub union_bound: bool,
    /// Contact ways and join ways together.
    pub entry_code_quota: usize,
    /// Customers one employee may have.
    pub customer_cap: usize,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            group_capacity: 500,
            group_lag_ms: 2_000,
            dispatch_ms: 2_000,
            mass_cap: MassCap::MonthlyDays,
            lost_contacts_stay_listed: false,
            union_bound: true,
            entry_code_quota: 500_000,
            customer_cap: 50_000,
        }
    }
}

/// How many mass messages one receiver gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MassCap {
    /// As many as the calendar month has days.
    MonthlyDays,
    WeeklySeven,
    DailyOne,
}

/// One company.
#[derive(Debug)]
pub struct Corp {
    pub id: String,
    pub name: String,
    pub rules: Rules,
    pub zone: TenantZone,
    pub(crate) rng: Rng,
    serial: u64,
    pub apps: Vec<apps::App>,
    pub access: apps::Access,
    pub departments: Vec<directory::Department>,
    pub staff: BTreeMap<String, directory::Staff>,
    pub people: BTreeMap<String, contacts::Person>,
    pub tag_groups: Vec<tags::TagGroup>,
    pub groups: BTreeMap<String, groups::Group>,
    pub contact_ways: BTreeMap<String, codes::ContactWay>,
    pub join_ways: BTreeMap<String, join_ways::JoinWay>,
    pub welcome_codes: BTreeMap<String, welcomes::WelcomeCode>,
    pub group_welcomes: BTreeMap<String, welcomes::GroupWelcome>,
    pub mass_sends: BTreeMap<String, broadcasts::MassSend>,
    /// Mass sends in the order in which they were made.
    pub mass_order: Vec<String>,
    /// Mass sends in the order in which their senders were reminded.
    pub reminded: Vec<String>,
    pub received: BTreeMap<String, Vec<Timestamp>>,
    pub cards: Vec<messages::Card>,
    pub media: BTreeMap<String, media::Media>,
    pub oauth: oauth::Desk,
    pub staff_days: BTreeMap<(String, base::Day), statistics::StaffDay>,
    pub deliveries: Vec<Delivered>,
    pub clicks: Vec<Click>,
    /// Customers who were to change hands, oldest first, and groups that did.
    pub transfers: Vec<transfers::Transfer>,
    pub group_transfers: Vec<transfers::GroupTransfer>,
    pub effects: Vec<Effect>,
}

impl Corp {
    #[must_use]
    pub fn new(id: &str, name: &str, rng: Rng) -> Self {
        Self {
            id: id.to_owned(),
            name: name.to_owned(),
            rules: Rules::default(),
            zone: TenantZone::shanghai(),
            rng,
            serial: 0,
            apps: Vec::new(),
            access: apps::Access::default(),
            departments: Vec::new(),
            staff: BTreeMap::new(),
            people: BTreeMap::new(),
            tag_groups: Vec::new(),
            groups: BTreeMap::new(),
            contact_ways: BTreeMap::new(),
            join_ways: BTreeMap::new(),
            welcome_codes: BTreeMap::new(),
            group_welcomes: BTreeMap::new(),
            mass_sends: BTreeMap::new(),
            mass_order: Vec::new(),
            reminded: Vec::new(),
            received: BTreeMap::new(),
            cards: Vec::new(),
            media: BTreeMap::new(),
            oauth: oauth::Desk::default(),
            staff_days: BTreeMap::new(),
            deliveries: Vec::new(),
            clicks: Vec::new(),
            transfers: Vec::new(),
            group_transfers: Vec::new(),
            effects: Vec::new(),
        }
    }

    /// An id in the platform's shape: a prefix and `len` letters and digits.
    pub fn make_id(&mut self, prefix: &str, len: usize) -> String {
        const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
        let tail = (0..len).map(|_| char::from(*self.rng.pick(LETTERS).unwrap_or(&b'A')));
        prefix.chars().chain(tail).collect()
    }
    /// 32 hexadecimal digits, as config ids and member versions have.
    pub fn make_hex(&mut self) -> String {
        format!("{:016x}{:016x}", self.rng.u64(), self.rng.u64())
    }
    /// A number that no other call got.
    pub fn next_serial(&mut self) -> u64 {
        self.serial += 1;
        self.serial
    }

    /// Hands an event to every app that takes events of this family.
    pub(crate) fn emit(&mut self, at: Timestamp, name: &str, family: apps::EventFamily, xml: &EventXml) {
        let xml = xml.clone().finish();
        for app in self.apps.iter().filter(|app| app.events.contains(&family)) {
            let (corp, agent) = (self.id.clone(), app.agent_id);
            self.effects.push(Effect { corp, agent, at, name: name.to_owned(), xml: xml.clone() });
        }
    }

    /// Puts a message into a chat and remembers it as truth.
    pub(crate) fn deliver(&mut self, at: Timestamp, chat: &str, staff: &str, what: (Origin, &str, Value)) {
        let (origin, reference, content) = what;
        self.deliveries.push(Delivered {
            seq: self.deliveries.len() as u64 + 1,
            at,
            chat: chat.to_owned(),
            staff: staff.to_owned(),
            origin,
            reference: reference.to_owned(),
            content,
        });
    }
}

/// All companies of one simulated platform.
#[derive(Debug, Default)]
pub struct World {
    pub corps: BTreeMap<String, Corp>,
    /// Where this platform is reached (`http://127.0.0.1:7070`), for the addresses of QR pictures and media.
    pub base_url: String,
    pub limits: limits::Limits,
}

impl World {
    /// The company, or 40013.
    pub fn corp(&mut self, id: &str) -> Result<&mut Corp, Refused> {
        self.corps.get_mut(id).ok_or_else(|| Refused::code(40013))
    }
    /// Lets come what only takes time, and answers when the next of it is due.
    pub fn settle(&mut self, now: Timestamp) -> Option<Timestamp> {
        self.corps.values_mut().for_each(|corp| corp.settle_transfers(now));
        self.corps.values().filter_map(Corp::next_transfer).min()
    }
    /// Takes what the world wants to tell, company by company.
    pub fn take_effects(&mut self) -> Vec<Effect> {
        self.corps.values_mut().flat_map(|corp| std::mem::take(&mut corp.effects)).collect()
    }
}

/// One authorised API call on its way through the world.
#[derive(Debug)]
pub struct Call<'a> {
    pub corp: &'a mut Corp,
    /// Index of the calling app in `corp.apps`.
    pub app: usize,
    pub now: Timestamp,
    pub ask: Ask<'a>,
    pub upload: Option<&'a media::Upload>,
    pub base_url: &'a str,
}

impl Call<'_> {
    #[must_use]
    pub fn agent(&self) -> i64 {
        self.corp.apps[self.app].agent_id
    }
    /// Whether the calling app's visible range covers this employee.
    #[must_use]
    pub fn sees(&self, userid: &str) -> bool {
        self.corp.sees(self.app, userid)
    }
    /// An employee within the visible range: 60111 when unknown, 60011 when out of range.
    pub fn visible_staff(&self, userid: &str) -> Result<String, Refused> {
        let staff = self.corp.find_staff(userid).ok_or_else(|| Refused::code(60111))?;
        if self.sees(&staff.userid) { Ok(staff.userid.clone()) } else { Err(Refused::code(60011)) }
    }
    /// An employee within the range who may work with customers: 41054 when the switch is off.
    pub fn contact_staff(&self, userid: &str) -> Result<String, Refused> {
        let userid = self.visible_staff(userid)?;
        match self.corp.staff.get(&userid) {
            Some(staff) if staff.serves_customers() => Ok(userid),
            _ => Err(Refused::code(41054)),
        }
    }
}
