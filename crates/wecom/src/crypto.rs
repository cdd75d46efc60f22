//! The callback envelope: SHA-1 signature, AES-256-CBC with a 32-byte PKCS#7 padding, the receiver's id inside.
//!
//! The scheme is WeCom's and can't be chosen: the initialisation vector is cut from the key and the only proof of
//! origin is a bare SHA-1 over a shared token. Two things compensate: the signature is compared in constant time
//! **before** anything is decrypted, and every refusal is the same `None`, so nobody learns why.

use aes::cipher::block_padding::NoPadding;
use aes::cipher::{BlockModeDecrypt as _, BlockModeEncrypt as _, InnerIvInit as _, KeyInit as _};
use aes::{Aes256Dec, Aes256Enc};
use base::Secret;
use base64::Engine as _;
use base64::alphabet;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};
use sha1::{Digest as _, Sha1};
use subtle::ConstantTimeEq as _;

/// Bodies above this many bytes are refused unread. The largest genuine callback (a change of 500 members) has 30 kB.
pub const MAX_BODY: usize = 64 * 1024;

/// WeCom pads to this block, not to the cipher's 16 bytes.
const PAD_BLOCK: usize = 32;
/// Random bytes and length word before the message.
const HEAD: usize = 20;

/// Forty-three characters carry 258 bits, and the two spare ones are often set in genuine keys.
const KEY_DECODER: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Why token or key can't be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    #[error("the callback token must be 1 to 32 letters and digits")]
    Token,
    #[error("the EncodingAESKey must be exactly 43 characters, this one has {0}")]
    KeyLength(usize),
    #[error("the EncodingAESKey may hold only letters and digits")]
    KeyAlphabet,
}

/// Signs, seals and opens callbacks of one application. Prepared once: the AES key schedules are kept.
#[derive(Clone)]
pub struct CallbackCrypto {
    token: Secret<String>,
    receive_id: String,
    iv: [u8; 16],
    sealer: Aes256Enc,
    opener: Aes256Dec,
}

