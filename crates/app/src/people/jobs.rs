//! Mirroring contacts: one that a callback named, and all of them with a stored cursor.

mod follow_up;
mod names;
mod notes;

pub use follow_up::{CarryLate, TellLosses};
pub use names::FileNames;

use std::collections::BTreeMap;

use messenger::contacts::{Batch, ContactSnapshot, FollowSnapshot};
use messenger::{Error, Lane, Refusal};
use serde::{Deserialize, Serialize};

use super::model::{Answer, FollowChange, KnownFollow, Place, Seen, diff};
use super::rows::Recognised;
use super::store;
use crate::accounts::{self, SyncKind, SyncStep};
use crate::args;
use crate::ctx::JobCtx;
use crate::kernel::db::{Args, Tx};
use crate::kernel::http::{AppResult, Scope};
use crate::kernel::jobs::{Job, JobError, JobResult, Policy};
use crate::kernel::seal::Sealer;
use crate::reactions::{self, Fact};
use crate::staff;

/// Reads one contact and writes what changed.
#[derive(Debug, Serialize, Deserialize)]
pub struct SyncContact {
    pub account: String,
    /// The platform's id.
    pub contact: String,
}

impl Job for SyncContact {
    const KIND: &'static str = "people.sync_contact";

    fn dedupe(&self) -> Option<String> {
        Some(format!("{}/{}", self.account, self.contact))
    }

    async fn run(&self, ctx: &mut JobCtx) -> JobResult {
        let (scope, sealer) = (ctx.scope().clone(), ctx.sealer().clone());
        let answer = {
            let messenger = ctx.messenger(&self.account).await?;
            messenger.contacts().fetch(&self.contact, Lane::Normal).await
        };
        let snapshot = match answer {
            Ok(snapshot) => Some(snapshot),
            // Nobody in range knows her any more.
            Err(Error::Refused { reason: Refusal::NotFound | Refusal::OutOfRange, .. }) => None,
            Err(e) => return Err(JobError::of_messenger(e, ctx.now())),
        };
        let mut tx = ctx.begin().await?;
        match snapshot {
            Some(contact) => {
                let page = [contact];
                apply(
                    &mut tx,
                    &scope,
                    &self.account,
                    Sighting { page: &page, answer: Answer::Complete, run: 0, sealer: &sealer },
                )
                .await?;
            }
            None => lost(&mut tx, &scope, &self.account, &self.contact).await?,
        }
        tx.commit().await?;
        Ok(())
    }
}

/// Ends every bond of a contact whom the platform shows no more.
async fn lost(tx: &mut Tx<'_>, scope: &Scope, account: &str, external_id: &str) -> AppResult<()> {
    let Some(known) = store::contact(tx, scope, (account, external_id, false)).await? else { return Ok(()) };
    let follows = store::follows_among(tx, scope, account, &[external_id]).await?;
    for follow in follows.iter().filter(|f| f.deleted_at.is_none()) {
        end(tx, scope, account, (&known.person, &known.contact, &follow.staff)).await?;
    }
    Ok(())
}

async fn end(
    tx: &mut Tx<'_>,
    scope: &Scope,
    account: &str,
    (person, contact, staff): (&str, &str, &str),
) -> AppResult<()> {
    let (now, employee) = (tx.now(), staff::ensure(tx, scope, account, staff).await?);
    let taker = reactions::taker_of_vanished(tx, scope, account, (staff, contact)).await?;
    if store::end_follow(tx, scope, (contact, &employee.id), now).await? {
        let (person, contact) = (person.to_owned(), contact.to_owned());
        let fact = match taker {
            Some(to) => Fact::BondMoved { person, contact, from: employee.id, to: Some(to), at: now },
            None => Fact::ContactLost { person, contact, staff: employee.id, by_customer: false, at: now },
        };
        reactions::on(tx, scope, &fact).await?;
    }
    Ok(())
}

/// Some contacts as the platform just showed them.
#[derive(Clone, Copy)]
struct Sighting<'a> {
    page: &'a [ContactSnapshot],
    answer: Answer,
    /// The traversal that met them; 0 for none.
    run: i64,
    sealer: &'a Sealer,
}

