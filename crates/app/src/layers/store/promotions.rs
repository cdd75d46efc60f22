//! Queries of suggestions: what is suggested, decided, and who could invite where.

use super::super::model::{Spoke, SuggestionState};
use super::super::rows::{PathRow, SuggestionRow};
use super::counts::within_reach;
use crate::args;
use crate::kernel::db::{DbResult, Tx};
use crate::kernel::http::{AppError, AppResult, Paging, Scope};
use crate::privacy::{self, Mark, Purpose};

/// The newest suggestion of a way for a person: id, state, when it ended or was decided.
pub async fn newest(
    tx: &mut Tx<'_>,
    scope: &Scope,
    (path, person): (&str, &str),
) -> DbResult<Option<(String, String, i64)>> {
    tx.opt(
        "SELECT id, state, CASE WHEN ended_at > decided_at THEN ended_at ELSE decided_at END FROM layers_suggestion
         WHERE tenant_id = $1 AND path_id = $2 AND person_id = $3 ORDER BY id DESC LIMIT 1",
        args![scope.tenant(), path, person],
    )
    .await
}

/// Whether anything was ever suggested for a person that still waits.
pub async fn waiting_for(tx: &mut Tx<'_>, scope: &Scope, person: &str) -> DbResult<Vec<(String, String)>> {
    tx.all(
        "SELECT id, state FROM layers_suggestion WHERE tenant_id = $1 AND person_id = $2 AND state = 'open'",
        args![scope.tenant(), person],
    )
    .await
}

/// Invitations of a person that nobody sent yet: `(suggestion, invitation)`.
pub async fn invited(tx: &mut Tx<'_>, scope: &Scope, person: &str) -> DbResult<Vec<(String, String)>> {
    tx.all(
        "SELECT id, invitation FROM layers_suggestion WHERE tenant_id = $1 AND person_id = $2 AND state = 'invited'",
        args![scope.tenant(), person],
    )
    .await
}

/// Opens a suggestion anew, or a first one.
pub async fn suggest(
    tx: &mut Tx<'_>,
    scope: &Scope,
    (path, person): (&PathRow, &str),
    (from, why, lapsed): (&str, &[Spoke], Option<&str>),
) -> AppResult<()> {
    let (now, why) = (tx.now(), serde_json::to_string(why)?);
    if let Some(id) = lapsed {
        tx.exec(
            "UPDATE layers_suggestion SET state = 'open', why = $3, suggested_at = $4, from_community = $5,
                 to_community = $6, ended_at = 0, decided_at = 0, decided_by = '', reason = ''
             WHERE tenant_id = $1 AND id = $2 AND state = 'lapsed'",
            args![scope.tenant(), id, why, now, from, &path.to_community],
        )
        .await?;
        return Ok(());
    }
    let id = tx.new_id("sug");
    tx.exec(
        "INSERT INTO layers_suggestion (tenant_id, id, path_id, person_id, from_community, to_community, state, why,
             suggested_at)
         VALUES ($1, $2, $3, $4, $5, $6, 'open', $7, $8)
         ON CONFLICT (tenant_id, path_id, person_id) WHERE state IN ('open', 'invited', 'sent') DO NOTHING",
        args![scope.tenant(), id, &path.id, person, from, &path.to_community, why, now],
    )
    .await?;
    Ok(())
}

/// Ends a suggestion in a state; false when it was in another one meanwhile.
pub async fn end(
    tx: &mut Tx<'_>,
    scope: &Scope,
    id: &str,
    (from, to): (SuggestionState, SuggestionState),
) -> DbResult<bool> {
    let now = tx.now();
    let touched = tx
        .exec(
            "UPDATE layers_suggestion SET state = $4, ended_at = $5 WHERE tenant_id = $1 AND id = $2 AND state = $3",
            args![scope.tenant(), id, from.word(), to.word(), now],
        )
        .await?;
    Ok(touched == 1)
}

