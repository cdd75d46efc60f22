//! Rules that would wake each other without end.

use std::collections::{BTreeMap, BTreeSet};

use super::rule::Body;

/// A ring of rules that would wake each other, by name, beginning and ending with the first; none when there is none.
#[must_use]
pub fn ring(rules: &[(String, Body)]) -> Option<Vec<String>> {
    let next: BTreeMap<usize, Vec<usize>> = (0..rules.len())
        .map(|n| (n, (0..rules.len()).filter(|m| rules[n].1.wakes_rule(&rules[*m].1)).collect()))
        .collect();
    let mut done = BTreeSet::new();
    for start in 0..rules.len() {
        let mut path = Vec::new();
        if let Some(ring) = walk(start, &next, &mut path, &mut done) {
            return Some(ring.into_iter().map(|n| rules[n].0.clone()).collect());
        }
    }
    None
}

fn walk(
    at: usize,
    next: &BTreeMap<usize, Vec<usize>>,
    path: &mut Vec<usize>,
    done: &mut BTreeSet<usize>,
) -> Option<Vec<usize>> {
    if let Some(begin) = path.iter().position(|n| *n == at) {
        let mut ring = path[begin..].to_vec();
        ring.push(at);
        return Some(ring);
    }
    if done.contains(&at) {
        return None;
    }
    path.push(at);
    for to in next.get(&at).into_iter().flatten() {
        if let Some(ring) = walk(*to, next, path, done) {
            return Some(ring);
        }
    }
    path.pop();
    done.insert(at);
    None
}

#[cfg(test)]
mod tests {
    use super::super::rule::{Happening, Trigger};
    use super::*;

    fn body(trigger: Trigger, add: &[&str], remove: &[&str]) -> Body {
        let list = |l: &[&str]| l.iter().map(|t| (*t).to_owned()).collect();
        Body { trigger, conditions: Vec::new(), add: list(add), remove: list(remove) }
    }
    fn tagged(tag: &str) -> Trigger {
        Trigger::Tagged { tags: vec![tag.to_owned()] }
    }

    #[test]
    fn a_ring_is_named_from_its_first_rule_to_itself() {
        let rules = [
            ("A".to_owned(), body(Trigger::Purchase {}, &["x"], &[])),
            ("B".to_owned(), body(tagged("x"), &["y"], &[])),
            ("C".to_owned(), body(tagged("y"), &[], &["z"])),
        ];
        assert_eq!(ring(&rules), None);
        let mut closed = rules.to_vec();
        closed.push(("D".to_owned(), body(Trigger::Untagged { tags: vec!["z".into()] }, &["x"], &[])));
        assert_eq!(ring(&closed), Some(["B", "C", "D", "B"].map(str::to_owned).to_vec()));
    }

    proptest::proptest! {
        #[test]
        fn rules_without_a_ring_end_by_themselves(edges in proptest::collection::vec((0..6usize, 0..6usize), 0..12)) {
            let rules: Vec<(String, Body)> = edges
                .iter()
                .enumerate()
                .map(|(n, (from, to))| (n.to_string(), body(tagged(&from.to_string()), &[&to.to_string()], &[])))
                .collect();
            // Spread one tag through all rules: with a ring some rule wakes again and again, without it none does.
            let mut endless = false;
            for start in 0..6 {
                let mut wave: BTreeSet<String> = [start.to_string()].into();
                for _ in 0..=rules.len() {
                    wave = rules
                        .iter()
                        .filter(|(_, r)| wave.iter().any(|t| r.trigger.wakes(&Happening::Tagged { tag: t.clone() })))
                        .flat_map(|(_, r)| r.add.clone())
                        .collect();
                }
                endless |= !wave.is_empty();
            }
            proptest::prop_assert_eq!(ring(&rules).is_some(), endless);
        }
    }
}
