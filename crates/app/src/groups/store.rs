//! Every query of the groups: what they are, their mirror and their duties here, who is in them in `members.rs`, the
//! platform's counters in `counters.rs`.

mod counters;
mod members;

use base::Timestamp;
use messenger::groups::GroupSnapshot;

use super::rows::{DutyRow, GroupRow, SyncState};
use crate::args;
use crate::kernel::db::{DbResult, Tx};
use crate::kernel::http::{AppError, AppResult, Paging, Scope};
use crate::kernel::search;
use crate::reactions::{self, Fact};

pub use counters::counters;
pub(super) use counters::{last_counted, write_counters};
pub use members::{MemberFilter, members};
pub(super) use members::{
    NewStay, begin_stay, earlier_kind, end_stay, groups_of_person, is_trial, known_members, member, rename,
    set_member_kind, set_staff_kind, settle_eligible, stays_of,
};
pub use members::{eligible_people, open_members};

/// A query of groups with their owners' names; the rest says which.
macro_rules! select_group {
    ($rest:literal) => {
        concat!(
            "SELECT g.id, g.account_id, g.platform_id, g.name, g.notice, g.owner_staff_id, s.name AS owner_name,
                 g.community_id, g.members, g.eligible, g.founded_at, g.dismissed_at, g.synced_at
             FROM groups_group g LEFT JOIN staff_member s ON s.tenant_id = g.tenant_id AND s.id = g.owner_staff_id ",
            $rest
        )
    };
}

/// One group within the caller's reach.
pub async fn get(tx: &mut Tx<'_>, scope: &Scope, id: &str) -> AppResult<GroupRow> {
    tx.opt(
        select_group!(
            "WHERE g.tenant_id = $1 AND g.id = $3
               AND ($2 = '' OR g.id IN (SELECT group_id FROM groups_duty WHERE tenant_id = $1 AND staff_id = $2))"
        ),
        args![scope.tenant(), scope.reach_key(), id],
    )
    .await?
    .ok_or_else(AppError::not_found)
}

/// The group behind a platform's id, once it was read.
pub async fn by_platform_id(
    tx: &mut Tx<'_>,
    scope: &Scope,
    account: &str,
    platform_id: &str,
) -> AppResult<Option<GroupRow>> {
    let row = tx
        .opt(
            select_group!(
                "WHERE g.tenant_id = $1 AND g.account_id = $3 AND g.platform_id = $4 AND g.synced_at > 0
                   AND ($2 = '' OR g.id IN (SELECT group_id FROM groups_duty WHERE tenant_id = $1 AND staff_id = $2))"
            ),
            args![scope.tenant(), scope.reach_key(), account, platform_id],
        )
        .await?;
    Ok(row)
}

/// The living groups of a community, by id.
pub async fn of_community(tx: &mut Tx<'_>, scope: &Scope, community: &str) -> AppResult<Vec<GroupRow>> {
    let rows = tx
        .all(
            select_group!(
                "WHERE g.tenant_id = $1 AND g.community_id = $3 AND g.synced_at > 0 AND g.dismissed_at IS NULL
                   AND ($2 = '' OR g.id IN (SELECT group_id FROM groups_duty WHERE tenant_id = $1 AND staff_id = $2))
                 ORDER BY g.id"
            ),
            args![scope.tenant(), scope.reach_key(), community],
        )
        .await?;
    Ok(rows)
}

/// What a list of groups is narrowed to.
#[derive(Clone, Debug, Default)]
pub(super) struct GroupFilter {
    pub pattern: String,
    /// Empty for all; `none` for groups without one.
    pub community: String,
    pub dismissed: bool,
    /// Empty for all; else the id of a group tag.
    pub tag: String,
}

