//! Sets, numbers, timelines and links as bytes. Every reader answers `None` for what can't be right.

use std::collections::BTreeMap;

use super::wire::{In, Out};
use crate::bits::{Bitmap, Container, Packed};
use crate::index::column::Column;
use crate::index::ledger::Ledger;
use crate::index::number::{Number, Part, Sliced};
use crate::index::since::Since;
use crate::index::timeline::{Tally, Timeline};
use crate::index::{Links, Portrait};

pub fn put_bitmap(out: &mut Out, bitmap: &Bitmap) {
    out.u16s(&bitmap.keys);
    bitmap.containers.iter().for_each(|container| put_container(out, Some(container)));
}

fn put_container(out: &mut Out, container: Option<&Container>) {
    match container {
        Some(Container::List(list)) => {
            out.u8(0);
            out.u16s(list);
        }
        Some(Container::Bits(count, bits)) => {
            out.u8(1);
            out.u32(*count);
            out.words(bits);
        }
        Some(Container::Runs(runs)) => {
            out.u8(2);
            out.u32(runs.len() as u32);
            for (first, last) in runs {
                out.u16(*first);
                out.u16(*last);
            }
        }
        None => out.u8(3),
        Some(Container::Packed(packed)) => {
            out.u8(4);
            out.bytes(packed.gaps());
        }
    }
}

pub fn bitmap(bytes: &mut In<'_>) -> Option<Bitmap> {
    let keys = keys(bytes)?;
    // A set has no empty containers.
    let containers = keys.iter().map(|_| container(bytes)?).collect::<Option<Vec<_>>>()?;
    Some(Bitmap { keys, containers })
}

/// Ascending.
fn keys(bytes: &mut In<'_>) -> Option<Vec<u16>> {
    bytes.u16s().filter(|keys| keys.windows(2).all(|pair| pair[0] < pair[1]))
}

fn container(bytes: &mut In<'_>) -> Option<Option<Container>> {
    Some(Some(match bytes.u8()? {
        0 => bytes.u16s().filter(|list| !list.is_empty()).map(Container::List)?,
        1 => Container::Bits(bytes.u32()?, bytes.words()?),
        2 => {
            let count = bytes.u32()? as usize;
            let pairs = bytes.bytes(count.checked_mul(4)?)?.as_chunks::<4>().0;
            let run = |b: &[u8; 4]| (u16::from_le_bytes([b[0], b[1]]), u16::from_le_bytes([b[2], b[3]]));
            let runs: Vec<(u16, u16)> = pairs.iter().map(run).collect();
            let right = !runs.is_empty() && runs.iter().all(|run| run.0 <= run.1);
            right.then_some(Container::Runs(runs))?
        }
        3 => return Some(None),
        4 => {
            let length = bytes.u32()? as usize;
            Container::Packed(Packed::from_gaps(bytes.bytes(length)?)?)
        }
        _ => return None,
    }))
}

pub fn put_number(out: &mut Out, number: &Number) {
    out.u16s(&number.keys);
    for part in &number.parts {
        match part {
            Part::Listed { people, values } => {
                out.u8(0);
                out.u16s(people);
                out.i32s(values);
            }
            Part::Sliced(sliced) => {
                out.u8(1);
                out.u32(sliced.count);
                out.u8(sliced.slices.len() as u8);
                out.words(&sliced.has);
                let slices = sliced.slices.iter().chain([&sliced.sign]);
                slices.for_each(|slice| put_container(out, slice.as_ref()));
            }
        }
    }
}

pub fn number(bytes: &mut In<'_>) -> Option<Number> {
    let keys = keys(bytes)?;
    let parts = keys.iter().map(|_| part(bytes)).collect::<Option<Vec<_>>>()?;
    Some(Number { keys, parts })
}

fn part(bytes: &mut In<'_>) -> Option<Part> {
    let form = bytes.u8()?;
    if form == 0 {
        let people = bytes.u16s()?;
        let values = bytes.i32s(people.len())?;
        return Some(Part::Listed { people, values });
    }
    if form != 1 {
        return None;
    }
    let count = bytes.u32()?;
    let digits = bytes.u8().filter(|digits| *digits < 64)?;
    let has = bytes.words()?;
    let slices = (0..digits).map(|_| container(bytes)).collect::<Option<Vec<_>>>()?;
    let sign = container(bytes)?;
    Some(Part::Sliced(Box::new(Sliced { count, has, slices, sign })))
}

pub fn put_tally(out: &mut Out, tally: &Tally) {
    put_bitmap(out, &tally.any);
    out.u8(tally.more.len() as u8);
    tally.more.iter().for_each(|plane| put_bitmap(out, plane));
}

