//! From conditions to operands.

use super::node::{Node, and, or};
use crate::index::{Index, names};
use crate::language::{Act, Answer, Condition, Day, Days, Expr, How, Range, Ref, TextTest};

/// Lowers a tree that is within bounds. What the index doesn't know is nobody.
pub fn lower(index: &Index, expr: &Expr, today: Day) -> Node {
    let all = |lines: &[Expr]| lines.iter().map(|line| lower(index, line, today)).collect::<Vec<_>>();
    match expr {
        Expr::All(lines) => and(all(lines), Vec::new()),
        Expr::Any(lines) => or(all(lines)),
        Expr::None(lines) => and(Vec::new(), all(lines)),
        Expr::Is(condition) => leaf(index, condition, today),
    }
}

/// Makes sure that everything a tree names has a number, so that a plan made now sees what comes later.
pub fn note_names(index: &mut Index, expr: &Expr) {
    for leaf in expr.leaves() {
        match leaf.condition {
            Condition::In { facet, of, .. } => {
                of.iter().for_each(|r| _ = index.set_named(&names::facet(*facet, &r.id)));
            }
            Condition::Tagged { of, .. } => {
                of.iter().for_each(|r| _ = index.since_named(&r.id));
            }
            Condition::Did { act, of, .. } | Condition::LastDid { act, of, .. } => {
                for name in act_names(act, of) {
                    index.timeline_named(&name);
                }
            }
            Condition::Spent { .. } => {}
            Condition::Text { field, test } => {
                if let TextTest::OneOf(values) = test {
                    values.iter().for_each(|value| _ = index.set_named(&names::text(&field.id, value)));
                }
            }
            Condition::Number { field, .. } => _ = index.number_named(&names::number(&field.id)),
            Condition::Date { field, .. } | Condition::Age { field, .. } => {
                index.number_named(&names::date(&field.id));
            }
            Condition::Birthday { field, .. } => _ = index.number_named(&names::anniversary(&field.id)),
            Condition::YesNo { field, answer } => _ = index.set_named(&names::yes_no(&field.id, *answer)),
            Condition::Known { field } => _ = index.set_named(&names::known(&field.id)),
            Condition::Rfm { .. } => {
                for letter in ['r', 'f', 'm'] {
                    (1..=5).for_each(|score| _ = index.set_named(&names::score(letter, score)));
                }
            }
            Condition::Consent { purpose, .. } => {
                index.set_named(&names::consent(&purpose.id, Answer::Granted));
                index.set_named(&names::consent(&purpose.id, Answer::Withdrawn));
            }
        }
    }
}

fn leaf(index: &Index, condition: &Condition, today: Day) -> Node {
    let set = |name: String| index.set_names.find(&name).map_or(Node::Nobody, Node::Set);
    match condition {
        Condition::In { facet, how, of } => {
            joined(*how, of.iter().map(|r| set(names::facet(*facet, &r.id))).collect())
        }
        Condition::Tagged { how, of, window } => {
            let (from, to) = bounds(window.days(today));
            let got = |r: &Ref| match index.timeline_names.find(&names::tagged(&r.id)) {
                Some(times) if from <= to => Node::Since { times, from, to },
                _ => Node::Nobody,
            };
            joined(*how, of.iter().map(got).collect())
        }
        Condition::Did { act, of, times: range, window } => {
            did(index, &act_names(act, of), *range, bounds(window.days(today)))
        }
        Condition::LastDid { act, of, days_ago } => last_did(index, &act_names(act, of), *days_ago, today),
        Condition::Spent { amount, window } => spent(*amount, bounds(window.days(today))),
        Condition::Text { field, test } => match test {
            TextTest::OneOf(values) => or(values.iter().map(|v| set(names::text(&field.id, v))).collect()),
            TextTest::Contains(parts) => {
                let start = names::text_start(&field.id);
                let holds = |value: &str| parts.iter().any(|part| value.contains(part.as_str()));
                let found = index.set_names.beginning(&start).filter(|(value, _)| holds(value));
                or(found.map(|(_, set)| Node::Set(set)).collect())
            }
        },
        Condition::Number { field, range } => number(index, &names::number(&field.id), *range),
        Condition::Date { field, when } => dated(index, field, when.days(today)),
        Condition::Age { field, range, unit } => {
            unit.births(*range, today).map_or(Node::Nobody, |days| dated(index, field, days))
        }
        Condition::Birthday { field, next_days } => {
            let name = names::anniversary(&field.id);
            let ranges = today.anniversaries(*next_days).into_iter();
            or(ranges.map(|(low, high)| number(index, &name, Range::between(low, high))).collect())
        }
        Condition::YesNo { field, answer } => set(names::yes_no(&field.id, *answer)),
        Condition::Known { field } => set(names::known(&field.id)),
        Condition::Rfm { recency, frequency, money } => {
            let score = |letter: char, range: &Range| match range.is_open() {
                true => Node::Everybody,
                false => {
                    let scores = (1..=5u8).filter(|score| range.contains(i64::from(*score)));
                    or(scores.map(|score| set(names::score(letter, score))).collect())
                }
            };
            and(vec![score('r', recency), score('f', frequency), score('m', money)], Vec::new())
        }
        Condition::Consent { purpose, answer } => {
            let given = |answer: Answer| set(names::consent(&purpose.id, answer));
            match answer {
                Answer::Unasked => and(Vec::new(), vec![given(Answer::Granted), given(Answer::Withdrawn)]),
                answer => given(*answer),
            }
        }
    }
}

