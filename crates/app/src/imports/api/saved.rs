//! Saved meanings of columns, and the lists that files brought.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path, State};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::super::model::{Field, ImportRefusal, Kind, own_id};
use super::super::rows::ListRow;
use super::super::store::saved as store;
use super::own::settable;
use crate::ctx::Ctx;
use crate::kernel::audit;
use crate::kernel::http::{Allowed, AppError, AppResult, ErrorBody, permission};
use crate::people;

/// What the columns of files of one shape mean, by their headers.
#[derive(Serialize, ToSchema)]
struct SavedMapping {
    id: String,
    name: String,
    kind: Kind,
    /// Header → word of a field.
    columns: BTreeMap<String, String>,
}

#[derive(Serialize, ToSchema)]
struct SavedMappingPage {
    items: Vec<SavedMapping>,
    next: Option<String>,
}

/// Saved mappings by kind and name.
#[utoipa::path(get, path = "/api/v1/imports/mappings", responses((status = 200, body = SavedMappingPage)))]
async fn list_import_mappings(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::ImportsRead>,
) -> AppResult<Json<SavedMappingPage>> {
    let mut tx = ctx.read().await?;
    let rows = store::mappings(&mut tx, &caller.scope).await?;
    let saved = |row: super::super::rows::MappingRow| {
        let kind = Kind::parse(&row.kind)?;
        let columns = serde_json::from_str(&row.mapping).ok()?;
        Some(SavedMapping { id: row.id, name: row.name, kind, columns })
    };
    Ok(Json(SavedMappingPage { items: rows.into_iter().filter_map(saved).collect(), next: None }))
}

/// A mapping to be kept. One of the same kind and name is replaced.
#[derive(Deserialize, ToSchema)]
struct MappingDraft {
    name: String,
    kind: Kind,
    columns: BTreeMap<String, String>,
}

/// Keeps a mapping under a name.
#[utoipa::path(post, path = "/api/v1/imports/mappings", request_body = MappingDraft,
    responses((status = 200, body = SavedMapping), (status = 422, body = ErrorBody)))]
async fn save_import_mapping(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::ImportsWrite>,
    Json(draft): Json<MappingDraft>,
) -> AppResult<Json<SavedMapping>> {
    let name = draft.name.trim().to_owned();
    if !(1..=60).contains(&name.chars().count()) || draft.columns.is_empty() || draft.columns.len() > 200 {
        return Err(ImportRefusal::MappingName.into());
    }
    let mut tx = ctx.begin().await?;
    let own = settable(&people::own_fields(&mut tx, &caller.scope).await?, &caller, draft.kind);
    let fits = |word: &str| match own_id(word) {
        Some(id) => own.iter().any(|field| field.id == id),
        None => Field::parse(word).is_some_and(|f| draft.kind.fields().contains(&f)),
    };
    if let Some(word) = draft.columns.values().find(|word| !fits(word)) {
        return Err(ImportRefusal::UnknownField { field: word.clone() }.into());
    }
    let columns = serde_json::to_string(&draft.columns)?;
    let id = store::save_mapping(&mut tx, &caller.scope, (draft.kind.word(), &name), &columns).await?;
    audit::record(&mut tx, &caller, "imports.save_mapping", &id).await?;
    tx.commit().await?;
    Ok(Json(SavedMapping { id, name, kind: draft.kind, columns: draft.columns }))
}

/// Forgets a saved mapping.
#[utoipa::path(delete, path = "/api/v1/imports/mappings/{id}",
    responses((status = 204), (status = 404, body = ErrorBody)))]
async fn forget_import_mapping(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::ImportsWrite>,
    Path(id): Path<String>,
) -> AppResult<StatusCode> {
    let mut tx = ctx.begin().await?;
    if !store::forget_mapping(&mut tx, &caller.scope, &id).await? {
        return Err(AppError::not_found());
    }
    audit::record(&mut tx, &caller, "imports.forget_mapping", &id).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Serialize, ToSchema)]
struct ImportedListPage {
    items: Vec<ListRow>,
    next: Option<String>,
}

/// Named lists of people that files brought.
#[utoipa::path(get, path = "/api/v1/imports/lists", responses((status = 200, body = ImportedListPage)))]
async fn list_imported_lists(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::ImportsRead>,
) -> AppResult<Json<ImportedListPage>> {
    let mut tx = ctx.read().await?;
    Ok(Json(ImportedListPage { items: store::lists(&mut tx, &caller.scope).await?, next: None }))
}

pub fn router() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new()
        .routes(routes!(list_import_mappings, save_import_mapping))
        .routes(routes!(forget_import_mapping))
        .routes(routes!(list_imported_lists))
}
