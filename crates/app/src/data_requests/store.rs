//! Queries of requests. What reads or erases a person's rows everywhere has files of its own.

mod erase;
mod gather;
mod keys;

pub(super) use erase::{Erased, erase_rows, forget_texts, rewrite_facts, texts_in_flight};
pub(super) use gather::{counts, gather};
pub(super) use keys::{Keys, keys_of};

use base::Timestamp;

use super::model::{Act, Kind, RequestRefusal, State, WORKING_DAYS, due};
use super::rows::{FileRow, RequestRow, StepRow};
use crate::args;
use crate::kernel::db::{DbResult, Tx};
use crate::kernel::http::{AppError, AppResult, Paging, Scope};
use crate::tenants;

/// A request to be entered.
#[derive(Clone, Copy, Debug)]
pub struct NewRequest<'a> {
    pub person: &'a str,
    pub kind: Kind,
    /// `member_page` or `staff`.
    pub channel: &'a str,
    pub wish: &'a str,
    pub locale: &'a str,
    /// The operator's name; empty when she asked herself on her page, which proves who she is.
    pub actor: &'a str,
}

/// Enters a request; answers its id.
///
/// # Errors
/// 404 without such a person in reach; [`RequestRefusal`] for an employee, or while one of this kind is open.
pub(super) async fn enter(tx: &mut Tx<'_>, scope: &Scope, new: &NewRequest<'_>) -> AppResult<String> {
    let (name, kind) = person(tx, scope, new.person).await?;
    if kind == "staff" {
        return Err(RequestRefusal::NotAMember.into());
    }
    let open = tx
        .number(
            "SELECT CAST(COUNT(*) AS BIGINT) FROM data_requests_request WHERE tenant_id = $1 AND person_id = $2
               AND kind = $3 AND state IN ('received', 'verified', 'in_work')",
            args![scope.tenant(), new.person, new.kind.word()],
        )
        .await?;
    if open > 0 {
        return Err(RequestRefusal::AlreadyOpen.into());
    }
    let zone = tenants::get(tx, scope).await?.tenant_zone();
    let (id, now) = (tx.new_id("drq"), tx.now());
    let due_at = due(&zone, now, working_days(tx, scope).await?);
    tx.exec(
        "INSERT INTO data_requests_request (tenant_id, id, person_id, person_name, kind, state, channel, wish, locale,
             received_at, due_at)
         VALUES ($1, $2, $3, $4, $5, 'received', $6, $7, $8, $9, $10)",
        args![
            scope.tenant(),
            &id,
            new.person,
            name,
            new.kind.word(),
            new.channel,
            new.wish,
            new.locale,
            now,
            due_at
        ],
    )
    .await?;
    note_step(tx, scope, &id, (new.actor, "received", "")).await?;
    Ok(id)
}

/// Name and kind of a person within the caller's reach.
async fn person(tx: &mut Tx<'_>, scope: &Scope, id: &str) -> AppResult<(String, String)> {
    if !crate::privacy::person_in_reach(tx, scope, id).await? {
        return Err(AppError::not_found());
    }
    tx.opt("SELECT name, kind FROM people_person WHERE tenant_id = $1 AND id = $2", args![scope.tenant(), id])
        .await?
        .ok_or_else(AppError::not_found)
}

/// One request. Requests are seen by whoever may see them at all: they are about the law, not about groups.
pub(super) async fn get(tx: &mut Tx<'_>, scope: &Scope, id: &str) -> AppResult<RequestRow> {
    tx.opt(
        "SELECT id, person_id, person_name, kind, state, channel, wish, locale, received_at, due_at, verified_how,
                verified_at, started_at, ended_at, outcome, legal_ground, alias
         FROM data_requests_request WHERE tenant_id = $1 AND id = $2 AND ($3 = '' OR person_id IN (
             SELECT m.person_id FROM groups_membership m JOIN groups_duty d ON d.tenant_id = m.tenant_id
                AND d.group_id = m.group_id WHERE m.tenant_id = $1 AND d.staff_id = $3))",
        args![scope.tenant(), id, scope.reach_key()],
    )
    .await?
    .ok_or_else(AppError::not_found)
}

/// What a list is narrowed to; empty for all. `state` may be `open`.
#[derive(Clone, Debug, Default)]
pub(super) struct Filter {
    pub state: String,
    pub kind: String,
    pub person: String,
    pub pattern: String,
}

/// Requests, newest first.
pub(super) async fn list(
    tx: &mut Tx<'_>,
    scope: &Scope,
    page: &Paging,
    filter: &Filter,
) -> DbResult<Vec<RequestRow>> {
    tx.all(
        "SELECT id, person_id, person_name, kind, state, channel, wish, locale, received_at, due_at, verified_how,
                verified_at, started_at, ended_at, outcome, legal_ground, alias
         FROM data_requests_request WHERE tenant_id = $1 AND ($3 = '' OR id < $3)
           AND ($4 = '' OR state = $4 OR ($4 = 'open' AND state IN ('received', 'verified', 'in_work')))
           AND ($5 = '' OR kind = $5) AND ($6 = '' OR person_id = $6) AND LOWER(person_name) LIKE $7 ESCAPE '!'
           AND ($2 = '' OR person_id IN (
             SELECT m.person_id FROM groups_membership m JOIN groups_duty d ON d.tenant_id = m.tenant_id
                AND d.group_id = m.group_id WHERE m.tenant_id = $1 AND d.staff_id = $2))
         ORDER BY id DESC LIMIT $8",
        args![
            scope.tenant(),
            scope.reach_key(),
            &page.after,
            &filter.state,
            &filter.kind,
            &filter.person,
            &filter.pattern,
            page.probe()
        ],
    )
    .await
}

