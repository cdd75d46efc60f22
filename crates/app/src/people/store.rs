//! Every query of people, contacts and follows.

mod erased;
mod imported;

use std::sync::LazyLock;

use base::Timestamp;

use super::model::{KnownFollow, Seen};
use super::rows::{ActiveFollow, ContactRow, FollowRow, FollowView, PersonRow, Recognised};
use crate::args;
use crate::kernel::db::{Arg, Args, DbResult, Tx};
use crate::kernel::http::{AppError, AppResult, Paging, Scope};
use crate::kernel::search;

pub use imported::{
    ContactData, Key, KnownPerson, NewImported, Way, add_keys, bonded_among, contact_data, create_imported,
    imported_among, known_by, may_import, normal_phone, phone_digest, rename_imported,
};

/// One person within the caller's reach: in one of her groups, or followed by her.
pub async fn get(tx: &mut Tx<'_>, scope: &Scope, id: &str) -> AppResult<PersonRow> {
    tx.opt(
        "SELECT p.id, p.person_no, p.name, p.avatar, p.kind, p.first_seen_at FROM people_person p
         WHERE p.tenant_id = $1 AND p.id = $3
           AND ($2 = '' OR p.id IN (SELECT m.person_id FROM groups_membership m
                    JOIN groups_duty d ON d.tenant_id = m.tenant_id AND d.group_id = m.group_id
                    WHERE m.tenant_id = $1 AND d.staff_id = $2)
                OR p.id IN (SELECT c.person_id FROM people_contact c
                    JOIN people_follow f ON f.tenant_id = c.tenant_id AND f.contact_id = c.id
                    WHERE c.tenant_id = $1 AND f.staff_id = $2))",
        args![scope.tenant(), scope.reach_key(), id],
    )
    .await?
    .ok_or_else(AppError::not_found)
}

/// What a list of people is narrowed to; empty fields don't narrow.
#[derive(Clone, Debug)]
pub struct Filter {
    /// A LIKE pattern over lower-cased names, `%` for all.
    pub pattern: String,
    /// Who carries this tag,
    pub tag: String,
    /// is in this group now,
    pub group: String,
    /// is in a group of this community now.
    pub community: String,
}

impl Filter {
    /// Everybody whose name fits a LIKE pattern.
    #[must_use]
    pub const fn named(pattern: String) -> Self {
        Self { pattern, tag: String::new(), group: String::new(), community: String::new() }
    }
}

/// Customers by id, oldest first. The names are searched within the index `people_person_search` alone; only who is
/// shown is looked up in the table, else a rare name costs a look at every person.
pub async fn list(
    tx: &mut Tx<'_>,
    scope: &Scope,
    page: &Paging,
    filter: &Filter,
) -> DbResult<Vec<PersonRow>> {
    tx.all(
        "SELECT p.id, p.person_no, p.name, p.avatar, p.kind, p.first_seen_at FROM people_person p
         WHERE p.tenant_id = $1 AND p.id IN (
             SELECT n.id FROM people_person n
             WHERE n.tenant_id = $1 AND n.id > $3 AND n.kind NOT IN ('staff', 'erased') AND n.name_search LIKE $4 ESCAPE '!'
               AND ($2 = '' OR n.id IN (SELECT m.person_id FROM groups_membership m
                        JOIN groups_duty d ON d.tenant_id = m.tenant_id AND d.group_id = m.group_id
                        WHERE m.tenant_id = $1 AND d.staff_id = $2)
                    OR n.id IN (SELECT c.person_id FROM people_contact c
                        JOIN people_follow f ON f.tenant_id = c.tenant_id AND f.contact_id = c.id
                        WHERE c.tenant_id = $1 AND f.staff_id = $2))
               AND ($6 = '' OR n.id IN (SELECT t.person_id FROM tags_person_tag t
                        WHERE t.tenant_id = $1 AND t.tag_id = $6))
               AND ($7 = '' OR n.id IN (SELECT m.person_id FROM groups_membership m
                        WHERE m.tenant_id = $1 AND m.group_id = $7 AND m.left_at IS NULL))
               AND ($8 = '' OR n.id IN (SELECT m.person_id FROM groups_membership m
                        JOIN groups_group g ON g.tenant_id = m.tenant_id AND g.id = m.group_id
                        WHERE m.tenant_id = $1 AND g.community_id = $8 AND m.left_at IS NULL))
             ORDER BY n.id LIMIT $5)
         ORDER BY p.id",
        args![
            scope.tenant(),
            scope.reach_key(),
            &page.after,
            &filter.pattern,
            page.probe(),
            &filter.tag,
            &filter.group,
            &filter.community
        ],
    )
    .await
}

