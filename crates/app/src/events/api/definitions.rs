//! `/api/v1/events/definitions`: the names that came, with figures and what the company writes about them.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path, Query, State};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::super::rows::{DayRow, DefinitionRow};
use super::super::store;
use crate::ctx::Ctx;
use crate::kernel::audit;
use crate::kernel::http::{Allowed, AppError, AppResult, ErrorBody, permission};
use crate::tenants;

#[derive(Serialize, ToSchema)]
struct EventDay {
    /// `yyyymmdd`
    day: i64,
    events: i64,
    /// Distinct customers.
    people: i64,
}

/// A name that came, with its figures. Employees and house accounts are not in them.
#[derive(Serialize, ToSchema)]
struct EventDefinition {
    name: String,
    /// What it means.
    description: String,
    /// What of a person it holds, and on what ground it is kept.
    privacy_note: String,
    /// When the first of this name came.
    first_at: i64,
    last_at: i64,
    /// Days with events, oldest first.
    days: Vec<EventDay>,
}

#[derive(Serialize, ToSchema)]
struct EventDefinitionPage {
    items: Vec<EventDefinition>,
    next: Option<String>,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct DaysQuery {
    /// 1 to 90 days back, 14 when absent.
    days: Option<i32>,
}

/// The names that came, with counts per day.
#[utoipa::path(get, path = "/api/v1/events/definitions", params(DaysQuery),
    responses((status = 200, body = EventDefinitionPage)))]
async fn list_event_definitions(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::EventsRead>,
    Query(query): Query<DaysQuery>,
) -> AppResult<Json<EventDefinitionPage>> {
    let back = query.days.unwrap_or(14).clamp(1, 90);
    let mut tx = ctx.read().await?;
    let zone = tenants::get(&mut tx, &caller.scope).await?.tenant_zone();
    let from = zone.day_of(ctx.now()).plus_days(1 - back);
    let mut days: BTreeMap<String, Vec<EventDay>> = BTreeMap::new();
    for DayRow { name, day, events, people } in store::per_day(&mut tx, &caller.scope, from).await? {
        days.entry(name).or_default().push(EventDay { day, events, people });
    }
    let rows = store::definitions(&mut tx, &caller.scope).await?;
    let items = rows.into_iter().map(|row| definition_of(row, &mut days)).collect();
    Ok(Json(EventDefinitionPage { items, next: None }))
}

fn definition_of(row: DefinitionRow, days: &mut BTreeMap<String, Vec<EventDay>>) -> EventDefinition {
    EventDefinition {
        days: days.remove(&row.name).unwrap_or_default(),
        name: row.name,
        description: row.description,
        privacy_note: row.privacy_note,
        first_at: row.first_at,
        last_at: row.last_at,
    }
}

#[derive(Deserialize, ToSchema)]
struct EventDefinitionPatch {
    /// At most 200 characters.
    description: Option<String>,
    /// At most 500 characters.
    privacy_note: Option<String>,
}

/// Writes down what a name means and why it may be kept.
#[utoipa::path(patch, path = "/api/v1/events/definitions/{name}", request_body = EventDefinitionPatch,
    responses((status = 200, body = EventDefinition), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)))]
async fn patch_event_definition(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::EventsWrite>,
    Path(name): Path<String>,
    Json(patch): Json<EventDefinitionPatch>,
) -> AppResult<Json<EventDefinition>> {
    let mut tx = ctx.begin().await?;
    let mut row = store::definition(&mut tx, &caller.scope, &name).await?;
    row.description = patch.description.map_or(row.description, |text| text.trim().to_owned());
    row.privacy_note = patch.privacy_note.map_or(row.privacy_note, |text| text.trim().to_owned());
    if row.description.chars().count() > 200 {
        return Err(AppError::invalid("description", "≤ 200"));
    }
    if row.privacy_note.chars().count() > 500 {
        return Err(AppError::invalid("privacy_note", "≤ 500"));
    }
    store::describe(&mut tx, &caller.scope, &row).await?;
    audit::record(&mut tx, &caller, "events.describe", &name).await?;
    tx.commit().await?;
    Ok(Json(definition_of(row, &mut BTreeMap::new())))
}

pub(super) fn router() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new().routes(routes!(list_event_definitions)).routes(routes!(patch_event_definition))
}
