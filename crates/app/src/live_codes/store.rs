//! Every query of the live codes but the crediting of persons.

use base::Timestamp;
use base::time::DAY;

use super::model::{Draft, LiveCodeRefusal, Status, TargetKind};
use super::rows::{CodeRow, FunnelRow};
use crate::args;
use crate::kernel::db::{DbResult, Tx};
use crate::kernel::http::{AppResult, Paging, Scope};
use crate::kernel::search;

/// A query of codes; the rest says which.
macro_rules! select_code {
    ($rest:literal) => {
        concat!(
            "SELECT tenant_id, id, state, target, account_id, title, hook, organiser, channel, store, community_id,
                 welcome_id, skip_verify, overflow_name, status, reason, reason_detail, platform_id, qr_url, intent_at,
                 unknown_since, revision, published_revision, created_at, updated_at
             FROM live_codes_code c ",
            $rest
        )
    };
}

/// The code of this `state`.
pub async fn by_state(tx: &mut Tx<'_>, scope: &Scope, state: &str) -> DbResult<Option<CodeRow>> {
    tx.opt(select_code!("WHERE state = $2 AND tenant_id = $1"), args![scope.tenant(), state]).await
}

/// The code of this `state` for a visitor, who brings nothing else.
pub(super) async fn by_public_state(tx: &mut Tx<'_>, state: &str) -> DbResult<Option<CodeRow>> {
    tx.opt(select_code!("WHERE state = $1"), args![state]).await
}

/// A code within reach: all, or those that lead to the caller herself or to her groups.
pub async fn by_id(tx: &mut Tx<'_>, scope: &Scope, id: &str) -> DbResult<Option<CodeRow>> {
    tx.opt(
        select_code!(
            "WHERE tenant_id = $1 AND id = $3
               AND ($2 = '' OR EXISTS (SELECT 1 FROM live_codes_target t WHERE t.tenant_id = c.tenant_id
                    AND t.code_id = c.id AND (t.target_id = $2 OR t.target_id IN
                        (SELECT group_id FROM groups_duty WHERE tenant_id = $1 AND staff_id = $2))))"
        ),
        args![scope.tenant(), scope.reach_key(), id],
    )
    .await
}

/// Codes, newest first.
pub(super) async fn list(
    tx: &mut Tx<'_>,
    scope: &Scope,
    page: &Paging,
    (pattern, community): (&str, &str),
) -> DbResult<Vec<CodeRow>> {
    tx.all(
        select_code!(
            "WHERE tenant_id = $1 AND ($3 = '' OR id < $3) AND search LIKE $4 ESCAPE '!'
               AND ($5 = '' OR community_id = $5)
               AND ($2 = '' OR EXISTS (SELECT 1 FROM live_codes_target t WHERE t.tenant_id = c.tenant_id
                    AND t.code_id = c.id AND (t.target_id = $2 OR t.target_id IN
                        (SELECT group_id FROM groups_duty WHERE tenant_id = $1 AND staff_id = $2))))
             ORDER BY id DESC LIMIT $6"
        ),
        args![scope.tenant(), scope.reach_key(), &page.after, pattern, community, page.probe()],
    )
    .await
}

