//! Reading one group, finding what callbacks lost, and the platform's counters.

mod veil;

use std::collections::{BTreeMap, BTreeSet};

use base::Timestamp;
use base::time::SECOND;
use messenger::groups::GroupSnapshot;
use messenger::{Error, Lane, Refusal};
use serde::{Deserialize, Serialize};

use super::model::{self, Joined, KnownMember, MemberKind};
use super::rows::{DutyRow, SyncState};
use super::store::{self, NewStay};
use crate::accounts::{self, SyncKind, SyncStep};
use crate::ctx::JobCtx;
use crate::kernel::db::Tx;
use crate::kernel::http::{AppError, AppResult, Scope};
use crate::kernel::jobs::{Job, JobError, JobResult, Policy};
use crate::people::{self, Seen};
use crate::reactions::{self, Fact};
use crate::{staff, tenants};

/// How long after a callback an answer that doesn't show it is asked for again.
const PATIENCE: i64 = 10 * SECOND;

/// Reads one group, compares and writes what changed.
#[derive(Debug, Serialize, Deserialize)]
pub struct Sync {
    pub account: String,
    /// The platform's id.
    pub group: String,
    /// Part of a traversal whose progress is shown.
    pub counted: bool,
}

impl Job for Sync {
    const KIND: &'static str = "groups.sync";

    fn dedupe(&self) -> Option<String> {
        Some(format!("{}/{}/{}", self.account, self.group, self.counted))
    }

    async fn run(&self, ctx: &mut JobCtx) -> JobResult {
        let scope = ctx.scope().clone();
        let mut tx = ctx.read().await?;
        let before = store::sync_state(&mut tx, &scope, &self.account, &self.group).await?;
        drop(tx);
        let asked_at = ctx.now();
        let answer = {
            let messenger = ctx.messenger(&self.account).await?;
            let Some(groups) = messenger.groups() else { return Ok(()) };
            groups.fetch(&self.group, if self.counted { Lane::Bulk } else { Lane::Normal }).await
        };
        let shown = match answer {
            Ok(shown) => Some(shown),
            Err(Error::Refused { reason: Refusal::NotFound | Refusal::Cancelled, .. }) => None,
            Err(Error::Refused { code, words, .. }) if self.counted => {
                tracing::warn!(group = self.group, code, words, "a listed group can't be read");
                return self.count(ctx).await;
            }
            Err(e) => return Err(JobError::of_messenger(e, ctx.now())),
        };
        if let (Some(shown), Some(before)) = (&shown, &before)
            && is_stale(before, shown, ctx.now())
        {
            return Err(JobError::RetryAt(ctx.now().plus(SECOND), "the platform's answer lags".to_owned()));
        }
        let mut tx = ctx.begin().await?;
        match shown {
            Some(shown) => apply(&mut tx, &scope, &self.account, (&shown, asked_at)).await?,
            None => dismissed(&mut tx, &scope, &self.account, &self.group).await?,
        }
        tx.commit().await?;
        self.count(ctx).await
    }
}

impl Sync {
    async fn count(&self, ctx: &mut JobCtx) -> JobResult {
        if !self.counted {
            return Ok(());
        }
        let scope = ctx.scope().clone();
        let mut tx = ctx.begin().await?;
        let step = SyncStep { done: 1, ..SyncStep::default() };
        accounts::step_sync(&mut tx, &scope, &self.account, SyncKind::Groups, step).await?;
        tx.commit().await?;
        Ok(())
    }
}

fn is_stale(before: &SyncState, shown: &GroupSnapshot, now: Timestamp) -> bool {
    now.since(Timestamp(before.hinted_at)) < PATIENCE
        && model::is_stale(
            before.member_version.as_deref(),
            before.hinted_version.as_deref(),
            shown.member_version.as_deref(),
        )
}

