//! Communities over HTTP.
