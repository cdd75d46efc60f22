//! What a room holds: the index, the segments that stand over it, and what is written of them.

use std::collections::{BTreeMap, BTreeSet};

use audience::{Day, Expr, Index, PeopleSet, Standing};

use super::causes::{Explained, Note, Pending};
use crate::segments::model::Causes;
use crate::segments::rows::{MembersRow, SegmentRow};
use crate::segments::store::Mark;

/// Moves of one segment settled in one transaction.
const MOST_MOVES: usize = 4_000;
/// Moves after which the members are written down as a set.
const CHECKPOINT: i64 = 4_000;

/// What a room holds.
pub struct Held {
    pub index: Index,
    pub standing: Standing,
    pub mark: Mark,
    pub(super) kept: BTreeMap<String, Kept>,
    pub(super) causes: Pending,
    /// Segments that ask something else, or were put away, since the last settling.
    pub(super) reworded: BTreeSet<String>,
    /// A day began since the last settling, as far as this process knows.
    pub(super) rolled: bool,
}

/// A segment as it is written down.
pub(super) struct Kept {
    pub(super) version: i64,
    pub(super) filled_version: i64,
    pub(super) tell_first: bool,
    /// The number of its last move, and who was in after it.
    pub(super) moves: i64,
    pub(super) written: PeopleSet,
    /// Who is in may differ from what is written.
    pub(super) stirred: bool,
    pub(super) checkpoint: i64,
    looks_at: Causes,
    refers_to: Vec<String>,
}

/// What is to be written of one segment.
#[derive(Debug)]
pub struct Due {
    pub segment: String,
    pub version: i64,
    pub moves: i64,
    pub what: What,
    /// Who is in afterwards, by the book: moves beyond one transaction come with the next.
    pub people: PeopleSet,
    /// Moves are many since the members were written down.
    pub checkpoint: bool,
    pub(super) explained: Explained,
}

#[derive(Debug)]
pub enum What {
    /// All of them, quietly.
    Fill,
    /// Who entered (true) and who left.
    Moves(Vec<(u32, bool)>),
}

impl Held {
    /// Today, as the tenant counts days.
    #[must_use]
    pub const fn today(&self) -> Day {
        self.standing.today()
    }

    /// The version of the wording by which a segment's people are known now.
    #[must_use]
    pub fn version_of(&self, segment: &str) -> Option<i64> {
        self.kept.get(segment).map(|kept| kept.version)
    }

    /// The segments whose present wording refers to this one.
    #[must_use]
    pub fn users_of(&self, segment: &str) -> Vec<&str> {
        let refers = |kept: &Kept| kept.refers_to.iter().any(|id| id == segment);
        self.kept.iter().filter(|(_, kept)| refers(kept)).map(|(id, _)| id.as_str()).collect()
    }

    /// Remembers why people may move, and forgets what is settled.
    pub(super) fn note(&mut self, notes: Vec<Note>, settled: i64) {
        notes.into_iter().filter(|note| note.1 > settled).for_each(|note| self.causes.note(note));
        if self.mark.settled < settled {
            self.mark.settled = settled;
            self.causes.forget_until(settled);
        }
    }

    pub(super) fn advance_to(&mut self, today: Day) {
        self.rolled |= today != self.standing.today();
        self.standing.advance_to(&self.index, today);
    }

    /// The number of the last fact if nothing is due and it isn't written down as settled.
    pub(super) fn settled(&mut self) -> Option<i64> {
        if self.kept.values().any(|kept| kept.stirred) {
            return None;
        }
        self.reworded.clear();
        self.rolled = false;
        (self.mark.settled < self.mark.seq).then_some(self.mark.seq)
    }

    pub(super) fn settle(&mut self) {
        for delta in self.standing.settle(&mut self.index) {
            if let Some(kept) = self.kept.get_mut(&*delta.segment) {
                kept.stirred = true;
            }
        }
        // Where nobody settles, nothing is ever forgotten otherwise.
        if self.kept.is_empty() {
            self.causes.clear();
        }
    }

