//! Every query of groups, memberships and duties.

use base::{Day, Timestamp};
use messenger::groups::{DayCounters, GroupSnapshot};

use super::model::{Joined, KnownMember, MemberKind, Renamed, scene_word};
use super::rows::{CounterRow, DutyRow, GroupRow, MemberRow, StayRow, SyncState};
use crate::args;
use crate::kernel::db::{DbResult, Tx};
use crate::kernel::http::{AppError, AppResult, Paging, Scope};
use crate::people::Recognised;

/// One group within the caller's reach.
pub async fn get(tx: &mut Tx<'_>, scope: &Scope, id: &str) -> AppResult<GroupRow> {
    tx.opt(
        "SELECT g.id, g.account_id, g.platform_id, g.name, g.notice, g.owner_staff_id, s.name AS owner_name,
                g.community_id, g.members, g.eligible, g.founded_at, g.dismissed_at, g.synced_at
         FROM groups_group g LEFT JOIN staff_member s ON s.tenant_id = g.tenant_id AND s.id = g.owner_staff_id
         WHERE g.tenant_id = $1 AND g.id = $3
           AND ($2 = '' OR g.id IN (SELECT group_id FROM groups_duty WHERE tenant_id = $1 AND staff_id = $2))",
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
            "SELECT g.id, g.account_id, g.platform_id, g.name, g.notice, g.owner_staff_id, s.name AS owner_name,
                    g.community_id, g.members, g.eligible, g.founded_at, g.dismissed_at, g.synced_at
             FROM groups_group g LEFT JOIN staff_member s ON s.tenant_id = g.tenant_id AND s.id = g.owner_staff_id
             WHERE g.tenant_id = $1 AND g.account_id = $3 AND g.platform_id = $4 AND g.synced_at > 0
               AND ($2 = '' OR g.id IN (SELECT group_id FROM groups_duty WHERE tenant_id = $1 AND staff_id = $2))",
            args![scope.tenant(), scope.reach_key(), account, platform_id],
        )
        .await?;
    Ok(row)
}

