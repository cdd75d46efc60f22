//! The outcomes of an outside call other than success.

/// Why the platform said no. The product decides by these words; `code` and `words` are only for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Refusal {
    /// Company id, secret, token or key are wrong.
    BadCredentials,
    /// The application lacks this right.
    NoPermission,
    /// The caller's address is not registered.
    AddressNotTrusted,
    /// The object is outside the application's visible range.
    OutOfRange,
    /// The object is gone or was never there.
    NotFound,
    /// The chance has passed: a greeting's code expired, a login code was used.
    TooLate,
    /// It is already done (a greeting delivered, a name taken); nothing to do.
    AlreadyDone,
    /// The platform is still working on the object; ask again soon.
    NotReady,
    /// A quota of the platform is used up.
    QuotaExhausted,
    /// Someone else edits the same thing now.
    Conflict,
    /// The object was cancelled.
    Cancelled,
    /// There is nobody left to send to.
    NobodyToSendTo,
    /// The platform calls our request malformed: a defect of ours.
    BadRequest,
    Other,
}

#[derive(Clone, Debug, thiserror::Error)]
pub enum Error {
    /// Definitely not done. `code` is the platform's own, `words` what it said, both for display only.
    #[error("refused ({code}): {words}")]
    Refused { reason: Refusal, code: i64, words: String },
    /// Definitely not done: our own limiter or the platform's says wait this many milliseconds.
    #[error("rate limited for {after_ms} ms")]
    RateLimited { after_ms: i64 },
    /// Definitely not done: no byte of the request left (no connection), or a read that can be repeated freely.
    #[error("platform unavailable: {0}")]
    Unavailable(String),
    /// Perhaps done: time-out, reset, 5xx, a torn answer. Ask the platform before doing it again.
    #[error("outcome unknown: {0}")]
    OutcomeUnknown(String),
}

pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    #[must_use]
    pub const fn refusal(&self) -> Option<Refusal> {
        match self {
            Self::Refused { reason, .. } => Some(*reason),
            _ => None,
        }
    }
}
