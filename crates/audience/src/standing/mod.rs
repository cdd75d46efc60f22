//! Standing segments: kept right while facts come in, at a cost that follows the change and not the size.
//!
//! Each fact marks the person under the set, number or timeline it touched. [`Standing::settle`] hands the marks to
//! the segments that look there, asks for the marked people only (or for their container of 65,536, when many are
//! marked), and tells who entered and who left. A segment's people are a set of the index like any other, so segments
//! may refer to segments.

mod circle;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use crate::bits::{Block, Container, Pool, halves, whole};
use crate::index::{Dirty, ELIGIBLE, Index, Marks, Source, names};
use crate::language::{Condition, Day, Expr, Facet, Refusal, TextTest};
use crate::plan::bound::{Bound, Order, bind};
use crate::plan::lower::{lower, note_names};
use crate::plan::node::{Node, and};
use crate::set::PeopleSet;

/// Somebody entered or left a segment. Each move is told exactly once.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Delta {
    pub segment: Arc<str>,
    pub person: u32,
    pub moved: Moved,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Moved {
    Entered,
    Left,
}

/// The segments that are kept up to date. Belongs to one index, and must see all of its changes.
#[derive(Debug)]
pub struct Standing {
    today: Day,
    segments: Vec<Option<Segment>>,
    numbers: BTreeMap<String, usize>,
    watchers: HashMap<Source, BTreeSet<usize>>,
    /// Whoever is referred to comes first. Empty when it must be worked out again.
    order: Vec<usize>,
}

#[derive(Debug)]
struct Segment {
    id: Arc<str>,
    expr: Expr,
    node: Node,
    /// Where its people are.
    set: u32,
    sources: BTreeSet<Source>,
    dirty: Dirty,
}

impl Standing {
    /// From here on the index remembers what changes.
    #[must_use]
    pub fn new(index: &mut Index, today: Day) -> Self {
        index.touched.watch();
        Self {
            today,
            segments: Vec::new(),
            numbers: BTreeMap::new(),
            watchers: HashMap::new(),
            order: Vec::new(),
        }
    }

    #[must_use]
    pub const fn today(&self) -> Day {
        self.today
    }

    /// Adds a segment, or gives one another expression. Its people are known after the next [`Standing::settle`],
    /// which also tells them as moves: all of them for a new segment, the difference for a changed one. After a
    /// snapshot was loaded its people are still there, so a segment defined again moves only who changed since.
    ///
    /// # Errors
    /// When the expression is out of bounds, or refers back to this segment; nothing changes then.
    pub fn define(&mut self, index: &mut Index, id: &str, expr: Expr) -> Result<(), Refusal> {
        expr.check()?;
        circle::refuse(id, &expr, |other| self.segment(other).map(|segment| &segment.expr))?;
        note_names(index, &expr);
        let set = index.set_named(&names::facet(Facet::Segment, id));
        let number = match self.numbers.get(id) {
            Some(number) => *number,
            None => {
                self.segments.push(None);
                self.numbers.insert(id.to_owned(), self.segments.len() - 1);
                self.segments.len() - 1
            }
        };
        self.unwatch(number);
        let mut segment = Segment {
            id: id.into(),
            node: Node::Nobody,
            expr,
            set,
            sources: BTreeSet::new(),
            dirty: Dirty::default(),
        };
        let keys = index.sets[ELIGIBLE as usize].keys.iter().chain(&index.sets[set as usize].keys);
        segment.dirty.mark_whole(keys.copied());
        self.segments[number] = Some(segment);
        self.plan(index, number);
        self.order.clear();
        Ok(())
    }

    /// Drops a segment. Its people are gone from it at once, without being told as moves; segments that refer to it
    /// notice at the next [`Standing::settle`].
    pub fn remove(&mut self, index: &mut Index, id: &str) {
        let Some(number) = self.numbers.remove(id) else { return };
        self.unwatch(number);
        if let Some(segment) = self.segments[number].take() {
            let people = std::mem::take(&mut index.sets[segment.set as usize]);
            index.touched.mark_whole(Source::Set(segment.set), people.keys.iter().copied());
        }
        self.order.clear();
    }

    /// Moves to another day: windows end elsewhere, babies grow. Looks only at segments in which a day matters, and
    /// there only at the containers in which somebody ever did what they ask for.
    pub fn advance_to(&mut self, index: &Index, today: Day) {
        if today == self.today {
            return;
        }
        self.today = today;
        for number in 0..self.segments.len() {
            let Some(segment) = &self.segments[number] else { continue };
            if !segment.expr.depends_on_today() {
                continue;
            }
            let mut keys = timely_keys(index, &segment.sources);
            self.plan(index, number);
            let Some(segment) = &mut self.segments[number] else { continue };
            keys.extend(timely_keys(index, &segment.sources));
            segment.dirty.mark_whole(keys);
        }
    }