/// Writes what changed of some contacts and hands over the facts.
async fn apply(tx: &mut Tx<'_>, scope: &Scope, account: &str, seen: Sighting<'_>) -> AppResult<()> {
    // A traversal lists a contact once per employee; here she is one.
    let mut contacts: BTreeMap<&str, (&ContactSnapshot, Vec<FollowSnapshot>)> = BTreeMap::new();
    for contact in seen.page {
        let entry = contacts.entry(&contact.id).or_insert((contact, Vec::new()));
        entry.1.extend(contact.follows.iter().cloned());
    }
    notes::leave_out_erased(tx, scope, &mut contacts).await?;
    let ids: Vec<&str> = contacts.keys().copied().collect();
    let mut known_contacts = store::contacts_among(tx, scope, account, &ids).await?;
    let mut known_follows: BTreeMap<String, Vec<KnownFollow>> = BTreeMap::new();
    for row in store::follows_among(tx, scope, account, &ids).await? {
        known_follows.entry(row.external_id.clone()).or_default().push(KnownFollow::from(&row));
    }
    let mut employees = Employees::new(account);
    let mut rows = Vec::new();
    for (id, (contact, follows)) in contacts {
        let unchanged = known_contacts.iter().find(|k| k.external_id == id).filter(|k| {
            k.name == contact.name
                && k.person_name == contact.name
                && (k.union_id.is_some() || contact.union_id.is_none())
        });
        let who = match unchanged {
            Some(k) => Recognised {
                person: k.person.clone(),
                contact: k.contact.clone(),
                person_no: k.person_no,
                kind: k.kind.clone(),
                new: false,
            },
            None => {
                let who = recognise(tx, scope, account, contact, &follows).await?;
                // She turned out to be somebody else whom we know: others of this page may be her too.
                if known_contacts.iter().any(|k| k.external_id == id && k.person != who.person) {
                    known_contacts = store::contacts_among(tx, scope, account, &ids).await?;
                }
                who
            }
        };
        let known = known_follows.remove(id).unwrap_or_default();
        let noted: Vec<&str> = known.iter().filter(|k| k.phones > 0).map(|k| k.staff.as_str()).collect();
        notes::note_numbers(tx, scope, (&who, seen.sealer), (&follows, &noted)).await?;
        for change in diff(&known, &follows, seen.answer) {
            let staff = match &change {
                FollowChange::Added(f) | FollowChange::Changed(f) | FollowChange::Same(f) => &f.staff,
                FollowChange::Lost { staff } => staff,
            };
            let staff = employees.id(tx, scope, staff).await?;
            settle(tx, scope, (account, &who, &staff), &known, &change).await?;
            match change {
                FollowChange::Same(_) if seen.run == 0 => {}
                FollowChange::Added(f) | FollowChange::Changed(f) | FollowChange::Same(f) => {
                    rows.push(follow_row(scope, (&who.contact, &staff), &f, seen.run));
                }
                FollowChange::Lost { .. } => {}
            }
        }
    }
    store::upsert_follows(tx, rows).await?;
    Ok(())
}

async fn recognise(
    tx: &mut Tx<'_>,
    scope: &Scope,
    account: &str,
    contact: &ContactSnapshot,
    follows: &[FollowSnapshot],
) -> AppResult<Recognised> {
    let at = follows.iter().map(|f| f.since).min().unwrap_or_else(|| tx.now());
    let seen = Seen {
        account,
        external_id: &contact.id,
        is_staff: false,
        union_id: contact.union_id.as_deref(),
        name: &contact.name,
        avatar: contact.avatar.as_deref(),
        business: contact.business,
        at,
    };
    store::recognise(tx, scope, &seen).await
}

/// The facts of one change.
async fn settle(
    tx: &mut Tx<'_>,
    scope: &Scope,
    (account, who, staff): (&str, &Recognised, &str),
    known: &[KnownFollow],
    change: &FollowChange,
) -> AppResult<()> {
    let tags_before = |f: &FollowSnapshot| {
        known.iter().find(|k| k.staff == f.staff).map(|k| k.tags.clone()).unwrap_or_default()
    };
    match change {
        FollowChange::Same(_) => Ok(()),
        FollowChange::Changed(f) => {
            let before = tags_before(f);
            reactions::follow_tags_changed(tx, scope, account, &who.person, (&before, &f.tags)).await
        }
        FollowChange::Added(f) => {
            let fact = Fact::ContactAdded {
                person: who.person.clone(),
                contact: who.contact.clone(),
                staff: staff.to_owned(),
                code: f.state.clone(),
                at: f.since,
            };
            reactions::follow_tags_changed(tx, scope, account, &who.person, (&[], &f.tags)).await?;
            reactions::on(tx, scope, &fact).await
        }
        FollowChange::Lost { staff } => end(tx, scope, account, (&who.person, &who.contact, staff)).await,
    }
}

fn follow_row(scope: &Scope, (contact, staff): (&str, &str), f: &FollowSnapshot, run: i64) -> Args {
    args![
        scope.tenant(),
        contact,
        staff,
        f.since,
        f.state.as_deref(),
        f.remark.as_str(),
        f.description.as_str(),
        f.way.as_str(),
        f.tags.join(","),
        f.mobiles.len(),
        run
    ]
}