    pub(super) fn define(&mut self, defined: Vec<Definition>) {
        let living: BTreeSet<&str> = defined.iter().map(|d| d.row.id.as_str()).collect();
        let gone: Vec<String> =
            self.kept.keys().filter(|id| !living.contains(id.as_str())).cloned().collect();
        for id in gone {
            self.kept.remove(&id);
            self.standing.remove(&mut self.index, &id);
            self.reworded.insert(id);
        }
        let mut waiting = defined;
        while !waiting.is_empty() {
            let before = waiting.len();
            let mut refused = Vec::new();
            for definition in waiting {
                match self.take(definition) {
                    Ok(()) => {}
                    Err(again) => refused.push(again),
                }
            }
            // Old and new wordings may close a circle that the new ones alone don't: the others first, then again.
            if refused.len() == before {
                for (definition, why) in refused.iter().map(|r| (&r.0, &r.1)) {
                    tracing::error!(segment = %definition.row.id, %why, "a segment can't be kept up to date");
                    // What stands of it is another wording's people; writing those down would never succeed.
                    self.kept.remove(&definition.row.id);
                    self.standing.remove(&mut self.index, &definition.row.id);
                }
                return;
            }
            waiting = refused.into_iter().map(|refused| refused.0).collect();
        }
    }

    /// Defines one segment anew if its wording changed; gives it back with the reason when that can't be done yet.
    fn take(&mut self, definition: Definition) -> Result<(), Box<(Definition, String)>> {
        let Definition { row, written } = definition;
        let before = self.kept.get(&row.id).map(|kept| kept.version);
        if before == Some(row.version) && written.is_none() {
            return Ok(());
        }
        let expr: Expr = match serde_json::from_str(&row.expr) {
            Ok(expr) => expr,
            Err(why) => return Err(Box::new((Definition { row, written }, why.to_string()))),
        };
        let looks_at = Causes::looked_at(&expr);
        let refers_to = expr.segments().into_iter().map(str::to_owned).collect();
        if before != Some(row.version) {
            if let Err(why) = self.standing.define(&mut self.index, &row.id, expr) {
                return Err(Box::new((Definition { row, written }, why.to_string())));
            }
            if before.is_some() {
                self.reworded.insert(row.id.clone());
            }
        }
        if let Some((people, members)) = written {
            let kept = Kept {
                version: row.version,
                filled_version: members.filled_version,
                tell_first: row.tell_first,
                moves: members.moves,
                written: people,
                stirred: true,
                checkpoint: members.members_at,
                looks_at,
                refers_to,
            };
            self.kept.insert(row.id, kept);
        }
        Ok(())
    }

    /// What explains the moves of a segment: itself and whatever it refers to.
    fn explained(&self, id: &str) -> Explained {
        let mut how = Explained { seq: self.mark.seq, rolled: self.rolled, ..Explained::default() };
        let (mut open, mut seen) = (vec![id], BTreeSet::new());
        while let Some(id) = open.pop() {
            if !seen.insert(id) {
                continue;
            }
            how.reworded |= self.reworded.contains(id);
            if let Some(kept) = self.kept.get(id) {
                how.looks_at = how.looks_at.with(kept.looks_at);
                open.extend(kept.refers_to.iter().map(String::as_str));
            }
        }
        how
    }

    pub(super) fn due(&mut self) -> Vec<Due> {
        let mut due = Vec::new();
        let stirred = self.kept.iter().filter(|(_, kept)| kept.stirred);
        let explained: Vec<Explained> = stirred.map(|(id, _)| self.explained(id)).collect();
        let stirred = self.kept.iter_mut().filter(|(_, kept)| kept.stirred);
        for ((id, kept), explained) in stirred.zip(explained) {
            let Some(now) = self.standing.people(&self.index, id) else { continue };
            let (entered, left) = (now.minus(&kept.written), kept.written.minus(&now));
            let filled = kept.filled_version == kept.version;
            let what = match filled || kept.tell_first {
                false => What::Fill,
                true => {
                    let entered = entered.iter().map(|person| (person, true));
                    What::Moves(
                        left.iter().map(|person| (person, false)).chain(entered).take(MOST_MOVES).collect(),
                    )
                }
            };
            if matches!(&what, What::Moves(moved) if moved.is_empty()) && filled {
                kept.stirred = false;
                continue;
            }
            let mut people = now;
            let mut since = kept.moves - kept.checkpoint;
            if let What::Moves(moved) = &what {
                people = apply(kept.written.clone(), moved);
                since += i64::try_from(moved.len()).unwrap_or(i64::MAX);
            }
            due.push(Due {
                segment: id.clone(),
                version: kept.version,
                moves: kept.moves,
                what,
                people,
                checkpoint: since > CHECKPOINT,
                explained: Explained { first: !filled, ..explained },
            });
        }
        due
    }
}

fn apply(mut people: PeopleSet, moved: &[(u32, bool)]) -> PeopleSet {
    for (person, entered) in moved {
        if *entered {
            people.insert(*person)
        } else {
            people.remove(*person)
        };
    }
    people
}

/// A segment and what is written of its people, where this process must know it anew.
pub(super) struct Definition {
    pub(super) row: SegmentRow,
    pub(super) written: Option<(PeopleSet, MembersRow)>,
}
