//! What can become known about a person, in the product's words.

use super::names;
use super::{Bar, Index};
use crate::language::{Act, Answer, Day, Facet};

/// One fact about one person. Repeating a fact changes nothing, except for `Did` and `Spent`, which add up.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// Belongs to something. `since` matters for tags: the day it was set, for "tagged in 7 days". Of the fan level,
    /// value ladder, stage and RFM class there is one at a time; the new one replaces the old. Who is in a segment is
    /// no fact: [`crate::Standing`] writes that.
    In {
        facet: Facet,
        id: String,
        since: Option<Day>,
    },
    Out {
        facet: Facet,
        id: String,
    },
    /// `None` takes the value away, here and below.
    Text {
        field: String,
        value: Option<String>,
    },
    /// Whole, in the field's own unit.
    Number {
        field: String,
        value: Option<i64>,
    },
    Date {
        field: String,
        value: Option<Day>,
    },
    YesNo {
        field: String,
        value: Option<bool>,
    },
    /// Recency, frequency and money, each from 1 to 5.
    Rfm {
        scores: Option<[u8; 3]>,
    },
    Consent {
        purpose: String,
        answer: Answer,
    },
    /// Must not be used for a purpose, whatever a segment says.
    Barred {
        from: Bar,
        barred: bool,
    },
    /// Did it `times` times on a day; negative takes back, never below nothing. `of` is what it was done to or in:
    /// both the act as such and the act on it are counted.
    Did {
        act: Act,
        of: Option<String>,
        day: Day,
        times: i64,
    },
    /// Paid so much, in fen; negative takes back. The order itself is a `Did` of [`Act::Bought`].
    Spent {
        day: Day,
        fen: i64,
    },
    /// Is forgotten, with everybody merged into her.
    Erased,
    /// Turned out to be the same as another, who stands for both from now on. Text values and memberships of both
    /// hold; a number or date is the other's where she has one.
    MergedInto {
        person: u32,
    },
    /// Turned out not to be the same after all. Each has her own facts again.
    Split,
}

impl Index {
    /// Takes in one fact. Facts about earlier days may come late and in any order.
    pub fn apply(&mut self, person: u32, change: &Change) {
        match change {
            Change::In { facet, id, since } => self.belongs(person, *facet, id, *since),
            Change::Out { facet, id } => self.leaves(person, *facet, id),
            Change::Text { field, value } => {
                self.only_one(
                    person,
                    &names::text_start(field),
                    value.as_ref().map(|v| names::text(field, v)),
                );
                self.field_known(person, field, value.is_some());
            }
            Change::Number { field, value } => {
                let number = self.number_named(&names::number(field));
                self.put_number(person, number, *value);
                self.field_known(person, field, value.is_some());
            }
            Change::Date { field, value } => self.dated(person, field, *value),
            Change::YesNo { field, value } => {
                for answer in [true, false] {
                    let set = self.set_named(&names::yes_no(field, answer));
                    self.put_set(person, set, *value == Some(answer));
                }
                self.field_known(person, field, value.is_some());
            }
            Change::Rfm { scores } => self.scored(person, *scores),
            Change::Consent { purpose, answer } => {
                for possible in [Answer::Granted, Answer::Withdrawn] {
                    let set = self.set_named(&names::consent(purpose, possible));
                    self.put_set(person, set, *answer == possible);
                }
            }
            Change::Barred { from, barred } => self.put_set(person, from.set(), *barred),
            Change::Did { act, of, day, times } => {
                let as_such = self.timeline_named(&names::act(act, None));
                self.add_times(person, (as_such, day.0), *times);
                if let Some(of) = of {
                    let on_it = self.timeline_named(&names::act(act, Some(of)));
                    self.add_times(person, (on_it, day.0), *times);
                }
            }
            Change::Spent { day, fen } => self.add_spent(person, day.0, *fen),
            Change::Erased => self.erase(person),
            Change::MergedInto { person: other } => self.merge(person, *other),
            Change::Split => self.split(person),
        }
    }

    fn belongs(&mut self, person: u32, facet: Facet, id: &str, since: Option<Day>) {
        let name = names::facet(facet, id);
        if matches!(facet, Facet::FanLevel | Facet::ValueLadder | Facet::Stage | Facet::RfmClass) {
            self.only_one(person, &names::facet_start(facet), Some(name));
            return;
        }
        let set = self.set_named(&name);
        self.put_set(person, set, true);
        let Some(since) = since.filter(|_| facet == Facet::Tag) else { return };
        let timeline = self.since_named(id);
        let before = self.own_days(person, timeline);
        if before.iter().any(|(day, _)| *day >= since.0) {
            return;
        }
        for (day, times) in before {
            self.add_times(person, (timeline, day), -(times as i64));
        }
        self.add_times(person, (timeline, since.0), 1);
    }

    fn leaves(&mut self, person: u32, facet: Facet, id: &str) {
        let set = self.set_named(&names::facet(facet, id));
        self.put_set(person, set, false);
        if facet != Facet::Tag {
            return;
        }
        if let Some(timeline) = self.timeline_names.find(&names::tagged(id)) {
            for (day, times) in self.own_days(person, timeline) {
                self.add_times(person, (timeline, day), -(times as i64));
            }
        }
    }

    /// Puts somebody into one of several sets whose names begin alike, and out of the others.
    fn only_one(&mut self, person: u32, start: &str, name: Option<String>) {
        let chosen = name.map(|name| self.set_named(&name));
        let all: Vec<u32> = self.set_names.beginning(start).map(|(_, set)| set).collect();
        for set in all {
            let there = match self.links.own.get(&person) {
                Some(own) => own.sets.contains(&set),
                None => self.sets[set as usize].contains(person),
            };
            if there != (Some(set) == chosen) {
                self.put_set(person, set, !there);
            }
        }
    }

    fn field_known(&mut self, person: u32, field: &str, known: bool) {
        let set = self.set_named(&names::known(field));
        self.put_set(person, set, known);
    }

    fn dated(&mut self, person: u32, field: &str, value: Option<Day>) {
        let date = self.number_named(&names::date(field));
        self.put_number(person, date, value.map(|day| i64::from(day.0)));
        let anniversary = self.number_named(&names::anniversary(field));
        self.put_number(person, anniversary, value.map(Day::anniversary));
        self.field_known(person, field, value.is_some());
    }

    fn scored(&mut self, person: u32, scores: Option<[u8; 3]>) {
        for (at, letter) in ['r', 'f', 'm'].into_iter().enumerate() {
            for score in 1..=5 {
                let set = self.set_named(&names::score(letter, score));
                self.put_set(person, set, scores.is_some_and(|s| s[at] == score));
            }
        }
    }
}
