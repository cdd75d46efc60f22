//! Where a wording is wrong: in the text that was typed, or in the tree that a builder sent.

use audience::Expr;
use audience::language::{Condition, Place, Spot};
use serde::Serialize;
use utoipa::ToSchema;

/// A place in a text (`offset` and `length` in bytes, `line` and `column` from 1) or in a tree (the index taken in
/// each group on the way down).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = SegmentPlace)]
pub struct PlaceView {
    pub offset: Option<usize>,
    pub length: Option<usize>,
    pub line: Option<usize>,
    pub column: Option<usize>,
    pub path: Option<Vec<usize>>,
}

impl PlaceView {
    #[must_use]
    pub fn of_path(path: &[usize]) -> Self {
        Self { path: Some(path.to_vec()), ..Self::default() }
    }

    pub(super) const fn of_spot(spot: Spot) -> Self {
        Self {
            offset: Some(spot.offset),
            length: Some(spot.length),
            line: Some(spot.line),
            column: Some(spot.column),
            path: None,
        }
    }

    #[must_use]
    pub fn of(place: &Place) -> Self {
        match place {
            Place::Text(spot) => Self::of_spot(*spot),
            Place::Line(path) => Self::of_path(path),
            Place::Whole => Self::default(),
        }
    }
}

/// The place of an id in a text: its occurrence there that stands for the line at the path. Lines of the tree and
/// words of the text are in the same order. Without an id, or when it isn't found, the path alone.
pub(super) fn in_text(text: &str, expr: &Expr, (path, id): (&[usize], &str)) -> PlaceView {
    let found = (!id.is_empty()).then(|| occurrence(text, id, before(expr, path, id))).flatten();
    let Some((offset, length)) = found else { return PlaceView::of_path(path) };
    let (line, column) = line_and_column(text, offset);
    let spot = Spot { offset, length, line, column };
    PlaceView { path: Some(path.to_vec()), ..PlaceView::of_spot(spot) }
}

/// How often the id is named before the line.
fn before(expr: &Expr, path: &[usize], id: &str) -> usize {
    let leaves = expr.leaves();
    let earlier = leaves.iter().take_while(|leaf| leaf.path != path);
    earlier.map(|leaf| ids(leaf.condition).into_iter().filter(|named| *named == id).count()).sum()
}

fn ids(condition: &Condition) -> Vec<&str> {
    use audience::language::Named;
    let id = |named| match named {
        Named::In(_, r) | Named::Field(r) | Named::Purpose(r) | Named::Subject(_, r) => r.id.as_str(),
        Named::Event(name) => name,
    };
    condition.named().into_iter().map(id).collect()
}

/// Byte offset and length of the n-th word or quoted text that is the id; of the first when there are fewer.
fn occurrence(text: &str, id: &str, nth: usize) -> Option<(usize, usize)> {
    let part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
    let whole = |at: usize| {
        let (head, tail) = (&text[..at], &text[at + id.len()..]);
        let line = head.rfind('\n').map_or(head, |n| &head[n + 1..]);
        !head.ends_with(part) && !tail.starts_with(part) && !line.trim_start().starts_with('#')
    };
    let places: Vec<usize> = text.match_indices(id).map(|(at, _)| at).filter(|at| whole(*at)).collect();
    places.get(nth).or(places.first()).map(|at| (*at, id.len()))
}

fn line_and_column(text: &str, offset: usize) -> (usize, usize) {
    let head = &text[..offset];
    let start = head.rfind('\n').map_or(0, |n| n + 1);
    (head.matches('\n').count() + 1, head[start..].chars().count() + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use audience::parse;

    #[test]
    fn the_second_mention_is_found_at_its_own_line() {
        let text = "tag \"a\"\n# tag \"b\"\nnot group \"x\" @b\nany { tag any of (\"c\", \"b\") }";
        let expr = parse(text).unwrap();
        let place = in_text(text, &expr, (&[2, 0], "b"));
        assert_eq!((place.line, place.column), (Some(4), Some(25)));
        let first = in_text(text, &expr, (&[1, 0], "b"));
        assert_eq!(first.line, Some(3));
        assert_eq!(in_text(text, &expr, (&[0], "zz")).path, Some(vec![0]));
    }
}
