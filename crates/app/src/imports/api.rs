//! `/api/v1/imports`: files, what their columns mean, dry run, run, report.

mod own;
mod report;
mod saved;
mod upload;

use axum::Json;
use axum::extract::{Path, Query, State};
use base::Page;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::jobs::{Check, Run};
use super::model::{
    Counts, ImportRefusal, Kind, Mapping, Order, PREVIEW_ROWS, Policy, Row, SHOWN_BAD, State as Stage,
};
use super::rows::{BadRow, ImportRow};
use super::{about_part, store};
use crate::accounts;
use crate::ctx::Ctx;
use crate::kernel::audit;
use crate::kernel::db::Tx;
use crate::kernel::http::{Allowed, AppError, AppResult, Caller, ErrorBody, ListQuery, permission};
use crate::kernel::i18n::{self, Locale};
use crate::people::{self, OwnField};

/// One import in the list.
#[derive(Serialize, ToSchema)]
struct ImportView {
    id: String,
    kind: Kind,
    file_name: String,
    /// `csv`, `xlsx` or `dump`; empty while the file is read.
    format: String,
    /// How the texts of the file are encoded.
    encoding: String,
    bytes: i64,
    state: Stage,
    /// Why it failed, as a code and in words.
    error_code: String,
    error: String,
    policy: Option<Policy>,
    /// The earlier import that took the same rows in the same way: this one changes nothing.
    repeats: Option<String>,
    /// The list into which the people went.
    list_id: Option<String>,
    rows_total: i64,
    /// Of the pass that goes on, 0 to 1.
    progress: f64,
    /// Rows a second since the pass began or was resumed; absent while nothing runs.
    rows_per_second: Option<f64>,
    checked: Counts,
    taken: Counts,
    operator_name: String,
    created_at: i64,
    ended_at: Option<i64>,
    /// The rows of the file are forgotten.
    purged: bool,
}

fn view(row: &ImportRow, locale: Locale) -> AppResult<ImportView> {
    let state = Stage::parse(&row.state);
    let elapsed = (row.moved_at - row.started_at) as f64 / 1_000.0;
    let parts = (row.next_part - row.started_part) as f64;
    let share = if row.parts == 0 { 0.0 } else { row.next_part as f64 / row.parts as f64 };
    let works = matches!(state, Stage::Checking | Stage::Running);
    let rows = if row.parts == 0 { 0.0 } else { row.rows_total as f64 * parts / row.parts as f64 };
    let error = match row.error_code.as_str() {
        "" => String::new(),
        code => i18n::text(locale, code, &json!({})),
    };
    Ok(ImportView {
        id: row.id.clone(),
        kind: Kind::parse(&row.kind).ok_or_else(|| AppError::fault("an import of no kind"))?,
        file_name: row.file_name.clone(),
        format: row.format.clone(),
        encoding: row.encoding.clone(),
        bytes: row.bytes,
        state,
        error_code: row.error_code.clone(),
        error,
        policy: [Policy::NoneIfBad, Policy::GoodRows].into_iter().find(|p| p.word() == row.policy),
        repeats: row.repeats.clone(),
        list_id: row.list_id.clone(),
        rows_total: row.rows_total,
        progress: match state {
            Stage::Checked | Stage::Done => 1.0,
            Stage::Checking | Stage::Running | Stage::Paused | Stage::Cancelled => share,
            _ => 0.0,
        },
        rows_per_second: (works && elapsed > 0.0 && rows > 0.0).then(|| (rows / elapsed).round()),
        checked: serde_json::from_str(&row.checked).unwrap_or_default(),
        taken: serde_json::from_str(&row.taken).unwrap_or_default(),
        operator_name: row.operator_name.clone(),
        created_at: row.created_at,
        ended_at: Some(row.ended_at).filter(|at| *at > 0),
        purged: row.purged_at > 0,
    })
}

