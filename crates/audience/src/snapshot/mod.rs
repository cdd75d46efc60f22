//! The whole index as one stream of bytes, with the place in the log it stands for.
//!
//! A head (mark, version, place in the log), then one frame per set, number and timeline, each with its length and
//! CRC-32, then a frame that counts them. A stream that ends early, was cut together or was written by something else
//! is refused; the caller then starts from the log.

mod parts;
mod wire;

use std::io::{self, Read, Write};

use crate::dictionary::Dictionary;
use crate::eligibility::MemberKind;
use crate::index::timeline::Timeline;
use crate::index::{Index, KINDS, Times, names};
use crate::language::Facet;
use crate::set::PeopleSet;
use wire::{In, Out};

const MARK: &[u8; 8] = b"HQPEOPLE";
/// Changes whenever older programs can't read what is written.
const VERSION: u32 = 2;
/// No frame is longer; a larger length is damage.
const LONGEST_FRAME: u64 = 1 << 36;

/// Why a snapshot can't be used.
#[derive(Debug)]
pub enum Unreadable {
    /// Reading failed.
    Io(io::Error),
    /// No snapshot of this kind.
    Foreign,
    /// Written by another version of the program.
    Version(u32),
    /// It ends early, or goes on after its end.
    Torn,
    /// A check sum or a length is wrong.
    Damaged,
}

impl std::fmt::Display for Unreadable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Io(error) => write!(f, "the snapshot can't be read: {error}"),
            Self::Foreign => f.write_str("not a snapshot of people"),
            Self::Version(version) => write!(f, "a snapshot of version {version}, not {VERSION}"),
            Self::Torn => f.write_str("the snapshot is incomplete"),
            Self::Damaged => f.write_str("the snapshot is damaged"),
        }
    }
}

impl std::error::Error for Unreadable {}

impl From<io::Error> for Unreadable {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::UnexpectedEof => Self::Torn,
            _ => Self::Io(error),
        }
    }
}

#[derive(Clone, Copy, PartialEq)]
#[repr(u8)]
enum Kind {
    Head = 1,
    Dictionary = 2,
    Set = 3,
    Number = 4,
    Timeline = 5,
    Amounts = 6,
    Links = 7,
    /// One day or sum of the timeline before it.
    Node = 8,
    Since = 9,
    End = 255,
}

impl Index {
    /// Writes everything, and answers how many bytes that were. `seq` is the last entry of the log it contains.
    ///
    /// # Errors
    /// What the writer says.
    pub fn write_snapshot(&self, seq: u64, out: &mut impl Write) -> io::Result<u64> {
        out.write_all(MARK)?;
        let mut frames = Frames { out, buffer: Out::default(), count: 0, bytes: 8 };
        frames.put(Kind::Head, |out| {
            out.u32(VERSION);
            out.u64(seq);
        })?;
        frames.put(Kind::Dictionary, |out| {
            out.text(&self.people.text);
            out.u64s(&self.people.ends);
        })?;
        for (name, set) in self.set_names.texts.iter().zip(&self.sets) {
            frames.put(Kind::Set, |out| {
                out.text(name);
                parts::put_bitmap(out, set);
            })?;
        }
        for (name, number) in self.number_names.texts.iter().zip(&self.numbers) {
            frames.put(Kind::Number, |out| {
                out.text(name);
                parts::put_number(out, number);
            })?;
        }
        for (name, times) in self.timeline_names.texts.iter().zip(&self.times) {
            let timeline = match times {
                Times::Often(timeline) => timeline,
                Times::Since(since) => {
                    frames.put(Kind::Since, |out| {
                        out.text(name);
                        parts::put_since(out, since);
                    })?;
                    continue;
                }
            };
            frames.put(Kind::Timeline, |out| {
                out.text(name);
                parts::put_tally(out, &timeline.ever);
            })?;
            for (level, nodes) in timeline.levels.iter().enumerate() {
                for (node, tally) in nodes {
                    frames.put(Kind::Node, |out| parts::put_node(out, (level, *node), tally))?;
                }
            }
        }
        frames.put(Kind::Amounts, |out| parts::put_amounts(out, (0, 0), &self.ledger.ever))?;
        for (kind, nodes) in [(1, &self.ledger.days), (2, &self.ledger.blocks)] {
            for (node, number) in nodes {
                frames.put(Kind::Amounts, |out| parts::put_amounts(out, (kind, *node), number))?;
            }
        }
        frames.put(Kind::Links, |out| parts::put_links(out, &self.links))?;
        let count = frames.count;
        frames.put(Kind::End, |out| out.u64(count))?;
        Ok(frames.bytes)
    }

