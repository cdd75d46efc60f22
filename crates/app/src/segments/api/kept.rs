//! Segments as objects: made, reworded, put away and brought back.

use std::collections::BTreeMap;

use audience::Expr;
use axum::Json;
use axum::extract::{Path, Query, State};
use base::Page;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::ask::{self, GoneThing, gone};
use super::checked;
use crate::ctx::Ctx;
use crate::kernel::audit;
use crate::kernel::db::Tx;
use crate::kernel::http::{Allowed, AppError, AppResult, ErrorBody, ListQuery, Scope, permission};
use crate::segments::desk::{is_in, look, question};
use crate::segments::model::{self, AskedFor, SegmentRefusal, Thing, Wording, WordingInput};
use crate::segments::rows::{SegmentRow, VersionRow};
use crate::segments::store::{self, Writing};

/// A segment in a list.
#[derive(Serialize, ToSchema)]
struct SegmentItem {
    id: String,
    name: String,
    text: String,
    version: i64,
    /// `live` or `archived`.
    status: String,
    /// How many people are in as of now, of those the caller may see, without those who said no to promotion or
    /// personalisation. 0 for an archived one.
    people: u64,
    /// How many are in, but said no.
    barred: u64,
    /// Moves of today, as the company counts days, of those the caller may see.
    entered_today: i64,
    left_today: i64,
    /// What refers to it: it can't be put away before.
    used_by: Vec<SegmentUser>,
    created_by: String,
    created_at: i64,
    updated_at: i64,
}

/// Something that refers to a segment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
struct SegmentUser {
    /// `segment`.
    kind: &'static str,
    id: String,
    name: String,
}

#[derive(Serialize, ToSchema)]
struct SegmentPage {
    items: Vec<SegmentItem>,
    next: Option<String>,
}

/// One segment.
#[derive(Serialize, ToSchema)]
struct SegmentView {
    #[serde(flatten)]
    item: SegmentItem,
    #[schema(value_type = Object)]
    expr: Value,
    /// Whether the first people of a wording are told as facts too.
    tell_first: bool,
    /// The people of the present wording are written down, and moves are told from here on.
    settled: bool,
    settled_at: i64,
    /// What the wording names that is there no more.
    gone: Vec<GoneThing>,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct StatusQuery {
    /// `live` when absent, or `archived`.
    status: Option<String>,
}

/// Segments, newest first, with how many people are in them now.
#[utoipa::path(get, path = "/api/v1/segments", params(ListQuery, StatusQuery),
    responses((status = 200, body = SegmentPage)))]
async fn list_segments(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::SegmentsRead>,
    Query(query): Query<ListQuery>,
    Query(status): Query<StatusQuery>,
) -> AppResult<Json<SegmentPage>> {
    let page = query.paging();
    let status = status.status.as_deref().unwrap_or("live");
    let mut tx = ctx.read().await?;
    let rows = store::list(&mut tx, &caller.scope, &page, (&query.pattern(), status)).await?;
    let Page { items: rows, next } = Page::cut(rows, page.limit, |r| r.id.clone());
    drop(tx);
    let figures = figures(&ctx, &caller.scope, &rows).await?;
    let items = rows.into_iter().zip(figures).map(|(row, figures)| item(&row, figures)).collect();
    Ok(Json(SegmentPage { items, next }))
}

/// What a list says of a segment besides its row.
#[derive(Default)]
struct Figures {
    people: u64,
    barred: u64,
    came: i64,
    went: i64,
    used_by: Vec<SegmentUser>,
}

/// How many are in each as of now, within reach: those who may be chosen, and those barred. Who moved today, and who
/// refers to it.
async fn figures(ctx: &Ctx, scope: &Scope, rows: &[SegmentRow]) -> AppResult<Vec<Figures>> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let room = ctx.segments().caught_up(ctx, scope).await?;
    let mut tx = ctx.read().await?;
    let reach = store::reach(&mut tx, scope).await?;
    let exprs: Vec<Expr> = rows.iter().map(|row| is_in(&row.id)).collect();
    let (counts, users, today) = look(&room, |held| {
        let ask = |expr| -> Result<(u64, u64), SegmentRefusal> {
            let of = |purpose| Ok(question(held, (expr, purpose), reach.as_ref())?.count());
            let (people, all): (u64, Result<u64, SegmentRefusal>) =
                (of(AskedFor::Audience)?, of(AskedFor::Service));
            Ok((people, all?.saturating_sub(people)))
        };
        let counts = exprs.iter().map(ask).collect::<Result<Vec<_>, _>>()?;
        let users = |row: &SegmentRow| held.users_of(&row.id).into_iter().map(str::to_owned).collect();
        Ok((
            counts,
            rows.iter().map(users).collect::<Vec<Vec<String>>>(),
            held.mark.calendar.day(ctx.now().0),
        ))
    })?;
    let moved = store::moved_on(&mut tx, scope, today, rows).await?;
    let named = names_of(&mut tx, scope, users.iter().flatten()).await?;
    let figures = rows.iter().zip(counts).zip(users).map(|((row, (people, barred)), users)| {
        let (came, went) = moved.get(&row.id).copied().unwrap_or_default();
        let used_by = users.iter().filter_map(|id| named.get(id).cloned()).collect();
        Figures { people, barred, came, went, used_by }
    });
    Ok(figures.collect())
}

