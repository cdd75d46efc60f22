//! A set of people.

use crate::bits::{Bitmap, Block, Pool};

/// People by their dense number. Operations make new sets; iteration ascends.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PeopleSet(pub(crate) Bitmap);

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
        Self::union_of([self, other])
    }

    /// In any of them.
    #[must_use]
    pub fn union_of<'a>(sets: impl IntoIterator<Item = &'a Self>) -> Self {
        let sets: Vec<&Bitmap> = sets.into_iter().map(|set| &set.0).collect();
        let mut keys: Vec<u16> = sets.iter().flat_map(|set| &set.keys).copied().collect();
        keys.sort_unstable();
        keys.dedup();
        by_container(&keys, |key, pool| {
            sets.iter().fold(Block::Empty, |acc, set| {
                let block = Block::of(set.container(key), pool);
                acc.or(block, pool)
            })
        })
    }

    /// In both.
    #[must_use]
    pub fn intersect(&self, other: &Self) -> Self {
        by_container(&self.0.keys, |key, pool| {
            let (mine, theirs) = (self.block(key, pool), other.block(key, pool));
            mine.and(theirs, pool)
        })
    }

    /// In this one, but not in the other.
    #[must_use]
    pub fn minus(&self, other: &Self) -> Self {
        by_container(&self.0.keys, |key, pool| {
            let (mine, theirs) = (self.block(key, pool), other.block(key, pool));
            mine.minus(theirs, pool)
        })
    }

    /// How many are in both, without making the set.
    #[must_use]
    pub fn count_shared(&self, other: &Self) -> u64 {
        let pool = &mut Pool::default();
        let shared = |key: &u16| {
            let (mine, theirs) = (self.block(*key, pool), other.block(*key, pool));
            let count = u64::from(mine.and_count(&theirs));
            pool.give(mine);
            pool.give(theirs);
            count
        };
        self.0.keys.iter().map(shared).sum()
    }

    /// Ascending.
    pub fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        self.0.iter()
    }

    fn block(&self, key: u16, pool: &mut Pool) -> Block<'_> {
        Block::of(self.0.container(key), pool)
    }
}

fn by_container<'a>(keys: &[u16], mut make: impl FnMut(u16, &mut Pool) -> Block<'a>) -> PeopleSet {
    let (mut pool, mut out) = (Pool::default(), Bitmap::default());
    for key in keys {
        let block = make(*key, &mut pool);
        if let Some(container) = block.to_container() {
            out.keys.push(*key);
            out.containers.push(container);
        }
        pool.give(block);
    }
    PeopleSet(out)
}

impl FromIterator<u32> for PeopleSet {
    fn from_iter<I: IntoIterator<Item = u32>>(people: I) -> Self {
        let mut people: Vec<u32> = people.into_iter().collect();
        people.sort_unstable();
        Self(Bitmap::from_ascending(people))
    }
}

impl Extend<u32> for PeopleSet {
    fn extend<I: IntoIterator<Item = u32>>(&mut self, people: I) {
        for person in people {
            self.0.insert(person);
        }
    }
}
