//! Plans, and what was decided about their recurring items.

use base::Day;

use super::super::rows::{OverrideRow, PlanRow};
use crate::args;
use crate::kernel::db::Tx;
use crate::kernel::http::{AppError, AppResult, Scope};

/// Keeps a new plan.
pub async fn insert_plan(tx: &mut Tx<'_>, scope: &Scope, plan: &PlanRow) -> AppResult<()> {
    let now = tx.now();
    tx.exec(
        "INSERT INTO playbooks_plan (tenant_id, id, community_id, template, name, link_target, from_day, extended_to,
             status, approve, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        args![
            scope.tenant(),
            &plan.id,
            &plan.community_id,
            &plan.template,
            &plan.name,
            &plan.link_target,
            plan.from_day,
            plan.extended_to,
            &plan.status,
            plan.approve,
            now
        ],
    )
    .await?;
    Ok(())
}

/// Plans within reach, oldest first; an empty `community` means all.
pub async fn plans(tx: &mut Tx<'_>, scope: &Scope, community: &str) -> AppResult<Vec<PlanRow>> {
    Ok(tx
        .all(
            "SELECT p.id, p.community_id, p.template, p.name, p.link_target, p.from_day, p.extended_to, p.status,
                 p.approve
             FROM playbooks_plan p
             WHERE p.tenant_id = $1 AND ($3 = '' OR p.community_id = $3) AND ($2 = '' OR p.community_id IN (
                 SELECT g.community_id FROM groups_group g JOIN groups_duty d
                   ON d.tenant_id = g.tenant_id AND d.group_id = g.id AND d.staff_id = $2 WHERE g.tenant_id = $1))
             ORDER BY p.id",
            args![scope.tenant(), scope.reach_key(), community],
        )
        .await?)
}

/// One plan within reach.
pub async fn plan(tx: &mut Tx<'_>, scope: &Scope, id: &str) -> AppResult<PlanRow> {
    plans(tx, scope, "").await?.into_iter().find(|p| p.id == id).ok_or_else(AppError::not_found)
}

pub async fn set_extended(tx: &mut Tx<'_>, scope: &Scope, plan: &str, to: Day) -> AppResult<()> {
    tx.exec(
        "UPDATE playbooks_plan SET extended_to = $3 WHERE tenant_id = $1 AND id = $2",
        args![scope.tenant(), plan, to],
    )
    .await?;
    Ok(())
}

/// Ends a plan; its open posts are taken out.
pub async fn end_plan(tx: &mut Tx<'_>, scope: &Scope, plan: &str) -> AppResult<()> {
    let now = tx.now();
    tx.exec(
        "UPDATE playbooks_plan SET status = 'ended' WHERE tenant_id = $1 AND id = $2",
        args![scope.tenant(), plan],
    )
    .await?;
    tx.exec(
        "UPDATE playbooks_post SET state = 'skipped', reason = 'playbooks.plan_ended'
         WHERE tenant_id = $1 AND plan_id = $2 AND due_at > $3 AND state IN ('planned', 'approved')",
        args![scope.tenant(), plan, now],
    )
    .await?;
    Ok(())
}

/// Approves every open post of a plan that nothing speaks against; answers how many.
pub async fn approve_plan(tx: &mut Tx<'_>, scope: &Scope, plan: &str) -> AppResult<u64> {
    let now = tx.now();
    Ok(tx
        .exec(
            "UPDATE playbooks_post SET state = 'approved'
             WHERE tenant_id = $1 AND plan_id = $2 AND due_at > $3 AND state = 'planned' AND reason = ''",
            args![scope.tenant(), plan, now],
        )
        .await?)
}

pub async fn overrides(tx: &mut Tx<'_>, scope: &Scope, plan: &str) -> AppResult<Vec<OverrideRow>> {
    Ok(tx
        .all(
            "SELECT item, stopped, minute FROM playbooks_override WHERE tenant_id = $1 AND plan_id = $2",
            args![scope.tenant(), plan],
        )
        .await?)
}

pub async fn set_override(
    tx: &mut Tx<'_>,
    scope: &Scope,
    plan: &str,
    item: &str,
    change: (bool, Option<u16>),
) -> AppResult<()> {
    tx.exec(
        "INSERT INTO playbooks_override (tenant_id, plan_id, item, stopped, minute) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (tenant_id, plan_id, item) DO UPDATE SET stopped = excluded.stopped, minute = excluded.minute",
        args![scope.tenant(), plan, item, change.0, change.1],
    )
    .await?;
    Ok(())
}
