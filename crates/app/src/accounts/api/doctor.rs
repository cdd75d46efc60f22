//! `/api/v1/accounts/{id}/doctor`: examining a connection, and what was found.

use axum::Json;
use axum::extract::{Path, State};
use http::StatusCode;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::super::jobs::Doctor;
use super::super::rows::FindingRow;
use super::super::store;
use crate::ctx::Ctx;
use crate::kernel::audit;
use crate::kernel::http::{Allowed, AppResult, ErrorBody, permission};
use crate::kernel::i18n::{self, Locale};

/// One question of the doctor and its answer.
#[derive(Serialize, ToSchema)]
struct FindingView {
    probe: String,
    /// What was examined, in the reader's language.
    title: String,
    /// The call that was made, as the platform names it.
    asked: String,
    /// `fine`, `warning`, `broken`, `skipped`.
    verdict: String,
    /// The platform's code, 0 when it answered well.
    code: i64,
    /// The platform's words as they came.
    words: String,
    count: Option<i64>,
    found_at: i64,
    /// Catalogue key of the cure; absent when nothing needs curing.
    cure: Option<String>,
    /// What to do in which of the platform's own screens, in the reader's language.
    cure_text: Option<String>,
}

#[derive(Serialize, ToSchema)]
struct Examination {
    /// `never`, `running`, `done`.
    state: &'static str,
    started_at: Option<i64>,
    finished_at: Option<i64>,
    /// Questions in all; 0 until it is known.
    probes: i64,
    findings: Vec<FindingView>,
}

/// The last examination; findings appear one by one.
#[utoipa::path(get, path = "/api/v1/accounts/{id}/doctor",
    responses((status = 200, body = Examination), (status = 404, body = ErrorBody)))]
async fn get_examination(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::AccountsRead>,
    Path(id): Path<String>,
) -> AppResult<Json<Examination>> {
    let mut tx = ctx.read().await?;
    store::get(&mut tx, &caller.scope, &id).await?;
    let examination = store::examination(&mut tx, &caller.scope, &id).await?;
    let findings = store::findings(&mut tx, &caller.scope, &id).await?;
    let state = match &examination {
        None => "never",
        Some(e) if e.finished_at.is_none() => "running",
        Some(_) => "done",
    };
    Ok(Json(Examination {
        state,
        started_at: examination.as_ref().map(|e| e.started_at),
        finished_at: examination.as_ref().and_then(|e| e.finished_at),
        probes: examination.map_or(0, |e| e.probes),
        findings: findings.into_iter().map(|f| finding_view(caller.locale, f)).collect(),
    }))
}

fn finding_view(locale: Locale, f: FindingRow) -> FindingView {
    let title = i18n::text(locale, &format!("accounts.probe.{}", f.probe), &json!({}));
    let cure = (f.verdict != "fine").then(|| format!("accounts.cure.{}", f.probe));
    // A probe that this version knows no cure for still shows the platform's words.
    let cure = cure.filter(|key| i18n::knows(locale, key));
    let cure_text = cure.as_ref().map(|key| i18n::text(locale, key, &json!({})));
    FindingView {
        title,
        probe: f.probe,
        asked: f.asked,
        verdict: f.verdict,
        code: f.code,
        words: f.words,
        count: f.figure,
        found_at: f.found_at,
        cure,
        cure_text,
    }
}

/// Begins an examination.
#[utoipa::path(post, path = "/api/v1/accounts/{id}/doctor",
    responses((status = 202), (status = 404, body = ErrorBody)))]
async fn start_examination(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::AccountsWrite>,
    Path(id): Path<String>,
) -> AppResult<StatusCode> {
    let mut tx = ctx.begin().await?;
    store::get(&mut tx, &caller.scope, &id).await?;
    let running = store::examination(&mut tx, &caller.scope, &id).await?.filter(|e| e.finished_at.is_none());
    let run = match running {
        Some(examination) => examination.run,
        None => store::begin_examination(&mut tx, &caller.scope, &id).await?,
    };
    tx.enqueue(caller.scope.tenant(), &Doctor { account: id.clone(), run }).await?;
    audit::record(&mut tx, &caller, "accounts.examine", &id).await?;
    tx.commit().await?;
    Ok(StatusCode::ACCEPTED)
}

pub(super) fn router() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new().routes(routes!(get_examination, start_examination))
}