/// The living groups of a community, by id.
pub async fn of_community(tx: &mut Tx<'_>, scope: &Scope, community: &str) -> AppResult<Vec<GroupRow>> {
    let rows = tx
        .all(
            "SELECT g.id, g.account_id, g.platform_id, g.name, g.notice, g.owner_staff_id, s.name AS owner_name,
                    g.community_id, g.members, g.eligible, g.founded_at, g.dismissed_at, g.synced_at
             FROM groups_group g LEFT JOIN staff_member s ON s.tenant_id = g.tenant_id AND s.id = g.owner_staff_id
             WHERE g.tenant_id = $1 AND g.community_id = $3 AND g.synced_at > 0 AND g.dismissed_at IS NULL
               AND ($2 = '' OR g.id IN (SELECT group_id FROM groups_duty WHERE tenant_id = $1 AND staff_id = $2))
             ORDER BY g.id",
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
}

/// Groups by id, oldest first.
pub(super) async fn list(
    tx: &mut Tx<'_>,
    scope: &Scope,
    page: &Paging,
    filter: &GroupFilter,
) -> DbResult<Vec<GroupRow>> {
    tx.all(
        "SELECT g.id, g.account_id, g.platform_id, g.name, g.notice, g.owner_staff_id, s.name AS owner_name,
                g.community_id, g.members, g.eligible, g.founded_at, g.dismissed_at, g.synced_at
         FROM groups_group g LEFT JOIN staff_member s ON s.tenant_id = g.tenant_id AND s.id = g.owner_staff_id
         WHERE g.tenant_id = $1 AND g.id > $3 AND g.synced_at > 0 AND g.name_search LIKE $4 ESCAPE '!'
           AND ($5 = '' OR g.community_id = $5 OR ($5 = 'none' AND g.community_id IS NULL))
           AND ($6 = TRUE OR g.dismissed_at IS NULL)
           AND ($2 = '' OR g.id IN (SELECT group_id FROM groups_duty WHERE tenant_id = $1 AND staff_id = $2))
         ORDER BY g.id LIMIT $7",
        args![
            scope.tenant(),
            scope.reach_key(),
            &page.after,
            &filter.pattern,
            &filter.community,
            filter.dismissed,
            page.probe()
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
    Ok(())
}

/// Employees who answer for a group.
pub(super) async fn duties(tx: &mut Tx<'_>, scope: &Scope, group: &str) -> DbResult<Vec<DutyRow>> {
    tx.all(
        "SELECT staff_id, role FROM groups_duty WHERE tenant_id = $1 AND group_id = $2 ORDER BY role DESC, staff_id",
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
    tx.exec("DELETE FROM groups_duty WHERE tenant_id = $1 AND group_id = $2", args![scope.tenant(), group])
        .await?;
    let rows = duties.iter().map(|d| args![scope.tenant(), &d.staff_id, group, &d.role]).collect();
    tx.insert_many("INSERT INTO groups_duty (tenant_id, staff_id, group_id, role)", rows, "").await?;
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
            shown.name.to_lowercase(),
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

#[derive(sqlx::FromRow)]
struct OpenRow {
    id: String,
    member_id: String,
    person_id: String,
    kind: String,
    kind_fixed: bool,
    eligible: bool,
    name: String,
    nickname: String,
    joined_at: i64,
}

/// The stays in a group that go on, as the comparison needs them.
pub(super) async fn known_members(
    tx: &mut Tx<'_>,
    scope: &Scope,
    group: &str,
) -> AppResult<Vec<KnownMember>> {
    let rows: Vec<OpenRow> = tx
        .all(
            "SELECT id, member_id, person_id, kind, kind_fixed, eligible, name, nickname, joined_at
             FROM groups_membership WHERE tenant_id = $1 AND group_id = $2 AND left_at IS NULL ORDER BY id",
            args![scope.tenant(), group],
        )
        .await?;
    rows.into_iter()
        .map(|r| {
            let kind = MemberKind::named(&r.kind).ok_or_else(|| {
                AppError::fault(format!("membership {} has the unknown kind {}", r.id, r.kind))
            })?;
            Ok(KnownMember {
                membership: r.id,
                member: r.member_id,
                person: r.person_id,
                kind,
                kind_fixed: r.kind_fixed,
                eligible: r.eligible,
                name: r.name,
                nickname: r.nickname,
                joined_at: Timestamp(r.joined_at),
            })
        })
        .collect()
}

/// The kind that was set by hand during an earlier stay of this member, if any.
pub(super) async fn earlier_kind(
    tx: &mut Tx<'_>,
    scope: &Scope,
    group: &str,
    member: &str,
) -> DbResult<Option<String>> {
    let row: Option<(String,)> = tx
        .opt(
            "SELECT kind FROM groups_membership
             WHERE tenant_id = $1 AND group_id = $2 AND member_id = $3 AND kind_fixed = TRUE ORDER BY id DESC LIMIT 1",
            args![scope.tenant(), group, member],
        )
        .await?;
    Ok(row.map(|(kind,)| kind))
}

/// A stay that begins.
pub(super) struct NewStay<'a> {
    pub group: &'a str,
    pub who: &'a Recognised,
    pub joined: &'a Joined,
    pub kind: MemberKind,
    pub kind_fixed: bool,
    pub eligible: bool,
}

pub(super) async fn begin_stay(tx: &mut Tx<'_>, scope: &Scope, stay: &NewStay<'_>) -> DbResult<String> {
    let id = tx.new_id("mem");
    let m = &stay.joined.member;
    let search = format!("{} {}", m.name.to_lowercase(), m.group_nickname.to_lowercase());
    tx.exec(
        "INSERT INTO groups_membership (tenant_id, id, group_id, member_id, is_staff, person_id, person_no, kind,
             kind_fixed, eligible, name, name_search, nickname, scene, state, inviter, joined_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)",
        args![
            scope.tenant(),
            &id,
            stay.group,
            &m.id,
            m.is_staff,
            &stay.who.person,
            stay.who.person_no,
            stay.kind.word(),
            stay.kind_fixed,
            stay.eligible,
            &m.name,
            search,
            &m.group_nickname,
            scene_word(m.scene),
            m.state.clone(),
            m.inviter.clone(),
            m.joined_at
        ],
    )
    .await?;
    Ok(id)
}

pub(super) async fn end_stay(tx: &mut Tx<'_>, scope: &Scope, membership: &str) -> DbResult<()> {
    let now = tx.now();
    tx.exec(
        "UPDATE groups_membership SET left_at = $3 WHERE tenant_id = $1 AND id = $2 AND left_at IS NULL",
        args![scope.tenant(), membership, now],
    )
    .await?;
    Ok(())
}

pub(super) async fn rename(tx: &mut Tx<'_>, scope: &Scope, r: &Renamed) -> DbResult<()> {
    let search = format!("{} {}", r.name.to_lowercase(), r.nickname.to_lowercase());
    tx.exec(
        "UPDATE groups_membership SET kind = $3, name = $4, name_search = $5, nickname = $6,
             eligible = CASE WHEN $7 = TRUE THEN eligible ELSE FALSE END
         WHERE tenant_id = $1 AND id = $2",
        args![scope.tenant(), &r.membership, r.kind.word(), &r.name, search, &r.nickname, r.kind.eligible()],
    )
    .await?;
    Ok(())
}

/// One stay within the caller's reach.
pub(super) async fn member(
    tx: &mut Tx<'_>,
    scope: &Scope,
    group: &str,
    membership: &str,
) -> AppResult<MemberRow> {
    tx.opt(
        "SELECT m.id, m.group_id, m.member_id, m.is_staff, m.person_id, m.person_no, m.kind, m.kind_fixed, m.eligible,
                m.name, m.nickname, m.scene, m.state, m.inviter, m.joined_at, m.left_at
         FROM groups_membership m
         WHERE m.tenant_id = $1 AND m.group_id = $3 AND m.id = $4
           AND ($2 = '' OR m.group_id IN (SELECT group_id FROM groups_duty WHERE tenant_id = $1 AND staff_id = $2))",
        args![scope.tenant(), scope.reach_key(), group, membership],
    )
    .await?
    .ok_or_else(AppError::not_found)
}

/// Sets a stay's kind by hand. Nobody barred from counting begins to count by it, in this group or another.
pub(super) async fn set_member_kind(
    tx: &mut Tx<'_>,
    scope: &Scope,
    member: &MemberRow,
    kind: MemberKind,
) -> DbResult<()> {
    tx.exec(
        "UPDATE groups_membership SET kind = $3, kind_fixed = TRUE WHERE tenant_id = $1 AND id = $2",
        args![scope.tenant(), &member.id, kind.word()],
    )
    .await?;
    Ok(())
}

/// Whether a person is a bot or a trial in one of her groups.
pub(super) async fn is_trial(tx: &mut Tx<'_>, scope: &Scope, person: &str) -> DbResult<bool> {
    let rows = tx
        .number(
            "SELECT CAST(COUNT(*) AS BIGINT) FROM groups_membership
             WHERE tenant_id = $1 AND person_id = $2 AND left_at IS NULL AND kind IN ('bot', 'test')",
            args![scope.tenant(), person],
        )
        .await?;
    Ok(rows > 0)
}

/// The words of the kinds that count, of memberships and of persons, as SQL lists.
static SETTLE: std::sync::LazyLock<&'static str> = std::sync::LazyLock::new(|| {
    let list = |words: Vec<&str>| words.iter().map(|w| format!("'{w}'")).collect::<Vec<_>>().join(", ");
    let stays = list(MemberKind::ALL.iter().filter(|k| k.eligible()).map(|k| k.word()).collect());
    let persons = list(audience::MemberKind::ALL.iter().filter(|k| k.counts()).map(|k| k.name()).collect());
    format!(
        "UPDATE groups_membership SET eligible =
             CASE WHEN kind IN ({stays}) AND is_staff = FALSE AND EXISTS (
                 SELECT 1 FROM people_person p WHERE p.tenant_id = $1 AND p.id = $2 AND p.kind IN ({persons}))
             THEN TRUE ELSE FALSE END
         WHERE tenant_id = $1 AND person_id = $2 AND left_at IS NULL"
    )
    .leak()
});

/// Makes a person's stays show her number, and whether she counts in those that go on.
pub(super) async fn settle_eligible(tx: &mut Tx<'_>, scope: &Scope, person: &str) -> DbResult<()> {
    tx.exec(
        "UPDATE groups_membership SET person_no = (
             SELECT p.person_no FROM people_person p WHERE p.tenant_id = $1 AND p.id = $2)
         WHERE tenant_id = $1 AND person_id = $2",
        args![scope.tenant(), person],
    )
    .await?;
    tx.exec(&SETTLE, args![scope.tenant(), person]).await?;
    Ok(())
}

