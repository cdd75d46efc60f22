//! `/api/v1/layers/benefits`: which level is promised what, how often, and up to which ceiling.

use axum::Json;
use axum::extract::{Path, State};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::super::model::{BenefitWords, Ladder, Period, exposure};
use super::super::rows::BenefitRow;
use super::super::store::{benefits, counts};
use crate::ctx::Ctx;
use crate::kernel::audit;
use crate::kernel::db::Tx;
use crate::kernel::http::{Allowed, AppError, AppResult, Caller, ErrorBody, Scope, permission};

/// A promise with what it may cost.
#[derive(Serialize, ToSchema)]
struct Benefit {
    id: String,
    name: String,
    /// What staff may say.
    promise: String,
    ladder: String,
    level: String,
    period: String,
    /// What one costs, in fen.
    value_fen: i64,
    /// What all of one period may cost, in fen.
    ceiling_fen: i64,
    enabled: bool,
    /// Persons within reach on the level now.
    persons: i64,
    /// What one period costs when these persons take it, in fen.
    exposure_fen: i64,
    /// What all of the company's would cost is more than the ceiling.
    over: bool,
    changed_at: i64,
    changed_by: String,
}

#[derive(Serialize, ToSchema)]
struct BenefitList {
    items: Vec<Benefit>,
}

/// How many stand on each level: `(ladder, level, persons)`.
async fn standing(tx: &mut Tx<'_>, scope: &Scope) -> AppResult<Vec<(Ladder, String, i64)>> {
    let mut found = Vec::new();
    for ladder in Ladder::ALL.iter().copied() {
        let levels = counts::levels(tx, scope, ladder).await?;
        found.extend(levels.into_iter().map(|(level, n)| (ladder, level, n)));
    }
    Ok(found)
}

/// Adds to each promise how many within reach stand on its level. Whether the ceiling is passed is a matter of all of
/// the company's, because the ceiling is.
async fn views(tx: &mut Tx<'_>, scope: &Scope, rows: Vec<BenefitRow>) -> AppResult<Vec<Benefit>> {
    let seen = standing(tx, scope).await?;
    let all = standing(tx, &Scope::of_job(scope.tenant())).await?;
    let on = |found: &[(Ladder, String, i64)], row: &BenefitRow| {
        let of = found.iter().find(|(ladder, level, _)| ladder.word() == row.ladder && *level == row.level);
        of.map_or(0, |(_, _, n)| *n)
    };
    let view = |row: BenefitRow| {
        let persons = on(&seen, &row);
        Benefit {
            over: exposure(on(&all, &row), row.value_fen) > row.ceiling_fen,
            exposure_fen: exposure(persons, row.value_fen),
            persons,
            id: row.id,
            name: row.name,
            promise: row.promise,
            ladder: row.ladder,
            level: row.level,
            period: row.period,
            value_fen: row.value_fen,
            ceiling_fen: row.ceiling_fen,
            enabled: row.enabled,
            changed_at: row.changed_at,
            changed_by: row.changed_by,
        }
    };
    Ok(rows.into_iter().map(view).collect())
}

/// All promises, by ladder and level.
#[utoipa::path(get, path = "/api/v1/layers/benefits", responses((status = 200, body = BenefitList)))]
async fn list_benefits(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::LayersRead>,
) -> AppResult<Json<BenefitList>> {
    let mut tx = ctx.read().await?;
    let rows = benefits::list(&mut tx, &caller.scope).await?;
    Ok(Json(BenefitList { items: views(&mut tx, &caller.scope, rows).await? }))
}

/// A promise as it is to be.
#[derive(Deserialize, ToSchema)]
struct BenefitDraft {
    /// 1 to 40 characters.
    name: String,
    /// What staff may say, 1 to 200 characters.
    promise: String,
    ladder: Ladder,
    /// A level of the ladder.
    level: String,
    period: Period,
    /// What one costs, in fen.
    value_fen: i64,
    /// What all of one period may cost, in fen.
    ceiling_fen: i64,
    enabled: bool,
}

async fn save(
    mut tx: Tx<'_>,
    caller: &Caller,
    (id, act): (&str, &str),
    draft: &BenefitDraft,
) -> AppResult<Json<Benefit>> {
    let words = BenefitWords {
        name: &draft.name,
        promise: &draft.promise,
        ladder: draft.ladder,
        level: &draft.level,
        value_fen: draft.value_fen,
        ceiling_fen: draft.ceiling_fen,
    };
    words.check()?;
    let (scope, by) = (&caller.scope, caller.operator_name.as_str());
    benefits::save(&mut tx, scope, (id, by), &words, (draft.period, draft.enabled)).await?;
    audit::record(&mut tx, caller, act, id).await?;
    let row = benefits::get(&mut tx, scope, id).await?;
    let view = views(&mut tx, scope, vec![row]).await?.pop();
    tx.commit().await?;
    view.map(Json).ok_or_else(AppError::not_found)
}

/// Promises a level something.
#[utoipa::path(post, path = "/api/v1/layers/benefits", request_body = BenefitDraft,
    responses((status = 200, body = Benefit), (status = 422, body = ErrorBody)))]
async fn create_benefit(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::LayersWrite>,
    Json(draft): Json<BenefitDraft>,
) -> AppResult<Json<Benefit>> {
    let tx = ctx.begin().await?;
    let id = tx.new_id("bnf");
    save(tx, &caller, (&id, "layers.create_benefit"), &draft).await
}

/// Changes a promise.
#[utoipa::path(put, path = "/api/v1/layers/benefits/{id}", request_body = BenefitDraft,
    responses((status = 200, body = Benefit), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)))]
async fn change_benefit(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::LayersWrite>,
    Path(id): Path<String>,
    Json(draft): Json<BenefitDraft>,
) -> AppResult<Json<Benefit>> {
    let mut tx = ctx.begin().await?;
    benefits::get(&mut tx, &caller.scope, &id).await?;
    save(tx, &caller, (&id, "layers.change_benefit"), &draft).await
}

/// Takes a promise back.
#[utoipa::path(delete, path = "/api/v1/layers/benefits/{id}",
    responses((status = 204), (status = 404, body = ErrorBody)))]
async fn delete_benefit(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::LayersWrite>,
    Path(id): Path<String>,
) -> AppResult<StatusCode> {
    let mut tx = ctx.begin().await?;
    benefits::get(&mut tx, &caller.scope, &id).await?;
    benefits::delete(&mut tx, &caller.scope, &id, &caller.operator_name).await?;
    audit::record(&mut tx, &caller, "layers.delete_benefit", &id).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

pub fn router() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new()
        .routes(routes!(list_benefits, create_benefit))
        .routes(routes!(change_benefit, delete_benefit))
}
