//! How often people did something on which day, summed up over 2, 4, 8 … 256 days, so that any window is a handful
//! of sets.

use std::collections::BTreeMap;

use crate::bits::words::{self, Words};
use crate::bits::{Bitmap, Block, Pool};

/// Sums are kept for up to 2^8 days.
const LEVELS: u32 = 8;

/// How often each person did it: who at all, and the binary digits of how often beyond once.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    pub(crate) any: Bitmap,
    pub(crate) more: Vec<Bitmap>,
}

impl Tally {
    pub fn get(&self, person: u32) -> u64 {
        if !self.any.contains(person) {
            return 0;
        }
        let digit = |(bit, plane): (usize, &Bitmap)| u64::from(plane.contains(person)) << bit;
        1 + self.more.iter().enumerate().map(digit).sum::<u64>()
    }

    pub fn put(&mut self, person: u32, times: u64) {
        self.any.put(person, times > 0);
        let beyond = times.saturating_sub(1);
        let digits = 64 - beyond.leading_zeros() as usize;
        self.more.resize_with(self.more.len().max(digits), Bitmap::default);
        for (bit, plane) in self.more.iter_mut().enumerate() {
            plane.put(person, beyond >> bit & 1 == 1);
        }
        while self.more.last().is_some_and(Bitmap::is_empty) {
            self.more.pop();
        }
    }

    fn add(&mut self, person: u32, times: i64) {
        let sum = self.get(person).saturating_add_signed(times);
        self.put(person, sum);
    }

    /// Once more for everybody in the set.
    fn add_all(&mut self, people: &Bitmap) {
        let again: Vec<u32> = people.iter().filter(|person| self.any.contains(*person)).collect();
        self.any.or_assign(people);
        again.into_iter().for_each(|person| self.add(person, 1));
    }

    fn shrink(&mut self) {
        self.any.shrink();
        self.more.iter_mut().for_each(Bitmap::shrink);
    }

    fn bytes(&self) -> usize {
        self.any.bytes() + self.more.iter().map(Bitmap::bytes).sum::<usize>()
    }
}

#[derive(Clone, Debug)]
pub struct Timeline {
    pub(crate) ever: Tally,
    /// By level, then by the number of the first day divided by the length.
    pub(crate) levels: Vec<BTreeMap<i32, Tally>>,
}

impl Default for Timeline {
    fn default() -> Self {
        Self { ever: Tally::default(), levels: vec![BTreeMap::new(); LEVELS as usize + 1] }
    }
}

impl Timeline {
    pub fn get(&self, person: u32, day: i32) -> u64 {
        self.levels[0].get(&day).map_or(0, |tally| tally.get(person))
    }

    /// Adds or takes back; never below nothing. Answers what really changed.
    pub fn add(&mut self, person: u32, day: i32, times: i64) -> i64 {
        let before = self.get(person, day);
        let change = before.saturating_add_signed(times) as i64 - before as i64;
        if change == 0 {
            return 0;
        }
        for (level, nodes) in self.levels.iter_mut().enumerate() {
            let node = day >> level;
            let tally = nodes.entry(node).or_default();
            tally.add(person, change);
            if tally.any.is_empty() {
                nodes.remove(&node);
            }
        }
        self.ever.add(person, change);
        change
    }

    /// Once for everybody in the set.
    pub fn add_all(&mut self, day: i32, people: &Bitmap) {
        if people.is_empty() {
            return;
        }
        for (level, nodes) in self.levels.iter_mut().enumerate() {
            nodes.entry(day >> level).or_default().add_all(people);
        }
        self.ever.add_all(people);
    }

    /// The days on which a person did it, and how often. Costs as much as there are days.
    pub fn days_of(&self, person: u32) -> Vec<(i32, u64)> {
        if !self.ever.any.contains(person) {
            return Vec::new();
        }
        let times = self.levels[0].iter().map(|(day, tally)| (*day, tally.get(person)));
        times.filter(|(_, times)| *times > 0).collect()
    }

