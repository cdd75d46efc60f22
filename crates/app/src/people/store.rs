//! Every query of people, contacts and follows.

pub(crate) mod carried;
mod fields;
mod follows;
mod losses;
mod merges;
mod phones;

pub(super) use fields::{NewField, add_field, change_field, values_of};
pub use fields::{NewValue, field, fields, set_value};
pub use follows::{active_follows, follows_of, set_platform_tags};
pub(super) use follows::{contacts_among, end_follow, follows_among, unseen, upsert_follows};
pub(super) use losses::{LossFilter, losses, mark_told, set_tells_losses, settle_loss, tells_losses, untold};
pub use losses::{NewLoss, losses_unseen, note_loss};
pub use merges::{Joining, merge, merges_of, survivor_of};
pub(super) use merges::{by_id as merge_by_id, carry_late, keep_apart, may_undo, split, undo};
pub use phones::{NewPhone, Phones, by_phone, note_phone};
pub(super) use phones::{keep_only, of_person as phones_of, suggestions};

use super::model::{MatchedBy, Seen};
use super::rows::{ContactRow, ContactView, PersonRow, Recognised};
use crate::args;
use crate::kernel::db::{DbResult, Tx};
use crate::kernel::http::{AppError, AppResult, Paging, Scope};

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

/// Customers by id, oldest first.
pub(super) async fn list(
    tx: &mut Tx<'_>,
    scope: &Scope,
    page: &Paging,
    pattern: &str,
) -> DbResult<Vec<PersonRow>> {
    tx.all(
        "SELECT p.id, p.person_no, p.name, p.avatar, p.kind, p.first_seen_at FROM people_person p
         WHERE p.tenant_id = $1 AND p.id > $3 AND p.kind <> 'staff' AND p.kind <> 'merged'
           AND p.name_search LIKE $4 ESCAPE '!'
           AND ($2 = '' OR p.id IN (SELECT m.person_id FROM groups_membership m
                    JOIN groups_duty d ON d.tenant_id = m.tenant_id AND d.group_id = m.group_id
                    WHERE m.tenant_id = $1 AND d.staff_id = $2)
                OR p.id IN (SELECT c.person_id FROM people_contact c
                    JOIN people_follow f ON f.tenant_id = c.tenant_id AND f.contact_id = c.id
                    WHERE c.tenant_id = $1 AND f.staff_id = $2))
         ORDER BY p.id LIMIT $5",
        args![scope.tenant(), scope.reach_key(), &page.after, pattern, page.probe()],
    )
    .await
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
    let by_union = match seen.union_id {
        Some(union) if !seen.is_staff => by_union_id(tx, scope, union).await?,
        _ => None,
    };
    let matched_by = if by_union.is_some() { MatchedBy::UnionId } else { MatchedBy::ExternalId };
    let (person, person_no, kind) = match by_union {
        Some(known) => (known.id, known.person_no, known.kind),
        None => new_person(tx, scope, seen).await?,
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
            args![scope.tenant(), &known.person, name, name.to_lowercase(), avatar],
        )
        .await?;
    }
    if let (None, Some(union), false) = (&known.union_id, seen.union_id, seen.is_staff) {
        return learn_union(tx, scope, seen, (known, union)).await;
    }
    let ContactRow { contact, person, person_no, kind, .. } = known;
    Ok(Recognised { person, contact, person_no, kind, new: false })
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

/// The contacts by which accounts know a person, oldest first.
pub(super) async fn contacts_of(tx: &mut Tx<'_>, scope: &Scope, person: &str) -> DbResult<Vec<ContactView>> {
    tx.all(
        "SELECT id, account_id, name, external_id, business, matched_by, confidence, matched_at, first_seen_at
         FROM people_contact WHERE tenant_id = $1 AND person_id = $2 ORDER BY id",
        args![scope.tenant(), person],
    )
    .await
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
            name.to_lowercase(),
            seen.avatar,
            kind,
            seen.at
        ],
    )
    .await?;
    Ok((id, number, kind.to_owned()))
}

/// Takes a person out of every figure: `host_crew` and `house_account` for ever, `bot` and `test` until [`unbar`].
pub async fn bar(tx: &mut Tx<'_>, scope: &Scope, person: &str, kind: &str) -> AppResult<()> {
    tx.exec(
        "UPDATE people_person SET kind = $3 WHERE tenant_id = $1 AND id = $2
           AND (kind IN ('customer', 'bot', 'test') OR (kind = 'host_crew' AND $3 = 'house_account'))",
        args![scope.tenant(), person, kind],
    )
    .await?;
    Ok(())
}

/// Somebody who was taken for a bot or a trial is a customer after all.
pub async fn unbar(tx: &mut Tx<'_>, scope: &Scope, person: &str) -> AppResult<()> {
    tx.exec(
        "UPDATE people_person SET kind = 'customer' WHERE tenant_id = $1 AND id = $2 AND kind IN ('bot', 'test')",
        args![scope.tenant(), person],
    )
    .await?;
    Ok(())
}
