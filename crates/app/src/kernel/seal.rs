//! Secrets at rest: AES-256-GCM under a key that lies in the data folder or comes from the environment, never in the
//! database.

use aes_gcm::aead::{Aead as _, KeyInit as _};
use aes_gcm::{Aes256Gcm, Nonce};
use base::{IdMaker, Secret};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

/// Seals and opens secrets that the database holds.
#[derive(Clone)]
pub struct Sealer {
    cipher: Aes256Gcm,
}

impl Sealer {
    #[must_use]
    pub fn new(key: &Secret<[u8; 32]>) -> Self {
        Self { cipher: Aes256Gcm::new(key.reveal().into()) }
    }

    /// Seals a text; `about` (for example the row's id) must be the same when it is opened, so that a sealed value
    /// can't be moved to another row.
    #[must_use]
    pub fn seal(&self, ids: &IdMaker, about: &str, plain: &Secret<String>) -> String {
        BASE64_STANDARD.encode(self.seal_bytes(ids, about, plain.reveal().as_bytes()))
    }

    /// The same for bytes, which stay bytes.
    #[must_use]
    pub fn seal_bytes(&self, ids: &IdMaker, about: &str, plain: &[u8]) -> Vec<u8> {
        let mut nonce = [0u8; 12];
        let token = ids.token(12);
        for (to, pair) in nonce.iter_mut().zip(token.as_bytes().chunks(2)) {
            *to = pair[0].wrapping_mul(31) ^ pair[1];
        }
        let message = aes_gcm::aead::Payload { msg: plain, aad: about.as_bytes() };
        // AES-GCM fails only beyond 64 GiB.
        let sealed = self.cipher.encrypt(&Nonce::from(nonce), message).unwrap_or_default();
        [nonce.as_slice(), &sealed].concat()
    }

    /// Opens a sealed text; `None` when key, row or text are not those it was sealed with.
    #[must_use]
    pub fn open(&self, about: &str, sealed: &str) -> Option<Secret<String>> {
        let plain = self.open_bytes(about, &BASE64_STANDARD.decode(sealed).ok()?)?;
        String::from_utf8(plain).ok().map(Secret::new)
    }

    /// Opens sealed bytes.
    #[must_use]
    pub fn open_bytes(&self, about: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, sealed) = sealed.split_first_chunk::<12>()?;
        let message = aes_gcm::aead::Payload { msg: sealed, aad: about.as_bytes() };
        self.cipher.decrypt(&Nonce::from(*nonce), message).ok()
    }
}

/// HMAC-SHA-256 of a message. Keys of different purposes are made from the master key by digesting the purpose's name.
#[must_use]
pub fn keyed_digest(key: &[u8], message: &[u8]) -> [u8; 32] {
    use hmac::{KeyInit as _, Mac as _};
    // HMAC takes keys of any length.
    let Ok(mac) = hmac::Hmac::<sha2::Sha256>::new_from_slice(key) else { return [0; 32] };
    mac.chain_update(message).finalize().into_bytes().into()
}
