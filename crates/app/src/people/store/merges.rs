//! Joining two persons, parting one, and taking a joining back.

use super::super::model::{Barred, MatchedBy, PeopleRefusal, Seen, joined_kind, parted_kinds};
use super::super::rows::{Half, MergeRow};
use super::carried;
use crate::args;
use crate::kernel::db::{DbResult, Tx};
use crate::kernel::http::{AppError, AppResult, Scope};
use crate::privacy;
use crate::reactions::{self, Fact};

/// Two persons who are to become one.
#[derive(Clone, Copy, Debug)]
pub struct Joining<'a> {
    /// Who stays.
    pub survivor: &'a str,
    pub other: &'a str,
    pub how: MatchedBy,
    pub reason: &'a str,
    /// Operator's id and name; empty when a rule did it.
    pub by: (&'a str, &'a str),
    pub barred: Barred,
}

/// Makes two persons one. Every row of the other is the survivor's from now on; the other's number is never used again.
///
/// # Errors
/// A [`PeopleRefusal`] when they can't be one.
pub async fn merge(tx: &mut Tx<'_>, scope: &Scope, joining: &Joining<'_>) -> AppResult<String> {
    let (survivor, other) = lock_both(tx, scope, joining.survivor, joining.other).await?;
    let kind = joined_kind(&survivor, &other, joining.barred)?;
    let id = note(tx, scope, "merge", (&survivor, &other), joining).await?;
    carried::carry(tx, scope, &id, (&survivor.id, &other.id)).await?;
    let now = tx.now();
    tx.exec(
        "UPDATE people_contact SET matched_by = $3, confidence = $4, matched_at = $5
         WHERE tenant_id = $1 AND id IN (
             SELECT row_key FROM people_moved WHERE tenant_id = $1 AND merge_id = $2 AND place = 'people_contact')",
        args![scope.tenant(), &id, joining.how.word(), joining.how.confidence(), now],
    )
    .await?;
    tx.exec(
        "UPDATE people_person SET kind = 'merged', merged_into = $3, union_id = NULL WHERE tenant_id = $1 AND id = $2",
        args![scope.tenant(), &other.id, &survivor.id],
    )
    .await?;
    set_identity(tx, scope, &survivor.id, (&kind, survivor.union_id.as_ref().or(other.union_id.as_ref())))
        .await?;
    // Whoever was kept apart from the other is kept apart from her who she is now.
    tx.exec(
        "INSERT INTO people_apart (tenant_id, person_a, person_b, at)
         SELECT o.tenant_id, CASE WHEN o.who < $3 THEN o.who ELSE $3 END,
                CASE WHEN o.who < $3 THEN $3 ELSE o.who END, o.at
         FROM (SELECT tenant_id, person_b AS who, at FROM people_apart WHERE tenant_id = $1 AND person_a = $2
               UNION SELECT tenant_id, person_a, at FROM people_apart WHERE tenant_id = $1 AND person_b = $2) o
         WHERE o.who <> $3
         ON CONFLICT (tenant_id, person_a, person_b) DO NOTHING",
        args![scope.tenant(), &other.id, &survivor.id],
    )
    .await?;
    let (a, b) = ordered(&survivor.id, &other.id);
    tx.exec(
        "DELETE FROM people_apart WHERE tenant_id = $1 AND person_a = $2 AND person_b = $3",
        args![scope.tenant(), a, b],
    )
    .await?;
    let fact = Fact::PersonMerged {
        person: survivor.id,
        other: other.id,
        how: joining.how.word().to_owned(),
        by: joining.by.0.to_owned(),
        at: now,
    };
    reactions::on(tx, scope, &fact).await?;
    let late = super::super::jobs::CarryLate { merge: id.clone() };
    tx.enqueue_at(scope.tenant(), &late, now.plus(base::time::MINUTE)).await?;
    Ok(id)
}

