//! What changed since somebody last looked: which people, or which whole containers, under which source.

use std::collections::HashMap;

use crate::bits::halves;

/// Where an answer comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Source {
    Set(u32),
    Number(u32),
    Timeline(u32),
    Ledger,
}

/// More changed people than this in one container are looked at all together.
const MOST_SINGLE: usize = 256;
/// Marks are put in order when there are so many new ones, so that they stay within bounds if nobody looks.
const MOST_LOOSE: usize = 1 << 16;

/// Marked people and containers, in any order and possibly repeated until [`Dirty::in_order`].
#[derive(Clone, Debug, Default)]
pub struct Dirty {
    people: Vec<u32>,
    whole: Vec<u16>,
    /// How many people were left when they were last put in order.
    settled: usize,
}

/// What to look at in one container.
#[derive(Debug, PartialEq)]
pub enum Marks<'d> {
    /// Ascending.
    People(&'d [u32]),
    Whole,
}

impl Dirty {
    pub fn is_empty(&self) -> bool {
        self.people.is_empty() && self.whole.is_empty()
    }

    pub fn mark(&mut self, person: u32) {
        self.people.push(person);
        if self.people.len() > self.settled + MOST_LOOSE {
            self.put_in_order();
        }
    }

    pub fn mark_whole(&mut self, keys: impl IntoIterator<Item = u16>) {
        self.whole.extend(keys);
    }

    pub fn merge(&mut self, other: &Self) {
        self.people.extend_from_slice(&other.people);
        self.whole.extend_from_slice(&other.whole);
        if self.people.len() > self.settled + MOST_LOOSE {
            self.put_in_order();
        }
    }

    fn put_in_order(&mut self) {
        self.people.sort_unstable();
        self.people.dedup();
        for crowd in self.people.chunk_by(|a, b| halves(*a).0 == halves(*b).0) {
            if crowd.len() > MOST_SINGLE {
                self.whole.push(halves(crowd[0]).0);
            }
        }
        self.whole.sort_unstable();
        self.whole.dedup();
        self.people.retain(|person| self.whole.binary_search(&halves(*person).0).is_err());
        self.settled = self.people.len();
    }

    /// Each container once, ascending.
    pub fn in_order(&mut self) -> Vec<(u16, Marks<'_>)> {
        self.put_in_order();
        let singles = self.people.chunk_by(|a, b| halves(*a).0 == halves(*b).0);
        let singles = singles.map(|people| (halves(people[0]).0, Marks::People(people)));
        let mut all: Vec<_> = self.whole.iter().map(|key| (*key, Marks::Whole)).chain(singles).collect();
        all.sort_unstable_by_key(|(key, _)| *key);
        all
    }
}

/// Collects only when somebody watches.
#[derive(Clone, Debug, Default)]
pub struct Touched {
    watched: bool,
    sources: HashMap<Source, Dirty>,
    new_sets: Vec<u32>,
}

impl Touched {
    pub fn watch(&mut self) {
        self.watched = true;
    }

    pub fn mark(&mut self, source: Source, person: u32) {
        if self.watched {
            self.sources.entry(source).or_default().mark(person);
        }
    }

    pub fn mark_whole(&mut self, source: Source, keys: impl IntoIterator<Item = u16>) {
        if self.watched {
            self.sources.entry(source).or_default().mark_whole(keys);
        }
    }

    pub fn note_new_set(&mut self, set: u32) {
        if self.watched {
            self.new_sets.push(set);
        }
    }

    pub fn take_new_sets(&mut self) -> Vec<u32> {
        std::mem::take(&mut self.new_sets)
    }

    pub fn take_source(&mut self, source: Source) -> Option<Dirty> {
        self.sources.remove(&source)
    }

    pub fn take(&mut self) -> HashMap<Source, Dirty> {
        std::mem::take(&mut self.sources)
    }
}
