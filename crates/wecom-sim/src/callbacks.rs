//! The callback engine: seals events for each app, tries three times, and lets faults play with them.

use std::collections::{BTreeMap, VecDeque};

use base::time::SECOND;
use base::{Rng, Timestamp};
use serde::Serialize;
use wecom::crypto::{CallbackCrypto, Stamp};

use crate::faults::Faults;
use crate::world::apps::Callback;
use crate::world::{Effect, World};

/// Tries in all.
pub const ATTEMPTS: u32 = 3;
/// How long the platform waits for the receiver of an event.
pub const TIMEOUT_MS: u64 = 5_000;
/// How long it waits when it checks an address.
pub const CHECK_MS: u64 = 1_000;

/// A request that must go out to somebody's callback address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    pub method: http::Method,
    /// With its query.
    pub url: String,
    pub body: String,
    pub timeout_ms: u64,
}

/// What the receiver answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    pub body: String,
}

/// An event on its way.
#[derive(Clone, Debug)]
pub struct Pending {
    pub effect: Effect,
    pub attempt: u32,
}

/// One attempt that was made, for people who read the list.
#[derive(Clone, Debug, Serialize)]
pub struct Attempt {
    pub seq: u64,
    pub at: Timestamp,
    pub corp: String,
    pub agent: i64,
    pub name: String,
    pub attempt: u32,
    pub url: String,
    /// HTTP status, or `None` when nothing came back in time.
    pub status: Option<u16>,
    pub xml: String,
}

/// Events waiting for their time, and the last attempts.
#[derive(Debug)]
pub struct Engine {
    rng: Rng,
    queue: BTreeMap<(Timestamp, u64), Pending>,
    serial: u64,
    made: u64,
    pub attempts: VecDeque<Attempt>,
    /// Every event since [`Engine::keep_history`], in order.
    history: Option<Vec<Effect>>,
}

