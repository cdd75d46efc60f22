//! What every handler and job gets: the store, time, chance, ids, settings, and in jobs the outside world.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use base::{IdMaker, Rng, Secret, Timestamp};
use messenger::{Messenger, Platform};

use crate::kernel::db::{Ambient, Db, DbResult, Tx};
use crate::kernel::http::{AppError, AppResult, Scope};
use crate::kernel::jobs::Wake;
use crate::kernel::network;
use crate::kernel::once;
use crate::kernel::outgoing::Outgoing;
use crate::kernel::seal::{Sealer, keyed_digest};
use crate::{accounts, api_keys, segments};

/// Settings of one process.
#[derive(Clone, Debug)]
pub struct Config {
    /// Address under which people and platforms reach us, without a trailing slash.
    pub public_url: String,
    /// Seals credentials in the database and signs visitor tokens.
    pub master_key: Secret<[u8; 32]>,
    /// Shows the demo's banner and the simulator's links.
    pub demo: bool,
    /// Address of the simulator's people page, in a demo.
    pub simulator_url: Option<String>,
    /// Whose word about addresses is believed, and what outgoing calls may reach.
    pub network: network::Settings,
}

/// What the process is made of; handed to [`Ctx::new`] once.
pub struct Parts {
    pub db: Db,
    pub clock: base::time::SharedClock,
    /// Real time for leases: a demo's fast clock must not make a running job look dead.
    pub lease_clock: base::time::SharedClock,
    pub rng: Rng,
    pub config: Config,
    pub platforms: Vec<Arc<dyn Platform>>,
    /// The way to addresses that the company typed in.
    pub outgoing: Arc<dyn Outgoing>,
}

/// The axum state and the ground every job stands on. Cheap to clone.
#[derive(Clone)]
pub struct Ctx(Arc<Inner>);

struct Inner {
    parts: Parts,
    ids: Arc<IdMaker>,
    sealer: Sealer,
    digest_key: [u8; 32],
    wake: Wake,
    inbox: accounts::Inbox,
    gate: api_keys::Gate,
    segments: segments::Desk,
    messengers: Mutex<HashMap<String, Connected>>,
    /// Sum of the recurring ticks last seen: spares the store a look on every round of the runner.
    ticks: AtomicI64,
}

struct Connected {
    version: i64,
    messenger: Arc<dyn Messenger>,
}

/// The two occasions on which a request may wait for the platform, because a person waits in front of the screen.
#[derive(Clone, Copy, Debug)]
pub enum LiveCall {
    /// A visitor's one-use code is exchanged.
    IdentifyVisitor,
    /// A page asks for the signature that unlocks in-app functions.
    SignPage,
}

