//! The engine answers what plain maps answer, whatever happened before.

mod model;

use audience::language::{Expr, Facet};
use audience::{
    Bar, Change, Delta, Index, Moved, PeopleSet, Purpose, Question, Standing, Wanted, Whom, overlap_matrix,
};
use model::World;
use model::made::{TODAY, expr, history};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

fn none(_: &str, _: u32) -> bool {
    false
}

fn both(history: &[(u32, Change)]) -> (Index, World) {
    let (mut index, mut world) = (Index::new(), World::default());
    for (person, change) in history {
        index.apply(*person, change);
        world.apply(*person, change);
    }
    (index, world)
}

fn expected(world: &World, expr: &Expr, purpose: Purpose, whom: Whom) -> Vec<u32> {
    let barred = |p: u32| match purpose {
        Purpose::Figures => false,
        Purpose::Promotion => world.barred(p, Bar::Promotion),
        Purpose::Personalisation => world.barred(p, Bar::Personalisation),
        Purpose::PersonalPromotion => {
            world.barred(p, Bar::Promotion) || world.barred(p, Bar::Personalisation)
        }
    };
    let meant = |p: &u32| whom == Whom::Everybody || world.counts(*p);
    let known = world.known().into_iter().filter(meant).filter(|p| !barred(*p));
    known.filter(|p| world.holds(expr, *p, TODAY, &none)).collect()
}

