//! `/api/v1/communities`, and which community a group belongs to.

use axum::Json;
use axum::extract::{Path, Query, State};
use base::Page;
use http::StatusCode;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::model::{self, ChecklistItem, CommunityKind, CommunityRefusal, Purpose, Segment, Status, Tier};
use super::rows::Community;
use super::store;
use crate::ctx::Ctx;
use crate::groups::{self, GroupRow};
use crate::kernel::audit;
use crate::kernel::http::{Allowed, AppResult, ErrorBody, ListQuery, permission};
use crate::reactions::{self, Fact};
use crate::tenants;

/// A community, its checklist and its groups.
#[derive(Serialize, ToSchema)]
struct CommunityView {
    #[serde(flatten)]
    community: Community,
    /// What the positioning card needs before the community may begin.
    checklist: Vec<ChecklistItem>,
    groups: Vec<GroupRow>,
}

/// A community in the list.
#[derive(Serialize, ToSchema)]
struct CommunityItem {
    #[serde(flatten)]
    community: Community,
    groups: i64,
    /// Memberships that count, over all groups.
    eligible: i64,
    /// Items of the positioning card that are missing.
    missing: i64,
}

#[derive(Serialize, ToSchema)]
struct CommunityPage {
    items: Vec<CommunityItem>,
    next: Option<String>,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct StatusQuery {
    status: Option<Status>,
}

/// Communities.
#[utoipa::path(get, path = "/api/v1/communities", params(ListQuery, StatusQuery), responses((status = 200, body = CommunityPage)))]
async fn list_communities(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::CommunitiesRead>,
    Query(query): Query<ListQuery>,
    Query(only): Query<StatusQuery>,
) -> AppResult<Json<CommunityPage>> {
    let page = query.paging();
    let status = only.status.map_or("", Status::word);
    let mut tx = ctx.read().await?;
    let rows = store::list(&mut tx, &caller.scope, &page, (&query.pattern(), status)).await?;
    let Page { items: rows, next } = Page::cut(rows, page.limit, |r| r.id.clone());
    let mut items = Vec::with_capacity(rows.len());
    for community in rows {
        let groups = groups::of_community(&mut tx, &caller.scope, &community.id).await?;
        let missing = model::checklist(&community).iter().filter(|i| !i.done).count() as i64;
        let eligible = groups.iter().map(|g| g.eligible).sum();
        items.push(CommunityItem { community, groups: groups.len() as i64, eligible, missing });
    }
    Ok(Json(CommunityPage { items, next }))
}

async fn view(ctx: &Ctx, scope: &crate::kernel::http::Scope, id: &str) -> AppResult<Json<CommunityView>> {
    let mut tx = ctx.read().await?;
    let community = store::get(&mut tx, scope, id).await?;
    let groups = groups::of_community(&mut tx, scope, id).await?;
    let checklist = model::checklist(&community);
    Ok(Json(CommunityView { community, checklist, groups }))
}

/// One community.
#[utoipa::path(get, path = "/api/v1/communities/{id}",
    responses((status = 200, body = CommunityView), (status = 404, body = ErrorBody)))]
async fn get_community(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::CommunitiesRead>,
    Path(id): Path<String>,
) -> AppResult<Json<CommunityView>> {
    view(&ctx, &caller.scope, &id).await
}

/// Absent fields stay as they are; `null` empties those that may be empty.
#[derive(Default, Deserialize, ToSchema)]
struct CommunityPatch {
    name: Option<String>,
    kind: Option<CommunityKind>,
    tier: Option<Tier>,
    #[serde(default, deserialize_with = "said")]
    segment: Option<Option<Segment>>,
    for_whom: Option<String>,
    which_need: Option<String>,
    which_solution: Option<String>,
    #[serde(default, deserialize_with = "said")]
    purpose: Option<Option<Purpose>>,
    audience_age: Option<String>,
    audience_sex: Option<String>,
    audience_region: Option<String>,
    audience_occupation: Option<String>,
    value_to_user: Option<String>,
    /// Fen; 0 is free.
    #[serde(default, deserialize_with = "said")]
    entry_fee: Option<Option<i64>>,
    traffic_channel: Option<String>,
    /// `20261231`.
    #[serde(default, deserialize_with = "said")]
    ends_on: Option<Option<i64>>,
    disposal: Option<String>,
}

/// Tells an absent field from one that says `null`.
fn said<'de, T: Deserialize<'de>, D: Deserializer<'de>>(d: D) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(d).map(Some)
}

