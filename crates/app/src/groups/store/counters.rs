//! What the platform counts per owner and day.

use base::Day;
use messenger::groups::DayCounters;

use super::super::rows::CounterRow;
use crate::args;
use crate::kernel::db::{DbResult, Tx};
use crate::kernel::http::{AppResult, Scope};

/// The last day of which an owner's counters are kept.
pub async fn last_counted(tx: &mut Tx<'_>, scope: &Scope, staff: &str) -> DbResult<i64> {
    tx.number(
        "SELECT CAST(COALESCE(MAX(day), 0) AS BIGINT) FROM groups_counter WHERE tenant_id = $1 AND staff_id = $2",
        args![scope.tenant(), staff],
    )
    .await
}

pub async fn write_counters(
    tx: &mut Tx<'_>,
    scope: &Scope,
    staff: &str,
    days: &[DayCounters],
) -> DbResult<()> {
    let row = |d: &DayCounters| {
        args![
            scope.tenant(),
            staff,
            d.day,
            d.new_groups,
            d.groups,
            d.groups_with_messages,
            d.new_members,
            d.members,
            d.speakers,
            d.messages
        ]
    };
    tx.insert_many(
        "INSERT INTO groups_counter (tenant_id, staff_id, day, new_groups, groups, groups_with_messages, new_members,
             members, speakers, messages)",
        days.iter().map(row).collect(),
        "ON CONFLICT (tenant_id, staff_id, day) DO UPDATE
         SET new_groups = excluded.new_groups, groups = excluded.groups,
             groups_with_messages = excluded.groups_with_messages, new_members = excluded.new_members,
             members = excluded.members, speakers = excluded.speakers, messages = excluded.messages",
    )
    .await?;
    Ok(())
}

/// The platform's counters of all owners from one day to another, both inclusive, by day and owner.
pub async fn counters(tx: &mut Tx<'_>, scope: &Scope, from: Day, to: Day) -> AppResult<Vec<CounterRow>> {
    let rows = tx
        .all(
            "SELECT staff_id, day, new_groups, groups, groups_with_messages, new_members, members, speakers, messages
             FROM groups_counter WHERE tenant_id = $1 AND day >= $3 AND day <= $4 AND ($2 = '' OR staff_id = $2)
             ORDER BY day, staff_id",
            args![scope.tenant(), scope.reach_key(), from, to],
        )
        .await?;
    Ok(rows)
}
