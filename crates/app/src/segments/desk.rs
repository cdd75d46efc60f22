//! The index of people in memory, one per tenant and process, kept beside the database by the log of facts.
//!
//! Whoever asks first makes it catch up with the last committed fact, so an answer holds everything that was committed
//! before the question, on every node. Facts only say *whose* rows to read again ([`model::touched`]); the rows are the truth,
//! and saying the same twice changes nothing. Questions share a lock that a writer holds for the time of a change in
//! memory only, never while it reads the database.

mod asked;
mod causes;
mod held;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use audience::{Index, Standing};
use base::Timestamp;

use super::model::{self, Because, Touched};
use super::store::profiles;
use super::store::read::{PORTION, Whose};
use super::store::{self, Mark};
use crate::ctx::Ctx;
use crate::kernel::db::Tx;
use crate::kernel::facts::{self as log, FactRow};
use crate::kernel::http::{AppResult, Scope};

pub use asked::{Listed, frozen_after, frozen_list, is_in, living, look, people_after, question};
use causes::{Note, Pending};
use held::Definition;
pub use held::{Due, Held, What};

/// Facts taken in at once.
const BATCH: i64 = 2_000;
/// People changed while questions wait: some milliseconds.
const AT_ONCE: usize = 128;
/// Dense numbers read at once when everything is read.
const RANGE: u32 = 4_000;

/// The rooms of all tenants of this process. Lives in [`Ctx`].
#[derive(Clone, Default)]
pub struct Desk {
    rooms: Arc<Mutex<HashMap<String, Arc<Room>>>>,
}

/// One tenant's index.
#[derive(Default)]
pub struct Room {
    held: RwLock<Option<Held>>,
    /// Whoever brings the room up to date; others wait and find it done.
    turn: tokio::sync::Mutex<()>,
}

impl Desk {
    /// The tenant's room, up to date with everything committed before the call.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn caught_up(&self, ctx: &Ctx, scope: &Scope) -> AppResult<Arc<Room>> {
        let room = {
            let mut rooms = self.rooms.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(rooms.entry(scope.tenant().to_owned()).or_default())
        };
        room.catch_up(ctx, scope).await?;
        Ok(room)
    }

    /// Lets go of a tenant's index: the next question reads it anew.
    pub fn forget(&self, tenant: &str) {
        self.rooms.lock().unwrap_or_else(PoisonError::into_inner).remove(tenant);
    }
}

impl Room {
    async fn catch_up(&self, ctx: &Ctx, scope: &Scope) -> AppResult<()> {
        let mut tx = ctx.read().await?;
        let mark = store::mark(&mut tx, scope).await?;
        drop(tx);
        if self.is_at(&mark, ctx.now()) {
            return Ok(());
        }
        let _turn = self.turn.lock().await;
        let mut tx = ctx.read().await?;
        loop {
            let mark = store::mark(&mut tx, scope).await?;
            if self.is_at(&mark, ctx.now()) {
                return Ok(());
            }
            if self.lacks_index(&mark) {
                let held = open(&mut tx, scope, (&mark, ctx.now())).await?;
                *self.held.write().unwrap_or_else(PoisonError::into_inner) = Some(held);
            }
            self.step(&mut tx, scope, (&mark, ctx.now())).await?;
        }
    }

    fn is_at(&self, mark: &Mark, now: Timestamp) -> bool {
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        held.as_ref().is_some_and(|held| {
            held.mark.seq >= mark.seq
                && held.mark.revision >= mark.revision
                && held.mark.calendar == mark.calendar
                && held.standing.today() == mark.calendar.day(now.0)
        })
    }

    /// Another zone or another cut makes other days of everything.
    fn lacks_index(&self, mark: &Mark) -> bool {
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        held.as_ref().is_none_or(|held| held.mark.calendar != mark.calendar)
    }

    /// One batch of facts, then the definitions if they changed.
    async fn step(&self, tx: &mut Tx<'_>, scope: &Scope, (mark, now): (&Mark, Timestamp)) -> AppResult<()> {
        let Some(seq) = self.read(|held| held.mark.seq) else { return Ok(()) };
        let rows = log::after(tx, scope.tenant(), seq, BATCH).await?;
        let seq = rows.last().map_or(seq, |row| row.seq);
        let Concerned { people, numbers, notes } = concerned(tx, scope, &rows).await?;
        let people: Vec<String> = people.into_iter().collect();
        let mut read = BTreeMap::new();
        for portion in people.chunks(PORTION) {
            read.extend(profiles::profiles(tx, scope, Whose::Few(portion), &mark.calendar).await?);
        }
        for no in numbers {
            let one = Whose::Range(no.saturating_sub(1), no);
            read.extend(profiles::profiles(tx, scope, one, &mark.calendar).await?);
        }
        let defined = match self.read(|held| held.mark.revision < mark.revision) {
            Some(true) => Some(definitions(tx, scope, self).await?),
            _ => None,
        };
        let read: Vec<_> = read.into_iter().collect();
        for portion in read.chunks(AT_ONCE) {
            let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
            let Some(held) = held.as_mut() else { return Ok(()) };
            for (person, profile) in portion {
                held.index.replace(*person, profile);
            }
        }
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        let Some(held) = held.as_mut() else { return Ok(()) };
        held.mark.seq = seq;
        held.note(notes, mark.settled);
        if let Some(defined) = defined {
            held.define(defined);
            held.mark.revision = mark.revision;
        }
        held.advance_to(mark.calendar.day(now.0));
        held.settle();
        Ok(())
    }

    /// Looks at what the room holds; `None` before it was opened.
    pub fn read<R>(&self, look: impl FnOnce(&Held) -> R) -> Option<R> {
        self.held.read().unwrap_or_else(PoisonError::into_inner).as_ref().map(look)
    }

