//! Every query of events and their names.

use base::Day;

use super::model::{EventRefusal, MOST_NAMES};
use super::rows::{DayRow, DefinitionRow, EventRow, NewEvent};
use crate::args;
use crate::kernel::db::{DbResult, Tx};
use crate::kernel::http::{AppError, AppResult, Paging, Scope};
use crate::privacy::{in_reach, is_counted};

/// Whom a contact's platform id means; an empty account asks all accounts. More than one answer is ambiguous.
pub(super) async fn by_external_id(
    tx: &mut Tx<'_>,
    scope: &Scope,
    (account, external_id): (&str, &str),
) -> DbResult<Vec<String>> {
    let rows: Vec<(String,)> = tx
        .all(
            "SELECT DISTINCT person_id FROM people_contact
             WHERE tenant_id = $1 AND external_id = $2 AND ($3 = '' OR account_id = $3) LIMIT 2",
            args![scope.tenant(), external_id, account],
        )
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Whom a union id means.
pub(super) async fn by_union_id(tx: &mut Tx<'_>, scope: &Scope, union: &str) -> DbResult<Option<String>> {
    let row: Option<(String,)> = tx
        .opt(
            "SELECT id FROM people_person WHERE tenant_id = $1 AND union_id = $2",
            args![scope.tenant(), union],
        )
        .await?;
    Ok(row.map(|(id,)| id))
}

/// Notes that a name came; refuses when there are too many names.
pub(super) async fn note_name(tx: &mut Tx<'_>, scope: &Scope, name: &str) -> AppResult<()> {
    let now = tx.now();
    let known = tx
        .exec(
            "UPDATE events_definition SET last_at = $3 WHERE tenant_id = $1 AND name = $2",
            args![scope.tenant(), name, now],
        )
        .await?;
    if known == 1 {
        return Ok(());
    }
    let names = tx
        .number(
            "SELECT CAST(COUNT(*) AS BIGINT) FROM events_definition WHERE tenant_id = $1",
            args![scope.tenant()],
        )
        .await?;
    // Two calls at once may pass the bound by a few; it guards against mistakes, not against money lost.
    if names >= MOST_NAMES {
        return Err(EventRefusal::TooManyNames.into());
    }
    tx.exec(
        "INSERT INTO events_definition (tenant_id, name, description, privacy_note, first_at, last_at)
         VALUES ($1, $2, '', '', $3, $3) ON CONFLICT DO NOTHING",
        args![scope.tenant(), name, now],
    )
    .await?;
    Ok(())
}

/// Keeps an event; false when its key came before.
pub(super) async fn insert(tx: &mut Tx<'_>, scope: &Scope, new: &NewEvent<'_>) -> DbResult<bool> {
    let (id, now) = (tx.new_id("evt"), tx.now());
    let fresh = tx
        .exec(
            "INSERT INTO events_event (tenant_id, id, event_key, person_id, name, at, day, properties, received_at,
                 source_id)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING",
            args![
                scope.tenant(),
                id,
                new.key,
                new.person,
                new.name,
                new.at,
                new.day,
                new.properties,
                now,
                new.source
            ],
        )
        .await?;
    Ok(fresh == 1)
}

/// A person's events, latest first. Whether she is within reach was asked before.
pub(super) async fn of_person(
    tx: &mut Tx<'_>,
    scope: &Scope,
    person: &str,
    (at, id): (i64, &str),
    page: &Paging,
) -> DbResult<Vec<EventRow>> {
    tx.all(
        "SELECT id, event_key, name, at, properties, received_at FROM events_event
         WHERE tenant_id = $1 AND person_id = $2 AND (at, id) < ($3, $4) ORDER BY at DESC, id DESC LIMIT $5",
        args![scope.tenant(), person, at, id, page.probe()],
    )
    .await
}

/// The names that came, in order.
pub(super) async fn definitions(tx: &mut Tx<'_>, scope: &Scope) -> DbResult<Vec<DefinitionRow>> {
    tx.all(
        "SELECT name, description, privacy_note, first_at, last_at FROM events_definition
         WHERE tenant_id = $1 ORDER BY name",
        args![scope.tenant()],
    )
    .await
}

pub(super) async fn definition(tx: &mut Tx<'_>, scope: &Scope, name: &str) -> AppResult<DefinitionRow> {
    tx.opt(
        "SELECT name, description, privacy_note, first_at, last_at FROM events_definition
         WHERE tenant_id = $1 AND name = $2",
        args![scope.tenant(), name],
    )
    .await?
    .ok_or_else(AppError::not_found)
}

pub(super) async fn describe(tx: &mut Tx<'_>, scope: &Scope, row: &DefinitionRow) -> DbResult<()> {
    tx.exec(
        "UPDATE events_definition SET description = $3, privacy_note = $4 WHERE tenant_id = $1 AND name = $2",
        args![scope.tenant(), &row.name, &row.description, &row.privacy_note],
    )
    .await?;
    Ok(())
}

/// Events of customers per name and day since `from`, within the caller's reach. Only people who count now are counted:
/// whoever turns out to be a house account leaves the figures.
pub(super) async fn per_day(tx: &mut Tx<'_>, scope: &Scope, from: Day) -> DbResult<Vec<DayRow>> {
    tx.all(
        concat!(
            "SELECT e.name, e.day, CAST(COUNT(*) AS BIGINT) AS events,
                CAST(COUNT(DISTINCT e.person_id) AS BIGINT) AS people
         FROM events_event e JOIN people_person p ON p.tenant_id = e.tenant_id AND p.id = e.person_id
         WHERE e.tenant_id = $1 AND e.day >= $3 AND ",
            is_counted!("p.kind"),
            "
           AND ",
            in_reach!("e.person_id"),
            "
         GROUP BY e.name, e.day ORDER BY e.name, e.day"
        ),
        args![scope.tenant(), scope.reach_key(), from],
    )
    .await
}
