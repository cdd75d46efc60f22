//! The way in of callbacks: verified by a prepared receiver, queued in memory, written by one writer at a time in
//! batches, answered after the commit.
//!
//! There is no standing task: whoever finds no writer at work starts one, and it ends when nothing waits. While one
//! batch is being committed the next one gathers, so the number of commits follows the disk and not the traffic.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use base::Timestamp;
use base::time::{DAY, SECOND};
use messenger::inbound::Receiver;
use tokio::sync::oneshot;
use tokio::time::Instant;

use super::jobs::Project;
use super::model::{SHEET_BYTES, SHEET_MOST, Seen, Sheet, fingerprint};
use super::{opened, store};
use crate::ctx::Ctx;
use crate::kernel::db::{DbResult, Tx};
use crate::kernel::http::{AppError, AppResult};

/// How long a node trusts what it knows of an account before it looks again: another node may have changed it.
const TRUST: i64 = 10 * SECOND;
/// Callbacks that may wait for the writer; more are turned away, and the platform sends them again.
const WAITING: usize = 32_768;
/// Callbacks in one transaction.
const BATCH: usize = 1_024;
/// A batch of this size says that callbacks come faster than they are written.
const CROWD: usize = 128;
/// A crowd has passed when none was seen for so long.
const LULL: Duration = Duration::from_millis(50);
/// How long acting waits for a crowd to pass: a crowd that never ends slows acting down and never stops it.
const PATIENCE: Duration = Duration::from_millis(250);
/// Fingerprints per generation of the memory of what was seen: two generations cost about 70 MB when both are full.
const REMEMBERED: usize = 1_800_000;
/// Callbacks of a tenant that are read back after a start.
const RECALLED: i64 = 20_000;
/// Tries to number a batch when other nodes take the numbers.
const COLLISIONS: usize = 16;
/// Accounts (real or invented by a prober) kept in memory.
const DOORS: usize = 10_000;

/// The inbox of one process. Lives in [`Ctx`].
pub struct Inbox {
    doors: Mutex<HashMap<String, Door>>,
    queue: Mutex<Queue>,
    /// When the last crowd was seen. Real time: it paces, and decides nothing.
    crowd: Mutex<Option<Instant>>,
}

/// What is needed to receive for one account; `receiver` is absent when there is no such account or its token or
/// key can't be used.
#[derive(Clone)]
pub(super) struct Door {
    pub tenant: Arc<str>,
    pub account: Arc<str>,
    platform: Arc<str>,
    version: i64,
    pub receiver: Option<Arc<dyn Receiver>>,
    checked_at: Timestamp,
}

struct Queue {
    waiting: Vec<Waiting>,
    writing: bool,
    /// The last number given to a callback, per tenant; with the writer while it works.
    numbers: Numbers,
    seen: Seen,
}

type Numbers = HashMap<Arc<str>, i64>;

struct Waiting {
    tenant: Arc<str>,
    account: Arc<str>,
    body: String,
    fingerprint: u128,
    received_at: Timestamp,
    answer: oneshot::Sender<()>,
}

impl Default for Inbox {
    fn default() -> Self {
        let queue = Queue {
            waiting: Vec::new(),
            writing: false,
            numbers: Numbers::new(),
            seen: Seen::new(REMEMBERED),
        };
        Self { doors: Mutex::default(), queue: Mutex::new(queue), crowd: Mutex::default() }
    }
}

