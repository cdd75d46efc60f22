//! Queries of the tag manager: colours, order, deletion, restoring and merging.

use base::Timestamp;

use super::super::rows::{Carried, DeletedTag, FullTag, TagGroupRow};
use crate::args;
use crate::kernel::db::{DbResult, Tx};
use crate::kernel::http::{AppError, AppResult, Scope};

/// A tag, deleted or not.
pub async fn full(tx: &mut Tx<'_>, scope: &Scope, id: &str) -> AppResult<FullTag> {
    tx.opt(
        "SELECT id, account_id, group_id, platform_id, name, place, edit_pending, deleted_at, merged_into
         FROM tags_tag WHERE tenant_id = $1 AND id = $2",
        args![scope.tenant(), id],
    )
    .await?
    .ok_or_else(AppError::not_found)
}

/// Tag groups in their order; the empty ones too, because they may be filled.
pub async fn groups(tx: &mut Tx<'_>, scope: &Scope) -> DbResult<Vec<TagGroupRow>> {
    tx.all(
        "SELECT id, account_id, name, colour FROM tags_group WHERE tenant_id = $1 ORDER BY place DESC, name",
        args![scope.tenant()],
    )
    .await
}

/// (living tags of the account, living tags of the group)
pub async fn counts(tx: &mut Tx<'_>, scope: &Scope, (account, group): (&str, &str)) -> DbResult<(i64, i64)> {
    tx.one(
        "SELECT CAST(COUNT(*) AS BIGINT), CAST(COALESCE(SUM(CASE WHEN group_id = $3 THEN 1 ELSE 0 END), 0) AS BIGINT)
         FROM tags_tag WHERE tenant_id = $1 AND account_id = $2 AND deleted_at IS NULL",
        args![scope.tenant(), account, group],
    )
    .await
}

pub async fn set_colour(tx: &mut Tx<'_>, scope: &Scope, id: &str, colour: &str) -> DbResult<u64> {
    tx.exec(
        "UPDATE tags_tag SET colour = $3 WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NULL",
        args![scope.tenant(), id, colour],
    )
    .await
}

pub async fn set_group_colour(tx: &mut Tx<'_>, scope: &Scope, id: &str, colour: &str) -> DbResult<u64> {
    tx.exec(
        "UPDATE tags_group SET colour = $3 WHERE tenant_id = $1 AND id = $2",
        args![scope.tenant(), id, colour],
    )
    .await
}

pub async fn set_group_name(tx: &mut Tx<'_>, scope: &Scope, id: &str, name: &str) -> DbResult<u64> {
    tx.exec(
        "UPDATE tags_group SET name = $3, edit_pending = TRUE WHERE tenant_id = $1 AND id = $2 AND name <> $3",
        args![scope.tenant(), id, name],
    )
    .await
}

pub async fn set_place(tx: &mut Tx<'_>, scope: &Scope, id: &str, place: i64) -> DbResult<u64> {
    tx.exec(
        "UPDATE tags_tag SET place = $3, edit_pending = TRUE WHERE tenant_id = $1 AND id = $2 AND place <> $3",
        args![scope.tenant(), id, place],
    )
    .await
}

pub async fn set_group_place(tx: &mut Tx<'_>, scope: &Scope, id: &str, place: i64) -> DbResult<u64> {
    tx.exec(
        "UPDATE tags_group SET place = $3, edit_pending = TRUE WHERE tenant_id = $1 AND id = $2 AND place <> $3",
        args![scope.tenant(), id, place],
    )
    .await
}

/// What the platform was told is what we have, unless it was changed again meanwhile.
pub async fn edit_done(tx: &mut Tx<'_>, scope: &Scope, told: &FullTag, refused: &str) -> DbResult<()> {
    tx.exec(
        "UPDATE tags_tag SET edit_pending = FALSE, refused = $5
         WHERE tenant_id = $1 AND id = $2 AND name = $3 AND place = $4",
        args![scope.tenant(), &told.id, &told.name, told.place, refused],
    )
    .await?;
    Ok(())
}

