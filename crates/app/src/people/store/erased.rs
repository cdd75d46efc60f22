//! Somebody who was erased and shows up again: a row without identity stands for her.

use super::super::model::Seen;
use super::super::rows::Recognised;
use crate::kernel::db::{DbResult, Tx};
use crate::kernel::http::{AppResult, Scope};
use crate::privacy;

/// What stands in place of the platform's id of somebody who was erased and has not acted since.
pub(super) async fn alias_of(tx: &mut Tx<'_>, scope: &Scope, seen: &Seen<'_>) -> DbResult<Option<String>> {
    if seen.is_staff {
        return Ok(None);
    }
    if seen.external_id.starts_with(privacy::ALIAS) {
        return Ok(Some(seen.external_id.to_owned()));
    }
    let erased = privacy::contact_erased_at(tx, scope, seen.external_id, seen.union_id).await?;
    Ok(erased.map(|_| privacy::alias_of(tx, scope, seen.external_id)))
}

/// The row without identity that stands for her; it counts nowhere.
pub(super) async fn nobody(
    tx: &mut Tx<'_>,
    scope: &Scope,
    seen: &Seen<'_>,
    alias: &str,
) -> AppResult<Recognised> {
    let veiled = Seen { account: seen.account, external_id: alias, at: seen.at, ..Seen::default() };
    if let Some(known) = super::contact(tx, scope, (seen.account, alias, false)).await? {
        return super::recognise::refresh(tx, scope, &veiled, known).await;
    }
    let known = super::recognise::by_person(tx, scope, &veiled).await?;
    super::bar(tx, scope, &known.person, "erased").await?;
    Ok(Recognised { kind: "erased".to_owned(), ..known })
}
