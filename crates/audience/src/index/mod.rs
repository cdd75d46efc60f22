//! What is known about people, arranged so that a question about millions looks at a few sets.
//!
//! Per tag, group, value and so on there is one set; per number field one set per binary digit; per act one tally per
//! day and per 2, 4, 8 … 256 days; per tag the day of each member. Facts come in through [`Index::apply`], one at a time
//! and in any order of days, or in bulk through the `load_` functions.

mod change;
pub(crate) mod column;
mod facts;
pub(crate) mod ledger;
mod load;
pub(crate) mod names;
pub(crate) mod number;
mod profile;
pub(crate) mod since;
pub(crate) mod timeline;
pub(crate) mod touched;

pub use change::Change;
pub(crate) use facts::{Links, Portrait};
pub use profile::Profile;
pub(crate) use touched::{Dirty, Marks, Source};

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use crate::bits::Bitmap;
use crate::dictionary::Dictionary;
use crate::eligibility::MemberKind;
use crate::language::Facet;
use ledger::Ledger;
use names::Names;
use number::Number;
use since::Since;
use timeline::Timeline;
use touched::Touched;

/// The first sets always are these: who counts, who is known, who is barred from what, one per member kind.
pub(crate) const ELIGIBLE: u32 = 0;
pub(crate) const KNOWN: u32 = 1;
pub(crate) const KINDS: Range<u32> = 4..12;

/// What a person may be kept out of, whatever a segment says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Bar {
    /// "No promotion".
    Promotion,
    /// "No personalisation".
    Personalisation,
}

impl Bar {
    pub(crate) const fn set(self) -> u32 {
        match self {
            Self::Promotion => 2,
            Self::Personalisation => 3,
        }
    }
}

/// Everything known about people. People are dense numbers (`u32`), given once by the product or by
/// [`Index::people`], and never used again for somebody else.
#[derive(Clone, Debug)]
pub struct Index {
    /// External ids and their numbers, for those who want the index to give them.
    pub people: Dictionary,
    pub(crate) set_names: Names,
    pub(crate) sets: Vec<Bitmap>,
    /// Those that hold a segment's people.
    pub(crate) segment_sets: HashSet<u32>,
    pub(crate) number_names: Names,
    pub(crate) numbers: Vec<Number>,
    pub(crate) timeline_names: Names,
    pub(crate) times: Vec<Times>,
    /// Days of getting into a set, by the set.
    pub(crate) since: HashMap<u32, u32>,
    pub(crate) ledger: Ledger,
    pub(crate) links: Links,
    pub(crate) touched: Touched,
}

impl Default for Index {
    fn default() -> Self {
        Self::new()
    }
}

impl Index {
    #[must_use]
    pub fn new() -> Self {
        let mut index = Self::bare();
        for name in ["eligible", "everybody", "no promotion", "no personalisation"] {
            index.set_named(name);
        }
        for kind in MemberKind::ALL {
            index.set_named(&names::facet(Facet::MemberKind, kind.name()));
        }
        index
    }

    /// Without even the first sets, for a snapshot to fill.
    pub(crate) fn bare() -> Self {
        Self {
            people: Dictionary::default(),
            set_names: Names::default(),
            sets: Vec::new(),
            segment_sets: HashSet::new(),
            number_names: Names::default(),
            numbers: Vec::new(),
            timeline_names: Names::default(),
            times: Vec::new(),
            since: HashMap::new(),
            ledger: Ledger::default(),
            links: Links::default(),
            touched: Touched::default(),
        }
    }

    /// How many people anything is known about.
    #[must_use]
    pub fn known(&self) -> u64 {
        self.sets[KNOWN as usize].len()
    }

    /// How many of them count.
    #[must_use]
    pub fn eligible(&self) -> u64 {
        self.sets[ELIGIBLE as usize].len()
    }

    /// Who stands for a person: herself, unless she was merged into another.
    #[must_use]
    pub fn stands_for(&self, person: u32) -> u32 {
        self.links.roots.get(&person).copied().unwrap_or(person)
    }

