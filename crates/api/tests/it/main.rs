//! The API over HTTP: one file per resource, in the order of the addresses. SQLite and the sandbox
//! stand behind it; nothing else does.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking, its helpers too"
)]

mod acting;
mod audit;
mod compose;
mod connecting;
mod connections;
mod conversations;
mod csrf;
mod ends;
mod events;
mod fields;
mod files;
mod hooks;
mod images;
mod importing;
mod isolation;
mod issuer;
mod mail;
mod mail_merge;
mod members;
mod meta;
mod metrics;
mod openid;
mod passkeys;
mod pipelines;
mod problems;
mod records;
mod reports;
mod retention;
mod search;
mod session;
mod sessions;
mod support;
mod teams;
mod templates;
mod tenants;
mod tokens;
mod two_nodes;
mod unsubscribe;
mod views;
