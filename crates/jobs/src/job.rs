//! What a job is, how it ends, and how it is enqueued.

use std::time::Duration;

use async_trait::async_trait;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tenon_model::{ConnectionId, JobId, Time, WorkspaceId};
use tenon_store::{NewJob, StoreError, Tx};

use crate::Lease;

/// How often a job is begun before it is parked, unless it says otherwise. With the delays
/// between, that is about two hours.
const MAX_ATTEMPTS: u32 = 15;

/// Something to be done, once it is committed and whatever happens to the process. The fields are
/// its arguments: ids, never content.
#[async_trait]
pub trait Job: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// The word for it in the database; never reused for something else.
    const KIND: &'static str;

    /// What it needs to run.
    type Context: Clone + Send + Sync + 'static;

    /// At most one job of this kind with this key waits, and at most one runs.
    fn coalesce_key(&self) -> Option<String>;

    /// The connection it works for. It is deleted with the connection.
    fn connection(&self) -> Option<ConnectionId> {
        None
    }

    /// The workspace it works for; `None` for the deployment itself.
    fn workspace(&self) -> Option<WorkspaceId>;

    /// How often it is begun before it is parked.
    fn max_attempts() -> u32 {
        MAX_ATTEMPTS
    }

    /// Does it. Work that takes long asks [`Lease::still_ours`] now and then; the future may be
    /// dropped at any await when the lease is lost or the process stops.
    async fn run(self, ctx: &Self::Context, lease: &Lease) -> Result<(), JobError>;
}

/// Why a job did not get done. Codes are stable words for programs and people's health page; they
/// carry no content.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JobError {
    /// Try again after a growing, random delay; parked when attempts are used up.
    #[error("to be tried again: {0}")]
    Retry(String),
    /// Try again after this time; uses up no attempt.
    #[error("to be tried again in {seconds} s: {1}", seconds = .0.as_secs())]
    RetryAfter(Duration, String),
    /// Try again after a growing, random delay, at least this long; never parked.
    #[error("to be tried again after at least {seconds} s: {1}", seconds = .0.as_secs())]
    Backoff(Duration, String),
    /// Needs a person; visible and resumable.
    #[error("needs a person: {0}")]
    Park(String),
    /// Can never succeed.
    #[error("failed for good: {0}")]
    Fail(String),
}

impl JobError {
    /// The code.
    pub fn code(&self) -> &str {
        match self {
            Self::Retry(code)
            | Self::RetryAfter(_, code)
            | Self::Backoff(_, code)
            | Self::Park(code)
            | Self::Fail(code) => code,
        }
    }
}

impl From<StoreError> for JobError {
    /// Whatever the database has, waiting is the answer; attempts bound it.
    fn from(error: StoreError) -> Self {
        tracing::warn!(%error, "a job was stopped by the database");
        Self::Retry("database".to_owned())
    }
}

/// Adds a job to the transaction; it runs from `run_at` on, once the transaction has committed. If
/// one of its kind and key waits already, that one is moved forward to the earlier time.
pub async fn enqueue<J: Job>(tx: &mut Tx, job: &J, run_at: Time) -> Result<JobId, StoreError> {
    let new = new_job(tx, job, run_at)?;
    tx.jobs().enqueue(new).await
}

/// The same for many at once. Those with a coalescing key must differ in it.
pub async fn enqueue_all<J: Job>(tx: &mut Tx, jobs: &[J], run_at: Time) -> Result<(), StoreError> {
    let new = jobs
        .iter()
        .map(|job| new_job(tx, job, run_at))
        .collect::<Result<Vec<_>, _>>()?;
    tx.jobs().enqueue_all(new).await
}

fn new_job<J: Job>(tx: &Tx, job: &J, run_at: Time) -> Result<NewJob, StoreError> {
    let args = serde_json::to_string(job).map_err(|_| StoreError::InvalidText)?;
    Ok(NewJob {
        id: tx.world().id(),
        kind: J::KIND.to_owned(),
        args,
        coalesce_key: job.coalesce_key(),
        workspace_id: job.workspace(),
        connection_id: job.connection(),
        run_at,
        created_at: tx.world().now(),
    })
}