impl Ctx {
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        let ids = Arc::new(IdMaker::new(parts.rng.child("ids")));
        let sealer = Sealer::new(&parts.config.master_key);
        let digest_key = keyed_digest(parts.config.master_key.reveal(), b"blind digests, version 1");
        Self(Arc::new(Inner {
            parts,
            ids,
            sealer,
            digest_key,
            wake: Wake::default(),
            inbox: accounts::Inbox::default(),
            gate: api_keys::Gate::default(),
            segments: segments::Desk::default(),
            messengers: Mutex::default(),
            ticks: AtomicI64::new(0),
        }))
    }
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.0.parts.clock.now()
    }
    #[must_use]
    pub fn clock(&self) -> &base::time::SharedClock {
        &self.0.parts.clock
    }
    pub(crate) fn lease_now(&self) -> Timestamp {
        self.0.parts.lease_clock.now()
    }
    #[must_use]
    pub fn new_id(&self, prefix: &str) -> String {
        self.0.ids.make(prefix, self.now())
    }
    #[must_use]
    pub fn ids(&self) -> &IdMaker {
        &self.0.ids
    }
    /// An independent stream of chance; the name should hold what it is for, for example `"draw:" + id`.
    #[must_use]
    pub fn rng(&self, name: &str) -> Rng {
        self.0.parts.rng.child(name)
    }
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.0.parts.config
    }
    #[must_use]
    pub fn sealer(&self) -> &Sealer {
        &self.0.sealer
    }
    #[must_use]
    pub fn wake(&self) -> &Wake {
        &self.0.wake
    }
    /// The way in of callbacks.
    #[must_use]
    pub fn inbox(&self) -> &accounts::Inbox {
        &self.0.inbox
    }
    /// How often each key of the open API called in the last minute, as this process saw it.
    pub(crate) fn gate(&self) -> &api_keys::Gate {
        &self.0.gate
    }
    /// The index of people: who is in which segment.
    #[must_use]
    pub fn segments(&self) -> &segments::Desk {
        &self.0.segments
    }
    #[must_use]
    pub fn db(&self) -> &Db {
        &self.0.parts.db
    }
    /// A password hash that fits nothing, so that an unknown login takes as long as a wrong password.
    pub(crate) fn decoy_password_hash(&self) -> &'static str {
        "$argon2id$v=19$m=19456,t=2,p=1$ZGVjb3lkZWNveWRlY295$mWMuxC0E1u3vXW0ZcQ6Yk9oQ8hF6s0d8n4mWk1oYb3c"
    }
    #[must_use]
    pub fn platform(&self, name: &str) -> Option<&Arc<dyn Platform>> {
        self.0.parts.platforms.iter().find(|p| p.name() == name)
    }

    /// Whether the sum of recurring ticks differs from what this process saw last; remembers it.
    pub(crate) fn ticks_changed(&self, sum: i64) -> bool {
        self.0.ticks.swap(sum, Ordering::SeqCst) != sum
    }

    fn ambient(&self) -> Ambient {
        Ambient {
            now: self.now(),
            ids: Arc::clone(&self.0.ids),
            wake: self.0.wake.clone(),
            digest_key: self.0.digest_key,
            master_key: self.0.parts.config.master_key.clone(),
            claim: once::current(),
        }
    }

    /// Opens a write transaction; dropping it undoes it.
    pub async fn begin(&self) -> DbResult<Tx<'static>> {
        self.0.parts.db.begin(self.ambient()).await
    }

    /// Opens a reading session.
    pub async fn read(&self) -> DbResult<Tx<'static>> {
        self.0.parts.db.read(self.ambient()).await
    }

    /// The messenger of an account for one of the two live occasions; never with a transaction open.
    pub async fn live_messenger(&self, account: &str, _why: LiveCall) -> AppResult<Arc<dyn Messenger>> {
        self.messenger(account).await
    }

    async fn messenger(&self, account: &str) -> AppResult<Arc<dyn Messenger>> {
        let mut tx = self.read().await?;
        let (version, platform, credentials) = accounts::credentials(&mut tx, self.sealer(), account).await?;
        drop(tx);
        let platform =
            self.platform(&platform).ok_or_else(|| AppError::fault(format!("no adapter for {platform}")))?;
        let mut connected = self.0.messengers.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = connected.get(account).filter(|c| c.version == version) {
            return Ok(Arc::clone(&known.messenger));
        }
        let messenger = platform.connect(account, &credentials);
        connected.insert(account.to_owned(), Connected { version, messenger: Arc::clone(&messenger) });
        Ok(messenger)
    }
}

/// A job's context. A transaction borrows it exclusively and so does nothing else: while one is open the messenger
/// can't be reached, so an outside call inside a transaction doesn't compile.
pub struct JobCtx {
    ctx: Ctx,
    scope: Scope,
    epoch: i64,
    attempt: i64,
}

/// A messenger borrowed from a job's context.
pub struct MessengerRef<'job> {
    messenger: Arc<dyn Messenger>,
    bound: std::marker::PhantomData<&'job JobCtx>,
}

