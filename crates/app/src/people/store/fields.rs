//! Definitions and values of custom fields.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde_json::Value;

use super::super::model::{FieldForm, FieldRefusal, OwnField};
use super::super::rows::{FieldRow, ValueRow};
use super::imported::{PORTION, filled, holes};
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

/// A definition as other slices use it.
fn own(row: FieldRow) -> AppResult<OwnField> {
    let form = FieldForm::named(&row.form)
        .ok_or_else(|| AppError::fault(format!("field {} has the form {}", row.id, row.form)))?;
    Ok(OwnField {
        form,
        choices: row.choice_list(),
        sensitive: row.sensitive,
        minor: OwnField::is_about_a_child(&row.privacy),
        roles: row.role_list(),
        archived: row.archived,
        id: row.id,
        name: row.name,
    })
}

/// The company's own fields in their order, archived ones last.
///
/// # Errors
/// When the database can't be read.
pub async fn own_fields(tx: &mut Tx<'_>, scope: &Scope) -> AppResult<Vec<OwnField>> {
    fields(tx, scope).await?.into_iter().map(own).collect()
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
    let row = field(tx, scope, new.field).await?;
    let required = row.required;
    let field = own(row)?;
    if field.archived {
        return Err(FieldRefusal::Archived { field: field.name }.into());
    }
    let now = tx.now();
    let Some(value) = new.value else {
        if required {
            return Err(FieldRefusal::Required { field: field.name }.into());
        }
        tx.exec(
            "DELETE FROM people_value WHERE tenant_id = $1 AND person_id = $2 AND field_id = $3",
            args![scope.tenant(), new.person, &field.id],
        )
        .await?;
        let fact = Fact::FieldSet { person: new.person.to_owned(), field: field.id, value: None, at: now };
        return reactions::on(tx, scope, &fact).await;
    };
    let today = tenants::get(tx, scope).await?.tenant_zone().day_of(now);
    let kept = field.kept(value, today)?;
    tx.exec(
        "INSERT INTO people_value (tenant_id, person_id, field_id, value, source, at)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (tenant_id, person_id, field_id) DO UPDATE
         SET value = excluded.value, source = excluded.source, at = excluded.at",
        args![scope.tenant(), new.person, &field.id, field.sealed(sealer, &tx.ids(), &kept), new.source, now],
    )
    .await?;
    reactions::on(tx, scope, &told(new.person, &field, kept, now)).await
}

/// What the log says of a value: a sensitive one only that it was set.
fn told(person: &str, field: &OwnField, kept: String, at: base::Timestamp) -> Fact {
    let value = Some(kept).filter(|_| !field.sensitive);
    Fact::FieldSet { person: person.to_owned(), field: field.id.clone(), value, at }
}

/// Kept texts by person and field.
pub type Values = BTreeMap<(String, String), String>;

/// Sets fields of many persons at once: kept texts by person and place in `fields`. Each is a fact of its own.
///
/// # Errors
/// When the database can't be written.
pub async fn set_values(
    tx: &mut Tx<'_>,
    scope: &Scope,
    (fields, source): (&[OwnField], &str),
    values: &BTreeMap<(String, usize), String>,
) -> AppResult<()> {
    let (now, ids, sealer) = (tx.now(), tx.ids(), tx.sealer());
    let (mut rows, mut facts) = (Vec::new(), Vec::new());
    for ((person, place), kept) in values {
        let Some(field) = fields.get(*place) else { continue };
        rows.push(args![scope.tenant(), person, &field.id, field.sealed(&sealer, &ids, kept), source, now]);
        facts.push(told(person, field, kept.clone(), now));
    }
    tx.insert_many(
        "INSERT INTO people_value (tenant_id, person_id, field_id, value, source, at)",
        rows,
        "ON CONFLICT (tenant_id, person_id, field_id) DO UPDATE
         SET value = excluded.value, source = excluded.source, at = excluded.at",
    )
    .await?;
    reactions::on_many(tx, scope, &facts).await
}

/// What these fields hold of these persons, opened. A value that doesn't open is absent.
///
/// # Errors
/// When the database can't be read.
pub async fn values_among(
    tx: &mut Tx<'_>,
    scope: &Scope,
    fields: &[OwnField],
    persons: &[&str],
) -> DbResult<Values> {
    static VALUES: LazyLock<&'static str> = LazyLock::new(|| {
        format!(
            "SELECT person_id, field_id, value FROM people_value WHERE tenant_id = $1 AND person_id IN ({})",
            holes(2)
        )
        .leak()
    });
    let mut found = Values::new();
    if fields.is_empty() {
        return Ok(found);
    }
    let sealer = tx.sealer();
    for portion in persons.chunks(PORTION) {
        let rows: Vec<(String, String, String)> =
            tx.all(&VALUES, filled(args![scope.tenant()], portion)).await?;
        for (person, id, stored) in rows {
            let Some(field) = fields.iter().find(|field| field.id == id) else { continue };
            if let Some(kept) = field.opened(&sealer, &stored) {
                found.insert((person, id), kept);
            }
        }
    }
    Ok(found)
}

/// Everybody's value of one field, opened, by dense number.
///
/// # Errors
/// When the database can't be read.
pub async fn values_of_field(
    tx: &mut Tx<'_>,
    scope: &Scope,
    field: &OwnField,
) -> DbResult<Vec<(u32, String)>> {
    let rows: Vec<(i64, String)> = tx
        .all(
            "SELECT p.person_no, v.value FROM people_value v
             JOIN people_person p ON p.tenant_id = v.tenant_id AND p.id = v.person_id
             WHERE v.tenant_id = $1 AND v.field_id = $2 ORDER BY p.person_no",
            args![scope.tenant(), &field.id],
        )
        .await?;
    let sealer = tx.sealer();
    let one = |(no, stored): (i64, String)| Some((u32::try_from(no).ok()?, field.opened(&sealer, &stored)?));
    Ok(rows.into_iter().filter_map(one).collect())
}
