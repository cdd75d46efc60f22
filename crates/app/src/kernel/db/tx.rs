//! A transaction (or a reading session) on either engine.

use std::marker::PhantomData;
use std::sync::Arc;

use base::{IdMaker, Secret, Timestamp};
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnection, PgRow, Postgres};
use sqlx::sqlite::{Sqlite, SqliteConnection, SqliteRow};
use sqlx::{FromRow, Transaction};

use super::columns::{Column, columns, unnest_sql};
use super::readers::Reader;
use super::{Arg, Args, DbError, DbResult, sqlite};
use crate::kernel::jobs::Wake;
use crate::kernel::once;
use crate::kernel::seal::{Sealer, keyed_digest};

/// A row struct (or tuple) that can be read from both engines: `#[derive(sqlx::FromRow)]`.
pub trait DbRow: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}
impl<T> DbRow for T where T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}

/// What a transaction carries besides its connection.
#[derive(Clone)]
pub(crate) struct Ambient {
    pub now: Timestamp,
    pub ids: Arc<IdMaker>,
    pub wake: Wake,
    pub digest_key: [u8; 32],
    pub master_key: Secret<[u8; 32]>,
    /// The repeatable request in whose name this is written.
    pub claim: Option<once::Claim>,
}

/// A write transaction or reading session. The lifetime ties a job's transaction to its context, so that no outside
/// call can be made while it is open.
pub struct Tx<'ctx> {
    conn: Conn,
    ambient: Ambient,
    woken: bool,
    bound: PhantomData<&'ctx mut ()>,
}

enum Conn {
    Sqlite(sqlite::Turn),
    SqliteReader(Reader),
    Postgres(Transaction<'static, Postgres>),
    PostgresReader(PoolConnection<Postgres>),
}

/// A statement put together at run time. Its text can only be made of static parts; every value becomes a numbered
/// placeholder. Only for questions whose shape the operator chooses.
#[derive(Clone, Debug, Default)]
pub(crate) struct Composed {
    text: String,
    args: Args,
}

impl Composed {
    pub(crate) fn push(&mut self, part: &'static str) {
        self.text.push_str(part);
    }

    /// A placeholder for a value.
    pub(crate) fn bind(&mut self, value: impl Into<Arg>) {
        self.args.push(value.into());
        self.text.push('$');
        self.text.push_str(&self.args.len().to_string());
    }

    /// Placeholders for several values, with commas between.
    pub(crate) fn bind_all(&mut self, values: impl IntoIterator<Item = impl Into<Arg>>) {
        for (i, value) in values.into_iter().enumerate() {
            if i > 0 {
                self.text.push_str(", ");
            }
            self.bind(value);
        }
    }
}

/// Binds every value to a query; a macro because the two engines' argument types share no trait of use here.
macro_rules! bound {
    ($query:expr, $args:expr) => {{
        let mut query = $query;
        for arg in $args {
            query = match arg {
                Arg::Int(v) => query.bind(v),
                Arg::Real(v) => query.bind(v),
                Arg::Text(v) => query.bind(v),
                Arg::Bool(v) => query.bind(v),
                Arg::Bytes(v) => query.bind(v),
            };
        }
        query
    }};
}

/// Runs one body for whichever engine the transaction is on. A body that fails leaves by `?`, and its reader with it.
macro_rules! on {
    ($self:ident, $conn:ident => $sqlite:expr, $postgres:expr) => {
        match &mut $self.conn {
            Conn::Sqlite(turn) => {
                let $conn: &mut SqliteConnection = turn.conn();
                $sqlite
            }
            Conn::SqliteReader(reader) => {
                let answer = {
                    let $conn: &mut SqliteConnection = reader.begin();
                    $sqlite
                };
                reader.done();
                answer
            }
            Conn::Postgres(tx) => {
                let $conn: &mut PgConnection = &mut *tx;
                $postgres
            }
            Conn::PostgresReader(pooled) => {
                let $conn: &mut PgConnection = &mut *pooled;
                $postgres
            }
        }
    };
}

impl Tx<'static> {
    pub(super) fn sqlite(turn: sqlite::Turn, ambient: Ambient) -> Self {
        Self { conn: Conn::Sqlite(turn), ambient, woken: false, bound: PhantomData }
    }
    pub(super) fn sqlite_reader(conn: Reader, ambient: Ambient) -> Self {
        Self { conn: Conn::SqliteReader(conn), ambient, woken: false, bound: PhantomData }
    }
    pub(super) fn postgres(tx: Transaction<'static, Postgres>, ambient: Ambient) -> Self {
        Self { conn: Conn::Postgres(tx), ambient, woken: false, bound: PhantomData }
    }
    pub(super) fn postgres_reader(conn: PoolConnection<Postgres>, ambient: Ambient) -> Self {
        Self { conn: Conn::PostgresReader(conn), ambient, woken: false, bound: PhantomData }
    }
}

