//! Tags: the company's tags, ours and the platform's in one, and who carries which, from which source, since when.
//!
//! - A tag belongs to a person. The platform keeps tags per bond of employee and contact, so a tag that is applied here
//!   is marked on every living bond (`tags.push`), and one that an employee marks or removes there arrives with the
//!   contact's mirror. Marking a tag that is there already changes nothing, so every step may be repeated.
//! - Every change of what a person carries, whoever made it, goes through [`apply_by`] or [`remove_by`] and is a fact.
//! - A *rule* gives and takes tags inside the transaction of the fact that woke it; only customers are touched.
//! - A *bulk job* has a frozen list of people and remembers what it changed of each, so that it can be undone.
//! - *Group tags* are on groups and ours alone.

pub mod api;
pub mod jobs;
mod model;
mod rows;
mod store;
#[cfg(test)]
mod tests;

pub use model::{Cause, Happened, Happening, Place, TagRefusal, name};
pub use rows::{CountedTag, GroupLabel, PersonTag, RuleRow, TagRow};
pub use store::labels::{of_groups as labels_of_groups, set_for_group as set_group_labels};
pub use store::rules::{place_of, value_of_post};
pub use store::{ensure, get, held_names, list, names_of, of_person, of_persons};

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::BoxFuture;

use crate::accounts::{self, SyncKind};
use crate::kernel::db::Tx;
use crate::kernel::http::{AppResult, Scope};
use crate::people;
use crate::reactions::{self, Fact, PEOPLE_PER_FACT};
use model::{Known, Verdict};

pub const WORDS: crate::kernel::i18n::Words = crate::words!();

/// Mirrors the company's tags of an account soon.
pub async fn request_sync(tx: &mut Tx<'_>, scope: &Scope, account: &str) -> AppResult<()> {
    accounts::begin_sync(tx, scope, account, SyncKind::Tags).await?;
    tx.enqueue(scope.tenant(), &jobs::Sync { account: account.to_owned() }).await
}

/// Gives a person tags. `source` says why, see [`Cause`]; a tag she has keeps its first.
pub async fn apply(
    tx: &mut Tx<'_>,
    scope: &Scope,
    person: &str,
    tags: &[String],
    source: &str,
) -> AppResult<()> {
    apply_by(tx, scope, person, tags, Cause::of(source)).await?;
    Ok(())
}

/// Gives a person tags and answers those she did not have.
pub async fn apply_by(
    tx: &mut Tx<'_>,
    scope: &Scope,
    person: &str,
    tags: &[String],
    cause: Cause<'_>,
) -> AppResult<Vec<String>> {
    let mut given = Vec::new();
    for tag in tags {
        if store::give(tx, scope, (person, tag), cause).await? {
            given.push(tag.clone());
        }
    }
    if !given.is_empty() && cause.source != "platform" {
        tx.enqueue(scope.tenant(), &jobs::Push { person: person.to_owned() }).await?;
    }
    for tag in &given {
        let (person, source) = (person.to_owned(), cause.source.to_owned());
        let fact = Fact::TagApplied { person, tag: tag.clone(), source, at: tx.now() };
        tell(tx, scope, fact, cause.depth).await?;
    }
    Ok(given)
}

/// Takes tags from a person and answers those she had.
pub async fn remove_by(
    tx: &mut Tx<'_>,
    scope: &Scope,
    person: &str,
    tags: &[String],
    cause: Cause<'_>,
) -> AppResult<Vec<String>> {
    let mut taken = Vec::new();
    for tag in tags {
        if store::take(tx, scope, (person, tag), cause).await? {
            taken.push(tag.clone());
        }
    }
    for tag in &taken {
        if !matches!(cause.source, "platform" | "deleted") {
            let job = jobs::Unmark { person: person.to_owned(), tag: tag.clone() };
            tx.enqueue(scope.tenant(), &job).await?;
        }
        let (person, source) = (person.to_owned(), cause.source.to_owned());
        let fact = Fact::TagRemoved { person, tag: tag.clone(), source, at: tx.now() };
        tell(tx, scope, fact, cause.depth).await?;
    }
    Ok(taken)
}

