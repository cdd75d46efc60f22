//! A few thousand of 65,536 in about half the room of a list: the gaps between ascending numbers, mostly a byte each.
//!
//! Read as a whole it costs less than a nanosecond a number; changed, it is written anew.

/// A byte that adds this and ends no gap.
const ON: u8 = 255;

#[derive(Clone, Debug, PartialEq)]
pub struct Packed {
    count: u16,
    gaps: Box<[u8]>,
}

impl Packed {
    /// From ascending numbers without repetition, 65,535 at most.
    pub fn of(list: &[u16]) -> Self {
        let (mut gaps, mut before) = (Vec::with_capacity(bytes_of(list)), 0);
        for number in list {
            let gap = number - before;
            gaps.extend(std::iter::repeat_n(ON, usize::from(gap / u16::from(ON))));
            gaps.push((gap % u16::from(ON)) as u8);
            before = *number;
        }
        Self { count: list.len() as u16, gaps: gaps.into_boxed_slice() }
    }

    /// Packed only where that saves enough to be worth it.
    pub fn smaller(list: &[u16]) -> Option<Self> {
        (bytes_of(list) < list.len() * 7 / 4).then(|| Self::of(list))
    }

    pub fn len(&self) -> usize {
        usize::from(self.count)
    }

    pub fn bytes(&self) -> usize {
        self.gaps.len()
    }

    /// Writes them into a list, ascending, and nothing else.
    pub fn unpack(&self, list: &mut Vec<u16>) {
        list.clear();
        list.resize(self.len(), 0);
        let (mut number, mut at) = (0u16, 0);
        // Without a branch: what does not end a gap is overwritten by what comes next.
        for gap in &self.gaps {
            number = number.wrapping_add(u16::from(*gap));
            if let Some(place) = list.get_mut(at) {
                *place = number;
            }
            at += usize::from(*gap != ON);
        }
    }

    pub fn list(&self) -> Vec<u16> {
        let mut list = Vec::new();
        self.unpack(&mut list);
        list
    }

    /// Ascending.
    pub fn for_each(&self, mut visit: impl FnMut(u16)) {
        let mut number = 0u16;
        for gap in &self.gaps {
            number = number.wrapping_add(u16::from(*gap));
            if *gap != ON {
                visit(number);
            }
        }
    }

    /// How many are below, and whether it is there.
    pub fn rank(&self, wanted: u16) -> (usize, bool) {
        let (mut number, mut rank) = (0u16, 0);
        for gap in &self.gaps {
            number = number.wrapping_add(u16::from(*gap));
            if *gap != ON {
                if number >= wanted {
                    return (rank, number == wanted);
                }
                rank += 1;
            }
        }
        (rank, false)
    }

    pub fn gaps(&self) -> &[u8] {
        &self.gaps
    }

    /// What [`Packed::gaps`] gave; `None` for anything else.
    pub fn from_gaps(gaps: &[u8]) -> Option<Self> {
        let count = u16::try_from(gaps.iter().filter(|gap| **gap != ON).count()).ok()?;
        let sum: u64 = gaps.iter().map(|gap| u64::from(*gap)).sum();
        let packed = Self { count, gaps: gaps.into() };
        let ascending = packed.list().windows(2).all(|pair| pair[0] < pair[1]);
        let right = sum <= u64::from(u16::MAX) && ascending && gaps.last().is_some_and(|last| *last != ON);
        right.then_some(packed)
    }
}

fn bytes_of(list: &[u16]) -> usize {
    let mut before = 0;
    let escapes = list.iter().map(|number| {
        let gap = number - before;
        before = *number;
        usize::from(gap / u16::from(ON))
    });
    escapes.sum::<usize>() + list.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_back_with_their_ranks() {
        for step in [1, 2, 3, 254, 255, 256, 509, 510, 511, 4_000, 65_535] {
            for (from, most) in [(0, 1), (0, 4_096), (7, 64), (255, 65), (300, 1_000)] {
                let list: Vec<u16> = (from..=u16::MAX).step_by(step).take(most).collect();
                let packed = Packed::of(&list);
                let mut visited = Vec::new();
                packed.for_each(|number| visited.push(number));
                assert_eq!((&packed.list(), &visited, packed.len()), (&list, &list, list.len()));
                assert_eq!(packed.bytes(), bytes_of(&list));
                for number in list.iter().flat_map(|n| [n.saturating_sub(1), *n, n.saturating_add(1)]) {
                    let expected =
                        (list.partition_point(|n| *n < number), list.binary_search(&number).is_ok());
                    assert_eq!(packed.rank(number), expected, "{number} of every {step}");
                }
                assert_eq!(Packed::from_gaps(packed.gaps()), Some(packed));
            }
        }
        for wrong in [&[][..], &[255], &[3, 0], &[1; 70_000]] {
            assert_eq!(Packed::from_gaps(wrong), None);
        }
    }
}
