//! The API over HTTP: one file per resource, in the order of the addresses. SQLite and the sandbox
//! stand behind it; nothing else does.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking, its helpers too"
)]

mod acting;
mod compose;
mod connecting;
mod connections;
mod events;
mod mail;
mod meta;
mod problems;
mod session;
mod support;