/// Joins two persons because a rule is sure; answers the survivor, or `None` when a person has to decide.
pub(super) async fn merge_if_sure(
    tx: &mut Tx<'_>,
    scope: &Scope,
    (one, other): (&str, &str),
    how: MatchedBy,
) -> AppResult<Option<String>> {
    let (a, b) = ordered(one, other);
    let apart = tx
        .number(
            "SELECT CAST(COUNT(*) AS BIGINT) FROM people_apart WHERE tenant_id = $1 AND person_a = $2 AND person_b = $3",
            args![scope.tenant(), a, b],
        )
        .await?;
    if apart > 0 || one == other {
        return Ok(None);
    }
    // Ids ascend with time: whoever was known first stays.
    let joining =
        Joining { survivor: a, other: b, how, reason: how.word(), by: ("", ""), barred: Barred::Refuse };
    match merge(tx, scope, &joining).await {
        Ok(_) => Ok(Some(a.to_owned())),
        Err(AppError::Refused(_)) => Ok(None),
        Err(e) => Err(e),
    }
}

/// Moves what was written for a merged person after she was merged, by whoever still held her old id.
pub(in super::super) async fn carry_late(tx: &mut Tx<'_>, scope: &Scope, id: &str) -> AppResult<()> {
    let Some(row) = by_id(tx, scope, id).await?.filter(|m| m.undone_at == 0) else { return Ok(()) };
    let survivor = privacy::survivor_of(tx, scope, &row.survivor_id).await?;
    carried::carry(tx, scope, id, (&survivor, &row.other_id)).await?;
    Ok(())
}

/// Takes a joining back: what came from the other goes back to her, what came since stays.
///
/// # Errors
/// When it was taken back already, or something later has to be taken back first.
pub(in super::super) async fn undo(
    tx: &mut Tx<'_>,
    scope: &Scope,
    row: &MergeRow,
    (operator, name): (&str, &str),
) -> AppResult<()> {
    lock(tx, scope, &row.survivor_id).await?;
    lock(tx, scope, &row.other_id).await?;
    let row = by_id(tx, scope, &row.id).await?.ok_or_else(AppError::not_found)?;
    if row.undone_at > 0 {
        return Err(PeopleRefusal::AlreadyUndone.into());
    }
    if !is_latest(tx, scope, &row).await? {
        return Err(PeopleRefusal::LaterChange.into());
    }
    let (survivor, other, now) = (&row.survivor_id, &row.other_id, tx.now());
    if half(tx, scope, survivor).await?.kind == "erased" {
        return Err(PeopleRefusal::Erased.into());
    }
    carried::restore(tx, scope, &row.id, (survivor, other)).await?;
    let present = half(tx, scope, survivor).await?.kind;
    let (one, two) = parted_kinds(&present, (&row.survivor_kind, &row.other_kind));
    set_identity(tx, scope, survivor, (one, row.survivor_union.as_ref())).await?;
    set_identity(tx, scope, other, (two, row.other_union.as_ref())).await?;
    tx.exec(
        "UPDATE people_merge SET undone_at = $3, undone_by = $4 WHERE tenant_id = $1 AND id = $2",
        args![scope.tenant(), &row.id, now, name],
    )
    .await?;
    keep_apart(tx, scope, survivor, other).await?;
    let fact = Fact::PersonSplit {
        person: survivor.clone(),
        other: other.clone(),
        undone: Some(row.id.clone()),
        after_fact: row.after_fact,
        by: operator.to_owned(),
        at: now,
    };
    reactions::on(tx, scope, &fact).await
}

/// A contact's id, union id and name, and its person's picture.
type ContactPart = (String, Option<String>, String, Option<String>);

