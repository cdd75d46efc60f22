//! Reservations on both engines.
