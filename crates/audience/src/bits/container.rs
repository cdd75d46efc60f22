//! One container: which of 65,536 neighbouring people are in a set, in the smallest of four forms.

use super::packed::Packed;
use super::words::{self, Words};

/// More than so many as a list cost more than bits.
pub const MOST_LISTED: usize = 4096;
/// Bits become a list again only well below, so that a set at the border doesn't change its form each time.
const FEWEST_IN_BITS: u32 = 3584;

/// A packed list of more is unpacked when it changes, because writing it anew takes microseconds.
const MOST_REPACKED: usize = 1024;

/// First and last, both inclusive.
pub type Run = (u16, u16);

#[derive(Clone, Debug)]
pub enum Container {
    /// Ascending.
    List(Vec<u16>),
    Bits(u32, Box<Words>),
    /// Ascending, never touching each other.
    Runs(Vec<Run>),
    /// A list at rest.
    Packed(Packed),
}

impl Container {
    pub fn of(low: u16) -> Self {
        Self::List(vec![low])
    }

    pub fn len(&self) -> u32 {
        match self {
            Self::List(list) => list.len() as u32,
            Self::Bits(count, _) => *count,
            Self::Runs(runs) => runs.iter().map(|r| u32::from(r.1 - r.0) + 1).sum(),
            Self::Packed(packed) => packed.len() as u32,
        }
    }

    pub fn contains(&self, low: u16) -> bool {
        match self {
            Self::List(list) => list.binary_search(&low).is_ok(),
            Self::Bits(_, bits) => words::has(bits, low),
            Self::Runs(runs) => run_of(runs, low).is_ok(),
            Self::Packed(packed) => packed.rank(low).1,
        }
    }

    /// How many are below.
    pub fn rank(&self, low: u16) -> usize {
        match self {
            Self::List(list) => list.partition_point(|other| *other < low),
            Self::Bits(_, bits) => words::rank(bits, low),
            Self::Runs(runs) => {
                let below = runs.iter().take_while(|run| run.0 < low);
                below.map(|run| usize::from(run.1.min(low - 1) - run.0) + 1).sum()
            }
            Self::Packed(packed) => packed.rank(low).0,
        }
    }

    /// True when it wasn't there.
    pub fn insert(&mut self, low: u16) -> bool {
        match self {
            Self::List(list) => {
                let at = match list.last() {
                    Some(last) if *last < low => list.len(),
                    None => 0,
                    _ => match list.binary_search(&low) {
                        Ok(_) => return false,
                        Err(at) => at,
                    },
                };
                if list.len() >= MOST_LISTED {
                    self.become_bits();
                    return self.insert(low);
                }
                if list.len() == list.capacity() {
                    // Doubling would leave half of many small sets empty.
                    list.reserve_exact(list.len() / 8 + 2);
                }
                list.insert(at, low);
                true
            }
            Self::Bits(count, bits) => {
                let new = !words::has(bits, low);
                if new {
                    words::set(bits, low);
                    *count += 1;
                }
                new
            }
            Self::Runs(runs) => {
                let Err(at) = run_of(runs, low) else { return false };
                insert_run(runs, at, low);
                self.leave_long_runs();
                true
            }
            Self::Packed(packed) => {
                let (at, false) = packed.rank(low) else { return false };
                let mut list = packed.list();
                if list.len() >= MOST_LISTED {
                    self.become_bits();
                    return self.insert(low);
                }
                list.insert(at, low);
                *self = Self::at_rest(list);
                true
            }
        }
    }

    /// True when it was there.
    pub fn remove(&mut self, low: u16) -> bool {
        match self {
            Self::List(list) => match list.binary_search(&low) {
                Ok(at) => {
                    list.remove(at);
                    true
                }
                Err(_) => false,
            },
            Self::Bits(count, bits) => {
                let there = words::has(bits, low);
                if there {
                    words::clear(bits, low);
                    *count -= 1;
                    if *count < FEWEST_IN_BITS {
                        *self = Self::List(words::ones(bits).collect());
                    }
                }
                there
            }
            Self::Runs(runs) => {
                let Ok(at) = run_of(runs, low) else { return false };
                let (first, last) = runs[at];
                match (first == low, last == low) {
                    (true, true) => {
                        runs.remove(at);
                    }
                    (true, false) => runs[at].0 += 1,
                    (false, true) => runs[at].1 -= 1,
                    (false, false) => {
                        runs[at].1 = low - 1;
                        runs.insert(at + 1, (low + 1, last));
                    }
                }
                self.leave_long_runs();
                true
            }
            Self::Packed(packed) => {
                let (at, true) = packed.rank(low) else { return false };
                let mut list = packed.list();
                list.remove(at);
                *self = Self::at_rest(list);
                true
            }
        }
    }

    /// A list that was packed and changed.
    fn at_rest(list: Vec<u16>) -> Self {
        match list.len() {
            1..=MOST_REPACKED => Self::Packed(Packed::of(&list)),
            _ => Self::List(list),
        }
    }

    fn leave_long_runs(&mut self) {
        let Self::Runs(runs) = self else { return };
        if runs.len() <= 1024 {
            return;
        }
        self.become_bits();
        if let Self::Bits(count, bits) = self
            && *count <= MOST_LISTED as u32
        {
            *self = Self::List(words::ones(bits).collect());
        }
    }

    fn become_bits(&mut self) {
        let mut bits = words::zeroed();
        self.or_into(&mut bits);
        *self = Self::Bits(words::count(&bits), bits);
    }

