//! Every query of tags: the company's tags and who carries them here, the manager's in `manage.rs`, rules in `rules.rs`,
//! bulk jobs in `bulk.rs`, tags on groups in `labels.rs`.

pub mod bulk;
pub mod labels;
pub mod manage;
pub mod rules;

mod many;

use messenger::tags::TagSnapshot;

use super::model::Cause;
use super::rows::{CountedTag, GroupRow, PersonTag, TagRow};
use crate::args;
use crate::kernel::db::{DbResult, Tx};
use crate::kernel::http::{AppError, AppResult, Scope};
use crate::kernel::search;

/// A query of tags; the rest says which.
macro_rules! select_tag {
    ($rest:literal) => {
        concat!(
            "SELECT t.id, t.account_id, t.group_id, g.name AS group_name, t.platform_id, t.name
             FROM tags_tag t JOIN tags_group g ON g.tenant_id = t.tenant_id AND g.id = t.group_id ",
            $rest
        )
    };
}

pub use many::{ensure, held_names, of_persons};
pub(super) use many::{give_many, held_pairs};

/// One living tag.
pub async fn get(tx: &mut Tx<'_>, scope: &Scope, id: &str) -> AppResult<TagRow> {
    tx.opt(
        select_tag!("WHERE t.tenant_id = $1 AND t.id = $2 AND t.deleted_at IS NULL"),
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
        select_tag!(
            "WHERE t.tenant_id = $1 AND t.account_id = $2 AND t.platform_id = $3 AND t.deleted_at IS NULL"
        ),
        args![scope.tenant(), account, platform_id],
    )
    .await
}

/// Living tags with how many people carry them, in the platform's order.
pub async fn list(tx: &mut Tx<'_>, scope: &Scope, pattern: &str) -> DbResult<Vec<CountedTag>> {
    tx.all(
        "SELECT t.id, t.account_id, t.group_id, g.name AS group_name, t.platform_id, t.name,
                t.colour, g.colour AS group_colour, t.edit_pending, t.refused,
                (SELECT CAST(COUNT(*) AS BIGINT) FROM tags_person_tag p
                 WHERE p.tenant_id = t.tenant_id AND p.tag_id = t.id) AS people
         FROM tags_tag t JOIN tags_group g ON g.tenant_id = t.tenant_id AND g.id = t.group_id
         WHERE t.tenant_id = $1 AND t.deleted_at IS NULL AND t.name_search LIKE $2 ESCAPE '!'
         ORDER BY g.place DESC, g.name, t.place DESC, t.name",
        args![scope.tenant(), pattern],
    )
    .await
}

/// Living tags of an account.
pub(super) async fn of_account(tx: &mut Tx<'_>, scope: &Scope, account: &str) -> DbResult<Vec<TagRow>> {
    tx.all(
        select_tag!("WHERE t.tenant_id = $1 AND t.account_id = $2 AND t.deleted_at IS NULL ORDER BY t.id"),
        args![scope.tenant(), account],
    )
    .await
}

/// Living tags of a tag group.
pub(super) async fn of_group(tx: &mut Tx<'_>, scope: &Scope, group: &str) -> DbResult<Vec<TagRow>> {
    tx.all(
        select_tag!("WHERE t.tenant_id = $1 AND t.group_id = $2 AND t.deleted_at IS NULL ORDER BY t.id"),
        args![scope.tenant(), group],
    )
    .await
}

pub(super) async fn group(tx: &mut Tx<'_>, scope: &Scope, id: &str) -> AppResult<GroupRow> {
    tx.opt(
        "SELECT account_id, platform_id, name, place, edit_pending FROM tags_group WHERE tenant_id = $1 AND id = $2",
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
        // A name or place that the platform doesn't know yet is the newer one.
        let waiting: Option<(String,)> = tx
            .opt(
                "SELECT id FROM tags_group WHERE tenant_id = $1 AND account_id = $2 AND platform_id = $3
                   AND edit_pending = TRUE",
                args![scope.tenant(), account, platform_id],
            )
            .await?;
        if let Some((known,)) = waiting {
            return Ok(known);
        }
        tx.exec(
            "UPDATE tags_group SET name = $4, place = $5
             WHERE tenant_id = $1 AND account_id = $2 AND platform_id = $3 AND (name <> $4 OR place <> $5)
               AND edit_pending = FALSE
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
                "UPDATE tags_tag SET name = CASE WHEN edit_pending = TRUE THEN name ELSE $4 END,
                     name_search = CASE WHEN edit_pending = TRUE THEN name_search ELSE $7 END,
                     place = CASE WHEN edit_pending = TRUE THEN place ELSE $5 END, group_id = $6
                 WHERE tenant_id = $1 AND account_id = $2 AND platform_id = $3 AND deleted_at IS NULL",
                args![scope.tenant(), account, &tag.id, &tag.name, tag.order, group, search::key(&tag.name)],
            )
            .await?;
        if known > 0 {
            return Ok(None);
        }
    }
    let new = tx.new_id("tag");
    let (id,): (String,) = tx
        .one(
            "INSERT INTO tags_tag (tenant_id, id, account_id, group_id, platform_id, name, place, name_search)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
             ON CONFLICT (tenant_id, group_id, name) WHERE deleted_at IS NULL DO UPDATE
             SET platform_id = CASE WHEN excluded.platform_id = '' THEN tags_tag.platform_id
                                    ELSE excluded.platform_id END
             RETURNING id",
            args![scope.tenant(), &new, account, group, &tag.id, &tag.name, tag.order, search::key(&tag.name)],
        )
        .await?;
    Ok(Some(id).filter(|id| *id == new))
}

