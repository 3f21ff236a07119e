#![doc = include_str!("../README.md")]

pub mod access;
pub mod acting;
pub mod audit;
pub mod compose;
pub mod connections;
pub mod conversations;
mod ctx;
mod error;
pub mod events;
pub mod fields;
mod forget;
pub mod keys;
pub mod mail;
pub mod mail_merge;
pub mod operating;
mod page;
pub mod pipelines;
pub mod push;
mod record_setup;
pub mod records;
mod repeat;
pub mod reports;
pub mod retention;
mod schedule;
pub mod search;
pub mod sync;
pub mod teams;
pub mod templates;
pub mod views;

pub use ctx::{Actor, AppConfig, Ctx, Parts};
pub use error::{CODES, CodeInfo, ConflictingField, EditConflict, Error, Result};
pub use keys::{Keys, KeysError, NewKey};
pub use repeat::Repeat;
pub use schedule::{register_jobs, start_schedules};
pub use tenon_jobs::Pulse;
