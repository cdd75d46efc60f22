//! Which addresses may be linked, who is a bot, and where a visitor goes next. Pure.

use base::Timestamp;
use base::time::HOUR;
use http::{HeaderMap, Method, StatusCode, header};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use subtle::ConstantTimeEq as _;

use crate::kernel::http::Refusal;
use crate::kernel::seal::keyed_digest;
use crate::privacy::VisitorKind;

/// Where a link is shown; decides how long an opening may claim an order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Surface {
    #[default]
    GroupPost,
    Private,
    Moments,
    Live,
}

impl Surface {
    pub const ALL: [Self; 4] = [Self::GroupPost, Self::Private, Self::Moments, Self::Live];
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::GroupPost => "group_post",
            Self::Private => "private",
            Self::Moments => "moments",
            Self::Live => "live",
        }
    }
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.word() == word)
    }
}

/// Checks a target: `http` or `https`, a host, no credentials, no blanks. Answers it with non-ASCII characters
/// percent-encoded, fit for a `Location` header.
///
/// # Errors
/// [`LinkRefusal::Target`].
pub fn check_target(url: &str) -> Result<String, LinkRefusal> {
    let url = url.trim();
    let scheme_end = url.find("://").ok_or(LinkRefusal::Target)?;
    let (scheme, rest) = (&url[..scheme_end], &url[scheme_end + 3..]);
    let good_scheme = scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http");
    let authority = &rest[..rest.find(['/', '?', '#']).unwrap_or(rest.len())];
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, port),
        _ => (authority, "443"),
    };
    let good_host = !host.is_empty()
        && host.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '[' | ']' | ':'))
        && host.chars().any(char::is_alphanumeric);
    let clean =
        !url.chars().any(|c| c.is_whitespace() || c.is_control() || matches!(c, '\\' | '"' | '<' | '>'));
    if !good_scheme || !good_host || port.parse::<u16>().is_err() || !clean || url.len() > 2_048 {
        return Err(LinkRefusal::Target);
    }
    let mut fit = String::with_capacity(url.len());
    for byte in url.bytes() {
        if byte.is_ascii() {
            fit.push(char::from(byte));
        } else {
            fit.push_str(&format!("%{byte:02X}"));
        }
    }
    Ok(fit)
}

/// Parts of user agents that open links without a person looking. Lower case.
const BOTS: &[&str] = &[
    "bot",
    "spider",
    "crawl",
    "slurp",
    "preview",
    "prefetch",
    "externalhit",
    "urlcheck",
    "linkcheck",
    "scanner",
    "monitor",
    "lighthouse",
    "curl/",
    "wget/",
    "python-requests",
    "python-urllib",
    "go-http-client",
    "okhttp/",
    "apache-httpclient",
    "java/",
    "axios/",
    "node-fetch",
    "libwww",
    "httpclient",
];

/// Whether a request was made by a program or a prefetch rather than by a person who opened the link.
#[must_use]
pub fn is_bot(method: &Method, headers: &HeaderMap) -> bool {
    if method == Method::HEAD {
        return true;
    }
    let text =
        |name: &str| headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default().to_lowercase();
    let fetched_ahead = ["purpose", "sec-purpose", "x-purpose", "x-moz"].iter().any(|name| {
        let value = text(name);
        value.contains("prefetch") || value.contains("preview") || value.contains("prerender")
    });
    let agent = text(header::USER_AGENT.as_str());
    fetched_ahead || agent.is_empty() || BOTS.iter().any(|part| agent.contains(part))
}

/// Whether the page is open inside the messenger, where the platform can say who looks. Elsewhere its identification
/// page only shows an error and the visitor would be lost.
#[must_use]
pub fn is_in_app(headers: &HeaderMap) -> bool {
    let agent =
        headers.get(header::USER_AGENT).and_then(|v| v.to_str().ok()).unwrap_or_default().to_lowercase();
    agent.contains("micromessenger") || agent.contains("wxwork")
}

/// How an opening counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// A person who allowed it.
    Person,
    /// Somebody: a stranger, a refusal, a browser outside the messenger.
    Unidentified,
    Staff,
    Bot,
}

impl Source {
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Unidentified => "unidentified",
            Self::Staff => "staff",
            Self::Bot => "bot",
        }
    }
}

/// What follows an opening by an identified visitor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Count it so and go to the target.
    Target(Source),
    /// Ask first whether openings may be tied to her.
    Landing,
}

/// Decides by who looks and what she answered (`None`: never asked). A contact whose person we don't know yet can't
/// be asked, since her answer could not be kept.
#[must_use]
pub const fn next(kind: VisitorKind, person_known: bool, consent: Option<bool>) -> Next {
    match (kind, person_known, consent) {
        (VisitorKind::Staff, _, _) => Next::Target(Source::Staff),
        (VisitorKind::Contact, true, Some(true)) => Next::Target(Source::Person),
        (VisitorKind::Contact, true, None) => Next::Landing,
        (VisitorKind::Stranger | VisitorKind::Contact, _, _) => Next::Target(Source::Unidentified),
    }
}

/// A `state` that only we can have made, for this purpose, within the hour: the way back from identification.
#[must_use]
pub fn sign_state(key: &[u8], about: &str, nonce: &str, now: Timestamp) -> String {
    format!("{nonce}{}", state_mac(key, about, nonce, now.0.div_euclid(HOUR)))
}

