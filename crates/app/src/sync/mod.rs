//! The one sync engine. First sync and resync are the same procedure: pin a cursor, take a
//! complete snapshot into a new generation, follow changes meanwhile, compare, switch
//! (`provider-faults` section 2).

mod attachments;
mod changes;
mod compare;
mod engine;
mod failure;
mod fetch;
mod job;
mod labels;
mod listed;
mod listing;
mod progress;
pub(crate) mod seal;
mod snapshot;
mod stage;

pub(crate) use failure::{job_error, provider_job_error};
pub use job::SyncMailbox;
pub(crate) use labels::{open_label, store_labels, take_off, take_off_vanished};
pub use progress::Progress;
pub(crate) use progress::progress_view;
pub(crate) use stage::Decision;
