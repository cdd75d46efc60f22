//! `/api/v1/layers/suggestions`: who might be invited where and why; a person confirms, declines, or takes that back.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path, Query, State};
use base::Page;
use base::time::DAY;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::super::model::{LayerRefusal, Spoke, SuggestionState, TEXT_CHARS};
use super::super::rows::SuggestionRow;
use super::super::store::paths;
use super::super::store::promotions::{self, Decision, Narrow, Room, Willing};
use crate::ctx::Ctx;
use crate::kernel::audit;
use crate::kernel::db::Tx;
use crate::kernel::http::{Allowed, AppError, AppResult, Caller, ErrorBody, ListQuery, Scope, permission};
use crate::kernel::i18n::{self, Locale};
use crate::tasks::{self, NewTask};
use crate::{people, privacy};

/// How long an employee has for an invitation.
const INVITED_FOR: i64 = 3 * DAY;

/// One suggestion.
#[derive(Serialize, ToSchema)]
#[schema(as = PromotionSuggestion)]
struct Suggestion {
    id: String,
    path_id: String,
    path_name: String,
    person_id: String,
    person_name: String,
    from_community: String,
    from_name: String,
    to_community: String,
    to_name: String,
    state: SuggestionState,
    /// The facts that spoke for it when it was suggested.
    why: Vec<Spoke>,
    /// Whether she allowed advertising: without that nobody is invited.
    consent: Willing,
    suggested_at: i64,
    decided_at: i64,
    decided_by: String,
    /// Why it was declined or not sent, in people's words or as a catalogue key.
    reason: String,
    group_name: String,
    staff_name: String,
    ended_at: i64,
    /// Whether the last decision can be taken back.
    can_undo: bool,
}

/// Names by id: communities and ways at once, employees, groups and tags when a suggestion speaks of them.
struct Names(BTreeMap<String, String>);

impl Names {
    async fn read(tx: &mut Tx<'_>, scope: &Scope) -> AppResult<Self> {
        let mut all: BTreeMap<String, String> =
            paths::places(tx, scope).await?.into_iter().map(|p| (p.id, p.name)).collect();
        all.extend(paths::paths(tx, scope).await?.into_iter().map(|p| (p.id, p.name)));
        Ok(Self(all))
    }
    fn get(&self, id: &str) -> String {
        self.0.get(id).cloned().unwrap_or_default()
    }
    async fn look_up(&mut self, tx: &mut Tx<'_>, scope: &Scope, id: &str) -> AppResult<String> {
        if !id.is_empty() && !self.0.contains_key(id) {
            let name = promotions::name_of(tx, scope, id).await?;
            self.0.insert(id.to_owned(), name);
        }
        Ok(self.get(id))
    }
}

async fn view(
    tx: &mut Tx<'_>,
    scope: &Scope,
    names: &mut Names,
    row: SuggestionRow,
) -> AppResult<Suggestion> {
    let mut why: Vec<Spoke> = serde_json::from_str(&row.why)?;
    for spoke in why.iter_mut().filter(|s| s.fact == "tag") {
        spoke.value = names.look_up(tx, scope, &spoke.value).await?;
    }
    let state = SuggestionState::named(&row.state).unwrap_or(SuggestionState::Lapsed);
    Ok(Suggestion {
        consent: promotions::willing(tx, scope, &row.person_id).await?,
        group_name: names.look_up(tx, scope, &row.group_id).await?,
        staff_name: names.look_up(tx, scope, &row.staff_id).await?,
        path_name: names.get(&row.path_id),
        from_name: names.get(&row.from_community),
        to_name: names.get(&row.to_community),
        can_undo: state.can_be_undone(),
        state,
        why,
        id: row.id,
        path_id: row.path_id,
        person_id: row.person_id,
        person_name: row.person_name,
        from_community: row.from_community,
        to_community: row.to_community,
        suggested_at: row.suggested_at,
        decided_at: row.decided_at,
        decided_by: row.decided_by,
        reason: row.reason,
        ended_at: row.ended_at,
    })
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct SuggestionQuery {
    /// Only in this state; all when absent.
    state: Option<String>,
    /// Only of this way.
    path: Option<String>,
    /// Only into this community.
    community: Option<String>,
    /// Only of this person.
    person: Option<String>,
}

/// Suggestions in one state.
#[derive(Serialize, ToSchema)]
struct StateCount {
    state: SuggestionState,
    suggestions: i64,
}

#[derive(Serialize, ToSchema)]
#[schema(as = PromotionSuggestionPage)]
struct SuggestionPage {
    items: Vec<Suggestion>,
    next: Option<String>,
    /// How many there are in each state, whatever the filter.
    states: Vec<StateCount>,
}

/// Suggestions, newest first.
#[utoipa::path(get, path = "/api/v1/layers/suggestions", params(ListQuery, SuggestionQuery),
    responses((status = 200, body = SuggestionPage), (status = 422, body = ErrorBody)))]
