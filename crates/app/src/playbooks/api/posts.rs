//! Single posts: making, changing, approving, skipping, undoing.

use axum::Json;
use axum::extract::{Path, Query, State};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::super::model::{
    BODY_BYTES, Candidate, Check, Kind, PlaybookRefusal, PostState, Role, TITLE_CHARS, Way, check_post,
};
use super::super::rows::{ChangeRow, DeliveryRow, FoundPost, PostRow};
use super::super::store;
use super::super::store::week::{self, NewPost};
use super::{CheckView, Checked, PostView, check_slot, check_target};
use crate::budgets::Rule;
use crate::ctx::Ctx;
use crate::kernel::audit;
use crate::kernel::db::Tx;
use crate::kernel::http::{Allowed, AppError, AppResult, Caller, ErrorBody, ListQuery, Scope, permission};
use crate::tenants;

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

#[derive(Serialize, ToSchema)]
struct FoundPosts {
    items: Vec<FoundPost>,
}

/// Posts of any time by title, as written or by pinyin; the nearest in time first. One answer, no further pages.
#[utoipa::path(get, path = "/api/v1/playbooks/posts", params(ListQuery), responses((status = 200, body = FoundPosts)))]
async fn find_posts(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::PlaybooksRead>,
    Query(query): Query<ListQuery>,
) -> AppResult<Json<FoundPosts>> {
    let mut tx = ctx.read().await?;
    let items = store::find(&mut tx, &caller.scope, &query.pattern(), query.paging().limit).await?;
    Ok(Json(FoundPosts { items }))
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
async fn judge(
    tx: &mut Tx<'_>,
    scope: &Scope,
    before: &PostRow,
    candidate: &Candidate<'_>,
) -> AppResult<Check> {
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

pub(super) fn router() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new()
        .routes(routes!(find_posts, create_post))
        .routes(routes!(get_post, patch_post))
        .routes(routes!(approve_post))
        .routes(routes!(skip_post))
        .routes(routes!(undo_post))
}
