//! The same figures once more, from the append-only log alone: proof that the running ones are right, and the cure
//! when they are not.

use std::collections::{BTreeMap, BTreeSet};

use base::Timestamp;

use super::super::model::WINDOW;
use super::super::rows::Counted;
use super::super::store;
use crate::kernel::db::Tx;
use crate::kernel::facts;
use crate::kernel::http::{AppResult, Scope};
use crate::reactions::Fact;

/// What the log says, gathered.
#[derive(Default)]
struct Log {
    /// Per post: group and instant of the first fact about it, and whether it was a delivery.
    deliveries: BTreeMap<String, BTreeMap<String, (bool, Timestamp)>>,
    /// Per post, and per group: who, when.
    clicks: BTreeMap<String, Vec<(String, Timestamp)>>,
    leaves: BTreeMap<String, Vec<(String, Timestamp)>>,
    /// Who was joined with whom, as far as it stands.
    joined: BTreeMap<String, String>,
}

impl Log {
    fn take(&mut self, fact: Fact) {
        match fact {
            Fact::PostDelivered { post, group, at, .. } => {
                self.deliveries.entry(post).or_default().entry(group).or_insert((true, at));
            }
            Fact::PostMissed { post, group, at, .. } => {
                self.deliveries.entry(post).or_default().entry(group).or_insert((false, at));
            }
            Fact::LinkClicked { post: Some(post), person, at, .. } => {
                self.clicks.entry(post).or_default().push((person, at));
            }
            Fact::MemberLeft { group, person, eligible: true, at, .. } => {
                self.leaves.entry(group).or_default().push((person, at));
            }
            Fact::PersonMerged { person, other, .. } => {
                self.joined.insert(other, person);
            }
            Fact::PersonSplit { other, undone: Some(_), .. } => {
                self.joined.remove(&other);
            }
            _ => {}
        }
    }

    /// Whoever a person is now.
    fn now<'a>(&'a self, person: &'a str) -> &'a str {
        let mut who = person;
        while let Some(survivor) = self.joined.get(who) {
            who = survivor;
        }
        who
    }

    fn leavers(&self, groups: &BTreeMap<String, (bool, Timestamp)>) -> i64 {
        let mut people: BTreeSet<&str> = BTreeSet::new();
        for (group, (_, sent_at)) in groups.iter().filter(|(_, (sent, _))| *sent) {
            let left = self.leaves.get(group).into_iter().flatten();
            people.extend(left.filter(|(_, at)| within(*sent_at, *at)).map(|(person, _)| self.now(person)));
        }
        count(people.len())
    }

    fn openers(&self, post: &str, starts_at: Timestamp) -> i64 {
        let clicks = self.clicks.get(post).into_iter().flatten();
        let within = clicks.filter(|(_, at)| *at < starts_at.plus(WINDOW));
        count(within.map(|(person, _)| self.now(person)).collect::<BTreeSet<_>>().len())
    }
}

fn within(from: Timestamp, at: Timestamp) -> bool {
    at >= from && at < from.plus(WINDOW)
}

fn count(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

/// Recomputes every release from the log and the attribution's credits. Answers how many differed; with `mend` those
/// are overwritten.
pub async fn recompute(tx: &mut Tx<'_>, scope: &Scope, mend: bool) -> AppResult<usize> {
    let mut log = Log::default();
    let mut seq = 0;
    loop {
        let rows = facts::after(tx, scope.tenant(), seq, 5_000).await?;
        let Some(last) = rows.last() else { break };
        seq = last.seq;
        for row in rows {
            log.take(serde_json::from_str(&row.payload)?);
        }
    }
    let mut all: BTreeMap<String, Counted> = BTreeMap::new();
    for (post, starts_at) in store::all_starts(tx, scope).await? {
        let groups = log.deliveries.remove(&post).unwrap_or_default();
        let sent = groups.values().filter(|(sent, _)| *sent).count();
        let counted = Counted {
            groups_sent: count(sent),
            groups_missed: count(groups.len() - sent),
            opens: log.openers(&post, Timestamp(starts_at)),
            leaves: log.leavers(&groups),
            ..Counted::default()
        };
        all.insert(post, counted);
    }
    add_credits(tx, scope, &mut all).await?;
    let mut differed = 0;
    for (post, fresh) in all {
        if store::counted(tx, scope, &post).await?.as_ref() == Some(&fresh) {
            continue;
        }
        differed += 1;
        if mend {
            store::overwrite(tx, scope, &post, &fresh).await?;
        }
    }
    Ok(differed)
}

async fn add_credits(tx: &mut Tx<'_>, scope: &Scope, all: &mut BTreeMap<String, Counted>) -> AppResult<()> {
    let mut buyers: BTreeSet<(String, String)> = BTreeSet::new();
    for (post, _, person, amount) in store::credits(tx, scope).await? {
        let Some(counted) = all.get_mut(&post) else { continue };
        if amount < 0 {
            counted.refunded -= amount;
            continue;
        }
        counted.orders += 1;
        counted.paid += amount;
        if buyers.insert((post, person)) {
            counted.buyers += 1;
        }
    }
    Ok(())
}
