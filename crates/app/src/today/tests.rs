//! Over HTTP, on both engines.
