//! Every query of communities.

use super::rows::Community;
use crate::args;
use crate::kernel::db::{Args, DbResult, Tx};
use crate::kernel::http::{AppError, AppResult, Paging, Scope};
use crate::kernel::search;

/// One community; an operator with own groups only sees those that hold one of hers.
pub async fn get(tx: &mut Tx<'_>, scope: &Scope, id: &str) -> AppResult<Community> {
    tx.opt(
        "SELECT id, name, kind, tier, segment, status, for_whom, which_need, which_solution, purpose, audience_age,
                audience_sex, audience_region, audience_occupation, value_to_user, entry_fee, traffic_channel, ends_on,
                disposal, created_at, activated_at, closed_at
         FROM communities_community
         WHERE tenant_id = $1 AND id = $3
           AND ($2 = '' OR id IN (SELECT g.community_id FROM groups_group g
                JOIN groups_duty d ON d.tenant_id = g.tenant_id AND d.group_id = g.id
                WHERE g.tenant_id = $1 AND d.staff_id = $2))",
        args![scope.tenant(), scope.reach_key(), id],
    )
    .await?
    .ok_or_else(AppError::not_found)
}

/// Communities by id, oldest first.
pub(super) async fn list(
    tx: &mut Tx<'_>,
    scope: &Scope,
    page: &Paging,
    (pattern, status): (&str, &str),
) -> DbResult<Vec<Community>> {
    tx.all(
        "SELECT id, name, kind, tier, segment, status, for_whom, which_need, which_solution, purpose, audience_age,
                audience_sex, audience_region, audience_occupation, value_to_user, entry_fee, traffic_channel, ends_on,
                disposal, created_at, activated_at, closed_at
         FROM communities_community
         WHERE tenant_id = $1 AND id > $3 AND name_search LIKE $4 ESCAPE '!' AND ($5 = '' OR status = $5)
           AND ($2 = '' OR id IN (SELECT g.community_id FROM groups_group g
                JOIN groups_duty d ON d.tenant_id = g.tenant_id AND d.group_id = g.id
                WHERE g.tenant_id = $1 AND d.staff_id = $2))
         ORDER BY id LIMIT $6",
        args![scope.tenant(), scope.reach_key(), &page.after, pattern, status, page.probe()],
    )
    .await
}

fn values(scope: &Scope, c: &Community) -> Args {
    args![
        scope.tenant(),
        &c.id,
        &c.name,
        search::key(&c.name),
        c.kind.word(),
        c.tier.word(),
        c.segment.clone(),
        c.status.word(),
        &c.for_whom,
        &c.which_need,
        &c.which_solution,
        &c.purpose,
        &c.audience_age,
        &c.audience_sex,
        &c.audience_region,
        &c.audience_occupation,
        &c.value_to_user,
        c.entry_fee,
        &c.traffic_channel,
        c.ends_on,
        &c.disposal,
        c.created_at,
        c.activated_at,
        c.closed_at
    ]
}

/// Writes a community, new or changed.
pub(super) async fn save(tx: &mut Tx<'_>, scope: &Scope, c: &Community) -> DbResult<()> {
    tx.exec(
        "INSERT INTO communities_community (tenant_id, id, name, name_search, kind, tier, segment, status, for_whom,
             which_need, which_solution, purpose, audience_age, audience_sex, audience_region, audience_occupation,
             value_to_user, entry_fee, traffic_channel, ends_on, disposal, created_at, activated_at, closed_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22,
             $23, $24)
         ON CONFLICT (tenant_id, id) DO UPDATE
         SET name = excluded.name, name_search = excluded.name_search, kind = excluded.kind, tier = excluded.tier,
             segment = excluded.segment, status = excluded.status, for_whom = excluded.for_whom,
             which_need = excluded.which_need, which_solution = excluded.which_solution, purpose = excluded.purpose,
             audience_age = excluded.audience_age, audience_sex = excluded.audience_sex,
             audience_region = excluded.audience_region, audience_occupation = excluded.audience_occupation,
             value_to_user = excluded.value_to_user, entry_fee = excluded.entry_fee,
             traffic_channel = excluded.traffic_channel, ends_on = excluded.ends_on, disposal = excluded.disposal,
             activated_at = excluded.activated_at, closed_at = excluded.closed_at",
        values(scope, c),
    )
    .await?;
    Ok(())
}
