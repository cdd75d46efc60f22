//! Every query about consent; marks, tombstones and retention have files of their own.

mod marks;
mod retention;
mod tombs;
mod whom;

pub(super) use marks::mark_counts;
pub use marks::{Marking, barred, barred_from_prizes, marks_of, may, refusers, set_mark};
pub use retention::days_of;
pub(super) use retention::{delete_batch, note_run, retention, set_days};
pub use tombs::{
    ALIAS, KnownBy, alias_of, anybody_erased, bury, contact_erased_at, count as tombstones, erased_at, lift,
    lift_by_act,
};

pub(crate) use whom::{in_reach, is_counted, reached};

use std::collections::BTreeMap;

use super::model::{Channel, Mark, Purpose};
use super::rows::{AnswerRow, ConsentRow, CountRow, LanguageRow, TextRow};
use crate::args;
use crate::kernel::db::{DbResult, Tx};
use crate::kernel::http::{AppResult, Scope};
use crate::reactions::{self, Fact};

/// An answer of a person, with its proof.
#[derive(Clone, Debug)]
pub struct Answer<'a> {
    pub person: &'a str,
    pub purpose: Purpose,
    pub granted: bool,
    /// The version of the wording she saw.
    pub text_version: i64,
    pub channel: Channel,
    /// What proves it: the page, the employee's sentence.
    pub evidence: &'a str,
    /// The page on which it was given, when it was one of ours.
    pub page: &'a str,
    /// The operator who wrote it down; empty when the member answered herself.
    pub recorded_by: &'a str,
    /// Where a screenshot or a signed form lies, if there is one.
    pub proof: &'a str,
}

/// Whether this purpose is allowed for this person now.
pub async fn allows(tx: &mut Tx<'_>, scope: &Scope, person: &str, purpose: Purpose) -> DbResult<bool> {
    Ok(purpose.allowed(state_of(tx, scope, person, purpose).await?))
}

/// The person's present answer; `None` when she was never asked.
pub async fn state_of(
    tx: &mut Tx<'_>,
    scope: &Scope,
    person: &str,
    purpose: Purpose,
) -> DbResult<Option<bool>> {
    let row: Option<(bool,)> = tx
        .opt(
            "SELECT granted FROM privacy_consent WHERE tenant_id = $1 AND person_id = $2 AND purpose = $3",
            args![scope.tenant(), person, purpose.word()],
        )
        .await?;
    Ok(row.map(|(granted,)| granted))
}

