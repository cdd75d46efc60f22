//! `/api/v1/playbooks`: templates, plans, the week, and every change of a post.

use axum::Json;
use axum::extract::{Path, Query, State};
use base::Day;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::model::{
    BODY_BYTES, Bounds, Candidate, Check, Finding, Kind, Mix, PlaybookRefusal, PostState, QUIET_FROM, QUIET_UNTIL,
    Role, Slot, TITLE_CHARS, Way, check_post, mix_of,
};
use super::rows::{ChangeRow, DeliveryRow, PlanRow, PostRow, day_of};
use super::templates::{self, Template};
use super::week::{self, NewPost};
use super::store;
use crate::budgets::{Quota, Rule};
use crate::ctx::Ctx;
use crate::kernel::audit;
use crate::kernel::db::Tx;
use crate::kernel::http::{Allowed, AppError, AppResult, Caller, ErrorBody, Scope, permission};
use crate::kernel::i18n;
use crate::{communities, tenants};

/// A post in the calendar.
#[derive(Serialize, ToSchema)]
pub struct PostView {
    pub id: String,
    pub community_id: String,
    pub plan_id: Option<String>,
    /// The template's item; empty for a single post.
    pub item: String,
    /// `yyyymmdd`
    pub day: i64,
    /// Of the local day.
    pub minute: i64,
    pub due_at: i64,
    pub expires_at: i64,
    pub title: String,
    pub body: String,
    pub link_target: String,
    pub kind: Kind,
    pub way: Way,
    pub role: String,
    pub series: String,
    pub state: PostState,
    /// Why it is held back, skipped, expired or failed.
    pub reason_code: String,
    pub reason: String,
    pub groups_total: i64,
    pub groups_sent: i64,
    pub groups_missed: i64,
    /// When it was handed out; 0 before.
    pub prompted_at: i64,
    pub first_sent_at: i64,
}

impl PostView {
    /// In the reader's language.
    #[must_use]
    pub fn of(p: PostRow, locale: i18n::Locale) -> Self {
        let reason = if i18n::knows(locale, &p.reason) {
            i18n::text(locale, &p.reason, &serde_json::json!({}))
        } else {
            p.reason.clone()
        };
        Self {
            kind: p.value_kind(),
            way: p.delivery_way(),
            state: p.post_state(),
            reason,
            id: p.id,
            community_id: p.community_id,
            plan_id: p.plan_id,
            item: p.item,
            day: p.day,
            minute: p.minute,
            due_at: p.due_at,
            expires_at: p.expires_at,
            title: p.title,
            body: p.body,
            link_target: p.link_target,
            role: p.role,
            series: p.series,
            reason_code: p.reason,
            groups_total: p.groups_total,
            groups_sent: p.groups_sent,
            groups_missed: p.groups_missed,
            prompted_at: p.prompted_at,
            first_sent_at: p.first_sent_at,
        }
    }
}

/// One thing that is wrong or worth knowing about a post.
#[derive(Serialize, ToSchema)]
#[schema(as = PostFinding)]
struct FindingView {
    code: String,
    /// In the reader's language.
    message: String,
    #[schema(value_type = Object)]
    args: serde_json::Value,
}

/// The guard rails' verdict.
#[derive(Serialize, ToSchema)]
struct CheckView {
    /// Nothing is refused.
    ok: bool,
    refusals: Vec<FindingView>,
    warnings: Vec<FindingView>,
    /// The nearest slot that holds, when this one doesn't.
    nearest: Option<Slot>,
}

impl CheckView {
    fn of(check: Check, locale: i18n::Locale) -> Self {
        let view = |f: Finding| FindingView {
            message: i18n::text(locale, f.code, &f.args),
            code: f.code.to_owned(),
            args: f.args,
        };
        Self {
            ok: check.refusals.is_empty(),
            refusals: check.refusals.into_iter().map(view).collect(),
            warnings: check.warnings.into_iter().map(view).collect(),
            nearest: check.nearest,
        }
    }
}

