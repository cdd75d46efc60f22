//! The set-up doctor's questions to the platform.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

/// What a probe found. `probe` is a stable word and key of the cure's text in the catalogues.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    pub probe: String,
    /// The call that was made, as the platform names it; shown to the engineer.
    pub asked: String,
    pub verdict: Verdict,
    /// The platform's code, 0 when it answered well.
    pub code: i64,
    /// The platform's words as they came.
    pub words: String,
    /// A figure worth showing, for example how many employees are visible.
    pub count: Option<i64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Fine,
    /// Works, but something will be missing.
    Warning,
    Broken,
    /// Could not be asked because an earlier probe is broken.
    Skipped,
}

#[async_trait]
pub trait Probes: Send + Sync {
    /// The probes in the order in which they make sense.
    fn names(&self) -> &'static [&'static str];
    /// Asks one. Never fails: a failure is a finding.
    async fn run(&self, probe: &str) -> Finding;
}