impl CommunityPatch {
    fn write_to(self, c: &mut Community) {
        let set = |field: &mut String, new: Option<String>| {
            if let Some(new) = new {
                new.trim().clone_into(field);
            }
        };
        set(&mut c.name, self.name);
        c.kind = self.kind.unwrap_or(c.kind);
        c.tier = self.tier.unwrap_or(c.tier);
        set(&mut c.for_whom, self.for_whom);
        set(&mut c.which_need, self.which_need);
        set(&mut c.which_solution, self.which_solution);
        set(&mut c.purpose, self.purpose.map(|p| p.map_or("", Purpose::word).to_owned()));
        set(&mut c.audience_age, self.audience_age);
        set(&mut c.audience_sex, self.audience_sex);
        set(&mut c.audience_region, self.audience_region);
        set(&mut c.audience_occupation, self.audience_occupation);
        set(&mut c.value_to_user, self.value_to_user);
        set(&mut c.traffic_channel, self.traffic_channel);
        set(&mut c.disposal, self.disposal);
        c.segment = self.segment.map_or(c.segment.take(), |s| s.map(|s| s.word().to_owned()));
        c.entry_fee = self.entry_fee.unwrap_or(c.entry_fee);
        c.ends_on = self.ends_on.unwrap_or(c.ends_on);
    }
}

/// Founds a community as a draft. Only a name is needed; kind `traffic` and tier `general` when absent.
#[utoipa::path(post, path = "/api/v1/communities", request_body = CommunityPatch,
    responses((status = 200, body = CommunityView), (status = 422, body = ErrorBody)))]
async fn create_community(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::CommunitiesWrite>,
    Json(draft): Json<CommunityPatch>,
) -> AppResult<Json<CommunityView>> {
    let mut tx = ctx.begin().await?;
    let mut community = Community {
        id: tx.new_id("com"),
        name: String::new(),
        kind: CommunityKind::Traffic,
        tier: Tier::General,
        segment: None,
        status: Status::Draft,
        for_whom: String::new(),
        which_need: String::new(),
        which_solution: String::new(),
        purpose: String::new(),
        audience_age: String::new(),
        audience_sex: String::new(),
        audience_region: String::new(),
        audience_occupation: String::new(),
        value_to_user: String::new(),
        entry_fee: None,
        traffic_channel: String::new(),
        ends_on: None,
        disposal: String::new(),
        created_at: tx.now().0,
        activated_at: None,
        closed_at: None,
    };
    draft.write_to(&mut community);
    model::check(&community)?;
    store::save(&mut tx, &caller.scope, &community).await?;
    audit::record(&mut tx, &caller, "communities.create", &community.id).await?;
    tx.commit().await?;
    let checklist = model::checklist(&community);
    Ok(Json(CommunityView { community, checklist, groups: Vec::new() }))
}

/// Changes a community. An active one must stay complete; a closed one stays as it is.
#[utoipa::path(patch, path = "/api/v1/communities/{id}", request_body = CommunityPatch,
    responses((status = 200, body = CommunityView), (status = 404, body = ErrorBody), (status = 409, body = ErrorBody),
        (status = 422, body = ErrorBody)))]
async fn patch_community(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::CommunitiesWrite>,
    Path(id): Path<String>,
    Json(patch): Json<CommunityPatch>,
) -> AppResult<Json<CommunityView>> {
    let mut tx = ctx.begin().await?;
    let mut community = store::get(&mut tx, &caller.scope, &id).await?;
    if community.status == Status::Closed {
        return Err(CommunityRefusal::Closed.into());
    }
    let before = (community.kind, community.tier);
    patch.write_to(&mut community);
    model::check(&community)?;
    if community.status == Status::Active {
        let missing: Vec<_> =
            model::checklist(&community).iter().filter(|i| !i.done).map(|i| i.item).collect();
        if !missing.is_empty() {
            return Err(CommunityRefusal::Incomplete { missing }.into());
        }
    }
    store::save(&mut tx, &caller.scope, &community).await?;
    if before != (community.kind, community.tier) {
        let (kind, tier) = (community.kind.word().to_owned(), community.tier.word().to_owned());
        let typed = Fact::CommunityTyped { community: id.clone(), kind, tier, at: tx.now() };
        reactions::on(&mut tx, &caller.scope, &typed).await?;
    }
    audit::record(&mut tx, &caller, "communities.update", &id).await?;
    tx.commit().await?;
    view(&ctx, &caller.scope, &id).await
}

/// Begins a community whose positioning card is complete; the refusal lists what is missing.
#[utoipa::path(post, path = "/api/v1/communities/{id}/activate",
    responses((status = 200, body = CommunityView), (status = 404, body = ErrorBody), (status = 409, body = ErrorBody),
        (status = 422, body = ErrorBody)))]