impl<'ctx> Tx<'ctx> {
    /// Ties this transaction to a shorter borrow: a job's context.
    pub(crate) fn tied<'short>(self) -> Tx<'short> {
        Tx { conn: self.conn, ambient: self.ambient, woken: self.woken, bound: PhantomData }
    }

    /// The instant at which the transaction began; the same for everything written in it.
    #[must_use]
    pub const fn now(&self) -> Timestamp {
        self.ambient.now
    }

    /// A new id such as `ctc_…`, ascending.
    #[must_use]
    pub fn new_id(&self, prefix: &str) -> String {
        self.ambient.ids.make(prefix, self.ambient.now)
    }

    /// What makes ids and nonces.
    #[must_use]
    pub fn ids(&self) -> Arc<IdMaker> {
        Arc::clone(&self.ambient.ids)
    }

    /// An unguessable text of `2 × bytes` characters.
    #[must_use]
    pub fn token(&self, bytes: usize) -> String {
        self.ambient.ids.token(bytes)
    }

    /// A keyed digest of a text under this installation's key, 32 characters: it tells whether two texts are equal and
    /// nothing else about them.
    #[must_use]
    pub fn blind(&self, text: &str) -> String {
        let mut digest = hex::encode(keyed_digest(&self.ambient.digest_key, text.as_bytes()));
        digest.truncate(32);
        digest
    }

    /// A keyed digest of a text for one purpose, under a key of that purpose.
    #[must_use]
    pub fn digest_for(&self, purpose: &str, text: &str) -> [u8; 32] {
        let own = keyed_digest(self.ambient.master_key.reveal(), purpose.as_bytes());
        keyed_digest(&own, text.as_bytes())
    }

    /// What opens and seals values that the database holds.
    #[must_use]
    pub fn sealer(&self) -> Sealer {
        Sealer::new(&self.ambient.master_key)
    }

    /// After commit, tell the job runner that there is work.
    pub(crate) const fn wake_after_commit(&mut self) {
        self.woken = true;
    }

    pub(super) const fn is_sqlite(&self) -> bool {
        matches!(self.conn, Conn::Sqlite(_) | Conn::SqliteReader(_))
    }

    /// Runs a statement; answers the number of rows it touched.
    pub async fn exec(&mut self, sql: &'static str, args: Args) -> DbResult<u64> {
        Ok(on!(self, conn =>
            bound!(sqlx::query(sql), args).execute(conn).await?.rows_affected(),
            bound!(sqlx::query(sql), args).execute(conn).await?.rows_affected()))
    }

    /// All rows.
    pub async fn all<R: DbRow>(&mut self, sql: &'static str, args: Args) -> DbResult<Vec<R>> {
        Ok(on!(self, conn =>
            bound!(sqlx::query_as::<Sqlite, R>(sql), args).fetch_all(conn).await?,
            bound!(sqlx::query_as::<Postgres, R>(sql), args).fetch_all(conn).await?))
    }

    /// All rows, planned anew at each call where plans are kept. PostgreSQL keeps the plan that it made while a table
    /// was empty until somebody analyses the table, and a file of a million people fills one before that.
    pub async fn all_anew<R: DbRow>(&mut self, sql: &'static str, args: Args) -> DbResult<Vec<R>> {
        Ok(on!(self, conn =>
            bound!(sqlx::query_as::<Sqlite, R>(sql), args).fetch_all(conn).await?,
            bound!(sqlx::query_as::<Postgres, R>(sql).persistent(false), args).fetch_all(conn).await?))
    }

    /// The row, if there is one.
    pub async fn opt<R: DbRow>(&mut self, sql: &'static str, args: Args) -> DbResult<Option<R>> {
        Ok(on!(self, conn =>
            bound!(sqlx::query_as::<Sqlite, R>(sql), args).fetch_optional(conn).await?,
            bound!(sqlx::query_as::<Postgres, R>(sql), args).fetch_optional(conn).await?))
    }

    /// Exactly the first row; its absence is a fault.
    pub async fn one<R: DbRow>(&mut self, sql: &'static str, args: Args) -> DbResult<R> {
        self.opt(sql, args).await?.ok_or(DbError::Sqlx(sqlx::Error::RowNotFound))
    }

