//! What runs when: every kind of job and all recurring work.

use base::Timestamp;
use base::time::{DAY, HOUR};
use futures_util::future::BoxFuture;

use crate::args;
use crate::ctx::Ctx;
use crate::kernel::db::Tx;
use crate::kernel::http::{AppResult, Scope};
use crate::kernel::jobs::Registered;
use crate::tenants;

/// Every kind of job, in the order of the slices. `crate::kernel::jobs::register::<slice::jobs::Name>()` per line.
pub const JOBS: &[Registered] = &[
    crate::kernel::jobs::register::<crate::operations::jobs::SearchKeys>(),
    crate::kernel::jobs::register::<crate::accounts::jobs::Project>(),
    crate::kernel::jobs::register::<crate::accounts::jobs::Doctor>(),
    crate::kernel::jobs::register::<crate::staff::jobs::Sync>(),
    crate::kernel::jobs::register::<crate::privacy::jobs::Sweep>(),
    crate::kernel::jobs::register::<crate::people::jobs::SyncContact>(),
    crate::kernel::jobs::register::<crate::people::jobs::SyncStaffContacts>(),
    crate::kernel::jobs::register::<crate::people::jobs::CarryLate>(),
    crate::kernel::jobs::register::<crate::people::jobs::TellLosses>(),
    crate::kernel::jobs::register::<crate::people::jobs::FileNames>(),
    crate::kernel::jobs::register::<crate::tags::jobs::Sync>(),
    crate::kernel::jobs::register::<crate::tags::jobs::Create>(),
    crate::kernel::jobs::register::<crate::tags::jobs::Rename>(),
    crate::kernel::jobs::register::<crate::tags::jobs::Push>(),
    crate::kernel::jobs::register::<crate::tags::jobs::Unmark>(),
    crate::kernel::jobs::register::<crate::tags::jobs::EditGroup>(),
    crate::kernel::jobs::register::<crate::tags::jobs::Adopt>(),
    crate::kernel::jobs::register::<crate::tags::jobs::Delete>(),
    crate::kernel::jobs::register::<crate::tags::jobs::Strip>(),
    crate::kernel::jobs::register::<crate::tags::jobs::Restore>(),
    crate::kernel::jobs::register::<crate::tags::jobs::Merge>(),
    crate::kernel::jobs::register::<crate::tags::jobs::RunBulk>(),
    crate::kernel::jobs::register::<crate::groups::jobs::Sync>(),
    crate::kernel::jobs::register::<crate::groups::jobs::Reconcile>(),
    crate::kernel::jobs::register::<crate::groups::jobs::Counters>(),
    crate::kernel::jobs::register::<crate::handover::jobs::Submit>(),
    crate::kernel::jobs::register::<crate::handover::jobs::Look>(),
    crate::kernel::jobs::register::<crate::handover::jobs::Sweep>(),
    crate::kernel::jobs::register::<crate::handover::jobs::LeftBehind>(),
    crate::kernel::jobs::register::<crate::links::jobs::Settle>(),
    crate::kernel::jobs::register::<crate::live_codes::jobs::Publish>(),
    crate::kernel::jobs::register::<crate::live_codes::jobs::Retire>(),
    crate::kernel::jobs::register::<crate::welcome::jobs::Send>(),
    crate::kernel::jobs::register::<crate::welcome::jobs::PublishTemplate>(),
    crate::kernel::jobs::register::<crate::segments::jobs::Settle>(),
    crate::kernel::jobs::register::<crate::segments::jobs::WriteIndex>(),
    crate::kernel::jobs::register::<crate::broadcasts::jobs::Submit>(),
    crate::kernel::jobs::register::<crate::broadcasts::jobs::Poll>(),
    crate::kernel::jobs::register::<crate::broadcasts::jobs::Cancel>(),
    crate::kernel::jobs::register::<crate::broadcasts::jobs::Remind>(),
    crate::kernel::jobs::register::<crate::broadcasts::jobs::Reconcile>(),
    crate::kernel::jobs::register::<crate::broadcasts::jobs::Sweep>(),
    crate::kernel::jobs::register::<crate::tasks::jobs::Card>(),
    crate::kernel::jobs::register::<crate::tasks::jobs::Follow>(),
    crate::kernel::jobs::register::<crate::playbooks::jobs::Dispatch>(),
    crate::kernel::jobs::register::<crate::playbooks::jobs::Extend>(),
    crate::kernel::jobs::register::<crate::orders::jobs::LearnPhone>(),
    crate::kernel::jobs::register::<crate::imports::jobs::Check>(),
    crate::kernel::jobs::register::<crate::imports::jobs::Run>(),
    crate::kernel::jobs::register::<crate::imports::jobs::Prune>(),
    crate::kernel::jobs::register::<crate::layers::jobs::Refresh>(),
    crate::kernel::jobs::register::<crate::layers::jobs::Nightly>(),
    crate::kernel::jobs::register::<crate::metrics::jobs::Reach>(),
    crate::kernel::jobs::register::<crate::data_requests::jobs::Copy>(),
    crate::kernel::jobs::register::<crate::data_requests::jobs::Erase>(),
    crate::kernel::jobs::register::<crate::data_requests::jobs::Compact>(),
    crate::kernel::jobs::register::<crate::exports::jobs::Write>(),
    crate::kernel::jobs::register::<crate::exports::jobs::Expire>(),
    crate::kernel::jobs::register::<crate::webhooks::jobs::Deliver>(),
    crate::kernel::jobs::register::<crate::webhooks::jobs::Prune>(),
];