pub(super) async fn set_name(tx: &mut Tx<'_>, scope: &Scope, id: &str, name: &str) -> DbResult<()> {
    tx.exec(
        "UPDATE tags_tag SET name = $3, name_search = $4, edit_pending = TRUE
         WHERE tenant_id = $1 AND id = $2 AND name <> $3",
        args![scope.tenant(), id, name, search::key(name)],
    )
    .await?;
    Ok(())
}

/// Gives a living tag to a person; false when she carries it already.
pub(super) async fn give(
    tx: &mut Tx<'_>,
    scope: &Scope,
    (person, tag): (&str, &str),
    cause: Cause<'_>,
) -> DbResult<bool> {
    let now = tx.now();
    let given = tx
        .exec(
            "INSERT INTO tags_person_tag (tenant_id, person_id, tag_id, source, cause, applied_at)
             SELECT t.tenant_id, $2, t.id, $4, $5, $6 FROM tags_tag t
             WHERE t.tenant_id = $1 AND t.id = $3 AND t.deleted_at IS NULL
             ON CONFLICT (tenant_id, person_id, tag_id) DO NOTHING",
            args![scope.tenant(), person, tag, cause.source, cause.id, now],
        )
        .await?;
    Ok(given == 1)
}

/// Takes a tag from a person and remembers why; false when she does not carry it.
pub(super) async fn take(
    tx: &mut Tx<'_>,
    scope: &Scope,
    (person, tag): (&str, &str),
    cause: Cause<'_>,
) -> DbResult<bool> {
    let gone = tx
        .exec(
            "DELETE FROM tags_person_tag WHERE tenant_id = $1 AND person_id = $2 AND tag_id = $3",
            args![scope.tenant(), person, tag],
        )
        .await?;
    if gone == 1 {
        let now = tx.now();
        tx.exec(
            "INSERT INTO tags_removal (tenant_id, person_id, tag_id, source, cause, removed_at)
             VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (tenant_id, person_id, tag_id) DO UPDATE
             SET source = excluded.source, cause = excluded.cause, removed_at = excluded.removed_at",
            args![scope.tenant(), person, tag, cause.source, cause.id, now],
        )
        .await?;
    }
    Ok(gone == 1)
}

/// Some of those on whose bonds the platform shows a tag that we don't know them to carry.
pub(super) async fn unmirrored_carriers(
    tx: &mut Tx<'_>,
    scope: &Scope,
    (tag, platform_id): (&str, &str),
    limit: i64,
) -> DbResult<Vec<String>> {
    let rows: Vec<(String,)> = tx
        .all(
            "SELECT DISTINCT c.person_id
             FROM people_follow f JOIN people_contact c ON c.tenant_id = f.tenant_id AND c.id = f.contact_id
             WHERE f.tenant_id = $1 AND f.deleted_at IS NULL AND (',' || f.platform_tags || ',') LIKE $3 ESCAPE '!'
               AND NOT EXISTS (SELECT 1 FROM tags_person_tag p
                   WHERE p.tenant_id = f.tenant_id AND p.person_id = c.person_id AND p.tag_id = $2)
             ORDER BY c.person_id LIMIT $4",
            args![scope.tenant(), tag, search::inside(&format!(",{platform_id},")), limit],
        )
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// The tags of a person, by group and name.
pub async fn of_person(tx: &mut Tx<'_>, scope: &Scope, person: &str) -> AppResult<Vec<PersonTag>> {
    let rows = tx
        .all(
            "SELECT p.tag_id, g.name AS group_name, t.name, p.source, p.applied_at,
                    CASE WHEN t.colour = '' THEN g.colour ELSE t.colour END AS colour,
                    COALESCE((SELECT r.name FROM tags_rule r WHERE r.tenant_id = p.tenant_id AND r.id = p.cause),
                        (SELECT b.name FROM tags_bulk b WHERE b.tenant_id = p.tenant_id AND b.id = p.cause),
                        (SELECT c.title FROM live_codes_code c WHERE c.tenant_id = p.tenant_id AND c.id = p.cause),
                        '') AS cause
             FROM tags_person_tag p
             JOIN tags_tag t ON t.tenant_id = p.tenant_id AND t.id = p.tag_id
             JOIN tags_group g ON g.tenant_id = t.tenant_id AND g.id = t.group_id
             WHERE p.tenant_id = $1 AND p.person_id = $2 AND t.deleted_at IS NULL ORDER BY g.name, t.name",
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
