//! Use cases against the sandbox Google, on both databases.

mod connecting;
mod disconnecting;
mod following;
mod reading;
mod tokens;
