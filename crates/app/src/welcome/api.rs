//! `/api/v1/welcome`: greetings, group templates, and what became of each greeting.

mod log;

use axum::Json;
use axum::extract::{Path, Query, State};
use base::Page;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::jobs::PublishTemplate;
use super::model::{Audience, Draft, LinkCard, Values, WelcomeRefusal, contact_message, group_template};
use super::rows::GreetingRow;
use super::store;
use crate::ctx::Ctx;
use crate::kernel::http::{Allowed, AppError, AppResult, ErrorBody, ListQuery, permission};
use crate::kernel::{audit, i18n, i18n::Locale};

/// A link sent below the text.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct GreetingLink {
    pub title: String,
    #[serde(default)]
    pub description: String,
    pub url: String,
    #[serde(default)]
    pub picture: String,
}

/// Something to mend.
#[derive(Serialize, ToSchema)]
pub struct LintView {
    pub code: String,
    pub message: String,
}

#[derive(Serialize, ToSchema)]
pub struct GreetingView {
    pub id: String,
    pub audience: Audience,
    pub account_id: String,
    pub name: String,
    pub opening: String,
    pub offer: String,
    pub rules: String,
    pub benefit: String,
    pub action: String,
    pub link: Option<GreetingLink>,
    pub invite_code_id: Option<String>,
    pub is_default: bool,
    /// For groups: `draft`, `publishing`, `set_up_needed` (each owner selects it once), `failed`.
    pub template_status: String,
    pub reason_text: String,
    pub reason_detail: String,
    /// The text as it reads, with its variables.
    pub preview: String,
    pub lint: Vec<LintView>,
    pub created_at: i64,
    pub updated_at: i64,
}

#[derive(Serialize, ToSchema)]
pub struct GreetingPage {
    pub items: Vec<GreetingView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

fn lints(draft: &Draft, locale: Locale) -> Vec<LintView> {
    let shown =
        |code: &str| LintView { code: code.to_owned(), message: i18n::text(locale, code, &json!({})) };
    draft.lint().into_iter().map(|lint| shown(lint.code())).collect()
}

fn view(row: &GreetingRow, locale: Locale) -> GreetingView {
    let draft = row.draft();
    let reason_text = match row.reason.as_str() {
        "" => String::new(),
        code => i18n::text(locale, code, &json!({})),
    };
    GreetingView {
        id: row.id.clone(),
        audience: draft.audience,
        account_id: row.account_id.clone(),
        name: row.name.clone(),
        opening: row.opening.clone(),
        offer: row.offer.clone(),
        rules: row.rules.clone(),
        benefit: row.benefit.clone(),
        action: row.action.clone(),
        link: draft.link.clone().map(|l| GreetingLink {
            title: l.title,
            description: l.description,
            url: l.url,
            picture: l.picture,
        }),
        invite_code_id: row.invite_code_id.clone(),
        is_default: row.is_default,
        template_status: row.template_status.clone(),
        reason_text,
        reason_detail: row.reason_detail.clone(),
        preview: draft.pattern(),
        lint: lints(&draft, locale),
        created_at: row.created_at,
        updated_at: row.updated_at,
    }
}

/// A greeting as an operator writes it: five parts in the order in which they are read. Variables: `{nickname}`,
/// `{staff}`, `{group_link}`.
#[derive(Deserialize, ToSchema)]
struct GreetingDraft {
    audience: Audience,
    account_id: String,
    name: String,
    opening: String,
    #[serde(default)]
    offer: String,
    #[serde(default)]
    rules: String,
    #[serde(default)]
    benefit: String,
    #[serde(default)]
    action: String,
    link: Option<GreetingLink>,
    /// A group code, offered as a card or by `{group_link}`.
    invite_code_id: Option<String>,
    #[serde(default)]
    is_default: bool,
}

impl From<GreetingDraft> for Draft {
    fn from(d: GreetingDraft) -> Self {
        let link = d.link.map(|l| LinkCard {
            title: l.title,
            description: l.description,
            url: l.url,
            picture: l.picture,
        });
        Self {
            audience: d.audience,
            account_id: d.account_id,
            name: d.name,
            opening: d.opening,
            offer: d.offer,
            rules: d.rules,
            benefit: d.benefit,
            action: d.action,
            link,
            invite_code_id: d.invite_code_id.filter(|id| !id.is_empty()),
            is_default: d.is_default,
        }
    }
}

/// Greetings, newest first.
#[utoipa::path(get, path = "/api/v1/welcome/greetings", params(ListQuery),
    responses((status = 200, body = GreetingPage)))]
