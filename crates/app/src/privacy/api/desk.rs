//! The privacy desk: versions of wordings, marks, how long things are kept, the register of columns.

use axum::Json;
use axum::extract::{Path, State};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::super::model::classes::{self, Class, Erase, Rows};
use super::super::model::{Channel, Mark, Object, PrivacyRefusal, Purpose};
use super::super::store::{self, Marking};
use super::{PersonConsents, person_consents};
use crate::ctx::Ctx;
use crate::kernel::audit;
use crate::kernel::http::{Allowed, AppError, AppResult, ErrorBody, permission};

/// One version of a wording.
#[derive(Serialize, ToSchema)]
#[schema(as = PurposeText)]
pub(super) struct TextView {
    version: i64,
    text: String,
    /// The same in other languages.
    others: std::collections::BTreeMap<String, String>,
    made_at: i64,
    made_by: String,
}

/// Every wording of a purpose that the company published, newest first; older ones stay readable because answers
/// were given to them.
#[utoipa::path(get, path = "/api/v1/privacy/purposes/{purpose}/texts",
    responses((status = 200, body = [TextView]), (status = 404, body = ErrorBody)))]
pub(super) async fn list_purpose_texts(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::PrivacyRead>,
    Path(purpose): Path<String>,
) -> AppResult<Json<Vec<TextView>>> {
    let purpose = Purpose::parse(&purpose).ok_or_else(AppError::not_found)?;
    let mut tx = ctx.read().await?;
    let languages = store::languages(&mut tx, &caller.scope, purpose.word()).await?;
    let rows = store::texts(&mut tx, &caller.scope, purpose.word()).await?;
    let view = |row: super::TextRow| TextView {
        others: languages
            .iter()
            .filter(|l| l.version == row.version)
            .map(|l| (l.locale.clone(), l.body.clone()))
            .collect(),
        version: row.version,
        text: row.body,
        made_at: row.made_at,
        made_by: row.made_by,
    };
    Ok(Json(rows.into_iter().map(view).collect()))
}

#[derive(Deserialize, ToSchema)]
#[schema(as = PrivacyMarkDraft)]
pub(super) struct MarkDraft {
    mark: Mark,
    on: bool,
    /// Why; needed for `restricted` and `minor_suspected`, 4 to 300 characters.
    #[serde(default)]
    reason: String,
}

/// Sets a mark on a person or takes it away, on her behalf.
#[utoipa::path(post, path = "/api/v1/privacy/people/{person}/marks", request_body = MarkDraft,
    responses((status = 200, body = PersonConsents), (status = 404, body = ErrorBody),
        (status = 422, body = ErrorBody)))]
pub(super) async fn set_person_mark(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::PrivacyWrite>,
    Path(person): Path<String>,
    Json(draft): Json<MarkDraft>,
) -> AppResult<Json<PersonConsents>> {
    let reason = draft.reason.trim();
    let length = reason.chars().count();
    if length > 300 || (!draft.mark.is_hers() && length < 4) {
        return Err(PrivacyRefusal::ReasonMissing.into());
    }
    let mut tx = ctx.begin().await?;
    if !store::person_in_reach(&mut tx, &caller.scope, &person).await? {
        return Err(AppError::not_found());
    }
    let marking = Marking {
        person: &person,
        mark: draft.mark,
        on: draft.on,
        channel: Channel::Staff,
        recorded_by: &caller.operator_name,
        reason,
    };
    if store::set_mark(&mut tx, &caller.scope, &marking).await? {
        let act = if draft.on { "privacy.set_mark" } else { "privacy.take_mark" };
        audit::record(&mut tx, &caller, act, &person).await?;
    }
    let view = person_consents(&mut tx, &caller, &person).await?;
    tx.commit().await?;
    Ok(Json(view))
}

/// How long one kind of thing is kept.
#[derive(Serialize, ToSchema)]
pub(super) struct RetentionView {
    /// `callbacks`, `clicks`, `greetings`, `sessions`, `exports`, `audit`.
    #[schema(value_type = String)]
    object: Object,
    days: i64,
    least: i64,
    usual: i64,
    most: i64,
    /// Unix milliseconds; 0 before the first run.
    last_run_at: i64,
    last_deleted: i64,
    total_deleted: i64,
}

