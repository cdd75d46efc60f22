//! Custom fields: what a company wants to know, and what it knows of one person.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path, State};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::super::model::{
    FieldForm, FieldRefusal, PrivacyClass, months_between, opened, role_sees, shown_value,
};
use super::super::rows::FieldRow;
use super::super::store::{self, NewField, NewValue};
use crate::access::Role;
use crate::ctx::Ctx;
use crate::kernel::audit;
use crate::kernel::http::{Allowed, AppError, AppResult, ErrorBody, Permission, permission};
use crate::tenants;

/// A definition.
#[derive(Serialize, ToSchema)]
struct FieldView {
    id: String,
    name: String,
    form: FieldForm,
    choices: Vec<String>,
    required: bool,
    /// Values are kept sealed and shown only to who may see such data.
    sensitive: bool,
    /// `ordinary`, `personal`, `minor`.
    privacy: String,
    /// Roles that see it; empty for all.
    roles: Vec<String>,
    place: i64,
    archived: bool,
}

impl FieldView {
    fn of(row: &FieldRow) -> AppResult<Self> {
        let form = FieldForm::named(&row.form)
            .ok_or_else(|| AppError::fault(format!("field {} has the form {}", row.id, row.form)))?;
        Ok(Self {
            id: row.id.clone(),
            name: row.name.clone(),
            form,
            choices: row.choice_list(),
            required: row.required,
            sensitive: row.sensitive,
            privacy: row.privacy.clone(),
            roles: row.role_list(),
            place: row.place,
            archived: row.archived,
        })
    }
}

#[derive(Serialize, ToSchema)]
struct FieldPage {
    items: Vec<FieldView>,
    next: Option<String>,
}

/// All definitions in their order, archived ones last.
#[utoipa::path(get, path = "/api/v1/people/fields", responses((status = 200, body = FieldPage)))]
async fn list_fields(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::PeopleRead>,
) -> AppResult<Json<FieldPage>> {
    let mut tx = ctx.read().await?;
    let rows = store::fields(&mut tx, &caller.scope).await?;
    let items = rows.iter().map(FieldView::of).collect::<AppResult<_>>()?;
    Ok(Json(FieldPage { items, next: None }))
}

#[derive(Deserialize, ToSchema)]
struct FieldDraft {
    /// At most 30 characters, unique among living fields.
    name: String,
    form: FieldForm,
    /// For the two forms that pick: 1 to 50 words.
    #[serde(default)]
    choices: Vec<String>,
    #[serde(default)]
    required: bool,
    #[serde(default)]
    sensitive: bool,
    privacy: PrivacyClass,
    /// Roles that see it; empty for all.
    #[serde(default)]
    roles: Vec<Role>,
    #[serde(default)]
    place: i64,
}

fn checked_name(name: &str) -> AppResult<String> {
    let name = name.trim();
    match name.chars().count() {
        1..=30 => Ok(name.to_owned()),
        _ => Err(AppError::invalid("name", "1–30")),
    }
}

fn checked_choices(form: FieldForm, choices: &[String]) -> AppResult<Vec<String>> {
    let mut kept: Vec<String> = Vec::new();
    for choice in choices.iter().map(|c| c.trim()).filter(|c| !c.is_empty()) {
        if choice.chars().count() > 30 || kept.len() == 50 {
            return Err(AppError::invalid("choices", "≤ 50 × 30"));
        }
        if !kept.iter().any(|k| k == choice) {
            kept.push(choice.to_owned());
        }
    }
    if form.picks() && kept.is_empty() {
        return Err(FieldRefusal::NeedsChoices.into());
    }
    Ok(if form.picks() { kept } else { Vec::new() })
}

fn role_words(roles: &[Role]) -> String {
    roles.iter().map(|r| r.word()).collect::<Vec<_>>().join(",")
}

/// Defines a field. What is about a child is sensitive whatever the draft says.
#[utoipa::path(post, path = "/api/v1/people/fields", request_body = FieldDraft,
    responses((status = 200, body = FieldView), (status = 409, body = ErrorBody), (status = 422, body = ErrorBody)))]
async fn create_field(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::TenantsWrite>,
    Json(draft): Json<FieldDraft>,
) -> AppResult<Json<FieldView>> {
    let new = NewField {
        name: &checked_name(&draft.name)?,
        form: draft.form,
        choices: &checked_choices(draft.form, &draft.choices)?,
        required: draft.required,
        sensitive: draft.sensitive || draft.privacy == PrivacyClass::Minor,
        privacy: draft.privacy.word(),
        roles: role_words(&draft.roles),
        place: draft.place,
    };
    let mut tx = ctx.begin().await?;
    let id = store::add_field(&mut tx, &caller.scope, &new).await?;
    audit::record(&mut tx, &caller, "people.create_field", &id).await?;
    let view = FieldView::of(&store::field(&mut tx, &caller.scope, &id).await?)?;
    tx.commit().await?;
    Ok(Json(view))
}

#[derive(Deserialize, ToSchema)]
struct FieldPatch {
    name: Option<String>,
    choices: Option<Vec<String>>,
    required: Option<bool>,
    roles: Option<Vec<Role>>,
    place: Option<i64>,
    /// An archived field keeps its values and takes no new ones.
    archived: Option<bool>,
}

/// Changes a definition. Form, sensitivity and privacy class stay what they were.
#[utoipa::path(patch, path = "/api/v1/people/fields/{field}", request_body = FieldPatch,
    responses((status = 200, body = FieldView), (status = 404, body = ErrorBody), (status = 409, body = ErrorBody)))]
