//! The day on which each member of a set got in: for tags, "got it in 30 days".
//!
//! One number per member, in the order of the members and so without naming them again, kept by its binary digits: a
//! year costs nine bits a member, and a window is a comparison of 64 members at a time. Whoever has several days (two
//! people who are one now), or is no member at this moment, stands apart.

use std::collections::BTreeMap;

use super::column::Column;
use crate::bits::words::{self, Words};
use crate::bits::{Bitmap, Block, Container, Pool, halves, whole};

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Since {
    /// The set whose members these are.
    pub(crate) set: u32,
    /// Ascending; containers of the set in which a day is known.
    pub(crate) keys: Vec<u16>,
    pub(crate) columns: Vec<Column>,
    /// Days and how often, of whoever isn't a member with one day.
    pub(crate) apart: BTreeMap<u32, BTreeMap<i32, u64>>,
}

impl Since {
    pub fn new(set: u32) -> Self {
        Self { set, ..Self::default() }
    }

    fn column(&self, key: u16) -> Option<&Column> {
        self.keys.binary_search(&key).ok().map(|at| &self.columns[at])
    }

    /// The days of a person, and how often.
    pub fn days_of(&self, members: &Bitmap, person: u32) -> Vec<(i32, u64)> {
        if let Some(days) = self.apart.get(&person) {
            return days.iter().map(|(day, times)| (*day, *times)).collect();
        }
        self.day_of(members, person).map(|day| (day, 1)).into_iter().collect()
    }

    fn day_of(&self, members: &Bitmap, person: u32) -> Option<i32> {
        let (key, low) = halves(person);
        let column = self.column(key)?;
        let container = members.container(key).filter(|container| container.contains(low))?;
        column.get(container.rank(low))
    }

    pub fn holds(&self, members: &Bitmap, person: u32, (from, to): (i32, i32)) -> bool {
        match self.apart.get(&person) {
            Some(days) => days.range(from..=to).next().is_some(),
            None => self.day_of(members, person).is_some_and(|day| from <= day && day <= to),
        }
    }

    /// Adds a day or takes it back; never below nothing. Answers what really changed.
    pub fn add(&mut self, members: &Bitmap, person: u32, (day, times): (i32, i64)) -> i64 {
        let is_new = || !self.apart.contains_key(&person) && self.day_of(members, person).is_none();
        if times == 1 && is_new() && self.write(members, person, Some(day)) {
            return 1;
        }
        let mut days: BTreeMap<i32, u64> = self.days_of(members, person).into_iter().collect();
        let before = days.get(&day).copied().unwrap_or(0);
        let after = before.saturating_add_signed(times);
        if after == before {
            return 0;
        }
        match after {
            0 => days.remove(&day),
            _ => days.insert(day, after),
        };
        self.put(members, person, days);
        after as i64 - before as i64
    }

    fn put(&mut self, members: &Bitmap, person: u32, days: BTreeMap<i32, u64>) {
        let only = match (days.len(), days.first_key_value()) {
            (0, _) => Some(None),
            (1, Some((day, 1))) => Some(Some(*day)),
            _ => None,
        };
        let written = only.is_some_and(|day| self.write(members, person, day));
        if !written {
            self.write(members, person, None);
        }
        match written || days.is_empty() {
            true => self.apart.remove(&person),
            false => self.apart.insert(person, days),
        };
    }

    /// False when there is no place for it: she is no member, or the day is too far from the others'.
    fn write(&mut self, members: &Bitmap, person: u32, day: Option<i32>) -> bool {
        let (key, low) = halves(person);
        let Some(container) = members.container(key).filter(|container| container.contains(low)) else {
            return false;
        };
        let at = match (self.keys.binary_search(&key), day) {
            (Ok(at), _) => at,
            (Err(_), None) => return true,
            (Err(at), Some(day)) => {
                self.keys.insert(at, key);
                self.columns.insert(at, Column::empty(day, container.len()));
                at
            }
        };
        self.columns[at].put(container.rank(low), day)
    }

    /// After somebody got into the set.
    pub fn joined(&mut self, members: &Bitmap, person: u32) {
        let (key, low) = halves(person);
        if let (Ok(at), Some(container)) = (self.keys.binary_search(&key), members.container(key)) {
            self.columns[at].insert(container.rank(low));
        }
        if let Some(days) = self.apart.get(&person).cloned() {
            self.put(members, person, days);
        }
    }