/// Everybody within reach whom the list of people shows with this filter, by id.
pub async fn matching(tx: &mut Tx<'_>, scope: &Scope, filter: &Filter) -> AppResult<Vec<String>> {
    let mut ids: Vec<String> = Vec::new();
    loop {
        let page = Paging { after: ids.last().cloned().unwrap_or_default(), limit: 5_000 };
        let mut rows = list(tx, scope, &page, filter).await?;
        let more = rows.len() > page.limit;
        rows.truncate(page.limit);
        ids.extend(rows.into_iter().map(|r| r.id));
        if !more {
            return Ok(ids);
        }
    }
}

/// The person behind a contact's platform id.
pub async fn by_external_id(
    tx: &mut Tx<'_>,
    scope: &Scope,
    account: &str,
    external_id: &str,
) -> AppResult<Option<PersonRow>> {
    let row = tx
        .opt(
            "SELECT p.id, p.person_no, p.name, p.avatar, p.kind, p.first_seen_at
             FROM people_contact c JOIN people_person p ON p.tenant_id = c.tenant_id AND p.id = c.person_id
             WHERE c.tenant_id = $1 AND c.account_id = $2 AND c.external_id = $3 AND c.is_staff = FALSE",
            args![scope.tenant(), account, external_id],
        )
        .await?;
    Ok(row)
}

/// A known contact: account, platform id, whether it is an employee's.
pub(super) async fn contact(
    tx: &mut Tx<'_>,
    scope: &Scope,
    (account, external_id, is_staff): (&str, &str, bool),
) -> DbResult<Option<ContactRow>> {
    tx.opt(
        "SELECT c.external_id, c.id AS contact, c.person_id AS person, p.person_no, p.kind, c.name,
                p.name AS person_name, p.avatar, p.union_id
         FROM people_contact c JOIN people_person p ON p.tenant_id = c.tenant_id AND p.id = c.person_id
         WHERE c.tenant_id = $1 AND c.account_id = $2 AND c.external_id = $3 AND c.is_staff = $4",
        args![scope.tenant(), account, external_id, is_staff],
    )
    .await
}

/// Finds out who somebody is; makes contact and person when nobody fits.
pub async fn recognise(tx: &mut Tx<'_>, scope: &Scope, seen: &Seen<'_>) -> AppResult<Recognised> {
    if let Some(known) = contact(tx, scope, (seen.account, seen.external_id, seen.is_staff)).await? {
        return refresh(tx, scope, seen, known).await;
    }
    match erased::alias_of(tx, scope, seen).await? {
        Some(alias) => erased::nobody(tx, scope, seen, &alias).await,
        None => by_person(tx, scope, seen).await,
    }
}

