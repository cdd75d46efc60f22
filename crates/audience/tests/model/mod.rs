//! The same answers from plain maps, one person after the other: slow, and easy to believe.

#![allow(dead_code)]

use std::collections::{BTreeMap, BTreeSet};

use audience::language::{
    Act, AgeUnit, Answer, Condition, Day, Expr, Facet, How, Range, Ref, TextTest, When, Window,
};
use audience::{Bar, Change, MemberKind};

pub mod made;

#[derive(Clone, Debug, Default)]
struct Facts {
    known: bool,
    belongs: BTreeSet<(Facet, String)>,
    tagged: BTreeMap<String, Day>,
    texts: BTreeMap<String, String>,
    numbers: BTreeMap<String, i64>,
    dates: BTreeMap<String, Day>,
    answers: BTreeMap<String, bool>,
    fields: BTreeSet<String>,
    scores: Option<[u8; 3]>,
    consent: BTreeMap<String, Answer>,
    barred: Vec<Bar>,
    did: BTreeMap<(Act, Option<String>), BTreeMap<Day, i64>>,
    spent: BTreeMap<Day, i64>,
}

/// Everybody's own facts, and who stands for whom.
#[derive(Clone, Debug, Default)]
pub struct World {
    own: BTreeMap<u32, Facts>,
    roots: BTreeMap<u32, u32>,
}

impl World {
    pub fn apply(&mut self, person: u32, change: &Change) {
        match change {
            Change::Erased => return self.erase(person),
            Change::MergedInto { person: other } => return self.merge(person, *other),
            Change::Split => return self.split(person),
            _ => {}
        }
        self.own.entry(person).or_default().apply(change);
    }

    fn root(&self, person: u32) -> u32 {
        self.roots.get(&person).copied().unwrap_or(person)
    }

    fn members(&self, root: u32) -> Vec<u32> {
        let mut members: Vec<u32> = self.roots.iter().filter(|(_, r)| **r == root).map(|(p, _)| *p).collect();
        if members.is_empty() {
            members.push(root);
        }
        members
    }

    fn merge(&mut self, person: u32, into: u32) {
        let (moving, root) = (self.root(person), self.root(into));
        if moving == root {
            return;
        }
        for member in self.members(moving).into_iter().chain([root]) {
            self.roots.insert(member, root);
        }
    }

    fn split(&mut self, person: u32) {
        let root = self.root(person);
        if root == person {
            return;
        }
        self.roots.remove(&person);
        if self.members(root) == [root] {
            self.roots.remove(&root);
        }
    }

    fn erase(&mut self, person: u32) {
        if self.root(person) == person {
            for member in self.members(person) {
                self.own.remove(&member);
                self.roots.remove(&member);
            }
        }
        self.split(person);
        self.own.remove(&person);
    }

    /// Those who stand for themselves and of whom anything is known.
    pub fn known(&self) -> Vec<u32> {
        let mut people: BTreeSet<u32> = self.own.keys().copied().collect();
        people.extend(self.roots.keys());
        people.into_iter().filter(|p| self.root(*p) == *p && self.facts(*p).any(|f| f.known)).collect()
    }

    fn facts(&self, person: u32) -> impl Iterator<Item = &Facts> {
        // The one who stands for all first, then the others ascending.
        let mut members = self.members(person);
        members.sort_by_key(|m| (*m != person, *m));
        members.into_iter().filter_map(|m| self.own.get(&m))
    }

    pub fn counts(&self, person: u32) -> bool {
        let kinds: Vec<MemberKind> = self
            .facts(person)
            .flat_map(|f| &f.belongs)
            .filter(|(facet, _)| *facet == Facet::MemberKind)
            .filter_map(|(_, id)| MemberKind::named(id))
            .collect();
        !kinds.is_empty() && kinds.iter().all(|kind| kind.counts())
    }

    pub fn barred(&self, person: u32, bar: Bar) -> bool {
        self.facts(person).any(|f| f.barred.contains(&bar))
    }

    pub fn holds(&self, expr: &Expr, person: u32, today: Day, segment: &dyn Fn(&str, u32) -> bool) -> bool {
        let holds = |line: &Expr| self.holds(line, person, today, segment);
        match expr {
            Expr::All(lines) => lines.iter().all(holds),
            Expr::Any(lines) => lines.iter().any(holds),
            Expr::None(lines) => !lines.iter().any(holds),
            Expr::Is(condition) => self.condition(condition, person, today, segment),
        }
    }

