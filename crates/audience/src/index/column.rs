//! The days of one container's members: a number each, in the order of the members, by its binary digits.

use crate::bits::words::{self, Words};

/// Members side by side in one lane.
const LANE: usize = 16;
/// Days of one container's members lie within 2^16 - 1, some 179 years; others stand apart.
const WIDEST: u32 = 16;

#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// The day that is written as 1; 0 is no day.
    pub(crate) first: i32,
    pub(crate) count: u32,
    /// Digits of all members, the lowest first.
    pub(crate) digits: Box<[u16]>,
}

impl Column {
    pub fn empty(first: i32, count: u32) -> Self {
        Self { first, count, digits: Box::default() }
    }

    /// Has a place for each of so many members and isn't too wide, as what was read may be.
    pub fn fits(&self, count: u32) -> bool {
        let whole = self.digits.len().checked_rem(self.lanes()) == Some(0);
        whole && self.width() <= WIDEST && self.count == count
    }

    pub fn bytes(&self) -> usize {
        self.digits.len() * 2 + 8
    }

    /// Lanes of one digit.
    const fn lanes(&self) -> usize {
        (self.count as usize).div_ceil(LANE)
    }

    fn width(&self) -> u32 {
        self.digits.len().checked_div(self.lanes()).unwrap_or(0) as u32
    }

    fn number(&self, rank: usize) -> u32 {
        let planes = self.digits.chunks_exact(self.lanes().max(1)).enumerate();
        planes.map(|(digit, plane)| u32::from(plane[rank / LANE] >> (rank % LANE) & 1) << digit).sum()
    }

    pub fn get(&self, rank: usize) -> Option<i32> {
        self.number(rank).checked_sub(1).map(|days| self.first.wrapping_add(days as i32))
    }

    fn numbers(&self) -> Vec<u32> {
        let mut numbers = vec![0; self.count as usize];
        for (digit, plane) in self.digits.chunks_exact(self.lanes().max(1)).enumerate() {
            for (lane, numbers) in plane.iter().zip(numbers.chunks_mut(LANE)) {
                let bits = numbers.iter_mut().enumerate();
                bits.for_each(|(bit, number)| *number |= u32::from(lane >> bit & 1) << digit);
            }
        }
        numbers
    }

    fn write_number(&mut self, rank: usize, number: u32) {
        let lanes = self.lanes();
        for (digit, plane) in self.digits.chunks_exact_mut(lanes).enumerate() {
            let (lane, bit) = (&mut plane[rank / LANE], 1 << (rank % LANE));
            match number >> digit & 1 {
                1 => *lane |= bit,
                _ => *lane &= !bit,
            }
        }
    }

    /// Lays all numbers out anew, in so many digits.
    fn lay_out(&mut self, numbers: &[u32], width: u32) {
        self.count = numbers.len() as u32;
        self.digits = vec![0; self.lanes() * width as usize].into_boxed_slice();
        for (rank, number) in numbers.iter().enumerate() {
            self.write_number(rank, *number);
        }
    }

    pub fn put(&mut self, rank: usize, day: Option<i32>) -> bool {
        let Some(day) = day else {
            self.write_number(rank, 0);
            return true;
        };
        let number = i64::from(day) - i64::from(self.first) + 1;
        if number < 1 || number >> self.width() != 0 {
            return self.widen(rank, day);
        }
        self.write_number(rank, number as u32);
        true
    }

    /// Makes room for a day before the first or after the last. Every time the digits become more, so that it happens
    /// seldom; what a day too far away costs is nothing.
    fn widen(&mut self, rank: usize, day: i32) -> bool {
        let (day, first, width) = (i64::from(day), i64::from(self.first), self.width());
        let last = first + (1 << width) - 2;
        let wider = digits(last.max(day) - first.min(day) + 1);
        if wider > WIDEST {
            return false;
        }
        let mut numbers = self.numbers();
        if day < first {
            // All room that is left lies before, where the next may come from as well.
            let earliest = (last - (1 << wider) + 2).max(i64::from(i32::MIN));
            let later = (first - earliest) as u32;
            numbers.iter_mut().filter(|number| **number > 0).for_each(|number| *number += later);
            self.first = earliest as i32;
        }
        numbers[rank] = (day - i64::from(self.first) + 1) as u32;
        self.lay_out(&numbers, wider);
        true
    }

    /// Makes room for a new member, whose day isn't known.
    pub fn insert(&mut self, rank: usize) {
        if (self.count as usize).is_multiple_of(LANE) {
            // Every digit gets another lane.
            let (width, before) = (self.width() as usize, self.lanes());
            let mut digits = Vec::with_capacity((before + 1) * width);
            for plane in self.digits.chunks_exact(before.max(1)) {
                digits.extend_from_slice(plane);
                digits.push(0);
            }
            self.digits = digits.into_boxed_slice();
        }
        self.count += 1;
        let lanes = self.lanes();
        for plane in self.digits.chunks_exact_mut(lanes) {
            let at = rank / LANE;
            for lane in (at + 1..lanes).rev() {
                plane[lane] = plane[lane] << 1 | plane[lane - 1] >> (LANE - 1);
            }
            let below = (1 << (rank % LANE)) - 1;
            plane[at] = plane[at] & below | (plane[at] & !below) << 1;
        }
    }

    pub fn remove(&mut self, rank: usize) -> Option<i32> {
        let (day, lanes) = (self.get(rank), self.lanes());
        for plane in self.digits.chunks_exact_mut(lanes) {
            let at = rank / LANE;
            let below = (1 << (rank % LANE)) - 1;
            plane[at] = plane[at] & below | (plane[at] >> 1) & !below;
            for lane in at + 1..lanes {
                plane[lane - 1] |= plane[lane] << (LANE - 1);
                plane[lane] >>= 1;
            }
        }
        self.count -= 1;
        if (self.count as usize).is_multiple_of(LANE) {
            let kept = self.digits.chunks_exact(lanes).flat_map(|plane| &plane[..lanes - 1]);
            self.digits = kept.copied().collect();
        }
        day
    }

    /// As many digits as the days need.
    pub fn shrink(&mut self) {
        let mut numbers = self.numbers();
        let known = || numbers.iter().copied().filter(|number| *number > 0);
        let (Some(first), Some(last)) = (known().min(), known().max()) else {
            self.digits = Box::default();
            return;
        };
        let width = digits(i64::from(last - first) + 1);
        if width < self.width() {
            self.first = self.first.wrapping_add(first as i32 - 1);
            numbers.iter_mut().for_each(|number| *number = number.saturating_sub(first - 1));
            self.lay_out(&numbers, width);
        }
    }

    /// The ranks of those whose day lies between both.
    pub fn between(&self, (from, to): (i32, i32), ranks: &mut Words) {
        let number = |day: i32| i64::from(day) - i64::from(self.first) + 1;
        let most = (1i64 << self.width()) - 1;
        let (low, high) = (number(from).max(1), number(to).min(most));
        if low <= high && self.count > 0 {
            let planes: Vec<&[u16]> = self.digits.chunks_exact(self.lanes()).collect();
            words::lanes_between(ranks, &planes, low as u32, high as u32);
        }
    }
}

const fn digits(number: i64) -> u32 {
    64 - number.leading_zeros()
}
