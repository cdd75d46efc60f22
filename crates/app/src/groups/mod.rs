//! Groups: the customer groups of all employees, who is in them as what, and who answers for them.
//!
//! - `groups.sync` reads one group and compares; only differences become facts, so repeating it counts nothing twice.
//! - A *membership* is one stay; whoever comes back begins another.
//! - A member's kind decides whether she counts ([`MemberKind::eligible`]); persons who speak for the brand anywhere
//!   count nowhere.
//! - A *duty* ties employees to groups and is how far operators see.
//! - Nightly, `groups.reconcile` lists the groups of all owners and reads each: it finds what callbacks lost.

pub mod api;
pub mod jobs;
mod model;
mod rows;
mod store;
#[cfg(test)]
mod tests;

pub use model::{GroupRefusal, MemberKind};
pub use rows::{CounterRow, GroupRow, MemberRow};
pub use store::{
    MemberFilter, by_platform_id, counters, eligible_count, eligible_people, get, members, of_community,
    open_members, set_community,
};

use base::Timestamp;
use base::time::SECOND;

use crate::accounts::{self, SyncKind};
use crate::kernel::db::Tx;
use crate::kernel::http::{AppResult, Scope};
use crate::people;
use crate::reactions::{self, Fact};
use crate::staff::StaffRow;

pub const WORDS: crate::kernel::i18n::Words = crate::words!();

/// The platform's own answer lags behind its callback by about this long.
const LAG: i64 = 2 * SECOND;

/// Reads one group, by its platform id, at `at` or soon after.
pub async fn request_sync(
    tx: &mut Tx<'_>,
    scope: &Scope,
    account: &str,
    group: &str,
    at: Timestamp,
) -> AppResult<()> {
    let job = jobs::Sync { account: account.to_owned(), group: group.to_owned(), counted: false };
    tx.enqueue_at(scope.tenant(), &job, at).await
}

/// A callback said that a group changed: remembers which version of the members it spoke of, and reads the group when
/// the platform's answer has caught up.
pub async fn hinted(
    tx: &mut Tx<'_>,
    scope: &Scope,
    account: &str,
    (group, member_version): (&str, Option<&str>),
    received_at: Timestamp,
) -> AppResult<()> {
    store::note_hint(tx, scope, account, (group, member_version), received_at).await?;
    request_sync(tx, scope, account, group, received_at.plus(LAG)).await
}

/// Lists and reads all groups of an account, or goes on where that stopped.
pub async fn request_full_sync(tx: &mut Tx<'_>, scope: &Scope, account: &str) -> AppResult<()> {
    accounts::begin_sync(tx, scope, account, SyncKind::Groups).await?;
    tx.enqueue(scope.tenant(), &jobs::Reconcile { account: account.to_owned() }).await
}

/// Reads the platform's counters of every group owner of an account.
pub async fn request_counters(tx: &mut Tx<'_>, scope: &Scope, account: &str) -> AppResult<()> {
    for owner in store::owners(tx, scope, account).await? {
        let job = jobs::Counters { account: account.to_owned(), staff: owner };
        tx.enqueue(scope.tenant(), &job).await?;
    }
    Ok(())
}

/// An employee is something else among customers now; her memberships follow, unless they were set by hand.
pub async fn follow_staff_kind(tx: &mut Tx<'_>, scope: &Scope, staff: &StaffRow) -> AppResult<()> {
    let kind = MemberKind::of_staff(&staff.kind);
    store::set_staff_kind(tx, scope, (&staff.account_id, &staff.platform_id), kind).await
}

/// Sets what a member is. A house account stays one, and whoever speaks for the brand counts in no group any more.
pub async fn set_member_kind(
    tx: &mut Tx<'_>,
    scope: &Scope,
    group: &str,
    membership: &str,
    kind: MemberKind,
) -> AppResult<MemberRow> {
    let mut member = store::member(tx, scope, group, membership).await?;
    model::check_kind(&member, kind)?;
    kind.word().clone_into(&mut member.kind);
    if model::bars_person(kind) && !member.is_staff {
        people::bar(tx, scope, &member.person_id, kind.word()).await?;
    }
    store::set_member_kind(tx, scope, &member, kind).await?;
    if kind.eligible() && !store::is_trial(tx, scope, &member.person_id).await? {
        people::unbar(tx, scope, &member.person_id).await?;
    }
    settle_person(tx, scope, &member.person_id).await?;
    let (person, kind, at) = (member.person_id.clone(), kind.word().to_owned(), tx.now());
    reactions::on(tx, scope, &Fact::KindChanged { person, kind, at }).await?;
    store::member(tx, scope, group, membership).await
}

/// Brings a person's stays up to who she is now, after rows came to her or left her.
pub async fn settle_person(tx: &mut Tx<'_>, scope: &Scope, person: &str) -> AppResult<()> {
    store::settle_eligible(tx, scope, person).await?;
    for touched in store::groups_of_person(tx, scope, person).await? {
        store::recount(tx, scope, &touched).await?;
    }
    Ok(())
}
