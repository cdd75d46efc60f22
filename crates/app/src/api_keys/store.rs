//! Every query of keys. Tokens are kept as SHA-256 digests only.

use sha2::{Digest as _, Sha256};

use super::model::{ApiKeyRefusal, MOST_KEYS, TOKEN_PREFIX};
use super::rows::{KeyRow, NewKey};
use crate::args;
use crate::kernel::db::{DbResult, Tx};
use crate::kernel::http::{AppError, AppResult, Paging, Scope};

fn digest(token: &str) -> String {
    hex::encode(Sha256::digest(token.as_bytes()))
}

/// Makes a key; answers its id and the token, which is shown once.
pub(super) async fn create(tx: &mut Tx<'_>, scope: &Scope, new: &NewKey<'_>) -> AppResult<(String, String)> {
    let (id, now) = (tx.new_id("key"), tx.now());
    let token = format!("{TOKEN_PREFIX}{}", tx.token(32));
    tx.exec(
        "INSERT INTO api_keys_key (tenant_id, id, name, name_search, digest, hint, scopes, community_id, networks,
             per_minute, expires_at, created_by, created_at, last_used_at, last_address, revoked_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 0, '', 0)",
        args![
            scope.tenant(),
            &id,
            new.name,
            new.name.to_lowercase(),
            digest(&token),
            &token[token.len() - 4..],
            new.scopes.join(","),
            new.community,
            new.networks.join(","),
            new.per_minute,
            new.expires_at,
            new.created_by,
            now
        ],
    )
    .await?;
    let living = tx
        .number(
            "SELECT CAST(COUNT(*) AS BIGINT) FROM api_keys_key WHERE tenant_id = $1 AND revoked_at = 0",
            args![scope.tenant()],
        )
        .await?;
    if living > MOST_KEYS { Err(ApiKeyRefusal::TooManyKeys.into()) } else { Ok((id, token)) }
}

/// The living key behind a token, of whatever company.
pub(super) async fn by_token(tx: &mut Tx<'_>, token: &str) -> DbResult<Option<KeyRow>> {
    tx.opt(
        "SELECT tenant_id, id, name, hint, scopes, community_id, networks, per_minute, expires_at, created_by,
                created_at, last_used_at, last_address, revoked_at
         FROM api_keys_key WHERE digest = $1 AND revoked_at = 0",
        args![digest(token)],
    )
    .await
}

pub(super) async fn get(tx: &mut Tx<'_>, scope: &Scope, id: &str) -> AppResult<KeyRow> {
    tx.opt(
        "SELECT tenant_id, id, name, hint, scopes, community_id, networks, per_minute, expires_at, created_by,
                created_at, last_used_at, last_address, revoked_at
         FROM api_keys_key WHERE tenant_id = $1 AND id = $2",
        args![scope.tenant(), id],
    )
    .await?
    .ok_or_else(AppError::not_found)
}

/// Keys, newest first.
pub(super) async fn list(
    tx: &mut Tx<'_>,
    scope: &Scope,
    pattern: &str,
    page: &Paging,
) -> DbResult<Vec<KeyRow>> {
    tx.all(
        "SELECT tenant_id, id, name, hint, scopes, community_id, networks, per_minute, expires_at, created_by,
                created_at, last_used_at, last_address, revoked_at
         FROM api_keys_key
         WHERE tenant_id = $1 AND ($2 = '' OR id < $2) AND name_search LIKE $3 ESCAPE '!'
         ORDER BY id DESC LIMIT $4",
        args![scope.tenant(), &page.after, pattern, page.probe()],
    )
    .await
}

/// Ends a key; false when it had ended before.
pub(super) async fn revoke(tx: &mut Tx<'_>, scope: &Scope, id: &str) -> DbResult<bool> {
    let now = tx.now();
    let ended = tx
        .exec(
            "UPDATE api_keys_key SET revoked_at = $3 WHERE tenant_id = $1 AND id = $2 AND revoked_at = 0",
            args![scope.tenant(), id, now],
        )
        .await?;
    Ok(ended == 1)
}

/// Notes that a key was used now, and from where.
pub(super) async fn touch(tx: &mut Tx<'_>, key: &KeyRow, address: &str) -> DbResult<()> {
    let now = tx.now();
    tx.exec(
        "UPDATE api_keys_key SET last_used_at = $3, last_address = $4 WHERE tenant_id = $1 AND id = $2",
        args![&key.tenant_id, &key.id, now, address],
    )
    .await?;
    Ok(())
}

/// The name of a community, read here because keys stand above the communities in the order of slices.
pub(super) async fn community(tx: &mut Tx<'_>, scope: &Scope, id: &str) -> DbResult<Option<String>> {
    let row: Option<(String,)> = tx
        .opt(
            "SELECT name FROM communities_community WHERE tenant_id = $1 AND id = $2",
            args![scope.tenant(), id],
        )
        .await?;
    Ok(row.map(|(name,)| name))
}