/// Our ids of the employees of one account, looked up once per portion.
struct Employees<'a> {
    account: &'a str,
    known: BTreeMap<String, String>,
}

impl<'a> Employees<'a> {
    const fn new(account: &'a str) -> Self {
        Self { account, known: BTreeMap::new() }
    }
    async fn id(&mut self, tx: &mut Tx<'_>, scope: &Scope, platform_id: &str) -> AppResult<String> {
        if let Some(id) = self.known.get(platform_id) {
            return Ok(id.clone());
        }
        let id = staff::ensure(tx, scope, self.account, platform_id).await?.id;
        self.known.insert(platform_id.to_owned(), id.clone());
        Ok(id)
    }
}

/// Walks through the contacts of all serving employees, page by page; each page is written with the cursor to the
/// next, so that a crash costs at most one page.
#[derive(Debug, Serialize, Deserialize)]
pub struct SyncStaffContacts {
    pub account: String,
}

/// Employees asked about at once: the platform's limit.
const CHUNK: usize = 100;
/// Pages in one run of the job.
const PAGES: usize = 20;

impl Job for SyncStaffContacts {
    const KIND: &'static str = "people.sync_staff_contacts";
    const POLICY: Policy = Policy::BULK;

    fn dedupe(&self) -> Option<String> {
        Some(self.account.clone())
    }

    async fn run(&self, ctx: &mut JobCtx) -> JobResult {
        let (scope, sealer) = (ctx.scope().clone(), ctx.sealer().clone());
        let answer = {
            let messenger = ctx.messenger(&self.account).await?;
            messenger.directory().list_serving_staff(Lane::Bulk).await
        };
        let mut serving = match answer {
            Ok(serving) => serving,
            Err(e) => return accounts::sync_stopped(ctx, &self.account, SyncKind::Contacts, e).await,
        };
        serving.sort();
        for _ in 0..PAGES {
            let mut tx = ctx.begin().await?;
            let run = accounts::begin_sync(&mut tx, &scope, &self.account, SyncKind::Contacts).await?;
            let row = accounts::sync_row(&mut tx, &scope, &self.account, SyncKind::Contacts).await?;
            let place = Place::read(&row.map(|r| r.next_cursor).unwrap_or_default());
            let Some(chunk) = serving.chunks(CHUNK).nth(place.chunk) else {
                finish(&mut tx, &scope, &self.account, run).await?;
                tx.commit().await?;
                return Ok(());
            };
            tx.commit().await?;
            let batch = match self.page(ctx, chunk, &place).await {
                Ok(batch) => batch,
                Err(e) => return accounts::sync_stopped(ctx, &self.account, SyncKind::Contacts, e).await,
            };
            let mut tx = ctx.begin().await?;
            let sighting = Sighting { page: &batch.items, answer: Answer::Partial, run, sealer: &sealer };
            apply(&mut tx, &scope, &self.account, sighting).await?;
            let (met, next) = (batch.items.len(), place.after(batch.next).text());
            let step = SyncStep { done: met, found: met, cursor: Some(&next), listed: false };
            accounts::step_sync(&mut tx, &scope, &self.account, SyncKind::Contacts, step).await?;
            tx.commit().await?;
        }
        let mut tx = ctx.begin().await?;
        tx.enqueue(scope.tenant(), &Self { account: self.account.clone() }).await?;
        tx.commit().await?;
        Ok(())
    }
}

impl SyncStaffContacts {
    /// One page. A cursor that the platform has forgotten begins its hundred again.
    async fn page(
        &self,
        ctx: &JobCtx,
        staff: &[String],
        place: &Place,
    ) -> Result<Batch<ContactSnapshot>, Error> {
        let messenger = ctx.messenger(&self.account).await.map_err(|e| Error::Unavailable(e.to_string()))?;
        let cursor = Some(place.cursor.as_str()).filter(|c| !c.is_empty());
        match messenger.contacts().list_of(staff, cursor, Lane::Bulk).await {
            Err(Error::Refused { reason: Refusal::BadRequest, .. }) if cursor.is_some() => {
                messenger.contacts().list_of(staff, None, Lane::Bulk).await
            }
            other => other,
        }
    }
}

/// Ends a traversal: whoever has a living bond that it did not meet is read one by one.
async fn finish(tx: &mut Tx<'_>, scope: &Scope, account: &str, run: i64) -> AppResult<()> {
    for contact in store::unseen(tx, scope, account, run).await? {
        super::request_sync(tx, scope, account, &contact).await?;
    }
    let step = SyncStep { listed: true, ..SyncStep::default() };
    accounts::step_sync(tx, scope, account, SyncKind::Contacts, step).await?;
    Ok(())
}
