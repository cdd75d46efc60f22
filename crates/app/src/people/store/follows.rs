//! Bonds between employees and contacts, and many contacts at once.

use std::sync::LazyLock;

use base::Timestamp;

use super::super::model::KnownFollow;
use super::super::rows::{ActiveFollow, ContactRow, FollowRow, FollowView};
use crate::args;
use crate::kernel::db::{Arg, Args, DbResult, Tx};
use crate::kernel::http::{AppResult, Scope};

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
                f.platform_tags, f.phones, f.deleted_at
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
pub(in super::super) async fn contacts_among(
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
pub(in super::super) async fn follows_among(
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
            phones: row.phones,
            deleted_at: row.deleted_at.map(Timestamp),
        }
    }
}

/// Writes living bonds; each row is contact, staff, since, state, remark, description, way, tags, how many numbers, run.
pub(in super::super) async fn upsert_follows(tx: &mut Tx<'_>, rows: Vec<Args>) -> DbResult<()> {
    tx.insert_many(
        "INSERT INTO people_follow (tenant_id, contact_id, staff_id, since, state, remark, description, way,
             platform_tags, phones, seen_run)",
        rows,
        "ON CONFLICT (tenant_id, contact_id, staff_id) DO UPDATE
         SET since = excluded.since, state = excluded.state, remark = excluded.remark,
             description = excluded.description, way = excluded.way, platform_tags = excluded.platform_tags,
             phones = excluded.phones, deleted_at = NULL,
             seen_run = CASE WHEN excluded.seen_run > people_follow.seen_run THEN excluded.seen_run
                             ELSE people_follow.seen_run END",
    )
    .await?;
    Ok(())
}

/// Ends a living bond that began before `at`; false when there was none.
pub(in super::super) async fn end_follow(
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
pub(in super::super) async fn unseen(
    tx: &mut Tx<'_>,
    scope: &Scope,
    account: &str,
    run: i64,
) -> DbResult<Vec<String>> {
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
