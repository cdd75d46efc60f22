//! Asking for moves, looking what came of them, and reading whom employees left behind.

mod look;
mod sweep;

use messenger::handovers::{Giver, Route, Taken};
use messenger::{Error, Lane};
use serde::{Deserialize, Serialize};

use super::model::{ItemState, next_look, reason_of};
use super::rows::{ItemRow, RouteRow};
use super::store;
use crate::ctx::JobCtx;
use crate::kernel::http::AppError;
use crate::kernel::jobs::{Job, JobError, JobResult, Policy};

pub use look::Look;
pub use sweep::Sweep;

/// Asks the platform to move one hundred of a plan, at most once.
#[derive(Debug, Serialize, Deserialize)]
pub struct Submit {
    pub plan: String,
    /// `contact`, `group`.
    pub kind: String,
    pub batch: i64,
}

/// What the call brought.
enum Answer {
    Taken(Vec<Taken>),
    No(Error),
    NotSent(JobError),
    Lost,
}

impl Job for Submit {
    const KIND: &'static str = "handover.submit";

    fn dedupe(&self) -> Option<String> {
        Some(format!("{}/{}/{}", self.plan, self.kind, self.batch))
    }

    async fn run(&self, ctx: &mut JobCtx) -> JobResult {
        let scope = ctx.scope().clone();
        let mut tx = ctx.begin().await?;
        let Some(route) = store::route(&mut tx, &scope, &self.plan).await? else { return Ok(()) };
        let mut doubt = false;
        for item in store::batch(&mut tx, &scope, (&self.plan, &self.kind, self.batch)).await? {
            let next = match item.state.as_str() {
                "planned" => ItemState::Intent,
                // The run that wrote this intent is over: nobody knows whether its call arrived.
                "intent" => ItemState::Unknown,
                _ => continue,
            };
            doubt |= next == ItemState::Unknown;
            store::step(&mut tx, &scope, &item, (next, "", 0)).await?;
        }
        if doubt {
            tx.enqueue(scope.tenant(), &Look { plan: self.plan.clone() }).await?;
        }
        let mine: Vec<ItemRow> = store::batch(&mut tx, &scope, (&self.plan, &self.kind, self.batch))
            .await?
            .into_iter()
            .filter(|i| i.state == ItemState::Intent.word())
            .collect();
        tx.commit().await?;
        if mine.is_empty() {
            return Ok(());
        }
        let answer = self.call(ctx, &route, &mine).await;
        self.note(ctx, &route, (&mine, answer)).await
    }
}

impl Submit {
    async fn call(&self, ctx: &JobCtx, route: &RouteRow, items: &[ItemRow]) -> Answer {
        let messenger = match ctx.messenger(&route.account_id).await {
            Ok(messenger) => messenger,
            Err(e) => return Answer::NotSent(e.into()),
        };
        let Some(handovers) = messenger.handovers() else {
            let detail = messenger.platform().to_owned();
            return Answer::NotSent(JobError::GiveUp { code: "handover.impossible", detail });
        };
        let ids: Vec<String> = items.iter().map(|i| i.platform_id.clone()).collect();
        let way = way(route);
        let answer = match self.kind.as_str() {
            "group" => handovers.move_groups(way, &ids, Lane::Normal).await,
            _ => handovers.move_contacts(way, &ids, &route.note, Lane::Normal).await,
        };
        match answer {
            Ok(taken) => Answer::Taken(taken),
            Err(Error::OutcomeUnknown(_)) => Answer::Lost,
            Err(e @ (Error::RateLimited { .. } | Error::Unavailable(_))) => {
                Answer::NotSent(JobError::of_messenger(e, ctx.now()))
            }
            Err(e @ Error::Refused { .. }) => Answer::No(e),
        }
    }

    /// Writes the answer where the items still stand as this run left them.
    async fn note(
        &self,
        ctx: &mut JobCtx,
        route: &RouteRow,
        (items, answer): (&[ItemRow], Answer),
    ) -> JobResult {
        let (scope, now) = (ctx.scope().clone(), ctx.now());
        let groups = self.kind == "group";
        let mut tx = ctx.begin().await?;
        let (mut open, mut unknown) = (false, false);
        for item in items {
            let next = match &answer {
                Answer::Taken(taken) => match taken.iter().find(|t| t.id == item.platform_id) {
                    Some(Taken { refused: None, .. }) if groups => (ItemState::Done, "", 0),
                    Some(Taken { refused: None, .. }) => (ItemState::Waiting, "", 0),
                    Some(Taken { refused: Some(why), code, .. }) => {
                        (ItemState::Failed, reason_of(*why), *code)
                    }
                    // Not in the answer: neither taken nor refused.
                    None => (ItemState::Unknown, "", 0),
                },
                Answer::No(Error::Refused { code, .. }) => {
                    (ItemState::Failed, "handover.call_refused", *code)
                }
                Answer::No(_) | Answer::Lost => (ItemState::Unknown, "", 0),
                Answer::NotSent(JobError::GiveUp { code, .. }) => (ItemState::Failed, *code, 0),
                Answer::NotSent(_) => (ItemState::Planned, "", 0),
            };
            unknown |= next.0 == ItemState::Unknown;
            open |= matches!(next.0, ItemState::Unknown | ItemState::Waiting);
            if store::step(&mut tx, &scope, item, next).await? && next.0 == ItemState::Done {
                look::group_moved(&mut tx, &scope, route, item).await?;
            }
        }
        if open {
            let at = next_look(unknown, now, now);
            tx.enqueue_at(scope.tenant(), &Look { plan: self.plan.clone() }, at).await?;
        }
        tx.commit().await?;
        match answer {
            Answer::NotSent(e) => Err(e),
            _ => Ok(()),
        }
    }
}

/// A plan's route in the port's words.
fn way(route: &RouteRow) -> Route<'_> {
    let giver = if route.giver == "resigned" { Giver::Resigned } else { Giver::OnJob };
    Route { giver, from: &route.from_platform, to: &route.to_platform }
}

/// Reads whom employees left behind.
#[derive(Debug, Serialize, Deserialize)]
pub struct LeftBehind {
    pub account: String,
}

impl Job for LeftBehind {
    const KIND: &'static str = "handover.left_behind";
    const POLICY: Policy = Policy::BULK;

    fn dedupe(&self) -> Option<String> {
        Some(self.account.clone())
    }

    async fn run(&self, ctx: &mut JobCtx) -> JobResult {
        let (scope, run) = (ctx.scope().clone(), ctx.now().0);
        let mut cursor: Option<String> = None;
        loop {
            let answer = {
                let messenger = ctx.messenger(&self.account).await?;
                let Some(handovers) = messenger.handovers() else { return Ok(()) };
                handovers.left_behind(cursor.as_deref(), Lane::Bulk).await
            };
            let page = match answer {
                Ok(page) => page,
                // An application without this right shows employees who left with nobody.
                Err(Error::Refused { code, words, .. }) => {
                    tracing::warn!(code, words, "the list of left-behind customers can't be read");
                    return Ok(());
                }
                Err(e) => return Err(JobError::of_messenger(e, ctx.now())),
            };
            let mut tx = ctx.begin().await?;
            store::note_left(&mut tx, &scope, (&self.account, run), &page.items).await?;
            if page.next.is_none() {
                store::forget_left(&mut tx, &scope, (&self.account, run)).await?;
            }
            tx.commit().await?;
            if page.next.is_none() {
                return Ok(());
            }
            if page.next == cursor {
                return Err(AppError::fault("the list of left-behind customers doesn't end").into());
            }
            cursor = page.next;
        }
    }
}
