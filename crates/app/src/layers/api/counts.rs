//! `/api/v1/layers/rfm`, `/ladders` and `/people`: how many persons stand where, who went from where to where, and who
//! they are.

use axum::Json;
use axum::extract::{Query, State};
use base::Page;
use base::time::DAY;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::super::model::{Cuts, Ladder, WINDOW_DAYS};
use super::super::rows::ListedRow;
use super::super::store::counts::{self, CellCount, Flow, Only};
use super::super::store::{self};
use crate::ctx::Ctx;
use crate::kernel::http::{Allowed, AppError, AppResult, ErrorBody, ListQuery, permission};

/// Persons of a level.
#[derive(Serialize, ToSchema)]
struct LevelCount {
    level: String,
    persons: i64,
}

/// The grid of recency, frequency and money.
#[derive(Serialize, ToSchema)]
struct RfmView {
    /// The cut points in force; absent before the first.
    cuts: Option<Cuts>,
    version: i64,
    in_force_at: i64,
    /// Days of orders that are scored.
    window_days: i64,
    cells: Vec<CellCount>,
    /// The named segments, those of persons without orders included, from the best on.
    segments: Vec<LevelCount>,
}

fn counted(ladder: Ladder, found: &[(String, i64)]) -> Vec<LevelCount> {
    let persons = |level: &str| found.iter().find(|(word, _)| word == level).map_or(0, |(_, n)| *n);
    let levels = ladder.levels().into_iter();
    levels.map(|level| LevelCount { level: level.to_owned(), persons: persons(level) }).collect()
}

/// Persons per cell and per segment, with the cut points that made them.
#[utoipa::path(get, path = "/api/v1/layers/rfm", responses((status = 200, body = RfmView)))]
async fn get_rfm(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::LayersRead>,
) -> AppResult<Json<RfmView>> {
    let mut tx = ctx.read().await?;
    let scope = &caller.scope;
    let row = store::cuts::in_force(&mut tx, scope).await?;
    let cells = counts::cells(&mut tx, scope).await?;
    let segments = counted(Ladder::Rfm, &counts::levels(&mut tx, scope, Ladder::Rfm).await?);
    Ok(Json(RfmView {
        cuts: row.as_ref().map(|r| r.points()).transpose()?,
        version: row.as_ref().map_or(0, |r| r.version),
        in_force_at: row.as_ref().map_or(0, |r| r.in_force_at),
        window_days: WINDOW_DAYS,
        cells,
        segments,
    }))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct PeriodQuery {
    /// Instant in milliseconds; 30 days ago when absent.
    from: Option<i64>,
    /// Up to this instant; now when absent.
    to: Option<i64>,
}

/// One ladder with its persons and their steps.
#[derive(Serialize, ToSchema)]
struct LadderView {
    ladder: Ladder,
    levels: Vec<LevelCount>,
    /// Steps within the period.
    flows: Vec<Flow>,
}

/// All ladders.
#[derive(Serialize, ToSchema)]
struct LaddersView {
    from: i64,
    to: i64,
    items: Vec<LadderView>,
}

/// Persons per level of every ladder, and who went from where to where within a period.
#[utoipa::path(get, path = "/api/v1/layers/ladders", params(PeriodQuery),
    responses((status = 200, body = LaddersView), (status = 422, body = ErrorBody)))]
async fn get_ladders(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::LayersRead>,
    Query(query): Query<PeriodQuery>,
) -> AppResult<Json<LaddersView>> {
    let to = query.to.unwrap_or(ctx.now().0.saturating_add(1));
    let from = query.from.unwrap_or(to.saturating_sub(30 * DAY));
    if from >= to || to.saturating_sub(from) > 400 * DAY {
        return Err(AppError::invalid("from", "from < to ≤ from + 400 d"));
    }
    let mut tx = ctx.read().await?;
    let mut items = Vec::new();
    for ladder in Ladder::ALL.iter().copied() {
        let levels = counted(ladder, &counts::levels(&mut tx, &caller.scope, ladder).await?);
        let flows = counts::flows(&mut tx, &caller.scope, ladder, (from, to)).await?;
        items.push(LadderView { ladder, levels, flows });
    }
    Ok(Json(LaddersView { from, to, items }))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct LayerQuery {
    /// An RFM segment, a value level, a fan level, a stage.
    rfm: Option<String>,
    value: Option<String>,
    fan: Option<String>,
    stage: Option<String>,
    /// Scores, 1 to 5.
    r: Option<i64>,
    f: Option<i64>,
    m: Option<i64>,
}

#[derive(Serialize, ToSchema)]
struct LayerPersonPage {
    items: Vec<ListedRow>,
    next: Option<String>,
}

/// Persons who stand on layers.
#[utoipa::path(get, path = "/api/v1/layers/people", params(ListQuery, LayerQuery),
    responses((status = 200, body = LayerPersonPage), (status = 422, body = ErrorBody)))]
async fn list_layer_people(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::LayersRead>,
    Query(query): Query<ListQuery>,
    Query(only): Query<LayerQuery>,
) -> AppResult<Json<LayerPersonPage>> {
    let asked = [
        ("rfm", Ladder::Rfm, &only.rfm),
        ("value", Ladder::Value, &only.value),
        ("fan", Ladder::Fan, &only.fan),
        ("stage", Ladder::Stage, &only.stage),
    ];
    for (field, ladder, word) in asked {
        if word.as_deref().is_some_and(|w| !w.is_empty() && !ladder.levels().contains(&w)) {
            return Err(AppError::invalid(field, &ladder.levels().join(", ")));
        }
    }
    let page = query.paging();
    let only = Only {
        pattern: query.pattern(),
        rfm: only.rfm.unwrap_or_default(),
        value: only.value.unwrap_or_default(),
        fan: only.fan.unwrap_or_default(),
        stage: only.stage.unwrap_or_default(),
        r: only.r.unwrap_or(0),
        f: only.f.unwrap_or(0),
        m: only.m.unwrap_or(0),
    };
    let mut tx = ctx.read().await?;
    let rows = counts::persons(&mut tx, &caller.scope, &page, &only).await?;
    let Page { items, next } = Page::cut(rows, page.limit, |r| r.id.clone());
    Ok(Json(LayerPersonPage { items, next }))
}

pub fn router() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new()
        .routes(routes!(get_rfm))
        .routes(routes!(get_ladders))
        .routes(routes!(list_layer_people))
}
