//! The adapter against the documented wire: sample bodies, result codes, limits under virtual time, one token for
//! many callers, three outcomes, and two foreign implementations of the callback crypto.

mod adapter;
mod codes;
mod contract;
mod events;
mod fixtures;
mod hints;
mod limits;
mod outcomes;
mod peers;
mod probes;
mod requests;
mod support;
mod token;
mod transport;
