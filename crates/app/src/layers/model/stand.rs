//! What a person is to the company, from what she did: RFM cell, value level, fan level, stage of life. A pure
//! function of her acts, the cut points and the day, so that looking early, late or again answers the same.

use super::cuts::{Buyer, Cell, Cuts, GAP_BOUNDS, RfmSegment, USUAL_GAP, WINDOW_DAYS, middle_gap};
use crate::kernel::stored_words::stored_words;

/// Days in which somebody who has not acted is new.
const NEW_DAYS: i64 = 7;
/// Days without an act after which she is silent, and for which acts are remembered at all.
pub const ACT_DAYS: i64 = 90;
/// Days for which somebody who came back is shown as such.
const BACK_DAYS: i64 = 30;
/// Days with acts that make somebody who has not bought favourable.
const WARM_DAYS: usize = 3;
/// Days with orders that make a loyal buyer, in all and within the window.
const LOYAL_ORDERS: usize = 4;
const LOYAL_DAYS: i64 = 4;

stored_words! {
    /// The ladders on which a person stands.
    Ladder { Rfm = "rfm", Value = "value", Fan = "fan", Stage = "stage", }
}

stored_words! {
    /// How near she is to the brand's heart, ascending.
    FanLevel {
        Passerby = "passerby",
        Favourable = "favourable",
        TrueLove = "true_love",
        Advocate = "advocate",
    }
}

stored_words! {
    /// What she is worth to the community, ascending.
    ValueLevel {
        Fan = "fan",
        LoyalUser = "loyal_user",
        /// Marked by people, never by a rule.
        Koc = "koc",
        SuperUser = "super_user",
    }
}

stored_words! {
    /// Where she is in her life with the company.
    LifeStage {
        New = "new",
        Activated = "activated",
        Buyer = "buyer",
        Repeat = "repeat",
        Loyal = "loyal",
        AtRisk = "at_risk",
        Lapsed = "lapsed",
        WonBack = "won_back",
        /// Neither bought nor acted for long.
        Silent = "silent",
        Left = "left",
    }
}

/// What is known of a person. Days count from 1970 in the tenant's business days.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Measures {
    pub first_seen: i64,
    /// Living bonds with employees and open stays in groups.
    pub ties: i64,
    /// She has or had any of these.
    pub ever_tied: bool,
    /// People marked her as one whose opinion moves others.
    pub koc: bool,
    /// Days with paid orders and the fen kept of them, ascending by day; what was given back wholly is left out.
    pub orders: Vec<(i64, i64)>,
    /// Days on which she opened a link or another system reported something, ascending.
    pub acts: Vec<i64>,
}

/// A level and the word for why.
pub type Because<T> = (T, &'static str);

/// Where a person stands on one day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    pub cell: Option<Cell>,
    pub rfm: Because<RfmSegment>,
    pub value: Because<ValueLevel>,
    pub fan: Because<FanLevel>,
    pub stage: Because<LifeStage>,
}

impl Standing {
    /// The word of a ladder's level and of its reason.
    #[must_use]
    pub const fn on(&self, ladder: Ladder) -> (&'static str, &'static str) {
        match ladder {
            Ladder::Rfm => (self.rfm.0.word(), self.rfm.1),
            Ladder::Value => (self.value.0.word(), self.value.1),
            Ladder::Fan => (self.fan.0.word(), self.fan.1),
            Ladder::Stage => (self.stage.0.word(), self.stage.1),
        }
    }
}

impl Ladder {
    /// The words of its levels, from the lowest on.
    #[must_use]
    pub fn levels(self) -> Vec<&'static str> {
        match self {
            Self::Rfm => RfmSegment::ALL.iter().map(|s| s.word()).collect(),
            Self::Value => ValueLevel::ALL.iter().map(|l| l.word()).collect(),
            Self::Fan => FanLevel::ALL.iter().map(|l| l.word()).collect(),
            Self::Stage => LifeStage::ALL.iter().map(|s| s.word()).collect(),
        }
    }
}

impl Measures {
    /// What she bought within the window.
    #[must_use]
    pub fn buyer(&self, today: i64) -> Option<Buyer> {
        let within: Vec<&(i64, i64)> =
            self.orders.iter().filter(|(day, _)| today - day < WINDOW_DAYS).collect();
        let (last, _) = within.last()?;
        Some(Buyer {
            // An order may lie a moment ahead: the shop's clock is not ours.
            age: (today - last).max(0),
            order_days: i64::try_from(within.len()).unwrap_or(i64::MAX),
            net: within.iter().map(|(_, net)| net).sum(),
        })
    }

    fn days(&self) -> Vec<i64> {
        self.orders.iter().map(|(day, _)| *day).collect()
    }

    /// Days that usually lie between two of her orders.
    fn gap(&self, cuts: Option<&Cuts>) -> i64 {
        let usual = cuts.map_or(USUAL_GAP, |c| c.gap_days);
        middle_gap(&self.days()).unwrap_or(usual).clamp(GAP_BOUNDS.0, GAP_BOUNDS.1)
    }

