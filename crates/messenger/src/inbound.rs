//! Callbacks: verified, decrypted, and reduced to a hint. State is read from the platform afterwards.

use serde::{Deserialize, Serialize};

/// The parts of a callback request that its signature covers.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Envelope {
    pub signature: String,
    pub timestamp: String,
    pub nonce: String,
    /// The platform's URL check; absent in deliveries.
    pub echo: Option<String>,
}

/// A verified, decrypted callback.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inbound {
    /// Same text for the same event however often it is delivered. A digest of the decrypted message.
    pub dedupe_key: String,
    /// The decrypted message as it came, kept so that any later version can read it again.
    pub body: String,
}

/// What a callback is about, in our words. Ids are the platform's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Hint {
    /// A customer added an employee. `welcome` is a one-use greeting code that lives about twenty seconds.
    ContactAdded {
        staff: String,
        contact: String,
        state: Option<String>,
        welcome: Option<String>,
        at: base::Timestamp,
    },
    /// An employee changed remark, number or tags of a contact.
    ContactChanged {
        staff: String,
        contact: String,
    },
    /// An employee deleted the contact.
    ContactRemoved {
        staff: String,
        contact: String,
        at: base::Timestamp,
    },
    /// The customer deleted the employee.
    StaffRemovedByContact {
        staff: String,
        contact: String,
        at: base::Timestamp,
    },
    TransferFailed {
        staff: String,
        contact: String,
        /// `refused_by_contact`, `taker_full`, or the platform's own word.
        reason: String,
    },
    /// The contact passed from this employee to another.
    ContactMoved {
        staff: String,
        contact: String,
        at: base::Timestamp,
    },
    /// Members, name, notice or owner of a group changed. The member version tells whether a read is fresh enough.
    GroupChanged {
        group: String,
        member_version: Option<String>,
        at: base::Timestamp,
    },
    GroupCreated {
        group: String,
    },
    GroupDismissed {
        group: String,
        at: base::Timestamp,
    },
    TagsChanged {
        group_or_tag: Option<String>,
    },
    /// The directory changed: employees or departments.
    DirectoryChanged {
        staff: Option<String>,
    },
    /// An employee opened the application or pressed a card's button.
    StaffActed {
        staff: String,
        key: String,
        task: Option<String>,
        response_code: Option<String>,
    },
    /// Understood and of no consequence for us.
    Nothing {
        event: String,
    },
}

/// Verifies and reads callbacks of one account. Pure computation.
pub trait Receiver: Send + Sync {
    /// Answers the platform's URL check with the plain text it expects; `None` when the request is not genuine.
    fn check_url(&self, envelope: &Envelope) -> Option<String>;
    /// Verifies and decrypts one delivery; `None` when it is forged, malformed or meant for somebody else. No reason
    /// is given on purpose.
    fn open(&self, envelope: &Envelope, body: &[u8]) -> Option<Inbound>;
    /// Reads a decrypted message into a hint. Unknown events become [`Hint::Nothing`].
    fn hint(&self, body: &str) -> Hint;
}
