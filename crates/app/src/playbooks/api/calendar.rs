//! The week with its caps, quota and mix; copying days and weeks.

use axum::Json;
use axum::extract::{Query, State};
use base::Day;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::super::model::{Bounds, Mix, PlaybookRefusal, QUIET_FROM, QUIET_UNTIL, Slot, mix_of};
use super::super::rows::{PostRow, day_of};
use super::super::store::{self, week};
use super::{CheckView, PostView, check_slot};
use crate::budgets::Quota;
use crate::ctx::Ctx;
use crate::kernel::audit;
use crate::kernel::http::{Allowed, AppResult, Caller, ErrorBody, permission};
use crate::tenants;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct WeekQuery {
    community: String,
    /// Any day of the week, `yyyymmdd`; today when absent.
    day: Option<i32>,
}

/// Used and allowed posts of a day.
#[derive(Serialize, ToSchema)]
struct Cap {
    used: i64,
    warn: i64,
    limit: i64,
}

#[derive(Serialize, ToSchema)]
struct DayView {
    /// `yyyymmdd`
    day: i32,
    posts: Vec<PostView>,
    cap: Cap,
    broadcast_quota: Quota,
}

/// The week's mix against its bounds.
#[derive(Serialize, ToSchema)]
struct MixView {
    #[serde(flatten)]
    mix: Mix,
    bounds: Bounds,
    ok: bool,
}

/// Bands of the day, in minutes since midnight.
#[derive(Serialize, ToSchema)]
struct Windows {
    quiet_from: u16,
    quiet_until: u16,
    /// Pairs of from and until.
    meals: Vec<(u16, u16)>,
}

#[derive(Serialize, ToSchema)]
struct WeekView {
    community_id: String,
    /// The week's Monday, `yyyymmdd`.
    monday: i32,
    now: i64,
    days: Vec<DayView>,
    mix: MixView,
    windows: Windows,
}

/// Seven days of a community from Monday on, with caps, quota and mix.
#[utoipa::path(get, path = "/api/v1/playbooks/week", params(WeekQuery),
    responses((status = 200, body = WeekView), (status = 404, body = ErrorBody)))]
async fn get_week(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::PlaybooksRead>,
    Query(query): Query<WeekQuery>,
) -> AppResult<Json<WeekView>> {
    let mut tx = ctx.read().await?;
    let scope = &caller.scope;
    let zone = tenants::get(&mut tx, scope).await?.tenant_zone();
    let monday = query.day.map_or_else(|| zone.day_of(tx.now()), Day).monday();
    let sunday = monday.plus_days(6);
    let context = week::context(&mut tx, scope, &query.community, (monday, sunday)).await?;
    let rows = store::of_community(&mut tx, scope, &query.community, monday, sunday).await?;
    let mix = mix_of(rows.iter().filter(|p| p.post_state().occupies()).map(PostRow::value_kind));
    let days = (0..7).map(|n| {
        let day = monday.plus_days(n);
        let posts: Vec<&PostRow> = rows.iter().filter(|p| day_of(p.day) == day).collect();
        let used = posts.iter().filter(|p| p.post_state().occupies()).count() as i64;
        DayView {
            day: day.0,
            cap: Cap { used, warn: context.warn, limit: context.cap },
            broadcast_quota: context.quota.get(&day).copied().unwrap_or(Quota { used: 0, limit: 0 }),
            posts: posts.into_iter().map(|p| PostView::of(p.clone(), caller.locale)).collect(),
        }
    });
    Ok(Json(WeekView {
        community_id: query.community,
        monday: monday.0,
        now: tx.now().0,
        days: days.collect(),
        mix: MixView { mix, bounds: context.bounds, ok: mix.within(context.bounds) },
        windows: Windows {
            quiet_from: QUIET_FROM,
            quiet_until: QUIET_UNTIL,
            meals: vec![(11 * 60, 13 * 60), (17 * 60, 19 * 60)],
        },
    }))
}

#[derive(Deserialize, ToSchema)]
struct CopyBody {
    community_id: String,
    /// The day, or any day of the week, to copy from.
    from: i32,
    /// The day, or any day of the week, to copy to.
    to: i32,
    /// Only say what would be said.
    dry_run: Option<bool>,
}

#[derive(Serialize, ToSchema)]
struct CopiedPost {
    title: String,
    slot: Slot,
    check: CheckView,
}

/// What was copied, and what the guard rails held back.
#[derive(Serialize, ToSchema)]
struct CopyResult {
    copied: usize,
    held_back: usize,
    posts: Vec<CopiedPost>,
}

async fn copy(
    ctx: &Ctx,
    caller: &Caller,
    body: &CopyBody,
    (from, to, shift): (Day, Day, i32),
) -> AppResult<Json<CopyResult>> {
    let dry_run = body.dry_run.unwrap_or(false);
    let mut tx = if dry_run { ctx.read().await? } else { ctx.begin().await? };
    let copies = week::copy(&mut tx, &caller.scope, &body.community_id, (from, to, shift), dry_run).await?;
    if copies.is_empty() {
        return Err(PlaybookRefusal::NothingToCopy.into());
    }
    if !dry_run {
        audit::record(&mut tx, caller, "playbooks.copy", &body.community_id).await?;
        tx.commit().await?;
    }
    let copied = copies.iter().filter(|c| c.check.refusals.is_empty()).count();
    let view = |c: week::Copied| CopiedPost {
        title: c.title,
        slot: c.slot,
        check: CheckView::of(c.check, caller.locale),
    };
    let held_back = copies.len() - copied;
    Ok(Json(CopyResult { copied, held_back, posts: copies.into_iter().map(view).collect() }))
}

/// Copies a day's posts to another day; what the guard rails refuse there is left out and told.
#[utoipa::path(post, path = "/api/v1/playbooks/copy-day", request_body = CopyBody,
    responses((status = 200, body = CopyResult), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)))]
async fn copy_day(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::PlaybooksWrite>,
    Json(body): Json<CopyBody>,
) -> AppResult<Json<CopyResult>> {
    let (from, to) = (check_slot(body.from, 0)?.day, check_slot(body.to, 0)?.day);
    copy(&ctx, &caller, &body, (from, from, to.days_since(from))).await
}

/// Copies a week's posts to another week; what the guard rails refuse there is left out and told.
#[utoipa::path(post, path = "/api/v1/playbooks/copy-week", request_body = CopyBody,
    responses((status = 200, body = CopyResult), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)))]
async fn copy_week(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::PlaybooksWrite>,
    Json(body): Json<CopyBody>,
) -> AppResult<Json<CopyResult>> {
    let (from, to) = (check_slot(body.from, 0)?.day.monday(), check_slot(body.to, 0)?.day.monday());
    copy(&ctx, &caller, &body, (from, from.plus_days(6), to.days_since(from))).await
}

pub(super) fn router() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new().routes(routes!(get_week)).routes(routes!(copy_day)).routes(routes!(copy_week))
}
