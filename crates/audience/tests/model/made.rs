//! Random segments and random histories over a small vocabulary, so that things meet.

use audience::language::{
    Act, AgeUnit, Answer, Condition, Day, Expr, Facet, How, Range, Ref, TextTest, When, Window,
};
use audience::{Bar, Change};
use proptest::prelude::*;
use proptest::sample::select;

/// 2026-08-17.
pub const TODAY: Day = Day(20_682);

pub fn person() -> impl Strategy<Value = u32> {
    select(vec![0, 1, 2, 3, 5, 65_534, 65_535, 65_536, 65_537, 200_000])
}

fn id() -> impl Strategy<Value = String> {
    select(vec!["a", "b", "c"]).prop_map(str::to_owned)
}

fn reference() -> impl Strategy<Value = Ref> {
    let name = prop::option::of(select(vec!["孕期", "with \"quotes\" \\ and\nlines", ""]));
    (id(), name).prop_map(|(id, name)| Ref { id, name: name.map(str::to_owned) })
}

fn refs() -> impl Strategy<Value = Vec<Ref>> {
    prop::collection::vec(reference(), 1..4)
}

fn how() -> impl Strategy<Value = How> {
    select(vec![How::Any, How::All])
}

pub fn act() -> impl Strategy<Value = Act> {
    select(vec![Act::Bought, Act::Clicked, Act::Spoke, Act::Event("watched \"live\"".to_owned())])
}

/// Near today, before and after, with some far away.
fn day() -> impl Strategy<Value = Day> {
    prop_oneof![6 => -40..5i32, 1 => -800..-40i32, 1 => Just(-20_000)].prop_map(|d| Day(TODAY.0 + d))
}

fn range(values: impl Strategy<Value = i64> + Clone) -> impl Strategy<Value = Range> {
    prop_oneof![
        values.clone().prop_map(Range::at_least),
        values.clone().prop_map(Range::at_most),
        values.clone().prop_map(Range::exactly),
        (values.clone(), values).prop_map(|(a, b)| Range::between(a.min(b), a.max(b))),
    ]
}

fn window() -> impl Strategy<Value = Window> {
    let between =
        (prop::option::of(day()), prop::option::of(day())).prop_map(|(from, to)| match (from, to) {
            (None, None) => Window::Ever,
            (Some(a), Some(b)) => Window::Between { from: Some(a.min(b)), to: Some(a.max(b)) },
            (from, to) => Window::Between { from, to },
        });
    prop_oneof![
        Just(Window::Ever),
        (1..70u32).prop_map(Window::LastDays),
        (0..40u32, 0..40u32).prop_map(|(a, b)| Window::DaysAgo { nearest: a.min(b), farthest: a.max(b) }),
        between,
    ]
}

fn when() -> impl Strategy<Value = When> {
    prop_oneof![
        (1..60u32).prop_map(When::LastDays),
        (1..60u32).prop_map(When::NextDays),
        day().prop_map(|day| When::Between { from: Some(day), to: None }),
        (day(), day()).prop_map(|(a, b)| When::Between { from: Some(a.min(b)), to: Some(a.max(b)) }),
    ]
}

fn facet() -> impl Strategy<Value = Facet> {
    select(vec![Facet::Tag, Facet::Group, Facet::CommunityKind, Facet::Stage, Facet::List])
}

