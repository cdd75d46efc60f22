//! Every query of tags.

mod many;

use messenger::tags::TagSnapshot;

use super::rows::{CountedTag, GroupRow, PersonTag, TagRow};
use crate::args;
use crate::kernel::db::{DbResult, Tx};
use crate::kernel::http::{AppError, AppResult, Scope};

pub(super) use many::give_many;
pub use many::{ensure, held_names, of_persons};

/// One living tag.
pub async fn get(tx: &mut Tx<'_>, scope: &Scope, id: &str) -> AppResult<TagRow> {
    tx.opt(
        "SELECT t.id, t.account_id, t.group_id, g.name AS group_name, t.platform_id, t.name
         FROM tags_tag t JOIN tags_group g ON g.tenant_id = t.tenant_id AND g.id = t.group_id
         WHERE t.tenant_id = $1 AND t.id = $2 AND t.deleted_at IS NULL",
        args![scope.tenant(), id],
    )
    .await?
    .ok_or_else(AppError::not_found)
}

pub(super) async fn by_platform_id(
    tx: &mut Tx<'_>,
    scope: &Scope,
    account: &str,
    platform_id: &str,
) -> DbResult<Option<TagRow>> {
    tx.opt(
        "SELECT t.id, t.account_id, t.group_id, g.name AS group_name, t.platform_id, t.name
         FROM tags_tag t JOIN tags_group g ON g.tenant_id = t.tenant_id AND g.id = t.group_id
         WHERE t.tenant_id = $1 AND t.account_id = $2 AND t.platform_id = $3 AND t.deleted_at IS NULL",
        args![scope.tenant(), account, platform_id],
    )
    .await
}

/// All living tags with how many people carry them, in the platform's order.
pub async fn list(tx: &mut Tx<'_>, scope: &Scope) -> DbResult<Vec<CountedTag>> {
    tx.all(
        "SELECT t.id, t.account_id, t.group_id, g.name AS group_name, t.platform_id, t.name,
                (SELECT CAST(COUNT(*) AS BIGINT) FROM tags_person_tag p
                 WHERE p.tenant_id = t.tenant_id AND p.tag_id = t.id) AS people
         FROM tags_tag t JOIN tags_group g ON g.tenant_id = t.tenant_id AND g.id = t.group_id
         WHERE t.tenant_id = $1 AND t.deleted_at IS NULL
         ORDER BY g.place DESC, g.name, t.place DESC, t.name",
        args![scope.tenant()],
    )
    .await
}

/// Living tags of an account.
pub(super) async fn of_account(tx: &mut Tx<'_>, scope: &Scope, account: &str) -> DbResult<Vec<TagRow>> {
    tx.all(
        "SELECT t.id, t.account_id, t.group_id, g.name AS group_name, t.platform_id, t.name
         FROM tags_tag t JOIN tags_group g ON g.tenant_id = t.tenant_id AND g.id = t.group_id
         WHERE t.tenant_id = $1 AND t.account_id = $2 AND t.deleted_at IS NULL ORDER BY t.id",
        args![scope.tenant(), account],
    )
    .await
}

/// Living tags of a tag group.
pub(super) async fn of_group(tx: &mut Tx<'_>, scope: &Scope, group: &str) -> DbResult<Vec<TagRow>> {
    tx.all(
        "SELECT t.id, t.account_id, t.group_id, g.name AS group_name, t.platform_id, t.name
         FROM tags_tag t JOIN tags_group g ON g.tenant_id = t.tenant_id AND g.id = t.group_id
         WHERE t.tenant_id = $1 AND t.group_id = $2 AND t.deleted_at IS NULL ORDER BY t.id",
        args![scope.tenant(), group],
    )
    .await
}

pub(super) async fn group(tx: &mut Tx<'_>, scope: &Scope, id: &str) -> AppResult<GroupRow> {
    tx.opt(
        "SELECT account_id, name FROM tags_group WHERE tenant_id = $1 AND id = $2",
        args![scope.tenant(), id],
    )
    .await?
    .ok_or_else(AppError::not_found)
}