/// Our ids of whom the code leads to, in order.
pub(super) async fn targets_of(tx: &mut Tx<'_>, scope: &Scope, code: &str) -> DbResult<Vec<String>> {
    let rows: Vec<(String,)> = tx
        .all(
            "SELECT target_id FROM live_codes_target WHERE tenant_id = $1 AND code_id = $2 ORDER BY position",
            args![scope.tenant(), code],
        )
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Tags that everyone who comes by the code gets.
pub async fn tags_of(tx: &mut Tx<'_>, scope: &Scope, code: &str) -> DbResult<Vec<String>> {
    let rows: Vec<(String,)> = tx
        .all(
            "SELECT tag_id FROM live_codes_tag WHERE tenant_id = $1 AND code_id = $2 ORDER BY tag_id",
            args![scope.tenant(), code],
        )
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// The platform's ids of targets.
///
/// # Errors
/// [`LiveCodeRefusal::TargetUnknown`] when one isn't there or belongs to another account.
pub(super) async fn platform_targets(
    tx: &mut Tx<'_>,
    scope: &Scope,
    account: &str,
    (kind, ids): (TargetKind, &[String]),
) -> AppResult<Vec<String>> {
    let mut platform_ids = Vec::with_capacity(ids.len());
    for id in ids {
        let row: Option<(String, String)> = match kind {
            TargetKind::Staff => {
                tx.opt(
                    "SELECT account_id, platform_id FROM staff_member WHERE tenant_id = $1 AND id = $2 AND active = TRUE",
                    args![scope.tenant(), id],
                )
                .await?
            }
            TargetKind::Groups => {
                tx.opt(
                    "SELECT account_id, platform_id FROM groups_group
                     WHERE tenant_id = $1 AND id = $2 AND dismissed_at IS NULL",
                    args![scope.tenant(), id],
                )
                .await?
            }
        };
        match row {
            Some((of, platform_id)) if of == account => platform_ids.push(platform_id),
            _ => return Err(LiveCodeRefusal::TargetUnknown(id.clone()).into()),
        }
    }
    Ok(platform_ids)
}

/// Makes a code as a draft; answers its id.
pub async fn create(tx: &mut Tx<'_>, scope: &Scope, draft: &Draft) -> AppResult<String> {
    draft.check()?;
    platform_targets(tx, scope, &draft.account_id, (draft.target.kind, &draft.target.ids)).await?;
    let (id, now) = (tx.new_id("lvc"), tx.now());
    // 20 characters: below the platform's thirty, unguessable, and fit for an address.
    let state = tx.token(10);
    tx.exec(
        "INSERT INTO live_codes_code (tenant_id, id, state, target, account_id, title, hook, organiser, channel, store,
            community_id, welcome_id, skip_verify, overflow_name, status, search, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 'draft', $15, $16, $16)",
        args![
            scope.tenant(),
            &id,
            state,
            draft.target.kind.word(),
            &draft.account_id,
            draft.title.trim(),
            draft.hook.trim(),
            draft.organiser.trim(),
            draft.channel.word(),
            draft.store.trim(),
            draft.community_id.clone(),
            draft.welcome_id.clone(),
            draft.skip_verify,
            draft.overflow_name.trim(),
            search_of(draft),
            now
        ],
    )
    .await?;
    put_lists(tx, scope, &id, draft).await?;
    Ok(id)
}

fn search_of(draft: &Draft) -> String {
    search::key(&format!("{}\n{}\n{}", draft.title, draft.hook, draft.store))
}

async fn put_lists(tx: &mut Tx<'_>, scope: &Scope, id: &str, draft: &Draft) -> AppResult<()> {
    tx.exec("DELETE FROM live_codes_target WHERE tenant_id = $1 AND code_id = $2", args![scope.tenant(), id])
        .await?;
    tx.exec("DELETE FROM live_codes_tag WHERE tenant_id = $1 AND code_id = $2", args![scope.tenant(), id])
        .await?;
    let targets = draft.target.ids.iter().enumerate();
    let targets = targets.map(|(i, target)| args![scope.tenant(), id, i, target]).collect();
    tx.insert_many("INSERT INTO live_codes_target (tenant_id, code_id, position, target_id)", targets, "")
        .await?;
    let tags = draft.tag_ids.iter().map(|tag| args![scope.tenant(), id, tag]).collect();
    tx.insert_many("INSERT INTO live_codes_tag (tenant_id, code_id, tag_id)", tags, "ON CONFLICT DO NOTHING")
        .await?;
    Ok(())
}

/// Overwrites what an operator may change. The state, and with it printed codes and past credits, stays.
pub(super) async fn update(tx: &mut Tx<'_>, scope: &Scope, id: &str, draft: &Draft) -> AppResult<()> {
    draft.check()?;
    platform_targets(tx, scope, &draft.account_id, (draft.target.kind, &draft.target.ids)).await?;
    let now = tx.now();
    tx.exec(
        "UPDATE live_codes_code SET title = $3, hook = $4, organiser = $5, channel = $6, store = $7, community_id = $8,
            welcome_id = $9, skip_verify = $10, overflow_name = $11, search = $12, updated_at = $13,
            revision = revision + 1
         WHERE tenant_id = $1 AND id = $2",
        args![
            scope.tenant(),
            id,
            draft.title.trim(),
            draft.hook.trim(),
            draft.organiser.trim(),
            draft.channel.word(),
            draft.store.trim(),
            draft.community_id.clone(),
            draft.welcome_id.clone(),
            draft.skip_verify,
            draft.overflow_name.trim(),
            search_of(draft),
            now
        ],
    )
    .await?;
    put_lists(tx, scope, id, draft).await
}

/// Sets status and reason.
pub(super) async fn set_status(
    tx: &mut Tx<'_>,
    scope: &Scope,
    id: &str,
    status: Status,
    (reason, detail): (&str, &str),
) -> DbResult<()> {
    tx.exec(
        "UPDATE live_codes_code SET status = $3, reason = $4, reason_detail = $5 WHERE tenant_id = $1 AND id = $2",
        args![scope.tenant(), id, status.word(), reason, detail],
    )
    .await?;
    Ok(())
}

/// Opens or closes the intent of a creation; closing forgets when it became unknown.
pub(super) async fn set_intent(tx: &mut Tx<'_>, scope: &Scope, id: &str, at: i64) -> DbResult<()> {
    tx.exec(
        "UPDATE live_codes_code SET intent_at = $3, unknown_since = 0 WHERE tenant_id = $1 AND id = $2",
        args![scope.tenant(), id, at],
    )
    .await?;
    Ok(())
}

/// Notes once since when the outcome of the open creation is unknown.
pub(super) async fn note_unknown(tx: &mut Tx<'_>, scope: &Scope, id: &str) -> DbResult<()> {
    let now = tx.now();
    tx.exec(
        "UPDATE live_codes_code SET unknown_since = $3
         WHERE tenant_id = $1 AND id = $2 AND unknown_since = 0 AND intent_at > 0",
        args![scope.tenant(), id, now],
    )
    .await?;
    Ok(())
}

/// Binds the platform's object to a code.
pub(super) async fn bind(
    tx: &mut Tx<'_>,
    scope: &Scope,
    id: &str,
    (platform_id, qr_url): (&str, &str),
    revision: i64,
) -> DbResult<()> {
    tx.exec(
        "UPDATE live_codes_code SET platform_id = $3, qr_url = CASE WHEN $4 = '' THEN qr_url ELSE $4 END,
            intent_at = 0, unknown_since = 0, published_revision = $5,
            status = CASE WHEN revision = $5 THEN 'live' ELSE status END, reason = '', reason_detail = ''
         WHERE tenant_id = $1 AND id = $2",
        args![scope.tenant(), id, platform_id, qr_url, revision],
    )
    .await?;
    Ok(())
}

/// Whether one of our codes is bound to this object of the platform.
pub(super) async fn is_bound(
    tx: &mut Tx<'_>,
    scope: &Scope,
    account: &str,
    platform_id: &str,
) -> DbResult<bool> {
    let row: Option<(i64,)> = tx
        .opt(
            "SELECT CAST(1 AS BIGINT) FROM live_codes_code
             WHERE tenant_id = $1 AND account_id = $2 AND platform_id = $3 LIMIT 1",
            args![scope.tenant(), account, platform_id],
        )
        .await?;
    Ok(row.is_some())
}

/// Persons per code: added, joined, joined a week ago or longer, and of those still there after a week.
pub(super) async fn funnels(tx: &mut Tx<'_>, scope: &Scope, code: &str) -> DbResult<Vec<FunnelRow>> {
    let ripe = tx.now().minus(7 * DAY);
    tx.all(
        "SELECT CAST(SUM(CASE WHEN stage = 'add' THEN 1 ELSE 0 END) AS BIGINT) AS adds,
            CAST(SUM(CASE WHEN stage = 'join' THEN 1 ELSE 0 END) AS BIGINT) AS joins,
            CAST(SUM(CASE WHEN stage = 'join' AND at <= $3 THEN 1 ELSE 0 END) AS BIGINT) AS ripe,
            CAST(SUM(CASE WHEN stage = 'join' AND at <= $3 AND (left_at = 0 OR left_at - at >= $4)
                THEN 1 ELSE 0 END) AS BIGINT) AS stayed,
            CAST(SUM(CASE WHEN stage = 'order' THEN 1 ELSE 0 END) AS BIGINT) AS buyers
         FROM live_codes_credit WHERE tenant_id = $1 AND code_id = $2 GROUP BY code_id",
        args![scope.tenant(), code, ripe, 7 * DAY],
    )
    .await
}

/// Credits an add; a person counts once.
pub async fn credit_add(
    tx: &mut Tx<'_>,
    scope: &Scope,
    code: &CodeRow,
    person: &str,
    at: Timestamp,
) -> DbResult<()> {
    credit(tx, scope, (code, person, "add"), None, at).await
}

/// A join by a code.
#[derive(Clone, Copy, Debug)]
pub struct Joined<'a> {
    pub person: &'a str,
    pub group: &'a str,
    pub at: Timestamp,
}

