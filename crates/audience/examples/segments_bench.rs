//! Builds the reference data and prints what the engine does with it.
//!
//! `cargo run --release -p audience --example segments_bench -- [people] [standing segments]`, 5,000,000 and 10,000
//! unless said. Counts are held against plain arrays; times are printed, never asserted.

use std::time::{Duration, Instant};

use audience::language::Act;
use audience::{
    Change, Day, Expr, Facet, Index, PeopleSet, Purpose, Question, Standing, Wanted, overlap_matrix, parse,
};

const TAGS: usize = 1_000;
/// Half a second's worth at 20,000 events a second.
const BATCH: u32 = 10_000;
/// The last day with an order; clicks have their own 90 days before it.
const TODAY: Day = Day(20_364);

/// A small generator, so that the same data comes back everywhere.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    }
    fn below(&mut self, most: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(most)) >> 64) as u64
    }
    fn part(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }
}

struct Data {
    people: usize,
    tags: Vec<Vec<u32>>,
    spend: Vec<i64>,
    orders: Vec<(u32, i32)>,
    clicks: Vec<(u32, i32)>,
    /// Fen, by order.
    paid: Vec<i64>,
}

fn data(people: usize) -> Data {
    let mut chance = Chance(7);
    let n = people as u64;
    let weights: Vec<f64> = (0..TAGS).map(|t| 1.0 / (t as f64 + 8.0).powf(0.9)).collect();
    let total: f64 = weights.iter().sum();
    let tags = weights.iter().map(|w| {
        let size = ((people as f64 * 10.0 * w / total) as usize).min(people / 2);
        let mut bits = vec![0u64; people.div_ceil(64)];
        let mut left = size;
        while left > 0 {
            let person = chance.below(n) as usize;
            let fresh = bits[person / 64] >> (person % 64) & 1 == 0;
            bits[person / 64] |= 1 << (person % 64);
            left -= usize::from(fresh);
        }
        (0..people as u32).filter(|p| bits[*p as usize / 64] >> (p % 64) & 1 == 1).collect()
    });
    let tags: Vec<Vec<u32>> = tags.collect();
    let spend =
        (0..people).map(|_| (((1.0 - chance.part()).powf(-1.0 / 1.3) - 1.0) * 5_000.0) as i64).collect();
    let mut permuted: Vec<u32> = (0..people as u32).collect();
    for i in (1..people).rev() {
        permuted.swap(i, chance.below(i as u64 + 1) as usize);
    }
    let mut events = |count: usize, power: f64, days: u64, first: i32| -> Vec<(u32, i32)> {
        let mut event = || {
            let person = permuted[((people as f64 * chance.part().powf(power)) as usize).min(people - 1)];
            (person, first + chance.below(days) as i32)
        };
        (0..count).map(|_| event()).collect()
    };
    let orders = events(people, 2.0, 365, TODAY.0 - 364);
    let clicks = events(people * 2, 1.5, 90, TODAY.0 - 89);
    let paid = orders
        .iter()
        .map(|_| (((1.0 - chance.part()).powf(-1.0 / 1.3) - 1.0) * 5_000.0) as i64 + 1)
        .collect();
    Data { people, tags, spend, orders, clicks, paid }
}

/// The day on which somebody got a tag.
fn day_of(tag: usize, person: u32) -> i32 {
    TODAY.0 - Chance((tag as u64) << 32 | u64::from(person)).below(365) as i32
}

fn load_events(index: &mut Index, act: &Act, events: &[(u32, i32)]) {
    let mut sorted = events.to_vec();
    sorted.sort_unstable_by_key(|(person, day)| (*day, *person));
    for of_day in sorted.chunk_by(|a, b| a.1 == b.1) {
        let (mut once, mut again) = (Vec::new(), Vec::new());
        for (person, _) in of_day {
            if once.last() == Some(person) { again.push(*person) } else { once.push(*person) }
        }
        let day = Day(of_day[0].1);
        index.load_did(act, None, day, &once.into_iter().collect::<PeopleSet>());
        for person in again {
            index.apply(person, &Change::Did { act: act.clone(), of: None, day, times: 1 });
        }
    }
}

fn build(data: &Data) -> Index {
    let mut index = Index::new();
    let everybody: PeopleSet = (0..data.people as u32).collect();
    index.load_in(Facet::MemberKind, "customer", everybody);
    for (tag, people) in data.tags.iter().enumerate() {
        let id = format!("t{tag}");
        for person in people {
            let since = Some(Day(day_of(tag, *person)));
            index.apply(*person, &Change::In { facet: Facet::Tag, id: id.clone(), since });
        }
    }
    index.shrink();
    let days = index.since_bytes() as f64 / pairs(data) as f64;
    println!(
        "tags loaded: {} pairs, {:.3} bytes each, their days {days:.3}",
        pairs(data),
        bytes_per_pair(&index, data)
    );
    index.load_number("spend", data.spend.iter().enumerate().map(|(p, v)| (p as u32, *v)));
    load_events(&mut index, &Act::Bought, &data.orders);
    load_events(&mut index, &Act::Clicked, &data.clicks);
    for ((person, day), fen) in data.orders.iter().zip(&data.paid) {
        index.apply(*person, &Change::Spent { day: Day(*day), fen: *fen });
    }
    index.shrink();
    index
}

