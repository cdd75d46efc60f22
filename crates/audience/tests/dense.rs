//! Many people at once, so that sets, numbers and tallies take their large forms: the answers are those of arrays.

use std::sync::LazyLock;

use audience::language::{Act, Condition, Expr, Facet, How, Range, Ref, Window};
use audience::{Change, Day, Index, PeopleSet, Purpose, Question};
use proptest::prelude::*;
use roaring::RoaringBitmap;

const PEOPLE: u32 = 150_000;
const TODAY: Day = Day(20_682);

fn mixed(seed: u64) -> u64 {
    let mut z = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ z >> 31
}

fn tagged(tag: u64, person: u32) -> bool {
    mixed(tag << 32 | u64::from(person)) % 1_000 < [3, 40, 200, 700, 990][tag as usize % 5]
}

fn number(person: u32) -> Option<i64> {
    let random = mixed(7 << 40 | u64::from(person));
    match random % 10 {
        0 => None,
        1 => Some(-((random >> 8) as i64 & 0xf_ffff)),
        2 if person.is_multiple_of(1_000) => Some((random >> 2) as i64),
        _ => Some((random >> 20) as i64 & 0xffff),
    }
}

/// How often somebody clicked on each of the last 100 days.
fn clicks(person: u32, ago: i32) -> i64 {
    let random = mixed(9 << 40 | u64::from(person) << 8 | ago as u64);
    match random % 16 {
        0..=3 => 1,
        4 => 2 + (random >> 8) as i64 % 5,
        _ => 0,
    }
}

const DAYS: i32 = 24;

static INDEX: LazyLock<Index> = LazyLock::new(|| {
    let mut index = Index::new();
    index.load_in(Facet::MemberKind, "customer", (0..PEOPLE).collect());
    for tag in 0..5 {
        index.load_in(Facet::Tag, &tag.to_string(), (0..PEOPLE).filter(|p| tagged(tag, *p)).collect());
    }
    index.load_number("n", (0..PEOPLE).filter_map(|p| Some((p, number(p)?))));
    for ago in 0..DAYS {
        let day = TODAY.plus(-i64::from(ago));
        let most = (0..PEOPLE).map(|p| clicks(p, ago)).max().unwrap_or(0);
        for times in 0..most {
            let people: PeopleSet = (0..PEOPLE).filter(|p| clicks(*p, ago) > times).collect();
            index.load_did(&Act::Clicked, None, day, &people);
        }
    }
    index.shrink();
    index
});

fn count(expr: &Expr) -> u64 {
    Question::new(&INDEX, expr, TODAY, Purpose::Figures).unwrap().count()
}

fn plain(holds: impl Fn(u32) -> bool) -> u64 {
    (0..PEOPLE).filter(|p| holds(*p)).count() as u64
}

fn tag(tag: u64) -> Expr {
    Expr::Is(Condition::In { facet: Facet::Tag, how: How::Any, of: vec![Ref::new(tag.to_string())] })
}

fn clicked(times: i64, days: u32) -> Expr {
    let (times, window) = (Range::at_least(times), Window::LastDays(days));
    Expr::Is(Condition::Did { act: Act::Clicked, of: Vec::new(), times, window })
}