impl CallbackCrypto {
    /// `receive_id` is the company's id for applications of its own.
    ///
    /// # Errors
    /// [`KeyError`] when token or key have the wrong form.
    pub fn new(token: &str, encoding_aes_key: &str, receive_id: &str) -> Result<Self, KeyError> {
        if token.is_empty() || token.len() > 32 || !token.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return Err(KeyError::Token);
        }
        let length = encoding_aes_key.chars().count();
        if length != 43 {
            return Err(KeyError::KeyLength(length));
        }
        let mut key = [0u8; 32];
        match KEY_DECODER.decode_slice(encoding_aes_key, &mut key) {
            Ok(32) => {}
            _ => return Err(KeyError::KeyAlphabet),
        }
        let mut iv = [0u8; 16];
        iv.copy_from_slice(&key[..16]);
        Ok(Self {
            token: Secret::new(token.to_owned()),
            receive_id: receive_id.to_owned(),
            iv,
            sealer: Aes256Enc::new(&key.into()),
            opener: Aes256Dec::new(&key.into()),
        })
    }

    /// The id that sealed messages carry and opened ones must carry.
    #[must_use]
    pub fn receive_id(&self) -> &str {
        &self.receive_id
    }

    /// Lower-case hex SHA-1 of the four texts in lexicographic order.
    #[must_use]
    pub fn signature(&self, timestamp: &str, nonce: &str, encrypted: &str) -> String {
        let mut out = String::with_capacity(40);
        out.push_str(
            std::str::from_utf8(&self.signature_hex(timestamp, nonce, encrypted)).unwrap_or_default(),
        );
        out
    }

    /// Whether `signature` is the one of these texts, compared in constant time.
    #[must_use]
    pub fn verify(&self, signature: &str, timestamp: &str, nonce: &str, encrypted: &str) -> bool {
        self.signature_hex(timestamp, nonce, encrypted).ct_eq(signature.as_bytes()).into()
    }

    fn signature_hex(&self, timestamp: &str, nonce: &str, encrypted: &str) -> [u8; 40] {
        let mut parts = [self.token.reveal().as_str(), timestamp, nonce, encrypted];
        parts.sort_unstable();
        hex_of(&parts.iter().fold(Sha1::new(), |sha, part| sha.chain_update(part)).finalize().into())
    }

    /// Seals a message: 16 bytes of chance, length, message and receiver's id, padded, encrypted, in base 64.
    #[must_use]
    pub fn encrypt(&self, random16: &[u8; 16], message: &str) -> String {
        let plain_len = HEAD + message.len() + self.receive_id.len();
        let pad = PAD_BLOCK - plain_len % PAD_BLOCK;
        let mut buffer = Vec::with_capacity(plain_len + pad);
        buffer.extend_from_slice(random16);
        buffer.extend_from_slice(&u32::try_from(message.len()).unwrap_or(u32::MAX).to_be_bytes());
        buffer.extend_from_slice(message.as_bytes());
        buffer.extend_from_slice(self.receive_id.as_bytes());
        buffer.resize(plain_len + pad, u8::try_from(pad).unwrap_or_default());
        let whole = buffer.len();
        let sealer = cbc::Encryptor::inner_iv_init(&self.sealer, &self.iv.into());
        match sealer.encrypt_padded::<NoPadding>(&mut buffer, whole) {
            Ok(sealed) => STANDARD.encode(sealed),
            // The buffer is a multiple of the block by construction.
            Err(_) => String::new(),
        }
    }

    /// Opens a sealed message. `None` for anything that is not a well-formed message to this receiver.
    ///
    /// Call [`Self::verify`] first, or use [`Self::open`]: decryption alone proves nothing.
    #[must_use]
    pub fn decrypt(&self, encrypted: &str) -> Option<String> {
        if encrypted.len() > MAX_BODY {
            return None;
        }
        let mut buffer = STANDARD.decode(encrypted).ok()?;
        let plain_len = {
            let opener = cbc::Decryptor::inner_iv_init(&self.opener, &self.iv.into());
            let plain = opener.decrypt_padded::<NoPadding>(&mut buffer).ok()?;
            unpadded_len(plain)?
        };
        let plain = &buffer[..plain_len];
        let length = plain.get(16..HEAD).and_then(|w| <[u8; 4]>::try_from(w).ok()).map(u32::from_be_bytes)?;
        let end = HEAD.checked_add(usize::try_from(length).ok()?)?;
        let receiver = plain.get(end..)?;
        if receiver != self.receive_id.as_bytes() {
            return None;
        }
        buffer.truncate(end);
        buffer.drain(..HEAD);
        String::from_utf8(buffer).ok()
    }

    /// Verifies and opens one delivery: the outer XML as posted, with the three texts of its address.
    #[must_use]
    pub fn open(&self, signature: &str, timestamp: &str, nonce: &str, body: &[u8]) -> Option<String> {
        let outer = Outer::read(body)?;
        if outer.to_user.is_some_and(|to| to != self.receive_id) {
            return None;
        }
        self.verify(signature, timestamp, nonce, outer.encrypted).then(|| self.decrypt(outer.encrypted))?
    }

    /// Answers the URL check: the plain text of `echo`, or `None` when the request is not genuine.
    #[must_use]
    pub fn open_echo(&self, signature: &str, timestamp: &str, nonce: &str, echo: &str) -> Option<String> {
        self.verify(signature, timestamp, nonce, echo).then(|| self.decrypt(echo))?
    }

    /// Seals a message as WeCom posts it: the body and the signature that goes into the address.
    #[must_use]
    pub fn delivery(&self, stamp: &Stamp<'_>, agent_id: Option<&str>, message: &str) -> Delivery {
        let encrypted = self.encrypt(&stamp.random16, message);
        let signature = self.signature(stamp.timestamp, stamp.nonce, &encrypted);
        let agent = agent_id.map(|id| format!("<AgentID><![CDATA[{id}]]></AgentID>")).unwrap_or_default();
        let to = &self.receive_id;
        let body = format!(
            "<xml><ToUserName><![CDATA[{to}]]></ToUserName><Encrypt><![CDATA[{encrypted}]]></Encrypt>{agent}</xml>"
        );
        Delivery { body, signature }
    }

    /// Seals a passive reply: the body of our answer to a delivery.
    #[must_use]
    pub fn reply(&self, stamp: &Stamp<'_>, message: &str) -> String {
        let encrypted = self.encrypt(&stamp.random16, message);
        let Stamp { timestamp, nonce, .. } = stamp;
        let signature = self.signature(timestamp, nonce, &encrypted);
        format!(
            "<xml><Encrypt><![CDATA[{encrypted}]]></Encrypt><MsgSignature><![CDATA[{signature}]]></MsgSignature>\
             <TimeStamp>{timestamp}</TimeStamp><Nonce><![CDATA[{nonce}]]></Nonce></xml>"
        )
    }
}