impl Inbox {
    fn doors(&self) -> MutexGuard<'_, HashMap<String, Door>> {
        self.doors.lock().unwrap_or_else(PoisonError::into_inner)
    }
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks at the account again on the next callback: its connection was changed here.
    pub(super) fn forget(&self, account: &str) {
        self.doors().remove(account);
    }

    /// The door of an account; a fresh look at the store only every few seconds.
    pub(super) async fn door(&self, ctx: &Ctx, platform: &str, account: &str) -> AppResult<Door> {
        let now = ctx.now();
        let known = self.doors().get(account).cloned();
        if let Some(door) =
            known.as_ref().filter(|d| now.since(d.checked_at) < TRUST && &*d.platform == platform)
        {
            return Ok(door.clone());
        }
        let door = prepare(ctx, platform, account, known).await?;
        let mut doors = self.doors();
        if doors.len() >= DOORS {
            doors.clear();
        }
        doors.insert(account.to_owned(), door.clone());
        Ok(door)
    }

    /// The receiver of an account whose platform the caller doesn't know.
    pub(super) async fn receiver(&self, ctx: &Ctx, account: &str) -> AppResult<Option<Arc<dyn Receiver>>> {
        let known =
            self.doors().get(account).filter(|d| d.receiver.is_some()).map(|d| Arc::clone(&d.platform));
        let platform = match known {
            Some(platform) => platform,
            None => {
                let mut tx = ctx.read().await?;
                let Some(row) = store::find(&mut tx, account).await? else { return Ok(None) };
                row.platform.as_str().into()
            }
        };
        Ok(self.door(ctx, &platform, account).await?.receiver)
    }

    fn crowd(&self) -> MutexGuard<'_, Option<Instant>> {
        self.crowd.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets callbacks that come in a crowd go first: what isn't kept is lost, what is kept can be acted upon a moment
    /// later.
    pub(crate) async fn let_pass(&self) {
        let patience = Instant::now() + PATIENCE;
        loop {
            let lull = self.crowd().map(|seen| (seen + LULL).min(patience));
            match lull.filter(|lull| *lull > Instant::now()) {
                Some(lull) => tokio::time::sleep_until(lull).await,
                None => return,
            }
        }
    }

    /// Keeps a callback. True when it is on disk, now or from an earlier delivery.
    pub(super) async fn accept(&self, ctx: &Ctx, door: &Door, body: String) -> bool {
        let fingerprint = fingerprint(&door.account, &body);
        let (answer, answered) = oneshot::channel();
        let start = {
            let mut queue = self.queue();
            if queue.seen.contains(fingerprint) {
                return true;
            }
            if queue.waiting.len() >= WAITING {
                return false;
            }
            let (tenant, account) = (Arc::clone(&door.tenant), Arc::clone(&door.account));
            queue.waiting.push(Waiting {
                tenant,
                account,
                body,
                fingerprint,
                received_at: ctx.now(),
                answer,
            });
            !std::mem::replace(&mut queue.writing, true)
        };
        if start {
            tokio::spawn(write(ctx.clone()));
        }
        // The sender is dropped unanswered when the batch could not be written.
        answered.await.is_ok()
    }
}

async fn prepare(ctx: &Ctx, platform: &str, account: &str, known: Option<Door>) -> AppResult<Door> {
    let mut tx = ctx.read().await?;
    let row = store::find(&mut tx, account).await?.filter(|a| a.platform == platform);
    drop(tx);
    let (tenant, version) = row.as_ref().map_or(("", 0), |r| (r.tenant_id.as_str(), r.version));
    let receiver = match (&row, known) {
        (Some(row), Some(known)) if known.version == row.version && &*known.platform == platform => {
            known.receiver
        }
        (Some(row), _) => receiver_of(ctx, row)?,
        (None, _) => None,
    };
    Ok(Door {
        tenant: tenant.into(),
        account: account.into(),
        platform: platform.into(),
        version,
        receiver,
        checked_at: ctx.now(),
    })
}

fn receiver_of(ctx: &Ctx, row: &super::rows::AccountRow) -> AppResult<Option<Arc<dyn Receiver>>> {
    let Some(platform) = ctx.platform(&row.platform) else { return Ok(None) };
    let credentials = opened(ctx.sealer(), row)?;
    match platform.receiver(&credentials) {
        Ok(receiver) => Ok(Some(receiver)),
        Err(e) => {
            tracing::warn!(account = row.id, error = %e, "callbacks of this account can't be read");
            Ok(None)
        }
    }
}

/// Gives the writer's seat back when the writer ends early, and lets go of whoever waits for nothing.
struct Seat(Option<Ctx>);

impl Drop for Seat {
    fn drop(&mut self) {
        let Some(ctx) = self.0.take() else { return };
        let mut queue = ctx.inbox().queue();
        queue.writing = false;
        queue.waiting.clear();
    }
}

/// Writes batch after batch until nothing waits.
async fn write(ctx: Ctx) {
    let mut seat = Seat(Some(ctx.clone()));
    let mut numbers = std::mem::take(&mut ctx.inbox().queue().numbers);
    loop {
        let batch = {
            let mut queue = ctx.inbox().queue();
            let size = queue.waiting.len().min(BATCH);
            if size == 0 {
                queue.writing = false;
                queue.numbers = numbers;
                // The seat was given back under the lock, so that a newcomer either was seen or starts a writer.
                seat.0 = None;
                return;
            }
            let rest = queue.waiting.split_off(size);
            std::mem::replace(&mut queue.waiting, rest)
        };
        if batch.len() >= CROWD {
            *ctx.inbox().crowd() = Some(Instant::now());
        }
        match write_batch(&ctx, &batch, &mut numbers).await {
            Ok(()) => settle(&ctx, batch),
            Err(e) => {
                metrics::counter!("callbacks_total", "outcome" => "unwritten").increment(batch.len() as u64);
                tracing::error!(error = %e, "callbacks could not be kept; the platform will send them again");
                numbers.clear();
            }
        }
    }
}

