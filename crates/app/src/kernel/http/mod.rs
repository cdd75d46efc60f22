//! What every endpoint stands on: the two kinds of error, the caller and her rights, pages, and the layers around all.

mod caller;
mod error;
mod layers;
mod page;
pub mod permission;

/// Texts of the kernel's own refusals.
pub const WORDS: super::i18n::Words = crate::words!();

pub use caller::{Allowed, Caller, CallerKind, Permission, Reach, Scope, SystemReason};
pub use error::{AppError, AppResult, ErrorBody, ErrorDetail, Fault, Refusal, Refused, refused};
pub use layers::wrap;
pub use page::{ListQuery, Paging};
