//! Marks, and the two questions every choice of an audience asks.

use audience::MemberKind;

use super::super::model::{self, Mark, Purpose};
use super::super::rows::MarkRow;
use super::{Answer, answer, is_counted, state_of};
use crate::args;
use crate::kernel::db::{DbResult, Tx};
use crate::kernel::http::{AppResult, Scope};
use crate::privacy::Channel;
use crate::reactions::{self, Fact};

/// Whether a person may be used for a purpose now: her consent, her marks, and that she is a customer at all. Service
/// is open to everyone who wasn't erased.
pub async fn may(tx: &mut Tx<'_>, scope: &Scope, person: &str, purpose: Purpose) -> DbResult<bool> {
    let row: Option<(String,)> = tx
        .opt("SELECT kind FROM people_person WHERE tenant_id = $1 AND id = $2", args![scope.tenant(), person])
        .await?;
    let usable = match row.as_ref().map(|(kind,)| kind.as_str()) {
        Some("erased") | None => false,
        Some(kind) => purpose == Purpose::Service || MemberKind::named(kind).is_some_and(MemberKind::counts),
    };
    if !usable {
        return Ok(false);
    }
    let marks: Vec<Mark> =
        marks_of(tx, scope, person).await?.iter().filter_map(|m| Mark::parse(&m.mark)).collect();
    Ok(model::may(purpose, state_of(tx, scope, person, purpose).await?, &marks))
}

/// Dense numbers of everyone who may not be used for a purpose, ascending: exactly those for whom [`may`] says no.
/// An audience for that purpose is what was chosen, without these.
pub async fn barred(tx: &mut Tx<'_>, scope: &Scope, purpose: Purpose) -> DbResult<Vec<i64>> {
    let unasked = purpose.allowed(None);
    numbers(tx, scope, (purpose, unasked)).await
}

/// Dense numbers of everyone who said no to a purpose or must be spared it, ascending. Whoever was never asked is not
/// among them: this is for counting and grouping, never for sending.
pub async fn refusers(tx: &mut Tx<'_>, scope: &Scope, purpose: Purpose) -> DbResult<Vec<i64>> {
    numbers(tx, scope, (purpose, true)).await
}

async fn numbers(tx: &mut Tx<'_>, scope: &Scope, (purpose, unasked): (Purpose, bool)) -> DbResult<Vec<i64>> {
    let mut marks = Mark::ALL.into_iter().filter(|m| m.bars(purpose)).map(Mark::word);
    let mut mark = || marks.next().unwrap_or_default();
    let (a, b, c, d) = (mark(), mark(), mark(), mark());
    // Staff and house accounts are served like anyone else but stand in no audience; the erased in none at all.
    let others = if purpose == Purpose::Service { "erased" } else { "" };
    let rows: Vec<(i64,)> = tx
        .all(
            concat!(
                "SELECT p.person_no FROM people_person p WHERE p.tenant_id = $1 AND (
                 (NOT (",
                is_counted!("p.kind"),
                ") AND ($3 = '' OR p.kind = $3))
                 OR EXISTS (SELECT 1 FROM privacy_mark m WHERE m.tenant_id = $1 AND m.person_id = p.id
                     AND m.mark IN ($5, $6, $7, $8))
                 OR COALESCE((SELECT c.granted FROM privacy_consent c
                     WHERE c.tenant_id = $1 AND c.person_id = p.id AND c.purpose = $2), $4) = FALSE)
             ORDER BY p.person_no"
            ),
            args![scope.tenant(), purpose.word(), others, unasked, a, b, c, d],
        )
        .await?;
    Ok(rows.into_iter().map(|(n,)| n).collect())
}

/// Dense numbers of everyone whom a mark keeps out of draws and prizes, ascending.
pub async fn barred_from_prizes(tx: &mut Tx<'_>, scope: &Scope) -> DbResult<Vec<i64>> {
    let mut marks = Mark::ALL.into_iter().filter(|m| m.bars_prizes()).map(Mark::word);
    let (a, b) = (marks.next().unwrap_or_default(), marks.next().unwrap_or_default());
    let rows: Vec<(i64,)> = tx
        .all(
            concat!(
                "SELECT p.person_no FROM people_person p WHERE p.tenant_id = $1 AND (NOT (",
                is_counted!("p.kind"),
                ")
                 OR EXISTS (SELECT 1 FROM privacy_mark m WHERE m.tenant_id = $1 AND m.person_id = p.id
                     AND m.mark IN ($2, $3)))
             ORDER BY p.person_no"
            ),
            args![scope.tenant(), a, b],
        )
        .await?;
    Ok(rows.into_iter().map(|(n,)| n).collect())
}