async fn list_promotion_suggestions(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::LayersRead>,
    Query(query): Query<ListQuery>,
    Query(only): Query<SuggestionQuery>,
) -> AppResult<Json<SuggestionPage>> {
    let state = only.state.unwrap_or_default();
    if !state.is_empty() && SuggestionState::named(&state).is_none() {
        let words: Vec<&str> = SuggestionState::ALL.iter().map(|s| s.word()).collect();
        return Err(AppError::invalid("state", &words.join(", ")));
    }
    let page = query.paging();
    let narrow = Narrow {
        state,
        path: only.path.unwrap_or_default(),
        community: only.community.unwrap_or_default(),
        person: only.person.unwrap_or_default(),
        pattern: query.pattern(),
    };
    let mut tx = ctx.read().await?;
    let scope = &caller.scope;
    let rows = promotions::suggestions(&mut tx, scope, &page, &narrow).await?;
    let Page { items: rows, next } = Page::cut(rows, page.limit, |r| r.id.clone());
    let mut names = Names::read(&mut tx, scope).await?;
    let mut items = Vec::new();
    for row in rows {
        items.push(view(&mut tx, scope, &mut names, row).await?);
    }
    let counted = promotions::by_state(&mut tx, scope).await?;
    let states = counted.iter().filter_map(|(word, n)| {
        SuggestionState::named(word).map(|state| StateCount { state, suggestions: *n })
    });
    Ok(Json(SuggestionPage { items, next, states: states.collect() }))
}

/// Who invites, and where to.
struct Invitation {
    room: Room,
    follow: people::ActiveFollow,
}

/// The emptiest group with an employee who has her as a contact: those on duty in the group first.
async fn choose(tx: &mut Tx<'_>, scope: &Scope, row: &SuggestionRow) -> AppResult<Invitation> {
    let rooms = promotions::rooms(tx, scope, &row.to_community).await?;
    let follows = people::active_follows(tx, scope, &row.person_id).await?;
    if rooms.is_empty() {
        return Err(LayerRefusal::NoGroup.into());
    }
    let mut second = None;
    for room in rooms {
        let duty = promotions::on_duty(tx, scope, &room.id).await?;
        let mut known = follows.iter().filter(|f| f.account_id == room.account_id);
        if let Some(follow) = known.clone().find(|f| duty.contains(&f.staff_id)) {
            return Ok(Invitation { room, follow: follow.clone() });
        }
        if second.is_none() {
            second = known.next().map(|follow| Invitation { room, follow: follow.clone() });
        }
    }
    second.ok_or_else(|| LayerRefusal::NoBond.into())
}

fn state_refusal(row: &SuggestionRow) -> AppError {
    LayerRefusal::State { state: row.state.clone() }.into()
}

/// Makes the employee's task; answers its key.
async fn invite(
    tx: &mut Tx<'_>,
    (ctx, scope): (&Ctx, &Scope),
    row: &SuggestionRow,
    to: &Invitation,
) -> AppResult<String> {
    let (community, value) = paths::offer(tx, scope, &row.to_community).await?;
    let code = promotions::join_code(tx, scope, &row.to_community).await?;
    let link_url = code.map(|state| format!("{}/m/j/{state}", ctx.config().public_url)).unwrap_or_default();
    let words = |code: &str| {
        i18n::text(
            Locale::Zh,
            code,
            &json!({ "person": row.person_name, "community": community, "value": value, "link": link_url }),
        )
    };
    let body = words(if link_url.is_empty() { "layers.invite_body" } else { "layers.invite_body_link" });
    let (key, now) = (tx.new_id("inv"), tx.now());
    let task = NewTask {
        post_id: key.clone(),
        group_id: to.room.id.clone(),
        group_platform_id: to.room.platform_id.clone(),
        group_name: to.room.name.clone(),
        account_id: to.room.account_id.clone(),
        staff_id: to.follow.staff_id.clone(),
        staff_platform_id: to.follow.staff_platform_id.clone(),
        title: words("layers.invite_title"),
        body,
        link_url,
        due_at: now,
        expires_at: now.plus(INVITED_FOR),
    };
    tasks::invite(tx, scope, &task, &to.follow.external_id).await?;
    Ok(key)
}

/// Confirms a suggestion: an employee who has her as a contact gets an invitation to send. She is never pulled in.
#[utoipa::path(post, path = "/api/v1/layers/suggestions/{id}/confirm",
    responses((status = 200, body = Suggestion), (status = 404, body = ErrorBody), (status = 409, body = ErrorBody)))]
