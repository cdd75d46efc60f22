//! The list of calls that passed, readable for people.

use std::collections::VecDeque;

use base::Timestamp;
use serde::Serialize;

const KEPT: usize = 500;
const SHOWN_BYTES: usize = 2_000;

/// One API call.
#[derive(Clone, Debug, Default, Serialize)]
pub struct CallRecord {
    pub seq: u64,
    pub at: Timestamp,
    pub corp: String,
    pub agent: i64,
    pub method: String,
    pub path: String,
    /// The query without the token.
    pub query: String,
    pub request: String,
    pub status: u16,
    pub errcode: i64,
    pub response: String,
    /// The faults that struck, empty on a good day.
    pub harm: String,
}

/// The last calls and how many there were per API.
#[derive(Debug, Default)]
pub struct CallLog {
    pub total: u64,
    pub tail: VecDeque<CallRecord>,
}

impl CallLog {
    pub fn note(&mut self, mut record: CallRecord) {
        self.total += 1;
        record.seq = self.total;
        self.tail.push_back(record);
        if self.tail.len() > KEPT {
            self.tail.pop_front();
        }
    }
}

/// At most 2,000 bytes of a body, cut at a character.
#[must_use]
pub fn excerpt(bytes: &[u8]) -> String {
    let cut = &bytes[..bytes.len().min(SHOWN_BYTES)];
    let mut text = String::from_utf8_lossy(cut).into_owned();
    if bytes.len() > SHOWN_BYTES {
        text.push('…');
    }
    text
}
