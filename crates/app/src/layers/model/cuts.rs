//! Cut points of recency, frequency and money: how they are found in the data, what a hand may write, how they score.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::LayerRefusal;
use crate::kernel::stored_words::stored_words;

/// Below so many buyers quantiles say nothing, and fixed points stand in.
pub const FEWEST_BUYERS: usize = 5;
/// Below so many buyers thirds are found instead of fifths.
pub const FIFTHS_FROM: usize = 100;
/// While the buyers' last orders span fewer days, their distribution says more about the beginning than about them.
pub const SPAN_DAYS: i64 = 28;
/// Days of orders that are scored.
pub const WINDOW_DAYS: i64 = 365;
/// Days between two orders when nothing better is known.
pub const USUAL_GAP: i64 = 30;
/// Bounds of that, whatever the data say.
pub const GAP_BOUNDS: (i64, i64) = (7, 180);

/// Where the points lie when there are too few buyers to find any.
const FIXED: Cuts =
    Cuts { r: [7, 30, 90, 180], f: FIXED_F, m: [5_000, 20_000, 50_000, 100_000], gap_days: USUAL_GAP };
/// Most buyers bought once: then these say more than any quantile. Once, twice, three or four, five to eight, more.
const FIXED_F: [i64; 4] = [2, 3, 5, 9];

stored_words! {
    /// How cut points came about.
    CutSource {
        /// From the buyers' own distribution.
        Quantiles = "quantiles",
        /// Too few buyers for quantiles.
        Fixed = "fixed",
        Hand = "hand",
    }
}

stored_words! {
    /// Where a version of the cut points stands.
    CutState {
        Draft = "draft",
        InForce = "in_force",
        /// Was in force, and another one followed.
        Former = "former",
        /// Was in force and was undone.
        Undone = "undone",
    }
}

stored_words! {
    /// What RFM makes of a person; the first eight cover all 125 cells.
    RfmSegment {
        Champions = "champions",
        AtRisk = "at_risk",
        Loyal = "loyal",
        BigSpenders = "big_spenders",
        Promising = "promising",
        NeedCare = "need_care",
        Hibernating = "hibernating",
        Lost = "lost",
        /// Has not bought.
        Prospect = "prospect",
        /// Bought, and no cut points are in force yet.
        Unscored = "unscored",
    }
}

/// Four bounds per measure make five scores, 5 the best. Equal neighbours leave a score out: thirds are 1, 3 and 5.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Cuts {
    /// Days since the last paid order, ascending: up to the first is 5, up to the second 4 … beyond the last 1.
    pub r: [i64; 4],
    /// Days with a paid order, ascending: from the first on 2, from the second on 3 … from the last on 5.
    pub f: [i64; 4],
    /// Fen paid and kept, ascending like `f`.
    pub m: [i64; 4],
    /// Days between two orders of the same buyer, the middle of all.
    pub gap_days: i64,
}

/// What one buyer did in the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Buyer {
    /// Days since her last paid order, 0 for today.
    pub age: i64,
    /// Days with a paid order.
    pub order_days: i64,
    /// Fen paid and kept.
    pub net: i64,
}

/// Scores 1 to 5.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Cell {
    pub r: i64,
    pub f: i64,
    pub m: i64,
}

impl Cuts {
    /// The points that come into force by themselves: found in the data once these span some weeks, else fixed ones.
    #[must_use]
    pub fn first(buyers: &[Buyer], gap_days: Option<i64>) -> (Self, CutSource) {
        match buyers.iter().any(|b| b.age >= SPAN_DAYS) {
            true => Self::found(buyers, gap_days),
            false => (FIXED, CutSource::Fixed),
        }
    }

    /// Finds the points in the buyers' distribution. The order of the buyers doesn't matter, ties share a score.
    #[must_use]
    pub fn found(buyers: &[Buyer], gap_days: Option<i64>) -> (Self, CutSource) {
        let gap_days = gap_days.unwrap_or(USUAL_GAP).clamp(GAP_BOUNDS.0, GAP_BOUNDS.1);
        if buyers.len() < FEWEST_BUYERS {
            return (Self { gap_days, ..FIXED }, CutSource::Fixed);
        }
        let of = |measure: fn(&Buyer) -> i64| bounds(buyers.iter().map(measure).collect());
        // Fewer days are better, so the days are ranked from behind.
        let [two, three, four, five] = of(|b| -b.age).map(|bound| -bound);
        let f = of(|b| b.order_days);
        let f = if repeats(f, buyers.len()) { FIXED_F } else { f };
        (Self { r: [five, four, three, two], f, m: of(|b| b.net), gap_days }, CutSource::Quantiles)
    }

