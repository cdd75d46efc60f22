//! `/api/v1/exports`: asking for a file, watching it, taking it.

mod file;

use axum::Json;
use axum::extract::{Path, Query, State};
use base::Page;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::jobs::Write;
use super::model::{ExportRefusal, Filter, Format, OwnColumn, REASON_CHARS, State as Stage, What};
use super::rows::ExportRow;
use super::store::{self, NewExport};
use crate::ctx::Ctx;
use crate::kernel::audit;
use crate::kernel::db::Tx;
use crate::kernel::http::{
    Allowed, AppError, AppResult, Caller, ErrorBody, ListQuery, Permission as _, Scope, permission, refused,
};
use crate::people::{self, OwnField, Sight};
use crate::{groups, segments};

#[derive(Serialize, ToSchema)]
struct ExportView {
    id: String,
    /// The number in the watermark.
    number: i64,
    what: What,
    filter: Filter,
    format: Format,
    /// Why it was asked for.
    reason: String,
    /// Phone numbers and platform ids are in it.
    with_contacts: bool,
    /// Only what one employee's duties show.
    own_groups_only: bool,
    operator_name: String,
    state: Stage,
    rows: i64,
    downloads: i64,
    created_at: i64,
    ended_at: Option<i64>,
    /// When the file is forgotten.
    expires_at: Option<i64>,
    /// The caller may take the file.
    yours: bool,
}

fn view(row: ExportRow, caller: &Caller, now: i64) -> AppResult<ExportView> {
    let state = match Stage::parse(&row.state) {
        Stage::Done if row.expires_at <= now => Stage::Expired,
        state => state,
    };
    Ok(ExportView {
        yours: is_yours(&row, caller),
        id: row.id,
        number: row.export_no,
        what: What::parse(&row.what).ok_or_else(|| AppError::fault("an export of no list"))?,
        filter: serde_json::from_str(&row.filter)?,
        format: Format::parse(&row.format),
        reason: row.reason,
        with_contacts: row.with_contacts,
        own_groups_only: !row.reach.is_empty(),
        operator_name: row.operator_name,
        state,
        rows: row.rows_total,
        downloads: row.downloads,
        created_at: row.created_at,
        ended_at: Some(row.ended_at).filter(|at| *at > 0),
        expires_at: Some(row.expires_at).filter(|at| *at > 0),
    })
}

/// A file is for whoever asked for it, as long as she may see what is in it.
fn is_yours(row: &ExportRow, caller: &Caller) -> bool {
    let may_see = What::parse(&row.what).is_some_and(|what| caller.may(what.permission()));
    row.operator_id == caller.operator_id
        && row.reach == caller.scope.reach_key()
        && may_see
        && caller.may("exports:write")
        && (!row.with_contacts || caller.may("contact_data:read"))
        && sees_own_fields(row, caller)
}

fn sees_own_fields(row: &ExportRow, caller: &Caller) -> bool {
    let seen = |column: &OwnColumn| {
        people::role_sees(caller, &column.roles) && (!column.sensitive || caller.may(SENSITIVE))
    };
    row.own_columns().is_ok_and(|columns| columns.iter().all(seen))
}

const SENSITIVE: &str = permission::PeopleSensitiveRead::WORD;

/// The company's own fields that are columns of a list for this caller: those that take values and that she may see.
async fn own_columns(tx: &mut Tx<'_>, caller: &Caller, what: What) -> AppResult<Vec<OwnColumn>> {
    if !what.has_own_fields() {
        return Ok(Vec::new());
    }
    let own = people::own_fields(tx, &caller.scope).await?;
    let seen = own.into_iter().filter(|f| !f.archived && f.sight(caller, SENSITIVE) == Sight::Open);
    let column = |f: OwnField| OwnColumn { id: f.id, name: f.name, sensitive: f.sensitive, roles: f.roles };
    Ok(seen.map(column).collect())
}

#[derive(Serialize, ToSchema)]
struct ExportPage {
    items: Vec<ExportView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// Exports, newest first: who took what, and why. `search` looks in reasons and names.
#[utoipa::path(get, path = "/api/v1/exports", params(ListQuery), responses((status = 200, body = ExportPage)))]
async fn list_exports(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::ExportsRead>,
    Query(query): Query<ListQuery>,
) -> AppResult<Json<ExportPage>> {
    let paging = query.paging();
    let mut tx = ctx.read().await?;
    let rows = store::list(&mut tx, &caller.scope, &paging, &query.pattern()).await?;
    let page = Page::cut(rows, paging.limit, |r| r.id.clone());
    let items =
        page.items.into_iter().map(|row| view(row, &caller, ctx.now().0)).collect::<AppResult<_>>()?;
    Ok(Json(ExportPage { items, next: page.next }))
}

/// One export.
#[utoipa::path(get, path = "/api/v1/exports/{id}",
    responses((status = 200, body = ExportView), (status = 404, body = ErrorBody)))]
