//! `/api/v1/groups`, and a person's groups.

use axum::Json;
use axum::extract::{Path, Query, State};
use base::{Day, Page};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::model::MemberKind;
use super::rows::{CounterRow, DutyRow, GroupRow, MemberRow, StayRow};
use super::store::{self, GroupFilter, MemberFilter};
use crate::ctx::Ctx;
use crate::kernel::audit;
use crate::kernel::http::{Allowed, AppError, AppResult, ErrorBody, ListQuery, permission};
use crate::{people, tags, tenants};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct GroupQuery {
    /// Only groups of this community; `none` for groups without one.
    community: Option<String>,
    /// Also groups that were dismissed.
    dismissed: Option<bool>,
    /// Only groups that carry this group tag.
    tag: Option<String>,
}

/// A group in the list.
#[derive(Serialize, ToSchema)]
struct GroupItem {
    #[serde(flatten)]
    group: GroupRow,
    tags: Vec<tags::GroupLabel>,
}

#[derive(Serialize, ToSchema)]
struct GroupPage {
    items: Vec<GroupItem>,
    next: Option<String>,
}

/// Groups.
#[utoipa::path(get, path = "/api/v1/groups", params(ListQuery, GroupQuery), responses((status = 200, body = GroupPage)))]
async fn list_groups(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::GroupsRead>,
    Query(query): Query<ListQuery>,
    Query(only): Query<GroupQuery>,
) -> AppResult<Json<GroupPage>> {
    let page = query.paging();
    let filter = GroupFilter {
        pattern: query.pattern(),
        community: only.community.unwrap_or_default(),
        dismissed: only.dismissed.unwrap_or(false),
        tag: only.tag.unwrap_or_default(),
    };
    let mut tx = ctx.read().await?;
    let rows = store::list(&mut tx, &caller.scope, &page, &filter).await?;
    let Page { items, next } = Page::cut(rows, page.limit, |r| r.id.clone());
    let ids: Vec<&str> = items.iter().map(|g| g.id.as_str()).collect();
    let mut labels = tags::labels_of_groups(&mut tx, &caller.scope, &ids).await?;
    let items = items
        .into_iter()
        .map(|group| GroupItem { tags: labels.remove(&group.id).unwrap_or_default(), group })
        .collect();
    Ok(Json(GroupPage { items, next }))
}

/// A group and who answers for it.
#[derive(Serialize, ToSchema)]
struct GroupView {
    #[serde(flatten)]
    group: GroupRow,
    /// Owner and admins.
    duties: Vec<DutyRow>,
    tags: Vec<tags::GroupLabel>,
}

/// One group.
#[utoipa::path(get, path = "/api/v1/groups/{id}", responses((status = 200, body = GroupView), (status = 404, body = ErrorBody)))]
async fn get_group(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::GroupsRead>,
    Path(id): Path<String>,
) -> AppResult<Json<GroupView>> {
    let mut tx = ctx.read().await?;
    let group = store::get(&mut tx, &caller.scope, &id).await?;
    let duties = store::duties(&mut tx, &caller.scope, &id).await?;
    let mut labels = tags::labels_of_groups(&mut tx, &caller.scope, &[id.as_str()]).await?;
    Ok(Json(GroupView { group, duties, tags: labels.remove(&id).unwrap_or_default() }))
}

#[derive(Deserialize, ToSchema)]
struct GroupTags {
    /// Exactly these from now on.
    tags: Vec<String>,
}

/// Sets the tags of a group; they are ours alone.
#[utoipa::path(put, path = "/api/v1/groups/{id}/tags", request_body = GroupTags,
    responses((status = 204), (status = 404, body = ErrorBody)))]
async fn set_group_tags(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::GroupsWrite>,
    Path(id): Path<String>,
    Json(wanted): Json<GroupTags>,
) -> AppResult<StatusCode> {
    let mut tx = ctx.begin().await?;
    store::get(&mut tx, &caller.scope, &id).await?;
    tags::set_group_labels(&mut tx, &caller.scope, &id, &wanted.tags).await?;
    audit::record(&mut tx, &caller, "groups.set_tags", &id).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct MemberQuery {
    /// Only members of this kind.
    kind: Option<MemberKind>,
    /// Also those who left.
    left: Option<bool>,
}

#[derive(Serialize, ToSchema)]
struct MemberPage {
    items: Vec<MemberRow>,
    next: Option<String>,
}

/// The members of a group.
#[utoipa::path(get, path = "/api/v1/groups/{id}/members", params(ListQuery, MemberQuery),
    responses((status = 200, body = MemberPage), (status = 404, body = ErrorBody)))]