macro_rules! select_suggestion {
    ($where:literal, $rest:literal) => {
        within_reach!(
            concat!(
                "SELECT s.id, s.path_id, s.person_id, p.name AS person_name, s.from_community, s.to_community, s.state,
                        s.why, s.suggested_at, s.decided_at, s.decided_by, s.reason, s.invitation, s.group_id,
                        s.staff_id, s.ended_at
                 FROM layers_suggestion s
                 JOIN people_person p ON p.tenant_id = s.tenant_id AND p.id = s.person_id
                 WHERE s.tenant_id = $1",
                $where
            ),
            "s.person_id",
            $rest
        )
    };
}

/// One suggestion for a person within reach.
pub async fn suggestion(tx: &mut Tx<'_>, scope: &Scope, id: &str) -> AppResult<SuggestionRow> {
    tx.opt(select_suggestion!(" AND s.id = $3", ""), args![scope.tenant(), scope.reach_key(), id])
        .await?
        .ok_or_else(AppError::not_found)
}

/// What a list of suggestions is narrowed to; empty texts don't narrow.
#[derive(Clone, Debug, Default)]
pub struct Narrow {
    pub state: String,
    pub path: String,
    /// The community they lead to.
    pub community: String,
    pub person: String,
    /// A LIKE pattern over names.
    pub pattern: String,
}

/// Suggestions, newest first.
pub async fn suggestions(
    tx: &mut Tx<'_>,
    scope: &Scope,
    page: &Paging,
    only: &Narrow,
) -> DbResult<Vec<SuggestionRow>> {
    tx.all(
        select_suggestion!(
            " AND ($3 = '' OR s.id < $3) AND ($4 = '' OR s.state = $4) AND ($5 = '' OR s.path_id = $5)
              AND ($6 = '' OR s.to_community = $6) AND ($7 = '' OR s.person_id = $7)
              AND p.name_search LIKE $8 ESCAPE '!'",
            "ORDER BY s.id DESC LIMIT $9"
        ),
        args![
            scope.tenant(),
            scope.reach_key(),
            &page.after,
            &only.state,
            &only.path,
            &only.community,
            &only.person,
            &only.pattern,
            page.probe()
        ],
    )
    .await
}

/// Suggestions per state within reach.
pub async fn by_state(tx: &mut Tx<'_>, scope: &Scope) -> DbResult<Vec<(String, i64)>> {
    tx.all(
        within_reach!(
            "SELECT s.state, CAST(COUNT(*) AS BIGINT) FROM layers_suggestion s WHERE s.tenant_id = $1",
            "s.person_id",
            "GROUP BY s.state"
        ),
        args![scope.tenant(), scope.reach_key()],
    )
    .await
}

/// Who decided what, in which state it was before.
pub struct Decision<'a> {
    pub from: SuggestionState,
    pub to: SuggestionState,
    pub by: &'a str,
    pub reason: &'a str,
    /// The invitation's key, group and employee; empty when there is none.
    pub invitation: (&'a str, &'a str, &'a str),
}

/// Writes a decision; false when somebody else decided meanwhile.
pub async fn decide(tx: &mut Tx<'_>, scope: &Scope, id: &str, it: &Decision<'_>) -> DbResult<bool> {
    let now = tx.now();
    let (invitation, group, staff) = it.invitation;
    let touched = tx
        .exec(
            "UPDATE layers_suggestion SET state = $4, decided_at = $5, decided_by = $6, reason = $7, invitation = $8,
                 group_id = $9, staff_id = $10, ended_at = 0
             WHERE tenant_id = $1 AND id = $2 AND state = $3",
            args![
                scope.tenant(),
                id,
                it.from.word(),
                it.to.word(),
                now,
                it.by,
                it.reason,
                invitation,
                group,
                staff
            ],
        )
        .await?;
    Ok(touched == 1)
}

/// What an employee did with an invitation.
pub async fn settle(
    tx: &mut Tx<'_>,
    scope: &Scope,
    invitation: &str,
    (to, reason): (SuggestionState, &str),
) -> DbResult<()> {
    let now = tx.now();
    tx.exec(
        "UPDATE layers_suggestion SET state = $3, ended_at = $4, reason = $5
         WHERE tenant_id = $1 AND invitation = $2 AND state = 'invited'",
        args![scope.tenant(), invitation, to.word(), now, reason],
    )
    .await?;
    Ok(())
}

