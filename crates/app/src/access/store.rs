//! Every query of operators, sessions and sign-in codes. Tokens and codes are kept as SHA-256 digests only.

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::model::{AccessRefusal, CODE_LIFE, Role, SESSION_IDLE, TRY_WINDOW, WRONG_TRIES};
use crate::args;
use crate::kernel::db::{DbResult, Tx};
use crate::kernel::http::{AppError, AppResult, Paging, Scope, SystemReason};

#[derive(Debug, Clone, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct Operator {
    pub id: String,
    pub login: String,
    pub name: String,
    pub role: String,
    /// The staff member this operator is, if she is one.
    pub staff_id: Option<String>,
    /// `all` or `own_groups`.
    pub reach: String,
    pub locale: String,
    pub disabled: bool,
    pub created_at: i64,
    pub last_seen_at: i64,
}

/// What may be set on an operator.
pub struct NewOperator<'a> {
    pub login: &'a str,
    pub name: &'a str,
    pub role: Role,
    pub staff_id: Option<&'a str>,
    pub own_groups_only: bool,
    pub locale: &'a str,
}

/// A session with whoever opened it.
#[derive(sqlx::FromRow)]
pub(super) struct SessionRow {
    pub tenant_id: String,
    pub seen_at: i64,
    #[sqlx(flatten)]
    pub operator: Operator,
}

pub(super) fn digest(token: &str) -> String {
    hex::encode(Sha256::digest(token.as_bytes()))
}

/// Creates an operator without a password; she signs in by a one-time code first.
pub async fn create_operator(tx: &mut Tx<'_>, scope: &Scope, new: &NewOperator<'_>) -> AppResult<String> {
    let (id, now) = (tx.new_id("opr"), tx.now());
    let reach = if new.own_groups_only { "own_groups" } else { "all" };
    let inserted = tx
        .exec(
            "INSERT INTO access_operator (tenant_id, id, login, name, role, staff_id, reach, locale, password_hash,
                 disabled, created_at, last_seen_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, '', FALSE, $9, 0)",
            args![
                scope.tenant(),
                &id,
                new.login,
                new.name,
                new.role.word(),
                new.staff_id.map(str::to_owned),
                reach,
                new.locale,
                now
            ],
        )
        .await;
    match inserted {
        Err(e) if e.is_unique() => Err(AccessRefusal::LoginTaken.into()),
        Err(e) => Err(e.into()),
        Ok(_) => Ok(id),
    }
}

const OPERATOR: &str =
    "SELECT id, login, name, role, staff_id, reach, locale, disabled, created_at, last_seen_at
     FROM access_operator WHERE tenant_id = $1 AND id = $2";

pub(super) async fn operator(tx: &mut Tx<'_>, tenant: &str, id: &str) -> AppResult<Operator> {
    tx.opt(OPERATOR, args![tenant, id]).await?.ok_or_else(AppError::not_found)
}

pub(super) async fn operators(
    tx: &mut Tx<'_>,
    scope: &Scope,
    pattern: &str,
    page: &Paging,
) -> DbResult<Vec<Operator>> {
    tx.all(
        "SELECT id, login, name, role, staff_id, reach, locale, disabled, created_at, last_seen_at
         FROM access_operator
         WHERE tenant_id = $1 AND id > $2 AND (LOWER(name) LIKE $3 ESCAPE '!' OR LOWER(login) LIKE $3 ESCAPE '!')
         ORDER BY id LIMIT $4",
        args![scope.tenant(), &page.after, pattern, page.probe()],
    )
    .await
}

pub(super) async fn update_operator(tx: &mut Tx<'_>, scope: &Scope, o: &Operator) -> AppResult<()> {
    tx.exec(
        "UPDATE access_operator SET name = $3, role = $4, staff_id = $5, reach = $6, locale = $7, disabled = $8
         WHERE tenant_id = $1 AND id = $2",
        args![scope.tenant(), &o.id, &o.name, &o.role, o.staff_id.clone(), &o.reach, &o.locale, o.disabled],
    )
    .await?;
    let administrators = tx
        .number(
            "SELECT CAST(COUNT(*) AS BIGINT) FROM access_operator
             WHERE tenant_id = $1 AND role = 'administrator' AND disabled = FALSE",
            args![scope.tenant()],
        )
        .await?;
    if administrators == 0 {
        return Err(AccessRefusal::LastAdministrator.into());
    }
    if o.disabled {
        end_sessions(tx, scope.tenant(), &o.id).await?;
    }
    Ok(())
}

async fn end_sessions(tx: &mut Tx<'_>, tenant: &str, operator: &str) -> DbResult<()> {
    tx.exec("DELETE FROM access_session WHERE tenant_id = $1 AND operator_id = $2", args![tenant, operator])
        .await?;
    Ok(())
}

/// Hashes and stores a password and ends every other session of the operator.
pub(super) async fn set_password(tx: &mut Tx<'_>, tenant: &str, operator: &str, hash: &str) -> DbResult<()> {
    tx.exec(
        "UPDATE access_operator SET password_hash = $3 WHERE tenant_id = $1 AND id = $2",
        args![tenant, operator, hash],
    )
    .await?;
    end_sessions(tx, tenant, operator).await
}

/// Slow on purpose: call it on the blocking pool.
pub(super) fn hash_password(password: &str) -> AppResult<String> {
    Argon2::default().hash_password(password.as_bytes()).map(|h| h.to_string()).map_err(AppError::fault)
}

