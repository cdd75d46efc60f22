//! A plan tied to the sets as they are now, and its evaluation, one container of 65,536 people at a time.

use super::node::Node;
use crate::bits::{Bitmap, Block, Pool, whole};
use crate::index::ledger;
use crate::index::number::{Number, Part};
use crate::index::since::Since;
use crate::index::timeline::{self, Tally};
use crate::index::{Index, Times};

pub enum Bound<'a> {
    Nobody,
    Everybody,
    Set(&'a Bitmap),
    Number { number: &'a Number, low: i64, high: i64 },
    Times { tallies: Vec<&'a Tally>, at_least: u64 },
    Since { since: &'a Since, members: &'a Bitmap, days: (i32, i32) },
    Sum { numbers: Vec<&'a Number>, low: i64, high: i64 },
    And { yes: Vec<Bound<'a>>, no: Vec<Bound<'a>> },
    Or(Vec<Bound<'a>>),
}

/// Whether a plan's operands are put in order first.
#[derive(Clone, Copy, PartialEq)]
pub enum Order {
    /// Promising ones first: for whole containers.
    BySize,
    /// For a few people.
    AsWritten,
}

/// Looks up what a plan's operands are now.
pub fn bind<'a>(index: &'a Index, node: &Node, order: Order) -> Bound<'a> {
    let all = |nodes: &[Node]| nodes.iter().map(|node| bind(index, node, order)).collect::<Vec<_>>();
    match node {
        Node::Nobody => Bound::Nobody,
        Node::Everybody => Bound::Everybody,
        Node::Set(set) => Bound::Set(&index.sets[*set as usize]),
        Node::Number { number, low, high } => {
            Bound::Number { number: &index.numbers[*number as usize], low: *low, high: *high }
        }
        Node::Times { timelines, from, to, at_least } => {
            let often = timelines.iter().filter_map(|times| match &index.times[*times as usize] {
                Times::Often(timeline) => Some(timeline.cover(*from, *to)),
                Times::Since(_) => None,
            });
            Bound::Times { tallies: often.flatten().collect(), at_least: *at_least }
        }
        Node::Since { times, from, to } => match &index.times[*times as usize] {
            Times::Since(since) => {
                Bound::Since { since, members: &index.sets[since.set as usize], days: (*from, *to) }
            }
            Times::Often(_) => Bound::Nobody,
        },
        Node::Sum { from, to, low, high } => {
            Bound::Sum { numbers: index.ledger.cover(*from, *to), low: *low, high: *high }
        }
        Node::Or(nodes) => Bound::Or(all(nodes)),
        Node::And { yes, no } => match order {
            Order::BySize => Bound::and(all(yes), all(no)),
            Order::AsWritten => Bound::And { yes: all(yes), no: all(no) },
        },
    }
}

impl<'a> Bound<'a> {
    /// Orders by cost, then by size: what is cheap and small comes first and spares the rest.
    pub fn and(mut yes: Vec<Self>, mut no: Vec<Self>) -> Self {
        yes.sort_by_cached_key(|node| (node.effort(), node.size()));
        no.sort_by_cached_key(|node| (node.effort(), u64::MAX - node.size()));
        Self::And { yes, no }
    }

    /// 0 for what only needs looking up.
    fn effort(&self) -> u8 {
        match self {
            Self::Nobody | Self::Everybody | Self::Set(_) => 0,
            Self::Times { at_least: ..=1, .. } | Self::Since { .. } | Self::Or(_) | Self::And { .. } => 1,
            Self::Number { .. } | Self::Times { .. } => 2,
            Self::Sum { .. } => 3,
        }
    }

    /// At most so many people, roughly.
    fn size(&self) -> u64 {
        match self {
            Self::Nobody => 0,
            Self::Everybody => u64::from(u32::MAX),
            Self::Set(set) => set.len(),
            Self::Since { members, .. } => members.len(),
            Self::Number { number, .. } => number.len(),
            Self::Times { tallies, .. } => tallies.iter().map(|tally| tally.any.len()).sum(),
            Self::Sum { numbers, .. } => numbers.iter().map(|number| number.len()).sum(),
            Self::Or(nodes) => nodes.iter().map(Self::size).sum(),
            Self::And { yes, .. } => yes.iter().map(Self::size).min().unwrap_or(u64::from(u32::MAX)),
        }
    }

    /// Containers read to evaluate one container's worth.
    pub fn cost(&self) -> u64 {
        match self {
            Self::Nobody | Self::Everybody => 0,
            Self::Set(_) => 1,
            Self::Since { .. } => 2,
            Self::Number { number, .. } => number.parts.iter().map(digits).max().unwrap_or(0),
            Self::Times { tallies, .. } => tallies.iter().map(|tally| 1 + tally.more.len() as u64).sum(),
            Self::Sum { numbers, .. } => 64 + numbers.len() as u64,
            Self::Or(nodes) => nodes.iter().map(Self::cost).sum(),
            Self::And { yes, no } => yes.iter().chain(no).map(Self::cost).sum(),
        }
    }

    pub fn block(&self, key: u16, pool: &mut Pool) -> Block<'a> {
        match self {
            Self::Nobody => Block::Empty,
            Self::Everybody => Block::Full,
            Self::Set(set) => Block::of(set.container(key), pool),
            Self::Number { number, low, high } => number.range(key, (*low, *high), pool),
            Self::Since { since, members, days } => since.block(members, (key, days.0, days.1), pool),
            Self::Times { tallies, at_least } => timeline::at_least(tallies, *at_least, key, pool),
            Self::Sum { numbers, low, high } => ledger::sum_between(numbers, key, (*low, *high), pool),
            Self::Or(nodes) => {
                let mut all = Block::Empty;
                for node in nodes {
                    let block = node.block(key, pool);
                    all = all.or(block, pool);
                }
                all
            }
            Self::And { yes, no } => {
                let found = Self::all_of(yes, key, pool);
                Self::none_of(no, key, found, pool)
            }
        }
    }

    fn all_of(yes: &[Self], key: u16, pool: &mut Pool) -> Block<'a> {
        let Some((first, rest)) = yes.split_first() else { return Block::Full };
        let mut found = first.block(key, pool);
        for node in rest {
            if found.is_plainly_empty() {
                break;
            }
            found = match node.by_person(key, &found, true, pool) {
                Some(kept) => {
                    pool.give(found);
                    kept
                }
                None => {
                    let block = node.block(key, pool);
                    found.and(block, pool)
                }
            };
        }
        found
    }

    fn none_of(no: &[Self], key: u16, mut found: Block<'a>, pool: &mut Pool) -> Block<'a> {
        for node in no {
            if found.is_plainly_empty() {
                break;
            }
            found = match node.by_person(key, &found, false, pool) {
                Some(kept) => {
                    pool.give(found);
                    kept
                }
                None => {
                    let block = node.block(key, pool);
                    found.minus(block, pool)
                }
            };
        }
        found
    }

    /// Where few people are left, asking for each is cheaper than working out the container.
    fn by_person(&self, key: u16, found: &Block<'a>, wanted: bool, pool: &mut Pool) -> Option<Block<'a>> {
        let most = match self {
            Self::Number { .. } => 256,
            Self::Times { .. } | Self::Since { .. } => 32,
            Self::Sum { .. } => 16,
            _ => 0,
        };
        let few = found.few().filter(|few| few.len() <= most)?;
        let mut kept = pool.list();
        kept.extend(few.iter().filter(|low| self.holds(whole(key, **low)) == wanted));
        Some(Block::OwnFew(kept))
    }

    /// How many of one container, without making the last set.
    pub fn count(&self, key: u16, pool: &mut Pool) -> u32 {
        let Self::And { yes, no } = self else {
            let block = self.block(key, pool);
            let count = block.count();
            pool.give(block);
            return count;
        };
        let (last, found, is_yes) = match (no.split_last(), yes.split_last()) {
            (Some((last, no)), _) => {
                let found = Self::all_of(yes, key, pool);
                (last, Self::none_of(no, key, found, pool), false)
            }
            (None, Some((last, yes))) => (last, Self::all_of(yes, key, pool), true),
            (None, None) => return 65_536,
        };
        if found.is_plainly_empty() {
            pool.give(found);
            return 0;
        }
        if let Some(kept) = last.by_person(key, &found, is_yes, pool) {
            let count = kept.count();
            pool.give(found);
            pool.give(kept);
            return count;
        }
        let block = last.block(key, pool);
        let count = if is_yes { found.and_count(&block) } else { found.minus_count(&block) };
        pool.give(found);
        pool.give(block);
        count
    }

    pub fn holds(&self, person: u32) -> bool {
        match self {
            Self::Nobody => false,
            Self::Everybody => true,
            Self::Set(set) => set.contains(person),
            Self::Number { number, low, high } => {
                number.get(person).is_some_and(|value| *low <= value && value <= *high)
            }
            Self::Since { since, members, days } => since.holds(members, person, *days),
            Self::Times { tallies, at_least: ..=1 } => tallies.iter().any(|tally| tally.any.contains(person)),
            Self::Times { tallies, at_least } => timeline::times(tallies, person) >= *at_least,
            Self::Sum { numbers, low, high } => {
                let sum = ledger::sum(numbers, person);
                sum != 0 && *low <= sum && sum <= *high
            }
            Self::Or(nodes) => nodes.iter().any(|node| node.holds(person)),
            Self::And { yes, no } => {
                yes.iter().all(|node| node.holds(person)) && !no.iter().any(|node| node.holds(person))
            }
        }
    }
}

fn digits(part: &Part) -> u64 {
    match part {
        Part::Listed { .. } => 2,
        Part::Sliced(sliced) => 2 + sliced.slices.len() as u64,
    }
}