    /// After somebody left the set. Her day stays known, until it is taken back.
    pub fn left(&mut self, members: &Bitmap, person: u32) {
        let (key, low) = halves(person);
        let Ok(at) = self.keys.binary_search(&key) else { return };
        let rank = members.container(key).map_or(0, |container| container.rank(low));
        if let Some(day) = self.columns[at].remove(rank) {
            self.apart.insert(person, BTreeMap::from([(day, 1)]));
        }
        if self.columns[at].count == 0 {
            self.keys.remove(at);
            self.columns.remove(at);
        }
    }

    /// Containers in which anybody has a day. Ascending.
    pub fn all_keys(&self) -> Vec<u16> {
        let apart = self.apart.keys().map(|person| halves(*person).0);
        let mut keys: Vec<u16> = self.keys.iter().copied().chain(apart).collect();
        keys.sort_unstable();
        keys.dedup();
        keys
    }

    /// Those of one container who got in between two days, both inclusive.
    pub fn block<'a>(
        &self,
        members: &Bitmap,
        (key, from, to): (u16, i32, i32),
        pool: &mut Pool,
    ) -> Block<'a> {
        let mut found = Block::Empty;
        if let (Some(column), Some(container)) = (self.column(key), members.container(key)) {
            let mut ranks = pool.zeroed();
            column.between((from, to), &mut ranks);
            found = by_rank(container, &ranks, pool);
            pool.give(Block::OwnMany(ranks));
        }
        let others = self.apart.range(whole(key, 0)..=whole(key, u16::MAX));
        let others = others.filter(|(_, days)| days.range(from..=to).next().is_some());
        let mut list = pool.list();
        list.extend(others.map(|(person, _)| halves(*person).1));
        found.or(Block::OwnFew(list), pool)
    }

    /// Every column has a place for each member, as one that was read may not.
    pub fn fits(&self, members: &Bitmap) -> bool {
        let fits = |(key, column): (&u16, &Column)| {
            members.container(*key).is_some_and(|container| column.fits(container.len()))
        };
        self.keys.iter().zip(&self.columns).all(fits)
    }

    pub fn shrink(&mut self) {
        self.columns.iter_mut().for_each(Column::shrink);
        self.keys.shrink_to_fit();
        self.columns.shrink_to_fit();
    }

    pub fn bytes(&self) -> usize {
        let heads = self.keys.capacity() * 2 + self.columns.capacity() * size_of::<Column>();
        let apart: usize = self.apart.values().map(|days| 64 + days.len() * 32).sum();
        heads + apart + self.columns.iter().map(Column::bytes).sum::<usize>()
    }
}

/// The members with these ranks.
fn by_rank<'a>(container: &Container, ranks: &Words, pool: &mut Pool) -> Block<'a> {
    let (count, mut list) = (words::count(ranks), pool.list());
    match container {
        _ if count == 0 => {}
        Container::List(members) => {
            list.extend(words::ones(ranks).map(|rank| members[usize::from(rank)]));
        }
        Container::Packed(packed) => {
            let mut rank = 0;
            packed.for_each(|low| {
                if words::has(ranks, rank) {
                    list.push(low);
                }
                rank += 1;
            });
        }
        Container::Bits(_, bits) => {
            pool.give(Block::OwnFew(list));
            let mut out = pool.stale();
            words::by_rank(&mut out, bits, ranks);
            return Block::OwnMany(out);
        }
        Container::Runs(runs) => {
            let mut out = pool.zeroed();
            let (mut runs, mut before) = (runs.iter(), 0u32);
            let mut run = runs.next();
            for rank in words::ones(ranks).map(u32::from) {
                while let Some((first, last)) = run
                    && rank > before + u32::from(last - first)
                {
                    before += u32::from(last - first) + 1;
                    run = runs.next();
                }
                if let Some((first, _)) = run {
                    words::set(&mut out, (u32::from(*first) + rank - before) as u16);
                }
            }
            pool.give(Block::OwnFew(list));
            return Block::OwnMany(out);
        }
    }
    Block::OwnFew(list)
}