    /// Days with acts among the last `days`.
    #[must_use]
    pub fn active_days(&self, today: i64, days: i64) -> usize {
        self.acts.iter().filter(|day| today - **day < days).count()
    }

    /// Where she stands on a day.
    #[must_use]
    pub fn stand(&self, cuts: Option<&Cuts>, today: i64) -> Standing {
        let buyer = self.buyer(today);
        let cell = buyer.and_then(|b| cuts.map(|c| c.score(b)));
        let rfm = match (cell, buyer) {
            (Some(cell), _) => (cell.segment(), "scored"),
            (None, Some(_)) => (RfmSegment::Unscored, "no_cuts"),
            (None, None) if self.orders.is_empty() => (RfmSegment::Prospect, "no_orders"),
            (None, None) => (RfmSegment::Lost, "outside_window"),
        };
        let value = self.value(rfm.0, buyer);
        let (fan, stage) = (self.fan(rfm.0, today), self.stage(cuts, today));
        Standing { cell, rfm, value, fan, stage }
    }

    const fn value(&self, rfm: RfmSegment, buyer: Option<Buyer>) -> Because<ValueLevel> {
        match (rfm, buyer) {
            (RfmSegment::Champions, _) if self.koc => (ValueLevel::SuperUser, "champion_koc"),
            _ if self.koc => (ValueLevel::Koc, "koc"),
            (RfmSegment::Champions | RfmSegment::Loyal, _) => (ValueLevel::LoyalUser, "buys_often"),
            (RfmSegment::Unscored, Some(Buyer { order_days: LOYAL_DAYS.., .. })) => {
                (ValueLevel::LoyalUser, "buys_often")
            }
            _ => (ValueLevel::Fan, "here"),
        }
    }

    fn fan(&self, rfm: RfmSegment, today: i64) -> Because<FanLevel> {
        match rfm {
            RfmSegment::Champions if self.koc => (FanLevel::Advocate, "champion_koc"),
            RfmSegment::Champions => (FanLevel::TrueLove, "champion"),
            RfmSegment::Loyal => (FanLevel::TrueLove, "loyal"),
            RfmSegment::BigSpenders | RfmSegment::Promising | RfmSegment::NeedCare | RfmSegment::Unscored => {
                (FanLevel::Favourable, "bought")
            }
            RfmSegment::AtRisk | RfmSegment::Hibernating | RfmSegment::Lost | RfmSegment::Prospect => {
                match self.active_days(today, ACT_DAYS) {
                    WARM_DAYS.. => (FanLevel::Favourable, "acts"),
                    _ => (FanLevel::Passerby, "few_acts"),
                }
            }
        }
    }

    fn stage(&self, cuts: Option<&Cuts>, today: i64) -> Because<LifeStage> {
        if self.ever_tied && self.ties == 0 {
            return (LifeStage::Left, "left");
        }
        let days = self.days();
        let Some(last) = days.last() else {
            return match (self.active_days(today, ACT_DAYS), today - self.first_seen) {
                (1.., _) => (LifeStage::Activated, "acted"),
                (_, ..=NEW_DAYS) => (LifeStage::New, "joined"),
                _ => (LifeStage::Silent, "no_act"),
            };
        };
        let (gap, age) = (self.gap(cuts), today - last);
        if age > 3 * gap {
            return (LifeStage::Lapsed, "gap_three");
        }
        if age >= 2 * gap {
            return (LifeStage::AtRisk, "gap_two");
        }
        let pause = days.len().checked_sub(2).map(|before| last - days[before]);
        if age <= BACK_DAYS && pause.is_some_and(|pause| pause > 3 * gap) {
            return (LifeStage::WonBack, "came_back");
        }
        match days.len() {
            LOYAL_ORDERS.. => (LifeStage::Loyal, "ordered_often"),
            2.. => (LifeStage::Repeat, "ordered_again"),
            _ => (LifeStage::Buyer, "ordered"),
        }
    }

