//! The Google connector over real HTTP: against scripted answers for the wire's odd cases, and
//! against the sandbox for the contract of the ports.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod content;
mod emulator;
mod fetch;
mod images;
mod mail;
mod oauth;
mod sandbox;
mod stub;
mod transit;
