//! Who opened a page inside the platform.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::{Lane, Result};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "id", rename_all = "snake_case")]
pub enum Visitor {
    Staff(String),
    Contact(String),
    /// A person the company doesn't know; the id is stable within the company.
    Stranger(String),
}

/// What a page needs to unlock the platform's in-app functions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageSignature {
    pub company: String,
    pub application: String,
    pub timestamp: i64,
    pub nonce: String,
    pub signature: String,
}

#[async_trait]
pub trait Identity: Send + Sync {
    /// Where to send a browser so that it comes back to `redirect` with `code` and `state`.
    fn authorize_url(&self, redirect: &str, state: &str) -> String;
    /// Exchanges the one-use code.
    async fn exchange(&self, code: &str, lane: Lane) -> Result<Visitor>;
    /// Signs a page address (without fragment). `for_application` selects the application's signature.
    async fn sign_page(
        &self,
        url: &str,
        for_application: bool,
        nonce: &str,
        lane: Lane,
    ) -> Result<PageSignature>;
}