    /// Reads what [`Index::write_snapshot`] wrote, with the place in the log. The caller then applies what the log
    /// has after that.
    ///
    /// # Errors
    /// Whatever makes it unusable; nothing half-read comes back.
    pub fn read_snapshot(input: &mut impl Read) -> Result<(Self, u64), Unreadable> {
        let mut mark = [0; 8];
        input.read_exact(&mut mark).map_err(|_| Unreadable::Foreign)?;
        if mark != *MARK {
            return Err(Unreadable::Foreign);
        }
        let (mut index, mut seq, mut frames) = (Self::bare(), None, 0);
        let mut payload = Vec::new();
        loop {
            let kind = read_frame(input, &mut payload)?;
            let frame = &mut In::new(&payload);
            if kind == Kind::Head as u8 {
                seq = Some(head(frame)?);
            } else if seq.is_none() {
                return Err(Unreadable::Damaged);
            } else if kind == Kind::End as u8 {
                if frame.u64() != Some(frames) {
                    return Err(Unreadable::Torn);
                }
                break;
            } else {
                index.take_in(kind, frame).filter(|()| frame.is_done()).ok_or(Unreadable::Damaged)?;
            }
            frames += 1;
        }
        if input.read(&mut [0])? != 0 {
            return Err(Unreadable::Torn);
        }
        match seq.filter(|_| index.fits_together()) {
            Some(seq) => Ok((index, seq)),
            None => Err(Unreadable::Damaged),
        }
    }

    fn take_in(&mut self, kind: u8, frame: &mut In<'_>) -> Option<()> {
        if kind == Kind::Dictionary as u8 {
            let text = frame.text()?.to_owned();
            self.people = Dictionary::of(text, frame.u64s()?)?;
        } else if kind == Kind::Set as u8 {
            let set = self.set_named(frame.text()?);
            self.sets[set as usize] = parts::bitmap(frame)?;
        } else if kind == Kind::Number as u8 {
            let number = self.number_named(frame.text()?);
            self.numbers[number as usize] = parts::number(frame)?;
        } else if kind == Kind::Timeline as u8 {
            let times = self.timeline_named(frame.text()?) as usize;
            let ever = parts::tally(frame)?;
            self.times[times] = Times::Often(Timeline { ever, ..Timeline::default() });
        } else if kind == Kind::Since as u8 {
            let times = self.timeline_named(frame.text()?);
            let since = parts::since(frame)?;
            let members = self.sets.get(since.set as usize)?;
            since.fits(members).then_some(())?;
            self.since.insert(since.set, times);
            self.times[times as usize] = Times::Since(since);
        } else if kind == Kind::Node as u8 {
            let Times::Often(timeline) = self.times.last_mut()? else { return None };
            parts::node(frame, timeline)?;
        } else if kind == Kind::Amounts as u8 {
            parts::amounts(frame, &mut self.ledger)?;
        } else if kind == Kind::Links as u8 {
            self.links = parts::links(frame)?;
        } else {
            return None;
        }
        Some(())
    }

    /// Everything that is looked up by number without asking again is there.
    fn fits_together(&self) -> bool {
        let kinds = MemberKind::ALL.into_iter().zip(KINDS);
        let mut kinds = kinds.map(|(kind, set)| (names::facet(Facet::MemberKind, kind.name()), set));
        let in_place = kinds.all(|(name, set)| self.set_names.find(&name) == Some(set));
        let linked = self.links.own.values().all(|own| {
            own.sets.iter().all(|set| (*set as usize) < self.sets.len())
                && own.numbers.keys().all(|number| (*number as usize) < self.numbers.len())
                && own.times.keys().all(|(timeline, _)| (*timeline as usize) < self.times.len())
        });
        in_place && linked
    }
}

