//! Events: what changed, by id only, committed with the change and numbered in commit order.

use tenon_model::event::EventKind;
use tenon_model::{MemberId, Time, WorkspaceId};

use crate::sql::{Builder, Row, sql};
use crate::{DbKind, StoreError, Tx};

/// An event that waits for its transaction's commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PendingEvent {
    workspace: WorkspaceId,
    member: Option<MemberId>,
    kind: EventKind,
    subject: String,
}

/// One event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventRow {
    /// Position; whoever has seen `n` asks for what came after `n`.
    pub seq: i64,
    /// When.
    pub at: Time,
    /// Tenant.
    pub workspace_id: WorkspaceId,
    /// The only member it is for; `None` for all of the workspace.
    pub member_id: Option<MemberId>,
    /// What happened.
    pub kind: EventKind,
    /// To what: the text form of an id.
    pub subject: String,
}

aggregate!(
    /// The events.
    Events,
    events
);

impl Events<'_> {
    /// Adds an event to the transaction; it gets its number at commit. Saying the same twice in
    /// one transaction says it once.
    #[expect(
        clippy::unused_async,
        reason = "reads like every other write of a transaction"
    )]
    pub async fn append(
        &mut self,
        kind: EventKind,
        member: Option<MemberId>,
        subject: String,
    ) -> Result<(), StoreError> {
        let event = PendingEvent {
            workspace: self.tx.workspace()?,
            member,
            kind,
            subject,
        };
        if !self.tx.pending_events.contains(&event) {
            self.tx.pending_events.push(event);
        }
        Ok(())
    }

    /// Events after `seq` that are for the scope's workspace and, in a request, for its member.
    pub async fn since(&mut self, seq: i64, limit: u32) -> Result<Vec<EventRow>, StoreError> {
        let query = sql(
            "SELECT seq, at, workspace_id, member_id, kind, subject FROM events \
             WHERE workspace_id = $1 AND ($2 IS NULL OR member_id IS NULL OR member_id = $2) AND seq > $3 \
             ORDER BY seq LIMIT $4",
        );
        let query = self
            .tx
            .bind_visible(query)?
            .bind(seq)
            .bind(i64::from(limit));
        read_all(&self.tx.all(query).await?)
    }

    /// Events after `seq` of all workspaces. System only: a process follows what others destroy.
    pub async fn tail(&mut self, seq: i64, limit: u32) -> Result<Vec<EventRow>, StoreError> {
        self.tx.system()?;
        let query = sql(
            "SELECT seq, at, workspace_id, member_id, kind, subject FROM events \
             WHERE seq > $1 ORDER BY seq LIMIT $2",
        )
        .bind(seq)
        .bind(i64::from(limit));
        read_all(&self.tx.all(query).await?)
    }

    /// The newest number of the scope's workspace, 0 when there is none. *System: any workspace.*
    pub async fn max_seq(&mut self) -> Result<i64, StoreError> {
        let query = match self.tx.workspace_or_all()? {
            Some(workspace) => {
                sql("SELECT coalesce(max(seq), 0) FROM events WHERE workspace_id = $1")
                    .bind(workspace)
            }
            None => sql("SELECT coalesce(max(seq), 0) FROM events"),
        };
        self.tx.opt(query).await?.map_or(Ok(0), |row| row.only())
    }

    /// Deletes events from before `before`, in all workspaces; how many. System only.
    pub async fn prune(&mut self, before: Time) -> Result<u64, StoreError> {
        self.tx.system()?;
        self.tx
            .exec(sql("DELETE FROM events WHERE at < $1").bind(before))
            .await
    }
}

fn read_all(rows: &[Row]) -> Result<Vec<EventRow>, StoreError> {
    let mut out = Vec::new();
    for row in rows {
        let mut r = row.reader();
        let (seq, at, workspace_id) = (r.take()?, r.take()?, r.take()?);
        let member_id = r.opt()?;
        // A kind of a newer program, seen during a rolling upgrade, is not ours to tell.
        if let Some(kind) = EventKind::parse(&r.take::<String>()?) {
            out.push(EventRow {
                seq,
                at,
                workspace_id,
                member_id,
                kind,
                subject: r.take()?,
            });
        }
    }
    Ok(out)
}

/// Any number; makes the order of event numbers the order of commits on PostgreSQL, so that no
/// reader who has seen `n` can miss a smaller one committed later.
const ORDER_LOCK: i64 = 0x0065_7665_6e74;

impl Tx {
    /// Writes what was appended, right before the commit; the newest number.
    pub(crate) async fn write_events(&mut self) -> Result<Option<i64>, StoreError> {
        let events = std::mem::take(&mut self.pending_events);
        if events.is_empty() {
            return Ok(None);
        }
        let kind = self.kind();
        if kind == DbKind::Postgres {
            self.exec(sql("SELECT pg_advisory_xact_lock($1)").bind(ORDER_LOCK))
                .await?;
        }
        let (count, at) = (events.len(), self.world().now());
        let mut insert = Builder::new(
            kind,
            "INSERT INTO events (at, workspace_id, member_id, kind, subject) VALUES ",
        );
        insert.rows(events.into_iter().map(|e| {
            vec![
                at.into(),
                e.workspace.into(),
                e.member.into(),
                e.kind.as_str().into(),
                e.subject.into(),
            ]
        }));
        insert.push(" RETURNING seq");
        let mut newest = 0;
        for row in self.all(insert.build(count)).await? {
            newest = newest.max(row.only()?);
        }
        Ok(Some(newest))
    }
}
