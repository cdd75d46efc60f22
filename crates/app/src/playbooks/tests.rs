//! Through jobs and HTTP, on both engines.
