//! The empty store as bytes, so that a first start does not wait for every migration there ever was.
//!
//! `empty.db.z` is made from the migrations by `cargo xtask gen` and committed: 32 bytes that say from which migrations
//! it was made, then an SQLite file, deflated. A template of other migrations is not used: the store is then made step
//! by step, which takes longer and comes to the same.

use std::io::{Read as _, Write as _};
use std::path::Path;

use sha2::{Digest as _, Sha256};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode};
use sqlx::{ConnectOptions as _, Connection as _};

use super::migrate::{self, MIGRATIONS};
use super::{DbError, DbResult};

static TEMPLATE: &[u8] = include_bytes!("empty.db.z");

const DIGEST_LENGTH: usize = 32;

/// Puts the empty store at the path unless something lies there. Power may fail at any moment: the file is whole and on
/// the disk before it bears its name.
pub(super) fn lay(path: &Path) -> DbResult<()> {
    let fresh = TEMPLATE.split_at_checked(DIGEST_LENGTH).filter(|(made_from, _)| *made_from == digest());
    let Some((_, deflated)) = fresh else { return Ok(()) };
    if path.exists() {
        return Ok(());
    }
    let store = inflated(deflated).and_then(|bytes| write_whole(path, &bytes));
    store.map_err(|e| DbError::Unfit(format!("the store {} could not be made: {e}", path.display())))
}

fn inflated(deflated: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    flate2::read::ZlibDecoder::new(deflated).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn write_whole(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    // Another process may have been first; its store is as good.
    match file.persist_noclobber(path) {
        Ok(_) => std::fs::File::open(folder)?.sync_all(),
        Err(e) if e.error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(e) => Err(e.error),
    }
}

/// Makes the template anew from the migrations, in a folder for throw-away files.
///
/// # Errors
/// When the folder can't be written or a migration fails.
pub async fn make(folder: &Path) -> DbResult<Vec<u8>> {
    let (steps, packed) = (folder.join("steps.db"), folder.join("packed.db"));
    let mut conn = SqliteConnectOptions::new().filename(&steps).create_if_missing(true).connect().await?;
    migrate::sqlite(&mut conn).await?;
    // What depends on the moment would make every making another file.
    sqlx::query("UPDATE _sqlx_migrations SET installed_on = '1970-01-01 00:00:00', execution_time = 0")
        .execute(&mut conn)
        .await?;
    sqlx::query("VACUUM INTO $1").bind(packed.to_string_lossy().into_owned()).execute(&mut conn).await?;
    conn.close().await?;
    let keep = SqliteConnectOptions::new().filename(&packed).journal_mode(SqliteJournalMode::Wal);
    let conn: SqliteConnection = keep.connect().await?;
    conn.close().await?;
    let bytes = std::fs::read(&packed).map_err(sqlx::Error::Io)?;
    let mut template = flate2::write::ZlibEncoder::new(digest().to_vec(), flate2::Compression::best());
    template.write_all(&bytes).map_err(sqlx::Error::Io)?;
    Ok(template.finish().map_err(sqlx::Error::Io)?)
}

fn digest() -> [u8; DIGEST_LENGTH] {
    let mut hash = Sha256::new();
    for (version, name, sql) in MIGRATIONS {
        hash.update(format!("{version} {name} {}\n{sql}\n", sql.len()));
    }
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The words of the schema and the rows that migrations put in.
    async fn told(conn: &mut SqliteConnection) -> Vec<(String, String)> {
        let mut all: Vec<(String, String)> =
            sqlx::query_as("SELECT name, COALESCE(sql, '') FROM sqlite_schema ORDER BY type, name")
                .fetch_all(&mut *conn)
                .await
                .expect("a schema");
        let steps: Vec<(String, String)> = sqlx::query_as(
            "SELECT CAST(version AS TEXT), HEX(checksum) FROM _sqlx_migrations ORDER BY version",
        )
        .fetch_all(&mut *conn)
        .await
        .expect("the migrations");
        all.extend(steps);
        let tables: Vec<(String,)> =
            sqlx::query_as("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
                .fetch_all(&mut *conn)
                .await
                .expect("tables");
        for (table,) in tables {
            let count = sqlx::AssertSqlSafe(format!("SELECT COUNT(*) FROM \"{table}\""));
            let (rows,): (i64,) = sqlx::query_as(count).fetch_one(&mut *conn).await.expect("a count");
            all.push((table, rows.to_string()));
        }
        all
    }

    #[tokio::test]
    async fn the_template_is_the_store_that_the_migrations_make() {
        assert_eq!(&TEMPLATE[..DIGEST_LENGTH], digest(), "run `cargo xtask gen` and commit the result");
        let folder = tempfile::tempdir().expect("a folder");
        let (laid, made) = (folder.path().join("laid.db"), folder.path().join("made.db"));
        lay(&laid).expect("a store");
        let mut laid = SqliteConnectOptions::new().filename(&laid).connect().await.expect("the laid store");
        let made = SqliteConnectOptions::new().filename(&made).create_if_missing(true);
        let mut made = made.connect().await.expect("an empty file");
        migrate::sqlite(&mut made).await.expect("every migration");
        assert_eq!(told(&mut laid).await, told(&mut made).await);
    }

    #[test]
    fn what_lies_there_is_never_replaced() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("huoqun.db");
        std::fs::write(&path, "somebody's").expect("a file");
        lay(&path).expect("nothing to do");
        assert_eq!(std::fs::read(&path).expect("the file"), b"somebody's");
    }
}
