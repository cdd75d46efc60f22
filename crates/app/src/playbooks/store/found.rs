//! Posts by what they are called.

use super::super::rows::FoundPost;
use crate::args;
use crate::kernel::db::Tx;
use crate::kernel::http::{AppResult, Scope};

/// Posts within reach whose title fits, the nearest in time first: a recurring post has many days, and the one that is
/// meant is the last or the next.
pub async fn find(tx: &mut Tx<'_>, scope: &Scope, pattern: &str, limit: usize) -> AppResult<Vec<FoundPost>> {
    let now = tx.now();
    Ok(tx
        .all(
            "SELECT p.id, p.title, p.community_id, c.name AS community_name, p.day, p.minute, p.state, p.prompted_at
             FROM playbooks_post p
             JOIN communities_community c ON c.tenant_id = p.tenant_id AND c.id = p.community_id
             WHERE p.tenant_id = $1 AND p.search LIKE $3 ESCAPE '!' AND ($2 = '' OR p.community_id IN (
                 SELECT g.community_id FROM groups_group g JOIN groups_duty d
                   ON d.tenant_id = g.tenant_id AND d.group_id = g.id AND d.staff_id = $2 WHERE g.tenant_id = $1))
             ORDER BY ABS(p.due_at - $4), p.id LIMIT $5",
            args![scope.tenant(), scope.reach_key(), pattern, now, limit],
        )
        .await?)
}
