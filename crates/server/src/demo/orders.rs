//! The shop: reports orders to the product by signed webhook, as a real shop system would.

use anyhow::Context as _;
use axum::Router;
use axum::body::Body;
use base::{Clock as _, ScaledClock, Timestamp};
use hmac::{Hmac, KeyInit as _, Mac as _};
use http::{Request, header};
use serde_json::Value;
use sha2::Sha256;
use std::collections::HashMap;
use std::sync::Arc;

use super::door;

/// One shop system with the address and secret of the settings page.
pub struct Shop {
    router: Router,
    clock: Arc<ScaledClock>,
    /// Path of the webhook.
    path: String,
    secret: String,
    /// When each order was paid, for the refund that may follow.
    paid: HashMap<String, Timestamp>,
}

impl Shop {
    pub fn new(router: Router, clock: Arc<ScaledClock>, path: String, secret: String) -> Self {
        Self { router, clock, path, secret, paid: HashMap::new() }
    }

    pub fn remember(&mut self, order: &str, at: Timestamp) {
        self.paid.insert(order.to_owned(), at);
    }

    /// When an order was paid, in milliseconds; `otherwise` for one the shop never saw.
    pub fn paid_at(&self, order: &str, otherwise: Timestamp) -> i64 {
        self.paid.get(order).copied().unwrap_or(otherwise).0
    }

    /// Sends one order; an error when it was not taken.
    pub async fn send(&self, order: Value) -> anyhow::Result<()> {
        let body = order.to_string();
        let timestamp = self.clock.now().seconds().to_string();
        let mut mac =
            Hmac::<Sha256>::new_from_slice(self.secret.as_bytes()).context("a secret of any length")?;
        mac.update(format!("{timestamp}.{body}").as_bytes());
        let signature = hex::encode(mac.finalize().into_bytes());
        let request = Request::post(&self.path)
            .header(header::CONTENT_TYPE, "application/json")
            .header("x-huoqun-timestamp", timestamp)
            .header("x-huoqun-signature", signature)
            .body(Body::from(body))?;
        let reply = door::send(&self.router, request).await?;
        anyhow::ensure!(
            reply.status.is_success(),
            "{} {}",
            reply.status,
            String::from_utf8_lossy(&reply.body)
        );
        Ok(())
    }
}