/// The tag group of this name, made when there is none; a known platform id is kept. Answers our id.
pub(super) async fn ensure_group(
    tx: &mut Tx<'_>,
    scope: &Scope,
    account: &str,
    (platform_id, name, place): (&str, &str, i64),
) -> DbResult<String> {
    let id = tx.new_id("tgg");
    if !platform_id.is_empty() {
        tx.exec(
            "UPDATE tags_group SET name = $4, place = $5
             WHERE tenant_id = $1 AND account_id = $2 AND platform_id = $3 AND (name <> $4 OR place <> $5)
               AND NOT EXISTS (SELECT 1 FROM tags_group o WHERE o.tenant_id = $1 AND o.account_id = $2
                   AND o.name = $4 AND o.platform_id <> $3)",
            args![scope.tenant(), account, platform_id, name, place],
        )
        .await?;
    }
    let (id,): (String,) = tx
        .one(
            "INSERT INTO tags_group (tenant_id, id, account_id, platform_id, name, place)
             VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (tenant_id, account_id, name) DO UPDATE
             SET platform_id = CASE WHEN excluded.platform_id = '' THEN tags_group.platform_id
                                    ELSE excluded.platform_id END,
                 place = CASE WHEN excluded.platform_id = '' THEN tags_group.place ELSE excluded.place END
             RETURNING id",
            args![scope.tenant(), id, account, platform_id, name, place],
        )
        .await?;
    Ok(id)
}

/// Writes a tag as the platform shows it (or, without a platform id, as we want it). Answers our id when it is new.
pub(super) async fn upsert(
    tx: &mut Tx<'_>,
    scope: &Scope,
    (account, group): (&str, &str),
    tag: &TagSnapshot,
) -> DbResult<Option<String>> {
    if !tag.id.is_empty() {
        let known = tx
            .exec(
                "UPDATE tags_tag SET name = $4, place = $5, group_id = $6
                 WHERE tenant_id = $1 AND account_id = $2 AND platform_id = $3 AND deleted_at IS NULL",
                args![scope.tenant(), account, &tag.id, &tag.name, tag.order, group],
            )
            .await?;
        if known > 0 {
            return Ok(None);
        }
    }
    let new = tx.new_id("tag");
    let (id,): (String,) = tx
        .one(
            "INSERT INTO tags_tag (tenant_id, id, account_id, group_id, platform_id, name, place)
             VALUES ($1, $2, $3, $4, $5, $6, $7)
             ON CONFLICT (tenant_id, group_id, name) WHERE deleted_at IS NULL DO UPDATE
             SET platform_id = CASE WHEN excluded.platform_id = '' THEN tags_tag.platform_id
                                    ELSE excluded.platform_id END
             RETURNING id",
            args![scope.tenant(), &new, account, group, &tag.id, &tag.name, tag.order],
        )
        .await?;
    Ok(Some(id).filter(|id| *id == new))
}

pub(super) async fn set_name(tx: &mut Tx<'_>, scope: &Scope, id: &str, name: &str) -> DbResult<()> {
    tx.exec(
        "UPDATE tags_tag SET name = $3 WHERE tenant_id = $1 AND id = $2",
        args![scope.tenant(), id, name],
    )
    .await?;
    Ok(())
}

/// The platform has the tag no more: nobody carries it any longer.
pub(super) async fn bury(tx: &mut Tx<'_>, scope: &Scope, id: &str) -> DbResult<()> {
    let now = tx.now();
    tx.exec(
        "UPDATE tags_tag SET deleted_at = $3 WHERE tenant_id = $1 AND id = $2",
        args![scope.tenant(), id, now],
    )
    .await?;
    tx.exec("DELETE FROM tags_person_tag WHERE tenant_id = $1 AND tag_id = $2", args![scope.tenant(), id])
        .await?;
    Ok(())
}

