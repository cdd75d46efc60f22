//! `/api/v1/broadcasts`: shards, their groups, reminding, stopping, and deciding about unknown ones.

use axum::Json;
use axum::extract::{Path, Query, State};
use base::{Page, Timestamp};
use http::StatusCode;
use messenger::broadcasts::MessageBody;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::jobs::{Cancel, Remind, Submit, end};
use super::model::{BroadcastRefusal, Event, REMINDER_WINDOW, REMINDERS_A_DAY, ShardState};
use super::rows::ShardRow;
use super::store;
use crate::budgets;
use crate::ctx::Ctx;
use crate::kernel::audit;
use crate::kernel::db::Tx;
use crate::kernel::http::{Allowed, AppError, AppResult, ErrorBody, ListQuery, Scope, permission};
use crate::kernel::i18n;

/// One sender's part of a broadcast: one task on the platform.
#[derive(Serialize, ToSchema)]
pub struct ShardView {
    pub id: String,
    pub post_id: String,
    pub account_id: String,
    pub staff_id: String,
    pub state: ShardState,
    /// The text as it stands in the groups.
    pub text: String,
    pub platform_id: Option<String>,
    pub created_at: i64,
    pub accepted_at: i64,
    /// Since when nobody knows; 0 when it is known.
    pub unknown_since: i64,
    pub expires_at: i64,
    pub settled_at: i64,
    pub trouble_code: String,
    /// What stands in the way, in the reader's language.
    pub trouble: String,
    /// What the platform said, for the engineer.
    pub trouble_detail: String,
    pub reminders_left: i64,
    pub targets: Vec<TargetView>,
}

/// One group of a shard.
#[derive(Serialize, ToSchema)]
pub struct TargetView {
    pub group_id: String,
    /// `waiting`, `sent` or `missed`.
    pub state: String,
    pub reason: String,
    pub sent_at: i64,
}

#[derive(Serialize, ToSchema)]
struct ShardPage {
    items: Vec<ShardView>,
    next: Option<String>,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ShardFilter {
    /// Only shards in this state.
    state: Option<ShardState>,
}

async fn view(tx: &mut Tx<'_>, scope: &Scope, locale: i18n::Locale, shard: ShardRow) -> AppResult<ShardView> {
    let body: MessageBody = serde_json::from_str(&shard.body)?;
    let since = tx.now().minus(REMINDER_WINDOW);
    let used = store::reminders(tx, scope, &shard.id, since).await?;
    let targets = store::targets(tx, scope, &shard.id).await?;
    let target = |t: super::rows::TargetRow| TargetView {
        group_id: t.group_id,
        state: t.state,
        reason: t.reason,
        sent_at: t.sent_at,
    };
    Ok(ShardView {
        state: shard.life().state,
        text: body.text,
        trouble: if shard.trouble_code.is_empty() {
            String::new()
        } else {
            i18n::text(locale, &shard.trouble_code, &serde_json::json!({}))
        },
        reminders_left: (REMINDERS_A_DAY - used).max(0),
        targets: targets.into_iter().map(target).collect(),
        id: shard.id,
        post_id: shard.post_id,
        account_id: shard.account_id,
        staff_id: shard.staff_id,
        platform_id: shard.platform_id,
        created_at: shard.created_at,
        accepted_at: shard.accepted_at,
        unknown_since: shard.unknown_since,
        expires_at: shard.expires_at,
        settled_at: shard.settled_at,
        trouble_code: shard.trouble_code,
        trouble_detail: shard.trouble_detail,
    })
}

/// Broadcasts' shards, newest first.
#[utoipa::path(get, path = "/api/v1/broadcasts", params(ListQuery, ShardFilter),
    responses((status = 200, body = ShardPage)))]
async fn list_broadcasts(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::BroadcastsRead>,
    Query(query): Query<ListQuery>,
    Query(filter): Query<ShardFilter>,
) -> AppResult<Json<ShardPage>> {
    let page = query.paging();
    let mut tx = ctx.read().await?;
    let state = filter.state.map_or("", ShardState::word);
    let rows = store::list(&mut tx, &caller.scope, state, &page).await?;
    let Page { items: rows, next } = Page::cut(rows, page.limit, |s| s.id.clone());
    let mut items = Vec::with_capacity(rows.len());
    for row in rows {
        items.push(view(&mut tx, &caller.scope, caller.locale, row).await?);
    }
    Ok(Json(ShardPage { items, next }))
}

async fn found(tx: &mut Tx<'_>, scope: &Scope, id: &str) -> AppResult<ShardRow> {
    store::shard(tx, scope, id).await?.ok_or_else(AppError::not_found)
}

/// One shard.
#[utoipa::path(get, path = "/api/v1/broadcasts/{id}", params(("id" = String, Path)),
    responses((status = 200, body = ShardView), (status = 404, body = ErrorBody)))]
