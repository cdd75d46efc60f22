//! A person's facts as a whole: for callers who read the truth about somebody anew rather than hear each change.

use std::collections::BTreeSet;

use super::{Change, Index, KNOWN, Portrait, names};
use crate::language::{Act, Answer, Day, Facet};

/// Everything that is known about one person, segments aside.
#[derive(Clone, Debug, Default)]
pub struct Profile {
    /// Only what says something: memberships, values, consents, bars, acts and amounts.
    pub facts: Vec<Change>,
    /// What an act among the facts was done to or in, where it was several things at once: act, subject, day, times.
    pub subjects: Vec<(Act, String, Day, u64)>,
}

impl Index {
    /// Makes a person's facts exactly these. Only what differs is touched, so saying the same again changes nothing,
    /// and facts that were missed or heard twice are put right. Merged people must come through [`Index::apply`].
    pub fn replace(&mut self, person: u32, profile: &Profile) {
        let wanted = self.portrait_of(profile);
        let fresh = !self.sets[KNOWN as usize].contains(person);
        let before = if fresh { Portrait::default() } else { self.portrait(person) };
        let segment = names::facet_start(Facet::Segment);
        for set in before.sets.difference(&wanted.sets) {
            if !self.set_names.texts[*set as usize].starts_with(&segment) {
                self.put_set(person, *set, false);
            }
        }
        wanted.sets.difference(&before.sets).for_each(|set| self.put_set(person, *set, true));
        let numbers: BTreeSet<u32> = before.numbers.keys().chain(wanted.numbers.keys()).copied().collect();
        for number in numbers {
            let value = wanted.numbers.get(&number).copied();
            if before.numbers.get(&number).copied() != value {
                self.put_number(person, number, value);
            }
        }
        let times: BTreeSet<(u32, i32)> = before.times.keys().chain(wanted.times.keys()).copied().collect();
        for place in times {
            let count = |p: &Portrait| p.times.get(&place).map_or(0, |times| *times as i64);
            let more = count(&wanted) - count(&before);
            if more != 0 {
                self.add_times(person, place, more);
            }
        }
        let days: BTreeSet<i32> = before.spent.keys().chain(wanted.spent.keys()).copied().collect();
        for day in days {
            let amount = |p: &Portrait| p.spent.get(&day).copied().unwrap_or(0);
            let more = amount(&wanted) - amount(&before);
            if more != 0 {
                self.add_spent(person, day, more);
            }
        }
        if before.known != wanted.known {
            self.put_set(person, KNOWN, wanted.known);
        }
    }

    /// Empties every segment's set, for a caller who defines them anew.
    pub fn forget_segments(&mut self) {
        let start = names::facet_start(Facet::Segment);
        let sets: Vec<u32> = self.set_names.beginning(&start).map(|(_, set)| set).collect();
        for set in sets {
            self.sets[set as usize] = crate::bits::Bitmap::default();
        }
    }

    fn portrait_of(&mut self, profile: &Profile) -> Portrait {
        let mut wanted = Portrait::default();
        for fact in &profile.facts {
            self.draw(&mut wanted, fact);
        }
        for (act, of, day, times) in &profile.subjects {
            let timeline = self.timeline_named(&names::act(act, Some(of)));
            *wanted.times.entry((timeline, day.0)).or_default() += times;
        }
        wanted.spent.retain(|_, fen| *fen != 0);
        wanted.times.retain(|_, times| *times > 0);
        wanted.known = !profile.facts.is_empty();
        wanted
    }

    fn draw(&mut self, wanted: &mut Portrait, fact: &Change) {
        match fact {
            Change::In { facet, id, since } => {
                wanted.sets.insert(self.set_named(&names::facet(*facet, id)));
                if let Some(day) = since.filter(|_| *facet == Facet::Tag) {
                    let timeline = self.since_named(id);
                    wanted.times.insert((timeline, day.0), 1);
                }
            }
            Change::Text { field, value: Some(value) } => {
                wanted.sets.insert(self.set_named(&names::text(field, value)));
                wanted.sets.insert(self.set_named(&names::known(field)));
            }
            Change::Number { field, value: Some(value) } => {
                wanted.numbers.insert(self.number_named(&names::number(field)), *value);
                wanted.sets.insert(self.set_named(&names::known(field)));
            }
            Change::Date { field, value: Some(day) } => {
                wanted.numbers.insert(self.number_named(&names::date(field)), i64::from(day.0));
                wanted.numbers.insert(self.number_named(&names::anniversary(field)), day.anniversary());
                wanted.sets.insert(self.set_named(&names::known(field)));
            }
            Change::YesNo { field, value: Some(answer) } => {
                wanted.sets.insert(self.set_named(&names::yes_no(field, *answer)));
                wanted.sets.insert(self.set_named(&names::known(field)));
            }
            Change::Rfm { scores: Some(scores) } => {
                for (letter, score) in ['r', 'f', 'm'].into_iter().zip(scores) {
                    wanted.sets.insert(self.set_named(&names::score(letter, *score)));
                }
            }
            Change::Consent { purpose, answer } if *answer != Answer::Unasked => {
                wanted.sets.insert(self.set_named(&names::consent(purpose, *answer)));
            }
            Change::Barred { from, barred: true } => _ = wanted.sets.insert(from.set()),
            Change::Did { act, of, day, times } => {
                let times = u64::try_from(*times).unwrap_or(0);
                for of in std::iter::once(None).chain(of.as_deref().map(Some)) {
                    let timeline = self.timeline_named(&names::act(act, of));
                    *wanted.times.entry((timeline, day.0)).or_default() += times;
                }
            }
            Change::Spent { day, fen } => *wanted.spent.entry(day.0).or_default() += fen,
            // What takes away, or speaks of other people, says nothing about what is there.
            Change::Out { .. }
            | Change::Text { .. }
            | Change::Number { .. }
            | Change::Date { .. }
            | Change::YesNo { .. }
            | Change::Rfm { .. }
            | Change::Consent { .. }
            | Change::Barred { .. }
            | Change::Erased
            | Change::MergedInto { .. }
            | Change::Split => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Purpose, Question, parse};

    const TODAY: Day = Day(20_682);

    fn count(index: &Index, text: &str) -> u64 {
        let expr = parse(text).unwrap();
        Question::new(index, &expr, TODAY, Purpose::Figures).unwrap().count()
    }

    #[test]
    fn a_profile_replaces_what_was_known() {
        let mut index = Index::new();
        let is = |facet, id: &str| Change::In { facet, id: id.into(), since: Some(TODAY) };
        let bought = |times| Change::Did { act: Act::Bought, of: None, day: TODAY, times };
        let first = Profile {
            facts: vec![is(Facet::MemberKind, "customer"), is(Facet::Tag, "a"), bought(2)],
            subjects: vec![(Act::Clicked, "p".into(), TODAY, 1)],
        };
        index.replace(7, &first);
        index.replace(7, &first);
        assert_eq!(
            count(&index, "tag \"a\"; bought = 2 ever; clicked \"p\" in 1 days; tagged \"a\" in 1 days"),
            1
        );
        let then =
            Profile { facts: vec![is(Facet::MemberKind, "customer"), bought(1)], subjects: Vec::new() };
        index.replace(7, &then);
        assert_eq!(
            count(&index, "bought = 1 ever; not tag \"a\"; not clicked \"p\" ever; not tagged \"a\" ever"),
            1
        );
        index.replace(7, &Profile::default());
        assert_eq!((index.known(), index.eligible()), (0, 0));
    }
}