/// Remembers what is on disk, then answers.
fn settle(ctx: &Ctx, batch: Vec<Waiting>) {
    let now = ctx.now();
    let mut queue = ctx.inbox().queue();
    for waiting in &batch {
        queue.seen.insert(waiting.fingerprint, now);
    }
    drop(queue);
    metrics::counter!("callbacks_total", "outcome" => "kept").increment(batch.len() as u64);
    for waiting in batch {
        // Whoever hung up meanwhile gets no answer, and needs none.
        let _ = waiting.answer.send(());
    }
}

/// Appends the new ones of a batch, numbered per tenant, and wakes the projector of each tenant.
///
/// Numbers are given in memory from the last one known. With several nodes two may choose the same: the key refuses
/// the later one, which reads the counter afresh and tries again. That also keeps numbers without gaps in the order
/// in which they become visible, so a reader that went past a number has seen everything before it.
async fn write_batch(ctx: &Ctx, batch: &[Waiting], numbers: &mut Numbers) -> AppResult<()> {
    for waiting in batch {
        if !numbers.contains_key(&waiting.tenant) {
            let last = recall(ctx, &waiting.tenant).await?;
            numbers.insert(Arc::clone(&waiting.tenant), last);
        }
    }
    let mut fresh: Vec<&Waiting> = {
        let queue = ctx.inbox().queue();
        let mut here = HashSet::with_capacity(batch.len());
        batch.iter().filter(|w| !queue.seen.contains(w.fingerprint) && here.insert(w.fingerprint)).collect()
    };
    if fresh.is_empty() {
        return Ok(());
    }
    // One order of tenants on every node, so that two batches can't wait for each other.
    fresh.sort_by(|a, b| (&a.tenant, &a.account).cmp(&(&b.tenant, &b.account)));
    let mut tenants: Vec<Arc<str>> = fresh.iter().map(|w| Arc::clone(&w.tenant)).collect();
    tenants.dedup();
    for _ in 0..COLLISIONS {
        let mut tx = ctx.begin().await?;
        match append(&mut tx, &fresh, numbers).await {
            Ok(()) => {}
            Err(e) if e.is_unique() => {
                drop(tx);
                let mut tx = ctx.read().await?;
                for tenant in &tenants {
                    numbers.insert(Arc::clone(tenant), store::last_seq(&mut tx, tenant).await?);
                }
                continue;
            }
            Err(e) => return Err(e.into()),
        }
        for tenant in &tenants {
            tx.enqueue(tenant, &Project {}).await?;
        }
        tx.commit().await?;
        return Ok(());
    }
    Err(AppError::fault("the numbers of the inbox were taken by others again and again"))
}

/// Appends callbacks, sorted by account, in sheets that are numbered behind the last number known.
async fn append(tx: &mut Tx<'_>, fresh: &[&Waiting], numbers: &mut Numbers) -> DbResult<()> {
    for account in fresh.chunk_by(|a, b| a.tenant == b.tenant && a.account == b.account) {
        for sheet in sheets(account) {
            let (tenant, callbacks) =
                (&sheet[0].tenant, sheet.iter().map(|w| (w.received_at.0, w.body.as_str())));
            let sheet = Sheet { account: &sheet[0].account, callbacks: callbacks.collect() };
            let last = numbers.entry(Arc::clone(tenant)).or_default();
            store::append(tx, tenant, *last + 1, &sheet).await?;
            *last += i64::try_from(sheet.callbacks.len()).unwrap_or(0);
        }
    }
    Ok(())
}

/// Cuts callbacks of one account so that no row grows too long.
fn sheets<'w>(mut rest: &'w [&'w Waiting]) -> impl Iterator<Item = &'w [&'w Waiting]> {
    std::iter::from_fn(move || {
        let mut bytes = 0;
        let fit = rest.iter().take(SHEET_MOST).take_while(|w| {
            bytes += w.body.len();
            bytes <= SHEET_BYTES
        });
        let (sheet, left) = rest.split_at_checked(fit.count().max(1))?;
        rest = left;
        Some(sheet)
    })
}

/// Reads the last number of a tenant, and on the first time its latest callbacks, so that repetitions of what was
/// received before a restart are known.
async fn recall(ctx: &Ctx, tenant: &str) -> AppResult<i64> {
    let mut tx = ctx.read().await?;
    let last = store::last_seq(&mut tx, tenant).await?;
    let since = ctx.now().minus(DAY).0;
    let mut from = (last - RECALLED).max(0);
    loop {
        let rows = store::inbox_after(&mut tx, tenant, from, 1_000).await?;
        let Some(end) = rows.last() else { return Ok(last) };
        from = end.seq;
        let mut queue = ctx.inbox().queue();
        for row in rows.iter().filter(|r| r.received_at > since) {
            queue.seen.insert(fingerprint(&row.account_id, &row.body), Timestamp(row.received_at));
        }
    }
}
