//! Use cases against the sandbox Google, on both databases.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on should fail"
)]

mod connecting;
mod disconnecting;
mod following;
mod keeping;
mod pictures;
mod push;
mod reading;
mod searching;
mod tokens;
