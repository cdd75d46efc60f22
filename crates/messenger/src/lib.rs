//! The port: what any messaging platform can do for a community, in Huoqun's words.
//!
//! The product (`app`) sees a platform only through [`Messenger`]. No word of a platform crosses this line: no
//! `external_userid`, no error code that the product would branch on. A platform answers in three ways
//! ([`Error`]): it did it, it refused, or **nobody knows** ([`Error::OutcomeUnknown`]), and the third is never
//! repeated blindly.
//!
//! Ids of the platform are opaque texts. Names: *staff* is an employee's account, *contact* a customer known to at
//! least one employee, *group* one customer group, *entry code* the platform object behind a live code.

pub mod ability;
pub mod broadcasts;
pub mod contacts;
pub mod directory;
pub mod entry_codes;
pub mod error;
pub mod groups;
pub mod handovers;
pub mod identity;
pub mod inbound;
pub mod media;
pub mod probe;
pub mod staff_messages;
pub mod tags;
pub mod welcomes;

use std::sync::Arc;

pub use ability::{Ability, Action};
pub use error::{Error, Refusal, Result};

/// Urgency of an outside call. The adapter's limiter serves them in this order under the platform's quota.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lane {
    /// Someone waits in front of a screen: greetings, logins, sidebar.
    Urgent,
    /// Sends and everything an operator asked for.
    Normal,
    /// Mirrors and reconciliation.
    Bulk,
}

/// One connected account of a platform. Facets that a platform lacks answer `None`.
///
/// Every method that takes `lane` may wait for its turn under the platform's limits before it calls.
pub trait Messenger: Send + Sync {
    /// The platform's name as in `/hooks/{platform}/…`, for example `wecom`.
    fn platform(&self) -> &'static str;
    /// How an action is done on this platform: by itself, by an employee's tap, by hand, or not at all.
    fn ability(&self, action: Action) -> Ability;
    fn probes(&self) -> &dyn probe::Probes;
    fn directory(&self) -> &dyn directory::Directory;
    fn contacts(&self) -> &dyn contacts::Contacts;
    fn identity(&self) -> &dyn identity::Identity;
    fn staff_messages(&self) -> &dyn staff_messages::StaffMessages;
    fn tags(&self) -> Option<&dyn tags::Tags>;
    fn groups(&self) -> Option<&dyn groups::Groups>;
    fn entry_codes(&self) -> Option<&dyn entry_codes::EntryCodes>;
    fn welcomes(&self) -> Option<&dyn welcomes::Welcomes>;
    fn broadcasts(&self) -> Option<&dyn broadcasts::Broadcasts>;
    fn media(&self) -> Option<&dyn media::Media>;
    /// Moving customers and groups between employees.
    fn handovers(&self) -> Option<&dyn handovers::Handovers> {
        None
    }
}

/// What is needed to talk to one connected account. Secrets stay wrapped.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// The platform's id of the company.
    pub company: String,
    /// The platform's id of our application within the company.
    pub application: String,
    pub secret: base::Secret<String>,
    pub callback_token: base::Secret<String>,
    pub callback_key: base::Secret<String>,
    /// Base address of the platform's API; `None` = the platform's own. Set for a simulator or a proxy.
    pub api_base: Option<String>,
}

/// Makes messengers from credentials and reads callbacks. The process wires one per platform.
pub trait Platform: Send + Sync {
    fn name(&self) -> &'static str;
    /// How an action is done on this platform, whatever account.
    fn ability(&self, action: Action) -> Ability;
    /// A messenger for these credentials. Calls nothing. `account` is our own id, the key of caches and limits.
    fn connect(&self, account: &str, credentials: &Credentials) -> Arc<dyn Messenger>;
    /// A receiver that verifies and decrypts callbacks of this account; prepared once, cheap per call.
    ///
    /// # Errors
    /// [`Refusal::BadCredentials`] when token or key have the wrong form; the words name the field and its cure.
    fn receiver(&self, credentials: &Credentials) -> Result<Arc<dyn inbound::Receiver>>;
}
