//! The bitmaps agree with plain ordered sets.

use std::collections::BTreeSet;

use audience::{Eligibility, MemberKind, PeopleSet, distinct_reach};
use proptest::prelude::*;

type Plain = BTreeSet<u32>;

/// Numbers close together, at container borders and far apart, so that every bitmap form is met.
fn person() -> impl Strategy<Value = u32> {
    prop_oneof![0..200u32, 65_500..65_600u32, any::<u32>()]
}

fn people() -> impl Strategy<Value = Plain> {
    let dense = (0..70_000u32, 1..6_000u32).prop_map(|(from, length)| (from..from + length).collect());
    prop_oneof![4 => prop::collection::btree_set(person(), 0..60), 1 => dense]
}

fn set(plain: &Plain) -> PeopleSet {
    plain.iter().copied().collect()
}

fn same(set: &PeopleSet, plain: &Plain) -> bool {
    set.iter().eq(plain.iter().copied())
        && set.count() == plain.len() as u64
        && set.is_empty() == plain.is_empty()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn operations_agree_with_the_naive_model(a in people(), b in people(), probe in person()) {
        let (x, y) = (set(&a), set(&b));
        prop_assert!(same(&x.union(&y), &a.union(&b).copied().collect()));
        prop_assert!(same(&x.intersect(&y), &a.intersection(&b).copied().collect()));
        prop_assert!(same(&x.minus(&y), &a.difference(&b).copied().collect()));
        prop_assert_eq!(x.count_shared(&y), a.intersection(&b).count() as u64);
        prop_assert_eq!(x.contains(probe), a.contains(&probe));
    }

    #[test]
    fn inserting_and_removing_agree_with_the_naive_model(steps in prop::collection::vec((person(), any::<bool>()), 0..80)) {
        let (mut real, mut plain) = (PeopleSet::new(), Plain::new());
        for (person, arrives) in steps {
            let (changed, expected) = match arrives {
                true => (real.insert(person), plain.insert(person)),
                false => (real.remove(person), plain.remove(&person)),
            };
            prop_assert_eq!(changed, expected);
        }
        prop_assert!(same(&real, &plain));
    }

    #[test]
    fn reach_counts_each_eligible_person_once(groups in prop::collection::vec(people(), 0..5), eligible in people()) {
        let sets: Vec<PeopleSet> = groups.iter().map(set).collect();
        let everybody: Plain = groups.iter().flatten().copied().collect();
        let expected = everybody.intersection(&eligible).count() as u64;
        prop_assert_eq!(distinct_reach(&sets, &set(&eligible)), expected);
        // The order of groups and a group named twice change nothing.
        let again: Vec<PeopleSet> = sets.iter().rev().chain(&sets).cloned().collect();
        prop_assert_eq!(distinct_reach(&again, &set(&eligible)), expected);
    }

    #[test]
    fn whoever_is_barred_anywhere_counts_nowhere(known in prop::collection::vec((0..30u32, 0..8usize), 0..60)) {
        let mut eligibility = Eligibility::new();
        eligibility.extend(known.iter().map(|(person, kind)| (*person, MemberKind::ALL[*kind])));
        for person in 0..30 {
            let kinds: Vec<MemberKind> =
                known.iter().filter(|(p, _)| *p == person).map(|(_, k)| MemberKind::ALL[*k]).collect();
            let counts = !kinds.is_empty() && kinds.iter().all(|k| k.counts());
            prop_assert_eq!(eligibility.people().contains(person), counts);
        }
    }
}