pub async fn group_edit_done(
    tx: &mut Tx<'_>,
    scope: &Scope,
    id: &str,
    (name, place): (&str, i64),
) -> DbResult<()> {
    tx.exec(
        "UPDATE tags_group SET edit_pending = FALSE WHERE tenant_id = $1 AND id = $2 AND name = $3 AND place = $4",
        args![scope.tenant(), id, name, place],
    )
    .await?;
    Ok(())
}

/// Takes a tag out of every list; `pending` when the platform has still to be asked. False when it was out already.
pub async fn delete(tx: &mut Tx<'_>, scope: &Scope, id: &str, pending: bool) -> DbResult<bool> {
    let now = tx.now();
    let touched = tx
        .exec(
            "UPDATE tags_tag SET deleted_at = $3, delete_pending = $4
             WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NULL",
            args![scope.tenant(), id, now, pending],
        )
        .await?;
    Ok(touched == 1)
}

/// The platform has the tag no more.
pub async fn deleted_there(tx: &mut Tx<'_>, scope: &Scope, id: &str) -> DbResult<()> {
    tx.exec(
        "UPDATE tags_tag SET delete_pending = FALSE, platform_id = '' WHERE tenant_id = $1 AND id = $2",
        args![scope.tenant(), id],
    )
    .await?;
    Ok(())
}

/// Brings a tag back; false when it was not deleted.
pub async fn revive(tx: &mut Tx<'_>, scope: &Scope, id: &str, refused: &str) -> DbResult<bool> {
    let touched = tx
        .exec(
            "UPDATE tags_tag SET deleted_at = NULL, delete_pending = FALSE, merged_into = '', refused = $3
             WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NOT NULL",
            args![scope.tenant(), id, refused],
        )
        .await?;
    Ok(touched == 1)
}

/// Whether the platform is being asked to delete the tag of this platform id.
pub async fn is_leaving(tx: &mut Tx<'_>, scope: &Scope, account: &str, platform_id: &str) -> DbResult<bool> {
    let n = tx
        .number(
            "SELECT CAST(COUNT(*) AS BIGINT) FROM tags_tag
             WHERE tenant_id = $1 AND account_id = $2 AND platform_id = $3 AND delete_pending = TRUE",
            args![scope.tenant(), account, platform_id],
        )
        .await?;
    Ok(n > 0)
}

/// Drops tag groups that hold nothing here and that the platform has no more.
pub async fn drop_empty_groups(tx: &mut Tx<'_>, scope: &Scope, account: &str, met: &[&str]) -> DbResult<()> {
    let empty: Vec<(String, String)> = tx
        .all(
            "SELECT g.id, g.platform_id FROM tags_group g WHERE g.tenant_id = $1 AND g.account_id = $2
               AND NOT EXISTS (SELECT 1 FROM tags_tag t WHERE t.tenant_id = g.tenant_id AND t.group_id = g.id)",
            args![scope.tenant(), account],
        )
        .await?;
    for (id, _) in empty.iter().filter(|(_, platform_id)| !met.contains(&platform_id.as_str())) {
        tx.exec("DELETE FROM tags_group WHERE tenant_id = $1 AND id = $2", args![scope.tenant(), id]).await?;
    }
    Ok(())
}

/// Tags that can be brought back, newest first.
pub async fn deleted(tx: &mut Tx<'_>, scope: &Scope, since: Timestamp) -> DbResult<Vec<DeletedTag>> {
    tx.all(
        "SELECT t.id, t.name, g.name AS group_name, t.deleted_at,
                (SELECT CAST(COUNT(*) AS BIGINT) FROM tags_kept k WHERE k.tenant_id = t.tenant_id AND k.tag_id = t.id)
                + (SELECT CAST(COUNT(*) AS BIGINT) FROM tags_person_tag p
                   WHERE p.tenant_id = t.tenant_id AND p.tag_id = t.id) AS people
         FROM tags_tag t JOIN tags_group g ON g.tenant_id = t.tenant_id AND g.id = t.group_id
         WHERE t.tenant_id = $1 AND t.deleted_at IS NOT NULL AND t.deleted_at >= $2
         ORDER BY t.deleted_at DESC, t.id LIMIT 200",
        args![scope.tenant(), since],
    )
    .await
}

