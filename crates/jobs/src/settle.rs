//! How a run ends in the database.

use std::time::Duration;

use tenon_model::{Scope, World};
use tenon_store::{JobRow, Store, StoreError};

use crate::JobError;

const FIRST_DELAY: Duration = Duration::from_secs(1);
const LONGEST_DELAY: Duration = Duration::from_mins(15);
/// How often the end of a run is written before it is left to the end of the lease.
const TRIES: u32 = 5;

/// How long to wait before attempt `attempt + 1`: anything between a second and a bound that
/// doubles up to a quarter of an hour ("full jitter"), so that many failures at once do not come
/// back at once.
pub(crate) fn backoff(world: &World, attempt: u32) -> Duration {
    let bound = FIRST_DELAY
        .saturating_mul(1 << attempt.min(16))
        .min(LONGEST_DELAY);
    let spread = u64::try_from(bound.saturating_sub(FIRST_DELAY).as_micros()).unwrap_or(0);
    FIRST_DELAY + Duration::from_micros(world.below(spread + 1))
}

/// Writes the end of a run; `false` when the claim was lost, so nothing was written.
pub(crate) async fn settle(
    store: &Store,
    world: &World,
    job: &JobRow,
    max_attempts: u32,
    result: &Result<(), JobError>,
) -> Result<bool, StoreError> {
    let mut tries = 0;
    loop {
        tries += 1;
        match write(store, world, job, max_attempts, result).await {
            // Another job of the same key was enqueued at this very moment, or the database is
            // in trouble for a moment.
            Err(error)
                if tries < TRIES
                    && (error.is_transient() || matches!(error, StoreError::Duplicate)) =>
            {
                tokio::time::sleep(Duration::from_millis(50 << tries)).await;
            }
            other => return other,
        }
    }
}

async fn write(
    store: &Store,
    world: &World,
    job: &JobRow,
    max_attempts: u32,
    result: &Result<(), JobError>,
) -> Result<bool, StoreError> {
    let mut tx = store.begin(&Scope::system()).await?;
    let now = world.now();
    let attempt = u32::try_from(job.attempts).unwrap_or(u32::MAX);
    let ours = match result {
        Ok(()) => tx.jobs().finish(job.id, job.fence, now).await?,
        Err(JobError::Retry(code)) if attempt < max_attempts => {
            let until = now + backoff(world, attempt);
            tx.jobs()
                .retry(job.id, job.fence, code, until, true)
                .await?
        }
        Err(JobError::Backoff(least, code)) => {
            let until = now + backoff(world, attempt).max(*least);
            tx.jobs()
                .retry(job.id, job.fence, code, until, true)
                .await?
        }
        Err(JobError::RetryAfter(delay, code)) => {
            tx.jobs()
                .retry(job.id, job.fence, code, now + *delay, false)
                .await?
        }
        Err(JobError::Retry(code) | JobError::Park(code)) => {
            tx.jobs().park(job.id, job.fence, code, now).await?
        }
        Err(JobError::Fail(code)) => tx.jobs().fail(job.id, job.fence, code, now).await?,
    };
    tx.commit().await?;
    Ok(ours)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_grow_and_stay_within_bounds() {
        let (world, _) = World::simulated(3);
        for attempt in 0..40 {
            for _ in 0..50 {
                let delay = backoff(&world, attempt);
                assert!(
                    delay >= FIRST_DELAY && delay <= LONGEST_DELAY,
                    "{attempt}: {delay:?}"
                );
            }
        }
        let longest = |attempt| (0..200).map(|_| backoff(&world, attempt)).max();
        assert!(longest(1) <= Some(Duration::from_secs(2)));
        assert!(longest(12) > Some(Duration::from_mins(10)));
    }
}
