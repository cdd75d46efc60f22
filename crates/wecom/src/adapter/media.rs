//! Uploads.

use async_trait::async_trait;
use base::Timestamp;
use base::time::DAY;
use messenger::media::{Media, MediaKind, Uploaded};
use messenger::{Lane, Refusal, Result};

use super::WecomMessenger;
use super::errors::ours;
use crate::client::multipart::Part;
use crate::wire::media::{ImageUploaded, MediaUploaded, UPLOAD, UPLOAD_IMAGE};

/// WeCom forgets temporary media after this.
const LIFE: i64 = 3 * DAY;
const SMALLEST: usize = 6;
const MB: usize = 1024 * 1024;

#[async_trait]
impl Media for WecomMessenger {
    async fn upload(&self, kind: MediaKind, file_name: &str, bytes: &[u8], lane: Lane) -> Result<Uploaded> {
        let (word, largest) = match kind {
            MediaKind::Image => ("image", 10 * MB),
            MediaKind::Voice => ("voice", 2 * MB),
            MediaKind::Video => ("video", 10 * MB),
            MediaKind::File => ("file", 20 * MB),
        };
        check_size(bytes, largest)?;
        let part = Part { file_name, content_type: content_type(file_name), bytes };
        let query = format!("type={word}");
        let uploaded: MediaUploaded = self.client.upload(UPLOAD, &query, &part, lane).await?;
        let created_at = uploaded.created_at.trim().parse().map(Timestamp::from_seconds);
        let from = created_at.unwrap_or_else(|_| self.client.now());
        Ok(Uploaded { id: uploaded.media_id, expires_at: from.plus(LIFE) })
    }

    async fn upload_picture(&self, file_name: &str, bytes: &[u8], lane: Lane) -> Result<String> {
        check_size(bytes, 2 * MB)?;
        let part = Part { file_name, content_type: content_type(file_name), bytes };
        let uploaded: ImageUploaded = self.client.upload(UPLOAD_IMAGE, "", &part, lane).await?;
        Ok(uploaded.url)
    }
}

fn check_size(bytes: &[u8], largest: usize) -> Result<()> {
    match bytes.len() {
        0..SMALLEST => Err(ours(Refusal::BadRequest, "the file is empty or too small")),
        n if n > largest => Err(ours(Refusal::BadRequest, "the file is too large for WeCom")),
        _ => Ok(()),
    }
}

fn content_type(file_name: &str) -> &'static str {
    let ending = file_name.rsplit_once('.').map(|(_, e)| e.to_ascii_lowercase()).unwrap_or_default();
    match ending.as_str() {
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "amr" => "audio/amr",
        "mp4" => "video/mp4",
        "pdf" => "application/pdf",
        _ => "application/octet-stream",
    }
}