/// Makes a new person of some contacts; their stays in groups and numbers go with them. Answers the new person's id.
///
/// # Errors
/// When nothing would go or stay, or the platform says that both are one.
pub(in super::super) async fn split(
    tx: &mut Tx<'_>,
    scope: &Scope,
    (person, contacts): (&str, &[String]),
    (operator, name): (&str, &str),
) -> AppResult<String> {
    lock(tx, scope, person).await?;
    let whole = half(tx, scope, person).await?;
    let all: Vec<ContactPart> = tx
        .all(
            "SELECT c.id, c.union_id, c.name, p.avatar FROM people_contact c
             JOIN people_person p ON p.tenant_id = c.tenant_id AND p.id = c.person_id
             WHERE c.tenant_id = $1 AND c.person_id = $2 ORDER BY c.id",
            args![scope.tenant(), person],
        )
        .await?;
    let (go, stay): (Vec<_>, Vec<_>) = all.into_iter().partition(|(id, ..)| contacts.contains(id));
    if go.len() != contacts.len() || go.is_empty() || stay.is_empty() {
        return Err(PeopleRefusal::NothingToSplit.into());
    }
    let unions = |half: &[ContactPart]| -> Vec<String> {
        half.iter().filter_map(|(_, union, ..)| union.clone()).collect()
    };
    let (theirs, ours) = (unions(&go), unions(&stay));
    if theirs.iter().any(|u| ours.contains(u)) {
        return Err(PeopleRefusal::SameUnionId.into());
    }
    let seen = Seen { name: &go[0].2, avatar: go[0].3.as_deref(), at: tx.now(), ..Seen::default() };
    let (other, ..) = super::recognise::new_person(tx, scope, &seen).await?;
    carried::part(tx, scope, (person, &other), contacts).await?;
    // First freed, then taken: a union id is one person's.
    let kept = if ours.is_empty() && theirs.is_empty() { whole.union_id.as_ref() } else { ours.first() };
    set_identity(tx, scope, person, (&whole.kind, kept)).await?;
    set_identity(tx, scope, &other, (&whole.kind, theirs.first())).await?;
    let new = Half { id: other.clone(), name: String::new(), kind: whole.kind.clone(), union_id: None };
    let joining = Joining {
        survivor: person,
        other: &other,
        how: MatchedBy::Manual,
        reason: "",
        by: (operator, name),
        barred: Barred::Refuse,
    };
    note(tx, scope, "split", (&whole, &new), &joining).await?;
    keep_apart(tx, scope, person, &other).await?;
    let fact = Fact::PersonSplit {
        person: person.to_owned(),
        other: other.clone(),
        undone: None,
        after_fact: 0,
        by: operator.to_owned(),
        at: tx.now(),
    };
    reactions::on(tx, scope, &fact).await?;
    Ok(other)
}

/// Two persons are two: no rule joins them any more, and none suggests it.
pub(in super::super) async fn keep_apart(
    tx: &mut Tx<'_>,
    scope: &Scope,
    one: &str,
    other: &str,
) -> DbResult<()> {
    let ((a, b), now) = (ordered(one, other), tx.now());
    tx.exec(
        "INSERT INTO people_apart (tenant_id, person_a, person_b, at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (tenant_id, person_a, person_b) DO NOTHING",
        args![scope.tenant(), a, b, now],
    )
    .await?;
    Ok(())
}

/// Everybody who was joined with a person, directly or through others; not herself.
pub async fn joined_with(tx: &mut Tx<'_>, scope: &Scope, person: &str) -> DbResult<Vec<String>> {
    let (mut found, mut looked) = (vec![person.to_owned()], 0);
    while let Some(id) = found.get(looked).cloned() {
        let rows: Vec<(String,)> = tx
            .all(
                "SELECT id FROM people_person WHERE tenant_id = $1 AND merged_into = $2 AND merged_into <> '' ORDER BY id",
                args![scope.tenant(), id],
            )
            .await?;
        found.extend(rows.into_iter().map(|(id,)| id));
        looked += 1;
    }
    found.remove(0);
    Ok(found)
}

fn ordered<'a>(one: &'a str, other: &'a str) -> (&'a str, &'a str) {
    if one < other { (one, other) } else { (other, one) }
}

/// Takes the rows of both in one order, so that two who do the same wait for each other.
async fn lock_both(tx: &mut Tx<'_>, scope: &Scope, one: &str, other: &str) -> AppResult<(Half, Half)> {
    let (a, b) = ordered(one, other);
    lock(tx, scope, a).await?;
    lock(tx, scope, b).await?;
    Ok((half(tx, scope, one).await?, half(tx, scope, other).await?))
}

async fn lock(tx: &mut Tx<'_>, scope: &Scope, person: &str) -> DbResult<()> {
    tx.exec(
        "UPDATE people_person SET revision = revision + 1 WHERE tenant_id = $1 AND id = $2",
        args![scope.tenant(), person],
    )
    .await?;
    Ok(())
}

async fn half(tx: &mut Tx<'_>, scope: &Scope, person: &str) -> AppResult<Half> {
    tx.opt(
        "SELECT id, name, kind, union_id FROM people_person WHERE tenant_id = $1 AND id = $2",
        args![scope.tenant(), person],
    )
    .await?
    .ok_or_else(AppError::not_found)
}

