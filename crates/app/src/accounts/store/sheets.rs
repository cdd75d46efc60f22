//! The inbox's rows: sheets of callbacks of one account that came together.
//!
//! A row's key is the number of its first callback, and the next row begins behind its last: two nodes that number
//! from the same end choose the same key, and the key refuses the later one.

use crate::accounts::model::{self, Sheet};
use crate::accounts::rows::{InboxRow, SheetRow};
use crate::args;
use crate::kernel::db::{DbResult, Tx};
use crate::kernel::http::{AppResult, Paging, Scope};
use crate::kernel::search;

/// Sheets read at once for a page: each may be long.
const AT_ONCE: usize = 16;

/// Appends a sheet under the number of its first callback.
pub async fn append(tx: &mut Tx<'_>, tenant: &str, seq: i64, sheet: &Sheet<'_>) -> DbResult<()> {
    tx.exec(
        "INSERT INTO accounts_inbox (tenant_id, seq, many, account_id, received_at, body)
         VALUES ($1, $2, $3, $4, $5, $6)",
        args![tenant, seq, sheet.callbacks.len(), sheet.account, sheet.received_at(), sheet.body()],
    )
    .await?;
    Ok(())
}

/// The highest number given to a callback of this tenant.
pub async fn last_seq(tx: &mut Tx<'_>, tenant: &str) -> DbResult<i64> {
    // The cursor keeps the number alive when every row was pruned.
    tx.number(
        "SELECT CAST(COALESCE(MAX(seq), 0) AS BIGINT) FROM (
             SELECT seq + many - 1 AS seq FROM accounts_inbox WHERE tenant_id = $1
               AND seq = (SELECT MAX(seq) FROM accounts_inbox WHERE tenant_id = $1)
             UNION ALL SELECT seq FROM accounts_cursor WHERE tenant_id = $1) AS known",
        args![tenant],
    )
    .await
}

/// Callbacks after a number, oldest first: of as many whole sheets as hold up to `limit`, or the first `limit` of one.
pub async fn inbox_after(
    tx: &mut Tx<'_>,
    tenant: &str,
    after: i64,
    limit: usize,
) -> AppResult<Vec<InboxRow>> {
    // The sheet that holds the number itself may hold later ones too. Keys first: bodies are long.
    let keys: Vec<(i64, i64)> = tx
        .all(
            "SELECT seq, many FROM accounts_inbox WHERE tenant_id = $1
               AND seq >= COALESCE((SELECT MAX(seq) FROM accounts_inbox WHERE tenant_id = $1 AND seq <= $2), 0)
               AND seq + many - 1 > $2
             ORDER BY seq LIMIT $3",
            args![tenant, after, limit],
        )
        .await?;
    let Some((first, mut last)) = keys.first().map(|(seq, _)| (*seq, *seq)) else { return Ok(Vec::new()) };
    let most = i64::try_from(limit).unwrap_or(i64::MAX);
    for (seq, many) in &keys {
        if seq + many - 1 - after > most {
            break;
        }
        last = *seq;
    }
    let sheets: Vec<SheetRow> = tx
        .all(
            "SELECT seq, many, account_id, received_at, body FROM accounts_inbox
             WHERE tenant_id = $1 AND seq >= $2 AND seq <= $3 ORDER BY seq",
            args![tenant, first, last],
        )
        .await?;
    let mut rows = Vec::new();
    for sheet in sheets {
        rows.extend(model::unfold(sheet)?.into_iter().filter(|row| row.seq > after));
    }
    rows.truncate(limit);
    Ok(rows)
}

/// The latest callbacks of an account, newest first; `page.after` is the last number of the page before.
pub async fn inbox_latest(
    tx: &mut Tx<'_>,
    scope: &Scope,
    account: &str,
    page: &Paging,
) -> AppResult<Vec<InboxRow>> {
    let mut before: i64 = page.after.parse().unwrap_or(i64::MAX);
    let mut rows: Vec<InboxRow> = Vec::new();
    while rows.len() < page.probe() {
        let sheets: Vec<SheetRow> = tx
            .all(
                "SELECT seq, many, account_id, received_at, body FROM accounts_inbox
                 WHERE tenant_id = $1 AND account_id = $2 AND seq < $3 ORDER BY seq DESC LIMIT $4",
                args![scope.tenant(), account, before, AT_ONCE],
            )
            .await?;
        if sheets.is_empty() {
            break;
        }
        for sheet in sheets {
            let end = std::mem::replace(&mut before, sheet.seq);
            rows.extend(model::unfold(sheet)?.into_iter().rev().filter(|row| row.seq < end));
        }
    }
    rows.truncate(page.probe());
    Ok(rows)
}

/// How many sheets that were not wholly acted upon hold a text.
pub async fn unread_callbacks(tx: &mut Tx<'_>, scope: &Scope, text: &str) -> DbResult<i64> {
    tx.number(
        "SELECT CAST(COUNT(*) AS BIGINT) FROM accounts_inbox i
         LEFT JOIN accounts_cursor c ON c.tenant_id = i.tenant_id
         WHERE i.tenant_id = $1 AND i.seq + i.many - 1 > COALESCE(c.seq, 0) AND i.body LIKE $2 ESCAPE '!'",
        args![scope.tenant(), search::inside(text)],
    )
    .await
}

/// The callbacks that hold a text, oldest first.
pub async fn callbacks_with(tx: &mut Tx<'_>, scope: &Scope, text: &str) -> AppResult<Vec<InboxRow>> {
    let sheets: Vec<SheetRow> = tx
        .all(
            "SELECT seq, many, account_id, received_at, body FROM accounts_inbox
             WHERE tenant_id = $1 AND body LIKE $2 ESCAPE '!' ORDER BY seq",
            args![scope.tenant(), search::inside(text)],
        )
        .await?;
    let mut found = Vec::new();
    for sheet in sheets {
        found.extend(model::unfold(sheet)?.into_iter().filter(|row| row.body.contains(text)));
    }
    Ok(found)
}

/// Deletes callbacks that hold a text, of sheets that were acted upon; what came together with them stays. Answers how
/// many.
pub async fn forget_callbacks(tx: &mut Tx<'_>, scope: &Scope, text: &str) -> AppResult<u64> {
    let sheets: Vec<SheetRow> = tx
        .all(
            "SELECT seq, many, account_id, received_at, body FROM accounts_inbox
             WHERE tenant_id = $1 AND body LIKE $2 ESCAPE '!'
               AND seq + many - 1 <= (SELECT c.seq FROM accounts_cursor c WHERE c.tenant_id = $1)
             ORDER BY seq",
            args![scope.tenant(), search::inside(text)],
        )
        .await?;
    let mut forgotten = 0;
    for sheet in sheets {
        let (seq, many) = (sheet.seq, sheet.many);
        let (body, gone) = model::without(sheet, text)?;
        forgotten += gone;
        if many == 1 {
            tx.exec(
                "DELETE FROM accounts_inbox WHERE tenant_id = $1 AND seq = $2",
                args![scope.tenant(), seq],
            )
            .await?;
        } else {
            tx.exec(
                "UPDATE accounts_inbox SET body = $3 WHERE tenant_id = $1 AND seq = $2",
                args![scope.tenant(), seq, body],
            )
            .await?;
        }
    }
    Ok(forgotten)
}
