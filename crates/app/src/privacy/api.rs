//! `/api/v1/privacy`: wordings, coverage, and one person's answers.

mod desk;

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path, State};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::model::{Channel, Mark, PrivacyRefusal, Purpose, Rule, may};
use super::rows::{AnswerRow, LanguageRow, MarkRow, TextRow};
use super::store::{self, Answer};
use crate::ctx::Ctx;
use crate::kernel::db::Tx;
use crate::kernel::http::{Allowed, AppError, AppResult, Caller, ErrorBody, Scope, permission};
use crate::kernel::{audit, i18n, i18n::Locale};

/// A purpose as the company asks for it.
#[derive(Clone, Serialize, ToSchema)]
pub struct PurposeView {
    pub purpose: Purpose,
    pub rule: Rule,
    /// What the person reads.
    pub text: String,
    /// 0 is the product's own wording.
    pub text_version: i64,
    /// Persons who allow it now.
    pub granted: i64,
    /// Persons who refused or withdrew.
    pub refused: i64,
}

/// A person's answer to one purpose.
#[derive(Clone, Serialize, ToSchema)]
pub struct ConsentView {
    pub purpose: Purpose,
    pub rule: Rule,
    /// Absent: never asked.
    pub granted: Option<bool>,
    /// What follows from answer and rule.
    pub allowed: bool,
    /// The wording the answer belongs to.
    pub answered_version: Option<i64>,
    /// The wording in force, to be sent back with an answer.
    pub text: String,
    pub text_version: i64,
    pub channel: Option<String>,
    pub evidence: Option<String>,
    /// Unix milliseconds of the last granting, when there was one.
    pub given_at: Option<i64>,
    /// Unix milliseconds, while refused or withdrawn.
    pub withdrawn_at: Option<i64>,
}

#[derive(Serialize, ToSchema)]
pub struct AnswerView {
    pub id: String,
    pub purpose: String,
    pub granted: bool,
    pub text_version: i64,
    pub channel: String,
    pub evidence: String,
    pub at: i64,
    /// The page of ours on which she answered, if it was one.
    pub page: String,
    /// The operator who wrote it down; empty when she answered herself.
    pub recorded_by: String,
    /// Where a screenshot or a signed form lies.
    pub proof: String,
}

#[derive(Serialize, ToSchema)]
pub struct PersonConsents {
    pub purposes: Vec<ConsentView>,
    /// What stands against her use, whatever she allowed.
    pub marks: Vec<MarkRow>,
    /// Newest first, at most 200.
    pub log: Vec<AnswerView>,
}

/// The company's own wordings in force.
struct Own {
    newest: BTreeMap<String, TextRow>,
    languages: Vec<LanguageRow>,
}

/// Wording in force: the company's newest, in the reader's language when it has one, else the product's.
fn wording(own: &Own, purpose: Purpose, locale: Locale) -> (String, i64) {
    let Some(row) = own.newest.get(purpose.word()) else {
        return (i18n::text(locale, &format!("privacy.text.{}", purpose.word()), &json!({})), 0);
    };
    let fits =
        |l: &&LanguageRow| l.purpose == row.purpose && l.version == row.version && l.locale == locale.tag();
    let body = own.languages.iter().find(fits).map_or(&row.body, |l| &l.body);
    (body.clone(), row.version)
}

async fn own_texts(tx: &mut Tx<'_>, scope: &Scope) -> AppResult<Own> {
    let mut newest = BTreeMap::new();
    for row in store::texts(tx, scope, "").await? {
        newest.entry(row.purpose.clone()).or_insert(row);
    }
    Ok(Own { newest, languages: store::languages(tx, scope, "").await? })
}

