//! What the product asks of a tree: is it in bounds, what does it name, what does it depend on.

use std::collections::BTreeSet;

use super::expr::{Condition, Expr, Facet, Range, Ref, TextTest, When, Window};
use super::refusal::{Code, DEEPEST, LONGEST_WINDOW, MOST_REFS, MOST_TERMS, Place, Refusal};

/// A condition and where it stands: the index taken in each group on the way down.
#[derive(Clone, Debug)]
pub struct Leaf<'e> {
    pub path: Vec<usize>,
    pub condition: &'e Condition,
}

/// What a condition names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Named<'e> {
    In(Facet, &'e Ref),
    Field(&'e Ref),
    Purpose(&'e Ref),
    /// What an act was done to or in, and the act's word.
    Subject(&'static str, &'e Ref),
    Event(&'e str),
}

impl Expr {
    /// The lines inside a group; empty for a condition.
    #[must_use]
    pub fn lines(&self) -> &[Expr] {
        match self {
            Self::All(lines) | Self::Any(lines) | Self::None(lines) => lines,
            Self::Is(_) => &[],
        }
    }

    /// Every condition from top to bottom. Deep trees cost memory, not stack.
    #[must_use]
    pub fn leaves(&self) -> Vec<Leaf<'_>> {
        let mut leaves = Vec::new();
        let mut open = vec![(Vec::new(), self)];
        while let Some((path, expr)) = open.pop() {
            if let Self::Is(condition) = expr {
                leaves.push(Leaf { path, condition });
                continue;
            }
            for (i, line) in expr.lines().iter().enumerate().rev() {
                let mut path = path.clone();
                path.push(i);
                open.push((path, line));
            }
        }
        leaves
    }

    /// The part at a place, as in [`Place::Line`].
    #[must_use]
    pub fn at(&self, path: &[usize]) -> Option<&Expr> {
        path.iter().try_fold(self, |expr, i| expr.lines().get(*i))
    }

    /// The segments it refers to, in order of their ids.
    #[must_use]
    pub fn segments(&self) -> BTreeSet<&str> {
        let mut found = BTreeSet::new();
        for leaf in self.leaves() {
            if let Condition::In { facet: Facet::Segment, of, .. } = leaf.condition {
                found.extend(of.iter().map(|r| r.id.as_str()));
            }
        }
        found
    }

    /// Whether the answer changes when a day passes and nothing happens.
    #[must_use]
    pub fn depends_on_today(&self) -> bool {
        self.leaves().iter().any(|leaf| leaf.condition.depends_on_today())
    }

    /// Holds a tree from outside, such as from JSON, to the same bounds as a text.
    ///
    /// # Errors
    /// The first line out of bounds, with its place in the tree.
    pub fn check(&self) -> Result<(), Refusal> {
        let (mut terms, mut groups, mut refs) = (0, 0, 0);
        let mut open: Vec<(Vec<usize>, &Expr)> = vec![(Vec::new(), self)];
        while let Some((path, expr)) = open.pop() {
            let refuse = |code| Refusal::new(code, Place::Line(path.clone()));
            if path.len() > DEEPEST || path.len() == DEEPEST && !matches!(expr, Self::Is(_)) {
                return Err(refuse(Code::TooDeep).with("most", DEEPEST));
            }
            if let Self::Is(condition) = expr {
                terms += 1;
                refs += condition.named().len() + condition.values();
                if terms > MOST_TERMS {
                    return Err(refuse(Code::TooManyTerms).with("most", MOST_TERMS));
                }
                if refs > MOST_REFS {
                    return Err(refuse(Code::TooManyRefs).with("most", MOST_REFS));
                }
                condition.check().map_err(|code| refuse(code).with("most", LONGEST_WINDOW))?;
            }
            groups += usize::from(!matches!(expr, Self::Is(_)));
            if groups > MOST_TERMS {
                return Err(refuse(Code::TooManyTerms).with("most", MOST_TERMS));
            }
            for (i, line) in expr.lines().iter().enumerate().rev() {
                open.push(([path.as_slice(), &[i]].concat(), line));
            }
        }
        Ok(())
    }
}

impl Condition {
    /// Everything it names, in order.
    #[must_use]
    pub fn named(&self) -> Vec<Named<'_>> {
        match self {
            Self::In { facet, of, .. } => of.iter().map(|r| Named::In(*facet, r)).collect(),
            Self::Tagged { of, .. } => of.iter().map(|r| Named::In(Facet::Tag, r)).collect(),
            Self::Did { act, of, .. } | Self::LastDid { act, of, .. } => {
                let event = match act {
                    super::Act::Event(name) => Some(Named::Event(name)),
                    _ => None,
                };
                event.into_iter().chain(of.iter().map(|r| Named::Subject(act.word(), r))).collect()
            }
            Self::Spent { .. } | Self::Rfm { .. } => Vec::new(),
            Self::Consent { purpose, .. } => vec![Named::Purpose(purpose)],
            Self::Text { field, .. }
            | Self::Number { field, .. }
            | Self::Date { field, .. }
            | Self::Age { field, .. }
            | Self::Birthday { field, .. }
            | Self::YesNo { field, .. }
            | Self::Known { field } => vec![Named::Field(field)],
        }
    }

    /// Whether the answer changes when a day passes and nothing happens.
    #[must_use]
    pub fn depends_on_today(&self) -> bool {
        match self {
            Self::Tagged { window, .. } | Self::Did { window, .. } | Self::Spent { window, .. } => {
                matches!(window, Window::LastDays(_) | Window::DaysAgo { .. })
            }
            Self::LastDid { .. } | Self::Age { .. } | Self::Birthday { .. } => true,
            Self::Date { when, .. } => matches!(when, When::LastDays(_) | When::NextDays(_)),
            _ => false,
        }
    }

    fn values(&self) -> usize {
        match self {
            Self::Text { test: TextTest::OneOf(values) | TextTest::Contains(values), .. } => values.len(),
            _ => 0,
        }
    }

    fn check(&self) -> Result<(), Code> {
        match self {
            Self::In { of, .. } => filled(of),
            Self::Tagged { of, window, .. } => filled(of).and_then(|()| window_in_bounds(*window)),
            Self::Did { times, window, .. } => {
                range_in_order(*times).and_then(|()| window_in_bounds(*window))
            }
            Self::LastDid { days_ago, .. } => range_in_order(*days_ago),
            Self::Spent { amount, window } => {
                range_in_order(*amount).and_then(|()| window_in_bounds(*window))
            }
            Self::Text { test: TextTest::OneOf(values) | TextTest::Contains(values), .. } => filled(values),
            Self::Number { range, .. } | Self::Age { range, .. } => range_in_order(*range),
            Self::Date { when, .. } => match when {
                When::LastDays(days) | When::NextDays(days) => days_in_bounds(*days),
                When::Between { from, to } => window_in_bounds(Window::Between { from: *from, to: *to }),
            },
            Self::Birthday { next_days, .. } => days_in_bounds(*next_days),
            Self::Rfm { recency, frequency, money } => {
                let scores = [recency, frequency, money];
                match scores.iter().all(|s| s.is_open()) {
                    true => Err(Code::OpenRange),
                    false if scores.iter().any(|s| s.is_empty()) => Err(Code::EmptyRange),
                    false => Ok(()),
                }
            }
            Self::YesNo { .. } | Self::Known { .. } | Self::Consent { .. } => Ok(()),
        }
    }
}

fn filled<T>(list: &[T]) -> Result<(), Code> {
    if list.is_empty() { Err(Code::EmptyList) } else { Ok(()) }
}

fn range_in_order(range: Range) -> Result<(), Code> {
    match range {
        _ if range.is_open() => Err(Code::OpenRange),
        _ if range.is_empty() => Err(Code::EmptyRange),
        _ => Ok(()),
    }
}

fn days_in_bounds(days: u32) -> Result<(), Code> {
    if (1..=LONGEST_WINDOW).contains(&days) { Ok(()) } else { Err(Code::BadWindow) }
}

fn window_in_bounds(window: Window) -> Result<(), Code> {
    match window {
        Window::Ever => Ok(()),
        Window::LastDays(days) => days_in_bounds(days),
        Window::DaysAgo { nearest, farthest } if nearest > farthest => Err(Code::EmptyRange),
        Window::DaysAgo { farthest, .. } => days_in_bounds(farthest.max(1)),
        Window::Between { from: None, to: None } => Err(Code::OpenRange),
        Window::Between { from: Some(from), to: Some(to) } if from > to => Err(Code::EmptyRange),
        Window::Between { .. } => Ok(()),
    }
}
