//! The few ways in which a fact about one person changes, and what merging does to them.
//!
//! Merged people keep their own facts beside the sets, so that a late fact about either lands with the right one and
//! splitting them again is exact. There are few of them; everybody else lives in the sets alone.

use std::collections::{BTreeMap, BTreeSet};

use super::{ELIGIBLE, Index, KINDS, KNOWN, Source, Times};
use crate::eligibility::MemberKind;

/// Everything known about one person, by the numbers of sets, numbers and timelines.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Portrait {
    pub known: bool,
    pub sets: BTreeSet<u32>,
    pub numbers: BTreeMap<u32, i64>,
    /// By timeline and day.
    pub times: BTreeMap<(u32, i32), u64>,
    /// Fen by day.
    pub spent: BTreeMap<i32, i64>,
}

/// Who was merged into whom.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Links {
    /// Every merged number and the one that stands for all; that one stands for itself.
    pub(crate) roots: BTreeMap<u32, u32>,
    pub(crate) own: BTreeMap<u32, Portrait>,
}

impl Links {
    fn root(&self, person: u32) -> Option<u32> {
        self.roots.get(&person).copied()
    }

    pub fn members(&self, root: u32) -> Vec<u32> {
        let members = self.roots.iter().filter(|(_, r)| **r == root).map(|(person, _)| *person);
        members.collect()
    }
}

impl Index {
    pub(crate) fn put_set(&mut self, person: u32, set: u32, present: bool) {
        let Some(root) = self.links.root(person) else { return self.write_set(person, set, present) };
        let own = self.links.own.entry(person).or_default();
        if present {
            own.sets.insert(set)
        } else {
            own.sets.remove(&set)
        };
        self.links.own.entry(person).or_default().known |= present;
        self.settle_set(root, set);
    }

    pub(crate) fn put_number(&mut self, person: u32, number: u32, value: Option<i64>) {
        let Some(root) = self.links.root(person) else { return self.write_number(person, number, value) };
        let own = self.links.own.entry(person).or_default();
        match value {
            Some(value) => own.numbers.insert(number, value),
            None => own.numbers.remove(&number),
        };
        own.known |= value.is_some();
        self.settle_number(root, number);
    }

    pub(crate) fn add_times(&mut self, person: u32, (timeline, day): (u32, i32), times: i64) {
        let Some(root) = self.links.root(person) else {
            return self.write_times(person, (timeline, day), times);
        };
        let own = self.links.own.entry(person).or_default();
        let before = own.times.get(&(timeline, day)).copied().unwrap_or(0);
        let after = before.saturating_add_signed(times);
        match after {
            0 => own.times.remove(&(timeline, day)),
            _ => own.times.insert((timeline, day), after),
        };
        own.known |= after > before;
        self.write_times(root, (timeline, day), after as i64 - before as i64);
    }

    pub(crate) fn add_spent(&mut self, person: u32, day: i32, fen: i64) {
        let Some(root) = self.links.root(person) else { return self.write_spent(person, day, fen) };
        let own = self.links.own.entry(person).or_default();
        let sum = own.spent.entry(day).or_default();
        *sum = sum.saturating_add(fen);
        if *sum == 0 {
            own.spent.remove(&day);
        }
        own.known |= fen != 0;
        self.write_spent(root, day, fen);
    }

    /// The days on which a number's own facts have it do something.
    pub(crate) fn own_days(&self, person: u32, timeline: u32) -> Vec<(i32, u64)> {
        match self.links.own.get(&person) {
            None => self.days_of(person, &self.times[timeline as usize]),
            Some(own) => {
                let times = own.times.range((timeline, i32::MIN)..=(timeline, i32::MAX));
                times.map(|((_, day), times)| (*day, *times)).collect()
            }
        }
    }

    pub(crate) fn portrait(&self, person: u32) -> Portrait {
        if let Some(own) = self.links.own.get(&person) {
            return own.clone();
        }
        let mut portrait =
            Portrait { known: self.sets[KNOWN as usize].contains(person), ..Portrait::default() };
        // Who is in a segment follows from the facts, and isn't one.
        let is_fact = |set: &u32| *set > KNOWN && !self.segment_sets.contains(set);
        let holding = |set: &u32| self.sets[*set as usize].contains(person);
        portrait.sets = (0..self.sets.len() as u32).filter(is_fact).filter(holding).collect();
        for (number, values) in self.numbers.iter().enumerate() {
            portrait.numbers.extend(values.get(person).map(|value| (number as u32, value)));
        }
        for (timeline, times) in self.times.iter().enumerate() {
            let days = self.days_of(person, times).into_iter();
            portrait.times.extend(days.map(|(day, n)| ((timeline as u32, day), n)));
        }
        portrait.spent = self.ledger.days_of(person).into_iter().collect();
        portrait
    }

    /// Makes two people one: `person`'s facts count for `into` from now on. Late facts may name either.
    pub(crate) fn merge(&mut self, person: u32, into: u32) {
        let root = self.links.root(into).unwrap_or(into);
        let moving = self.links.root(person).unwrap_or(person);
        if root == moving {
            return;
        }
        if self.links.root(root).is_none() {
            let own = self.portrait(root);
            self.links.own.insert(root, own);
            self.links.roots.insert(root, root);
        }
        let members = match self.links.root(moving) {
            Some(_) => self.links.members(moving),
            None => vec![moving],
        };
        let owns: Vec<Portrait> = members.iter().map(|m| self.portrait(*m)).collect();
        for own in &owns {
            self.withdraw(moving, own);
        }
        self.write_set(moving, KNOWN, false);
        for (member, own) in members.into_iter().zip(owns) {
            self.links.roots.insert(member, root);
            self.links.own.insert(member, own.clone());
            self.contribute(root, &own);
        }
    }