/// What makes one sealed message differ from the next.
#[derive(Clone, Debug)]
pub struct Stamp<'a> {
    /// Unix seconds as text.
    pub timestamp: &'a str,
    pub nonce: &'a str,
    pub random16: [u8; 16],
}

/// A sealed message ready to be posted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    pub body: String,
    pub signature: String,
}

/// Signs a page address for the JS-SDK. `url` goes in without its fragment; `timestamp` is in seconds.
#[must_use]
pub fn js_signature(ticket: &str, noncestr: &str, timestamp: i64, url: &str) -> String {
    let url = url.split('#').next().unwrap_or_default();
    let text = format!("jsapi_ticket={ticket}&noncestr={noncestr}&timestamp={timestamp}&url={url}");
    String::from_utf8_lossy(&hex_of(&Sha1::digest(text).into())).into_owned()
}

fn hex_of(digest: &[u8; 20]) -> [u8; 40] {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut out = [0u8; 40];
    for (pair, byte) in out.chunks_exact_mut(2).zip(digest) {
        pair[0] = DIGITS[usize::from(byte >> 4)];
        pair[1] = DIGITS[usize::from(byte & 15)];
    }
    out
}

/// Length without the padding; `None` when the padding is not 1 to 32 equal bytes.
fn unpadded_len(plain: &[u8]) -> Option<usize> {
    let pad = usize::from(*plain.last()?);
    let start = plain.len().checked_sub(pad)?;
    let good = (1..=PAD_BLOCK).contains(&pad)
        && plain.len().is_multiple_of(PAD_BLOCK)
        && plain[start..].iter().all(|b| usize::from(*b) == pad);
    good.then_some(start)
}

/// The parts of the outer XML that matter, borrowed from the body.
#[derive(Debug, PartialEq, Eq)]
struct Outer<'a> {
    to_user: Option<&'a str>,
    encrypted: &'a str,
}

impl<'a> Outer<'a> {
    /// One forward pass over the children of the root. A document type, nesting below a wanted element or a torn tag
    /// refuse the whole.
    fn read(body: &'a [u8]) -> Option<Self> {
        if body.len() > MAX_BODY {
            return None;
        }
        let mut rest = std::str::from_utf8(body).ok()?;
        let (mut depth, mut to_user, mut encrypted) = (0usize, None, None);
        while let Some(at) = rest.find('<') {
            rest = &rest[at + 1..];
            if let Some(after) = rest.strip_prefix("![CDATA[") {
                rest = split_cdata(after)?.1;
                continue;
            }
            if let Some(after) = rest.strip_prefix("!--") {
                rest = after.split_once("-->")?.1;
                continue;
            }
            if rest.starts_with('!') {
                return None;
            }
            let (tag, after) = rest.split_once('>')?;
            rest = after;
            if tag.starts_with('?') || tag.ends_with('/') {
                continue;
            }
            if tag.starts_with('/') {
                depth = depth.checked_sub(1)?;
                continue;
            }
            depth += 1;
            let name = tag.split_ascii_whitespace().next().unwrap_or_default();
            if depth != 2 || (name != "Encrypt" && name != "ToUserName") {
                continue;
            }
            let (text, after) = element_text(rest)?;
            rest = after;
            depth -= 1;
            let slot = if name == "Encrypt" { &mut encrypted } else { &mut to_user };
            if slot.replace(text).is_some() {
                return None;
            }
        }
        (depth == 0).then_some(Self { to_user, encrypted: encrypted? })
    }
}

/// The text up to the end of a CDATA section, and what follows. Looking for one byte is several times faster than for
/// three, and base 64 holds none.
fn split_cdata(rest: &str) -> Option<(&str, &str)> {
    let mut from = 0;
    loop {
        let at = from + rest[from..].find(']')?;
        if let Some(after) = rest[at..].strip_prefix("]]>") {
            return Some((&rest[..at], after));
        }
        from = at + 1;
    }
}

/// The text of a leaf element and what follows its closing tag.
fn element_text(rest: &str) -> Option<(&str, &str)> {
    let (text, after) = match rest.trim_start().strip_prefix("<![CDATA[") {
        Some(inner) => {
            let (text, after) = split_cdata(inner)?;
            (text, after.trim_start())
        }
        None => {
            let end = rest.find('<')?;
            (&rest[..end], &rest[end..])
        }
    };
    let (_, after) = after.strip_prefix("</")?.split_once('>')?;
    Some((text.trim(), after))
}

#[cfg(test)]
mod tests;
