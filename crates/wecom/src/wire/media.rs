//! Pictures, videos and files. Uploads are multipart forms with one part named `media`.

use serde::{Deserialize, Serialize};

use super::lenient;

/// `?type=image|voice|video|file`; the id lives three days.
pub const UPLOAD: &str = "/cgi-bin/media/upload";
/// A permanent picture address; 1,000 a day and 3,000 a month per company.
pub const UPLOAD_IMAGE: &str = "/cgi-bin/media/uploadimg";
/// `?media_type=…&attachment_type=1|2` for moments and product albums.
pub const UPLOAD_ATTACHMENT: &str = "/cgi-bin/media/upload_attachment";
/// `?media_id=…`: the bytes, or a JSON body when it fails.
pub const GET: &str = "/cgi-bin/media/get";

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct MediaUploaded {
    pub r#type: String,
    pub media_id: String,
    /// Unix seconds, written as a text here.
    #[serde(deserialize_with = "lenient::text")]
    pub created_at: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ImageUploaded {
    pub url: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AttachmentUploaded {
    pub r#type: String,
    pub media_id: String,
    /// Unix seconds, written as a number here.
    #[serde(deserialize_with = "lenient::int")]
    pub created_at: i64,
}