    /// Brings every segment up to date and tells who moved: segments in an order in which none comes before one it
    /// refers to, people ascending within each.
    pub fn settle(&mut self, index: &mut Index) -> Vec<Delta> {
        let mut deltas = Vec::new();
        self.bring_up_to_date(index, |segment, person, moved| {
            deltas.push(Delta { segment: Arc::clone(segment), person, moved });
        });
        deltas
    }

    /// The same without telling who moved, only how many: for the first fill of many segments.
    pub fn fill(&mut self, index: &mut Index) -> u64 {
        let mut count = 0;
        self.bring_up_to_date(index, |_, _, _| count += 1);
        count
    }

    fn bring_up_to_date(&mut self, index: &mut Index, mut tell: impl FnMut(&Arc<str>, u32, Moved)) {
        self.see_new_values(index);
        for (source, dirty) in index.touched.take() {
            self.hand_on(source, &dirty);
        }
        if self.order.is_empty() {
            self.order = self.in_order();
        }
        let mut pool = Pool::default();
        for number in self.order.clone() {
            let Some(segment) = &mut self.segments[number] else { continue };
            if segment.dirty.is_empty() {
                continue;
            }
            let mut dirty = std::mem::take(&mut segment.dirty);
            let changes = changes(index, segment, &dirty.in_order(), &mut pool);
            let (id, set) = (Arc::clone(&segment.id), segment.set);
            for change in changes {
                change.moved.iter().for_each(|(low, moved)| tell(&id, whole(change.key, *low), *moved));
                write(index, set, change);
            }
            if let Some(dirty) = index.touched.take_source(Source::Set(set)) {
                self.hand_on(Source::Set(set), &dirty);
            }
        }
    }

    /// A segment's people, as of the last [`Standing::settle`]. `None` when there is no such segment.
    #[must_use]
    pub fn people(&self, index: &Index, id: &str) -> Option<PeopleSet> {
        self.segment(id).map(|segment| PeopleSet(index.sets[segment.set as usize].clone()))
    }

    /// How many they are.
    #[must_use]
    pub fn count(&self, index: &Index, id: &str) -> Option<u64> {
        self.segment(id).map(|segment| index.sets[segment.set as usize].len())
    }

    /// The ids of all segments, in order.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.numbers.keys().map(String::as_str)
    }

    fn segment(&self, id: &str) -> Option<&Segment> {
        self.segments[*self.numbers.get(id)?].as_ref()
    }

    /// Lowers a segment for today and watches what it looks at.
    fn plan(&mut self, index: &Index, number: usize) {
        self.unwatch(number);
        let Some(segment) = &mut self.segments[number] else { return };
        let node = lower(index, &segment.expr, self.today);
        segment.node = and(vec![Node::Set(ELIGIBLE), node], Vec::new());
        segment.sources.clear();
        collect(&segment.node, &mut segment.sources);
        // Even a segment that is nobody for now must notice who counts.
        segment.sources.insert(Source::Set(ELIGIBLE));
        for source in &segment.sources {
            self.watchers.entry(*source).or_default().insert(number);
        }
    }

    fn unwatch(&mut self, number: usize) {
        let Some(segment) = &self.segments[number] else { return };
        for source in &segment.sources {
            if let Some(watchers) = self.watchers.get_mut(source) {
                watchers.remove(&number);
            }
        }
    }

    fn hand_on(&mut self, source: Source, dirty: &Dirty) {
        let Some(watchers) = self.watchers.get(&source) else { return };
        for number in watchers {
            if let Some(segment) = &mut self.segments[*number] {
                segment.dirty.merge(dirty);
            }
        }
    }

    /// A value that a text field never had before may contain what a segment looks for.
    fn see_new_values(&mut self, index: &mut Index) {
        let new = index.touched.take_new_sets();
        let new: Vec<&str> = new.iter().map(|set| &*index.set_names.texts[*set as usize]).collect();
        let new: Vec<&str> = new.into_iter().filter(|name| name.starts_with("text\u{1f}")).collect();
        if new.is_empty() {
            return;
        }
        let concerned = |segment: &Segment| {
            let starts: Vec<String> = contained_fields(&segment.expr).map(names::text_start).collect();
            new.iter().any(|name| starts.iter().any(|start| name.starts_with(start.as_str())))
        };
        let numbers: Vec<usize> = (0..self.segments.len())
            .filter(|number| self.segments[*number].as_ref().is_some_and(concerned))
            .collect();
        for number in numbers {
            self.plan(index, number);
        }
    }

    /// Whoever is referred to first; otherwise in the order of ids.
    fn in_order(&self) -> Vec<usize> {
        let (mut order, mut seen) = (Vec::new(), BTreeSet::new());
        for first in self.numbers.values() {
            let mut open = vec![(*first, false)];
            while let Some((number, entered)) = open.pop() {
                if entered {
                    order.push(number);
                    continue;
                }
                if !seen.insert(number) {
                    continue;
                }
                open.push((number, true));
                let expr = self.segments[number].as_ref().map(|segment| &segment.expr);
                let refers: BTreeSet<&str> = expr.map(Expr::segments).unwrap_or_default();
                open.extend(refers.iter().rev().filter_map(|id| self.numbers.get(*id)).map(|n| (*n, false)));
            }
        }
        order
    }
}