async fn list_greetings(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::WelcomeRead>,
    Query(query): Query<ListQuery>,
) -> AppResult<Json<GreetingPage>> {
    let (paging, pattern) = (query.paging(), query.literal());
    let mut tx = ctx.read().await?;
    let rows = store::list(&mut tx, &caller.scope, &paging, &pattern).await?;
    let page = Page::cut(rows, paging.limit, |r| r.id.clone());
    Ok(Json(GreetingPage {
        items: page.items.iter().map(|r| view(r, caller.locale)).collect(),
        next: page.next,
    }))
}

/// One greeting.
#[utoipa::path(get, path = "/api/v1/welcome/greetings/{id}",
    responses((status = 200, body = GreetingView), (status = 404, body = ErrorBody)))]
async fn get_greeting(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::WelcomeRead>,
    Path(id): Path<String>,
) -> AppResult<Json<GreetingView>> {
    let mut tx = ctx.read().await?;
    let row = store::by_id(&mut tx, &caller.scope, &id).await?.ok_or_else(AppError::not_found)?;
    Ok(Json(view(&row, caller.locale)))
}

/// Makes a greeting.
#[utoipa::path(post, path = "/api/v1/welcome/greetings", request_body = GreetingDraft,
    responses((status = 200, body = GreetingView), (status = 422, body = ErrorBody)))]
async fn create_greeting(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::WelcomeWrite>,
    Json(draft): Json<GreetingDraft>,
) -> AppResult<Json<GreetingView>> {
    let mut tx = ctx.begin().await?;
    let id = store::create(&mut tx, &caller.scope, &draft.into()).await?;
    audit::record(&mut tx, &caller, "welcome.create", &id).await?;
    let row = store::by_id(&mut tx, &caller.scope, &id).await?.ok_or_else(AppError::not_found)?;
    tx.commit().await?;
    Ok(Json(view(&row, caller.locale)))
}

/// Overwrites a greeting. A published group template is changed at the platform too; owners need not select it again.
#[utoipa::path(put, path = "/api/v1/welcome/greetings/{id}", request_body = GreetingDraft,
    responses((status = 200, body = GreetingView), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)))]
async fn update_greeting(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::WelcomeWrite>,
    Path(id): Path<String>,
    Json(draft): Json<GreetingDraft>,
) -> AppResult<Json<GreetingView>> {
    let mut tx = ctx.begin().await?;
    let row = store::by_id(&mut tx, &caller.scope, &id).await?.ok_or_else(AppError::not_found)?;
    if row.audience != draft.audience.word() || row.account_id != draft.account_id {
        return Err(WelcomeRefusal::AudienceFixed.into());
    }
    store::update(&mut tx, &caller.scope, &id, &draft.into()).await?;
    if !row.template_id.is_empty() {
        store::set_template(&mut tx, &caller.scope, &id, "publishing", ("", "")).await?;
        tx.enqueue(caller.scope.tenant(), &PublishTemplate { greeting: id.clone() }).await?;
    }
    audit::record(&mut tx, &caller, "welcome.update", &id).await?;
    let row = store::by_id(&mut tx, &caller.scope, &id).await?.ok_or_else(AppError::not_found)?;
    tx.commit().await?;
    Ok(Json(view(&row, caller.locale)))
}

/// Forgets a greeting that no live code uses.
#[utoipa::path(delete, path = "/api/v1/welcome/greetings/{id}",
    responses((status = 204), (status = 404, body = ErrorBody), (status = 409, body = ErrorBody)))]
async fn delete_greeting(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::WelcomeWrite>,
    Path(id): Path<String>,
) -> AppResult<http::StatusCode> {
    let mut tx = ctx.begin().await?;
    if !store::remove(&mut tx, &caller.scope, &id).await? {
        return Err(AppError::not_found());
    }
    audit::record(&mut tx, &caller, "welcome.delete", &id).await?;
    tx.commit().await?;
    Ok(http::StatusCode::NO_CONTENT)
}

/// What a draft would read like, and what to mend in it.
#[derive(Serialize, ToSchema)]
struct DraftCheck {
    text: String,
    lint: Vec<LintView>,
}

/// Checks a draft without keeping it.
#[utoipa::path(post, path = "/api/v1/welcome/check", request_body = GreetingDraft,
    responses((status = 200, body = DraftCheck), (status = 422, body = ErrorBody)))]
async fn check_greeting(
    caller: Allowed<permission::WelcomeWrite>,
    Json(draft): Json<GreetingDraft>,
) -> AppResult<Json<DraftCheck>> {
    let draft = Draft::from(draft);
    draft.check()?;
    let lint = lints(&draft, caller.locale);
    let text = match draft.audience {
        Audience::Contact => {
            let sample = |key: &str| i18n::text(caller.locale, key, &json!({}));
            let values = Values {
                nickname: sample("welcome.sample_nickname"),
                staff: sample("welcome.sample_staff"),
                invite: draft
                    .invite_code_id
                    .as_ref()
                    .map(|_| LinkCard { url: "https://…/m/j/…".to_owned(), ..LinkCard::default() }),
            };
            contact_message(&draft, &values).text
        }
        Audience::Group => group_template(&draft).text,
    };
    Ok(Json(DraftCheck { text, lint }))
}

