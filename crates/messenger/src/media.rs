//! Pictures, videos and files handed to the platform.

use async_trait::async_trait;
use base::Timestamp;

use crate::{Lane, Result};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MediaKind {
    Image,
    Voice,
    Video,
    File,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Uploaded {
    pub id: String,
    /// When the platform forgets it.
    pub expires_at: Timestamp,
}

#[async_trait]
pub trait Media: Send + Sync {
    async fn upload(&self, kind: MediaKind, file_name: &str, bytes: &[u8], lane: Lane) -> Result<Uploaded>;
    /// A permanent picture address that shows inside the platform.
    async fn upload_picture(&self, file_name: &str, bytes: &[u8], lane: Lane) -> Result<String>;
}
