//! Who is in which group as what, one stay after the other.

use std::sync::LazyLock;

use base::Timestamp;

use super::super::model::{Joined, KnownMember, MemberKind, Renamed, scene_word};
use super::super::rows::{MemberRow, StayRow};
use crate::args;
use crate::kernel::db::{DbResult, Tx};
use crate::kernel::http::{AppError, AppResult, Paging, Scope};
use crate::kernel::search;
use crate::people::Recognised;

/// A query of stays; the rest says which.
macro_rules! select_member {
    ($rest:literal) => {
        concat!(
            "SELECT m.id, m.group_id, m.member_id, m.is_staff, m.person_id, m.person_no, m.kind, m.kind_fixed,
                 m.eligible, m.name, m.nickname, m.scene, m.state, m.inviter, m.joined_at, m.left_at
             FROM groups_membership m ",
            $rest
        )
    };
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
pub async fn known_members(tx: &mut Tx<'_>, scope: &Scope, group: &str) -> AppResult<Vec<KnownMember>> {
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
pub async fn earlier_kind(
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
pub struct NewStay<'a> {
    pub group: &'a str,
    pub who: &'a Recognised,
    pub joined: &'a Joined,
    pub kind: MemberKind,
    pub kind_fixed: bool,
    pub eligible: bool,
}

pub async fn begin_stay(tx: &mut Tx<'_>, scope: &Scope, stay: &NewStay<'_>) -> DbResult<String> {
    let id = tx.new_id("mem");
    let m = &stay.joined.member;
    let search = search::key(&format!("{}\n{}", m.name, m.group_nickname));
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

pub async fn end_stay(tx: &mut Tx<'_>, scope: &Scope, membership: &str) -> DbResult<()> {
    let now = tx.now();
    tx.exec(
        "UPDATE groups_membership SET left_at = $3 WHERE tenant_id = $1 AND id = $2 AND left_at IS NULL",
        args![scope.tenant(), membership, now],
    )
    .await?;
    Ok(())
}

pub async fn rename(tx: &mut Tx<'_>, scope: &Scope, r: &Renamed) -> DbResult<()> {
    let search = search::key(&format!("{}\n{}", r.name, r.nickname));
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
pub async fn member(tx: &mut Tx<'_>, scope: &Scope, group: &str, membership: &str) -> AppResult<MemberRow> {
    tx.opt(
        select_member!(
            "WHERE m.tenant_id = $1 AND m.group_id = $3 AND m.id = $4
               AND ($2 = '' OR m.group_id IN (SELECT group_id FROM groups_duty WHERE tenant_id = $1 AND staff_id = $2))"
        ),
        args![scope.tenant(), scope.reach_key(), group, membership],
    )
    .await?
    .ok_or_else(AppError::not_found)
}

/// Sets a stay's kind by hand. Nobody barred from counting begins to count by it, in this group or another.
pub async fn set_member_kind(
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
pub async fn is_trial(tx: &mut Tx<'_>, scope: &Scope, person: &str) -> DbResult<bool> {
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
static SETTLE: LazyLock<&'static str> = LazyLock::new(|| {
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

/// Makes a person's stays that go on show whether she counts in them.
pub async fn settle_eligible(tx: &mut Tx<'_>, scope: &Scope, person: &str) -> DbResult<()> {
    tx.exec(&SETTLE, args![scope.tenant(), person]).await?;
    Ok(())
}

/// Groups in which a person is now.
pub async fn groups_of_person(tx: &mut Tx<'_>, scope: &Scope, person: &str) -> DbResult<Vec<String>> {
    let rows: Vec<(String,)> = tx
        .all(
            "SELECT DISTINCT group_id FROM groups_membership
             WHERE tenant_id = $1 AND person_id = $2 AND left_at IS NULL ORDER BY group_id",
            args![scope.tenant(), person],
        )
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

pub async fn set_staff_kind(
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
pub struct MemberFilter {
    pub pattern: String,
    /// Empty for all.
    pub kind: String,
    /// Also stays that ended.
    pub left: bool,
}

/// Stays in a group by id, oldest first. The caller has checked that the group is within reach.
pub async fn members(
    tx: &mut Tx<'_>,
    scope: &Scope,
    group: &str,
    page: &Paging,
    filter: &MemberFilter,
) -> DbResult<Vec<MemberRow>> {
    tx.all(
        select_member!(
            "WHERE m.tenant_id = $1 AND m.group_id = $2 AND m.id > $3 AND m.name_search LIKE $4 ESCAPE '!'
               AND ($5 = '' OR m.kind = $5) AND ($6 = TRUE OR m.left_at IS NULL)
             ORDER BY m.id LIMIT $7"
        ),
        args![scope.tenant(), group, &page.after, &filter.pattern, &filter.kind, filter.left, page.probe()],
    )
    .await
}

/// All stays in a group that go on, by id.
pub async fn open_members(tx: &mut Tx<'_>, scope: &Scope, group: &str) -> AppResult<Vec<MemberRow>> {
    let rows = tx
        .all(
            select_member!("WHERE m.tenant_id = $1 AND m.group_id = $2 AND m.left_at IS NULL ORDER BY m.id"),
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

/// A person's stays within the caller's reach, newest first.
pub async fn stays_of(tx: &mut Tx<'_>, scope: &Scope, person: &str) -> DbResult<Vec<StayRow>> {
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
