//! `/api/v1/tag-rules`: rules that tag, with their trial.

mod trial;

use axum::Json;
use axum::extract::{Path, State};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::super::model::{self, Body, TagRefusal};
use super::super::rows::{RuleRow, RuleVersionRow};
use super::super::store::{self, rules};
use crate::ctx::Ctx;
use crate::kernel::audit;
use crate::kernel::db::Tx;
use crate::kernel::http::{Allowed, AppResult, Caller, ErrorBody, Scope, permission};
use crate::people;
use trial::Trial;

/// A rule and how it has done.
#[derive(Serialize, ToSchema)]
struct TagRule {
    id: String,
    name: String,
    #[serde(flatten)]
    body: Body,
    enabled: bool,
    version: i64,
    /// The trigger came and the conditions held.
    hits: i64,
    /// The trigger came and a condition failed.
    misses: i64,
    last_run_at: Option<i64>,
    last_hit_at: Option<i64>,
    /// Catalogue key; empty when nothing went wrong since the last change.
    last_error: String,
    last_error_at: Option<i64>,
    created_at: i64,
}

fn view(row: RuleRow) -> AppResult<TagRule> {
    let body = row.body()?;
    Ok(TagRule {
        id: row.id,
        name: row.name,
        body,
        enabled: row.enabled,
        version: row.version,
        hits: row.hits,
        misses: row.misses,
        last_run_at: row.last_run_at,
        last_hit_at: row.last_hit_at,
        last_error: row.last_error,
        last_error_at: row.last_error_at,
        created_at: row.created_at,
    })
}

#[derive(Serialize, ToSchema)]
struct TagRulePage {
    items: Vec<TagRule>,
    next: Option<String>,
}

/// All rules.
#[utoipa::path(get, path = "/api/v1/tag-rules", responses((status = 200, body = TagRulePage)))]
async fn list_rules(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::TagsRead>,
) -> AppResult<Json<TagRulePage>> {
    let mut tx = ctx.read().await?;
    let rows = rules::list(&mut tx, &caller.scope).await?;
    let items = rows.into_iter().map(view).collect::<AppResult<Vec<_>>>()?;
    Ok(Json(TagRulePage { items, next: None }))
}

/// A state of a rule.
#[derive(Serialize, ToSchema)]
struct TagRuleVersion {
    version: i64,
    name: String,
    #[serde(flatten)]
    body: Body,
    enabled: bool,
    operator_name: String,
    at: i64,
}

fn version_view(row: RuleVersionRow) -> AppResult<TagRuleVersion> {
    let body = serde_json::from_str(&row.body)?;
    let RuleVersionRow { version, name, enabled, operator_name, at, .. } = row;
    Ok(TagRuleVersion { version, name, body, enabled, operator_name, at })
}

/// A rule with its former states, newest first.
#[derive(Serialize, ToSchema)]
struct TagRuleDetail {
    #[serde(flatten)]
    rule: TagRule,
    versions: Vec<TagRuleVersion>,
}

/// One rule.
#[utoipa::path(get, path = "/api/v1/tag-rules/{id}",
    responses((status = 200, body = TagRuleDetail), (status = 404, body = ErrorBody)))]
async fn get_rule(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::TagsRead>,
    Path(id): Path<String>,
) -> AppResult<Json<TagRuleDetail>> {
    let mut tx = ctx.read().await?;
    let rule = view(rules::get(&mut tx, &caller.scope, &id).await?)?;
    let rows = rules::versions(&mut tx, &caller.scope, &id).await?;
    let versions = rows.into_iter().map(version_view).collect::<AppResult<Vec<_>>>()?;
    Ok(Json(TagRuleDetail { rule, versions }))
}

/// A rule as it is to be.
#[derive(Deserialize, ToSchema)]
struct TagRuleDraft {
    /// 1 to 40 characters.
    name: String,
    #[serde(flatten)]
    body: Body,
    enabled: bool,
}

/// Checks a draft and writes it as the next version of a rule.
async fn save(tx: &mut Tx<'_>, caller: &Caller, id: &str, draft: &TagRuleDraft) -> AppResult<()> {
    let scope = &caller.scope;
    let name = draft.name.trim();
    if !(1..=40).contains(&name.chars().count()) {
        return Err(TagRefusal::RuleName.into());
    }
    draft.body.check()?;
    for tag in draft.body.tags() {
        store::get(tx, scope, tag).await?;
    }
    if draft.enabled {
        refuse_ring(tx, scope, (id, name), &draft.body).await?;
    }
    let (body, enabled, operator) = (&draft.body, draft.enabled, caller.operator_name.as_str());
    rules::save(tx, scope, &rules::NewRule { id, name, body, enabled, operator }).await?;
    audit::record(tx, caller, "tags.save_rule", id).await?;
    Ok(())
}