fn purpose() -> impl Strategy<Value = Purpose> {
    prop::sample::select(vec![
        Purpose::Figures,
        Purpose::Promotion,
        Purpose::Personalisation,
        Purpose::PersonalPromotion,
    ])
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn the_engine_answers_what_plain_maps_answer(
        history in history(60),
        exprs in prop::collection::vec(expr(), 1..6),
        purpose in purpose(),
        everybody in any::<bool>(),
        reach in prop::option::of(prop::collection::btree_set(model::made::person(), 0..8)),
    ) {
        let (index, world) = both(&history);
        prop_assert_eq!(index.known(), world.known().len() as u64);
        let whom = if everybody { Whom::Everybody } else { Whom::ThoseWhoCount };
        let mask: Option<PeopleSet> = reach.as_ref().map(|r| r.iter().copied().collect());
        for expr in &exprs {
            let question = Question::new(&index, expr, TODAY, purpose).unwrap().among(whom);
            let question = match &mask { Some(mask) => question.within(mask), None => question };
            let mut people = expected(&world, expr, purpose, whom);
            people.retain(|p| reach.as_ref().is_none_or(|r| r.contains(p)));
            prop_assert_eq!(question.count(), people.len() as u64, "{}", expr);
            prop_assert_eq!(question.count_on(2), people.len() as u64);
            prop_assert_eq!(question.people().iter().collect::<Vec<_>>(), people.clone());
            prop_assert_eq!(question.first(usize::MAX, None), people.clone());
            prop_assert_eq!(question.first(2, Some(1)), people.iter().copied().filter(|p| *p > 1).take(2).collect::<Vec<_>>());
            let among = |expr: &Expr, purpose| {
                let mut people = expected(&world, expr, purpose, whom);
                people.retain(|p| reach.as_ref().is_none_or(|r| r.contains(p)));
                people
            };
            let barred = among(expr, Purpose::Figures).len() - people.len();
            for (lines, first) in [(false, 0), (false, 3), (true, 0), (true, 3)] {
                let answer = question.answer(Wanted { lines, first });
                prop_assert_eq!((answer.count, answer.barred), (people.len() as u64, barred as u64));
                prop_assert_eq!(answer.first, people.iter().copied().take(first).collect::<Vec<_>>());
                prop_assert_eq!(answer.lines.is_empty(), !lines);
                for line in &answer.lines {
                    let part = expr.at(&line.path).unwrap();
                    prop_assert_eq!(line.count, among(part, purpose).len() as u64, "{} in {}", part, expr);
                }
            }
            // What a purpose needs besides bars whoever lacks it, and is no line.
            let need = &exprs[0];
            let both = Expr::All(vec![expr.clone(), need.clone()]);
            let (used, all) = (among(&both, purpose).len() as u64, (people.len() + barred) as u64);
            let needing = question.clone().needing(need);
            for lines in [false, true] {
                let answer = needing.answer(Wanted { lines, first: 0 });
                prop_assert_eq!((answer.count, answer.barred), (used, all - used));
            }
            prop_assert_eq!(needing.count(), used);
            for person in world.known() {
                prop_assert_eq!(question.contains(person), people.contains(&person));
                let why = question.explain(person);
                prop_assert_eq!(why.is_some(), reach.as_ref().is_none_or(|r| r.contains(&person)));
                if let Some(why) = why {
                    prop_assert_eq!(why.matches, people.contains(&person));
                    prop_assert_eq!(why.line.holds, world.holds(expr, person, TODAY, &none));
                }
            }
        }
        let questions: Vec<_> = exprs.iter().map(|e| Question::new(&index, e, TODAY, purpose).unwrap()).collect();
        let matrix = overlap_matrix(&questions);
        let sets: Vec<BTreeSet<u32>> = exprs.iter()
            .map(|e| expected(&world, e, purpose, Whom::ThoseWhoCount).into_iter().collect()).collect();
        for (i, a) in sets.iter().enumerate() {
            for (j, b) in sets.iter().enumerate() {
                prop_assert_eq!(matrix[i][j], a.intersection(b).count() as u64);
            }
        }
    }

    #[test]
    fn a_snapshot_comes_back_as_it_was(history in history(60), more in history(20), expr in expr()) {
        let (mut index, mut world) = both(&history);
        let mut bytes = Vec::new();
        index.people.number("wm_1");
        let written = index.write_snapshot(77, &mut bytes).unwrap();
        prop_assert_eq!(written, bytes.len() as u64);
        let (mut loaded, seq) = Index::read_snapshot(&mut bytes.as_slice()).unwrap();
        prop_assert_eq!(seq, 77);
        prop_assert_eq!(loaded.people.find("wm_1"), Some(0));
        for (person, change) in &more {
            loaded.apply(*person, change);
            world.apply(*person, change);
        }
        let question = Question::new(&loaded, &expr, TODAY, Purpose::Figures).unwrap();
        let people = expected(&world, &expr, Purpose::Figures, Whom::ThoseWhoCount);
        prop_assert_eq!(question.first(usize::MAX, None), people);
    }

    #[test]
    fn a_torn_or_altered_snapshot_is_refused(history in history(20), at in any::<prop::sample::Index>(), bit in 0..8u8) {
        let (index, _) = both(&history);
        let mut bytes = Vec::new();
        index.write_snapshot(1, &mut bytes).unwrap();
        let at = at.index(bytes.len());
        prop_assert!(Index::read_snapshot(&mut &bytes[..at]).is_err());
        bytes[at] ^= 1 << bit;
        prop_assert!(Index::read_snapshot(&mut bytes.as_slice()).is_err());
    }

    #[test]
    fn told_moves_add_up_to_the_segments(
        batches in prop::collection::vec((history(12), 0..3i32), 1..6),
        exprs in prop::collection::vec(expr(), 1..5),
    ) {
        let (mut index, mut world) = (Index::new(), World::default());
        let mut standing = Standing::new(&mut index, TODAY);
        // Each segment refers to the one before it.
        for (i, expr) in exprs.iter().enumerate().rev() {
            standing.define(&mut index, &format!("s{i}"), chained(i, expr)).unwrap();
        }
        let mut replayed: BTreeMap<String, BTreeSet<u32>> = BTreeMap::new();
        for (history, days) in &batches {
            for (person, change) in history {
                index.apply(*person, change);
                world.apply(*person, change);
            }
            let today = standing.today().plus(i64::from(*days));
            standing.advance_to(&index, today);
            for Delta { segment, person, moved } in standing.settle(&mut index) {
                let people = replayed.entry(segment.to_string()).or_default();
                let is_news = match moved {
                    Moved::Entered => people.insert(person),
                    Moved::Left => people.remove(&person),
                };
                prop_assert!(is_news);
            }
            prop_assert!(standing.settle(&mut index).is_empty());
            let mut before: BTreeSet<u32> = BTreeSet::new();
            for (i, expr) in exprs.iter().enumerate() {
                let in_last = |_: &str, person: u32| before.contains(&person);
                let expr = chained(i, expr);
                let holds = |p: &u32| world.counts(*p) && world.holds(&expr, *p, today, &in_last);
                let people: BTreeSet<u32> = world.known().into_iter().filter(holds).collect();
                let id = format!("s{i}");
                prop_assert_eq!(replayed.get(&id).cloned().unwrap_or_default(), people.clone(), "{}", expr);
                prop_assert_eq!(standing.count(&index, &id), Some(people.len() as u64));
                before = people;
            }
        }
    }
}

fn chained(i: usize, expr: &Expr) -> Expr {
    use audience::language::{Condition, How, Ref};
    if i == 0 {
        return expr.clone();
    }
    let last =
        Condition::In { facet: Facet::Segment, how: How::Any, of: vec![Ref::new(format!("s{}", i - 1))] };
    Expr::Any(vec![expr.clone(), Expr::None(vec![Expr::Is(last)])])
}