    /// Takes a person out of a merge again, with what is hers. Nothing when she isn't in one, or stands for all.
    pub(crate) fn split(&mut self, person: u32) {
        let Some(root) = self.links.root(person).filter(|root| *root != person) else { return };
        self.links.roots.remove(&person);
        let own = self.links.own.remove(&person).unwrap_or_default();
        self.withdraw(root, &own);
        own.sets.iter().for_each(|set| self.settle_set(root, *set));
        own.numbers.keys().for_each(|number| self.settle_number(root, *number));
        let members = self.links.members(root);
        let known = members.iter().any(|m| self.links.own.get(m).is_some_and(|own| own.known));
        self.write_set(root, KNOWN, known);
        if members.len() == 1 {
            self.links.roots.remove(&root);
            self.links.own.remove(&root);
        }
        self.contribute(person, &own);
    }

    /// Forgets everything about a person, and about everybody merged into her. Her number is never used again.
    pub(crate) fn erase(&mut self, person: u32) {
        if self.links.root(person) == Some(person) {
            for member in self.links.members(person) {
                if member != person {
                    self.split(member);
                    self.erase(member);
                }
            }
        }
        self.split(person);
        let portrait = self.portrait(person);
        self.withdraw(person, &portrait);
        self.write_set(person, KNOWN, false);
        self.links.own.remove(&person);
    }

    /// Writes a portrait's facts onto a number. Numbers that the number's own people have win.
    fn contribute(&mut self, target: u32, own: &Portrait) {
        own.sets.iter().for_each(|set| self.write_set(target, *set, true));
        for (number, value) in &own.numbers {
            match self.links.root(target) {
                Some(_) => self.settle_number(target, *number),
                None => self.write_number(target, *number, Some(*value)),
            }
        }
        own.times.iter().for_each(|(place, times)| self.write_times(target, *place, *times as i64));
        own.spent.iter().for_each(|(day, fen)| self.write_spent(target, *day, *fen));
        if own.known {
            self.write_set(target, KNOWN, true);
        }
    }

    fn withdraw(&mut self, target: u32, own: &Portrait) {
        own.sets.iter().for_each(|set| self.write_set(target, *set, false));
        own.numbers.keys().for_each(|number| self.write_number(target, *number, None));
        own.times.iter().for_each(|(place, times)| self.write_times(target, *place, -(*times as i64)));
        own.spent.iter().for_each(|(day, fen)| self.write_spent(target, *day, -fen));
    }

    fn settle_set(&mut self, root: u32, set: u32) {
        let holds = |member: &u32| self.links.own.get(member).is_some_and(|own| own.sets.contains(&set));
        let present = self.links.members(root).iter().any(holds);
        self.write_set(root, set, present);
    }

    fn settle_number(&mut self, root: u32, number: u32) {
        let value =
            |member: &u32| self.links.own.get(member).and_then(|own| own.numbers.get(&number)).copied();
        let found = value(&root).or_else(|| self.links.members(root).iter().find_map(value));
        self.write_number(root, number, found);
    }

    fn write_set(&mut self, person: u32, set: u32, present: bool) {
        if !self.sets[set as usize].put(person, present) {
            return;
        }
        if let Some(times) = self.since.get(&set)
            && let Times::Since(since) = &mut self.times[*times as usize]
        {
            let members = &self.sets[set as usize];
            if present { since.joined(members, person) } else { since.left(members, person) }
        }
        self.touched.mark(Source::Set(set), person);
        if present && set != KNOWN {
            self.write_known(person);
        }
        if KINDS.contains(&set) {
            self.write_eligible(person);
        }
    }

    fn write_known(&mut self, person: u32) {
        if self.sets[KNOWN as usize].insert(person) {
            self.touched.mark(Source::Set(KNOWN), person);
        }
    }

    fn write_eligible(&mut self, person: u32) {
        let is = |kind: &MemberKind| self.sets[(KINDS.start + *kind as u32) as usize].contains(person);
        let kinds: Vec<MemberKind> = MemberKind::ALL.into_iter().filter(is).collect();
        let counts = !kinds.is_empty() && kinds.iter().all(|kind| kind.counts());
        if self.sets[ELIGIBLE as usize].put(person, counts) {
            self.touched.mark(Source::Set(ELIGIBLE), person);
        }
    }

    fn write_number(&mut self, person: u32, number: u32, value: Option<i64>) {
        if self.numbers[number as usize].put(person, value) {
            self.touched.mark(Source::Number(number), person);
            if value.is_some() {
                self.write_known(person);
            }
        }
    }

    fn write_times(&mut self, person: u32, (timeline, day): (u32, i32), times: i64) {
        let changed = match &mut self.times[timeline as usize] {
            Times::Often(timeline) => timeline.add(person, day, times),
            Times::Since(since) => since.add(&self.sets[since.set as usize], person, (day, times)),
        };
        if changed != 0 {
            self.touched.mark(Source::Timeline(timeline), person);
            if times > 0 {
                self.write_known(person);
            }
        }
    }

    fn write_spent(&mut self, person: u32, day: i32, fen: i64) {
        if fen != 0 {
            self.ledger.add(person, day, fen);
            self.touched.mark(Source::Ledger, person);
            self.write_known(person);
        }
    }
}