/// The marks that hold for a person.
pub async fn marks_of(tx: &mut Tx<'_>, scope: &Scope, person: &str) -> DbResult<Vec<MarkRow>> {
    tx.all(
        "SELECT mark, channel, recorded_by, reason, at FROM privacy_mark
         WHERE tenant_id = $1 AND person_id = $2 ORDER BY mark",
        args![scope.tenant(), person],
    )
    .await
}

/// How many persons carry each mark.
pub(in crate::privacy) async fn mark_counts(tx: &mut Tx<'_>, scope: &Scope) -> DbResult<Vec<(String, i64)>> {
    tx.all(
        "SELECT mark, CAST(COUNT(*) AS BIGINT) FROM privacy_mark WHERE tenant_id = $1 GROUP BY mark",
        args![scope.tenant()],
    )
    .await
}

/// Who sets a mark or takes it away, where, and why.
#[derive(Clone, Copy, Debug)]
pub struct Marking<'a> {
    pub person: &'a str,
    pub mark: Mark,
    pub on: bool,
    pub channel: Channel,
    /// The operator's name; empty when the member did it herself.
    pub recorded_by: &'a str,
    pub reason: &'a str,
}

/// Sets a mark or takes it away; true when something changed. Setting one withdraws the consent it contradicts, so
/// that the log proves it.
pub async fn set_mark(tx: &mut Tx<'_>, scope: &Scope, m: &Marking<'_>) -> AppResult<bool> {
    if !m.on {
        return take_mark(tx, scope, m.person, m.mark).await;
    }
    let now = tx.now();
    let fresh = tx
        .exec(
            "INSERT INTO privacy_mark (tenant_id, person_id, mark, channel, recorded_by, reason, at)
             VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (tenant_id, person_id, mark) DO NOTHING",
            args![scope.tenant(), m.person, m.mark.word(), m.channel.word(), m.recorded_by, m.reason, now],
        )
        .await?;
    if fresh == 0 {
        return Ok(false);
    }
    changed(tx, scope, (m.person, m.mark), true).await?;
    if let Some(purpose) = m.mark.purpose()
        && state_of(tx, scope, m.person, purpose).await? == Some(true)
    {
        let withdrawal = Answer {
            person: m.person,
            purpose,
            granted: false,
            text_version: 0,
            channel: m.channel,
            evidence: m.reason,
            page: "",
            recorded_by: m.recorded_by,
            proof: "",
        };
        answer(tx, scope, &withdrawal).await?;
    }
    Ok(true)
}

/// Takes a mark away; true when it was there.
pub(super) async fn take_mark(tx: &mut Tx<'_>, scope: &Scope, person: &str, mark: Mark) -> AppResult<bool> {
    let gone = tx
        .exec(
            "DELETE FROM privacy_mark WHERE tenant_id = $1 AND person_id = $2 AND mark = $3",
            args![scope.tenant(), person, mark.word()],
        )
        .await?;
    if gone > 0 {
        changed(tx, scope, (person, mark), false).await?;
    }
    Ok(gone > 0)
}

async fn changed(tx: &mut Tx<'_>, scope: &Scope, (person, mark): (&str, Mark), on: bool) -> AppResult<()> {
    let (person, mark, at) = (person.to_owned(), mark.word().to_owned(), tx.now());
    reactions::on(tx, scope, &Fact::MarkChanged { person, mark, on, at }).await
}