/// Credits a join; a person counts once, and coming back ends her absence.
pub async fn credit_join(tx: &mut Tx<'_>, scope: &Scope, code: &CodeRow, joined: Joined<'_>) -> DbResult<()> {
    credit(tx, scope, (code, joined.person, "join"), Some(joined.group), joined.at).await
}

async fn credit(
    tx: &mut Tx<'_>,
    scope: &Scope,
    (code, person, stage): (&CodeRow, &str, &str),
    group: Option<&str>,
    at: Timestamp,
) -> DbResult<()> {
    tx.exec(
        "INSERT INTO live_codes_credit (tenant_id, code_id, person_id, stage, group_id, at)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (tenant_id, code_id, person_id, stage) DO UPDATE SET left_at = 0, group_id = excluded.group_id",
        args![scope.tenant(), &code.id, person, stage, group, at],
    )
    .await?;
    Ok(())
}

/// Credits a person's first order after she came to every code she came by.
pub async fn credit_order(tx: &mut Tx<'_>, scope: &Scope, person: &str, at: Timestamp) -> DbResult<()> {
    tx.exec(
        "INSERT INTO live_codes_credit (tenant_id, code_id, person_id, stage, at)
         SELECT DISTINCT tenant_id, code_id, person_id, 'order', CAST($3 AS BIGINT) FROM live_codes_credit
         WHERE tenant_id = $1 AND person_id = $2 AND stage IN ('add', 'join') AND at <= $3
         ON CONFLICT (tenant_id, code_id, person_id, stage) DO NOTHING",
        args![scope.tenant(), person, at],
    )
    .await?;
    Ok(())
}