    /// The first day after `today` on which time alone may change where she stands; none when it never will.
    #[must_use]
    pub fn next_day(&self, cuts: Option<&Cuts>, today: i64) -> Option<i64> {
        let mut days = vec![self.first_seen + NEW_DAYS + 1];
        days.extend(self.acts.iter().map(|act| act + ACT_DAYS));
        days.extend(self.acts.iter().map(|act| act + super::path::LATELY));
        days.extend(self.orders.iter().flat_map(|(day, _)| [day + super::path::LATELY, day + WINDOW_DAYS]));
        if let Some((last, _)) = self.orders.last() {
            let gap = self.gap(cuts);
            // A last order ahead of today ages from tomorrow on.
            days.extend([last + 1, last + 2 * gap, last + 3 * gap + 1, last + BACK_DAYS + 1]);
            days.extend(cuts.iter().flat_map(|c| c.r).map(|bound| last + bound + 1));
        }
        days.into_iter().filter(|day| *day > today).min()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const CUTS: Cuts = Cuts { r: [7, 30, 90, 180], f: [2, 3, 5, 9], m: [50, 200, 500, 1_000], gap_days: 30 };

    fn member(orders: &[(i64, i64)], acts: &[i64]) -> Measures {
        Measures {
            first_seen: 1_000,
            ties: 1,
            ever_tied: true,
            koc: false,
            orders: orders.to_vec(),
            acts: acts.to_vec(),
        }
    }
    fn stage(m: &Measures, today: i64) -> LifeStage {
        m.stand(Some(&CUTS), today).stage.0
    }

    #[test]
    fn a_life_goes_from_new_to_lapsed_and_back() {
        let new = member(&[], &[]);
        assert_eq!((stage(&new, 1_007), stage(&new, 1_008)), (LifeStage::New, LifeStage::Silent));
        let acted = member(&[], &[1_003]);
        assert_eq!((stage(&acted, 1_092), stage(&acted, 1_093)), (LifeStage::Activated, LifeStage::Silent));
        let once = member(&[(1_010, 99)], &[]);
        let ages =
            [(0, LifeStage::Buyer), (59, LifeStage::Buyer), (60, LifeStage::AtRisk), (91, LifeStage::Lapsed)];
        for (age, want) in ages {
            assert_eq!(stage(&once, 1_010 + age), want, "after {age} days");
        }
        assert_eq!(stage(&member(&[(1_010, 9), (1_030, 9)], &[]), 1_031), LifeStage::Repeat);
        let back = member(&[(1_010, 9), (1_150, 9)], &[]);
        assert_eq!((stage(&back, 1_180), stage(&back, 1_181)), (LifeStage::WonBack, LifeStage::Repeat));
        assert_eq!(stage(&member(&[(1, 9), (9, 9), (17, 9), (25, 9)], &[]), 26), LifeStage::Loyal);
        assert_eq!(stage(&Measures { ties: 0, ..once }, 1_011), LifeStage::Left);
        let of_a_file = Measures { ever_tied: false, ties: 0, ..member(&[], &[]) };
        assert_eq!(stage(&of_a_file, 1_001), LifeStage::New, "nobody can leave who never came");
    }

    #[test]
    fn ladders_follow_buying_acts_and_what_people_marked() {
        let often: Vec<(i64, i64)> = (0..6).map(|n| (1_000 + n, 400)).collect();
        let champion = member(&often, &[]).stand(Some(&CUTS), 1_006);
        assert_eq!(champion.rfm.0, RfmSegment::Champions);
        assert_eq!((champion.fan.0, champion.value.0), (FanLevel::TrueLove, ValueLevel::LoyalUser));
        let koc = Measures { koc: true, ..member(&often, &[]) }.stand(Some(&CUTS), 1_006);
        assert_eq!((koc.fan.0, koc.value.0), (FanLevel::Advocate, ValueLevel::SuperUser));
        let quiet_koc = Measures { koc: true, ..member(&[], &[]) }.stand(Some(&CUTS), 1_006);
        assert_eq!((quiet_koc.fan.0, quiet_koc.value.0), (FanLevel::Passerby, ValueLevel::Koc));
        assert_eq!(member(&[], &[1, 2, 3]).stand(None, 50).fan.0, FanLevel::Favourable);
        let unscored = member(&often, &[]).stand(None, 1_006);
        assert_eq!((unscored.rfm.0, unscored.cell), (RfmSegment::Unscored, None));
        assert_eq!(unscored.value.0, ValueLevel::LoyalUser);
        let old = member(&often, &[]).stand(Some(&CUTS), 1_006 + WINDOW_DAYS);
        assert_eq!((old.rfm.0, old.cell), (RfmSegment::Lost, None));
    }

    fn anybody() -> impl Strategy<Value = Measures> {
        let days = prop::collection::btree_set(0..600_i64, 0..9);
        (0..400_i64, 0..2_i64, any::<bool>(), days.clone(), days).prop_map(
            |(first_seen, ties, koc, orders, acts)| Measures {
                first_seen,
                ties,
                ever_tied: true,
                koc,
                orders: orders.into_iter().map(|day| (day, 100 + day)).collect(),
                acts: acts.into_iter().collect(),
            },
        )
    }

    proptest! {
        #[test]
        fn looking_only_when_due_misses_no_change(m in anybody(), scored in any::<bool>()) {
            let cuts = scored.then_some(&CUTS);
            let (mut held, mut due) = (m.stand(cuts, 600), m.next_day(cuts, 600));
            for today in 601..1_400 {
                if due == Some(today) {
                    held = m.stand(cuts, today);
                    due = m.next_day(cuts, today);
                }
                prop_assert_eq!(&held, &m.stand(cuts, today), "on day {}", today);
            }
        }

        #[test]
        fn another_order_today_never_lowers_a_level(m in anybody()) {
            let before = m.stand(Some(&CUTS), 700);
            let mut more = m;
            more.orders.push((700, 50));
            let after = more.stand(Some(&CUTS), 700);
            prop_assert!(after.fan.0 >= before.fan.0 && after.value.0 >= before.value.0);
        }
    }
}