/// Gives tags to a person; answers how many she did not have.
pub(super) async fn give(
    tx: &mut Tx<'_>,
    scope: &Scope,
    person: &str,
    tags: &[String],
    source: &str,
) -> DbResult<u64> {
    let now = tx.now();
    let rows = tags.iter().map(|tag| args![scope.tenant(), person, tag, source, now]).collect();
    tx.insert_many(
        "INSERT INTO tags_person_tag (tenant_id, person_id, tag_id, source, applied_at)",
        rows,
        "ON CONFLICT (tenant_id, person_id, tag_id) DO NOTHING",
    )
    .await
}

pub(super) async fn take(tx: &mut Tx<'_>, scope: &Scope, person: &str, tag: &str) -> DbResult<bool> {
    let gone = tx
        .exec(
            "DELETE FROM tags_person_tag WHERE tenant_id = $1 AND person_id = $2 AND tag_id = $3",
            args![scope.tenant(), person, tag],
        )
        .await?;
    Ok(gone == 1)
}

/// Gives a newly mirrored tag to everyone on whose bonds the platform shows it.
pub(super) async fn give_to_carriers(
    tx: &mut Tx<'_>,
    scope: &Scope,
    tag: &str,
    platform_id: &str,
) -> DbResult<()> {
    let escaped = platform_id.replace('!', "!!").replace('_', "!_").replace('%', "!%");
    let now = tx.now();
    tx.exec(
        "INSERT INTO tags_person_tag (tenant_id, person_id, tag_id, source, applied_at)
         SELECT DISTINCT c.tenant_id, c.person_id, $2, 'platform', $3
         FROM people_follow f JOIN people_contact c ON c.tenant_id = f.tenant_id AND c.id = f.contact_id
         WHERE f.tenant_id = $1 AND f.deleted_at IS NULL AND (',' || f.platform_tags || ',') LIKE $4 ESCAPE '!'
         ON CONFLICT (tenant_id, person_id, tag_id) DO NOTHING",
        args![scope.tenant(), tag, now, format!("%,{escaped},%")],
    )
    .await?;
    Ok(())
}

/// The tags of a person, by group and name.
pub async fn of_person(tx: &mut Tx<'_>, scope: &Scope, person: &str) -> AppResult<Vec<PersonTag>> {
    let rows = tx
        .all(
            "SELECT p.tag_id, g.name AS group_name, t.name, p.source, p.applied_at
             FROM tags_person_tag p
             JOIN tags_tag t ON t.tenant_id = p.tenant_id AND t.id = p.tag_id
             JOIN tags_group g ON g.tenant_id = t.tenant_id AND g.id = t.group_id
             WHERE p.tenant_id = $1 AND p.person_id = $2 ORDER BY g.name, t.name",
            args![scope.tenant(), person],
        )
        .await?;
    Ok(rows)
}

/// The names of a person's tags.
pub async fn names_of(tx: &mut Tx<'_>, scope: &Scope, person: &str) -> AppResult<Vec<String>> {
    Ok(of_person(tx, scope, person).await?.into_iter().map(|t| t.name).collect())
}

/// The living tags that a person carries, with their platform ids.
pub(super) async fn wanted(tx: &mut Tx<'_>, scope: &Scope, person: &str) -> DbResult<Vec<TagRow>> {
    tx.all(
        "SELECT t.id, t.account_id, t.group_id, g.name AS group_name, t.platform_id, t.name
         FROM tags_person_tag p
         JOIN tags_tag t ON t.tenant_id = p.tenant_id AND t.id = p.tag_id
         JOIN tags_group g ON g.tenant_id = t.tenant_id AND g.id = t.group_id
         WHERE p.tenant_id = $1 AND p.person_id = $2 AND t.deleted_at IS NULL ORDER BY t.id",
        args![scope.tenant(), person],
    )
    .await
}