/// A new contact: of the person with the same union id, else of a new one.
async fn by_person(tx: &mut Tx<'_>, scope: &Scope, seen: &Seen<'_>) -> AppResult<Recognised> {
    let by_union = match seen.union_id {
        Some(union) if !seen.is_staff => by_union_id(tx, scope, union).await?,
        _ => None,
    };
    // A file may have brought her before the platform showed her.
    let by_file = match by_union {
        None if !seen.is_staff => imported::imported_as(tx, scope, seen.external_id).await?,
        _ => None,
    };
    let (person, person_no, kind) = match (by_union, by_file) {
        (Some(known), _) => (known.id, known.person_no, known.kind),
        (None, Some(known)) => known,
        (None, None) => new_person(tx, scope, seen).await?,
    };
    let contact = tx.new_id("ctc");
    tx.exec(
        "INSERT INTO people_contact (tenant_id, id, account_id, external_id, is_staff, person_id, name, business,
             first_seen_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        args![
            scope.tenant(),
            &contact,
            seen.account,
            seen.external_id,
            seen.is_staff,
            &person,
            seen.name,
            seen.business,
            seen.at
        ],
    )
    .await?;
    Ok(Recognised { person, contact, person_no, kind, new: true })
}

/// Brings what is known of a contact up to what was seen; empty names and absent avatars tell nothing.
async fn refresh(
    tx: &mut Tx<'_>,
    scope: &Scope,
    seen: &Seen<'_>,
    known: ContactRow,
) -> AppResult<Recognised> {
    let named = !seen.name.is_empty();
    if named && known.name != seen.name {
        tx.exec(
            "UPDATE people_contact SET name = $3 WHERE tenant_id = $1 AND id = $2",
            args![scope.tenant(), &known.contact, seen.name],
        )
        .await?;
    }
    let avatar = seen.avatar.filter(|a| !a.is_empty());
    if (named && known.person_name != seen.name) || (avatar.is_some() && known.avatar.as_deref() != avatar) {
        let name = if named { seen.name } else { &known.person_name };
        tx.exec(
            "UPDATE people_person SET name = $3, name_search = $4, avatar = COALESCE($5, avatar)
             WHERE tenant_id = $1 AND id = $2",
            args![scope.tenant(), &known.person, name, search::key(name), avatar],
        )
        .await?;
    }
    if let (None, Some(union), false) = (&known.union_id, seen.union_id, seen.is_staff) {
        // Another person may own this union id already. Joining two histories is a decision for people, not for here.
        tx.exec(
            "UPDATE people_person SET union_id = $3 WHERE tenant_id = $1 AND id = $2 AND NOT EXISTS (
                 SELECT 1 FROM people_person o WHERE o.tenant_id = $1 AND o.union_id = $3)",
            args![scope.tenant(), &known.person, union],
        )
        .await?;
    }
    let ContactRow { contact, person, person_no, kind, .. } = known;
    Ok(Recognised { person, contact, person_no, kind, new: false })
}

async fn by_union_id(tx: &mut Tx<'_>, scope: &Scope, union: &str) -> DbResult<Option<PersonRow>> {
    tx.opt(
        "SELECT id, person_no, name, avatar, kind, first_seen_at FROM people_person
         WHERE tenant_id = $1 AND union_id = $2",
        args![scope.tenant(), union],
    )
    .await
}

async fn new_person(tx: &mut Tx<'_>, scope: &Scope, seen: &Seen<'_>) -> AppResult<(String, i64, String)> {
    let number = tx
        .number(
            "INSERT INTO people_counter (tenant_id, last_no) VALUES ($1, 1)
             ON CONFLICT (tenant_id) DO UPDATE SET last_no = people_counter.last_no + 1
             RETURNING last_no",
            args![scope.tenant()],
        )
        .await?;
    let (id, kind) = (tx.new_id("psn"), if seen.is_staff { "staff" } else { "customer" });
    let name = if seen.is_staff && seen.name.is_empty() { seen.external_id } else { seen.name };
    tx.exec(
        "INSERT INTO people_person (tenant_id, id, person_no, union_id, name, name_search, avatar, kind, first_seen_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        args![
            scope.tenant(),
            &id,
            number,
            seen.union_id.filter(|_| !seen.is_staff),
            name,
            search::key(name),
            seen.avatar,
            kind,
            seen.at
        ],
    )
    .await?;
    Ok((id, number, kind.to_owned()))
}

