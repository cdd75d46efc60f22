//! Reading connections to the SQLite file.
//!
//! A pool made for servers asks a connection whether it is still there each time it comes back, in a task of its own: a
//! trip to the connection's thread, as much as a small query. A file doesn't go away, so ours are handed over as they
//! are, the one used last first. One whose last statement failed or was let go half-way is closed instead.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions as _, Connection as _};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{DbError, DbResult};

/// Reading sessions at once; others wait,
const MOST: u16 = 4;
/// so long at most.
const PATIENCE: Duration = Duration::from_secs(30);

/// Connections are opened when they are first needed.
pub(super) struct Readers {
    options: SqliteConnectOptions,
    places: Arc<Semaphore>,
    free: Mutex<Vec<SqliteConnection>>,
}

impl Readers {
    pub(super) fn new(options: SqliteConnectOptions) -> Arc<Self> {
        Arc::new(Self {
            options,
            places: Arc::new(Semaphore::new(usize::from(MOST))),
            free: Mutex::default(),
        })
    }

    pub(super) async fn take(this: &Arc<Self>) -> DbResult<Reader> {
        let place = tokio::time::timeout(PATIENCE, Arc::clone(&this.places).acquire_owned()).await;
        let place = place.map_err(|_| DbError::Unfit("every reading connection is taken".to_owned()))?;
        let place = place.map_err(|_| DbError::Unfit("the store is closed".to_owned()))?;
        let free = this.free.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let conn = match free {
            Some(conn) => conn,
            None => this.options.connect().await?,
        };
        Ok(Reader { conn: Some(conn), at_work: false, readers: Arc::clone(this), _place: place })
    }

    /// Waits for whoever reads, then closes every connection.
    pub(super) async fn close(&self) {
        let _everybody = self.places.acquire_many(u32::from(MOST)).await;
        self.places.close();
        let free = std::mem::take(&mut *self.free.lock().unwrap_or_else(PoisonError::into_inner));
        for conn in free {
            if let Err(e) = conn.close().await {
                tracing::warn!(error = %e, "closing a reading connection");
            }
        }
    }
}

/// A connection that goes back when it is dropped.
pub(super) struct Reader {
    /// Taken only by the drop.
    conn: Option<SqliteConnection>,
    at_work: bool,
    readers: Arc<Readers>,
    _place: OwnedSemaphorePermit,
}

impl Reader {
    /// For one statement; [`Self::done`] says that it came to its end.
    pub(super) fn begin(&mut self) -> &mut SqliteConnection {
        self.at_work = true;
        #[expect(clippy::expect_used, reason = "taken only by the drop")]
        self.conn.as_mut().expect("a reader holds its connection")
    }

    pub(super) const fn done(&mut self) {
        self.at_work = false;
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        if let Some(conn) = self.conn.take().filter(|_| !self.at_work) {
            self.readers.free.lock().unwrap_or_else(PoisonError::into_inner).push(conn);
        }
    }
}
