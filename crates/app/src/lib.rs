//! The product: one folder per capability.
//!
//! The list of modules below is the reading order and the dependency order: a slice may use only slices **above** it.
//! What goes the other way goes through [`reactions`]. Start with `reactions.rs` (what happens when), `routes.rs`
//! (which URLs) and `schedule.rs` (what runs when).

// Tables of contents and the ground.
pub mod ctx;
pub mod kernel;
pub mod reactions;
pub mod routes;
pub mod schedule;

// Who we are, who operates, who may.
pub mod tenants;
pub mod api_keys;
pub mod access;
pub mod accounts;
pub mod staff;
pub mod privacy;

// Who is there, where, for what purpose, how described.
pub mod people;
pub mod tags;
pub mod groups;
pub mod communities;
pub mod handover;
pub mod events;

// How they come in, and what they hear first.
pub mod links;
pub mod live_codes;
pub mod welcome;

// Who matches, as of now: everything that is known of people, asked at once.
pub mod segments;

// What is sent, and what a person taps.
pub mod budgets;
pub mod broadcasts;
pub mod tasks;
pub mod playbooks;

// What came of it.
pub mod orders;
pub mod imports;
pub mod attribution;
pub mod layers;
pub mod metrics;
pub mod timeline;
pub mod data_requests;
pub mod exports;
pub mod webhooks;
pub mod today;

// How the house itself does: jobs, abilities, the keys that names are found by.
pub mod operations;

#[cfg(test)]
mod coverage;
#[cfg(test)]
pub(crate) mod testkit;

/// The server's texts of every slice.
pub(crate) const WORDS: &[kernel::i18n::Words] = &[
    kernel::http::WORDS,
    kernel::jobs::WORDS,
    tenants::WORDS,
    api_keys::WORDS,
    access::WORDS,
    accounts::WORDS,
    staff::WORDS,
    privacy::WORDS,
    people::WORDS,
    tags::WORDS,
    groups::WORDS,
    communities::WORDS,
    handover::WORDS,
    events::WORDS,
    links::WORDS,
    live_codes::WORDS,
    welcome::WORDS,
    segments::WORDS,
    broadcasts::WORDS,
    tasks::WORDS,
    playbooks::WORDS,
    orders::WORDS,
    imports::WORDS,
    attribution::WORDS,
    layers::WORDS,
    metrics::WORDS,
    timeline::WORDS,
    data_requests::WORDS,
    exports::WORDS,
    webhooks::WORDS,
    today::WORDS,
];
