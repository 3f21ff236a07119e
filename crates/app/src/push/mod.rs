//! Push: the provider announces changes, so that mail is there at once and polling can slow down
//! (requirement M2, faults G23 to G26). Nothing depends on it: polling goes on underneath, slowly
//! while pushes come, as fast as without them when they stay away.

mod desk;
mod health;
mod pace;
mod receive;
mod watch;

use std::time::Duration;

use tenon_connectors::google::PushIdentity;

pub(crate) use desk::Desk;
pub(crate) use health::push_view;
pub use health::{PushState, PushView};
pub(crate) use pace::next_poll;
pub use receive::{Received, receive_google};
pub(crate) use watch::{WatchMailbox, enqueue_all, enqueue_missing, enqueue_overdue, stop};

/// A subscription is renewed this often; it would live for a week (fault G23).
pub(crate) const RENEW: Duration = Duration::from_hours(24);
/// Longer without a renewal is an alarm (fault G23).
pub(crate) const OVERDUE: Duration = Duration::from_hours(36);
/// Longer without any push, and polling no longer relies on them.
pub(crate) const QUIET: Duration = Duration::from_hours(24);

/// Where Gmail announces changes, and who brings them here. Absent: push is off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GooglePush {
    /// The Pub/Sub topic: `projects/PROJECT/topics/NAME`.
    pub topic: String,
    /// Whose tokens are believed.
    pub identity: PushIdentity,
}
