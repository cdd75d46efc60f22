//! `/api/v1/people/{id}/timeline`.

use axum::Json;
use axum::extract::{Path, Query, State};
use base::Page;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::model::{After, EntryKind};
use super::rows::EntryRow;
use super::store;
use crate::ctx::Ctx;
use crate::kernel::http::{Allowed, AppResult, ErrorBody, ListQuery, permission};
use crate::people;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct TimelineQuery {
    /// Only entries of this kind.
    #[param(inline)]
    kind: Option<EntryKind>,
}

#[derive(Serialize, ToSchema)]
struct Timeline {
    items: Vec<EntryRow>,
    next: Option<String>,
}

/// What happened between a person and the company, newest first.
#[utoipa::path(get, path = "/api/v1/people/{id}/timeline", params(ListQuery, TimelineQuery),
    responses((status = 200, body = Timeline), (status = 404, body = ErrorBody)))]
async fn get_timeline(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::PeopleRead>,
    Path(id): Path<String>,
    Query(query): Query<ListQuery>,
    Query(only): Query<TimelineQuery>,
) -> AppResult<Json<Timeline>> {
    let page = query.paging();
    let mut tx = ctx.read().await?;
    let person = people::present(&mut tx, &caller.scope, &id).await?.id;
    let kind = only.kind.map_or("", EntryKind::word);
    let hidden = EntryKind::guarded_from(|right| caller.may(right));
    let after = After::read(&page.after);
    let rows = store::entries(&mut tx, &caller.scope, (&person, kind, &hidden), &after, page.probe()).await?;
    let Page { items, next } = Page::cut(rows, page.limit, |r| After::text(r.at, &r.kind, &r.key));
    Ok(Json(Timeline { items, next }))
}

pub fn router() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new().routes(routes!(get_timeline))
}