/// What came of a change: the post as it stands (absent in a dry run of a new one) and the verdict.
#[derive(Serialize, ToSchema)]
struct Checked {
    post: Option<PostView>,
    check: CheckView,
}

/// The templates that come with the product. Items whose way this version can't do are listed and marked.
#[utoipa::path(get, path = "/api/v1/playbooks/templates", responses((status = 200, body = Vec<Template>)))]
async fn list_templates(_: Allowed<permission::PlaybooksRead>) -> Json<Vec<Template>> {
    Json(templates::all().to_vec())
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct PlanFilter {
    community: Option<String>,
}

/// Plans, oldest first.
#[utoipa::path(get, path = "/api/v1/playbooks/plans", params(PlanFilter),
    responses((status = 200, body = Vec<PlanRow>)))]
async fn list_plans(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::PlaybooksRead>,
    Query(filter): Query<PlanFilter>,
) -> AppResult<Json<Vec<PlanRow>>> {
    let mut tx = ctx.read().await?;
    Ok(Json(store::plans(&mut tx, &caller.scope, filter.community.as_deref().unwrap_or_default()).await?))
}

#[derive(Deserialize, ToSchema)]
struct PlanDraft {
    community_id: String,
    /// `PB-01`.
    template: String,
    /// `yyyymmdd`; today when absent.
    from_day: Option<i32>,
    /// Where the posts' links lead, for example the shop's order page.
    link_target: Option<String>,
    /// Posts need no further approval. True when absent.
    approve: Option<bool>,
}

#[derive(Serialize, ToSchema)]
struct PlanMade {
    #[serde(flatten)]
    plan: PlanRow,
    /// Posts in the coming two weeks.
    posts: usize,
    /// Items of the template that this version can't do.
    left_out: Vec<String>,
}

/// Puts a template to work in a community.
#[utoipa::path(post, path = "/api/v1/playbooks/plans", request_body = PlanDraft,
    responses((status = 201, body = PlanMade), (status = 404, body = ErrorBody), (status = 409, body = ErrorBody),
        (status = 422, body = ErrorBody)))]
async fn create_plan(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::PlaybooksWrite>,
    Json(draft): Json<PlanDraft>,
) -> AppResult<(http::StatusCode, Json<PlanMade>)> {
    let mut tx = ctx.begin().await?;
    let scope = &caller.scope;
    communities::get(&mut tx, scope, &draft.community_id).await?;
    let template = templates::named(&draft.template)
        .ok_or(PlaybookRefusal::UnknownTemplate { template: draft.template.clone() })?;
    if store::plans(&mut tx, scope, &draft.community_id).await?.iter().any(|p| p.status == "active") {
        return Err(PlaybookRefusal::PlanRuns.into());
    }
    let link_target = check_target(draft.link_target)?;
    let zone = tenants::get(&mut tx, scope).await?.tenant_zone();
    let from = draft.from_day.map_or_else(|| zone.day_of(tx.now()), Day);
    let mut plan = PlanRow {
        id: tx.new_id("pln"),
        community_id: draft.community_id,
        template: template.key.clone(),
        name: template.name.clone(),
        link_target,
        from_day: i64::from(from.0),
        extended_to: i64::from(from.plus_days(-1).0),
        status: "active".to_owned(),
        approve: draft.approve.unwrap_or(true),
    };
    store::insert_plan(&mut tx, scope, &plan).await?;
    let posts = week::extend(&mut tx, scope, &plan).await?;
    audit::record(&mut tx, &caller, "playbooks.create_plan", &plan.id).await?;
    plan = store::plan(&mut tx, scope, &plan.id).await.unwrap_or(plan);
    tx.commit().await?;
    let left_out = template.items.iter().filter(|i| i.available_way().is_none()).map(|i| i.title.clone()).collect();
    Ok((http::StatusCode::CREATED, Json(PlanMade { plan, posts, left_out })))
}

