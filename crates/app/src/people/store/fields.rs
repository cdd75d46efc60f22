//! Definitions and values of custom fields.

use base::Secret;
use serde_json::Value;

use super::super::model::{FieldForm, FieldRefusal, kept_value};
use super::super::rows::{FieldRow, ValueRow};
use crate::args;
use crate::kernel::db::{DbResult, Tx};
use crate::kernel::http::{AppError, AppResult, Scope};
use crate::kernel::seal::Sealer;
use crate::reactions::{self, Fact};
use crate::tenants;

/// A definition to write; the texts are words of their enums.
#[derive(Clone, Debug)]
pub(in super::super) struct NewField<'a> {
    pub name: &'a str,
    pub form: FieldForm,
    pub choices: &'a [String],
    pub required: bool,
    pub sensitive: bool,
    pub privacy: &'a str,
    pub roles: String,
    pub place: i64,
}

/// All definitions in their order; archived ones at the end.
pub async fn fields(tx: &mut Tx<'_>, scope: &Scope) -> DbResult<Vec<FieldRow>> {
    tx.all(
        "SELECT id, name, form, choices, required, sensitive, privacy, roles, place, archived FROM people_field
         WHERE tenant_id = $1 ORDER BY archived, place, id",
        args![scope.tenant()],
    )
    .await
}

/// One definition.
pub async fn field(tx: &mut Tx<'_>, scope: &Scope, id: &str) -> AppResult<FieldRow> {
    tx.opt(
        "SELECT id, name, form, choices, required, sensitive, privacy, roles, place, archived FROM people_field
         WHERE tenant_id = $1 AND id = $2",
        args![scope.tenant(), id],
    )
    .await?
    .ok_or_else(AppError::not_found)
}

pub(in super::super) async fn add_field(
    tx: &mut Tx<'_>,
    scope: &Scope,
    new: &NewField<'_>,
) -> AppResult<String> {
    let (id, now) = (tx.new_id("fld"), tx.now());
    let made = tx
        .exec(
            "INSERT INTO people_field (tenant_id, id, name, form, choices, required, sensitive, privacy, roles, place,
                 made_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
             ON CONFLICT (tenant_id, name) WHERE archived = FALSE DO NOTHING",
            args![
                scope.tenant(),
                &id,
                new.name,
                new.form.word(),
                serde_json::to_string(new.choices)?,
                new.required,
                new.sensitive,
                new.privacy,
                &new.roles,
                new.place,
                now
            ],
        )
        .await?;
    if made == 1 { Ok(id) } else { Err(FieldRefusal::NameTaken { field: new.name.to_owned() }.into()) }
}

/// Writes a definition anew. Form, sensitivity and privacy stay what they were: values are kept in their shape.
pub(in super::super) async fn change_field(
    tx: &mut Tx<'_>,
    scope: &Scope,
    id: &str,
    row: &FieldRow,
) -> AppResult<()> {
    let taken = tx
        .number(
            "SELECT CAST(COUNT(*) AS BIGINT) FROM people_field
             WHERE tenant_id = $1 AND name = $3 AND id <> $2 AND archived = FALSE",
            args![scope.tenant(), id, &row.name],
        )
        .await?;
    if taken > 0 && !row.archived {
        return Err(FieldRefusal::NameTaken { field: row.name.clone() }.into());
    }
    tx.exec(
        "UPDATE people_field SET name = $3, choices = $4, required = $5, roles = $6, place = $7, archived = $8
         WHERE tenant_id = $1 AND id = $2",
        args![
            scope.tenant(),
            id,
            &row.name,
            &row.choices,
            row.required,
            &row.roles,
            row.place,
            row.archived
        ],
    )
    .await?;
    Ok(())
}

/// What a person's fields hold; sensitive values as they are kept, sealed.
pub(in super::super) async fn values_of(
    tx: &mut Tx<'_>,
    scope: &Scope,
    person: &str,
) -> DbResult<Vec<ValueRow>> {
    tx.all(
        "SELECT field_id, value, source, at FROM people_value WHERE tenant_id = $1 AND person_id = $2",
        args![scope.tenant(), person],
    )
    .await
}

/// A value for a person's field. `None` empties it; `source` says where it comes from: `operator`, `form`, `import`.
#[derive(Clone, Copy, Debug)]
pub struct NewValue<'a> {
    pub person: &'a str,
    pub field: &'a str,
    pub value: Option<&'a Value>,
    pub source: &'a str,
}

/// Sets or empties a field of a person.
///
/// # Errors
/// [`FieldRefusal`], naming the field.
pub async fn set_value(tx: &mut Tx<'_>, scope: &Scope, sealer: &Sealer, new: &NewValue<'_>) -> AppResult<()> {
    let field = field(tx, scope, new.field).await?;
    if field.archived {
        return Err(FieldRefusal::Archived { field: field.name }.into());
    }
    let now = tx.now();
    let kept = match new.value {
        None if field.required => return Err(FieldRefusal::Required { field: field.name }.into()),
        None => None,
        Some(value) => {
            let form = FieldForm::named(&field.form)
                .ok_or_else(|| AppError::fault(format!("field {} has the form {}", field.id, field.form)))?;
            let today = tenants::get(tx, scope).await?.tenant_zone().day_of(now);
            Some(kept_value(&field.name, form, &field.choice_list(), value, today)?)
        }
    };
    match &kept {
        None => {
            tx.exec(
                "DELETE FROM people_value WHERE tenant_id = $1 AND person_id = $2 AND field_id = $3",
                args![scope.tenant(), new.person, &field.id],
            )
            .await?;
        }
        Some(text) => {
            let stored = match field.sensitive {
                true => sealer.seal(&tx.ids(), &field.id, &Secret::new(text.clone())),
                false => text.clone(),
            };
            tx.exec(
                "INSERT INTO people_value (tenant_id, person_id, field_id, value, source, at)
                 VALUES ($1, $2, $3, $4, $5, $6)
                 ON CONFLICT (tenant_id, person_id, field_id) DO UPDATE
                 SET value = excluded.value, source = excluded.source, at = excluded.at",
                args![scope.tenant(), new.person, &field.id, stored, new.source, now],
            )
            .await?;
        }
    }
    let value = kept.filter(|_| !field.sensitive);
    let fact = Fact::FieldSet { person: new.person.to_owned(), field: field.id, value, at: now };
    reactions::on(tx, scope, &fact).await
}