/// Writes what changed of one group and hands over the facts. `asked_at` is when the answer was asked for: one that
/// another look has overtaken is dropped.
async fn apply(
    tx: &mut Tx<'_>,
    scope: &Scope,
    account: &str,
    (shown, asked_at): (&GroupSnapshot, Timestamp),
) -> AppResult<()> {
    let state = match store::sync_state(tx, scope, account, &shown.id).await? {
        Some(state) => state,
        None => {
            store::note_hint(tx, scope, account, (&shown.id, None), asked_at).await?;
            store::sync_state(tx, scope, account, &shown.id).await?.ok_or_else(AppError::not_found)?
        }
    };
    if state.synced_at > asked_at.0 {
        return Ok(());
    }
    let group = &state.id;
    let owner = staff::ensure(tx, scope, account, &shown.owner).await?;
    let mut duties = BTreeSet::from([DutyRow { staff_id: owner.id.clone(), role: "owner".to_owned() }]);
    for admin in shown.admins.iter().filter(|a| **a != shown.owner) {
        let admin = staff::ensure(tx, scope, account, admin).await?;
        duties.insert(DutyRow { staff_id: admin.id, role: "admin".to_owned() });
    }
    let duties: Vec<DutyRow> = duties.into_iter().collect();
    let mut known_duties = store::duties(tx, scope, group).await?;
    known_duties.sort();
    if known_duties != duties {
        store::set_duties(tx, scope, group, &duties).await?;
    }
    let known = store::known_members(tx, scope, group).await?;
    let veiled = veil::veil(tx, scope, &known, shown).await?;
    let shown: &GroupSnapshot = &veiled;
    let kinds = staff_kinds(tx, scope, account, (&known, shown)).await?;
    let changes = model::diff(&known, shown, &kinds);
    // Names first: consequences of a join may look at the group.
    store::write(tx, scope, group, (&owner.id, shown)).await?;
    for left in &changes.left {
        leave(tx, scope, group, left).await?;
    }
    for renamed in &changes.renamed {
        store::rename(tx, scope, renamed).await?;
    }
    for joined in &changes.joined {
        join(tx, scope, (account, group), joined).await?;
    }
    if changes != model::Changes::default() {
        store::recount(tx, scope, group).await?;
    }
    Ok(())
}

/// What the employees among the members are, beside owner and admin. Only newcomers need a look.
async fn staff_kinds(
    tx: &mut Tx<'_>,
    scope: &Scope,
    account: &str,
    (known, shown): (&[KnownMember], &GroupSnapshot),
) -> AppResult<BTreeMap<String, MemberKind>> {
    let known: BTreeMap<&str, MemberKind> = known.iter().map(|k| (k.member.as_str(), k.kind)).collect();
    let mut kinds = BTreeMap::new();
    for member in shown.members.iter().filter(|m| m.is_staff) {
        let kind = match known.get(member.id.as_str()) {
            Some(kind) if !matches!(kind, MemberKind::Owner | MemberKind::Admin) => *kind,
            _ => match staff::by_platform_id(tx, scope, account, &member.id).await? {
                Some(employee) => MemberKind::of_staff(&employee.kind),
                None => MemberKind::StaffOther,
            },
        };
        kinds.insert(member.id.clone(), kind);
    }
    Ok(kinds)
}

async fn join(
    tx: &mut Tx<'_>,
    scope: &Scope,
    (account, group): (&str, &str),
    joined: &Joined,
) -> AppResult<()> {
    let m = &joined.member;
    let seen = Seen {
        account,
        external_id: &m.id,
        is_staff: m.is_staff,
        union_id: m.union_id.as_deref(),
        name: &m.name,
        avatar: None,
        business: false,
        at: m.joined_at,
    };
    let who = people::recognise(tx, scope, &seen).await?;
    let earlier = store::earlier_kind(tx, scope, group, &m.id).await?.and_then(|k| MemberKind::named(&k));
    let kind = earlier.unwrap_or(joined.kind);
    let eligible = kind.eligible() && people::counts(&who.kind);
    let stay = NewStay { group, who: &who, joined, kind, kind_fixed: earlier.is_some(), eligible };
    let membership = store::begin_stay(tx, scope, &stay).await?;
    let fact = Fact::MemberJoined {
        group: group.to_owned(),
        membership,
        person: who.person,
        eligible,
        code: m.state.clone(),
        at: m.joined_at,
    };
    reactions::on(tx, scope, &fact).await
}