    fn condition(
        &self,
        condition: &Condition,
        person: u32,
        today: Day,
        segment: &dyn Fn(&str, u32) -> bool,
    ) -> bool {
        let any = |holds: &dyn Fn(&Facts) -> bool| self.facts(person).any(holds);
        let date = |field: &Ref| self.facts(person).find_map(|f| f.dates.get(&field.id)).copied();
        match condition {
            Condition::In { facet: Facet::Segment, how, of } => each(*how, of, |r| segment(&r.id, person)),
            Condition::In { facet, how, of } => {
                each(*how, of, |r| any(&|f| f.belongs.contains(&(*facet, r.id.clone()))))
            }
            Condition::Tagged { how, of, window } => each(*how, of, |r| {
                any(&|f| f.tagged.get(&r.id).is_some_and(|day| inside(*window, *day, today)))
            }),
            Condition::Did { act, of, times, window } => {
                let days = self.days(act, of, person).into_iter();
                times.contains(days.filter(|(day, _)| inside(*window, *day, today)).map(|(_, n)| n).sum())
            }
            Condition::LastDid { act, of, days_ago } => {
                let past = self.days(act, of, person).into_iter().map(|(day, _)| day).filter(|d| *d <= today);
                past.max().is_some_and(|last| days_ago.contains(i64::from(today.0 - last.0)))
            }
            Condition::Spent { amount, window } => {
                let sums = self.facts(person).flat_map(|f| &f.spent);
                amount.contains(
                    sums.filter(|(day, _)| inside(*window, **day, today)).map(|(_, fen)| *fen).sum(),
                )
            }
            Condition::Text { field, test } => any(&|f| match (f.texts.get(&field.id), test) {
                (None, _) => false,
                (Some(value), TextTest::OneOf(values)) => values.contains(value),
                (Some(value), TextTest::Contains(parts)) => parts.iter().any(|p| value.contains(p.as_str())),
            }),
            Condition::Number { field, range } => {
                let number = self.facts(person).find_map(|f| f.numbers.get(&field.id));
                number.is_some_and(|value| range.contains(*value))
            }
            Condition::Date { field, when } => date(field).is_some_and(|day| match when {
                When::Between { from, to } => inside(Window::Between { from: *from, to: *to }, day, today),
                When::LastDays(n) => inside(Window::LastDays(*n), day, today),
                When::NextDays(n) => today <= day && day <= today.plus(i64::from(*n) - 1),
            }),
            Condition::Age { field, range, unit } => {
                date(field).and_then(|born| age(born, today, *unit)).is_some_and(|age| range.contains(age))
            }
            Condition::Birthday { field, next_days } => {
                date(field).is_some_and(|born| has_birthday(born, today, *next_days))
            }
            Condition::YesNo { field, answer } => any(&|f| f.answers.get(&field.id) == Some(answer)),
            Condition::Known { field } => any(&|f| f.fields.contains(&field.id)),
            Condition::Rfm { recency, frequency, money } => {
                let score = |at: usize, range: &Range| {
                    range.is_open() || any(&|f| f.scores.is_some_and(|s| range.contains(i64::from(s[at]))))
                };
                score(0, recency) && score(1, frequency) && score(2, money)
            }
            Condition::Consent { purpose, answer } => {
                let given = |wanted: Answer| any(&|f| f.consent.get(&purpose.id) == Some(&wanted));
                match answer {
                    Answer::Unasked => !given(Answer::Granted) && !given(Answer::Withdrawn),
                    answer => given(*answer),
                }
            }
        }
    }

    fn days(&self, act: &Act, of: &[Ref], person: u32) -> Vec<(Day, i64)> {
        let mut subjects: Vec<Option<String>> = of.iter().map(|r| Some(r.id.clone())).collect();
        subjects.sort();
        subjects.dedup();
        if subjects.is_empty() {
            subjects.push(None);
        }
        let mut days = Vec::new();
        for facts in self.facts(person) {
            for subject in &subjects {
                days.extend(facts.did.get(&(act.clone(), subject.clone())).into_iter().flatten());
            }
        }
        days.into_iter().map(|(day, times)| (*day, *times)).collect()
    }
}