/// Rules that would wake each other without end are refused, with the ring's names.
async fn refuse_ring(tx: &mut Tx<'_>, scope: &Scope, (id, name): (&str, &str), body: &Body) -> AppResult<()> {
    let mut all = vec![(name.to_owned(), body.clone())];
    for rule in rules::list(tx, scope).await?.into_iter().filter(|r| r.enabled && r.id != id) {
        let body = rule.body()?;
        all.push((rule.name, body));
    }
    match model::ring(&all) {
        Some(ring) => Err(TagRefusal::RuleRing { path: ring.join(" → ") }.into()),
        None => Ok(()),
    }
}

/// Makes a rule.
#[utoipa::path(post, path = "/api/v1/tag-rules", request_body = TagRuleDraft,
    responses((status = 200, body = TagRule), (status = 404, body = ErrorBody), (status = 409, body = ErrorBody),
        (status = 422, body = ErrorBody)))]
async fn create_rule(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::TagsWrite>,
    Json(draft): Json<TagRuleDraft>,
) -> AppResult<Json<TagRule>> {
    let mut tx = ctx.begin().await?;
    let id = tx.new_id("tgr");
    save(&mut tx, &caller, &id, &draft).await?;
    let made = view(rules::get(&mut tx, &caller.scope, &id).await?)?;
    tx.commit().await?;
    Ok(Json(made))
}

/// Changes a rule; the former state is kept.
#[utoipa::path(put, path = "/api/v1/tag-rules/{id}", request_body = TagRuleDraft,
    responses((status = 200, body = TagRule), (status = 404, body = ErrorBody), (status = 409, body = ErrorBody),
        (status = 422, body = ErrorBody)))]
async fn change_rule(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::TagsWrite>,
    Path(id): Path<String>,
    Json(draft): Json<TagRuleDraft>,
) -> AppResult<Json<TagRule>> {
    let mut tx = ctx.begin().await?;
    rules::get(&mut tx, &caller.scope, &id).await?;
    save(&mut tx, &caller, &id, &draft).await?;
    let changed = view(rules::get(&mut tx, &caller.scope, &id).await?)?;
    tx.commit().await?;
    Ok(Json(changed))
}

/// Deletes a rule. Tags that it gave stay.
#[utoipa::path(delete, path = "/api/v1/tag-rules/{id}", responses((status = 204), (status = 404, body = ErrorBody)))]
async fn delete_rule(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::TagsWrite>,
    Path(id): Path<String>,
) -> AppResult<StatusCode> {
    let mut tx = ctx.begin().await?;
    rules::get(&mut tx, &caller.scope, &id).await?;
    rules::delete(&mut tx, &caller.scope, &id).await?;
    audit::record(&mut tx, &caller, "tags.delete_rule", &id).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A rule to be tried on what happened in the last 30 days, and on one person if named.
#[derive(Deserialize, ToSchema)]
struct TrialDraft {
    #[serde(flatten)]
    body: Body,
    person: Option<String>,
}

/// What a rule would have done in the last 30 days. Changes nothing.
#[utoipa::path(post, path = "/api/v1/tag-rules/trial", request_body = TrialDraft,
    responses((status = 200, body = Trial), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)))]
async fn try_rule(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::TagsWrite>,
    Json(draft): Json<TrialDraft>,
) -> AppResult<Json<Trial>> {
    draft.body.check()?;
    let mut tx = ctx.read().await?;
    for tag in draft.body.tags() {
        store::get(&mut tx, &caller.scope, tag).await?;
    }
    let person = match &draft.person {
        Some(id) => Some(people::get(&mut tx, &caller.scope, id).await?),
        None => None,
    };
    Ok(Json(trial::run(&mut tx, &caller.scope, &draft.body, person.as_ref()).await?))
}

pub fn router() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new().routes(routes!(list_rules, create_rule)).routes(routes!(try_rule)).routes(routes!(
        get_rule,
        change_rule,
        delete_rule
    ))
}
