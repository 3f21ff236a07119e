//! Use cases against the sandbox Google, on both databases.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on should fail"
)]

mod acting;
mod alarms;
mod carrying;
mod commits;
mod composing;
mod connecting;
mod disconnecting;
mod following;
mod forgetting;
mod idle;
mod keeping;
mod keys;
mod looking;
mod members;
mod nodes;
mod pages;
mod pictures;
mod push;
mod reading;
mod removing;
mod searching;
mod sending;
mod tokens;
