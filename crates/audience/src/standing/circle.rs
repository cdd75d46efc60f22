//! Segments may refer to segments, but not in a circle.

use std::collections::BTreeSet;

use crate::language::{Code, Expr, Place, Refusal};

/// # Errors
/// [`Code::Circle`] when `id`, defined so, would refer to itself; `path` names the way round: `a > b > a`.
pub fn refuse<'e>(
    id: &str,
    expr: &'e Expr,
    defined: impl Fn(&str) -> Option<&'e Expr>,
) -> Result<(), Refusal> {
    let mut seen = BTreeSet::new();
    let mut open: Vec<Vec<&str>> = expr.segments().into_iter().map(|next| vec![next]).collect();
    while let Some(path) = open.pop() {
        let Some(last) = path.last().copied() else { continue };
        if last == id {
            let way: Vec<&str> = std::iter::once(id).chain(path).collect();
            return Err(Refusal::new(Code::Circle, Place::Whole).with("path", way.join(" > ")));
        }
        if !seen.insert(last) {
            continue;
        }
        let next = defined(last).map(Expr::segments).unwrap_or_default();
        open.extend(next.into_iter().map(|next| [path.as_slice(), &[next]].concat()));
    }
    Ok(())
}
