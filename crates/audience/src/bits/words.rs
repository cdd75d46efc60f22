//! The inner loops over one container's bits, compiled for what the processor at hand can do.

use fearless_simd::{Level, Simd, dispatch};

/// 65,536 people, one bit each.
pub const WORDS: usize = 1024;
pub type Words = [u64; WORDS];

/// Compiles a loop once per processor generation and picks at run time.
macro_rules! fast {
    ($(#[$note:meta])* $name:ident, ($($arg:ident: $kind:ty),*) $(-> $out:ty)?, $body:expr) => {
        $(#[$note])*
        pub fn $name($($arg: $kind),*) $(-> $out)? {
            #[inline(always)]
            fn looped<S: Simd>(simd: S, $($arg: $kind),*) $(-> $out)? {
                simd.vectorize(#[inline(always)] move || $body)
            }
            dispatch!(Level::new(), simd => looped(simd, $($arg),*))
        }
    };
}

fast!(or_into, (acc: &mut Words, x: &Words), for (a, b) in acc.iter_mut().zip(x) { *a |= b });
fast!(and_into, (acc: &mut Words, x: &Words), for (a, b) in acc.iter_mut().zip(x) { *a &= b });
fast!(minus_into, (acc: &mut Words, x: &Words), for (a, b) in acc.iter_mut().zip(x) { *a &= !b });
fast!(count, (x: &Words) -> u32, x.iter().map(|a| a.count_ones()).sum());
fast!(and_count, (x: &Words, y: &Words) -> u32, x.iter().zip(y).map(|(a, b)| (a & b).count_ones()).sum());
fast!(minus_count, (x: &Words, y: &Words) -> u32, x.iter().zip(y).map(|(a, b)| (a & !b).count_ones()).sum());
fast!(or_to, (out: &mut Words, x: &Words, y: &Words),
    for ((o, a), b) in out.iter_mut().zip(x).zip(y) { *o = a | b });
fast!(and_to, (out: &mut Words, x: &Words, y: &Words),
    for ((o, a), b) in out.iter_mut().zip(x).zip(y) { *o = a & b });
fast!(minus_to, (out: &mut Words, x: &Words, y: &Words),
    for ((o, a), b) in out.iter_mut().zip(x).zip(y) { *o = a & !b });

/// Words handled together, so that the state of a comparison stays in registers.
const LANES: usize = 16;

/// Marks whose number, given by its bits, is in `low..=high`; only among those in `has`.
#[inline(always)]
fn range_lanes(slices: &[&Words], at: usize, bounds: (u64, u64), state: &mut [[u64; LANES]; 4]) {
    let [below_low, at_low, below_high, at_high] = state;
    for (bit, slice) in slices.iter().enumerate().rev() {
        let Some(chunk) = slice[at..].first_chunk::<LANES>() else { return };
        let low = 0u64.wrapping_sub(bounds.0 >> bit & 1);
        let high = 0u64.wrapping_sub(bounds.1 >> bit & 1);
        for i in 0..LANES {
            below_low[i] |= at_low[i] & low & !chunk[i];
            at_low[i] &= !(low ^ chunk[i]);
            below_high[i] |= at_high[i] & high & !chunk[i];
            at_high[i] &= !(high ^ chunk[i]);
        }
    }
}

fast!(
    /// Adds to `out` those in `has` whose number, given by its bits, lies in `low..=high`. Both bounds must fit into
    /// as many bits as there are slices.
    range_into,
    (out: &mut Words, has: &Words, slices: &[&Words], low: u64, high: u64),
    for at in (0..WORDS).step_by(LANES) {
        let mut state = [[0; LANES], [u64::MAX; LANES], [0; LANES], [u64::MAX; LANES]];
        range_lanes(slices, at, (low, high), &mut state);
        let [below_low, _, below_high, at_high] = state;
        for i in 0..LANES {
            out[at + i] |= has[at + i] & !below_low[i] & (below_high[i] | at_high[i]);
        }
    }
);

fast!(
    /// Adds 2^first for everybody in `x` to numbers kept by their bits; who overflows is noted in `over`.
    add_into,
    (planes: &mut [Box<Words>], over: &mut Words, x: &Words),
    for at in (0..WORDS).step_by(LANES) {
        let Some(chunk) = x[at..].first_chunk::<LANES>() else { return };
        let mut carry = *chunk;
        for plane in planes.iter_mut() {
            let Some(chunk) = plane[at..].first_chunk_mut::<LANES>() else { return };
            for i in 0..LANES {
                let both = chunk[i] & carry[i];
                chunk[i] ^= carry[i];
                carry[i] = both;
            }
        }
        for i in 0..LANES {
            over[at + i] |= carry[i];
        }
    }
);

/// Lanes handled together.
const NARROW: usize = 16;

fast!(
    /// Sets those whose number lies in `low..=high`: numbers by their binary digits, sixteen side by side in each lane,
    /// the lowest digit first. Both bounds must fit into as many digits.
    lanes_between,
    (out: &mut Words, digits: &[&[u16]], low: u32, high: u32),
    for at in (0..digits.first().map_or(0, |digit| digit.len())).step_by(NARROW) {
        let mut below_low = [0u16; NARROW];
        let mut at_low = [u16::MAX; NARROW];
        let mut below_high = [0u16; NARROW];
        let mut at_high = [u16::MAX; NARROW];
        for (bit, digit) in digits.iter().enumerate().rev() {
            let mut chunk = [0u16; NARROW];
            match digit[at..].first_chunk::<NARROW>() {
                Some(whole) => chunk = *whole,
                None => chunk[..digit.len() - at].copy_from_slice(&digit[at..]),
            }
            let low = 0u16.wrapping_sub((low >> bit & 1) as u16);
            let high = 0u16.wrapping_sub((high >> bit & 1) as u16);
            for i in 0..NARROW {
                below_low[i] |= at_low[i] & low & !chunk[i];
                at_low[i] &= !(low ^ chunk[i]);
                below_high[i] |= at_high[i] & high & !chunk[i];
                at_high[i] &= !(high ^ chunk[i]);
            }
        }
        for i in 0..NARROW {
            let inside = u64::from(!below_low[i] & (below_high[i] | at_high[i]));
            out[(at + i) / 4] |= inside << ((at + i) % 4 * 16);
        }
    }
);

fast!(
    /// Sets those whose sum isn't 0 and lies in `low..=high`, and leaves all sums at 0.
    take_between,
    (out: &mut Words, sums: &mut [i64], low: i64, high: i64),
    for (word, sums) in out.iter_mut().zip(sums.chunks_exact_mut(64)) {
        let mut inside = 0;
        for (bit, sum) in sums.iter_mut().enumerate() {
            let found = *sum;
            *sum = 0;
            inside |= u64::from((found != 0) & (found >= low) & (found <= high)) << bit;
        }
        *word = inside;
    }
);

/// Of the members in `of`, those whose ranks are set.
pub fn by_rank(out: &mut Words, of: &Words, ranks: &Words) {
    let mut rank = 0;
    for (out, members) in out.iter_mut().zip(of) {
        let count = members.count_ones() as usize;
        let (word, shift) = (rank / 64, rank % 64);
        let mut chosen = ranks.get(word).map_or(0, |word| word >> shift);
        if shift + count > 64 {
            chosen |= ranks.get(word + 1).map_or(0, |word| word << (64 - shift));
        }
        rank += count;
        *out = deposited(chosen, *members);
    }
}

/// Each member of a word takes the next bit of another.
#[inline]
fn deposited(mut chosen: u64, mut members: u64) -> u64 {
    let mut out = 0;
    while members != 0 && chosen != 0 {
        let lowest = members & members.wrapping_neg();
        out |= lowest & 0u64.wrapping_sub(chosen & 1);
        members ^= lowest;
        chosen >>= 1;
    }
    out
}

pub fn zeroed() -> Box<Words> {
    // Through a vector, because an array would be made on the stack and copied.
    vec![0; WORDS].into_boxed_slice().try_into().unwrap_or_else(|_| Box::new([0; WORDS]))
}

#[inline]
pub const fn has(words: &Words, low: u16) -> bool {
    words[(low >> 6) as usize] >> (low & 63) & 1 == 1
}

#[inline]
pub const fn set(words: &mut Words, low: u16) {
    words[(low >> 6) as usize] |= 1 << (low & 63);
}

#[inline]
pub const fn clear(words: &mut Words, low: u16) {
    words[(low >> 6) as usize] &= !(1 << (low & 63));
}

/// Sets `first..=last`.
pub fn set_range(words: &mut Words, first: u16, last: u16) {
    let (from, to) = (usize::from(first >> 6), usize::from(last >> 6));
    let head = u64::MAX << (first & 63);
    let tail = u64::MAX >> (63 - (last & 63));
    if from == to {
        words[from] |= head & tail;
        return;
    }
    words[from] |= head;
    words[from + 1..to].fill(u64::MAX);
    words[to] |= tail;
}

/// Ascending.
pub fn ones(words: &Words) -> impl Iterator<Item = u16> + '_ {
    words.iter().enumerate().flat_map(|(i, word)| ones_of(*word).map(move |bit| (i as u16) << 6 | bit as u16))
}

/// Ascending.
#[inline]
pub fn ones_of(word: u64) -> impl Iterator<Item = u32> {
    let mut left = word;
    std::iter::from_fn(move || {
        if left == 0 {
            return None;
        }
        let bit = left.trailing_zeros();
        left &= left - 1;
        Some(bit)
    })
}

/// How many are set below.
pub fn rank(words: &Words, low: u16) -> usize {
    let (whole, last) = (&words[..usize::from(low >> 6)], words[usize::from(low >> 6)]);
    let below = whole.iter().map(|word| word.count_ones()).sum::<u32>();
    (below + (last & !(u64::MAX << (low & 63))).count_ones()) as usize
}