    pub fn or_into(&self, out: &mut Words) {
        match self {
            Self::List(list) => list.iter().for_each(|low| words::set(out, *low)),
            Self::Bits(_, bits) => words::or_into(out, bits),
            Self::Runs(runs) => runs.iter().for_each(|r| words::set_range(out, r.0, r.1)),
            Self::Packed(packed) => packed.for_each(|low| words::set(out, low)),
        }
    }

    pub fn minus_from(&self, out: &mut Words) {
        match self {
            Self::Bits(_, bits) => words::minus_into(out, bits),
            few => few.iter().for_each(|low| words::clear(out, low)),
        }
    }

    /// The smallest form of these bits; `None` when there are none.
    pub fn from_words(bits: &Words) -> Option<Self> {
        match words::count(bits) {
            0 => None,
            65_536 => Some(Self::Runs(vec![(0, u16::MAX)])),
            count if count <= MOST_LISTED as u32 => Some(Self::List(words::ones(bits).collect())),
            count => Some(Self::Bits(count, Box::new(*bits))),
        }
    }

    /// From ascending numbers without repetition.
    pub fn from_ascending(list: Vec<u16>) -> Option<Self> {
        if list.is_empty() {
            return None;
        }
        let mut container = Self::List(list);
        container.shrink();
        Some(container)
    }

    /// Takes the smallest form. Worth it after many changes, and before a snapshot.
    pub fn shrink(&mut self) {
        let runs = self.runs();
        let count = self.len() as usize;
        let as_runs = runs * 4;
        if as_runs < (count * 2).min(8192) && runs <= 1024 {
            if !matches!(self, Self::Runs(_)) {
                *self = Self::Runs(to_runs(self.iter()));
            }
            return;
        }
        match self {
            Self::List(list) if list.len() <= MOST_LISTED => list.shrink_to_fit(),
            Self::Bits(count, bits) if *count <= MOST_LISTED as u32 => {
                *self = Self::List(words::ones(bits).collect());
            }
            Self::Bits(..) | Self::Packed(_) => {}
            Self::List(_) | Self::Runs(_) => {
                self.become_bits();
                if count <= MOST_LISTED {
                    self.shrink();
                }
            }
        }
    }

    /// Takes even less room where it is a list, at some cost to whoever reads it.
    pub fn pack(&mut self) {
        self.shrink();
        if let Self::List(list) = self
            && let Some(packed) = Packed::smaller(list)
        {
            *self = Self::Packed(packed);
        }
    }

    fn runs(&self) -> usize {
        match self {
            Self::List(list) => 1 + list.windows(2).filter(|pair| pair[0] + 1 != pair[1]).count(),
            Self::Runs(runs) => runs.len(),
            Self::Packed(packed) => {
                let (mut runs, mut before) = (0, None);
                packed.for_each(|low| {
                    runs +=
                        usize::from(before.is_none_or(|before: u16| u32::from(before) + 1 != u32::from(low)));
                    before = Some(low);
                });
                runs
            }
            Self::Bits(_, bits) => {
                let mut before = 0;
                let mut starts = 0;
                for word in bits.iter() {
                    starts += (word & !(word << 1 | before)).count_ones();
                    before = word >> 63;
                }
                starts as usize
            }
        }
    }

    pub fn iter(&self) -> Box<dyn Iterator<Item = u16> + '_> {
        match self {
            Self::List(list) => Box::new(list.iter().copied()),
            Self::Bits(_, bits) => Box::new(words::ones(bits)),
            Self::Runs(runs) => Box::new(runs.iter().flat_map(|r| r.0..=r.1)),
            Self::Packed(packed) => Box::new(packed.list().into_iter()),
        }
    }

    /// Bytes on the heap, without what the allocator adds.
    pub fn bytes(&self) -> usize {
        match self {
            Self::List(list) => list.capacity() * 2,
            Self::Bits(..) => 8192,
            Self::Runs(runs) => runs.capacity() * 4,
            Self::Packed(packed) => packed.bytes(),
        }
    }
}

fn run_of(runs: &[Run], low: u16) -> Result<usize, usize> {
    runs.binary_search_by(|r| match (low < r.0, low > r.1) {
        (true, _) => std::cmp::Ordering::Greater,
        (_, true) => std::cmp::Ordering::Less,
        _ => std::cmp::Ordering::Equal,
    })
}

fn insert_run(runs: &mut Vec<Run>, at: usize, low: u16) {
    let touches_before = at > 0 && runs[at - 1].1 + 1 == low;
    let touches_after = at < runs.len() && low + 1 == runs[at].0;
    match (touches_before, touches_after) {
        (true, true) => {
            runs[at - 1].1 = runs[at].1;
            runs.remove(at);
        }
        (true, false) => runs[at - 1].1 = low,
        (false, true) => runs[at].0 = low,
        (false, false) => runs.insert(at, (low, low)),
    }
}

fn to_runs(ascending: impl Iterator<Item = u16>) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for low in ascending {
        match runs.last_mut() {
            Some(last) if u32::from(last.1) + 1 == u32::from(low) => last.1 = low,
            _ => runs.push((low, low)),
        }
    }
    runs
}

impl PartialEq for Container {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::List(a), Self::List(b)) => a == b,
            (Self::Runs(a), Self::Runs(b)) => a == b,
            (Self::Bits(_, a), Self::Bits(_, b)) => a == b,
            _ => self.len() == other.len() && self.iter().eq(other.iter()),
        }
    }
}