/// Work that comes back: every `every` milliseconds, `offset` after midnight UTC, once per tenant and tick however
/// many nodes run.
pub struct Recurring {
    pub name: &'static str,
    pub every: i64,
    pub offset: i64,
    pub enqueue: for<'a> fn(&'a mut Tx<'_>, &'a str) -> BoxFuture<'a, AppResult<()>>,
}

/// All recurring work. 19:30 UTC is half past three at night in China.
pub const RECURRING: &[Recurring] = &[
    Recurring { name: "mirrors", every: NIGHT.0, offset: NIGHT.1, enqueue: mirror },
    Recurring { name: "people.tell_losses", every: MORNING.0, offset: MORNING.1, enqueue: tell_losses },
    Recurring { name: "people.file_names", every: HOUR, offset: 0, enqueue: file_names },
    Recurring { name: "privacy.sweep", every: NIGHT.0, offset: NIGHT.1, enqueue: sweep },
    Recurring { name: "playbooks.extend", every: NIGHT.0, offset: NIGHT.1, enqueue: extend_plans },
    Recurring { name: "operations.search_keys", every: MONTH, offset: NIGHT.1, enqueue: search_keys },
    Recurring { name: "handover.sweep", every: HOUR, offset: 0, enqueue: sweep_handovers },
    Recurring { name: "imports.prune", every: NIGHT.0, offset: NIGHT.1, enqueue: forget_files },
    Recurring { name: "exports.expire", every: HOUR, offset: 0, enqueue: expire_files },
    Recurring { name: "webhooks.prune", every: NIGHT.0, offset: NIGHT.1, enqueue: prune_webhooks },
    Recurring { name: "segments.settle", every: HOUR, offset: 0, enqueue: settle_segments },
    Recurring { name: "segments.write_index", every: NIGHT.0, offset: NIGHT.1, enqueue: write_index },
    Recurring { name: "layers.nightly", every: NIGHT.0, offset: NIGHT.1, enqueue: look_at_layers },
];

fn mirror<'a>(tx: &'a mut Tx<'_>, tenant: &'a str) -> BoxFuture<'a, AppResult<()>> {
    Box::pin(async move { crate::reactions::nightly(tx, &Scope::of_job(tenant)).await })
}

fn sweep<'a>(tx: &'a mut Tx<'_>, tenant: &'a str) -> BoxFuture<'a, AppResult<()>> {
    Box::pin(async move { tx.enqueue(tenant, &crate::privacy::jobs::Sweep {}).await })
}

fn file_names<'a>(tx: &'a mut Tx<'_>, tenant: &'a str) -> BoxFuture<'a, AppResult<()>> {
    Box::pin(async move { tx.enqueue(tenant, &crate::people::jobs::FileNames {}).await })
}

fn extend_plans<'a>(tx: &'a mut Tx<'_>, tenant: &'a str) -> BoxFuture<'a, AppResult<()>> {
    Box::pin(async move { tx.enqueue(tenant, &crate::playbooks::jobs::Extend {}).await })
}