async fn leave(tx: &mut Tx<'_>, scope: &Scope, group: &str, left: &KnownMember) -> AppResult<()> {
    store::end_stay(tx, scope, &left.membership).await?;
    let fact = Fact::MemberLeft {
        group: group.to_owned(),
        membership: left.membership.clone(),
        person: left.person.clone(),
        eligible: left.eligible,
        at: tx.now(),
    };
    reactions::on(tx, scope, &fact).await
}

/// The platform has the group no more: every stay ends.
async fn dismissed(tx: &mut Tx<'_>, scope: &Scope, account: &str, group: &str) -> AppResult<()> {
    let Some(state) = store::sync_state(tx, scope, account, group).await? else { return Ok(()) };
    if state.dismissed_at.is_some() {
        return Ok(());
    }
    for left in store::known_members(tx, scope, &state.id).await? {
        leave(tx, scope, &state.id, &left).await?;
    }
    store::dismiss(tx, scope, &state.id).await?;
    store::recount(tx, scope, &state.id).await?;
    Ok(())
}

/// Lists the groups of all owners, page by page with a stored cursor, and has each read. Groups that are listed no
/// more are read too: the platform's refusal says that they are gone.
#[derive(Debug, Serialize, Deserialize)]
pub struct Reconcile {
    pub account: String,
}

/// Owners asked about at once: the platform's limit.
const CHUNK: usize = 100;
/// Pages in one run of the job.
const PAGES: usize = 10;

impl Job for Reconcile {
    const KIND: &'static str = "groups.reconcile";
    const POLICY: Policy = Policy::BULK;

    fn dedupe(&self) -> Option<String> {
        Some(self.account.clone())
    }

    async fn run(&self, ctx: &mut JobCtx) -> JobResult {
        let scope = ctx.scope().clone();
        let owners = match self.owners(ctx).await? {
            Ok(owners) => owners,
            Err(e) => return accounts::sync_stopped(ctx, &self.account, SyncKind::Groups, e).await,
        };
        for _ in 0..PAGES {
            let mut tx = ctx.begin().await?;
            let run = accounts::begin_sync(&mut tx, &scope, &self.account, SyncKind::Groups).await?;
            let row = accounts::sync_row(&mut tx, &scope, &self.account, SyncKind::Groups).await?;
            if row.as_ref().is_some_and(|r| r.listed) {
                // Listed before; what was begun then is still being read.
                tx.commit().await?;
                return Ok(());
            }
            let place = people::Place::read(&row.map(|r| r.next_cursor).unwrap_or_default());
            let Some(chunk) = owners.chunks(CHUNK).nth(place.chunk) else {
                self.finish(&mut tx, &scope, run).await?;
                tx.commit().await?;
                return Ok(());
            };
            tx.commit().await?;
            let answer = {
                let messenger = ctx.messenger(&self.account).await?;
                let Some(groups) = messenger.groups() else { return Ok(()) };
                let cursor = Some(place.cursor.as_str()).filter(|c| !c.is_empty());
                groups.list_of(chunk, cursor, Lane::Bulk).await
            };
            let batch = match answer {
                Ok(batch) => batch,
                Err(e) => return accounts::sync_stopped(ctx, &self.account, SyncKind::Groups, e).await,
            };
            let mut tx = ctx.begin().await?;
            store::note_listed(&mut tx, &scope, &self.account, &batch.items, run).await?;
            self.have_read(&mut tx, &scope, &batch.items).await?;
            let next = place.after(batch.next).text();
            let step = SyncStep { found: batch.items.len(), cursor: Some(&next), ..SyncStep::default() };
            accounts::step_sync(&mut tx, &scope, &self.account, SyncKind::Groups, step).await?;
            tx.commit().await?;
        }
        let mut tx = ctx.begin().await?;
        tx.enqueue(scope.tenant(), &Self { account: self.account.clone() }).await?;
        tx.commit().await?;
        Ok(())
    }
}

