//! `/api/v1/handover`.

use axum::Json;
use axum::extract::{Path, Query, State};
use base::{Page, Timestamp};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::jobs::Submit;
use super::model::{BATCH, GROUPS_A_DAY, HandoverRefusal, ItemState, Known, NOTE, foreseen};
use super::rows::{CandidateRow, GiverRow, ItemRow, PlanRow};
use super::store::{self, ItemFilter, NewPlan};
use crate::ctx::Ctx;
use crate::kernel::audit;
use crate::kernel::db::Tx;
use crate::kernel::http::{Allowed, AppError, AppResult, Caller, ErrorBody, ListQuery, permission};
use crate::kernel::i18n;
use crate::staff::{self, StaffRow};

#[derive(Serialize, ToSchema)]
struct GiverPage {
    items: Vec<GiverRow>,
    next: Option<String>,
}

/// Employees with how much each has to give; those who left keep what they left behind.
#[utoipa::path(get, path = "/api/v1/handover/staff", params(ListQuery), responses((status = 200, body = GiverPage)))]
async fn list_givers(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::HandoverRead>,
    Query(query): Query<ListQuery>,
) -> AppResult<Json<GiverPage>> {
    let page = query.paging();
    let mut tx = ctx.read().await?;
    let rows = store::givers(&mut tx, &caller.scope, &page, &query.pattern()).await?;
    let Page { items, next } = Page::cut(rows, page.limit, |r| r.id.clone());
    Ok(Json(GiverPage { items, next }))
}

/// Who gives what to whom.
#[derive(Deserialize, ToSchema)]
#[schema(as = HandoverDraft)]
struct PlanDraft {
    /// Our id of the employee who gives.
    from: String,
    /// Our id of the employee who takes.
    to: String,
    /// Ids of contacts; absent for all, empty for none.
    contacts: Option<Vec<String>>,
    /// Ids of groups; absent for all, empty for none.
    groups: Option<Vec<String>>,
    /// What customers of an employee on the job read, at most 200 characters; empty for the platform's own words.
    #[serde(default)]
    note: String,
}

/// A candidate, and why the platform will refuse it as far as we know.
#[derive(Serialize, ToSchema)]
#[schema(as = HandoverCandidate)]
struct Candidate {
    id: String,
    person_id: Option<String>,
    name: String,
    /// Empty when nothing speaks against it.
    reason: String,
    /// The reason and its cure in the reader's language.
    message: String,
    cure: String,
}

#[derive(Serialize, ToSchema)]
#[schema(as = HandoverPreview)]
struct Preview {
    /// `on_job`, `resigned`.
    giver: &'static str,
    contacts: Vec<Candidate>,
    groups: Vec<Candidate>,
    /// Calls that will be made.
    batches: usize,
    /// Groups of an owner who left beyond this number wait for the next day.
    groups_a_day: usize,
}

/// Giver, taker, and whether the giver has left.
struct Pair {
    from: StaffRow,
    to: StaffRow,
    resigned: bool,
}

impl Pair {
    const fn giver(&self) -> &'static str {
        if self.resigned { "resigned" } else { "on_job" }
    }
}

async fn pair(tx: &mut Tx<'_>, caller: &Caller, draft: &PlanDraft) -> AppResult<Pair> {
    // An operator with a narrow reach gives only what is her own.
    let own = caller.scope.reach_key();
    if !own.is_empty() && own != draft.from {
        return Err(AppError::not_found());
    }
    let from = staff::get(tx, &caller.scope, &draft.from).await?;
    let to = staff::get(tx, &caller.scope, &draft.to).await?;
    if from.id == to.id {
        return Err(HandoverRefusal::SameEmployee.into());
    }
    if from.account_id != to.account_id {
        return Err(HandoverRefusal::OtherAccount.into());
    }
    if !to.active || !to.serving {
        return Err(HandoverRefusal::TakerNotServing.into());
    }
    if draft.note.chars().count() > NOTE {
        return Err(AppError::invalid("note", "≤ 200"));
    }
    Ok(Pair { resigned: !from.active, from, to })
}

/// The chosen candidates, in the order of their names.
async fn chosen(
    tx: &mut Tx<'_>,
    caller: &Caller,
    pair: &Pair,
    draft: &PlanDraft,
) -> AppResult<(Vec<CandidateRow>, Vec<CandidateRow>)> {
    let giver = (pair.from.account_id.as_str(), pair.from.id.as_str(), pair.from.platform_id.as_str());
    let mut contacts = store::contacts_of(tx, &caller.scope, giver, pair.resigned).await?;
    let mut groups = store::groups_of(tx, &caller.scope, &pair.from.id).await?;
    if let Some(only) = &draft.contacts {
        contacts.retain(|c| only.contains(&c.target_id));
    }
    if let Some(only) = &draft.groups {
        groups.retain(|g| only.contains(&g.target_id));
    }
    Ok((contacts, groups))
}

