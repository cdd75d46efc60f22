//! A question to the index: who matches, how many, is she one of them, and why.

use super::bound::{Bound, Order, bind};
use super::lower::lower;
use super::node::{Node, and};
use crate::bits::{Bitmap, Pool, halves, whole};
use crate::index::{Bar, ELIGIBLE, Index, KNOWN};
use crate::language::{Code, Day, Expr, Place, Refusal};
use crate::set::PeopleSet;

/// What the answer is for. Whoever is barred from a purpose is not in an audience for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// Figures and service: nobody is barred.
    Figures,
    Promotion,
    /// Recommendations and the like, that aren't advertising.
    Personalisation,
    /// Advertising chosen by tags or behaviour.
    PersonalPromotion,
}

impl Purpose {
    const fn bars(self) -> &'static [Bar] {
        match self {
            Self::Figures => &[],
            Self::Promotion => &[Bar::Promotion],
            Self::Personalisation => &[Bar::Personalisation],
            Self::PersonalPromotion => &[Bar::Promotion, Bar::Personalisation],
        }
    }
}

/// Whether those who don't count (staff, house accounts…) are left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Whom {
    #[default]
    ThoseWhoCount,
    Everybody,
}

/// A checked expression with everything that bounds its answer. Make it once, ask it often; it sees the index as it
/// is at each call.
#[derive(Clone, Debug)]
pub struct Question<'a> {
    pub(super) index: &'a Index,
    pub(super) expr: &'a Expr,
    pub(super) today: Day,
    pub(super) node: Node,
    /// What the purpose needs besides: no line of the expression, but a bound of the answer.
    pub(super) need: Node,
    purpose: Purpose,
    whom: Whom,
    within: Option<&'a PeopleSet>,
}

impl<'a> Question<'a> {
    /// # Errors
    /// When the expression is out of bounds, as [`Expr::check`] says.
    pub fn new(index: &'a Index, expr: &'a Expr, today: Day, purpose: Purpose) -> Result<Self, Refusal> {
        expr.check()?;
        let node = lower(index, expr, today);
        let (need, whom) = (Node::Everybody, Whom::default());
        Ok(Self { index, expr, today, node, need, purpose, whom, within: None })
    }

    /// Only people for whom this holds as well may be used, such as those who consented. Whoever lacks it is barred.
    #[must_use]
    pub fn needing(mut self, need: &Expr) -> Self {
        self.need = lower(self.index, need, self.today);
        self
    }

    /// Only these people, such as those the asker may see. Applies to everything asked.
    #[must_use]
    pub fn within(mut self, reach: &'a PeopleSet) -> Self {
        self.within = Some(reach);
        self
    }

    #[must_use]
    pub fn among(mut self, whom: Whom) -> Self {
        self.whom = whom;
        self
    }

    /// Containers of 65,536 people that an answer about everybody reads at most. About 0.2–1 µs each.
    #[must_use]
    pub fn cost(&self) -> u64 {
        let bound = self.bound();
        bound.cost() * self.keys().len() as u64
    }

    /// # Errors
    /// [`Code::TooCostly`] when an answer may read more containers than that.
    pub fn at_most(self, cost: u64) -> Result<Self, Refusal> {
        let needed = self.cost();
        if needed <= cost {
            return Ok(self);
        }
        Err(Refusal::new(Code::TooCostly, Place::Whole).with("cost", needed).with("most", cost))
    }

    /// How many match.
    #[must_use]
    pub fn count(&self) -> u64 {
        let (bound, pool) = (self.bound(), &mut Pool::default());
        self.keys().iter().map(|key| u64::from(bound.count(*key, pool))).sum()
    }

