//! Mirroring tags, making ours known to the platform, and marking them on bonds. What becomes of a tag itself is in
//! `life.rs`, bulk jobs in `bulk.rs`.

mod bulk;
mod life;

pub use bulk::RunBulk;
pub use life::{Adopt, Delete, EditGroup, Merge, Restore, Strip};

use base::time::SECOND;
use messenger::tags::TagGroupSnapshot;
use messenger::{Error, Lane, Refusal};
use serde::{Deserialize, Serialize};

use super::{model, store};
use crate::accounts::{self, SyncKind, SyncStep};
use crate::ctx::JobCtx;
use crate::kernel::jobs::{Job, JobError, JobResult, Policy};
use crate::people;

/// Reads the company's tags and writes what changed.
#[derive(Debug, Serialize, Deserialize)]
pub struct Sync {
    pub account: String,
}

impl Job for Sync {
    const KIND: &'static str = "tags.sync";
    const POLICY: Policy = Policy::BULK;

    fn dedupe(&self) -> Option<String> {
        Some(self.account.clone())
    }

    async fn run(&self, ctx: &mut JobCtx) -> JobResult {
        let scope = ctx.scope().clone();
        let answer = {
            let messenger = ctx.messenger(&self.account).await?;
            match messenger.tags() {
                Some(tags) => tags.list(Lane::Bulk).await,
                None => Ok(Vec::new()),
            }
        };
        let listed = match answer {
            Ok(listed) => listed,
            Err(e) => return accounts::sync_stopped(ctx, &self.account, SyncKind::Tags, e).await,
        };
        let mut tx = ctx.begin().await?;
        accounts::begin_sync(&mut tx, &scope, &self.account, SyncKind::Tags).await?;
        let known = store::of_account(&mut tx, &scope, &self.account).await?;
        let mut met = Vec::new();
        let groups: Vec<&str> = listed.iter().map(|g| g.id.as_str()).collect();
        for group in &listed {
            met.extend(group.tags.iter().map(|t| t.id.as_str()));
            keep(&mut tx, &scope, &self.account, group).await?;
        }
        for gone in
            known.iter().filter(|t| !t.platform_id.is_empty() && !met.contains(&t.platform_id.as_str()))
        {
            life::gone_there(&mut tx, &scope, &gone.id).await?;
        }
        store::manage::drop_empty_groups(&mut tx, &scope, &self.account, &groups).await?;
        let step = SyncStep { done: met.len(), found: met.len(), cursor: None, listed: true };
        accounts::step_sync(&mut tx, &scope, &self.account, SyncKind::Tags, step).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// Writes one tag group as the platform shows it.
async fn keep(
    tx: &mut crate::kernel::db::Tx<'_>,
    scope: &crate::kernel::http::Scope,
    account: &str,
    group: &TagGroupSnapshot,
) -> crate::kernel::http::AppResult<()> {
    let ours = store::ensure_group(tx, scope, account, (&group.id, &group.name, group.order)).await?;
    for tag in &group.tags {
        if store::manage::is_leaving(tx, scope, account, &tag.id).await? {
            continue;
        }
        if let Some(new) = store::upsert(tx, scope, (account, &ours), tag).await? {
            tx.enqueue(scope.tenant(), &Adopt { tag: new }).await?;
        }
    }
    Ok(())
}

/// Makes the tags of a group that the platform doesn't know. Repeating merges by name.
#[derive(Debug, Serialize, Deserialize)]
pub struct Create {
    pub group: String,
}

impl Job for Create {
    const KIND: &'static str = "tags.create";

    fn dedupe(&self) -> Option<String> {
        Some(self.group.clone())
    }

    async fn run(&self, ctx: &mut JobCtx) -> JobResult {
        let scope = ctx.scope().clone();
        let mut tx = ctx.read().await?;
        let group = store::group(&mut tx, &scope, &self.group).await?;
        let tags = store::of_group(&mut tx, &scope, &self.group).await?;
        drop(tx);
        let names: Vec<String> =
            tags.into_iter().filter(|t| t.platform_id.is_empty()).map(|t| t.name).collect();
        if names.is_empty() {
            return Ok(());
        }
        let answer = {
            let messenger = ctx.messenger(&group.account_id).await?;
            let Some(tags) = messenger.tags() else { return Ok(()) };
            tags.add(&group.name, &names, Lane::Normal).await
        };
        let made = answer.map_err(|e| repeatable(e, ctx))?;
        let mut tx = ctx.begin().await?;
        keep(&mut tx, &scope, &group.account_id, &made).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// Marking and making tags may be done twice, so nobody needs to know whether it was done.
fn repeatable(e: Error, ctx: &JobCtx) -> JobError {
    match e {
        Error::OutcomeUnknown(words) => JobError::Retry(words),
        other => JobError::of_messenger(other, ctx.now()),
    }
}

/// Tells the platform a tag's name and order as they are here.
#[derive(Debug, Serialize, Deserialize)]
pub struct Rename {
    pub tag: String,
}

impl Job for Rename {
    const KIND: &'static str = "tags.rename";

    fn dedupe(&self) -> Option<String> {
        Some(self.tag.clone())
    }

    async fn run(&self, ctx: &mut JobCtx) -> JobResult {
        let scope = ctx.scope().clone();
        let mut tx = ctx.read().await?;
        let tag = store::manage::full(&mut tx, &scope, &self.tag).await?;
        drop(tx);
        if tag.platform_id.is_empty() || tag.deleted_at.is_some() || !tag.edit_pending {
            return Ok(());
        }
        let told = life::tell(ctx, &tag.account_id, (&tag.platform_id, &tag.name, tag.place)).await?;
        let mut tx = ctx.begin().await?;
        store::manage::edit_done(&mut tx, &scope, &tag, told.refused()).await?;
        if told != life::Told::Done {
            // The platform keeps its own: show what is true there.
            super::request_sync(&mut tx, &scope, &tag.account_id).await?;
        }
        tx.commit().await?;
        Ok(())
    }
}

/// Marks a person's tags on her living bonds, as far as the platform doesn't show them.
#[derive(Debug, Serialize, Deserialize)]
pub struct Push {
    pub person: String,
}

impl Job for Push {
    const KIND: &'static str = "tags.push";
    const POLICY: Policy = Policy::BULK;

    fn dedupe(&self) -> Option<String> {
        Some(self.person.clone())
    }

    async fn run(&self, ctx: &mut JobCtx) -> JobResult {
        let scope = ctx.scope().clone();
        let mut tx = ctx.read().await?;
        let wanted = store::wanted(&mut tx, &scope, &self.person).await?;
        let follows = people::active_follows(&mut tx, &scope, &self.person).await?;
        drop(tx);
        let unknown = wanted.iter().find(|t| t.platform_id.is_empty());
        for follow in &follows {
            let here: Vec<String> = wanted
                .iter()
                .filter(|t| t.account_id == follow.account_id && !t.platform_id.is_empty())
                .map(|t| t.platform_id.clone())
                .collect();
            let missing = model::to_mark(&here, &follow.platform_tags);
            if !missing.is_empty() {
                mark(ctx, follow, &missing, &[]).await?;
            }
        }
        self.take_back(ctx, &wanted).await?;
        match unknown {
            Some(tag) if !follows.is_empty() => {
                let mut tx = ctx.begin().await?;
                tx.enqueue(scope.tenant(), &Create { group: tag.group_id.clone() }).await?;
                tx.commit().await?;
                Err(JobError::RetryAt(
                    ctx.now().plus(5 * SECOND),
                    "the platform doesn't know the tag yet".to_owned(),
                ))
            }
            _ => Ok(()),
        }
    }
}

impl Push {
    /// A tag may have been taken while it was being marked: then it is removed again.
    async fn take_back(&self, ctx: &mut JobCtx, marked: &[super::rows::TagRow]) -> JobResult {
        let scope = ctx.scope().clone();
        let mut tx = ctx.read().await?;
        let wanted = store::wanted(&mut tx, &scope, &self.person).await?;
        drop(tx);
        let taken: Vec<_> = marked.iter().filter(|t| wanted.iter().all(|w| w.id != t.id)).collect();
        if taken.is_empty() {
            return Ok(());
        }
        let mut tx = ctx.begin().await?;
        for tag in taken {
            let job = Unmark { person: self.person.clone(), tag: tag.id.clone() };
            tx.enqueue(scope.tenant(), &job).await?;
        }
        tx.commit().await?;
        Ok(())
    }
}

/// Marks and removes tags on one bond and notes what it shows then.
async fn mark(
    ctx: &mut JobCtx,
    follow: &people::ActiveFollow,
    add: &[String],
    remove: &[String],
) -> Result<(), JobError> {
    let answer = {
        let messenger = ctx.messenger(&follow.account_id).await?;
        messenger
            .contacts()
            .mark_tags(&follow.staff_platform_id, &follow.external_id, add, remove, Lane::Bulk)
            .await
    };
    match answer {
        Ok(()) => {}
        // The bond ended meanwhile; its mirror will say so.
        Err(Error::Refused { reason: Refusal::NotFound | Refusal::OutOfRange, .. }) => return Ok(()),
        Err(e) => return Err(repeatable(e, ctx)),
    }
    let scope = ctx.scope().clone();
    let shown = model::shown_after(&follow.platform_tags, add, remove);
    let mut tx = ctx.begin().await?;
    people::set_platform_tags(&mut tx, &scope, (&follow.contact_id, &follow.staff_id), &shown).await?;
    tx.commit().await?;
    Ok(())
}

/// Removes a tag from a person's bonds.
#[derive(Debug, Serialize, Deserialize)]
pub struct Unmark {
    pub person: String,
    pub tag: String,
}

impl Job for Unmark {
    const KIND: &'static str = "tags.unmark";
    const POLICY: Policy = Policy::BULK;

    fn dedupe(&self) -> Option<String> {
        Some(format!("{}/{}", self.person, self.tag))
    }

    async fn run(&self, ctx: &mut JobCtx) -> JobResult {
        let scope = ctx.scope().clone();
        let mut tx = ctx.read().await?;
        let tag = store::manage::full(&mut tx, &scope, &self.tag).await?;
        let follows = people::active_follows(&mut tx, &scope, &self.person).await?;
        let carried = store::wanted(&mut tx, &scope, &self.person).await?.iter().any(|t| t.id == self.tag);
        drop(tx);
        // Given again meanwhile, or deleted altogether: nothing to remove.
        if carried || tag.platform_id.is_empty() {
            return Ok(());
        }
        let shows = |f: &&people::ActiveFollow| f.platform_tags.split(',').any(|t| t == tag.platform_id);
        for follow in follows.iter().filter(shows) {
            mark(ctx, follow, &[], std::slice::from_ref(&tag.platform_id)).await?;
        }
        Ok(())
    }
}
