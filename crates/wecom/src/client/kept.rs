//! A value that is fetched once for all who wait, kept until it expires, and numbered, so that ten callers who find
//! the same one refused cause one refresh.

use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use base::time::{HOUR, MINUTE, SECOND};
use base::{Secret, Timestamp};
use tokio::sync::Mutex;

use super::CallError;
use crate::wire::codes;

/// One issue of the value.
#[derive(Debug)]
pub struct Issue {
    pub generation: u64,
    pub value: Secret<String>,
    pub expires_at: Timestamp,
}

/// What a fetch brings: the value and its life in seconds.
pub type Fetched = (String, i64);

#[derive(Default)]
pub struct Kept {
    current: RwLock<Option<Arc<Issue>>>,
    /// Finished fetches, good or bad.
    attempts: AtomicU64,
    fetching: Mutex<Fetching>,
}

#[derive(Default)]
struct Fetching {
    generation: u64,
    last_error: Option<CallError>,
    /// Wrong credentials in a row, and when another try is allowed: repeating them blocks the caller's address for
    /// everybody behind it.
    wrong: u32,
    closed_until: Timestamp,
}

impl Kept {
    /// The current issue, fetched when there is none, when it has expired, or when it is the `refused` one.
    ///
    /// # Errors
    /// What the fetch met. Those who waited for a fetch that failed share its error.
    pub async fn get<F, A>(
        &self,
        now: Timestamp,
        refused: Option<u64>,
        fetch: F,
    ) -> Result<Arc<Issue>, CallError>
    where
        F: FnOnce() -> A + Send,
        A: Future<Output = Result<Fetched, CallError>> + Send,
    {
        if let Some(issue) = self.usable(now, refused) {
            return Ok(issue);
        }
        let seen = self.attempts.load(Ordering::SeqCst);
        let mut fetching = self.fetching.lock().await;
        if let Some(issue) = self.usable(now, refused) {
            return Ok(issue);
        }
        if self.attempts.load(Ordering::SeqCst) != seen
            && let Some(error) = &fetching.last_error
        {
            return Err(error.clone());
        }
        if fetching.closed_until > now
            && let Some(error) = &fetching.last_error
        {
            return Err(error.clone());
        }
        let outcome = fetch().await;
        let result = match outcome {
            Ok(fetched) => Ok(self.keep(now, &mut fetching, fetched)),
            Err(error) => {
                fetching.note(now, &error);
                Err(error)
            }
        };
        self.attempts.fetch_add(1, Ordering::SeqCst);
        result
    }

    fn usable(&self, now: Timestamp, refused: Option<u64>) -> Option<Arc<Issue>> {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        let issue = current.as_ref()?;
        let good = issue.expires_at > now && refused != Some(issue.generation);
        good.then(|| Arc::clone(issue))
    }

    fn keep(&self, now: Timestamp, fetching: &mut Fetching, (value, seconds): Fetched) -> Arc<Issue> {
        fetching.generation += 1;
        fetching.last_error = None;
        fetching.wrong = 0;
        let life = seconds.clamp(1, 86_400) * SECOND;
        // Five minutes early, so that no call leaves with a token that dies under way.
        let expires_at = now.plus((life - 5 * MINUTE).max(life / 2));
        let issue =
            Arc::new(Issue { generation: fetching.generation, value: Secret::new(value), expires_at });
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&issue));
        issue
    }
}

impl Fetching {
    fn note(&mut self, now: Timestamp, error: &CallError) {
        self.last_error = Some(error.clone());
        if let CallError::Refused { code, .. } = error
            && codes::credentials_are_wrong(*code)
        {
            self.wrong += 1;
            let pause = match self.wrong {
                1 => MINUTE,
                2 => 10 * MINUTE,
                _ => HOUR,
            };
            self.closed_until = now.plus(pause);
        }
    }
}
