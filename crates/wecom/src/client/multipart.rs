//! A form with one file part, as bytes, so that both transports carry the same.

use bytes::Bytes;

/// A file to upload. WeCom shows the name to people.
#[derive(Clone, Debug)]
pub struct Part<'a> {
    pub file_name: &'a str,
    pub content_type: &'a str,
    pub bytes: &'a [u8],
}

/// Content type and body of a form whose only part is named `media`.
#[must_use]
pub fn encode(part: &Part<'_>) -> (String, Bytes) {
    let boundary = boundary_for(part.bytes);
    let name: String = part.file_name.chars().map(|c| if c.is_control() { '_' } else { c }).collect();
    let name = name.replace('"', "%22");
    let head = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"media\"; filename=\"{name}\"; filelength={}\r\n\
         Content-Type: {}\r\n\r\n",
        part.bytes.len(),
        part.content_type
    );
    let tail = format!("\r\n--{boundary}--\r\n");
    let body = [head.as_bytes(), part.bytes, tail.as_bytes()].concat();
    (format!("multipart/form-data; boundary={boundary}"), body.into())
}

/// A boundary that doesn't occur in the file.
fn boundary_for(bytes: &[u8]) -> String {
    let mut number = 0u32;
    loop {
        let boundary = format!("huoqun-part-{number:08x}");
        if !bytes.windows(boundary.len()).any(|w| w == boundary.as_bytes()) {
            return boundary;
        }
        number += 1;
    }
}