/// Open requests whose deadline is past, oldest deadline first.
pub async fn overdue(tx: &mut Tx<'_>, scope: &Scope) -> DbResult<Vec<RequestRow>> {
    let now = tx.now();
    tx.all(
        "SELECT id, person_id, person_name, kind, state, channel, wish, locale, received_at, due_at, verified_how,
                verified_at, started_at, ended_at, outcome, legal_ground, alias
         FROM data_requests_request WHERE tenant_id = $1 AND state IN ('received', 'verified', 'in_work')
           AND due_at <= $2 ORDER BY due_at, id LIMIT 50",
        args![scope.tenant(), now],
    )
    .await
}

/// Does one act. `note` is what proves or explains it.
///
/// # Errors
/// [`RequestRefusal::WrongState`] when it can't be done now.
pub(super) async fn act(
    tx: &mut Tx<'_>,
    scope: &Scope,
    request: &RequestRow,
    (act, actor, note): (Act, &str, &str),
) -> AppResult<()> {
    let before = request.state();
    let Some(after) = before.after(act, request.kind()) else {
        return Err(RequestRefusal::WrongState { state: before.word() }.into());
    };
    let now = tx.now();
    let touched = tx
        .exec(
            "UPDATE data_requests_request SET state = $3,
                 verified_how = CASE WHEN $3 = 'verified' THEN $5 ELSE verified_how END,
                 verified_at = CASE WHEN $3 = 'verified' THEN $6 ELSE verified_at END,
                 started_at = CASE WHEN $3 = 'in_work' THEN $6 ELSE started_at END,
                 ended_at = CASE WHEN $3 IN ('done', 'refused') THEN $6 ELSE ended_at END,
                 outcome = CASE WHEN $3 IN ('done', 'refused') THEN $5 ELSE outcome END
             WHERE tenant_id = $1 AND id = $2 AND state = $4",
            args![scope.tenant(), &request.id, after.word(), before.word(), note, now],
        )
        .await?;
    if touched == 0 {
        return Err(RequestRefusal::WrongState { state: before.word() }.into());
    }
    let step = match act {
        Act::Verify => "verified",
        Act::Start => "started",
        Act::Finish => "done",
        Act::Refuse => "refused",
    };
    note_step(tx, scope, &request.id, (actor, step, note)).await?;
    Ok(())
}

pub(super) async fn set_legal_ground(tx: &mut Tx<'_>, scope: &Scope, id: &str, ground: &str) -> DbResult<()> {
    tx.exec(
        "UPDATE data_requests_request SET legal_ground = $3 WHERE tenant_id = $1 AND id = $2",
        args![scope.tenant(), id, ground],
    )
    .await?;
    Ok(())
}

/// The id that takes the place of hers, chosen once.
pub(super) async fn ensure_alias(tx: &mut Tx<'_>, scope: &Scope, request: &RequestRow) -> DbResult<String> {
    if !request.alias.is_empty() {
        return Ok(request.alias.clone());
    }
    let alias = tx.new_id("ers");
    tx.exec(
        "UPDATE data_requests_request SET alias = $3 WHERE tenant_id = $1 AND id = $2",
        args![scope.tenant(), &request.id, &alias],
    )
    .await?;
    Ok(alias)
}

pub(super) async fn note_step(
    tx: &mut Tx<'_>,
    scope: &Scope,
    request: &str,
    (actor, step, note): (&str, &str, &str),
) -> DbResult<()> {
    let (id, now) = (tx.new_id("dst"), tx.now());
    tx.exec(
        "INSERT INTO data_requests_step (tenant_id, id, request_id, at, actor, step, note)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        args![scope.tenant(), id, request, now, actor, step, note],
    )
    .await?;
    Ok(())
}

pub(super) async fn steps(tx: &mut Tx<'_>, scope: &Scope, request: &str) -> DbResult<Vec<StepRow>> {
    tx.all(
        "SELECT id, at, actor, step, note FROM data_requests_step
         WHERE tenant_id = $1 AND request_id = $2 ORDER BY id",
        args![scope.tenant(), request],
    )
    .await
}

/// Working days until a deadline, as the company decided.
pub(super) async fn working_days(tx: &mut Tx<'_>, scope: &Scope) -> DbResult<i64> {
    let row: Option<(i64,)> = tx
        .opt("SELECT working_days FROM data_requests_setting WHERE tenant_id = $1", args![scope.tenant()])
        .await?;
    Ok(row.map_or(WORKING_DAYS, |(days,)| days))
}

