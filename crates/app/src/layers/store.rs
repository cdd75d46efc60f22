//! Every query of where persons stand and when they are looked at. Reading what they did, cut points, counts and
//! suggestions have files of their own.

pub(super) mod benefits;
pub(super) mod counts;
pub(super) mod cuts;
pub(super) mod measures;
pub(super) mod paths;
pub(super) mod promotions;

use std::collections::BTreeSet;

use base::Timestamp;

use super::model::{Ladder, SOON, Standing};
use super::rows::{MoveRow, PersonRow};
use crate::args;
use crate::kernel::db::{DbResult, Tx};
use crate::kernel::http::{AppResult, Scope};
use crate::privacy::is_counted;

/// A query of where persons stand; the rest says whose.
macro_rules! select_person {
    ($rest:literal) => {
        concat!(
            "SELECT person_id, version, r, f, m, last_day, order_days, net_fen, rfm, rfm_since, rfm_reason, value_level,
                 value_since, value_reason, fan_level, fan_since, fan_reason, stage, stage_since, stage_reason
             FROM layers_person ",
            $rest
        )
    };
}

/// Notes that something happened to people: they are looked at soon. Sorted, so that two transactions never wait for
/// each other.
pub async fn note(tx: &mut Tx<'_>, scope: &Scope, persons: &BTreeSet<&str>) -> AppResult<()> {
    if persons.is_empty() {
        return Ok(());
    }
    let now = tx.now();
    let rows = persons.iter().map(|person| args![scope.tenant(), *person, now, 1]).collect();
    tx.insert_many(
        "INSERT INTO layers_due (tenant_id, person_id, due_at, marks)",
        rows,
        "ON CONFLICT (tenant_id, person_id) DO UPDATE SET marks = layers_due.marks + 1,
             due_at = CASE WHEN layers_due.due_at < excluded.due_at THEN layers_due.due_at ELSE excluded.due_at END",
    )
    .await?;
    tx.enqueue_at(scope.tenant(), &super::jobs::Refresh {}, now.plus(SOON)).await
}

/// A person to be looked at, and how many facts had named her then.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(super) struct DueRow {
    pub person_id: String,
    pub marks: i64,
}

/// Who is due, longest first; then those whose scores are of other cut points than those in force.
pub(super) async fn due(tx: &mut Tx<'_>, scope: &Scope, version: i64, limit: usize) -> DbResult<Vec<DueRow>> {
    let now = tx.now();
    let mut rows: Vec<DueRow> = tx
        .all(
            "SELECT person_id, marks FROM layers_due WHERE tenant_id = $1 AND due_at <= $2
             ORDER BY due_at, person_id LIMIT $3",
            args![scope.tenant(), now, limit],
        )
        .await?;
    if rows.is_empty() {
        // Two statements, each along the index by version; one for both would read everybody to find nobody.
        for other in [
            "SELECT l.person_id, d.marks FROM layers_person l
             JOIN layers_due d ON d.tenant_id = l.tenant_id AND d.person_id = l.person_id
             WHERE l.tenant_id = $1 AND l.version < $2
             ORDER BY l.version, l.person_id LIMIT $3",
            "SELECT l.person_id, d.marks FROM layers_person l
             JOIN layers_due d ON d.tenant_id = l.tenant_id AND d.person_id = l.person_id
             WHERE l.tenant_id = $1 AND l.version > $2
             ORDER BY l.version, l.person_id LIMIT $3",
        ] {
            let left = limit - rows.len();
            rows.extend(tx.all::<DueRow>(other, args![scope.tenant(), version, left]).await?);
        }
    }
    Ok(rows)
}

/// Sets when a person is looked at next, unless a fact named her since `marks` was read.
pub(super) async fn looked(tx: &mut Tx<'_>, scope: &Scope, seen: &DueRow, next: Timestamp) -> DbResult<()> {
    tx.exec(
        "UPDATE layers_due SET due_at = $4 WHERE tenant_id = $1 AND person_id = $2 AND marks = $3",
        args![scope.tenant(), &seen.person_id, seen.marks, next],
    )
    .await?;
    Ok(())
}

/// Customers nobody has looked at yet become due; answers how many.
pub(super) async fn enter_unknown(tx: &mut Tx<'_>, scope: &Scope, limit: i64) -> DbResult<u64> {
    let now = tx.now();
    tx.exec(
        concat!(
            "INSERT INTO layers_due (tenant_id, person_id, due_at, marks)
         SELECT p.tenant_id, p.id, $2, 1 FROM people_person p
         WHERE p.tenant_id = $1 AND ",
            is_counted!("p.kind"),
            " AND NOT EXISTS (SELECT 1 FROM layers_due d
             WHERE d.tenant_id = $1 AND d.person_id = p.id) ORDER BY p.id LIMIT $3
         ON CONFLICT (tenant_id, person_id) DO NOTHING"
        ),
        args![scope.tenant(), now, limit],
    )
    .await
}

/// Who stands on a layer without counting any more, whatever told us so or didn't: becomes due.
pub(super) async fn recheck_barred(tx: &mut Tx<'_>, scope: &Scope) -> DbResult<u64> {
    let now = tx.now();
    tx.exec(
        concat!("UPDATE layers_due SET due_at = $2, marks = marks + 1 WHERE tenant_id = $1 AND due_at > $2 AND person_id IN (
             SELECT l.person_id FROM layers_person l
             JOIN people_person p ON p.tenant_id = l.tenant_id AND p.id = l.person_id
             WHERE l.tenant_id = $1 AND NOT (", is_counted!("p.kind"), "))"),
        args![scope.tenant(), now],
    )
    .await
}