/// Takes a person out of every figure for ever: `host_crew` or `house_account`. Never the other way.
pub async fn bar(tx: &mut Tx<'_>, scope: &Scope, person: &str, kind: &str) -> AppResult<()> {
    tx.exec(
        "UPDATE people_person SET kind = $3 WHERE tenant_id = $1 AND id = $2 AND kind <> 'house_account'",
        args![scope.tenant(), person, kind],
    )
    .await?;
    Ok(())
}

/// A person's bonds, living and ended, newest first.
pub async fn follows_of(tx: &mut Tx<'_>, scope: &Scope, person: &str) -> AppResult<Vec<FollowView>> {
    let rows = tx
        .all(
            "SELECT c.id AS contact_id, c.account_id, c.name AS contact_name, c.business, f.staff_id,
                    s.name AS staff_name, f.since, f.state, f.remark, f.description, f.way, f.deleted_at
             FROM people_contact c
             JOIN people_follow f ON f.tenant_id = c.tenant_id AND f.contact_id = c.id
             JOIN staff_member s ON s.tenant_id = f.tenant_id AND s.id = f.staff_id
             WHERE c.tenant_id = $1 AND c.person_id = $2 ORDER BY f.since DESC, f.staff_id",
            args![scope.tenant(), person],
        )
        .await?;
    Ok(rows)
}

/// A person's living bonds, oldest first.
pub async fn active_follows(tx: &mut Tx<'_>, scope: &Scope, person: &str) -> AppResult<Vec<ActiveFollow>> {
    let rows = tx
        .all(
            "SELECT c.account_id, c.id AS contact_id, c.external_id, f.staff_id, s.platform_id AS staff_platform_id,
                    f.platform_tags
             FROM people_contact c
             JOIN people_follow f ON f.tenant_id = c.tenant_id AND f.contact_id = c.id
             JOIN staff_member s ON s.tenant_id = f.tenant_id AND s.id = f.staff_id
             WHERE c.tenant_id = $1 AND c.person_id = $2 AND f.deleted_at IS NULL ORDER BY f.since, f.staff_id",
            args![scope.tenant(), person],
        )
        .await?;
    Ok(rows)
}

/// Notes what tags the platform now shows on a bond, after we marked them: our own calls cause no callback.
pub async fn set_platform_tags(
    tx: &mut Tx<'_>,
    scope: &Scope,
    (contact, staff): (&str, &str),
    tags: &str,
) -> AppResult<()> {
    tx.exec(
        "UPDATE people_follow SET platform_tags = $4 WHERE tenant_id = $1 AND contact_id = $2 AND staff_id = $3",
        args![scope.tenant(), contact, staff, tags],
    )
    .await?;
    Ok(())
}

/// Contacts asked for in one statement.
const PORTION: usize = 50;

fn placeholders() -> String {
    (3..3 + PORTION).map(|n| format!("${n}")).collect::<Vec<_>>().join(", ")
}

static CONTACTS: LazyLock<&'static str> = LazyLock::new(|| {
    let holes = placeholders();
    format!(
        "SELECT c.external_id, c.id AS contact, c.person_id AS person, p.person_no, p.kind, c.name,
                p.name AS person_name, p.avatar, p.union_id
         FROM people_contact c JOIN people_person p ON p.tenant_id = c.tenant_id AND p.id = c.person_id
         WHERE c.tenant_id = $1 AND c.account_id = $2 AND c.is_staff = FALSE AND c.external_id IN ({holes})"
    )
    .leak()
});

static FOLLOWS: LazyLock<&'static str> = LazyLock::new(|| {
    let holes = placeholders();
    format!(
        "SELECT c.external_id, s.platform_id AS staff, f.since, f.state, f.remark, f.description, f.way,
                f.platform_tags, f.deleted_at
         FROM people_contact c
         JOIN people_follow f ON f.tenant_id = c.tenant_id AND f.contact_id = c.id
         JOIN staff_member s ON s.tenant_id = f.tenant_id AND s.id = f.staff_id
         WHERE c.tenant_id = $1 AND c.account_id = $2 AND c.is_staff = FALSE AND c.external_id IN ({holes})"
    )
    .leak()
});

