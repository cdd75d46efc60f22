//! Every query of the budgets.

use std::collections::BTreeMap;

use base::Day;

use super::model::{Quota, Rule};
use crate::args;
use crate::kernel::db::Tx;
use crate::kernel::http::{AppResult, Scope};
use crate::tenants;

async fn rule(tx: &mut Tx<'_>, scope: &Scope) -> AppResult<Rule> {
    Ok(Rule::named(&tenants::get(tx, scope).await?.broadcast_rule))
}

/// What one group has had in the window of `day`.
pub async fn check(tx: &mut Tx<'_>, scope: &Scope, group: &str, day: Day) -> AppResult<Quota> {
    let window = rule(tx, scope).await?.window(day);
    let used = tx
        .number(
            "SELECT COUNT(*) FROM budgets_use WHERE tenant_id = $1 AND group_id = $2 AND day >= $3 AND day <= $4",
            args![scope.tenant(), group, window.from, window.to],
        )
        .await?;
    Ok(Quota { used, limit: window.limit })
}

/// Broadcasts per group and day between two days, both inclusive; groups and days without one are absent.
pub async fn usage(
    tx: &mut Tx<'_>,
    scope: &Scope,
    groups: &[String],
    from: Day,
    to: Day,
) -> AppResult<BTreeMap<(String, Day), i64>> {
    let mut all = BTreeMap::new();
    for group in groups {
        let rows: Vec<(i64, i64)> = tx
            .all(
                "SELECT day, COUNT(*) FROM budgets_use
                 WHERE tenant_id = $1 AND group_id = $2 AND day >= $3 AND day <= $4 GROUP BY day",
                args![scope.tenant(), group, from, to],
            )
            .await?;
        all.extend(
            rows.into_iter().map(|(day, n)| ((group.clone(), Day(i32::try_from(day).unwrap_or(0))), n)),
        );
    }
    Ok(all)
}

/// Takes a place for `holder` in every group that has one left; answers the groups that have none. Repeating it
/// takes nothing twice.
pub async fn reserve(
    tx: &mut Tx<'_>,
    scope: &Scope,
    holder: &str,
    groups: &[String],
    day: Day,
) -> AppResult<Vec<String>> {
    let window = rule(tx, scope).await?.window(day);
    let now = tx.now();
    let mut full = Vec::new();
    for group in groups {
        let taken = tx
            .exec(
                "INSERT INTO budgets_use (tenant_id, group_id, holder, day, reserved_at)
                 SELECT $1, $2, $3, $4, $5
                 WHERE (SELECT COUNT(*) FROM budgets_use
                        WHERE tenant_id = $1 AND group_id = $2 AND holder <> $3 AND day >= $6 AND day <= $7) < $8
                 ON CONFLICT (tenant_id, group_id, holder) DO UPDATE SET day = excluded.day",
                args![scope.tenant(), group, holder, day, now, window.from, window.to, window.limit],
            )
            .await?;
        if taken == 0 {
            full.push(group.clone());
        }
    }
    Ok(full)
}

/// Gives back every place that `holder` took.
pub async fn release(tx: &mut Tx<'_>, scope: &Scope, holder: &str) -> AppResult<()> {
    tx.exec("DELETE FROM budgets_use WHERE tenant_id = $1 AND holder = $2", args![scope.tenant(), holder])
        .await?;
    Ok(())
}