/// Puts a greeting for group joiners into the platform's library, or tries again. After an unknown outcome this is the
/// operator's word that the library doesn't hold it.
#[utoipa::path(post, path = "/api/v1/welcome/greetings/{id}/publish",
    responses((status = 200, body = GreetingView), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)))]
async fn publish_greeting(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::WelcomeWrite>,
    Path(id): Path<String>,
) -> AppResult<Json<GreetingView>> {
    let mut tx = ctx.begin().await?;
    let row = store::by_id(&mut tx, &caller.scope, &id).await?.ok_or_else(AppError::not_found)?;
    if row.audience != Audience::Group.word() {
        return Err(WelcomeRefusal::NotATemplate.into());
    }
    if row.template_status != "publishing" {
        store::set_template_intent(&mut tx, &caller.scope, &id, 0).await?;
        store::set_template(&mut tx, &caller.scope, &id, "publishing", ("", "")).await?;
    }
    tx.enqueue(caller.scope.tenant(), &PublishTemplate { greeting: id.clone() }).await?;
    audit::record(&mut tx, &caller, "welcome.publish", &id).await?;
    let row = store::by_id(&mut tx, &caller.scope, &id).await?.ok_or_else(AppError::not_found)?;
    tx.commit().await?;
    Ok(Json(view(&row, caller.locale)))
}

/// Whether a group's owner has selected the template.
#[derive(Serialize, ToSchema)]
struct GroupSetUp {
    group_id: String,
    /// `set_up_needed` or `done`.
    status: String,
    changed_at: i64,
}

#[derive(Serialize, ToSchema)]
struct GroupSetUps {
    /// What to tell the owners: the one thing only they can do.
    task: String,
    groups: Vec<GroupSetUp>,
}

async fn set_ups(
    tx: &mut crate::kernel::db::Tx<'_>,
    caller: &crate::kernel::http::Caller,
    id: &str,
) -> AppResult<GroupSetUps> {
    let row = store::by_id(tx, &caller.scope, id).await?.ok_or_else(AppError::not_found)?;
    let rows = store::set_ups(tx, &caller.scope, id).await?;
    let groups = rows.into_iter().map(|r| GroupSetUp {
        group_id: r.group_id,
        status: r.status,
        changed_at: r.changed_at,
    });
    let task = i18n::text(caller.locale, "welcome.set_up_task", &json!({ "name": row.name }));
    Ok(GroupSetUps { task, groups: groups.collect() })
}

/// The groups a template is meant for.
#[utoipa::path(get, path = "/api/v1/welcome/greetings/{id}/groups",
    responses((status = 200, body = GroupSetUps), (status = 404, body = ErrorBody)))]
async fn list_greeting_groups(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::WelcomeRead>,
    Path(id): Path<String>,
) -> AppResult<Json<GroupSetUps>> {
    let mut tx = ctx.read().await?;
    Ok(Json(set_ups(&mut tx, &caller, &id).await?))
}

#[derive(Deserialize, ToSchema)]
struct SetUpChange {
    group_id: String,
    /// The owner has selected it.
    done: bool,
}

/// Plans a template for a group, or notes that its owner has selected it.
#[utoipa::path(post, path = "/api/v1/welcome/greetings/{id}/groups", request_body = SetUpChange,
    responses((status = 200, body = GroupSetUps), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)))]
async fn set_greeting_group(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::WelcomeWrite>,
    Path(id): Path<String>,
    Json(change): Json<SetUpChange>,
) -> AppResult<Json<GroupSetUps>> {
    let mut tx = ctx.begin().await?;
    let row = store::by_id(&mut tx, &caller.scope, &id).await?.ok_or_else(AppError::not_found)?;
    if row.audience != Audience::Group.word() {
        return Err(WelcomeRefusal::NotATemplate.into());
    }
    if !store::group_in_reach(&mut tx, &caller.scope, &change.group_id).await? {
        return Err(AppError::not_found());
    }
    let status = if change.done { "done" } else { "set_up_needed" };
    store::set_up(&mut tx, &caller.scope, (&id, &change.group_id), status).await?;
    audit::record(&mut tx, &caller, "welcome.set_up_group", &change.group_id).await?;
    let answer = set_ups(&mut tx, &caller, &id).await?;
    tx.commit().await?;
    Ok(Json(answer))
}

pub fn router() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new()
        .routes(routes!(list_greetings, create_greeting))
        .routes(routes!(get_greeting, update_greeting, delete_greeting))
        .routes(routes!(check_greeting))
        .routes(routes!(publish_greeting))
        .routes(routes!(list_greeting_groups, set_greeting_group))
        .merge(log::router())
}
