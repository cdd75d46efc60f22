//! `/api/v1/layers/cuts`: versions of the cut points, what a version would move, putting it into force, undoing it.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path, Query, State};
use base::Page;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::super::model::{self, CutSource, CutState, Cuts, LayerRefusal};
use super::super::rows::CutsRow;
use super::super::store::cuts;
use super::super::{buyers, jobs};
use crate::ctx::Ctx;
use crate::kernel::audit;
use crate::kernel::db::Tx;
use crate::kernel::http::{Allowed, AppResult, Caller, ErrorBody, ListQuery, Scope, permission};
use crate::tenants;

/// A version of the cut points.
#[derive(Serialize, ToSchema)]
struct CutVersion {
    id: String,
    version: i64,
    source: CutSource,
    cuts: Cuts,
    /// Buyers it was found from.
    buyers: i64,
    state: CutState,
    /// Empty when it came into force by itself.
    made_by: String,
    made_at: i64,
    in_force_at: i64,
    ended_at: i64,
}

impl CutVersion {
    fn of(row: CutsRow) -> AppResult<Self> {
        Ok(Self {
            cuts: row.points()?,
            source: CutSource::named(&row.source).unwrap_or(CutSource::Hand),
            state: CutState::named(&row.state).unwrap_or(CutState::Former),
            id: row.id,
            version: row.version,
            buyers: row.buyers,
            made_by: row.made_by,
            made_at: row.made_at,
            in_force_at: row.in_force_at,
            ended_at: row.ended_at,
        })
    }
}

#[derive(Serialize, ToSchema)]
struct CutVersionPage {
    items: Vec<CutVersion>,
    next: Option<String>,
}

/// Versions, newest first.
#[utoipa::path(get, path = "/api/v1/layers/cuts", params(ListQuery), responses((status = 200, body = CutVersionPage)))]
async fn list_cuts(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::LayersRead>,
    Query(query): Query<ListQuery>,
) -> AppResult<Json<CutVersionPage>> {
    let page = query.paging();
    let mut tx = ctx.read().await?;
    let rows = cuts::list(&mut tx, &caller.scope, &page).await?;
    let Page { items, next } = Page::cut(rows, page.limit, |r| r.id.clone());
    let items = items.into_iter().map(CutVersion::of).collect::<AppResult<Vec<_>>>()?;
    Ok(Json(CutVersionPage { items, next }))
}

/// Persons whom a version would move from one segment to another.
#[derive(Serialize, ToSchema)]
struct CutMove {
    from: String,
    to: String,
    persons: i64,
}

/// What putting a version into force would do, today.
#[derive(Serialize, ToSchema)]
struct CutPreview {
    /// Buyers within the window.
    buyers: i64,
    /// Those whose cell would be another.
    other_cell: i64,
    /// Those whose segment would be another.
    other_segment: i64,
    /// Segment to segment, most persons first.
    moves: Vec<CutMove>,
}

async fn preview(tx: &mut Tx<'_>, scope: &Scope, points: &Cuts) -> AppResult<CutPreview> {
    let tenant = tenants::get(tx, scope).await?;
    let today = model::day_number(&tenant.tenant_zone(), tx.now(), tenant.day_cut_minutes);
    let (mut buyers, mut other_cell, mut other_segment) = (0, 0, 0);
    let mut moves: BTreeMap<(String, &'static str), i64> = BTreeMap::new();
    for scored in cuts::buyers(tx, scope, today).await? {
        let cell = points.score(scored.buyer);
        buyers += 1;
        other_cell += i64::from((cell.r, cell.f, cell.m) != scored.cell);
        let segment = cell.segment().word();
        if segment != scored.rfm {
            other_segment += 1;
            *moves.entry((scored.rfm, segment)).or_default() += 1;
        }
    }
    let each = moves.into_iter().map(|((from, to), persons)| CutMove { from, to: to.to_owned(), persons });
    let mut moves: Vec<CutMove> = each.collect();
    moves.sort_by_key(|m| std::cmp::Reverse(m.persons));
    Ok(CutPreview { buyers, other_cell, other_segment, moves })
}

/// A version and what putting it into force would do.
#[derive(Serialize, ToSchema)]
struct CutDetail {
    #[serde(flatten)]
    version: CutVersion,
    preview: CutPreview,
}

async fn detail(tx: &mut Tx<'_>, scope: &Scope, id: &str) -> AppResult<Json<CutDetail>> {
    let row = cuts::get(tx, scope, id).await?;
    let preview = preview(tx, scope, &row.points()?).await?;
    Ok(Json(CutDetail { version: CutVersion::of(row)?, preview }))
}

/// One version, with how many persons it would move today.
#[utoipa::path(get, path = "/api/v1/layers/cuts/{id}",
    responses((status = 200, body = CutDetail), (status = 404, body = ErrorBody)))]
