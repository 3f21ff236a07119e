//! Acting on mail: one mechanism for one message and for ten thousand.
//!
//! An action is stored with all its messages and with what really changes on each, done at the
//! provider in as few calls as that allows, and stored here only after the provider's answer. What
//! it does is putting labels on and taking them off, so a call whose answer is lost is made again:
//! the outcome is the same. Undoing is another action, with the opposite of what was done.

mod gate;
mod job;
mod kinds;
mod labels;
mod palette;
mod run;
mod start;
mod view;

pub(crate) use gate::{usable, writer};
pub use job::RunMailAction;
pub use kinds::Action;
pub use labels::{LabelChange, create_label, delete_label, update_label};
pub use palette::{COLORS, PAIRS};
pub use start::{StartAction, Target, cancel, start, undo};
pub use view::{FailureView, MailActionView, action, actions, failures};

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use uuid::Uuid;

/// One turn at a time for what has this id, in this process: for the writes of a mailbox, so that two
/// clicks reach the provider in the order they were made, and for each draft.
#[derive(Default)]
pub(crate) struct Turns {
    locks: Mutex<HashMap<Uuid, Arc<tokio::sync::Mutex<()>>>>,
}

impl Turns {
    pub(crate) fn of(&self, id: Uuid) -> Arc<tokio::sync::Mutex<()>> {
        let mut locks = self.locks.lock().unwrap_or_else(PoisonError::into_inner);
        locks.retain(|_, lock| Arc::strong_count(lock) > 1);
        locks.entry(id).or_default().clone()
    }
}
