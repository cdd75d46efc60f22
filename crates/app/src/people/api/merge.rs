//! Joining, parting, taking back, and who may be one.

use axum::Json;
use axum::extract::{Path, Query, State};
use base::Page;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::super::model::{Barred, MatchedBy, phone_confidence};
use super::super::rows::{MergeRow, PhoneRow, SuggestionRow};
use super::super::store::{self, Joining, NewPhone};
use crate::ctx::Ctx;
use crate::kernel::audit;
use crate::kernel::http::{Allowed, AppError, AppResult, ErrorBody, ListQuery, permission};

#[derive(Deserialize, ToSchema)]
struct MergeDraft {
    /// The person who becomes part of the one in the address.
    other: String,
    /// Why, at most 200 characters; kept in the history.
    #[serde(default)]
    reason: String,
    /// Says yes to a result that counts nowhere: a house account stays one.
    #[serde(default)]
    accept_not_counting: bool,
}

#[derive(Serialize, ToSchema)]
struct Merged {
    /// The joining, for taking it back.
    merge: String,
    person: String,
}

/// Makes another person part of this one. All her rows change hands; it can be taken back exactly.
#[utoipa::path(post, path = "/api/v1/people/{id}/merge", request_body = MergeDraft,
    responses((status = 200, body = Merged), (status = 404, body = ErrorBody), (status = 409, body = ErrorBody)))]
async fn merge_people(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::PeopleWrite>,
    Path(id): Path<String>,
    Json(draft): Json<MergeDraft>,
) -> AppResult<Json<Merged>> {
    let reason = draft.reason.trim();
    if reason.chars().count() > 200 {
        return Err(AppError::invalid("reason", "≤ 200"));
    }
    let mut tx = ctx.begin().await?;
    store::get(&mut tx, &caller.scope, &id).await?;
    store::get(&mut tx, &caller.scope, &draft.other).await?;
    let joining = Joining {
        survivor: &id,
        other: &draft.other,
        how: MatchedBy::Manual,
        reason,
        by: (&caller.operator_id, &caller.operator_name),
        barred: if draft.accept_not_counting { Barred::Accept } else { Barred::Refuse },
    };
    let merge = store::merge(&mut tx, &caller.scope, &joining).await?;
    audit::record(&mut tx, &caller, "people.merge", &id).await?;
    tx.commit().await?;
    Ok(Json(Merged { merge, person: id }))
}

#[derive(Deserialize, ToSchema)]
struct SplitDraft {
    /// Ids of the contacts that are somebody else.
    contacts: Vec<String>,
}

#[derive(Serialize, ToSchema)]
struct Parted {
    /// The new person.
    person: String,
}

/// Makes a new person of some of this person's contacts. Their stays in groups go with them; what was counted stays.
#[utoipa::path(post, path = "/api/v1/people/{id}/split", request_body = SplitDraft,
    responses((status = 200, body = Parted), (status = 404, body = ErrorBody), (status = 409, body = ErrorBody)))]
async fn split_person(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::PeopleWrite>,
    Path(id): Path<String>,
    Json(draft): Json<SplitDraft>,
) -> AppResult<Json<Parted>> {
    let mut tx = ctx.begin().await?;
    store::get(&mut tx, &caller.scope, &id).await?;
    let by = (caller.operator_id.as_str(), caller.operator_name.as_str());
    let person = store::split(&mut tx, &caller.scope, (&id, &draft.contacts), by).await?;
    audit::record(&mut tx, &caller, "people.split", &id).await?;
    tx.commit().await?;
    Ok(Json(Parted { person }))
}

#[derive(Serialize, ToSchema)]
struct MergeView {
    #[serde(flatten)]
    merge: MergeRow,
    /// Nothing later stands in the way.
    may_undo: bool,
}

#[derive(Serialize, ToSchema)]
struct MergePage {
    items: Vec<MergeView>,
    next: Option<String>,
}

/// Joinings and partings of a person, newest first.
#[utoipa::path(get, path = "/api/v1/people/{id}/merges",
    responses((status = 200, body = MergePage), (status = 404, body = ErrorBody)))]
async fn list_merges(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::PeopleRead>,
    Path(id): Path<String>,
) -> AppResult<Json<MergePage>> {
    let mut tx = ctx.read().await?;
    let id = store::present(&mut tx, &caller.scope, &id).await?.id;
    let mut items = Vec::new();
    for merge in store::merges_of(&mut tx, &caller.scope, &id).await? {
        let may_undo = store::may_undo(&mut tx, &caller.scope, &merge).await?;
        items.push(MergeView { merge, may_undo });
    }
    Ok(Json(MergePage { items, next: None }))
}

/// Takes a joining back: what came from the other is hers again, what came since stays.
#[utoipa::path(post, path = "/api/v1/people/merges/{id}/undo",
    responses((status = 204), (status = 404, body = ErrorBody), (status = 409, body = ErrorBody)))]