/// Every purpose with the person's answer.
pub(super) async fn consents_of(
    tx: &mut Tx<'_>,
    scope: &Scope,
    person: &str,
    locale: Locale,
) -> AppResult<Vec<ConsentView>> {
    let own = own_texts(tx, scope).await?;
    let rows = store::of_person(tx, scope, person).await?;
    let marks: Vec<Mark> =
        store::marks_of(tx, scope, person).await?.iter().filter_map(|m| Mark::parse(&m.mark)).collect();
    let view = |purpose: Purpose| {
        let (text, text_version) = wording(&own, purpose, locale);
        let row = rows.iter().find(|r| r.purpose == purpose.word());
        let granted = row.map(|r| r.granted);
        ConsentView {
            purpose,
            rule: purpose.rule(),
            granted,
            allowed: may(purpose, granted, &marks),
            answered_version: row.map(|r| r.text_version),
            text,
            text_version,
            channel: row.map(|r| r.channel.clone()),
            evidence: row.map(|r| r.evidence.clone()),
            given_at: row.map(|r| r.given_at).filter(|at| *at > 0),
            withdrawn_at: row.map(|r| r.withdrawn_at).filter(|at| *at > 0),
        }
    };
    Ok(Purpose::ALL.into_iter().map(view).collect())
}

/// Wording and version of one purpose.
pub(super) async fn text_of(
    tx: &mut Tx<'_>,
    scope: &Scope,
    purpose: Purpose,
    locale: Locale,
) -> AppResult<(String, i64)> {
    Ok(wording(&own_texts(tx, scope).await?, purpose, locale))
}

/// The purposes, their wording and how many persons gave which answer.
#[utoipa::path(get, path = "/api/v1/privacy/purposes", responses((status = 200, body = [PurposeView])))]
async fn list_purposes(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::PrivacyRead>,
) -> AppResult<Json<Vec<PurposeView>>> {
    let mut tx = ctx.read().await?;
    let own = own_texts(&mut tx, &caller.scope).await?;
    let counts = store::counts(&mut tx, &caller.scope).await?;
    let view = |purpose: Purpose| {
        let (text, text_version) = wording(&own, purpose, caller.locale);
        let count = counts.iter().find(|c| c.purpose == purpose.word());
        PurposeView {
            purpose,
            rule: purpose.rule(),
            text,
            text_version,
            granted: count.map_or(0, |c| c.granted),
            refused: count.map_or(0, |c| c.withdrawn),
        }
    };
    Ok(Json(Purpose::ALL.into_iter().map(view).collect()))
}

#[derive(Deserialize, ToSchema)]
struct NewText {
    /// 10 to 1,000 characters.
    text: String,
    /// The same in other languages, by `zh-CN`, `en`, `es`; readers of a language without one see `text`.
    #[serde(default)]
    others: BTreeMap<String, String>,
}

#[derive(Serialize, ToSchema)]
struct TextVersion {
    text_version: i64,
}

/// Puts a new wording of a purpose in force. Answers to earlier wordings stay as they are.
#[utoipa::path(post, path = "/api/v1/privacy/purposes/{purpose}/texts", request_body = NewText,
    responses((status = 200, body = TextVersion), (status = 422, body = ErrorBody)))]
async fn add_purpose_text(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::PrivacyWrite>,
    Path(purpose): Path<String>,
    Json(new): Json<NewText>,
) -> AppResult<Json<TextVersion>> {
    let purpose = Purpose::parse(&purpose).ok_or(PrivacyRefusal::UnknownPurpose(purpose))?;
    let fits = |text: &str| (10..=1_000).contains(&text.chars().count());
    let text = new.text.trim();
    let others: Vec<(&str, &str)> = new
        .others
        .iter()
        .filter(|(locale, body)| {
            Locale::ALL.iter().any(|l| l.tag() == locale.as_str()) && !body.trim().is_empty()
        })
        .map(|(locale, body)| (locale.as_str(), body.trim()))
        .collect();
    if !fits(text) || !others.iter().all(|(_, body)| fits(body)) {
        return Err(PrivacyRefusal::TextLength.into());
    }
    let mut tx = ctx.begin().await?;
    let wording = store::Wording { purpose, body: text, others: &others, made_by: &caller.operator_name };
    let text_version = store::add_text(&mut tx, &caller.scope, &wording).await?;
    audit::record(&mut tx, &caller, "privacy.add_text", purpose.word()).await?;
    tx.commit().await?;
    Ok(Json(TextVersion { text_version }))
}