fn in_range(low: i64, high: i64) -> Expr {
    Expr::Is(Condition::Number { field: Ref::new("n"), range: Range::between(low, high) })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(24) })]

    #[test]
    fn ranges_of_numbers(a in -1_100_000..1_100_000i64, b in -70_000..70_000i64, t in 0..5u64) {
        let (low, high) = (a.min(b), a.max(b));
        let inside = |p: u32| number(p).is_some_and(|n| low <= n && n <= high);
        prop_assert_eq!(count(&in_range(low, high)), plain(inside));
        let both = Expr::All(vec![tag(t), in_range(low, high)]);
        prop_assert_eq!(count(&both), plain(|p| tagged(t, p) && inside(p)));
    }

    #[test]
    fn often_in_a_window(times in 1..30i64, days in 1..30u32, t in 0..5u64) {
        let sum = |p: u32| (0..DAYS.min(days as i32)).map(|ago| clicks(p, ago)).sum::<i64>();
        prop_assert_eq!(count(&clicked(times, days)), plain(|p| sum(p) >= times));
        let but = Expr::All(vec![tag(t), Expr::None(vec![clicked(times, days)])]);
        prop_assert_eq!(count(&but), plain(|p| tagged(t, p) && sum(p) < times));
    }

    #[test]
    fn nested_tags(tags in prop::collection::vec((0..5u64, 0..3u8), 1..8)) {
        let mut expr = tag(0);
        for (t, how) in &tags {
            expr = match how {
                0 => Expr::All(vec![tag(*t), expr]),
                1 => Expr::Any(vec![expr, tag(*t)]),
                _ => Expr::None(vec![expr, tag(*t)]),
            };
        }
        let holds = |p: u32| tags.iter().fold(tagged(0, p), |holds, (t, how)| match how {
            0 => holds && tagged(*t, p),
            1 => holds || tagged(*t, p),
            _ => !(holds || tagged(*t, p)),
        });
        prop_assert_eq!(count(&expr), plain(holds));
        let question = Question::new(&INDEX, &expr, TODAY, Purpose::Figures).unwrap();
        let page = question.first(50, Some(70_000));
        prop_assert_eq!(page, (70_001..PEOPLE).filter(|p| holds(*p)).take(50).collect::<Vec<_>>());
    }

    #[test]
    fn sets_agree_with_another_bitmap(
        a in shape(), b in shape(), steps in prop::collection::vec((0..140_000u32, any::<bool>()), 0..40),
    ) {
        let (mut x, mut y): (PeopleSet, RoaringBitmap) = (a.iter().copied().collect(), a.iter().copied().collect());
        for (person, arrives) in steps {
            let (mine, theirs) = match arrives {
                true => (x.insert(person), y.insert(person)),
                false => (x.remove(person), y.remove(person)),
            };
            prop_assert_eq!(mine, theirs);
        }
        let (v, w): (PeopleSet, RoaringBitmap) = (b.iter().copied().collect(), b.iter().copied().collect());
        prop_assert!(x.iter().eq(y.iter()) && x.count() == y.len());
        prop_assert!(x.union(&v).iter().eq((&y | &w).iter()));
        prop_assert!(x.intersect(&v).iter().eq((&y & &w).iter()));
        prop_assert!(x.minus(&v).iter().eq((&y - &w).iter()));
        prop_assert_eq!(x.count_shared(&v), y.intersection_len(&w));
        prop_assert_eq!(&x.minus(&v).union(&x.intersect(&v)), &x);
    }
}

/// Runs, every k-th person, random ones: every form a container can take.
fn shape() -> impl Strategy<Value = Vec<u32>> {
    let run = (0..140_000u32, 1..70_000u32).prop_map(|(from, length)| (from..from + length).collect());
    let comb =
        (1..40u32, 0..70_000u32).prop_map(|(step, from)| (from..140_000).step_by(step as usize).collect());
    let few = prop::collection::vec(0..140_000u32, 0..50);
    prop_oneof![run, comb, few]
}

#[test]
fn taking_facts_back_leaves_nothing_behind() {
    let mut index = Index::new();
    let change = |times: i64| Change::Did { act: Act::Clicked, of: Some("l".into()), day: TODAY, times };
    for person in 0..20_000 {
        index.apply(person, &change(3));
        index.apply(person, &Change::Number { field: "n".into(), value: Some(i64::from(person) - 5_000) });
    }
    let whole = index.bytes();
    for person in 0..20_000 {
        index.apply(person, &change(-3));
        index.apply(person, &Change::Number { field: "n".into(), value: None });
    }
    assert!(index.bytes() < whole / 4, "{} of {whole}", index.bytes());
    let expr = audience::parse("any { clicked; number \"n\" >= -10000 }").unwrap();
    let question = Question::new(&index, &expr, TODAY, Purpose::Figures).unwrap();
    assert_eq!(question.among(audience::Whom::Everybody).count(), 0);
}