#[derive(Serialize, ToSchema)]
struct ImportPage {
    items: Vec<ImportView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// Imports, newest first. `search` looks in file names.
#[utoipa::path(get, path = "/api/v1/imports", params(ListQuery), responses((status = 200, body = ImportPage)))]
async fn list_imports(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::ImportsRead>,
    Query(query): Query<ListQuery>,
) -> AppResult<Json<ImportPage>> {
    let paging = query.paging();
    let mut tx = ctx.read().await?;
    let rows = store::list(&mut tx, &caller.scope, &paging, &query.pattern()).await?;
    let page = Page::cut(rows, paging.limit, |r| r.id.clone());
    let items = page.items.iter().map(|row| view(row, caller.locale)).collect::<AppResult<_>>()?;
    Ok(Json(ImportPage { items, next: page.next }))
}

/// A row that can't be taken.
#[derive(Serialize, ToSchema)]
struct ImportBadRow {
    /// As a spreadsheet or an editor numbers it.
    row: i64,
    /// The word of the field; absent when the row as a whole is meant.
    field: Option<String>,
    /// What the company calls it, when it is one of its own.
    field_name: Option<String>,
    code: String,
    /// What is wrong and what to do about it.
    message: String,
}

fn bad_view(bad: BadRow, own: &[OwnField], locale: Locale) -> ImportBadRow {
    let (field_name, args) = own::about(own, &bad);
    ImportBadRow {
        row: bad.row_no,
        field: Some(bad.field).filter(|f| !f.is_empty()),
        field_name,
        message: i18n::text(locale, &bad.code, &args),
        code: bad.code,
    }
}

/// One import with its columns, its first rows and its first bad rows.
#[derive(Serialize, ToSchema)]
struct ImportDetail {
    #[serde(flatten)]
    import: ImportView,
    /// The texts of the file's first row.
    headers: Vec<String>,
    mapping: Mapping,
    /// Words of the fields that a file of this kind may have.
    fields: Vec<&'static str>,
    /// The company's own fields that a column may mean besides, of those the caller may set.
    own_fields: Vec<own::ImportOwnField>,
    /// The first rows, as many as 20; empty when they are forgotten.
    preview: Vec<Vec<String>>,
    /// The first 200 bad rows of the run, or of the dry run before it.
    bad: Vec<ImportBadRow>,
}

async fn detail(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    caller: &Caller,
    import: &ImportRow,
) -> AppResult<Json<ImportDetail>> {
    let pass = pass_shown(import);
    let bad = store::bad(tx, &caller.scope, (&import.id, pass), (0, SHOWN_BAD)).await?;
    let preview = if import.purged_at > 0 || import.parts == 0 {
        Vec::new()
    } else {
        let sealed = store::part(tx, &caller.scope, &import.id, 0).await?;
        let plain = ctx.sealer().open(&about_part(&import.id, 0), &sealed);
        let rows: Vec<Row> = plain.map_or(Ok(Vec::new()), |p| serde_json::from_str(p.reveal()))?;
        rows.into_iter().take(PREVIEW_ROWS).map(|r| r.cells).collect()
    };
    let view = view(import, caller.locale)?;
    let own = people::own_fields(tx, &caller.scope).await?;
    Ok(Json(ImportDetail {
        own_fields: own::offered(&own, caller, view.kind),
        fields: view.kind.fields().iter().map(|f| f.word()).collect(),
        import: view,
        headers: serde_json::from_str(&import.headers)?,
        mapping: serde_json::from_str(&import.mapping).unwrap_or_default(),
        preview,
        bad: bad.into_iter().map(|b| bad_view(b, &own, caller.locale)).collect(),
    }))
}

/// The pass whose bad rows matter now.
fn pass_shown(import: &ImportRow) -> &'static str {
    if import.policy.is_empty() { "check" } else { "run" }
}

/// One import. The rows of a file are shown to whoever may import.
#[utoipa::path(get, path = "/api/v1/imports/{id}",
    responses((status = 200, body = ImportDetail), (status = 404, body = ErrorBody)))]
async fn get_import(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::ImportsWrite>,
    Path(id): Path<String>,
) -> AppResult<Json<ImportDetail>> {
    let mut tx = ctx.read().await?;
    let import = store::get(&mut tx, &caller.scope, &id).await?;
    detail(&ctx, &mut tx, &caller, &import).await
}

