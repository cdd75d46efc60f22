//! What comes after the work: fetching copy and certificate, letting an erased person back; and the deadline's setting.

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::Response;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use http::{StatusCode, header};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::super::jobs::about;
use super::super::model::{FEWEST_DAYS, MOST_DAYS, RequestRefusal};
use super::super::rows::FileRow;
use super::super::store;
use super::{Note, RequestDetail, detail, sentence};
use crate::ctx::Ctx;
use crate::kernel::audit;
use crate::kernel::db::Tx;
use crate::kernel::http::{Allowed, AppError, AppResult, ErrorBody, Scope, permission};
use crate::privacy;

/// Fetches the copy. Who did is kept.
#[utoipa::path(get, path = "/api/v1/data-requests/{id}/copy",
    responses((status = 200, content_type = "application/zip"), (status = 404, body = ErrorBody),
        (status = 410, body = ErrorBody)))]
pub(super) async fn fetch_copy(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::DataRequestsWrite>,
    Path(id): Path<String>,
) -> AppResult<Response> {
    let mut tx = ctx.begin().await?;
    store::get(&mut tx, &caller.scope, &id).await?;
    let file = store::file(&mut tx, &caller.scope, &id).await?.ok_or(RequestRefusal::FileGone)?;
    audit::record(&mut tx, &caller, "data_requests.fetch", &id).await?;
    let answer = hand_out(&ctx, &mut tx, &caller.scope, (&file, &caller.operator_name)).await?;
    tx.commit().await?;
    Ok(answer)
}

/// Opens a sealed copy and makes a download of it.
pub(in crate::data_requests) async fn hand_out(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    scope: &Scope,
    (file, actor): (&FileRow, &str),
) -> AppResult<Response> {
    let plain = ctx.sealer().open(&about(&file.request_id), &file.sealed);
    let bytes = plain.and_then(|p| BASE64_STANDARD.decode(p.reveal()).ok());
    let bytes = bytes.ok_or_else(|| AppError::fault("a copy can't be opened with this key"))?;
    store::note_fetched(tx, scope, &file.request_id).await?;
    store::note_step(tx, scope, &file.request_id, (actor, "fetched", "")).await?;
    download("application/zip", &format!("{}.zip", file.request_id), Body::from(bytes))
}

fn download(kind: &str, name: &str, body: Body) -> AppResult<Response> {
    Response::builder()
        .header(header::CONTENT_TYPE, kind)
        .header(header::CACHE_CONTROL, "no-store")
        .header(header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\""))
        .header(header::X_CONTENT_TYPE_OPTIONS, "nosniff")
        .body(body)
        .map_err(AppError::fault)
}

/// Fetches the certificate of an erasure: what, when, by whom, rows per table, digest.
#[utoipa::path(get, path = "/api/v1/data-requests/{id}/certificate",
    responses((status = 200, content_type = "application/json"), (status = 404, body = ErrorBody)))]
pub(super) async fn fetch_certificate(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::DataRequestsRead>,
    Path(id): Path<String>,
) -> AppResult<Response> {
    let mut tx = ctx.read().await?;
    store::get(&mut tx, &caller.scope, &id).await?;
    let found = store::certificate(&mut tx, &caller.scope, &id).await?;
    let (body, _) = found.ok_or_else(AppError::not_found)?;
    download("application/json", &format!("{id}.json"), Body::from(body))
}

/// Lets an erased person be known again, when mirror or import meet her next.
#[utoipa::path(post, path = "/api/v1/data-requests/{id}/lift", request_body = Note,
    responses((status = 200, body = RequestDetail), (status = 404, body = ErrorBody),
        (status = 409, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub(super) async fn lift_erasure(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::DataRequestsWrite>,
    Path(id): Path<String>,
    Json(note): Json<Note>,
) -> AppResult<Json<RequestDetail>> {
    let why = sentence(&note.note, 500).ok_or(RequestRefusal::NoteMissing)?;
    let mut tx = ctx.begin().await?;
    store::get(&mut tx, &caller.scope, &id).await?;
    if privacy::lift(&mut tx, &caller.scope, &id, (&caller.operator_name, why)).await? == 0 {
        return Err(RequestRefusal::NothingToLift.into());
    }
    store::note_step(&mut tx, &caller.scope, &id, (&caller.operator_name, "lifted", why)).await?;
    audit::record(&mut tx, &caller, "data_requests.lift", &id).await?;
    let view = detail(&mut tx, &ctx, &caller.scope, &id).await?;
    tx.commit().await?;
    Ok(view)
}

#[derive(Serialize, Deserialize, ToSchema)]
#[schema(as = DataRequestSettings)]
pub(super) struct Settings {
    /// Working days until a deadline, 1 to 30. Holds for requests that come from now on.
    working_days: i64,
}

/// How many working days a request may take.
#[utoipa::path(get, path = "/api/v1/data-requests/settings", responses((status = 200, body = Settings)))]
pub(super) async fn get_settings(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::DataRequestsRead>,
) -> AppResult<Json<Settings>> {
    let working_days = store::working_days(&mut ctx.read().await?, &caller.scope).await?;
    Ok(Json(Settings { working_days }))
}

/// Decides how many working days a request may take.
#[utoipa::path(put, path = "/api/v1/data-requests/settings", request_body = Settings,
    responses((status = 204), (status = 422, body = ErrorBody)))]
pub(super) async fn set_settings(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::DataRequestsWrite>,
    Json(settings): Json<Settings>,
) -> AppResult<StatusCode> {
    if !(FEWEST_DAYS..=MOST_DAYS).contains(&settings.working_days) {
        return Err(RequestRefusal::DeadlineBounds.into());
    }
    let mut tx = ctx.begin().await?;
    store::set_working_days(&mut tx, &caller.scope, settings.working_days).await?;
    audit::record(&mut tx, &caller, "data_requests.set_deadline", "").await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
