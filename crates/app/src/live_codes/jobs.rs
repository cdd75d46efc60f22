//! Publishing codes at the platform: intent, call, reference.

use base::time::SECOND;
use messenger::Lane;
use messenger::entry_codes::{EntryDraft, EntryTarget};
use serde::{Deserialize, Serialize};

use super::model::{SETTLE, Standing, Status, Step, TargetKind, is_absent, step};
use super::rows::CodeRow;
use super::store;
use crate::ctx::JobCtx;
use crate::kernel::http::AppError;
use crate::kernel::jobs::{Job, JobError, JobResult};

/// Brings the platform's object to what the code says.
#[derive(Debug, Serialize, Deserialize)]
pub struct Publish {
    pub code: String,
}

impl Job for Publish {
    const KIND: &'static str = "live_codes.publish";
    fn dedupe(&self) -> Option<String> {
        Some(self.code.clone())
    }
    async fn run(&self, ctx: &mut JobCtx) -> JobResult {
        let Some((code, draft)) = self.load(ctx).await? else { return Ok(()) };
        let standing = Standing {
            has_reference: !code.platform_id.is_empty(),
            intent_at: code.intent_at,
            unknown_since: code.unknown_since,
        };
        let kind = TargetKind::named(&code.target).unwrap_or(TargetKind::Staff);
        match step(standing, kind) {
            Step::Create => self.create(ctx, &code, &draft).await,
            Step::Update => self.update(ctx, &code, &draft).await,
            Step::Ask => self.ask(ctx, &code, standing).await,
            Step::LeaveToPerson => {
                let detail =
                    "the platform lists no group codes, so it can't be asked whether this one was made";
                self.fail(ctx, "live_codes.outcome_unknown", detail).await
            }
        }
    }
}

impl Publish {
    /// The code and what the platform shall hold; `None` when there is nothing to do.
    async fn load(&self, ctx: &mut JobCtx) -> Result<Option<(CodeRow, EntryDraft)>, JobError> {
        let scope = ctx.scope().clone();
        let mut tx = ctx.read().await?;
        let Some(code) = store::by_id(&mut tx, &scope, &self.code).await? else { return Ok(None) };
        if code.status != Status::Publishing.word() {
            return Ok(None);
        }
        let ids = store::targets_of(&mut tx, &scope, &code.id).await?;
        let kind = TargetKind::named(&code.target).unwrap_or(TargetKind::Staff);
        let targets = store::platform_targets(&mut tx, &scope, &code.account_id, (kind, &ids)).await;
        drop(tx);
        let targets = match targets {
            Ok(targets) => targets,
            Err(AppError::Refused(r)) => {
                self.fail(ctx, r.code, &r.args.to_string()).await?;
                return Ok(None);
            }
            Err(fault) => return Err(fault.into()),
        };
        let target = match kind {
            TargetKind::Staff => EntryTarget::Staff { staff: targets, skip_verify: code.skip_verify },
            TargetKind::Groups => EntryTarget::Groups {
                groups: targets,
                overflow_name: Some(code.overflow_name.clone()).filter(|name| !name.is_empty()),
            },
        };
        let remark = code.title.chars().take(30).collect();
        let draft = EntryDraft { state: code.state.clone(), remark, target };
        Ok(Some((code, draft)))
    }

    async fn create(&self, ctx: &mut JobCtx, code: &CodeRow, draft: &EntryDraft) -> JobResult {
        let (scope, now) = (ctx.scope().clone(), ctx.now());
        let mut tx = ctx.begin().await?;
        store::set_intent(&mut tx, &scope, &code.id, now.0).await?;
        tx.commit().await?;
        let made = {
            let messenger = ctx.messenger(&code.account_id).await?;
            let Some(entry_codes) = messenger.entry_codes() else {
                drop(messenger);
                return self.fail(ctx, "live_codes.impossible", "").await;
            };
            entry_codes.create(draft, Lane::Normal).await
        };
        match made {
            Ok(made) => self.bind(ctx, (&made.id, &made.qr_url), code.revision).await,
            Err(messenger::Error::OutcomeUnknown(words)) => {
                let mut tx = ctx.begin().await?;
                store::note_unknown(&mut tx, &scope, &code.id).await?;
                tx.commit().await?;
                Err(JobError::RetryAt(now.plus(5 * SECOND), words))
            }
            Err(error) => {
                // Definitely not made: the intent is closed, so that the next run may create.
                let mut tx = ctx.begin().await?;
                store::set_intent(&mut tx, &scope, &code.id, 0).await?;
                tx.commit().await?;
                self.refused(ctx, error).await
            }
        }
    }

    async fn update(&self, ctx: &mut JobCtx, code: &CodeRow, draft: &EntryDraft) -> JobResult {
        let updated = {
            let messenger = ctx.messenger(&code.account_id).await?;
            let Some(entry_codes) = messenger.entry_codes() else {
                drop(messenger);
                return self.fail(ctx, "live_codes.impossible", "").await;
            };
            entry_codes.update(&code.platform_id, draft, Lane::Normal).await
        };
        match updated {
            Ok(()) => self.bind(ctx, (&code.platform_id, ""), code.revision).await,
            // Overwriting with the same content again is the same as once.
            Err(messenger::Error::OutcomeUnknown(words)) => Err(JobError::Retry(words)),
            Err(error) => self.refused(ctx, error).await,
        }
    }