/// Checks a `state`; it holds for one to two hours. `nonce` is what this browser was given.
#[must_use]
pub fn check_state(key: &[u8], about: &str, nonce: &str, state: &str, now: Timestamp) -> bool {
    let hour = now.0.div_euclid(HOUR);
    [hour, hour - 1].into_iter().any(|hour| {
        let genuine = format!("{nonce}{}", state_mac(key, about, nonce, hour));
        bool::from(genuine.as_bytes().ct_eq(state.as_bytes()))
    })
}

fn state_mac(key: &[u8], about: &str, nonce: &str, hour: i64) -> String {
    hex::encode(&keyed_digest(key, format!("{about} {nonce} {hour}").as_bytes())[..16])
}

/// A path of our own member pages, so that identification can't be used to send people elsewhere.
#[must_use]
pub fn is_own_page(path: &str) -> bool {
    path.starts_with("/m/")
        && path.len() <= 300
        && path.chars().all(|c| c.is_ascii_alphanumeric() || "/-_.~?=&%".contains(c))
        && !path.contains("//")
        && !path.contains("..")
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkRefusal {
    Target,
    NoAccount,
}

impl Refusal for LinkRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Target => "links.target",
            Self::NoAccount => "links.no_account",
        }
    }
    fn status(&self) -> StatusCode {
        StatusCode::UNPROCESSABLE_ENTITY
    }
    fn args(&self) -> Value {
        json!({})
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn only_web_addresses_are_linked() {
        for good in [
            "https://shop.example.com/p/1?a=b#c",
            "http://127.0.0.1:8080/x",
            "HTTPS://Example.com",
            "https://[::1]:80/",
            "https://小店.example/菜单",
        ] {
            assert!(check_target(good).is_ok(), "{good}");
        }
        assert_eq!(check_target("https://a.b/菜").as_deref(), Ok("https://a.b/%E8%8F%9C"));
        for bad in [
            "",
            "javascript:alert(1)",
            "javascript://x/%0aalert(1)",
            "data:text/html,x",
            "//evil.example",
            "https://",
            "https:///path",
            "https://user:pw@shop.example/",
            "https://shop.example:99999/",
            "https://shop.example/a b",
            "https://shop.example\\@evil.example/",
            "https://shop.example/\r\nSet-Cookie: a=b",
            "ftp://shop.example/",
        ] {
            assert_eq!(check_target(bad), Err(LinkRefusal::Target), "{bad}");
        }
        assert!(check_target(&format!("https://a.b/{}", "x".repeat(2_048))).is_err());
    }

    fn agent(text: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(header::USER_AGENT, HeaderValue::from_static(text))])
    }

    #[test]
    fn programs_are_told_from_people() {
        let phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 MicroMessenger/8.0.50";
        assert!(!is_bot(&Method::GET, &agent(phone)));
        assert!(is_in_app(&agent(phone)));
        assert!(is_bot(&Method::HEAD, &agent(phone)));
        assert!(is_bot(&Method::GET, &HeaderMap::new()), "no user agent");
        assert!(is_bot(&Method::GET, &agent("Mozilla/5.0 (compatible; Baiduspider/2.0)")));
        assert!(is_bot(&Method::GET, &agent("curl/8.5.0")));
        let mut ahead = agent(phone);
        ahead.insert("sec-purpose", HeaderValue::from_static("prefetch;anonymous-client-ip"));
        assert!(is_bot(&Method::GET, &ahead));
        assert!(!is_in_app(&agent("Mozilla/5.0 (X11; Linux x86_64) Chrome/140")));
    }

    #[test]
    fn consent_decides_the_tie_and_never_the_way() {
        use VisitorKind::{Contact, Staff, Stranger};
        assert_eq!(next(Contact, true, Some(true)), Next::Target(Source::Person));
        assert_eq!(next(Contact, true, Some(false)), Next::Target(Source::Unidentified));
        assert_eq!(next(Contact, true, None), Next::Landing);
        assert_eq!(next(Contact, false, None), Next::Target(Source::Unidentified));
        assert_eq!(next(Stranger, false, None), Next::Target(Source::Unidentified));
        assert_eq!(next(Staff, false, None), Next::Target(Source::Staff));
    }

    #[test]
    fn a_state_holds_for_its_link_browser_and_hour() {
        let state = sign_state(b"k", "code1", "nonce", Timestamp(10 * HOUR));
        assert!(state.len() <= 128 && state.chars().all(|c| c.is_ascii_alphanumeric()));
        assert!(check_state(b"k", "code1", "nonce", &state, Timestamp(10 * HOUR + 5)));
        assert!(check_state(b"k", "code1", "nonce", &state, Timestamp(11 * HOUR + 5)));
        assert!(!check_state(b"k", "code1", "nonce", &state, Timestamp(12 * HOUR)));
        assert!(!check_state(b"k", "code2", "nonce", &state, Timestamp(10 * HOUR)));
        assert!(!check_state(b"k", "code1", "other", &state, Timestamp(10 * HOUR)));
        assert!(!check_state(b"x", "code1", "nonce", &state, Timestamp(10 * HOUR)));
    }

    #[test]
    fn ways_back_stay_within_our_pages() {
        for good in ["/m/j/abc", "/m/consents?from=x"] {
            assert!(is_own_page(good), "{good}");
        }
        for bad in
            ["//evil.example", "/m//evil.example", "/m/../api", "https://x/m/", "/m/\r\nx", "/m/a b", "/x"]
        {
            assert!(!is_own_page(bad), "{bad}");
        }
    }
}