/// Segments that refer to others, by id.
async fn names_of(
    tx: &mut Tx<'_>,
    scope: &Scope,
    ids: impl Iterator<Item = &String>,
) -> AppResult<BTreeMap<String, SegmentUser>> {
    let mention = |id: &String| model::Mention { thing: Thing::Segment, id: id.clone(), path: Vec::new() };
    let known = store::names::look_up(tx, scope, &ids.map(mention).collect::<Vec<_>>()).await?;
    let user = |((_, id), found): ((Thing, String), store::names::Found)| {
        (id.clone(), SegmentUser { kind: "segment", id, name: found.name })
    };
    Ok(known.into_iter().map(user).collect())
}

fn item(row: &SegmentRow, figures: Figures) -> SegmentItem {
    SegmentItem {
        id: row.id.clone(),
        name: row.name.clone(),
        text: row.text.clone(),
        version: row.version,
        status: row.status.clone(),
        people: figures.people,
        barred: figures.barred,
        entered_today: figures.came,
        left_today: figures.went,
        used_by: figures.used_by,
        created_by: row.created_by.clone(),
        created_at: row.created_at,
        updated_at: row.updated_at,
    }
}

async fn view(ctx: &Ctx, scope: &Scope, id: &str) -> AppResult<Json<SegmentView>> {
    let mut tx = ctx.read().await?;
    let row = store::get(&mut tx, scope, id).await?;
    let expr: Value = serde_json::from_str(&row.expr)?;
    let stored = WordingInput { text: None, expr: Some(expr.clone()) };
    let wording = Wording::read(&stored)?;
    let mentions = model::mentions(&wording).unwrap_or_default();
    let known = store::names::look_up(&mut tx, scope, &mentions).await?;
    drop(tx);
    let figures = figures(ctx, scope, std::slice::from_ref(&row)).await?.pop().unwrap_or_default();
    Ok(Json(SegmentView {
        item: item(&row, figures),
        expr,
        tell_first: row.tell_first,
        settled: row.filled_version == row.version,
        settled_at: row.settled_at,
        gone: gone(&wording, &mentions, &known),
    }))
}

#[derive(Deserialize, ToSchema)]
struct SegmentDraft {
    name: String,
    #[serde(flatten)]
    wording: WordingInput,
    /// Tell the first people of each wording as facts too; they are written quietly when absent.
    #[serde(default)]
    tell_first: bool,
}

/// Makes a segment that is kept up to date from now on.
#[utoipa::path(post, path = "/api/v1/segments", request_body = SegmentDraft,
    responses((status = 200, body = SegmentView), (status = 409, body = ErrorBody), (status = 422, body = ErrorBody)))]
async fn create_segment(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::SegmentsWrite>,
    Json(draft): Json<SegmentDraft>,
) -> AppResult<Json<SegmentView>> {
    let (name, wording) = (model::name(&draft.name)?, Wording::read(&draft.wording)?);
    let mut tx = ctx.begin().await?;
    checked(&mut tx, &caller, &wording).await?;
    let by = &caller.operator_name;
    let writing = Writing { name: &name, text: &wording.text, expr: &wording.expr, by };
    let id = store::create(&mut tx, &caller.scope, writing, draft.tell_first).await?;
    audit::record(&mut tx, &caller, "segments.create", &id).await?;
    crate::segments::stir(&mut tx, &caller.scope).await?;
    tx.commit().await?;
    view(&ctx, &caller.scope, &id).await
}

/// One segment, archived ones too.
#[utoipa::path(get, path = "/api/v1/segments/{id}",
    responses((status = 200, body = SegmentView), (status = 404, body = ErrorBody)))]
async fn get_segment(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::SegmentsRead>,
    Path(id): Path<String>,
) -> AppResult<Json<SegmentView>> {
    view(&ctx, &caller.scope, &id).await
}

/// Absent fields stay as they are.
#[derive(Deserialize, ToSchema)]
struct SegmentPatch {
    name: Option<String>,
    #[serde(flatten)]
    wording: WordingInput,
    /// `live` brings an archived segment back.
    status: Option<String>,
    /// The version that was loaded: another one by now is refused instead of overwritten.
    version: Option<i64>,
}

/// Renames a segment, gives it another wording, or brings it back.
#[utoipa::path(patch, path = "/api/v1/segments/{id}", request_body = SegmentPatch,
    responses((status = 200, body = SegmentView), (status = 404, body = ErrorBody), (status = 409, body = ErrorBody),
        (status = 422, body = ErrorBody)))]
