//! A number per person: few as a list, many as one set per binary digit, so that a range is answered for 65,536
//! people by looking at each digit once.

use crate::bits::words::{self, Words};
use crate::bits::{Block, Container, Pool, halves};

/// More than so many in one container are kept by their digits.
const MOST_LISTED: usize = 16_384;

#[derive(Clone, Debug, Default)]
pub struct Number {
    /// Ascending.
    pub(crate) keys: Vec<u16>,
    pub(crate) parts: Vec<Part>,
}

#[derive(Clone, Debug)]
pub enum Part {
    /// People ascending, and their values side by side.
    Listed {
        people: Vec<u16>,
        values: Vec<i32>,
    },
    Sliced(Box<Sliced>),
}

/// Two's complement, the lowest digit first; `sign` is the digit above all others. High digits are rare, so each
/// takes the form that suits it; `None` is nobody.
#[derive(Clone, Debug)]
pub struct Sliced {
    pub count: u32,
    pub has: Box<Words>,
    pub slices: Vec<Option<Container>>,
    pub sign: Option<Container>,
}

impl Number {
    fn position(&self, key: u16) -> Result<usize, usize> {
        match self.keys.get(usize::from(key)) {
            Some(found) if *found == key => Ok(usize::from(key)),
            _ => self.keys.binary_search(&key),
        }
    }

    pub fn part(&self, key: u16) -> Option<&Part> {
        self.position(key).ok().map(|at| &self.parts[at])
    }

    pub fn get(&self, person: u32) -> Option<i64> {
        let (key, low) = halves(person);
        self.part(key)?.get(low)
    }

    /// `None` takes the number away. True when that changed anything.
    pub fn put(&mut self, person: u32, value: Option<i64>) -> bool {
        if self.get(person) == value {
            return false;
        }
        let (key, low) = halves(person);
        let at = match (self.position(key), value) {
            (Ok(at), _) => at,
            (Err(_), None) => return false,
            (Err(at), Some(_)) => {
                self.keys.insert(at, key);
                self.parts.insert(at, Part::Listed { people: Vec::new(), values: Vec::new() });
                at
            }
        };
        self.parts[at].put(low, value);
        if self.parts[at].len() == 0 {
            self.keys.remove(at);
            self.parts.remove(at);
        }
        true
    }

    pub fn len(&self) -> u64 {
        self.parts.iter().map(|part| part.len() as u64).sum()
    }

    pub fn bytes(&self) -> usize {
        let heads = self.keys.capacity() * 2 + self.parts.capacity() * size_of::<Part>();
        heads + self.parts.iter().map(Part::bytes).sum::<usize>()
    }

    pub fn shrink(&mut self) {
        for part in &mut self.parts {
            if let Part::Listed { people, values } = part {
                people.shrink_to_fit();
                values.shrink_to_fit();
            } else if let Part::Sliced(sliced) = part {
                sliced.slices.iter_mut().flatten().for_each(Container::shrink);
            }
        }
    }

    /// Those of one container whose number lies within both bounds.
    pub fn range<'a>(&self, key: u16, (low, high): (i64, i64), pool: &mut Pool) -> Block<'a> {
        match self.part(key) {
            None => Block::Empty,
            Some(Part::Listed { people, values }) => {
                let inside = people.iter().zip(values);
                let inside = inside.filter(|(_, v)| low <= i64::from(**v) && i64::from(**v) <= high);
                if people.len() > 4096 {
                    let mut bits = pool.zeroed();
                    inside.for_each(|(person, _)| words::set(&mut bits, *person));
                    return Block::OwnMany(bits);
                }
                let mut list = pool.list();
                list.extend(inside.map(|(person, _)| *person));
                Block::OwnFew(list)
            }
            Some(Part::Sliced(sliced)) => {
                let mut out = pool.zeroed();
                sliced.range(low, high, &mut out, pool);
                Block::OwnMany(out)
            }
        }
    }
}

impl Part {
    pub fn len(&self) -> usize {
        match self {
            Self::Listed { people, .. } => people.len(),
            Self::Sliced(sliced) => sliced.count as usize,
        }
    }

    pub fn get(&self, low: u16) -> Option<i64> {
        match self {
            Self::Listed { people, values } => {
                people.binary_search(&low).ok().map(|at| i64::from(values[at]))
            }
            Self::Sliced(sliced) => words::has(&sliced.has, low).then(|| sliced.get(low)),
        }
    }

    fn put(&mut self, low: u16, value: Option<i64>) {
        match self {
            Self::Listed { people, values } => {
                let small = value.map(i32::try_from);
                let found = people.binary_search(&low);
                match (found, small) {
                    (Ok(at), Some(Ok(value))) => values[at] = value,
                    (Ok(at), None) => {
                        people.remove(at);
                        values.remove(at);
                    }
                    (Err(at), Some(Ok(value))) if people.len() < MOST_LISTED => {
                        if people.len() == people.capacity() {
                            people.reserve_exact(people.len() / 8 + 2);
                            values.reserve_exact(values.len() / 8 + 2);
                        }
                        people.insert(at, low);
                        values.insert(at, value);
                    }
                    (Err(_), None) => {}
                    _ => {
                        let mut sliced = Sliced::of(people, values);
                        sliced.put(low, value);
                        *self = Self::Sliced(Box::new(sliced));
                    }
                }
            }
            Self::Sliced(sliced) => sliced.put(low, value),
        }
    }