async fn set_identity(
    tx: &mut Tx<'_>,
    scope: &Scope,
    person: &str,
    (kind, union): (&str, Option<&String>),
) -> DbResult<()> {
    tx.exec(
        "UPDATE people_person SET kind = $3, union_id = $4, merged_into = '' WHERE tenant_id = $1 AND id = $2",
        args![scope.tenant(), person, kind, union.cloned()],
    )
    .await?;
    Ok(())
}

async fn note(
    tx: &mut Tx<'_>,
    scope: &Scope,
    act: &str,
    (survivor, other): (&Half, &Half),
    joining: &Joining<'_>,
) -> DbResult<String> {
    let (id, now) = (tx.new_id("mrg"), tx.now());
    tx.exec(
        "INSERT INTO people_merge (tenant_id, id, act, survivor_id, other_id, how, reason, by_operator, by_name, at,
             after_fact, survivor_kind, survivor_union, other_kind, other_union)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10,
             COALESCE((SELECT last_seq FROM facts_counter WHERE tenant_id = $1), 0), $11, $12, $13, $14)",
        args![
            scope.tenant(),
            &id,
            act,
            &survivor.id,
            &other.id,
            joining.how.word(),
            joining.reason,
            joining.by.0,
            joining.by.1,
            now,
            &survivor.kind,
            survivor.union_id.clone(),
            &other.kind,
            other.union_id.clone()
        ],
    )
    .await?;
    Ok(id)
}

/// No joining or parting of either person is later and still stands.
async fn is_latest(tx: &mut Tx<'_>, scope: &Scope, row: &MergeRow) -> DbResult<bool> {
    let later = tx
        .number(
            "SELECT CAST(COUNT(*) AS BIGINT) FROM people_merge
             WHERE tenant_id = $1 AND id > $2 AND undone_at = 0
               AND (survivor_id IN ($3, $4) OR other_id IN ($3, $4))",
            args![scope.tenant(), &row.id, &row.survivor_id, &row.other_id],
        )
        .await?;
    Ok(later == 0 && row.act == "merge")
}

pub(in super::super) async fn by_id(tx: &mut Tx<'_>, scope: &Scope, id: &str) -> DbResult<Option<MergeRow>> {
    tx.opt(
        "SELECT m.id, m.act, m.survivor_id, m.other_id, o.name AS other_name, s.name AS survivor_name, m.how, m.reason,
                m.by_name, m.at, m.after_fact, m.survivor_kind, m.survivor_union, m.other_kind, m.other_union,
                m.undone_at, m.undone_by
         FROM people_merge m
         JOIN people_person o ON o.tenant_id = m.tenant_id AND o.id = m.other_id
         JOIN people_person s ON s.tenant_id = m.tenant_id AND s.id = m.survivor_id
         WHERE m.tenant_id = $1 AND m.id = $2",
        args![scope.tenant(), id],
    )
    .await
}

/// Joinings and partings of a person, newest first.
pub async fn merges_of(tx: &mut Tx<'_>, scope: &Scope, person: &str) -> DbResult<Vec<MergeRow>> {
    tx.all(
        "SELECT m.id, m.act, m.survivor_id, m.other_id, o.name AS other_name, s.name AS survivor_name, m.how, m.reason,
                m.by_name, m.at, m.after_fact, m.survivor_kind, m.survivor_union, m.other_kind, m.other_union,
                m.undone_at, m.undone_by
         FROM people_merge m
         JOIN people_person o ON o.tenant_id = m.tenant_id AND o.id = m.other_id
         JOIN people_person s ON s.tenant_id = m.tenant_id AND s.id = m.survivor_id
         WHERE m.tenant_id = $1 AND (m.survivor_id = $2 OR m.other_id = $2) ORDER BY m.id DESC",
        args![scope.tenant(), person],
    )
    .await
}

/// Whether a row may be taken back now.
pub(in super::super) async fn may_undo(tx: &mut Tx<'_>, scope: &Scope, row: &MergeRow) -> DbResult<bool> {
    Ok(row.undone_at == 0 && is_latest(tx, scope, row).await?)
}
