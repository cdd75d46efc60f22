//! What the sets, numbers and timelines are called inside, and their dense numbers.

use std::collections::BTreeMap;
use std::ops::Bound;

use crate::language::{Act, Answer, Facet};

/// Between the parts of a name; no id contains it, because [`part`] takes it out.
const BORDER: char = '\u{1f}';

#[derive(Clone, Debug, Default)]
pub struct Names {
    numbers: BTreeMap<Box<str>, u32>,
    pub(crate) texts: Vec<Box<str>>,
}

impl Names {
    pub fn find(&self, name: &str) -> Option<u32> {
        self.numbers.get(name).copied()
    }

    /// The number of a name, and whether it is a new one.
    pub fn note(&mut self, name: &str) -> (u32, bool) {
        if let Some(number) = self.find(name) {
            return (number, false);
        }
        let number = self.texts.len() as u32;
        self.numbers.insert(name.into(), number);
        self.texts.push(name.into());
        (number, true)
    }

    /// All that begin so, with the rest of their names, in order.
    pub fn beginning<'a>(&'a self, start: &'a str) -> impl Iterator<Item = (&'a str, u32)> {
        let from = self.numbers.range::<str, _>((Bound::Included(start), Bound::Unbounded));
        from.map_while(move |(name, number)| name.strip_prefix(start).map(|rest| (rest, *number)))
    }
}

fn part(text: &str) -> String {
    text.replace(BORDER, " ")
}

fn joined(parts: &[&str]) -> String {
    let parts: Vec<String> = parts.iter().map(|p| part(p)).collect();
    parts.join("\u{1f}")
}

pub fn facet(facet: Facet, id: &str) -> String {
    joined(&[facet.words(), id])
}

pub fn facet_start(facet: Facet) -> String {
    joined(&[facet.words(), ""])
}

pub fn text(field: &str, value: &str) -> String {
    joined(&["text", field, value])
}

pub fn text_start(field: &str) -> String {
    text(field, "")
}

pub fn yes_no(field: &str, answer: bool) -> String {
    joined(&[if answer { "yes" } else { "no" }, field])
}

pub fn known(field: &str) -> String {
    joined(&["known", field])
}

pub fn number(field: &str) -> String {
    joined(&["number", field])
}

pub fn date(field: &str) -> String {
    joined(&["date", field])
}

pub fn anniversary(field: &str) -> String {
    joined(&["anniversary", field])
}

pub fn consent(purpose: &str, answer: Answer) -> String {
    joined(&["consent", purpose, if answer == Answer::Granted { "granted" } else { "withdrawn" }])
}

/// One of the scores r, f and m.
pub fn score(letter: char, score: u8) -> String {
    format!("score{BORDER}{letter}{BORDER}{score}")
}

pub fn act(act: &Act, of: Option<&str>) -> String {
    let name = match act {
        Act::Event(name) => name,
        _ => "",
    };
    match of {
        Some(of) => joined(&["did", act.word(), name, "of", of]),
        None => joined(&["did", act.word(), name]),
    }
}

pub fn tagged(tag: &str) -> String {
    joined(&["tagged", tag])
}