fn joined(how: How, nodes: Vec<Node>) -> Node {
    match how {
        How::Any => or(nodes),
        How::All => and(nodes, Vec::new()),
    }
}

pub fn act_names(act: &Act, of: &[Ref]) -> Vec<String> {
    match of.is_empty() {
        true => vec![names::act(act, None)],
        false => of.iter().map(|r| names::act(act, Some(&r.id))).collect(),
    }
}

/// Open ends as the farthest days there are.
fn bounds((from, to): Days) -> (i32, i32) {
    (from.map_or(i32::MIN, |day| day.0), to.map_or(i32::MAX, |day| day.0))
}

fn dated(index: &Index, field: &Ref, days: Days) -> Node {
    let range = Range { min: days.0.map(|d| i64::from(d.0)), max: days.1.map(|d| i64::from(d.0)) };
    number(index, &names::date(&field.id), range)
}

fn number(index: &Index, name: &str, range: Range) -> Node {
    let (low, high) = (range.min.unwrap_or(i64::MIN), range.max.unwrap_or(i64::MAX));
    index.number_names.find(name).map_or(Node::Nobody, |number| Node::Number { number, low, high })
}

fn times(index: &Index, acts: &[String], (from, to): (i32, i32), at_least: u64) -> Node {
    let mut timelines: Vec<u32> = acts.iter().filter_map(|name| index.timeline_names.find(name)).collect();
    timelines.sort_unstable();
    timelines.dedup();
    match timelines.is_empty() || from > to {
        true => Node::Nobody,
        false => Node::Times { timelines, from, to, at_least },
    }
}

fn did(index: &Index, acts: &[String], range: Range, window: (i32, i32)) -> Node {
    let enough = match range.min.unwrap_or(0) {
        ..=0 => Node::Everybody,
        min => times(index, acts, window, min.unsigned_abs()),
    };
    match range.max {
        Some(..=-1) => Node::Nobody,
        Some(max) => enough.but_not(times(index, acts, window, max.unsigned_abs().saturating_add(1))),
        None => enough,
    }
}

fn last_did(index: &Index, acts: &[String], days_ago: Range, today: Day) -> Node {
    let nearest = days_ago.min.unwrap_or(0).max(0);
    let ago = |days: i64| today.plus(-days.min(10_000_000)).0;
    let from = match days_ago.max {
        Some(max) if max < nearest => return Node::Nobody,
        Some(max) => ago(max),
        None => i32::MIN,
    };
    let then = times(index, acts, (from, ago(nearest)), 1);
    match nearest {
        0 => then,
        _ => then.but_not(times(index, acts, (ago(nearest - 1), today.0), 1)),
    }
}

fn spent(amount: Range, (from, to): (i32, i32)) -> Node {
    let sum = |low: i64, high: i64| Node::Sum { from, to, low, high };
    if !amount.contains(0) {
        return sum(amount.min.unwrap_or(i64::MIN), amount.max.unwrap_or(i64::MAX));
    }
    // Whoever never paid has spent 0, so these are all but those outside.
    let below = amount.min.and_then(|min| min.checked_sub(1)).map(|below| sum(i64::MIN, below));
    let above = amount.max.and_then(|max| max.checked_add(1)).map(|above| sum(above, i64::MAX));
    and(Vec::new(), below.into_iter().chain(above).collect())
}