    /// What is to be written of segments whose people changed. Call with the room up to date.
    pub fn due(&self) -> Vec<Due> {
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        held.as_mut().map(Held::due).unwrap_or_default()
    }

    /// The number of the last fact when nothing is due any more, unless that is written down already.
    pub fn settled(&self) -> Option<i64> {
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        held.as_mut().and_then(Held::settled)
    }

    /// Why these people, by id, moved as it is due.
    pub fn why(&self, due: &Due, people: &[&str]) -> Vec<Arc<Because>> {
        let why = |held: &Held| people.iter().map(|person| held.causes.of(person, &due.explained)).collect();
        self.read(why).unwrap_or_default()
    }

    /// Notes what was written.
    pub fn wrote(&self, due: &Due) {
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(kept) = held.as_mut().and_then(|held| held.kept.get_mut(&due.segment)) {
            kept.filled_version = due.version;
            kept.written = due.people.clone();
            match &due.what {
                What::Fill => kept.checkpoint = due.moves,
                What::Moves(moved) => {
                    kept.moves += i64::try_from(moved.len()).unwrap_or(i64::MAX);
                    if due.checkpoint {
                        kept.checkpoint = kept.moves;
                    }
                }
            }
        }
    }

    /// Somebody else wrote: takes over what is written now.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn reread(&self, tx: &mut Tx<'_>, scope: &Scope, segment: &str) -> AppResult<()> {
        let found = store::members(tx, scope, segment).await?;
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        let kept = held.as_mut().and_then(|held| held.kept.get_mut(segment));
        if let (Some(kept), Some((written, row))) = (kept, found) {
            kept.written = written;
            kept.moves = row.moves;
            kept.filled_version = row.filled_version;
            kept.checkpoint = row.members_at;
            kept.stirred = true;
        }
        Ok(())
    }
}

/// Whose rows are worth reading again after some facts, and what those are as causes.
#[derive(Default)]
struct Concerned {
    people: BTreeSet<String>,
    numbers: BTreeSet<u32>,
    notes: Vec<Note>,
}

async fn concerned(tx: &mut Tx<'_>, scope: &Scope, rows: &[FactRow]) -> AppResult<Concerned> {
    let mut found = Concerned::default();
    for row in rows {
        let (touched, because) = model::touched(row);
        let people = match touched {
            Touched::Nobody => continue,
            Touched::People(ids) => ids,
            Touched::Number { person, no } => {
                found.numbers.extend(u32::try_from(no));
                found.notes.push((person, row.seq, Arc::new(because)));
                continue;
            }
            Touched::Place { group, community } => {
                store::people_of_place(tx, scope, (&group, &community)).await?
            }
            Touched::Contact(contact) => {
                store::person_of_contact(tx, scope, &contact).await?.into_iter().collect()
            }
        };
        let because = Arc::new(because);
        found.notes.extend(people.iter().map(|person| (person.clone(), row.seq, Arc::clone(&because))));
        found.people.extend(people);
    }
    Ok(found)
}

/// The living segments; members only of those that the room doesn't know or knows in another wording.
async fn definitions(tx: &mut Tx<'_>, scope: &Scope, room: &Room) -> AppResult<Vec<Definition>> {
    let mut defined = Vec::new();
    for row in store::live(tx, scope).await? {
        let known = room.read(|held| {
            held.kept
                .get(&row.id)
                .is_some_and(|k| k.version == row.version && k.filled_version >= row.filled_version)
        });
        let written = match known {
            Some(true) => None,
            _ => store::members(tx, scope, &row.id).await?,
        };
        defined.push(Definition { row, written });
    }
    Ok(defined)
}

/// Opens a room: from the written index if it can be read, else from all tables.
async fn open(tx: &mut Tx<'_>, scope: &Scope, (mark, now): (&Mark, Timestamp)) -> AppResult<Held> {
    let bytes = store::read_index(tx, scope, &mark.calendar).await?;
    let written = match Index::read_snapshot(&mut bytes.as_slice()) {
        Ok((index, seq)) => i64::try_from(seq).ok().filter(|seq| *seq <= mark.seq).map(|seq| (index, seq)),
        Err(why) => {
            if !bytes.is_empty() {
                tracing::warn!(%why, "the written index of people is thrown away");
            }
            None
        }
    };
    let mut causes = Pending::default();
    let (mut index, seq) = match written {
        Some(written) => written,
        None => {
            let index = read_all(tx, scope, mark).await?;
            // What happened since the last settling is in the index already; why somebody moves is still to be known.
            let unsettled = mark.settled.max(mark.seq - BATCH);
            let rows = log::after(tx, scope.tenant(), unsettled, mark.seq - unsettled).await?;
            concerned(tx, scope, &rows).await?.notes.into_iter().for_each(|note| causes.note(note));
            (index, mark.seq)
        }
    };
    index.forget_segments();
    let standing = Standing::new(&mut index, mark.calendar.day(now.0));
    let mark = Mark { seq, revision: -1, ..mark.clone() };
    Ok(Held { index, standing, mark, kept: BTreeMap::new(), causes, reworded: BTreeSet::new(), rolled: true })
}

/// Reads everybody. What is committed meanwhile is in the log after the mark, and read again from there.
pub async fn read_all(tx: &mut Tx<'_>, scope: &Scope, mark: &Mark) -> AppResult<Index> {
    let mut index = Index::new();
    let last = profiles::last_number(tx, scope).await?;
    let mut after = 0;
    while after < last {
        let upto = after.saturating_add(RANGE);
        for (person, profile) in
            profiles::profiles(tx, scope, Whose::Range(after, upto), &mark.calendar).await?
        {
            index.replace(person, &profile);
        }
        after = upto;
    }
    index.shrink();
    Ok(index)
}
