//! People: one row per human, after dedupe, with the contacts by which connected accounts know her and the bonds
//! between those contacts and employees.
//!
//! - *Recognition*: the union id first, then the platform's id within the account. A person gets a dense number once,
//!   because sets of people are bitmaps over it.
//! - A *contact* is a person in one account; a *follow* is the bond of one employee and one contact.
//! - Employees who sit in groups are persons of kind `staff`, so that nobody of the brand counts as a customer.

pub mod api;
pub mod jobs;
mod model;
mod rows;
mod store;
#[cfg(test)]
mod tests;

pub use model::{Place, Seen};
pub use rows::{ActiveFollow, FollowView, PersonRow, Recognised};
pub use store::{
    ContactData, Key, KnownPerson, NewImported, Way, add_keys, bonded_among, contact_data, create_imported,
    imported_among, known_by, may_import, normal_phone, phone_digest, rename_imported,
};
pub use store::{Filter, list, matching};
pub use store::{active_follows, bar, by_external_id, follows_of, get, recognise, set_platform_tags};

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