impl Facts {
    fn apply(&mut self, change: &Change) {
        match change {
            Change::In { facet, id, since } => {
                let single =
                    matches!(facet, Facet::FanLevel | Facet::ValueLadder | Facet::Stage | Facet::RfmClass);
                if single {
                    self.belongs.retain(|(f, _)| f != facet);
                }
                self.belongs.insert((*facet, id.clone()));
                if let (Facet::Tag, Some(since)) = (facet, since) {
                    let day = self.tagged.entry(id.clone()).or_insert(*since);
                    *day = (*day).max(*since);
                }
                self.known = true;
            }
            Change::Out { facet, id } => {
                self.belongs.remove(&(*facet, id.clone()));
                if *facet == Facet::Tag {
                    self.tagged.remove(id);
                }
            }
            Change::Text { field, value } => self.put(field, value.clone(), |f| &mut f.texts),
            Change::Number { field, value } => self.put(field, *value, |f| &mut f.numbers),
            Change::Date { field, value } => self.put(field, *value, |f| &mut f.dates),
            Change::YesNo { field, value } => self.put(field, *value, |f| &mut f.answers),
            Change::Rfm { scores } => {
                self.scores = *scores;
                self.known |= scores.is_some();
            }
            Change::Consent { purpose, answer } => {
                self.consent.insert(purpose.clone(), *answer);
                self.known |= *answer != Answer::Unasked;
            }
            Change::Barred { from, barred } => {
                self.barred.retain(|bar| bar != from);
                self.barred.extend(barred.then_some(*from));
                self.known |= barred;
            }
            Change::Did { act, of, day, times } => {
                let on_it = of.as_ref().map(|of| Some(of.clone()));
                for subject in [Some(None), on_it].into_iter().flatten() {
                    let days = self.did.entry((act.clone(), subject)).or_default();
                    let count = days.entry(*day).or_default();
                    *count = (*count + times).max(0);
                    if *count == 0 {
                        days.remove(day);
                    }
                }
                self.known |= *times > 0;
            }
            Change::Spent { day, fen } => {
                *self.spent.entry(*day).or_default() += fen;
                self.known |= *fen != 0;
            }
            Change::Erased | Change::MergedInto { .. } | Change::Split => {}
        }
    }

    fn put<T>(&mut self, field: &str, value: Option<T>, map: fn(&mut Self) -> &mut BTreeMap<String, T>) {
        match value {
            Some(value) => {
                map(self).insert(field.to_owned(), value);
                self.fields.insert(field.to_owned());
                self.known = true;
            }
            None => {
                map(self).remove(field);
                self.fields.remove(field);
            }
        }
    }
}

fn each(how: How, of: &[Ref], holds: impl Fn(&Ref) -> bool) -> bool {
    match how {
        How::Any => of.iter().any(holds),
        How::All => of.iter().all(holds),
    }
}

fn inside(window: Window, day: Day, today: Day) -> bool {
    let ago = i64::from(today.0) - i64::from(day.0);
    match window {
        Window::Ever => true,
        Window::LastDays(n) => 0 <= ago && ago < i64::from(n),
        Window::DaysAgo { nearest, farthest } => i64::from(nearest) <= ago && ago <= i64::from(farthest),
        Window::Between { from, to } => from.is_none_or(|f| f <= day) && to.is_none_or(|t| day <= t),
    }
}

/// Counts upwards until the next birthday lies ahead.
fn age(born: Day, today: Day, unit: AgeUnit) -> Option<i64> {
    if born > today {
        return None;
    }
    let step = match unit {
        AgeUnit::Days => return Some(i64::from(today.0 - born.0)),
        AgeUnit::Months => 1,
        AgeUnit::Years => 12,
    };
    let mut age = 0;
    while born.plus_months((age + 1) * step) <= today {
        age += 1;
    }
    Some(age)
}

fn has_birthday(born: Day, today: Day, days: u32) -> bool {
    let (_, month, day) = born.parts();
    (0..i64::from(days.min(366))).map(|ahead| today.plus(ahead)).any(|that| {
        let (year, m, d) = that.parts();
        let leap_child_in_common_year = (month, day) == (2, 29) && Day::of(year, 2, 29).is_none();
        (m, d) == (month, day) || leap_child_in_common_year && (m, d) == (2, 28)
    })
}
