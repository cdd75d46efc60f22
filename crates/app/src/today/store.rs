//! Queries that no single capability answers.

use std::collections::BTreeMap;

use base::Timestamp;

use super::rows::{FailedCode, MissedGreeting, Named};
use crate::args;
use crate::kernel::db::Tx;
use crate::kernel::http::{AppResult, Scope};

/// Greetings missed since then; with a narrow reach only one's own.
pub async fn missed_greetings(
    tx: &mut Tx<'_>,
    scope: &Scope,
    since: Timestamp,
) -> AppResult<Vec<MissedGreeting>> {
    Ok(tx
        .all(
            "SELECT w.id, w.staff_platform_id, w.reason, w.reason_detail, w.ended_at FROM welcome_log w
             WHERE w.tenant_id = $1 AND w.status = 'missed' AND w.ended_at >= $3 AND ($2 = '' OR EXISTS (
                 SELECT 1 FROM staff_member s WHERE s.tenant_id = $1 AND s.id = $2 AND s.account_id = w.account_id
                   AND s.platform_id = w.staff_platform_id))
             ORDER BY w.id DESC LIMIT 50",
            args![scope.tenant(), scope.reach_key(), since],
        )
        .await?)
}

/// Live codes that could not be published; only for those who see everything.
pub async fn failed_codes(tx: &mut Tx<'_>, scope: &Scope) -> AppResult<Vec<FailedCode>> {
    Ok(tx
        .all(
            "SELECT id, title, reason, reason_detail, updated_at FROM live_codes_code
             WHERE tenant_id = $1 AND $2 = '' AND status = 'failed' ORDER BY updated_at DESC LIMIT 50",
            args![scope.tenant(), scope.reach_key()],
        )
        .await?)
}

/// Names of all employees of the tenant by id.
pub async fn staff_names(tx: &mut Tx<'_>, scope: &Scope) -> AppResult<BTreeMap<String, String>> {
    let rows: Vec<Named> =
        tx.all("SELECT id, name FROM staff_member WHERE tenant_id = $1", args![scope.tenant()]).await?;
    Ok(rows.into_iter().map(|n| (n.id, n.name)).collect())
}

/// Names of all communities of the tenant by id.
pub async fn community_names(tx: &mut Tx<'_>, scope: &Scope) -> AppResult<BTreeMap<String, String>> {
    let rows: Vec<Named> = tx
        .all("SELECT id, name FROM communities_community WHERE tenant_id = $1", args![scope.tenant()])
        .await?;
    Ok(rows.into_iter().map(|n| (n.id, n.name)).collect())
}

/// Names of the groups a broadcast's shard goes to.
pub async fn groups_of_shard(tx: &mut Tx<'_>, scope: &Scope, shard: &str) -> AppResult<Vec<String>> {
    let rows: Vec<(String,)> = tx
        .all(
            "SELECT g.name FROM broadcasts_target t JOIN groups_group g ON g.tenant_id = t.tenant_id AND g.id = t.group_id
             WHERE t.tenant_id = $1 AND t.shard_id = $2 AND t.state = 'waiting' ORDER BY g.name",
            args![scope.tenant(), shard],
        )
        .await?;
    Ok(rows.into_iter().map(|(name,)| name).collect())
}
