//! The browsers of members and employees: each keeps her cookies, follows redirects between the product and the
//! platform, and taps what a member page asks.

use std::collections::HashMap;

use anyhow::Context as _;
use axum::Router;
use axum::body::Body;
use bytes::Bytes;
use http::{Method, Request, StatusCode, header};
use serde_json::Value;
use wecom_sim::Sim;

use super::door::{self, Reply};

const WECHAT: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 \
     (KHTML, like Gecko) Mobile/15E148 MicroMessenger/8.0.50 Language/zh_CN";

/// More redirects than any honest page needs.
const MOST_STEPS: usize = 8;

/// All phones of the town.
pub struct Phones {
    router: Router,
    sim: Sim,
    product: String,
    platform: String,
    cookies: HashMap<String, HashMap<String, String>>,
}

/// Where a journey ended.
pub struct Arrival {
    /// The last address, complete.
    pub url: String,
}

impl Phones {
    pub fn new(router: Router, sim: Sim, product: &str, platform: &str) -> Self {
        let (product, platform) = (product.to_owned(), platform.to_owned());
        Self { router, sim, product, platform, cookies: HashMap::new() }
    }

    /// Address of the product.
    pub fn product(&self) -> &str {
        &self.product
    }

    /// A machine fetches a preview of a link: no cookies, no identity.
    pub async fn crawl(&self, url: &str) -> anyhow::Result<()> {
        let Some(path) = url.strip_prefix(&self.product) else { return Ok(()) };
        let agent = "Mozilla/5.0 (compatible; Baiduspider/2.0; +http://www.baidu.com/search/spider.html)";
        let request = Request::get(path).header(header::USER_AGENT, agent).body(Body::empty())?;
        door::send(&self.router, request).await?;
        Ok(())
    }

    /// Opens an address as this person of the platform and follows where it leads.
    pub async fn open(&mut self, who: &str, url: &str) -> anyhow::Result<Arrival> {
        let mut url = url.to_owned();
        for _ in 0..MOST_STEPS {
            let next = if let Some(path) = url.strip_prefix(&self.product) {
                let reply = self.ask(who, Method::GET, path, None).await?;
                match redirect(&reply) {
                    Some(next) => self.absolute(&next),
                    None => return Ok(Arrival { url }),
                }
            } else if let Some(path) = url.strip_prefix(&self.platform) {
                match self.authorize(who, path).await? {
                    Some(next) => next,
                    None => return Ok(Arrival { url }),
                }
            } else {
                // Somebody else's shop.
                return Ok(Arrival { url });
            };
            url = next;
        }
        Ok(Arrival { url })
    }

    /// Calls the product with this person's cookies.
    pub async fn ask(
        &mut self,
        who: &str,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> anyhow::Result<Reply> {
        let jar = self.cookies.entry(who.to_owned()).or_default();
        let cookies = jar.iter().map(|(k, v)| format!("{k}={v}")).collect::<Vec<_>>().join("; ");
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::USER_AGENT, WECHAT)
            .header(header::COOKIE, cookies)
            .header(header::CONTENT_TYPE, "application/json")
            .header("x-huoqun", "member")
            .body(body.map_or_else(Body::empty, |b| Body::from(b.to_string())))
            .context("a request")?;
        let reply = door::send(&self.router, request).await?;
        for set in reply.headers.get_all(header::SET_COOKIE) {
            let pair = set.to_str().unwrap_or_default().split(';').next().unwrap_or_default();
            if let Some((name, value)) = pair.split_once('=') {
                jar.insert(name.to_owned(), value.to_owned());
            }
        }
        Ok(reply)
    }

    /// The platform's page that says who somebody is.
    async fn authorize(&self, who: &str, path: &str) -> anyhow::Result<Option<String>> {
        let path = path.split('#').next().unwrap_or_default();
        let sign = if path.contains('?') { '&' } else { '?' };
        let request = Request::builder().uri(format!("{path}{sign}as={who}")).body(Bytes::new())?;
        let response = self.sim.call(request).await;
        let location = response.headers().get(header::LOCATION).and_then(|v| v.to_str().ok());
        Ok(location.map(str::to_owned))
    }

    fn absolute(&self, location: &str) -> String {
        if location.starts_with('/') { format!("{}{location}", self.product) } else { location.to_owned() }
    }
}

fn redirect(reply: &Reply) -> Option<String> {
    if !reply.status.is_redirection() || reply.status == StatusCode::NOT_MODIFIED {
        return None;
    }
    reply.header(header::LOCATION).map(str::to_owned)
}
