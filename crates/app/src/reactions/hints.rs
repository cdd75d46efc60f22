//! What a platform's callbacks and the clock cause: looking at the platform again.

use std::collections::BTreeSet;

use base::Timestamp;

use crate::kernel::db::Tx;
use crate::kernel::http::{AppResult, Scope};
use crate::{accounts, groups, handover, people, staff, tags, welcome};

/// What a platform's callback causes, in the order in which it happens, in the transaction that moves the cursor of
/// the inbox. A hint is never truth: each arm reads the platform's state afterwards and emits facts from that, so
/// that a repeated, late or lost callback changes nothing in the end.
pub async fn on_hint(
    tx: &mut Tx<'_>,
    scope: &Scope,
    account: &str,
    hint: &messenger::inbound::Hint,
    received_at: Timestamp,
) -> AppResult<()> {
    use messenger::inbound::Hint;
    match hint {
        Hint::ContactAdded { staff, contact, state, welcome, .. } => {
            if let Some(code) = welcome {
                let newcomer = welcome::NewContact {
                    account,
                    staff_platform_id: staff,
                    contact_platform_id: contact,
                    welcome_code: code,
                    arrived_at: received_at,
                    state: state.as_deref(),
                };
                welcome::greet(tx, scope, &newcomer).await?;
            }
            people::request_sync(tx, scope, account, contact).await
        }
        Hint::ContactChanged { contact, .. } => {
            on_changed_contacts(tx, scope, &BTreeSet::from([(account, contact.as_str())])).await
        }
        Hint::ContactRemoved { staff, contact, at } => {
            let ended = people::Ended { account, staff, contact, by_customer: false, at: *at };
            people::note_ended(tx, scope, &ended).await?;
            people::request_sync(tx, scope, account, contact).await
        }
        Hint::StaffRemovedByContact { staff, contact, at } => {
            let ended = people::Ended { account, staff, contact, by_customer: true, at: *at };
            people::note_ended(tx, scope, &ended).await?;
            people::request_sync(tx, scope, account, contact).await
        }
        Hint::TransferFailed { staff, contact, .. } => {
            handover::look_now(tx, scope, account, (staff, contact)).await?;
            people::request_sync(tx, scope, account, contact).await
        }
        Hint::ContactMoved { staff, contact, at } => {
            let to = handover::taker_of(tx, scope, account, (staff, contact)).await?;
            let moved = people::Moved { account, from: staff, contact, to: to.as_deref(), at: *at };
            people::note_moved(tx, scope, &moved).await?;
            people::request_sync(tx, scope, account, contact).await
        }
        Hint::GroupChanged { group, member_version, .. } => {
            groups::hinted(tx, scope, account, (group, member_version.as_deref()), received_at).await
        }
        Hint::GroupCreated { group } | Hint::GroupDismissed { group, .. } => {
            groups::hinted(tx, scope, account, (group, None), received_at).await
        }
        Hint::TagsChanged { .. } => tags::request_sync(tx, scope, account).await,
        Hint::DirectoryChanged { .. } => {
            handover::request_left_behind(tx, scope, account).await?;
            staff::request_sync(tx, scope, account).await
        }
        Hint::StaffActed { .. } => Ok(()),
        Hint::Nothing { .. } => Ok(()),
    }
}

/// The platform said of these `(account, contact)` that something about them changed.
pub async fn on_changed_contacts(
    tx: &mut Tx<'_>,
    scope: &Scope,
    contacts: &BTreeSet<(&str, &str)>,
) -> AppResult<()> {
    people::request_syncs(tx, scope, contacts).await
}

/// Mirroring everything of an account: what the operator's button and the first connection begin.
pub async fn start_sync(tx: &mut Tx<'_>, scope: &Scope, account: &str) -> AppResult<()> {
    staff::request_sync(tx, scope, account).await?;
    tags::request_sync(tx, scope, account).await?;
    people::request_full_sync(tx, scope, account).await?;
    groups::request_full_sync(tx, scope, account).await
}

/// What goes round every night: the mirrors of every account and the platform's counters. What was kept long enough
/// goes by `privacy.sweep`.
pub async fn nightly(tx: &mut Tx<'_>, scope: &Scope) -> AppResult<()> {
    for account in accounts::list_ids(tx, scope).await? {
        start_sync(tx, scope, &account).await?;
        groups::request_counters(tx, scope, &account).await?;
        handover::request_left_behind(tx, scope, &account).await?;
    }
    Ok(())
}
