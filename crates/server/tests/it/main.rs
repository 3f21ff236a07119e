//! The real binary, run as a child: what it prints, how it fails, how it stops.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking, its helpers too"
)]

mod commands;
mod demo;
mod doctor;
mod failures;
mod keys;
mod metrics;
mod person;
mod serve;
mod stopping;
mod support;