/// Groups by id, oldest first.
pub(super) async fn list(
    tx: &mut Tx<'_>,
    scope: &Scope,
    page: &Paging,
    filter: &GroupFilter,
) -> DbResult<Vec<GroupRow>> {
    tx.all(
        select_group!(
            "WHERE g.tenant_id = $1 AND g.id > $3 AND g.synced_at > 0 AND g.name_search LIKE $4 ESCAPE '!'
               AND ($5 = '' OR g.community_id = $5 OR ($5 = 'none' AND g.community_id IS NULL))
               AND ($6 = TRUE OR g.dismissed_at IS NULL)
               AND ($8 = '' OR g.id IN (SELECT group_id FROM tags_labelled WHERE tenant_id = $1 AND label_id = $8))
               AND ($2 = '' OR g.id IN (SELECT group_id FROM groups_duty WHERE tenant_id = $1 AND staff_id = $2))
             ORDER BY g.id LIMIT $7"
        ),
        args![
            scope.tenant(),
            scope.reach_key(),
            &page.after,
            &filter.pattern,
            &filter.community,
            filter.dismissed,
            page.probe(),
            &filter.tag
        ],
    )
    .await
}

/// Puts a group into a community, or takes it out.
pub async fn set_community(
    tx: &mut Tx<'_>,
    scope: &Scope,
    group: &str,
    community: Option<&str>,
) -> AppResult<()> {
    tx.exec(
        "UPDATE groups_group SET community_id = $3 WHERE tenant_id = $1 AND id = $2",
        args![scope.tenant(), group, community],
    )
    .await?;
    let (group, community, at) = (group.to_owned(), community.map(str::to_owned), tx.now());
    reactions::on(tx, scope, &Fact::GroupPlaced { group, community, at }).await
}

/// Employees who answer for a group.
pub(super) async fn duties(tx: &mut Tx<'_>, scope: &Scope, group: &str) -> DbResult<Vec<DutyRow>> {
    tx.all(
        "SELECT staff_id, role FROM groups_assigned WHERE tenant_id = $1 AND group_id = $2 ORDER BY role DESC, staff_id",
        args![scope.tenant(), group],
    )
    .await
}

pub(super) async fn set_duties(
    tx: &mut Tx<'_>,
    scope: &Scope,
    group: &str,
    duties: &[DutyRow],
) -> DbResult<()> {
    tx.exec(
        "DELETE FROM groups_assigned WHERE tenant_id = $1 AND group_id = $2",
        args![scope.tenant(), group],
    )
    .await?;
    let rows = duties.iter().map(|d| args![scope.tenant(), &d.staff_id, group, &d.role]).collect();
    tx.insert_many("INSERT INTO groups_assigned (tenant_id, staff_id, group_id, role)", rows, "").await?;
    Ok(())
}

/// Notes that a group exists or changed, before it is read.
pub(super) async fn note_hint(
    tx: &mut Tx<'_>,
    scope: &Scope,
    account: &str,
    (group, version): (&str, Option<&str>),
    at: Timestamp,
) -> DbResult<()> {
    let id = tx.new_id("grp");
    tx.exec(
        "INSERT INTO groups_group (tenant_id, id, account_id, platform_id, name, name_search, notice, hinted_version,
             hinted_at, members, eligible, founded_at, synced_at, seen_run)
         VALUES ($1, $2, $3, $4, '', '', '', $5, $6, 0, 0, 0, 0, 0)
         ON CONFLICT (tenant_id, account_id, platform_id) DO UPDATE
         SET hinted_version = excluded.hinted_version, hinted_at = excluded.hinted_at
         WHERE groups_group.hinted_at <= excluded.hinted_at",
        args![scope.tenant(), id, account, group, version, at],
    )
    .await?;
    Ok(())
}

/// Notes that a traversal listed these groups.
pub(super) async fn note_listed(
    tx: &mut Tx<'_>,
    scope: &Scope,
    account: &str,
    groups: &[String],
    run: i64,
) -> DbResult<()> {
    let mut rows = Vec::with_capacity(groups.len());
    for group in groups {
        let id = tx.new_id("grp");
        rows.push(args![scope.tenant(), id, account, group, "", "", "", 0i64, 0i64, 0i64, 0i64, 0i64, run]);
    }
    tx.insert_many(
        "INSERT INTO groups_group (tenant_id, id, account_id, platform_id, name, name_search, notice, hinted_at, members,
             eligible, founded_at, synced_at, seen_run)",
        rows,
        "ON CONFLICT (tenant_id, account_id, platform_id) DO UPDATE SET seen_run = excluded.seen_run",
    )
    .await?;
    Ok(())
}