/// Keeps an answer. Repeating the present one changes nothing and is no new fact; true when something changed.
pub async fn answer(tx: &mut Tx<'_>, scope: &Scope, answer: &Answer<'_>) -> AppResult<bool> {
    let now = tx.now();
    if answer.granted {
        // Whoever allows a purpose takes back her refusal of it.
        for mark in Mark::ALL.into_iter().filter(|m| m.purpose() == Some(answer.purpose)) {
            marks::take_mark(tx, scope, answer.person, mark).await?;
        }
    }
    if state_of(tx, scope, answer.person, answer.purpose).await? == Some(answer.granted) {
        return Ok(false);
    }
    let withdrawn_at = if answer.granted { 0 } else { now.0 };
    tx.exec(
        "INSERT INTO privacy_consent
            (tenant_id, person_id, purpose, granted, text_version, channel, evidence, given_at, withdrawn_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         ON CONFLICT (tenant_id, person_id, purpose) DO UPDATE SET granted = excluded.granted,
            text_version = excluded.text_version, channel = excluded.channel, evidence = excluded.evidence,
            given_at = CASE WHEN excluded.granted = TRUE THEN excluded.given_at ELSE privacy_consent.given_at END,
            withdrawn_at = excluded.withdrawn_at",
        args![
            scope.tenant(),
            answer.person,
            answer.purpose.word(),
            answer.granted,
            answer.text_version,
            answer.channel.word(),
            answer.evidence,
            if answer.granted { now.0 } else { 0 },
            withdrawn_at
        ],
    )
    .await?;
    keep_in_log(tx, scope, answer).await?;
    let fact = Fact::ConsentChanged {
        person: answer.person.to_owned(),
        purpose: answer.purpose.word().to_owned(),
        granted: answer.granted,
        at: now,
    };
    reactions::on(tx, scope, &fact).await?;
    Ok(true)
}

async fn keep_in_log(tx: &mut Tx<'_>, scope: &Scope, answer: &Answer<'_>) -> DbResult<()> {
    let now = tx.now();
    let id = tx.new_id("cns");
    tx.exec(
        "INSERT INTO privacy_consent_log
            (tenant_id, id, person_id, purpose, granted, text_version, channel, evidence, at, page, recorded_by, proof)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        args![
            scope.tenant(),
            id,
            answer.person,
            answer.purpose.word(),
            answer.granted,
            answer.text_version,
            answer.channel.word(),
            answer.evidence,
            now,
            answer.page,
            answer.recorded_by,
            answer.proof
        ],
    )
    .await?;
    Ok(())
}

pub(super) async fn of_person(tx: &mut Tx<'_>, scope: &Scope, person: &str) -> DbResult<Vec<ConsentRow>> {
    tx.all(
        "SELECT purpose, granted, text_version, channel, evidence, given_at, withdrawn_at FROM privacy_consent
         WHERE tenant_id = $1 AND person_id = $2 ORDER BY purpose",
        args![scope.tenant(), person],
    )
    .await
}

/// The person's answers, newest first.
pub(super) async fn log_of(tx: &mut Tx<'_>, scope: &Scope, person: &str) -> DbResult<Vec<AnswerRow>> {
    tx.all(
        "SELECT id, purpose, granted, text_version, channel, evidence, at, page, recorded_by, proof
         FROM privacy_consent_log
         WHERE tenant_id = $1 AND person_id = $2 ORDER BY id DESC LIMIT 200",
        args![scope.tenant(), person],
    )
    .await
}

/// Every wording that the company wrote itself, newest first; `purpose` empty for all purposes.
pub(super) async fn texts(tx: &mut Tx<'_>, scope: &Scope, purpose: &str) -> DbResult<Vec<TextRow>> {
    tx.all(
        "SELECT purpose, version, body, made_at, made_by FROM privacy_text
         WHERE tenant_id = $1 AND ($2 = '' OR purpose = $2) ORDER BY version DESC",
        args![scope.tenant(), purpose],
    )
    .await
}

/// The wordings in other languages.
pub(super) async fn languages(tx: &mut Tx<'_>, scope: &Scope, purpose: &str) -> DbResult<Vec<LanguageRow>> {
    tx.all(
        "SELECT purpose, version, locale, body FROM privacy_text_language
         WHERE tenant_id = $1 AND ($2 = '' OR purpose = $2)",
        args![scope.tenant(), purpose],
    )
    .await
}

/// A wording to be put in force: its own body, and the same in other languages by locale.
#[derive(Clone, Copy, Debug)]
pub struct Wording<'a> {
    pub purpose: Purpose,
    pub body: &'a str,
    pub others: &'a [(&'a str, &'a str)],
    pub made_by: &'a str,
}

/// Adds a wording; answers its version.
pub(super) async fn add_text(tx: &mut Tx<'_>, scope: &Scope, wording: &Wording<'_>) -> DbResult<i64> {
    let now = tx.now();
    let purpose = wording.purpose.word();
    let version = tx
        .number(
            "INSERT INTO privacy_text (tenant_id, purpose, version, body, made_at, made_by)
             SELECT $1, $2, COALESCE(MAX(version), 0) + 1, $3, $4, $5
             FROM privacy_text WHERE tenant_id = $1 AND purpose = $2
             RETURNING version",
            args![scope.tenant(), purpose, wording.body, now, wording.made_by],
        )
        .await?;
    let rows =
        wording.others.iter().map(|(locale, body)| args![scope.tenant(), purpose, version, *locale, *body]);
    tx.insert_many(
        "INSERT INTO privacy_text_language (tenant_id, purpose, version, locale, body)",
        rows.collect(),
        "",
    )
    .await?;
    Ok(version)
}

