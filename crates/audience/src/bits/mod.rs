//! Compressed sets of numbers, opened up container by container so that an expression over many of them needs no
//! sets in between.

pub(crate) mod bitmap;
pub(crate) mod block;
pub(crate) mod container;
pub(crate) mod packed;
pub(crate) mod words;

pub(crate) use bitmap::{Bitmap, halves, whole};
pub(crate) use block::{Block, Pool};
pub(crate) use container::Container;
pub(crate) use packed::Packed;
