//! Amounts per person and day, and their sums over a window.

use std::collections::BTreeMap;

use super::number::{Number, Part};
use crate::bits::{Block, Pool, words};

/// Days are also summed up in blocks of 2^5 = 32.
const BLOCK: u32 = 5;

#[derive(Clone, Debug, Default)]
pub struct Ledger {
    pub(crate) days: BTreeMap<i32, Number>,
    pub(crate) blocks: BTreeMap<i32, Number>,
    pub(crate) ever: Number,
}

impl Ledger {
    /// Adds an amount to a person's day, or takes one back.
    pub fn add(&mut self, person: u32, day: i32, amount: i64) {
        for (nodes, node) in [(&mut self.days, day), (&mut self.blocks, day >> BLOCK)] {
            let number = nodes.entry(node).or_default();
            add(number, person, amount);
            if number.keys.is_empty() {
                nodes.remove(&node);
            }
        }
        add(&mut self.ever, person, amount);
    }

    pub fn days_of(&self, person: u32) -> Vec<(i32, i64)> {
        let amounts = self.days.iter().filter_map(|(day, n)| n.get(person).map(|v| (*day, v)));
        amounts.collect()
    }

    /// The fewest sums that make up the days from `from` to `to`.
    pub fn cover(&self, from: i32, to: i32) -> Vec<&Number> {
        let (Some((first, _)), Some((last, _))) = (self.days.first_key_value(), self.days.last_key_value())
        else {
            return Vec::new();
        };
        if from <= *first && to >= *last {
            return vec![&self.ever];
        }
        let open_end = if to >= *last { i64::MAX } else { i64::from(to) };
        let (mut day, end) = (i64::from(from.max(*first)), i64::from(to.min(*last)));
        let mut found = Vec::new();
        while day <= end {
            let whole_block = day & ((1 << BLOCK) - 1) == 0 && day + (1 << BLOCK) - 1 <= open_end;
            if whole_block {
                found.extend(self.blocks.get(&((day >> BLOCK) as i32)));
                day += 1 << BLOCK;
            } else {
                found.extend(self.days.get(&(day as i32)));
                day += 1;
            }
        }
        found
    }

    pub fn shrink(&mut self) {
        self.ever.shrink();
        self.days.values_mut().chain(self.blocks.values_mut()).for_each(Number::shrink);
    }

    pub fn bytes(&self) -> usize {
        let nodes = self.days.values().chain(self.blocks.values());
        self.ever.bytes() + nodes.map(Number::bytes).sum::<usize>()
    }
}

/// An amount of nothing is no amount, so that orders wholly refunded leave no trace.
fn add(number: &mut Number, person: u32, amount: i64) {
    let sum = number.get(person).unwrap_or(0).saturating_add(amount);
    number.put(person, (sum != 0).then_some(sum));
}

/// Fewer amounts than this are looked up again one by one; with more, looking at everybody's sum is quicker.
const FEW: usize = 4_096;

/// Those of one container whose amounts sum to something within both bounds. Whoever has none has 0, and isn't
/// looked for here.
pub fn sum_between<'a>(numbers: &[&Number], key: u16, bounds: (i64, i64), pool: &mut Pool) -> Block<'a> {
    if let [only] = numbers {
        return only.range(key, bounds, pool);
    }
    let (mut sums, mut inside) = (pool.sums(), pool.zeroed());
    let parts: Vec<&Part> = numbers.iter().filter_map(|number| number.part(key)).collect();
    let few = parts.iter().map(|part| part.len()).sum::<usize>() < FEW;
    for part in parts {
        part.for_each(|low, value| {
            let sum = &mut sums[usize::from(low)];
            *sum = sum.saturating_add(value);
            if few {
                words::set(&mut inside, low);
            }
        });
    }
    match few {
        true => {
            for (word, sums) in inside.iter_mut().zip(sums.chunks_exact_mut(64)) {
                for bit in words::ones_of(*word) {
                    let sum = std::mem::take(&mut sums[bit as usize]);
                    let outside = sum == 0 || sum < bounds.0 || bounds.1 < sum;
                    *word &= !(u64::from(outside) << bit);
                }
            }
        }
        false => words::take_between(&mut inside, &mut sums, bounds.0, bounds.1),
    }
    pool.give_sums(sums);
    if words::count(&inside) > crate::bits::container::MOST_LISTED as u32 {
        return Block::OwnMany(inside);
    }
    let mut list = pool.list();
    list.extend(words::ones(&inside));
    pool.give(Block::OwnMany(inside));
    Block::OwnFew(list)
}

pub fn sum(numbers: &[&Number], person: u32) -> i64 {
    numbers.iter().filter_map(|number| number.get(person)).fold(0, i64::saturating_add)
}