/// Whether advertising may be sent to a person, as the desk shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Willing {
    Allowed,
    NeverAsked,
    Refused,
}

/// What a person answered to advertising, marks included.
pub async fn willing(tx: &mut Tx<'_>, scope: &Scope, person: &str) -> DbResult<Willing> {
    if privacy::may(tx, scope, person, Purpose::Promotion).await? {
        return Ok(Willing::Allowed);
    }
    let marks = privacy::marks_of(tx, scope, person).await?;
    let barred = marks.iter().filter_map(|m| Mark::parse(&m.mark)).any(|m| m.bars(Purpose::Promotion));
    Ok(match privacy::state_of(tx, scope, person, Purpose::Promotion).await? {
        None if !barred => Willing::NeverAsked,
        _ => Willing::Refused,
    })
}

/// A group to invite to.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Room {
    pub id: String,
    pub platform_id: String,
    pub account_id: String,
    pub name: String,
}

/// Members above which a group takes nobody by an invitation: the platform's limit less some room.
const ROOMY: i64 = 190;

/// The groups of a community that have room, the emptiest first.
pub async fn rooms(tx: &mut Tx<'_>, scope: &Scope, community: &str) -> DbResult<Vec<Room>> {
    tx.all(
        "SELECT id, platform_id, account_id, name FROM groups_group
         WHERE tenant_id = $1 AND community_id = $2 AND dismissed_at IS NULL AND members < $3
         ORDER BY members, id LIMIT 50",
        args![scope.tenant(), community, ROOMY],
    )
    .await
}

/// Employees with a duty in a group.
pub async fn on_duty(tx: &mut Tx<'_>, scope: &Scope, group: &str) -> DbResult<Vec<String>> {
    let rows: Vec<(String,)> = tx
        .all(
            "SELECT staff_id FROM groups_duty WHERE tenant_id = $1 AND group_id = $2 ORDER BY staff_id",
            args![scope.tenant(), group],
        )
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Whether a person is in a group of a community now.
pub async fn is_in(tx: &mut Tx<'_>, scope: &Scope, (person, community): (&str, &str)) -> DbResult<bool> {
    let n = tx
        .number(
            "SELECT CAST(COUNT(*) AS BIGINT) FROM groups_membership m
             JOIN groups_group g ON g.tenant_id = m.tenant_id AND g.id = m.group_id
             WHERE m.tenant_id = $1 AND m.person_id = $2 AND m.left_at IS NULL AND g.community_id = $3",
            args![scope.tenant(), person, community],
        )
        .await?;
    Ok(n > 0)
}

/// The state of a live join code of a community, by which its page is found.
pub async fn join_code(tx: &mut Tx<'_>, scope: &Scope, community: &str) -> DbResult<Option<String>> {
    let row: Option<(String,)> = tx
        .opt(
            "SELECT state FROM live_codes_code
             WHERE tenant_id = $1 AND community_id = $2 AND target = 'groups' AND status = 'live'
             ORDER BY id LIMIT 1",
            args![scope.tenant(), community],
        )
        .await?;
    Ok(row.map(|(state,)| state))
}

/// The name of an employee, group or tag; empty for none.
pub async fn name_of(tx: &mut Tx<'_>, scope: &Scope, id: &str) -> DbResult<String> {
    let row: Option<(String,)> = tx
        .opt(
            "SELECT name FROM staff_member WHERE tenant_id = $1 AND id = $2
             UNION ALL SELECT name FROM groups_group WHERE tenant_id = $1 AND id = $2
             UNION ALL SELECT name FROM tags_tag WHERE tenant_id = $1 AND id = $2",
            args![scope.tenant(), id],
        )
        .await?;
    Ok(row.map(|(name,)| name).unwrap_or_default())
}