/// Notes that a person left a group, for the seven-day stay of the code she came by.
pub async fn note_left(tx: &mut Tx<'_>, scope: &Scope, left: Joined<'_>) -> DbResult<()> {
    tx.exec(
        "UPDATE live_codes_credit SET left_at = $4
         WHERE tenant_id = $1 AND person_id = $2 AND stage = 'join' AND group_id = $3 AND left_at = 0",
        args![scope.tenant(), left.person, left.group, left.at],
    )
    .await?;
    Ok(())
}

/// Wants the code at the platform: sets it publishing and enqueues the work.
pub async fn publish(tx: &mut Tx<'_>, scope: &Scope, id: &str) -> AppResult<()> {
    set_status(tx, scope, id, Status::Publishing, ("", "")).await?;
    tx.enqueue(scope.tenant(), &super::jobs::Publish { code: id.to_owned() }).await
}

/// Name of a group of the community in which the person is now.
pub(super) async fn group_already_in(
    tx: &mut Tx<'_>,
    scope: &Scope,
    community: &str,
    person: &str,
) -> DbResult<Option<String>> {
    let row: Option<(String,)> = tx
        .opt(
            "SELECT g.name FROM groups_membership m
             JOIN groups_group g ON g.tenant_id = m.tenant_id AND g.id = m.group_id
             WHERE m.tenant_id = $1 AND m.person_id = $3 AND m.left_at IS NULL AND g.community_id = $2
               AND g.dismissed_at IS NULL ORDER BY m.joined_at LIMIT 1",
            args![scope.tenant(), community, person],
        )
        .await?;
    Ok(row.map(|(name,)| name))
}