/// Groups in which a person is now.
pub(super) async fn groups_of_person(tx: &mut Tx<'_>, scope: &Scope, person: &str) -> DbResult<Vec<String>> {
    let rows: Vec<(String,)> = tx
        .all(
            "SELECT DISTINCT group_id FROM groups_membership
             WHERE tenant_id = $1 AND person_id = $2 AND left_at IS NULL ORDER BY group_id",
            args![scope.tenant(), person],
        )
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

pub(super) async fn set_staff_kind(
    tx: &mut Tx<'_>,
    scope: &Scope,
    (account, member): (&str, &str),
    kind: MemberKind,
) -> AppResult<()> {
    tx.exec(
        "UPDATE groups_membership SET kind = $4
         WHERE tenant_id = $1 AND member_id = $3 AND is_staff = TRUE AND kind_fixed = FALSE AND left_at IS NULL
           AND kind NOT IN ('owner', 'admin')
           AND group_id IN (SELECT id FROM groups_group WHERE tenant_id = $1 AND account_id = $2)",
        args![scope.tenant(), account, member, kind.word()],
    )
    .await?;
    Ok(())
}

/// What a list of members is narrowed to.
#[derive(Clone, Debug, Default)]
pub(super) struct MemberFilter {
    pub pattern: String,
    /// Empty for all.
    pub kind: String,
    /// Also stays that ended.
    pub left: bool,
}

/// Stays in a group by id, oldest first. The caller has checked that the group is within reach.
pub(super) async fn members(
    tx: &mut Tx<'_>,
    scope: &Scope,
    group: &str,
    page: &Paging,
    filter: &MemberFilter,
) -> DbResult<Vec<MemberRow>> {
    tx.all(
        "SELECT m.id, m.group_id, m.member_id, m.is_staff, m.person_id, m.person_no, m.kind, m.kind_fixed, m.eligible,
                m.name, m.nickname, m.scene, m.state, m.inviter, m.joined_at, m.left_at
         FROM groups_membership m
         WHERE m.tenant_id = $1 AND m.group_id = $2 AND m.id > $3 AND m.name_search LIKE $4 ESCAPE '!'
           AND ($5 = '' OR m.kind = $5) AND ($6 = TRUE OR m.left_at IS NULL)
         ORDER BY m.id LIMIT $7",
        args![scope.tenant(), group, &page.after, &filter.pattern, &filter.kind, filter.left, page.probe()],
    )
    .await
}

/// All stays in a group that go on, by id.
pub async fn open_members(tx: &mut Tx<'_>, scope: &Scope, group: &str) -> AppResult<Vec<MemberRow>> {
    let rows = tx
        .all(
            "SELECT m.id, m.group_id, m.member_id, m.is_staff, m.person_id, m.person_no, m.kind, m.kind_fixed,
                    m.eligible, m.name, m.nickname, m.scene, m.state, m.inviter, m.joined_at, m.left_at
             FROM groups_membership m WHERE m.tenant_id = $1 AND m.group_id = $2 AND m.left_at IS NULL ORDER BY m.id",
            args![scope.tenant(), group],
        )
        .await?;
    Ok(rows)
}

/// The dense numbers of those who count in a group now, ascending.
pub async fn eligible_people(tx: &mut Tx<'_>, scope: &Scope, group: &str) -> AppResult<Vec<i64>> {
    let rows: Vec<(i64,)> = tx
        .all(
            "SELECT person_no FROM groups_membership
             WHERE tenant_id = $1 AND group_id = $2 AND left_at IS NULL AND eligible = TRUE ORDER BY person_no",
            args![scope.tenant(), group],
        )
        .await?;
    Ok(rows.into_iter().map(|(n,)| n).collect())
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

/// A person's stays within the caller's reach, newest first.
pub(super) async fn stays_of(tx: &mut Tx<'_>, scope: &Scope, person: &str) -> DbResult<Vec<StayRow>> {
    tx.all(
        "SELECT m.id, m.group_id, g.name AS group_name, g.community_id, m.kind, m.scene, m.state, m.joined_at, m.left_at
         FROM groups_membership m JOIN groups_group g ON g.tenant_id = m.tenant_id AND g.id = m.group_id
         WHERE m.tenant_id = $1 AND m.person_id = $3
           AND ($2 = '' OR m.group_id IN (SELECT group_id FROM groups_duty WHERE tenant_id = $1 AND staff_id = $2))
         ORDER BY m.joined_at DESC, m.id DESC",
        args![scope.tenant(), scope.reach_key(), person],
    )
    .await
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

/// The last day of which an owner's counters are kept.
pub(super) async fn last_counted(tx: &mut Tx<'_>, scope: &Scope, staff: &str) -> DbResult<i64> {
    tx.number(
        "SELECT CAST(COALESCE(MAX(day), 0) AS BIGINT) FROM groups_counter WHERE tenant_id = $1 AND staff_id = $2",
        args![scope.tenant(), staff],
    )
    .await
}

pub(super) async fn write_counters(
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
