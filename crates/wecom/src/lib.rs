//! The WeCom adapter: wire types, callback crypto, client, and the messenger port on top.

pub mod crypto;
pub mod wire;
