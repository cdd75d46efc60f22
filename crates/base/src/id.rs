//! Ids: a prefix that tells the kind, then 26 characters that sort by creation.
//!
//! `ctc_01jd7m…` is 48 bits of Unix milliseconds, 16 bits of a counter and 64 bits of chance in Crockford base 32
//! (lower case). Ids made by one [`IdMaker`] strictly ascend, so keyset paging is `id > cursor` and index inserts
//! go to the end.

use std::sync::Mutex;

use crate::{Rng, Timestamp};

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// Makes ids from a clock reading and a stream of chance.
pub struct IdMaker(Mutex<State>);

struct State {
    rng: Rng,
    last_ms: i64,
    counter: u16,
}

impl IdMaker {
    #[must_use]
    pub fn new(rng: Rng) -> Self {
        Self(Mutex::new(State { rng, last_ms: 0, counter: 0 }))
    }

    /// A new id such as `ctc_01jd7m0000z…`.
    #[must_use]
    pub fn make(&self, prefix: &str, now: Timestamp) -> String {
        let mut state = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if now.0 > state.last_ms {
            state.last_ms = now.0;
            state.counter = 0;
        } else if state.counter == u16::MAX {
            // 65,536 ids within one millisecond: borrow the next one rather than repeat.
            state.last_ms += 1;
            state.counter = 0;
        } else {
            state.counter += 1;
        }
        let head = (u128::from(state.last_ms.unsigned_abs()) << 16) | u128::from(state.counter);
        let value = (head << 64) | u128::from(state.rng.u64());
        format!("{prefix}_{}", encode(value))
    }

    /// An unguessable text of `bytes` random bytes for links and one-time codes, in the same alphabet.
    #[must_use]
    pub fn token(&self, bytes: usize) -> String {
        let mut raw = vec![0u8; bytes];
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner).rng.fill(&mut raw);
        raw.iter()
            .flat_map(|b| [ALPHABET[usize::from(b >> 3)], ALPHABET[usize::from(b & 31)]])
            .map(char::from)
            .collect()
    }
}

fn encode(value: u128) -> String {
    (0..26).rev().map(|i| char::from(ALPHABET[((value >> (i * 5)) & 31) as usize])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_ascend_even_when_the_clock_stands_or_goes_back() {
        let maker = IdMaker::new(Rng::seeded(1));
        let ids: Vec<String> =
            [5_000, 5_000, 4_000, 5_001].into_iter().map(|ms| maker.make("x", Timestamp(ms))).collect();
        assert!(ids.windows(2).all(|w| w[0] < w[1]), "{ids:?}");
        assert!(ids.iter().all(|id| id.len() == 28));
    }

    #[test]
    fn tokens_are_as_long_as_asked_and_differ() {
        let maker = IdMaker::new(Rng::seeded(1));
        assert_eq!(maker.token(8).len(), 16);
        assert_ne!(maker.token(8), maker.token(8));
    }
}
