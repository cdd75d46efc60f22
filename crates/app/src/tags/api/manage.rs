//! What becomes of a tag or tag group: order, colour, deletion, restoring, merging.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::{Path, State};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::super::jobs::{Delete, EditGroup, Merge, Rename, Restore};
use super::super::model::{self, TagRefusal};
use super::super::store::{self, manage};
use super::taken;
use crate::ctx::Ctx;
use crate::kernel::audit;
use crate::kernel::http::{Allowed, AppResult, ErrorBody, permission};

#[derive(Deserialize, ToSchema)]
struct TagGroupPatch {
    name: Option<String>,
    /// A name of the palette, or empty for none.
    colour: Option<String>,
}

/// Renames a tag group here and on the platform, or gives it another colour here.
#[utoipa::path(patch, path = "/api/v1/tag-groups/{id}", request_body = TagGroupPatch,
    responses((status = 204), (status = 404, body = ErrorBody), (status = 409, body = ErrorBody)))]
async fn patch_tag_group(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::TagsWrite>,
    Path(id): Path<String>,
    Json(patch): Json<TagGroupPatch>,
) -> AppResult<StatusCode> {
    let mut tx = ctx.begin().await?;
    store::group(&mut tx, &caller.scope, &id).await?;
    if let Some(name) = patch.name {
        manage::set_group_name(&mut tx, &caller.scope, &id, &model::name(&name)?).await.map_err(taken)?;
        tx.enqueue(caller.scope.tenant(), &EditGroup { group: id.clone() }).await?;
    }
    if let Some(colour) = patch.colour {
        manage::set_group_colour(&mut tx, &caller.scope, &id, &model::colour(&colour)?).await?;
    }
    audit::record(&mut tx, &caller, "tags.change_group", &id).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// All tag groups, or all tags of one group, first to last.
#[derive(Deserialize, ToSchema)]
struct TagOrder {
    /// The tag group whose tags are ordered; absent when groups are.
    group: Option<String>,
    ids: Vec<String>,
}

/// Puts tag groups, or the tags of one, into an order, here and on the platform.
#[utoipa::path(put, path = "/api/v1/tags/order", request_body = TagOrder,
    responses((status = 204), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)))]
async fn order_tags(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::TagsWrite>,
    Json(order): Json<TagOrder>,
) -> AppResult<StatusCode> {
    let (scope, count) = (&caller.scope, order.ids.len());
    let mut tx = ctx.begin().await?;
    let known: BTreeSet<String> = match &order.group {
        Some(group) => {
            store::group(&mut tx, scope, group).await?;
            store::of_group(&mut tx, scope, group).await?.into_iter().map(|t| t.id).collect()
        }
        None => manage::groups(&mut tx, scope).await?.into_iter().map(|g| g.id).collect(),
    };
    let asked: BTreeSet<String> = order.ids.iter().cloned().collect();
    if count != known.len() || asked != known {
        return Err(TagRefusal::Order.into());
    }
    for (n, id) in order.ids.iter().enumerate() {
        let place = model::place(n, count);
        if order.group.is_some() {
            if manage::set_place(&mut tx, scope, id, place).await? > 0 {
                tx.enqueue(scope.tenant(), &Rename { tag: id.clone() }).await?;
            }
        } else if manage::set_group_place(&mut tx, scope, id, place).await? > 0 {
            tx.enqueue(scope.tenant(), &EditGroup { group: id.clone() }).await?;
        }
    }
    audit::record(&mut tx, &caller, "tags.order", order.group.as_deref().unwrap_or_default()).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What deleting a tag would touch.
#[derive(Serialize, ToSchema)]
struct TagImpact {
    people: i64,
    /// Names of rules and live codes that give or ask for it.
    users: Vec<String>,
}

/// Whom deleting a tag would touch.
#[utoipa::path(get, path = "/api/v1/tags/{id}/impact",
    responses((status = 200, body = TagImpact), (status = 404, body = ErrorBody)))]
