//! One store, two engines: SQLite inside the process, PostgreSQL beside it. The same SQL text runs on both.
//!
//! - [`Db::begin`] opens a write transaction, [`Db::read`] a reading session; both give a [`Tx`].
//! - SQL is static text with `$1` placeholders; values come from [`args!`](crate::args).
//! - On SQLite there is one writer connection. Transactions that queue for it share one commit and one fsync, each in
//!   its own savepoint (see [`sqlite`]). `commit` returns only after that fsync.

mod args;
mod columns;
mod dialect;
mod migrate;
mod readers;
mod sqlite;
mod statistics;
mod template;
#[cfg(test)]
mod tests;
mod tx;

use std::path::Path;
use std::str::FromStr as _;
use std::sync::Arc;

use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};

pub use args::{Arg, Args};
pub use migrate::MIGRATIONS;
use readers::Readers;
pub use template::make as make_template;
pub(crate) use tx::Composed;
pub use tx::{DbRow, Tx};

/// What a query can fail with. Unique violations are the only kind that slices look at.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    #[error(transparent)]
    Sqlx(#[from] sqlx::Error),
    #[error("{0}")]
    Unfit(String),
}

impl DbError {
    /// The statement broke a unique key.
    #[must_use]
    pub fn is_unique(&self) -> bool {
        matches!(self, Self::Sqlx(sqlx::Error::Database(e)) if e.is_unique_violation())
    }
}

pub type DbResult<T> = Result<T, DbError>;

/// Where the data lies.
#[derive(Clone, Debug)]
pub enum Location {
    /// A file of our own.
    SqliteFile(std::path::PathBuf),
    /// `postgres://…`
    Postgres(base::Secret<String>),
}

#[derive(Clone)]
pub struct Db {
    engine: Engine,
}

#[derive(Clone)]
enum Engine {
    Sqlite { writer: Arc<sqlite::Writer>, readers: Arc<Readers> },
    Postgres(PgPool),
}

impl Db {
    /// Opens the store and brings its schema up to date.
    ///
    /// # Errors
    /// [`DbError::Unfit`] with the cure in the sentence when the engine can't be used.
    pub async fn open(location: &Location) -> DbResult<Self> {
        match location {
            Location::SqliteFile(path) => Self::open_sqlite(path).await,
            Location::Postgres(url) => Self::open_postgres(url.reveal()).await,
        }
    }

    async fn open_sqlite(path: &Path) -> DbResult<Self> {
        template::lay(path)?;
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(std::time::Duration::from_secs(10))
            .statement_cache_capacity(1_000)
            // Rows come from another thread; each time this many are waiting it has to be woken anew.
            .row_buffer_size(1_000)
            .pragma("cache_size", "-16000")
            .pragma("temp_store", "memory");
        let writer = sqlite::Writer::open(&options).await?;
        let readers = Readers::new(options.read_only(true));
        Ok(Self { engine: Engine::Sqlite { writer, readers } })
    }

    async fn open_postgres(url: &str) -> DbResult<Self> {
        let options = PgConnectOptions::from_str(url)?
            .application_name("huoqun")
            .statement_cache_capacity(1_000)
            .options([("statement_timeout", "30000"), ("idle_in_transaction_session_timeout", "60000")]);
        let pool = PgPoolOptions::new().max_connections(16).connect_with(options).await?;
        let (collation,): (String,) =
            sqlx::query_as("SELECT datcollate FROM pg_database WHERE datname = current_database()")
                .fetch_one(&pool)
                .await?;
        if !matches!(collation.as_str(), "C" | "POSIX" | "C.UTF-8" | "C.utf8") {
            return Err(DbError::Unfit(format!(
                "the PostgreSQL database sorts text by {collation}; create it with LC_COLLATE 'C.UTF-8' TEMPLATE template0"
            )));
        }
        migrate::postgres(&pool).await?;
        Ok(Self { engine: Engine::Postgres(pool) })
    }

    /// Opens a write transaction. Dropping it without [`Tx::commit`] undoes it.
    pub(crate) async fn begin(&self, ambient: tx::Ambient) -> DbResult<Tx<'static>> {
        match &self.engine {
            Engine::Sqlite { writer, .. } => Ok(Tx::sqlite(sqlite::Writer::begin(writer).await?, ambient)),
            Engine::Postgres(pool) => Ok(Tx::postgres(pool.begin().await?, ambient)),
        }
    }

    /// Opens a reading session: statements see committed data; writing is refused.
    pub(crate) async fn read(&self, ambient: tx::Ambient) -> DbResult<Tx<'static>> {
        match &self.engine {
            Engine::Sqlite { readers, .. } => Ok(Tx::sqlite_reader(Readers::take(readers).await?, ambient)),
            Engine::Postgres(pool) => Ok(Tx::postgres_reader(pool.acquire().await?, ambient)),
        }
    }

    /// Trades durability for speed on SQLite while a demo lives its history; full again with `false`.
    ///
    /// # Errors
    /// When the engine refuses the setting.
    pub async fn relax_durability(&self, relaxed: bool) -> DbResult<()> {
        match &self.engine {
            Engine::Sqlite { writer, .. } => writer.relax(relaxed).await,
            Engine::Postgres(_) => Ok(()),
        }
    }

    /// Rewrites the file without what was deleted from it. A server has its own housekeeping and needs nothing.
    ///
    /// # Errors
    /// When the engine refuses, for example because the disk is full.
    pub async fn compact(&self) -> DbResult<()> {
        match &self.engine {
            Engine::Sqlite { writer, .. } => writer.compact().await,
            Engine::Postgres(_) => Ok(()),
        }
    }

    /// `sqlite` or `postgres`, for health and metrics; never for deciding what SQL to run.
    #[must_use]
    pub const fn engine_name(&self) -> &'static str {
        match self.engine {
            Engine::Sqlite { .. } => "sqlite",
            Engine::Postgres(_) => "postgres",
        }
    }

    /// Whether no other process can have this store open, so that leases found at the start are nobody's.
    #[must_use]
    pub const fn has_sole_owner(&self) -> bool {
        matches!(self.engine, Engine::Sqlite { .. })
    }

    pub async fn close(&self) {
        match &self.engine {
            Engine::Sqlite { writer, readers } => {
                readers.close().await;
                writer.close().await;
            }
            Engine::Postgres(pool) => pool.close().await,
        }
    }
}

pub(crate) use tx::Ambient;
