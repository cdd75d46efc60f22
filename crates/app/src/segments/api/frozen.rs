//! Frozen lists: who was in a segment at a moment, for a reason, with a digest that proves it.

use axum::Json;
use axum::extract::{Path, Query, State};
use base::Page;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::inside::SegmentPeoplePage;
use crate::ctx::Ctx;
use crate::kernel::audit;
use crate::kernel::db::Tx;
use crate::kernel::http::{Allowed, AppResult, ErrorBody, ListQuery, Scope, permission};
use crate::segments::desk::{is_in, look, question};
use crate::segments::model::{self, AskedFor, SegmentRefusal};
use crate::segments::rows::SnapshotRow;
use crate::segments::store::{self, Frozen};

#[derive(Deserialize, ToSchema)]
#[schema(as = SegmentFreezing)]
struct Freezing {
    /// Why, 200 characters at most.
    reason: String,
    /// `audience` when absent.
    purpose: Option<AskedFor>,
}

/// Freezes who is in a segment now, of those the caller may see and the purpose allows.
#[utoipa::path(post, path = "/api/v1/segments/{id}/freeze", request_body = Freezing,
    responses((status = 200, body = SnapshotRow), (status = 404, body = ErrorBody), (status = 409, body = ErrorBody),
        (status = 422, body = ErrorBody)))]
async fn freeze_segment(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::SegmentsWrite>,
    Path(id): Path<String>,
    Json(freezing): Json<Freezing>,
) -> AppResult<Json<SnapshotRow>> {
    let reason = model::reason(&freezing.reason)?;
    let purpose = freezing.purpose.unwrap_or_default();
    let mut tx = ctx.read().await?;
    let segment = store::get(&mut tx, &caller.scope, &id).await?;
    if segment.status != "live" {
        return Err(SegmentRefusal::Archived.into());
    }
    let reach = store::reach(&mut tx, &caller.scope).await?;
    drop(tx);
    let room = ctx.segments().caught_up(&ctx, &caller.scope).await?;
    let expr = purpose.demands(&is_in(&id));
    let (people, known) = look(&room, |held| {
        Ok((question(held, (&expr, purpose), reach.as_ref())?.people(), held.version_of(&id)))
    })?;
    let mut tx = ctx.begin().await?;
    // Somebody may have reworded it meanwhile: a list must bear the words that chose it.
    let current = store::get(&mut tx, &caller.scope, &id).await?.version;
    if current != segment.version || known != Some(current) {
        return Err(SegmentRefusal::Stale { current }.into());
    }
    let numbers: Vec<u32> = people.iter().collect();
    let mut ids: Vec<String> =
        store::people(&mut tx, &caller.scope, &numbers).await?.into_iter().map(|p| p.id).collect();
    ids.sort_unstable();
    let mut digest = Sha256::new();
    for id in &ids {
        digest.update(id.as_bytes());
        digest.update(b"\n");
    }
    let row = SnapshotRow {
        id: tx.new_id("snp"),
        segment_id: segment.id,
        segment_name: segment.name,
        version: segment.version,
        text: segment.text,
        purpose: purpose.word().to_owned(),
        reason,
        people: i64::try_from(ids.len()).unwrap_or(i64::MAX),
        digest: hex::encode(digest.finalize()),
        made_by: caller.operator_name.clone(),
        made_at: tx.now().0,
    };
    store::freeze(&mut tx, &caller.scope, &Frozen { row: row.clone(), people: &people }).await?;
    audit::record(&mut tx, &caller, "segments.freeze", &row.id).await?;
    tx.commit().await?;
    Ok(Json(row))
}

#[derive(Serialize, ToSchema)]
struct SegmentSnapshotPage {
    items: Vec<SnapshotRow>,
    next: Option<String>,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct SnapshotQuery {
    /// Only of this segment.
    segment: Option<String>,
}

/// Frozen lists, newest first.
#[utoipa::path(get, path = "/api/v1/segments/snapshots", params(ListQuery, SnapshotQuery),
    responses((status = 200, body = SegmentSnapshotPage)))]
async fn list_segment_snapshots(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::SegmentsRead>,
    Query(query): Query<ListQuery>,
    Query(of): Query<SnapshotQuery>,
) -> AppResult<Json<SegmentSnapshotPage>> {
    let page = query.paging();
    let mut tx = ctx.read().await?;
    let segment = of.segment.unwrap_or_default();
    let rows = store::snapshots(&mut tx, &caller.scope, &segment, &page).await?;
    let Page { mut items, next } = Page::cut(rows, page.limit, |s| s.id.clone());
    seen_from(&mut tx, &caller.scope, &mut items).await?;
    Ok(Json(SegmentSnapshotPage { items, next }))
}

/// Whoever sees only some people is told how many of those are on each list.
async fn seen_from(tx: &mut Tx<'_>, scope: &Scope, rows: &mut [SnapshotRow]) -> AppResult<()> {
    let Some(reach) = store::reach(tx, scope).await? else { return Ok(()) };
    for row in rows {
        let people = store::snapshot_people(tx, scope, &row.id).await?;
        row.people = i64::try_from(people.intersect(&reach).count()).unwrap_or(i64::MAX);
    }
    Ok(())
}

/// One frozen list.
#[utoipa::path(get, path = "/api/v1/segments/snapshots/{id}",
    responses((status = 200, body = SnapshotRow), (status = 404, body = ErrorBody)))]
async fn get_segment_snapshot(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::SegmentsRead>,
    Path(id): Path<String>,
) -> AppResult<Json<SnapshotRow>> {
    let mut tx = ctx.read().await?;
    let mut row = store::snapshot(&mut tx, &caller.scope, &id).await?;
    seen_from(&mut tx, &caller.scope, std::slice::from_mut(&mut row)).await?;
    Ok(Json(row))
}

/// The people of a frozen list whom the caller may see, as who they are now: whoever was joined with another since is
/// shown as the one who stayed, once. A page may be shorter than asked while there are more.
#[utoipa::path(get, path = "/api/v1/segments/snapshots/{id}/people", params(ListQuery),
    responses((status = 200, body = SegmentPeoplePage), (status = 404, body = ErrorBody)))]
async fn list_segment_snapshot_people(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::SegmentsRead>,
    Path(id): Path<String>,
    Query(query): Query<ListQuery>,
) -> AppResult<Json<SegmentPeoplePage>> {
    let page = query.paging();
    let mut tx = ctx.read().await?;
    let list = store::snapshot_people(&mut tx, &caller.scope, &id).await?;
    let after: u32 = page.after.parse().unwrap_or(0);
    let (items, next) =
        store::listed(&mut tx, &caller.scope, &list, (after, page.limit, &query.pattern())).await?;
    Ok(Json(SegmentPeoplePage { items, next: next.map(|no| no.to_string()) }))
}

pub fn router() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new()
        .routes(routes!(freeze_segment))
        .routes(routes!(list_segment_snapshots))
        .routes(routes!(get_segment_snapshot))
        .routes(routes!(list_segment_snapshot_people))
}
