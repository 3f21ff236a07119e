#![doc = include_str!("../README.md")]

pub mod audit;
pub mod connection;
pub mod delivery;
pub mod event;
pub mod feature;
pub mod files;
pub mod hours;
pub mod id;
pub mod inventory;
pub mod mail;
pub mod mail_merge;
pub mod member;
pub mod outbox;
pub mod policy;
pub mod records;
pub mod reports;
pub mod sabotage;
pub mod scope;
pub mod template;
pub mod world;

pub use id::*;
pub use scope::{Purpose, Scope};
pub use world::{Clock, ManualClock, Random, SeededRandom, SystemClock, SystemRandom, Time, World};
