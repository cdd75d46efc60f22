//! A set of people.

use roaring::{MultiOps as _, RoaringBitmap};

/// People by their dense number. Operations make new sets; iteration ascends.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PeopleSet(RoaringBitmap);

impl PeopleSet {
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// True when the person was not in the set before.
    pub fn insert(&mut self, person: u32) -> bool {
        self.0.insert(person)
    }

    /// True when the person was in the set.
    pub fn remove(&mut self, person: u32) -> bool {
        self.0.remove(person)
    }

    #[must_use]
    pub fn contains(&self, person: u32) -> bool {
        self.0.contains(person)
    }

    #[must_use]
    pub fn count(&self) -> u64 {
        self.0.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// In either.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        Self(&self.0 | &other.0)
    }

    /// In any of them.
    #[must_use]
    pub fn union_of<'a>(sets: impl IntoIterator<Item = &'a Self>) -> Self {
        Self(sets.into_iter().map(|set| &set.0).union())
    }

    /// In both.
    #[must_use]
    pub fn intersect(&self, other: &Self) -> Self {
        Self(&self.0 & &other.0)
    }

    /// In this one, but not in the other.
    #[must_use]
    pub fn minus(&self, other: &Self) -> Self {
        Self(&self.0 - &other.0)
    }

    /// How many are in both, without making the set.
    #[must_use]
    pub fn count_shared(&self, other: &Self) -> u64 {
        self.0.intersection_len(&other.0)
    }

    /// Ascending.
    pub fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        self.0.iter()
    }
}

impl FromIterator<u32> for PeopleSet {
    fn from_iter<I: IntoIterator<Item = u32>>(people: I) -> Self {
        Self(people.into_iter().collect())
    }
}

impl Extend<u32> for PeopleSet {
    fn extend<I: IntoIterator<Item = u32>>(&mut self, people: I) {
        self.0.extend(people);
    }
}
