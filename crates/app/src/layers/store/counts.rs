//! Counting persons on layers, and those who went from one level to another. An operator with own groups only counts
//! those she reaches.

use super::super::model::Ladder;
use super::super::rows::ListedRow;
use crate::args;
use crate::kernel::db::{DbResult, Tx};
use crate::kernel::http::{Paging, Scope};

/// A question about persons within reach; `$2` is the reach.
macro_rules! within_reach {
    ($before:expr, $id:literal, $after:literal) => {
        concat!($before, " AND ", crate::privacy::in_reach!($id), " ", $after)
    };
}

/// Persons of one cell.
#[derive(Clone, Debug, serde::Serialize, sqlx::FromRow, utoipa::ToSchema)]
#[schema(as = RfmCell)]
pub struct CellCount {
    pub r: i64,
    pub f: i64,
    pub m: i64,
    pub persons: i64,
    /// Fen paid and kept by them within the window.
    pub net_fen: i64,
}

/// Persons per cell; only buyers within the window are in any.
pub async fn cells(tx: &mut Tx<'_>, scope: &Scope) -> DbResult<Vec<CellCount>> {
    tx.all(
        within_reach!(
            "SELECT l.r, l.f, l.m, CAST(COUNT(*) AS BIGINT) AS persons, CAST(SUM(l.net_fen) AS BIGINT) AS net_fen
             FROM layers_person l WHERE l.tenant_id = $1 AND l.r > 0",
            "l.person_id",
            "GROUP BY l.r, l.f, l.m ORDER BY l.r DESC, l.f DESC, l.m DESC"
        ),
        args![scope.tenant(), scope.reach_key()],
    )
    .await
}

/// Persons per level of a ladder.
pub async fn levels(tx: &mut Tx<'_>, scope: &Scope, ladder: Ladder) -> DbResult<Vec<(String, i64)>> {
    let sql = match ladder {
        Ladder::Rfm => within_reach!(
            "SELECT l.rfm, CAST(COUNT(*) AS BIGINT) FROM layers_person l WHERE l.tenant_id = $1",
            "l.person_id",
            "GROUP BY l.rfm"
        ),
        Ladder::Value => within_reach!(
            "SELECT l.value_level, CAST(COUNT(*) AS BIGINT) FROM layers_person l WHERE l.tenant_id = $1",
            "l.person_id",
            "GROUP BY l.value_level"
        ),
        Ladder::Fan => within_reach!(
            "SELECT l.fan_level, CAST(COUNT(*) AS BIGINT) FROM layers_person l WHERE l.tenant_id = $1",
            "l.person_id",
            "GROUP BY l.fan_level"
        ),
        Ladder::Stage => within_reach!(
            "SELECT l.stage, CAST(COUNT(*) AS BIGINT) FROM layers_person l WHERE l.tenant_id = $1",
            "l.person_id",
            "GROUP BY l.stage"
        ),
    };
    tx.all(sql, args![scope.tenant(), scope.reach_key()]).await
}

/// Persons who went from one level to another within a period, each way.
#[derive(Clone, Debug, serde::Serialize, sqlx::FromRow, utoipa::ToSchema)]
#[schema(as = LadderFlow)]
pub struct Flow {
    /// Empty for the first level ever.
    pub from_level: String,
    /// Empty when she is no longer counted.
    pub to_level: String,
    /// Different persons; who went twice counts once.
    pub persons: i64,
}

/// Steps on a ladder from one instant up to another.
pub async fn flows(
    tx: &mut Tx<'_>,
    scope: &Scope,
    ladder: Ladder,
    (from, to): (i64, i64),
) -> DbResult<Vec<Flow>> {
    tx.all(
        within_reach!(
            "SELECT v.from_level, v.to_level, CAST(COUNT(DISTINCT v.person_id) AS BIGINT) AS persons
             FROM layers_move v WHERE v.tenant_id = $1 AND v.ladder = $3 AND v.at >= $4 AND v.at < $5",
            "v.person_id",
            "GROUP BY v.from_level, v.to_level ORDER BY v.from_level, v.to_level"
        ),
        args![scope.tenant(), scope.reach_key(), ladder.word(), from, to],
    )
    .await
}

/// What a list of persons is narrowed to; empty texts and zeros don't narrow.
#[derive(Clone, Debug, Default)]
pub struct Only {
    pub pattern: String,
    pub rfm: String,
    pub value: String,
    pub fan: String,
    pub stage: String,
    pub r: i64,
    pub f: i64,
    pub m: i64,
}

/// Persons on layers by id, oldest first.
pub async fn persons(tx: &mut Tx<'_>, scope: &Scope, page: &Paging, only: &Only) -> DbResult<Vec<ListedRow>> {
    tx.all(
        within_reach!(
            "SELECT p.id, p.name, p.avatar, l.r, l.f, l.m, l.order_days, l.net_fen, l.rfm, l.value_level, l.fan_level,
                    l.stage
             FROM layers_person l JOIN people_person p ON p.tenant_id = l.tenant_id AND p.id = l.person_id
             WHERE l.tenant_id = $1 AND l.person_id > $3 AND p.name_search LIKE $4 ESCAPE '!'
               AND ($5 = '' OR l.rfm = $5) AND ($6 = '' OR l.value_level = $6) AND ($7 = '' OR l.fan_level = $7)
               AND ($8 = '' OR l.stage = $8) AND ($9 = 0 OR l.r = $9) AND ($10 = 0 OR l.f = $10)
               AND ($11 = 0 OR l.m = $11)",
            "l.person_id",
            "ORDER BY l.person_id LIMIT $12"
        ),
        args![
            scope.tenant(),
            scope.reach_key(),
            &page.after,
            &only.pattern,
            &only.rfm,
            &only.value,
            &only.fan,
            &only.stage,
            only.r,
            only.f,
            only.m,
            page.probe()
        ],
    )
    .await
}

pub(in crate::layers) use within_reach;
