//! The WeCom adapter: wire types, callback crypto, client, and the messenger port on top.
//!
//! Read from the bottom up: [`wire`] is what WeCom's documentation says, [`crypto`] seals callbacks, [`transport`]
//! carries bytes, [`client`] makes calls under the limits with a token that is fetched once, and [`adapter`]
//! translates into the product's words.

pub mod adapter;
pub mod client;
pub mod crypto;
pub mod transport;
pub mod wire;

pub use adapter::{WecomMessenger, WecomPlatform, WecomReceiver};
