//! Tags: the company's tags, ours and the platform's in one, and who carries which, from which source, since when.
//!
//! A tag belongs to a person. The platform keeps tags per bond of employee and contact, so a tag that is applied here
//! is marked on every living bond (`tags.push`), and one that an employee marks or removes there arrives with the
//! contact's mirror. Marking a tag that is there already changes nothing, so every step may be repeated.

pub mod api;
pub mod jobs;
mod model;
mod rows;
mod store;
#[cfg(test)]
mod tests;

pub use model::TagRefusal;
pub use rows::{PersonTag, TagRow};
pub use store::{get, names_of, of_person};

use std::collections::BTreeSet;

use crate::accounts::{self, SyncKind};
use crate::kernel::db::Tx;
use crate::kernel::http::{AppResult, Scope};
use crate::people;

pub const WORDS: crate::kernel::i18n::Words = crate::words!();

/// Mirrors the company's tags of an account soon.
pub async fn request_sync(tx: &mut Tx<'_>, scope: &Scope, account: &str) -> AppResult<()> {
    accounts::begin_sync(tx, scope, account, SyncKind::Tags).await?;
    tx.enqueue(scope.tenant(), &jobs::Sync { account: account.to_owned() }).await
}

/// Gives a person tags. `source` says why: `live_code`, `operator`, `order`, `import` …; a tag she has keeps its first.
pub async fn apply(
    tx: &mut Tx<'_>,
    scope: &Scope,
    person: &str,
    tags: &[String],
    source: &str,
) -> AppResult<()> {
    if store::give(tx, scope, person, tags, source).await? == 0 {
        return Ok(());
    }
    tx.enqueue(scope.tenant(), &jobs::Push { person: person.to_owned() }).await
}

/// Marks a person's tags on those of her bonds that don't show them yet.
pub async fn push(tx: &mut Tx<'_>, scope: &Scope, person: &str) -> AppResult<()> {
    tx.enqueue(scope.tenant(), &jobs::Push { person: person.to_owned() }).await
}

/// What an employee marked or removed on one of a person's bonds, by the platform's tag ids.
pub async fn mirror(
    tx: &mut Tx<'_>,
    scope: &Scope,
    account: &str,
    person: &str,
    (before, after): (&[String], &[String]),
) -> AppResult<()> {
    let before: BTreeSet<&String> = before.iter().collect();
    let after: BTreeSet<&String> = after.iter().collect();
    for marked in after.difference(&before) {
        match store::by_platform_id(tx, scope, account, marked).await? {
            Some(tag) => {
                store::give(tx, scope, person, &[tag.id], "platform").await?;
            }
            // Made a moment ago: the tags' own mirror gives it to everyone who carries it.
            None => request_sync(tx, scope, account).await?,
        }
    }
    for removed in before.difference(&after) {
        let Some(tag) = store::by_platform_id(tx, scope, account, removed).await? else { continue };
        let follows = people::active_follows(tx, scope, person).await?;
        let carrying = follows.iter().filter(|f| f.platform_tags.split(',').any(|t| t == *removed)).count();
        // The bond at hand still shows the tag in our mirror; another one that shows it keeps it.
        if carrying <= 1 {
            store::take(tx, scope, person, &tag.id).await?;
        }
    }
    Ok(())
}
