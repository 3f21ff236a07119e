//! The store on both databases. A file per aggregate, like `src/`.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod access;
mod audit;
mod connections;
mod events;
mod figures;
mod isolation;
mod jobs;
mod keys;
mod mail_model;
mod mailboxes;
mod members;
mod messages;
mod open;
mod outgoing;
mod purges;
mod record_setup;
mod records;
mod schema;
mod sessions;
mod threads;
mod tokens;
mod walls;
mod watches;
