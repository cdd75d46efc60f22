//! Phone numbers: matched by a keyed digest, kept sealed, never in a search or a log.

use base::Secret;

use super::super::model::{MatchedBy, phone_confidence};
use super::super::rows::{PhoneRow, SuggestionRow};
use super::{merges, normal_phone, phone_digest};
use crate::args;
use crate::kernel::db::{DbResult, Tx};
use crate::kernel::http::{AppResult, Paging, Scope};
use crate::kernel::seal::Sealer;

/// The digest by which a number as somebody wrote it is matched; `None` when the text is no number.
#[must_use]
pub fn phone_key(tx: &Tx<'_>, scope: &Scope, text: &str) -> Option<String> {
    normal_phone(text).map(|phone| phone_digest(tx, scope, &phone))
}

/// A number of a person and where it comes from.
#[derive(Clone, Copy, Debug)]
pub struct NewPhone<'a> {
    pub person: &'a str,
    /// The contact it was noted on; empty when it is known of the person only.
    pub contact: &'a str,
    pub number: &'a str,
    /// `remark` typed by an employee, `order`, `form`, `operator`.
    pub source: &'a str,
    /// The bond or order it came from.
    pub source_ref: &'a str,
    /// Proven to be hers.
    pub verified: bool,
}

/// Keeps a number; a proven one that another person's proven number equals joins both. Answers whoever she is then,
/// or `None` when the text is no number.
pub async fn note_phone(
    tx: &mut Tx<'_>,
    scope: &Scope,
    sealer: &Sealer,
    new: &NewPhone<'_>,
) -> AppResult<Option<String>> {
    let Some(phone) = normal_phone(new.number) else { return Ok(None) };
    let digest = phone_digest(tx, scope, &phone);
    let (id, now) = (tx.new_id("phn"), tx.now());
    let ids = tx.ids();
    let sealed = sealer.seal(&ids, &id, &Secret::new(phone.clone()));
    let tail = &phone[phone.len().saturating_sub(4)..];
    tx.exec(
        "INSERT INTO people_phone (tenant_id, id, person_id, contact_id, digest, sealed, tail, source, source_ref,
             verified, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         ON CONFLICT (tenant_id, digest, source, source_ref) DO NOTHING",
        args![
            scope.tenant(),
            &id,
            new.person,
            new.contact,
            &digest,
            sealed,
            tail,
            new.source,
            new.source_ref,
            new.verified,
            now
        ],
    )
    .await?;
    if !new.verified {
        return Ok(Some(new.person.to_owned()));
    }
    let mut person = new.person.to_owned();
    let found = bearers(tx, scope, &digest).await?;
    // A number that many bore is a shop's or a family's: those it joined before count as well.
    let joined = joined_by_phone(tx, scope, &found).await?;
    let bearers = i64::try_from(found.len()).unwrap_or(i64::MAX).saturating_add(joined);
    if phone_confidence(2, bearers) < MatchedBy::Phone.confidence() {
        return Ok(Some(person));
    }
    for other in found {
        if let Some(survivor) = merges::merge_if_sure(tx, scope, (&person, &other), MatchedBy::Phone).await? {
            person = survivor;
        }
    }
    Ok(Some(person))
}

/// How many others these persons were joined with because of a number.
async fn joined_by_phone(tx: &mut Tx<'_>, scope: &Scope, persons: &[String]) -> DbResult<i64> {
    let mut joined = 0;
    for person in persons {
        joined += tx
            .number(
                "SELECT CAST(COUNT(*) AS BIGINT) FROM people_merge WHERE tenant_id = $1 AND survivor_id = $2
                   AND act = 'merge' AND how = 'phone' AND undone_at = 0",
                args![scope.tenant(), person],
            )
            .await?;
    }
    Ok(joined)
}

