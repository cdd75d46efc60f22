//! What SQLite is told about how selective its indexes are.
//!
//! Without statistics SQLite takes the first column of every index for equally telling, so that of two indexes it may
//! choose the one whose only known column is the tenant, and read all of a company's rows once per person. Gathered
//! statistics would change the plans from day to day and from company to company. So the store says of every index,
//! once, the one thing that matters: a tenant has very many rows, and the columns behind it tell them apart as SQLite
//! would otherwise assume of the first. PostgreSQL gathers its own.

use sqlx::AssertSqlSafe;
use sqlx::sqlite::SqliteConnection;

use super::DbResult;
use super::migrate::MIGRATIONS;

/// Rows of a table, rows of one tenant, then 9, 8, 7 … for each column more; 1 at the end of a unique index.
const WRITE: &str = r#"INSERT INTO sqlite_stat1 (tbl, idx, stat)
    SELECT t.name, i.name, '1000000 ' || (
        SELECT GROUP_CONCAT(
            CASE WHEN i."unique" = 1 AND c.seqno = (SELECT MAX(l.seqno) FROM pragma_index_info(i.name) l) THEN 1
                 WHEN c.seqno = 0 THEN 100000
                 ELSE MAX(10 - c.seqno, 2) END, ' ')
        FROM pragma_index_info(i.name) c)
    FROM sqlite_schema t JOIN pragma_index_list(t.name) i
    WHERE t.type = 'table' AND (SELECT f.name FROM pragma_index_info(i.name) f WHERE f.seqno = 0) = 'tenant_id'"#;

/// Writes the statistics when the schema is newer than those that stand, which the file itself remembers.
pub(super) async fn write(conn: &mut SqliteConnection) -> DbResult<()> {
    let newest = MIGRATIONS.last().map_or(0, |(version, ..)| *version);
    let (written,): (i64,) = sqlx::query_as("PRAGMA user_version").fetch_one(&mut *conn).await?;
    if written == newest {
        return Ok(());
    }
    // The first makes the table, the last makes this connection read it.
    for sql in ["ANALYZE", "DELETE FROM sqlite_stat1", WRITE, "ANALYZE sqlite_schema"] {
        sqlx::query(sql).execute(&mut *conn).await?;
    }
    sqlx::query(AssertSqlSafe(format!("PRAGMA user_version = {newest}"))).execute(conn).await?;
    Ok(())
}
