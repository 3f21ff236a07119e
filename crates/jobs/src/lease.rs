//! The right to run a job, kept alive while it runs.

use std::time::Duration;

use tenon_model::{JobId, NodeId, Scope};
use tenon_store::Store;
use tokio::sync::watch;
use tokio::time::Instant;

/// The right to run one job. When it is lost, another process may be running the job.
#[derive(Debug, Clone)]
pub struct Lease {
    /// The job.
    pub job: JobId,
    /// The number of this claim; it grows with each.
    pub fence: i64,
    /// Which attempt this is, from 1.
    pub attempt: u32,
    lost: watch::Receiver<bool>,
}

/// Ends leases.
pub(crate) struct Loss(watch::Sender<bool>);

impl Loss {
    pub(crate) fn tell(&self) {
        self.0.send_replace(true);
    }
}

impl Lease {
    pub(crate) fn new(job: JobId, fence: i64, attempt: u32) -> (Self, Loss) {
        let (sender, lost) = watch::channel(false);
        let lease = Self {
            job,
            fence,
            attempt,
            lost,
        };
        (lease, Loss(sender))
    }

    /// Whether the job may go on, as far as the last heartbeat tells.
    pub fn still_ours(&self) -> bool {
        !*self.lost.borrow()
    }

    /// Waits until the lease is lost or the process stops.
    pub async fn lost(&self) {
        let mut lost = self.lost.clone();
        // An error means that the runner is gone, which is a loss too.
        let _ = lost.wait_for(|lost| *lost).await;
    }
}

/// Prolongs the lease until it is lost: the database says so, or it could not be asked for as
/// long as the lease lasts.
pub(crate) async fn keep_alive(store: &Store, lease: &Lease, owner: NodeId, length: Duration) {
    let mut sure_until = Instant::now() + length;
    loop {
        tokio::time::sleep(length / 3).await;
        let asked = Instant::now();
        match beat(store, lease, owner, length).await {
            Ok(true) => sure_until = asked + length,
            Ok(false) => return,
            Err(error) => {
                tracing::warn!(job = %lease.job, %error, "heartbeat of a job failed");
                if Instant::now() >= sure_until {
                    return;
                }
            }
        }
    }
}

async fn beat(
    store: &Store,
    lease: &Lease,
    owner: NodeId,
    length: Duration,
) -> Result<bool, tenon_store::StoreError> {
    let mut tx = store.begin(&Scope::system()).await?;
    let ours = tx
        .jobs()
        .heartbeat(lease.job, owner, lease.fence, length)
        .await?;
    tx.commit().await?;
    Ok(ours)
}
