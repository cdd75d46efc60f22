//! Everything that is wanted of a question at once: each part is worked out a single time per container, and whoever is
//! barred, and what the lines hold for by themselves, follow from what is there already.

use super::bound::{Bound, Order, bind};
use super::lines::LineCount;
use super::lower::lower;
use super::node::Node;
use super::question::Question;
use crate::bits::{Block, Pool, whole};
use crate::language::Expr;

/// What is wanted besides the number of people. Nothing more is worked out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// A count for every line and group. Each line is then worked out for everybody, however few the others leave.
    pub lines: bool,
    /// So many people, those with the lowest numbers.
    pub first: usize,
}

/// An answer in one piece.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answered {
    pub count: u64,
    /// For whom it holds, but who must not be used for the purpose.
    pub barred: u64,
    /// From top to bottom, the whole first; empty when not wanted.
    pub lines: Vec<LineCount>,
    /// Ascending.
    pub first: Vec<u32>,
}

impl Question<'_> {
    /// How many match, how many of those for whom it holds are barred, and whatever else is wanted.
    #[must_use]
    pub fn answer(&self, wanted: Wanted) -> Answered {
        let (limits, bound, pool) = (Limits::of(self), self.holding(), &mut Pool::default());
        let mut lines = wanted.lines.then(|| Lines::of(self));
        let mut answered = Answered::default();
        for key in self.keys() {
            let refused = limits.refused(*key, pool);
            match &mut lines {
                Some(lines) => {
                    let conditions = lines.conditions(*key, pool);
                    let meant = limits.meant.block(*key, pool);
                    let holds = lines.count(&conditions, &limits.used(&meant, *key, pool), pool);
                    let found = holds.and(meant, pool);
                    answered.take_in(*key, (found, refused), (wanted.first, pool));
                    conditions.into_iter().for_each(|block| pool.give(block));
                }
                // Where nobody is refused and nobody more is to be named, the number is enough.
                None if refused.is_plainly_empty() && answered.first.len() >= wanted.first => {
                    answered.count += u64::from(bound.count(*key, pool));
                }
                None => {
                    let found = bound.block(*key, pool);
                    answered.take_in(*key, (found, refused), (wanted.first, pool));
                }
            }
        }
        answered.lines = lines.map(|lines| lines.counted).unwrap_or_default();
        answered
    }
}

impl Answered {
    /// One container: for whom it holds, and who of all is not to be used.
    fn take_in(
        &mut self,
        key: u16,
        (found, refused): (Block<'_>, Block<'_>),
        (first, pool): (usize, &mut Pool),
    ) {
        let holds = u64::from(found.count());
        let used = found.minus(refused, pool);
        let count = u64::from(used.count());
        self.count += count;
        self.barred += holds - count;
        if self.first.len() < first {
            used.for_each(|low| {
                if self.first.len() < first {
                    self.first.push(whole(key, low));
                }
            });
        }
        pool.give(used);
    }
}

/// Who is looked at, and who of them must not be used.
struct Limits<'a> {
    meant: Bound<'a>,
    barred: Bound<'a>,
    need: Bound<'a>,
}

impl<'a> Limits<'a> {
    fn of(question: &Question<'a>) -> Self {
        let bind = |node: &Node| bind(question.index, node, Order::BySize);
        Self {
            meant: question.meant(),
            barred: Bound::Or(question.bars().iter().map(bind).collect()),
            need: bind(&question.need),
        }
    }

    fn refused(&self, key: u16, pool: &mut Pool) -> Block<'a> {
        let barred = self.barred.block(key, pool);
        if matches!(self.need, Bound::Everybody) {
            return barred;
        }
        let agreed = self.need.block(key, pool);
        Block::Full.minus(agreed, pool).or(barred, pool)
    }

    /// Those among whom a line is counted: what else the purpose needs is no line.
    fn used<'b>(&self, meant: &'b Block<'a>, key: u16, pool: &mut Pool) -> Block<'b> {
        let barred = self.barred.block(key, pool);
        meant.look().minus(barred, pool)
    }
}

/// The lines of an expression, each condition worked out once however often it is written.
struct Lines<'a> {
    expr: &'a Expr,
    conditions: Vec<(Node, Bound<'a>)>,
    /// By line from top to bottom: its condition's place, nothing for groups.
    places: Vec<Option<usize>>,
    counted: Vec<LineCount>,
}

impl<'a> Lines<'a> {
    fn of(question: &Question<'a>) -> Self {
        let expr = question.expr;
        let mut all = Self { expr, conditions: Vec::new(), places: Vec::new(), counted: Vec::new() };
        let mut open = vec![(Vec::new(), expr)];
        while let Some((path, expr)) = open.pop() {
            for (i, line) in expr.lines().iter().enumerate().rev() {
                open.push(([path.as_slice(), &[i]].concat(), line));
            }
            let place = match expr {
                Expr::Is(_) => Some(all.condition(question, expr)),
                _ => None,
            };
            all.places.push(place);
            all.counted.push(LineCount { path, count: 0 });
        }
        all
    }

    fn condition(&mut self, question: &Question<'a>, expr: &Expr) -> usize {
        let node = lower(question.index, expr, question.today);
        let known = self.conditions.iter().position(|(other, _)| *other == node);
        known.unwrap_or_else(|| {
            let bound = bind(question.index, &node, Order::BySize);
            self.conditions.push((node, bound));
            self.conditions.len() - 1
        })
    }

    fn conditions(&self, key: u16, pool: &mut Pool) -> Vec<Block<'a>> {
        self.conditions.iter().map(|(_, bound)| bound.block(key, pool)).collect()
    }

    /// Adds to every line's count, and answers for whom the whole holds, whoever counts or not.
    fn count<'b>(&mut self, conditions: &'b [Block<'a>], used: &Block<'_>, pool: &mut Pool) -> Block<'b> {
        let mut walk = Walk { conditions, used, places: &self.places, counted: &mut self.counted, at: 0 };
        walk.line(self.expr, pool)
    }
}

/// One container's way through the lines, from top to bottom.
struct Walk<'w, 'a, 'b> {
    conditions: &'b [Block<'a>],
    used: &'w Block<'w>,
    places: &'w [Option<usize>],
    counted: &'w mut [LineCount],
    at: usize,
}

impl<'b> Walk<'_, '_, 'b> {
    fn line(&mut self, expr: &Expr, pool: &mut Pool) -> Block<'b> {
        let at = self.at;
        self.at += 1;
        let block = match expr {
            Expr::Is(_) => self.places[at].map_or(Block::Empty, |place| self.conditions[place].look()),
            Expr::All(lines) => self.group(lines, (Block::Full, Block::and), pool),
            Expr::Any(lines) => self.group(lines, (Block::Empty, Block::or), pool),
            Expr::None(lines) => {
                let any = self.group(lines, (Block::Empty, Block::or), pool);
                Block::Full.minus(any, pool)
            }
        };
        self.counted[at].count += u64::from(self.used.and_count(&block));
        block
    }

    fn group(&mut self, lines: &[Expr], (start, join): (Block<'b>, Join<'b>), pool: &mut Pool) -> Block<'b> {
        let mut all = start;
        for line in lines {
            let block = self.line(line, pool);
            all = join(all, block, pool);
        }
        all
    }
}

type Join<'b> = fn(Block<'b>, Block<'b>, &mut Pool) -> Block<'b>;
