//! Who is in a segment, and who came and went.

use axum::Json;
use axum::extract::{Path, Query, State};
use base::Page;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::ctx::Ctx;
use crate::kernel::db::Tx;
use crate::kernel::http::{Allowed, AppResult, ErrorBody, ListQuery, Scope, permission};
use crate::segments::desk::{is_in, look, question};
use crate::segments::model::AskedFor;
use crate::segments::rows::{MoveRow, SegmentPerson};
use crate::segments::store;
use crate::segments::store::subjects::Orders;

/// People in the order of their dense numbers.
#[derive(Serialize, ToSchema)]
pub struct SegmentPeoplePage {
    pub items: Vec<SegmentPerson>,
    pub next: Option<String>,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct PurposeQuery {
    /// `audience` when absent. Whoever must not be used for it is left out.
    purpose: Option<AskedFor>,
}

/// The people in a segment as of now.
#[utoipa::path(get, path = "/api/v1/segments/{id}/people", params(ListQuery, PurposeQuery),
    responses((status = 200, body = SegmentPeoplePage), (status = 404, body = ErrorBody)))]
async fn list_segment_people(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::SegmentsRead>,
    Path(id): Path<String>,
    Query(query): Query<ListQuery>,
    Query(asked): Query<PurposeQuery>,
) -> AppResult<Json<SegmentPeoplePage>> {
    let page = query.paging();
    let purpose = asked.purpose.unwrap_or_default();
    let mut tx = ctx.read().await?;
    store::get(&mut tx, &caller.scope, &id).await?;
    let reach = store::reach(&mut tx, &caller.scope).await?;
    drop(tx);
    let room = ctx.segments().caught_up(&ctx, &caller.scope).await?;
    let expr = purpose.demands(&is_in(&id));
    let after = page.after.parse().ok();
    let most = if query.search.is_some() { usize::MAX } else { page.probe() };
    let numbers =
        look(&room, |held| Ok(question(held, (&expr, purpose), reach.as_ref())?.first(most, after)))?;
    let mut tx = ctx.read().await?;
    people_page(&mut tx, &caller.scope, &numbers, &query).await
}

/// A page of these people, ascending, of those whose name fits when somebody is searched.
async fn people_page(
    tx: &mut Tx<'_>,
    scope: &Scope,
    numbers: &[u32],
    query: &ListQuery,
) -> AppResult<Json<SegmentPeoplePage>> {
    let page = query.paging();
    let (rows, unseen) = match query.search {
        Some(_) => store::people_named(tx, scope, numbers, (&query.pattern(), page.probe())).await?,
        None => (store::people(tx, scope, numbers).await?, None),
    };
    let Page { items, next } = Page::cut(rows, page.limit, |p| p.person_no.to_string());
    let next = next.or(unseen.map(|no| no.to_string()));
    Ok(Json(SegmentPeoplePage { items, next }))
}

#[derive(Serialize, ToSchema)]
struct SegmentMovePage {
    items: Vec<MoveRow>,
    next: Option<String>,
}

/// Who entered and who left, newest first, and why.
#[utoipa::path(get, path = "/api/v1/segments/{id}/moves", params(ListQuery),
    responses((status = 200, body = SegmentMovePage), (status = 404, body = ErrorBody)))]
async fn list_segment_moves(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::SegmentsRead>,
    Path(id): Path<String>,
    Query(query): Query<ListQuery>,
) -> AppResult<Json<SegmentMovePage>> {
    let page = query.paging();
    let mut tx = ctx.read().await?;
    store::get(&mut tx, &caller.scope, &id).await?;
    let rows = store::moves(&mut tx, &caller.scope, &id, &page).await?;
    let Page { mut items, next } = Page::cut(rows, page.limit, |m| m.no.to_string());
    let orders = if caller.may("orders:read") { Orders::Shown } else { Orders::Left };
    store::subjects::name(&mut tx, &caller.scope, &mut items, orders).await?;
    Ok(Json(SegmentMovePage { items, next }))
}

pub fn router() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new().routes(routes!(list_segment_people)).routes(routes!(list_segment_moves))
}
