//! What becomes of a tag itself: edited, adopted, deleted, brought back, merged. People are walked in portions, each
//! with its facts in one transaction, so that a crash costs at most a portion.

use base::time::SECOND;
use messenger::{Error, Lane, Refusal};
use serde::{Deserialize, Serialize};

use super::super::model::Cause;
use super::super::{apply_by, remove_by, store, tell as tell_fact};
use super::{Create, repeatable};
use crate::ctx::JobCtx;
use crate::kernel::db::Tx;
use crate::kernel::http::{AppResult, Scope};
use crate::kernel::jobs::{Job, JobError, JobResult, Policy};
use crate::reactions::Fact;

/// People in one transaction.
const PORTION: i64 = 200;
/// Transactions in one run of a job.
const PORTIONS: usize = 20;

/// How the platform took an edit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    Done,
    /// It was made by somebody else there, or it is gone.
    NotOurs,
    NameTaken,
}

impl Told {
    /// Catalogue key; empty when there is nothing to say.
    #[must_use]
    pub const fn refused(self) -> &'static str {
        match self {
            Self::Done => "",
            Self::NotOurs => "tags.not_ours",
            Self::NameTaken => "tags.name_taken_there",
        }
    }
}

/// Tells the platform a tag's or tag group's name and place. Repeating is harmless.
pub async fn tell(
    ctx: &JobCtx,
    account: &str,
    (id, name, place): (&str, &str, i64),
) -> Result<Told, JobError> {
    let messenger = ctx.messenger(account).await?;
    let Some(tags) = messenger.tags() else { return Ok(Told::Done) };
    let answer = match tags.rename(id, name, Lane::Normal).await {
        Ok(()) => tags.set_order(id, place, Lane::Normal).await,
        refused => refused,
    };
    match answer {
        Ok(()) => Ok(Told::Done),
        Err(Error::Refused { reason: Refusal::AlreadyDone, .. }) => Ok(Told::NameTaken),
        Err(Error::Refused {
            reason: Refusal::NoPermission | Refusal::OutOfRange | Refusal::NotFound,
            ..
        }) => Ok(Told::NotOurs),
        Err(e) => Err(repeatable(e, ctx)),
    }
}

/// Tells the platform a tag group's name and place.
#[derive(Debug, Serialize, Deserialize)]
pub struct EditGroup {
    pub group: String,
}

impl Job for EditGroup {
    const KIND: &'static str = "tags.edit_group";

    fn dedupe(&self) -> Option<String> {
        Some(self.group.clone())
    }

    async fn run(&self, ctx: &mut JobCtx) -> JobResult {
        let scope = ctx.scope().clone();
        let mut tx = ctx.read().await?;
        let group = store::group(&mut tx, &scope, &self.group).await?;
        drop(tx);
        if group.platform_id.is_empty() || !group.edit_pending {
            return Ok(());
        }
        let told = tell(ctx, &group.account_id, (&group.platform_id, &group.name, group.place)).await?;
        let mut tx = ctx.begin().await?;
        store::manage::group_edit_done(&mut tx, &scope, &self.group, (&group.name, group.place)).await?;
        if told != Told::Done {
            super::super::request_sync(&mut tx, &scope, &group.account_id).await?;
        }
        tx.commit().await?;
        Ok(())
    }
}

/// Gives a newly mirrored tag to everyone on whose bonds the platform shows it.
#[derive(Debug, Serialize, Deserialize)]
pub struct Adopt {
    pub tag: String,
}

impl Job for Adopt {
    const KIND: &'static str = "tags.adopt";
    const POLICY: Policy = Policy::BULK;

    fn dedupe(&self) -> Option<String> {
        Some(self.tag.clone())
    }

    async fn run(&self, ctx: &mut JobCtx) -> JobResult {
        let scope = ctx.scope().clone();
        for _ in 0..PORTIONS {
            let mut tx = ctx.begin().await?;
            let tag = store::manage::full(&mut tx, &scope, &self.tag).await?;
            if tag.deleted_at.is_some() || tag.platform_id.is_empty() {
                return Ok(());
            }
            let people =
                store::unmirrored_carriers(&mut tx, &scope, (&tag.id, &tag.platform_id), PORTION).await?;
            if people.is_empty() {
                return Ok(());
            }
            for person in &people {
                apply_by(&mut tx, &scope, person, std::slice::from_ref(&self.tag), Cause::of("platform"))
                    .await?;
            }
            tx.commit().await?;
        }
        go_on(ctx, &Self { tag: self.tag.clone() }).await
    }
}

