//! Uploaded files: three-day temporary media, permanent pictures, attachments.

use base::Timestamp;
use base::time::DAY;
use bytes::Bytes;
use serde_json::json;

use super::{Call, Corp, Reply};
use crate::refusal::Refused;

/// One uploaded part.
#[derive(Clone, Debug)]
pub struct Upload {
    pub filename: String,
    pub bytes: Bytes,
}

/// Something kept by the platform.
#[derive(Clone, Debug)]
pub struct Media {
    pub kind: String,
    pub filename: String,
    pub bytes: Bytes,
    pub made: Timestamp,
    /// 0 for `media/upload`, 1 moments, 2 album for `upload_attachment`.
    pub scene: i64,
    /// `uploadimg` pictures don't expire.
    pub permanent: bool,
}

impl Media {
    #[must_use]
    pub fn expired(&self, now: Timestamp) -> bool {
        !self.permanent && now.since(self.made) > 3 * DAY
    }
    #[must_use]
    pub fn mime(&self) -> &'static str {
        match sniff(&self.bytes) {
            Some("jpg") => "image/jpeg",
            Some("png") => "image/png",
            Some("mp4") => "video/mp4",
            Some("amr") => "audio/amr",
            _ => "application/octet-stream",
        }
    }
}

fn sniff(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0xff, 0xd8, 0xff, ..] => Some("jpg"),
        [0x89, b'P', b'N', b'G', ..] => Some("png"),
        [b'#', b'!', b'A', b'M', b'R', ..] => Some("amr"),
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => Some("mp4"),
        _ => None,
    }
}

const MIB: usize = 1024 * 1024;

/// Size limit and formats of a kind; an empty list takes any format.
fn kind_rules(kind: &str) -> Option<(usize, &'static [&'static str])> {
    match kind {
        "image" => Some((10 * MIB, &["jpg", "png"])),
        "voice" => Some((2 * MIB, &["amr"])),
        "video" => Some((10 * MIB, &["mp4"])),
        "file" => Some((20 * MIB, &[])),
        _ => None,
    }
}

fn check(kind: &str, upload: &Upload) -> Result<(), Refused> {
    let (max, formats) = kind_rules(kind).ok_or_else(|| Refused::code(40004))?;
    if upload.bytes.len() <= 5 || upload.bytes.len() > max {
        return Err(Refused::because(45001, format!("{kind} takes more than 5 bytes and at most {max}")));
    }
    let format = sniff(&upload.bytes).unwrap_or("other");
    if formats.is_empty() || formats.contains(&format) {
        return Ok(());
    }
    Err(Refused::because(40004, format!("{kind} takes {}", formats.join(", "))))
}

impl Corp {
    /// A living media of the wanted kind: 40007 otherwise.
    pub(crate) fn media_for(&self, id: &str, kind: &str, now: Timestamp) -> Result<(), Refused> {
        match self.media.get(id) {
            Some(media) if media.kind == kind && !media.expired(now) => Ok(()),
            Some(media) if media.expired(now) => Err(Refused::because(40007, "media_id expired")),
            _ => Err(Refused::code(40007)),
        }
    }
    fn keep(&mut self, prefix: &str, media: Media) -> String {
        let id = self.make_id(prefix, 60);
        self.media.insert(id.clone(), media);
        id
    }
}

fn part<'a>(call: &Call<'a>) -> Result<&'a Upload, Refused> {
    call.upload.ok_or_else(|| Refused::because(41005, "media missing: send multipart/form-data"))
}

/// `media/upload`: `created_at` is a string here.
pub fn upload(call: &mut Call) -> Reply {
    let kind = call.ask.need_param("type", 40004)?.to_owned();
    let upload = part(call)?.clone();
    check(&kind, &upload)?;
    let (made, filename, bytes) = (call.now, upload.filename, upload.bytes);
    let media = Media { kind: kind.clone(), filename, bytes, made, scene: 0, permanent: false };
    let id = call.corp.keep("3", media);
    Ok(json!({"type": kind, "media_id": id, "created_at": made.seconds().to_string()}))
}

/// `media/upload_attachment`: `created_at` is a number here.
pub fn upload_attachment(call: &mut Call) -> Reply {
    let kind = call.ask.need_param("media_type", 40004)?.to_owned();
    let scene: i64 = match call.ask.need_param("attachment_type", 41072)? {
        "1" => 1,
        "2" => 2,
        _ => return Err(Refused::code(41072)),
    };
    let upload = part(call)?.clone();
    if upload.bytes.len() > 10 * MIB {
        return Err(Refused::code(41080));
    }
    check(&kind, &upload)?;
    let (made, filename, bytes) = (call.now, upload.filename, upload.bytes);
    let media = Media { kind: kind.clone(), filename, bytes, made, scene, permanent: false };
    let id = call.corp.keep("3A", media);
    Ok(json!({"type": kind, "media_id": id, "created_at": made.seconds()}))
}

/// `media/uploadimg`: a permanent address.
pub fn upload_img(call: &mut Call) -> Reply {
    let upload = part(call)?.clone();
    check("image", &upload)?;
    if upload.bytes.len() > 2 * MIB {
        return Err(Refused::because(45001, "uploadimg takes 2 MB"));
    }
    let (made, filename, bytes) = (call.now, upload.filename, upload.bytes);
    let media = Media { kind: "image".into(), filename, bytes, made, scene: 0, permanent: true };
    let id = call.corp.keep("img", media);
    Ok(json!({"url": format!("{}/sim/image/{id}", call.base_url)}))
}

/// `media/get`: the file itself; errors come back as JSON.
pub fn download(call: &Call) -> Result<Media, Refused> {
    let id = call.ask.need_param("media_id", 41006)?;
    let media = call.corp.media.get(id).filter(|m| !m.expired(call.now));
    media.cloned().ok_or_else(|| Refused::code(40007))
}
