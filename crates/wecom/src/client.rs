//! The client: one application of one company. Adds the token, keeps under the limits, and says of every call
//! whether it was done, refused, or whether nobody knows.
//!
//! It never sleeps and never repeats, except once with a fresh token when WeCom says that the old one was not
//! accepted, which it says before doing anything.

pub mod kept;
pub mod limiter;
pub mod multipart;
mod outcome;
mod outline;

use std::sync::Arc;

use base::time::{SECOND, SharedClock};
use base::{Secret, Timestamp};
use bytes::Bytes;
use http::Method;
use messenger::Lane;
use serde::de::DeserializeOwned;

use crate::transport::{Request, Transport};
use crate::wire::token::{GetJsapiTicket, GetTicket, GetToken};
use crate::wire::{Call, Effect, codes, media};
use kept::{Fetched, Issue, Kept};
use limiter::{Limiter, Quota, rules_of};
use multipart::Part;
pub use outcome::{CallError, CallResult};
use outcome::{hide, lost, parse, settle};
use outline::Outline;
pub use outline::escape;

/// Whose client this is.
#[derive(Clone, Debug)]
pub struct Application {
    pub corp: String,
    pub agent: String,
    pub secret: Secret<String>,
}

/// One application of one company. Cheap to share, meant to live as long as its credentials.
pub struct Client {
    application: Application,
    transport: Arc<dyn Transport>,
    limiter: Arc<Limiter>,
    clock: SharedClock,
    token: Kept,
    corp_ticket: Kept,
    app_ticket: Kept,
}

/// After a clash with another call to the same API.
const CONCURRENCY_PAUSE: i64 = SECOND;

impl Client {
    #[must_use]
    pub fn new(
        application: Application,
        transport: Arc<dyn Transport>,
        limiter: Arc<Limiter>,
        clock: SharedClock,
    ) -> Self {
        let (token, corp_ticket, app_ticket) = Default::default();
        Self { application, transport, limiter, clock, token, corp_ticket, app_ticket }
    }

    #[must_use]
    pub const fn application(&self) -> &Application {
        &self.application
    }

    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Makes one call.
    ///
    /// # Errors
    /// [`CallError`], by the rules of [`crate::wire::Effect`].
    pub async fn call<C: Call>(&self, call: &C, lane: Lane) -> CallResult<C::Reply> {
        self.call_within(call, lane, &[]).await
    }

    /// Makes one call that counts against further quotas, such as those of its receivers.
    ///
    /// # Errors
    /// As [`Self::call`].
    pub async fn call_within<C: Call>(&self, call: &C, lane: Lane, more: &[Quota]) -> CallResult<C::Reply> {
        let outline = Outline::of(call)?;
        let bytes = self.send(&outline, lane, more).await?;
        parse(&bytes).map_err(|e| lost(outline.effect, format!("{}: unreadable answer: {e}", C::PATH)))
    }

    /// Uploads one file to `path`. `query` such as `type=image`.
    ///
    /// # Errors
    /// As [`Self::call`]; a file that arrived twice harms nobody, so nothing is ever unknown.
    pub async fn upload<R: DeserializeOwned>(
        &self,
        path: &'static str,
        query: &str,
        part: &Part<'_>,
        lane: Lane,
    ) -> CallResult<R> {
        let (content_type, body) = multipart::encode(part);
        let outline = Outline {
            method: Method::POST,
            path,
            query: query.to_owned(),
            content_type: Some(content_type),
            body,
            effect: Effect::Read,
        };
        let bytes = self.send(&outline, lane, &[]).await?;
        parse(&bytes).map_err(|e| CallError::Unavailable(format!("{path}: unreadable answer: {e}")))
    }

    /// The bytes of a temporary medium.
    ///
    /// # Errors
    /// As [`Self::call`].
    pub async fn download(&self, media_id: &str, lane: Lane) -> CallResult<Bytes> {
        let outline = Outline {
            method: Method::GET,
            path: media::GET,
            query: format!("media_id={}", escape(media_id)),
            content_type: None,
            body: Bytes::new(),
            effect: Effect::Read,
        };
        self.send(&outline, lane, &[]).await
    }

    /// Makes sure that there is a token; for the set-up doctor.
    ///
    /// # Errors
    /// As [`Self::call`].
    pub async fn check_token(&self) -> CallResult<()> {
        self.token(None, Lane::Urgent).await.map(|_| ())
    }

    /// The ticket that signs pages for the company.
    ///
    /// # Errors
    /// As [`Self::call`].
    pub async fn corp_ticket(&self, lane: Lane) -> CallResult<Secret<String>> {
        let fetch = || async {
            let ticket = self.call(&GetJsapiTicket {}, lane).await?;
            Ok((ticket.ticket, ticket.expires_in))
        };
        Ok(self.corp_ticket.get(self.now(), None, fetch).await?.value.clone())
    }

