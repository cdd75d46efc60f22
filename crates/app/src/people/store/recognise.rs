//! Finding out who somebody is: by the platform's id in the account, by union id, by what a file said, else new.

use super::super::model::{MatchedBy, Seen};
use super::super::rows::{ContactRow, PersonRow, Recognised};
use super::{erased, imported, merges, names};
use crate::args;
use crate::kernel::db::{DbResult, Tx};
use crate::kernel::http::{AppResult, Scope};
use crate::kernel::search;

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
pub(in super::super) async fn contact(
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

/// A new contact: of the person with the same union id, else of one whom a file brought, else of a new one.
pub(super) async fn by_person(tx: &mut Tx<'_>, scope: &Scope, seen: &Seen<'_>) -> AppResult<Recognised> {
    let by_union = match seen.union_id {
        Some(union) if !seen.is_staff => by_union_id(tx, scope, union).await?,
        _ => None,
    };
    let matched_by = if by_union.is_some() { MatchedBy::UnionId } else { MatchedBy::ExternalId };
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
             first_seen_at, matched_by, confidence, matched_at, union_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $9, $12)",
        args![
            scope.tenant(),
            &contact,
            seen.account,
            seen.external_id,
            seen.is_staff,
            &person,
            seen.name,
            seen.business,
            seen.at,
            matched_by.word(),
            matched_by.confidence(),
            seen.union_id.filter(|_| !seen.is_staff)
        ],
    )
    .await?;
    Ok(Recognised { person, contact, person_no, kind, new: true })
}

/// Brings what is known of a contact up to what was seen; empty names and absent avatars tell nothing.
pub(super) async fn refresh(
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
    let renamed = named && known.person_name != seen.name && !named_by_another(tx, scope, &known).await?;
    if renamed || (avatar.is_some() && known.avatar.as_deref() != avatar) {
        let name = if renamed { seen.name } else { &known.person_name };
        tx.exec(
            "UPDATE people_person SET name = $3, name_search = $4, avatar = COALESCE($5, avatar)
             WHERE tenant_id = $1 AND id = $2",
            args![scope.tenant(), &known.person, name, search::key(name), avatar],
        )
        .await?;
        if renamed {
            names::note_renamed(tx, scope, &known.person).await?;
        }
    }
    if let (None, Some(union), false) = (&known.union_id, seen.union_id, seen.is_staff) {
        return learn_union(tx, scope, seen, (known, union)).await;
    }
    let ContactRow { contact, person, person_no, kind, .. } = known;
    Ok(Recognised { person, contact, person_no, kind, new: false })
}

/// Whether she bears the name of another contact of hers: then it stays, or two accounts would rename her in turn.
async fn named_by_another(tx: &mut Tx<'_>, scope: &Scope, known: &ContactRow) -> DbResult<bool> {
    let others = tx
        .number(
            "SELECT CAST(COUNT(*) AS BIGINT) FROM people_contact
             WHERE tenant_id = $1 AND person_id = $2 AND id <> $3 AND name = $4",
            args![scope.tenant(), &known.person, &known.contact, &known.person_name],
        )
        .await?;
    Ok(others > 0)
}

/// A contact turned out to have a union id: the person's own from now on, or proof that she is somebody known.
async fn learn_union(
    tx: &mut Tx<'_>,
    scope: &Scope,
    seen: &Seen<'_>,
    (known, union): (ContactRow, &str),
) -> AppResult<Recognised> {
    tx.exec(
        "UPDATE people_contact SET union_id = $3 WHERE tenant_id = $1 AND id = $2",
        args![scope.tenant(), &known.contact, union],
    )
    .await?;
    match by_union_id(tx, scope, union).await? {
        // Where a rule may not join them (a house account, two who were kept apart) a suggestion shows both.
        Some(owner) if owner.id != known.person => {
            let pair = (owner.id.as_str(), known.person.as_str());
            merges::merge_if_sure(tx, scope, pair, MatchedBy::UnionId).await?;
        }
        Some(_) => {}
        None => {
            tx.exec(
                "UPDATE people_person SET union_id = $3 WHERE tenant_id = $1 AND id = $2 AND union_id IS NULL",
                args![scope.tenant(), &known.person, union],
            )
            .await?;
        }
    }
    let now = contact(tx, scope, (seen.account, seen.external_id, false)).await?.unwrap_or(known);
    let ContactRow { contact, person, person_no, kind, .. } = now;
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

pub(super) async fn new_person(
    tx: &mut Tx<'_>,
    scope: &Scope,
    seen: &Seen<'_>,
) -> AppResult<(String, i64, String)> {
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
