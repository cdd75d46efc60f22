//! The way out for webhooks over real connections. Every address that a name resolves to is judged inside the
//! client's resolver, so that nothing lies between judging and connecting.

use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};

use app::kernel::network::Settings;
use app::kernel::outgoing::{CALL_LIMIT, Call, MOST_ANSWER, NoReply, Outgoing, Reply, check_url, may_reach};
use async_trait::async_trait;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

const CONNECT_LIMIT: std::time::Duration = std::time::Duration::from_secs(5);

/// Connections of the whole process. The client is built at the first call: reading the machine's TLS roots takes a good
/// part of a start, and most installations call nobody.
pub struct HttpOutgoing {
    client: OnceLock<Result<reqwest::Client, String>>,
    settings: Settings,
}

/// The machine's resolver behind our judgement.
struct Judging(Settings);

#[derive(Debug, thiserror::Error)]
#[error("{0} leads to an address that may not be reached")]
struct Forbidden(String);

impl HttpOutgoing {
    #[must_use]
    pub const fn new(settings: Settings) -> Self {
        Self { client: OnceLock::new(), settings }
    }

    fn client(&self) -> Result<&reqwest::Client, NoReply> {
        let client = self.client.get_or_init(|| build(&self.settings)).as_ref();
        client.map_err(|why| NoReply::NotSent(why.clone()))
    }
}

fn build(settings: &Settings) -> Result<reqwest::Client, String> {
    // No proxy: it would connect where we can't judge. No redirects: they lead where nobody looked.
    wecom::transport::https()
        .dns_resolver(Arc::new(Judging(settings.clone())))
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(CONNECT_LIMIT)
        .timeout(CALL_LIMIT)
        .user_agent(concat!("huoqun-webhooks/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(|e| format!("the HTTPS client can't start: {e}"))
}

impl Resolve for Judging {
    fn resolve(&self, name: Name) -> Resolving {
        let settings = self.0.clone();
        Box::pin(async move {
            let name = name.as_str().to_owned();
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            // One forbidden address among good ones is a trick, not a choice.
            if !found.iter().all(|address| may_reach(address.ip(), &settings)) {
                return Err(Forbidden(name).into());
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

#[async_trait]
impl Outgoing for HttpOutgoing {
    async fn post(&self, call: Call) -> Result<Reply, NoReply> {
        // Numbers in the address never pass the resolver, and the settings may have changed since it was written down.
        let url = check_url(&call.url, &self.settings)
            .map_err(|_| NoReply::Forbidden("it is not an allowed address any more".to_owned()))?;
        let mut request = self.client()?.post(url);
        for (name, value) in &call.headers {
            request = request.header(*name, value);
        }
        let mut answer = request.body(call.body).send().await.map_err(why)?;
        let status = answer.status().as_u16();
        let retry_after = answer.headers().get(http::header::RETRY_AFTER);
        let retry_after = retry_after.and_then(|v| v.to_str().ok()).and_then(|v| v.trim().parse().ok());
        let mut body = Vec::new();
        // The status is what counts: an answer that breaks off afterwards is shown as far as it came.
        while body.len() < MOST_ANSWER
            && let Ok(Some(chunk)) = answer.chunk().await
        {
            body.extend_from_slice(&chunk);
        }
        body.truncate(MOST_ANSWER);
        // A text must not hold zeros, which one of the two databases refuses.
        let body = String::from_utf8_lossy(&body).replace('\0', "\u{fffd}");
        Ok(Reply { status, retry_after, body })
    }
}

fn why(error: reqwest::Error) -> NoReply {
    let error = error.without_url();
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(&error);
    let mut forbidden = false;
    while let Some(inner) = cause {
        forbidden |= inner.is::<Forbidden>();
        text = format!("{text}: {inner}");
        cause = inner.source();
    }
    match (forbidden, error.is_connect() || error.is_builder()) {
        (true, _) => NoReply::Forbidden(text),
        (false, true) => NoReply::NotSent(text),
        (false, false) => NoReply::Unknown(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::routing::post;
    use http::{HeaderMap, StatusCode, header};

    fn call(url: String) -> Call {
        Call { url, headers: vec![("webhook-id", "msg_1".to_owned())], body: "{}".to_owned() }
    }

    /// A receiver on this machine; answers its address.
    async fn receiver() -> SocketAddr {
        let router = axum::Router::new()
            .route(
                "/hook",
                post(|headers: HeaderMap| async move {
                    headers["webhook-id"].to_str().expect("ASCII").to_owned()
                }),
            )
            .route("/big", post(|| async { "x".repeat(5_000_000) }))
            .route("/away", post(|| async { (StatusCode::FOUND, [(header::LOCATION, "/hook")]) }))
            .route(
                "/busy",
                post(|| async { (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, "7")], "\0") }),
            );
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        tokio::spawn(async move { axum::serve(listener, router).await });
        address
    }

    #[tokio::test]
    async fn answers_are_bounded_and_redirects_stay_where_they_are() {
        let at = receiver().await;
        let out = HttpOutgoing::new(Settings { loopback: true, ..Settings::default() });
        let reply = out.post(call(format!("http://{at}/hook"))).await.expect("an answer");
        assert_eq!(reply, Reply { status: 200, retry_after: None, body: "msg_1".to_owned() });
        let reply = out.post(call(format!("http://{at}/big"))).await.expect("an answer");
        assert_eq!(reply.body.len(), MOST_ANSWER);
        let reply = out.post(call(format!("http://{at}/away"))).await.expect("an answer");
        assert_eq!((reply.status, reply.body.as_str()), (302, ""));
        let reply = out.post(call(format!("http://{at}/busy"))).await.expect("an answer");
        assert_eq!((reply.retry_after, reply.body.as_str()), (Some(7), "\u{fffd}"));
    }

    #[tokio::test]
    async fn a_name_that_leads_home_is_refused_when_it_is_resolved() {
        let at = receiver().await;
        let out = HttpOutgoing::new(Settings::default());
        // The written check refuses these at once.
        for url in
            [format!("http://{at}/hook"), format!("https://{at}/hook"), "https://localhost/".to_owned()]
        {
            assert!(matches!(out.post(call(url)).await, Err(NoReply::Forbidden(_))));
        }
        // The resolver refuses what only resolving shows.
        let name: Name = "localhost".parse().expect("a name");
        assert!(Judging(Settings::default()).resolve(name).await.is_err());
        let name: Name = "localhost".parse().expect("a name");
        let demo = Settings { loopback: true, ..Settings::default() };
        assert!(Judging(demo).resolve(name).await.is_ok());
    }
}
