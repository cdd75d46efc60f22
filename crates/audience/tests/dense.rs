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
    let given = match tag {
        // Runs, as of an import.
        5 => person % 30_000 < 17_000,
        _ => mixed(tag << 32 | u64::from(person)) % 1_000 < [3, 40, 200, 700, 990][tag as usize],
    };
    given && !gone(tag, person)
}

/// Who gave a tag back.
fn gone(tag: u64, person: u32) -> bool {
    tag < 5 && mixed(17 << 40 | tag << 32 | u64::from(person)).is_multiple_of(100)
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

/// What somebody paid on each of the last few days, in fen; some took back what they paid before.
fn paid(person: u32, ago: i32) -> Option<i64> {
    let random = mixed(19 << 40 | u64::from(person) << 8 | ago as u64);
    match random % 100 {
        0..=8 => Some((random >> 8) as i64 % 50_000),
        9 => Some(-((random >> 8) as i64 % 50_000)),
        _ => None,
    }
}

const DAYS: i32 = 24;
const PAYING_DAYS: i32 = 10;

/// The day on which somebody got a tag; not known of everybody.
fn since(tag: u64, person: u32) -> Option<Day> {
    let random = mixed(11 << 40 | tag << 32 | u64::from(person));
    match random % 100 {
        0..=4 => None,
        5 => Some(TODAY.plus(-((random >> 8) as i64 % 120_000))),
        _ => Some(TODAY.plus(-((random >> 8) as i64 % 400))),
    }
}

static INDEX: LazyLock<Index> = LazyLock::new(|| {
    let mut index = Index::new();
    index.load_in(Facet::MemberKind, "customer", (0..PEOPLE).collect());
    for tag in 0..6 {
        let got = |person| Change::In { facet: Facet::Tag, id: tag.to_string(), since: since(tag, person) };
        let leaves = || Change::Out { facet: Facet::Tag, id: tag.to_string() };
        let given: Vec<u32> = (0..PEOPLE).filter(|p| tagged(tag, *p) || gone(tag, *p)).collect();
        given.iter().for_each(|person| index.apply(*person, &got(*person)));
        // A few leave for good, a few come back into the middle.
        for person in given {
            let again = mixed(13 << 40 | u64::from(person)).is_multiple_of(200);
            if again || gone(tag, person) {
                index.apply(person, &leaves());
            }
            if again && !gone(tag, person) {
                index.apply(person, &got(person));
            }
        }
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
    for ago in 0..PAYING_DAYS {
        let day = TODAY.plus(-i64::from(ago));
        let paid = (0..PEOPLE).filter_map(|person| Some((person, paid(person, ago)?)));
        paid.for_each(|(person, fen)| index.apply(person, &Change::Spent { day, fen }));
    }
    index.shrink();
    index
});

/// The same after a snapshot, in which everything is as small as it gets.
static LOADED: LazyLock<Index> = LazyLock::new(|| {
    let mut bytes = Vec::new();
    INDEX.write_snapshot(1, &mut bytes).unwrap();
    Index::read_snapshot(&mut bytes.as_slice()).unwrap().0
});

fn count(expr: &Expr) -> u64 {
    let [one, other] =
        [&INDEX, &LOADED].map(|index| Question::new(index, expr, TODAY, Purpose::Figures).unwrap().count());
    assert_eq!(one, other);
    one
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
    fn got_a_tag_in_a_window(t in 0..6u64, nearest in 0..450u32, days in 0..450u32, far in any::<bool>(), u in 0..5u64) {
        let farthest = if far { 36_500 } else { nearest + days };
        let window = Window::DaysAgo { nearest, farthest };
        let got = Expr::Is(Condition::Tagged { how: How::Any, of: vec![Ref::new(t.to_string())], window });
        let inside = |p: u32| tagged(t, p) && since(t, p).is_some_and(|day| {
            TODAY.plus(-i64::from(farthest)) <= day && day <= TODAY.plus(-i64::from(nearest))
        });
        prop_assert_eq!(count(&got), plain(inside));
        let both = Expr::All(vec![tag(u), Expr::None(vec![got])]);
        prop_assert_eq!(count(&both), plain(|p| tagged(u, p) && !inside(p)));
    }

    #[test]
    fn spent_in_a_window(low in -60_000..90_000i64, more in 0..90_000i64, days in 1..15u32, t in 0..5u64) {
        let (amount, window) = (Range::between(low, low + more), Window::LastDays(days));
        let spent = Expr::Is(Condition::Spent { amount, window });
        let sum = |p: u32| (0..PAYING_DAYS.min(days as i32)).filter_map(|ago| paid(p, ago)).sum::<i64>();
        let inside = |p: u32| (low..=low + more).contains(&sum(p));
        prop_assert_eq!(count(&spent), plain(inside));
        let both = Expr::All(vec![tag(t), spent]);
        prop_assert_eq!(count(&both), plain(|p| tagged(t, p) && inside(p)));
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