pub(super) async fn counts(tx: &mut Tx<'_>, scope: &Scope) -> DbResult<Vec<CountRow>> {
    tx.all(
        "SELECT purpose, CAST(SUM(CASE WHEN granted = TRUE THEN 1 ELSE 0 END) AS BIGINT) AS granted,
            CAST(SUM(CASE WHEN granted = TRUE THEN 0 ELSE 1 END) AS BIGINT) AS withdrawn
         FROM privacy_consent WHERE tenant_id = $1 GROUP BY purpose",
        args![scope.tenant()],
    )
    .await
}

/// Whether there is such a person within the caller's reach: in one of her groups, or followed by her.
pub async fn person_in_reach(tx: &mut Tx<'_>, scope: &Scope, person: &str) -> DbResult<bool> {
    let row: Option<(i64,)> = tx
        .opt(
            concat!(
                "SELECT CAST(1 AS BIGINT) FROM people_person p WHERE p.tenant_id = $1 AND p.id = $3
               AND ",
                in_reach!("p.id")
            ),
            args![scope.tenant(), scope.reach_key(), person],
        )
        .await?;
    Ok(row.is_some())
}

/// Whoever a person is now: herself, or the one she was joined with. Ids outlive a joining in cookies, in links and
/// in other systems.
pub async fn survivor_of(tx: &mut Tx<'_>, scope: &Scope, person: &str) -> DbResult<String> {
    let mut id = person.to_owned();
    loop {
        let row: Option<(String,)> = tx
            .opt(
                "SELECT merged_into FROM people_person WHERE tenant_id = $1 AND id = $2",
                args![scope.tenant(), &id],
            )
            .await?;
        match row {
            Some((next,)) if !next.is_empty() => id = next,
            _ => return Ok(id),
        }
    }
}

/// Makes a person's present answers what her log says last: rows of two persons may have come together in it, and the
/// newest answer holds, a refusal before a permission of the same instant. Answers the purposes that were withdrawn.
pub async fn settle_person(tx: &mut Tx<'_>, scope: &Scope, person: &str) -> DbResult<Vec<String>> {
    let answers: Vec<(String, bool, i64, String, String, i64)> = tx
        .all(
            "SELECT l.purpose, l.granted, l.text_version, l.channel, l.evidence, l.at FROM privacy_consent_log l
             WHERE l.tenant_id = $1 AND l.person_id = $2 ORDER BY l.at, CASE WHEN l.granted = TRUE THEN 0 ELSE 1 END, l.id",
            args![scope.tenant(), person],
        )
        .await?;
    let mut given: BTreeMap<&str, i64> = BTreeMap::new();
    let mut last: BTreeMap<&str, &(String, bool, i64, String, String, i64)> = BTreeMap::new();
    for answer in &answers {
        if answer.1 {
            given.insert(&answer.0, answer.5);
        }
        last.insert(&answer.0, answer);
    }
    let mut withdrawn = Vec::new();
    for (purpose, (_, granted, version, channel, evidence, at)) in last {
        if !granted {
            withdrawn.push(purpose.to_owned());
        }
        tx.exec(
            "INSERT INTO privacy_consent
                (tenant_id, person_id, purpose, granted, text_version, channel, evidence, given_at, withdrawn_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
             ON CONFLICT (tenant_id, person_id, purpose) DO UPDATE SET granted = excluded.granted,
                text_version = excluded.text_version, channel = excluded.channel, evidence = excluded.evidence,
                given_at = excluded.given_at, withdrawn_at = excluded.withdrawn_at",
            args![
                scope.tenant(),
                person,
                purpose,
                *granted,
                *version,
                channel,
                evidence,
                given.get(purpose).copied().unwrap_or(0),
                if *granted { 0 } else { *at }
            ],
        )
        .await?;
    }
    Ok(withdrawn)
}