    /// The ticket that signs pages for the application.
    ///
    /// # Errors
    /// As [`Self::call`].
    pub async fn app_ticket(&self, lane: Lane) -> CallResult<Secret<String>> {
        let fetch = || async {
            let ticket = self.call(&GetTicket { r#type: "agent_config".into() }, lane).await?;
            Ok((ticket.ticket, ticket.expires_in))
        };
        Ok(self.app_ticket.get(self.now(), None, fetch).await?.value.clone())
    }

    /// The key under which an object of this application is limited.
    #[must_use]
    pub fn quota_key(&self, what: &str, object: &str) -> String {
        format!("{}|{}|{what}|{object}", self.application.corp, self.application.agent)
    }

    async fn send(&self, outline: &Outline, lane: Lane, more: &[Quota]) -> CallResult<Bytes> {
        self.admit(outline.path, lane, more)?;
        let issue = self.token(None, lane).await?;
        match self.send_with(outline, &issue).await {
            Err(CallError::Refused { code, .. }) if codes::asks_for_new_token(code) => {}
            settled => return settled,
        }
        let fresh = self.token(Some(issue.generation), lane).await?;
        match self.send_with(outline, &fresh).await {
            Err(CallError::Refused { code, words }) if codes::asks_for_new_token(code) => {
                Err(CallError::Unavailable(format!("a fresh token was refused ({code}): {words}")))
            }
            settled => settled,
        }
    }

    async fn send_with(&self, outline: &Outline, issue: &Issue) -> CallResult<Bytes> {
        let token = issue.value.reveal();
        let mut path_and_query = format!("{}?access_token={}", outline.path, escape(token));
        if !outline.query.is_empty() {
            path_and_query.push('&');
            path_and_query.push_str(&outline.query);
        }
        self.exchange(outline, path_and_query).await.map_err(|error| hide(error, token))
    }

    async fn exchange(&self, outline: &Outline, path_and_query: String) -> CallResult<Bytes> {
        let request = Request {
            method: outline.method.clone(),
            path_and_query,
            content_type: outline.content_type.clone(),
            body: outline.body.clone(),
        };
        let answer = self.transport.call(request).await;
        let settled = settle(outline, answer);
        if let Err(error) = &settled {
            tracing::debug!(path = outline.path, error = %error, "a call to WeCom did not succeed");
        }
        match settled {
            Err(CallError::Refused { code: codes::RATE_LIMIT | codes::ABNORMAL_ACCESS, .. }) => {
                let after_ms = self.limiter.block(self.now(), &self.path_key(outline.path));
                Err(CallError::RateLimited { after_ms })
            }
            Err(CallError::Refused { code: codes::CONCURRENT_CALLS, .. }) => {
                Err(CallError::RateLimited { after_ms: CONCURRENCY_PAUSE })
            }
            settled => settled,
        }
    }

    async fn token(&self, refused: Option<u64>, lane: Lane) -> CallResult<Arc<Issue>> {
        self.token.get(self.now(), refused, || self.fetch_token(lane)).await
    }

    async fn fetch_token(&self, lane: Lane) -> CallResult<Fetched> {
        self.admit(GetToken::PATH, lane, &[])?;
        let request = GetToken {
            corpid: self.application.corp.clone(),
            corpsecret: self.application.secret.reveal().clone(),
        };
        let outline = Outline::of(&request)?;
        let path_and_query = format!("{}?{}", GetToken::PATH, outline.query);
        let answer = self.exchange(&outline, path_and_query).await;
        let bytes = answer.map_err(|error| hide(error, self.application.secret.reveal()))?;
        let token = parse::<crate::wire::token::Token>(&bytes)
            .map_err(|_| CallError::Unavailable("the token can't be read".into()))?;
        if token.access_token.is_empty() {
            return Err(CallError::Unavailable("an empty token came".into()));
        }
        Ok((token.access_token, token.expires_in))
    }

    fn admit(&self, path: &str, lane: Lane, more: &[Quota]) -> CallResult<()> {
        let base = Quota { key: self.path_key(path), rules: rules_of(path) };
        let admitted = match more {
            [] => self.limiter.admit(self.now(), lane, &[base]),
            more => self.limiter.admit(self.now(), lane, &[&[base], more].concat()),
        };
        admitted.map_err(|after_ms| CallError::RateLimited { after_ms })
    }

    fn path_key(&self, path: &str) -> String {
        match path {
            "/cgi-bin/ticket/get" => self.quota_key(path, ""),
            _ => format!("{}|{path}", self.application.corp),
        }
    }
}
