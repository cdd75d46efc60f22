//! Who matches: segments of people, answered while somebody types. Pure, and usable without the product.
//!
//! A person is a dense number (`u32`), given once and never reused, so that a set of a million people costs about
//! 125 kB and a union of a hundred groups a few microseconds. Who counts at all is decided in one place,
//! [`MemberKind::counts`]; every figure that says "people" goes through it.
//!
//! | part | what it is for |
//! |---|---|
//! | [`language`] | how a segment is written, read, checked, stored: [`parse`], [`Expr`], [`Refusal`] |
//! | [`Index`], [`Change`] | what is known about people; facts come in one by one or in bulk, late ones too |
//! | [`Question`] | an expression, a day, a purpose, a reach: `count`, `first`, `people`, `contains`, `explain`, `answer` for several at once |
//! | [`Standing`] | segments kept up to date, with every [`Delta`] told once |
//! | [`Index::write_snapshot`] | everything as a checked stream of bytes with its place in the log |
//! | [`PeopleSet`] | a set of people, such as what the asker may see |
//!
//! Days are numbers since 1970 ([`Day`]), money is fen, windows are whole days and include today. Nothing here reads
//! a clock: today is an argument.
//!
//! ```
//! use audience::language::{Act, Answer};
//! use audience::{Change, Day, Facet, Index, Moved, Purpose, Question, Standing, parse};
//!
//! let today = Day::read("2026-08-17").unwrap();
//! let mut index = Index::new();
//! let (ming, lan) = (index.people.number("wm_ming"), index.people.number("wm_lan"));
//! for person in [ming, lan] {
//!     index.apply(person, &Change::In { facet: Facet::MemberKind, id: "customer".into(), since: None });
//!     index.apply(person, &Change::In { facet: Facet::Tag, id: "t_17".into(), since: Some(today) });
//!     index.apply(person, &Change::Consent { purpose: "promotion".into(), answer: Answer::Granted });
//! }
//! let bought = |day: Day, times| Change::Did { act: Act::Bought, of: None, day, times };
//! index.apply(ming, &bought(today.plus(-20), 2));
//!
//! let text = "all {
//!   tag \"expecting\" @t_17
//!   any { bought >= 2 in 60 days ; spent >= 300.00 in 90 days }
//!   not community kind core
//!   consent promotion
//! }";
//! let expr = parse(text)?;
//! let question = Question::new(&index, &expr, today, Purpose::Promotion)?;
//! assert_eq!((question.count(), question.first(100, None)), (1, vec![ming]));
//! let why = question.explain(lan).unwrap();
//! assert!(!why.matches && why.line.lines[0].holds && !why.line.lines[1].holds);
//!
//! let mut standing = Standing::new(&mut index, today);
//! standing.define(&mut index, "buyers", expr)?;
//! assert_eq!(standing.settle(&mut index)[0].person, ming);
//! index.apply(ming, &bought(today.plus(-20), -1)); // a refund
//! assert_eq!(standing.settle(&mut index)[0].moved, Moved::Left);
//! # Ok::<(), audience::Refusal>(())
//! ```

mod bits;
mod dictionary;
mod eligibility;
mod index;
pub mod language;
mod plan;
mod set;
mod snapshot;
mod standing;

pub use dictionary::Dictionary;
pub use eligibility::{Eligibility, MemberKind};
pub use index::{Bar, Change, Index, Profile};
pub use language::{Day, Expr, Facet, Refusal, parse};
pub use plan::{Answered, LineCount, LineHolds, Purpose, Question, Wanted, Whom, Why, overlap_matrix};
pub use set::PeopleSet;
pub use snapshot::Unreadable;
pub use standing::{Delta, Moved, Standing};

/// How many different people who count are in at least one of the groups.
///
/// A person in three groups is one person; staff, house accounts and their like are none.
#[must_use]
pub fn distinct_reach(groups: &[PeopleSet], eligible: &PeopleSet) -> u64 {
    PeopleSet::union_of(groups).intersect(eligible).count()
}