fn check_target(target: Option<String>) -> AppResult<String> {
    let target = target.unwrap_or_default().trim().to_owned();
    if target.is_empty() || target.starts_with("https://") || target.starts_with("http://") {
        return Ok(target);
    }
    Err(AppError::invalid("link_target", "https://…"))
}

/// Ends a plan: its open posts are taken out, those that left stay.
#[utoipa::path(post, path = "/api/v1/playbooks/plans/{id}/end", params(("id" = String, Path)),
    responses((status = 200, body = PlanRow), (status = 404, body = ErrorBody)))]
async fn end_plan(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::PlaybooksWrite>,
    Path(id): Path<String>,
) -> AppResult<Json<PlanRow>> {
    let mut tx = ctx.begin().await?;
    store::plan(&mut tx, &caller.scope, &id).await?;
    store::end_plan(&mut tx, &caller.scope, &id).await?;
    audit::record(&mut tx, &caller, "playbooks.end_plan", &id).await?;
    let plan = store::plan(&mut tx, &caller.scope, &id).await?;
    tx.commit().await?;
    Ok(Json(plan))
}

#[derive(Serialize, ToSchema)]
struct Approved {
    posts: u64,
}

/// Approves every open post of a plan that nothing speaks against.
#[utoipa::path(post, path = "/api/v1/playbooks/plans/{id}/approve", params(("id" = String, Path)),
    responses((status = 200, body = Approved), (status = 404, body = ErrorBody)))]
async fn approve_plan(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::PlaybooksWrite>,
    Path(id): Path<String>,
) -> AppResult<Json<Approved>> {
    let mut tx = ctx.begin().await?;
    store::plan(&mut tx, &caller.scope, &id).await?;
    let posts = store::approve_plan(&mut tx, &caller.scope, &id).await?;
    audit::record(&mut tx, &caller, "playbooks.approve_plan", &id).await?;
    tx.commit().await?;
    Ok(Json(Approved { posts }))
}

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
struct PostDraft {
    community_id: String,
    /// `yyyymmdd`
    day: i32,
    minute: u16,
    title: String,
    body: String,
    link_target: Option<String>,
    kind: Kind,
    way: Way,
    role: Option<Role>,
    series: Option<String>,
    /// Approve at once.
    approve: Option<bool>,
    /// Only say what would be said.
    dry_run: Option<bool>,
}

fn check_texts(title: &str, body: &str) -> AppResult<()> {
    if title.trim().is_empty() || title.chars().count() > TITLE_CHARS {
        return Err(AppError::invalid("title", "1–60"));
    }
    if body.trim().is_empty() || body.len() > BODY_BYTES {
        return Err(AppError::invalid("body", "1–3600 bytes"));
    }
    Ok(())
}

fn check_slot(day: i32, minute: u16) -> AppResult<Slot> {
    let slot = Day(day);
    if slot.plus_days(0).iso().replace('-', "") != day.to_string() || minute >= 1_440 {
        return Err(AppError::invalid("day, minute", "yyyymmdd, 0–1439"));
    }
    Ok(Slot { day: slot, minute })
}

/// Puts a single post into the calendar, or with `dry_run` only judges it.
#[utoipa::path(post, path = "/api/v1/playbooks/posts", request_body = PostDraft,
    responses((status = 200, body = Checked), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)))]
