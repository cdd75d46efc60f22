//! The way out to addresses that a person of the company typed in. What carries the bytes comes in from outside; what
//! may be reached is decided here, once when the address is written down and again for every address that a name
//! resolves to, at the moment of connecting.

use std::net::IpAddr;

use async_trait::async_trait;
use url::{Host, Url};

use super::network::{Settings, is_public};

/// How long one call may take, from looking up the name to the last byte.
pub const CALL_LIMIT: std::time::Duration = std::time::Duration::from_secs(15);
/// Bytes of an answer that are read.
pub const MOST_ANSWER: usize = 1_024;
const MOST_URL: usize = 500;

/// One POST of JSON.
#[derive(Clone, Debug)]
pub struct Call {
    pub url: String,
    pub headers: Vec<(&'static str, String)>,
    pub body: String,
}

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    pub status: u16,
    /// Seconds, when the other side asks for patience.
    pub retry_after: Option<i64>,
    /// Its first [`MOST_ANSWER`] bytes, as far as they are text.
    pub body: String,
}

/// Why nothing came back.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoReply {
    /// The name leads to an address that may not be reached; nothing was sent.
    #[error("the address may not be reached: {0}")]
    Forbidden(String),
    /// No connection; nothing was sent.
    #[error("no connection: {0}")]
    NotSent(String),
    /// It may have arrived: time-out, reset, torn answer.
    #[error("no complete answer: {0}")]
    Unknown(String),
}

/// Carries one call. Doesn't repeat, doesn't follow redirects, connects only where [`may_reach`] says so.
#[async_trait]
pub trait Outgoing: Send + Sync {
    async fn post(&self, call: Call) -> Result<Reply, NoReply>;
}

/// Why an address can't be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadUrl {
    NotAUrl,
    NotHttps,
    NotPublic,
}

/// Whether an outgoing call may connect to this address.
#[must_use]
pub fn may_reach(address: IpAddr, settings: &Settings) -> bool {
    is_public(address)
        || settings.outgoing.iter().any(|network| network.contains(address))
        || settings.loopback && address.is_loopback()
}

/// Judges an address as it is written: HTTPS, no user in it, and no number that may not be reached. Names are judged
/// when they are resolved. Reads it as the HTTP client does, so that no other notation slips through.
pub fn check_url(text: &str, settings: &Settings) -> Result<Url, BadUrl> {
    if text.len() > MOST_URL {
        return Err(BadUrl::NotAUrl);
    }
    let url = Url::parse(text).map_err(|_| BadUrl::NotAUrl)?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(BadUrl::NotAUrl);
    }
    let address = match url.host().ok_or(BadUrl::NotAUrl)? {
        Host::Ipv4(v4) => Some(IpAddr::V4(v4)),
        Host::Ipv6(v6) => Some(IpAddr::V6(v6)),
        Host::Domain(name) if is_of_this_house(name) => return Err(BadUrl::NotPublic),
        Host::Domain(_) => None,
    };
    let here = settings.loopback && address.is_some_and(|a| a.is_loopback());
    match (url.scheme(), address) {
        ("http", _) if here => Ok(url),
        ("https", Some(address)) if !may_reach(address, settings) => Err(BadUrl::NotPublic),
        ("https", _) => Ok(url),
        _ => Err(BadUrl::NotHttps),
    }
}

/// Names that never leave a house; they would be refused when resolved, but the person should hear it at once.
fn is_of_this_house(name: &str) -> bool {
    let name = name.trim_end_matches('.');
    let inner = ["localhost", "local", "internal", "lan", "home.arpa", "intranet"];
    inner.iter().any(|end| name == *end || name.strip_suffix(end).is_some_and(|rest| rest.ends_with('.')))
}

#[cfg(test)]
mod tests {
    use super::super::network::Network;
    use super::*;

