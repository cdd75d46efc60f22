//! People: one row per human, after dedupe, with the contacts by which connected accounts know her and the bonds
//! between those contacts and employees.
//!
//! - *Recognition*: the union id first, then the platform's id within the account, then a proven phone number, then a
//!   person's word. A person gets a dense number once, because sets of people are bitmaps over it; the number of whoever
//!   was joined with another is never used again.
//! - *Joining*: every row that carries the other person changes hands, and a ledger says which ([`store::carried`]), so
//!   that it can be taken back exactly. What a rule isn't sure of is a *suggestion*; what a person kept apart stays so.
//! - A *contact* is a person in one account; a *follow* is the bond of one employee and one contact.
//! - Employees who sit in groups are persons of kind `staff`, so that nobody of the brand counts as a customer.

pub mod api;
pub mod jobs;
mod model;
mod rows;
mod store;
#[cfg(test)]
mod tests;

pub use model::{FieldForm, MatchedBy, OwnField, Place, Seen, Sight, counts, opened, role_sees, shown_value};
pub use rows::{ActiveFollow, FollowView, MergeRow, PersonRow, Recognised};
pub use store::{
    ContactData, Key, KnownPerson, NewImported, Way, add_keys, bonded_among, contact_data, create_imported,
    forget_joinings, forget_names, imported_among, known_by, may_import, normal_phone, phone_digest,
    rename_imported,
};
pub use store::{Filter, NOTE_RENAMED, list, matching, numbered, present};
pub use store::{
    Joining, NewLoss, NewPhone, NewValue, active_follows, bar, by_external_id, by_phone, follows_of, get,
    joined_with, losses_unseen, merge, merges_of, note_loss, note_phone, phone_key, recognise,
    set_platform_tags, set_value, unbar,
};
pub use store::{Values, own_fields, set_values, values_among, values_of_field};

pub use crate::privacy::survivor_of;

use std::collections::BTreeSet;

use base::Timestamp;

use crate::accounts::{self, SyncKind};
use crate::kernel::db::Tx;
use crate::kernel::http::{AppResult, Scope};
use crate::reactions::{self, Fact};
use crate::staff;

pub const WORDS: crate::kernel::i18n::Words = crate::words!();

/// Reads one contact from the platform soon.
pub async fn request_sync(tx: &mut Tx<'_>, scope: &Scope, account: &str, contact: &str) -> AppResult<()> {
    let job = jobs::SyncContact { account: account.to_owned(), contact: contact.to_owned() };
    tx.enqueue(scope.tenant(), &job).await
}

/// Reads several contacts again; each `(account, contact)` once.
pub async fn request_syncs(
    tx: &mut Tx<'_>,
    scope: &Scope,
    contacts: &BTreeSet<(&str, &str)>,
) -> AppResult<()> {
    let again = |(account, contact): &(&str, &str)| jobs::SyncContact {
        account: (*account).to_owned(),
        contact: (*contact).to_owned(),
    };
    tx.enqueue_all(scope.tenant(), &contacts.iter().map(again).collect::<Vec<_>>()).await
}

/// Mirrors the contacts of all serving employees, or goes on where that stopped.
pub async fn request_full_sync(tx: &mut Tx<'_>, scope: &Scope, account: &str) -> AppResult<()> {
    accounts::begin_sync(tx, scope, account, SyncKind::Contacts).await?;
    tx.enqueue(scope.tenant(), &jobs::SyncStaffContacts { account: account.to_owned() }).await
}

/// A bond that ended, as a callback tells it. Ignored when the bond was renewed since, or is gone already.
#[derive(Clone, Copy, Debug)]
pub struct Ended<'a> {
    pub account: &'a str,
    /// The platform's id of the employee.
    pub staff: &'a str,
    /// The platform's id of the contact.
    pub contact: &'a str,
    pub by_customer: bool,
    pub at: Timestamp,
}

/// A bond that passed to another employee, as a callback or the platform's list of moves tells it.
#[derive(Clone, Copy, Debug)]
pub struct Moved<'a> {
    pub account: &'a str,
    /// The platform's id of the employee who gave.
    pub from: &'a str,
    /// The platform's id of the contact.
    pub contact: &'a str,
    /// Our id of the employee who took, when it is known.
    pub to: Option<&'a str>,
    pub at: Timestamp,
}

/// Notes that a bond passed to another employee; that isn't a loss. Told twice it is noted once.
pub async fn note_moved(tx: &mut Tx<'_>, scope: &Scope, moved: &Moved<'_>) -> AppResult<()> {
    let Some(giver) = staff::by_platform_id(tx, scope, moved.account, moved.from).await? else {
        return Ok(());
    };
    let found = store::contact(tx, scope, (moved.account, moved.contact, false)).await?;
    let Some(contact) = found else { return Ok(()) };
    if !store::end_follow(tx, scope, (&contact.contact, &giver.id), moved.at).await? {
        return Ok(());
    }
    let fact = Fact::BondMoved {
        person: contact.person,
        contact: contact.contact,
        from: giver.id,
        to: moved.to.map(str::to_owned),
        at: moved.at,
    };
    reactions::on(tx, scope, &fact).await
}

/// Notes the end of a bond. The platform may go on listing a contact who deleted the employee, so this can't be read.
pub async fn note_ended(tx: &mut Tx<'_>, scope: &Scope, ended: &Ended<'_>) -> AppResult<()> {
    let Some(employee) = staff::by_platform_id(tx, scope, ended.account, ended.staff).await? else {
        return Ok(());
    };
    let found = store::contact(tx, scope, (ended.account, ended.contact, false)).await?;
    let Some(contact) = found else { return Ok(()) };
    if !store::end_follow(tx, scope, (&contact.contact, &employee.id), ended.at).await? {
        return Ok(());
    }
    let fact = Fact::ContactLost {
        person: contact.person,
        contact: contact.contact,
        staff: employee.id,
        by_customer: ended.by_customer,
        at: ended.at,
    };
    reactions::on(tx, scope, &fact).await
}