    /// A count or sum: the first column of the first row, which the SQL must make a BIGINT (`CAST(… AS BIGINT)`).
    pub async fn number(&mut self, sql: &'static str, args: Args) -> DbResult<i64> {
        let (n,): (Option<i64>,) = self.one(sql, args).await?;
        Ok(n.unwrap_or(0))
    }

    /// Inserts many rows. `head` ends before `VALUES`, `tail` is what follows it (`ON CONFLICT …` or empty); every row
    /// has the same number of values, every column one type. Answers the rows touched.
    pub async fn insert_many(
        &mut self,
        head: &'static str,
        rows: Vec<Args>,
        tail: &'static str,
    ) -> DbResult<u64> {
        Ok(on!(self, conn =>
            insert_values(conn, (head, tail), rows).await?,
            insert_arrays(conn, (head, tail), rows).await?))
    }

    /// All rows of a statement that was put together from static parts ([`Composed`]).
    pub(crate) async fn all_composed<R: DbRow>(&mut self, sql: Composed) -> DbResult<Vec<R>> {
        let Composed { text, args } = sql;
        // Safe: `Composed` takes static texts and numbered placeholders only.
        Ok(on!(self, conn =>
            bound!(sqlx::query_as::<Sqlite, R>(sqlx::AssertSqlSafe(text)), args).fetch_all(conn).await?,
            bound!(sqlx::query_as::<Postgres, R>(sqlx::AssertSqlSafe(text)), args).fetch_all(conn).await?))
    }

    /// Makes everything durable; returns after the fsync. On a reading session it only ends it.
    pub async fn commit(mut self) -> DbResult<()> {
        let writes = matches!(self.conn, Conn::Sqlite(_) | Conn::Postgres(_));
        if let Some(claim) = self.ambient.claim.take().filter(|_| writes) {
            once::mark_done(&mut self, &claim).await?;
        }
        match self.conn {
            Conn::Sqlite(turn) => turn.commit().await?,
            Conn::Postgres(tx) => tx.commit().await?,
            Conn::SqliteReader(_) | Conn::PostgresReader(_) => {}
        }
        if self.woken {
            self.ambient.wake.notify();
        }
        Ok(())
    }
}

/// Statements come in few lengths, each a quarter of the one above: an engine that has prepared them all never parses one
/// again, while one length for every number of rows would be parsed anew nearly every time.
async fn insert_values(
    conn: &mut SqliteConnection,
    (head, tail): (&'static str, &'static str),
    rows: Vec<Args>,
) -> DbResult<u64> {
    let mut touched = 0;
    let width = rows.first().map_or(1, Vec::len).max(1);
    let mut rows = rows.into_iter();
    while rows.len() > 0 {
        let length = statement_length(rows.len(), width);
        let sql = values_sql(head, length, width, tail);
        let args: Args = rows.by_ref().take(length).flatten().collect();
        // Safe: the text is made of two static parts and placeholders.
        let query = sqlx::query(sqlx::AssertSqlSafe(sql));
        touched += bound!(query, args).execute(&mut *conn).await?.rows_affected();
    }
    Ok(touched)
}

/// One statement, whatever the number of rows.
async fn insert_arrays(
    conn: &mut PgConnection,
    (head, tail): (&'static str, &'static str),
    rows: Vec<Args>,
) -> DbResult<u64> {
    if rows.is_empty() {
        return Ok(0);
    }
    let uneven = || DbError::Unfit("rows of one insert differ in their columns".to_owned());
    let columns = columns(rows).ok_or_else(uneven)?;
    // Safe: the text is made of two static parts and numbered placeholders.
    let mut query = sqlx::query(sqlx::AssertSqlSafe(unnest_sql(head, &columns, tail)));
    for column in columns {
        query = match column {
            Column::Int(all) => query.bind(all),
            Column::Real(all) => query.bind(all),
            Column::Text(all) => query.bind(all),
            Column::Bool(all) => query.bind(all),
            Column::Bytes(all) => query.bind(all),
        };
    }
    Ok(query.execute(conn).await?.rows_affected())
}

/// The longest of 256, 64, 16, 4 and 1 rows that is to be had and binds no more values than engines take.
fn statement_length(rows: usize, width: usize) -> usize {
    let most = rows.min(8_000 / width);
    [256, 64, 16, 4].into_iter().find(|length| *length <= most).unwrap_or(1)
}

/// SQLite takes `$1` for a name and searches all names before it whenever one is bound, which for a thousand of them
/// costs more than the insert; the places stay nameless.
fn values_sql(head: &str, rows: usize, width: usize, tail: &str) -> String {
    let row = format!("({})", vec!["?"; width].join(", "));
    format!("{head} VALUES {} {tail}", vec![row; rows].join(", "))
}
