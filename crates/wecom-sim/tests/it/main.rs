//! The desk as a client sees it: over HTTP, item by item, and with people living in it.

mod behaviour;
mod callbacks;
mod desk;
mod life;
mod sends;
mod wire;