impl Reconcile {
    /// Everyone who may own a group: who serves customers now, and who owned one when we last looked.
    async fn owners(&self, ctx: &mut JobCtx) -> Result<Result<Vec<String>, Error>, JobError> {
        let answer = {
            let messenger = ctx.messenger(&self.account).await?;
            messenger.directory().list_serving_staff(Lane::Bulk).await
        };
        let mut owners: BTreeSet<String> = match answer {
            Ok(serving) => serving.into_iter().collect(),
            Err(e) => return Ok(Err(e)),
        };
        let scope = ctx.scope().clone();
        let mut tx = ctx.read().await?;
        for known in store::owners(&mut tx, &scope, &self.account).await? {
            let employee = staff::get(&mut tx, &scope, &known).await?;
            if employee.active {
                owners.insert(employee.platform_id);
            }
        }
        Ok(Ok(owners.into_iter().collect()))
    }

    async fn have_read(&self, tx: &mut Tx<'_>, scope: &Scope, groups: &[String]) -> AppResult<()> {
        for group in groups {
            let job = Sync { account: self.account.clone(), group: group.clone(), counted: true };
            tx.enqueue(scope.tenant(), &job).await?;
        }
        Ok(())
    }

    async fn finish(&self, tx: &mut Tx<'_>, scope: &Scope, run: i64) -> AppResult<()> {
        let gone = store::unlisted(tx, scope, &self.account, run).await?;
        self.have_read(tx, scope, &gone).await?;
        let step = SyncStep { found: gone.len(), listed: true, ..SyncStep::default() };
        accounts::step_sync(tx, scope, &self.account, SyncKind::Groups, step).await?;
        Ok(())
    }
}

/// Reads the platform's counters of one owner's groups up to yesterday.
#[derive(Debug, Serialize, Deserialize)]
pub struct Counters {
    pub account: String,
    /// Our id of the owner.
    pub staff: String,
}

impl Job for Counters {
    const KIND: &'static str = "groups.counters";
    const POLICY: Policy = Policy::BULK;

    fn dedupe(&self) -> Option<String> {
        Some(self.staff.clone())
    }

    async fn run(&self, ctx: &mut JobCtx) -> JobResult {
        let scope = ctx.scope().clone();
        let mut tx = ctx.read().await?;
        let zone = tenants::get(&mut tx, &scope).await?.tenant_zone();
        let owner = staff::get(&mut tx, &scope, &self.staff).await?;
        let last = store::last_counted(&mut tx, &scope, &self.staff).await?;
        drop(tx);
        let to = zone.day_of(ctx.now()).plus_days(-1);
        // The platform corrects its figures for some days; the first look takes all that one question may cover.
        let from = to.plus_days(if last == 0 { -29 } else { -6 });
        let answer = {
            let messenger = ctx.messenger(&self.account).await?;
            let Some(groups) = messenger.groups() else { return Ok(()) };
            groups.counters(&owner.platform_id, from, to, Lane::Bulk).await
        };
        let days = match answer {
            Ok(days) => days,
            // Left the range or the company: there is nothing to count for her any more.
            Err(Error::Refused { reason: Refusal::OutOfRange | Refusal::NotFound, .. }) => return Ok(()),
            Err(e) => return Err(JobError::of_messenger(e, ctx.now())),
        };
        let mut tx = ctx.begin().await?;
        store::write_counters(&mut tx, &scope, &self.staff, &days).await?;
        tx.commit().await?;
        Ok(())
    }
}
