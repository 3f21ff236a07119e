//! Whether a runner lives, for who asks whether this process can do its work.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::AbortHandle;
use tokio::time::Instant;

/// A runner looks for jobs every five seconds at least; one that did not for so long hangs, or waits
/// for its database, which comes to the same.
const STALE: Duration = Duration::from_secs(20);

/// What a runner shows at each look for jobs.
#[derive(Debug, Clone)]
pub(crate) struct Beat(Arc<watch::Sender<Instant>>);

impl Default for Beat {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(Instant::now())))
    }
}

impl Beat {
    pub(crate) fn now(&self) {
        self.0.send_replace(Instant::now());
    }
}

/// Whether a runner lives.
#[derive(Debug, Clone)]
pub struct Pulse {
    beat: watch::Receiver<Instant>,
    task: AbortHandle,
}

impl Pulse {
    pub(crate) fn new(beat: &Beat, task: AbortHandle) -> Self {
        let beat = beat.0.subscribe();
        Self { beat, task }
    }

    /// Whether it has looked for jobs lately and has not ended.
    pub fn alive(&self) -> bool {
        self.beaten_within(STALE)
    }

    fn beaten_within(&self, limit: Duration) -> bool {
        !self.task.is_finished() && self.beat.borrow().elapsed() < limit
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_runner_that_hangs_or_ends_is_dead() {
        let task = tokio::spawn(std::future::pending::<()>());
        let beat = Beat::default();
        let pulse = Pulse::new(&beat, task.abort_handle());
        assert!(pulse.alive());
        let limit = Duration::from_millis(50);
        tokio::time::sleep(limit).await;
        assert!(!pulse.beaten_within(limit), "silent for too long");
        beat.now();
        assert!(pulse.beaten_within(limit));
        task.abort();
        assert!(task.await.is_err());
        assert!(!pulse.alive(), "ended");
    }
}