async fn create_post(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::PlaybooksWrite>,
    Json(draft): Json<PostDraft>,
) -> AppResult<Json<Checked>> {
    let dry_run = draft.dry_run.unwrap_or(false);
    if !dry_run {
        check_texts(&draft.title, &draft.body)?;
    }
    let slot = check_slot(draft.day, draft.minute)?;
    let new = NewPost {
        community_id: draft.community_id,
        plan_id: None,
        item: String::new(),
        slot,
        title: draft.title.trim().to_owned(),
        body: draft.body,
        link_target: check_target(draft.link_target)?,
        kind: draft.kind,
        way: draft.way,
        role: draft.role.unwrap_or(Role::GroupOwner),
        series: draft.series.unwrap_or_default(),
        approved: draft.approve.unwrap_or(false),
    };
    let mut tx = if dry_run { ctx.read().await? } else { ctx.begin().await? };
    let scope = &caller.scope;
    let around = (slot.day.plus_days(-7), slot.day.plus_days(7));
    let mut context = week::context(&mut tx, scope, &new.community_id, around).await?;
    let check = check_post(&new.candidate(""), &context);
    if dry_run {
        return Ok(Json(Checked { post: None, check: CheckView::of(check, caller.locale) }));
    }
    if store::plans(&mut tx, scope, &new.community_id).await?.is_empty() {
        return Err(PlaybookRefusal::NoPlan.into());
    }
    week::must_hold(&check)?;
    let post = week::keep(&mut tx, scope, &mut context, new, "").await?.ok_or_else(AppError::not_found)?;
    note(&mut tx, &caller, &post.id, "create", "", None).await?;
    tx.commit().await?;
    let check = CheckView::of(check, caller.locale);
    Ok(Json(Checked { post: Some(PostView::of(post, caller.locale)), check }))
}

async fn note(
    tx: &mut Tx<'_>,
    caller: &Caller,
    post: &str,
    what: &str,
    reason: &str,
    before: Option<&PostRow>,
) -> AppResult<()> {
    store::note_change(tx, &caller.scope, post, (&caller.operator_name, what, reason), before).await?;
    audit::record(tx, caller, &format!("playbooks.{what}_post"), post).await?;
    Ok(())
}

#[derive(Serialize, ToSchema)]
struct PostDetail {
    #[serde(flatten)]
    post: PostView,
    deliveries: Vec<DeliveryRow>,
    changes: Vec<ChangeRow>,
    can_undo: bool,
}

/// A post with what became of it in each group and who changed it.
#[utoipa::path(get, path = "/api/v1/playbooks/posts/{id}", params(("id" = String, Path)),
    responses((status = 200, body = PostDetail), (status = 404, body = ErrorBody)))]
async fn get_post(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::PlaybooksRead>,
    Path(id): Path<String>,
) -> AppResult<Json<PostDetail>> {
    let mut tx = ctx.read().await?;
    let scope = &caller.scope;
    let post = store::post(&mut tx, scope, &id).await?;
    let deliveries = store::deliveries(&mut tx, scope, &id).await?;
    let changes = store::changes(&mut tx, scope, &id).await?;
    let can_undo = undo_target(&mut tx, scope, &post).await.is_ok();
    Ok(Json(PostDetail { post: PostView::of(post, caller.locale), deliveries, changes, can_undo }))
}

/// Absent fields stay as they are.
#[derive(Deserialize, ToSchema)]
struct PostPatch {
    day: Option<i32>,
    minute: Option<u16>,
    title: Option<String>,
    body: Option<String>,
    link_target: Option<String>,
    kind: Option<Kind>,
    way: Option<Way>,
    role: Option<Role>,
    series: Option<String>,
    /// Only say what would be said.
    dry_run: Option<bool>,
}

fn must_be_open(post: &PostRow) -> Result<(), PlaybookRefusal> {
    let state = post.post_state();
    if state.is_open() { Ok(()) } else { Err(PlaybookRefusal::NotOpen { state }) }
}

/// Changes or moves a post that has not left, or with `dry_run` only judges the change.
#[utoipa::path(patch, path = "/api/v1/playbooks/posts/{id}", params(("id" = String, Path)), request_body = PostPatch,
    responses((status = 200, body = Checked), (status = 404, body = ErrorBody), (status = 409, body = ErrorBody),
        (status = 422, body = ErrorBody)))]