async fn patch_field(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::TenantsWrite>,
    Path(id): Path<String>,
    Json(patch): Json<FieldPatch>,
) -> AppResult<Json<FieldView>> {
    let mut tx = ctx.begin().await?;
    let mut row = store::field(&mut tx, &caller.scope, &id).await?;
    if let Some(name) = &patch.name {
        row.name = checked_name(name)?;
    }
    if let Some(choices) = &patch.choices {
        let form = FieldView::of(&row)?.form;
        row.choices = serde_json::to_string(&checked_choices(form, choices)?)?;
    }
    row.required = patch.required.unwrap_or(row.required);
    row.place = patch.place.unwrap_or(row.place);
    row.archived = patch.archived.unwrap_or(row.archived);
    if let Some(roles) = &patch.roles {
        row.roles = role_words(roles);
    }
    store::change_field(&mut tx, &caller.scope, &id, &row).await?;
    audit::record(&mut tx, &caller, "people.change_field", &id).await?;
    tx.commit().await?;
    Ok(Json(FieldView::of(&row)?))
}

/// What a field of a person holds.
#[derive(Serialize, ToSchema)]
struct FieldValue {
    field: FieldView,
    /// Text, number, list of texts, true or false; null when nothing is known, or when it is hidden.
    #[schema(value_type = Option<Object>)]
    value: Value,
    /// There is a value that the caller may not see.
    hidden: bool,
    /// Whole months since the month of birth, for fields of that form.
    months: Option<i32>,
    /// `operator`, `form`, `import`; empty when nothing is known.
    source: String,
    at: i64,
}

#[derive(Serialize, ToSchema)]
struct ValuePage {
    items: Vec<FieldValue>,
    next: Option<String>,
}

/// A person's fields in their order. A sensitive value is shown only to who may see such data; others learn that
/// there is one.
#[utoipa::path(get, path = "/api/v1/people/{id}/fields",
    responses((status = 200, body = ValuePage), (status = 404, body = ErrorBody)))]
async fn list_values(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::PeopleRead>,
    Path(id): Path<String>,
) -> AppResult<Json<ValuePage>> {
    let mut tx = ctx.read().await?;
    let id = store::present(&mut tx, &caller.scope, &id).await?.id;
    let today = tenants::get(&mut tx, &caller.scope).await?.tenant_zone().day_of(ctx.now());
    let kept = store::values_of(&mut tx, &caller.scope, &id).await?;
    let mut kept: BTreeMap<String, _> = kept.into_iter().map(|v| (v.field_id.clone(), v)).collect();
    let mut items = Vec::new();
    for row in store::fields(&mut tx, &caller.scope).await? {
        let field = FieldView::of(&row)?;
        let value = kept.remove(&row.id);
        if !role_sees(&caller, &field.roles) || (row.archived && value.is_none()) {
            continue;
        }
        let hidden = value.is_some() && row.sensitive && !caller.may(permission::PeopleSensitiveRead::WORD);
        let shown = value.as_ref().filter(|_| !hidden);
        let text = shown.and_then(|v| opened(ctx.sealer(), (&row.id, row.sensitive), &v.value));
        let months = text.as_deref().filter(|_| field.form == FieldForm::BirthMonth);
        items.push(FieldValue {
            months: months.and_then(|m| months_between(m, today)),
            value: text.as_deref().map_or(Value::Null, |t| shown_value(field.form, t)),
            hidden,
            source: value.as_ref().map(|v| v.source.clone()).unwrap_or_default(),
            at: value.map_or(0, |v| v.at),
            field,
        });
    }
    Ok(Json(ValuePage { items, next: None }))
}

#[derive(Deserialize, ToSchema)]
struct ValueDraft {
    /// In the field's form; null empties it.
    #[schema(value_type = Option<Object>)]
    value: Option<Value>,
}

/// Sets or empties a field of a person. Setting a sensitive one needs the right to see such data.
#[utoipa::path(put, path = "/api/v1/people/{id}/fields/{field}", request_body = ValueDraft,
    responses((status = 204), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody),
        (status = 422, body = ErrorBody)))]
async fn put_value(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::PeopleWrite>,
    Path((id, field)): Path<(String, String)>,
    Json(draft): Json<ValueDraft>,
) -> AppResult<StatusCode> {
    let mut tx = ctx.begin().await?;
    let id = store::present(&mut tx, &caller.scope, &id).await?.id;
    let row = store::field(&mut tx, &caller.scope, &field).await?;
    if !role_sees(&caller, &row.role_list()) {
        return Err(AppError::not_found());
    }
    let right = permission::PeopleSensitiveWrite::WORD;
    if row.sensitive && !caller.may(right) {
        let args = serde_json::json!({ "permission": right });
        return Err(crate::kernel::http::refused("http.no_permission", StatusCode::FORBIDDEN, args));
    }
    let new = NewValue { person: &id, field: &field, value: draft.value.as_ref(), source: "operator" };
    store::set_value(&mut tx, &caller.scope, ctx.sealer(), &new).await?;
    audit::record(&mut tx, &caller, "people.set_field", &id).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

pub fn router() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new()
        .routes(routes!(list_fields, create_field))
        .routes(routes!(patch_field))
        .routes(routes!(list_values))
        .routes(routes!(put_value))
}