/// Says what the columns mean. A dry run made before is forgotten.
#[utoipa::path(put, path = "/api/v1/imports/{id}/mapping", request_body = Mapping,
    responses((status = 200, body = ImportDetail), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody),
        (status = 409, body = ErrorBody), (status = 422, body = ErrorBody)))]
async fn map_import(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::ImportsWrite>,
    Path(id): Path<String>,
    Json(mapping): Json<Mapping>,
) -> AppResult<Json<ImportDetail>> {
    let mut tx = ctx.begin().await?;
    let import = store::get(&mut tx, &caller.scope, &id).await?;
    check_mapping(&mut tx, &caller, &import, &mapping).await?;
    store::set_mapping(&mut tx, &caller.scope, &id, &mapping).await?;
    audit::record(&mut tx, &caller, "imports.map", &id).await?;
    let import = store::get(&mut tx, &caller.scope, &id).await?;
    let detail = detail(&ctx, &mut tx, &caller, &import).await?;
    tx.commit().await?;
    Ok(detail)
}

async fn check_mapping(
    tx: &mut Tx<'_>,
    caller: &Caller,
    import: &ImportRow,
    mapping: &Mapping,
) -> AppResult<()> {
    let state = Stage::parse(&import.state);
    if !matches!(state, Stage::Uploaded | Stage::Checked) {
        return Err(ImportRefusal::NotNow { state }.into());
    }
    let kind = Kind::parse(&import.kind).ok_or_else(|| AppError::fault("an import of no kind"))?;
    let headers: Vec<String> = serde_json::from_str(&import.headers)?;
    let own = people::own_fields(tx, &caller.scope).await?;
    own::may_set(&own, caller, mapping)?;
    let names = own::settable(&own, caller, kind).into_iter().map(|field| (field.id, field.name)).collect();
    mapping.check(kind, headers.len(), &names)?;
    let tagged = mapping.places().contains_key(&super::model::Field::Tags);
    if tagged && !accounts::list_ids(tx, &caller.scope).await?.contains(&mapping.account_id) {
        return Err(ImportRefusal::TagsNeedGroup.into());
    }
    if tagged && crate::tags::name(&mapping.tag_group).is_err() {
        return Err(ImportRefusal::TagsNeedGroup.into());
    }
    Ok(())
}

/// Begins the dry run: counts, and rows that can't be taken. Nothing is changed by it.
#[utoipa::path(post, path = "/api/v1/imports/{id}/check",
    responses((status = 200, body = ImportDetail), (status = 404, body = ErrorBody), (status = 409, body = ErrorBody),
        (status = 422, body = ErrorBody)))]
async fn check_import(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::ImportsWrite>,
    Path(id): Path<String>,
) -> AppResult<Json<ImportDetail>> {
    let mut tx = ctx.begin().await?;
    let import = store::get(&mut tx, &caller.scope, &id).await?;
    let mapping: Mapping = serde_json::from_str(&import.mapping).unwrap_or_default();
    check_mapping(&mut tx, &caller, &import, &mapping).await?;
    store::order(&mut tx, &caller.scope, (&import, Order::Check), None).await?;
    store::set_checked(&mut tx, &caller.scope, &id, &Counts::default()).await?;
    tx.enqueue(caller.scope.tenant(), &Check { import: id.clone() }).await?;
    audit::record(&mut tx, &caller, "imports.check", &id).await?;
    answer(&ctx, tx, &caller, &id).await
}

async fn answer(ctx: &Ctx, mut tx: Tx<'_>, caller: &Caller, id: &str) -> AppResult<Json<ImportDetail>> {
    let import = store::get(&mut tx, &caller.scope, id).await?;
    let detail = detail(ctx, &mut tx, caller, &import).await?;
    tx.commit().await?;
    Ok(detail)
}

/// Whether bad rows stop it.
#[derive(Deserialize, ToSchema)]
struct ImportRun {
    policy: Policy,
}