    pub fn for_each(&self, mut visit: impl FnMut(u16, i64)) {
        match self {
            Self::Listed { people, values } => {
                people.iter().zip(values).for_each(|(low, value)| visit(*low, i64::from(*value)));
            }
            Self::Sliced(sliced) => words::ones(&sliced.has).for_each(|low| visit(low, sliced.get(low))),
        }
    }

    fn bytes(&self) -> usize {
        match self {
            Self::Listed { people, values } => people.capacity() * 2 + values.capacity() * 4 + 32,
            Self::Sliced(s) => {
                let slices = s.slices.iter().chain([&s.sign]).flatten();
                8208 + s.slices.capacity() * 32 + slices.map(|slice| slice.bytes() + 8).sum::<usize>()
            }
        }
    }
}

impl Sliced {
    fn of(people: &[u16], values: &[i32]) -> Self {
        let mut sliced = Self { count: 0, has: words::zeroed(), slices: Vec::new(), sign: None };
        for (low, value) in people.iter().zip(values) {
            sliced.put(*low, Some(i64::from(*value)));
        }
        sliced
    }

    fn get(&self, low: u16) -> i64 {
        let mut value = if holds(&self.sign, low) { -1i64 } else { 0 };
        for (bit, slice) in self.slices.iter().enumerate() {
            value = value & !(1 << bit) | i64::from(holds(slice, low)) << bit;
        }
        value
    }

    fn put(&mut self, low: u16, value: Option<i64>) {
        let had = words::has(&self.has, low);
        let Some(value) = value else {
            if had {
                self.count -= 1;
                words::clear(&mut self.has, low);
                self.slices.iter_mut().chain([&mut self.sign]).for_each(|slice| put_bit(slice, low, false));
            }
            return;
        };
        self.count += u32::from(!had);
        words::set(&mut self.has, low);
        let digits = 64 - (if value < 0 { !value } else { value }).leading_zeros() as usize;
        while self.slices.len() < digits {
            // A negative number continues upwards with ones.
            self.slices.push(self.sign.clone());
        }
        for (bit, slice) in self.slices.iter_mut().enumerate() {
            put_bit(slice, low, value >> bit & 1 == 1);
        }
        put_bit(&mut self.sign, low, value < 0);
    }

    fn range(&self, low: i64, high: i64, out: &mut Words, pool: &mut Pool) {
        let most = 1i64.checked_shl(self.slices.len() as u32).map_or(i64::MAX, |top| top.wrapping_sub(1));
        let (from, to) = (low.max(0), high.min(most));
        if from <= to {
            let mut candidates = pool.stale();
            candidates.copy_from_slice(self.has.as_slice());
            let digits = 64 - to.leading_zeros() as usize;
            // Whoever has a digit above the upper bound is beyond it; that spares reading most of those digits.
            for above in self.slices[digits..].iter().chain([&self.sign]).flatten() {
                above.minus_from(&mut candidates);
            }
            among(&candidates, &self.slices[..digits], (from as u64, to as u64), out, pool);
            pool.give(Block::OwnMany(candidates));
        }
        let Some(sign) = &self.sign else { return };
        let (from, to) = (low.max(-1 - most), high.min(-1));
        if from <= to {
            let mut candidates = pool.zeroed();
            sign.or_into(&mut candidates);
            // Within the digits, a negative number is as much above the smallest as its value is.
            let digits = |value: i64| (value & most) as u64;
            among(&candidates, &self.slices, (digits(from), digits(to)), out, pool);
            pool.give(Block::OwnMany(candidates));
        }
    }
}

/// Adds those of the candidates whose digits make a number within the bounds.
fn among(
    candidates: &Words,
    slices: &[Option<Container>],
    (low, high): (u64, u64),
    out: &mut Words,
    pool: &mut Pool,
) {
    let mut unpacked: Vec<Box<Words>> = Vec::new();
    for slice in slices.iter().filter(|slice| !matches!(slice, Some(Container::Bits(..)))) {
        let mut bits = pool.zeroed();
        if let Some(slice) = slice {
            slice.or_into(&mut bits);
        }
        unpacked.push(bits);
    }
    let mut rest = unpacked.iter();
    let bits: Vec<&Words> = slices
        .iter()
        .filter_map(|slice| match slice {
            Some(Container::Bits(_, bits)) => Some(&**bits),
            _ => rest.next().map(|bits| &**bits),
        })
        .collect();
    words::range_into(out, candidates, &bits, low, high);
    unpacked.into_iter().for_each(|bits| pool.give(Block::OwnMany(bits)));
}

fn holds(slice: &Option<Container>, low: u16) -> bool {
    slice.as_ref().is_some_and(|slice| slice.contains(low))
}

fn put_bit(slice: &mut Option<Container>, low: u16, on: bool) {
    let Some(container) = slice else {
        if on {
            *slice = Some(Container::of(low));
        }
        return;
    };
    if on {
        container.insert(low);
    } else if container.remove(low) && container.len() == 0 {
        *slice = None;
    }
}
