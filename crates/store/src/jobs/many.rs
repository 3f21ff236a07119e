//! Many jobs at once.

use super::{Jobs, NewJob};
use crate::StoreError;
use crate::sql::{Builder, ROWS};

impl Jobs<'_> {
    /// Adds jobs as [`Jobs::enqueue`] does, in one statement for each hundred. Those with a coalescing
    /// key must differ in it: a statement touches a row once.
    pub async fn enqueue_all(&mut self, jobs: Vec<NewJob>) -> Result<(), StoreError> {
        let own = self.tx.workspace_or_all()?;
        let foreign =
            |job: &NewJob| own.is_some_and(|own| job.workspace_id.is_some_and(|of| of != own));
        if jobs.iter().any(foreign) {
            return Err(StoreError::Scope("the job's workspace"));
        }
        let mut jobs = jobs.into_iter().peekable();
        while jobs.peek().is_some() {
            let rows: Vec<NewJob> = jobs.by_ref().take(ROWS).collect();
            let count = rows.len();
            let mut insert = Builder::new(
                self.tx.kind(),
                "INSERT INTO jobs (id, kind, args, coalesce_key, workspace_id, connection_id, state, \
                 run_at, held_until, attempts, fence, created_at) VALUES ",
            );
            insert.rows(rows.into_iter().map(|job| {
                vec![
                    job.id.into(),
                    job.kind.into(),
                    job.args.into(),
                    job.coalesce_key.into(),
                    job.workspace_id.into(),
                    job.connection_id.into(),
                    "queued".into(),
                    job.run_at.into(),
                    0_i64.into(),
                    0_i64.into(),
                    0_i64.into(),
                    job.created_at.into(),
                ]
            }));
            insert.push(
                " ON CONFLICT (kind, coalesce_key) WHERE state = 'queued' DO UPDATE SET \
                 run_at = CASE WHEN excluded.run_at < jobs.run_at THEN excluded.run_at ELSE jobs.run_at END",
            );
            self.tx.exec(insert.build(count)).await?;
            self.tx.enqueued = true;
        }
        Ok(())
    }
}