fn pairs(data: &Data) -> usize {
    data.tags.iter().map(Vec::len).sum()
}

fn bytes_per_pair(index: &Index, data: &Data) -> f64 {
    index.set_bytes() as f64 / pairs(data) as f64
}

const QUESTIONS: [(&str, &str); 14] = [
    ("Q1", r#"tag "t5"; tag "t20""#),
    ("Q2", r#"all { tag any of ("t3", "t50") ; not tag "t1" }"#),
    ("Q3", r#"tag "t2"; number "spend" 10000..50000"#),
    ("Q4", r#"tag "t4"; bought in 30 days; not clicked in 7 days"#),
    ("Q5", r#"all { tag any of ("t30", "t40") ; tag "t10" ; not tag "t0" }"#),
    ("got a tag in 30", r#"tagged "t3" in 30 days"#),
    ("spent 300 or more in 90", "spent >= 300.00 in 90 days"),
    ("got a tag in 90, bought nothing in 90", r#"tagged "t7" in 90 days; not bought in 90 days"#),
    ("tag and spent in all", r#"tag "t2"; spent 100.00..500.00 ever"#),
    ("spent in 30, any of three", r#"spent 50.00..200.00 in 30 days; tag any of ("t1", "t9", "t33")"#),
    ("clicked 5 times in 90", "clicked >= 5 in 90 days"),
    ("twice in 60 days", "bought >= 2 in 60 days"),
    ("clicked 3 times in 45 days, not in 7", "clicked >= 3 in 45 days; not clicked in 7 days"),
    (
        "eight tags",
        r#"all { tag any of ("t1","t2","t3","t7") ; tag any of ("t9","t11") ; none { tag "t60" ; tag "t70" } }"#,
    ),
];

/// The same first counts from plain arrays.
fn plain(data: &Data) -> [u64; 7] {
    let has = |tag: usize| {
        let mut bits = vec![false; data.people];
        data.tags[tag].iter().for_each(|p| bits[*p as usize] = true);
        bits
    };
    let did = |events: &[(u32, i32)], from: i32| {
        let mut bits = vec![false; data.people];
        events.iter().filter(|(_, day)| *day >= from).for_each(|(p, _)| bits[*p as usize] = true);
        bits
    };
    let count = |holds: &dyn Fn(usize) -> bool| (0..data.people).filter(|p| holds(*p)).count() as u64;
    let tags: Vec<Vec<bool>> = [0, 1, 2, 3, 4, 5, 10, 20, 30, 40, 50].into_iter().map(has).collect();
    let [t0, t1, t2, t3, t4, t5, t10, t20, t30, t40, t50] = tags.as_slice() else { unreachable!() };
    let mut spent = vec![0; data.people];
    let orders = data.orders.iter().zip(&data.paid).filter(|((_, day), _)| *day > TODAY.0 - 90);
    orders.for_each(|((person, _), fen)| spent[*person as usize] += fen);
    let (bought, clicked) = (did(&data.orders, TODAY.0 - 29), did(&data.clicks, TODAY.0 - 6));
    [
        count(&|p| t5[p] && t20[p]),
        count(&|p| (t3[p] || t50[p]) && !t1[p]),
        count(&|p| t2[p] && (10_000..=50_000).contains(&data.spend[p])),
        count(&|p| t4[p] && bought[p] && !clicked[p]),
        count(&|p| (t30[p] || t40[p]) && t10[p] && !t0[p]),
        count(&|p| t3[p] && day_of(3, p as u32) > TODAY.0 - 30),
        count(&|p| spent[p] >= 30_000),
    ]
}

fn median(times: usize, mut run: impl FnMut()) -> Duration {
    let mut taken: Vec<Duration> = (0..times)
        .map(|_| {
            let start = Instant::now();
            run();
            start.elapsed()
        })
        .collect();
    taken.sort_unstable();
    taken[taken.len() / 2]
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

fn questions(index: &Index, data: &Data) {
    let plain = plain(data);
    println!(
        "{:38} {:>10} {:>10} {:>10} {:>13} {:>10}",
        "question", "people", "count ms", "2 threads", "and first 100", "and lines"
    );
    for (i, (name, text)) in QUESTIONS.iter().enumerate() {
        let expr: Expr = parse(text).expect("a segment");
        let ask = || Question::new(index, &expr, TODAY, Purpose::Figures).expect("in bounds");
        let count = ask().count();
        if let Some(expected) = plain.get(i) {
            assert_eq!(count, *expected, "{name}");
        }
        let once = median(31, || assert_eq!(ask().count(), count));
        let split = median(15, || assert_eq!(ask().count_on(2), count));
        let wanting =
            |lines, first| median(31, || assert_eq!(ask().answer(Wanted { lines, first }).count, count));
        let (first, lines) = (wanting(false, 100), wanting(true, 0));
        let times = [once, split, first, lines].map(ms);
        println!(
            "{name:38} {count:>10} {:>10.3} {:>10.3} {:>13.3} {:>10.3}",
            times[0], times[1], times[2], times[3]
        );
    }
    let twenty: Vec<Expr> = (0..20)
        .map(|t| parse(&format!("tag \"t{t}\"; not tag \"t{}\"", t + 20)).expect("a segment"))
        .collect();
    let twenty: Vec<_> =
        twenty.iter().map(|e| Question::new(index, e, TODAY, Purpose::Figures).expect("in bounds")).collect();
    let matrix = median(3, || assert_eq!(overlap_matrix(&twenty).len(), 20));
    println!("overlap of 20 segments: {:.1} ms", ms(matrix));
}

fn snapshot(index: &Index) {
    let mut bytes = Vec::new();
    let start = Instant::now();
    index.write_snapshot(1, &mut bytes).expect("memory takes it");
    let written = start.elapsed();
    let gigabytes = bytes.len() as f64 / 1e9;
    let start = Instant::now();
    let (loaded, _) = Index::read_snapshot(&mut bytes.as_slice()).expect("just written");
    let read = start.elapsed();
    assert_eq!(loaded.known(), index.known());
    println!(
        "snapshot {gigabytes:.3} GB: write {:.2} GB/s, load {:.2} GB/s",
        gigabytes / written.as_secs_f64(),
        gigabytes / read.as_secs_f64()
    );
}

fn standing(mut index: Index, data: &Data, segments: usize) {
    let mut chance = Chance(11);
    let mut standing = Standing::new(&mut index, TODAY);
    let start = Instant::now();
    for number in 0..segments {
        let [a, b, c] = [0; 3].map(|_| chance.below(TAGS as u64));
        let text = match number % 5 {
            0 => format!("tag \"t{a}\"; tag \"t{b}\"; not bought in 30 days"),
            _ => format!("all {{ tag any of (\"t{a}\", \"t{b}\") ; not tag \"t{c}\" }}"),
        };
        standing
            .define(&mut index, &format!("s{number}"), parse(&text).expect("a segment"))
            .expect("in bounds");
    }
    let defined = start.elapsed();
    let start = Instant::now();
    let moved = standing.fill(&mut index);
    println!(
        "{segments} segments: defined {:.0} ms, filled {:.0} ms, {moved} moves",
        ms(defined),
        ms(start.elapsed())
    );
    let (mut events, mut moves, mut longest) = (0, 0, Duration::ZERO);
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(5) {
        let batch = Instant::now();
        for _ in 0..BATCH {
            let (person, id) =
                (chance.below(data.people as u64) as u32, format!("t{}", chance.below(TAGS as u64)));
            let change = match chance.below(2) {
                0 => Change::In { facet: Facet::Tag, id, since: None },
                _ => Change::Out { facet: Facet::Tag, id },
            };
            index.apply(person, &change);
        }
        moves += standing.settle(&mut index).len();
        events += BATCH;
        longest = longest.max(batch.elapsed());
    }
    let rate = f64::from(events) / start.elapsed().as_secs_f64();
    println!(
        "{rate:.0} tag events/s settled each {BATCH}; {moves} moves; longest batch {:.1} ms",
        ms(longest)
    );
    let start = Instant::now();
    standing.advance_to(&index, TODAY.plus(1));
    let moved = standing.settle(&mut index).len();
    println!("next day: {:.0} ms, {moved} moves", ms(start.elapsed()));
}

fn main() {
    let mut args = std::env::args().skip(1).filter_map(|arg| arg.parse().ok());
    let (people, segments) = (args.next().unwrap_or(5_000_000), args.next().unwrap_or(10_000));
    let data = data(people);
    let start = Instant::now();
    let index = build(&data);
    println!(
        "{people} people: built in {:.1} s, {:.0} MB, of which sets {:.0} MB",
        start.elapsed().as_secs_f64(),
        index.bytes() as f64 / 1e6,
        index.set_bytes() as f64 / 1e6
    );
    questions(&index, &data);
    snapshot(&index);
    standing(index, &data, segments);
}
