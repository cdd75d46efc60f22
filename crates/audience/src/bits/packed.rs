//! A few thousand of 65,536 in about half the room of a list: the high digits of ascending numbers as gaps in unary,
//! the low ones side by side (the code of Elias and Fano).
//!
//! Read as a whole it costs little more than a list; changed, it is written anew.

use super::words::ones_of;

/// In one piece: count and digits in the first word, then the high digits, then the low ones.
#[derive(Clone, Debug, PartialEq)]
pub struct Packed(Box<[u64]>);

impl Packed {
    /// From ascending numbers without repetition, at least one.
    pub fn of(list: &[u16]) -> Self {
        let low_digits = (65_536 / list.len().max(1)).ilog2().min(15);
        let (high, all) = sizes(list.len(), low_digits);
        let mut words = vec![0u64; all].into_boxed_slice();
        words[0] = list.len() as u64 | u64::from(low_digits) << 32;
        let (head, lows) = words.split_at_mut(1 + high);
        for (i, number) in list.iter().enumerate() {
            let place = usize::from(*number >> low_digits) + i;
            head[1 + place / 64] |= 1 << (place % 64);
            let (low, at) = (u64::from(*number) & ((1 << low_digits) - 1), i * low_digits as usize);
            lows[at / 64] |= low << (at % 64);
            if at % 64 + low_digits as usize > 64 {
                lows[at / 64 + 1] |= low >> (64 - at % 64);
            }
        }
        Self(words)
    }

    /// Bytes that so many would take.
    pub fn bytes_of(count: usize) -> usize {
        sizes(count, (65_536 / count.max(1)).ilog2().min(15)).1 * 8
    }

    pub fn len(&self) -> usize {
        self.0[0] as u32 as usize
    }

    pub fn bytes(&self) -> usize {
        self.0.len() * 8
    }

    fn low_digits(&self) -> u32 {
        (self.0[0] >> 32) as u32
    }

    fn parts(&self) -> (&[u64], &[u64]) {
        let (high, _) = sizes(self.len(), self.low_digits());
        self.0[1..].split_at(high)
    }

    /// Ascending.
    pub fn for_each(&self, mut visit: impl FnMut(u16)) {
        let (digits, (high, lows)) = (self.low_digits(), self.parts());
        let mut i = 0;
        for (at, word) in high.iter().enumerate() {
            for bit in ones_of(*word) {
                visit((((at * 64) as u32 + bit - i) << digits) as u16 | low(lows, i as usize, digits));
                i += 1;
            }
        }
    }

    /// How many are below, and whether it is there.
    pub fn rank(&self, number: u16) -> (usize, bool) {
        let (digits, (high, lows)) = (self.low_digits(), self.parts());
        let wanted = u32::from(number >> digits);
        // The place behind as many gaps as the high digits say; before it stand those with smaller high digits.
        let (mut place, mut gaps) = (0, 0);
        for (at, word) in high.iter().enumerate() {
            let here = word.count_zeros();
            if gaps + here >= wanted {
                let last = ones_of(!word).take((wanted - gaps) as usize).last();
                place = at as u32 * 64 + last.map_or(0, |bit| bit + 1);
                break;
            }
            gaps += here;
        }
        let (mut rank, own) = ((place - wanted) as usize, number & ((1u32 << digits) - 1) as u16);
        while high.get(place as usize / 64).is_some_and(|word| word >> (place % 64) & 1 == 1) {
            let found = low(lows, rank, digits);
            if found >= own {
                return (rank, found == own);
            }
            rank += 1;
            place += 1;
        }
        (rank, false)
    }

    pub fn list(&self) -> Vec<u16> {
        let mut list = Vec::with_capacity(self.len());
        self.for_each(|number| list.push(number));
        list
    }

    pub fn words(&self) -> &[u64] {
        &self.0
    }

    /// What [`Packed::words`] gave; `None` for anything else.
    pub fn from_words(words: Vec<u64>) -> Option<Self> {
        let head = *words.first()?;
        let (count, digits) = (head as u32 as usize, (head >> 32) as u32);
        let right = (1..=65_536).contains(&count) && digits < 16 && sizes(count, digits).1 == words.len();
        let packed = right.then(|| Self(words.into_boxed_slice()))?;
        let ones: u32 = packed.parts().0.iter().map(|word| word.count_ones()).sum();
        let list = (ones as usize == count).then(|| packed.list())?;
        list.windows(2).all(|pair| pair[0] < pair[1]).then_some(packed)
    }
}

/// Words of the high digits, and of everything.
const fn sizes(count: usize, low_digits: u32) -> (usize, usize) {
    let high = (count + (65_536 >> low_digits)).div_ceil(64);
    (high, 1 + high + (count * low_digits as usize).div_ceil(64))
}

#[inline]
fn low(lows: &[u64], i: usize, digits: u32) -> u16 {
    if digits == 0 {
        return 0;
    }
    let at = i * digits as usize;
    let (word, shift) = (at / 64, at % 64);
    let mut found = lows[word] >> shift;
    if shift + digits as usize > 64 {
        found |= lows[word + 1] << (64 - shift);
    }
    (found & ((1 << digits) - 1)) as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_back_with_their_ranks() {
        for step in [1, 2, 3, 7, 16, 17, 100, 255, 256, 4_000, 65_535] {
            for most in [1, 2, 63, 64, 65, 1_000, 4_096] {
                let list: Vec<u16> = (0..=u16::MAX).step_by(step).take(most).collect();
                let packed = Packed::of(&list);
                assert_eq!((packed.list(), packed.len()), (list.clone(), list.len()));
                assert_eq!(packed.bytes(), Packed::bytes_of(list.len()));
                for number in list.iter().flat_map(|n| [n.saturating_sub(1), *n, n.saturating_add(1)]) {
                    let expected =
                        (list.partition_point(|n| *n < number), list.binary_search(&number).is_ok());
                    assert_eq!(packed.rank(number), expected, "{number} of every {step}");
                }
                assert_eq!(packed.rank(u16::MAX).0, list.partition_point(|n| *n < u16::MAX));
                assert_eq!(Packed::from_words(packed.words().to_vec()), Some(packed));
            }
        }
        assert_eq!(Packed::from_words(vec![5, 1]), None);
    }
}