    /// The same on several threads of its own. Worth it from some ten million people on.
    #[must_use]
    pub fn count_on(&self, threads: usize) -> u64 {
        let keys = self.keys();
        let share = keys.len().div_ceil(threads.max(1)).max(1);
        let count = |keys: &[u16]| {
            let (bound, pool) = (self.bound(), &mut Pool::default());
            keys.iter().map(|key| u64::from(bound.count(*key, pool))).sum::<u64>()
        };
        std::thread::scope(|scope| {
            let parts: Vec<_> = keys.chunks(share).map(|keys| scope.spawn(move || count(keys))).collect();
            parts.into_iter().map(|part| part.join().unwrap_or_else(|e| std::panic::resume_unwind(e))).sum()
        })
    }

    /// A page: the first `most` people with higher numbers than `after`, ascending. Stops as soon as it is full.
    #[must_use]
    pub fn first(&self, most: usize, after: Option<u32>) -> Vec<u32> {
        let (bound, pool) = (self.bound(), &mut Pool::default());
        let from = after.map_or(Some(0), |after| after.checked_add(1));
        let (Some(from), mut page) = (from, Vec::new()) else { return Vec::new() };
        let keys = self.keys();
        let begin = keys.partition_point(|key| *key < halves(from).0);
        for key in &keys[begin..] {
            if page.len() >= most {
                break;
            }
            let block = bound.block(*key, pool);
            block.for_each(|low| {
                let person = whole(*key, low);
                if person >= from && page.len() < most {
                    page.push(person);
                }
            });
            pool.give(block);
        }
        page
    }

    /// All of them, as a set.
    #[must_use]
    pub fn people(&self) -> PeopleSet {
        let (bound, pool) = (self.bound(), &mut Pool::default());
        let mut people = Bitmap::default();
        for key in self.keys() {
            let block = bound.block(*key, pool);
            if let Some(container) = block.to_container() {
                people.keys.push(*key);
                people.containers.push(container);
            }
            pool.give(block);
        }
        PeopleSet(people)
    }

    #[must_use]
    pub fn contains(&self, person: u32) -> bool {
        self.bound().holds(person)
    }

    pub(super) fn may_see(&self, person: u32) -> bool {
        self.within.is_none_or(|reach| reach.contains(person))
    }

    pub(super) fn counts(&self, person: u32) -> bool {
        self.index.sets[self.base() as usize].contains(person)
    }

    pub(super) fn is_barred(&self, person: u32) -> bool {
        self.purpose.bars().iter().any(|bar| self.index.sets[bar.set() as usize].contains(person))
    }

    const fn base(&self) -> u32 {
        match self.whom {
            Whom::ThoseWhoCount => ELIGIBLE,
            Whom::Everybody => KNOWN,
        }
    }

    /// The containers that can hold anybody.
    pub(super) fn keys(&self) -> &'a [u16] {
        let base = &self.index.sets[self.base() as usize].keys;
        match self.within {
            Some(reach) if reach.0.keys.len() < base.len() => &reach.0.keys,
            _ => base,
        }
    }

    pub(super) fn bars(&self) -> Vec<Node> {
        self.purpose.bars().iter().map(|bar| Node::Set(bar.set())).collect()
    }

    pub(super) fn bound(&self) -> Bound<'a> {
        let all = vec![Node::Set(self.base()), self.node.clone(), self.need.clone()];
        self.reached(&and(all, self.bars()))
    }

    /// Those for whom it holds, barred or not.
    pub(super) fn holding(&self) -> Bound<'a> {
        self.reached(&and(vec![Node::Set(self.base()), self.node.clone()], Vec::new()))
    }

    /// Those who are asked about.
    pub(super) fn meant(&self) -> Bound<'a> {
        self.reached(&Node::Set(self.base()))
    }

    fn reached(&self, node: &Node) -> Bound<'a> {
        let bound = bind(self.index, node, Order::BySize);
        let Some(reach) = self.within else { return bound };
        match bound {
            Bound::And { mut yes, no } => {
                yes.push(Bound::Set(&reach.0));
                Bound::and(yes, no)
            }
            bound => Bound::and(vec![bound, Bound::Set(&reach.0)], Vec::new()),
        }
    }
}
