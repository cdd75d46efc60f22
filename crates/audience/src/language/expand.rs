//! Puts other segments' expressions in the place of references to them.

use std::collections::BTreeMap;

use super::expr::{Condition, Expr, Facet, How, Ref};
use super::refusal::{Code, DEEPEST, MOST_TERMS, Place, Refusal};

impl Expr {
    /// For a question whose segments don't stand in an index. A segment that `defined` doesn't know stays a reference.
    ///
    /// # Errors
    /// [`Code::Circle`] when segments refer to each other in a circle; otherwise what [`Expr::check`] says of the
    /// result, which may have become too long or too deep.
    pub fn expanded(&self, defined: &dyn Fn(&str) -> Option<Self>) -> Result<Self, Refusal> {
        self.check()?;
        let mut known = BTreeMap::new();
        let expanded = put_in(self, &mut Expanding { defined, known: &mut known, open: Vec::new() })?;
        expanded.check()?;
        Ok(expanded)
    }
}

struct Expanding<'d> {
    defined: &'d dyn Fn(&str) -> Option<Expr>,
    /// Each segment once, however often it is referred to.
    known: &'d mut BTreeMap<String, Option<Expr>>,
    /// The segments we are inside of.
    open: Vec<String>,
}

fn put_in(expr: &Expr, to: &mut Expanding<'_>) -> Result<Expr, Refusal> {
    let mut all = |lines: &[Expr]| lines.iter().map(|line| put_in(line, to)).collect::<Result<Vec<_>, _>>();
    match expr {
        Expr::All(lines) => all(lines).map(Expr::All),
        Expr::Any(lines) => all(lines).map(Expr::Any),
        Expr::None(lines) => all(lines).map(Expr::None),
        Expr::Is(Condition::In { facet: Facet::Segment, how, of }) => {
            let (mut segments, mut terms) = (Vec::new(), 0);
            for r in of {
                let segment = one(r, to)?;
                terms += segment.leaves().len();
                if terms > MOST_TERMS {
                    return Err(Refusal::new(Code::TooManyTerms, Place::Whole).with("most", MOST_TERMS));
                }
                segments.push(segment);
            }
            Ok(match (segments.len(), how) {
                (1, _) => segments.remove(0),
                (_, How::Any) => Expr::Any(segments),
                (_, How::All) => Expr::All(segments),
            })
        }
        other => Ok(other.clone()),
    }
}

fn one(r: &Ref, to: &mut Expanding<'_>) -> Result<Expr, Refusal> {
    if to.open.contains(&r.id) {
        let way = [to.open.join(" > "), r.id.clone()].join(" > ");
        return Err(Refusal::new(Code::Circle, Place::Whole).with("path", way));
    }
    // Definitions nested as deep as groups may be are refused before the stack feels them.
    if to.open.len() >= DEEPEST {
        return Err(Refusal::new(Code::TooDeep, Place::Whole).with("most", DEEPEST));
    }
    let known = match to.known.get(&r.id) {
        Some(known) => known.clone(),
        None => {
            let expanded = match (to.defined)(&r.id) {
                None => None,
                Some(expr) => {
                    expr.check()?;
                    to.open.push(r.id.clone());
                    let expanded = put_in(&expr, to)?;
                    to.open.pop();
                    // What is too large by itself can't become right, and must not be multiplied.
                    expanded.check()?;
                    Some(expanded)
                }
            };
            to.known.insert(r.id.clone(), expanded.clone());
            expanded
        }
    };
    Ok(known.unwrap_or_else(|| {
        Expr::Is(Condition::In { facet: Facet::Segment, how: How::Any, of: vec![r.clone()] })
    }))
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use super::*;

    fn defined(id: &str) -> Option<Expr> {
        let text = match id {
            "a" => "any { tag \"x\" ; segment \"b\" }",
            "b" => "tag \"y\"",
            "round" => "not segment \"about\"",
            "about" => "segment \"round\"",
            _ => return None,
        };
        parse(text).ok()
    }

    #[test]
    fn references_become_what_they_mean() {
        let expr = parse("segment \"a\"; not segment any of (\"b\", \"stranger\")").unwrap();
        let expanded = expr.expanded(&defined).unwrap().to_string();
        let expected =
            parse("any { tag \"x\" ; tag \"y\" }; none { any { tag \"y\" ; segment \"stranger\" } }");
        assert_eq!(expanded, expected.unwrap().to_string());
    }

    #[test]
    fn a_circle_is_refused_with_its_way() {
        let refusal = parse("segment \"round\"").unwrap().expanded(&defined).unwrap_err();
        assert_eq!((refusal.code, refusal.args[0].1.as_str()), (Code::Circle, "round > about > round"));
    }
}
