//! Every query of people, contacts and follows: `list.rs` who is within reach, `recognise.rs` who somebody is,
//! `follows.rs` the bonds, `merges.rs` and `carried.rs` joining and parting, `phones.rs`, `fields.rs`, `losses.rs`,
//! `imported.rs` whom files brought, `erased.rs` who shows up again after an erasure, `names.rs` who is found by name.

pub(crate) mod carried;
mod erased;
mod fields;
mod follows;
mod imported;
mod list;
mod losses;
mod merges;
pub(super) mod names;
mod phones;
mod recognise;

use super::rows::ContactView;
use crate::args;
use crate::kernel::db::{DbResult, Tx};
use crate::kernel::http::{AppResult, Scope};

pub use carried::forget_joinings;
pub(super) use fields::{NewField, add_field, change_field, values_of};
pub use fields::{
    NewValue, Values, field, fields, own_fields, set_value, set_values, values_among, values_of_field,
};
pub use follows::{active_follows, follows_of, set_platform_tags};
pub(super) use follows::{contacts_among, end_follow, follows_among, unseen, upsert_follows};
pub use imported::{
    ContactData, Key, KnownPerson, NewImported, Way, add_keys, bonded_among, contact_data, create_imported,
    imported_among, known_by, may_import, normal_phone, phone_digest, rename_imported,
};
pub use list::{Filter, get, list, matching, numbered, present};
pub(super) use losses::{LossFilter, losses, mark_told, set_tells_losses, settle_loss, tells_losses, untold};
pub use losses::{NewLoss, losses_unseen, note_loss};
pub use merges::{Joining, joined_with, merge, merges_of};
pub(super) use merges::{by_id as merge_by_id, carry_late, keep_apart, may_undo, split, undo};
pub(super) use names::Round;
pub use names::{NOTE_RENAMED, forget_names};
pub use phones::{NewPhone, by_phone, note_phone, phone_key};
pub(super) use phones::{keep_only, of_person as phones_of, suggestions};
pub(super) use recognise::contact;
pub use recognise::{by_external_id, recognise};

/// The contacts by which accounts know a person, oldest first.
pub(super) async fn contacts_of(tx: &mut Tx<'_>, scope: &Scope, person: &str) -> DbResult<Vec<ContactView>> {
    tx.all(
        "SELECT id, account_id, name, external_id, business, matched_by, confidence, matched_at, first_seen_at
         FROM people_contact WHERE tenant_id = $1 AND person_id = $2 ORDER BY id",
        args![scope.tenant(), person],
    )
    .await
}

/// Takes a person out of every figure: `host_crew` and `house_account` for ever, `bot` and `test` until [`unbar`].
pub async fn bar(tx: &mut Tx<'_>, scope: &Scope, person: &str, kind: &str) -> AppResult<()> {
    tx.exec(
        "UPDATE people_person SET kind = $3 WHERE tenant_id = $1 AND id = $2
           AND (kind IN ('customer', 'bot', 'test') OR (kind = 'host_crew' AND $3 = 'house_account'))",
        args![scope.tenant(), person, kind],
    )
    .await?;
    Ok(())
}

/// Somebody who was taken for a bot or a trial is a customer after all.
pub async fn unbar(tx: &mut Tx<'_>, scope: &Scope, person: &str) -> AppResult<()> {
    tx.exec(
        "UPDATE people_person SET kind = 'customer' WHERE tenant_id = $1 AND id = $2 AND kind IN ('bot', 'test')",
        args![scope.tenant(), person],
    )
    .await?;
    Ok(())
}