/// Arguments of the two statements above; a short portion repeats its last id.
fn portion_args(scope: &Scope, account: &str, ids: &[&str]) -> Args {
    let mut args = args![scope.tenant(), account];
    let filler = ids.last().copied().unwrap_or_default();
    args.extend((0..PORTION).map(|n| Arg::from(ids.get(n).copied().unwrap_or(filler))));
    args
}

/// What is known of these contacts, by platform id.
pub(super) async fn contacts_among(
    tx: &mut Tx<'_>,
    scope: &Scope,
    account: &str,
    ids: &[&str],
) -> DbResult<Vec<ContactRow>> {
    let mut rows = Vec::new();
    for portion in ids.chunks(PORTION) {
        rows.extend(tx.all::<ContactRow>(&CONTACTS, portion_args(scope, account, portion)).await?);
    }
    Ok(rows)
}

/// The bonds of these contacts, by platform id.
pub(super) async fn follows_among(
    tx: &mut Tx<'_>,
    scope: &Scope,
    account: &str,
    ids: &[&str],
) -> DbResult<Vec<FollowRow>> {
    let mut rows = Vec::new();
    for portion in ids.chunks(PORTION) {
        rows.extend(tx.all::<FollowRow>(&FOLLOWS, portion_args(scope, account, portion)).await?);
    }
    Ok(rows)
}

impl From<&FollowRow> for KnownFollow {
    fn from(row: &FollowRow) -> Self {
        Self {
            staff: row.staff.clone(),
            since: Timestamp(row.since),
            state: row.state.clone(),
            remark: row.remark.clone(),
            description: row.description.clone(),
            way: row.way.clone(),
            tags: row.platform_tags.split(',').filter(|t| !t.is_empty()).map(str::to_owned).collect(),
            deleted_at: row.deleted_at.map(Timestamp),
        }
    }
}

/// Writes living bonds; each row is contact, staff, since, state, remark, description, way, tags, run.
pub(super) async fn upsert_follows(tx: &mut Tx<'_>, rows: Vec<Args>) -> DbResult<()> {
    tx.insert_many(
        "INSERT INTO people_follow (tenant_id, contact_id, staff_id, since, state, remark, description, way,
             platform_tags, seen_run)",
        rows,
        "ON CONFLICT (tenant_id, contact_id, staff_id) DO UPDATE
         SET since = excluded.since, state = excluded.state, remark = excluded.remark,
             description = excluded.description, way = excluded.way, platform_tags = excluded.platform_tags,
             deleted_at = NULL,
             seen_run = CASE WHEN excluded.seen_run > people_follow.seen_run THEN excluded.seen_run
                             ELSE people_follow.seen_run END",
    )
    .await?;
    Ok(())
}

/// Ends a living bond that began before `at`; false when there was none.
pub(super) async fn end_follow(
    tx: &mut Tx<'_>,
    scope: &Scope,
    (contact, staff): (&str, &str),
    at: Timestamp,
) -> DbResult<bool> {
    let touched = tx
        .exec(
            "UPDATE people_follow SET deleted_at = $4
             WHERE tenant_id = $1 AND contact_id = $2 AND staff_id = $3 AND deleted_at IS NULL AND since <= $4",
            args![scope.tenant(), contact, staff, at],
        )
        .await?;
    Ok(touched == 1)
}

/// Contacts of an account whose living bonds a complete traversal did not meet.
pub(super) async fn unseen(tx: &mut Tx<'_>, scope: &Scope, account: &str, run: i64) -> DbResult<Vec<String>> {
    let rows: Vec<(String,)> = tx
        .all(
            "SELECT DISTINCT c.external_id FROM people_follow f
             JOIN people_contact c ON c.tenant_id = f.tenant_id AND c.id = f.contact_id
             WHERE f.tenant_id = $1 AND c.account_id = $2 AND f.deleted_at IS NULL AND f.seen_run < $3
             ORDER BY c.external_id",
            args![scope.tenant(), account, run],
        )
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}
