//! Taking in many facts of one kind at once: for the first fill and for imports.

use super::names;
use super::{ELIGIBLE, Index, KINDS, KNOWN, Source, Times};
use crate::bits::Bitmap;
use crate::eligibility::MemberKind;
use crate::language::{Act, Day, Facet};
use crate::set::PeopleSet;

impl Index {
    /// Adds many people to one tag, group, list and so on. Merged people must come through [`Index::apply`].
    pub fn load_in(&mut self, facet: Facet, id: &str, people: PeopleSet) {
        let set = self.set_named(&names::facet(facet, id));
        if self.since.contains_key(&set) {
            // Days go by the order of the members.
            people.iter().for_each(|person| self.put_set(person, set, true));
            return;
        }
        self.add_all(KNOWN, &people.0);
        self.touched.mark_whole(Source::Set(set), people.0.keys.iter().copied());
        match self.sets[set as usize].is_empty() {
            true => self.sets[set as usize] = people.0,
            false => self.sets[set as usize].or_assign(&people.0),
        }
        if KINDS.contains(&set) {
            self.count_anew();
        }
    }

    /// Adds many people who did something once on a day. For somebody who did it twice, call twice.
    pub fn load_did(&mut self, act: &Act, of: Option<&str>, day: Day, people: &PeopleSet) {
        let mut timelines = vec![self.timeline_named(&names::act(act, None))];
        timelines.extend(of.map(|of| self.timeline_named(&names::act(act, Some(of)))));
        self.add_all(KNOWN, &people.0);
        for timeline in timelines {
            if let Times::Often(timeline) = &mut self.times[timeline as usize] {
                timeline.add_all(day.0, &people.0);
            }
            self.touched.mark_whole(Source::Timeline(timeline), people.0.keys.iter().copied());
        }
    }

    /// Sets a number field of many people.
    pub fn load_number(&mut self, field: &str, values: impl IntoIterator<Item = (u32, i64)>) {
        let number = self.number_named(&names::number(field));
        let known = self.set_named(&names::known(field));
        for (person, value) in values {
            self.put_number(person, number, Some(value));
            self.put_set(person, known, true);
        }
    }

    fn add_all(&mut self, set: u32, people: &Bitmap) {
        self.sets[set as usize].or_assign(people);
        self.touched.mark_whole(Source::Set(set), people.keys.iter().copied());
    }

    fn count_anew(&mut self) {
        let kinds = |counts: bool| {
            let alike = MemberKind::ALL.into_iter().filter(|kind| kind.counts() == counts);
            let sets = alike.map(|kind| PeopleSet(self.sets[(KINDS.start + kind as u32) as usize].clone()));
            PeopleSet::union_of(&sets.collect::<Vec<_>>())
        };
        let eligible = kinds(true).minus(&kinds(false)).0;
        let before = std::mem::replace(&mut self.sets[ELIGIBLE as usize], eligible);
        let after = self.sets[ELIGIBLE as usize].keys.iter().copied();
        self.touched.mark_whole(Source::Set(ELIGIBLE), before.keys.iter().copied().chain(after));
    }
}