async fn list_members(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::GroupsRead>,
    Path(id): Path<String>,
    Query(query): Query<ListQuery>,
    Query(only): Query<MemberQuery>,
) -> AppResult<Json<MemberPage>> {
    let page = query.paging();
    let filter = MemberFilter {
        pattern: query.pattern(),
        kind: only.kind.map_or("", MemberKind::word).to_owned(),
        left: only.left.unwrap_or(false),
    };
    let mut tx = ctx.read().await?;
    store::get(&mut tx, &caller.scope, &id).await?;
    let rows = store::members(&mut tx, &caller.scope, &id, &page, &filter).await?;
    let Page { items, next } = Page::cut(rows, page.limit, |r| r.id.clone());
    Ok(Json(MemberPage { items, next }))
}

#[derive(Deserialize, ToSchema)]
struct MemberPatch {
    kind: MemberKind,
}

/// Says what a member is. A house account stays one and counts nowhere.
#[utoipa::path(patch, path = "/api/v1/groups/{id}/members/{membership}", request_body = MemberPatch,
    responses((status = 200, body = MemberRow), (status = 404, body = ErrorBody), (status = 409, body = ErrorBody)))]
async fn patch_member(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::GroupsWrite>,
    Path((id, membership)): Path<(String, String)>,
    Json(patch): Json<MemberPatch>,
) -> AppResult<Json<MemberRow>> {
    let mut tx = ctx.begin().await?;
    let member = super::set_member_kind(&mut tx, &caller.scope, &id, &membership, patch.kind).await?;
    audit::record(&mut tx, &caller, "groups.set_member_kind", &membership).await?;
    tx.commit().await?;
    Ok(Json(member))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct DayQuery {
    /// First day, `20260801`; 30 days before the last when absent.
    from: Option<i32>,
    /// Last day; yesterday when absent.
    to: Option<i32>,
}

#[derive(Serialize, ToSchema)]
struct CounterPage {
    items: Vec<CounterRow>,
    next: Option<String>,
}

/// The platform's own counters per owner and day (source level L1), at most 92 days.
#[utoipa::path(get, path = "/api/v1/groups/counters", params(DayQuery), responses((status = 200, body = CounterPage)))]
async fn list_counters(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::GroupsRead>,
    Query(days): Query<DayQuery>,
) -> AppResult<Json<CounterPage>> {
    let mut tx = ctx.read().await?;
    let zone = tenants::get(&mut tx, &caller.scope).await?.tenant_zone();
    let to = days.to.map_or_else(|| zone.day_of(ctx.now()).plus_days(-1), Day);
    let from = days.from.map_or_else(|| to.plus_days(-30), Day);
    if !(0..=92).contains(&to.days_since(from)) {
        return Err(AppError::invalid("from", "0–92 d"));
    }
    let items = store::counters(&mut tx, &caller.scope, from, to).await?;
    Ok(Json(CounterPage { items, next: None }))
}

#[derive(Serialize, ToSchema)]
struct StayPage {
    items: Vec<StayRow>,
    next: Option<String>,
}

/// The groups a person is or was in, newest first.
#[utoipa::path(get, path = "/api/v1/people/{id}/memberships",
    responses((status = 200, body = StayPage), (status = 404, body = ErrorBody)))]
async fn list_memberships(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::PeopleRead>,
    Path(id): Path<String>,
) -> AppResult<Json<StayPage>> {
    let mut tx = ctx.read().await?;
    let id = people::present(&mut tx, &caller.scope, &id).await?.id;
    Ok(Json(StayPage { items: store::stays_of(&mut tx, &caller.scope, &id).await?, next: None }))
}

pub fn router() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new()
        .routes(routes!(list_groups))
        .routes(routes!(list_counters))
        .routes(routes!(get_group))
        .routes(routes!(set_group_tags))
        .routes(routes!(list_members))
        .routes(routes!(patch_member))
        .routes(routes!(list_memberships))
}
