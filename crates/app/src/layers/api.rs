//! `/api/v1/layers` and a person's own page of it.

mod benefits;
mod counts;
mod cuts;
mod paths;
mod suggestions;

use axum::Json;
use axum::extract::{Path, State};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::model::Ladder;
use super::rows::MoveRow;
use super::store;
use crate::ctx::Ctx;
use crate::kernel::http::{Allowed, AppResult, ErrorBody, permission};
use crate::people;

/// A person's level on one ladder.
#[derive(Serialize, ToSchema)]
struct LayerLevel {
    ladder: Ladder,
    /// A word of the ladder.
    level: String,
    since: i64,
    /// A word for why.
    reason: String,
}

/// What a level is promised, as staff may say it.
#[derive(Serialize, ToSchema)]
struct LayerPromise {
    id: String,
    name: String,
    promise: String,
    ladder: String,
    level: String,
    period: String,
    value_fen: i64,
}

/// Where a person stands.
#[derive(Serialize, ToSchema)]
struct PersonLayers {
    /// False for employees and house accounts, for who refused profiling, and until the first look.
    counted: bool,
    /// Scores of recency, frequency and money as `543`; empty without a paid order in the window.
    cell: String,
    /// Version of the cut points; 0 before the first.
    cuts: i64,
    levels: Vec<LayerLevel>,
    promises: Vec<LayerPromise>,
    /// Her steps, newest first.
    moves: Vec<MoveRow>,
}

/// A person's layers with since when and why, what she is promised, and her steps.
#[utoipa::path(get, path = "/api/v1/people/{id}/layers",
    responses((status = 200, body = PersonLayers), (status = 404, body = ErrorBody)))]
async fn get_person_layers(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::LayersRead>,
    Path(id): Path<String>,
) -> AppResult<Json<PersonLayers>> {
    let mut tx = ctx.read().await?;
    let scope = &caller.scope;
    people::get(&mut tx, scope, &id).await?;
    let moves = store::moves_of(&mut tx, scope, &id).await?;
    let Some(row) = store::of_person(&mut tx, scope, &id).await? else {
        let (levels, promises) = (Vec::new(), Vec::new());
        return Ok(Json(PersonLayers {
            counted: false,
            cell: String::new(),
            cuts: 0,
            levels,
            promises,
            moves,
        }));
    };
    let level = |ladder: Ladder| {
        let (level, since) = row.on(ladder);
        let reason = match ladder {
            Ladder::Rfm => &row.rfm_reason,
            Ladder::Value => &row.value_reason,
            Ladder::Fan => &row.fan_reason,
            Ladder::Stage => &row.stage_reason,
        };
        LayerLevel { ladder, level: level.to_owned(), since, reason: reason.clone() }
    };
    let levels: Vec<LayerLevel> = Ladder::ALL.iter().copied().map(level).collect();
    let promises = store::benefits::list(&mut tx, scope)
        .await?
        .into_iter()
        .filter(|b| b.enabled && levels.iter().any(|l| l.ladder.word() == b.ladder && l.level == b.level));
    let promises = promises.map(|b| LayerPromise {
        id: b.id,
        name: b.name,
        promise: b.promise,
        ladder: b.ladder,
        level: b.level,
        period: b.period,
        value_fen: b.value_fen,
    });
    let cell = if row.r > 0 { format!("{}{}{}", row.r, row.f, row.m) } else { String::new() };
    let promises = promises.collect();
    Ok(Json(PersonLayers { counted: true, cell, cuts: row.version, levels, promises, moves }))
}

pub fn router() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new()
        .routes(routes!(get_person_layers))
        .merge(counts::router())
        .merge(cuts::router())
        .merge(benefits::router())
        .merge(paths::router())
        .merge(suggestions::router())
}