/// Living groups that a complete traversal did not list, by platform id.
pub(super) async fn unlisted(
    tx: &mut Tx<'_>,
    scope: &Scope,
    account: &str,
    run: i64,
) -> DbResult<Vec<String>> {
    let rows: Vec<(String,)> = tx
        .all(
            "SELECT platform_id FROM groups_group
             WHERE tenant_id = $1 AND account_id = $2 AND seen_run < $3 AND dismissed_at IS NULL ORDER BY platform_id",
            args![scope.tenant(), account, run],
        )
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

pub(super) async fn sync_state(
    tx: &mut Tx<'_>,
    scope: &Scope,
    account: &str,
    group: &str,
) -> DbResult<Option<SyncState>> {
    tx.opt(
        "SELECT id, member_version, hinted_version, hinted_at, synced_at, dismissed_at FROM groups_group
         WHERE tenant_id = $1 AND account_id = $2 AND platform_id = $3",
        args![scope.tenant(), account, group],
    )
    .await
}

/// Writes what a group is called, who owns it, and how many are in it now.
pub(super) async fn write(
    tx: &mut Tx<'_>,
    scope: &Scope,
    id: &str,
    (owner, shown): (&str, &GroupSnapshot),
) -> DbResult<()> {
    let now = tx.now();
    tx.exec(
        "UPDATE groups_group SET name = $3, name_search = $4, notice = $5, owner_staff_id = $6, member_version = $7,
             founded_at = $8, synced_at = $9, dismissed_at = NULL
         WHERE tenant_id = $1 AND id = $2",
        args![
            scope.tenant(),
            id,
            &shown.name,
            search::key(&shown.name),
            &shown.notice,
            owner,
            shown.member_version.clone(),
            shown.created_at,
            now
        ],
    )
    .await?;
    Ok(())
}

/// Counts a group's members anew.
pub(super) async fn recount(tx: &mut Tx<'_>, scope: &Scope, id: &str) -> DbResult<()> {
    tx.exec(
        "UPDATE groups_group SET
             members = (SELECT CAST(COUNT(*) AS BIGINT) FROM groups_membership m
                 WHERE m.tenant_id = $1 AND m.group_id = $2 AND m.left_at IS NULL),
             eligible = (SELECT CAST(COUNT(*) AS BIGINT) FROM groups_membership m
                 WHERE m.tenant_id = $1 AND m.group_id = $2 AND m.left_at IS NULL AND m.eligible = TRUE)
         WHERE tenant_id = $1 AND id = $2",
        args![scope.tenant(), id],
    )
    .await?;
    Ok(())
}

pub(super) async fn dismiss(tx: &mut Tx<'_>, scope: &Scope, id: &str) -> DbResult<()> {
    let now = tx.now();
    tx.exec(
        "UPDATE groups_group SET dismissed_at = $3, synced_at = CASE WHEN synced_at = 0 THEN 0 ELSE $3 END
         WHERE tenant_id = $1 AND id = $2",
        args![scope.tenant(), id, now],
    )
    .await?;
    Ok(())
}

/// How many count in a group now.
pub async fn eligible_count(tx: &mut Tx<'_>, scope: &Scope, group: &str) -> AppResult<i64> {
    let row: Option<(i64,)> = tx
        .opt(
            "SELECT eligible FROM groups_group WHERE tenant_id = $1 AND id = $2",
            args![scope.tenant(), group],
        )
        .await?;
    Ok(row.map_or(0, |(n,)| n))
}

/// Our ids of the employees who own a living group of the account.
pub(super) async fn owners(tx: &mut Tx<'_>, scope: &Scope, account: &str) -> DbResult<Vec<String>> {
    let rows: Vec<(String,)> = tx
        .all(
            "SELECT DISTINCT owner_staff_id FROM groups_group
             WHERE tenant_id = $1 AND account_id = $2 AND owner_staff_id IS NOT NULL AND dismissed_at IS NULL
             ORDER BY owner_staff_id",
            args![scope.tenant(), account],
        )
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}
