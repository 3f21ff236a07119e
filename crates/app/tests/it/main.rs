//! Use cases against the sandbox Google, on both databases.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on should fail"
)]

mod acting;
mod composing;
mod connecting;
mod disconnecting;
mod following;
mod reading;
mod sending;
mod tokens;
