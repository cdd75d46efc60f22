//! WeCom on your desk: a simulated platform that speaks the documented wire.
//!
//! [`world`] is a pure state machine; [`people`] act in it and cause callbacks; programs call it over [`http`] and
//! cause none. [`control`] lets a test or a developer ask for the truth, act as anybody and break things.
//! [`population`] lives in it. Nothing here reads a clock or an entropy source by itself.

pub mod apis;
pub mod ask;
pub mod callbacks;
pub mod calls;
pub mod control;
pub mod faults;
pub mod habits;
pub mod http;
pub mod pages;
pub mod people;
pub mod population;
pub mod refusal;
mod replies;
pub mod seeding;
pub mod truth;
pub mod world;
pub mod xml;

use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::extract::State;
use base::{Rng, ScaledClock, SharedClock, Timestamp};
use bytes::Bytes;
use http_body_util::BodyExt as _;
use tokio::sync::Notify;
use tower::ServiceExt as _;

pub use callbacks::{Answer, Delivery};
pub use faults::{CallbackFaults, Faults, Harm, Rule};
pub use people::Act;
pub use population::{Intent, Population, Poster};
pub use world::{Corp, World};

/// Carries a callback to its receiver; `None` when nothing came back in time.
pub type Deliver =
    Arc<dyn Fn(Delivery) -> Pin<Box<dyn Future<Output = Option<Answer>> + Send>> + Send + Sync>;

/// Header of an answer that stands for a broken connection when the desk is called in process.
pub const BROKEN: &str = "x-sim-broken";

/// Everything that changes, under one lock.
#[derive(Debug)]
pub struct Desk {
    pub world: World,
    pub engine: callbacks::Engine,
    pub faults: Faults,
    pub calls: calls::CallLog,
    /// People who live here by themselves, if anybody does.
    pub population: Option<Population>,
    /// Running calls per (company, API or record), for the concurrency codes.
    in_flight: HashMap<String, usize>,
}

/// A running platform. Cheap to clone.
#[derive(Clone)]
pub struct Sim {
    desk: Arc<Mutex<Desk>>,
    clock: SharedClock,
    speed: Option<Arc<ScaledClock>>,
    deliver: Deliver,
    stirred: Arc<Notify>,
}