    /// The fewest sums that make up the days from `from` to `to`.
    pub fn cover(&self, from: i32, to: i32) -> Vec<&Tally> {
        let (Some((first, _)), Some((last, _))) =
            (self.levels[0].first_key_value(), self.levels[0].last_key_value())
        else {
            return Vec::new();
        };
        if from <= *first && to >= *last {
            return vec![&self.ever];
        }
        // Beyond the last day nothing happened yet, so a sum may reach over the end of the window.
        let open_end = if to >= *last { i64::MAX } else { i64::from(to) };
        let (mut day, end) = (i64::from(from.max(*first)), i64::from(to.min(*last)));
        let mut found = Vec::new();
        // Neither did anything happen between the beginning of the window and the first day.
        let mut open_start = i64::from(from);
        while day <= end {
            let fits = |level: &usize| {
                let start = day >> level << level;
                start >= open_start && start + (1 << level) - 1 <= open_end
            };
            let level = (0..self.levels.len()).rev().find(fits).unwrap_or(0);
            found.extend(self.levels[level].get(&((day >> level) as i32)));
            day = ((day >> level) + 1) << level;
            open_start = day;
        }
        found
    }

    pub fn shrink(&mut self) {
        self.ever.shrink();
        self.levels.iter_mut().flat_map(BTreeMap::values_mut).for_each(Tally::shrink);
    }

    pub fn bytes(&self) -> usize {
        self.ever.bytes() + self.levels.iter().flat_map(BTreeMap::values).map(Tally::bytes).sum::<usize>()
    }
}

/// Fewer people than this, over all tallies, are merged as lists.
const FEW: u32 = 256;

/// Those of one container who did it at all, in any of the tallies.
pub fn any_of<'a>(tallies: &[&'a Tally], key: u16, pool: &mut Pool) -> Block<'a> {
    let found: Vec<_> = tallies.iter().filter_map(|tally| tally.any.container(key)).collect();
    if found.len() > 2 && found.iter().map(|container| container.len()).sum::<u32>() > FEW {
        // Merging a growing list with the next one reads it again for every day; bits are written once each.
        let mut bits = pool.zeroed();
        found.iter().for_each(|container| container.or_into(&mut bits));
        return Block::OwnMany(bits);
    }
    let mut all = Block::Empty;
    for container in found {
        let block = Block::of(Some(container), pool);
        all = all.or(block, pool);
    }
    all
}

/// Those of one container who did it at least `times` times, all tallies together.
///
/// Each person's counter begins so that the wanted sum overflows it; who ever overflowed, reached it.
pub fn at_least<'a>(tallies: &[&'a Tally], times: u64, key: u16, pool: &mut Pool) -> Block<'a> {
    if times <= 1 {
        return any_of(tallies, key, pool);
    }
    let width = (64 - (times - 1).leading_zeros()) as usize;
    let start = (1u64 << width) - times;
    let mut planes: Vec<Box<Words>> = (0..width)
        .map(|bit| {
            let mut plane = pool.stale();
            plane.fill(0u64.wrapping_sub(start >> bit & 1));
            plane
        })
        .collect();
    let mut reached = pool.zeroed();
    for tally in tallies {
        let weighted = std::iter::once((0, &tally.any)).chain(tally.more.iter().enumerate());
        for (bit, plane) in weighted {
            let block = Block::of(plane.container(key), pool);
            add(&mut planes[bit.min(width)..], &mut reached, &block);
            pool.give(block);
        }
    }
    planes.into_iter().for_each(|plane| pool.give(Block::OwnMany(plane)));
    Block::OwnMany(reached)
}

fn add(planes: &mut [Box<Words>], over: &mut Words, block: &Block<'_>) {
    match block {
        Block::Many(bits) => words::add_into(planes, over, bits),
        Block::OwnMany(bits) => words::add_into(planes, over, bits),
        block => block.for_each(|low| {
            for plane in planes.iter_mut() {
                if !words::has(plane, low) {
                    return words::set(plane, low);
                }
                words::clear(plane, low);
            }
            words::set(over, low);
        }),
    }
}

/// How often one person did it, all tallies together.
pub fn times(tallies: &[&Tally], person: u32) -> u64 {
    tallies.iter().map(|tally| tally.get(person)).sum()
}
