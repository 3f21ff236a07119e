//! The table of durable jobs. What a job means, when it is tried again and who runs it is decided
//! in `tenon-jobs`; here are the transitions, each guarded so that only one process makes it.
//!
//! A running job has a lease, by the database's clock, and a fence that grows whenever the job is
//! claimed. Who holds an older fence has lost the job, and all its transitions do nothing.

mod claims;
mod many;

use std::time::Duration;

use tenon_model::{ConnectionId, JobId, NodeId, Time, WorkspaceId};

use crate::StoreError;
use crate::sql::{Row, Sql, sql};
use crate::tx::VISIBLE;

/// A job to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewJob {
    /// Id, if it is not joined with one that waits already.
    pub id: JobId,
    /// What is to be done.
    pub kind: String,
    /// To what: JSON of ids, never content.
    pub args: String,
    /// At most one job of this kind and key waits, and at most one runs.
    pub coalesce_key: Option<String>,
    /// Tenant.
    pub workspace_id: Option<WorkspaceId>,
    /// The connection it works for; it is deleted with it.
    pub connection_id: Option<ConnectionId>,
    /// From when it may run.
    pub run_at: Time,
    /// Now.
    pub created_at: Time,
}

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobState {
    /// Waits for its time and a runner.
    Queued,
    /// Is being run by someone.
    Running,
    /// Waits for a person.
    Parked,
    /// Done.
    Done,
    /// Given up, for good.
    Failed,
}

impl JobState {
    fn parse(text: &str) -> Self {
        match text {
            "queued" => Self::Queued,
            "running" => Self::Running,
            "done" => Self::Done,
            "failed" => Self::Failed,
            _ => Self::Parked,
        }
    }
}

/// A stored job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobRow {
    /// Id.
    pub id: JobId,
    /// What is to be done.
    pub kind: String,
    /// To what.
    pub args: String,
    /// See [`NewJob::coalesce_key`].
    pub coalesce_key: Option<String>,
    /// Tenant.
    pub workspace_id: Option<WorkspaceId>,
    /// The connection it works for.
    pub connection_id: Option<ConnectionId>,
    /// Where it stands.
    pub state: JobState,
    /// From when it may run.
    pub run_at: Time,
    /// Not before this either, after a failure; enqueueing again does not shorten it.
    pub held_until: Time,
    /// How often it was begun, the present run included.
    pub attempts: i64,
    /// The number of the present claim.
    pub fence: i64,
    /// Why it last stopped: a stable code.
    pub last_error: Option<String>,
    /// When it was enqueued.
    pub created_at: Time,
    /// When it was done, failed, or parked.
    pub finished_at: Option<Time>,
}

/// Who wants which jobs.
#[derive(Debug, Clone, Copy)]
pub struct Claim<'a> {
    /// Kinds this process can run.
    pub kinds: &'a [&'a str],
    /// This process.
    pub owner: NodeId,
    /// Due at this time.
    pub now: Time,
    /// How long the claim holds without a heartbeat, by the database's clock.
    pub lease: Duration,
    /// At most so many.
    pub limit: u32,
}

/// How many jobs there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct JobCounts {
    /// Waiting.
    pub queued: u64,
    /// Running.
    pub running: u64,
    /// Waiting for a person.
    pub parked: u64,
}

const COLUMNS: &str = "id, kind, args, coalesce_key, workspace_id, connection_id, state, run_at, held_until, \
                       attempts, fence, last_error, created_at, finished_at";

fn read(row: &Row) -> Result<JobRow, StoreError> {
    let mut r = row.reader();
    Ok(JobRow {
        id: r.take()?,
        kind: r.take()?,
        args: r.take()?,
        coalesce_key: r.opt()?,
        workspace_id: r.opt()?,
        connection_id: r.opt()?,
        state: JobState::parse(&r.take::<String>()?),
        run_at: r.take()?,
        held_until: r.take()?,
        attempts: r.take()?,
        fence: r.take()?,
        last_error: r.opt()?,
        created_at: r.take()?,
        finished_at: r.opt()?,
    })
}

aggregate!(
    /// The durable jobs.
    Jobs,
    jobs
);

