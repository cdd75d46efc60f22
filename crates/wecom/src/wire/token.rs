//! Access token, JS tickets and the address lists of WeCom's servers.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{calls, lenient};

calls! {
    Get Read "/cgi-bin/gettoken" GetToken => Token;
    Get Read "/cgi-bin/get_jsapi_ticket" GetJsapiTicket => Ticket;
    Get Read "/cgi-bin/ticket/get" GetTicket => Ticket;
    Get Read "/cgi-bin/getcallbackip" GetCallbackIp => IpList;
    Get Read "/cgi-bin/get_api_domain_ip" GetApiDomainIp => IpList;
}

#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GetToken {
    pub corpid: String,
    pub corpsecret: String,
}

#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Token {
    pub access_token: String,
    /// Seconds, normally 7200.
    #[serde(deserialize_with = "lenient::int")]
    pub expires_in: i64,
}

/// The company's ticket, for `config`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GetJsapiTicket {}

/// The application's ticket, for `agentConfig`: `type` is `agent_config`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GetTicket {
    pub r#type: String,
}

#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Ticket {
    pub ticket: String,
    /// Seconds, normally 7200.
    #[serde(deserialize_with = "lenient::int")]
    pub expires_in: i64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GetCallbackIp {}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GetApiDomainIp {}

/// Addresses; an entry may hold `*`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct IpList {
    pub ip_list: Vec<String>,
}

// Secrets and tokens never print.
impl fmt::Debug for GetToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GetToken").field("corpid", &self.corpid).finish_non_exhaustive()
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token").field("expires_in", &self.expires_in).finish_non_exhaustive()
    }
}

impl fmt::Debug for Ticket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ticket").field("expires_in", &self.expires_in).finish_non_exhaustive()
    }
}
