//! `/api/v1/people`.

mod fields;
mod losses;
mod merge;

use axum::Json;
use axum::extract::{Path, Query, State};
use base::Page;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::rows::{ContactView, FollowView, PersonRow};
use super::store;
use crate::ctx::Ctx;
use crate::kernel::http::{Allowed, AppResult, ErrorBody, ListQuery, permission};

#[derive(Serialize, ToSchema)]
struct PersonPage {
    items: Vec<PersonRow>,
    next: Option<String>,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct PeopleQuery {
    /// Only who carries this tag.
    tag: Option<String>,
    /// Only who is in this group now.
    group: Option<String>,
    /// Only who is in a group of this community now.
    community: Option<String>,
}

/// People, without the company's employees.
#[utoipa::path(get, path = "/api/v1/people", params(ListQuery, PeopleQuery), responses((status = 200, body = PersonPage)))]
async fn list_people(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::PeopleRead>,
    Query(query): Query<ListQuery>,
    Query(only): Query<PeopleQuery>,
) -> AppResult<Json<PersonPage>> {
    let page = query.paging();
    let filter = store::Filter {
        pattern: query.pattern(),
        tag: only.tag.unwrap_or_default(),
        group: only.group.unwrap_or_default(),
        community: only.community.unwrap_or_default(),
    };
    let mut tx = ctx.read().await?;
    let rows = store::list(&mut tx, &caller.scope, &page, &filter).await?;
    let Page { items, next } = Page::cut(rows, page.limit, |r| r.id.clone());
    Ok(Json(PersonPage { items, next }))
}

/// A person and her bonds with employees. Groups, tags and what happened have addresses of their own below this one.
#[derive(Serialize, ToSchema)]
struct PersonView {
    #[serde(flatten)]
    person: PersonRow,
    /// By which accounts know her, and how it is known that it is she.
    contacts: Vec<ContactView>,
    /// Living and ended, newest first.
    follows: Vec<FollowView>,
}

/// One person. An id that was joined with another answers the one who stayed.
#[utoipa::path(get, path = "/api/v1/people/{id}", responses((status = 200, body = PersonView), (status = 404, body = ErrorBody)))]
async fn get_person(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::PeopleRead>,
    Path(id): Path<String>,
) -> AppResult<Json<PersonView>> {
    let mut tx = ctx.read().await?;
    let person = store::present(&mut tx, &caller.scope, &id).await?;
    let id = &person.id;
    let contacts = store::contacts_of(&mut tx, &caller.scope, id).await?;
    let follows = store::follows_of(&mut tx, &caller.scope, id).await?;
    Ok(Json(PersonView { person, contacts, follows }))
}

pub fn router() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new()
        .routes(routes!(list_people))
        .routes(routes!(get_person))
        .merge(merge::router())
        .merge(fields::router())
        .merge(losses::router())
}