async fn get_cuts(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::LayersRead>,
    Path(id): Path<String>,
) -> AppResult<Json<CutDetail>> {
    let mut tx = ctx.read().await?;
    detail(&mut tx, &caller.scope, &id).await
}

/// Cut points to try.
#[derive(Deserialize, ToSchema)]
struct CutDraft {
    /// Absent: found from the buyers' own distribution.
    cuts: Option<Cuts>,
}

/// Makes a draft, by hand or from the data. Nothing is moved by it.
#[utoipa::path(post, path = "/api/v1/layers/cuts", request_body = CutDraft,
    responses((status = 200, body = CutDetail), (status = 422, body = ErrorBody)))]
async fn draft_cuts(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::LayersWrite>,
    Json(draft): Json<CutDraft>,
) -> AppResult<Json<CutDetail>> {
    let mut tx = ctx.begin().await?;
    let scope = &caller.scope;
    let (buyers, gap) = buyers(&mut tx, scope).await?;
    let (points, source) = match draft.cuts {
        Some(points) => {
            points.check()?;
            (points, CutSource::Hand)
        }
        None => Cuts::found(&buyers, gap),
    };
    let by = caller.operator_name.as_str();
    let id = cuts::add(&mut tx, scope, (&points, source), (buyers.len(), by)).await?;
    audit::record(&mut tx, &caller, "layers.draft_cuts", &id).await?;
    let made = detail(&mut tx, scope, &id).await?;
    tx.commit().await?;
    Ok(made)
}

/// Puts a draft into force; persons follow in portions within minutes.
#[utoipa::path(post, path = "/api/v1/layers/cuts/{id}/enforce",
    responses((status = 200, body = CutDetail), (status = 404, body = ErrorBody), (status = 409, body = ErrorBody)))]
async fn enforce_cuts(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::LayersWrite>,
    Path(id): Path<String>,
) -> AppResult<Json<CutDetail>> {
    let mut tx = ctx.begin().await?;
    let scope = &caller.scope;
    cuts::get(&mut tx, scope, &id).await?;
    let before = cuts::in_force(&mut tx, scope).await?;
    if let Some(before) = &before {
        cuts::turn(&mut tx, scope, &before.id, (CutState::InForce, CutState::Former)).await?;
    }
    if !cuts::turn(&mut tx, scope, &id, (CutState::Draft, CutState::InForce)).await? {
        return Err(LayerRefusal::NotDraft.into());
    }
    cuts::note_replaced(&mut tx, scope, &id, before.map_or(0, |b| b.version)).await?;
    follow(tx, &caller, "layers.enforce_cuts", &id).await
}

/// Goes back to the version that was in force before; persons follow in portions within minutes.
#[utoipa::path(post, path = "/api/v1/layers/cuts/undo",
    responses((status = 200, body = CutDetail), (status = 409, body = ErrorBody)))]
async fn undo_cuts(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::LayersWrite>,
) -> AppResult<Json<CutDetail>> {
    let mut tx = ctx.begin().await?;
    let scope = &caller.scope;
    let now = cuts::in_force(&mut tx, scope).await?.ok_or(LayerRefusal::NothingBefore)?;
    let before = cuts::by_version(&mut tx, scope, now.replaced).await?.ok_or(LayerRefusal::NothingBefore)?;
    cuts::turn(&mut tx, scope, &now.id, (CutState::InForce, CutState::Undone)).await?;
    if !cuts::turn(&mut tx, scope, &before.id, (CutState::Former, CutState::InForce)).await? {
        return Err(LayerRefusal::NothingBefore.into());
    }
    follow(tx, &caller, "layers.undo_cuts", &before.id).await
}

/// Writes down who did it and lets everybody be scored anew.
async fn follow(mut tx: Tx<'_>, caller: &Caller, act: &str, id: &str) -> AppResult<Json<CutDetail>> {
    audit::record(&mut tx, caller, act, id).await?;
    tx.enqueue(caller.scope.tenant(), &jobs::Refresh {}).await?;
    let shown = detail(&mut tx, &caller.scope, id).await?;
    tx.commit().await?;
    Ok(shown)
}

pub fn router() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new()
        .routes(routes!(list_cuts, draft_cuts))
        .routes(routes!(get_cuts))
        .routes(routes!(enforce_cuts))
        .routes(routes!(undo_cuts))
}
