//! The wire: requests and replies exactly as WeCom writes them, one file per API family.
//!
//! Each family opens with a table of its calls: verb, effect, path, request, reply. Names of fields are WeCom's, so
//! that its documentation can be read beside them; times are Unix seconds. Everything reads and writes, so both ends
//! of the wire can use the same types.

pub mod app_messages;
pub mod attachments;
pub mod codes;
pub mod contact_ways;
pub mod contacts;
pub mod directory;
pub mod events;
pub mod groups;
pub mod join_ways;
pub mod lenient;
pub mod mass_sends;
pub mod media;
pub mod oauth;
pub mod tags;
pub mod template_card;
pub mod token;
pub mod transfers;
pub mod welcomes;
pub mod xml;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// How a request travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// Fields go into the query.
    Get,
    /// Fields go into a JSON body.
    Post,
}

/// What it means when nobody knows whether a call arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Changes nothing that anybody sees: repeat it freely.
    Read,
    /// May have happened: ask before repeating.
    Write,
}

/// One API call: where it goes, what it carries, what comes back.
pub trait Call: Serialize + Sync {
    type Reply: DeserializeOwned + Send;
    const VERB: Verb;
    const EFFECT: Effect;
    /// For example `/cgi-bin/externalcontact/get`; also the key of its rate limit.
    const PATH: &'static str;
}

/// The table of a family: `Verb Effect "path" Request => Reply;`
macro_rules! calls {
    ($($verb:ident $effect:ident $path:literal $request:ty => $reply:ty;)*) => {
        $(impl $crate::wire::Call for $request {
            type Reply = $reply;
            const VERB: $crate::wire::Verb = $crate::wire::Verb::$verb;
            const EFFECT: $crate::wire::Effect = $crate::wire::Effect::$effect;
            const PATH: &'static str = $path;
        })*
    };
}
pub(crate) use calls;

/// Code and words of every reply. Success is 0, and some successes leave both out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Status {
    #[serde(deserialize_with = "lenient::int")]
    pub errcode: i64,
    pub errmsg: String,
}

impl Status {
    #[must_use]
    pub fn ok() -> Self {
        Self { errcode: 0, errmsg: "ok".into() }
    }
}

/// A reply as it is written: status and body side by side in one object.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer<T> {
    #[serde(flatten)]
    pub status: Status,
    #[serde(flatten)]
    pub body: T,
}

/// A reply that says nothing but its status.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Empty {}
