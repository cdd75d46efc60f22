//! Operations: jobs that died, with reason, retry and discard; what each action can do on the platform.

pub mod api;
