//! The messenger port on WeCom. Everything that knows a result code and what it means for the product lives here.

mod abilities;
mod broadcasts;
mod contacts;
mod directory;
mod entry_codes;
mod errors;
mod groups;
mod handovers;
mod identity;
mod media;
mod messages;
mod probes;
mod receiver;
mod staff_messages;
mod tags;
mod welcomes;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use base::time::SharedClock;
use messenger::{Ability, Action, Credentials, Error, Messenger, Platform, Refusal, inbound};

pub use receiver::WecomReceiver;

use crate::client::limiter::Limiter;
use crate::client::{Application, Client};
use crate::crypto::CallbackCrypto;
use crate::transport::Transports;

/// The platform's name in addresses and tables.
pub const NAME: &str = "wecom";

/// Makes messengers for WeCom companies. One per process: limits hold per company, whoever calls.
pub struct WecomPlatform {
    transports: Arc<dyn Transports>,
    clock: SharedClock,
    limiter: Arc<Limiter>,
    connected: Mutex<HashMap<String, (Credentials, Arc<WecomMessenger>)>>,
}

impl WecomPlatform {
    #[must_use]
    pub fn new(transports: Arc<dyn Transports>, clock: SharedClock) -> Self {
        Self { transports, clock, limiter: Arc::default(), connected: Mutex::default() }
    }

    fn make(&self, credentials: &Credentials) -> WecomMessenger {
        let application = Application {
            corp: credentials.company.clone(),
            agent: credentials.application.clone(),
            secret: credentials.secret.clone(),
        };
        let transport = self.transports.to(credentials.api_base.as_deref());
        let client = Client::new(application, transport, Arc::clone(&self.limiter), Arc::clone(&self.clock));
        WecomMessenger { client, api_base: credentials.api_base.clone() }
    }
}

impl Platform for WecomPlatform {
    fn name(&self) -> &'static str {
        NAME
    }

    fn ability(&self, action: Action) -> Ability {
        abilities::of(action)
    }

    /// The same credentials give the same messenger, with its token; changed ones start afresh.
    fn connect(&self, account: &str, credentials: &Credentials) -> Arc<dyn Messenger> {
        let mut connected = self.connected.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((known, messenger)) = connected.get(account)
            && same(known, credentials)
        {
            return Arc::clone(messenger) as Arc<dyn Messenger>;
        }
        let messenger = Arc::new(self.make(credentials));
        connected.insert(account.to_owned(), (credentials.clone(), Arc::clone(&messenger)));
        messenger
    }

    fn receiver(&self, credentials: &Credentials) -> messenger::Result<Arc<dyn inbound::Receiver>> {
        let (token, key) = (credentials.callback_token.reveal(), credentials.callback_key.reveal());
        match CallbackCrypto::new(token, key, &credentials.company) {
            Ok(crypto) => Ok(Arc::new(WecomReceiver::new(crypto))),
            Err(why) => {
                Err(Error::Refused { reason: Refusal::BadCredentials, code: 0, words: why.to_string() })
            }
        }
    }
}

fn same(a: &Credentials, b: &Credentials) -> bool {
    a.company == b.company
        && a.application == b.application
        && a.api_base == b.api_base
        && a.secret.matches(b.secret.reveal().as_bytes())
}

/// The cursor of the next page. WeCom ends a list with an empty one; one that comes back again would never end.
fn next_of(next: Option<String>, current: &str) -> messenger::Result<Option<String>> {
    match next.filter(|cursor| !cursor.is_empty()) {
        Some(cursor) if cursor == current => Err(Error::Unavailable("the list's cursor doesn't move".into())),
        next => Ok(next),
    }
}

/// One application of one company.
pub struct WecomMessenger {
    client: Client,
    api_base: Option<String>,
}

impl WecomMessenger {
    /// The client underneath, for calls that the port doesn't know.
    #[must_use]
    pub const fn client(&self) -> &Client {
        &self.client
    }

    /// The application's number as message calls want it.
    fn agent_number(&self) -> messenger::Result<i64> {
        self.client.application().agent.trim().parse().map_err(|_| Error::Refused {
            reason: Refusal::BadCredentials,
            code: 0,
            words: "the AgentId must be a number".into(),
        })
    }
}

impl Messenger for WecomMessenger {
    fn platform(&self) -> &'static str {
        NAME
    }
    fn ability(&self, action: Action) -> Ability {
        abilities::of(action)
    }
    fn probes(&self) -> &dyn messenger::probe::Probes {
        self
    }
    fn directory(&self) -> &dyn messenger::directory::Directory {
        self
    }
    fn contacts(&self) -> &dyn messenger::contacts::Contacts {
        self
    }
    fn identity(&self) -> &dyn messenger::identity::Identity {
        self
    }
    fn staff_messages(&self) -> &dyn messenger::staff_messages::StaffMessages {
        self
    }
    fn tags(&self) -> Option<&dyn messenger::tags::Tags> {
        Some(self)
    }
    fn groups(&self) -> Option<&dyn messenger::groups::Groups> {
        Some(self)
    }
    fn entry_codes(&self) -> Option<&dyn messenger::entry_codes::EntryCodes> {
        Some(self)
    }
    fn welcomes(&self) -> Option<&dyn messenger::welcomes::Welcomes> {
        Some(self)
    }
    fn broadcasts(&self) -> Option<&dyn messenger::broadcasts::Broadcasts> {
        Some(self)
    }
    fn media(&self) -> Option<&dyn messenger::media::Media> {
        Some(self)
    }
    fn handovers(&self) -> Option<&dyn messenger::handovers::Handovers> {
        Some(self)
    }
}
