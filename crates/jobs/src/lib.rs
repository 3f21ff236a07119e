#![doc = include_str!("../README.md")]

mod job;
mod lease;
mod runner;
mod settle;

pub use job::{Job, JobError, enqueue, enqueue_all};
pub use lease::Lease;
pub use runner::{Runner, RunnerHandle};