fn reason(candidate: &CandidateRow, now: Timestamp) -> Option<&'static str> {
    let known = Known { live: candidate.live > 0, moves: candidate.moves, left: candidate.left_at };
    foreseen(&known, now)
}

fn shown(caller: &Caller, candidate: &CandidateRow, now: Timestamp) -> Candidate {
    let reason = reason(candidate, now).unwrap_or_default();
    let (message, cure) = sentences(caller, reason);
    Candidate {
        id: candidate.target_id.clone(),
        person_id: candidate.person_id.clone(),
        name: candidate.name.clone(),
        reason: reason.to_owned(),
        message,
        cure,
    }
}

/// A reason and its cure in the reader's language; both empty without one.
fn sentences(caller: &Caller, reason: &str) -> (String, String) {
    if reason.is_empty() {
        return (String::new(), String::new());
    }
    let none = serde_json::json!({});
    let cure = reason.replace("handover.", "handover.cure.");
    (i18n::text(caller.locale, reason, &none), i18n::text(caller.locale, &cure, &none))
}

/// What a plan would do, and what the platform will refuse, without doing it.
#[utoipa::path(post, path = "/api/v1/handover/preview", request_body = PlanDraft,
    responses((status = 200, body = Preview), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)))]
async fn preview_plan(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::HandoverWrite>,
    Json(draft): Json<PlanDraft>,
) -> AppResult<Json<Preview>> {
    let mut tx = ctx.read().await?;
    let pair = pair(&mut tx, &caller, &draft).await?;
    let (contacts, groups) = chosen(&mut tx, &caller, &pair, &draft).await?;
    let now = ctx.now();
    let good = |rows: &[CandidateRow]| rows.iter().filter(|c| reason(c, now).is_none()).count();
    let batches = good(&contacts).div_ceil(BATCH) + good(&groups).div_ceil(BATCH);
    let all = |rows: &[CandidateRow]| rows.iter().map(|c| shown(&caller, c, now)).collect();
    Ok(Json(Preview {
        giver: pair.giver(),
        contacts: all(&contacts),
        groups: all(&groups),
        batches,
        groups_a_day: GROUPS_A_DAY,
    }))
}

/// Starts a hand-over. Whoever the platform would refuse for certain is left out; the rest is asked for in hundreds.
#[utoipa::path(post, path = "/api/v1/handover/plans", request_body = PlanDraft,
    responses((status = 200, body = PlanRow), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)))]
async fn create_handover(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::HandoverWrite>,
    Json(draft): Json<PlanDraft>,
) -> AppResult<Json<PlanRow>> {
    let mut tx = ctx.begin().await?;
    let pair = pair(&mut tx, &caller, &draft).await?;
    let (mut contacts, mut groups) = chosen(&mut tx, &caller, &pair, &draft).await?;
    let now = ctx.now();
    contacts.retain(|c| reason(c, now).is_none());
    groups.retain(|g| reason(g, now).is_none());
    if contacts.is_empty() && groups.is_empty() {
        return Err(HandoverRefusal::Nothing.into());
    }
    let new = NewPlan {
        account: &pair.from.account_id,
        giver: pair.giver(),
        from: &pair.from.id,
        to: &pair.to.id,
        note: draft.note.trim(),
        by: &caller.operator_name,
    };
    let plan = store::make_plan(&mut tx, &caller.scope, &new).await?;
    for (kind, rows) in [("contact", &contacts), ("group", &groups)] {
        store::add_items(&mut tx, &caller.scope, (&plan, kind), rows).await?;
        for batch in 0..rows.len().div_ceil(BATCH) {
            submit(&mut tx, &caller, &plan, (kind, i64::try_from(batch).unwrap_or(0))).await?;
        }
    }
    audit::record(&mut tx, &caller, "handover.create", &plan).await?;
    let row = store::plan(&mut tx, &caller.scope, &plan).await?;
    tx.commit().await?;
    Ok(Json(row))
}

async fn submit(tx: &mut Tx<'_>, caller: &Caller, plan: &str, (kind, batch): (&str, i64)) -> AppResult<()> {
    let job = Submit { plan: plan.to_owned(), kind: kind.to_owned(), batch };
    tx.enqueue(caller.scope.tenant(), &job).await
}

