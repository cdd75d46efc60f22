//! One container's worth of an answer while it is being worked out, with buffers that are used again.

use super::container::{Container, MOST_LISTED};
use super::words::{self, Words};

/// Borrowed where nothing had to be computed.
#[derive(Debug)]
pub enum Block<'a> {
    Empty,
    /// All 65,536.
    Full,
    Few(&'a [u16]),
    Many(&'a Words),
    OwnFew(Vec<u16>),
    OwnMany(Box<Words>),
}

/// Buffers between two uses.
#[derive(Debug, Default)]
pub struct Pool {
    words: Vec<Box<Words>>,
    lists: Vec<Vec<u16>>,
    sums: Option<Box<[i64]>>,
}

impl Pool {
    /// What it holds is left over from before.
    pub fn stale(&mut self) -> Box<Words> {
        self.words.pop().unwrap_or_else(words::zeroed)
    }

    pub fn zeroed(&mut self) -> Box<Words> {
        let mut bits = self.stale();
        bits.fill(0);
        bits
    }

    pub fn list(&mut self) -> Vec<u16> {
        let mut list = self.lists.pop().unwrap_or_default();
        list.clear();
        list
    }

    /// One for each of a container's people, all 0; to be given back so.
    pub fn sums(&mut self) -> Box<[i64]> {
        self.sums.take().unwrap_or_else(|| vec![0; 65_536].into_boxed_slice())
    }

    pub fn give_sums(&mut self, sums: Box<[i64]>) {
        self.sums = Some(sums);
    }

    pub fn give(&mut self, block: Block<'_>) {
        match block {
            Block::OwnFew(list) => self.lists.push(list),
            Block::OwnMany(bits) => self.words.push(bits),
            _ => {}
        }
    }
}

/// What of it is written down, without ownership.
enum View<'v> {
    Few(&'v [u16]),
    Many(&'v Words),
}

impl<'a> Block<'a> {
    pub fn of(container: Option<&'a Container>, pool: &mut Pool) -> Self {
        match container {
            None => Self::Empty,
            Some(Container::List(list)) => Self::Few(list),
            Some(Container::Bits(_, bits)) => Self::Many(bits),
            Some(Container::Packed(packed)) => {
                let mut list = pool.list();
                packed.unpack(&mut list);
                Self::OwnFew(list)
            }
            Some(Container::Runs(runs)) if runs.as_slice() == [(0, u16::MAX)] => Self::Full,
            Some(runs) => {
                if runs.len() <= 256 {
                    let mut list = pool.list();
                    list.extend(runs.iter());
                    return Self::OwnFew(list);
                }
                let mut bits = pool.zeroed();
                runs.or_into(&mut bits);
                Self::OwnMany(bits)
            }
        }
    }

    /// The same, borrowed from this one.
    pub fn look(&self) -> Block<'_> {
        match (self, self.view()) {
            (Self::Full, _) => Block::Full,
            (_, Some(View::Few(list))) => Block::Few(list),
            (_, Some(View::Many(bits))) => Block::Many(bits),
            _ => Block::Empty,
        }
    }

    fn view(&self) -> Option<View<'_>> {
        match self {
            Self::Empty | Self::Full => None,
            Self::Few(list) => Some(View::Few(list)),
            Self::OwnFew(list) => Some(View::Few(list)),
            Self::Many(bits) => Some(View::Many(bits)),
            Self::OwnMany(bits) => Some(View::Many(bits)),
        }
    }

    /// True only when it is known without counting.
    pub fn is_plainly_empty(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Few(list) => list.is_empty(),
            Self::OwnFew(list) => list.is_empty(),
            _ => false,
        }
    }

    /// The list, when there are few.
    pub fn few(&self) -> Option<&[u16]> {
        match self {
            Self::Few(list) => Some(list),
            Self::OwnFew(list) => Some(list),
            Self::Empty => Some(&[]),
            _ => None,
        }
    }

    pub fn count(&self) -> u32 {
        match (self, self.view()) {
            (Self::Full, _) => 65_536,
            (_, Some(View::Few(list))) => list.len() as u32,
            (_, Some(View::Many(bits))) => words::count(bits),
            _ => 0,
        }
    }

    pub fn for_each(&self, mut visit: impl FnMut(u16)) {
        match (self, self.view()) {
            (Self::Full, _) => (0..=u16::MAX).for_each(visit),
            (_, Some(View::Few(list))) => list.iter().for_each(|low| visit(*low)),
            (_, Some(View::Many(bits))) => words::ones(bits).for_each(visit),
            _ => {}
        }
    }

    pub fn to_container(&self) -> Option<Container> {
        match (self, self.view()) {
            (Self::Full, _) => Some(Container::Runs(vec![(0, u16::MAX)])),
            (_, Some(View::Few([]))) => None,
            (_, Some(View::Few(list))) => Some(Container::List(list.to_vec())),
            (_, Some(View::Many(bits))) => Container::from_words(bits),
            _ => None,
        }
    }

    pub fn or_into(&self, out: &mut Words) {
        match (self, self.view()) {
            (Self::Full, _) => out.fill(u64::MAX),
            (_, Some(View::Few(list))) => list.iter().for_each(|low| words::set(out, *low)),
            (_, Some(View::Many(bits))) => words::or_into(out, bits),
            _ => {}
        }
    }

    pub fn and(self, other: Self, pool: &mut Pool) -> Self {
        match (self, other) {
            (Self::Full, x) | (x, Self::Full) => x,
            (x, y) if x.is_plainly_empty() || y.is_plainly_empty() => {
                pool.give(x);
                pool.give(y);
                Self::Empty
            }
            (Self::OwnMany(mut a), y) if y.few().is_none() => {
                if let Some(View::Many(b)) = y.view() {
                    words::and_into(&mut a, b);
                }
                pool.give(y);
                Self::OwnMany(a)
            }
            (x, y) => {
                let out = match (x.view(), y.view()) {
                    (Some(View::Few(a)), Some(View::Few(b))) => {
                        let mut out = pool.list();
                        shared(a, b, &mut out);
                        Self::OwnFew(out)
                    }
                    (Some(View::Few(list)), Some(View::Many(bits)))
                    | (Some(View::Many(bits)), Some(View::Few(list))) => {
                        let mut out = pool.list();
                        out.extend(list.iter().filter(|low| words::has(bits, **low)));
                        Self::OwnFew(out)
                    }
                    (Some(View::Many(a)), Some(View::Many(b))) => {
                        let mut out = pool.stale();
                        words::and_to(&mut out, a, b);
                        Self::OwnMany(out)
                    }
                    _ => Self::Empty,
                };
                pool.give(x);
                pool.give(y);
                out
            }
        }
    }

    pub fn minus(self, other: Self, pool: &mut Pool) -> Self {
        if self.is_plainly_empty() || other.is_plainly_empty() {
            pool.give(other);
            return self;
        }
        let out = match (self.view(), other.view()) {
            (_, None) => Self::Empty,
            (None, Some(view)) => {
                let mut out = pool.stale();
                out.fill(u64::MAX);
                match view {
                    View::Few(list) => list.iter().for_each(|low| words::clear(&mut out, *low)),
                    View::Many(bits) => words::minus_into(&mut out, bits),
                }
                Self::OwnMany(out)
            }
            (Some(View::Few(a)), Some(View::Few(b))) => {
                let mut out = pool.list();
                only_first(a, b, &mut out);
                Self::OwnFew(out)
            }
            (Some(View::Few(list)), Some(View::Many(bits))) => {
                let mut out = pool.list();
                out.extend(list.iter().filter(|low| !words::has(bits, **low)));
                Self::OwnFew(out)
            }
            (Some(View::Many(a)), Some(View::Few(list))) => {
                let mut out = pool.stale();
                out.copy_from_slice(a);
                list.iter().for_each(|low| words::clear(&mut out, *low));
                Self::OwnMany(out)
            }
            (Some(View::Many(a)), Some(View::Many(b))) => {
                let mut out = pool.stale();
                words::minus_to(&mut out, a, b);
                Self::OwnMany(out)
            }
        };
        pool.give(self);
        pool.give(other);
        out
    }

    pub fn or(self, other: Self, pool: &mut Pool) -> Self {
        match (self, other) {
            (Self::Full, x) | (x, Self::Full) => {
                pool.give(x);
                Self::Full
            }
            (x, y) if x.is_plainly_empty() => {
                pool.give(x);
                y
            }
            (x, y) if y.is_plainly_empty() => {
                pool.give(y);
                x
            }
            (Self::OwnMany(mut a), x) | (x, Self::OwnMany(mut a)) => {
                x.or_into(&mut a);
                pool.give(x);
                Self::OwnMany(a)
            }
            (x, y) => {
                let out = match (x.view(), y.view()) {
                    (Some(View::Few(a)), Some(View::Few(b))) if a.len() + b.len() <= MOST_LISTED => {
                        let mut out = pool.list();
                        either(a, b, &mut out);
                        Self::OwnFew(out)
                    }
                    (Some(View::Many(a)), Some(View::Many(b))) => {
                        let mut out = pool.stale();
                        words::or_to(&mut out, a, b);
                        Self::OwnMany(out)
                    }
                    _ => {
                        let mut out = pool.zeroed();
                        x.or_into(&mut out);
                        y.or_into(&mut out);
                        Self::OwnMany(out)
                    }
                };
                pool.give(x);
                pool.give(y);
                out
            }
        }
    }

    /// How many are in both, without making the set.
    pub fn and_count(&self, other: &Self) -> u32 {
        match (self, other) {
            (Self::Full, x) | (x, Self::Full) => return x.count(),
            _ => {}
        }
        match (self.view(), other.view()) {
            (Some(View::Few(a)), Some(View::Few(b))) => count_shared(a, b),
            (Some(View::Few(list)), Some(View::Many(bits)))
            | (Some(View::Many(bits)), Some(View::Few(list))) => {
                list.iter().map(|low| u32::from(words::has(bits, *low))).sum()
            }
            (Some(View::Many(a)), Some(View::Many(b))) => words::and_count(a, b),
            _ => 0,
        }
    }

    /// How many are here and not there, without making the set.
    pub fn minus_count(&self, other: &Self) -> u32 {
        match (self.view(), other.view()) {
            (Some(View::Many(a)), Some(View::Many(b))) => words::minus_count(a, b),
            _ => self.count() - self.and_count(other),
        }
    }
}