impl PeopleSet {
    /// The set by itself, with a check sum.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut set = self.0.clone();
        set.shrink();
        let mut out = Out::default();
        parts::put_bitmap(&mut out, &set);
        let sum = check_sum(Kind::Set as u8, &out.0);
        out.u32(sum);
        out.0
    }

    /// Reads what [`PeopleSet::to_bytes`] wrote.
    ///
    /// # Errors
    /// [`Unreadable::Damaged`] for anything else.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Unreadable> {
        let (payload, sum) = bytes.split_last_chunk::<4>().ok_or(Unreadable::Damaged)?;
        if check_sum(Kind::Set as u8, payload) != u32::from_le_bytes(*sum) {
            return Err(Unreadable::Damaged);
        }
        let frame = &mut In::new(payload);
        let set = parts::bitmap(frame).filter(|_| frame.is_done()).ok_or(Unreadable::Damaged)?;
        Ok(Self(set))
    }
}

fn head(frame: &mut In<'_>) -> Result<u64, Unreadable> {
    let version = frame.u32().ok_or(Unreadable::Damaged)?;
    if version != VERSION {
        return Err(Unreadable::Version(version));
    }
    frame.u64().ok_or(Unreadable::Damaged)
}

struct Frames<'w, W> {
    out: &'w mut W,
    buffer: Out,
    count: u64,
    bytes: u64,
}

impl<W: Write> Frames<'_, W> {
    fn put(&mut self, kind: Kind, fill: impl FnOnce(&mut Out)) -> io::Result<()> {
        self.buffer.0.clear();
        fill(&mut self.buffer);
        let payload = &self.buffer.0;
        let mut head = [0; 13];
        head[0] = kind as u8;
        head[1..9].copy_from_slice(&(payload.len() as u64).to_le_bytes());
        head[9..].copy_from_slice(&check_sum(kind as u8, payload).to_le_bytes());
        self.out.write_all(&head)?;
        self.out.write_all(payload)?;
        self.count += 1;
        self.bytes += 13 + payload.len() as u64;
        Ok(())
    }
}

fn check_sum(kind: u8, payload: &[u8]) -> u32 {
    let mut sum = crc32fast::Hasher::new();
    sum.update(&[kind]);
    sum.update(&(payload.len() as u64).to_le_bytes());
    sum.update(payload);
    sum.finalize()
}

fn read_frame(input: &mut impl Read, payload: &mut Vec<u8>) -> Result<u8, Unreadable> {
    let mut head = [0; 13];
    input.read_exact(&mut head)?;
    let (kind, rest) = (head[0], &head[1..]);
    let mut numbers = In::new(rest);
    let length = numbers.u64().filter(|length| *length <= LONGEST_FRAME).ok_or(Unreadable::Damaged)?;
    let sum = numbers.u32().ok_or(Unreadable::Damaged)?;
    payload.clear();
    // Grows with what really arrives, so that a wrong length can't ask for memory that isn't there.
    let read = input.take(length).read_to_end(payload)?;
    if (read as u64) < length {
        return Err(Unreadable::Torn);
    }
    if check_sum(kind, payload) != sum {
        return Err(Unreadable::Damaged);
    }
    Ok(kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_by_itself_comes_back_or_is_refused() {
        for set in [PeopleSet::new(), (0..70_000u32).collect(), [1, 65_536, 9_000_000].into_iter().collect()]
        {
            let mut bytes = set.to_bytes();
            assert!(PeopleSet::from_bytes(&bytes).unwrap().iter().eq(set.iter()));
            let last = bytes.len() - 5;
            bytes[last] ^= 1;
            assert!(PeopleSet::from_bytes(&bytes).is_err());
        }
        assert!(PeopleSet::from_bytes(&[1, 2]).is_err());
    }
}