async fn patch_segment(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::SegmentsWrite>,
    Path(id): Path<String>,
    Json(patch): Json<SegmentPatch>,
) -> AppResult<Json<SegmentView>> {
    let mut tx = ctx.begin().await?;
    // Two that change at once could each close half of a circle.
    store::bump(&mut tx, &caller.scope).await?;
    let row = store::get(&mut tx, &caller.scope, &id).await?;
    if patch.version.is_some_and(|loaded| loaded != row.version) {
        return Err(SegmentRefusal::Stale { current: row.version }.into());
    }
    match patch.status.as_deref() {
        None => {}
        Some("live") if row.status == "live" => {}
        Some("live") => {
            // Another one may refer to it by now.
            closes_no_circle(&mut tx, &caller.scope, (&id, serde_json::from_str(&row.expr)?)).await?;
            store::set_status(&mut tx, &caller.scope, &id, "live").await?;
        }
        Some(_) => return Err(AppError::invalid("status", "live")),
    }
    if row.status != "live" && patch.status.is_none() {
        return Err(SegmentRefusal::Archived.into());
    }
    if let Some(name) = &patch.name {
        let name = model::name(name)?;
        store::rename(&mut tx, &caller.scope, &id, &name).await?;
    }
    if patch.wording.text.is_some() || patch.wording.expr.is_some() {
        reword(&mut tx, &caller, &row, &Wording::read(&patch.wording)?).await?;
    }
    audit::record(&mut tx, &caller, "segments.update", &id).await?;
    crate::segments::stir(&mut tx, &caller.scope).await?;
    tx.commit().await?;
    view(&ctx, &caller.scope, &id).await
}

/// Whoever refers back to a segment of this wording closes a circle; the refusal names the way.
async fn closes_no_circle(tx: &mut Tx<'_>, scope: &Scope, (id, expr): (&str, Expr)) -> AppResult<()> {
    let mut defined = ask::definitions(tx, scope).await?;
    defined.insert(id.to_owned(), expr);
    is_in(id).expanded(&|id| defined.get(id).cloned()).map_err(SegmentRefusal::from)?;
    Ok(())
}

async fn reword(
    tx: &mut Tx<'_>,
    caller: &Allowed<permission::SegmentsWrite>,
    row: &SegmentRow,
    wording: &Wording,
) -> AppResult<()> {
    checked(tx, caller, wording).await?;
    closes_no_circle(tx, &caller.scope, (&row.id, wording.expr.clone())).await?;
    let writing =
        Writing { name: &row.name, text: &wording.text, expr: &wording.expr, by: &caller.operator_name };
    store::reword(tx, &caller.scope, row, writing).await
}

/// Whoever still refers to a segment would silently lose its people; the refusal names them.
async fn is_used_by_nobody(tx: &mut Tx<'_>, scope: &Scope, id: &str) -> AppResult<()> {
    let users = store::live(tx, scope).await?.into_iter().filter_map(|row| {
        let expr: Expr = serde_json::from_str(&row.expr).ok()?;
        expr.segments().contains(id).then_some(row.name)
    });
    match users.collect::<Vec<_>>() {
        none if none.is_empty() => Ok(()),
        names => Err(SegmentRefusal::InUse { names }.into()),
    }
}

/// Puts a segment away that nothing refers to. Its history stays, and it can be brought back.
#[utoipa::path(delete, path = "/api/v1/segments/{id}",
    responses((status = 204), (status = 404, body = ErrorBody), (status = 409, body = ErrorBody)))]
async fn archive_segment(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::SegmentsWrite>,
    Path(id): Path<String>,
) -> AppResult<StatusCode> {
    let mut tx = ctx.begin().await?;
    // Whoever gives another one a wording meanwhile waits.
    store::bump(&mut tx, &caller.scope).await?;
    let row = store::get(&mut tx, &caller.scope, &id).await?;
    if row.status == "live" {
        is_used_by_nobody(&mut tx, &caller.scope, &id).await?;
        store::set_status(&mut tx, &caller.scope, &id, "archived").await?;
        audit::record(&mut tx, &caller, "segments.archive", &id).await?;
        tx.commit().await?;
    }
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Serialize, ToSchema)]
struct SegmentVersionPage {
    items: Vec<VersionRow>,
    next: Option<String>,
}

/// A segment's wordings, newest first.
#[utoipa::path(get, path = "/api/v1/segments/{id}/versions",
    responses((status = 200, body = SegmentVersionPage), (status = 404, body = ErrorBody)))]
async fn list_segment_versions(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::SegmentsRead>,
    Path(id): Path<String>,
) -> AppResult<Json<SegmentVersionPage>> {
    let mut tx = ctx.read().await?;
    store::get(&mut tx, &caller.scope, &id).await?;
    let items = store::versions(&mut tx, &caller.scope, &id).await?;
    Ok(Json(SegmentVersionPage { items, next: None }))
}

pub fn router() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new()
        .routes(routes!(list_segments, create_segment))
        .routes(routes!(get_segment, patch_segment, archive_segment))
        .routes(routes!(list_segment_versions))
}
