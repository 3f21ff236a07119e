//! The sandbox over the wire: every test speaks HTTP to a sandbox of its own.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests; the lint's own exception covers test functions only"
)]

mod batch;
mod client;
mod drafts;
mod drive;
mod faults;
mod generated;
mod history;
mod labels;
mod messages;
mod oauth;
mod quota;
mod search;
mod start;
mod upload;