/// Persons whose proven number it is, first known first. What the company's own table says of its members is proof.
async fn bearers(tx: &mut Tx<'_>, scope: &Scope, digest: &str) -> DbResult<Vec<String>> {
    let rows: Vec<(String,)> = tx
        .all(
            "SELECT person_id FROM people_phone WHERE tenant_id = $1 AND digest = $2 AND verified = TRUE
             UNION SELECT person_id FROM people_import_key WHERE tenant_id = $1 AND value = $2 AND way = 'phone'
             ORDER BY person_id",
            args![scope.tenant(), digest],
        )
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// The one person whose proven number it is.
pub async fn by_phone(tx: &mut Tx<'_>, scope: &Scope, number: &str) -> AppResult<Option<String>> {
    let Some(digest) = phone_key(tx, scope, number) else { return Ok(None) };
    let mut found = bearers(tx, scope, &digest).await?;
    Ok(if found.len() == 1 { found.pop() } else { None })
}

/// Forgets numbers that an employee took off a bond.
pub(in super::super) async fn keep_only(
    tx: &mut Tx<'_>,
    scope: &Scope,
    source_ref: &str,
    digests: &[String],
) -> DbResult<()> {
    let kept: Vec<(String, String)> = tx
        .all(
            "SELECT id, digest FROM people_phone WHERE tenant_id = $1 AND source = 'remark' AND source_ref = $2",
            args![scope.tenant(), source_ref],
        )
        .await?;
    for (id, _) in kept.into_iter().filter(|(_, digest)| !digests.contains(digest)) {
        tx.exec("DELETE FROM people_phone WHERE tenant_id = $1 AND id = $2", args![scope.tenant(), id])
            .await?;
    }
    Ok(())
}

/// A person's numbers, newest first.
pub(in super::super) async fn of_person(
    tx: &mut Tx<'_>,
    scope: &Scope,
    person: &str,
) -> DbResult<Vec<PhoneRow>> {
    tx.all(
        "SELECT id, tail, source, verified, at FROM people_phone
         WHERE tenant_id = $1 AND person_id = $2 ORDER BY at DESC, id DESC",
        args![scope.tenant(), person],
    )
    .await
}

/// Pairs of persons who may be one, by pair: equal numbers of which one at least isn't proven, and equal union ids
/// that no rule may join. `verified` is how many of both numbers are proven, `bearers` how many bear the number.
pub(in super::super) async fn suggestions(
    tx: &mut Tx<'_>,
    scope: &Scope,
    page: &Paging,
) -> DbResult<Vec<SuggestionRow>> {
    tx.all(
        "SELECT pair.person_a || '|' || pair.person_b AS id, pair.person_a, a.name AS name_a, a.kind AS kind_a,
                pair.person_b, b.name AS name_b, b.kind AS kind_b, pair.reason, pair.tail,
                CAST(pair.verified AS BIGINT) AS verified, CAST(pair.bearers AS BIGINT) AS bearers
         FROM (SELECT one.person_id AS person_a, other.person_id AS person_b, 'phone' AS reason, MAX(one.tail) AS tail,
                      MAX(CASE WHEN one.verified = TRUE THEN 1 ELSE 0 END
                          + CASE WHEN other.verified = TRUE THEN 1 ELSE 0 END) AS verified,
                      MAX((SELECT COUNT(DISTINCT x.person_id) FROM people_phone x
                           WHERE x.tenant_id = $1 AND x.digest = one.digest)) AS bearers
               FROM people_phone one JOIN people_phone other
                 ON other.tenant_id = one.tenant_id AND other.digest = one.digest AND other.person_id > one.person_id
               WHERE one.tenant_id = $1 GROUP BY one.person_id, other.person_id
               UNION ALL
               SELECT one.person_id, other.person_id, 'union_id', '', 2, 2
               FROM people_contact one JOIN people_contact other
                 ON other.tenant_id = one.tenant_id AND other.union_id = one.union_id
                    AND other.person_id > one.person_id
               WHERE one.tenant_id = $1 AND one.union_id IS NOT NULL GROUP BY one.person_id, other.person_id) pair
         JOIN people_person a ON a.tenant_id = $1 AND a.id = pair.person_a
         JOIN people_person b ON b.tenant_id = $1 AND b.id = pair.person_b
         WHERE a.kind <> 'staff' AND b.kind <> 'staff' AND a.kind <> 'merged' AND b.kind <> 'merged'
           AND NOT EXISTS (SELECT 1 FROM people_apart x WHERE x.tenant_id = $1 AND x.person_a = pair.person_a
                           AND x.person_b = pair.person_b)
           AND (a.union_id IS NULL OR b.union_id IS NULL OR a.union_id = b.union_id)
           AND pair.person_a || '|' || pair.person_b > $3
           AND ($2 = '' OR (
               pair.person_a IN (SELECT c.person_id FROM people_contact c JOIN people_follow f
                   ON f.tenant_id = c.tenant_id AND f.contact_id = c.id WHERE c.tenant_id = $1 AND f.staff_id = $2)
               AND pair.person_b IN (SELECT c.person_id FROM people_contact c JOIN people_follow f
                   ON f.tenant_id = c.tenant_id AND f.contact_id = c.id WHERE c.tenant_id = $1 AND f.staff_id = $2)))
         ORDER BY 1, pair.reason LIMIT $4",
        args![scope.tenant(), scope.reach_key(), &page.after, page.probe()],
    )
    .await
}