    /// Whether anything was ever said about it: a tag that nobody ever had is not known.
    #[must_use]
    pub fn has(&self, facet: Facet, id: &str) -> bool {
        self.set_names.find(&names::facet(facet, id)).is_some()
    }

    /// The values of a text field that occur or occurred, in order.
    pub fn values_of(&self, field: &str) -> Vec<String> {
        let start = names::text_start(field);
        self.set_names.beginning(&start).map(|(value, _)| value.to_owned()).collect()
    }

    /// Bytes of memory for everything, as near as can be told from inside.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let numbers: usize = self.numbers.iter().map(Number::bytes).sum();
        let times: usize = self.times.iter().map(Times::bytes).sum();
        self.set_bytes() + numbers + times + self.ledger.bytes() + self.people.bytes()
    }

    /// The part of [`Index::bytes`] that holds the days on which people got their tags.
    #[must_use]
    pub fn since_bytes(&self) -> usize {
        self.since.values().map(|times| self.times[*times as usize].bytes()).sum()
    }

    /// The part of [`Index::bytes`] that holds tags, groups, values and the like.
    #[must_use]
    pub fn set_bytes(&self) -> usize {
        self.sets.iter().map(|set| set.bytes() + size_of::<Bitmap>()).sum()
    }

    /// Takes every set's smallest form. Worth it after a bulk load and before a snapshot; costs one pass over all.
    pub fn shrink(&mut self) {
        // Sets are most of the memory; tallies and digits are read many at a time.
        self.sets.iter_mut().for_each(Bitmap::pack);
        self.numbers.iter_mut().for_each(Number::shrink);
        self.times.iter_mut().for_each(Times::shrink);
        self.ledger.shrink();
    }

    pub(crate) fn set_named(&mut self, name: &str) -> u32 {
        let (set, new) = self.set_names.note(name);
        if new {
            self.sets.push(Bitmap::default());
            if name.starts_with(&names::facet_start(Facet::Segment)) {
                self.segment_sets.insert(set);
            }
            self.touched.note_new_set(set);
        }
        set
    }

    pub(crate) fn number_named(&mut self, name: &str) -> u32 {
        let (number, new) = self.number_names.note(name);
        if new {
            self.numbers.push(Number::default());
        }
        number
    }

    /// How often people did something.
    pub(crate) fn timeline_named(&mut self, name: &str) -> u32 {
        let (times, new) = self.timeline_names.note(name);
        if new {
            self.times.push(Times::Often(Timeline::default()));
        }
        times
    }

    /// Since when people have a tag.
    pub(crate) fn since_named(&mut self, tag: &str) -> u32 {
        let set = self.set_named(&names::facet(Facet::Tag, tag));
        let (times, new) = self.timeline_names.note(&names::tagged(tag));
        if new {
            self.times.push(Times::Since(Since::new(set)));
            self.since.insert(set, times);
        }
        times
    }

    /// The days of one person, and how often.
    pub(crate) fn days_of(&self, person: u32, times: &Times) -> Vec<(i32, u64)> {
        match times {
            Times::Often(timeline) => timeline.days_of(person),
            Times::Since(since) => since.days_of(&self.sets[since.set as usize], person),
        }
    }
}

/// What happened on which day.
#[derive(Clone, Debug)]
pub enum Times {
    /// Somebody did something, any number of times.
    Often(Timeline),
    /// Somebody got into a set.
    Since(Since),
}

impl Times {
    fn shrink(&mut self) {
        match self {
            Self::Often(timeline) => timeline.shrink(),
            Self::Since(since) => since.shrink(),
        }
    }

    fn bytes(&self) -> usize {
        match self {
            Self::Often(timeline) => timeline.bytes(),
            Self::Since(since) => since.bytes(),
        }
    }

    /// Containers in which anything ever happened. Ascending.
    pub(crate) fn keys(&self) -> Vec<u16> {
        match self {
            Self::Often(timeline) => timeline.ever.any.keys.clone(),
            Self::Since(since) => since.all_keys(),
        }
    }
}