async fn undo_merge(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::PeopleWrite>,
    Path(id): Path<String>,
) -> AppResult<StatusCode> {
    let mut tx = ctx.begin().await?;
    let row = store::merge_by_id(&mut tx, &caller.scope, &id).await?.ok_or_else(AppError::not_found)?;
    store::get(&mut tx, &caller.scope, &row.survivor_id).await?;
    let by = (caller.operator_id.as_str(), caller.operator_name.as_str());
    store::undo(&mut tx, &caller.scope, &row, by).await?;
    audit::record(&mut tx, &caller, "people.undo_merge", &id).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Serialize, ToSchema)]
struct Suggestion {
    #[serde(flatten)]
    pair: SuggestionRow,
    /// Percent.
    confidence: i64,
}

#[derive(Serialize, ToSchema)]
struct SuggestionPage {
    items: Vec<Suggestion>,
    next: Option<String>,
}

/// Pairs of persons who may be one and whom no rule joins by itself.
#[utoipa::path(get, path = "/api/v1/people/suggestions", params(ListQuery),
    responses((status = 200, body = SuggestionPage)))]
async fn list_suggestions(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::PeopleRead>,
    Query(query): Query<ListQuery>,
) -> AppResult<Json<SuggestionPage>> {
    let page = query.paging();
    let mut tx = ctx.read().await?;
    let rows = store::suggestions(&mut tx, &caller.scope, &page).await?;
    let Page { items, next } = Page::cut(rows, page.limit, |r| r.id.clone());
    let items = items.into_iter().map(|pair| Suggestion {
        confidence: match pair.reason.as_str() {
            "union_id" => MatchedBy::UnionId.confidence(),
            _ => phone_confidence(pair.verified, pair.bearers),
        },
        pair,
    });
    Ok(Json(SuggestionPage { items: items.collect(), next }))
}

#[derive(Deserialize, ToSchema)]
struct ApartDraft {
    person_a: String,
    person_b: String,
}

/// Says that two persons are two: neither rule nor list brings them up again.
#[utoipa::path(post, path = "/api/v1/people/suggestions/dismiss", request_body = ApartDraft,
    responses((status = 204), (status = 404, body = ErrorBody)))]
async fn dismiss_suggestion(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::PeopleWrite>,
    Json(pair): Json<ApartDraft>,
) -> AppResult<StatusCode> {
    let mut tx = ctx.begin().await?;
    store::get(&mut tx, &caller.scope, &pair.person_a).await?;
    store::get(&mut tx, &caller.scope, &pair.person_b).await?;
    store::keep_apart(&mut tx, &caller.scope, &pair.person_a, &pair.person_b).await?;
    audit::record(&mut tx, &caller, "people.keep_apart", &pair.person_a).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Serialize, ToSchema)]
struct PhonePage {
    items: Vec<PhoneRow>,
    next: Option<String>,
}

/// A person's phone numbers, by their last digits.
#[utoipa::path(get, path = "/api/v1/people/{id}/phones",
    responses((status = 200, body = PhonePage), (status = 404, body = ErrorBody)))]
async fn list_phones(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::PeopleRead>,
    Path(id): Path<String>,
) -> AppResult<Json<PhonePage>> {
    let mut tx = ctx.read().await?;
    let id = store::present(&mut tx, &caller.scope, &id).await?.id;
    Ok(Json(PhonePage { items: store::phones_of(&mut tx, &caller.scope, &id).await?, next: None }))
}

#[derive(Deserialize, ToSchema)]
struct PhoneDraft {
    /// A mobile number, with or without the country's prefix.
    number: String,
    /// Proven to be hers, for example by a code sent to it or a form she signed: joins her with whoever proved the
    /// same number.
    verified: bool,
}

/// Notes a phone number of a person.
#[utoipa::path(post, path = "/api/v1/people/{id}/phones", request_body = PhoneDraft,
    responses((status = 200, body = Parted), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)))]
async fn add_phone(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::PeopleWrite>,
    Path(id): Path<String>,
    Json(draft): Json<PhoneDraft>,
) -> AppResult<Json<Parted>> {
    if store::normal_phone(&draft.number).is_none() {
        return Err(AppError::invalid("number", "13800000000"));
    }
    let mut tx = ctx.begin().await?;
    let id = store::present(&mut tx, &caller.scope, &id).await?.id;
    let new = NewPhone {
        person: &id,
        contact: "",
        number: &draft.number,
        source: if draft.verified { "form" } else { "operator" },
        source_ref: &id,
        verified: draft.verified,
    };
    let person = store::note_phone(&mut tx, &caller.scope, ctx.sealer(), &new).await?.unwrap_or(id);
    audit::record(&mut tx, &caller, "people.add_phone", &person).await?;
    tx.commit().await?;
    Ok(Json(Parted { person }))
}

pub fn router() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new()
        .routes(routes!(merge_people))
        .routes(routes!(split_person))
        .routes(routes!(list_merges))
        .routes(routes!(undo_merge))
        .routes(routes!(list_suggestions))
        .routes(routes!(dismiss_suggestion))
        .routes(routes!(list_phones, add_phone))
}
