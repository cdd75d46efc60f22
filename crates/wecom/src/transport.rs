//! How bytes reach WeCom: over HTTPS, or straight into a function of the same process.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::Method;

/// Where WeCom listens when the credentials name no other address.
pub const OFFICIAL_BASE: &str = "https://qyapi.weixin.qq.com";
/// Answers above this are torn off; the largest list WeCom returns is far below.
const MAX_ANSWER: usize = 32 * 1024 * 1024;
const CONNECT_LIMIT: Duration = Duration::from_secs(3);
const CALL_LIMIT: Duration = Duration::from_secs(10);
/// Uploads get one more second for each of these.
const BYTES_PER_SECOND: u64 = 128 * 1024;

/// One request. The query carries the access token, so neither it nor the body ever prints.
#[derive(Clone)]
pub struct Request {
    pub method: Method,
    /// For example `/cgi-bin/user/get?access_token=…&userid=a`.
    pub path_and_query: String,
    pub content_type: Option<String>,
    pub body: Bytes,
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path_and_query.split('?').next().unwrap_or_default();
        write!(f, "{} {path} ({} bytes)", self.method, self.body.len())
    }
}

/// A complete answer.
#[derive(Clone, Debug)]
pub struct Response {
    pub status: u16,
    pub body: Bytes,
}

/// Why there is no complete answer. The words never hold an address with its query.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TransportError {
    /// No byte of the request left.
    #[error("no connection: {0}")]
    NotSent(String),
    /// The request may have arrived: time-out, reset, torn answer.
    #[error("no complete answer: {0}")]
    Unknown(String),
}

/// Carries one request. Doesn't repeat, doesn't follow redirects.
#[async_trait]
pub trait Transport: Send + Sync {
    async fn call(&self, request: Request) -> Result<Response, TransportError>;
}

/// Makes the transport to a base address; `None` is WeCom itself.
pub trait Transports: Send + Sync {
    fn to(&self, api_base: Option<&str>) -> Arc<dyn Transport>;
}

/// The beginning of every HTTPS client in this process: settles once who does the cryptography of TLS.
pub fn https() -> reqwest::ClientBuilder {
    // A second attempt answers that it is settled already, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
}

/// Real connections, pooled for the whole process. A client is built at its first call: reading the machine's TLS
/// roots takes longer than everything else in a start, and a server without credentials never calls.
#[derive(Default)]
pub struct HttpTransports {
    remote: Arc<LateClient>,
    /// Goes to this machine and therefore past any configured proxy.
    local: Arc<LateClient>,
}

type LateClient = OnceLock<Result<reqwest::Client, String>>;

impl Transports for HttpTransports {
    fn to(&self, api_base: Option<&str>) -> Arc<dyn Transport> {
        let base = api_base.unwrap_or(OFFICIAL_BASE).trim_end_matches('/').to_owned();
        let local = is_this_machine(&base);
        let client = Arc::clone(if local { &self.local } else { &self.remote });
        Arc::new(HttpTransport { client, local, base })
    }
}

fn build(local: bool) -> Result<reqwest::Client, String> {
    let builder = if local { https().no_proxy() } else { https() };
    builder
        .connect_timeout(CONNECT_LIMIT)
        .redirect(reqwest::redirect::Policy::none())
        .user_agent(concat!("huoqun/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(|e| format!("the HTTPS client can't start: {e}"))
}

fn is_this_machine(base: &str) -> bool {
    let Ok(uri) = base.parse::<http::Uri>() else { return false };
    uri.host().is_some_and(|host| matches!(host, "127.0.0.1" | "localhost" | "[::1]"))
}

/// One base address over HTTP or HTTPS.
struct HttpTransport {
    client: Arc<LateClient>,
    local: bool,
    base: String,
}

#[async_trait]
impl Transport for HttpTransport {
    async fn call(&self, request: Request) -> Result<Response, TransportError> {
        let extra = Duration::from_secs(request.body.len() as u64 / BYTES_PER_SECOND);
        let client = self.client.get_or_init(|| build(self.local)).as_ref();
        let mut outgoing = client
            .map_err(|why| TransportError::NotSent(why.clone()))?
            .request(request.method, format!("{}{}", self.base, request.path_and_query))
            .timeout(CALL_LIMIT + extra);
        if let Some(content_type) = request.content_type {
            outgoing = outgoing.header(http::header::CONTENT_TYPE, content_type);
        }
        let mut answer = outgoing.body(request.body).send().await.map_err(why)?;
        let status = answer.status().as_u16();
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(|e| TransportError::Unknown(words(e)))? {
            if body.len() + chunk.len() > MAX_ANSWER {
                return Err(TransportError::Unknown("the answer is too large".into()));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Response { status, body: body.into() })
    }
}

fn why(error: reqwest::Error) -> TransportError {
    if error.is_connect() || error.is_builder() {
        return TransportError::NotSent(words(error));
    }
    TransportError::Unknown(words(error))
}

/// The whole chain of causes without the address, because its query carries the token.
fn words(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(&error);
    while let Some(inner) = cause {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        cause = inner.source();
    }
    text
}

type Answering = Pin<Box<dyn Future<Output = http::Response<Bytes>> + Send>>;

/// Calls a function of this process with the same bytes that would go over the network.
#[derive(Clone)]
pub struct InProcess(Arc<dyn Fn(http::Request<Bytes>) -> Answering + Send + Sync>);

impl InProcess {
    pub fn new<F, A>(serve: F) -> Self
    where
        F: Fn(http::Request<Bytes>) -> A + Send + Sync + 'static,
        A: Future<Output = http::Response<Bytes>> + Send + 'static,
    {
        Self(Arc::new(move |request| Box::pin(serve(request))))
    }
}

#[async_trait]
impl Transport for InProcess {
    async fn call(&self, request: Request) -> Result<Response, TransportError> {
        let mut building = http::Request::builder().method(request.method).uri(request.path_and_query);
        if let Some(content_type) = request.content_type {
            building = building.header(http::header::CONTENT_TYPE, content_type);
        }
        let outgoing =
            building.body(request.body).map_err(|e| TransportError::NotSent(format!("bad request: {e}")))?;
        let answer = (self.0)(outgoing).await;
        Ok(Response { status: answer.status().as_u16(), body: answer.into_body() })
    }
}

/// Gives the same transport for every address.
pub struct Always(pub Arc<dyn Transport>);

impl Transports for Always {
    fn to(&self, _api_base: Option<&str>) -> Arc<dyn Transport> {
        Arc::clone(&self.0)
    }
}