/// Leaves the rest to another run, so that others get their turn.
async fn go_on<J: Job>(ctx: &mut JobCtx, job: &J) -> JobResult {
    let scope = ctx.scope().clone();
    let mut tx = ctx.begin().await?;
    tx.enqueue(scope.tenant(), job).await?;
    tx.commit().await?;
    Ok(())
}

/// The platform lists a tag no more: out of every list, and then from whoever carries it.
pub async fn gone_there(tx: &mut Tx<'_>, scope: &Scope, tag: &str) -> AppResult<()> {
    if store::manage::delete(tx, scope, tag, false).await? {
        store::manage::deleted_there(tx, scope, tag).await?;
        tx.enqueue(scope.tenant(), &Strip { tag: tag.to_owned() }).await?;
    }
    Ok(())
}

/// Asks the platform to delete a tag that was deleted here.
#[derive(Debug, Serialize, Deserialize)]
pub struct Delete {
    pub tag: String,
}

impl Job for Delete {
    const KIND: &'static str = "tags.delete";

    fn dedupe(&self) -> Option<String> {
        Some(self.tag.clone())
    }

    async fn run(&self, ctx: &mut JobCtx) -> JobResult {
        let scope = ctx.scope().clone();
        let mut tx = ctx.read().await?;
        let tag = store::manage::full(&mut tx, &scope, &self.tag).await?;
        drop(tx);
        if tag.deleted_at.is_none() {
            return Ok(());
        }
        let refused = match tag.platform_id.is_empty() {
            true => None,
            false => self.ask(ctx, &tag.account_id, &tag.platform_id).await?,
        };
        let mut tx = ctx.begin().await?;
        match refused {
            // The platform deletes only what this application made: the tag is back, and says why.
            Some(why) => {
                store::manage::revive(&mut tx, &scope, &self.tag, why).await?;
            }
            None => {
                store::manage::deleted_there(&mut tx, &scope, &self.tag).await?;
                match store::manage::full(&mut tx, &scope, &self.tag).await?.deleted_at {
                    Some(_) => tx.enqueue(scope.tenant(), &Strip { tag: self.tag.clone() }).await?,
                    // Brought back while the platform was deleting it.
                    None => tx.enqueue(scope.tenant(), &Restore { tag: self.tag.clone() }).await?,
                }
            }
        }
        tx.commit().await?;
        Ok(())
    }
}

impl Delete {
    /// Catalogue key of the refusal, none when the tag is gone.
    async fn ask(
        &self,
        ctx: &JobCtx,
        account: &str,
        platform_id: &str,
    ) -> Result<Option<&'static str>, JobError> {
        let messenger = ctx.messenger(account).await?;
        let Some(tags) = messenger.tags() else { return Ok(None) };
        match tags.remove(&[platform_id.to_owned()], Lane::Normal).await {
            Ok(()) | Err(Error::Refused { reason: Refusal::NotFound, .. }) => Ok(None),
            Err(Error::Refused { reason: Refusal::NoPermission | Refusal::OutOfRange, .. }) => {
                Ok(Some("tags.not_ours"))
            }
            Err(e) => Err(repeatable(e, ctx)),
        }
    }
}

/// Takes a deleted tag from whoever carries it, and remembers her in case it is brought back.
#[derive(Debug, Serialize, Deserialize)]
pub struct Strip {
    pub tag: String,
}

impl Job for Strip {
    const KIND: &'static str = "tags.strip";
    const POLICY: Policy = Policy::BULK;

    fn dedupe(&self) -> Option<String> {
        Some(self.tag.clone())
    }

