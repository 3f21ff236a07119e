//! Use cases against the sandbox Google, on both databases.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on should fail"
)]

mod alarms;
mod carrying;
mod connecting;
mod disconnecting;
mod following;
mod forgetting;
mod idle;
mod keys;
mod members;
mod nodes;
mod reading;
mod removing;
mod tokens;