async fn get_export(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::ExportsRead>,
    Path(id): Path<String>,
) -> AppResult<Json<ExportView>> {
    let mut tx = ctx.read().await?;
    let row = store::get(&mut tx, &caller.scope, &id).await?;
    Ok(Json(view(row, &caller, ctx.now().0)?))
}

/// What is wanted, and why.
#[derive(Deserialize, ToSchema)]
struct ExportDraft {
    what: What,
    #[serde(default)]
    filter: Filter,
    format: Format,
    /// 4 to 200 characters; stands in the audit log and in the file.
    reason: String,
}

/// Whether what the list is about was named, is there, and can be seen.
async fn name_there(tx: &mut Tx<'_>, scope: &Scope, draft: &ExportDraft) -> AppResult<()> {
    let filter = &draft.filter;
    match draft.what {
        What::Members if filter.group_id.is_empty() => Err(ExportRefusal::GroupMissing.into()),
        What::Members => groups::get(tx, scope, &filter.group_id).await.map(drop),
        What::Segment if filter.segment_id.is_empty() => Err(ExportRefusal::SegmentMissing.into()),
        What::Segment => segments::living(tx, scope, &filter.segment_id).await,
        What::FrozenList if filter.snapshot_id.is_empty() => Err(ExportRefusal::FrozenListMissing.into()),
        What::FrozenList => segments::frozen_list(tx, scope, &filter.snapshot_id).await.map(drop),
        _ => Ok(()),
    }
}

/// Asks for a list as a file. Only what the caller may see is in it: her reach, and contact data only with the right
/// `contact_data:read`, sensitive own fields only with `people_sensitive:read`.
#[utoipa::path(post, path = "/api/v1/exports", request_body = ExportDraft,
    responses((status = 200, body = ExportView), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody),
        (status = 422, body = ErrorBody)))]
async fn create_export(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::ExportsWrite>,
    Json(draft): Json<ExportDraft>,
) -> AppResult<Json<ExportView>> {
    let needed = draft.what.permission();
    if !caller.may(needed) {
        return Err(refused("http.no_permission", StatusCode::FORBIDDEN, json!({ "permission": needed })));
    }
    let reason = draft.reason.split_whitespace().collect::<Vec<_>>().join(" ");
    if !REASON_CHARS.contains(&reason.chars().count()) {
        return Err(ExportRefusal::Reason.into());
    }
    let mut tx = ctx.begin().await?;
    name_there(&mut tx, &caller.scope, &draft).await?;
    let filter = serde_json::to_string(&draft.filter)?;
    let own = serde_json::to_string(&own_columns(&mut tx, &caller, draft.what).await?)?;
    let new = NewExport {
        what: draft.what.word(),
        filter: &filter,
        format: draft.format.word(),
        reason: &reason,
        locale: caller.locale.tag(),
        with_contacts: caller.may("contact_data:read"),
        own_fields: &own,
        operator: (&caller.operator_id, &caller.operator_name),
    };
    let id = store::create(&mut tx, &caller.scope, &new).await?;
    tx.enqueue(caller.scope.tenant(), &Write { export: id.clone() }).await?;
    audit::record(&mut tx, &caller, "exports.create", &id).await?;
    let row = store::get(&mut tx, &caller.scope, &id).await?;
    tx.commit().await?;
    Ok(Json(view(row, &caller, ctx.now().0)?))
}

/// Stops an export that is being written; what was written is forgotten.
#[utoipa::path(post, path = "/api/v1/exports/{id}/cancel",
    responses((status = 200, body = ExportView), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody),
        (status = 409, body = ErrorBody)))]
async fn cancel_export(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::ExportsWrite>,
    Path(id): Path<String>,
) -> AppResult<Json<ExportView>> {
    let mut tx = ctx.begin().await?;
    let row = store::get(&mut tx, &caller.scope, &id).await?;
    if row.operator_id != caller.operator_id {
        return Err(ExportRefusal::NotYours.into());
    }
    if !store::cancel(&mut tx, &caller.scope, &id).await? {
        return Err(ExportRefusal::NotReady.into());
    }
    audit::record(&mut tx, &caller, "exports.cancel", &id).await?;
    let row = store::get(&mut tx, &caller.scope, &id).await?;
    tx.commit().await?;
    Ok(Json(view(row, &caller, ctx.now().0)?))
}

pub fn router() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new()
        .routes(routes!(list_exports, create_export))
        .routes(routes!(get_export))
        .routes(routes!(cancel_export))
        .routes(routes!(file::get_export_file))
}