async fn confirm_suggestion(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::TasksWrite>,
    Path(id): Path<String>,
) -> AppResult<Json<Suggestion>> {
    let mut tx = ctx.begin().await?;
    let scope = &caller.scope;
    let row = promotions::suggestion(&mut tx, scope, &id).await?;
    if row.state != SuggestionState::Open.word() {
        return Err(state_refusal(&row));
    }
    if promotions::is_in(&mut tx, scope, (&row.person_id, &row.to_community)).await? {
        return Err(LayerRefusal::Gone.into());
    }
    if !privacy::may(&mut tx, scope, &row.person_id, privacy::Purpose::Promotion).await? {
        return Err(LayerRefusal::NoConsent.into());
    }
    let to = choose(&mut tx, scope, &row).await?;
    let key = invite(&mut tx, (&ctx, scope), &row, &to).await?;
    let decision = Decision {
        from: SuggestionState::Open,
        to: SuggestionState::Invited,
        by: &caller.operator_name,
        reason: "",
        invitation: (&key, &to.room.id, &to.follow.staff_id),
    };
    decided(tx, &caller, (&row, "layers.confirm"), &decision).await
}

/// Writes a decision and answers the suggestion as it is then.
async fn decided(
    mut tx: Tx<'_>,
    caller: &Caller,
    (row, act): (&SuggestionRow, &str),
    decision: &Decision<'_>,
) -> AppResult<Json<Suggestion>> {
    if !promotions::decide(&mut tx, &caller.scope, &row.id, decision).await? {
        return Err(state_refusal(row));
    }
    audit::record(&mut tx, caller, act, &row.id).await?;
    let row = promotions::suggestion(&mut tx, &caller.scope, &row.id).await?;
    let mut names = Names::read(&mut tx, &caller.scope).await?;
    let shown = view(&mut tx, &caller.scope, &mut names, row).await?;
    tx.commit().await?;
    Ok(Json(shown))
}

#[derive(Deserialize, ToSchema)]
struct DeclineBody {
    /// Why not, 1 to 200 characters.
    reason: String,
}

/// Declines a suggestion; it is not made again for ninety days.
#[utoipa::path(post, path = "/api/v1/layers/suggestions/{id}/decline", request_body = DeclineBody,
    responses((status = 200, body = Suggestion), (status = 404, body = ErrorBody), (status = 409, body = ErrorBody),
        (status = 422, body = ErrorBody)))]
async fn decline_suggestion(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::TasksWrite>,
    Path(id): Path<String>,
    Json(body): Json<DeclineBody>,
) -> AppResult<Json<Suggestion>> {
    let reason = body.reason.trim();
    if !(1..=TEXT_CHARS).contains(&reason.chars().count()) {
        return Err(LayerRefusal::NoReason.into());
    }
    let mut tx = ctx.begin().await?;
    let row = promotions::suggestion(&mut tx, &caller.scope, &id).await?;
    let decision = Decision {
        from: SuggestionState::Open,
        to: SuggestionState::Declined,
        by: &caller.operator_name,
        reason,
        invitation: ("", "", ""),
    };
    decided(tx, &caller, (&row, "layers.decline"), &decision).await
}

/// Takes the last decision back: the suggestion is open again, and an invitation nobody sent is withdrawn.
#[utoipa::path(post, path = "/api/v1/layers/suggestions/{id}/undo",
    responses((status = 200, body = Suggestion), (status = 404, body = ErrorBody), (status = 409, body = ErrorBody)))]
async fn undo_suggestion(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::TasksWrite>,
    Path(id): Path<String>,
) -> AppResult<Json<Suggestion>> {
    let mut tx = ctx.begin().await?;
    let scope = &caller.scope;
    let row = promotions::suggestion(&mut tx, scope, &id).await?;
    let from = SuggestionState::named(&row.state).filter(|s| s.can_be_undone());
    let Some(from) = from else { return Err(state_refusal(&row)) };
    // Another suggestion of the same way may have been opened since.
    let newest = promotions::newest(&mut tx, scope, (&row.path_id, &row.person_id)).await?;
    if newest.is_some_and(|(newest, _, _)| newest != row.id) {
        return Err(state_refusal(&row));
    }
    if !paths::paths(&mut tx, scope).await?.iter().any(|p| p.id == row.path_id) {
        return Err(LayerRefusal::Gone.into());
    }
    let withdrawn = tasks::withdraw(&mut tx, scope, &row.invitation, "layers.undone").await?;
    if from == SuggestionState::Invited && !withdrawn {
        return Err(state_refusal(&row));
    }
    let decision = Decision { from, to: SuggestionState::Open, by: "", reason: "", invitation: ("", "", "") };
    decided(tx, &caller, (&row, "layers.undo"), &decision).await
}

pub fn router() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new()
        .routes(routes!(list_promotion_suggestions))
        .routes(routes!(confirm_suggestion))
        .routes(routes!(decline_suggestion))
        .routes(routes!(undo_suggestion))
}