impl Sim {
    /// A platform around `world` whose callbacks leave through `deliver`.
    #[must_use]
    pub fn new(world: World, clock: SharedClock, deliver: Deliver) -> Self {
        let rng = Rng::seeded(world.corps.values().map(|c| c.rng.clone().u64()).fold(0, |a, b| a ^ b));
        let desk = Desk {
            world,
            engine: callbacks::Engine::new(rng.child("callbacks")),
            faults: Faults::none(rng.child("faults")),
            calls: calls::CallLog::default(),
            population: None,
            in_flight: HashMap::new(),
        };
        let stirred = Arc::new(Notify::new());
        Self { desk: Arc::new(Mutex::new(desk)), clock, speed: None, deliver, stirred }
    }
    /// Lets `/sim/clock` change the speed of this clock.
    #[must_use]
    pub fn with_speed(mut self, clock: Arc<ScaledClock>) -> Self {
        self.speed = Some(clock);
        self
    }
    /// The desk itself, for tests and drivers. Don't hold it across an await.
    pub fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }
    /// All addresses of the platform, its control and its page.
    pub fn router(&self) -> axum::Router {
        http::router(self.clone())
    }

    /// Answers one request in process. A fault that would break the connection answers 599 with [`BROKEN`].
    pub async fn call(&self, request: ::http::Request<Bytes>) -> ::http::Response<Bytes> {
        let (mut parts, body) = request.into_parts();
        parts.extensions.insert(http::InProcess);
        let request = ::http::Request::from_parts(parts, axum::body::Body::from(body));
        // Programs call the API far more often than pages: they needn't wait for a router to be laid out.
        let response = match request.uri().path().starts_with("/cgi-bin/") {
            true => http::cgi(State(self.clone()), request).await,
            false => self.router().oneshot(request).await.unwrap_or_else(|never| match never {}),
        };
        let (mut parts, body) = response.into_parts();
        let bytes = match body.collect().await {
            Ok(whole) => whole.to_bytes(),
            Err(_) => Bytes::new(),
        };
        if parts.headers.contains_key(BROKEN) {
            parts.status = ::http::StatusCode::from_u16(599).unwrap_or(::http::StatusCode::BAD_GATEWAY);
        }
        ::http::Response::from_parts(parts, bytes)
    }

    /// A person acts; what follows from it waits for [`Sim::deliver_due`].
    pub fn act(&self, corp: &str, act: &Act) -> people::Done {
        let now = self.now();
        let mut desk = self.desk();
        desk.world.settle(now);
        let done = desk.world.corps.get_mut(corp).ok_or("no such company")?.act(act, now);
        desk.absorb();
        drop(desk);
        self.stirred.notify_one();
        done
    }

    /// Tells the events kept since `engine.keep_history()` once more, shuffled and under the faults of the hour; answers
    /// how many copies now wait for [`Sim::deliver_due`].
    pub fn tell_again(&self) -> usize {
        let now = self.now();
        let mut desk = self.desk();
        let Desk { engine, faults, .. } = &mut *desk;
        let told = engine.tell_again(faults, now);
        drop(desk);
        self.stirred.notify_one();
        told
    }

    /// When the next callback is due, or the next thing people who live here will do.
    #[must_use]
    pub fn next_due(&self) -> Option<Timestamp> {
        let now = self.now();
        let mut desk = self.desk();
        let settles = desk.world.settle(now);
        desk.absorb();
        let Desk { world, population, engine, .. } = &mut *desk;
        let people = population.as_mut().and_then(|people| {
            people.notice(world, now);
            people.next_due()
        });
        [engine.next_due(), people, settles].into_iter().flatten().min()
    }

    /// Lets people live here; `/sim/posters` then hangs codes where they see them.
    pub fn populate(&self, people: Population) {
        self.desk().population = Some(people);
        self.stirred.notify_one();
    }

    /// One step of the people who live here; what needs the world outside the platform comes back.
    pub fn live_due(&self) -> Vec<Intent> {
        let now = self.now();
        let mut desk = self.desk();
        let Desk { world, population, .. } = &mut *desk;
        let intents = population.as_mut().map(|people| people.step(world, now)).unwrap_or_default();
        desk.absorb();
        intents
    }

    /// Runs the platform by itself: delivers callbacks and lets people live as the clock goes, for ever. What people
    /// want from outside goes through `outside`. Drop the future to stop.
    pub async fn run<F, Fut>(&self, outside: F)
    where
        F: Fn(Intent) -> Fut,
        Fut: Future<Output = ()>,
    {
        const PARALLEL: usize = 16;
        const LONGEST_NAP_MS: u64 = 250;
        loop {
            let made = self.deliver_due_parallel(PARALLEL).await;
            let intents = self.live_due();
            let busy = made > 0 || !intents.is_empty();
            for intent in intents {
                outside(intent).await;
            }
            let nap = self.next_due().map_or(LONGEST_NAP_MS, |at| self.clock.real_millis_until(at));
            if nap == 0 && busy {
                continue;
            }
            let nap = std::time::Duration::from_millis(nap.clamp(1, LONGEST_NAP_MS));
            let _ = tokio::time::timeout(nap, self.stirred()).await;
        }
    }

    /// Returns once somebody acted or called, so that a driver needn't poll.
    pub async fn stirred(&self) {
        self.stirred.notified().await;
    }

    /// Delivers, one after the other, every callback whose time has come; answers how many attempts were made.
    pub async fn deliver_due(&self) -> usize {
        let mut made = 0;
        while let Some((pending, delivery)) = self.take_delivery() {
            let url = delivery.url.clone();
            let answer = (self.deliver)(delivery).await;
            self.settle(pending, answer, &url);
            made += 1;
        }
        made
    }

    /// The same with up to `parallel` deliveries at a time; the order is then nobody's promise.
    pub async fn deliver_due_parallel(&self, parallel: usize) -> usize {
        let mut running = tokio::task::JoinSet::new();
        let mut made = 0;
        loop {
            while running.len() < parallel.max(1) {
                let Some((pending, delivery)) = self.take_delivery() else { break };
                let (sim, url) = (self.clone(), delivery.url.clone());
                running.spawn(async move {
                    let answer = (sim.deliver)(delivery).await;
                    sim.settle(pending, answer, &url);
                });
                made += 1;
            }
            if running.join_next().await.is_none() {
                return made;
            }
        }
    }

    fn take_delivery(&self) -> Option<(callbacks::Pending, Delivery)> {
        let now = self.now();
        let mut desk = self.desk();
        desk.world.settle(now);
        desk.absorb();
        let Desk { world, engine, .. } = &mut *desk;
        // An event of an app without an address is nobody's: it is passed over.
        while let Some(pending) = engine.take_due(now) {
            if let Some(delivery) = engine.seal(world, &pending, now) {
                return Some((pending, delivery));
            }
        }
        None
    }

    fn settle(&self, pending: callbacks::Pending, answer: Option<Answer>, url: &str) {
        let now = self.now();
        let mut desk = self.desk();
        let Desk { engine, faults, .. } = &mut *desk;
        engine.settle(pending, answer.map(|a| a.status), faults, now, url);
    }

    /// Checks an app's address as the platform does when an administrator saves it.
    ///
    /// # Errors
    /// What is wrong with address, token or key, in words.
    pub async fn check_callback(&self, corp: &str, callback: &world::apps::Callback) -> Result<(), String> {
        let now = self.now();
        let (delivery, plain) = self.desk().engine.check(corp, callback, now)?;
        match (self.deliver)(delivery).await {
            None => Err("the address did not answer within one second".to_owned()),
            Some(Answer { status: 200, body }) if body == plain => Ok(()),
            Some(Answer { status: 200, .. }) => {
                Err("the address did not answer the decrypted text".to_owned())
            }
            Some(Answer { status, .. }) => Err(format!("the address answered HTTP {status}")),
        }
    }

    /// One step of a population: acts inside the platform happen, what needs the outside comes back.
    pub fn live(&self, population: &mut Population) -> Vec<Intent> {
        let now = self.now();
        let mut desk = self.desk();
        let intents = population.step(&mut desk.world, now);
        desk.absorb();
        drop(desk);
        self.stirred.notify_one();
        intents
    }
}

impl Desk {
    /// Hands what people caused to the callback engine.
    pub fn absorb(&mut self) {
        let effects = self.world.take_effects();
        if !effects.is_empty() {
            self.engine.absorb(effects, &mut self.faults);
        }
    }
}