fn contained_fields(expr: &Expr) -> impl Iterator<Item = &str> {
    expr.leaves().into_iter().filter_map(|leaf| match leaf.condition {
        Condition::Text { field, test: TextTest::Contains(_) } => Some(field.id.as_str()),
        _ => None,
    })
}

fn collect(node: &Node, sources: &mut BTreeSet<Source>) {
    match node {
        Node::Nobody | Node::Everybody => {}
        Node::Set(set) => _ = sources.insert(Source::Set(*set)),
        Node::Number { number, .. } => _ = sources.insert(Source::Number(*number)),
        Node::Times { timelines, .. } => sources.extend(timelines.iter().map(|t| Source::Timeline(*t))),
        Node::Since { times, .. } => _ = sources.insert(Source::Timeline(*times)),
        Node::Sum { .. } => _ = sources.insert(Source::Ledger),
        Node::Or(nodes) => nodes.iter().for_each(|node| collect(node, sources)),
        Node::And { yes, no } => yes.iter().chain(no).for_each(|node| collect(node, sources)),
    }
}

/// The containers in which a day can make a difference.
fn timely_keys(index: &Index, sources: &BTreeSet<Source>) -> BTreeSet<u16> {
    let keys = sources.iter().flat_map(|source| match source {
        Source::Set(_) => Vec::new(),
        Source::Number(number) => index.numbers[*number as usize].keys.clone(),
        Source::Timeline(times) => index.times[*times as usize].keys(),
        Source::Ledger => index.ledger.ever.keys.clone(),
    });
    keys.collect()
}

/// What changes in one container of a segment.
struct ContainerChange {
    key: u16,
    /// Ascending.
    moved: Vec<(u16, Moved)>,
    /// All that are in it now, where the container was looked at as a whole.
    now: Option<Option<Container>>,
}

type Marked<'d> = (u16, Marks<'d>);

fn changes(index: &Index, segment: &Segment, dirty: &[Marked<'_>], pool: &mut Pool) -> Vec<ContainerChange> {
    // Putting operands in order costs more than asking for a few people.
    let any_whole = dirty.iter().any(|(_, marks)| *marks == Marks::Whole);
    let order = if any_whole { Order::BySize } else { Order::AsWritten };
    let (bound, before) = (bind(index, &segment.node, order), &index.sets[segment.set as usize]);
    let mut changes = Vec::new();
    for (key, marks) in dirty {
        let change = match marks {
            Marks::People(people) => {
                let moved = single_moves(&bound, before.container(*key), people);
                ContainerChange { key: *key, moved, now: None }
            }
            Marks::Whole => {
                let now = bound.block(*key, pool).to_container();
                let moved = container_moves(before.container(*key), now.as_ref(), pool);
                ContainerChange { key: *key, moved, now: Some(now) }
            }
        };
        if !change.moved.is_empty() {
            changes.push(change);
        }
    }
    changes
}

fn single_moves(bound: &Bound<'_>, before: Option<&Container>, people: &[u32]) -> Vec<(u16, Moved)> {
    let moved = people.iter().filter_map(|person| {
        let low = halves(*person).1;
        let was = before.is_some_and(|container| container.contains(low));
        match (was, bound.holds(*person)) {
            (false, true) => Some((low, Moved::Entered)),
            (true, false) => Some((low, Moved::Left)),
            _ => None,
        }
    });
    moved.collect()
}

fn container_moves(
    before: Option<&Container>,
    now: Option<&Container>,
    pool: &mut Pool,
) -> Vec<(u16, Moved)> {
    let mut moved = Vec::new();
    for (one, other, how) in [(now, before, Moved::Entered), (before, now, Moved::Left)] {
        let (one, other) = (Block::of(one, pool), Block::of(other, pool));
        let block = one.minus(other, pool);
        block.for_each(|low| moved.push((low, how)));
        pool.give(block);
    }
    moved.sort_unstable_by_key(|(low, _)| *low);
    moved
}

fn write(index: &mut Index, set: u32, change: ContainerChange) {
    let people = &mut index.sets[set as usize];
    let source = Source::Set(set);
    match change.now {
        Some(now) => {
            people.put_container(change.key, now);
            index.touched.mark_whole(source, [change.key]);
        }
        None => {
            for (low, moved) in change.moved {
                let person = whole(change.key, low);
                people.put(person, moved == Moved::Entered);
                index.touched.mark(source, person);
            }
        }
    }
}
