//! Use cases against the sandbox Google, on both databases.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on should fail"
)]

mod acting;
mod alarms;
mod audit;
mod boxes;
mod carrying;
mod composing;
mod connecting;
mod conversations;
mod disconnecting;
mod faults;
mod files;
mod finding;
mod following;
mod forgetting;
mod idle;
mod importing;
mod keeping;
mod keys;
mod later;
mod lending;
mod looking;
mod lost_commits;
mod mail_merge;
mod mail_merge_faults;
mod members;
mod merging;
mod nodes;
mod pictures;
mod promises;
mod push;
mod reading;
mod records;
mod removing;
mod responses;
mod rotating;
mod searching;
mod sending;
mod sharing;
mod standing_still;
mod templates;
mod tokens;
