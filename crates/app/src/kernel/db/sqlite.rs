//! The one writer of SQLite and its group commit.
//!
//! A transaction takes its *turn* on the writer connection, inside a savepoint unless it is the first of its batch: the
//! database transaction is its own then, and a lone one costs no more than it must. When it ends and somebody already
//! waits for the next turn, it leaves the database transaction open and waits; whoever finds nobody behind commits
//! for all. One fsync therefore serves everyone who came while the disk or the statements were busy, nobody waits
//! for a timer, and a refusal undoes only its own savepoint.
//!
//! A caller may vanish at any await: a browser that hangs up drops its handler. What opens and ends a turn therefore
//! goes on without its caller ([`ToItsEnd`]); a vanished caller leaves a turn to be undone, never a connection whose
//! state is unknown.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions as _, Connection as _};
use tokio::sync::{Mutex, OwnedMutexGuard, watch};

use super::{DbError, DbResult};

/// A batch never grows beyond this many turns, so that the first in it isn't kept waiting by an endless queue.
const TURNS_PER_COMMIT: usize = 256;

/// SQLite versions below this may lose commits in WAL mode with several connections.
const OLDEST_SAFE: (u32, u32, u32) = (3, 51, 3);

pub(super) struct Writer {
    seat: Arc<Mutex<Seat>>,
    waiting: AtomicUsize,
}

struct Seat {
    conn: Option<SqliteConnection>,
    batch: Option<Batch>,
    /// The turn stands in a savepoint: others are in the batch before it.
    in_savepoint: bool,
    /// A turn was dropped half-way: what it did must be undone by the next to come.
    abandoned: bool,
}

struct Batch {
    turns: usize,
    outcome: watch::Sender<Option<Result<(), String>>>,
}

/// One transaction's turn on the writer.
pub(super) struct Turn {
    seat: Option<OwnedMutexGuard<Seat>>,
    writer: Arc<Writer>,
}

/// Counts a waiter, also when its future is dropped while it waits.
struct Waiting<'a>(&'a Arc<Writer>);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Writer {
    pub(super) async fn open(options: &SqliteConnectOptions) -> DbResult<Arc<Self>> {
        let mut conn = options.connect().await?;
        let (version,): (String,) = sqlx::query_as("SELECT sqlite_version()").fetch_one(&mut conn).await?;
        if parse(&version) < OLDEST_SAFE {
            return Err(DbError::Unfit(format!(
                "SQLite {version} can lose commits; build with 3.51.3 or newer"
            )));
        }
        // Before the schema stands there is nothing to lose, and a start should not wait for the disk once per file. A
        // crash in between leaves a consistent older schema.
        sqlx::query("PRAGMA synchronous = NORMAL").execute(&mut conn).await?;
        super::migrate::sqlite(&mut conn).await?;
        sqlx::query("PRAGMA synchronous = FULL").execute(&mut conn).await?;
        let seat = Seat { conn: Some(conn), batch: None, in_savepoint: false, abandoned: false };
        Ok(Arc::new(Self { seat: Arc::new(Mutex::new(seat)), waiting: AtomicUsize::new(0) }))
    }

    pub(super) async fn begin(this: &Arc<Self>) -> DbResult<Turn> {
        this.waiting.fetch_add(1, Ordering::SeqCst);
        let waiting = Waiting(this);
        let lock = Arc::clone(&this.seat).lock_owned();
        // If this future is dropped while it waits, somebody may have left the commit to it.
        let mut guard = LeftBehind { writer: Some(Arc::clone(this)) };
        let mut seat = lock.await;
        guard.writer = None;
        drop(waiting);
        let writer = Arc::clone(this);
        let opening = ToItsEnd::new(async move {
            if let Err(e) = seat.open_turn().await {
                // Those who left their commit to this turn get it now.
                seat.finish_batch().await;
                return Err(e);
            }
            Ok(Turn { seat: Some(seat), writer })
        });
        opening.await
    }

    /// Undoes what was abandoned and commits what waits, unless somebody else is about to.
    async fn tidy_up(self: Arc<Self>) {
        let mut seat = Arc::clone(&self.seat).lock_owned().await;
        seat.undo_abandoned().await;
        if self.waiting.load(Ordering::SeqCst) == 0 {
            seat.finish_batch().await;
        }
    }

    pub(super) async fn relax(&self, relaxed: bool) -> DbResult<()> {
        let mut seat = self.seat.lock().await;
        seat.undo_abandoned().await;
        seat.finish_batch().await;
        let pragma = if relaxed { "PRAGMA synchronous = OFF" } else { "PRAGMA synchronous = FULL" };
        seat.run(pragma).await?;
        if !relaxed {
            seat.run("PRAGMA wal_checkpoint(TRUNCATE)").await?;
        }
        Ok(())
    }

    pub(super) async fn compact(&self) -> DbResult<()> {
        let mut seat = self.seat.lock().await;
        seat.undo_abandoned().await;
        seat.finish_batch().await;
        seat.run("VACUUM").await?;
        seat.run("PRAGMA wal_checkpoint(TRUNCATE)").await
    }

    pub(super) async fn close(&self) {
        let mut seat = self.seat.lock().await;
        seat.finish_batch().await;
        if let Some(conn) = seat.conn.take()
            && let Err(e) = conn.close().await
        {
            tracing::warn!(error = %e, "closing the store");
        }
    }
}

/// A future that is finished in a task of its own when whoever awaits it lets go. Until then it costs no task.
struct ToItsEnd<F: Future<Output: Send> + Send + 'static>(Option<Pin<Box<F>>>);