impl Engine {
    #[must_use]
    pub fn new(rng: Rng) -> Self {
        Self { rng, queue: BTreeMap::new(), serial: 0, made: 0, attempts: VecDeque::new(), history: None }
    }
    /// Takes what the world wants to tell; faults decide how many copies go when.
    pub fn absorb(&mut self, effects: Vec<Effect>, faults: &mut Faults) {
        if let Some(history) = &mut self.history {
            history.extend(effects.iter().cloned());
        }
        for effect in effects {
            for late in faults.fate_of_callback() {
                self.push(effect.at.plus(late), Pending { effect: effect.clone(), attempt: 1 });
            }
        }
    }
    /// From now on every event is kept, so that it can be told again.
    pub fn keep_history(&mut self) {
        self.history.get_or_insert_default();
    }
    /// Tells what was kept once more, in any order, due now; faults decide what is lost and what comes twice. Each copy
    /// is written a little differently, so that a receiver can't know it by its bytes. Answers how many copies go.
    pub fn tell_again(&mut self, faults: &mut Faults, now: Timestamp) -> usize {
        let mut copies = Vec::new();
        for effect in self.history.iter().flatten() {
            for _ in faults.fate_of_callback() {
                let mut effect = effect.clone();
                let blanks = " ".repeat(1 + copies.len() % 7);
                effect.xml = effect.xml.replace("</xml>", &format!("{blanks}</xml>"));
                copies.push(effect);
            }
        }
        let told = copies.len();
        while !copies.is_empty() {
            let any = usize::try_from(self.rng.below(copies.len() as u64)).unwrap_or(0);
            let effect = copies.swap_remove(any);
            self.push(now, Pending { effect, attempt: 1 });
        }
        told
    }
    fn push(&mut self, due: Timestamp, pending: Pending) {
        self.serial += 1;
        self.queue.insert((due, self.serial), pending);
    }
    #[must_use]
    pub fn next_due(&self) -> Option<Timestamp> {
        self.queue.keys().next().map(|(due, _)| *due)
    }
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.queue.len()
    }
    /// The next event whose time has come.
    pub fn take_due(&mut self, now: Timestamp) -> Option<Pending> {
        let key = *self.queue.keys().next().filter(|(due, _)| *due <= now)?;
        self.queue.remove(&key)
    }
    /// Seals one event for its app; `None` when the app has no usable address.
    pub fn seal(&mut self, world: &World, pending: &Pending, now: Timestamp) -> Option<Delivery> {
        let callback = callback_of(world, &pending.effect.corp, pending.effect.agent)?;
        let crypto = CallbackCrypto::new(&callback.token, &callback.aes_key, &pending.effect.corp).ok()?;
        let (timestamp, nonce, random16) = self.stamp(now);
        let stamp = Stamp { timestamp: &timestamp, nonce: &nonce, random16 };
        let agent = pending.effect.agent.to_string();
        let sealed = crypto.delivery(&stamp, Some(&agent), &pending.effect.xml);
        let query = format!("msg_signature={}&timestamp={timestamp}&nonce={nonce}", sealed.signature);
        let url = with_query(&callback.url, &query);
        Some(Delivery { method: http::Method::POST, url, body: sealed.body, timeout_ms: TIMEOUT_MS })
    }
    fn stamp(&mut self, now: Timestamp) -> (String, String, [u8; 16]) {
        let mut random = [0u8; 16];
        self.rng.fill(&mut random);
        let letters = random.map(|b| b"abcdefghijklmnopqrstuvwxyz012345"[usize::from(b & 31)]);
        (now.seconds().to_string(), self.rng.below(4_000_000_000).to_string(), letters)
    }
    /// Notes what came of an attempt and plans the next one.
    pub fn settle(
        &mut self,
        pending: Pending,
        status: Option<u16>,
        faults: &Faults,
        now: Timestamp,
        url: &str,
    ) {
        self.made += 1;
        let Pending { effect, attempt } = pending;
        self.attempts.push_back(Attempt {
            seq: self.made,
            at: now,
            corp: effect.corp.clone(),
            agent: effect.agent,
            name: effect.name.clone(),
            attempt,
            url: url.split('?').next().unwrap_or_default().to_owned(),
            status,
            xml: effect.xml.clone(),
        });
        if self.attempts.len() > 500 {
            self.attempts.pop_front();
        }
        let again = match status {
            Some(200) => false,
            Some(_) => !faults.callbacks.no_retry_on_status,
            None => true,
        };
        if again && attempt < ATTEMPTS {
            let due = now.plus(5 * SECOND);
            self.push(due, Pending { effect, attempt: attempt + 1 });
        }
    }
    /// The request by which the platform checks an address, and the text it must get back.
    pub fn check(
        &mut self,
        corp: &str,
        callback: &Callback,
        now: Timestamp,
    ) -> Result<(Delivery, String), String> {
        let crypto =
            CallbackCrypto::new(&callback.token, &callback.aes_key, corp).map_err(|e| e.to_string())?;
        let (timestamp, nonce, random16) = self.stamp(now);
        let plain = self.rng.u64().to_string();
        let echo = crypto.encrypt(&random16, &plain);
        let signature = crypto.signature(&timestamp, &nonce, &echo);
        let echo = encode(&echo);
        let query = format!("msg_signature={signature}&timestamp={timestamp}&nonce={nonce}&echostr={echo}");
        let url = with_query(&callback.url, &query);
        let method = http::Method::GET;
        Ok((Delivery { method, url, body: String::new(), timeout_ms: CHECK_MS }, plain))
    }
}

fn callback_of<'a>(world: &'a World, corp: &str, agent: i64) -> Option<&'a Callback> {
    let app = world.corps.get(corp)?.apps.iter().find(|a| a.agent_id == agent)?;
    Some(&app.callback).filter(|c| !c.url.is_empty())
}

fn with_query(url: &str, query: &str) -> String {
    let mark = if url.contains('?') { '&' } else { '?' };
    format!("{url}{mark}{query}")
}

/// Percent-encodes a query value.
#[must_use]
pub fn encode(text: &str) -> String {
    let keep = |b: u8| b.is_ascii_alphanumeric() || b"-_.~".contains(&b);
    text.bytes().map(|b| if keep(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}