impl std::ops::Deref for MessengerRef<'_> {
    type Target = dyn Messenger;
    fn deref(&self) -> &Self::Target {
        self.messenger.as_ref()
    }
}

/// The way out borrowed from a job's context.
pub struct OutgoingRef<'job> {
    outgoing: Arc<dyn Outgoing>,
    bound: std::marker::PhantomData<&'job JobCtx>,
}

impl std::ops::Deref for OutgoingRef<'_> {
    type Target = dyn Outgoing;
    fn deref(&self) -> &Self::Target {
        self.outgoing.as_ref()
    }
}

impl JobCtx {
    pub(crate) const fn new(ctx: Ctx, scope: Scope, epoch: i64, attempt: i64) -> Self {
        Self { ctx, scope, epoch, attempt }
    }
    #[must_use]
    pub const fn scope(&self) -> &Scope {
        &self.scope
    }
    /// The fencing epoch of this run: higher than that of any earlier holder of the job.
    #[must_use]
    pub const fn epoch(&self) -> i64 {
        self.epoch
    }
    /// 1 on the first run.
    #[must_use]
    pub const fn attempt(&self) -> i64 {
        self.attempt
    }
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.ctx.now()
    }
    #[must_use]
    pub fn rng(&self, name: &str) -> Rng {
        self.ctx.rng(name)
    }
    #[must_use]
    pub fn config(&self) -> &Config {
        self.ctx.config()
    }
    #[must_use]
    pub fn sealer(&self) -> &Sealer {
        self.ctx.sealer()
    }
    #[must_use]
    pub fn ids(&self) -> &IdMaker {
        self.ctx.ids()
    }
    /// The same, to be taken onto the blocking pool.
    #[must_use]
    pub fn shared_ids(&self) -> Arc<IdMaker> {
        Arc::clone(&self.ctx.0.ids)
    }

    /// Rewrites the store's file without the space of deleted rows. Others wait meanwhile, so do it at night.
    pub async fn compact(&mut self) -> DbResult<()> {
        self.ctx.db().compact().await
    }

    /// Opens a write transaction that holds this context until it ends.
    pub async fn begin(&mut self) -> DbResult<Tx<'_>> {
        Ok(self.ctx.begin().await?.tied())
    }

    /// Opens a reading session that holds this context until it ends.
    pub async fn read(&mut self) -> DbResult<Tx<'_>> {
        Ok(self.ctx.read().await?.tied())
    }

    /// The tenant's index of people, up to date with everything committed before the call. Only while no transaction
    /// is open: it reads the database itself.
    pub async fn people_index(&mut self) -> AppResult<Arc<segments::Room>> {
        self.ctx.segments().caught_up(&self.ctx, &self.scope).await
    }

    /// Lets go of the index, so that the next question reads everything anew.
    pub fn forget_people_index(&mut self) {
        self.ctx.segments().forget(self.scope.tenant());
    }

    /// What reads the callbacks of an account; pure, so a transaction may be open. `None` when there is none any more.
    pub async fn receiver(&self, account: &str) -> AppResult<Option<Arc<dyn messenger::inbound::Receiver>>> {
        accounts::receiver(&self.ctx, account).await
    }

    /// Lets callbacks that come in a crowd be kept before others are acted upon.
    pub async fn let_callbacks_pass(&self) {
        self.ctx.inbox().let_pass().await;
    }

    /// The way to addresses that the company typed in; like the messenger only with no transaction open.
    #[must_use]
    pub fn outgoing(&self) -> OutgoingRef<'_> {
        let outgoing = Arc::clone(&self.ctx.0.parts.outgoing);
        OutgoingRef { outgoing, bound: std::marker::PhantomData }
    }

    /// The messenger of a connected account.
    pub async fn messenger(&self, account: &str) -> AppResult<MessengerRef<'_>> {
        Ok(MessengerRef { messenger: self.ctx.messenger(account).await?, bound: std::marker::PhantomData })
    }
}