#[derive(Serialize, ToSchema)]
#[schema(as = HandoverPlanPage)]
struct PlanPage {
    items: Vec<PlanRow>,
    next: Option<String>,
}

/// Hand-overs, newest first.
#[utoipa::path(get, path = "/api/v1/handover/plans", params(ListQuery), responses((status = 200, body = PlanPage)))]
async fn list_handovers(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::HandoverRead>,
    Query(query): Query<ListQuery>,
) -> AppResult<Json<PlanPage>> {
    let page = query.paging();
    let mut tx = ctx.read().await?;
    let rows = store::plans(&mut tx, &caller.scope, &page).await?;
    let Page { items, next } = Page::cut(rows, page.limit, |r| r.id.clone());
    Ok(Json(PlanPage { items, next }))
}

/// One hand-over.
#[utoipa::path(get, path = "/api/v1/handover/plans/{id}",
    responses((status = 200, body = PlanRow), (status = 404, body = ErrorBody)))]
async fn get_plan(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::HandoverRead>,
    Path(id): Path<String>,
) -> AppResult<Json<PlanRow>> {
    let mut tx = ctx.read().await?;
    Ok(Json(store::plan(&mut tx, &caller.scope, &id).await?))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ItemQuery {
    #[param(inline)]
    state: Option<ItemState>,
    /// `contact`, `group`.
    kind: Option<String>,
}

/// One customer or group with what happened in words.
#[derive(Serialize, ToSchema)]
#[schema(as = HandoverItem)]
struct ItemView {
    #[serde(flatten)]
    item: ItemRow,
    /// What the reason says, and what to do about it, in the reader's language.
    message: String,
    cure: String,
    may_retry: bool,
}

#[derive(Serialize, ToSchema)]
#[schema(as = HandoverItemPage)]
struct ItemPage {
    items: Vec<ItemView>,
    next: Option<String>,
}

/// Customers and groups of a hand-over.
#[utoipa::path(get, path = "/api/v1/handover/plans/{id}/items", params(ListQuery, ItemQuery),
    responses((status = 200, body = ItemPage), (status = 404, body = ErrorBody)))]
async fn list_items(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::HandoverRead>,
    Path(id): Path<String>,
    Query(query): Query<ListQuery>,
    Query(only): Query<ItemQuery>,
) -> AppResult<Json<ItemPage>> {
    let page = query.paging();
    let filter = ItemFilter {
        state: only.state.map_or("", ItemState::word).to_owned(),
        kind: only.kind.unwrap_or_default(),
    };
    let mut tx = ctx.read().await?;
    store::plan(&mut tx, &caller.scope, &id).await?;
    let rows = store::items(&mut tx, &caller.scope, &id, &page, &filter).await?;
    let Page { items, next } = Page::cut(rows, page.limit, |r| r.id.clone());
    let view = |item: ItemRow| {
        let (message, cure) = sentences(&caller, &item.reason);
        let may_retry = ItemState::named(&item.state).is_some_and(ItemState::may_retry);
        ItemView { item, message, cure, may_retry }
    };
    Ok(Json(ItemPage { items: items.into_iter().map(view).collect(), next }))
}

#[derive(Deserialize, ToSchema)]
struct RetryDraft {
    /// Ids of items; empty for all that may be tried again.
    #[serde(default)]
    items: Vec<String>,
}

/// Asks once more for what was refused or failed. Whatever may still happen is left alone.
#[utoipa::path(post, path = "/api/v1/handover/plans/{id}/retry", request_body = RetryDraft,
    responses((status = 204), (status = 404, body = ErrorBody), (status = 409, body = ErrorBody)))]
async fn retry_items(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::HandoverWrite>,
    Path(id): Path<String>,
    Json(draft): Json<RetryDraft>,
) -> AppResult<StatusCode> {
    let mut tx = ctx.begin().await?;
    store::plan(&mut tx, &caller.scope, &id).await?;
    let batches = store::replan(&mut tx, &caller.scope, &id, &draft.items).await?;
    if batches.is_empty() {
        return Err(HandoverRefusal::NothingToRetry.into());
    }
    for (kind, batch) in &batches {
        submit(&mut tx, &caller, &id, (kind, *batch)).await?;
    }
    audit::record(&mut tx, &caller, "handover.retry", &id).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

pub fn router() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new()
        .routes(routes!(list_givers))
        .routes(routes!(preview_plan))
        .routes(routes!(list_handovers, create_handover))
        .routes(routes!(get_plan))
        .routes(routes!(list_items))
        .routes(routes!(retry_items))
}
