//! What came of the moves that were asked for.

use std::collections::BTreeMap;

use base::Timestamp;
use messenger::handovers::MoveState;
use messenger::{Error, Lane, Refusal};
use serde::{Deserialize, Serialize};

use super::super::model::{ItemState, next_look, overdue, seen};
use super::super::rows::{ItemRow, RouteRow};
use super::super::store;
use super::way;
use crate::ctx::JobCtx;
use crate::kernel::db::Tx;
use crate::kernel::http::{AppResult, Scope};
use crate::kernel::jobs::{Job, JobError, JobResult, Policy};
use crate::reactions::{self, Fact};
use crate::{groups, people};

/// Looks what the platform says about everything of a plan that waits or that nobody knows about.
#[derive(Debug, Serialize, Deserialize)]
pub struct Look {
    pub plan: String,
}

impl Job for Look {
    const KIND: &'static str = "handover.look";
    const POLICY: Policy = Policy::BULK;

    fn dedupe(&self) -> Option<String> {
        Some(self.plan.clone())
    }

    async fn run(&self, ctx: &mut JobCtx) -> JobResult {
        let (scope, now) = (ctx.scope().clone(), ctx.now());
        let mut tx = ctx.read().await?;
        let Some(route) = store::route(&mut tx, &scope, &self.plan).await? else { return Ok(()) };
        let pending = store::pending(&mut tx, &scope, &self.plan).await?;
        drop(tx);
        let listed = if pending.iter().any(|i| i.kind == "contact") {
            moves(ctx, &route).await?
        } else {
            BTreeMap::new()
        };
        let mut owners: BTreeMap<String, bool> = BTreeMap::new();
        for group in pending.iter().filter(|i| i.kind == "group") {
            owners.insert(group.id.clone(), is_takers(ctx, &route, group).await?);
        }
        let mut tx = ctx.begin().await?;
        for item in &pending {
            let asked = Timestamp(item.asked_at);
            let state = ItemState::named(&item.state).unwrap_or(ItemState::Unknown);
            let shown = match owners.get(&item.id) {
                Some(true) => Some((MoveState::Done, asked)),
                Some(false) => None,
                None => listed.get(&item.platform_id).copied(),
            };
            let next = seen(state, asked, shown);
            let late = overdue(next, asked, now);
            settle(&mut tx, &scope, &route, (item, next, late)).await?;
        }
        store::note_look(&mut tx, &scope, &self.plan).await?;
        let left = store::pending(&mut tx, &scope, &self.plan).await?;
        tx.commit().await?;
        let pause = |i: &ItemRow| next_look(i.state == "unknown", Timestamp(i.asked_at), now);
        match left.iter().map(pause).min() {
            None => Ok(()),
            Some(at) => Err(JobError::RetryAt(at, "customers have their day to refuse".to_owned())),
        }
    }
}

async fn settle(
    tx: &mut Tx<'_>,
    scope: &Scope,
    route: &RouteRow,
    (item, next, late): (&ItemRow, ItemState, Option<&'static str>),
) -> AppResult<()> {
    let step = match (next, late) {
        (_, Some(reason)) => (ItemState::Failed, reason, 0),
        (ItemState::Full, None) => (ItemState::Full, "handover.taker_full", 0),
        (next, None) if next.word() == item.state => return Ok(()),
        (next, None) => (next, "", 0),
    };
    if !store::step(tx, scope, item, step).await? || step.0 != ItemState::Done {
        return Ok(());
    }
    if item.kind == "group" {
        return group_moved(tx, scope, route, item).await;
    }
    let moved = people::Moved {
        account: &route.account_id,
        from: &route.from_platform,
        contact: &item.platform_id,
        to: Some(&route.to_staff),
        at: tx.now(),
    };
    people::note_moved(tx, scope, &moved).await?;
    people::request_sync(tx, scope, &route.account_id, &item.platform_id).await
}

/// A group has another owner. Our own calls cause no callback, so the group is read again.
pub(super) async fn group_moved(
    tx: &mut Tx<'_>,
    scope: &Scope,
    route: &RouteRow,
    item: &ItemRow,
) -> AppResult<()> {
    let at = tx.now();
    let fact = Fact::GroupMoved {
        group: item.target_id.clone(),
        from: Some(route.from_staff.clone()),
        to: route.to_staff.clone(),
        at,
    };
    reactions::on(tx, scope, &fact).await?;
    groups::request_sync(tx, scope, &route.account_id, &item.platform_id, at.plus(5_000)).await
}

/// All moves between giver and taker, by the contact's platform id.
async fn moves(ctx: &JobCtx, route: &RouteRow) -> Result<BTreeMap<String, (MoveState, Timestamp)>, JobError> {
    let messenger = ctx.messenger(&route.account_id).await?;
    let Some(handovers) = messenger.handovers() else { return Ok(BTreeMap::new()) };
    let (mut found, mut cursor) = (BTreeMap::new(), None::<String>);
    loop {
        let page = handovers
            .contact_moves(way(route), cursor.as_deref(), Lane::Bulk)
            .await
            .map_err(|e| JobError::of_messenger(e, ctx.now()))?;
        found.extend(page.items.into_iter().map(|m| (m.contact, (m.state, m.at))));
        match page.next {
            None => return Ok(found),
            next => cursor = next,
        }
    }
}

/// Whether a group is the taker's now.
async fn is_takers(ctx: &JobCtx, route: &RouteRow, item: &ItemRow) -> Result<bool, JobError> {
    let messenger = ctx.messenger(&route.account_id).await?;
    let Some(groups) = messenger.groups() else { return Ok(false) };
    match groups.fetch(&item.platform_id, Lane::Bulk).await {
        Ok(shown) => Ok(shown.owner == route.to_platform),
        Err(Error::Refused { reason: Refusal::NotFound | Refusal::OutOfRange, .. }) => Ok(false),
        Err(e) => Err(JobError::of_messenger(e, ctx.now())),
    }
}
