//! Who somebody is, and what changed between a contact's mirror and the platform.

mod fields;
mod merge;
mod own;

pub use fields::{FieldForm, FieldRefusal, PrivacyClass, kept_value, months_between, shown_value};
pub use merge::{Barred, MatchedBy, PeopleRefusal, joined_kind, parted_kinds, phone_confidence};
pub use own::{OwnField, Sight, opened, role_sees};

use std::collections::BTreeMap;

use base::Timestamp;
use messenger::contacts::FollowSnapshot;

/// Whether a person of this kind counts in figures at all; the rule itself is `audience`'s, and a kind that it doesn't
/// know doesn't count.
#[must_use]
pub fn counts(kind: &str) -> bool {
    audience::MemberKind::named(kind).is_some_and(audience::MemberKind::counts)
}

/// Somebody as a connected account shows her.
#[derive(Clone, Copy, Debug, Default)]
pub struct Seen<'a> {
    pub account: &'a str,
    /// The platform's id of the contact, or of the employee when `is_staff`.
    pub external_id: &'a str,
    pub is_staff: bool,
    pub union_id: Option<&'a str>,
    /// Empty when the platform doesn't tell.
    pub name: &'a str,
    pub avatar: Option<&'a str>,
    /// A user of another company's platform rather than a private person.
    pub business: bool,
    /// When she was first there, as far as this sighting knows.
    pub at: Timestamp,
}

/// What the mirror holds of one bond.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownFollow {
    /// The platform's id of the employee.
    pub staff: String,
    pub since: Timestamp,
    pub state: Option<String>,
    pub remark: String,
    pub description: String,
    pub way: String,
    /// Sorted platform ids.
    pub tags: Vec<String>,
    /// How many numbers the employee had noted.
    pub phones: i64,
    pub deleted_at: Option<Timestamp>,
}

/// What must be written of one contact's bonds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FollowChange {
    /// A new bond, or an old one that began anew.
    Added(FollowSnapshot),
    /// The same bond with other words or tags.
    Changed(FollowSnapshot),
    /// The same bond.
    Same(FollowSnapshot),
    /// The platform lists the bond no more; `staff` is the platform's id.
    Lost { staff: String },
}

/// Whether the answer shows all bonds of the contact or only some.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    Complete,
    Partial,
}

/// Compares a contact's bonds. Ordered by employee.
///
/// A bond that the customer ended may still be listed by the platform; it counts as renewed only when it began after
/// it had ended.
#[must_use]
pub fn diff(known: &[KnownFollow], listed: &[FollowSnapshot], answer: Answer) -> Vec<FollowChange> {
    let listed: BTreeMap<&str, &FollowSnapshot> = listed.iter().map(|f| (f.staff.as_str(), f)).collect();
    let known: BTreeMap<&str, &KnownFollow> = known.iter().map(|f| (f.staff.as_str(), f)).collect();
    let mut changes = Vec::new();
    for (staff, follow) in &listed {
        let follow = FollowSnapshot { tags: sorted(&follow.tags), ..(*follow).clone() };
        match known.get(staff) {
            None => changes.push(FollowChange::Added(follow)),
            Some(k) => match k.deleted_at {
                Some(ended) if follow.since > ended => changes.push(FollowChange::Added(follow)),
                Some(_) => {}
                None if follow.since > k.since => changes.push(FollowChange::Added(follow)),
                None if differs(k, &follow) => changes.push(FollowChange::Changed(follow)),
                None => changes.push(FollowChange::Same(follow)),
            },
        }
    }
    if answer == Answer::Complete {
        let gone =
            known.values().filter(|k| k.deleted_at.is_none() && !listed.contains_key(k.staff.as_str()));
        changes.extend(gone.map(|k| FollowChange::Lost { staff: k.staff.clone() }));
    }
    changes
}

fn sorted(tags: &[String]) -> Vec<String> {
    let mut tags = tags.to_vec();
    tags.sort();
    tags.dedup();
    tags
}