pub(super) async fn set_working_days(tx: &mut Tx<'_>, scope: &Scope, days: i64) -> DbResult<()> {
    tx.exec(
        "INSERT INTO data_requests_setting (tenant_id, working_days) VALUES ($1, $2)
         ON CONFLICT (tenant_id) DO UPDATE SET working_days = excluded.working_days",
        args![scope.tenant(), days],
    )
    .await?;
    Ok(())
}

/// The secret part of a copy's address. Made of the installation's key, so that it need not be kept.
pub(super) fn file_token(tx: &Tx<'_>, scope: &Scope, request: &str, made_at: i64) -> String {
    tx.blind(&format!("copy {} {request} {made_at}", scope.tenant()))
}

/// Keeps a sealed copy; an earlier one of the same request goes.
pub(super) async fn keep_file(tx: &mut Tx<'_>, scope: &Scope, file: &FileRow) -> DbResult<()> {
    let token = file_token(tx, scope, &file.request_id, file.made_at);
    let token_digest = tx.blind(&token);
    tx.exec(
        "INSERT INTO data_requests_file (tenant_id, request_id, sealed, digest, bytes, token_digest, made_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (tenant_id, request_id) DO UPDATE SET sealed = excluded.sealed, digest = excluded.digest,
             bytes = excluded.bytes, token_digest = excluded.token_digest, made_at = excluded.made_at,
             expires_at = excluded.expires_at",
        args![
            scope.tenant(),
            &file.request_id,
            &file.sealed,
            &file.digest,
            file.bytes,
            token_digest,
            file.made_at,
            file.expires_at
        ],
    )
    .await?;
    Ok(())
}

/// The copy of a request while its days last.
pub(super) async fn file(tx: &mut Tx<'_>, scope: &Scope, request: &str) -> DbResult<Option<FileRow>> {
    let now = tx.now();
    tx.opt(
        "SELECT tenant_id, request_id, sealed, digest, bytes, made_at, expires_at, fetched FROM data_requests_file
         WHERE tenant_id = $1 AND request_id = $2 AND expires_at > $3",
        args![scope.tenant(), request, now],
    )
    .await
}

/// The copy behind an address, while its days last.
pub(super) async fn file_by_token(tx: &mut Tx<'_>, token: &str) -> DbResult<Option<FileRow>> {
    let (digest, now) = (tx.blind(token), tx.now());
    tx.opt(
        "SELECT tenant_id, request_id, sealed, digest, bytes, made_at, expires_at, fetched FROM data_requests_file
         WHERE token_digest = $1 AND expires_at > $2",
        args![digest, now],
    )
    .await
}

pub(super) async fn note_fetched(tx: &mut Tx<'_>, scope: &Scope, request: &str) -> DbResult<()> {
    tx.exec(
        "UPDATE data_requests_file SET fetched = fetched + 1 WHERE tenant_id = $1 AND request_id = $2",
        args![scope.tenant(), request],
    )
    .await?;
    Ok(())
}

/// Keeps a certificate, as text and digest.
pub(super) async fn keep_certificate(
    tx: &mut Tx<'_>,
    scope: &Scope,
    request: &str,
    (body, digest): (&str, &str),
) -> DbResult<()> {
    let now = tx.now();
    tx.exec(
        "INSERT INTO data_requests_certificate (tenant_id, request_id, body, digest, at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (tenant_id, request_id) DO NOTHING",
        args![scope.tenant(), request, body, digest, now],
    )
    .await?;
    Ok(())
}

/// The certificate of an erasure: text, digest.
pub(super) async fn certificate(
    tx: &mut Tx<'_>,
    scope: &Scope,
    request: &str,
) -> DbResult<Option<(String, String)>> {
    tx.opt(
        "SELECT body, digest FROM data_requests_certificate WHERE tenant_id = $1 AND request_id = $2",
        args![scope.tenant(), request],
    )
    .await
}

/// How many requests are open, and how many of those are past their deadline.
pub(super) async fn open_counts(tx: &mut Tx<'_>, scope: &Scope, now: Timestamp) -> DbResult<(i64, i64)> {
    tx.one(
        "SELECT CAST(COUNT(*) AS BIGINT),
            CAST(COALESCE(SUM(CASE WHEN due_at <= $2 THEN 1 ELSE 0 END), 0) AS BIGINT)
         FROM data_requests_request WHERE tenant_id = $1 AND state IN ('received', 'verified', 'in_work')",
        args![scope.tenant(), now],
    )
    .await
}

/// Whether a state word is one that a list may be narrowed to.
pub(super) fn is_state_filter(word: &str) -> bool {
    word.is_empty() || word == "open" || State::parse(word).is_some()
}

/// The dense number of a person; 0 when she is not there.
pub(super) async fn person_no(tx: &mut Tx<'_>, scope: &Scope, person: &str) -> DbResult<i64> {
    let row: Option<(i64,)> = tx
        .opt(
            "SELECT person_no FROM people_person WHERE tenant_id = $1 AND id = $2",
            args![scope.tenant(), person],
        )
        .await?;
    Ok(row.map_or(0, |(n,)| n))
}
