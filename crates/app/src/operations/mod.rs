//! Operations: jobs that died, with reason, retry and discard; what each action can do on the platform; search keys
//! kept in step with the names.

pub mod api;
pub mod jobs;
mod store;
#[cfg(test)]
mod tests;