async fn tag_impact(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::TagsRead>,
    Path(id): Path<String>,
) -> AppResult<Json<TagImpact>> {
    let mut tx = ctx.read().await?;
    store::get(&mut tx, &caller.scope, &id).await?;
    let counted = store::list(&mut tx, &caller.scope, "%").await?.into_iter().find(|t| t.id == id);
    let users = manage::users_of(&mut tx, &caller.scope, &id).await?;
    Ok(Json(TagImpact { people: counted.map_or(0, |t| t.people), users }))
}

/// Deletes a tag here and on the platform; whoever carries it loses it. It can be brought back for 30 days.
#[utoipa::path(delete, path = "/api/v1/tags/{id}", responses((status = 204), (status = 404, body = ErrorBody)))]
async fn delete_tag(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::TagsWrite>,
    Path(id): Path<String>,
) -> AppResult<StatusCode> {
    let mut tx = ctx.begin().await?;
    let tag = store::get(&mut tx, &caller.scope, &id).await?;
    manage::delete(&mut tx, &caller.scope, &id, !tag.platform_id.is_empty()).await?;
    tx.enqueue(caller.scope.tenant(), &Delete { tag: id.clone() }).await?;
    audit::record(&mut tx, &caller, "tags.delete", &id).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Brings a deleted tag back: it is made anew on the platform and marked again on those who carried it.
#[utoipa::path(post, path = "/api/v1/tags/{id}/restore",
    responses((status = 204), (status = 404, body = ErrorBody), (status = 409, body = ErrorBody)))]
async fn restore_tag(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::TagsWrite>,
    Path(id): Path<String>,
) -> AppResult<StatusCode> {
    let mut tx = ctx.begin().await?;
    let tag = manage::full(&mut tx, &caller.scope, &id).await?;
    let oldest = tx.now().0 - model::RESTORABLE;
    if tag.deleted_at.is_none_or(|at| at < oldest) {
        return Err(TagRefusal::NotRestorable.into());
    }
    manage::revive(&mut tx, &caller.scope, &id, "").await.map_err(taken)?;
    let (all, in_group) = manage::counts(&mut tx, &caller.scope, (&tag.account_id, &tag.group_id)).await?;
    model::fits(all, in_group)?;
    tx.enqueue(caller.scope.tenant(), &Restore { tag: id.clone() }).await?;
    audit::record(&mut tx, &caller, "tags.restore", &id).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize, ToSchema)]
struct TagMerge {
    /// The tag that stays.
    into: String,
}

/// Gives another tag to everybody who carries this one, and deletes this one.
#[utoipa::path(post, path = "/api/v1/tags/{id}/merge", request_body = TagMerge,
    responses((status = 202), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)))]
async fn merge_tag(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::TagsWrite>,
    Path(id): Path<String>,
    Json(merge): Json<TagMerge>,
) -> AppResult<StatusCode> {
    let mut tx = ctx.begin().await?;
    let tag = store::get(&mut tx, &caller.scope, &id).await?;
    let into = store::get(&mut tx, &caller.scope, &merge.into).await?;
    let chained = !manage::full(&mut tx, &caller.scope, &into.id).await?.merged_into.is_empty();
    if tag.id == into.id || tag.account_id != into.account_id || chained {
        return Err(TagRefusal::Merge.into());
    }
    manage::set_merging(&mut tx, &caller.scope, &id, &into.id).await?;
    tx.enqueue(caller.scope.tenant(), &Merge { tag: id.clone() }).await?;
    audit::record(&mut tx, &caller, "tags.merge", &id).await?;
    tx.commit().await?;
    Ok(StatusCode::ACCEPTED)
}

pub fn router() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new()
        .routes(routes!(patch_tag_group))
        .routes(routes!(order_tags))
        .routes(routes!(tag_impact))
        .routes(routes!(delete_tag))
        .routes(routes!(restore_tag))
        .routes(routes!(merge_tag))
}