/// Takes the file after its dry run. Rows that were taken before in the same way are not taken again.
#[utoipa::path(post, path = "/api/v1/imports/{id}/run", request_body = ImportRun,
    responses((status = 200, body = ImportDetail), (status = 404, body = ErrorBody), (status = 409, body = ErrorBody)))]
async fn run_import(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::ImportsWrite>,
    Path(id): Path<String>,
    Json(run): Json<ImportRun>,
) -> AppResult<Json<ImportDetail>> {
    let mut tx = ctx.begin().await?;
    let import = store::get(&mut tx, &caller.scope, &id).await?;
    let mapping: Mapping = serde_json::from_str(&import.mapping).unwrap_or_default();
    own::may_set(&people::own_fields(&mut tx, &caller.scope).await?, &caller, &mapping)?;
    let checked: Counts = serde_json::from_str(&import.checked).unwrap_or_default();
    if run.policy == Policy::NoneIfBad && checked.bad > 0 {
        return Err(ImportRefusal::BadRows { bad: checked.bad }.into());
    }
    store::order(&mut tx, &caller.scope, (&import, Order::Run), Some(run.policy)).await?;
    match store::taken_before(&mut tx, &caller.scope, &import).await? {
        Some(earlier) => {
            store::note_repeats(&mut tx, &caller.scope, &id, &earlier).await?;
            store::end_pass(&mut tx, &caller.scope, &id, (Stage::Running, Stage::Done)).await?;
        }
        None => tx.enqueue(caller.scope.tenant(), &Run { import: id.clone() }).await?,
    }
    audit::record(&mut tx, &caller, "imports.run", &id).await?;
    answer(&ctx, tx, &caller, &id).await
}

async fn steer(ctx: &Ctx, caller: &Caller, id: &str, order: Order) -> AppResult<Json<ImportDetail>> {
    let mut tx = ctx.begin().await?;
    let import = store::get(&mut tx, &caller.scope, id).await?;
    store::order(&mut tx, &caller.scope, (&import, order), None).await?;
    let action = match order {
        Order::Pause => "imports.pause",
        Order::Resume => "imports.resume",
        _ => "imports.cancel",
    };
    if order == Order::Resume {
        tx.enqueue(caller.scope.tenant(), &Run { import: id.to_owned() }).await?;
    }
    audit::record(&mut tx, caller, action, id).await?;
    answer(ctx, tx, caller, id).await
}

/// Stops a run behind the part at hand.
#[utoipa::path(post, path = "/api/v1/imports/{id}/pause",
    responses((status = 200, body = ImportDetail), (status = 404, body = ErrorBody), (status = 409, body = ErrorBody)))]
async fn pause_import(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::ImportsWrite>,
    Path(id): Path<String>,
) -> AppResult<Json<ImportDetail>> {
    steer(&ctx, &caller, &id, Order::Pause).await
}

/// Goes on behind the last part that was taken.
#[utoipa::path(post, path = "/api/v1/imports/{id}/resume",
    responses((status = 200, body = ImportDetail), (status = 404, body = ErrorBody), (status = 409, body = ErrorBody)))]
async fn resume_import(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::ImportsWrite>,
    Path(id): Path<String>,
) -> AppResult<Json<ImportDetail>> {
    steer(&ctx, &caller, &id, Order::Resume).await
}

/// Ends an import for good. What was taken stays.
#[utoipa::path(post, path = "/api/v1/imports/{id}/cancel",
    responses((status = 200, body = ImportDetail), (status = 404, body = ErrorBody), (status = 409, body = ErrorBody)))]
async fn cancel_import(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::ImportsWrite>,
    Path(id): Path<String>,
) -> AppResult<Json<ImportDetail>> {
    steer(&ctx, &caller, &id, Order::Cancel).await
}

pub fn router() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new()
        .routes(routes!(list_imports, upload::upload_import))
        .merge(saved::router())
        .routes(routes!(get_import))
        .routes(routes!(map_import))
        .routes(routes!(check_import))
        .routes(routes!(run_import))
        .routes(routes!(pause_import))
        .routes(routes!(resume_import))
        .routes(routes!(cancel_import))
        .routes(routes!(report::get_import_report))
}
