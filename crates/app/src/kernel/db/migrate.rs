//! Migrations: numbered portable SQL, forward only, compiled into the binary.
//!
//! The files are written in PostgreSQL's words. For SQLite the four type words it lacks are exchanged and every
//! table becomes STRICT, so that a text can't slip into a number. A table that closes with `); -- keyed` is there kept
//! in its primary key (WITHOUT ROWID): for narrow rows that are found by their whole key.

use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::postgres::PgPool;
use sqlx::sqlite::SqliteConnection;
use sqlx::{AssertSqlSafe, SqlSafeStr as _, SqlStr};

use super::DbResult;

include!(concat!(env!("OUT_DIR"), "/migrations.rs"));

pub(super) async fn sqlite(conn: &mut SqliteConnection) -> DbResult<()> {
    migrator(sqlite_words).run(&mut *conn).await.map_err(unfit)?;
    super::statistics::write(conn).await
}

pub(super) async fn postgres(pool: &PgPool) -> DbResult<()> {
    migrator(str::to_owned).run(pool).await.map_err(unfit)
}

fn unfit(e: sqlx::migrate::MigrateError) -> super::DbError {
    super::DbError::Unfit(format!("the database could not be brought up to date: {e}"))
}

fn migrator(words: impl Fn(&str) -> String) -> Migrator {
    let migrations = MIGRATIONS.iter().map(|(version, name, sql)| {
        let sql: SqlStr = AssertSqlSafe(words(sql)).into_sql_str();
        Migration::new(*version, (*name).into(), MigrationType::Simple, sql, false)
    });
    Migrator::with_migrations(migrations.collect())
}

fn sqlite_words(sql: &str) -> String {
    sql.replace("BIGINT", "INTEGER")
        .replace("BOOLEAN", "INTEGER")
        .replace("DOUBLE PRECISION", "REAL")
        .replace("BYTEA", "BLOB")
        .replace("\n); -- keyed", "\n) STRICT, WITHOUT ROWID;")
        .replace("\n);", "\n) STRICT;")
}