    async fn run(&self, ctx: &mut JobCtx) -> JobResult {
        let scope = ctx.scope().clone();
        let tags = [self.tag.clone()];
        for _ in 0..PORTIONS {
            let mut tx = ctx.begin().await?;
            let living = store::manage::full(&mut tx, &scope, &self.tag).await?.deleted_at.is_none();
            let carriers = store::manage::carriers(&mut tx, &scope, &self.tag, PORTION).await?;
            if living || carriers.is_empty() {
                return Ok(());
            }
            for was in &carriers {
                store::manage::keep(&mut tx, &scope, &self.tag, was).await?;
                remove_by(&mut tx, &scope, &was.person_id, &tags, Cause::of("deleted")).await?;
            }
            tx.commit().await?;
        }
        go_on(ctx, &Self { tag: self.tag.clone() }).await
    }
}

/// Makes a tag that was brought back known to the platform again and gives it to those who carried it.
#[derive(Debug, Serialize, Deserialize)]
pub struct Restore {
    pub tag: String,
}

impl Job for Restore {
    const KIND: &'static str = "tags.restore";
    const POLICY: Policy = Policy::BULK;

    fn dedupe(&self) -> Option<String> {
        Some(self.tag.clone())
    }

    async fn run(&self, ctx: &mut JobCtx) -> JobResult {
        let scope = ctx.scope().clone();
        for _ in 0..PORTIONS {
            let mut tx = ctx.begin().await?;
            let tag = store::manage::full(&mut tx, &scope, &self.tag).await?;
            if tag.deleted_at.is_some() {
                return Ok(());
            }
            if tag.platform_id.is_empty() {
                tx.enqueue(scope.tenant(), &Create { group: tag.group_id.clone() }).await?;
            }
            let kept = store::manage::recall(&mut tx, &scope, &self.tag, PORTION).await?;
            for was in &kept {
                if store::manage::put_back(&mut tx, &scope, &self.tag, was).await? {
                    let (person, source) = (was.person_id.clone(), "restored".to_owned());
                    tx.enqueue(scope.tenant(), &super::Push { person: person.clone() }).await?;
                    let fact = Fact::TagApplied { person, tag: self.tag.clone(), source, at: tx.now() };
                    tell_fact(&mut tx, &scope, fact, 0).await?;
                }
            }
            tx.commit().await?;
            if kept.is_empty() {
                return Ok(());
            }
        }
        go_on(ctx, &Self { tag: self.tag.clone() }).await
    }
}

/// Gives the other tag to whoever carries this one, and deletes this one when nobody is left.
#[derive(Debug, Serialize, Deserialize)]
pub struct Merge {
    pub tag: String,
}

impl Job for Merge {
    const KIND: &'static str = "tags.merge";
    const POLICY: Policy = Policy::BULK;

    fn dedupe(&self) -> Option<String> {
        Some(self.tag.clone())
    }

    async fn run(&self, ctx: &mut JobCtx) -> JobResult {
        let scope = ctx.scope().clone();
        for _ in 0..PORTIONS {
            let mut tx = ctx.begin().await?;
            let tag = store::manage::full(&mut tx, &scope, &self.tag).await?;
            if tag.deleted_at.is_some() || tag.merged_into.is_empty() {
                return Ok(());
            }
            let into = store::manage::full(&mut tx, &scope, &tag.merged_into).await?;
            if into.deleted_at.is_some() {
                // The other one was deleted meanwhile: this one stays.
                store::manage::set_merging(&mut tx, &scope, &tag.id, "").await?;
                tx.commit().await?;
                return Ok(());
            }
            let people =
                store::manage::carriers_without(&mut tx, &scope, (&tag.id, &into.id), PORTION).await?;
            let cause = Cause { id: &tag.id, ..Cause::of("merge") };
            for person in &people {
                apply_by(&mut tx, &scope, person, std::slice::from_ref(&into.id), cause).await?;
            }
            if people.is_empty()
                && store::manage::delete(&mut tx, &scope, &tag.id, !tag.platform_id.is_empty()).await?
            {
                // The platform forgets the marks of a deleted tag; let the other one's be there first.
                let soon = tx.now().plus(5 * SECOND);
                tx.enqueue_at(scope.tenant(), &Delete { tag: tag.id.clone() }, soon).await?;
            }
            tx.commit().await?;
            if people.is_empty() {
                return Ok(());
            }
        }
        go_on(ctx, &Self { tag: self.tag.clone() }).await
    }
}