    /// Checks what a hand wrote.
    ///
    /// # Errors
    /// [`LayerRefusal::Cuts`] names the first measure whose bounds don't ascend or lie outside.
    pub fn check(&self) -> Result<(), LayerRefusal> {
        let measures = [("r", self.r, 0, 3_650), ("f", self.f, 1, 10_000), ("m", self.m, 0, 100_000_000_000)];
        for (field, bounds, least, most) in measures {
            if !bounds.is_sorted() || bounds[0] < least || bounds[3] > most {
                return Err(LayerRefusal::Cuts { field, least, most });
            }
        }
        let (least, most) = GAP_BOUNDS;
        if !(least..=most).contains(&self.gap_days) {
            return Err(LayerRefusal::Cuts { field: "gap_days", least, most });
        }
        Ok(())
    }

    #[must_use]
    pub fn score(&self, buyer: Buyer) -> Cell {
        let reached = |bounds: [i64; 4], value: i64| 1 + count(bounds, |b| value >= b);
        Cell {
            r: 1 + count(self.r, |b| buyer.age <= b),
            f: reached(self.f, buyer.order_days),
            m: reached(self.m, buyer.net),
        }
    }
}

impl Cell {
    /// What the cell is called; the first that fits.
    #[must_use]
    pub const fn segment(self) -> RfmSegment {
        let Self { r, f, m } = self;
        match () {
            () if r >= 4 && f >= 4 && m >= 4 => RfmSegment::Champions,
            () if r <= 2 && f >= 3 => RfmSegment::AtRisk,
            () if f >= 4 => RfmSegment::Loyal,
            () if r >= 3 && m == 5 => RfmSegment::BigSpenders,
            () if r >= 4 => RfmSegment::Promising,
            () if r == 3 => RfmSegment::NeedCare,
            () if m >= 3 => RfmSegment::Hibernating,
            () => RfmSegment::Lost,
        }
    }
}

fn count(bounds: [i64; 4], hit: impl Fn(i64) -> bool) -> i64 {
    bounds.into_iter().map(|b| i64::from(hit(b))).sum()
}

/// The values from which the scores 2, 3, 4 and 5 begin. A value's place is the mean rank of all that equal it.
fn bounds(mut values: Vec<i64>) -> [i64; 4] {
    values.sort_unstable();
    let n = values.len();
    // Twice the mean rank, counted from 1, of each different value.
    let mut places: Vec<(i64, usize)> = Vec::new();
    let mut first = 0;
    while first < n {
        let last = first + values[first..].partition_point(|v| *v == values[first]);
        places.push((values[first], first + 1 + last));
        first = last;
    }
    let beyond = values.last().map_or(i64::MAX, |most| most.saturating_add(1));
    let above = |part: usize, parts: usize| {
        let found = places.iter().find(|(_, twice)| twice * parts > 2 * n * part);
        found.map_or(beyond, |(value, _)| *value)
    };
    if n < FIFTHS_FROM {
        let (second, third) = (above(1, 3), above(2, 3));
        return [second, second, third, third];
    }
    [above(1, 5), above(2, 5), above(3, 5), above(4, 5)]
}

/// Whether two scores share a bound that should not.
fn repeats(bounds: [i64; 4], buyers: usize) -> bool {
    if buyers < FIFTHS_FROM { bounds[0] == bounds[2] } else { bounds.windows(2).any(|w| w[0] == w[1]) }
}

/// The middle of the gaps between a buyer's days with orders, ascending; none below three days.
#[must_use]
pub fn middle_gap(days: &[i64]) -> Option<i64> {
    if days.len() < 3 {
        return None;
    }
    middle(days.windows(2).map(|w| w[1] - w[0]).collect())
}

