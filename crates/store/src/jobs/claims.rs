//! How a job goes from hand to hand: claimed, kept, and let go. All of it is for runners, which
//! serve all workspaces: System only.

use std::time::Duration;

use tenon_model::{JobId, NodeId, Time};

use super::{COLUMNS, Claim, JobRow, Jobs, read};
use crate::StoreError;
use crate::sql::{Builder, dialect, sql};
use crate::tx::{clock, micros};

/// Guards a transition of a claimed job: `$1` is the job, `$2` the fence of the claim.
const OURS: &str = "id = $1 AND fence = $2 AND state = 'running'";

impl Jobs<'_> {
    /// Claims jobs that are due: first those whose runner died (its lease ended), then waiting
    /// ones whose kind and key nobody is running. System only: runners serve all workspaces.
    pub async fn claim(&mut self, claim: &Claim<'_>) -> Result<Vec<JobRow>, StoreError> {
        self.tx.system()?;
        let kind = self.tx.kind();
        let clock = clock(kind);
        let skip = dialect!(kind, sqlite: "", postgres: " FOR UPDATE SKIP LOCKED");
        let mut jobs = Vec::new();
        for dead in [true, false] {
            let left = i64::from(claim.limit) - jobs.len() as i64;
            if left <= 0 {
                break;
            }
            let mut update = Builder::new(
                kind,
                "UPDATE jobs SET state = 'running', attempts = attempts + 1, fence = fence + 1, lease_owner = ",
            );
            update.value(claim.owner);
            update
                .push(", lease_until = ")
                .push(clock)
                .push(" + ")
                .value(micros(claim.lease));
            update.push(" WHERE id IN (SELECT id FROM jobs j WHERE kind IN ");
            update.list(claim.kinds.iter().copied());
            if dead {
                update
                    .push(" AND state = 'running' AND lease_until < ")
                    .push(clock);
                update.push(" ORDER BY lease_until LIMIT ").value(left);
            } else {
                update
                    .push(" AND state = 'queued' AND run_at <= ")
                    .value(claim.now);
                update.push(" AND held_until <= ").value(claim.now);
                update.push(
                    " AND NOT EXISTS (SELECT 1 FROM jobs r WHERE r.state = 'running' \
                     AND r.kind = j.kind AND r.coalesce_key = j.coalesce_key) ORDER BY run_at, id LIMIT ",
                );
                update.value(left);
            }
            update.push(skip).push(") RETURNING ").push(COLUMNS);
            let mut update = update.build(claim.kinds.len());
            update.keep = true; // the same text at every poll
            for row in self.tx.all(update).await? {
                jobs.push(read(&row)?);
            }
        }
        Ok(jobs)
    }

    /// When the next waiting job of these kinds becomes due, or `now` when a runner seems to have
    /// died; `None` when none waits. Looks at the first hundred only, so it is cheap enough to
    /// poll and may name too late a time when all of them are held. System only.
    pub async fn next_due(
        &mut self,
        kinds: &[&str],
        now: Time,
    ) -> Result<Option<Time>, StoreError> {
        self.tx.system()?;
        let clock = clock(self.tx.kind());
        let mut query = Builder::new(
            self.tx.kind(),
            "SELECT min(CASE WHEN held_until > run_at THEN held_until ELSE run_at END) FROM \
             (SELECT run_at, held_until FROM jobs WHERE state = 'queued' AND kind IN ",
        );
        query.list(kinds.iter().copied());
        query
            .push(" ORDER BY run_at, id LIMIT 100) AS waiting UNION ALL SELECT ")
            .value(now);
        query.push(" WHERE EXISTS (SELECT 1 FROM jobs WHERE state = 'running' AND lease_until < ");
        query
            .push(clock)
            .push(" AND kind IN ")
            .list(kinds.iter().copied())
            .push(")");
        let mut query = query.build(kinds.len());
        query.keep = true;
        let mut next: Option<Time> = None;
        for row in self.tx.all(query).await? {
            let at: Option<Time> = row.reader().opt()?;
            next = match (next, at) {
                (Some(a), Some(b)) => Some(a.min(b)),
                (a, b) => a.or(b),
            };
        }
        Ok(next)
    }

    /// Prolongs a claim; `false` when it was lost. System only.
    pub async fn heartbeat(
        &mut self,
        id: JobId,
        owner: NodeId,
        fence: i64,
        lease: Duration,
    ) -> Result<bool, StoreError> {
        self.tx.system()?;
        let clock = clock(self.tx.kind());
        let update = sql(format!(
            "UPDATE jobs SET lease_until = {clock} + $4 WHERE {OURS} AND lease_owner = $3"
        ))
        .bind(id)
        .bind(fence)
        .bind(owner)
        .bind(micros(lease));
        Ok(self.tx.exec(update).await? == 1)
    }

    /// Whether a claim still stands; if so it cannot be lost before this transaction ends. For
    /// writes that only who runs the job may make.
    pub(crate) async fn hold_claim(&mut self, id: JobId, fence: i64) -> Result<bool, StoreError> {
        let lock = dialect!(self.tx.kind(), sqlite: "", postgres: " FOR SHARE");
        let query = sql(format!("SELECT id FROM jobs WHERE {OURS}{lock}"))
            .bind(id)
            .bind(fence);
        Ok(self.tx.opt(query).await?.is_some())
    }

    /// The job is done; `false` when the claim was lost. System only.
    pub async fn finish(&mut self, id: JobId, fence: i64, at: Time) -> Result<bool, StoreError> {
        self.stop(id, fence, "done", None, at).await
    }

    /// The job will never be done; `false` when the claim was lost. System only.
    pub async fn fail(
        &mut self,
        id: JobId,
        fence: i64,
        code: &str,
        at: Time,
    ) -> Result<bool, StoreError> {
        self.stop(id, fence, "failed", Some(code), at).await
    }

    /// The job waits for a person; an older parked job of its kind and key gives way. `false`
    /// when the claim was lost. System only.
    pub async fn park(
        &mut self,
        id: JobId,
        fence: i64,
        code: &str,
        at: Time,
    ) -> Result<bool, StoreError> {
        let parked = self.stop(id, fence, "parked", Some(code), at).await?;
        if parked {
            let delete = sql("DELETE FROM jobs WHERE state = 'parked' AND id <> $1 AND EXISTS \
                 (SELECT 1 FROM jobs o WHERE o.id = $1 AND o.kind = jobs.kind AND o.coalesce_key = jobs.coalesce_key)")
            .bind(id);
            self.tx.exec(delete).await?;
        }
        Ok(parked)
    }

    async fn stop(
        &mut self,
        id: JobId,
        fence: i64,
        state: &'static str,
        code: Option<&str>,
        at: Time,
    ) -> Result<bool, StoreError> {
        self.tx.system()?;
        let update = sql(format!(
            "UPDATE jobs SET state = $3, last_error = $4, finished_at = $5, lease_owner = NULL, lease_until = NULL \
             WHERE {OURS}"
        ))
        .bind(id)
        .bind(fence)
        .bind(state)
        .bind(code)
        .bind(at);
        Ok(self.tx.exec(update).await? == 1)
    }

    /// The job goes back to waiting, not before `until`. With `used_up` the run counts as an
    /// attempt. If another of its kind and key was enqueued meanwhile, that one takes over hold
    /// and attempts, and this one is done. `false` when the claim was lost. System only.
    ///
    /// [`StoreError::Duplicate`] when such another arrived at this very moment: do it again in a
    /// new transaction.
    pub async fn retry(
        &mut self,
        id: JobId,
        fence: i64,
        code: &str,
        until: Time,
        used_up: bool,
    ) -> Result<bool, StoreError> {
        self.tx.system()?;
        let refund = i64::from(!used_up);
        let hand_over = sql(format!(
            "UPDATE jobs SET held_until = CASE WHEN held_until < $3 THEN $3 ELSE held_until END, \
             attempts = (SELECT attempts - $4 FROM jobs o WHERE o.id = $1) \
             WHERE state = 'queued' AND (kind, coalesce_key) IN \
             (SELECT kind, coalesce_key FROM jobs WHERE {OURS} AND coalesce_key IS NOT NULL)"
        ))
        .bind(id)
        .bind(fence)
        .bind(until)
        .bind(refund);
        if self.tx.exec(hand_over).await? > 0 {
            return self.stop(id, fence, "done", Some(code), until).await;
        }
        let update = sql(format!(
            "UPDATE jobs SET state = 'queued', last_error = $3, run_at = $4, held_until = $4, \
             attempts = attempts - $5, lease_owner = NULL, lease_until = NULL WHERE {OURS}"
        ))
        .bind(id)
        .bind(fence)
        .bind(code)
        .bind(until)
        .bind(refund);
        let ours = self.tx.exec(update).await? == 1;
        self.tx.enqueued |= ours;
        Ok(ours)
    }
}