/// Slow on purpose: call it on the blocking pool.
pub(super) fn password_fits(password: &str, hash: &str) -> bool {
    PasswordHash::new(hash).is_ok_and(|h| Argon2::default().verify_password(password.as_bytes(), &h).is_ok())
}

/// Tenant, operator and password hash behind a login; empty hash when she has none yet.
pub(super) async fn by_login(tx: &mut Tx<'_>, login: &str) -> DbResult<Option<(String, String, String)>> {
    tx.opt(
        "SELECT tenant_id, id, password_hash FROM access_operator WHERE login = $1 AND disabled = FALSE",
        args![login],
    )
    .await
}

/// Counts a wrong try; refuses when there were too many in the window.
pub(super) async fn check_tries(tx: &mut Tx<'_>, login: &str) -> AppResult<()> {
    let now = tx.now();
    let tries = tx
        .number(
            "SELECT CAST(COUNT(*) AS BIGINT) FROM access_wrong_try WHERE login = $1 AND at > $2",
            args![login, now.minus(TRY_WINDOW)],
        )
        .await?;
    if tries >= WRONG_TRIES { Err(AccessRefusal::TooManyTries.into()) } else { Ok(()) }
}

pub(super) async fn note_wrong_try(tx: &mut Tx<'_>, login: &str) -> DbResult<()> {
    let (id, now) = (tx.new_id("try"), tx.now());
    tx.exec("DELETE FROM access_wrong_try WHERE at < $1", args![now.minus(TRY_WINDOW)]).await?;
    tx.exec("INSERT INTO access_wrong_try (id, login, at) VALUES ($1, $2, $3)", args![id, login, now])
        .await?;
    Ok(())
}

/// Makes a one-time sign-in code for an operator. It is shown once and works once within a day.
pub async fn issue_sign_in_code(tx: &mut Tx<'_>, scope: &Scope, operator: &str) -> AppResult<String> {
    let (code, now) = (tx.token(16), tx.now());
    tx.exec(
        "INSERT INTO access_sign_in_code (digest, tenant_id, operator_id, expires_at) VALUES ($1, $2, $3, $4)",
        args![digest(&code), scope.tenant(), operator, now.plus(CODE_LIFE)],
    )
    .await?;
    Ok(code)
}

/// Makes a one-time sign-in code for the operator of this login, for whoever runs the installation itself. `None` when
/// there is no such operator.
pub async fn issue_code_for_login(tx: &mut Tx<'_>, login: &str) -> AppResult<Option<String>> {
    let Some((tenant, operator, _)) = by_login(tx, login).await? else { return Ok(None) };
    let scope = Scope::across_tenants(&tenant, SystemReason("command line"));
    let code = issue_sign_in_code(tx, &scope, &operator).await?;
    crate::kernel::audit::record_system(tx, &scope, "command line", "access.sign_in_link", &operator).await?;
    Ok(Some(code))
}

/// Spends a one-time code; answers tenant and operator.
pub(super) async fn spend_code(tx: &mut Tx<'_>, code: &str) -> AppResult<(String, String)> {
    let spent: Option<(String, String, i64)> = tx
        .opt(
            "DELETE FROM access_sign_in_code WHERE digest = $1 RETURNING tenant_id, operator_id, expires_at",
            args![digest(code)],
        )
        .await?;
    match spent {
        Some((tenant, operator, expires)) if expires > tx.now().0 => Ok((tenant, operator)),
        _ => Err(AccessRefusal::CodeSpent.into()),
    }
}

/// Opens a session; answers the token for the cookie.
pub(super) async fn open_session(tx: &mut Tx<'_>, tenant: &str, operator: &str) -> AppResult<String> {
    let (token, now) = (tx.token(24), tx.now());
    tx.exec(
        "INSERT INTO access_session (digest, tenant_id, operator_id, created_at, seen_at) VALUES ($1, $2, $3, $4, $4)",
        args![digest(&token), tenant, operator, now],
    )
    .await?;
    tx.exec(
        "UPDATE access_operator SET last_seen_at = $3 WHERE tenant_id = $1 AND id = $2",
        args![tenant, operator, now],
    )
    .await?;
    Ok(token)
}

/// One statement, because every request waits for it. `None` as well when the operator is gone.
pub(super) async fn session(tx: &mut Tx<'_>, token: &str) -> DbResult<Option<SessionRow>> {
    let now = tx.now();
    tx.opt(
        "SELECT s.tenant_id, s.seen_at, o.id, o.login, o.name, o.role, o.staff_id, o.reach, o.locale, o.disabled,
             o.created_at, o.last_seen_at
         FROM access_session s JOIN access_operator o ON o.tenant_id = s.tenant_id AND o.id = s.operator_id
         WHERE s.digest = $1 AND s.seen_at > $2",
        args![digest(token), now.minus(SESSION_IDLE)],
    )
    .await
}

pub(super) async fn touch_session(tx: &mut Tx<'_>, token: &str) -> DbResult<()> {
    let now = tx.now();
    tx.exec("UPDATE access_session SET seen_at = $2 WHERE digest = $1", args![digest(token), now]).await?;
    Ok(())
}

pub(super) async fn close_session(tx: &mut Tx<'_>, token: &str) -> DbResult<()> {
    tx.exec("DELETE FROM access_session WHERE digest = $1", args![digest(token)]).await?;
    Ok(())
}
