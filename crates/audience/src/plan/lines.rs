//! What each line of a segment contributes: how many it holds for, whether it holds for one person, what segments
//! share.

use super::answer::Wanted;
use super::bound::{Order, bind};
use super::lower::lower;
use super::question::Question;
use crate::bits::{Block, Pool};
use crate::language::Expr;

/// How many people a line holds for by itself, among those the question is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineCount {
    /// The index taken in each group on the way down; empty for the whole.
    pub path: Vec<usize>,
    pub count: u64,
}

/// Whether a line holds for a person, and the lines inside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineHolds<'e> {
    pub expr: &'e Expr,
    pub holds: bool,
    pub lines: Vec<LineHolds<'e>>,
}

/// Why a person is in an audience or isn't.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Why<'e> {
    pub matches: bool,
    /// She is a customer, and nothing that makes her not count. Always true among everybody known.
    pub counts: bool,
    /// She is barred from the purpose.
    pub barred: bool,
    pub line: LineHolds<'e>,
}

impl<'a> Question<'a> {
    /// Why she is in or isn't. `None` when the asker may not see her.
    #[must_use]
    pub fn explain(&self, person: u32) -> Option<Why<'a>> {
        if !self.may_see(person) {
            return None;
        }
        let (counts, barred) = (self.counts(person), self.is_barred(person));
        let line = self.holds(self.expr, person);
        Some(Why { matches: counts && !barred && line.holds, counts, barred, line })
    }

    fn holds(&self, expr: &'a Expr, person: u32) -> LineHolds<'a> {
        let lines: Vec<LineHolds<'a>> = expr.lines().iter().map(|line| self.holds(line, person)).collect();
        let holds = match expr {
            Expr::All(_) => lines.iter().all(|line| line.holds),
            Expr::Any(_) => lines.iter().any(|line| line.holds),
            Expr::None(_) => !lines.iter().any(|line| line.holds),
            Expr::Is(_) => {
                let node = lower(self.index, expr, self.today);
                bind(self.index, &node, Order::AsWritten).holds(person)
            }
        };
        LineHolds { expr, holds, lines }
    }

    /// A count for every line and group, from top to bottom, the whole first.
    #[must_use]
    pub fn counts_per_line(&self) -> Vec<LineCount> {
        self.answer(Wanted { lines: true, first: 0 }).lines
    }
}

/// How many people each two segments share; the diagonal holds their sizes. All questions must be to one index.
///
/// Container by container, so that no segment is ever held whole.
#[must_use]
pub fn overlap_matrix(questions: &[Question<'_>]) -> Vec<Vec<u64>> {
    let mut keys: Vec<u16> = questions.iter().flat_map(|q| q.keys()).copied().collect();
    keys.sort_unstable();
    keys.dedup();
    let bounds: Vec<_> = questions.iter().map(Question::bound).collect();
    let mut matrix = vec![vec![0; questions.len()]; questions.len()];
    let pool = &mut Pool::default();
    for key in keys {
        let blocks: Vec<Block<'_>> = bounds.iter().map(|bound| bound.block(key, pool)).collect();
        for (i, block) in blocks.iter().enumerate() {
            matrix[i][i] += u64::from(block.count());
            for (j, other) in blocks.iter().enumerate().skip(i + 1) {
                let shared = u64::from(block.and_count(other));
                matrix[i][j] += shared;
                matrix[j][i] += shared;
            }
        }
        blocks.into_iter().for_each(|block| pool.give(block));
    }
    matrix
}