pub fn tally(bytes: &mut In<'_>) -> Option<Tally> {
    let any = bitmap(bytes)?;
    let digits = bytes.u8().filter(|digits| *digits <= 64)?;
    let more = (0..digits).map(|_| bitmap(bytes)).collect::<Option<Vec<_>>>()?;
    Some(Tally { any, more })
}

pub fn put_since(out: &mut Out, since: &Since) {
    out.u32(since.set);
    out.u16s(&since.keys);
    for column in &since.columns {
        out.i32(column.first);
        out.u32(column.count);
        out.u16s(&column.digits);
    }
    out.u32(since.apart.len() as u32);
    for (person, days) in &since.apart {
        out.u32(*person);
        out.u32(days.len() as u32);
        for (day, times) in days {
            out.i32(*day);
            out.u64(*times);
        }
    }
}

pub fn since(bytes: &mut In<'_>) -> Option<Since> {
    let mut since = Since::new(bytes.u32()?);
    since.keys = keys(bytes)?;
    for _ in &since.keys {
        let (first, count, digits) = (bytes.i32()?, bytes.u32()?, bytes.u16s()?.into_boxed_slice());
        since.columns.push(Column { first, count, digits });
    }
    for _ in 0..bytes.u32()? {
        let (person, mut days) = (bytes.u32()?, BTreeMap::new());
        for _ in 0..bytes.u32()? {
            days.insert(bytes.i32()?, bytes.u64()?);
        }
        since.apart.insert(person, days);
    }
    Some(since)
}

pub fn put_node(out: &mut Out, (level, node): (usize, i32), tally: &Tally) {
    out.u8(level as u8);
    out.i32(node);
    put_tally(out, tally);
}

pub fn node(bytes: &mut In<'_>, timeline: &mut Timeline) -> Option<()> {
    let nodes = timeline.levels.get_mut(usize::from(bytes.u8()?))?;
    nodes.insert(bytes.i32()?, tally(bytes)?);
    Some(())
}

/// One day's or block's amounts, or those of all days.
pub fn put_amounts(out: &mut Out, (kind, node): (u8, i32), number: &Number) {
    out.u8(kind);
    out.i32(node);
    put_number(out, number);
}

pub fn amounts(bytes: &mut In<'_>, ledger: &mut Ledger) -> Option<()> {
    let (kind, node) = (bytes.u8()?, bytes.i32()?);
    let number = number(bytes)?;
    match kind {
        0 => ledger.ever = number,
        1 => _ = ledger.days.insert(node, number),
        2 => _ = ledger.blocks.insert(node, number),
        _ => return None,
    }
    Some(())
}

pub fn put_links(out: &mut Out, links: &Links) {
    out.u32(links.roots.len() as u32);
    for (person, root) in &links.roots {
        out.u32(*person);
        out.u32(*root);
        let none = Portrait::default();
        let own = links.own.get(person).unwrap_or(&none);
        out.u8(u8::from(own.known));
        out.u32(own.sets.len() as u32);
        own.sets.iter().for_each(|set| out.u32(*set));
        out.u32(own.numbers.len() as u32);
        for (number, value) in &own.numbers {
            out.u32(*number);
            out.i64(*value);
        }
        out.u32(own.times.len() as u32);
        for ((timeline, day), times) in &own.times {
            out.u32(*timeline);
            out.i32(*day);
            out.u64(*times);
        }
        out.u32(own.spent.len() as u32);
        for (day, fen) in &own.spent {
            out.i32(*day);
            out.i64(*fen);
        }
    }
}

pub fn links(bytes: &mut In<'_>) -> Option<Links> {
    let (mut roots, mut owns) = (BTreeMap::new(), BTreeMap::new());
    for _ in 0..bytes.u32()? {
        let person = bytes.u32()?;
        roots.insert(person, bytes.u32()?);
        let mut own = Portrait { known: bytes.u8()? == 1, ..Portrait::default() };
        for _ in 0..bytes.u32()? {
            own.sets.insert(bytes.u32()?);
        }
        for _ in 0..bytes.u32()? {
            own.numbers.insert(bytes.u32()?, bytes.i64()?);
        }
        for _ in 0..bytes.u32()? {
            own.times.insert((bytes.u32()?, bytes.i32()?), bytes.u64()?);
        }
        for _ in 0..bytes.u32()? {
            own.spent.insert(bytes.i32()?, bytes.i64()?);
        }
        owns.insert(person, own);
    }
    Some(Links { roots, own: owns })
}
