#![doc = include_str!("../README.md")]

mod job;
mod lanes;
mod lease;
mod pulse;
mod runner;
mod settle;

pub use job::{Job, JobError, enqueue, enqueue_all};
pub use lease::Lease;
pub use pulse::Pulse;
pub use runner::{Ran, Runner, RunnerHandle};