/// How long things are kept, and what the last nightly run removed.
#[utoipa::path(get, path = "/api/v1/privacy/retention", responses((status = 200, body = [RetentionView])))]
pub(super) async fn list_retention(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::PrivacyRead>,
) -> AppResult<Json<Vec<RetentionView>>> {
    let mut tx = ctx.read().await?;
    let rows = store::retention(&mut tx, &caller.scope).await?;
    let view = |object: Object| {
        let (least, usual, most) = object.days();
        let row = rows.iter().find(|r| r.object == object.word());
        RetentionView {
            object,
            days: row.map_or(usual, |r| r.days),
            least,
            usual,
            most,
            last_run_at: row.map_or(0, |r| r.last_run_at),
            last_deleted: row.map_or(0, |r| r.last_deleted),
            total_deleted: row.map_or(0, |r| r.total_deleted),
        }
    };
    Ok(Json(Object::ALL.into_iter().map(view).collect()))
}

#[derive(Deserialize, ToSchema)]
pub(super) struct RetentionDraft {
    object: String,
    days: i64,
}

/// Decides how long one kind of thing is kept; holds from the next nightly run on.
#[utoipa::path(put, path = "/api/v1/privacy/retention", request_body = RetentionDraft,
    responses((status = 204), (status = 422, body = ErrorBody)))]
pub(super) async fn set_retention(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::PrivacyWrite>,
    Json(draft): Json<RetentionDraft>,
) -> AppResult<http::StatusCode> {
    let object = Object::parse(&draft.object).ok_or(PrivacyRefusal::UnknownObject(draft.object))?;
    let (least, _, most) = object.days();
    if !(least..=most).contains(&draft.days) {
        return Err(PrivacyRefusal::RetentionBounds { least, most }.into());
    }
    let mut tx = ctx.begin().await?;
    store::set_days(&mut tx, &caller.scope, object, draft.days).await?;
    audit::record(&mut tx, &caller, "privacy.set_retention", object.word()).await?;
    tx.commit().await?;
    Ok(http::StatusCode::NO_CONTENT)
}

/// A table of the store as the register describes it.
#[derive(Serialize, ToSchema)]
pub(super) struct RegisterTable {
    table: &'static str,
    /// It holds rows about members.
    about_members: bool,
    columns: Vec<RegisterColumn>,
}

#[derive(Serialize, ToSchema)]
pub(super) struct RegisterColumn {
    column: &'static str,
    class: Class,
    /// What an erasure does: `keep`, `empty`, `alias`, `delete`, `rewrite`.
    erase: &'static str,
}

/// The register and how many members carry each mark.
#[derive(Serialize, ToSchema)]
#[schema(as = PrivacyRegister)]
pub(super) struct Register {
    tables: Vec<RegisterTable>,
    marks: std::collections::BTreeMap<String, i64>,
}

/// What every column of the store holds and what an erasure does to it.
#[utoipa::path(get, path = "/api/v1/privacy/register", responses((status = 200, body = Register)))]
pub(super) async fn get_register(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::PrivacyRead>,
) -> AppResult<Json<Register>> {
    let marks = store::mark_counts(&mut ctx.read().await?, &caller.scope).await?.into_iter().collect();
    let tables = classes::tables().iter().map(|table| RegisterTable {
        table: table.name,
        about_members: table.rows != Rows::Nobody,
        columns: table
            .columns
            .iter()
            .map(|c| RegisterColumn { column: c.name, class: c.class, erase: word_of(c.erase) })
            .collect(),
    });
    Ok(Json(Register { tables: tables.collect(), marks }))
}

const fn word_of(erase: Erase) -> &'static str {
    match erase {
        Erase::Keep => "keep",
        Erase::Blank | Erase::Null | Erase::Zero | Erase::Now | Erase::Set(_) | Erase::Cut(_) => "empty",
        Erase::Alias(_) => "alias",
        Erase::Gone => "delete",
        Erase::Rewrite => "rewrite",
    }
}
