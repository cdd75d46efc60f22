//! Why people move: what touched each of them since everything was settled last, by the log of facts.
//!
//! The log is read anyway, so this costs a word per person and kind of fact until the next settling. What the last
//! settling had taken in is forgotten on every node (`segments_revision.settled_seq`): an order of this morning is no
//! reason for leaving at midnight.

use std::collections::HashMap;
use std::sync::Arc;

use crate::segments::model::{Because, Causes, MoveCause};

/// Whom a fact touched, its number, and what it is as a cause.
pub(super) type Note = (String, i64, Arc<Because>);

/// The latest of each kind, per person by id.
#[derive(Debug, Default)]
pub(super) struct Pending(HashMap<String, Vec<(i64, Arc<Because>)>>);

/// What a segment's moves are explained by.
#[derive(Clone, Copy, Debug, Default)]
pub struct Explained {
    /// Facts up to this one were known when the moves were reckoned.
    pub(super) seq: i64,
    /// What its wording looks at, and the wordings it refers to.
    pub(super) looks_at: Causes,
    /// It, or a segment it refers to, asks something else since the last settling.
    pub(super) reworded: bool,
    /// A day began since the last settling.
    pub(super) rolled: bool,
    /// These are the first people of a wording.
    pub(super) first: bool,
}

impl Pending {
    pub(super) fn note(&mut self, (person, seq, because): Note) {
        let known = self.0.entry(person).or_default();
        known.retain(|(_, other)| other.cause != because.cause);
        known.push((seq, because));
    }

    /// Forgets what was settled.
    pub(super) fn forget_until(&mut self, seq: i64) {
        self.0.retain(|_, known| {
            known.retain(|(at, _)| *at > seq);
            !known.is_empty()
        });
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// Why somebody moved: the latest fact that her segment looks at; else what happened to herself; else what happened
    /// to the segment or the calendar.
    pub(super) fn of(&self, person: &str, how: &Explained) -> Arc<Because> {
        if how.first {
            return Arc::new(Because::of(MoveCause::WordingChanged));
        }
        let known = self.0.get(person).map_or(&[][..], Vec::as_slice);
        let latest = |among: &dyn Fn(MoveCause) -> bool| {
            let fits = known.iter().filter(|(_, because)| among(because.cause));
            // What came after the reckoning may be of the same kind as what moved her, which it then replaced.
            fits.max_by_key(|(seq, _)| (*seq <= how.seq, *seq)).map(|(_, because)| Arc::clone(because))
        };
        latest(&|cause| how.looks_at.has(cause))
            .or_else(|| latest(&|cause| Causes::OF_HERSELF.has(cause)))
            .or_else(|| how.reworded.then(|| Arc::new(Because::of(MoveCause::WordingChanged))))
            .or_else(|| how.rolled.then(|| Arc::new(Because::of(MoveCause::TimePassed))))
            .or_else(|| latest(&|_| true))
            .unwrap_or_else(|| Arc::new(Because::of(MoveCause::Other)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn because(cause: MoveCause, subject: &str) -> Arc<Because> {
        Arc::new(Because { cause, subject: subject.to_owned() })
    }

    fn pending(notes: &[(i64, MoveCause, &str)]) -> Pending {
        let mut pending = Pending::default();
        for (seq, cause, subject) in notes {
            pending.note(("mei".to_owned(), *seq, because(*cause, subject)));
        }
        pending
    }

    fn explained(text: &str) -> Explained {
        let looks_at = Causes::looked_at(&audience::parse(text).unwrap());
        Explained { seq: 10, looks_at, ..Explained::default() }
    }

    #[test]
    fn the_latest_fact_that_the_wording_looks_at_is_the_cause() {
        let known = pending(&[
            (1, MoveCause::OrderPaid, "A1"),
            (2, MoveCause::OrderPaid, "A2"),
            (3, MoveCause::TagApplied, "card"),
            (4, MoveCause::ContactAdded, ""),
        ]);
        for (text, subject) in
            [("bought ever", "A2"), ("tag \"card\"", "card"), ("bought ever; tag \"card\"", "card")]
        {
            assert_eq!(known.of("mei", &explained(text)).subject, subject, "{text}");
        }
        assert_eq!(known.of("mei", &explained("consent promotion")).cause, MoveCause::ContactAdded);
    }

    #[test]
    fn without_such_a_fact_it_is_the_wording_or_the_day() {
        let known = pending(&[(3, MoveCause::TagApplied, "card")]);
        let quiet = explained("bought ever");
        assert_eq!(known.of("mei", &Explained { rolled: true, ..quiet }).cause, MoveCause::TimePassed);
        assert_eq!(
            known.of("mei", &Explained { rolled: true, reworded: true, ..quiet }).cause,
            MoveCause::WordingChanged
        );
        assert_eq!(known.of("lan", &quiet).cause, MoveCause::Other);
        let tagged = Explained { first: true, ..explained("tag \"card\"") };
        assert_eq!(known.of("mei", &tagged).cause, MoveCause::WordingChanged);
    }

    #[test]
    fn what_was_settled_is_no_cause_any_more_and_what_came_later_gives_way() {
        let mut known = pending(&[(3, MoveCause::OrderPaid, "A1"), (12, MoveCause::OrderRefunded, "A1")]);
        assert_eq!(
            known.of("mei", &explained("bought ever")).cause,
            MoveCause::OrderPaid,
            "12 came after the reckoning"
        );
        known.forget_until(3);
        assert_eq!(known.of("mei", &explained("bought ever")).cause, MoveCause::OrderRefunded);
        known.forget_until(12);
        let rolled = Explained { rolled: true, ..explained("bought in 7 days") };
        assert_eq!(known.of("mei", &rolled).cause, MoveCause::TimePassed);
    }
}
