//! Access: the operators who sign in, their roles, how far each sees, their sessions.
//!
//! A person of the company is *staff*; the login that operates Huoqun is an *operator*, optionally tied to a staff
//! member. A role grants rights; the reach says whether an operator sees everything of the tenant or only the groups
//! in which her staff member has a duty.

pub mod api;
mod layer;
mod model;
mod store;
#[cfg(test)]
mod tests;

pub use layer::authenticate;
pub use model::{AccessRefusal, Role};
pub use store::{NewOperator, create_operator, issue_code_for_login, issue_sign_in_code};

pub const WORDS: crate::kernel::i18n::Words = crate::words!();