/// The middle of some numbers, the lower of two.
#[must_use]
pub fn middle(mut numbers: Vec<i64>) -> Option<i64> {
    numbers.sort_unstable();
    numbers.get(numbers.len().checked_sub(1)? / 2).copied()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn buyers() -> impl Strategy<Value = Vec<Buyer>> {
        let one = (0..400_i64, 1..12_i64, 1..200_000_i64);
        let few = one.clone().prop_map(|(age, order_days, net)| Buyer { age, order_days, net });
        // Narrow values make ties.
        let tied =
            (0..4_i64, 1..3_i64, 1..4_i64).prop_map(|(age, order_days, net)| Buyer { age, order_days, net });
        prop_oneof![prop::collection::vec(few, 0..250), prop::collection::vec(tied, 0..250)]
    }

    #[test]
    fn eight_segments_cover_all_cells() {
        let mut met = std::collections::BTreeSet::new();
        for r in 1..=5 {
            for f in 1..=5 {
                for m in 1..=5 {
                    met.insert(Cell { r, f, m }.segment());
                }
            }
        }
        assert_eq!(met.len(), 8);
        assert!(!met.contains(&RfmSegment::Prospect) && !met.contains(&RfmSegment::Unscored));
        assert_eq!(Cell { r: 5, f: 4, m: 4 }.segment(), RfmSegment::Champions);
        assert_eq!(Cell { r: 2, f: 5, m: 5 }.segment(), RfmSegment::AtRisk);
        assert_eq!(Cell { r: 3, f: 5, m: 1 }.segment(), RfmSegment::Loyal);
        assert_eq!(Cell { r: 1, f: 1, m: 5 }.segment(), RfmSegment::Hibernating);
    }

    #[test]
    fn a_hundred_even_buyers_make_even_fifths() {
        let all: Vec<Buyer> = (1..=100).map(|n| Buyer { age: n, order_days: n, net: n * 100 }).collect();
        let (cuts, source) = Cuts::found(&all, Some(12));
        assert_eq!(source, CutSource::Quantiles);
        assert_eq!((cuts.r, cuts.f, cuts.gap_days), ([20, 40, 60, 80], [21, 41, 61, 81], 12));
        for score in 1..=5 {
            assert_eq!(all.iter().filter(|b| cuts.score(**b).m == score).count(), 20);
        }
    }

    #[test]
    fn who_bought_once_like_most_is_scored_by_fixed_points() {
        let all: Vec<Buyer> = (0..120).map(|n| Buyer { age: n, order_days: 1, net: n }).collect();
        assert_eq!(Cuts::found(&all, None).0.f, FIXED_F);
        let (few, source) = Cuts::found(&all[..4], None);
        assert_eq!((few.m, source), (FIXED.m, CutSource::Fixed));
    }

    #[test]
    fn the_first_points_are_fixed_until_orders_span_some_weeks() {
        let young: Vec<Buyer> = (0..60).map(|n| Buyer { age: n % 28, order_days: 1, net: n }).collect();
        assert_eq!(Cuts::first(&young, Some(9)), (FIXED, CutSource::Fixed));
        let mut older = young;
        older.push(Buyer { age: 28, order_days: 1, net: 5 });
        assert_eq!(Cuts::first(&older, Some(9)), Cuts::found(&older, Some(9)));
        assert_eq!(Cuts::first(&older, None).1, CutSource::Quantiles);
    }

    #[test]
    fn what_a_hand_wrote_must_ascend() {
        assert_eq!(FIXED.check(), Ok(()));
        let bad = Cuts { m: [3, 2, 4, 5], ..FIXED };
        assert!(matches!(bad.check(), Err(LayerRefusal::Cuts { field: "m", .. })));
        assert!(Cuts { gap_days: 0, ..FIXED }.check().is_err());
    }

    proptest! {
        #[test]
        fn better_is_never_scored_worse(all in buyers(), a in 0..500_i64, b in 0..500_i64) {
            let (cuts, _) = Cuts::found(&all, None);
            let one = |n: i64| cuts.score(Buyer { age: n, order_days: n, net: n });
            let (low, high) = (one(a.min(b)), one(a.max(b)));
            prop_assert!(low.r >= high.r && low.f <= high.f && low.m <= high.m);
            prop_assert!(cuts.r.is_sorted() && cuts.f.is_sorted() && cuts.m.is_sorted());
        }

        #[test]
        fn the_order_of_the_buyers_changes_nothing(mut all in buyers(), seed in 1..50_usize) {
            let before = Cuts::found(&all, None);
            let turn = seed % all.len().max(1);
            all.rotate_left(turn);
            all.reverse();
            prop_assert_eq!(before, Cuts::found(&all, None));
        }

        #[test]
        fn equal_buyers_share_one_cell_in_the_middle(n in 5..250_usize, age in 0..300_i64, net in 1..9_999_i64) {
            let all = vec![Buyer { age, order_days: 1, net }; n];
            let cell = Cuts::found(&all, None).0.score(all[0]);
            prop_assert_eq!((cell.r, cell.m), (3, 3));
        }

        #[test]
        fn thirds_and_fifths_hold_no_more_than_their_share_beyond_ties(all in buyers()) {
            prop_assume!(all.len() >= FEWEST_BUYERS);
            let (cuts, _) = Cuts::found(&all, None);
            let parts = if all.len() < FIFTHS_FROM { 3 } else { 5 };
            // Without the buyers of one tie at its lower end, the best score holds no more than its share.
            let best: Vec<i64> = all.iter().map(|b| b.net).filter(|net| *net >= cuts.m[3]).collect();
            let least = best.iter().min().copied().unwrap_or(0);
            let sure = best.iter().filter(|net| **net > least).count();
            prop_assert!(sure * parts <= all.len() + parts);
        }
    }
}