fn tell_losses<'a>(tx: &'a mut Tx<'_>, tenant: &'a str) -> BoxFuture<'a, AppResult<()>> {
    Box::pin(async move { tx.enqueue(tenant, &crate::people::jobs::TellLosses {}).await })
}

/// Half past nine in China: the day's first hour of work.
const MORNING: (i64, i64) = (DAY, HOUR + HOUR / 2);
fn search_keys<'a>(tx: &'a mut Tx<'_>, tenant: &'a str) -> BoxFuture<'a, AppResult<()>> {
    Box::pin(async move { tx.enqueue(tenant, &crate::operations::jobs::SearchKeys::default()).await })
}

fn sweep_handovers<'a>(tx: &'a mut Tx<'_>, tenant: &'a str) -> BoxFuture<'a, AppResult<()>> {
    Box::pin(async move { tx.enqueue(tenant, &crate::handover::jobs::Sweep {}).await })
}

fn settle_segments<'a>(tx: &'a mut Tx<'_>, tenant: &'a str) -> BoxFuture<'a, AppResult<()>> {
    Box::pin(async move { crate::segments::stir(tx, &Scope::of_job(tenant)).await })
}

fn write_index<'a>(tx: &'a mut Tx<'_>, tenant: &'a str) -> BoxFuture<'a, AppResult<()>> {
    Box::pin(async move { tx.enqueue(tenant, &crate::segments::jobs::WriteIndex {}).await })
}

fn forget_files<'a>(tx: &'a mut Tx<'_>, tenant: &'a str) -> BoxFuture<'a, AppResult<()>> {
    Box::pin(async move { tx.enqueue(tenant, &crate::imports::jobs::Prune {}).await })
}

fn expire_files<'a>(tx: &'a mut Tx<'_>, tenant: &'a str) -> BoxFuture<'a, AppResult<()>> {
    Box::pin(async move { tx.enqueue(tenant, &crate::exports::jobs::Expire {}).await })
}

fn prune_webhooks<'a>(tx: &'a mut Tx<'_>, tenant: &'a str) -> BoxFuture<'a, AppResult<()>> {
    Box::pin(async move { tx.enqueue(tenant, &crate::webhooks::jobs::Prune {}).await })
}

fn look_at_layers<'a>(tx: &'a mut Tx<'_>, tenant: &'a str) -> BoxFuture<'a, AppResult<()>> {
    Box::pin(async move { tx.enqueue(tenant, &crate::layers::jobs::Nightly {}).await })
}

/// Thirty days: a safety net may hang loosely.
const MONTH: i64 = 30 * DAY;
const NIGHT: (i64, i64) = (DAY, 19 * HOUR + HOUR / 2);

impl Recurring {
    /// The number of the tick that `now` lies in.
    const fn tick(&self, now: Timestamp) -> i64 {
        (now.0 - self.offset).div_euclid(self.every)
    }
    const fn next(&self, now: Timestamp) -> Timestamp {
        Timestamp((self.tick(now) + 1) * self.every + self.offset)
    }
}

/// When recurring work is due next.
#[must_use]
pub fn next_tick(now: Timestamp) -> Option<Timestamp> {
    RECURRING.iter().map(|r| r.next(now)).min()
}

/// Enqueues the recurring work of the tick that has begun. The unique row makes double firing impossible.
pub async fn tick(ctx: &Ctx) -> AppResult<()> {
    let now = ctx.now();
    if !ctx.ticks_changed(RECURRING.iter().map(|r| r.tick(now)).sum()) {
        return Ok(());
    }
    let mut tx = ctx.begin().await?;
    for tenant in tenants::all_ids(&mut tx).await? {
        for recurring in RECURRING {
            let fresh = tx
                .exec(
                    "INSERT INTO schedule_tick (tenant_id, name, tick) VALUES ($1, $2, $3)
                     ON CONFLICT (tenant_id, name) DO UPDATE SET tick = excluded.tick
                     WHERE schedule_tick.tick < excluded.tick",
                    args![&tenant, recurring.name, recurring.tick(now)],
                )
                .await?;
            if fresh == 1 {
                (recurring.enqueue)(&mut tx, &tenant).await?;
            }
        }
    }
    tx.commit().await?;
    Ok(())
}
