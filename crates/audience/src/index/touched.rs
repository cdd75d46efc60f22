//! What changed since somebody last looked, by source and container.

use std::collections::{BTreeMap, HashMap};

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

/// Which people of a container.
#[derive(Clone, Debug, PartialEq)]
pub enum Marks {
    /// In any order, possibly repeated.
    Some(Vec<u16>),
    Whole,
}

impl Marks {
    pub fn add(&mut self, low: u16) {
        let Self::Some(list) = self else { return };
        if list.last() == Some(&low) {
            return;
        }
        match list.len() < MOST_SINGLE {
            true => list.push(low),
            false => *self = Self::Whole,
        }
    }

    pub fn merge(&mut self, other: &Self) {
        match other {
            Self::Whole => *self = Self::Whole,
            Self::Some(list) => list.iter().for_each(|low| self.add(*low)),
        }
    }
}

pub type Dirty = BTreeMap<u16, Marks>;

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
            let (key, low) = halves(person);
            let dirty = self.sources.entry(source).or_default();
            dirty.entry(key).or_insert_with(|| Marks::Some(Vec::new())).add(low);
        }
    }

    pub fn mark_whole(&mut self, source: Source, keys: impl IntoIterator<Item = u16>) {
        if self.watched {
            let dirty = self.sources.entry(source).or_default();
            dirty.extend(keys.into_iter().map(|key| (key, Marks::Whole)));
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