/// Some of those who carry a tag.
pub async fn carriers(tx: &mut Tx<'_>, scope: &Scope, tag: &str, limit: i64) -> DbResult<Vec<Carried>> {
    tx.all(
        "SELECT person_id, source, cause, applied_at FROM tags_person_tag
         WHERE tenant_id = $1 AND tag_id = $2 ORDER BY person_id LIMIT $3",
        args![scope.tenant(), tag, limit],
    )
    .await
}

/// Some of those who carry one tag and not the other.
pub async fn carriers_without(
    tx: &mut Tx<'_>,
    scope: &Scope,
    (tag, other): (&str, &str),
    limit: i64,
) -> DbResult<Vec<String>> {
    let rows: Vec<(String,)> = tx
        .all(
            "SELECT a.person_id FROM tags_person_tag a WHERE a.tenant_id = $1 AND a.tag_id = $2
               AND NOT EXISTS (SELECT 1 FROM tags_person_tag b
                   WHERE b.tenant_id = $1 AND b.tag_id = $3 AND b.person_id = a.person_id)
             ORDER BY a.person_id LIMIT $4",
            args![scope.tenant(), tag, other, limit],
        )
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Remembers how a person carried a tag that goes.
pub async fn keep(tx: &mut Tx<'_>, scope: &Scope, tag: &str, was: &Carried) -> DbResult<()> {
    tx.exec(
        "INSERT INTO tags_kept (tenant_id, tag_id, person_id, source, cause, applied_at)
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (tenant_id, tag_id, person_id) DO NOTHING",
        args![scope.tenant(), tag, &was.person_id, &was.source, &was.cause, was.applied_at],
    )
    .await?;
    Ok(())
}

/// Takes some of those who carried a deleted tag out of memory.
pub async fn recall(tx: &mut Tx<'_>, scope: &Scope, tag: &str, limit: i64) -> DbResult<Vec<Carried>> {
    let kept: Vec<Carried> = tx
        .all(
            "SELECT person_id, source, cause, applied_at FROM tags_kept
             WHERE tenant_id = $1 AND tag_id = $2 ORDER BY person_id LIMIT $3",
            args![scope.tenant(), tag, limit],
        )
        .await?;
    for was in &kept {
        tx.exec(
            "DELETE FROM tags_kept WHERE tenant_id = $1 AND tag_id = $2 AND person_id = $3",
            args![scope.tenant(), tag, &was.person_id],
        )
        .await?;
    }
    Ok(kept)
}

pub async fn set_merging(tx: &mut Tx<'_>, scope: &Scope, id: &str, into: &str) -> DbResult<()> {
    tx.exec(
        "UPDATE tags_tag SET merged_into = $3 WHERE tenant_id = $1 AND id = $2",
        args![scope.tenant(), id, into],
    )
    .await?;
    Ok(())
}

/// Names of the rules and codes that give or ask for a tag.
pub async fn users_of(tx: &mut Tx<'_>, scope: &Scope, tag: &str) -> DbResult<Vec<String>> {
    let rows: Vec<(String,)> = tx
        .all(
            "SELECT name FROM tags_rule WHERE tenant_id = $1 AND deleted_at IS NULL AND body LIKE $2
             UNION ALL
             SELECT c.title FROM live_codes_tag t JOIN live_codes_code c ON c.tenant_id = t.tenant_id AND c.id = t.code_id
             WHERE t.tenant_id = $1 AND t.tag_id = $3",
            args![scope.tenant(), format!("%\"{tag}\"%"), tag],
        )
        .await?;
    Ok(rows.into_iter().map(|(name,)| name).collect())
}

/// Gives a tag back exactly as a person carried it; false when the tag is gone or she carries it by now.
pub async fn put_back(tx: &mut Tx<'_>, scope: &Scope, tag: &str, was: &Carried) -> DbResult<bool> {
    let given = tx
        .exec(
            "INSERT INTO tags_person_tag (tenant_id, person_id, tag_id, source, cause, applied_at)
             SELECT t.tenant_id, $2, t.id, $4, $5, $6 FROM tags_tag t
             WHERE t.tenant_id = $1 AND t.id = $3 AND t.deleted_at IS NULL
             ON CONFLICT (tenant_id, person_id, tag_id) DO NOTHING",
            args![scope.tenant(), &was.person_id, tag, &was.source, &was.cause, was.applied_at],
        )
        .await?;
    Ok(given == 1)
}
