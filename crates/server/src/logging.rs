//! Structured logs to standard error: one JSON object a line for machines, plain lines for a person at a terminal.

use std::io::IsTerminal as _;

use tracing_subscriber::EnvFilter;

/// Starts logging at this level (`error` … `trace`, or a filter such as `info,app=debug`).
pub fn start(level: &str) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(level).map_err(|e| {
        anyhow::anyhow!("log level {level:?} is not understood ({e}); use error, warn, info, debug or trace")
    })?;
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let started = if std::io::stderr().is_terminal() { lines.try_init() } else { lines.json().try_init() };
    started.map_err(|e| anyhow::anyhow!("logging could not start: {e}"))
}
