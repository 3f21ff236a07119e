//! The API over HTTP: one file per resource, in the order of the addresses. SQLite and the sandbox
//! stand behind it; nothing else does.

mod connecting;
mod connections;
mod events;
mod mail;
mod meta;
mod problems;
mod session;
mod support;
