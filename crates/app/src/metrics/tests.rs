//! Through facts and HTTP, on both engines.