/// What a person allows, and all her answers.
#[utoipa::path(get, path = "/api/v1/privacy/people/{person}/consents",
    responses((status = 200, body = PersonConsents), (status = 404, body = ErrorBody)))]
async fn get_person_consents(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::PrivacyRead>,
    Path(person): Path<String>,
) -> AppResult<Json<PersonConsents>> {
    let mut tx = ctx.read().await?;
    if !store::person_in_reach(&mut tx, &caller.scope, &person).await? {
        return Err(AppError::not_found());
    }
    Ok(Json(person_consents(&mut tx, &caller, &person).await?))
}

async fn person_consents(tx: &mut Tx<'_>, caller: &Caller, person: &str) -> AppResult<PersonConsents> {
    let purposes = consents_of(tx, &caller.scope, person, caller.locale).await?;
    let marks = store::marks_of(tx, &caller.scope, person).await?;
    let log = store::log_of(tx, &caller.scope, person).await?.into_iter().map(answer_view).collect();
    Ok(PersonConsents { purposes, marks, log })
}

fn proof_of(proof: &str) -> AppResult<&str> {
    let proof = proof.trim();
    if proof.chars().count() > 300 {
        return Err(AppError::invalid("proof", "≤ 300"));
    }
    Ok(proof)
}

fn answer_view(row: AnswerRow) -> AnswerView {
    AnswerView {
        id: row.id,
        purpose: row.purpose,
        granted: row.granted,
        text_version: row.text_version,
        channel: row.channel,
        evidence: row.evidence,
        at: row.at,
        page: row.page,
        recorded_by: row.recorded_by,
        proof: row.proof,
    }
}

/// An answer that an employee heard or read.
#[derive(Deserialize, ToSchema)]
struct RecordedAnswer {
    purpose: Purpose,
    granted: bool,
    /// How she said so, 4 to 300 characters. A withdrawal needs none.
    #[serde(default)]
    evidence: String,
    /// Where a screenshot or a signed form lies, up to 300 characters; optional.
    #[serde(default)]
    proof: String,
}

/// Records an answer on a person's behalf.
#[utoipa::path(post, path = "/api/v1/privacy/people/{person}/consents", request_body = RecordedAnswer,
    responses((status = 200, body = PersonConsents), (status = 404, body = ErrorBody),
        (status = 422, body = ErrorBody)))]
async fn record_person_consent(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::PrivacyWrite>,
    Path(person): Path<String>,
    Json(recorded): Json<RecordedAnswer>,
) -> AppResult<Json<PersonConsents>> {
    let evidence = recorded.evidence.trim();
    if recorded.granted && !(4..=300).contains(&evidence.chars().count()) {
        return Err(PrivacyRefusal::EvidenceMissing.into());
    }
    let mut tx = ctx.begin().await?;
    if !store::person_in_reach(&mut tx, &caller.scope, &person).await? {
        return Err(AppError::not_found());
    }
    let (_, text_version) = text_of(&mut tx, &caller.scope, recorded.purpose, caller.locale).await?;
    let answer = Answer {
        person: &person,
        purpose: recorded.purpose,
        granted: recorded.granted,
        text_version,
        channel: Channel::Staff,
        evidence,
        page: "",
        recorded_by: &caller.operator_name,
        proof: proof_of(&recorded.proof)?,
    };
    if store::answer(&mut tx, &caller.scope, &answer).await? {
        audit::record(&mut tx, &caller, "privacy.record_answer", &person).await?;
    }
    let view = person_consents(&mut tx, &caller, &person).await?;
    tx.commit().await?;
    Ok(Json(view))
}

pub fn router() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new()
        .routes(routes!(list_purposes))
        .routes(routes!(add_purpose_text, desk::list_purpose_texts))
        .routes(routes!(get_person_consents, record_person_consent))
        .routes(routes!(desk::set_person_mark))
        .routes(routes!(desk::list_retention, desk::set_retention))
        .routes(routes!(desk::get_register))
}