async fn get_broadcast(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::BroadcastsRead>,
    Path(id): Path<String>,
) -> AppResult<Json<ShardView>> {
    let mut tx = ctx.read().await?;
    let shard = found(&mut tx, &caller.scope, &id).await?;
    Ok(Json(view(&mut tx, &caller.scope, caller.locale, shard).await?))
}

/// Lets the platform remind the sender; at most three times in 24 hours.
#[utoipa::path(post, path = "/api/v1/broadcasts/{id}/remind", params(("id" = String, Path)),
    responses((status = 204), (status = 404, body = ErrorBody), (status = 409, body = ErrorBody)))]
async fn remind_broadcast(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::BroadcastsWrite>,
    Path(id): Path<String>,
) -> AppResult<StatusCode> {
    let mut tx = ctx.begin().await?;
    let shard = found(&mut tx, &caller.scope, &id).await?;
    if shard.life().state != ShardState::Accepted {
        return Err(BroadcastRefusal::NothingToRemind.into());
    }
    let since = tx.now().minus(REMINDER_WINDOW);
    if store::reminders(&mut tx, &caller.scope, &id, since).await? >= REMINDERS_A_DAY {
        return Err(BroadcastRefusal::RemindedEnough.into());
    }
    store::add_reminder(&mut tx, &caller.scope, &id, &caller.operator_id).await?;
    tx.enqueue(caller.scope.tenant(), &Remind { shard: id.clone() }).await?;
    audit::record(&mut tx, &caller, "broadcasts.remind", &id).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Stops what is not sent yet.
#[utoipa::path(post, path = "/api/v1/broadcasts/{id}/cancel", params(("id" = String, Path)),
    responses((status = 204), (status = 404, body = ErrorBody), (status = 409, body = ErrorBody)))]
async fn cancel_broadcast(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::BroadcastsWrite>,
    Path(id): Path<String>,
) -> AppResult<StatusCode> {
    let mut tx = ctx.begin().await?;
    let shard = found(&mut tx, &caller.scope, &id).await?;
    match shard.life().state {
        ShardState::Planned => {
            end(&mut tx, &caller.scope, &shard, &Event::Cancel, "broadcasts.cancelled").await?;
        }
        ShardState::Accepted => tx.enqueue(caller.scope.tenant(), &Cancel { shard: id.clone() }).await?,
        state => return Err(BroadcastRefusal::NotNow { state }.into()),
    }
    audit::record(&mut tx, &caller, "broadcasts.cancel", &id).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What an operator found out about an unknown shard.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Resolution {
    /// It stands in the groups.
    Sent,
    /// It does not exist; send it once more.
    Resend,
    /// Leave it.
    GiveUp,
}

#[derive(Deserialize, ToSchema)]
struct ResolveBody {
    verdict: Resolution,
}

/// Decides about an unknown shard. Without a decision it is never sent again until the platform has said twice that
/// it does not exist.
#[utoipa::path(post, path = "/api/v1/broadcasts/{id}/resolve", params(("id" = String, Path)),
    request_body = ResolveBody,
    responses((status = 204), (status = 404, body = ErrorBody), (status = 409, body = ErrorBody)))]
async fn resolve_broadcast(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::BroadcastsWrite>,
    Path(id): Path<String>,
    Json(body): Json<ResolveBody>,
) -> AppResult<StatusCode> {
    let mut tx = ctx.begin().await?;
    let shard = found(&mut tx, &caller.scope, &id).await?;
    let (now, scope) = (tx.now(), &caller.scope);
    let not_now = BroadcastRefusal::NotNow { state: shard.life().state };
    let what = match body.verdict {
        Resolution::Sent => {
            let next = shard.life().step(&Event::DeclareSent, now).map_err(|_| not_now)?;
            store::advance(&mut tx, scope, &shard, &next).await?;
            for target in store::targets(&mut tx, scope, &id).await? {
                let at = Timestamp(shard.intent_at);
                store::deliver(&mut tx, scope, &shard, &target, at).await?;
            }
            "broadcasts.resolve_sent"
        }
        Resolution::Resend => {
            let next = shard.life().step(&Event::Resend, now).map_err(|_| not_now)?;
            store::advance(&mut tx, scope, &shard, &next).await?;
            budgets::release(&mut tx, scope, &id).await?;
            tx.enqueue(scope.tenant(), &Submit { shard: id.clone() }).await?;
            "broadcasts.resolve_resend"
        }
        Resolution::GiveUp => {
            if !end(&mut tx, scope, &shard, &Event::GiveUp, "broadcasts.given_up").await? {
                return Err(not_now.into());
            }
            "broadcasts.resolve_give_up"
        }
    };
    audit::record(&mut tx, &caller, what, &id).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Operators' endpoints.
pub fn router() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new()
        .routes(routes!(list_broadcasts))
        .routes(routes!(get_broadcast))
        .routes(routes!(remind_broadcast))
        .routes(routes!(cancel_broadcast))
        .routes(routes!(resolve_broadcast))
}