/// Hands a fact over. Boxed, because rules come back here.
fn tell<'t>(tx: &'t mut Tx<'_>, scope: &'t Scope, fact: Fact, depth: u8) -> BoxFuture<'t, AppResult<()>> {
    Box::pin(async move { reactions::on_deeper(tx, scope, &fact, depth).await })
}

/// The rules that wait for one of these triggers and are on.
pub async fn rules_awaiting(
    tx: &mut Tx<'_>,
    scope: &Scope,
    triggers: &[&'static str],
) -> AppResult<Vec<RuleRow>> {
    match triggers {
        [] => Ok(Vec::new()),
        [one] => Ok(store::rules::awaiting(tx, scope, (one, one)).await?),
        [one, other, ..] => Ok(store::rules::awaiting(tx, scope, (one, other)).await?),
    }
}

/// Lets rules look at something that happened to a person, and does what they say. Only customers are touched.
pub async fn run_rules(
    tx: &mut Tx<'_>,
    scope: &Scope,
    rules: &[RuleRow],
    happened: &Happened,
    depth: u8,
) -> AppResult<()> {
    if depth >= model::DEEPEST || !store::rules::is_customer(tx, scope, &happened.person).await? {
        return Ok(());
    }
    let mut known: Option<Known> = None;
    for rule in rules {
        let body = rule.body()?;
        if !body.trigger.wakes(&happened.what) {
            continue;
        }
        if known.is_none() {
            known = Some(store::rules::known(tx, scope, &happened.person, happened.at).await?);
        }
        let verdict = known.as_ref().map(|k| body.judge(k, happened));
        if verdict != Some(Verdict::Hit) {
            store::rules::note_run(tx, scope, &rule.id, store::rules::Run::Missed).await?;
            continue;
        }
        let gone = store::rules::gone_tags(tx, scope, &body).await?;
        let run = if gone { store::rules::Run::TagGone } else { store::rules::Run::Hit };
        store::rules::note_run(tx, scope, &rule.id, run).await?;
        let cause = Cause { source: "rule", id: &rule.id, depth: depth + 1 };
        let given = apply_by(tx, scope, &happened.person, &body.add, cause).await?;
        let taken = remove_by(tx, scope, &happened.person, &body.remove, cause).await?;
        if !given.is_empty() || !taken.is_empty() {
            // The next rule sees what this one did, and what that woke.
            known = None;
        }
    }
    Ok(())
}

/// Gives many persons tags at once, `(person, tag id)` each, and lets the platform know for those who have a living
/// bond: only `known` may have one or carry a tag, whoever was made a moment ago has none. Meant for a thousand persons
/// at a time. Answers the facts, to be handed to [`reactions::on_many`] with what else happened.
pub async fn give_many(
    tx: &mut Tx<'_>,
    scope: &Scope,
    pairs: &BTreeSet<(String, String)>,
    known: &[String],
    source: &str,
) -> AppResult<Vec<Fact>> {
    let persons: Vec<&str> = known.iter().map(String::as_str).collect();
    let held = store::held_pairs(tx, scope, &persons).await?;
    let given: BTreeSet<(String, String)> = pairs.difference(&held).cloned().collect();
    store::give_many(tx, scope, &given, source).await?;
    let mut by_tag: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (person, tag) in given {
        by_tag.entry(tag).or_default().push(person);
    }
    for person in people::bonded_among(tx, scope, known).await? {
        tx.enqueue(scope.tenant(), &jobs::Push { person }).await?;
    }
    let at = tx.now();
    let facts = by_tag.iter().flat_map(|(tag, people)| {
        people.chunks(PEOPLE_PER_FACT).map(|some| {
            let (tag, people, source) = (tag.clone(), some.to_vec(), source.to_owned());
            Fact::PeopleTagged { tag, people, source, at }
        })
    });
    Ok(facts.collect())
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
                apply_by(tx, scope, person, &[tag.id], Cause::of("platform")).await?;
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
            remove_by(tx, scope, person, &[tag.id], Cause::of("platform")).await?;
        }
    }
    Ok(())
}