    /// Looks for the object of an open creation: a code of the time in question, not bound to another code of ours, that
    /// carries our state.
    async fn ask(&self, ctx: &mut JobCtx, code: &CodeRow, standing: Standing) -> JobResult {
        let (scope, now) = (ctx.scope().clone(), ctx.now());
        let mut tx = ctx.begin().await?;
        // A crash between call and reference leaves no note of its own.
        store::note_unknown(&mut tx, &scope, &code.id).await?;
        tx.commit().await?;
        let since = base::Timestamp(standing.intent_at).minus(60 * SECOND);
        let listed = {
            let messenger = ctx.messenger(&code.account_id).await?;
            let Some(entry_codes) = messenger.entry_codes() else { return Ok(()) };
            entry_codes.list_staff_codes(since, Lane::Normal).await
        };
        let listed = listed.map_err(|e| JobError::of_messenger(e, now))?;
        for id in listed {
            let mut tx = ctx.read().await?;
            let bound = store::is_bound(&mut tx, &scope, &code.account_id, &id).await?;
            drop(tx);
            if bound {
                continue;
            }
            let held = {
                let messenger = ctx.messenger(&code.account_id).await?;
                let Some(entry_codes) = messenger.entry_codes() else { return Ok(()) };
                entry_codes
                    .fetch(&id, false, Lane::Normal)
                    .await
                    .map_err(|e| JobError::of_messenger(e, now))?
            };
            if held.is_some_and(|held| held.state == code.state) {
                return self.bind_found(ctx, code, &id).await;
            }
        }
        if !is_absent(standing, now) {
            return Err(JobError::RetryAt(now.plus(SETTLE), "waiting before it is called absent".to_owned()));
        }
        let mut tx = ctx.begin().await?;
        store::set_intent(&mut tx, &scope, &code.id, 0).await?;
        tx.commit().await?;
        Err(JobError::RetryAt(now, "the platform has no such code: it is made again".to_owned()))
    }

    /// A found object has an id but no picture address, which only its creation answers: it is dropped in favour of a
    /// new one, so that exactly one object carries the state.
    async fn bind_found(&self, ctx: &mut JobCtx, code: &CodeRow, id: &str) -> JobResult {
        let (scope, now) = (ctx.scope().clone(), ctx.now());
        let removed = {
            let messenger = ctx.messenger(&code.account_id).await?;
            let Some(entry_codes) = messenger.entry_codes() else { return Ok(()) };
            entry_codes.remove(id, false, Lane::Normal).await
        };
        match removed {
            Ok(()) | Err(messenger::Error::Refused { reason: messenger::Refusal::NotFound, .. }) => {}
            Err(messenger::Error::OutcomeUnknown(words)) => return Err(JobError::Retry(words)),
            Err(error) => return Err(JobError::of_messenger(error, now)),
        }
        let mut tx = ctx.begin().await?;
        store::set_intent(&mut tx, &scope, &code.id, 0).await?;
        tx.commit().await?;
        Err(JobError::RetryAt(now, "found without its picture: removed and made again".to_owned()))
    }

    async fn bind(&self, ctx: &mut JobCtx, object: (&str, &str), revision: i64) -> JobResult {
        let scope = ctx.scope().clone();
        let mut tx = ctx.begin().await?;
        store::bind(&mut tx, &scope, &self.code, object, revision).await?;
        let moved = store::by_id(&mut tx, &scope, &self.code).await?.is_some_and(|c| c.revision != revision);
        if moved {
            tx.enqueue(scope.tenant(), &Self { code: self.code.clone() }).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    async fn refused(&self, ctx: &mut JobCtx, error: messenger::Error) -> JobResult {
        let words = error.to_string();
        match JobError::of_messenger(error, ctx.now()) {
            JobError::GiveUp { .. } => self.fail(ctx, "live_codes.platform_refused", &words).await,
            JobError::Retry(detail) if ctx.attempt() >= Self::POLICY.attempts => {
                self.fail(ctx, "live_codes.platform_unreachable", &detail).await
            }
            again => Err(again),
        }
    }

    /// Shows the operator why, with a button to try again.
    async fn fail(&self, ctx: &mut JobCtx, reason: &str, detail: &str) -> JobResult {
        let scope = ctx.scope().clone();
        let mut tx = ctx.begin().await?;
        store::set_status(&mut tx, &scope, &self.code, Status::Failed, (reason, detail)).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// Removes the object of a retired code from the platform.
#[derive(Debug, Serialize, Deserialize)]
pub struct Retire {
    pub code: String,
}

impl Job for Retire {
    const KIND: &'static str = "live_codes.retire";
    fn dedupe(&self) -> Option<String> {
        Some(self.code.clone())
    }
    async fn run(&self, ctx: &mut JobCtx) -> JobResult {
        let (scope, now) = (ctx.scope().clone(), ctx.now());
        let mut tx = ctx.read().await?;
        let code = store::by_id(&mut tx, &scope, &self.code).await?;
        drop(tx);
        let Some(code) = code.filter(|c| c.status == Status::Retired.word() && !c.platform_id.is_empty())
        else {
            return Ok(());
        };
        let messenger = ctx.messenger(&code.account_id).await?;
        let Some(entry_codes) = messenger.entry_codes() else { return Ok(()) };
        let of_groups = code.target == TargetKind::Groups.word();
        match entry_codes.remove(&code.platform_id, of_groups, Lane::Normal).await {
            Ok(()) | Err(messenger::Error::Refused { reason: messenger::Refusal::NotFound, .. }) => Ok(()),
            // Removing what is gone answers "not found", so asking again is safe.
            Err(messenger::Error::OutcomeUnknown(words)) => Err(JobError::Retry(words)),
            Err(error) => Err(JobError::of_messenger(error, now)),
        }
    }
}