pub fn condition() -> BoxedStrategy<Condition> {
    let score = || range(1..=5i64);
    let maybe = |s: BoxedStrategy<Range>| prop_oneof![Just(Range::default()), s];
    let unit = select(vec![AgeUnit::Days, AgeUnit::Months, AgeUnit::Years]);
    let parts =
        prop::collection::vec(select(vec!["Shanghai", "hai", "x", "上海"]).prop_map(str::to_owned), 1..3);
    let subjects = || prop::collection::vec(reference(), 0..3);
    prop_oneof![
        4 => (facet(), how(), refs()).prop_map(|(facet, how, of)| Condition::In { facet, how, of }),
        1 => select(vec!["customer", "koc", "staff"]).prop_map(|kind| Condition::In {
            facet: Facet::MemberKind, how: How::Any, of: vec![Ref::new(kind)] }),
        2 => (how(), refs(), window()).prop_map(|(how, of, window)| Condition::Tagged { how, of, window }),
        5 => (act(), subjects(), range(0..6i64), window())
            .prop_map(|(act, of, times, window)| Condition::Did { act, of, times, window }),
        2 => (act(), subjects(), range(0..60i64))
            .prop_map(|(act, of, days_ago)| Condition::LastDid { act, of, days_ago }),
        2 => (range(-300..900i64), window()).prop_map(|(amount, window)| Condition::Spent { amount, window }),
        1 => (reference(), parts.clone())
            .prop_map(|(field, v)| Condition::Text { field, test: TextTest::OneOf(v) }),
        1 => (reference(), parts).prop_map(|(field, v)| Condition::Text { field, test: TextTest::Contains(v) }),
        2 => (reference(), range(-70..70i64)).prop_map(|(field, range)| Condition::Number { field, range }),
        1 => (reference(), when()).prop_map(|(field, when)| Condition::Date { field, when }),
        1 => (reference(), range(0..30i64), unit)
            .prop_map(|(field, range, unit)| Condition::Age { field, range, unit }),
        1 => (reference(), 1..400u32)
            .prop_map(|(field, next_days)| Condition::Birthday { field, next_days }),
        1 => (reference(), any::<bool>()).prop_map(|(field, answer)| Condition::YesNo { field, answer }),
        1 => reference().prop_map(|field| Condition::Known { field }),
        1 => (score(), maybe(score().boxed()), maybe(score().boxed()))
            .prop_map(|(recency, frequency, money)| Condition::Rfm { recency, frequency, money }),
        1 => (reference(), answer()).prop_map(|(purpose, answer)| Condition::Consent { purpose, answer }),
    ]
    .boxed()
}

fn answer() -> impl Strategy<Value = Answer> {
    select(vec![Answer::Granted, Answer::Withdrawn, Answer::Unasked])
}

pub fn expr() -> BoxedStrategy<Expr> {
    let leaf = condition().prop_map(Expr::Is);
    leaf.prop_recursive(4, 24, 4, |inner| {
        let lines = prop::collection::vec(inner, 0..4);
        prop_oneof![
            lines.clone().prop_map(Expr::All),
            lines.clone().prop_map(Expr::Any),
            lines.prop_map(Expr::None),
        ]
    })
    .boxed()
}

pub fn change() -> BoxedStrategy<Change> {
    let in_facet = (facet(), id(), prop::option::of(day()));
    let value = prop::option::of(select(vec!["Shanghai", "Haikou", "上海市"]).prop_map(str::to_owned));
    let kind = select(vec!["customer", "customer", "customer", "koc", "staff"]);
    let bar = select(vec![Bar::Promotion, Bar::Personalisation]);
    prop_oneof![
        4 => in_facet.prop_map(|(facet, id, since)| Change::In { facet, id, since }),
        2 => (facet(), id()).prop_map(|(facet, id)| Change::Out { facet, id }),
        3 => kind.prop_map(|k| Change::In { facet: Facet::MemberKind, id: k.to_owned(), since: None }),
        1 => Just(Change::Out { facet: Facet::MemberKind, id: "staff".to_owned() }),
        6 => (act(), prop::option::of(id()), day(), -2..4i64)
            .prop_map(|(act, of, day, times)| Change::Did { act, of, day, times }),
        3 => (day(), -300..900i64).prop_map(|(day, fen)| Change::Spent { day, fen }),
        1 => (id(), value).prop_map(|(field, value)| Change::Text { field, value }),
        2 => (id(), prop::option::of(-70..70i64)).prop_map(|(field, value)| Change::Number { field, value }),
        1 => (id(), prop::option::of(day())).prop_map(|(field, value)| Change::Date { field, value }),
        1 => (id(), prop::option::of(any::<bool>())).prop_map(|(field, value)| Change::YesNo { field, value }),
        1 => prop::option::of([1..=5u8, 1..=5u8, 1..=5u8]).prop_map(|scores| Change::Rfm { scores }),
        1 => (id(), answer()).prop_map(|(purpose, answer)| Change::Consent { purpose, answer }),
        1 => (bar, any::<bool>()).prop_map(|(from, barred)| Change::Barred { from, barred }),
        1 => Just(Change::Erased),
        2 => person().prop_map(|person| Change::MergedInto { person }),
        2 => Just(Change::Split),
    ]
    .boxed()
}

pub fn history(most: usize) -> impl Strategy<Value = Vec<(u32, Change)>> {
    let begin = person()
        .prop_map(|p| (p, Change::In { facet: Facet::MemberKind, id: "customer".to_owned(), since: None }));
    let first = prop::collection::vec(begin, 0..8);
    (first, prop::collection::vec((person(), change()), 0..most)).prop_map(|(mut first, rest)| {
        first.extend(rest);
        first
    })
}
