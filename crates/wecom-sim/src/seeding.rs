//! The companies the desk starts with: an invented brand with staff and groups, and a small second one.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use base::{Rng, Timestamp};
use serde::Deserialize;

use crate::world::apps::{App, AppKind, Callback, EventFamily};
use crate::world::directory::{Department, Staff};
use crate::world::{Corp, World};

/// The invented brand as data: names, groups with their hidden traits, prices.
#[derive(Clone, Debug, Deserialize)]
pub struct Brand {
    pub brand: String,
    pub second: String,
    pub apps: Vec<String>,
    pub departments: Vec<Department>,
    pub staff: Vec<BrandStaff>,
    pub groups: Vec<BrandGroup>,
    pub lines: std::collections::BTreeMap<String, Line>,
    pub kinds: std::collections::BTreeMap<String, Vec<String>>,
    pub tags: Vec<BrandTags>,
    pub surnames: String,
    pub given: Vec<String>,
    pub nicknames: Vec<String>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct BrandStaff {
    pub userid: String,
    pub name: String,
    pub position: String,
    pub department: i64,
}

/// One customer group, with what nobody but the population knows.
#[derive(Clone, Debug, Deserialize)]
pub struct BrandGroup {
    pub key: String,
    pub name: String,
    pub line: String,
    pub owner: String,
    pub admins: Vec<String>,
    /// Outsiders who come in over sixty days.
    pub size: u32,
    /// Members talk with each other; otherwise the company talks.
    pub dialogue: bool,
    /// Over-posted, with the leave rates of a bad group.
    pub bad: bool,
    /// The hidden best minute of the day.
    pub best_minute: i64,
}

/// What members of a line buy and when they are awake.
#[derive(Clone, Debug, Deserialize)]
pub struct Line {
    pub orders_per_month: f64,
    pub median_fen: f64,
    pub sigma: f64,
    pub returns: f64,
    pub items: Vec<String>,
    /// Weight, hour and spread of each peak of the day.
    pub peaks: Vec<(f64, f64, f64)>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct BrandTags {
    pub group: String,
    pub tags: Vec<String>,
}

/// The brand the demo shows.
#[must_use]
pub fn brand() -> &'static Brand {
    static BRAND: OnceLock<Brand> = OnceLock::new();
    BRAND.get_or_init(|| match serde_json::from_str(include_str!("demo/company.json")) {
        Ok(brand) => brand,
        Err(why) => unreachable!("the built-in company is well formed: {why}"),
    })
}

impl World {
    /// The seeded world at `now`: the brand with its staff and twelve groups, and a small second company.
    #[must_use]
    pub fn seeded(seed: u64, now: Timestamp) -> Self {
        let rng = Rng::seeded(seed).child("wecom");
        let mut world = Self::default();
        for corp in [main_corp(&rng, now), second_corp(&rng, now)] {
            world.corps.insert(corp.id.clone(), corp);
        }
        world
    }
    /// The company in which the population lives.
    #[must_use]
    pub fn main_corp_id(&self) -> Option<String> {
        self.corps.values().find(|c| c.name == brand().brand).map(|c| c.id.clone())
    }
}

fn corp_id(rng: &Rng, name: &str) -> String {
    format!("ww{:016x}", rng.child(name).u64())
}

fn app(corp: &mut Corp, agent_id: i64, name: &str, kind: AppKind) -> App {
    let events = match kind {
        AppKind::SelfBuilt => vec![EventFamily::ExternalContact, EventFamily::Directory, EventFamily::App],
        AppKind::ContactsSync => vec![EventFamily::Directory],
    };
    App {
        agent_id,
        name: name.to_owned(),
        kind,
        secret: corp.make_id("", 43),
        customer_api: kind == AppKind::SelfBuilt,
        visible: None,
        trusted_ips: vec!["127.0.0.1".to_owned(), "::1".to_owned()],
        trusted_domains: vec!["*".to_owned()],
        events,
        sidebar_url: String::new(),
        callback: Callback { url: String::new(), token: corp.make_id("", 24), aes_key: corp.make_id("", 43) },
    }
}

fn main_corp(rng: &Rng, now: Timestamp) -> Corp {
    let brand = brand();
    let mut corp = Corp::new(&corp_id(rng, "main"), &brand.brand, rng.child("main corp"));
    let name = |at: usize| brand.apps.get(at).map_or("app", String::as_str);
    let main = app(&mut corp, 1_000_002, name(0), AppKind::SelfBuilt);
    let mut trial = app(&mut corp, 1_000_003, name(1), AppKind::SelfBuilt);
    trial.customer_api = false;
    trial.events = Vec::new();
    trial.visible = Some(vec!["su.qing".to_owned()]);
    let sync = app(&mut corp, 0, name(2), AppKind::ContactsSync);
    corp.apps = vec![main, trial, sync];
    corp.departments.clone_from(&brand.departments);
    for (at, one) in brand.staff.iter().enumerate() {
        corp.staff.insert(one.userid.clone(), staff(one, at));
    }
    for set in &brand.tags {
        let pairs: Vec<(String, i64)> = set.tags.iter().map(|t| (t.clone(), 0)).collect();
        corp.make_tag_group(&set.group, &pairs, 0, now);
    }
    for group in &brand.groups {
        // The groups exist before anybody connects: their events are nobody's.
        let _ = corp.create_group(&group.owner, &group.name, &group.admins, now);
    }
    corp.effects.clear();
    corp
}

fn staff(one: &BrandStaff, at: usize) -> Staff {
    Staff {
        userid: one.userid.clone(),
        name: one.name.clone(),
        departments: vec![one.department],
        position: one.position.clone(),
        mobile: format!("1390000{:04}", at + 1),
        status: 1,
        contact_function: true,
        console_welcome: false,
        customers: BTreeSet::new(),
        left: None,
    }
}

fn second_corp(rng: &Rng, now: Timestamp) -> Corp {
    let brand = brand();
    let mut corp = Corp::new(&corp_id(rng, "second"), &brand.second, rng.child("second corp"));
    let name = brand.apps.first().map_or("app", String::as_str);
    corp.apps = vec![app(&mut corp, 1_000_002, name, AppKind::SelfBuilt)];
    corp.departments = vec![Department { id: 1, name: brand.second.clone(), parent: 0 }];
    for (at, one) in brand.staff.iter().take(3).enumerate() {
        let mut person = staff(one, at);
        person.userid = format!("shop{}", at + 1);
        person.departments = vec![1];
        corp.staff.insert(person.userid.clone(), person);
    }
    let _ = corp.create_group("shop1", &brand.second, &["shop2".to_owned()], now);
    corp.effects.clear();
    corp
}
