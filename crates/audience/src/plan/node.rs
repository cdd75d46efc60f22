//! A segment as sets joined by *and*, *or* and *and not*: flat, without repetitions, without a free-standing *not*.

use std::collections::HashSet;

/// Operands by the numbers of the index, so that a plan outlives changes to it. `Everybody` is cut down to those who
/// are meant at the root.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Node {
    Nobody,
    Everybody,
    Set(u32),
    /// Inclusive.
    Number {
        number: u32,
        low: i64,
        high: i64,
    },
    /// At least so many times, all timelines together, from one day to another, both inclusive.
    Times {
        timelines: Vec<u32>,
        from: i32,
        to: i32,
        at_least: u64,
    },
    /// Got into a set between two days, both inclusive.
    Since {
        times: u32,
        from: i32,
        to: i32,
    },
    /// A sum that isn't 0 and lies within both bounds, from one day to another.
    Sum {
        from: i32,
        to: i32,
        low: i64,
        high: i64,
    },
    And {
        yes: Vec<Node>,
        no: Vec<Node>,
    },
    Or(Vec<Node>),
}

impl Node {
    pub fn but_not(self, other: Self) -> Self {
        and(vec![self], vec![other])
    }
}

/// In every one of `yes` and in none of `no`.
pub fn and(yes: Vec<Node>, no: Vec<Node>) -> Node {
    let (mut all, mut none) = (Unique::default(), Unique::default());
    // Taken apart until only leaves, unions and nothing else are left on either side.
    let mut open: Vec<(Side, Node)> = Vec::new();
    open.extend(no.into_iter().rev().map(|node| (Side::No, node)));
    open.extend(yes.into_iter().rev().map(|node| (Side::Yes, node)));
    while let Some((side, node)) = open.pop() {
        match (side, node) {
            (Side::Yes, Node::Nobody) | (Side::No, Node::Everybody) => return Node::Nobody,
            (Side::Yes, Node::Everybody) | (Side::No, Node::Nobody) => {}
            (Side::Yes, Node::And { yes, no }) => {
                open.extend(no.into_iter().rev().map(|node| (Side::No, node)));
                open.extend(yes.into_iter().rev().map(|node| (Side::Yes, node)));
            }
            (Side::No, Node::Or(nodes)) => open.extend(nodes.into_iter().rev().map(|node| (Side::No, node))),
            // Not in none of them is in any of them.
            (Side::No, Node::And { yes, no }) if yes.is_empty() => open.push((Side::Yes, or(no))),
            (Side::Yes, node) => all.add(node),
            (Side::No, node) => none.add(node),
        }
    }
    if all.list.iter().any(|node| none.seen.contains(node)) {
        return Node::Nobody;
    }
    match (all.list.len(), none.list.len()) {
        (0, 0) => Node::Everybody,
        (1, 0) => all.list.remove(0),
        _ => Node::And { yes: all.list, no: none.list },
    }
}

/// In any of them.
pub fn or(nodes: Vec<Node>) -> Node {
    let mut any = Unique::default();
    let mut open: Vec<Node> = nodes.into_iter().rev().collect();
    while let Some(node) = open.pop() {
        match node {
            Node::Everybody => return Node::Everybody,
            Node::Nobody => {}
            Node::Or(nodes) => open.extend(nodes.into_iter().rev()),
            node => any.add(node),
        }
    }
    match any.list.len() {
        0 => Node::Nobody,
        1 => any.list.remove(0),
        _ => Node::Or(any.list),
    }
}

#[derive(Clone, Copy)]
enum Side {
    Yes,
    No,
}

/// In order of arrival, each once.
#[derive(Default)]
struct Unique {
    list: Vec<Node>,
    seen: HashSet<Node>,
}

impl Unique {
    fn add(&mut self, node: Node) {
        if self.seen.insert(node.clone()) {
            self.list.push(node);
        }
    }
}