/// Where a person stands.
pub(super) async fn of_person(tx: &mut Tx<'_>, scope: &Scope, person: &str) -> DbResult<Option<PersonRow>> {
    tx.opt(select_person!("WHERE tenant_id = $1 AND person_id = $2"), args![scope.tenant(), person]).await
}

/// Her steps, newest first.
pub(super) async fn moves_of(tx: &mut Tx<'_>, scope: &Scope, person: &str) -> DbResult<Vec<MoveRow>> {
    tx.all(
        "SELECT ladder, from_level, to_level, reason, at FROM layers_move
         WHERE tenant_id = $1 AND person_id = $2 ORDER BY id DESC LIMIT 40",
        args![scope.tenant(), person],
    )
    .await
}

/// Writes where a person stands.
pub(super) async fn save(tx: &mut Tx<'_>, scope: &Scope, row: &PersonRow) -> DbResult<()> {
    tx.exec(
        "INSERT INTO layers_person (tenant_id, person_id, version, r, f, m, last_day, order_days, net_fen, rfm,
             rfm_since, rfm_reason, value_level, value_since, value_reason, fan_level, fan_since, fan_reason, stage,
             stage_since, stage_reason)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)
         ON CONFLICT (tenant_id, person_id) DO UPDATE SET version = excluded.version, r = excluded.r, f = excluded.f,
             m = excluded.m, last_day = excluded.last_day, order_days = excluded.order_days,
             net_fen = excluded.net_fen, rfm = excluded.rfm, rfm_since = excluded.rfm_since,
             rfm_reason = excluded.rfm_reason, value_level = excluded.value_level,
             value_since = excluded.value_since, value_reason = excluded.value_reason,
             fan_level = excluded.fan_level, fan_since = excluded.fan_since, fan_reason = excluded.fan_reason,
             stage = excluded.stage, stage_since = excluded.stage_since, stage_reason = excluded.stage_reason",
        args![
            scope.tenant(),
            &row.person_id,
            row.version,
            row.r,
            row.f,
            row.m,
            row.last_day,
            row.order_days,
            row.net_fen,
            &row.rfm,
            row.rfm_since,
            &row.rfm_reason,
            &row.value_level,
            row.value_since,
            &row.value_reason,
            &row.fan_level,
            row.fan_since,
            &row.fan_reason,
            &row.stage,
            row.stage_since,
            &row.stage_reason
        ],
    )
    .await?;
    Ok(())
}

/// Takes a person off every layer.
pub(super) async fn forget(tx: &mut Tx<'_>, scope: &Scope, person: &str) -> DbResult<()> {
    tx.exec(
        "DELETE FROM layers_person WHERE tenant_id = $1 AND person_id = $2",
        args![scope.tenant(), person],
    )
    .await?;
    Ok(())
}

/// Writes down one step.
pub(super) async fn note_move(
    tx: &mut Tx<'_>,
    scope: &Scope,
    person: &str,
    (ladder, from, to, reason): (Ladder, &str, &str, &str),
) -> DbResult<()> {
    let (id, now) = (tx.new_id("lmv"), tx.now());
    tx.exec(
        "INSERT INTO layers_move (tenant_id, id, person_id, ladder, from_level, to_level, reason, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        args![scope.tenant(), id, person, ladder.word(), from, to, reason, now],
    )
    .await?;
    Ok(())
}

impl PersonRow {
    /// The word of a ladder's level, and since when.
    pub(super) fn on(&self, ladder: Ladder) -> (&str, i64) {
        match ladder {
            Ladder::Rfm => (&self.rfm, self.rfm_since),
            Ladder::Value => (&self.value_level, self.value_since),
            Ladder::Fan => (&self.fan_level, self.fan_since),
            Ladder::Stage => (&self.stage, self.stage_since),
        }
    }

    /// The row for where she stands now; a level she keeps began when it began.
    pub(super) fn next(before: Option<&Self>, person: &str, standing: &Standing, now: Timestamp) -> Self {
        let of = |ladder: Ladder| {
            let (level, reason) = standing.on(ladder);
            let since =
                before.map(|b| b.on(ladder)).filter(|(was, _)| *was == level).map_or(now.0, |(_, at)| at);
            (level.to_owned(), since, reason.to_owned())
        };
        let (rfm, rfm_since, rfm_reason) = of(Ladder::Rfm);
        let (value_level, value_since, value_reason) = of(Ladder::Value);
        let (fan_level, fan_since, fan_reason) = of(Ladder::Fan);
        let (stage, stage_since, stage_reason) = of(Ladder::Stage);
        let (r, f, m) = standing.cell.map_or((0, 0, 0), |c| (c.r, c.f, c.m));
        Self {
            person_id: person.to_owned(),
            version: 0,
            r,
            f,
            m,
            last_day: -1,
            order_days: 0,
            net_fen: 0,
            rfm,
            rfm_since,
            rfm_reason,
            value_level,
            value_since,
            value_reason,
            fan_level,
            fan_since,
            fan_reason,
            stage,
            stage_since,
            stage_reason,
        }
    }
}
