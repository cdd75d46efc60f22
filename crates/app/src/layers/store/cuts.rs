//! Queries of the versions of the cut points.

use super::super::model::{Buyer, CutSource, CutState, Cuts};
use super::super::rows::CutsRow;
use super::counts::within_reach;
use crate::args;
use crate::kernel::db::{DbResult, Tx};
use crate::kernel::http::{AppError, AppResult, Paging, Scope};

macro_rules! select_cuts {
    ($rest:literal) => {
        concat!(
            "SELECT id, version, source, cuts, buyers, state, made_by, made_at, in_force_at, ended_at, replaced
             FROM layers_cuts ",
            $rest
        )
    };
}

impl CutsRow {
    pub fn points(&self) -> AppResult<Cuts> {
        Ok(serde_json::from_str(&self.cuts)?)
    }
}

/// The version in force.
pub async fn in_force(tx: &mut Tx<'_>, scope: &Scope) -> DbResult<Option<CutsRow>> {
    tx.opt(select_cuts!("WHERE tenant_id = $1 AND state = 'in_force'"), args![scope.tenant()]).await
}

pub async fn get(tx: &mut Tx<'_>, scope: &Scope, id: &str) -> AppResult<CutsRow> {
    tx.opt(select_cuts!("WHERE tenant_id = $1 AND id = $2"), args![scope.tenant(), id])
        .await?
        .ok_or_else(AppError::not_found)
}

pub async fn by_version(tx: &mut Tx<'_>, scope: &Scope, version: i64) -> DbResult<Option<CutsRow>> {
    tx.opt(select_cuts!("WHERE tenant_id = $1 AND version = $2"), args![scope.tenant(), version]).await
}

/// Whether any version ever came into force; drafts alone keep nothing from doing so.
pub async fn ever_in_force(tx: &mut Tx<'_>, scope: &Scope) -> DbResult<bool> {
    let n = tx
        .number(
            "SELECT CAST(COUNT(*) AS BIGINT) FROM layers_cuts WHERE tenant_id = $1 AND in_force_at > 0",
            args![scope.tenant()],
        )
        .await?;
    Ok(n > 0)
}

/// All versions, newest first.
pub async fn list(tx: &mut Tx<'_>, scope: &Scope, page: &Paging) -> DbResult<Vec<CutsRow>> {
    tx.all(
        select_cuts!("WHERE tenant_id = $1 AND ($2 = '' OR id < $2) ORDER BY id DESC LIMIT $3"),
        args![scope.tenant(), &page.after, page.probe()],
    )
    .await
}

/// Writes a draft; answers its id.
pub async fn add(
    tx: &mut Tx<'_>,
    scope: &Scope,
    (cuts, source): (&Cuts, CutSource),
    (buyers, made_by): (usize, &str),
) -> AppResult<String> {
    let (id, now, points) = (tx.new_id("cut"), tx.now(), serde_json::to_string(cuts)?);
    tx.exec(
        "INSERT INTO layers_cuts (tenant_id, id, version, source, cuts, buyers, state, made_by, made_at)
         SELECT $1, $2, COALESCE(MAX(version), 0) + 1, $3, $4, $5, 'draft', $6, $7 FROM layers_cuts
         WHERE tenant_id = $1",
        args![scope.tenant(), &id, source.word(), points, buyers, made_by, now],
    )
    .await?;
    Ok(id)
}

/// Turns a version from one state into another; false when it was not in the first.
pub async fn turn(
    tx: &mut Tx<'_>,
    scope: &Scope,
    id: &str,
    (from, to): (CutState, CutState),
) -> DbResult<bool> {
    let now = tx.now();
    let touched = tx
        .exec(
            "UPDATE layers_cuts SET state = $4,
                 in_force_at = CASE WHEN $4 = 'in_force' THEN $5 ELSE in_force_at END,
                 ended_at = CASE WHEN $4 IN ('former', 'undone') THEN $5 ELSE ended_at END
             WHERE tenant_id = $1 AND id = $2 AND state = $3",
            args![scope.tenant(), id, from.word(), to.word(), now],
        )
        .await?;
    Ok(touched == 1)
}

/// Notes which version a version took the place of.
pub async fn note_replaced(tx: &mut Tx<'_>, scope: &Scope, id: &str, replaced: i64) -> DbResult<()> {
    tx.exec(
        "UPDATE layers_cuts SET replaced = $3 WHERE tenant_id = $1 AND id = $2",
        args![scope.tenant(), id, replaced],
    )
    .await?;
    Ok(())
}

/// A buyer with what scores her, and what she is called now.
pub struct Scored {
    pub buyer: Buyer,
    pub cell: (i64, i64, i64),
    pub rfm: String,
}

/// Everybody within reach who bought within the window, read in portions.
pub async fn buyers(tx: &mut Tx<'_>, scope: &Scope, today: i64) -> DbResult<Vec<Scored>> {
    let mut all: Vec<Scored> = Vec::new();
    let mut after = String::new();
    loop {
        let rows: Vec<BuyerRow> = tx
            .all(
                within_reach!(
                    "SELECT l.person_id, l.last_day, l.order_days, l.net_fen, l.r, l.f, l.m, l.rfm FROM layers_person l
                     WHERE l.tenant_id = $1 AND l.person_id > $3 AND l.order_days > 0",
                    "l.person_id",
                    "ORDER BY l.person_id LIMIT 5000"
                ),
                args![scope.tenant(), scope.reach_key(), &after],
            )
            .await?;
        let Some(last) = rows.last() else { return Ok(all) };
        after.clone_from(&last.person_id);
        all.extend(rows.into_iter().map(|row| Scored {
            buyer: Buyer { age: (today - row.last_day).max(0), order_days: row.order_days, net: row.net_fen },
            cell: (row.r, row.f, row.m),
            rfm: row.rfm,
        }));
    }
}

#[derive(sqlx::FromRow)]
struct BuyerRow {
    person_id: String,
    last_day: i64,
    order_days: i64,
    net_fen: i64,
    r: i64,
    f: i64,
    m: i64,
    rfm: String,
}

/// Buyers whose gaps are read for the middle of all gaps.
const GAP_BUYERS: i64 = 2_000;

/// Days with orders of buyers with three or more of them, `(person, yyyymmdd)`: those who bought last come first.
pub async fn order_days(tx: &mut Tx<'_>, scope: &Scope) -> DbResult<Vec<(String, i64)>> {
    tx.all(
        "SELECT o.person_id, o.day FROM orders_order o JOIN (
             SELECT person_id FROM layers_person WHERE tenant_id = $1 AND order_days >= 3
             ORDER BY last_day DESC, person_id LIMIT $2) b ON b.person_id = o.person_id
         WHERE o.tenant_id = $1 GROUP BY o.person_id, o.day HAVING SUM(o.paid_fen - o.refunded_fen) > 0
         ORDER BY o.person_id, o.day",
        args![scope.tenant(), GAP_BUYERS],
    )
    .await
}
