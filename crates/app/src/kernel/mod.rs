//! What the slices stand on. Knows no capability.

pub mod audit;
pub mod db;
pub mod facts;
pub mod http;
pub mod i18n;
pub mod jobs;
pub mod network;
pub mod once;
pub mod outgoing;
pub mod seal;
pub mod search;
pub mod stored_words;