fn differs(known: &KnownFollow, listed: &FollowSnapshot) -> bool {
    known.state != listed.state
        || known.remark != listed.remark
        || known.description != listed.description
        || known.way != listed.way
        || known.tags != listed.tags
        || known.phones != i64::try_from(listed.mobiles.len()).unwrap_or(i64::MAX)
}

/// Where a traversal of all contacts stands: which hundred of employees, and the platform's own cursor within it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    pub chunk: usize,
    pub cursor: String,
}

impl Place {
    /// Reads a stored place; anything unreadable begins at the front.
    #[must_use]
    pub fn read(text: &str) -> Self {
        let Some((chunk, cursor)) = text.split_once('|') else { return Self::default() };
        chunk.parse().map_or_else(|_| Self::default(), |chunk| Self { chunk, cursor: cursor.to_owned() })
    }
    #[must_use]
    pub fn text(&self) -> String {
        format!("{}|{}", self.chunk, self.cursor)
    }
    /// The place after a page whose answer said `next`.
    #[must_use]
    pub fn after(&self, next: Option<String>) -> Self {
        match next.filter(|n| !n.is_empty()) {
            Some(cursor) => Self { chunk: self.chunk, cursor },
            None => Self { chunk: self.chunk + 1, cursor: String::new() },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(staff: &str, since: i64, tags: &[&str]) -> FollowSnapshot {
        FollowSnapshot {
            staff: staff.into(),
            remark: String::new(),
            description: String::new(),
            since: Timestamp(since),
            tags: tags.iter().map(|t| (*t).to_owned()).collect(),
            state: Some("s".into()),
            mobiles: Vec::new(),
            way: "qr".into(),
        }
    }
    fn known(staff: &str, since: i64, deleted: Option<i64>) -> KnownFollow {
        KnownFollow {
            staff: staff.into(),
            since: Timestamp(since),
            state: Some("s".into()),
            remark: String::new(),
            description: String::new(),
            way: "qr".into(),
            tags: vec!["a".into(), "b".into()],
            phones: 0,
            deleted_at: deleted.map(Timestamp),
        }
    }
    fn brief(changes: &[FollowChange]) -> Vec<String> {
        let one = |c: &FollowChange| match c {
            FollowChange::Added(f) => format!("added {} {}", f.staff, f.since.0),
            FollowChange::Changed(f) => format!("changed {}", f.staff),
            FollowChange::Same(f) => format!("same {}", f.staff),
            FollowChange::Lost { staff } => format!("lost {staff}"),
        };
        changes.iter().map(one).collect()
    }

    #[test]
    fn bonds_begin_change_and_end() {
        let before = [known("ann", 1, None), known("bo", 1, None), known("cy", 1, None)];
        let now = [listed("ann", 1, &["b", "a"]), listed("bo", 1, &["a"]), listed("dee", 5, &[])];
        assert_eq!(
            brief(&diff(&before, &now, Answer::Complete)),
            ["same ann", "changed bo", "added dee 5", "lost cy"]
        );
        assert_eq!(brief(&diff(&before, &now, Answer::Partial)), ["same ann", "changed bo", "added dee 5"]);
    }

    #[test]
    fn an_ended_bond_is_renewed_only_by_a_later_beginning() {
        let before = [known("ann", 1, Some(10)), known("bo", 1, Some(10)), known("cy", 1, None)];
        let now = [listed("ann", 1, &[]), listed("bo", 11, &[]), listed("cy", 9, &[])];
        assert_eq!(brief(&diff(&before, &now, Answer::Complete)), ["added bo 11", "added cy 9"]);
        assert_eq!(brief(&diff(&before[..2], &[], Answer::Complete)), Vec::<String>::new());
    }

    #[test]
    fn a_place_survives_being_written_down() {
        let start = Place::read("");
        assert_eq!(start, Place::default());
        let within = start.after(Some("abc|d".into()));
        assert_eq!(Place::read(&within.text()), within);
        assert_eq!(within.after(None), Place { chunk: 1, cursor: String::new() });
        assert_eq!(Place::read("x|y"), Place::default());
    }
}