    #[test]
    fn every_way_to_write_a_forbidden_address_is_refused() {
        let strict = Settings::default();
        // Decimal, octal, hexadecimal, short, mapped, translated and tunnelled forms of the same few places.
        for url in [
            "https://127.0.0.1/",
            "https://127.1/",
            "https://2130706433/",
            "https://0x7f000001/",
            "https://0x7f.1/",
            "https://0177.0.0.1/",
            "https://017700000001/",
            "https://0/",
            "https://0.0.0.0/",
            "https://127.0.0.1:8443/x",
            "https://[::1]/",
            "https://[::]/",
            "https://[::ffff:127.0.0.1]/",
            "https://[::ffff:7f00:1]/",
            "https://[0:0:0:0:0:ffff:169.254.169.254]/",
            "https://[64:ff9b::a9fe:a9fe]/",
            "https://[2002:7f00:1::]/",
            "https://[2001:0:7f00:1::]/",
            "https://[fe80::1]/",
            "https://[fd00:ec2::254]/",
            "https://[fc00::1]/",
            "https://10.0.0.1/",
            "https://10.1/",
            "https://167772161/",
            "https://172.16.5.4/",
            "https://192.168.1.1/",
            "https://169.254.169.254/latest/meta-data/",
            "https://2852039166/",
            "https://0xa9fea9fe/",
            "https://0251.0376.0251.0376/",
            "https://100.64.0.1/",
            "https://198.18.0.1/",
            "https://224.0.0.1/",
            "https://255.255.255.255/",
            "https://①②⑦.⓪.⓪.①/",
            "https://127。0。0。1/",
            "https://localhost/",
            "https://LOCALHOST./",
            "https://a.localhost/",
            "https://printer.local/",
            "https://db.internal/",
            "https://metadata.google.internal/",
        ] {
            assert_eq!(check_url(url, &strict), Err(BadUrl::NotPublic), "{url}");
        }
        for url in [
            "http://example.com/",
            "ftp://example.com/",
            "gopher://example.com/",
            "ws://example.com/",
            "http://127.0.0.1/",
            "http://8.8.8.8/",
            "file://example.com/etc/passwd",
            "HTTP://EXAMPLE.COM",
        ] {
            assert_eq!(check_url(url, &strict), Err(BadUrl::NotHttps), "{url}");
        }
        for url in [
            "",
            "example.com",
            "//example.com",
            "https://",
            "https:///",
            "javascript:alert(1)",
            "data:text/plain,x",
            "file:///etc/passwd",
            "https://user@example.com/",
            "https://user:pw@example.com/",
            "https://example.com@10.0.0.1/",
            "https://[::1",
            "https://256.1.1.1/",
            "https://exa mple.com/",
        ] {
            assert_eq!(check_url(url, &strict), Err(BadUrl::NotAUrl), "{url}");
        }
        for url in [
            "https://example.com/hook?a=1",
            "https://8.8.8.8/",
            "https://[2606:4700::1111]:8443/",
            "https://客户.例子/",
        ] {
            assert!(check_url(url, &strict).is_ok(), "{url}");
        }
    }

    #[test]
    fn this_machine_and_named_networks_only_when_the_settings_say_so() {
        let demo = Settings { loopback: true, ..Settings::default() };
        assert!(check_url("http://127.0.0.1:9000/hook", &demo).is_ok());
        assert_eq!(check_url("http://10.0.0.1/", &demo), Err(BadUrl::NotHttps));
        assert_eq!(check_url("https://10.0.0.1/", &demo), Err(BadUrl::NotPublic));
        let office = Settings {
            outgoing: vec![Network::parse("10.1.0.0/16").expect("a network")],
            ..Settings::default()
        };
        assert!(check_url("https://10.1.2.3/", &office).is_ok());
        assert_eq!(check_url("https://10.2.2.3/", &office), Err(BadUrl::NotPublic));
        assert_eq!(check_url("http://10.1.2.3/", &office), Err(BadUrl::NotHttps));
        assert!(!may_reach("169.254.169.254".parse().expect("an address"), &office));
    }
}
