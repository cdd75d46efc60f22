//! Who matches: sets of people as compressed bitmaps. Pure, and usable without the product.
//!
//! A person is a dense number (`u32`), given once and never reused, so that a set of a million people costs about
//! 125 kB and a union of a hundred groups a few microseconds. Who counts at all is decided in one place,
//! [`MemberKind::counts`]; every figure that says "people" goes through it.

mod eligibility;
mod set;

pub use eligibility::{Eligibility, MemberKind};
pub use set::PeopleSet;

/// How many different people who count are in at least one of the groups.
///
/// A person in three groups is one person; staff, house accounts and their like are none.
#[must_use]
pub fn distinct_reach(groups: &[PeopleSet], eligible: &PeopleSet) -> u64 {
    PeopleSet::union_of(groups).intersect(eligible).count()
}
