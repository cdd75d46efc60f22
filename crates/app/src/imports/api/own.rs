//! The company's own fields of people as columns of a file: which may be set by whom, and what bad rows say of them.

use http::StatusCode;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::super::model::{Kind, Mapping, own_id, own_word};
use super::super::rows::BadRow;
use crate::kernel::http::{AppResult, Caller, Permission as _, permission, refused};
use crate::people::{OwnField, Sight};

/// One of the company's own fields that a column may mean.
#[derive(Serialize, ToSchema)]
pub struct ImportOwnField {
    /// `custom:` and its id.
    pub word: String,
    pub name: String,
}

/// The own fields that rows of this kind may hold and that the caller may set.
pub fn settable(own: &[OwnField], caller: &Caller, kind: Kind) -> Vec<OwnField> {
    let right = permission::PeopleSensitiveWrite::WORD;
    let may = |field: &&OwnField| !field.archived && field.sight(caller, right) == Sight::Open;
    own.iter().filter(|_| kind.has_own_fields()).filter(may).cloned().collect()
}

/// The same for the mapping screen.
pub fn offered(own: &[OwnField], caller: &Caller, kind: Kind) -> Vec<ImportOwnField> {
    let view = |field: OwnField| ImportOwnField { word: own_word(&field.id), name: field.name };
    settable(own, caller, kind).into_iter().map(view).collect()
}

/// Whoever lets a file set sensitive fields must have the right to set them; fields that her role doesn't see are none.
pub fn may_set(own: &[OwnField], caller: &Caller, mapping: &Mapping) -> AppResult<()> {
    let right = permission::PeopleSensitiveWrite::WORD;
    let sealed = |(_, id): (usize, &str)| {
        own.iter().any(|field| field.id == id && field.sight(caller, right) == Sight::Sealed)
    };
    match mapping.own().into_iter().any(sealed) {
        true => Err(refused("http.no_permission", StatusCode::FORBIDDEN, json!({ "permission": right }))),
        false => Ok(()),
    }
}

/// What a bad row's message speaks of: the name and the choices of an own field.
pub fn about(own: &[OwnField], bad: &BadRow) -> (Option<String>, Value) {
    let field = own_id(&bad.field).map(|id| (id, own.iter().find(|field| field.id == id)));
    match field {
        None => (None, json!({ "limit": 30 })),
        Some((id, None)) => (Some(id.to_owned()), json!({ "field": id, "choices": "" })),
        Some((_, Some(field))) => {
            let args = json!({ "field": field.name, "choices": field.choices.join(" / ") });
            (Some(field.name.clone()), args)
        }
    }
}