impl Jobs<'_> {
    /// Adds a job, which exists when this transaction commits. If one of its kind and key waits
    /// already, that one is moved forward to the earlier of both times. The id of the job that
    /// will run.
    pub async fn enqueue(&mut self, job: NewJob) -> Result<JobId, StoreError> {
        if self
            .tx
            .workspace_or_all()?
            .is_some_and(|own| job.workspace_id.is_some_and(|of| of != own))
        {
            return Err(StoreError::Scope("the job's workspace"));
        }
        let insert = sql("INSERT INTO jobs (id, kind, args, coalesce_key, workspace_id, connection_id, state, \
             run_at, held_until, attempts, fence, created_at) \
             VALUES ($1, $2, $3, $4, $5, $6, 'queued', $7, 0, 0, 0, $8) \
             ON CONFLICT (kind, coalesce_key) WHERE state = 'queued' DO UPDATE SET \
             run_at = CASE WHEN excluded.run_at < jobs.run_at THEN excluded.run_at ELSE jobs.run_at END \
             RETURNING id")
        .bind(job.id)
        .bind(job.kind)
        .bind(job.args)
        .bind(job.coalesce_key)
        .bind(job.workspace_id)
        .bind(job.connection_id)
        .bind(job.run_at)
        .bind(job.created_at);
        let row = self.tx.opt(insert).await?;
        self.tx.enqueued = true;
        row.map_or(Err(StoreError::NotFound("job")), |row| row.only())
    }

    /// A person has mended what a connection's jobs were waiting for: they run again at once.
    pub async fn release(
        &mut self,
        connection: ConnectionId,
        now: Time,
    ) -> Result<u64, StoreError> {
        self.tx.hold(connection).await?;
        let update = sql("UPDATE jobs SET run_at = $2, held_until = 0, attempts = 0 \
             WHERE connection_id = $1 AND state = 'queued' AND held_until > 0")
        .bind(connection)
        .bind(now);
        self.tx.enqueued = true;
        self.tx.exec(update).await
    }

    /// A job by id. System: any workspace.
    pub async fn get(&mut self, id: JobId) -> Result<Option<JobRow>, StoreError> {
        let query = sql(format!(
            "SELECT {COLUMNS} FROM jobs WHERE id = $1 AND ($2 IS NULL OR workspace_id = $2)"
        ))
        .bind(id)
        .bind(self.tx.workspace_or_all()?);
        self.tx.opt(query).await?.map(|r| read(&r)).transpose()
    }

    /// Jobs that wait for a person, newest first; in a request those of the member's own
    /// connections and of no connection.
    pub async fn list_parked(&mut self) -> Result<Vec<JobRow>, StoreError> {
        let query = sql(format!(
            "SELECT {COLUMNS} FROM jobs WHERE state = 'parked' AND workspace_id = $1 AND \
             (connection_id IS NULL OR connection_id IN (SELECT c.id FROM connections c WHERE {VISIBLE})) \
             ORDER BY finished_at DESC, id DESC"
        ));
        let query = self.tx.bind_visible(query)?;
        self.tx.all(query).await?.iter().map(read).collect()
    }

    /// A person decided: the parked job is tried again from scratch. `false` when there is none
    /// that they may see.
    pub async fn unpark(&mut self, id: JobId, now: Time) -> Result<bool, StoreError> {
        let own = format!(
            "id = $3 AND state = 'parked' AND workspace_id = $1 AND \
             (connection_id IS NULL OR connection_id IN (SELECT c.id FROM connections c WHERE {VISIBLE}))"
        );
        let waits = sql(format!(
            "UPDATE jobs SET run_at = $4, held_until = 0, attempts = 0 WHERE state = 'queued' \
             AND (kind, coalesce_key) IN (SELECT kind, coalesce_key FROM jobs WHERE {own} AND coalesce_key IS NOT NULL)"
        ));
        let waits = self.tx.bind_visible(waits)?.bind(id).bind(now);
        let unpark = if self.tx.exec(waits).await? > 0 {
            let delete = sql(format!("DELETE FROM jobs WHERE {own}"));
            self.tx.bind_visible(delete)?.bind(id)
        } else {
            let update = sql(format!(
                "UPDATE jobs SET state = 'queued', run_at = $4, held_until = 0, attempts = 0, finished_at = NULL \
                 WHERE {own}"
            ));
            self.tx.bind_visible(update)?.bind(id).bind(now)
        };
        let found = self.tx.exec(unpark).await? == 1;
        self.tx.enqueued |= found;
        Ok(found)
    }

    /// How many jobs a visible connection has.
    pub async fn counts(&mut self, connection: ConnectionId) -> Result<JobCounts, StoreError> {
        let mut counts = JobCounts::default();
        if !self.tx.sees(connection).await? {
            return Ok(counts);
        }
        let query = sql("SELECT state, count(*) FROM jobs WHERE connection_id = $1 GROUP BY state")
            .bind(connection);
        for row in self.tx.all(query).await? {
            let mut r = row.reader();
            let state = JobState::parse(&r.take::<String>()?);
            let count = r.take()?;
            match state {
                JobState::Queued => counts.queued = count,
                JobState::Running => counts.running = count,
                JobState::Parked => counts.parked = count,
                JobState::Done | JobState::Failed => {}
            }
        }
        Ok(counts)
    }

    /// How many jobs there are in all workspaces. System only.
    pub async fn counts_everywhere(&mut self) -> Result<JobCounts, StoreError> {
        self.tx.system()?;
        let count = |state: &str| -> Sql {
            sql(format!("SELECT count(*) FROM jobs WHERE state = '{state}'"))
        };
        Ok(JobCounts {
            queued: self.tx.count(count("queued")).await?,
            running: self.tx.count(count("running")).await?,
            parked: self.tx.count(count("parked")).await?,
        })
    }

    /// Deletes what was done or failed before `before`, in all workspaces; how many. System only.
    pub async fn delete_done_before(&mut self, before: Time) -> Result<u64, StoreError> {
        self.tx.system()?;
        let delete = sql(
            "DELETE FROM jobs WHERE finished_at IS NOT NULL AND finished_at < $1 \
             AND state IN ('done', 'failed')",
        )
        .bind(before);
        self.tx.exec(delete).await
    }
}
