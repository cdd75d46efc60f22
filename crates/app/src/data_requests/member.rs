//! A member's own page: what is kept about her, her tags, her requests, and the copy she asked for.

mod sidebar;

use axum::Json;
use axum::extract::{Path, State};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::api::{FileView, RequestView, checked_wish, file_view, hand_out};
use super::model::{Act, Kind, RequestRefusal, readable};
use super::store::{self, Filter, NewRequest};
use crate::ctx::Ctx;
use crate::kernel::audit;
use crate::kernel::db::Tx;
use crate::kernel::http::{AppError, AppResult, ErrorBody, Paging, Scope, SystemReason};
use crate::kernel::i18n::{self, Locale};
use crate::privacy::Visitor;
use crate::{tags, tenants};

/// One kind of thing that is kept about her.
#[derive(Serialize, ToSchema)]
struct KeptView {
    label: String,
    count: i64,
}

#[derive(Serialize, ToSchema)]
struct OwnTag {
    tag_id: String,
    group: String,
    name: String,
}

#[derive(Serialize, ToSchema)]
struct OwnRequest {
    #[serde(flatten)]
    request: RequestView,
    /// Her copy, while its days last.
    file: Option<FileView>,
}

/// Everything on a member's privacy page but the switches.
#[derive(Serialize, ToSchema)]
struct OwnData {
    organiser: String,
    kept: Vec<KeptView>,
    tags: Vec<OwnTag>,
    /// Newest first.
    requests: Vec<OwnRequest>,
    /// Working days until a request is answered.
    working_days: i64,
}

/// What is kept about the visitor, her tags and her requests.
#[utoipa::path(get, path = "/api/member/v1/own-data",
    responses((status = 200, body = OwnData), (status = 401, body = ErrorBody)))]
async fn get_own_data(State(ctx): State<Ctx>, visitor: Visitor) -> AppResult<Json<OwnData>> {
    let mut tx = ctx.read().await?;
    Ok(Json(own_data(&mut tx, &ctx, &visitor).await?))
}

async fn own_data(tx: &mut Tx<'_>, ctx: &Ctx, visitor: &Visitor) -> AppResult<OwnData> {
    let (scope, person) = (&visitor.scope, visitor.person()?);
    let keys = store::keys_of(tx, scope, person).await?;
    let kept = kept(store::counts(tx, scope, &keys).await?, visitor.locale);
    let tags = tags::of_person(tx, scope, person).await?;
    let tags = tags.into_iter().map(|t| OwnTag { tag_id: t.tag_id, group: t.group_name, name: t.name });
    let filter = Filter { person: person.to_owned(), pattern: "%".to_owned(), ..Filter::default() };
    let page = Paging { after: String::new(), limit: 20 };
    let mut requests = Vec::new();
    for row in store::list(tx, scope, &page, &filter).await? {
        let file = store::file(tx, scope, &row.id).await?;
        let file = file.map(|file| file_view(tx, scope, &ctx.config().public_url, file));
        requests.push(OwnRequest { request: RequestView::of(row, ctx.now().0), file });
    }
    Ok(OwnData {
        organiser: tenants::get(tx, scope).await?.name,
        kept,
        tags: tags.collect(),
        requests,
        working_days: store::working_days(tx, scope).await?,
    })
}

/// Counts with words for them; tables without words of their own are summed up.
fn kept(counts: Vec<(&'static str, i64)>, locale: Locale) -> Vec<KeptView> {
    let mut others = 0;
    let mut views = Vec::new();
    for (table, count) in counts {
        match readable::label(locale, table) {
            label if label != table => views.push(KeptView { label, count }),
            _ => others += count,
        }
    }
    if others > 0 {
        let label = i18n::text(locale, "data_requests.table.others", &serde_json::json!({}));
        views.push(KeptView { label, count: others });
    }
    views
}

#[derive(Deserialize, ToSchema)]
#[schema(as = OwnDataRequest)]
struct OwnDraft {
    kind: Kind,
    /// Up to 1,000 characters.
    #[serde(default)]
    wish: String,
}

/// Asks for a copy, a correction, an erasure or a restriction. The platform said who she is, so nothing more is asked.
#[utoipa::path(post, path = "/api/member/v1/own-data/requests", request_body = OwnDraft,
    responses((status = 200, body = OwnData), (status = 401, body = ErrorBody), (status = 409, body = ErrorBody)))]
async fn ask_about_own_data(
    State(ctx): State<Ctx>,
    visitor: Visitor,
    Json(draft): Json<OwnDraft>,
) -> AppResult<Json<OwnData>> {
    let (scope, person) = (&visitor.scope, visitor.person()?);
    let wish = checked_wish(&draft.wish)?;
    let mut tx = ctx.begin().await?;
    let new = NewRequest {
        person,
        kind: draft.kind,
        channel: "member_page",
        wish,
        locale: visitor.locale.tag(),
        actor: "",
    };
    let id = store::enter(&mut tx, scope, &new).await?;
    let request = store::get(&mut tx, scope, &id).await?;
    store::act(&mut tx, scope, &request, (Act::Verify, "", "OAuth")).await?;
    audit::record_system(&mut tx, scope, "member page", "data_requests.enter", &id).await?;
    let own = own_data(&mut tx, &ctx, &visitor).await?;
    tx.commit().await?;
    Ok(Json(own))
}

/// Deletes one of the visitor's own tags, here and at the platform.
#[utoipa::path(delete, path = "/api/member/v1/own-data/tags/{tag}",
    responses((status = 200, body = OwnData), (status = 401, body = ErrorBody), (status = 404, body = ErrorBody)))]
async fn delete_own_tag(
    State(ctx): State<Ctx>,
    visitor: Visitor,
    Path(tag): Path<String>,
) -> AppResult<Json<OwnData>> {
    let (scope, person) = (&visitor.scope, visitor.person()?);
    let mut tx = ctx.begin().await?;
    let own_wish = tags::Cause::of("member");
    if tags::remove_by(&mut tx, scope, person, std::slice::from_ref(&tag), own_wish).await?.is_empty() {
        return Err(AppError::not_found());
    }
    audit::record_system(&mut tx, scope, "member page", "tags.take", person).await?;
    let own = own_data(&mut tx, &ctx, &visitor).await?;
    tx.commit().await?;
    Ok(Json(own))
}

/// Fetches a copy by its address, while its days last.
#[utoipa::path(get, path = "/m/data/{token}",
    responses((status = 200, content_type = "application/zip"), (status = 410, body = ErrorBody)))]
async fn fetch_own_copy(State(ctx): State<Ctx>, Path(token): Path<String>) -> AppResult<Response> {
    let mut tx = ctx.begin().await?;
    let file = store::file_by_token(&mut tx, &token).await?.ok_or(RequestRefusal::FileGone)?;
    let scope = Scope::across_tenants(&file.tenant_id, SystemReason("address of a copy of data"));
    let answer = hand_out(&ctx, &mut tx, &scope, (&file, "")).await?;
    tx.commit().await?;
    Ok(answer)
}

pub fn router() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new()
        .routes(routes!(get_own_data))
        .routes(routes!(ask_about_own_data))
        .routes(routes!(delete_own_tag))
        .routes(routes!(fetch_own_copy))
        .routes(routes!(sidebar::get_sidebar_refusals, sidebar::set_sidebar_refusal))
}
