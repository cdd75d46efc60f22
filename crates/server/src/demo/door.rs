//! The product's HTTP surface, called in process.

use anyhow::{Context as _, bail};
use axum::Router;
use axum::body::Body;
use http::{HeaderMap, Method, Request, StatusCode, header};
use serde_json::Value;
use tower::ServiceExt as _;

/// Calls the product as one operator.
#[derive(Clone)]
pub struct Door {
    router: Router,
    cookie: String,
}

/// An answer with its body read.
pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: bytes::Bytes,
}

impl Reply {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }
    pub fn header(&self, name: header::HeaderName) -> Option<&str> {
        self.headers.get(name).and_then(|v| v.to_str().ok())
    }
}

/// Sends one request through the router.
pub async fn send(router: &Router, request: Request<Body>) -> anyhow::Result<Reply> {
    let response = router.clone().oneshot(request).await.context("the router answers")?;
    let (parts, body) = response.into_parts();
    let body = axum::body::to_bytes(body, 50_000_000).await.context("a body")?;
    Ok(Reply { status: parts.status, headers: parts.headers, body })
}

impl Door {
    /// Signs in with a one-time link.
    pub async fn sign_in(router: Router, link: &str) -> anyhow::Result<Self> {
        let code = link.split("code=").nth(1).context("a sign-in link carries a code")?.to_owned();
        let mut door = Self { router, cookie: String::new() };
        let reply =
            door.request(Method::POST, "/api/v1/session", Some(&serde_json::json!({ "code": code }))).await?;
        let cookie = reply.header(header::SET_COOKIE).context("a session cookie")?;
        cookie.split(';').next().unwrap_or_default().clone_into(&mut door.cookie);
        Ok(door)
    }

    pub const fn router(&self) -> &Router {
        &self.router
    }

    async fn request(&self, method: Method, path: &str, body: Option<&Value>) -> anyhow::Result<Reply> {
        self.request_with(method, path, body.map_or_else(Body::empty, |b| Body::from(b.to_string()))).await
    }

    async fn request_with(&self, method: Method, path: &str, body: Body) -> anyhow::Result<Reply> {
        let request = Request::builder()
            .method(method.clone())
            .uri(path)
            .header(header::COOKIE, &self.cookie)
            .header(header::CONTENT_TYPE, "application/json")
            .header("x-huoqun", "demo")
            .body(body)?;
        let reply = send(&self.router, request).await?;
        if reply.status.is_client_error() || reply.status.is_server_error() {
            bail!("{method} {path}: {} {}", reply.status, String::from_utf8_lossy(&reply.body));
        }
        Ok(reply)
    }

    pub async fn get(&self, path: &str) -> anyhow::Result<Value> {
        Ok(self.request(Method::GET, path, None).await?.json())
    }
    pub async fn post(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        Ok(self.request(Method::POST, path, Some(body)).await?.json())
    }
    pub async fn put(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        Ok(self.request(Method::PUT, path, Some(body)).await?.json())
    }
    /// Sends a file.
    pub async fn post_text(&self, path: &str, text: String) -> anyhow::Result<Value> {
        Ok(self.request_with(Method::POST, path, Body::from(text)).await?.json())
    }
    pub async fn patch(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        Ok(self.request(Method::PATCH, path, Some(body)).await?.json())
    }

    /// Every item of a list, page by page.
    pub async fn all(&self, path: &str) -> anyhow::Result<Vec<Value>> {
        let mut items = Vec::new();
        let mut cursor = String::new();
        loop {
            let sign = if path.contains('?') { '&' } else { '?' };
            let page = self.get(&format!("{path}{sign}limit=200&cursor={cursor}")).await?;
            items.extend(page["items"].as_array().cloned().unwrap_or_default());
            match page["next"].as_str() {
                Some(next) => next.clone_into(&mut cursor),
                None => return Ok(items),
            }
        }
    }
}