async fn patch_post(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::PlaybooksWrite>,
    Path(id): Path<String>,
    Json(patch): Json<PostPatch>,
) -> AppResult<Json<Checked>> {
    let dry_run = patch.dry_run.unwrap_or(false);
    let mut tx = if dry_run { ctx.read().await? } else { ctx.begin().await? };
    let scope = &caller.scope;
    let before = store::post(&mut tx, scope, &id).await?;
    must_be_open(&before)?;
    let was = before.slot();
    let slot = check_slot(patch.day.unwrap_or(was.day.0), patch.minute.unwrap_or(was.minute))?;
    let mut post = patched(before.clone(), patch)?;
    let check = judge(&mut tx, scope, &before, &Candidate { slot, ..week::candidate_of(&post) }).await?;
    let view = CheckView::of(check.clone(), caller.locale);
    if dry_run {
        return Ok(Json(Checked { post: None, check: view }));
    }
    week::must_hold(&check)?;
    if slot != was {
        week::place(&mut tx, scope, &mut post, slot).await?;
    }
    post.reason = String::new();
    store::update(&mut tx, scope, &post, &before.state).await?;
    note(&mut tx, &caller, &id, if slot == was { "edit" } else { "move" }, "", Some(&before)).await?;
    tx.commit().await?;
    Ok(Json(Checked { post: Some(PostView::of(post, caller.locale)), check: view }))
}

fn patched(mut post: PostRow, patch: PostPatch) -> AppResult<PostRow> {
    post.title = patch.title.map_or(post.title, |t| t.trim().to_owned());
    post.body = patch.body.unwrap_or(post.body);
    check_texts(&post.title, &post.body)?;
    if patch.link_target.is_some() {
        post.link_target = check_target(patch.link_target)?;
    }
    post.kind = patch.kind.map_or(post.kind, |k| k.word().to_owned());
    post.way = patch.way.map_or(post.way, |w| w.word().to_owned());
    post.role = patch.role.map_or(post.role, |r| r.word().to_owned());
    post.series = patch.series.unwrap_or(post.series);
    Ok(post)
}

/// Judges a changed post; what it occupied before is left out.
async fn judge(tx: &mut Tx<'_>, scope: &Scope, before: &PostRow, candidate: &Candidate<'_>) -> AppResult<Check> {
    let day = candidate.slot.day;
    let around = (day.plus_days(-7), day.plus_days(7));
    let mut context = week::context(tx, scope, &before.community_id, around).await?;
    let rule = Rule::named(&tenants::get(tx, scope).await?.broadcast_rule);
    week::without_itself(&mut context, before, rule);
    Ok(check_post(candidate, &context))
}

/// Approves a post; it is judged once more.
#[utoipa::path(post, path = "/api/v1/playbooks/posts/{id}/approve", params(("id" = String, Path)),
    responses((status = 200, body = PostView), (status = 404, body = ErrorBody), (status = 409, body = ErrorBody),
        (status = 422, body = ErrorBody)))]
async fn approve_post(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::PlaybooksWrite>,
    Path(id): Path<String>,
) -> AppResult<Json<PostView>> {
    let mut tx = ctx.begin().await?;
    let before = store::post(&mut tx, &caller.scope, &id).await?;
    if before.post_state() != PostState::Planned {
        return Err(PlaybookRefusal::NotOpen { state: before.post_state() }.into());
    }
    let check = judge(&mut tx, &caller.scope, &before, &week::candidate_of(&before)).await?;
    week::must_hold(&check)?;
    let mut post = before.clone();
    PostState::Approved.word().clone_into(&mut post.state);
    post.reason = String::new();
    store::update(&mut tx, &caller.scope, &post, &before.state).await?;
    note(&mut tx, &caller, &id, "approve", "", Some(&before)).await?;
    tx.commit().await?;
    Ok(Json(PostView::of(post, caller.locale)))
}