/// Above this ratio of lengths, searching beats walking.
const SKEW: usize = 16;

fn walk_shared(a: &[u16], b: &[u16], mut found: impl FnMut(u16)) {
    let (small, large) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    if small.len() * SKEW < large.len() {
        let mut rest = large;
        for low in small {
            let at = rest.partition_point(|x| x < low);
            rest = &rest[at..];
            match rest.first() {
                None => return,
                Some(x) if x == low => found(*low),
                Some(_) => {}
            }
        }
        return;
    }
    let (mut i, mut j) = (0, 0);
    while i < a.len() && j < b.len() {
        let (x, y) = (a[i], b[j]);
        if x == y {
            found(x);
        }
        i += usize::from(x <= y);
        j += usize::from(y <= x);
    }
}

fn shared(a: &[u16], b: &[u16], out: &mut Vec<u16>) {
    walk_shared(a, b, |low| out.push(low));
}

fn count_shared(a: &[u16], b: &[u16]) -> u32 {
    let mut count = 0;
    walk_shared(a, b, |_| count += 1);
    count
}

fn only_first(a: &[u16], b: &[u16], out: &mut Vec<u16>) {
    let mut rest = b;
    for low in a {
        let skip = rest.iter().take_while(|x| *x < low).count();
        rest = &rest[skip..];
        if rest.first() != Some(low) {
            out.push(*low);
        }
    }
}

fn either(a: &[u16], b: &[u16], out: &mut Vec<u16>) {
    let (mut i, mut j) = (0, 0);
    while i < a.len() && j < b.len() {
        let (x, y) = (a[i], b[j]);
        out.push(x.min(y));
        i += usize::from(x <= y);
        j += usize::from(y <= x);
    }
    out.extend_from_slice(&a[i..]);
    out.extend_from_slice(&b[j..]);
}