impl<F: Future<Output: Send> + Send + 'static> ToItsEnd<F> {
    fn new(future: F) -> Self {
        Self(Some(Box::pin(future)))
    }
}

impl<F: Future<Output: Send> + Send + 'static> Future for ToItsEnd<F> {
    type Output = F::Output;
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let Some(future) = self.0.as_mut() else { return Poll::Pending };
        let polled = future.as_mut().poll(cx);
        if polled.is_ready() {
            self.0 = None;
        }
        polled
    }
}

impl<F: Future<Output: Send> + Send + 'static> Drop for ToItsEnd<F> {
    fn drop(&mut self) {
        if let (Some(rest), Ok(runtime)) = (self.0.take(), tokio::runtime::Handle::try_current()) {
            runtime.spawn(async move { drop(rest.await) });
        }
    }
}

/// Sees to an orphaned batch when a waiter gives up.
struct LeftBehind {
    writer: Option<Arc<Writer>>,
}

impl Drop for LeftBehind {
    fn drop(&mut self) {
        if let Some(writer) = self.writer.take() {
            spawn_tidy_up(writer);
        }
    }
}

fn spawn_tidy_up(writer: Arc<Writer>) {
    if let Ok(runtime) = tokio::runtime::Handle::try_current() {
        runtime.spawn(writer.tidy_up());
    }
}

impl Seat {
    async fn run(&mut self, sql: &'static str) -> DbResult<()> {
        let conn = self.conn.as_mut().ok_or_else(|| DbError::Unfit("the store is closed".to_owned()))?;
        sqlx::query(sql).execute(conn).await?;
        Ok(())
    }

    async fn open_turn(&mut self) -> DbResult<()> {
        self.undo_abandoned().await;
        self.in_savepoint = self.batch.is_some();
        if self.in_savepoint {
            return self.run("SAVEPOINT turn").await;
        }
        self.run("BEGIN IMMEDIATE").await?;
        self.batch = Some(Batch { turns: 0, outcome: watch::Sender::new(None) });
        Ok(())
    }

    /// If the savepoint can't be undone, nothing of the open batch may be kept: all who share it are told.
    async fn undo_abandoned(&mut self) {
        if !std::mem::take(&mut self.abandoned) {
            return;
        }
        if !self.in_savepoint {
            // Nobody shares the batch yet: it ends as one without turns.
            return self.finish_batch().await;
        }
        let undone = match self.run("ROLLBACK TO turn").await {
            Ok(()) => self.run("RELEASE turn").await,
            Err(e) => Err(e),
        };
        if let Err(e) = undone {
            tracing::error!(error = %e, "an abandoned transaction could not be undone");
            let _ = self.run("ROLLBACK").await;
            if let Some(batch) = self.batch.take() {
                batch.outcome.send_replace(Some(Err(e.to_string())));
            }
        }
    }

    /// Commits the open batch and tells everyone in it.
    async fn finish_batch(&mut self) {
        let Some(batch) = self.batch.take() else { return };
        let result = if batch.turns == 0 { self.run("ROLLBACK").await } else { self.run("COMMIT").await };
        if result.is_err() {
            // A failed COMMIT leaves the transaction open; the next batch must not inherit it.
            let _ = self.run("ROLLBACK").await;
        }
        batch.outcome.send_replace(Some(result.map_err(|e| e.to_string())));
    }
}

impl Turn {
    pub(super) fn conn(&mut self) -> &mut SqliteConnection {
        let seat = self.seat.as_mut().and_then(|seat| seat.conn.as_mut());
        // A turn exists only between `begin` and `commit`, and the connection is taken only by `close`.
        #[expect(clippy::expect_used, reason = "upheld by construction, see above")]
        seat.expect("a turn holds the writer connection")
    }

    pub(super) async fn commit(self) -> DbResult<()> {
        let Some(mut outcome) = ToItsEnd::new(self.hand_over()).await? else { return Ok(()) };
        let told = outcome.wait_for(Option::is_some).await.map_err(|_| closed())?;
        match told.as_ref() {
            Some(Ok(())) => Ok(()),
            Some(Err(e)) => Err(DbError::Unfit(format!("commit failed: {e}"))),
            None => Err(closed()),
        }
    }

    /// Adds the turn to the batch and commits it unless somebody waits; answers where the outcome will be told.
    async fn hand_over(mut self) -> DbResult<Option<watch::Receiver<Option<Result<(), String>>>>> {
        let Some(seat) = self.seat.as_mut() else { return Ok(None) };
        if seat.in_savepoint {
            seat.run("RELEASE turn").await?;
        }
        let Some(mut seat) = self.seat.take() else { return Ok(None) };
        let Some(batch) = seat.batch.as_mut() else { return Ok(None) };
        batch.turns += 1;
        let outcome = batch.outcome.subscribe();
        if self.writer.waiting.load(Ordering::SeqCst) == 0 || batch.turns >= TURNS_PER_COMMIT {
            seat.finish_batch().await;
        }
        Ok(Some(outcome))
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if let Some(mut seat) = self.seat.take() {
            seat.abandoned = true;
            drop(seat);
            spawn_tidy_up(Arc::clone(&self.writer));
        }
    }
}

fn closed() -> DbError {
    DbError::Unfit("the store closed before the commit".to_owned())
}

fn parse(version: &str) -> (u32, u32, u32) {
    let mut parts = version.split('.').map(|p| p.parse().unwrap_or(0));
    let mut next = || parts.next().unwrap_or(0);
    (next(), next(), next())
}