#[derive(Deserialize, ToSchema)]
struct SkipPost {
    reason: String,
}

/// Takes a post out, with a reason.
#[utoipa::path(post, path = "/api/v1/playbooks/posts/{id}/skip", params(("id" = String, Path)),
    request_body = SkipPost,
    responses((status = 200, body = PostView), (status = 404, body = ErrorBody), (status = 409, body = ErrorBody),
        (status = 422, body = ErrorBody)))]
async fn skip_post(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::PlaybooksWrite>,
    Path(id): Path<String>,
    Json(body): Json<SkipPost>,
) -> AppResult<Json<PostView>> {
    let reason = body.reason.trim();
    if reason.is_empty() || reason.chars().count() > 200 {
        return Err(PlaybookRefusal::NoReason.into());
    }
    let mut tx = ctx.begin().await?;
    let before = store::post(&mut tx, &caller.scope, &id).await?;
    must_be_open(&before)?;
    let mut post = before.clone();
    PostState::Skipped.word().clone_into(&mut post.state);
    reason.clone_into(&mut post.reason);
    store::update(&mut tx, &caller.scope, &post, &before.state).await?;
    note(&mut tx, &caller, &id, "skip", reason, Some(&before)).await?;
    tx.commit().await?;
    Ok(Json(PostView::of(post, caller.locale)))
}

/// The post as it was before its last change, when it can still go back there.
async fn undo_target(tx: &mut Tx<'_>, scope: &Scope, post: &PostRow) -> AppResult<(ChangeRow, PostRow)> {
    let state = post.post_state();
    if !state.is_open() && (state != PostState::Skipped || post.prompted_at > 0) {
        return Err(PlaybookRefusal::NotOpen { state }.into());
    }
    let change = store::undoable(tx, scope, &post.id).await?.ok_or(PlaybookRefusal::NothingToUndo)?;
    let before: PostRow = serde_json::from_str(&change.before)?;
    if before.due_at <= tx.now().0 {
        return Err(PlaybookRefusal::NothingToUndo.into());
    }
    Ok((change, before))
}

/// Undoes the last change of a post that has not left.
#[utoipa::path(post, path = "/api/v1/playbooks/posts/{id}/undo", params(("id" = String, Path)),
    responses((status = 200, body = PostView), (status = 404, body = ErrorBody), (status = 409, body = ErrorBody),
        (status = 422, body = ErrorBody)))]
async fn undo_post(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::PlaybooksWrite>,
    Path(id): Path<String>,
) -> AppResult<Json<PostView>> {
    let mut tx = ctx.begin().await?;
    let scope = &caller.scope;
    let post = store::post(&mut tx, scope, &id).await?;
    let (change, mut before) = undo_target(&mut tx, scope, &post).await?;
    let check = judge(&mut tx, scope, &post, &week::candidate_of(&before)).await?;
    week::must_hold(&check)?;
    let slot = before.slot();
    week::place(&mut tx, scope, &mut before, slot).await?;
    store::update(&mut tx, scope, &before, &post.state).await?;
    store::mark_undone(&mut tx, scope, &change.id).await?;
    note(&mut tx, &caller, &id, "undo", &change.what, None).await?;
    tx.commit().await?;
    Ok(Json(PostView::of(before, caller.locale)))
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

/// Operators' endpoints.
pub fn router() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new()
        .routes(routes!(list_templates))
        .routes(routes!(list_plans, create_plan))
        .routes(routes!(end_plan))
        .routes(routes!(approve_plan))
        .routes(routes!(get_week))
        .routes(routes!(create_post))
        .routes(routes!(get_post, patch_post))
        .routes(routes!(approve_post))
        .routes(routes!(skip_post))
        .routes(routes!(undo_post))
        .routes(routes!(copy_day))
        .routes(routes!(copy_week))
}