async fn activate_community(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::CommunitiesWrite>,
    Path(id): Path<String>,
) -> AppResult<Json<CommunityView>> {
    let mut tx = ctx.begin().await?;
    let mut community = store::get(&mut tx, &caller.scope, &id).await?;
    let zone = tenants::get(&mut tx, &caller.scope).await?.tenant_zone();
    model::check_activation(&community, zone.day_of(tx.now()))?;
    community.status = Status::Active;
    community.activated_at = Some(tx.now().0);
    store::save(&mut tx, &caller.scope, &community).await?;
    audit::record(&mut tx, &caller, "communities.activate", &id).await?;
    tx.commit().await?;
    view(&ctx, &caller.scope, &id).await
}

/// Ends an active community. Its groups and history stay.
#[utoipa::path(post, path = "/api/v1/communities/{id}/close",
    responses((status = 200, body = CommunityView), (status = 404, body = ErrorBody), (status = 409, body = ErrorBody)))]
async fn close_community(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::CommunitiesWrite>,
    Path(id): Path<String>,
) -> AppResult<Json<CommunityView>> {
    let mut tx = ctx.begin().await?;
    let mut community = store::get(&mut tx, &caller.scope, &id).await?;
    if community.status != Status::Active {
        return Err(CommunityRefusal::NotActive.into());
    }
    community.status = Status::Closed;
    community.closed_at = Some(tx.now().0);
    store::save(&mut tx, &caller.scope, &community).await?;
    audit::record(&mut tx, &caller, "communities.close", &id).await?;
    tx.commit().await?;
    view(&ctx, &caller.scope, &id).await
}

#[derive(Deserialize, ToSchema)]
struct GroupsToAdd {
    groups: Vec<String>,
}

/// Puts groups into a community; a group belongs to one at most.
#[utoipa::path(post, path = "/api/v1/communities/{id}/groups", request_body = GroupsToAdd,
    responses((status = 200, body = CommunityView), (status = 404, body = ErrorBody), (status = 409, body = ErrorBody)))]
async fn add_groups(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::CommunitiesWrite>,
    Path(id): Path<String>,
    Json(add): Json<GroupsToAdd>,
) -> AppResult<Json<CommunityView>> {
    let mut tx = ctx.begin().await?;
    if store::get(&mut tx, &caller.scope, &id).await?.status == Status::Closed {
        return Err(CommunityRefusal::Closed.into());
    }
    for group in &add.groups {
        groups::get(&mut tx, &caller.scope, group).await?;
        groups::set_community(&mut tx, &caller.scope, group, Some(&id)).await?;
    }
    audit::record(&mut tx, &caller, "communities.add_groups", &id).await?;
    tx.commit().await?;
    view(&ctx, &caller.scope, &id).await
}

/// Takes a group out of a community.
#[utoipa::path(delete, path = "/api/v1/communities/{id}/groups/{group}",
    responses((status = 204), (status = 404, body = ErrorBody)))]
async fn remove_group(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::CommunitiesWrite>,
    Path((id, group)): Path<(String, String)>,
) -> AppResult<StatusCode> {
    let mut tx = ctx.begin().await?;
    let row = groups::get(&mut tx, &caller.scope, &group).await?;
    if row.community_id.as_deref() != Some(id.as_str()) {
        return Err(crate::kernel::http::AppError::not_found());
    }
    groups::set_community(&mut tx, &caller.scope, &group, None).await?;
    audit::record(&mut tx, &caller, "communities.remove_group", &id).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `null` takes the group out of its community.
#[derive(Deserialize, ToSchema)]
struct GroupPatch {
    community_id: Option<String>,
}

/// Puts one group into a community, or out of it.
#[utoipa::path(patch, path = "/api/v1/groups/{id}", request_body = GroupPatch,
    responses((status = 200, body = GroupRow), (status = 404, body = ErrorBody), (status = 409, body = ErrorBody)))]
async fn patch_group(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::GroupsWrite>,
    Path(id): Path<String>,
    Json(patch): Json<GroupPatch>,
) -> AppResult<Json<GroupRow>> {
    let mut tx = ctx.begin().await?;
    groups::get(&mut tx, &caller.scope, &id).await?;
    if let Some(community) = &patch.community_id
        && store::get(&mut tx, &caller.scope, community).await?.status == Status::Closed
    {
        return Err(CommunityRefusal::Closed.into());
    }
    groups::set_community(&mut tx, &caller.scope, &id, patch.community_id.as_deref()).await?;
    audit::record(&mut tx, &caller, "groups.update", &id).await?;
    let row = groups::get(&mut tx, &caller.scope, &id).await?;
    tx.commit().await?;
    Ok(Json(row))
}

pub fn router() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new()
        .routes(routes!(list_communities, create_community))
        .routes(routes!(get_community, patch_community))
        .routes(routes!(activate_community))
        .routes(routes!(close_community))
        .routes(routes!(add_groups))
        .routes(routes!(remove_group))
        .routes(routes!(patch_group))
}
