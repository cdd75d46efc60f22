//! Vocabulary that every crate shares and that does no I/O: time, ids, chance, paging, money, secrets.
//!
//! Nothing here reads a clock or an entropy source by itself. Both come in from the edge of the process
//! ([`time::Clock`], [`rng::Rng`]), which is what makes every test and every demo replayable.

pub mod id;
pub mod money;
pub mod page;
pub mod rng;
pub mod secret;
pub mod time;

pub use id::IdMaker;
pub use money::Fen;
pub use page::Page;
pub use rng::Rng;
pub use secret::Secret;
pub use time::{Clock, Day, ManualClock, ScaledClock, SharedClock, SystemClock, TenantZone, Timestamp};
